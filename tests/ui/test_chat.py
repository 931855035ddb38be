"""What the chat does for a person, over the real library."""

import asyncio
import json
import weakref
from dataclasses import dataclass, replace

import pytest
from bs4 import BeautifulSoup
from llm_server import ModelServer, Says

from rag.access import Access
from rag.config import Settings
from rag.documents.uploads import Upload
from rag.errors import ConversationNotFound, DocumentNotFound, Overloaded
from rag.index.maintenance import build_index
from rag.index.store import Store
from rag.library import Library
from rag.models.embedding import identity
from ui.chat import Chat
from ui.documents import DocumentList
from ui.problems import problem
from ui.sources import Glosses, Sources, start_of
from ui.texts import words
from ui.views import Person, View

LETTER = "守塔人方德海在1893年点亮了灰岩岛的灯。那一年他二十岁。\n\n灯塔高42米，由林月设计。"
ANNA, BO = Person("anna"), Person("bo", Access(scope="read"))
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
    return Chat(library, Glosses())


@pytest.fixture
def sources(library):
    return Sources(library, Glosses())


@pytest.fixture
def documents(library):
    return DocumentList(library)


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


def test_the_documents_are_listed_and_each_opens(chat, sources):
    view, shown = asked(chat, ANNA, VIEW, "有哪些文档？")

    assert select(shown[1], ".found li")[0].text == "island"
    (answer,) = select(chat.conversation(ANNA, view), ".turn:last-child .answer")
    assert "共 1 篇文档：" in answer.text
    opened = sources.source(ANNA, view, {"turn": turn_of(chat, ANNA, view), "marker": "1"})
    assert "守塔人方德海在1893年点亮了灰岩岛的灯。" in opened


def test_a_conversation_is_its_owners_alone(chat, sources):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    turn = turn_of(chat, ANNA, view)

    assert chat.open(ANNA, view) == view
    assert chat.open(BO, view) == VIEW
    assert view.conversation not in chat.conversations(BO, VIEW)
    with pytest.raises(ConversationNotFound):
        sources.source(BO, VIEW, {"turn": turn, "marker": "1"})
    with pytest.raises(ConversationNotFound):
        chat.rate(BO, {"turn": turn, "verdict": "up"})
    with pytest.raises(ConversationNotFound):
        chat.delete_conversation(BO, VIEW, {"conversation": view.conversation})
    with pytest.raises(ConversationNotFound):
        chat.export(BO, view)


def test_without_a_wish_the_latest_conversation_opens(chat):
    cara, nothing_known = Person("cara", Access(scope="read")), replace(VIEW, conversation=None)
    assert chat.open(cara, nothing_known) == VIEW
    view, _ = asked(chat, cara, VIEW, "灯塔有多高？")
    assert chat.open(cara, nothing_known) == view
    assert chat.open(cara, VIEW) == VIEW  # a new one is wished for


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"turn": "nonsense"},
        {"turn": "TURN", "marker": "9"},
        {"turn": "TURN", "marker": "²"},
        {"turn": "TURN", "marker": "9" * 5000},
        {"turn": "TURN", "hit": "x"},
    ],
)
def test_a_source_that_is_not_there_is_an_error_with_a_remedy(chat, data, sources):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    turn = turn_of(chat, ANNA, view)
    with pytest.raises(ConversationNotFound):
        sources.source(
            ANNA, view, {key: value.replace("TURN", turn) for key, value in data.items()}
        )


@pytest.fixture
def add(library, tmp_path):
    def add(name, text):
        (tmp_path / name).write_text(text, "utf-8")
        return library.assistant().add([Upload(name, tmp_path / name)])

    return add


def test_a_source_says_when_its_document_has_changed(chat, add, sources, documents):
    add("新.txt", "海鹦的孵化期是四十天。")
    view, _ = asked(chat, ANNA, VIEW, "海鹦的孵化期是多少天？")
    data = {"turn": turn_of(chat, ANNA, view), "marker": "1"}
    assert select(sources.source(ANNA, view, data), ".problem") == []

    add("新.txt", "修订版：据最新观察，海鹦的孵化期是四十一天。")
    changed = sources.source(ANNA, view, data)
    assert "修改或删除" in select(changed, ".problem")[0].text
    assert select(changed, "mark")[0].text == "海鹦的孵化期是四十天。"

    assert asyncio.run(documents.delete(ANNA, VIEW, "新.txt"))[1] == ""
    assert len(select(sources.source(ANNA, view, data), ".problem")) == 1
    with pytest.raises(DocumentNotFound):
        sources.document(ANNA, VIEW, {"document": "新.txt"})


