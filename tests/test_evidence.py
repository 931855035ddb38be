"""Claims checked against their own evidence, by rules alone and with a judge."""

import pytest

from rag.checking.judge import Judgement
from rag.config import Settings
from rag.engine import Engine
from rag.evidence import Evidenced, check_evidenced

ZONES = "国务院决定在天津、上海等12座城市设立综合试验区。其他城市以后再说。"
PUMP = "The X200 pump has a head of 32 metres. It was sold in Berlin."
UNSURE = Judgement(0.1, 0.05, 0.85)


class Reads:
    """A judge that has a judgement for some words of the evidence, and notes what it read."""

    def __init__(self, **judgements):
        self.judgements = judgements
        self.read = []

    def judge(self, claim, groups, evidence):
        self.read.append((claim, [each.text for each in evidence]))
        return [
            next((found for words, found in self.judgements.items() if words in each.text), UNSURE)
            for each in evidence
        ]

    def close(self):
        pass


def findings(embedder, lexicon, *pairs, judge=None):
    engine = Engine(Settings(), embedder, lexicon, judge=judge)
    return list(check_evidenced(engine, [Evidenced(*pair) for pair in pairs]))


def test_each_claim_is_checked_against_its_own_evidence(embedder, lexicon):
    found = findings(
        embedder,
        lexicon,
        ("在天津、上海等12座城市设立综合试验区。", ZONES),
        ("在天津、上海等13座城市设立综合试验区。", ZONES),
        ("The X200 pump has a head of 32 metres.", PUMP),
        ("The X200 pump has a head of 45 metres.", PUMP),
        ("The X200 pump has a head of 32 metres.", ZONES),
    )

    assert [(each.verdict, each.reason) for each in found] == [
        ("supported", None),
        ("contradicted", "number"),
        ("supported", None),
        ("contradicted", "number"),
        ("unsupported", "nothing_near"),
    ]
    assert ZONES[found[0].start : found[0].end].startswith("国务院决定在天津、上海等12座")
    assert all(each.judgement is None for each in found)


def test_a_claim_that_is_too_long_is_not_read(embedder, lexicon):
    (found,) = findings(embedder, lexicon, ("长" * 1001, ZONES))

    assert (found.verdict, found.reason) == ("unsupported", "too_long")


@pytest.mark.parametrize(
    ("judgement", "expected"),
    [
        (Judgement(0.7, 0.1, 0.2), ("supported", None)),
        (Judgement(0.1, 0.7, 0.2), ("contradicted", "says_otherwise")),
        (Judgement(0.2, 0.1, 0.7), ("unsupported", "not_stated")),
    ],
)
def test_the_judge_decides_where_no_value_differs(embedder, lexicon, judgement, expected):
    judge = Reads(综合试验区=judgement)

    (found,) = findings(embedder, lexicon, ("天津设立综合试验区。", ZONES), judge=judge)

    assert (found.verdict, found.reason) == expected
    assert found.judgement == judgement
    assert "综合试验区" in ZONES[found.start : found.end]
    ((claim, read),) = judge.read
    assert claim == "天津设立综合试验区。"
    assert 1 <= len(read) <= 4


def test_a_value_that_differs_outweighs_the_judge(embedder, lexicon):
    sure = Judgement(0.9, 0.05, 0.05)
    pairs = [("在天津、上海等13座城市设立综合试验区。", ZONES)]

    (found,) = findings(embedder, lexicon, *pairs, judge=Reads(综合试验区=sure))

    assert (found.verdict, found.reason, found.claimed) == ("contradicted", "number", "13")


def test_the_words_that_the_judge_finds_best_are_the_quote(embedder, lexicon):
    judge = Reads(Berlin=Judgement(0.8, 0.1, 0.1))

    (found,) = findings(embedder, lexicon, ("The pump was sold there.", PUMP), judge=judge)

    assert found.verdict == "supported"
    assert "Berlin" in PUMP[found.start : found.end]
