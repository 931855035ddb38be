import asyncio
from dataclasses import replace

import pytest

from ui import views
from ui.views import Pages, View, read_view

VIEW = View("zh", "papers", "c-1", 2)


@pytest.mark.parametrize(
    ("inputs", "view"),
    [
        (("zh-TW", "papers", '{"conversation": "c-1", "move": 2}'), VIEW),
        (("en", None, '{"conversation": null}'), View("en", "default", None)),
        ((None, "", "not JSON"), View("en", "default", None)),
        ((["zh"], {"a": 1}, "[1]"), View("en", "{'a': 1}", None)),
        (("en", "x" * 99, '{"conversation": 7, "move": "1"}'), View("en", "x" * 64, None)),
        (("en", "指数", "[" * 9_000), View("en", "指数", None)),
    ],
)
def test_a_view_is_read_from_whatever_a_page_tells(inputs, view):
    assert read_view(*inputs, "default") == view


def test_a_page_that_moved_on_is_shown_no_longer():
    pages = Pages()
    page = pages.see("s", VIEW)
    other = replace(VIEW, index="letters")

    assert pages.see("s", other) is page  # another index, the same conversation
    assert pages.is_shown("s", page)
    assert pages.view("s", VIEW) == other

    new = pages.see("s", replace(VIEW, conversation="", move=3))
    belated = pages.see("s", VIEW)
    assert pages.is_shown("s", new)
    assert not pages.is_shown("s", page)
    assert not pages.is_shown("s", belated)
    assert pages.view("s", VIEW).conversation == ""


def test_a_conversation_that_was_begun_is_known_before_the_page_knows_it():
    pages, blank = Pages(), replace(VIEW, conversation="")
    page = pages.see("s", blank)
    page.begun = "c-9"

    assert page.begun_in(blank).conversation == "c-9"
    assert page.begun_in(VIEW) == VIEW
    assert pages.view("s", VIEW).conversation == "c-9"
    assert pages.see("s", replace(blank, move=3)).begun_in(blank) == blank


def test_sessions_are_apart_and_not_kept_for_ever(monkeypatch):
    monkeypatch.setattr(views, "MOST_PAGES", 2)
    pages = Pages()
    first, second = pages.see("a", VIEW), pages.see("b", VIEW)
    pages.see("a", VIEW)
    pages.see("c", VIEW)

    assert pages.is_shown("a", first)
    assert not pages.is_shown("b", second)
    assert pages.view("b", VIEW) == VIEW


def test_questions_of_a_page_come_one_after_another():
    async def order():
        page, done = Pages().see("s", VIEW), []

        async def ask(name, pause):
            async with page.asking:
                await asyncio.sleep(pause)
                done.append(name)

        await asyncio.gather(ask("long", 0.05), ask("short", 0))
        return done

    assert asyncio.run(order()) == ["long", "short"]
