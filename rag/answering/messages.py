"""What a person reads of an answer, a refusal or a verdict, in Chinese and in English."""

from __future__ import annotations

import functools

from rag.checking.checker import Finding
from rag.language.tables import table
from rag.reasons import Reason

LABELS = {
    # name: (Chinese, English)
    "worded": (
        "由 {model} 组织语言，每句都与所引段落核对过",
        "Written by {model}, each sentence checked",
    ),
    "computed": (
        "{short}（由表格的 {rows} 行得出）",
        "{short} (computed from {rows} rows of the table)",
    ),
    "computed_of_more": (
        "{short}（由表格的 {rows} 行得出，此处引用其中 {cited} 行）",
        "{short} (computed from {rows} rows of the table, {cited} of which are cited)",
    ),
    "translated": ("简答（译）", "In short, translated"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "left_out": ("未采用", "Left out"),
    "colon": ("：", ": "),
}


def refusal_message(reason: Reason, language: str) -> str:
    """The message for a refusal's reason in the language of the question."""
    return _text("refusal", reason, language)


def refusal_again(reason: str, language: str, otherwise: str) -> str:
    """The message for a stored reason in another language, `otherwise` where it has none.

    >>> refusal_again("empty_question", "en", ""), refusal_again("of old", "en", "不行。")
    ('Please ask a question.', '不行。')
    """
    return _text("refusal", reason, language) if ("refusal", reason) in _texts() else otherwise


def finding_message(finding: Finding, language: str) -> str:
    """Why a sentence is not supported, in the language of the sentence; "" where it is."""
    if not finding.reason:
        return ""
    is_given = bool(finding.given) and ("finding_with_given", finding.reason) in _texts()
    text = _text("finding_with_given" if is_given else "finding", finding.reason, language)
    return text.format(claimed=finding.claimed, given=finding.given)


def explained(kind: str, code: str, language: str) -> str:
    """What a program's `code` for a `fallback` or for what was `dropped` means, in plain words.

    >>> explained("fallback", "llm_timeout", "zh"), explained("dropped", "number", "zh")
    ('语言模型没有及时回答。', '其中的数字与所引段落不符')
    """
    if kind == "dropped" and code.startswith("llm_"):
        return _text("broke_off", "", language) + explained("fallback", code, language)
    return _text(kind, code if (kind, code) in _texts() else "other", language)


def overview_message(code: str, language: str, count: int = 0) -> str:
    """What names a particular of a document, or counts; a code that has no text is its own.

    >>> overview_message("documents", "zh", 5), overview_message("fr", "en")
    ('共 5 篇文档', 'fr')
    """
    known = ("overview", code) in _texts()
    return _text("overview", code, language).format(count=f"{count:,}") if known else code


def label(name: str, language: str) -> str:
    """The text of LABELS that has this name."""
    return _in(language, LABELS[name])


def translation_line(short: str | None, translation: str | None, language: str) -> str:
    """The translation marked as one; "" where there is none, or it is the same as the words.

    >>> translation_line("天津", "Tianjin", "en"), translation_line("43.2%", "43.2%", "en")
    ('In short, translated: Tianjin', '')
    """
    if not translation or translation == short:
        return ""
    return f"{label('translated', language)}{label('colon', language)}{translation}"


def without_translation_line(text: str) -> str:
    r"""A text without a `translation_line` as its last paragraph.

    >>> without_translation_line("是天津。[1]\n\nIn short, translated: Tianjin")
    '是天津。[1]'
    """
    head, _, last = text.rpartition("\n\n")
    starts = tuple(
        label("translated", language) + label("colon", language) for language in ("zh", "en")
    )
    return head if last.startswith(starts) else text


@functools.cache
def _texts() -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, code) → Chinese and English, of `rag/data/messages.tsv`."""
    return {(kind, code): (zh, en) for kind, code, zh, en in table("messages")}


def _text(kind: str, code: str, language: str) -> str:
    return _in(language, _texts()[kind, code])


def _in(language: str, pair: tuple[str, str]) -> str:
    chinese, english = pair
    return english if language == "en" else chinese
