"""Example questions are chosen behind the pages, one generation's once."""

import asyncio
import gc
import threading
import weakref
from concurrent.futures import TimeoutError as NotYet
from types import SimpleNamespace

import pytest

from rag.errors import IndexNotFound, Overloaded
from rag.gate import Gate
from ui.suggestions import Suggestions


class Collection:
    """Answers each question from a document of its own, once `go` is set."""

    def __init__(self):
        self.go, self.asked, self.generation = threading.Event(), [], 1
        self.error = None

    @property
    def store(self):
        return self

    def questions(self):
        return ["哪年开埠？", "Who founded it?"]

    def sections(self):
        return []

    def ask(self, question, mode):
        assert mode == "extractive"  # no language model is asked for examples
        assert self.go.wait(30)
        if self.error is not None:
            raise self.error
        self.asked.append(question)
        return SimpleNamespace(citations=[SimpleNamespace(document_id=question)])


class Shelf:
    """A library with one index."""

    def __init__(self):
        self.collection, self.questions = Collection(), Gate(1)

    def assistant(self, name):
        if name != "default":
            raise IndexNotFound(f"no index {name!r}", "see the list")
        return self.collection


@pytest.fixture
def shelf():
    made = Shelf()
    yield made
    made.questions.close()


@pytest.fixture
def suggestions(shelf):
    made = Suggestions(shelf)
    yield made
    shelf.collection.go.set()
    made.close()


def test_nobody_waits_for_them(shelf, suggestions):
    chosen = suggestions.of("default", "zh")  # comes back at once, with nothing chosen yet
    assert not chosen.done()
    assert suggestions.of("default", "zh") is chosen

    shelf.collection.go.set()

    assert chosen.result(30) == ["哪年开埠？"]
    assert suggestions.of("default", "en").result(30) == ["Who founded it?"]
    assert shelf.collection.asked == ["哪年开埠？", "Who founded it?"]


def test_they_are_chosen_again_when_the_documents_change(shelf, suggestions):
    shelf.collection.go.set()
    suggestions.of("default", "zh").result(30)
    suggestions.of("default", "zh").result(30)
    assert len(shelf.collection.asked) == 1

    shelf.collection.generation = 2
    suggestions.of("default", "zh").result(30)
    assert len(shelf.collection.asked) == 2


def test_they_are_chosen_again_when_the_index_was_made_anew(shelf, suggestions):
    shelf.collection.go.set()
    former = shelf.collection
    suggestions.of("default", "zh").result(30)

    shelf.collection = Collection()  # of the same generation
    shelf.collection.go.set()
    suggestions.of("default", "zh").result(30)

    assert (len(former.asked), len(shelf.collection.asked)) == (1, 1)


def test_they_keep_no_index_open_that_was_replaced(shelf, suggestions):
    shelf.collection.go.set()
    former = weakref.ref(shelf.collection)
    suggestions.of("default", "zh").result(30)
    shelf.collection = Collection()
    shelf.collection.go.set()
    suggestions.of("default", "en").result(30)

    gc.collect()
    assert former() is None


def test_after_a_failure_the_next_page_asks_again(shelf, suggestions):
    shelf.collection.go.set()
    shelf.collection.error = Overloaded()
    assert suggestions.of("default", "zh").result(30) == []

    shelf.collection.error = None
    assert suggestions.of("default", "zh").result(30) == ["哪年开埠？"]


def test_those_who_ask_come_first(shelf, suggestions):
    shelf.collection.go.set()

    async def ask():
        async with shelf.questions.admit():  # the only place: suggestions do without
            chosen = suggestions.of("default", "zh")
            with pytest.raises(NotYet):
                await asyncio.to_thread(chosen.result, 0.3)
            assert shelf.collection.asked == []
        return await asyncio.to_thread(chosen.result, 30)

    assert asyncio.run(ask()) == ["哪年开埠？"]


def test_an_index_that_is_not_there_is_an_error(suggestions):
    with pytest.raises(IndexNotFound):
        suggestions.of("没有", "zh")


def test_none_is_tried_while_the_server_shuts_down(shelf):
    shelf.collection.go.set()
    suggestions = Suggestions(shelf, is_ending=lambda: True)

    assert suggestions.of("default", "zh").result(30) == []
    suggestions.close()


def test_the_end_waits_for_one_question_at_most(shelf, suggestions):
    chosen = [suggestions.of("default", language) for language in ("zh", "en")]
    threading.Timer(0.1, shelf.collection.go.set).start()

    suggestions.close()

    assert all(each.done() for each in chosen)
    assert shelf.collection.asked == ["哪年开埠？"]


def test_there_are_none_after_the_end(shelf, suggestions):
    suggestions.close()
    assert suggestions.of("default", "zh").result(0) == []
