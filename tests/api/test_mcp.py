"""The Model Context Protocol as its own SDK's client sees it, over HTTP and over stdio."""

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from pathlib import Path

import httpx2
import pytest
from installed import wenju
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from serving import JSON, EchoAssistant, EchoLibrary, served

from api import mcp_http, mcp_schemas, mcp_server
from api.app import create_app
from api.keys import Keys
from api.mcp_resources import uri_of
from api.services import Services
from rag.config import Settings
from rag.errors import IndexDamaged, Overloaded
from rag.types import Answer, Citation

EN = "which 12 cities got cross-border pilot zones?"
ZH = "跨境电商综合试验区新设在哪12个城市？"
CITIES = "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州"
ZONES = "twelve-new-zones.md"
TOOLS = ["search", "answer", "check", "documents", "document_text"]
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
MCP_HEADERS = {**JSON, "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(seed_indexes, open_library):
    settings = replace(Settings.from_environment(), indexes=seed_indexes)
    with served(create_app(open_library(settings))) as http:
        yield f"{http.base_url}/mcp"


@pytest.fixture
def echo():
    """An assistant that computes little, and the address of its library's server."""
    assistant = EchoAssistant()
    with served(create_app(EchoLibrary(assistant))) as http:
        yield assistant, f"{http.base_url}/mcp"


def told(server, work):
    """What `work` makes of a connected client."""

    async def run():
        async with Client(server) as client:
            return await work(client)

    return asyncio.run(run())


def call(server, tool, **arguments):
    return told(server, lambda client: client.call_tool(tool, arguments))


def error_of(server, work):
    """The message of the protocol's error that `work` meets."""

    async def caught(client):
        with pytest.raises(MCPError) as raised:
            await work(client)
        return str(raised.value)

    return told(server, caught)


def shape_of(result):
    assert not result.is_error, result.content
    return result.structured_content


def text_of(result):
    (content,) = result.content
    return content.text


def test_all_tools_only_read_and_say_what_they_give(address):
    found = told(address, lambda client: client.list_tools()).tools

    assert [tool.name for tool in found] == TOOLS
    assert all(tool.annotations.read_only_hint for tool in found)
    answer = found[1].output_schema
    assert set(answer["required"]) == {field.name for field in fields(Answer)}
    assert set(answer["$defs"]["Citation"]["required"]) == {f.name for f in fields(Citation)}
    assert set(found[4].input_schema["properties"]) == {"document_id", "start", "end", "index"}


def test_the_tools_are_described_once(echo, monkeypatch):
    monkeypatch.setattr(mcp_server, "_tool", None)  # its schemas would hold up the event loop

    found = told(echo[1], lambda client: client.list_tools()).tools

    assert [tool.name for tool in found] == TOOLS


@pytest.mark.parametrize("question", [EN, ZH])
def test_an_answer_has_its_citations_as_data_and_as_text(address, question):
    result = call(address, "answer", question=question)

    answer = shape_of(result)
    (citation, *_) = answer["citations"]
    assert (answer["answered"], citation["document_id"]) == (True, ZONES)
    assert CITIES in citation["quote"]
    where = {"document_id": ZONES, "start": citation["start"], "end": citation["end"]}
    piece = shape_of(call(address, "document_text", **where))
    assert piece["text"] == citation["quote"]
    text = text_of(result)
    assert f"({ZONES}, {citation['start']}-{citation['end']})\n“{citation['quote']}”" in text


def test_what_the_documents_do_not_say_is_refused(address):
    result = call(address, "answer", question="火星上有几座图书馆？")

    assert shape_of(result)["refusal"]["reason"] == "not_in_documents"
    assert text_of(result).startswith("No answer (not_in_documents): ")


def test_a_follow_up_is_asked_with_its_history(address):
    history = [{"role": "user", "content": ZH}]
    answer = shape_of(call(address, "answer", question="其中有苏州吗？", history=history))

    assert answer["question"] == "其中有苏州吗？"
    assert CITIES in "".join(citation["quote"] for citation in answer["citations"])


def test_search_gives_passages_best_first(address):
    result = call(address, "search", query=EN, top_k=3)

    hits = shape_of(result)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert text_of(result).startswith(f"1. {hits[0]['title']} ({hits[0]['document_id']}, ")


def test_a_text_is_checked_sentence_by_sentence(address):
    text = "入选的有天津、上海和苏州，一共十二座城市。入选的有天津、上海和苏州，一共十三座城市。"
    result = call(address, "check", text=text)

    verdicts = [sentence["verdict"] for sentence in shape_of(result)["sentences"]]
    assert verdicts == ["supported", "contradicted"]
    assert text_of(result).startswith("supported: 入选的有天津")


def test_documents_are_listed_a_page_at_a_time(echo):
    assistant, address = echo
    assistant.texts = {f"{number:03}.txt": "信" for number in range(101)}

    first = shape_of(call(address, "documents"))
    last = shape_of(call(address, "documents", offset=100))

    assert (len(first["documents"]), first["total"], first["next_offset"]) == (100, 101, 100)
    assert ([each["id"] for each in last["documents"]], last["next_offset"]) == (["100.txt"], None)


def test_a_long_text_is_read_in_pieces(echo):
    assistant, address = echo
    assistant.texts = {"信.txt": "".join(chr(0x4E00 + n % 500) for n in range(20_003))}

    first = shape_of(call(address, "document_text", document_id="信.txt"))
    rest = shape_of(call(address, "document_text", document_id="信.txt", start=20_000))
    beyond = shape_of(call(address, "document_text", document_id="信.txt", start=30_000, end=3))

    assert (first["start"], first["end"], first["next_start"]) == (0, 20_000, 20_000)
    assert first["text"] + rest["text"] == assistant.texts["信.txt"]
    assert (rest["characters"], rest["next_start"]) == (20_003, None)
    assert (beyond["start"], beyond["end"], beyond["text"]) == (20_003, 20_003, "")


def test_documents_are_resources(echo):
    assistant, address = echo
    assistant.texts = {"年报 2024/信 #1.txt": "苹果", "b.txt": "pear"}

    async def read(client):
        listed = await client.list_resources()
        (template,) = (await client.list_resource_templates()).resource_templates
        contents = await client.read_resource(listed.resources[1].uri)
        return listed, template.uri_template, contents.contents

    listed, template, (content,) = told(address, read)

    assert [each.name for each in listed.resources] == ["b.txt", "年报 2024/信 #1.txt"]
    assert listed.next_cursor is None
    assert listed.resources[0].uri == "wenju://documents/default/b.txt"
    assert template == "wenju://documents/{index}/{+document_id}"
    assert (content.text, content.mime_type) == ("苹果", "text/plain")


def test_resources_come_in_pages(echo):
    assistant, address = echo
    assistant.texts = {f"{number:03}.txt": "信" for number in range(101)}

    async def both(client):
        first = await client.list_resources()
        return first, await client.list_resources(cursor=first.next_cursor)

    first, last = told(address, both)

    assert (len(first.resources), first.next_cursor) == (100, "100")
    assert ([each.name for each in last.resources], last.next_cursor) == (["100.txt"], None)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("wenju://documents/default/none.txt", "no document 'none.txt'; the tool documents"),
        ("wenju://documents/papers/b.txt", "no index 'papers'; leave out the index"),
        ("wenju://elsewhere", "no resource 'wenju://elsewhere'; see the list"),
    ],
)
def test_a_resource_that_is_not_there_is_an_error(echo, uri, message):
    assert message in error_of(echo[1], lambda client: client.read_resource(uri))


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("answer", {}, "question: field required; correct the arguments"),
        ("search", {"query": "a", "top_k": 0}, "top_k: input should be greater than or equal to"),
        ("document_text", {"document_id": "none.txt"}, "no document 'none.txt'; the tool"),
        ("answer", {"question": "a", "index": "papers"}, "no index 'papers'; leave out the index"),
    ],
)
def test_arguments_that_make_no_sense_come_back_with_the_remedy(echo, tool, arguments, message):
    result = call(echo[1], tool, **arguments)

    assert (result.is_error, result.structured_content) == (True, None)
    assert message in text_of(result)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (IndexDamaged("/srv/secret/index is damaged", "x"), "the index does not hold what"),
        (Overloaded(3), "the server is overloaded; try again in 3 s"),
        (ValueError("/srv/secret"), "the server failed at this request"),
    ],
)
def test_failures_tell_nothing_of_the_inside(echo, error, message):
    assistant, address = echo
    assistant.error = error

    result = call(address, "search", query="苹果")

    assert result.is_error
    assert text_of(result).startswith(message)
    assert "secret" not in text_of(result)


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(echo):
    error = error_of(echo[1], lambda client: client.call_tool("delete", {}))

    assert error.startswith("no tool 'delete'; there are search, answer")