@pytest.mark.parametrize("is_changed", [False, True])
@pytest.mark.parametrize(
    ("text", "quote", "words"),
    [
        ("🍒的花期是四月。海鹦的孵化期是四十天。", "海鹦的孵化期是四十天。", ["四十天"]),
        ("Puffins 🐧 breed on rocks. They live in Norway.", "They live in Norway.", ["Norway"]),
        ("海鹦住在岛上。", "海鹦住在岛上。", []),
    ],
)
def test_the_short_answer_is_emphasised_in_its_source(
    library, add, text, quote, words, is_changed, sources
):
    add("鸟.txt", text)
    start = text.index(quote)
    cited = {
        "marker": 1, "document_id": "鸟.txt", "chunk_id": "鸟.txt#0", "title": "鸟",
        "source": "鸟.txt", "section": "", "quote": quote, "start": start,
        "end": start + len(quote), "passage": text,
    }  # fmt: skip
    if words:  # else it was stored before there were highlights
        cited["highlights"] = [[text.index(each), text.index(each) + len(each)] for each in words]
    answer = {"question": "?", "index": "default", "citations": [cited], "hits": []}
    conversation = library.conversations.start("anna", "default")
    turn = library.conversations.add("anna", conversation, answer | {"refusal": None})
    if is_changed:
        add("鸟.txt", f"修订版 second edition：{text}")

    shown = sources.source(ANNA, VIEW, {"turn": turn.id, "marker": "1"})
    library.assistant().remove("鸟.txt")  # other tests have the same index

    assert len(select(shown, ".problem")) == is_changed
    assert select(shown, "mark")[0].text == quote
    assert [strong.text for strong in select(shown, "mark > strong")] == words
    assert [strong.text for strong in select(shown, "blockquote > strong")] == words


def test_words_that_stand_twice_in_their_passage_are_marked_where_they_were_cited(library):
    sentence = "灯塔高42米，由林月设计。"
    passage = f"甲：{sentence}乙：{sentence}"
    text = f"前言。{passage}后记。"
    assert start_of(passage, text, 5, sentence) == 3
    assert start_of(passage, text, 5 + len(sentence) + 2, sentence) == 3
    assert start_of(passage, text, 6, sentence) is None
    assert start_of(passage, f"另{text}", 5, sentence) is None


def test_who_may_only_read_changes_no_documents(library, documents):
    reports, reason = asyncio.run(documents.delete(BO, VIEW, "island.txt"))
    assert (reports, reason) == ([], "你的密钥只能提问，不能修改文档。")
    assert [info.id for info in library.assistant().store.documents()] == ["island.txt"]
    assert select(documents.shown(BO, VIEW), "form, .delete") == []


def test_what_the_api_said_of_an_upload_is_shown(documents):
    report = {"source": "<b>.txt", "status": "skipped", "documents": 0, "chunks": 0}
    result = {"inputs": [{**report, "reason": "empty file"}, {**report, "status": "hacked"}]}
    shown = documents.uploaded(ANNA, VIEW, {"result": json.dumps(result)})
    assert [row.text for row in select(shown, ".reports li")] == ["<b>.txt — 未收录: empty file"]

    error = {"error": {"code": "x", "message": "too large", "remedy": "send less"}}
    shown = documents.uploaded(ANNA, VIEW, {"result": json.dumps(error)})
    assert select(shown, "[role=alert]")[0].text == "没有成功：too large; send less"


@pytest.mark.parametrize(
    "result", ["", "[]", "{}", '{"inputs": 3}', '{"inputs": [{"x": 1}]}', None]
)
def test_an_upload_that_did_not_arrive_is_told(result, documents):
    shown = documents.uploaded(ANNA, VIEW, {"result": result})
    assert "上传没有到达服务器" in select(shown, "[role=alert]")[0].text


