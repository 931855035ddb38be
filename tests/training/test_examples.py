"""Examples from a corpus of a few documents, found by the character pairs they share."""

import json
import random

import pytest

from rag.config import Settings
from rag.reading.cross_encoder import ReaderInput
from rag.training import examples
from rag.training.examples import Example, held_out_titles, placed, prepare, read
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
]  # fmt: skip


def write_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture
def settings(tmp_path, lexicon_file, embedder, monkeypatch):
    for module in ("rag.engine", "rag.index.maintenance"):
        monkeypatch.setattr(f"{module}.open_embedder", lambda _settings: embedder)
    return Settings(indexes=tmp_path / "indexes", models=lexicon_file.parent, reader=False)


@pytest.fixture
def found(tmp_path, settings, monkeypatch):
    """What is made of the documents as a Chinese set, and of two of the questions without."""
    monkeypatch.setattr(examples, "SETS", (("toy", None, True), ("few", 2, False)))
    for name in ("toy", "few"):
        write_rows(tmp_path / name / "corpus.jsonl", DOCUMENTS)
        write_rows(tmp_path / name / "questions.jsonl", QUESTIONS)
    path = tmp_path / "training" / "examples.jsonl"
    prepare(settings, tmp_path, path)
    assert [file.name for file in path.parent.iterdir()] == ["examples.jsonl"]
    return read(path)


def test_the_passage_is_the_chunk_in_which_the_answer_was_marked(found):
    near, far = found[:2]

    assert near.passage.text.endswith("第二年，天津市又有12座公园。")
    assert far.passage.text.startswith("天津市有12座公园。")
    assert near.passage.text != far.passage.text
    assert [e.passage.text[e.start : e.end] for e in (near, far)] == ["12座", "12座"]
    assert far.start == 4


def test_passages_are_simplified_and_questions_as_they_were_written(found):
    assert found[0].question == "第二年天津市有幾座公園？"
    assert found[0].passage.context == "天津"
    assert not set("龍蝦愛園") & set(found[0].passage.text)


def test_distractors_never_hold_an_answer_and_stand_best_first(found):
    for each in found:
        texts = [passage.text.replace(" ", "") for passage in each.distractors]
        assert 0 < len(texts) <= examples.DISTRACTORS
        assert not any("12座" in text for text in texts)  # d4 says it with spaces
    assert [each.text for each in found[1].distractors if each.context != "天津"] == [
        "公园里有人唱歌，天津市的公园也有。",
        "上海市有9座公园。张阔在上海住了3年。",
    ]


def test_questions_whose_answer_is_nowhere_are_left_out(found):
    assert [e.question for e in found if e.is_chinese] == [q["question"] for q in QUESTIONS[:2]]


def test_as_many_questions_are_drawn_as_a_set_shall_give(found):
    drawn = random.Random(20180).sample(QUESTIONS, 2)

    assert [e.question for e in found if not e.is_chinese] == [row["question"] for row in drawn]
    assert [row["id"] for row in drawn] == ["far", "near"]


def test_what_was_written_is_read_again(tmp_path):
    example = Example(
        "谁？", True, ReaderInput("天津", "张阔。"), 0, 2, (ReaderInput("", "Nobody."),), True
    )
    write_rows(
        tmp_path / "examples.jsonl",
        [
            {
                "question": "谁？", "is_chinese": True, "start": 0, "end": 2, "held_out": True,
                "passage": {"context": "天津", "text": "张阔。"},
                "distractors": [{"context": "", "text": "Nobody."}],
            }
        ],
    )  # fmt: skip

    assert read(tmp_path / "examples.jsonl") == [example]


# Held out


def test_a_tenth_of_the_articles_is_held_out_and_always_the_same():
    titles = [f"文章 {number}" for number in range(40)]

    held_out = held_out_titles(titles)

    assert held_out == {"文章 22", "文章 28", "文章 31", "文章 5"}
    assert held_out_titles(reversed(titles + titles)) == held_out  # an article has many passages
    assert held_out_titles(titles[:9]) == set()


def test_no_article_is_both_learnt_and_held_out(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(examples, "SETS", (("toy", None, True),))
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
    prepare(settings, tmp_path, tmp_path / "examples.jsonl")

    found = read(tmp_path / "examples.jsonl")
    held_out = {each.passage.context for each in found if each.held_out}

    assert len(found) == 40
    assert held_out == held_out_titles(title for _, title, _ in rows)
    assert len(held_out) == 2
    assert held_out.isdisjoint(each.passage.context for each in found if not each.held_out)


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
