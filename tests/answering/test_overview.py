"""What a document is about, for programs and the command line."""

import pytest
from memory_store import MemoryStore

from rag.answering.citations import passages_of
from rag.answering.overview import WholeDocument
from rag.errors import DocumentNotFound
from rag.index.rows import Origin
from rag.shapes import shape
from rag.types import Document

TEXT = (
    "# 海湾大桥\n\n作者：李华\n\n## 概况\n\n"
    "海湾大桥连接两岸的三个城市和两个港口，全长三公里半。\n\n"
    "## Tolls\n\nEach car pays fifteen yuan for the bridge, and nothing at night or on holidays."
)
META = {"language": "zh", "date": "2015-05-19", "url": "https://bay.example/bridge"}


@pytest.fixture
def whole(indexed):
    store = MemoryStore(64)
    document = Document("bridge.md", "bridge.md", "海湾大桥", TEXT, META)
    store.replace([(document, Origin("/bridge.md", "digest"), indexed(document))])
    return WholeDocument.of(store, "bridge.md")


def test_an_overview_holds_cited_sentences_headings_and_particulars(whole):
    made = shape(whole.overview())

    assert (made["id"], made["title"], made["characters"]) == ("bridge.md", "海湾大桥", len(TEXT))
    assert (made["author"], made["date"], made["publisher"]) == ("李华", "2015-05-19", None)
    assert made["url"] == "https://bay.example/bridge"
    assert [(each["depth"], each["title"]) for each in made["contents"]] == [
        (1, "概况"),
        (1, "Tolls"),
    ]
    assert [each["marker"] for each in made["citations"]] == [1, 2]
    for each in [*made["citations"], *made["contents"]]:
        assert TEXT[each["start"] : each["end"]] == each.get("quote", each.get("title"))


def test_the_opening_is_the_first_sentence(whole):
    assert whole.opening().text == "# 海湾大桥"


def test_words_that_cross_passages_are_no_quote(whole):
    assert whole.quote(*(TEXT.index("李华") + i for i in (0, 2))).text == "李华"
    assert whole.quote(0, len(TEXT)) is None


def test_passages_are_named_once_in_the_order_of_the_quotes(whole):
    quotes = whole.summary(400)

    assert [each.chunk.ordinal for each in passages_of([*quotes, *quotes])] == [
        each.passage.chunk.ordinal for each in quotes
    ]


def test_a_document_that_is_not_there_is_an_error():
    with pytest.raises(DocumentNotFound):
        WholeDocument.of(MemoryStore(64), "bridge.md")
