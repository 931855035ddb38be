import pytest
from office_files import zipped

from rag.documents.office.package import Package
from rag.documents.office.properties import properties

CORE = (
    '<c xmlns:dc="d" xmlns:dcterms="t"><dc:creator>顾南枝</dc:creator>'
    "<dcterms:created>{created}</dcterms:created><dcterms:modified>{modified}</dcterms:modified></c>"
)
COUNTS = "<Properties><Words>{0}</Words><Characters>{0}</Characters></Properties>"
TEMPLATE, LATER, YET_TO_COME = (
    "2013-12-23T23:15:00Z",
    "2019-05-12T08:00:00Z",
    "2093-05-12T08:00:00Z",
)


@pytest.mark.parametrize(
    ("created", "modified", "words", "expected"),
    [
        (TEMPLATE, TEMPLATE, "0", {}),  # as python-docx leaves them
        (TEMPLATE, LATER, "0", {}),
        (LATER, TEMPLATE, "0", {"date": "2019-05-12"}),  # somebody set it
        (YET_TO_COME, YET_TO_COME, "0", {"date": "2093-05-12", "modified": "2093-05-12"}),
        (TEMPLATE, LATER, "120", {"date": "2013-12-23", "modified": "2019-05-12"}),
        (TEMPLATE, "", "0", {"date": "2013-12-23"}),
        (TEMPLATE, "in May", "0", {"date": "2013-12-23", "modified": "in May"}),
    ],
)
def test_dates_of_a_template_are_not_those_of_what_was_made_from_it(
    created, modified, words, expected
):
    parts = {
        "docProps/core.xml": CORE.format(created=created, modified=modified),
        "docProps/app.xml": COUNTS.format(words),
    }

    assert properties(Package(zipped(parts), ".docx")) == ("", {"author": "顾南枝"} | expected)


def test_dates_stay_where_no_words_are_counted():
    core = CORE.format(created=TEMPLATE, modified=TEMPLATE)

    _, meta = properties(Package(zipped({"docProps/core.xml": core}), ".docx"))

    assert (meta["date"], meta["modified"]) == ("2013-12-23", "2013-12-23")
