"""The checker with the real model over the sample collection."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from effort import grows_linearly

from rag.answering.proofreading import LONGEST_TEXT
from rag.config import Settings
from rag.errors import InvalidInput

TWELVE = "Twelve cities got pilot zones, among them Tianjin and Suzhou."


@pytest.fixture(scope="module")
def library(seed_indexes, open_library):
    library = open_library(replace(Settings.from_environment(), indexes=seed_indexes))
    yield library
    library.close()


@pytest.fixture(scope="module")
def assistant(library):
    return library.assistant()


def judged(assistant, claim):
    """Verdict and reason of a claim of one sentence."""
    (found,) = assistant.check(claim)
    assert found.text == claim
    return found.verdict, found.reason


@pytest.mark.parametrize(
    "claim",
    [
        TWELVE,
        "入选的有天津、上海和苏州，一共十二座城市。",
        "Chinese consumers' cross-border online purchases reached 20 billion dollars in 2014.",
        "比利时有七百万人在网上买过东西，占全国人口的64%。",
        "Ant Financial invested 500 million dollars in One 97 for 25% of its shares.",
        "蚂蚁金服向One97投了5亿美元，换得25%的股份。",
        "Jack Ma showed Smile to Pay to Angela Merkel.",
        "马云向德国总理默克尔展示了刷脸支付。",
    ],
)
def test_what_the_documents_say_is_supported_in_either_language(claim, assistant):
    assert judged(assistant, claim) == ("supported", None)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Thirteen cities got pilot zones, among them Tianjin and Suzhou.", "Thirteen"),
        ("入选的有天津、上海和苏州，一共十三座城市。", "十三"),
        ("Ant Financial invested 500 million yuan in One 97 for 25% of its shares.", "yuan"),
        ("蚂蚁金服向One97投了5亿元人民币，换得25%的股份。", "5亿元"),
        ("蚂蚁金服向One97投了5亿美元，换得35%的股份。", "35%"),
        ("比利时有七百万人在网上买过东西，占全国人口的46%。", "46%"),
    ],
)
def test_another_number_or_unit_contradicts(claim, reason, assistant):
    verdict, said = judged(assistant, claim)

    assert verdict == "contradicted"
    assert reason in said
    assert said.startswith(("The number differs", "数字不符"))


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        (
            "China's industry ministry released its action plan on December 14.",
            "China's industry ministry released its action plan on December 24.",
            "December 24",
        ),
        ("工信部12月14日公布了行动计划。", "工信部12月24日公布了行动计划。", "12月24日"),
    ],
)
def test_another_date_contradicts(right, wrong, reason, assistant):
    assert judged(assistant, right) == ("supported", None)
    verdict, said = judged(assistant, wrong)

    assert verdict == "contradicted"
    assert reason in said
    assert said.startswith(("The date differs", "日期不符"))


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Jack Ma showed Smile to Pay to François Hollande.", "The words do not name “François"),
        ("马云向朴槿惠展示了刷脸支付。", "所引文字中没有"),
        ("A Nielsen survey found that 7 million Belgians bought online.", "Nielsen"),
    ],
)
def test_another_name_is_not_supported(claim, reason, assistant):
    verdict, said = judged(assistant, claim)

    assert verdict == "unsupported"
    assert reason in said


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("Ant Financial did not invest 500 million dollars in One 97.", "not"),
        ("蚂蚁金服没有向One97投资5亿美元。", "没有"),
    ],
)
def test_a_denial_contradicts(claim, reason, assistant):
    verdict, said = judged(assistant, claim)

    assert verdict == "contradicted"
    assert said.startswith(("One affirms", "一处肯定"))


def test_things_in_each_others_place_contradict(assistant):
    right = "2015年跨境零售出口接近400亿美元，进口接近800亿美元。"
    wrong = "2015年跨境零售进口接近400亿美元，出口接近800亿美元。"

    assert judged(assistant, right) == ("supported", None)
    verdict, said = judged(assistant, wrong)
    assert verdict == "contradicted"
    assert "位置互换" in said


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Ant Financial invested 500 million dollars in One 97.",
            "One 97 invested 500 million dollars in Ant Financial.",
        ),
        (
            "Aokang became the largest shareholder of LightInTheBox.",
            "LightInTheBox became the largest shareholder of Aokang.",
        ),
    ],
)
def test_who_acts_on_whom_counts(right, wrong, assistant):
    assert judged(assistant, right) == ("supported", None)
    verdict, said = judged(assistant, wrong)
    assert verdict == "contradicted"
    assert said.endswith(("位置互换了。", "stand in each other's place."))


@pytest.mark.parametrize(
    ("claim", "clause"),
    [
        (
            f"{TWELVE.rstrip('.')}, although local fishermen protested loudly for weeks.",
            "local fishermen protested loudly for weeks",
        ),
        (
            "入选的有天津、上海和苏州，一共十二座城市，当地渔民对此强烈不满而且吵闹不休。",
            "当地渔民对此强烈不满而且吵闹不休",
        ),
    ],
)
def test_a_clause_that_is_added_is_not_supported(claim, clause, assistant):
    verdict, said = judged(assistant, claim)

    assert verdict == "unsupported"
    assert clause in said


def test_a_sentence_too_long_to_check_is_told_so(assistant):
    (found,) = assistant.check("Twelve cities got pilot zones, " * 40)

    assert found.verdict == "unsupported"
    assert found.reason == "The sentence is too long to be checked; divide it."
    assert found.citations == ()


def test_a_reason_can_be_had_in_the_language_of_the_reader(assistant):
    sentences = "Twelve cities got pilot zones, " * 40, "十二座城市，" * 200

    for sentence in sentences:
        (found,) = assistant.checking(sentence, "zh")
        assert found.reason == "这一句太长，无法核对；请分成几句。"
        (found,) = assistant.checking(sentence, "en")
        assert found.reason == "The sentence is too long to be checked; divide it."


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The best soup needs fresh carrots and patience.", "The documents say nothing of this."),
        ("企鹅在南极海冰上换羽毛。", "文档中没有相关的内容。"),
    ],
)
def test_what_no_document_speaks_of_is_not_supported(claim, reason, assistant):
    (found,) = assistant.check(claim)

    assert (found.verdict, found.reason, found.citations) == ("unsupported", reason, ())


def test_the_words_held_against_a_sentence_stand_in_the_document(assistant):
    for claim in (TWELVE, "一共十三座城市新设了跨境电商综合试验区。"):
        (found,) = assistant.check(claim)
        (cited,) = found.citations
        text = assistant.store.document(cited.document_id).text

        assert text[cited.start : cited.end] == cited.quote
        assert "十二" in cited.quote


def test_each_sentence_of_a_text_is_judged_at_its_offsets(assistant):
    text = "🚢 Twelve cities got pilot zones. 一共十三座城市新设了综合试验区。\n\n……"
    found = assistant.check(text)

    assert [text[each.start : each.end] for each in found] == [each.text for each in found]
    assert [each.verdict for each in found] == ["supported", "contradicted"]


@pytest.mark.parametrize("text", ["", " ", "。。。！？", "?!…", "🚢🚢", "\n\n\n", "\u200b"])
def test_a_text_without_words_has_no_sentence_to_check(text, assistant):
    assert assistant.check(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Twelve cities, " * 334,
        "十二座城市和" * 834,
        "一" * 5000,
        "亿万" * 2500,
        "1" * 5000,
        "hundred " * 600,
        "A" * 5000,
        "十二\ud83d座城市",
        "\udcff",
        "a\x00b",
        "٣٤٥ cities",
    ],
)
def test_odd_texts_are_judged_like_others(text, assistant):
    for found in assistant.check(text):
        assert found.verdict in ("supported", "unsupported", "contradicted")
        assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("text", ["阿里巴巴收购马云", "Jack Ma met Angela Merkel, ", "12座，"])
def test_a_sentence_costs_by_its_length(text, assistant):
    assert grows_linearly(lambda size: assistant.check((text * size)[:size]), 960)


def test_a_text_beyond_the_limit_is_refused(assistant):
    with pytest.raises(InvalidInput):
        assistant.check("a" * (LONGEST_TEXT + 1))


def test_threads_find_the_same(assistant):
    claims = [
        "Twelve cities got pilot zones.",
        "一共十三座城市新设了综合试验区。",
        "Jack Ma showed Smile to Pay to Angela Merkel.",
        "马云向朴槿惠展示了刷脸支付。",
    ] * 3
    alone = [assistant.check(claim) for claim in claims]
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(assistant.check, claims)) == alone
