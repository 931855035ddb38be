"""What a person has opened, and where they read, as the page changes around it."""

from browser import ask
from playwright.sync_api import expect
from serving import serving

CITIES = "Which 12 cities got cross-border pilot zones?"
CUP = "Who won the 2018 FIFA World Cup?"


def top(page):
    return page.locator("#conversation").evaluate("box => box.scrollTop")


def scroll(page, place):
    """Scroll the conversation until it is there, again where an answer arrives just then."""
    page.wait_for_function(
        """(top) => {
          const box = document.querySelector('#conversation');
          if (box.scrollTop === top) return true;
          box.scrollTo({ top, behavior: 'instant' });
          return false;
        }""",
        arg=place,
    )


def what_lies_at(page, box):
    """The class of what is under the middle of a box."""
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    return page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", middle)


def test_the_source_belongs_to_its_view_and_goes_with_the_next_question(visit):
    page = visit()
    ask(page, CITIES).locator(".answer .marker").click()
    source = page.locator("#source article")
    source.wait_for()

    page.get_by_role("button", name="Check a text").click()
    expect(source).to_be_hidden()
    page.get_by_role("button", name="Ask a question").click()
    expect(source).to_be_visible()

    ask(page, CUP)
    expect(source).to_have_count(0)


def test_no_source_stays_or_arrives_over_an_empty_conversation(visit):
    page, held = visit(), []
    turn = ask(page, CITIES)
    page.route("**/queue/join*", lambda route: route.continue_() if held else held.append(route))
    turn.locator(".answer .marker").click()
    page.locator("#new").click()
    expect(page.locator(".welcome")).to_be_visible()

    with page.expect_response("**/queue/join*"):
        held[0].continue_()  # the source that was asked for before
    page.wait_for_timeout(2000)

    expect(page.locator("#source article")).to_have_count(0)


def test_rating_leaves_open_what_is_open_and_the_reader_in_place(visit):
    page = visit(locale="zh-CN", height=500)
    turn = ask(page, "哪十二座城市新设了跨境电商综合试验区？")
    turn.locator("summary").click()
    scroll(page, 90)

    turn.get_by_role("button", name="没用").dispatch_event("click")
    turn.locator("input[name=note]").wait_for()

    expect(turn.locator("details li").first).to_be_visible()
    assert top(page) == 90


def test_an_answer_that_arrives_leaves_a_reader_who_has_scrolled_up(visit):
    page = visit(height=500)
    ask(page, CITIES)
    ask(page, CUP)
    assert top(page) > 0  # those who are at the end follow it

    page.locator("#question textarea").fill("哪十二座城市新设了跨境电商综合试验区？")
    page.locator("#question textarea").press("Enter")
    page.locator("#live .turn").wait_for()
    page.wait_for_timeout(1500)  # the question itself comes into view first
    scroll(page, 0)
    expect(page.locator("#turns .turn")).to_have_count(3)

    page.wait_for_timeout(500)
    assert top(page) == 0


def test_deleting_names_what_goes_and_moves_nothing_under_the_pointer(indexes, chromium):
    with serving(indexes) as url:
        page, asked = chromium.open(url), []
        page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
        for question in (CITIES, CUP):
            page.locator("#new").click()
            expect(page.locator(".welcome")).to_be_visible()
            ask(page, question)
        row = page.locator("#history .delete").first
        box = row.bounding_box()
        row.click()
        expect(page.locator("#history .gone")).to_have_text(f"{CUP} — Removed")
        assert what_lies_at(page, box) == "gone"

        page.locator("#documents summary").click()
        rows = page.locator("#documents .delete")
        rows.nth(1).scroll_into_view_if_needed()
        box = rows.nth(1).bounding_box()
        rows.nth(1).click()
        expect(page.locator("#documents .gone")).to_contain_text("Removed")
        assert what_lies_at(page, box) == "gone"

        assert asked == [
            f"Delete the conversation “{CUP}”?",
            "Remove “europe-march-2015.pdf” from the index?",
        ]
        page.context.close()