def test_a_conversation_opens_with_the_index_it_was_held_with(chat, library, built):
    build_index(built, [built.indexes.parent / "island.txt"], "papers")
    view, _ = asked(chat, ANNA, replace(VIEW, index="papers"), "灯塔有多高？")

    assert chat.open(ANNA, replace(VIEW, conversation=view.conversation)).index == "papers"
    assert chat.open(ANNA, replace(VIEW, index="没有", conversation="")) == VIEW
    assert "文档库：papers" in chat.conversation(ANNA, replace(view, index="default"))


def test_the_lexicon_of_an_index_is_asked_for_once_in_a_rendering(library, monkeypatch):
    asked_for, lexicon = [], library.lexicon
    monkeypatch.setattr(
        library, "lexicon", lambda index: (asked_for.append(index), lexicon(index))[1]
    )
    chat = Chat(library, Glosses())
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    asked(chat, ANNA, view, "守塔人是谁？")
    asked_for.clear()

    page = chat.conversation(ANNA, view)

    assert len(select(page, ".citations li")) > 1
    assert asked_for == ["default"]


def test_a_conversation_deleted_elsewhere_begins_anew(chat):
    view, _ = asked(chat, ANNA, VIEW, "灯塔有多高？")
    chat.delete_conversation(ANNA, VIEW, {"conversation": view.conversation})

    after, shown = asked(chat, ANNA, view, "灯塔是谁设计的？")

    assert shown[-1] == ""
    assert after.conversation not in ("", view.conversation)


def test_an_index_that_cannot_be_used_is_told_without_its_folder(chat, documents):
    gone = replace(VIEW, index="没有")
    for shown in (documents.shown(ANNA, gone), chat.conversation(ANNA, gone)):
        assert "indexes" not in shown
    assert "现在不能使用" in select(documents.shown(ANNA, gone), "[role=alert]")[0].text


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

    assert problem(Overloaded(), "en").startswith("Too many questions at once")


class Fleeting:
    """A library whose assistants nobody else keeps, as of an index that is always replaced."""

    def __init__(self, library):
        self.library = library

    def assistant(self, name):
        settings = self.library.settings
        store = Store.open(settings.indexes / name, identity(settings))
        assistant = Held(store)
        weakref.finalize(assistant, store.close)
        return assistant

    def __getattr__(self, name):
        return getattr(self.library, name)


@dataclass(eq=False)
class Held:
    store: Store


def test_an_index_is_not_closed_while_it_is_read(library):
    fleeting = Fleeting(library)
    sources = Sources(fleeting, Glosses())
    height = {"document": "island.txt", "start": "33", "end": "42", "quote": LETTER[33:42]}

    assert "island.txt" in DocumentList(fleeting).shown(ANNA, VIEW)
    assert "林月" in sources.document(ANNA, VIEW, {"document": "island.txt"})
    place = sources.checked_source(ANNA, VIEW, {**height, "index": "default"})
    assert "方德海" in place  # all of the document, not only the words


def test_the_welcome_tells_of_an_empty_index(library):
    Store.create(library.settings.indexes / "empty", identity(library.settings), 8).close()
    fleeting = Fleeting(library)
    shown = Chat(fleeting, Glosses()).conversation(ANNA, replace(VIEW, index="empty"))
    assert words("zh")["no_documents"] in shown


# Anyone's text checked against the documents

RIGHT, WRONG = "灯塔高42米，由林月设计。", "灯塔高45米，由林月设计。"


def checked(chat, view, text):
    """All that is shown while a text is checked."""

    async def run():
        return [step async for step in chat.check(ANNA, view, text)]

    return asyncio.run(run())


@pytest.mark.parametrize(("language", "word"), [("zh", "与文档不符"), ("en", "Contradicted")])
def test_a_text_is_checked_and_what_it_was_checked_against_opens(chat, language, word, sources):
    view = replace(VIEW, language=language)
    on_its_way, shown = checked(chat, view, f"{RIGHT}{WRONG}")

    assert select(on_its_way, "[aria-busy=true]")
    assert [each["class"] for each in select(shown, ".sentences > li")] == [
        ["supported"],
        ["contradicted"],
    ]
    assert word in select(shown, ".verdict")[1].text
    assert "45" in select(shown, ".why")[0].text
    button = select(shown, "button")[1]
    data = {name.removeprefix("data-"): value for name, value in button.attrs.items()}
    source = sources.checked_source(ANNA, view, data)
    assert select(source, "h2")[0].text == "[2] island"
    assert select(source, "mark")[0].text == data["quote"]
    assert "42" in data["quote"]
    assert [block.text for block in select(source, ".text .block")] == LETTER.split("\n\n")
    assert select(source, ".problem") == []


