"""Keys for certain indexes: what they open, that the others are not there, and who changed what."""

import json
from urllib.parse import quote

import pytest
from serving import EchoAssistant, EchoLibrary, events, served

from api.app import create_app
from api.keys import Key, Keys
from rag.access import EVERYTHING, NOBODY, Access
from rag.errors import BadSetting, IndexNotFound

READ = {"Authorization": "Bearer lesen-1"}
WRITE = {"Authorization": "Bearer schreiben-2"}
ALL = {"Authorization": "Bearer alles-3"}
KEYS = (
    "lesen-1:read index=论文 name=anna",
    "schreiben-2 index=notes index=论文:read name=bo",
    "alles-3",
)
# One request for each operation that an index is named in: method, address, and the rest.
OPERATIONS = {
    "retrieve": ("POST", "/v1/retrieve", {"json": {"query": "几座桥"}}),
    "answer": ("POST", "/v1/answer", {"json": {"question": "几座桥"}}),
    "check": ("POST", "/v1/check", {"json": {"text": "有三座桥。"}}),
    "documents": ("GET", "/v1/documents", {}),
    "document": ("GET", "/v1/documents/甲.txt", {}),
    "overview": ("GET", "/v1/documents/甲.txt/overview", {}),
    "upload": ("POST", "/v1/documents", {"files": {"files": ("乙.txt", "乙")}}),
    "remove": ("DELETE", "/v1/documents/甲.txt", {}),
}


