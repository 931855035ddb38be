import pytest

from rag.documents.byline import with_byline
from rag.documents.files import InputFile
from rag.documents.load import load


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({}, "The quay."),
        ({"date": "2029-05-12"}, "The quay."),
        ({"author": "Ann Lee"}, "The quay.\n\nAuthor: Ann Lee"),
        (
            {"author": "李安", "date": "5月", "language": "zh-Hant"},
            "The quay.\n\n作者：李安\n日期：5月",
        ),
        ({"author": "The quay"}, "The quay."),
    ],
)
def test_who_wrote_a_text_stands_below_it_unless_it_says_so(meta, expected):
    assert with_byline("The quay.", meta) == expected


def test_front_matter_is_asked_for_by_its_author(tmp_path):
    head = "title: 潮汐表笔记\nauthors: [顾南枝, 石磊]\ndate: 2029-05-12\ntags: [海, 潮]"
    (tmp_path / "潮汐.md").write_text(f"---\n{head}\n---\n大潮在后。", "utf-8")

    (document,), _ = load(InputFile(tmp_path / "潮汐.md", "潮汐.md", "潮汐.md"))

    assert document.text == "大潮在后。\n\n作者：顾南枝, 石磊\n日期：2029-05-12"
    assert document.meta == {
        "author": "顾南枝, 石磊", "date": "2029-05-12", "keywords": "海, 潮", "language": "zh",
    }  # fmt: skip
