"""Reading with a stand-in that computes: numbers answer, words shared with the question rank."""

import math
import re

import numpy as np
import pytest
from passages import passage_of

from rag.assistant import Assistant
from rag.config import Settings
from rag.engine import Engine, open_lexicon
from rag.index.fusion import Search
from rag.index.maintenance import build_index
from rag.index.store import Store
from rag.models.embedding import identity, open_embedder
from rag.reading import confidence, span_reader
from rag.reading.cross_encoder import PassageReading, ReaderInput, ScoredSpan
from rag.reading.results import Unit
from rag.reading.span_reader import SpanReader
from rag.types import Chunk

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


@pytest.fixture(autouse=True)
def weighed(monkeypatch):
    """Weights that no fit changes; what is read is answered, and all of it is read."""
    monkeypatch.setattr(span_reader, "WEIGHTS", (0.3, 0.7))
    monkeypatch.setattr(span_reader, "STOP", math.inf)
    monkeypatch.setattr(confidence, "SPAN_INTERCEPT", 3.0)
    monkeypatch.setattr(confidence, "SPAN_WEIGHTS", (0.6, 0.3, 1.0))


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


def assistant_over(file, models):
    settings = Settings(indexes=file.parent / "indexes", models=models)
    build_index(settings, [file])
    store = Store.open(settings.indexes / "default", identity(settings))
    engine = Engine(settings, open_embedder(settings), open_lexicon(settings), NumberReader())
    return Assistant("default", store, engine)


@pytest.fixture(scope="module")
def assistant(models, tmp_path_factory):
    file = tmp_path_factory.mktemp("spans") / "island.md"
    file.write_text(TEXT, "utf-8")
    with assistant_over(file, models) as found:
        yield found


@pytest.mark.parametrize(
    ("written", "short"), [("早上6点出发。", "6"), ("天亮时出发。风大不出海。", "天亮时出发")]
)
def test_the_question_of_a_row_does_not_answer_itself(models, tmp_path, written, short):
    file = tmp_path / "faq.csv"
    file.write_text(f"问题,答案\n3号码头的渔船几点出发？,{written}\n", "utf-8")
    with assistant_over(file, models) as assistant:
        answer = assistant.ask("3号码头的渔船几点出发？")

    assert answer.short_answer == short


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


@pytest.mark.parametrize(
    ("year", "is_other"), [("2013", False), ("2014", False), ("2019", True), ("1893", True)]
)
def test_figures_of_another_year_are_not_trusted(assistant, year, is_other):
    hits, reading = assistant.read(f"{year}年鱼汛来了多少条船？")

    assert "鱼汛" in hits[reading.spans[0].passage].text
    assert reading.evidence.is_of_another == is_other
    assert (reading.confidence <= confidence.OF_ANOTHER) == is_other


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
    hits, reading = assistant.read("守塔人的日记共有多少册？")

    best = reading.ranking[0]
    evidence = reading.evidence
    same = [ranked.figures[0] for ranked in reading.ranking if ranked.passage == best.passage]
    assert evidence.span == pytest.approx(np.logaddexp.reduce(same))
    small = len(hits) / 30  # of the score in a large index, the rest is a usual one
    assert evidence.score == pytest.approx(small * best.figures[1] + (1 - small) * 3.0)
    assert not evidence.is_of_another
    assert evidence.lacking == pytest.approx(0, abs=0.1)
    assert reading.confidence == confidence.probability_of_span(evidence)
    assert best.score == pytest.approx(np.dot(span_reader.WEIGHTS, best.figures))


def test_a_list_that_only_repeats_what_is_asked_about_is_no_answer(assistant):
    hits, reading = assistant.read("要建哪两个栈桥？")

    span = reading.spans[0]
    text = hits[span.passage].text
    assert "三处码头、两个栈桥" in text[span.start : span.end]
    assert not any("栈桥" in text[a:b] for a, b in span.highlights)


def test_nothing_is_read_where_all_is_hidden(assistant):
    hits, reading = assistant.read("守塔人的日记共有多少册？", ["island.md"])

    assert (hits, reading.spans, reading.confidence) == ((), (), 0.0)


# Over passages made here


