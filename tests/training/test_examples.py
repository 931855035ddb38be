"""Examples from a corpus of a few documents, found by the words they share."""

import json
import random

import pytest

from rag.reading.cross_encoder import ReaderInput
from rag.training import examples
from rag.training.examples import (
    Example,
    QuestionSet,
    held_out_titles,
    of_set,
    placed,
    prepare,
    read,
    read_set,
)
from rag.types import Chunk

FILLER = "龍蝦很好吃，人人都愛。" * 60
DOCUMENTS = [
    {
        "id": "d1",
        "title": "天津",
        "text": f"天津市有12座公園。{FILLER}第二年，天津市又有12座公園。",
    },
    {"id": "d2", "title": "上海", "text": "上海市有9座公園。張闊在上海住了3年。"},
    {"id": "d3", "title": "公園", "text": "公園裏有人唱歌，天津市的公園也有。"},
    {"id": "d4", "title": "答案", "text": "別人也說天津市有 12 座公園。"},
    {"id": "d5", "title": "Cats", "text": "Nobody counts the cats."},
]
QUESTIONS = [
    {
        "id": "near", "question": "第二年天津市有幾座公園？", "answers": ["12座"],
        "answer_starts": [690], "gold_ids": ["d1"],
    },
    {
        "id": "far", "question": "天津市有幾座公園？", "answers": ["12座", "十二座"],
        "answer_starts": [4], "gold_ids": ["d1"],
    },
    {
        "id": "gone", "question": "誰住在上海？", "answers": ["王五"],
        "answer_starts": [0], "gold_ids": ["d2"],
    },
    {
        "id": "bare", "question": "有什麼標點？", "answers": ["。"],
        "answer_starts": [9], "gold_ids": ["d2"],
    },
]  # fmt: skip
IN_ENGLISH = [{**QUESTIONS[1], "question": "How many parks are in Tianjin?"}]


def write_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture
def toy(tmp_path):
    """The folder of a set with questions in Chinese, one of them in English too."""
    write_rows(tmp_path / "toy" / "corpus.jsonl", DOCUMENTS)
    write_rows(tmp_path / "toy" / "questions.jsonl", QUESTIONS)
    write_rows(tmp_path / "toy" / "questions-en.jsonl", IN_ENGLISH)
    return tmp_path / "toy"


@pytest.fixture
def found(toy):
    return list(of_set(toy, QuestionSet("toy", translated="questions-en")))


def test_the_passage_is_the_chunk_in_which_the_answer_was_marked(found):
    near, far = found

    assert near.passage.text.endswith("第二年，天津市又有12座公园。")
    assert far.passage.text.startswith("天津市有12座公园。")
    assert near.passage.text != far.passage.text
    assert [e.passage.text[e.start : e.end] for e in (near, far)] == ["12座", "12座"]
    assert far.start == 4


def test_passages_are_simplified_and_questions_as_they_were_written(toy):
    documents = [{**DOCUMENTS[0], "title": "天津龍蝦"}, *DOCUMENTS[1:]]
    write_rows(toy / "corpus.jsonl", documents)

    near, _ = of_set(toy, QuestionSet("toy"))

    assert near.question == "第二年天津市有幾座公園？"
    assert near.passage.context == "天津龙虾"
    assert not set("龍蝦愛園") & set(near.passage.text)


def test_a_question_has_its_translation_where_a_person_wrote_one(found, toy):
    assert [each.translated for each in found] == ["", "How many parks are in Tianjin?"]
    assert {each.translated for each in of_set(toy, QuestionSet("toy"))} == {""}


def test_the_language_is_that_of_the_passages(toy):
    row = {
        "id": "cats", "question": "誰數貓？", "answers": ["Nobody"],
        "answer_starts": [0], "gold_ids": ["d5"],
    }  # fmt: skip
    write_rows(toy / "questions.jsonl", [QUESTIONS[1], row])

    chinese, english = of_set(toy, QuestionSet("toy"))

    assert (chinese.is_chinese, english.is_chinese) == (True, False)
    assert english.passage == ReaderInput("Cats", "Nobody counts the cats.")


def test_distractors_never_hold_an_answer_and_stand_best_first(found):
    for each in found:
        texts = [passage.text.replace(" ", "") for passage in each.distractors]
        assert 0 < len(texts) <= examples.DISTRACTORS
        assert not any("12座" in text for text in texts)  # d4 says it with spaces
    assert [each.text for each in found[1].distractors if each.context != "天津"] == [
        "公园里有人唱歌，天津市的公园也有。",
        "上海市有9座公园。张阔在上海住了3年。",
    ]  # and no cats, with which the question shares no word


def test_questions_whose_answer_is_nowhere_or_no_word_are_left_out(found):
    assert [each.question for each in found] == [row["question"] for row in QUESTIONS[:2]]


