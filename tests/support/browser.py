"""A real browser in front of a real server: how to start it, ask in it and upload with it."""

import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import Error, expect, sync_playwright

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 240_000  # milliseconds: a machine may be busy with other work
expect.set_options(timeout=PATIENCE)


class Browser:
    """Chromium, the pages of which are waited for patiently."""

    def __init__(self, browser):
        self._browser = browser

    def new_context(self, **options):
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        return context

    def open(self, url, **options):
        """A page of a visitor of its own, once it is there."""
        page = self.new_context(**{"locale": "en-US", **options}).new_page()
        page.goto(url)
        page.locator(".welcome, .turn").first.wait_for()
        return page


@contextmanager
def started():
    """The browser; skips where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no chromium here, and set-up could not install it")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        except Error as error:
            pytest.skip(f"chromium does not start here: {error.message.splitlines()[0]}")
        yield Browser(browser)
        browser.close()


def ask(page, question):
    """The turn that answers `question`."""
    turns = page.locator("#turns .turn")
    before = turns.count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(turns).to_have_count(before + 1)
    return turns.last


def upload(page, name, data):
    """What the page reports of a file with these bytes, or this text."""
    buffer = data.encode() if isinstance(data, str) else data
    page.locator("#documents input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": buffer}
    )
    report = page.locator(".reports li", has_text=name)
    report.wait_for()
    return report


def choose_index(page, name):
    """Switch the page to another index; what comes of it may still be on its way."""
    page.locator("#index input").click()
    page.get_by_role("option", name=name).click()
