"""Whether a turn greets or thanks rather than asks."""

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


def is_small_talk(question: str) -> bool:
    """Whether `question` is a greeting, thanks, assent, or about the assistant, and nothing else.

    >>> is_small_talk("好的，谢谢！"), is_small_talk("Hello, which 12 cities?")
    (True, False)
    """
    return bool(_SMALL_TALK.fullmatch(question.strip()))
