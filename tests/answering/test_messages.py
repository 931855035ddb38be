import re

import pytest
from effort import grows_linearly

from rag.answering.messages import (
    LABELS,
    explained,
    finding_message,
    label,
    refusal_message,
    translation_line,
    without_translation_line,
)
from rag.checking.checker import Finding
from rag.dialogue.small_talk import is_small_talk
from rag.language.text import han_share
from rag.reasons import Reason


def test_the_message_is_in_the_language_of_the_question():
    assert refusal_message(Reason.NOT_IN_DOCUMENTS, "zh") == "文档中没有找到答案。"
    assert refusal_message(Reason.NOT_IN_DOCUMENTS, "zh-Hant") == "文档中没有找到答案。"
    assert refusal_message(Reason.NOT_IN_DOCUMENTS, "en") == "The documents do not hold the answer."


@pytest.mark.parametrize("reason", ["not_in_documents", "empty_index", "empty_question"])
def test_every_reason_has_one_sentence_in_both_languages(reason):
    chinese, english = refusal_message(reason, "zh"), refusal_message(reason, "en")

    assert han_share(chinese) == 1.0
    assert chinese.endswith("。")
    assert han_share(english) == 0.0
    assert re.fullmatch(r"[A-Z][a-z ]+\.", english)


@pytest.mark.parametrize(
    ("reason", "given", "chinese", "english"),
    [
        ("nothing_near", "", "文档中没有相关的内容。", "The documents say nothing of this."),
        (
            "number",
            "3.5亿",
            "数字不符：此处为“5亿”，文档为“3.5亿”。",
            "The number differs: “5亿” here, “3.5亿” in the document.",
        ),
        ("number", "", "所引文字中没有“5亿”。", "The words do not give “5亿”."),
        (
            "date",
            "May 9",
            "日期不符：此处为“5亿”，文档为“May 9”。",
            "The date differs: “5亿” here, “May 9” in the document.",
        ),
        ("name", "", "所引文字中没有“5亿”。", "The words do not name “5亿”."),
        (
            "negation",
            "not",
            "一处肯定，一处否定：文档中有“not”。",
            "One affirms what the other denies: the document has “not”.",
        ),
        ("negation", "", "一处肯定，一处否定。", "One affirms what the other denies."),
        (
            "too_long",
            "",
            "这一句太长，无法核对；请分成几句。",
            "The sentence is too long to be checked; divide it.",
        ),
        ("not_an_answer", "", "这不是一句陈述。", "This states nothing."),
        ("swapped", "", "“5亿”的位置互换了。", "“5亿” stand in each other's place."),
    ],
)
def test_the_reason_is_said_in_the_language_of_the_sentence(reason, given, chinese, english):
    finding = Finding("contradicted", Reason(reason), "5亿", given)

    assert finding_message(finding, "zh") == chinese
    assert finding_message(finding, "en") == english


def test_what_is_supported_needs_no_reason():
    assert (
        finding_message(Finding("supported"), "zh")
        == finding_message(Finding("supported"), "en")
        == ""
    )


REFUSALS = [*Reason][:6]
FINDINGS = (
    "number date name negation swapped added nothing_near too_long not_an_answer not_stated"
    " says_otherwise"
).split()
DROPPED = [*FINDINGS, "invented_marker", "repeated", "instruction"]
FALLBACKS = [reason for reason in Reason if reason.startswith("llm_")]


def test_every_reason_is_of_a_kind():
    assert {*REFUSALS, *DROPPED, *FALLBACKS} == set(Reason)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("reason", FINDINGS)
def test_every_reason_of_a_finding_has_its_words(reason, language):
    said = finding_message(Finding("unsupported", Reason(reason), "甲", "乙"), language)

    assert said
    assert "{" not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_words_of_its_own(language):
    known = [("fallback", code) for code in FALLBACKS]
    known += [("dropped", code) for code in [*DROPPED, *FALLBACKS]]
    said = [explained(kind, code, language) for kind, code in known]

    assert len(set(said)) == len(known)
    for kind in ("fallback", "dropped"):
        assert explained(kind, "of tomorrow", language) not in said


def test_a_translation_is_marked_and_taken_off_again():
    line = translation_line("3.5 million", "350万", "zh")

    assert line == "简答（译）：350万"
    assert translation_line("天津", None, "en") == translation_line(None, None, "en") == ""
    assert without_translation_line(f"Sold.[1]\n\n{line}") == "Sold.[1]"
    assert without_translation_line("Sold.[1]\n\nIn short") == "Sold.[1]\n\nIn short"


def test_labels_have_the_same_places_to_fill_in_both_languages():
    assert label("worded", "en") == "Written by {model}, each sentence checked"
    for chinese, english in LABELS.values():
        assert re.findall(r"{\w+}", chinese) == re.findall(r"{\w+}", english)


@pytest.mark.parametrize(
    "words",
    "你好|您好！|Hello|hi there!|谢谢|你是誰？|Who are you?|ok|OK.|好的"
    "|Got it, thanks!|謝謝你|明白了|好的，谢谢"
    "|thanks a lot|嗯嗯|收到|太好了|对|No".split("|"),
)
def test_greetings_thanks_and_assent_are_small_talk(words):
    assert is_small_talk(words)


@pytest.mark.parametrize(
    "question",
    [
        "你好，马云是谁？",
        "好的，海盟是什么？",
        "Great Britain",
        "好人",
        "行业",
        "Hello Kitty sold how many?",
        "谁？",
        "",
    ],
)
def test_a_question_is_not_small_talk(question):
    assert not is_small_talk(question)


@pytest.mark.parametrize("word", ["好", "ok ", "谢谢"])
def test_much_small_talk_costs_by_its_length(word):
    def work(size: int) -> None:
        words = word * (size // len(word))
        assert is_small_talk(words)
        assert not is_small_talk(words + "x")

    assert grows_linearly(work, 10_000)
