"""A server over a few seeds and a browser in front of it, one of each for a module."""

import pytest
from browser import started
from repository import REPOSITORY
from serving import serving

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
    with started() as browser:
        yield browser


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