def test_words_that_a_document_no_longer_holds_are_shown_with_a_notice(sources):
    data = {"document": "island.txt", "index": "default", "start": "3", "end": "5"}
    shown = sources.checked_source(ANNA, VIEW, {**data, "quote": "鲸鱼", "marker": "1"})

    assert "修改或删除" in select(shown, ".problem")[0].text
    assert select(shown, "mark")[0].text == "鲸鱼"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"document": "island.txt", "quote": "灯", "start": "x", "end": "1"},
        {"document": "island.txt", "quote": "灯", "start": "5", "end": "9" * 5000},
        {"document": "island.txt", "quote": "", "start": "0", "end": "0"},
    ],
)
def test_words_that_nobody_was_shown_do_not_open(data, sources):
    with pytest.raises(ConversationNotFound):
        sources.checked_source(ANNA, VIEW, data)


def test_what_goes_wrong_with_a_check_is_said_in_its_place(chat):
    *_, too_long = checked(chat, VIEW, "字" * 50_001)
    assert "50,000 characters" in select(too_long, "[role=alert]")[0].text

    *_, gone = checked(chat, replace(VIEW, index="没有"), "灯塔。")
    notice = select(gone, "[role=alert]")[0].text
    assert notice == "这个文档库现在不能使用，原因已记入服务器日志。"


def test_a_text_without_words_has_nothing_to_check(chat):
    assert "没有可以核对的句子" in checked(chat, VIEW, " …… ")[-1]


# With a language model


@pytest.fixture
def worded(built):
    """Opens a chat the answers of which a server words, with its library; closes it."""
    opened = []

    def worded(server, **others):
        settings = replace(built, llm_base_url=server.base_url, llm_model="qwen-小", **others)
        opened.append(Library(settings))
        opened[-1].open()
        return Chat(opened[-1], Glosses()), DocumentList(opened[-1])

    yield worded
    for library in opened:
        library.close()


def test_an_answer_tells_who_worded_it_and_what_was_left_out(worded):
    said = f"{RIGHT}[1]{WRONG}[1]"
    with ModelServer(Says(said), models=("qwen-小",)) as server:
        chat, documents = worded(server)
        host = server.base_url.removeprefix("http://").removesuffix("/v1")
        assert f"段落会发送到 {host}（qwen-小）" in documents.sent_to(ANNA, VIEW)
        view, shown = asked(chat, ANNA, VIEW, "灯塔有多高？")
        page, exported = chat.conversation(ANNA, view), chat.export(ANNA, view)

    assert any("正在组织回答" in html for html in shown)
    assert select(page, ".answer")[0].text == f"{RIGHT}[1]"
    assert select(page, ".mode")[0].text == "由 qwen-小 组织语言，每句都与所引段落核对过"
    assert select(page, ".dropped summary")[0].text == "未采用 (1)"
    assert select(page, ".dropped q")[0].text == WRONG
    assert select(page, ".dropped .why")[0].text == "其中的数字与所引段落不符"
    assert "由 qwen-小 组织语言，每句都与所引段落核对过" in exported


def test_passages_of_an_index_that_is_kept_here_go_nowhere(worded):
    with ModelServer(Says("？"), models=("qwen-小",)) as server:
        chat, documents = worded(server, llm_off_for=("default",))
        assert documents.sent_to(ANNA, VIEW) == ""
        asked(chat, ANNA, VIEW, "灯塔有多高？")
        assert server.requests == []


def test_who_leaves_ends_the_models_work(worded):
    async def leave(chat):
        steps = chat.ask(ANNA, VIEW, "灯塔有多高？")
        async for _ in steps:
            if server.requests:
                break
        await steps.aclose()
        assert await asyncio.to_thread(server.disconnected.wait, 10)

    with ModelServer(Says(RIGHT * 300, delay=0.02), models=("qwen-小",)) as server:
        asyncio.run(leave(worded(server)[0]))