class GivenReader:
    """Reads in each passage what is given for its text, and remembers what it was asked."""

    def __init__(self, **logits):
        self.logits = logits
        self.asked = []
        self.questions = []

    def read(self, question, groups, passages):
        self.questions.append(question)
        self.asked.append([passage.text for passage in passages])
        self.inputs = passages
        return [self._read(passage.text) for passage in passages]

    def _read(self, text):
        span, relevance = self.logits.get(text.split()[0], (0.0, 0.0))
        return PassageReading((ScoredSpan(0, len(text), span),), relevance, tokens=len(text))


class WholeUnits:
    """Each passage is a unit, and lacks the same share of the question."""

    def __init__(self, is_crossing=False, lacking=0.0):
        self.is_crossing = is_crossing
        self.share = lacking

    def units(self, passages):
        return [
            Unit(number, 0, 0, len(each.text), each.text, 0.0, np.zeros(0))
            for number, each in enumerate(passages)
        ]

    def lacking(self, passage):
        return self.share

    def met(self, text):
        return 1.0 - self.share

    def crosses(self, passage):
        return self.is_crossing

    def comparable_score(self, passage):
        return passage.score


def passage(text, score=1.0, title="", source="a.txt"):
    return passage_of(Chunk(text, text, "", text, 0, len(text), 0), title, source, score=score)


def read(encoder, passages, query="What is it?", is_crossing=False, lacking=0.0, **given):
    search = Search(query, np.zeros(1), [])
    units = WholeUnits(is_crossing, lacking)
    return SpanReader(encoder, units, search, search, **given).read(passages)


SIX = [passage(name, score) for name, score in zip("abcdef", (5, 4, 3, 2, 1, 0), strict=True)]


@pytest.mark.parametrize(
    ("stop", "pairs"),
    [
        # a ranks 0.3 * 4 + 0.7 * 5 = 4.7; c and e bring 0.7 * 3 and 0.7.
        (math.inf, ["ab", "cd", "ef"]),
        (4.3, ["ab", "cd", "ef"]),
        (3.9, ["ab", "cd"]),
        (2.7, ["ab", "cd"]),
        (2.5, ["ab"]),
        (0.0, ["ab"]),
    ],
)
def test_reading_stops_where_the_best_passage_cannot_be_beaten(stop, pairs, monkeypatch):
    encoder = GivenReader(a=(4.0, 2.0), b=(-9.0, 0.0))
    monkeypatch.setattr(span_reader, "STOP", stop)

    reading = read(encoder, SIX)

    assert encoder.asked == [list(pair) for pair in pairs]
    assert reading.tokens == sum(map(len, pairs))
    best = reading.ranking[0]
    assert (best.passage, best.score) == (0, pytest.approx(4.7))
    assert {ranked.passage for ranked in reading.ranking} == set(range(2 * len(pairs)))


def test_all_that_could_hold_the_answer_is_read_for_measuring(monkeypatch):
    encoder = GivenReader(a=(4.0, 2.0), b=(-9.0, 0.0))
    monkeypatch.setattr(span_reader, "STOP", 0.0)

    assert read(encoder, SIX, reads_all=True).ranking[0].passage == 0
    assert encoder.asked == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_a_better_passage_is_read_where_the_first_ones_do_not_stand_out(monkeypatch):
    encoder = GivenReader(e=(19.0, 9.0))
    monkeypatch.setattr(span_reader, "STOP", 3.5)

    assert read(encoder, SIX).ranking[0].passage == 4
    assert encoder.asked == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_no_more_passages_are_read_than_could_be_candidates():
    encoder = GivenReader()

    read(encoder, [passage(f"p{number}") for number in range(20)])

    assert sum(map(len, encoder.asked)) == span_reader.CANDIDATES


def test_one_passage_is_read_alone_and_none_not_at_all():
    encoder = GivenReader()

    assert read(encoder, SIX[:1]).ranking[0].passage == 0
    assert read(encoder, []).spans == ()
    assert encoder.asked == [["a"]]


def test_of_a_follow_up_what_was_asked_last_is_read():
    encoder = GivenReader()
    searched, asked = (
        Search(query, np.zeros(1), [])
        for query in ("12个城市 那里有哪两个平台？", "那里有哪两个平台？")
    )

    SpanReader(encoder, WholeUnits(), searched, asked).read(SIX[:1])

    assert encoder.questions == ["那里有哪两个平台？"]


