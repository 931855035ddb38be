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


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("所有渡轮都可以载汽车吗？", "公司现有六艘渡轮，其中两艘可以载汽车。"),
        ("会员卡周末能用吗？", "会员卡可以打九折，仅限工作日使用。"),
        ("博物馆周一开放吗？", "博物馆周一闭馆，其余各天上午九点开放。"),
        ("乙方是远帆公司吗？", "甲方为远帆公司，乙方为松果工作室。"),
        ("灯塔还在使用吗？", "据说灯塔还在使用。"),
        ("灯塔还在使用吗？", "灯塔还在使用，夏天除外。"),
        ("Did the port make a profit in 2022?", "In 2022 the port made a loss; in 2023 a profit."),
        ("Are all cranes electric?", "Most cranes are electric."),
        ("Is the pool open?", "The pool is open to members only."),
        ("Was Ana Brill dismissed?", "Ana Brill's deputy was dismissed."),
        ("Is the bridge open?", "The bridge was open in 1990."),
        ("灯塔还在使用吗？", "The lighthouse is still in use."),
        ("灯塔还在使用吗？", "1990年，灯塔还在使用。"),
        ("灯塔还在使用吗？", "有人写道：灯塔还在使用。"),
        ("灯塔还在使用吗？", "灯塔还在使用，这是误传。"),
        ("Are lessons free?", "Lessons are free until May."),
        ("Is the sauna closed?", "The sauna is closed on Monday."),
    ],
)
def test_without_a_judge_words_that_only_speak_of_what_is_asked_are_no_yes(question, text):
    checker = Says("supported", text, text)

    assert verdict(question, [quote(text, text)], checker, prepare) is None


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("青屿公司成立于2009年吗？", "青屿公司成立于2009年，总部设在临海。"),
        ("館內可以拍照嗎？", "馆内可以拍照。"),
        ("Has the west pier been reopened?", "It rained, and the west pier was reopened in June."),
        ("May phones be used?", "Phones may be used."),
    ],
)
def test_the_words_of_the_statement_itself_are_a_yes(question, text):
    checker = Says("supported", text, text)

    assert verdict(question, [quote(text, text)], checker, prepare) is True


@pytest.mark.parametrize(
    ("question", "text", "given", "is_so"),
    [
        ("大型犬可以上船吗？", "大型犬不得上船。", "不得", False),
        ("可以在岛上露营吗？", "禁止在岛上露营。", "禁止", False),
        ("游客可以购票吗？", "没有门票的游客可以购票。", "没有", None),
        ("电梯在三楼吗？", "无障碍电梯在三楼。", "无", None),
        ("书店出租雨伞吗？", "书店不出售报纸，但出租雨伞。", "不", None),
        ("Does the market sell meat?", "The market does not sell meat.", "not", False),
        ("Are dogs allowed in the hall?", "No dogs are allowed in the hall.", "No", False),
        ("Can visitors buy one?", "Visitors who do not have a ticket may buy one.", "not", None),
        ("Can guests use the bar?", "Guests without a room can use the bar.", "without", None),
    ],
)
def test_a_denial_of_something_else_is_no_no(question, text, given, is_so):
    checker = Says("contradicted", text, text)
    checker.finding = replace(checker.finding, reason=Reason.NEGATION, given=given)

    assert verdict(question, [quote(text, text)], checker, prepare) is is_so


@pytest.mark.parametrize(
    ("question", "text", "reason", "claimed", "is_so"),
    [
        ("大型犬可以上船吗？", "大型犬不得上船。", Reason.NEGATION, "", False),
        ("导盲犬可以上船吗？", "大型犬不得上船，导盲犬除外。", Reason.NEGATION, "", None),
        ("展厅有空调吗？", "部分展厅没有空调。", Reason.NEGATION, "", None),
        ("展厅都有空调吗？", "部分展厅没有空调。", Reason.NEGATION, "", False),
        ("泵房是1893年建的吗？", "泵房是1901年建的。", Reason.DATE, "1893年", False),
        ("灯塔2020年在使用吗？", "灯塔2019年在使用。", Reason.DATE, "2020年", None),
        ("Is the fee five euros?", "The fee is seven euros.", Reason.NUMBER, "five euros", False),
        ("Do adults pay five euros?", "Pupils pay two euros.", Reason.NUMBER, "five euros", None),
    ],
)
def test_a_no_needs_plain_words_of_all_that_is_asked(question, text, reason, claimed, is_so):
    checker = Says("contradicted", text, text)
    checker.finding = replace(checker.finding, reason=reason, claimed=claimed)

    assert verdict(question, [quote(text, text)], checker, prepare) is is_so


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
