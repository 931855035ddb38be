"""The assistant with the bundled model over a small collection: what every answer holds to."""

import gc
import re
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import installed
import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.engine import Engine
from rag.errors import DocumentNotFound, IndexMismatch, IndexNotFound
from rag.filter import Filter
from rag.index.maintenance import build_index
from rag.index.schema import index_folder
from rag.index.store import Store

FILES = {
    "zones.md": (
        "# 综合试验区\n\n## 是哪十二座城市\n\n入选名单依次是：天津、上海、重庆、合肥、郑州、广州、"
        "成都、大连、宁波、青岛、深圳、苏州，一共十二座。\n\n"
        "## 两个平台\n\n新区要建设两个平台：线上的“单一窗口”和线下的“综合园区”[3]。"
    ),
    "courier.txt": "快递公司在12座城市铺开了夜间配送，骑手穿黄色外套，每单收费七元。",
    "letter.txt": "馬雲第一次上網是在西雅圖。他在信裡寫道：創業者要有驅動力，人才是關鍵。",
    "museum.txt": (
        "The maritime museum in Bergen opens at nine. Its director is Ingrid Dahl. "
        "Admission costs 12 euros; children enter free."
    ),
    "bakery.md": (
        "# The bakery\n\nThe bakery on Mill Street burned down in 1987. "
        "It was rebuilt by the Okafor family two years later."
    ),
    "ledger.txt": "这本账册记着绩溪码头的潮水，由守塔人方德海保管了三十年。",
}
ANSWERED = {
    "综合试验区新设在哪十二座城市？": "zones.md",
    "两个平台是哪两个？": "zones.md",
    "马云第一次上网是在哪里？": "letter.txt",
    "馬雲第一次上網是在哪裡？": "letter.txt",
    "账册由谁保管？": "ledger.txt",
    "骑手穿什么颜色的外套？": "courier.txt",
    "Who is the director of the maritime museum?": "museum.txt",
    "When did the bakery on Mill Street burn down?": "bakery.md",
    "Who rebuilt the bakery?": "bakery.md",
}
REFUSED = [
    "二氧化碳的沸点是多少摄氏度？",
    "Who composed the opera Turandot?",
    "明天会下雨吗？",
    "How many moons does Jupiter have?",
]


