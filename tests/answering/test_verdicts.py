"""What a person reads of a sentence that is not borne out."""

from typing import get_args

import pytest

from rag.answering.verdicts import message
from rag.checking.checker import Finding, Reason


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
    finding = Finding("contradicted", reason, "5亿", given)

    assert message(finding, "zh") == chinese
    assert message(finding, "en") == english


def test_what_is_supported_needs_no_reason():
    assert message(Finding("supported"), "zh") == message(Finding("supported"), "en") == ""


def test_every_reason_has_its_words():
    for reason in get_args(Reason):
        for language in ("zh", "en"):
            said = message(Finding("unsupported", reason, "甲", "乙"), language)
            assert bool(said) is bool(reason)
            assert "{" not in said
