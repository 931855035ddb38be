"""The chat for a person whose key opens certain indexes: the others are as if they were not."""

import asyncio
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from serving import EchoAssistant, EchoLibrary

from rag.access import EVERYTHING, Access, Shelf
from rag.dialogue.conversations import Conversations
from rag.errors import ConversationNotFound, IndexNotFound
from rag.shapes import shape
from ui.chat import Chat
from ui.documents import DocumentList
from ui.events import Events
from ui.sources import Glosses, Sources
from ui.suggestions import Suggestions
from ui.views import Pages, Person, View
from ui.visits import Visit

ANNA = Person("anna", Access("anna", "write", {"论文": "read", "notes": "write"}))
BEFORE = Person("anna", EVERYTHING)  # the same key, before it was limited
THEIRS, HIDDEN, ABSENT = (View("en", name) for name in ("论文", "default", "nowhere"))


class Shelves(EchoLibrary):
    """Three indexes of one document each."""

    def __init__(self, conversations, **settings):
        super().__init__(**settings)
        self.conversations = conversations
        self.by_name = {name: EchoAssistant() for name in ("default", "notes", "论文")}
        for name, assistant in self.by_name.items():
            assistant.texts = {"甲.txt": f"the secret of {name}"}
            assistant.model_host = f"{name}.example"

    def assistant(self, name=None):
        if name not in self.by_name:
            raise IndexNotFound(f"no index at /srv/{name}", "run: wenju index")
        return self.by_name[name]

    def names(self):
        return list(self.by_name)

    def lexicon(self, index):
        return f"with the glossary of {index}" if index else "without a glossary"


@pytest.fixture
def library(tmp_path):
    with closing(Conversations.open(tmp_path / "conversations.db")) as conversations:
        yield Shelves(conversations, audit=str(tmp_path / "audit.jsonl"))


@pytest.fixture
def page(library):
    """A page of Anna's that looks at a view, and its events."""
    events, pages = Events(library, Suggestions(library)), Pages()

    def visit(view, **data):
        return events, Visit(ANNA, view, data, "", {}, "s", pages.see("s", view), pages)

    return visit


def test_only_their_indexes_are_listed_and_one_of_them_is_shown(page):
    events, visit = page(HIDDEN)

    _, _, documents, index, *_ = events.opened(visit)

    assert index["choices"] == ["论文", "notes"]
    assert index["value"] == "论文"
    assert "甲.txt" in documents


def told(chat, view):
    async def run():
        asked = [shown async for _, shown in chat.ask(ANNA, view, "Who?")]
        checked = [shown async for shown in chat.check(ANNA, view, "Somebody.")]
        return asked[-1], checked[-1]

    return asyncio.run(run())


def test_a_question_to_a_hidden_index_fails_as_one_to_none(library):
    chat, documents = Chat(library, Glosses()), DocumentList(library)

    hidden = [each.replace('"default"', '"nowhere"') for each in told(chat, HIDDEN)]
    assert hidden == list(told(chat, ABSENT))
    assert "cannot be used" not in "".join(told(chat, THEIRS))
    shown = [documents.shown(ANNA, view) for view in (HIDDEN, ABSENT)]
    assert shown[0].replace("default", "nowhere") == shown[1]
    assert "甲.txt" not in shown[0]
    assert documents.sent_to(ANNA, HIDDEN) == documents.sent_to(ANNA, ABSENT) == ""
    assert "论文.example" in documents.sent_to(ANNA, THEIRS)


def test_no_document_of_a_hidden_index_is_opened(library):
    sources = Sources(library, Glosses())
    data = {"document": "甲.txt", "quote": "the", "start": "0", "end": "3", "index": "default"}

    with pytest.raises(IndexNotFound):
        sources.document(ANNA, HIDDEN, data)
    assert "secret of 论文" in sources.document(ANNA, THEIRS, data)
    assert "secret" not in sources.checked_source(ANNA, THEIRS, data)
    shelf = Shelf(library, ANNA.access)
    assert shelf.lexicon("default") == "without a glossary"
    assert shelf.lexicon("论文") == "with the glossary of 论文"


def test_a_hidden_index_suggests_nothing(page):
    events, visit = page(HIDDEN)

    with pytest.raises(IndexNotFound):
        asyncio.run(events.suggested(visit))


def test_documents_are_deleted_where_they_may_write_and_that_is_recorded(library):
    documents = DocumentList(library)

    def delete(view):
        return asyncio.run(documents.delete(ANNA, view, "甲.txt"))

    assert delete(HIDDEN) == delete(ABSENT)
    assert delete(THEIRS)[0] == []
    assert "delete_document" not in documents.shown(ANNA, THEIRS)
    assert not Path(library.settings.audit).exists()
    notes = View("en", "notes")
    assert "delete_document" in documents.shown(ANNA, notes)
    assert delete(notes)[0][0].status == "removed"
    assert {name: len(each.texts) for name, each in library.by_name.items()} == {
        "default": 1,
        "notes": 0,
        "论文": 1,
    }
    (line,) = Path(library.settings.audit).read_text("utf-8").splitlines()
    line = json.loads(line)
    assert (line["who"], line["what"]) == ("anna", "remove")
    assert (line["index"], line["documents"]) == ("notes", ["甲.txt"])


def test_what_was_asked_of_an_index_is_hidden_once_the_key_is_limited(library):
    store, chat = library.conversations, Chat(library, Glosses())
    conversation = store.start("anna", "default")
    for index, question in [("default", "The hidden one?"), ("论文", "The open one?")]:
        answer = replace(library.echo.ask(question), index=index)
        store.add("anna", conversation, shape(answer))
    hidden = store.turns("anna", conversation)[0]

    assert "The hidden one?" in chat.conversations(BEFORE, HIDDEN)
    assert "The hidden one?" not in chat.conversations(ANNA, HIDDEN)
    view = replace(THEIRS, conversation=conversation)
    assert chat.open(ANNA, view).conversation == ""
    shown = chat.conversation(ANNA, view)
    assert "The hidden one?" not in shown
    assert "The open one?" in shown
    assert "hidden" not in chat.export(ANNA, view)
    with pytest.raises(ConversationNotFound):
        Sources(library, Glosses()).source(ANNA, view, {"turn": hidden.id, "hit": "1"})
