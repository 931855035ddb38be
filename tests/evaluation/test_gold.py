"""Reading gold rows, and which passages they accept."""

import json

import pytest
from passages import hit_of
from repository import SHARED

from rag.errors import BadGold, InputNotFound
from rag.evaluation.gold import GoldRow, is_relevant, read_gold, relevance
from rag.types import Chunk


@pytest.fixture
def gold(tmp_path):
    def write(*rows):
        path = tmp_path / "gold.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def row(**fields):
    return {"id": "p1", "question": "哪个城市?", "answers": ["杭州"], **fields}


def test_a_full_row(gold):
    path = gold(
        {
            "id": "p041",
            "question": "How many hours did he fly?",
            "answers": [["800"], ["33 countries", "33個國家"]],
            "history": ["马云是谁?"],
            "evidence": ["800", "33個國家"],
            "references": ["He flew 800 hours."],
            "gold_ids": ["003"],
            "lang": "en",
            "type": "number",
            "doc": "003",
            "short": True,
            "english": ["800 hours", "eight hundred"],
        }
    )
    assert read_gold(path) == [
        GoldRow(
            id="p041",
            question="How many hours did he fly?",
            answers=(("800",), ("33 countries", "33個國家")),
            history=("马云是谁?",),
            evidence=("800", "33個國家"),
            references=("He flew 800 hours.",),
            gold_ids=("003",),
            lang="en",
            type="number",
            short=True,
            english=(("800 hours", "eight hundred"),),
        )
    ]


@pytest.mark.parametrize(("kind", "longest"), [("why", 400), ("number", None), ("", None)])
def test_what_people_ask_has_a_brief_answer(gold, kind, longest):
    assert read_gold(gold(row(type=kind)))[0].longest == longest


def test_flat_answers_are_one_group_of_alternatives(gold):
    assert read_gold(gold(row(answers=["杭州", "Hangzhou"])))[0].answers == (("杭州", "Hangzhou"),)


@pytest.mark.parametrize("fields", [{"answers": []}, {"answerable": False}])
def test_unanswerable_rows(gold, fields):
    (read,) = read_gold(gold(row(**fields)))
    assert not read.answerable
    assert read.answers == ()


def test_null_fields_an_empty_line_and_a_byte_order_mark_are_accepted(gold):
    first = "\ufeff" + json.dumps(row(history=None, lang=None, answerable=None))
    rows = read_gold(gold(first, "", row(id="p2")))
    assert [read.id for read in rows] == ["p1", "p2"]
    assert rows[0].answerable


def test_a_line_separator_inside_a_string_does_not_end_the_row(gold):
    line = '{"id": "p1", "question": "哪\u2028个?", "answers": ["杭州"]}'
    assert read_gold(gold(line))[0].question == "哪\u2028个?"


def test_strings_without_words_are_left_out(gold):
    path = gold(row(answers=["杭州", "…"], references=["**", "在杭州"], evidence=["。"]))
    (read,) = read_gold(path)
    assert read.answers == (("杭州",),)
    assert read.references == ("在杭州",)
    assert read.evidence == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON (Expecting property name enclosed in double quotes, column 2)"),
        ("[" * 100_000, "line 2: not JSON (maximum recursion depth exceeded"),
        (f'{{"id": {"9" * 5_000}}}', "line 2: not JSON (Exceeds the limit (4300 digits)"),
        ("[1]", "line 2: not a JSON object; write one JSON object a line"),
        ({"question": "q", "answers": []}, "line 2: no 'id'; a gold row needs id, question and"),
        ({"id": "p2", "answers": []}, "line 2: no 'question'"),
        ({"id": "p2", "question": "q"}, "line 2: no 'answers'"),
        (row(id="p2", short="yes"), "line 2: short is 'yes'; write short as true or false"),
        (row(id="p2", english="Wuzhen"), "line 2: english is 'Wuzhen'; write english as a list"),
        (row(), "line 2: id 'p1' was used in line 1; give each row an id of its own"),
        (row(id=["p2"]), "line 2: id is ['p2']; write id as a string"),
        (row(id="p2", question=2), "line 2: question is 2; write question as a string"),
        (
            row(id="p2", answers="杭州"),
            "line 2: answers is '杭州'; write answers as a list of",
        ),
        (row(id="p2", answers=["a", ["b"]]), "line 2: answers is ['a', ['b']]; write answers as a"),
        (row(id="p2", answers=[["a"], "b"]), "line 2: answers is [['a'], 'b']; write answers as a"),
        (row(id="p2", answers=[["a"], []]), "line 2: an answer without words in [['a'], []]"),
        (row(id="p2", answers=[""]), "line 2: an answer without words in ['']; write its words"),
        (
            row(id="p2", answerable="no"),
            "line 2: answerable is 'no'; write answerable as true or",
        ),
        (row(id="p2", gold_ids="003"), "line 2: gold_ids is '003'; write gold_ids as a list of"),
        (row(id="p2", evidence=[3]), "line 2: evidence is [3]; write evidence as a list of"),
        (row(id="p2", lang=1), "line 2: lang is 1; write lang as a string"),
    ],
)
def test_a_bad_row_names_its_line_and_the_remedy(gold, line, message):
    with pytest.raises(BadGold) as caught:
        read_gold(gold(row(), line))
    assert message in str(caught.value)


