"""What the chat does for a person, over the real library."""

import asyncio
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from rag.assistant import build_index
from rag.config import Settings
from rag.errors import ConversationNotFound, DocumentNotFound, Overloaded
from rag.library import Library
from ui.chat import Chat, Person, View

LETTER = "守塔人方德海在1893年点亮了灰岩岛的灯。那一年他二十岁。\n\n灯塔高42米，由林月设计。"
ANNA, BO = Person("anna", True), Person("bo", False)
VIEW = View("zh", "default")


@pytest.fixture(scope="module")
def built(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chat")
    (folder / "island.txt").write_text(LETTER, "utf-8")
    settings = Settings(indexes=folder / "indexes", models=models, upload_files=2)
    build_index(settings, [folder / "island.txt"])
    return settings


@pytest.fixture
def library(built, tmp_path):
    library = Library(replace(built))
    library.open()
    yield library
    library.close()


@pytest.fixture
def chat(library):
    return Chat(library)


def asked(chat, person, view, question):
    """The view after a question, and all that was shown on the way."""

    async def run():
        return [step async for step in chat.ask(person, view, question)]

    steps = asyncio.run(run())
    return steps[-1][0], [html for _, html in steps]


def select(html, selector):
    return BeautifulSoup(html, "html.parser").select(selector)


def turn_of(chat, person, view):
    return select(chat.conversation(person, view), ".turn")[-1]["data-turn"]


def test_an_answer_streams_and_is_kept(chat):
    view, shown = asked(chat, ANNA, VIEW, "灯塔是谁设计的？")

    assert select(shown[0], ".answer")[0].text == "正在检索……"
    assert select(shown[1], ".found li")[0].text == "island"
    assert "林月" in shown[-2]
    assert shown[-1] == ""
    assert view.conversation
    assert "林月" in select(chat.conversation(ANNA, view), ".answer")[0].text
    assert "林月" in chat.export(ANNA, view)


def test_a_conversation_is_its_owners_alone(chat):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    turn = turn_of(chat, ANNA, view)

    assert chat.open(ANNA, view) == view
    assert chat.open(BO, view) == VIEW
    assert view.conversation not in chat.conversations(BO, VIEW)
    with pytest.raises(ConversationNotFound):
        chat.source(BO, VIEW, {"turn": turn, "marker": "1"})
    with pytest.raises(ConversationNotFound):
        chat.rate(BO, {"turn": turn, "verdict": "up"})
    with pytest.raises(ConversationNotFound):
        chat.delete_conversation(BO, VIEW, {"conversation": view.conversation})
    with pytest.raises(ConversationNotFound):
        chat.export(BO, view)


def test_without_a_wish_the_latest_conversation_opens(chat):
    cara = Person("cara", False)
    assert chat.open(cara, VIEW) == VIEW
    view, _ = asked(chat, cara, VIEW, "灯塔有多高？")
    assert chat.open(cara, VIEW) == view


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"turn": "nonsense"},
        {"turn": "TURN", "marker": "9"},
        {"turn": "TURN", "marker": "²"},
        {"turn": "TURN", "hit": "x"},
    ],
)
def test_a_source_that_is_not_there_is_an_error_with_a_remedy(chat, data):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    turn = turn_of(chat, ANNA, view)
    with pytest.raises(ConversationNotFound):
        chat.source(ANNA, view, {key: value.replace("TURN", turn) for key, value in data.items()})


def test_a_source_says_when_its_document_has_changed(chat, library, tmp_path):
    async def upload(text):
        (tmp_path / "新.txt").write_text(text, "utf-8")
        return await chat.upload(ANNA, VIEW, [tmp_path / "新.txt"])

    assert "已收录" in asyncio.run(upload("海鹦的孵化期是四十天。"))
    view, _ = asked(chat, ANNA, VIEW, "海鹦的孵化期是多少天？")
    data = {"turn": turn_of(chat, ANNA, view), "marker": "1"}
    assert select(chat.source(ANNA, view, data), ".problem") == []

    asyncio.run(upload("修订版：据最新观察，海鹦的孵化期是四十一天。"))
    changed = chat.source(ANNA, view, data)
    assert "修改或删除" in select(changed, ".problem")[0].text
    assert select(changed, "mark")[0].text == "海鹦的孵化期是四十天。"

    asyncio.run(chat.delete_document(ANNA, VIEW, {"document": "新.txt"}))
    assert len(select(chat.source(ANNA, view, data), ".problem")) == 1
    with pytest.raises(DocumentNotFound):
        chat.document(VIEW, {"document": "新.txt"})


def test_who_may_only_read_changes_no_documents(chat, library, tmp_path):
    (tmp_path / "b.txt").write_text("海鸥。", "utf-8")

    shown = asyncio.run(chat.upload(BO, VIEW, [tmp_path / "b.txt"]))
    assert "你的密钥只能提问" in shown
    shown = asyncio.run(chat.delete_document(BO, VIEW, {"document": "island.txt"}))
    assert "你的密钥只能提问" in shown
    assert [info.id for info in library.assistant().documents()] == ["island.txt"]


def test_too_many_files_are_refused_before_any_is_read(chat, library, tmp_path):
    shown = asyncio.run(chat.upload(ANNA, VIEW, [tmp_path / f"{i}.txt" for i in range(3)]))
    assert "一次最多上传 2 个文件" in shown


def test_the_same_thumb_again_takes_it_back(chat, library):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    turn = turn_of(chat, ANNA, view)

    def feedback():
        said = library.conversations.turn("anna", turn).feedback
        return said and (said.verdict, said.note)

    chat.rate(ANNA, {"turn": turn, "note": "nothing was rated yet"})
    assert feedback() is None
    chat.rate(ANNA, {"turn": turn, "verdict": "up"})
    chat.rate(ANNA, {"turn": turn, "note": "很好"})
    assert feedback() == ("up", "很好")
    chat.rate(ANNA, {"turn": turn, "verdict": "down"})
    assert feedback() == ("down", "很好")
    chat.rate(ANNA, {"turn": turn, "verdict": "down"})
    assert feedback() is None


def test_a_conversation_that_is_deleted_is_closed(chat):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")

    after = chat.delete_conversation(ANNA, view, {"conversation": view.conversation})

    assert after == VIEW
    assert chat.export(ANNA, after) == ""


def test_what_goes_wrong_is_said_in_the_conversation(chat):
    view, shown = asked(chat, ANNA, replace(VIEW, index="没有"), "灯塔有多高？")
    assert view.conversation == ""
    notice = select(shown[-1], "[role=alert]")[0].text
    assert notice == "这个文档库现在不能使用，原因已记入服务器日志。"  # no folder is named

    _, shown = asked(chat, ANNA, VIEW, "问" * 10_001)
    assert "10,000 characters" in select(shown[-1], "[role=alert]")[0].text

    assert chat.problem(Overloaded(), "en").startswith("Too many questions at once")
