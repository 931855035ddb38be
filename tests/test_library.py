"""A library of indexes with the bundled model: opened on demand, changed under its feet, closed."""

import asyncio
import gc
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import installed
import pytest

from rag.assistant import Assistant
from rag.config import Settings
from rag.documents.uploads import Upload
from rag.errors import (
    DocumentNotFound,
    IndexBusy,
    IndexingStopped,
    IndexMismatch,
    IndexNotFound,
    InvalidInput,
    ModelMissing,
    Overloaded,
)
from rag.index.maintenance import build_index
from rag.index.schema import DATABASE_FILE
from rag.index.search_files import SearchFiles
from rag.index.store import Store
from rag.index.writing import writing
from rag.language.lexicon import Lexicon
from rag.library import MOST_WAITING, Library
from rag.models.embedding import BundledEmbedder
from rag.storage import Database
from rag.types import Answer, Found, Token

LETTER = "馬雲第一次上網是在西雅圖。他在信裡寫道：創業者要有驅動力，人才是關鍵。"
MUSEUM = "The maritime museum in Bergen opens at nine. Its director is Ingrid Dahl."


@pytest.fixture(scope="module")
def built(models, tmp_path_factory):
    """Settings with the indexes `default` (a letter) and `papers` (a museum)."""
    folder = tmp_path_factory.mktemp("library")
    settings = replace(Settings.from_environment(), indexes=folder / "indexes")
    for name, index, text in [("信.txt", "default", LETTER), ("museum.txt", "papers", MUSEUM)]:
        (folder / name).write_text(text, "utf-8")
        build_index(settings, [folder / name], index)
    return settings


@pytest.fixture
def settings(built, tmp_path):
    shutil.copytree(built.indexes, tmp_path / "indexes")
    return replace(built, indexes=tmp_path / "indexes")


@pytest.fixture
def library(settings, open_library):
    opened = open_library(settings)
    yield opened
    opened.close()


def upload(tmp_path, name, text):
    path = tmp_path / f"upload{len(list(tmp_path.iterdir()))}.txt"
    path.write_text(text, "utf-8")
    return Upload(name, path)


def test_the_default_index_is_made_where_there_is_none(open_library, tmp_path):
    library = open_library(replace(Settings.from_environment(), indexes=tmp_path), "新的")

    answer = library.assistant().ask("谁是馆长？")

    assert answer.refusal.reason == "empty_index"
    assert answer.index == "新的"
    assert library.assistant().store.counts() == (0, 0)
    assert library.names() == ["新的"]
    library.close()


def test_other_indexes_open_when_they_are_asked(library):
    assert library.names() == ["default", "papers"]
    assert library.assistant("papers").ask("Who is the director?").index == "papers"
    assert library.assistant("papers") is library.assistant("papers")
    assert library.assistant("") is library.assistant() is library.assistant("default")
    assert library.assistant().store.counts() == (1, 1)


@pytest.mark.parametrize("name", ["没有", "a/b", "../papers", "/etc", "nul\0", "x" * 100, " "])
def test_an_index_that_is_not_there_is_not_made(library, name):
    with pytest.raises(IndexNotFound):
        library.assistant(name)

    assert library.names() == ["default", "papers"]


def test_the_lexicon_has_the_glossaries_and_reads_no_index(library, settings):
    plain = library.lexicon("papers")
    library.assistant("papers").store.remember_glossaries({"/glossary.tsv": "天狗商城\tSkydog\n"})
    library.assistant("papers").ask("Who is the director?")
    known = library.lexicon("papers")
    assert known.glossary != plain.glossary

    library.assistant("papers").store.close()
    assert library.lexicon("papers") is known


def test_an_index_of_another_model_does_not_hinder_the_others(library, settings):
    with closing(Store.open(settings.indexes / "papers")) as store:
        store.renewed_with("BAAI/bge-m3")
    with pytest.raises(IndexMismatch, match="built with the model BAAI/bge-m3"):
        library.assistant("papers")
    assert library.assistant().ask("马云第一次上网是在哪里？").answered


def test_a_library_with_a_bad_default_does_not_open(models, tmp_path):
    settings = replace(Settings.from_environment(), indexes=tmp_path)
    with pytest.raises(InvalidInput):
        Library(settings, "../elsewhere").open()


def test_an_index_made_anew_is_opened_anew(library, settings, tmp_path):
    assert library.assistant("papers").ask("Who is the director?").answered
    shutil.rmtree(settings.indexes / "papers")
    with pytest.raises(IndexNotFound):
        library.assistant("papers")

    page = tmp_path / "ferry.txt"
    page.write_text("The ferry to Skagen is steered by Captain Lindqvist.", "utf-8")
    build_index(settings, [page], "papers")

    answer = library.assistant("papers").ask("Who steers the ferry to Skagen?")
    assert answer.citations[0].document_id == "ferry.txt"


