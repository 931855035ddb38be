"""Servers of several settings, which come and go, in front of a real browser."""

import socket
import subprocess
import time

import httpx
from browser import ask, choose_index
from llm_server import ModelServer, Says
from playwright.sync_api import expect
from repository import REPOSITORY
from serving import address_of, installed, serving

from rag.cli.serve import GRACE_SECONDS
from rag.config import Settings
from rag.index.maintenance import build_index

CITIES = "Which 12 cities got cross-border pilot zones?"
NAMES = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


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
        expect(turn.locator(".mode")).to_have_text("Written by test, each sentence checked")
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
    port = free_port()
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
        port = str(taken.getsockname()[1])
        environment = {"WENJU_INDEXES": str(indexes)}
        with installed(
            "serve", "--port", port, environment=environment, stderr=subprocess.PIPE
        ) as process:
            _, said = process.communicate()

    assert process.returncode == 2
    assert said.splitlines() == [
        f"wenju: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "choose another --host or --port"
    ]


def test_a_page_finds_a_server_again_that_was_killed(indexes, chromium, models):
    build_index(
        Settings(indexes=indexes, models=models),
        [REPOSITORY / "seeds/twelve-new-zones.md"],
        "zones",
    )
    command = ("serve", "--port", free_port())
    environment = {"WENJU_INDEXES": str(indexes)}
    with installed(*command, environment=environment) as process:
        page = chromium.open(address_of(process))
        choose_index(page, "zones")
        ask(page, CITIES)
        page.locator("#views").get_by_role("button", name="Check a text").click()
        page.locator("#text textarea").fill("to be checked")
        page.locator("#views").get_by_role("button", name="Ask a question").click()
        process.kill()
    box = page.locator("#question textarea")
    box.fill("Which two platforms are they to copy?")
    page.get_by_text("Attempting reconnection").wait_for()
    box.press("Enter")
    expect(box).to_have_value("Which two platforms are they to copy?")  # it did not get away

    with installed(*command, environment=environment) as process:
        address_of(process)
        page.wait_for_event("load")
        expect(page.locator("#turns .question")).to_have_text(CITIES)
        expect(page.locator("#index input")).to_have_value("zones")
        expect(page.locator("#text textarea")).to_have_value("to be checked")
        expect(box).to_have_value("Which two platforms are they to copy?")
        box.press("Enter")
        expect(page.locator("#turns .turn")).to_have_count(2)
        expect(page.locator("#turns .turn").last).to_have_attribute("data-index", "zones")
        expect(box).to_have_value("")
        process.terminate()
    page.context.close()


def test_a_later_question_comes_back_when_the_server_was_killed_answering_it(indexes, chromium):
    said, second = "The zones include Tianjin. [1]", "Which two platforms are they to copy?"
    port = free_port()
    with ModelServer(Says(said, delay=0.1)) as model:
        words = {"WENJU_LLM_BASE_URL": model.base_url, "WENJU_LLM_MODEL": "test"}
        environment = {"WENJU_INDEXES": str(indexes), **words}
        with installed("serve", "--port", port, environment=environment) as process:
            page = chromium.open(address_of(process))
            ask(page, CITIES)
            box = page.locator("#question textarea")
            box.fill(f" {second}\n")
            page.locator("#ask").click()
            page.locator("#live .turn").wait_for()
            process.kill()
        page.get_by_text("Attempting reconnection").wait_for()

        with serving(indexes, "--port", port, **words):
            page.wait_for_event("load")
            expect(page.locator("#turns .question")).to_have_text(CITIES)
            expect(box).to_have_value(second)
            page.locator("#ask").click()
            expect(page.locator("#turns .turn")).to_have_count(2)
            page.reload()
            expect(page.locator("#turns .turn")).to_have_count(2)
            expect(box).to_have_value("")  # it is answered
        page.context.close()


def test_a_new_conversation_stays_when_the_answer_to_the_former_arrives(indexes, chromium):
    said = "The 12 new pilot zones include Tianjin, Shanghai and Suzhou. [1]"
    with (
        ModelServer(Says(said, delay=0.1)) as model,
        serving(indexes, WENJU_LLM_BASE_URL=model.base_url, WENJU_LLM_MODEL="test") as url,
    ):
        page = chromium.open(url)
        page.locator("#question textarea").fill(CITIES)
        page.locator("#question textarea").press("Enter")
        page.locator("#live .turn").wait_for()

        page.locator("#new").click()
        expect(page.locator("#live .turn")).to_have_count(0)
        ask(page, "Who won the 2018 FIFA World Cup?")  # without waiting for the other answer

        former = page.locator("#history .open", has_text=CITIES)
        former.wait_for()
        expect(page.locator("#turns .question")).to_have_text("Who won the 2018 FIFA World Cup?")
        former.click()
        expect(page.locator("#turns .question")).to_have_text(CITIES)
        expect(page.locator("#turns .answer")).to_contain_text("Tianjin")
        page.context.close()