def test_an_empty_file(gold):
    with pytest.raises(BadGold, match="holds no rows; write one JSON object"):
        read_gold(gold(""))


def test_a_file_in_another_encoding(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_bytes('{"id": "p1", "question": "哪个城市?", "answers": []}'.encode("gbk"))
    with pytest.raises(BadGold, match=r"is not UTF-8 .*; save it as UTF-8"):
        read_gold(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputNotFound, match=r"no gold file at .*none\.jsonl; give the path"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(InputNotFound):
        read_gold(tmp_path)


def gold_row(**fields):
    return GoldRow(id="p1", question="?", answers=(("33",),), **fields)


def test_evidence_asks_for_every_string_after_folding():
    asked = gold_row(evidence=("33個國家", "800小时"))
    assert is_relevant(asked, "a", "飛(fēi)行 800 小時，走訪 33 个国家。")
    assert not is_relevant(asked, "a", "走訪33個國家")


def test_one_reference_is_enough():
    asked = gold_row(references=("He flew 800 hours.", "It was far."))
    assert is_relevant(asked, "a", "In 2016 he flew 800\nhours, to 33 countries.")
    assert not is_relevant(asked, "a", "In 2016 he flew 900 hours.")


def test_a_reference_stands_in_for_evidence():
    asked = gold_row(evidence=("33個國家",), references=("800 hours",))
    assert is_relevant(asked, "a", "33个国家")
    assert is_relevant(asked, "a", "800 hours")
    assert not is_relevant(asked, "a", "33 countries")


def test_gold_ids_decide_without_evidence_and_limit_it_otherwise():
    assert is_relevant(gold_row(gold_ids=("a", "b")), "b", "nothing")
    assert not is_relevant(gold_row(gold_ids=("a", "b")), "c", "33")
    both = gold_row(gold_ids=("a",), evidence=("33",))
    assert is_relevant(both, "a", "33 countries")
    assert not is_relevant(both, "b", "33 countries")
    assert not is_relevant(both, "a", "countries")


def test_a_row_without_a_target_accepts_nothing():
    assert not gold_row().has_target
    assert not is_relevant(gold_row(), "a", "33")


def test_relevance_keeps_the_order_of_the_hits():
    chunks = [Chunk(f"a#{n}", "a", "", text, 0, 9, n) for n, text in enumerate(["三", "33", "3 3"])]
    hits = [hit_of(chunk, 1.0, rank) for rank, chunk in enumerate(chunks, 1)]
    assert relevance(gold_row(evidence=("33",)), hits) == [False, True, True]


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the shared folder is absent")
def test_the_shared_gold_files_are_read():
    rows = read_gold(SHARED / "gold/seeds.jsonl")
    assert (len(rows), sum(not read.answerable for read in rows)) == (35, 5)
    assert len(read_gold(SHARED / "data/cmrc2018-trial/questions.jsonl")) == 1002