def test_what_another_process_commits_is_seen_at_the_next_question(library, settings, tmp_path):
    question = "Who steers the ferry to Skagen?"
    assert not library.assistant().ask(question).answered
    page = tmp_path / "ferry.txt"
    page.write_text("The ferry to Skagen is steered by Captain Lindqvist.", "utf-8")
    folders = {"WENJU_INDEXES": settings.indexes, "WENJU_MODELS": settings.models}
    installed.wenju("index", page, env=folders, check=True)

    assert library.assistant().ask(question).citations[0].document_id == "ferry.txt"


def test_a_stream_tells_what_was_found_then_the_words_then_all(library):
    found, *tokens, answer = library.assistant("papers").stream("Who is the director?", top_k=3)

    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    assert (found.searched, found.language) == ("Who is the director?", "en")
    assert [hit.chunk_id for hit in found.hits] == [hit.chunk_id for hit in answer.hits]
    assert all(isinstance(token, Token) and token.text for token in tokens)
    assert "".join(token.text for token in tokens) == answer.answer != ""
    assert answer.timings.keys() == {"prepare", "retrieve", "read", "tables", "total"}


def test_a_refused_stream_has_no_words(library):
    found, answer = library.assistant("papers").stream("How many moons does Jupiter have?")

    assert [hit.chunk_id for hit in found.hits] == [hit.chunk_id for hit in answer.hits]
    assert answer.refusal.reason == "not_in_documents"


def test_a_mode_that_does_not_exist_is_an_error_and_llm_falls_back(library):
    assistant = library.assistant("papers")
    with pytest.raises(InvalidInput, match="auto, extractive, llm"):
        assistant.ask("Who is the director?", mode="magic")

    answer = assistant.ask("Who is the director?", mode="llm")
    assert (answer.answered, answer.mode) == (True, "extractive")
    assert answer.fallback.reason == "llm_not_configured"


@pytest.mark.parametrize("query", ["director", "馆长是谁", "", "???"])
def test_a_search_tells_its_times_even_where_it_finds_nothing(library, query):
    found = library.assistant("papers").search(query, 3)

    assert found.query == query
    assert found.timings["total"] == sum(
        milliseconds for stage, milliseconds in found.timings.items() if stage != "total"
    )
    assert [hit.document_id for hit in found.hits] == (
        ["museum.txt"] if any(map(str.isalnum, query)) else []
    )


def test_a_file_is_added_asked_replaced_and_removed(library, tmp_path):
    assistant = library.assistant()
    question = "Who steers the ferry to Skagen?"

    added = assistant.add(
        [upload(tmp_path, "../渡船.txt", "The ferry to Skagen: Lindqvist steers.")]
    )
    assert [(r.source, r.status, r.documents, r.chunks) for r in added] == [
        ("渡船.txt", "indexed", 1, 1)
    ]
    assert "Lindqvist" in assistant.ask(question).answer

    again = assistant.add([upload(tmp_path, "渡船.txt", "The ferry to Skagen: Okafor steers.")])
    assert again[0].reason == "replaces the former version"
    assert "Okafor" in assistant.ask(question).answer
    assert "Lindqvist" not in str(assistant.retrieve("Lindqvist"))

    same = assistant.add([upload(tmp_path, "渡船.txt", "The ferry to Skagen: Okafor steers.")])
    assert same[0].status == "unchanged"

    assistant.remove("渡船.txt")
    assert not assistant.ask(question).answered
    assert assistant.store.counts() == (1, 1)
    with pytest.raises(DocumentNotFound):
        assistant.remove("渡船.txt")


def test_who_adds_or_removes_leaves_search_files_and_who_asks_writes_none(
    library, settings, tmp_path
):
    folder, assistant = settings.indexes / "default", library.assistant()

    def written():
        manifest = SearchFiles(folder).manifest()
        return manifest and manifest.generation == assistant.store.generation

    assistant.add([upload(tmp_path, "渡船.txt", "The ferry to Skagen: Lindqvist steers.")])
    assert written()
    assistant.remove("渡船.txt")
    assert written()
    assistant.settle()
    (folder / "manifest.json").unlink()
    assert assistant.ask("马云第一次上网是在哪里？").answered
    assert written() is None


