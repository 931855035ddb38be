"""Yes or no before the words that decide, where the checker finds so in these very words."""

from dataclasses import replace

import pytest
from passages import passage_of

from rag.answering.citations import Quote
from rag.answering.verdicts import led, verdict
from rag.checking.checker import Finding
from rag.checking.judge import Judgement
from rag.index.fusion import Search
from rag.language.term_groups import query_groups
from rag.reasons import Reason
from rag.types import Chunk

TEXT = "灯塔还在使用。泵房已经关闭。"
ENGLISH = "The ferry sails at nine. The bridge is closed."


def passage(text):
    return passage_of(Chunk("d#0", "d", "", text, 0, len(text), 0))


def quote(text, words):
    start = text.index(words)
    return Quote(passage(text), start, start + len(words))


def prepare(text):
    return Search(text, None, query_groups(text, None))


class Says:
    """Finds the same of every claim, at the place of some words; keeps the claims."""

    def __init__(self, verdict, text, words):
        start = text.index(words)
        reason = None if verdict == "supported" else Reason.SAYS_OTHERWISE
        self.finding = Finding(verdict, reason, passage=0, start=start, end=start + len(words))
        self.claims = []

    def check(self, claim, passages):
        self.claims.append((claim.query, len(passages)))
        return self.finding


@pytest.mark.parametrize(
    ("text", "said", "is_so"),
    [
        ("灯塔还在使用。", "supported", True),
        ("灯塔还在使用。", "unsupported", None),
        ("灯塔已不再使用。", "contradicted", False),
        ("灯塔只有夏天使用。", "contradicted", False),
        ("灯塔今年也照常使用。", "contradicted", None),  # nothing there denies it
    ],
)
def test_the_checker_decides(text, said, is_so):
    checker = Says(said, text, text)

    found = verdict("灯塔还在使用吗？", [quote(text, text)], checker, prepare)

    assert found is is_so
    assert checker.claims == [("灯塔还在使用。", 1)]


def test_words_that_are_not_quoted_decide_nothing():
    checker = Says("supported", ENGLISH, "The bridge is closed.")

    found = verdict("Is the bridge closed?", [quote(ENGLISH, "The ferry")], checker, prepare)

    assert found is None


def test_words_that_deny_something_are_no_yes():
    text = "谁也没有门票。"

    found = verdict("他有门票吗？", [quote(text, text)], Says("supported", text, text), prepare)

    assert found is None


@pytest.mark.parametrize(("supported", "is_so"), [(0.95, True), (0.6, None)])
def test_a_judge_that_is_not_sure_says_nothing(supported, is_so):
    checker = Says("supported", TEXT, "灯塔还在使用。")
    judgement = Judgement(supported, 0.0, 1.0 - supported)
    checker.finding = replace(checker.finding, judgement=judgement)

    found = verdict("灯塔还在使用吗？", [quote(TEXT, "灯塔还在使用。")], checker, prepare)

    assert found is is_so


@pytest.mark.parametrize("question", ["灯塔不用了吗？", "灯塔在哪里？", "Where is it?"])
def test_nothing_is_checked_that_is_no_plain_question_whether_something_is_so(question):
    checker = Says("supported", TEXT, "灯塔还在使用。")

    assert verdict(question, [quote(TEXT, "灯塔还在使用。")], checker, prepare) is None
    assert checker.claims == []


def test_the_answer_is_led_in_the_language_of_the_question():
    assert led("泵房已经关闭。[1]", False, "zh") == "否：泵房已经关闭。[1]"
    assert led("泵房已经关闭。[1]", True, "en") == "Yes: 泵房已经关闭。[1]"
    assert led("泵房已经关闭。[1]", None, "en") == "泵房已经关闭。[1]"