@pytest.fixture(scope="module")
def settings(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("assistant")
    documents = folder / "documents"
    documents.mkdir()
    for name, text in FILES.items():
        (documents / name).write_text(text, "utf-8")
    settings = replace(Settings.from_environment(), indexes=folder / "indexes")
    build_index(settings, [documents])
    return settings


@pytest.fixture(scope="module")
def assistant(settings):
    opened = Assistant.open(settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(("question", "document"), ANSWERED.items())
def test_an_answer_rests_on_citations_and_each_is_verbatim(assistant, question, document):
    answer = assistant.ask(question)

    assert answer.answered
    assert answer.refusal is None
    assert answer.citations[0].document_id == document
    markers = [int(marker) for marker in re.findall(r"\[(\d+)\]", answer.answer)]
    assert markers == [citation.marker for citation in answer.citations]
    assert markers == list(range(1, len(markers) + 1))
    for citation in answer.citations:
        text = assistant.store.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote != ""
        assert citation.quote in citation.passage
        assert citation.title == assistant.store.document(citation.document_id).title
        assert citation.chunk_id in {hit.chunk_id for hit in answer.hits}


@pytest.mark.parametrize("question", REFUSED)
def test_what_the_documents_do_not_hold_is_refused_with_the_nearest_passages(assistant, question):
    answer = assistant.ask(question)

    assert not answer.answered
    assert (answer.answer, answer.short_answer, answer.citations) == ("", None, ())
    assert answer.refusal.reason == "not_in_documents"
    assert answer.refusal.nearest == answer.hits[:3]
    assert 0 <= answer.confidence < 0.5


@pytest.mark.parametrize("question", ["", "  ", "\n", "　"])
def test_an_empty_question_is_refused_as_such(assistant, question):
    answer = assistant.ask(question)

    assert answer.refusal.reason == "empty_question"
    assert (answer.question, answer.answer, answer.citations) == (question, "", ())


@pytest.mark.parametrize(
    "question",
    [
        "???",
        "！！！",
        "。",
        "\ufffd\ufffd",
        "-",
        "你好",
        "hello",
    ],
)
def test_a_question_that_asks_nothing_is_refused(assistant, question):
    assert not assistant.ask(question).answered


def test_a_footnote_in_the_document_is_no_marker_of_the_answer(assistant):
    answer = assistant.ask("两个平台是哪两个？")

    assert "[3]" in answer.citations[0].quote
    assert "[3]" not in answer.answer


def test_hits_are_ranked_from_one_by_falling_score(assistant):
    hits = assistant.retrieve("十二座城市 cities", top_k=4)

    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(assistant.store.document(h.document_id).text for h in hits)
    for hit in hits:
        text = assistant.store.document(hit.document_id).text
        assert text[hit.start : hit.end] == hit.text
    assert assistant.ask("十二座城市", top_k=2).hits == assistant.ask("十二座城市").hits[:2]


@pytest.mark.parametrize(("question", "document"), ANSWERED.items())
def test_a_hidden_document_appears_nowhere(assistant, question, document):
    answer = assistant.ask(question, hidden=[document])

    shown = [*answer.hits, *(answer.refusal.nearest if answer.refusal else ())]
    assert shown
    assert document not in {hit.document_id for hit in shown}
    assert document not in {citation.document_id for citation in answer.citations}
    found = assistant.retrieve(question, 20, hidden=[document])
    assert document not in {hit.document_id for hit in found}


def test_of_what_is_asked_within_alone_something_is_found(assistant):
    museum, letter = Filter.within(["museum.txt"]), Filter.within((), ["zh-Hant", "en"])
    question = "Who is the director of the maritime museum?"

    assert assistant.ask(question, within=museum).citations[0].document_id == "museum.txt"
    assert {hit.document_id for hit in assistant.search("谁？", 9, within=museum).hits} == {
        "museum.txt"
    }
    shown = assistant.ask("账册由谁保管？", within=museum).hits
    assert {hit.document_id for hit in shown} == {"museum.txt"}
    found = {hit.document_id for hit in assistant.search("马云上网", 9, within=letter).hits}
    assert found == {"letter.txt", "museum.txt", "bakery.md"}
    with pytest.raises(DocumentNotFound, match=r"no document is in nowhere"):
        assistant.ask(question, within=Filter.within(["nowhere"]))


def test_with_every_document_hidden_there_is_nothing_to_find(assistant):
    everything = [document.id for document in assistant.store.documents()]

    assert assistant.retrieve("账册由谁保管？", hidden=everything) == []
    assert not assistant.ask("账册由谁保管？", hidden=everything).answered
    assert assistant.ask("账册由谁保管？", hidden=["没有.txt"]).answered


def test_a_follow_up_is_searched_with_the_question_it_leans_on(assistant):
    history = [
        {"role": "user", "content": "When did the bakery on Mill Street burn down?"},
        {"role": "assistant", "content": "It burned down in 1987.[1]"},
        {"role": "assistant", "content": ""},
    ]

    answer = assistant.ask("Who rebuilt it?", history)

    assert answer.question == "Who rebuilt it?"
    assert answer.searched == "bakery on Mill Street burn: Who rebuilt it?"
    assert answer.answered
    assert "rebuilt by the Okafor family" in answer.citations[0].quote
    assert assistant.ask("账册由谁保管？", history).searched == "账册由谁保管？"


def test_eight_threads_get_the_answers_that_one_gets(assistant):
    questions = ([*ANSWERED, *REFUSED] * 2)[:20]

    def essence(question):
        answer = assistant.ask(question)
        return replace(answer, timings={})

    alone = [essence(question) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: [essence(q) for q in questions], range(8)))

    assert all(answers == alone for answers in together)


def test_what_another_process_commits_is_seen_at_the_next_question(settings, tmp_path):
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("码头的灯塔高三十米。", "utf-8")
    second.write_text("The ferry to Skagen is steered by Captain Lindqvist.", "utf-8")
    build_index(settings, [first], "growing")
    assistant = Assistant.open(settings, "growing")
    question = "Who steers the ferry to Skagen?"
    assert not assistant.ask(question).answered

    folders = {"WENJU_INDEXES": settings.indexes, "WENJU_MODELS": settings.models}
    installed.wenju("index", second, "--index", "growing", env=folders, check=True)

    answer = assistant.ask(question)
    assert answer.citations[0].quote == "The ferry to Skagen is steered by Captain Lindqvist."
    assert [document.id for document in assistant.store.documents()] == ["first.txt", "second.txt"]
    assistant.close()


def test_a_citation_says_that_its_file_is_gone(settings, tmp_path):
    documents = tmp_path / "documents"
    documents.mkdir()
    for name in ("museum.txt", "ledger.txt"):
        (documents / name).write_text(FILES[name], "utf-8")
    own = replace(settings, indexes=tmp_path / "indexes")
    build_index(own, [documents])
    with closing(Assistant.open(own)) as assistant:

        def cited():
            found = [
                *assistant.ask("账册由谁保管？").citations,
                *assistant.ask("Who is the director of the maritime museum?").citations,
                *assistant.check(FILES["ledger.txt"])[0].citations,
                *assistant.overview("ledger.txt").citations,
            ]
            return [(each.document_id, each.file_gone) for each in found]

        before = cited()
        assert {gone for _, gone in before} == {False}
        assert {name for name, _ in before} == {"museum.txt", "ledger.txt"}
        (documents / "ledger.txt").unlink()

        assert cited() == [(name, name == "ledger.txt") for name, _ in before]


def test_what_is_let_go_of_is_freed_at_once(settings):
    """A model is too large to wait for the garbage collector, which comes when it likes."""
    gc.collect()
    gc.disable()
    try:
        engine = Engine.open(settings)
        store = Store.open(index_folder(settings.indexes, "default"))
        assistant = Assistant("default", store, engine)
        assistant.ask("海盟是什么？")
        assistant.check("海盟是一个平台。")
        assistant.close()
        embedder, reader = map(weakref.ref, (engine.embedder, engine.reader))
        del assistant, engine, store
        assert (embedder(), reader()) == (None, None)
    finally:
        gc.enable()


def test_an_index_of_another_model_or_name_is_not_opened(settings):
    with pytest.raises(IndexMismatch, match="built with the model multilingual-e5-small"):
        Assistant.open(replace(settings, embedding_model="BAAI/bge-m3"))
    with pytest.raises(IndexNotFound, match="run: wenju index PATH --index papers"):
        Assistant.open(settings, "papers")


def test_a_document_that_is_not_there_is_an_error(assistant):
    with pytest.raises(DocumentNotFound, match="没有"):
        assistant.store.document("没有.txt")
