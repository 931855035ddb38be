"""What a person reads when there is no answer."""

from __future__ import annotations

import re

_SMALL_TALK = re.compile(
    r"(?:hi|hello|hey|thanks|thank you|good (?:morning|evening)|bye|who are you|what can you do"
    r"|how are you|你好|您好|嗨|早上好|晚上好|谢谢|謝謝|再见|再見|你是谁|你是誰"
    r"|你能做什么|你能做什麼"
    r"|在吗|在嗎)"
    r"(?: there)?[\s!！?？.。,，~啊呀呢吗]*",
    re.IGNORECASE,
)

_MESSAGES = {
    "not_in_documents": (
        "文档中没有找到答案。",
        "The documents do not hold the answer.",
    ),
    "empty_index": (
        "索引里还没有文档。",
        "There are no documents in the index yet.",
    ),
    "small_talk": (
        "你好！请就文档的内容提问。",
        "Hello! Ask me something about the documents.",
    ),
    "empty_question": (
        "请输入一个问题。",
        "Please ask a question.",
    ),
}


def message(reason: str, language: str) -> str:
    """The message for a refusal's reason in the language of the question."""
    chinese, english = _MESSAGES[reason]
    return english if language == "en" else chinese


def is_small_talk(question: str) -> bool:
    """Whether `question` is nothing but a greeting, thanks, or about the assistant itself.

    >>> is_small_talk("你好！"), is_small_talk("Hello, which 12 cities?")
    (True, False)
    """
    return bool(_SMALL_TALK.fullmatch(question.strip()))