def test_the_name_of_a_file_stands_with_title_and_section():
    encoder = GivenReader()

    read(encoder, [passage("扬程是32米。", title="白皮书", source="报价/AB001白皮书.md")])
    named = encoder.inputs[0]
    read(encoder, [passage("扬程是32米。", title="白皮书", source="corpus.jsonl#1")])
    row = encoder.inputs[0]

    assert named == ReaderInput("白皮书 AB001", "扬程是32米。")
    assert row == ReaderInput("白皮书", "扬程是32米。")


@pytest.mark.parametrize(
    ("text", "source", "is_crossing", "is_other"),
    [
        ("X300水泵的扬程是32米。", "a.txt", False, False),
        ("扬程是32米。", "X300说明书.md", False, False),  # the file says it
        ("X200水泵的扬程是32米。", "a.txt", False, True),
        ("扬程是32米。", "X200说明书.md", False, True),
        ("扬程是32米。", "a.txt", False, True),
        ("It lifts 32 m.", "a.txt", True, False),  # and may say in words what a code stands for
        ("The X200 lifts 32 m.", "a.txt", True, True),
    ],
)
def test_an_answer_about_another_code_is_told_and_not_trusted(text, source, is_crossing, is_other):
    encoder = GivenReader(**{text.split()[0]: (9.0, 9.0)})
    given = [passage(text, source=source)]

    reading = read(encoder, given, "X300的扬程是多少？", is_crossing)

    assert reading.evidence.is_of_another == is_other
    assert (reading.confidence <= confidence.OF_ANOTHER) == is_other


@pytest.mark.parametrize(
    ("question", "text", "is_crossing", "is_other"),
    [
        ("第三条规定了什么？", "第五条规定，租期三年。", False, True),
        ("第三条规定了什么？", "第三条规定，租期五年。", False, False),
        ("305会议室有几把椅子？", "303会议室有20把椅子。", False, True),
        ("305会议室有几把椅子？", "305会议室有20把椅子。", False, False),
        ("What does Article 3 say?", "第三条规定，租期五年。", True, False),
        # The other language may number in its own way.
        ("What does Article 3 say?", "第五条规定，租期五年。", True, False),
    ],
)
def test_an_answer_about_another_article_or_room_is_not_trusted(
    question, text, is_crossing, is_other
):
    reading = read(GivenReader(), [passage(text)], question, is_crossing)

    assert reading.evidence.is_of_another == is_other
    assert (reading.confidence <= confidence.OF_ANOTHER) == is_other


@pytest.mark.parametrize(("is_crossing", "lacking"), [(False, 0.4), (True, 0.0)])
def test_what_a_passage_in_another_language_lacks_does_not_count(is_crossing, lacking):
    reading = read(GivenReader(), [passage("扬程是32米。")], is_crossing=is_crossing, lacking=0.4)

    assert reading.evidence.lacking == lacking


@pytest.mark.parametrize("question", ["岛上有哪三处码头？", "岛上有哪些码头？"])
def test_words_that_hold_the_whole_list_are_kept_as_they_were_read(question):
    words = "岛上有东码头、南码头和鱼码头。"

    (span,) = read(GivenReader(), [passage(words)], question).spans

    assert span.highlights == ((0, len(words)),)


@pytest.mark.parametrize(
    ("text", "several", "some"),
    [
        ("岛上有东码头、南码头和鱼码头。", "岛上有哪三处码头？", "岛上有哪些码头？"),
        ("It has bread, tea and rope.", "Which three are there?", "Which are there?"),
    ],
)
def test_a_count_that_is_met_makes_an_answer_no_surer(text, several, some):
    counted, open_ = (read(GivenReader(), [passage(text)], each) for each in (several, some))

    assert counted.evidence == open_.evidence
    assert counted.confidence == open_.confidence


def test_words_from_a_sentence_on_another_year_rank_lower():
    text = "2013年买了2万只。2014年卖出9万只。"
    former, right = (text.index(words) for words in ("2万只", "9万只"))

    class BothRead(GivenReader):
        def _read(self, text):
            spans = (ScoredSpan(former, former + 3, 5.0), ScoredSpan(right, right + 3, 1.0))
            return PassageReading(spans, 0.0)

    (span,) = read(BothRead(), [passage(text)], "2014年卖了多少只？").spans

    assert span.highlights == ((right, right + 3),)
