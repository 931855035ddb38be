"""Reading with the real models and the real store, over a few passages made here.

The same holds with the trained reader and without it.
"""

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.index.maintenance import build_index
from rag.reading.quotes import LENGTH, SENTENCE_LENGTH

TEXT = """# 灰岩岛灯塔

灰岩岛灯塔建于1893年，塔高42米。出资的是船主方德海，设计者是工程师林月。

岛上共有三处码头：东码头、南码头和鱼码头。渔船多停在南码头。

守塔人的日记共有17册，藏于县图书馆。有人说日记里写过一场大雾？没有人见过那一页。

守塔人在日记里写道，那年冬天的第一场雪下在十一月初三的夜里，雪落在铁栏杆上，落在灯室的玻璃上，落在他刚刚擦过的铜镜上，也落在晚归的渔船的帆上，整个海湾一点声音都没有，只有灯在转。
"""


@pytest.fixture(scope="module", params=[True, False], ids=["reader", "no reader"])
def assistant(request, models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("read")
    (folder / "island.md").write_text(TEXT, "utf-8")
    settings = Settings(indexes=folder / "indexes", models=models, reader=request.param)
    build_index(settings, [folder / "island.md"])
    assistant = Assistant.open(settings)
    yield assistant
    assistant.close()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("灯塔建于哪一年？", "1893年"),
        ("Who designed the lighthouse?", "工程师林月"),
        ("灯塔是谁设计的？", "工程师林月"),
        ("岛上有哪三处码头？", "东码头、南码头和鱼码头"),
        ("守塔人的日记有多少册？", "17册"),
    ],
)
def test_the_first_quote_holds_the_words_that_answer(assistant, question, words):
    answer = assistant.ask(question)
    nearest = answer.citations[0].quote if answer.answered else ""
    assert words in nearest


def test_an_answer_is_read_at_a_glance(assistant):
    for question in ("灯塔是谁设计的？", "岛上有哪三处码头？", "守塔人的日记写了什么？"):
        quotes = [citation.quote for citation in assistant.ask(question).citations]
        assert sum(map(len, quotes)) <= max(LENGTH, SENTENCE_LENGTH)


def test_a_quote_begins_and_ends_with_a_sentence_where_it_fits(assistant):
    quote = assistant.ask("灯塔是谁设计的？").citations[0].quote
    assert quote.endswith(("。", "？"))


def test_confidence_is_higher_for_what_is_there_than_for_what_is_not(assistant):
    there = assistant.ask("灯塔建于哪一年？").confidence
    not_there = assistant.ask("拉萨到成都的火车票多少钱？").confidence
    assert there > 0.6 > 0.1 > not_there


def test_what_is_not_there_is_refused(assistant):
    answer = assistant.ask("Who won the 2018 FIFA World Cup?")
    assert answer.refusal is not None
    assert answer.refusal.reason == "not_in_documents"


def test_a_heading_is_no_part_of_the_quote_below_it(assistant):
    quotes = [citation.quote for citation in assistant.ask("灯塔建于哪一年？").citations]
    assert quotes[0].startswith("灰岩岛灯塔建于1893年")
    assert not any("#" in quote for quote in quotes)
