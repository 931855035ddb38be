"""What axe-core says of each view, light and dark, and how far a page moves while it loads."""

from importlib.resources import files

import pytest
from browser import ask
from playwright.sync_api import expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
CITIES = "Which 12 cities got cross-border pilot zones?"
CUP = "Who won the 2018 FIFA World Cup?"
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
  .observe({ type: 'layout-shift', buffered: true });
"""


def violations(page):
    """The rules of axe-core that the page breaks, each with where."""
    page.evaluate(f"{AXE}; null")
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(visit, scheme):
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    page.locator(".examples").wait_for()
    assert violations(page) == []  # the welcome

    turn = ask(page, CITIES)
    turn.locator(".answer .marker").click()
    expect(page.locator("#source mark").first).to_be_visible()
    for summary in turn.locator("summary").all():
        summary.click()
    turn.get_by_role("button", name="Not useful").click()
    expect(turn.locator("input[name=note]")).to_be_visible()
    page.locator("#documents summary").click()
    assert violations(page) == []  # an answer with its source, everything open

    page.locator("#language").get_by_label("中文").check()
    expect(page.locator("#ask")).to_have_text("提问")
    ask(page, CUP)
    assert violations(page) == []  # a refusal

    page.locator("#views").get_by_role("button", name="核对文字").click()
    page.locator("#text textarea").fill("入选的有天津、上海和苏州，一共十三座城市。木星有卫星。")
    page.locator("#hold").click()
    expect(page.locator("#checked .verdict")).to_have_count(2)
    assert violations(page) == []  # a check


def test_hardly_anything_moves_while_a_page_loads(chromium, address):
    context = chromium.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(address)
    page.locator(".examples").wait_for()
    page.locator("html[data-opened]").wait_for(state="attached")

    moved = page.evaluate("shifts.filter((each) => !each.hadRecentInput).map(({ value }) => value)")

    assert sum(moved) <= 0.1
    context.close()
