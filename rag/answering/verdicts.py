"""What a person reads of a sentence that the documents do not bear out."""

from __future__ import annotations

from rag.checking.checker import Finding

# For each reason: in Chinese and in English, with what is given in the document and without.
_MESSAGES = {
    "nothing_near": ("文档中没有相关的内容。", "The documents say nothing of this."),
    "too_long": (
        "这一句太长，无法核对；请分成几句。",
        "The sentence is too long to be checked; divide it.",
    ),
    "not_an_answer": ("这不是一句陈述。", "This states nothing."),
    "number": ("所引文字中没有“{claimed}”。", "The words do not give “{claimed}”."),
    "date": ("所引文字中没有“{claimed}”。", "The words do not give “{claimed}”."),
    "name": ("所引文字中没有“{claimed}”。", "The words do not name “{claimed}”."),
    "added": (
        "所引文字没有说到“{claimed}”。",
        "The words say nothing of “{claimed}”.",
    ),
    "negation": ("一处肯定，一处否定。", "One affirms what the other denies."),
    "swapped": ("“{claimed}”的位置互换了。", "“{claimed}” stand in each other's place."),
}
_WITH_GIVEN = {
    "number": (
        "数字不符：此处为“{claimed}”，文档为“{given}”。",
        "The number differs: “{claimed}” here, “{given}” in the document.",
    ),
    "date": (
        "日期不符：此处为“{claimed}”，文档为“{given}”。",
        "The date differs: “{claimed}” here, “{given}” in the document.",
    ),
    "negation": (
        "一处肯定，一处否定：文档中有“{given}”。",
        "One affirms what the other denies: the document has “{given}”.",
    ),
}


def message(finding: Finding, language: str) -> str:
    """Why a sentence is not supported, in the language of the sentence; "" where it is."""
    if not finding.reason:
        return ""
    table = _WITH_GIVEN if finding.given and finding.reason in _WITH_GIVEN else _MESSAGES
    chinese, english = table[finding.reason]
    text = english if language == "en" else chinese
    return text.format(claimed=finding.claimed, given=finding.given)