@asynccontextmanager
async def with_key(address, key):
    """A transport whose requests hold a key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        streamable_http_client(address, http_client=http) as streams,
    ):
        yield streams


def test_the_keys_of_the_api_guard_it_and_a_key_that_reads_suffices():
    with served(create_app(EchoLibrary(api_keys=("secret:read",)))) as http:
        refused = http.post("/mcp", json=PING, headers=MCP_HEADERS)
        result = call(with_key(f"{http.base_url}/mcp", "secret"), "documents")

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "key_needed")
    assert shape_of(result) == {"documents": [], "total": 0, "next_offset": None}


def test_a_key_for_one_index_meets_no_other():
    class Indexes(EchoLibrary):
        """Two indexes, each with a document named for it."""

        def assistant(self, name=None):
            found = EchoAssistant()
            found.texts = {f"{name}.txt": "一座桥。"}
            return found

    def resources(key):
        async def read(client):
            return [str(each.uri) for each in (await client.list_resources()).resources]

        return told(with_key(f"{http.base_url}/mcp", key), read)

    with served(create_app(Indexes(api_keys=("lesen:read index=论文", "alles")))) as http:
        address = f"{http.base_url}/mcp"
        own = call(with_key(address, "lesen"), "documents")
        other = call(with_key(address, "lesen"), "documents", index="default")
        listed = resources("lesen"), resources("alles")
        foreign = error_of(
            with_key(address, "lesen"),
            lambda client: client.read_resource("wenju://documents/default/default.txt"),
        )

    assert [each["id"] for each in shape_of(own)["documents"]] == ["论文.txt"]
    assert (other.is_error, text_of(other)) == (
        True,
        "no index 'default'; leave out the index for the one served",
    )
    assert listed == ([uri_of("论文", "论文.txt")], [uri_of("default", "default.txt")])
    assert foreign.startswith("no index 'default'")


def test_over_http_nothing_is_open_without_a_request_that_says_who_asks():
    async def work():
        library = EchoLibrary(api_keys=("secret",))
        async with (
            mcp_http.mcp_sessions(Services(library, Keys(("secret",)), ""), "0") as manager,
            Client(manager.app) as client,
        ):
            return await client.call_tool("documents", {})

    result = asyncio.run(work())

    assert (result.is_error, text_of(result)[:18]) == (True, "no index 'default'")


def test_the_limits_of_the_api_hold_and_requests_are_counted():
    with served(create_app(EchoLibrary())) as http:
        long = http.post("/mcp", content=b" " * (1 << 20) + b"1", headers=MCP_HEADERS)
        foreign = http.post("/mcp", json=PING, headers={**MCP_HEADERS, "Origin": "http://a.test"})
        stream = http.get("/mcp", headers=MCP_HEADERS)
        slash = http.post("/mcp/", json=PING, headers=MCP_HEADERS)
        metrics = http.get("/metrics").text

    assert (long.status_code, foreign.status_code, stream.status_code) == (413, 403, 405)
    assert stream.headers["allow"] == "POST"
    assert (slash.status_code, slash.json()["result"]) == (200, {})
    assert 'wenju_http_requests_total{method="POST",route="/mcp/",status="200"} 1.0' in metrics


def test_without_the_sdk_the_address_names_the_remedy(monkeypatch):
    monkeypatch.setattr(mcp_http, "find_spec", lambda name: None)

    with served(create_app(EchoLibrary())) as http:
        response = http.post("/mcp", json=PING, headers=MCP_HEADERS)

    assert response.status_code == 501
    assert "pip install 'wenju[mcp]'" in response.json()["error"]["remedy"]


def test_a_slice_of_a_float_is_that_of_its_number():
    asked = mcp_schemas.parsed(mcp_schemas.Slice, {"document_id": "a", "start": 2.0})

    assert asked.start == 2


# Over stdio


def started(indexes, *arguments):
    """How a client starts the installed `wenju mcp`, away from the sources."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return StdioServerParameters(
        command=str(Path(sys.executable).with_name("wenju")),
        args=["mcp", *arguments],
        env={**kept, "PYTHONSAFEPATH": "1", "WENJU_INDEXES": str(indexes)},
        cwd=indexes,
    )


@pytest.mark.process
def test_the_installed_command_serves_the_client_that_starts_it(seed_indexes):
    async def work(client):
        tools = await client.list_tools()
        answer = await client.call_tool("answer", {"question": EN})
        listed = await client.list_resources()
        return [tool.name for tool in tools.tools], answer, listed.resources

    names, answer, resources = told(started(seed_indexes), work)

    assert names == TOOLS
    assert CITIES in shape_of(answer)["citations"][0]["quote"]
    assert f"wenju://documents/default/{ZONES}" in [resource.uri for resource in resources]


@pytest.mark.process
def test_an_index_that_is_not_there_is_said_and_not_made(tmp_path):
    done = wenju("mcp", env={"WENJU_INDEXES": tmp_path}, stdin=subprocess.DEVNULL)

    assert done.returncode == 2
    assert b"run: wenju index" in done.stderr
    assert list(tmp_path.iterdir()) == []
