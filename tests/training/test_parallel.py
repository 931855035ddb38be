"""Sentences with their translations: read from a file, and asked for each other."""

import json
import random
from collections import Counter

import pytest

from rag.reading.cross_encoder import ReaderInput
from rag.training import parallel
from rag.training.parallel import crossing, read_parallel

PAIRS = [
    ("张阔在天津卖龙虾。", "Zhang Kuo sells lobsters in Tianjin."),
    ("十二座城市获批。", "Twelve cities were chosen."),
    ("那年冬天一直下雪。", "It snowed all that winter."),
    ("猫睡在屋顶上。", "The cat sleeps on the roof."),
    ("他们坐船去上海。", "They take a boat to Shanghai."),
]
SEEDS = 400


@pytest.fixture
def data(tmp_path):
    """Writes rows of id, language and sentence to the file in a folder of sets."""

    def written(*rows):
        path = tmp_path / parallel.FILE
        path.parent.mkdir()
        lines = [
            json.dumps({"id": id_, "lang": lang, "claim": claim, "evidence": "雪。", "label": "x"})
            for id_, lang, claim in rows
        ]
        path.write_text("\n".join(lines), "utf-8")
        return tmp_path

    return written


def found():
    return [crossing(PAIRS, random.Random(seed)) for seed in range(SEEDS)]


def answer_of(example):
    return example.passage.text[example.start : example.end]


# Reading


def test_sentences_of_one_number_are_a_pair_whatever_their_order(data):
    folder = data(
        ("px-dev-0-zh", "zh", PAIRS[0][0]),
        ("px-dev-0-en", "en", PAIRS[0][1]),
        ("px-dev-1-en", "en", PAIRS[1][1]),
        ("px-dev-10-zh", "zh", PAIRS[2][0]),
        ("px-dev-10-en", "en", PAIRS[2][1]),
        ("px-dev-1-zh", "zh", PAIRS[1][0]),
    )

    assert read_parallel(folder) == [PAIRS[0], PAIRS[1], PAIRS[2]]


def test_a_sentence_without_its_translation_is_left_out(data):
    folder = data(
        ("px-dev-0-zh", "zh", PAIRS[0][0]),
        ("px-dev-1-zh", "zh", PAIRS[1][0]),
        ("px-dev-1-en", "en", PAIRS[1][1]),
        ("px-dev-2-en", "en", PAIRS[2][1]),
    )

    assert read_parallel(folder) == [PAIRS[1]]


def test_without_the_file_there_are_no_pairs(tmp_path, data):
    assert read_parallel(tmp_path) == []
    assert read_parallel(data()) == []


# Crossing


def test_the_span_is_the_translation_and_the_passage_is_whole_sentences():
    for example in found():
        side, gap = (0, "") if example.is_chinese else (1, " ")
        held = [pair[side] for pair in PAIRS]
        sentences = split(example.passage.text, held)

        assert answer_of(example) in held
        assert gap.join(sentences) == example.passage.text
        assert len(set(sentences)) == len(sentences) <= 4
        assert example.passage.context == ""


def split(text, held):
    """The sentences of a text, each of which is one of those held."""
    return sorted((each for each in held if each in text), key=text.index)


def test_the_passage_is_in_either_language_and_the_question_in_the_other():
    examples = found()

    for example in examples:
        assert example.question.isascii() == example.is_chinese
        assert example.passage.text.isascii() != example.is_chinese
    assert Counter(e.is_chinese for e in examples)[True] / SEEDS == pytest.approx(0.5, abs=0.07)


def test_a_sentence_asks_for_its_own_translation_often_without_words_that_follow_each_other():
    whole = 0
    for example in found():
        chinese, english = next(pair for pair in PAIRS if answer_of(example) in pair)
        asks = english if example.is_chinese else chinese
        words = asks.split(" ") if example.is_chinese else list(asks)
        kept = example.question.split(" ") if example.is_chinese else list(example.question)
        cut = len(words) - len(kept)
        assert any(words[:n] + words[n + cut :] == kept for n in range(len(kept) + 1))
        assert 0 <= cut <= len(words) / 2
        whole += cut == 0
    # Four of ten lose none, and some of those that are drawn: a tenth of seven words is none.
    assert 0.4 < whole / SEEDS < 0.6


def test_the_translation_stands_anywhere_among_up_to_three_others():
    places = Counter()
    for example in found():
        side = 0 if example.is_chinese else 1
        sentences = split(example.passage.text, [pair[side] for pair in PAIRS])
        places[len(sentences), sentences.index(answer_of(example))] += 1

    assert set(places) == {(count, place) for count in (1, 2, 3, 4) for place in range(count)}


def test_what_crosses_is_an_example_like_others_but_for_its_source():
    example = crossing(PAIRS, random.Random(1))

    assert (example.source, example.held_out) == ("pawsx", False)
    assert (example.translated, example.distractors) == ("", ())
    assert isinstance(example.passage, ReaderInput)


def test_the_same_seed_draws_the_same():
    assert crossing(PAIRS, random.Random(7)) == crossing(PAIRS, random.Random(7))
    assert len({crossing(PAIRS, random.Random(seed)).question for seed in range(20)}) > 10
