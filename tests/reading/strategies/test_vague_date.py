"""A date that another sentence of the document gives for what this one calls recent."""

import pytest
from readings import read_of

from rag.reading.strategies.vague_date import dated_elsewhere

VAGUE = "日前召开的港务联席会议决定，在北港和南港新设灯塔。"
DATED = "1月6日召开的港务联席会议决定，推广南岭的做法。"
OTHER = "1月8日，港务局局长林悦到访。"
ENGLISH = "Recently the harbour council decided to build two lighthouses."
ENGLISH_DATED = "On 6 January, the harbour council decided to widen the quay."


def told(question, *read, behind=(), documents=()):
    found = dated_elsewhere(
        *(asked := read_of(question, *read, behind=behind, documents=documents))
    )
    if found is None:
        return None
    texts = [each.text for each in (*asked[1].passages, *found.further)]
    return [
        (
            texts[each.passage][each.start : each.end],
            [texts[each.passage][a:b] for a, b in each.highlights],
        )
        for each in found.spans
    ]


@pytest.mark.parametrize(
    ("question", "vague", "words", "behind", "date"),
    [
        ("这是什么时候决定的？", VAGUE, "港务联席会议", [OTHER, DATED], "1月6日"),
        ("When was that decided?", VAGUE, "港务联席会议", [DATED], "1月6日"),
        ("When was that decided?", ENGLISH, "Recently", [ENGLISH_DATED], "6 January"),
    ],
)
def test_a_vague_date_is_answered_by_the_date_that_the_same_words_follow(
    question, vague, words, behind, date
):
    dated = behind[-1]

    assert told(question, (vague, words), behind=behind) == [(dated, [date]), (vague, [])]


@pytest.mark.parametrize(
    ("question", "vague", "words", "behind"),
    [
        ("谁决定的？", VAGUE, "港务联席会议", [DATED]),
        ("何时决定的？", VAGUE, "港务联席会议", [OTHER]),
        ("何时决定的？", VAGUE, "港务联席会议", [OTHER] * 3 + [DATED]),  # too far away
        ("何时决定的？", DATED, "1月6日", [VAGUE]),
    ],
)
def test_else_nothing_is_said(question, vague, words, behind):
    assert told(question, (vague, words), behind=behind) is None
