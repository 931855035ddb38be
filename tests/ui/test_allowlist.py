"""What strangers can reach of Gradio's server, behind a real `wenju serve`."""

import asyncio
import json

import httpx
import pytest
from serving import serving

from ui import allowlist as allowlist_module
from ui.allowlist import MOST_BYTES, GradioAllowlist

PAGE = {"Accept": "text/html"}
KEYS = "writing-key-of-many-letters,reading-key-of-many-letters:read"


@pytest.fixture(scope="module")
def address(models, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("indexes")) as url:
        yield url


@pytest.fixture
def visitor(address):
    """Opens a client with a cookie of its own."""
    clients = []

    def visit():
        clients.append(httpx.Client(base_url=address))
        assert clients[-1].get("/ui/", headers=PAGE).status_code == 200
        return clients[-1]

    yield visit
    for client in clients:
        client.close()


def join(client, data, session="s1", **others):
    call = {"fn_index": 0, "data": data, "session_hash": session, "event_data": None, **others}
    return client.post("/ui/gradio_api/queue/join", json=call)


@pytest.mark.parametrize(
    "path",
    [
        "file=/etc/hostname",
        "deep_link?session_hash=s1",
        "upload_progress?upload_id=x",
        "proxy=https://example.com/",
        "info",
        "stream/a/b/c/playlist.m3u8",
        "dev/reload",
        "heartbeat/a/../../file=/etc/hostname",
    ],
)
def test_other_endpoints_are_shut(visitor, path):
    assert visitor().get(f"/ui/gradio_api/{path}").status_code == 404


def test_a_page_that_lost_the_server_finds_it_again(visitor):
    answer = visitor().get("/ui/gradio_api/app_id")

    assert answer.status_code == 200
    assert answer.json().keys() == {"app_id"}


@pytest.mark.parametrize(
    "path", ["upload", "process_recording", "component_server", "run/predict", "reset", "call/x"]
)
def test_other_calls_are_shut(visitor, path):
    answer = visitor().post(f"/ui/gradio_api/{path}", files={"files": ("a.txt", b"x")})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize(
    "file",
    [
        {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}},
        {"path": "/etc/hostname"},
        {"url": "http://127.0.0.1/x", "meta": {"_type": "gradio.FileData"}},
    ],
)
def test_no_call_names_a_file(visitor, number, file):
    client = visitor()
    for data in ([file, None], [[file], ""], ["", {"deep": [{"er": file}]}]):
        assert join(client, data, fn_index=number).status_code == 400
    assert join(client, ["", ""], event_data={"x": file}).status_code == 400


def test_a_name_escaped_in_json_is_a_name_too(visitor):
    body = '{"fn_index":0,"session_hash":"s","data":[{"p\\u0061th":"/etc/hostname"}]}'
    answer = visitor().post("/ui/gradio_api/queue/join", content=body)
    assert answer.status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"x"', "[" * 100_000, '{"data":[]}'])
def test_what_is_no_call_is_refused(visitor, body):
    assert visitor().post("/ui/gradio_api/queue/join", content=body).status_code == 400


@pytest.mark.parametrize("number", [-1, 99, "0", None, 1.5, True])
def test_a_function_that_is_not_there_is_refused(visitor, number):
    assert join(visitor(), [""], fn_index=number).status_code == 400


def test_a_session_is_its_first_owners(visitor):
    anna, bo = visitor(), visitor()
    assert join(anna, [json.dumps({"language": "zh"})], "annas_session").status_code == 200

    assert join(bo, [""], "annas_session").status_code == 400
    address = "/ui/gradio_api/queue/data?session_hash=annas_session"
    assert bo.get(address).status_code == 404
    assert bo.get(address + "&session_hash=bo").status_code == 404
    assert bo.get("/ui/gradio_api/queue/data?session_hash=bo&session%5Fhash=annas_session").is_error
    assert bo.get("/ui/gradio_api/heartbeat/annas_session").status_code == 404


def test_a_large_call_is_refused_before_it_is_read(visitor):
    client = visitor()
    assert join(client, ["x" * (1 << 20)]).status_code == 413
    assert join(client, ["x" * MOST_BYTES]).status_code == 400


def test_pages_of_other_origins_read_nothing(visitor):
    client = visitor()
    for origin in ("http://evil.example", "http://localhost:3000"):
        answer = client.get("/ui/theme.css", headers={"Origin": origin})
        assert not [name for name in answer.headers if name.startswith("access-control")]
    options = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    assert client.options("/ui/gradio_api/queue/join", headers=options).status_code == 404


def test_the_name_that_a_client_gives_the_server_is_not_repeated(visitor):
    page = visitor().get("/ui/", headers={**PAGE, "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in page.text


def test_the_address_without_its_last_stroke_leads_to_the_chat(visitor):
    answer = visitor().get("/ui", headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/ui/")


@pytest.mark.parametrize("session", ["", "a b", "ä", "x" * 65, 7, None, ["s"]])
def test_a_session_has_a_plain_short_name(visitor, session):
    assert join(visitor(), [""], session).status_code == 400


def test_a_session_in_which_nobody_called_has_no_messages(visitor):
    address = "/ui/gradio_api/queue/data?session_hash=never_called"
    assert visitor().get(address).status_code == 404


def test_who_has_no_cookie_calls_and_reads_nothing(address):
    with httpx.Client(base_url=address) as stranger:
        assert join(stranger, [""]).status_code == 400
        assert stranger.get("/ui/gradio_api/heartbeat/s1").status_code == 404


@pytest.mark.parametrize("value", ['"\\ud800"', "[" * 5_000 + "]" * 5_000])
def test_what_cannot_be_passed_on_is_refused(visitor, value):
    body = '{"fn_index":0,"session_hash":"s","data":[' + value + "]}"
    answer = visitor().post("/ui/gradio_api/queue/join", content=body)
    assert answer.status_code == 400


def test_what_nobody_reads_is_forgotten():
    forgotten, now = [], {"owner": "anna"}

    async def unread():
        allowlist = GradioAllowlist(None, "/ui", 3, forgotten.append)
        allowlist._begin("left", {"state": now})
        allowlist._begin("read", {"state": now})
        allowlist._read["read"] += 1
        await asyncio.sleep(0.05)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allowlist_module, "UNREAD_SECONDS", 0.01)
        patch.setattr(allowlist_module, "MOST_SESSIONS", 1)
        asyncio.run(unread())

    assert forgotten == ["left", "left"]  # one too many, and then unread


def test_what_has_only_just_been_asked_is_not_forgotten_for_an_earlier_call():
    forgotten = []

    async def asked_again():
        allowlist = GradioAllowlist(None, "/ui", 3, forgotten.append)
        for _ in range(5):
            allowlist._begin("page", {"state": {"owner": "anna"}})
            await asyncio.sleep(0.2)  # the next call, before anybody reads what was asked
        assert forgotten == []
        await asyncio.sleep(0.6)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allowlist_module, "UNREAD_SECONDS", 0.5)
        asyncio.run(asked_again())

    assert forgotten == ["page"]  # once


def test_with_keys_nothing_opens_without_one(models, tmp_path):
    with (
        serving(tmp_path, WENJU_API_KEYS=KEYS) as url,
        httpx.Client(base_url=url) as client,
    ):
        for path in ("/ui/config", "/ui/theme.css", "/ui/gradio_api/queue/data?session_hash=x"):
            assert client.get(path).status_code == 401
        assert join(client, [""]).status_code == 401
