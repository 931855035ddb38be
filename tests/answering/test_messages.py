import re

import pytest
from effort import grows_linearly

from rag.answering.messages import message
from rag.dialogue.small_talk import is_small_talk
from rag.language.text import han_share


def test_the_message_is_in_the_language_of_the_question():
    assert message("not_in_documents", "zh") == "文档中没有找到答案。"
    assert message("not_in_documents", "zh-Hant") == "文档中没有找到答案。"
    assert message("not_in_documents", "en") == "The documents do not hold the answer."


@pytest.mark.parametrize("reason", ["not_in_documents", "empty_index", "empty_question"])
def test_every_reason_has_one_sentence_in_both_languages(reason):
    chinese, english = message(reason, "zh"), message(reason, "en")

    assert han_share(chinese) == 1.0
    assert chinese.endswith("。")
    assert han_share(english) == 0.0
    assert re.fullmatch(r"[A-Z][a-z ]+\.", english)


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
