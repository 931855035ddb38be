"""Why something is so."""

import pytest
from readings import read_of

from rag.reading.strategies.reason import in_its_clause

VAN = "Tom opposed the second van because repairs cost $4,300.50 last year, and left. He is well."
BRIDGE = "大桥因桥墩被洪水冲坏而关闭，明年重开。"


def short_answer(question, text, words):
    asked, read = read_of(question, (text, words))
    found = in_its_clause(asked, read)
    return found and [
        read.passages[span.passage].text[a:b] for span in found.spans for a, b in span.highlights
    ]


@pytest.mark.parametrize(
    ("question", "text", "words", "clause"),
    [
        ("Why did Tom oppose the van?", VAN, "because repairs",
         "because repairs cost $4,300.50 last year"),
        ("大桥为什么关闭？", BRIDGE, "因桥墩被洪水", "因桥墩被洪水冲坏而关闭"),
    ],
)  # fmt: skip
def test_a_reason_is_given_to_the_end_of_its_clause(question, text, words, clause):
    assert short_answer(question, text, words) == [clause]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("大桥为什么关闭？", BRIDGE, "因桥墩被洪水冲坏而关闭"),
        ("大桥为什么关闭？", BRIDGE, "因桥墩被洪水冲坏而关闭，"),
        ("大桥什么时候重开？", BRIDGE, "明年"),
    ],
    ids=["at its end", "past its end", "no reason"],
)
def test_other_words_stay_as_they_were_read(question, text, words):
    assert short_answer(question, text, words) is None
