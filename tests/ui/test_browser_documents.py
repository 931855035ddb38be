"""Documents and checks as a person meets them in a real browser."""

import re

import pytest
from browser import ask, choose_index, upload
from playwright.sync_api import expect
from repository import REPOSITORY

from rag.config import Settings
from rag.index.maintenance import build_index

NAMES = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"


def test_an_uploaded_file_answers(visit):
    page = visit()

    report = upload(page, "狐狸预算.md", "# 预算\n\n2031年的狐狸保护预算是七百六十万元。\n")
    expect(report).to_have_text("狐狸预算.md — Indexed · 1 passage")
    turn = ask(page, "2031年的狐狸保护预算是多少？")

    expect(turn.locator(".answer")).to_contain_text("七百六十万元")
    expect(turn.locator(".citations")).to_contain_text("狐狸预算.md")


@pytest.mark.parametrize(
    "name", ["europe-march-2015.pdf", "shanghai-internet-plus.docx", "page.html"]
)
def test_each_kind_of_file_arrives(visit, name):
    html = "<h1>Puffins</h1><p>The puffin count of 2029 was 4,512 birds.</p>"
    seed = REPOSITORY / "seeds" / name
    data = seed.read_bytes() if seed.is_file() else html

    report = upload(visit(), f"my-{name}", data)

    expect(report).to_contain_text(f"my-{name} — Indexed")


def test_only_the_documents_that_are_ticked_are_asked(visit):
    page = visit()
    page.locator("#documents summary").click()
    page.locator("#documents .within[value='canada-lobsters-and-clinton.md']").check()
    chip = page.locator("#pending p.within")
    expect(chip).to_contain_text("Asking only: ")

    turn = ask(page, "Which 12 cities got cross-border pilot zones?")
    expect(turn.locator(".citations", has_text="twelve-new-zones.md")).to_have_count(0)
    expect(turn.locator("[data-hit], [data-marker]").first).to_be_attached()
    expect(turn.locator(".file", has_text="twelve-new-zones.md")).to_have_count(0)

    chip.get_by_role("button", name="Ask all documents").click()
    expect(chip).to_be_hidden()
    expect(page.locator("#documents .within:checked")).to_have_count(0)
    turn = ask(page, "哪十二座城市新设了跨境电商综合试验区？")
    expect(turn.locator(".citations")).to_contain_text("twelve-new-zones.md")


def test_a_file_that_cannot_be_read_is_reported(visit):
    report = upload(visit(), "empty.txt", "  \n")

    expect(report).to_have_text("empty.txt — Skipped: empty file")


def test_nothing_in_a_document_is_rendered_or_run(visit):
    page = visit()
    text = (
        "# ${document.title='pwned'} {{value}}\n\n"
        "The walrus levy is 88 yuan \\<img src=x onerror=alert(1)\\> `<script>alert(2)</script>` "
        "![picture](http://example.com/x.png) [link](javascript:alert(3)) [1] [2].\n"
    )
    upload(page, "evil.txt", text)

    turn = ask(page, "How large is the walrus levy?")
    expect(turn.locator(".answer")).to_contain_text("88 yuan")
    turn.locator(".answer .marker").first.click()

    expect(page.locator("#source mark")).to_contain_text("alert(3)")
    assert page.title() == "Wenju 问据"
    for injected in ("img", "script", "a"):
        assert page.locator(f"#turns {injected}, #source {injected}").count() == 0
    ask(page, "<img src=x onerror=alert(1)> ${alert(2)} {{value}} 海象 <script>alert(3)</script>")
    assert page.locator("#turns img, #turns script, #history img").count() == 0


@pytest.fixture(scope="module")
def otters(indexes, models):
    folder = indexes / "texts"
    folder.mkdir()
    (folder / "otters.txt").write_text("The otter bridge opened in 1987.\n", "utf-8")
    build_index(Settings(indexes=indexes, models=models), [folder / "otters.txt"], "otters")


def test_another_index_can_be_chosen(visit, otters):
    page = visit()

    choose_index(page, "otters")
    expect(page.locator("#documents summary")).to_have_text("Documents (1)")
    turn = ask(page, "When did the otter bridge open?")

    expect(turn.locator(".answer")).to_contain_text("1987")


def test_the_index_that_is_shown_answers_before_the_switch_has_come_back(visit, otters):
    page, held = visit(), []
    page.route("**/queue/join*", lambda route: route.continue_() if held else held.append(route))

    choose_index(page, "otters")
    expect(page.locator("#index input")).to_have_value("otters")
    turn = ask(page, "When did the otter bridge open?")
    expect(turn).to_have_attribute("data-index", "otters")
    expect(turn.locator(".answer")).to_contain_text("1987")
    held[0].continue_()
    expect(page.locator("#documents summary")).to_have_text("Documents (1)")

    expect(page.locator("#turns .turn")).to_have_count(1)
    turn = ask(page, "Who built it?")  # in the same conversation
    expect(page.locator("#turns .turn")).to_have_count(2)
    expect(turn).to_have_attribute("data-index", "otters")
    expect(page.locator("#history .open")).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "label", "verdicts", "reason"),
    [
        ("en-US", "Check a text", ["✓ Supported", "✗ Contradicted"], "The number differs"),
        ("zh-CN", "核对文字", ["✓ 有依据", "✗ 与文档不符"], "数字不符"),
    ],
)
def test_a_text_is_checked_by_keyboard_on_a_phone(visit, locale, label, verdicts, reason):
    right = {
        "en-US": "The 12 new pilot zones include Tianjin, Shanghai and Suzhou.",
        "zh-CN": "入选的有天津、上海和苏州，一共十二座城市。",
    }[locale]
    wrong = right.replace("12", "13").replace("十二", "十三")
    page = visit(locale=locale, width=360, height=740)
    page.get_by_role("button", name=label).press("Enter")
    expect(page.locator("#text textarea")).to_be_focused()
    expect(page.locator("#question")).to_be_hidden()
    page.keyboard.type(f"{right} {wrong}")
    page.keyboard.press("Shift+Enter")

    expect(page.locator("#checked .verdict")).to_have_text(verdicts)
    expect(page.locator("#checked .sentence")).to_have_text([right, wrong])
    expect(page.locator("#checked .why")).to_contain_text(reason)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    opening = page.locator("#checked .open").last
    opening.press("Enter")
    expect(page.locator("#source mark").filter(has_text=NAMES)).to_be_visible()
    page.keyboard.press("Escape")
    expect(opening).to_be_focused()


def test_checking_is_left_for_a_conversation_and_keeps_its_text(visit):
    page = visit()
    page.locator("#views").get_by_role("button", name="Check a text").click()
    page.locator("#text textarea").fill("<img src=x onerror=alert(1)> 木星有九十五颗卫星。")
    page.locator("#hold").click()
    expect(page.locator("#checked .counts")).to_contain_text("Not supported: 1")
    assert page.locator("#checked img").count() == 0

    page.locator("#new").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#check")).to_be_hidden()

    page.locator("#language").get_by_label("中文").check()
    expect(page.locator("#hold")).to_have_text("核对")
    page.locator("#views").get_by_role("button", name="核对文字").click()
    expect(page.locator("#text textarea")).to_have_value(re.compile("木星有九十五颗卫星。$"))
    expect(page.locator("#checked .counts")).to_have_count(0)
