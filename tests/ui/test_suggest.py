"""Example questions over a small collection with the real model."""

import json

import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.index.maintenance import build_index
from ui.suggest import suggest

HARBOUR = """# 青石港简介

## 一、港口什么时候开埠？

青石港在1921年春天开埠，第一艘靠岸的是运盐的帆船。

## 二、渡轮

渡轮每天开往白鹭岛三次，票价四元，老人免费。
"""
MILL = """# The paper mill

## Who founded the mill?

The paper mill was founded by Agnes Lund in 1874, with money from her aunt.
"""
GOLD = [
    {"id": "1", "question": "渡轮每天开几次？", "answers": [["三次"]]},
    {"id": "2", "question": "渡轮的船长是谁？", "answers": []},
    {"id": "3", "question": "那老人呢？", "answers": [["免费"]], "history": ["渡轮票价多少？"]},
]


@pytest.fixture
def collection(models, tmp_path):
    """Opens an assistant over files by name."""
    opened = []

    def build(**files):
        settings = Settings(indexes=tmp_path / "indexes", models=models)
        folder = tmp_path / "documents"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            stem, _, suffix = name.rpartition("_")
            (folder / f"{stem}.{suffix}").write_text(text, "utf-8")
        build_index(settings, [folder])
        opened.append(Assistant.open(settings))
        return opened[-1]

    yield build
    for assistant in opened:
        assistant.close()


def test_headings_that_ask_become_questions_in_the_language_of_the_reader(collection):
    assistant = collection(harbour_md=HARBOUR, mill_md=MILL)

    assert suggest(assistant, "zh") == ["港口什么时候开埠？"]
    assert suggest(assistant, "en") == ["Who founded the mill?"]


def test_questions_written_for_the_documents_come_first(collection):
    gold = "\n".join(json.dumps(row, ensure_ascii=False) for row in GOLD)
    assistant = collection(harbour_md=HARBOUR, mill_md=MILL, gold_jsonl=gold)

    assert assistant.store.questions() == ["渡轮每天开几次？"]
    assert suggest(assistant, "zh") == ["渡轮每天开几次？"]


def test_a_reader_of_the_other_language_gets_questions_too(collection):
    questions = suggest(collection(harbour_md=HARBOUR), "en")

    assert len(questions) == 1
    assert questions[0].startswith(("What do the documents say about", "港口"))


def test_nothing_is_suggested_that_the_documents_do_not_answer(collection):
    assistant = collection(a_txt="42。", b_txt="……")
    assert suggest(assistant, "zh") == []
    assert suggest(assistant, "en") == []