def test_a_server_whose_model_was_exchanged_on_disk_keeps_to_the_one_it_has(
    library, settings, tmp_path, monkeypatch
):
    """Another process trains and indexes; what this one embeds is of the model that it loaded."""
    monkeypatch.setattr("rag.models.e5.identity", lambda: "multilingual-e5-small@later")
    page = upload(tmp_path, "渡船.txt", "The ferry to Skagen: Lindqvist steers.")
    library.assistant("papers").add([page])
    assert library.assistant("papers").ask("Who is the director?").answered

    before = library.assistant("papers")
    with closing(Store.open(settings.indexes / "papers")) as store:
        store.renewed_with("multilingual-e5-small@later")
    with pytest.raises(IndexBusy, match="try again"):
        before.add([page])
    with pytest.raises(IndexMismatch, match="another training"):
        library.assistant("papers")
    assert library.assistant().ask("马云第一次上网是在哪里？").answered


def test_a_library_that_does_not_open_leaves_nothing_open(settings, open_library, monkeypatch):
    monkeypatch.setattr(Assistant, "ask", lambda *_, **__: 1 / 0)
    closed, close = [], Database.close
    monkeypatch.setattr(Database, "close", lambda self: (closed.append(self.path), close(self)))
    library = Library(settings)
    with pytest.raises(ZeroDivisionError):
        library.open()
    assert settings.indexes / "default" / DATABASE_FILE in closed
    with pytest.raises(RuntimeError, match="not open"):
        library.assistant()
    monkeypatch.undo()
    library.open()
    assert library.assistant().ask("马云第一次上网是在哪里？").answered
    library.close()


def test_another_process_that_writes_is_waited_for_briefly(
    library, settings, tmp_path, monkeypatch
):
    monkeypatch.setattr("rag.index.writing.PATIENCE", 0.05)
    with writing(settings.indexes / "default"):
        with pytest.raises(IndexBusy, match="another process is writing"):
            library.assistant().add([upload(tmp_path, "渡船.txt", "Lindqvist steers.")])
        assert library.assistant().ask("马云第一次上网是在哪里？").answered


def test_what_was_removed_is_compacted_away_behind_the_questions(library, settings, tmp_path):
    assistant = library.assistant()
    assistant.add([upload(tmp_path, "渡船.txt", "The ferry to Skagen: Lindqvist steers.")])
    assistant.remove("渡船.txt")
    assistant.settle()
    files = [path for path in (settings.indexes / "default").rglob("*") if path.is_file()]
    assert not any(b"lindqvist" in path.read_bytes().lower() for path in files)


def test_what_cannot_be_read_is_reported_and_takes_no_ones_place(library, tmp_path):
    assistant = library.assistant()
    assistant.add([upload(tmp_path, "渡船.txt", "The ferry to Skagen: Lindqvist steers.")])

    reports = assistant.add(
        [
            upload(tmp_path, "渡船.txt", ""),
            upload(tmp_path, "信.txt", "another document's place"),
            upload(tmp_path, "x/信.txt", "the same name twice"),
        ]
    )

    assert [(report.source, report.status) for report in reports] == [
        ("渡船.txt", "skipped"),
        ("信.txt", "skipped"),
        ("信.txt", "skipped"),
    ]
    assert [report.reason for report in reports] == [
        "empty file",
        "the id '信.txt' belongs to another document",
        "another file of this upload has the same name",
    ]
    assert "Lindqvist" in assistant.store.document("渡船.txt").text
    assert assistant.store.document("信.txt").text == LETTER


def test_questions_go_on_while_files_are_added_and_removed(library, tmp_path):
    assistant = library.assistant()
    files = [upload(tmp_path, f"{n}.txt", f"The lamp number {n} burns blue.") for n in range(8)]

    def write(file):
        assistant.add([file])
        assistant.remove(file.name)

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, file) for file in files]
        asking = [threads.submit(assistant.ask, "马云第一次上网是在哪里？") for _ in range(20)]
        answers = [future.result() for future in asking]
        for future in writing:
            future.result()

    assert all(answer.citations[0].document_id == "信.txt" for answer in answers)
    assert assistant.store.counts() == (1, 1)


def test_a_closed_library_gives_nothing_more(settings):
    library = Library(settings)
    with pytest.raises(RuntimeError, match="not open"):
        library.assistant()
    with pytest.raises(RuntimeError, match="not open"):
        _ = library.conversations
    library.open()
    assert library.conversations.list("nobody") == []
    assert (settings.indexes / "conversations.db").exists()
    library.open()  # a second call does nothing
    library.close()


