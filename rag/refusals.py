"""What a person reads when there is no answer."""

from __future__ import annotations

import re

_SMALL_TALK = re.compile(
    r"(?:(?:(?:hi|hello|hey)(?: there)?|(?:many )?thanks(?: a lot| so much)?"
    r"|thank you(?: (?:so|very) much)?"
    r"|good (?:morning|afternoon|evening|night)|(?:good)?bye|who are you|what can you do"
    r"|how are you|ok(?:ay)?|got it|i see|understood|al(?:l )?right|great|perfect|very good|cool"
    r"|nice|sure|yes|no"
    r"|[你您]们?好|嗨|早上好|下午好|晚上好|晚安|(?:多|非常|十分)?(?:谢谢|謝謝|感谢|感謝)[你您]?"
    r"|多谢|多謝|再见|再見|你是谁|你是誰|你能做什么|你能做什麼|在吗|在嗎|好的?|嗯|哦|行"
    r"|我?(?:明白|知道|懂|了解)"
    r"|收到|没事|沒事|太好|不错|不錯|原来如此|原來如此|是的|对|對|没有|沒有)了?"
    r"(?:[\s!！?？.。,，、~]|[啊呀呢吗吧啦](?![\u3400-\u9fff])|(?=[\u3400-\u9fff])|$)"
    r"[\s!！?？.。,，、~]*)+",
    re.IGNORECASE,
)

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


def is_small_talk(question: str) -> bool:
    """Whether `question` is a greeting, thanks, assent, or about the assistant, and nothing else.

    >>> is_small_talk("好的，谢谢！"), is_small_talk("Hello, which 12 cities?")
    (True, False)
    """
    return bool(_SMALL_TALK.fullmatch(question.strip()))
