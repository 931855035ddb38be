"""Reading with a stand-in that computes: numbers answer, words shared with the question rank."""

import re

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.engine import Engine, open_lexicon
from rag.index.maintenance import build_index
from rag.index.store import Store
from rag.models.embedding import open_embedder
from rag.reading.cross_encoder import PassageReading, ScoredSpan

TEXT = """# 灰岩岛灯塔

灰岩岛灯塔建于1893年，塔高42米。出资的是船主方德海。

# 码头

岛上共有三处码头：东码头、南码头和鱼码头，渔船有60条。

县里要建三处码头、两个栈桥，到1999年完工。

# 日记

守塔人的日记共有17册，藏于县图书馆。灯塔之友在2019年建了网站https://huiyan.org.cn/p?id=3，收费30元。馆中另有铜灯、铁锚。

# 渔汛

2013年鱼汛来了41条船。

2014年鱼汛来了52条船。

# Keeper

The keeper of the lighthouse wrote 17 diaries. He sold bread, tea and rope for 30 years.
"""


class NumberReader:
    """Every number is a span; its score is how many of the question's pairs its clause holds."""

    def read(self, question, groups, passages):
        pairs = {question[i : i + 2] for i in range(len(question) - 1)}
        return [self._read(pairs, passage.text) for passage in passages]

    def close(self):
        pass

    def _read(self, pairs, text):
        spans = []
        for clause in re.finditer("[^，。\n]+", text):
            score = float(sum(pair in clause.group() for pair in pairs))
            for number in re.finditer(r"\d+(?:年|米|条|册)?", clause.group()):
                start = clause.start() + number.start()
                spans.append(ScoredSpan(start, clause.start() + number.end(), score))
        spans.sort(key=lambda span: -span.score)
        return PassageReading(tuple(spans), max((span.score for span in spans), default=-9.0))


@pytest.fixture(scope="module")
def assistant(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spans")
    (folder / "island.md").write_text(TEXT, "utf-8")
    settings = Settings(indexes=folder / "indexes", models=models)
    build_index(settings, [folder / "island.md"])
    store = Store.open(settings.indexes / "default", settings.embedding_model)
    engine = Engine(settings, open_embedder(settings), open_lexicon(settings), NumberReader())
    found = Assistant("default", store, engine)
    yield found
    found.close()


def test_the_short_answer_lies_within_its_quote(assistant):
    hits, reading = assistant.read("灯塔建于哪一年？")

    (span,) = reading.spans[:1]
    text = hits[span.passage].text
    assert [text[a:b] for a, b in span.highlights] == ["1893年"]
    assert text[span.start : span.end].startswith("灰岩岛灯塔建于1893年，塔高42米。")


def test_two_things_asked_for_are_both_answered_in_one_quote(assistant):
    answer = assistant.ask("灰岩岛灯塔建于哪一年，塔高多少米？")

    assert answer.short_answer == "1893年、42米"
    quote = answer.citations[0]
    document = assistant.store.document("island.md").text
    assert [document[a:b] for a, b in quote.highlights] == ["1893年", "42米"]
    assert all(quote.start <= a < b <= quote.end for a, b in quote.highlights)


def test_a_question_for_a_number_of_things_is_answered_by_as_long_a_list(assistant):
    hits, reading = assistant.read("岛上有哪三处码头？")

    span = reading.spans[0]
    text = hits[span.passage].text
    assert [text[a:b] for a, b in span.highlights] == ["东码头、南码头和鱼码头"]


@pytest.mark.parametrize("year", ["2013", "2014"])
def test_a_figure_of_another_year_is_no_answer(assistant, year):
    _, reading = assistant.read(f"{year}年鱼汛来了多少条船？")

    best = reading.ranking[0]
    others = [ranked for ranked in reading.ranking if ranked.figures[3] == -1.0]
    assert best.figures[3] == 0.0
    assert len(others) >= 2
    assert assistant.ask(f"{year}年鱼汛来了多少条船？").short_answer == f"{year}年"


def test_a_list_in_another_sentence_is_no_answer(assistant):
    hits, reading = assistant.read("守塔人的日记有哪两册？")

    span = reading.spans[0]
    text = hits[span.passage].text
    assert "铜灯、铁锚" in text
    assert not any("铜灯" in text[a:b] for a, b in span.highlights)
    assert "17册" in [text[a:b] for a, b in span.highlights]


@pytest.mark.parametrize(
    ("question", "expected"),
    [("灯塔之友的网址是什么？", "https://huiyan.org.cn/p?id=3"), ("收费多少元？", "30")],
)
def test_a_web_address_is_given_where_it_is_asked_for(assistant, question, expected):
    assert assistant.ask(question).short_answer == expected


def test_passages_are_ranked_again(assistant):
    hits = assistant.ask("守塔人的日记共有多少册？").hits

    assert "17册" in hits[0].text
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_search_is_ranked_as_its_answer_is(assistant):
    question = "守塔人的日记共有多少册？"

    found = [hit.chunk_id for hit in assistant.retrieve(question, 4)]

    assert found == [hit.chunk_id for hit in assistant.ask(question, top_k=4).hits]


def test_the_evidence_is_that_of_the_best_span(assistant):
    _, reading = assistant.read("守塔人的日记共有多少册？")

    best = reading.ranking[0]
    second = next(each for each in reading.ranking if each.passage != best.passage)
    assert (reading.evidence.span, reading.evidence.unit) == (best.figures[0], best.figures[2])
    assert reading.evidence.lead == pytest.approx(best.score - second.score)
    assert reading.evidence.shown == 1.0


def test_a_list_that_only_repeats_what_is_asked_about_is_no_answer(assistant):
    hits, reading = assistant.read("要建哪两个栈桥？")

    span = reading.spans[0]
    text = hits[span.passage].text
    assert "三处码头、两个栈桥" in text[span.start : span.end]
    assert not any("栈桥" in text[a:b] for a, b in span.highlights)


@pytest.mark.parametrize(
    ("question", "counted"),
    [("岛上有哪三处码头？", 1.0), ("岛上有哪四处码头？", 0.0), ("岛上有多少处码头？", 0.0)],
)
def test_the_evidence_tells_whether_as_many_were_found_as_asked_for(assistant, question, counted):
    assert assistant.read(question)[1].evidence.counted == counted


def test_nothing_is_read_where_all_is_hidden(assistant):
    hits, reading = assistant.read("守塔人的日记共有多少册？", ["island.md"])

    assert (hits, reading.spans, reading.confidence) == ((), (), 0.0)
