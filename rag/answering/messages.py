"""What a person reads when there is no answer."""

from __future__ import annotations

_MESSAGES = {
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


def message(reason: str, language: str) -> str:
    """The message for a refusal's reason in the language of the question."""
    chinese, english = _MESSAGES[reason]
    return english if language == "en" else chinese
