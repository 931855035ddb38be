"""What an event shows where the page goes elsewhere while that is being rendered."""

import asyncio
import json
from contextlib import closing
from dataclasses import replace

import gradio as gr
import pytest
from serving import EchoAssistant, EchoLibrary

from rag.dialogue.conversations import Conversations
from ui.events import Events
from ui.suggestions import Suggestions
from ui.views import Pages, Person, View
from ui.visits import Visit

ANNA = Person("anna")
BLANK = View("en", "default")
SKIPPED = gr.skip()


class Collection(EchoAssistant):
    """Empty; calls `meanwhile` when its documents are counted, as the welcome does."""

    model_host = None

    def __init__(self):
        super().__init__()
        self.meanwhile = lambda: None

    def counts(self):
        self.meanwhile()
        return 0, 0


class Store(Conversations):
    """Calls `meanwhile` whenever the turns of a conversation are read."""

    meanwhile = staticmethod(lambda: None)

    def turns(self, owner, conversation):
        found = super().turns(owner, conversation)
        self.meanwhile()
        return found


class Shelf(EchoLibrary):
    """A library of one empty index, with conversations."""

    def __init__(self, conversations):
        super().__init__(Collection())
        self.conversations = conversations

    def lexicon(self, index):
        raise AssertionError(f"nothing is cited from {index}")


class Setting:
    """A page that is visited."""

    def __init__(self, conversations):
        self.library, self.store = Shelf(conversations), conversations
        self.events = Events(self.library, Suggestions(self.library))
        self.pages = Pages()

    def visit(self, view, text="", asked=0, **data):
        page = self.pages.see("s", view)
        return Visit(ANNA, view, data, text, {"asked": asked}, "s", page, self.pages)

    def start_anew(self):
        """The page goes to a new conversation, as with a click."""
        self.pages.see("s", View("en", "default", move=1))

    def ask(self, visit):
        async def run():
            return [shown async for shown in self.events.asked(visit)]

        return asyncio.run(run())[-1]


@pytest.fixture
def setting(tmp_path):
    with closing(Store.open(tmp_path / "conversations.db")) as store:
        yield Setting(store)


def test_an_answer_is_shown_on_the_page_that_asked(setting):
    turns, live, listed = setting.ask(setting.visit(BLANK, "Who came?"))

    assert "Who came?" in turns
    assert live == ""
    assert "Who came?" in listed


def test_an_answer_is_not_shown_on_a_page_that_moved_on_while_it_was_rendered(setting):
    visit = setting.visit(BLANK, "Who came?")
    setting.store.meanwhile = setting.start_anew

    turns, live, listed = setting.ask(visit)

    assert (turns, live) == (SKIPPED, SKIPPED)
    assert "Who came?" in listed
    assert "aria-current" not in listed


def test_a_thumb_is_not_shown_on_a_page_that_moved_on_while_it_was_rendered(setting):
    setting.ask(setting.visit(BLANK, "Who came?"))
    conversation = setting.store.latest("anna")
    (turn,) = setting.store.turns("anna", conversation)
    view = replace(BLANK, conversation=conversation)
    visit = setting.visit(view, turn=turn.id, verdict="up")
    assert 'aria-pressed="true"' in setting.events.rated(visit)

    setting.store.meanwhile = setting.start_anew

    assert setting.events.rated(visit) == SKIPPED


def test_an_upload_shows_no_welcome_on_a_page_that_moved_on_while_it_was_rendered(setting):
    visit = setting.visit(BLANK, result=json.dumps({"inputs": []}))
    assert "welcome" in setting.events.uploaded(visit)[1]

    setting.library.echo.meanwhile = setting.start_anew

    assert setting.events.uploaded(visit)[1] == SKIPPED


def test_a_question_that_was_stopped_is_not_answered_and_the_next_one_is(setting):
    asyncio.run(setting.events.stopped(setting.visit(BLANK, asked=1)))

    _, live, _ = setting.ask(setting.visit(BLANK, "Who came?", asked=1))  # it was on its way
    assert "stopped" in live
    assert setting.store.latest("anna") is None

    turns, _, _ = setting.ask(setting.visit(BLANK, "Who left?", asked=2))
    asyncio.run(setting.events.stopped(setting.visit(BLANK, asked=1)))  # belated
    assert "Who left?" in turns
    assert "Who came?" not in turns


def test_an_answer_on_its_way_follows_the_language_of_the_page(setting):
    visit = setting.visit(BLANK, "Who came?")

    async def run():
        steps = setting.events.asked(visit)
        shown = [await anext(steps)]
        setting.pages.see("s", replace(BLANK, language="zh"))
        return [*shown, *[step async for step in steps]]

    first, second, *_, (turns, _, _) = asyncio.run(run())
    assert "Searching…" in first[1]
    assert "正在检索……" in second[1]
    assert "文档中没有找到答案。" in turns
