"""A question while another is answered, one that is stopped, and a server that says nothing."""

import os
import re
import signal
from contextlib import contextmanager

from browser import ask
from llm_server import ModelServer, Says
from playwright.sync_api import expect
from serving import address_of, installed

CITIES = "Which 12 cities got cross-border pilot zones?"
CUP = "Who won the 2018 FIFA World Cup?"
SAID = "The 12 new pilot zones include Tianjin, Shanghai and Suzhou. [1]"


@contextmanager
def slow(indexes):
    """A `wenju serve` with a language model that takes its time."""
    with ModelServer(Says(SAID, delay=0.1)) as model:
        words = {"WENJU_LLM_BASE_URL": model.base_url, "WENJU_LLM_MODEL": "test"}
        environment = {"WENJU_INDEXES": str(indexes), **words}
        with installed("serve", "--port", "0", environment=environment) as process:
            yield address_of(process), process
            process.terminate()


def enter(page, question):
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    return box


def test_one_question_waits_while_another_is_answered_and_the_answer_can_be_stopped(
    indexes, chromium
):
    with slow(indexes) as (url, _):
        page = chromium.open(url)
        pending = page.locator("#pending")
        enter(page, CITIES)
        expect(page.locator("#ask")).to_be_hidden()

        expect(enter(page, CUP)).to_have_value("")
        expect(pending.locator(".next")).to_have_text(re.compile(f"Next: {re.escape(CUP)}"))
        box = enter(page, "a third")  # one can wait, the other stays where it is
        expect(box).to_have_value("a third")
        expect(page.locator("#turns .question")).to_have_text([CITIES, CUP])
        expect(page.locator("#ask")).to_be_visible()
        expect(pending.locator(".next")).to_be_hidden()

        box.fill("")
        enter(page, "哪十二座城市？")
        page.locator("#live .turn").wait_for()
        page.locator("#stop").click()
        expect(page.locator("#live .turn")).to_be_hidden()
        expect(pending.locator(".unanswered q")).to_have_text("哪十二座城市？")
        pending.get_by_role("button", name="Ask again").click()
        expect(page.locator("#turns .question")).to_have_text([CITIES, CUP, "哪十二座城市？"])
        expect(pending.locator(".unanswered")).to_be_hidden()
        page.context.close()


def test_the_language_switched_under_an_answer_leaves_one_language(indexes, chromium):
    with slow(indexes) as (url, _):
        page = chromium.open(url)
        ask(page, CUP)
        enter(page, CITIES)
        page.locator("#live .turn").wait_for()
        page.locator("#language").get_by_label("中文").check()

        expect(page.locator("#turns .turn")).to_have_count(2)
        expect(page.locator("#stop")).to_have_text("停止")
        expect(page.locator("#turns .refusal")).to_have_text("文档中没有找到答案。")
        said = page.locator("#turns").inner_text()
        assert not [word for word in ("Cited", "Useful", "Nearest", "In short") if word in said]
        page.context.close()


def test_a_silent_server_is_said_and_what_was_asked_can_be_sent_again(indexes, chromium):
    environment = {"WENJU_INDEXES": str(indexes)}
    with installed("serve", "--port", "0", environment=environment) as process:
        page = chromium.open(address_of(process), locale="zh-CN")
        ask(page, CUP)
        process.send_signal(signal.SIGSTOP)
        try:
            enter(page, CITIES)
            expect(page.locator("#pending .silent")).to_have_text(
                re.compile(r"服务器已有 \d+ 秒没有回音")
            )
            page.locator("#stop").click()
            expect(page.locator("#pending .silent")).to_be_hidden()
            expect(page.locator("#pending .unanswered q")).to_have_text(CITIES)
        finally:
            os.kill(process.pid, signal.SIGCONT)
        page.locator("#pending").get_by_role("button", name="重新提问").click()

        expect(page.locator("#turns .question")).to_have_text([CUP, CITIES])
        page.wait_for_timeout(1500)
        expect(page.locator("#turns .turn")).to_have_count(2)  # the stopped one was not answered
        process.terminate()
        page.context.close()