def test_as_many_questions_are_drawn_as_a_set_shall_give(toy):
    rows = [{**QUESTIONS[1], "id": str(n), "question": f"天津{n}？"} for n in range(9)]
    write_rows(toy / "questions.jsonl", rows)

    def asked(count):
        return [each.question for each in of_set(toy, QuestionSet("toy", count=count))]

    drawn = random.Random(20180).sample(rows, 3)
    assert asked(3) == [row["question"] for row in drawn]
    assert asked(3) != asked(9)[:3]
    assert asked(9) == asked(None) == asked(99) == [row["question"] for row in rows]


def test_a_tokenised_set_is_read_as_text(toy):
    write_rows(
        toy / "corpus.jsonl", [{"id": "q", "title": "Gators", "text": "The Gators ( 2017 ) won ."}]
    )
    row = {
        "id": "1", "question": "who won", "answers": ["Gators ( 2017 )"],
        "answer_starts": [4], "gold_ids": ["q"],
    }  # fmt: skip
    write_rows(toy / "questions.jsonl", [row])
    tokenised = QuestionSet("toy", is_tokenised=True)

    documents, rows = read_set(toy, tokenised)
    (example,) = of_set(toy, tokenised)

    assert documents["q"].text == "The Gators (2017) won."
    assert rows[0].answers == ("Gators (2017)",)
    assert example.passage.text[example.start : example.end] == "Gators (2017)"


def test_what_was_prepared_is_read_again(toy, found, monkeypatch):
    path = toy.parent / "training" / "examples.jsonl"
    sets = (QuestionSet("toy", translated="questions-en"), QuestionSet("toy", count=1))
    monkeypatch.setattr(examples, "SETS", sets)

    prepare(toy.parent, path)

    assert [file.name for file in path.parent.iterdir()] == ["examples.jsonl"]
    assert read(path) == [*found, *of_set(toy, sets[1])]
    assert isinstance(read(path)[0], Example)


def test_preparing_that_broke_off_leaves_no_examples(toy, monkeypatch):
    path = toy.parent / "training" / "examples.jsonl"
    monkeypatch.setattr(examples, "SETS", (QuestionSet("toy"), QuestionSet("missing")))

    with pytest.raises(FileNotFoundError):
        prepare(toy.parent, path)

    assert not path.exists()


# Held out


def test_a_tenth_of_the_articles_is_held_out_and_always_the_same():
    titles = [f"文章 {number}" for number in range(40)]

    held_out = held_out_titles(titles)

    assert held_out == {"文章 22", "文章 28", "文章 31", "文章 5"}
    assert held_out_titles(reversed(titles + titles)) == held_out  # an article has many passages
    assert held_out_titles(titles[:9]) == set()


def test_no_article_is_both_learnt_and_held_out(tmp_path):
    rows = [(f"d{n}", f"文章{n // 2}", f"第{n}号公园有{n + 3}只龙虾。") for n in range(40)]
    write_rows(
        tmp_path / "toy" / "corpus.jsonl",
        [{"id": id_, "title": title, "text": text} for id_, title, text in rows],
    )
    write_rows(
        tmp_path / "toy" / "questions.jsonl",
        [
            {
                "id": id_, "question": f"{text[:4]}有几只龙虾？", "gold_ids": [id_],
                "answers": [text[text.index("有") + 1 : -3]], "answer_starts": [text.index("有")],
            }
            for id_, _, text in rows
        ],
    )  # fmt: skip

    found = list(of_set(tmp_path / "toy", QuestionSet("toy")))
    held_out = {each.passage.context for each in found if each.held_out}

    assert len(found) == 40
    assert held_out == held_out_titles(title for _, title, _ in rows)
    assert len(held_out) == 2
    assert held_out.isdisjoint(each.passage.context for each in found if not each.held_out)


def test_no_set_that_figures_are_taken_from_is_learnt():
    kept_aside = ("xquad", "bipar", "dragonball", "cmrc2018-trial", "drcd-test", "squad-")

    assert not [each.folder for each in examples.SETS if each.folder.startswith(kept_aside)]


# The place of an answer


def piece(text, start):
    return Chunk(f"c{start}", "d", "", text, start, start + len(text), 0)


@pytest.mark.parametrize(
    ("marked", "start", "place"),
    [(0, 0, 1), (5, 0, 4), (10, 8, 2), (99, 8, 2), (6, 0, 4), (7, 8, 2)],
)
def test_the_nearest_place_counts(marked, start, place):
    chunks = [piece("在12又12。", 0), piece("到底12。", 8)]

    chunk, found = placed(chunks, "12", marked)

    assert (chunk.start, found) == (start, place)


def test_of_two_chunks_that_overlap_the_one_that_begins_later_counts():
    chunk, found = placed([piece("天津有12座。", 0), piece("有12座。", 2)], "12座", 3)

    assert (chunk.start, found) == (2, 1)
    assert placed([], "12座", 3) is None
