"""The chat as a person meets it: a real browser, the real server and the real model."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from browser import ask
from playwright.sync_api import expect

CITIES = "Which 12 cities got cross-border pilot zones?"
NAMES = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"


def test_the_marker_opens_the_quote_in_its_place(visit):
    page = visit()

    turn = ask(page, CITIES)
    expect(turn.locator(".answer")).to_contain_text(NAMES)
    expect(turn.locator(".answer .marker")).to_have_text(["[1]"])
    turn.locator(".answer .marker").click()

    source = page.locator("#source article")
    expect(source.locator("h2")).to_have_text("[1] 十二城新设跨境电商综合试验区：要点与问答")
    expect(source.locator("dd")).to_have_text(
        [
            "twelve-new-zones.md",
            "十二城新设跨境电商综合试验区：要点与问答 > 是哪十二座城市",
            "2015-12",
        ]
    )
    quote = source.locator("blockquote").inner_text()
    assert NAMES in quote
    expect(source.locator("mark")).to_have_text(quote)
    expect(source.locator("mark")).to_be_in_viewport()
    expect(source.locator(".text")).to_contain_text("带动了一大批小微企业")  # far below the quote


def test_names_are_glossed_for_the_reader_of_the_other_language(visit):
    english = ask(visit(), CITIES).locator(".citations .glosses")
    chinese = ask(visit(locale="zh-CN"), CITIES).locator(".citations li")

    expect(english).to_contain_text("Dictionary gloss")
    expect(english.locator(".pair", has_text="天津")).to_have_text("天津 Tianjin")
    expect(chinese.locator(".gloss")).to_have_count(0)


def test_what_was_read_but_not_cited_is_listed_and_opens_too(visit):
    page = visit()
    turn = ask(page, CITIES)

    expect(turn.locator(".others summary")).to_have_text("Read, not cited (5)")
    turn.locator(".others summary").click()
    passage = turn.locator(".others li").first
    passage.locator("button").click()

    marked = page.locator("#source mark").first  # a passage may have several blocks
    expect(marked).to_be_in_viewport()
    assert marked.inner_text()[:10] in passage.locator(".snippet").inner_text()


def test_a_follow_up_says_what_was_searched(visit):
    page = visit(locale="zh-CN")
    ask(page, "哪十二座城市新设了跨境电商综合试验区？")

    turn = ask(page, "为什么选在这个时候？")

    expect(turn.locator(".searched")).to_contain_text("综合试验区")
    expect(turn.locator(".answer")).to_contain_text("外贸承压")


def test_a_refusal_gives_its_reason_and_the_nearest_passages(visit):
    page = visit()

    turn = ask(page, "Who won the 2018 FIFA World Cup?")

    expect(turn.locator(".refusal")).to_have_text("The documents do not hold the answer.")
    expect(turn.locator(".why")).to_contain_text("Read 6 passages")
    expect(turn.locator(".passages li")).to_have_count(3)
    nearest = turn.locator(".closest li").first
    nearest.locator(".open").click()
    marked = page.locator("#source mark").first
    expect(marked).to_be_in_viewport()
    assert marked.inner_text()[:10] in nearest.locator(".snippet").inner_text()


def test_a_marker_shows_what_it_cites_under_the_pointer_and_with_the_keyboard(visit):
    page = visit()
    turn = ask(page, CITIES)
    preview = page.locator("#turns .preview")

    turn.locator(".answer .marker").hover()
    expect(preview).to_contain_text(NAMES)
    page.keyboard.press("Escape")
    page.locator("#question textarea").hover()
    expect(preview).to_be_hidden()
    turn.locator(".answer .marker").focus()
    expect(preview).to_be_visible()
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()


def test_an_answer_is_copied_and_its_question_edited_and_asked_again(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, CITIES)

    turn.get_by_role("button", name="Copy").click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert NAMES in copied
    assert "twelve-new-zones.md" in copied

    turn.get_by_role("button", name="Edit the question").click()
    expect(page.locator("#question textarea")).to_have_value(CITIES)
    expect(page.locator("#question textarea")).to_be_focused()
    page.locator("#question textarea").fill("")
    turn.get_by_role("button", name="Ask again").click()
    expect(page.locator("#turns .question")).to_have_text([CITIES, CITIES])


def test_an_example_is_asked_with_a_click(visit):
    page = visit()
    example = page.locator(".examples button").first
    question = example.inner_text()
    assert question.isascii()

    example.click()

    expect(page.locator("#turns .question")).to_have_text(question)
    expect(page.locator("#turns .answer")).to_be_visible()


def test_a_question_is_answered_that_was_asked_on_a_slow_link(chromium, address):
    page, held = chromium.new_context(locale="en-US").new_page(), []
    page.route("**/queue/data*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/queue/data*"):
        page.goto(f"{address}/ui/")
    page.locator("#question textarea").fill(CITIES)
    everything = held[0].fetch()  # the server has said all, and that there is no more
    with page.expect_response("**/queue/join*"):
        page.locator("#question textarea").press("Enter")

    held[0].fulfill(response=everything)  # which arrives only now

    expect(page.locator("#turns .answer")).to_contain_text(NAMES)
    page.context.close()


def test_a_question_is_answered_that_crosses_the_end_of_what_was_said_before(visit):
    page, held = visit(), []
    page.locator(".examples").wait_for()
    ask(page, "Who won the 2018 FIFA World Cup?").locator(".passages .open").first.click()
    page.locator("#source article").wait_for()
    page.route("**/queue/data*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/queue/data*"):
        page.locator("#turns .passages .open").last.click()
    page.locator("#question textarea").fill(CITIES)
    everything = held[0].fetch()  # the server has closed the stream; the page does not know yet
    with page.expect_response("**/queue/join*"):
        page.locator("#question textarea").press("Enter")

    held[0].fulfill(response=everything)

    expect(page.locator("#turns .answer")).to_contain_text(NAMES)


def test_conversation_and_citations_survive_a_reload(visit):
    page = visit()
    ask(page, CITIES)

    page.reload()

    expect(page.locator("#turns .question")).to_have_text(CITIES)
    page.locator("#turns .marker").click()
    expect(page.locator("#source mark")).to_contain_text(NAMES)


def test_an_address_leads_to_its_conversation_again_and_back_to_the_former(visit):
    page = visit()
    ask(page, CITIES)
    page.wait_for_function("location.hash.startsWith('#c=')")
    first = page.url
    page.locator("#new").click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, "What did Jack Ma buy in Hanover with his face?")
    page.wait_for_function("(first) => location.hash && location.href !== first", arg=first)

    page.go_back()
    expect(page.locator("#turns .question")).to_have_text(CITIES)
    assert page.url == first
    page.go_forward()
    expect(page.locator("#turns .question")).to_have_text(
        "What did Jack Ma buy in Hanover with his face?"
    )

    again = page.context.new_page()
    again.goto(first)
    expect(again.locator("#turns .question")).to_have_text(CITIES)
    again.reload()
    expect(again.locator("#turns .question")).to_have_text(CITIES)

    other = visit()  # of another visitor
    other.goto(first)
    other.reload()
    expect(other.locator(".welcome")).to_be_visible()
    expect(other.locator("#turns .question")).to_have_count(0)


def test_conversations_are_kept_apart_reopened_and_deleted(visit):
    page = visit()
    ask(page, CITIES)
    page.locator("#new").click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, "What did Jack Ma buy in Hanover with his face?")
    titles = page.locator("#history .open")
    expect(titles).to_have_text(["What did Jack Ma buy in Hanover with his face?", CITIES])

    titles.last.click()
    expect(page.locator("#turns .question")).to_have_text(CITIES)

    expect(visit().locator("#history .open")).to_have_count(0)  # another visitor


def test_the_conversation_is_exported_with_its_citations(visit):
    page = visit(accept_downloads=True)
    ask(page, CITIES)

    with page.expect_download() as download:
        page.locator("#export").click()

    assert re.fullmatch(r"wenju-\d{4}-\d\d-\d\d\.md", download.value.suggested_filename)
    text = Path(download.value.path()).read_text("utf-8")
    assert f"## {CITIES}" in text
    assert NAMES in text
    assert "twelve-new-zones.md" in text


def test_feedback_is_kept_in_the_store(visit, indexes):
    page = visit()
    turn = ask(page, CITIES)

    turn.get_by_role("button", name="Not useful").click()
    turn.locator("input[name=note]").fill("漏了一座城市 & <b>one</b>")
    turn.locator("input[name=note]").press("Enter")
    expect(turn.locator(".saved")).to_be_visible()

    with closing(sqlite3.connect(indexes / "conversations.db")) as database:
        rows = database.execute("SELECT verdict, note FROM turns WHERE verdict IS NOT NULL")
        assert rows.fetchall() == [("down", "漏了一座城市 & <b>one</b>")]

    turn.get_by_role("button", name="Not useful").click()  # takes it back
    expect(turn.locator("input[name=note]")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "label"), [("zh-CN", "提问"), ("en-GB", "Ask"), ("fr-FR", "Ask")]
)
def test_the_interface_speaks_the_language_of_the_browser(visit, locale, label):
    expect(visit(locale=locale).locator("#ask")).to_have_text(label)


def test_the_language_can_be_switched_and_stays(visit):
    page = visit()
    page.locator("#language").get_by_label("中文").check()

    expect(page.locator("#ask")).to_have_text("提问")
    expect(page.locator("#new")).to_have_text("新对话")
    expect(page.locator(".tagline")).to_have_text("问你的文档，看到依据。")

    page.reload()
    expect(page.locator("#ask")).to_have_text("提问")


def test_a_phone_shows_everything_within_its_width(visit):
    page = visit(width=360, height=740, has_touch=True)
    turn = ask(page, CITIES)

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator("#question")).to_be_in_viewport()
    turn.locator(".answer .marker").click()
    expect(page.locator("#source mark")).to_be_in_viewport()
    box = page.locator("#source").bounding_box()
    assert (box["x"], box["width"]) == (0, 360)
    page.locator("#source .close").click()
    expect(page.locator("#source article")).to_have_count(0)


def test_all_of_it_works_by_keyboard(visit):
    page = visit()
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(CITIES)
    page.keyboard.press("Enter")
    marker = page.locator("#turns .marker")
    marker.wait_for()

    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className") == "marker":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#source article")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("#source article")).to_have_count(0)
    expect(marker).to_be_focused()


def test_the_page_is_dark_where_the_system_is(visit):
    def brightness(page):
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)[:3]))

    assert brightness(visit(color_scheme="dark")) < 50
    assert brightness(visit(color_scheme="light")) > 200
