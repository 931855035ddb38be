"""What a person reads of an answer, a refusal or a verdict, in Chinese and in English."""

from __future__ import annotations

from rag.checking.checker import Finding

LABELS = {
    # name: (Chinese, English)
    "worded": (
        "由 {model} 组织语言，每句都与所引段落核对过",
        "Written by {model}, each sentence checked",
    ),
    "left_out": ("未采用", "Left out"),
    "colon": ("：", ": "),
}
_REFUSALS = {
    "not_in_documents": (
        "文档中没有找到答案。",
        "The documents do not hold the answer.",
    ),
    "not_supported": (
        "模型的回答没有得到文档的支持，因此不予显示。",
        "The documents do not support what the language model said, so it is not shown.",
    ),
    "empty_index": (
        "索引里还没有文档。",
        "There are no documents in the index yet.",
    ),
    "small_talk": (
        "随时可以就文档的内容提问。",
        "Ask me anything about the documents.",
    ),
    "empty_question": (
        "请输入一个问题。",
        "Please ask a question.",
    ),
}
_FALLBACKS = {
    "llm_not_configured": ("没有配置语言模型。", "No language model is configured."),
    "llm_unreachable": (
        "无法连接语言模型。",
        "The language model could not be reached.",
    ),
    "llm_timeout": (
        "语言模型没有及时回答。",
        "The language model did not answer in time.",
    ),
    "llm_over_quota": (
        "语言模型暂时不再接受请求。",
        "The language model takes no more requests for now.",
    ),
    "llm_rejected": (
        "语言模型拒绝了请求。",
        "The language model refused the request.",
    ),
    "llm_failed": ("语言模型出错了。", "The language model failed."),
    "llm_nonsense": (
        "语言模型的回复无法使用。",
        "The language model's reply was of no use.",
    ),
    "llm_cut": (
        "语言模型的回复中断了。",
        "The language model's reply broke off.",
    ),
    "llm_resting": (
        "语言模型刚才多次失败，暂时不再询问。",
        "The language model has just failed often and is not asked for a while.",
    ),
    "other": ("语言模型没有回答。", "The language model gave no answer."),
}
_DROPPED = {
    "number": (
        "其中的数字与所引段落不符",
        "a number in it is not what the passage gives",
    ),
    "date": (
        "其中的日期与所引段落不符",
        "a date in it is not what the passage gives",
    ),
    "name": (
        "其中的名称没有出现在所引段落里",
        "a name in it is not in the passage",
    ),
    "negation": (
        "一处肯定，一处否定",
        "it affirms what the passage denies, or the reverse",
    ),
    "swapped": (
        "其中的内容互换了位置",
        "it joins what does not belong together in the passage",
    ),
    "added": (
        "其中一部分在所引段落里没有说到",
        "the passage says nothing of a part of it",
    ),
    "nothing_near": (
        "文档中没有相关的内容",
        "the documents say nothing of it",
    ),
    "invented_marker": (
        "它所引的段落并不存在",
        "it names a passage that there is not",
    ),
    "too_long": ("这一句太长，无法核对", "it is too long to be checked"),
    "repeated": ("前面已经说过", "it was said before"),
    "not_an_answer": ("它不是回答", "it is no answer"),
    "instruction": (
        "它所依据的段落是写给语言模型的指令",
        "it rests on words that tell a language model what to do",
    ),
    "other": ("没有得到文档的支持", "the documents do not support it"),
}
_BROKE_OFF = ("回答到此中断：", "The reply broke off here: ")
_FINDINGS = {
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
_FINDINGS_WITH_GIVEN = {  # where the document has another number, date or word
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


def refusal_message(reason: str, language: str) -> str:
    """The message for a refusal's reason in the language of the question."""
    return _in(language, _REFUSALS[reason])


def finding_message(finding: Finding, language: str) -> str:
    """Why a sentence is not supported, in the language of the sentence; "" where it is."""
    if not finding.reason:
        return ""
    is_given = bool(finding.given) and finding.reason in _FINDINGS_WITH_GIVEN
    table = _FINDINGS_WITH_GIVEN if is_given else _FINDINGS
    text = _in(language, table[finding.reason])
    return text.format(claimed=finding.claimed, given=finding.given)


def explained(kind: str, code: str, language: str) -> str:
    """What a program's `code` for a `fallback` or for what was `dropped` means, in plain words.

    >>> explained("fallback", "llm_timeout", "zh"), explained("dropped", "number", "zh")
    ('语言模型没有及时回答。', '其中的数字与所引段落不符')
    """
    if kind == "dropped" and code.startswith("llm_"):
        return _in(language, _BROKE_OFF) + explained("fallback", code, language)
    table = _FALLBACKS if kind == "fallback" else _DROPPED
    return _in(language, table.get(code, table["other"]))


def label(name: str, language: str) -> str:
    """The text of LABELS that has this name."""
    return _in(language, LABELS[name])


def _in(language: str, pair: tuple[str, str]) -> str:
    chinese, english = pair
    return english if language == "en" else chinese
