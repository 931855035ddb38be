"""The chat as a person meets it: a real browser in front of the real server and the real model."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from llm_server import ModelServer, Says
from playwright.sync_api import Error, expect, sync_playwright
from repository import REPOSITORY
from serving import serving

from rag.cli.serve import GRACE_SECONDS
from rag.config import Settings
from rag.index.maintenance import build_index

SEEDS = [
    "twelve-new-zones.md",
    "europe-march-2015.pdf",
    "canada-lobsters-and-clinton.md",
    "leaders-timeline.md",
    "shanghai-internet-plus.docx",
    "questions.jsonl",
]
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CITIES = "Which 12 cities got cross-border pilot zones?"
NAMES = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"


@pytest.fixture(scope="module")
def indexes(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("indexes")
    settings = Settings(indexes=folder, models=models)
    build_index(settings, [REPOSITORY / "seeds" / name for name in SEEDS])
    return folder


@pytest.fixture(scope="module")
def address(indexes):
    with serving(indexes) as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no chromium here, and set-up could not install it")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        except Error as error:
            pytest.skip(f"chromium does not start here: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, address):
    """Opens the chat for a new visitor; nothing may be asked of any other host, nor go wrong."""
    contexts, foreign, problems = [], [], []

    def note_request(request):
        if not request.url.startswith((address, "data:", "blob:")):
            foreign.append(request.url)

    def open_page(path="/", locale="en-US", width=1280, height=800, **options):
        context = chromium.new_context(
            locale=locale, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", note_request)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
        page.goto(address + path)
        page.locator(".welcome, .turn").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert foreign == []
    assert problems == []


def ask(page, question):
    """The turn that answers `question`."""
    turns = page.locator("#turns .turn")
    before = turns.count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(turns).to_have_count(before + 1)
    return turns.last


def upload(page, name, text):
    page.locator("#documents input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": text.encode()}
    )
    report = page.locator(".reports li")
    report.wait_for()
    return report


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
    english = ask(visit(), CITIES).locator(".citations .gloss")
    chinese = ask(visit(locale="zh-CN"), CITIES).locator(".citations li")

    expect(english).to_contain_text("Dictionary gloss")
    expect(english.locator(".pair", has_text="天津")).to_have_text("天津 Tianjin")
    expect(chinese.locator(".gloss")).to_have_count(0)


def test_what_was_read_but_not_cited_is_listed_and_opens_too(visit):
    page = visit()
    turn = ask(page, CITIES)

    expect(turn.locator("summary")).to_have_text("Read, not cited (5)")
    turn.locator("summary").click()
    passage = turn.locator("details li").first
    passage.locator("button").click()

    expect(page.locator("#source mark")).to_contain_text(
        passage.locator(".snippet").inner_text()[:20]
    )


def test_a_follow_up_says_what_was_searched(visit):
    page = visit(locale="zh-CN")
    ask(page, "哪十二座城市新设了跨境电商综合试验区？")

    turn = ask(page, "那里要照搬哪两个平台？")

    expect(turn.locator(".searched")).to_contain_text("综合试验区")
    expect(turn.locator(".answer")).to_contain_text("两个平台")


def test_a_refusal_gives_its_reason_and_the_nearest_passages(visit):
    page = visit()

    turn = ask(page, "Who won the 2018 FIFA World Cup?")

    expect(turn.locator(".refusal")).to_have_text("The documents do not hold the answer.")
    expect(turn.locator(".why")).to_contain_text("Read 6 passages")
    expect(turn.locator(".passages li")).to_have_count(3)
    turn.locator(".passages .open").first.click()
    expect(page.locator("#source mark")).not_to_be_empty()


def test_an_example_is_asked_with_a_click(visit):
    page = visit()
    example = page.locator(".examples button").first
    question = example.inner_text()
    assert question.isascii()

    example.click()

    expect(page.locator("#turns .question")).to_have_text(question)
    expect(page.locator("#turns .answer")).to_be_visible()


def test_an_uploaded_file_answers(visit):
    page = visit()

    report = upload(page, "狐狸预算.md", "# 预算\n\n2031年的狐狸保护预算是七百六十万元。\n")
    expect(report).to_have_text("狐狸预算.md — Indexed · 1 passages")
    turn = ask(page, "2031年的狐狸保护预算是多少？")

    expect(turn.locator(".answer")).to_contain_text("七百六十万元")
    expect(turn.locator(".citations")).to_contain_text("狐狸预算.md")


def test_a_file_that_cannot_be_read_is_reported(visit):
    report = upload(visit(), "empty.txt", "  \n")

    expect(report).to_have_text("empty.txt — Skipped: empty file")


def test_conversation_and_citations_survive_a_reload(visit):
    page = visit()
    ask(page, CITIES)

    page.reload()

    expect(page.locator("#turns .question")).to_have_text(CITIES)
    page.locator("#turns .marker").click()
    expect(page.locator("#source mark")).to_contain_text(NAMES)


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


def test_another_index_can_be_chosen(visit, indexes, models):
    folder = indexes / "texts"
    folder.mkdir()
    (folder / "otters.txt").write_text("The otter bridge opened in 1987.\n", "utf-8")
    build_index(Settings(indexes=indexes, models=models), [folder / "otters.txt"], "otters")
    page = visit()

    page.locator("#index input").click()
    page.get_by_role("option", name="otters").click()
    expect(page.locator("#documents summary")).to_have_text("Documents (1)")
    turn = ask(page, "When did the otter bridge open?")

    expect(turn.locator(".answer")).to_contain_text("1987")


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
    expect(page.locator("#source mark")).to_contain_text(NAMES)
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


def test_an_answer_in_a_models_words_names_the_model_and_what_was_left_out(indexes, chromium):
    right = "The 12 new pilot zones include Tianjin, Shanghai and Suzhou."
    wrong = right.replace("12", "13")
    with (
        ModelServer(Says(f"{right} [1] {wrong} [1]")) as server,
        serving(indexes, WENJU_LLM_BASE_URL=server.base_url, WENJU_LLM_MODEL="test") as url,
    ):
        page = chromium.new_context(locale="en-US").new_page()
        page.goto(url)
        page.locator(".welcome").wait_for()
        host = server.base_url.removeprefix("http://").removesuffix("/v1")
        expect(page.locator("#sent")).to_have_text(
            f"To word answers, passages are sent to {host} (test)."
        )
        turn = ask(page, CITIES)
        expect(turn.locator(".answer")).to_have_text(f"{right}[1]")
        expect(turn.locator(".mode")).to_have_text("Worded by test, each sentence checked")
        expect(turn.locator(".dropped summary")).to_have_text("Left out (1)")
        expect(turn.locator(".dropped q")).to_be_hidden()
        turn.locator(".dropped summary").click()
        expect(turn.locator(".dropped q")).to_have_text(wrong)
        turn.locator(".answer .marker").click()
        expect(page.locator("#source mark")).to_contain_text(NAMES)
        page.context.close()


def test_with_keys_a_person_signs_in_and_sees_only_what_is_theirs(indexes, chromium):
    keys = "first-key-with-enough-letters,second-key-with-enough-letters:read"
    with serving(indexes, WENJU_API_KEYS=keys) as url:

        def sign_in(key):
            page = chromium.new_context(locale="en-US").new_page()
            page.goto(url)
            assert page.url == f"{url}/login"
            page.locator("input[name=key]").fill(key)
            page.keyboard.press("Enter")
            return page

        stranger = sign_in("third-key-with-enough-letters")
        expect(stranger.locator("input[name=key]")).to_be_visible()
        assert stranger.url.startswith(f"{url}/login")
        assert httpx.post(f"{url}/ui/gradio_api/queue/join", json={}).status_code == 401

        writer = sign_in("first-key-with-enough-letters")
        writer.locator(".welcome").wait_for()
        ask(writer, CITIES)
        expect(writer.locator("#documents .upload")).to_be_visible()

        reader = sign_in("second-key-with-enough-letters")
        reader.locator(".welcome").wait_for()
        expect(reader.locator("#history .open")).to_have_count(0)
        expect(reader.locator("#documents .upload")).to_have_count(0)

        writer.get_by_role("button", name="Log out").click()
        expect(writer.locator("input[name=key]")).to_be_visible()
        again = sign_in("first-key-with-enough-letters")
        expect(again.locator("#turns .question")).to_have_text(CITIES)
        for page in (stranger, writer, reader, again):
            page.context.close()


def test_an_open_page_outlives_the_server(indexes, chromium):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with serving(indexes, "--port", port) as url:
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(url)
        page.locator(".welcome").wait_for()
        ask(page, "哪十二座城市新设了跨境电商综合试验区？")
    with serving(indexes, "--port", port):
        turn = ask(page, "那里要照搬哪两个平台？")
        expect(turn.locator(".searched")).to_contain_text("综合试验区")
        expect(page.locator("#turns .turn")).to_have_count(2)
        expect(page.locator("#new")).to_have_text("新对话")
    page.context.close()


def test_an_open_page_does_not_hold_up_the_end_of_the_server(indexes, chromium):
    with serving(indexes) as url:
        context = chromium.new_context()
        context.new_page().goto(url)
        context.pages[0].locator(".welcome").wait_for()
        began = time.monotonic()
    assert time.monotonic() - began < GRACE_SECONDS - 1
    context.close()


def test_a_port_that_is_taken_gets_one_line(indexes):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "rag", "serve", "--port", str(port)],
            capture_output=True,
            encoding="utf-8",
            cwd=REPOSITORY,
            env={**os.environ, "WENJU_INDEXES": str(indexes)},
            timeout=60,
        )

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"wenju: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "choose another --host or --port"
    ]