class Indexes(EchoLibrary):
    """Three indexes, of which each holds one document."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.by_name = {name: EchoAssistant() for name in ("default", "notes", "论文")}
        for name, assistant in self.by_name.items():
            assistant.texts = {"甲.txt": f"the secret of {name}"}

    def assistant(self, name=None):
        if (name or "default") not in self.by_name:
            raise IndexNotFound(f"no index at /srv/secret/{name}", "run: wenju index")
        return self.by_name[name or "default"]

    def names(self):
        return list(self.by_name)


@pytest.fixture
def audit(tmp_path):
    return tmp_path / "audit.jsonl"


@pytest.fixture
def client(audit):
    with served(create_app(Indexes(api_keys=KEYS, audit=str(audit)))) as client:
        yield client


def lines(audit):
    told = [json.loads(line) for line in audit.read_text("utf-8").splitlines()]
    return [(each["who"], each["what"], each["index"], each["documents"]) for each in told]


# What is written in WENJU_API_KEYS


def test_a_key_has_limits_and_a_name_behind_it():
    reader, writer, every = (Key.parse(entry).access for entry in KEYS)

    assert reader == Access("anna", "read", {"论文": "read"})
    assert writer == Access("bo", "write", {"notes": "write", "论文": "read"})
    assert (every.scope, every.indexes) == ("write", None)
    assert Key.parse("k:read index=a:write").scope == "write"
    assert Key.parse("k index=a:read").scope == "read"


def test_a_key_without_a_name_has_one_that_stays_and_tells_nothing_of_it():
    name = Key.parse("alles-3").access.name

    assert name == Key.parse("alles-3:read index=a").access.name
    assert name.startswith("key-")
    assert len(name) == len("key-") + 8
    assert "alles" not in name


@pytest.mark.parametrize(
    "limits",
    ["papers", "index=", "index=../x", "index=a index=a:read", "name=", "name=a/b", "scope=read"],
)
def test_limits_that_make_no_sense_are_refused_without_a_word_of_the_key(limits):
    with pytest.raises(BadSetting, match="WENJU_API_KEYS") as refused:
        Keys([f"geheim-9 {limits}"])

    assert "geheim" not in str(refused.value)
    assert "papers" not in str(refused.value)


@pytest.mark.parametrize("entry", ["index=notes", "name=anna", "index=notes:read index=论文"])
def test_a_limit_behind_a_comma_is_no_key_to_everything(entry):
    with pytest.raises(BadSetting, match="a limit stands where a key should"):
        Keys(["geheim-9 index=论文", entry])


def test_no_two_keys_have_one_name():
    with pytest.raises(BadSetting, match="same name"):
        Keys(["a name=anna", "b name=anna"])


# What a key opens


def test_the_index_served_is_meant_where_it_is_theirs_and_else_their_first():
    assert EVERYTHING.default("default") == NOBODY.default("default") == "default"
    access = Access("bo", "write", {"notes": "write", "论文": "read"})
    assert (access.default("default"), access.default("论文")) == ("notes", "论文")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_index_of_others_is_as_one_that_is_not_there(client, audit, operation):
    method, path, rest = OPERATIONS[operation]
    asked = [
        client.request(method, path, params={"index": name}, headers=WRITE, **rest)
        for name in ("default", "nowhere")
    ]

    assert [response.status_code for response in asked] == [404, 404]
    hidden, absent = (response.json() for response in asked)
    assert hidden["error"]["code"] == "index_not_found"
    assert json.dumps(hidden).replace("default", "nowhere") == json.dumps(absent)
    assert not audit.exists()


@pytest.mark.parametrize("operation", ["retrieve", "answer", "check"])
def test_the_index_named_in_a_body_is_looked_at_too(client, operation):
    method, path, rest = OPERATIONS[operation]
    body = {**rest["json"], "index": "default"}

    assert client.request(method, path, json=body, headers=WRITE).status_code == 404
    body["index"] = "notes"
    assert client.request(method, path, json=body, headers=WRITE).status_code == 200


def test_the_index_named_in_a_form_is_looked_at_too(client):
    files = {"files": ("乙.txt", "乙")}

    for name, status in [("default", 404), ("论文", 403), ("notes", 200)]:
        sent = client.post("/v1/documents", files=files, data={"index": name}, headers=WRITE)
        assert sent.status_code == status


def test_a_stream_of_a_hidden_index_does_not_begin(client):
    body = {"question": "几座桥", "stream": True, "index": "default"}
    assert client.post("/v1/answer", json=body, headers=WRITE).status_code == 404
    body["index"] = "notes"
    assert events(client.post("/v1/answer", json=body, headers=WRITE))[0][0] == "hits"


def test_no_operation_is_left_out(client):
    paths = client.get("/openapi.json", headers=ALL).json()["paths"]
    described = {
        (method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if any(each["name"] == "index" for each in operation.get("parameters", ()))
    }

    asked = {
        (method, path.replace("甲.txt", "{document_id}")) for method, path, _ in OPERATIONS.values()
    }
    assert asked == described


def test_the_clients_of_openai_see_their_indexes_alone(client):
    def models(headers):
        return [each["id"] for each in client.get("/v1/models", headers=headers).json()["data"]]

    def chat(model):
        body = {"model": model, "messages": [{"role": "user", "content": "几座桥"}]}
        return client.post("/v1/chat/completions", json=body, headers=WRITE)

    assert models(ALL) == ["wenju", "wenju/notes", "wenju/论文"]
    assert models(WRITE) == ["wenju", "wenju/论文"]
    assert models(READ) == ["wenju"]
    for path, status in [("wenju", 200), ("wenju/论文", 200), ("wenju/default", 404)]:
        assert client.get(f"/v1/models/{path}", headers=WRITE).status_code == status
    assert chat("wenju").status_code == chat("wenju/论文").status_code == 200
    hidden, absent = chat("wenju/default"), chat("wenju/nowhere")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace("default", "nowhere") == absent.text


def test_the_index_of_a_key_need_not_be_there_yet(audit):
    keys = ("new-1 index=later", "new-2 index=later index=notes")
    with served(create_app(Indexes(api_keys=keys, audit=str(audit)))) as client:
        listed = [
            client.get("/v1/models", headers={"Authorization": f"Bearer new-{number}"})
            for number in (1, 2)
        ]

    ids = [[each["id"] for each in response.json()["data"]] for response in listed]
    assert ids == [["wenju"], ["wenju", "wenju/notes"]]


def test_who_names_no_index_reads_their_own(client):
    for headers, name in [(READ, "论文"), (WRITE, "notes"), (ALL, "default")]:
        text = client.get("/v1/documents/甲.txt", headers=headers).json()["text"]
        assert text == f"the secret of {name}"


def test_an_index_that_may_be_read_is_not_written_to(client, audit):
    files = {"files": ("乙.txt", "乙")}
    theirs = {"params": {"index": "论文"}, "headers": WRITE}

    for response in (
        client.post("/v1/documents", files=files, **theirs),
        client.delete("/v1/documents/甲.txt", **theirs),
        client.delete("/v1/documents/甲.txt", headers=READ),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (403, "read_only")
    assert client.get("/v1/documents/甲.txt", **theirs).status_code == 200
    assert not audit.exists()


def test_what_is_told_of_all_indexes_is_not_for_limited_keys(client):
    assert client.get("/metrics", headers=ALL).status_code == 200
    refused = client.get("/metrics", headers=WRITE)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "key_limited")

    whole = {"status": "ready", "index": "default", "documents": 1, "chunks": 1}
    assert client.get("/readyz", headers=ALL).json() == whole
    nothing = {"status": "ready", "index": None, "documents": None, "chunks": None}
    assert client.get("/readyz", headers=WRITE).json() == client.get("/readyz").json() == nothing


# Who changed what


def test_each_change_is_recorded_with_the_name_of_the_key(client, audit):
    files = [("files", ("乙.txt", "乙")), ("files", ("丙.txt", "丙"))]
    client.post("/v1/documents", files=files, headers=WRITE)
    client.delete("/v1/documents/乙.txt", headers=WRITE)
    client.delete("/v1/documents/甲.txt", headers=ALL, params={"index": "论文"})

    name = Key.parse("alles-3").access.name
    assert lines(audit) == [
        ("bo", "upload", "notes", ["乙.txt", "丙.txt"]),
        ("bo", "remove", "notes", ["乙.txt"]),
        (name, "remove", "论文", ["甲.txt"]),
    ]
    written = audit.read_text("utf-8")
    assert not any(key in written for key in ("lesen-1", "schreiben-2", "alles-3"))
    first = json.loads(written.splitlines()[0])
    assert first["outcome"] == "done"
    assert first["time"].endswith("+00:00")
    assert audit.stat().st_mode & 0o777 == 0o600


def test_a_change_that_failed_is_recorded_as_one(client, audit):
    assert client.delete("/v1/documents/没有.txt", headers=WRITE).status_code == 404

    assert lines(audit) == [("bo", "remove", "notes", ["没有.txt"])]
    assert json.loads(audit.read_text("utf-8"))["outcome"] == "failed"


def test_no_name_begins_a_line_of_its_own(client, audit):
    name = '没有\u2028{"who": "anna"}\x85\x9b2J.txt'
    client.delete(f"/v1/documents/{quote(name)}", headers=WRITE)

    written = audit.read_text("utf-8")
    assert len(written.splitlines()) == 1
    assert "\x9b" not in written
    assert json.loads(written)["documents"] == [name]


def test_what_cannot_be_recorded_is_not_done(tmp_path):
    library = Indexes(audit=str(tmp_path / "no folder" / "audit.jsonl"))
    with served(create_app(library)) as client:
        assert client.delete("/v1/documents/甲.txt").status_code == 503
        assert client.get("/v1/documents/甲.txt").status_code == 200


def test_changes_are_recorded_beside_the_indexes_or_on_standard_error(tmp_path, capsys):
    folder = tmp_path / "made if need be"
    with served(create_app(Indexes(audit="", indexes=folder))) as client:
        client.delete("/v1/documents/甲.txt")
    assert lines(folder / "audit.jsonl") == [(None, "remove", "default", ["甲.txt"])]

    with served(create_app(Indexes(audit="-"))) as client:
        client.delete("/v1/documents/甲.txt")
    assert json.loads(capsys.readouterr().err)["documents"] == ["甲.txt"]