def test_an_index_that_was_replaced_is_closed_when_its_last_question_ends(
    settings, open_library, monkeypatch
):
    closed, close = [], Database.close
    monkeypatch.setattr(Database, "close", lambda self: (closed.append(self.path), close(self)))
    library = open_library(settings)
    before = library.assistant("papers")
    page = settings.indexes.parent / "ferry.txt"
    page.write_text("The ferry to Skagen is steered by Captain Lindqvist.", "utf-8")
    shutil.rmtree(settings.indexes / "papers")
    build_index(settings, [page], "papers")
    gc.collect()
    closed.clear()

    assert library.assistant("papers") is not before
    assert before.ask("Who is the director?").answered  # of the index that was opened then
    store = before.store
    del before
    gc.collect()
    assert store.counts() == (1, 1)  # for as long as anybody holds it
    del store
    gc.collect()

    assert closed == [settings.indexes / "papers" / DATABASE_FILE]
    library.close()


@pytest.fixture
def slow(monkeypatch):
    """Opening a store waits for `slow.go_on`; `slow.opened` names those that it began with."""
    slow = SimpleNamespace(begun=threading.Event(), go_on=threading.Event(), opened=[])
    open_store = Store.open

    def opened(folder, model=None):
        slow.opened.append(folder.name)
        slow.begun.set()
        assert slow.go_on.wait(60)
        return open_store(folder, model)

    monkeypatch.setattr(Store, "open", opened)
    yield slow
    slow.go_on.set()


def test_an_index_is_opened_once_while_others_answer(library, slow):
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(library.assistant, "papers") for _ in range(2)]
        assert slow.begun.wait(60)
        assert library.assistant().store.counts() == (1, 1)
        slow.go_on.set()
        assert both[0].result(60) is both[1].result(60)

    assert slow.opened == ["papers"]


def test_many_who_await_an_index_have_it_opened_once_and_hold_up_no_other(library, slow):
    async def main():
        many = [asyncio.create_task(library.ready("papers")) for _ in range(20)]
        await asyncio.to_thread(slow.begun.wait, 60)
        await library.ready()
        with pytest.raises(IndexNotFound):
            await library.ready("a/b")
        many.pop().cancel()  # who leaves takes the index from nobody
        slow.go_on.set()
        await asyncio.gather(*many)

    asyncio.run(main())

    assert slow.opened == ["papers"]
    assert library.assistant("papers").ask("Who is the director?").answered


def test_an_index_that_could_not_be_opened_is_tried_again(library, settings):
    shutil.move(settings.indexes / "papers", settings.indexes / "away")

    async def main():
        failed = await asyncio.gather(
            *(library.ready("papers") for _ in range(3)), return_exceptions=True
        )
        assert [type(error) for error in failed] == [IndexNotFound] * 3
        shutil.move(settings.indexes / "away", settings.indexes / "papers")
        await library.ready("papers")

    asyncio.run(main())


def test_more_than_may_wait_for_an_index_are_turned_away(library, slow):
    async def main():
        many = [asyncio.create_task(library.ready("papers")) for _ in range(MOST_WAITING + 2)]
        await asyncio.to_thread(slow.begun.wait, 60)
        slow.go_on.set()
        return await asyncio.gather(*many, return_exceptions=True)

    ends = asyncio.run(main())
    assert [type(end) for end in ends if end] == [Overloaded] * 2


def test_what_is_being_indexed_ends_when_the_library_closes(library, tmp_path, monkeypatch):
    long = upload(
        tmp_path, "long.txt", "\n\n".join(f"第{n}段：海鹦飞过第{n}座岛。" * 12 for n in range(900))
    )
    begun = threading.Event()
    embed_passage = BundledEmbedder.embed_passage

    def embed(*arguments):
        begun.set()
        return embed_passage(*arguments)

    monkeypatch.setattr(BundledEmbedder, "embed_passage", embed)
    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(library.assistant().add, [long])
        assert begun.wait(60)
        library.assistant().stop()
        with pytest.raises(IndexingStopped):
            adding.result(60)

    assert library.assistant().store.counts() == (1, 1)


@pytest.mark.parametrize(
    "opening",
    [lambda settings: Library(settings).open(), Assistant.open],
    ids=["library", "assistant"],
)
def test_where_the_reader_is_damaged_the_lexicon_does_not_stay_open(settings, monkeypatch, opening):
    closed = []
    close = Lexicon.close
    monkeypatch.setattr(Lexicon, "close", lambda self: (closed.append(self), close(self)))

    def damaged(_settings):
        raise ModelMissing("the model is damaged", "delete it and run: wenju setup")

    monkeypatch.setattr("rag.engine.open_reader", damaged)

    with pytest.raises(ModelMissing, match="damaged"):
        opening(settings)
    assert len(closed) == 1
