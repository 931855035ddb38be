"""Reading pairs: spans from hand-worked logits, and what the real reader reads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from rag.errors import ModelMissing
from rag.language.term_groups import query_groups
from rag.models import vocabulary
from rag.models.vocabulary import open_vocabulary
from rag.reading import reader_build
from rag.reading.cross_encoder import (
    LONGEST_SPAN,
    MOST_SPANS,
    CrossEncoder,
    ReaderInput,
    ScoredSpan,
    best_spans,
)
from rag.reading.inputs import Pair

CHINESE = "灰岩岛灯塔建于1893年，塔高42米。出资的是船主方德海，设计者是工程师林月。"
TRADITIONAL = "灰岩島燈塔建於1893年，塔高42米。出資的是船主方德海，設計者是工程師林月。"
ENGLISH = (
    "The Greyrock lighthouse was built in 1893 and is 42 metres high. "
    "The shipowner Fang Dehai paid for it, and the engineer Lin Yue designed it."
)
OTHER = "雨天请带伞，山路湿滑。😀 Rain is expected in Bergen on Thursday."
ODD = "😀👩‍🔬 ＡＢＣ　花了９０，０００元…㎏ caf\u0065\u0301 ½ ﷺ\0\ud800 — İstanbul!！"


@pytest.fixture(scope="module")
def reader(models):
    encoder = CrossEncoder(models / reader_build.NAME)
    yield encoder
    encoder.close()


@pytest.fixture(scope="module")
def read(reader, lexicon):
    def readings(question, *passages, context="灰岩岛灯塔"):
        groups = query_groups(question, lexicon)
        return reader.read(question, groups, [ReaderInput(context, text) for text in passages])

    return readings


def best(reading, passage):
    return passage[reading.spans[0].start : reading.spans[0].end]


# Spans from logits


def spans(text, starts, ends, offsets=None, none=0.0):
    """Spans of the characters of `text`, whose logits are given; a first token of no answer."""
    logits = np.array([[none, 0.0], [9.0, 9.0], *zip(starts, ends, strict=True)], np.float32)
    offsets = [(i, i + 1) for i in range(len(text))] if offsets is None else offsets
    return best_spans(np.vstack([logits, [[9.0, 9.0]]]), Pair([], [], 2, offsets), text)


def test_the_best_spans_that_do_not_overlap():
    found = spans("天津的龙虾", [1, 0, 0, 7, 0], [0, 2, 0, 0, 5], none=1.0)

    assert found == [
        ScoredSpan(3, 5, 7 + 5 - 1),
        ScoredSpan(0, 2, 1 + 2 - 1),
        ScoredSpan(2, 3, 0 + 0 - 1),
    ]


def test_a_span_does_not_end_before_it_starts():
    assert spans("城市", [0, 7], [7, 0])[0] in [ScoredSpan(0, 1, 7.0), ScoredSpan(1, 2, 7.0)]
    assert len(spans("城市", [0, 7], [7, 0])) == 2


def test_a_span_does_not_reach_into_another_paragraph():
    text = "天津\n\n上海"

    assert spans(text, [5, 0, 0, 0, 4, 0], [0, 2, 0, 0, 0, 9])[0] == ScoredSpan(4, 6, 13.0)
    assert spans("天津\n上海", [5, 0, 0, 4, 0], [0, 2, 0, 0, 9])[0] == ScoredSpan(0, 5, 14.0)


def test_a_span_is_of_60_tokens_at_most():
    text = "城" * 100
    starts, ends = np.zeros((2, 100))
    starts[[0, 30]], ends[[59, 99]] = [5, 4], [2, 9]

    assert LONGEST_SPAN == 60
    assert spans(text, starts, ends)[0] == ScoredSpan(40, 100, 9.0)
    starts[41] = 4.5
    assert spans(text, starts, ends)[0] == ScoredSpan(41, 100, 13.5)
    ends[59] = 9.5
    assert spans(text, starts, ends)[0] == ScoredSpan(0, 60, 14.5)


def test_of_many_spans_the_best_eight():
    found = spans("abcdefghijklmnop", [*range(16)], [-99 * (i % 2) for i in range(16)])

    assert MOST_SPANS == len(found) == 8
    assert found[0] == ScoredSpan(14, 15, 14.0)
    assert [span.score for span in found] == [14.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0, 0.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("，天津、上海。", "天津、上海"),
        (" \t\n上海\u3000\r\n…！？", "上海"),
        (", Tianjin; Shanghai!?", "Tianjin; Shanghai"),
        ("No. 12.", "No. 12."),  # a full stop may belong to the word
        ("“天津”", "“天津”"),
        ("16岁至25岁的，", "16岁至25岁"),
        ("建塔的目的", "建塔的目的"),
        ("他的", "他的"),
    ],
)
def test_marks_white_space_and_de_around_a_span_are_no_part_of_it(text, expected):
    last = len(text) - 1
    (found,) = spans(text, [5] + [0] * last, [0] * last + [5])[:1]

    assert text[found.start : found.end] == expected
    assert found.score == 10.0


def test_a_span_of_marks_alone_is_none():
    assert spans("。城。", [5, 0, 0], [9, 0, 0]) == [ScoredSpan(1, 2, 0.0)]
    assert spans(" ，。\u3000", [0] * 4, [0] * 4) == []
    assert spans("", [], []) == []


def test_spans_do_not_share_a_character_either():
    # "▁", which begins a text, lies where its first word does; "㎏" is two tokens at one place.
    offsets = [(0, 1), (0, 2), (2, 3), (2, 3), (3, 4)]
    found = spans("跨境㎏b", [3, 5, 3, 2, 0], [3, 5, 3, 2, 1], offsets)

    assert found == [ScoredSpan(0, 2, 10.0), ScoredSpan(2, 3, 6.0), ScoredSpan(3, 4, 1.0)]


def test_an_accent_stays_with_its_letter():
    text = "cafe\u0301 Z"

    assert spans(text, [5, 0], [5, 0], [(0, 4), (5, 7)])[0] == ScoredSpan(0, 5, 10.0)
    assert spans("e\u0301\u0302", [5], [5], [(0, 1)])[0] == ScoredSpan(0, 3, 10.0)


def test_a_token_without_a_place_ends_the_search_too():
    assert spans("城", [5, 0], [5, 0], [(0, 0), (0, 1)]) == [ScoredSpan(0, 1, 0.0)]


def best_by_trying(starts, ends, offsets):
    """All spans, best first, each taken that shares no character with one before."""
    count, taken = len(offsets), []
    every = [
        (float(starts[i] + ends[j]), offsets[i][0], offsets[j][1])
        for i in range(count)
        for j in range(i, min(count, i + LONGEST_SPAN))
    ]
    for score, start, end in sorted(every, reverse=True):
        if all(end <= a or b <= start for a, b, _ in taken):
            taken.append((start, end, score))
    return taken[:MOST_SPANS]


@pytest.mark.parametrize("seed", range(8))
def test_spans_are_those_of_trying_all(seed):
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 90))
    starts, ends = random.normal(size=(2, count)).astype(np.float32)
    edges = np.cumsum(random.integers(1, 4, size=count + 1))
    offsets = [(int(edges[i]), int(edges[i + 1])) for i in range(count)]
    doubled = [offsets[max(0, i - 1)] if i % 7 == 3 else offset for i, offset in enumerate(offsets)]
    text = "城" * int(edges[-1])

    for places in (offsets, doubled):
        found = [(span.start, span.end, span.score) for span in spans(text, starts, ends, places)]
        expected = best_by_trying(starts, ends, places)
        assert [span[:2] for span in found] == [span[:2] for span in expected]
        assert [span[2] for span in found] == pytest.approx([span[2] for span in expected])


# The real reader


@pytest.mark.parametrize(
    ("question", "passage", "accepted"),
    [
        ("灯塔建于哪一年？", CHINESE, {"1893年", "1893"}),
        ("灯塔是谁设计的？", CHINESE, {"林月", "工程师林月"}),
        ("Who designed the lighthouse?", CHINESE, {"林月", "工程师林月"}),
        ("燈塔是誰設計的？", TRADITIONAL, {"林月", "工程師林月"}),
        ("Who paid for the lighthouse?", ENGLISH, {"Fang Dehai", "The shipowner Fang Dehai"}),
        ("灯塔建于哪一年？", ENGLISH, {"1893"}),
    ],
)
def test_the_best_span_answers(read, question, passage, accepted):
    (reading,) = read(question, passage)

    assert best(reading, passage) in accepted
    assert reading.spans[0].score > 0


def test_a_passage_that_answers_is_more_relevant_than_one_that_does_not(read):
    answering, other = read("Who designed the lighthouse?", CHINESE, OTHER)

    assert answering.relevance > other.relevance + 1
    assert answering.spans[0].score > other.spans[0].score + 3


def test_both_scripts_are_read_alike(read):
    (simplified,) = read("灯塔是谁设计的？", CHINESE)
    (traditional,) = read("灯塔是谁设计的？", TRADITIONAL)

    assert traditional == simplified


@pytest.mark.parametrize("before", ["😀👩‍🔬", "ＡＢＣ㎏…　", "½ﷺ\0", "e\u0301 \ud800"])
def test_offsets_are_code_points_of_the_passage_as_given(read, before):
    passage = f"{before}。{TRADITIONAL}"
    (reading,) = read("灯塔是谁设计的？", passage)

    assert best(reading, passage) in {"林月", "工程師林月"}
    assert reading.spans[0].end == passage.index("林月") + 2


@pytest.mark.parametrize("passage", [CHINESE, TRADITIONAL, ENGLISH, OTHER, ODD, CHINESE * 20])
@pytest.mark.parametrize("question", ["灯塔是谁设计的？", "Who paid for it?"])
def test_spans_are_apart_trimmed_and_best_first(read, question, passage):
    (reading,) = read(question, passage)
    found = reading.spans

    assert 1 <= len(found) <= MOST_SPANS
    assert [span.score for span in found] == sorted((span.score for span in found), reverse=True)
    in_order = sorted(found, key=lambda span: span.start)
    assert all(a.end <= b.start for a, b in pairwise(in_order))
    for span in found:
        assert 0 <= span.start < span.end <= len(passage)
        words = passage[span.start : span.end]
        assert words == words.strip(" \t\n\r\u3000，。、；：！？,;:!?…")


@pytest.mark.parametrize("passage", ["", " ", "。", "\n\u3000…！"])
def test_where_nothing_can_be_read_there_is_no_span(read, passage):
    (reading,) = read("灯塔是谁设计的？", passage)

    assert reading.spans == ()
    assert np.isfinite(reading.relevance)


def test_nothing_to_read(read):
    assert read("灯塔是谁设计的？") == []


def test_all_tokens_are_counted(read, models):
    question, context, passage = "燈塔是誰設計的？", "灰岩岛灯塔", CHINESE
    encode = open_vocabulary(models / vocabulary.NAME).encode
    parts = [len(encode(text).ids) for text in ("灯塔是谁设计的？", context, passage)]

    assert read(question, passage, context=context)[0].tokens == sum(parts) + 5
    assert [each.tokens for each in read(question, "", passage * 20)] == [sum(parts[:2]) + 5, 512]


def test_a_passage_of_more_than_512_tokens_is_read_as_far_as_it_fits(read):
    filler = "渔船多停在南码头。The boats lie at the pier. " * 60
    (there,) = read("灯塔是谁设计的？", CHINESE + filler)
    (beyond,) = read("灯塔是谁设计的？", filler + CHINESE)

    assert best(there, CHINESE + filler) in {"林月", "工程师林月"}
    assert all(span.end < len(filler) // 2 for span in beyond.spans)
    assert there.relevance > beyond.relevance + 1


@pytest.mark.parametrize("asked", ["灯塔是谁设计的？", "Who designed the lighthouse? ", "😀ＡＢ"])
def test_a_question_of_10_000_characters_is_read(read, asked):
    (reading,) = read((asked * 1500)[:10_000], CHINESE)

    assert np.isfinite(reading.relevance)
    assert all(0 <= span.start < span.end <= len(CHINESE) for span in reading.spans)


def test_neither_question_nor_terms_are_needed(reader):
    (reading,) = reader.read("", [], [ReaderInput("", ENGLISH)])

    assert 0 < len(reading.spans) <= MOST_SPANS


def test_no_title_moves_the_places(read):
    for context in ("", "灰岩島燈塔", "Greyrock island > The lighthouse", "题" * 1000, ODD):
        (reading,) = read("灯塔是谁设计的？", TRADITIONAL, context=context)
        assert reading.spans[0].end == TRADITIONAL.index("林月") + 2


# One by one and together


def test_a_passage_is_read_the_same_in_any_company(read):
    passages = [CHINESE, ENGLISH, OTHER, ODD, "", CHINESE * 20]
    together = read("灯塔是谁设计的？", *passages)

    assert together == [reading for text in passages for reading in read("灯塔是谁设计的？", text)]
    assert together == read("灯塔是谁设计的？", *passages)
    assert together[::-1] == read("灯塔是谁设计的？", *passages[::-1])


def test_two_threads_read_what_one_reads(read):
    questions = ["灯塔是谁设计的？", "Who paid for the lighthouse?", "燈塔建於哪一年？"] * 2
    passages = [CHINESE, TRADITIONAL, ENGLISH, OTHER, ODD]
    expected = [read(question, *passages) for question in questions]

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda question: read(question, *passages), questions))

    assert found == expected


# Opening and closing


def test_closing_ends_the_threads(models):
    encoder = CrossEncoder(models / reader_build.NAME)
    threads = set(threading.enumerate())
    encoder.read("谁？", [], [ReaderInput("", CHINESE)])
    begun = set(threading.enumerate()) - threads
    encoder.close()

    assert [thread.name.startswith("reader") for thread in begun] == [True]
    assert not begun & set(threading.enumerate())


def test_a_reader_that_is_not_prepared_is_named_with_the_command(tmp_path):
    with pytest.raises(ModelMissing) as raised:
        CrossEncoder(tmp_path / "reader")

    assert str(raised.value) == (
        f"the reader is not prepared in {tmp_path / 'reader'}; run: wenju setup"
    )


@pytest.fixture
def copied(models, tmp_path):
    """The real build and its vocabulary, of which a test takes or damages files."""
    for name in (reader_build.NAME, vocabulary.NAME):
        (tmp_path / name).mkdir()
        for path in (models / name).iterdir():
            (tmp_path / name / path.name).symlink_to(path)
    return tmp_path / reader_build.NAME


def test_a_copy_reads(copied):
    encoder = CrossEncoder(copied)
    (reading,) = encoder.read("谁？", [], [ReaderInput("", CHINESE)])
    encoder.close()

    assert reading.spans


def test_a_reader_of_another_adapter_is_not_prepared(copied, tmp_path, monkeypatch):
    other = tmp_path / "reader.bin"
    other.write_bytes(b"other")
    monkeypatch.setattr(reader_build, "ADAPTER", other)

    with pytest.raises(ModelMissing, match=r"is not prepared in .*; run: wenju setup"):
        CrossEncoder(copied)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (reader_build.NAME, "encoder.onnx"),
        (vocabulary.NAME, "tokenizer.model"),
        (vocabulary.NAME, "words.npy"),
    ],
)
def test_damage_is_named(copied, name, file):
    folder = copied.parent / name
    size = (folder / file).stat().st_size
    (folder / file).unlink()
    with (folder / file).open("wb") as damaged:
        damaged.truncate(size)  # zeros, which take no room on the disk

    with pytest.raises(ModelMissing) as raised:
        CrossEncoder(copied)

    assert raised.value.message == f"the model in {folder} is damaged"
    assert raised.value.remedy == f"delete {folder} and run: wenju setup"


def test_without_its_vocabulary_the_remedy_is_setup(copied):
    folder = copied.parent / vocabulary.NAME
    (folder / "words.npy").unlink()

    with pytest.raises(ModelMissing) as raised:
        CrossEncoder(copied)

    assert str(raised.value) == f"the vocabulary is not prepared in {folder}; run: wenju setup"
