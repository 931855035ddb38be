"""`/v1/documents`: what is listed, read, uploaded and removed, and what hostile files can do."""

import io
import shutil
import zipfile
from dataclasses import replace
from urllib.parse import quote

import pytest
from serving import EchoLibrary, served

from api.app import create_app
from rag.config import Settings

FERRY = "The ferry to Skagen is steered by Captain Lindqvist."
STEERS = "Who steers the ferry to Skagen?"
INFO = ["id", "title", "source", "language", "chunks", "characters", "added"]


@pytest.fixture(scope="module")
def client(seed_indexes, open_library, tmp_path_factory):
    indexes = tmp_path_factory.mktemp("documents") / "indexes"
    shutil.copytree(seed_indexes, indexes)
    shutil.copytree(indexes / "default", indexes / "other")
    settings = replace(Settings.from_environment(), indexes=indexes, upload_mb=1, upload_files=3)
    with served(create_app(open_library(settings))) as client:
        yield client


def upload(client, *files, **options):
    """Reports of an upload; each file is a name and its content."""
    parts = [("files", (name, content)) for name, content in files]
    response = client.post("/v1/documents", files=parts, **options)
    assert response.status_code == 200, response.text
    return [(r["source"], r["status"], r["reason"]) for r in response.json()["inputs"]]


def path_of(document_id):
    return f"/v1/documents/{quote(document_id, safe='')}"


def ask(client, question, **others):
    return client.post("/v1/answer", json={"question": question, **others}).json()


def test_documents_are_listed_by_id_and_read_with_their_text(client):
    documents = client.get("/v1/documents").json()["documents"]

    assert [document["id"] for document in documents] == sorted(d["id"] for d in documents)
    assert len(documents) > 20
    zones = next(d for d in documents if d["id"] == "twelve-new-zones.md")
    assert list(zones) == INFO
    one = client.get("/v1/documents/twelve-new-zones.md").json()
    assert one == {**zones, "text": one["text"]}
    assert len(one["text"]) == zones["characters"]
    assert "天津、上海、重庆" in one["text"]


def test_an_overview_cites_central_sentences_and_lists_the_headings(client):
    made = client.get("/v1/documents/twelve-new-zones.md/overview").json()
    text = client.get("/v1/documents/twelve-new-zones.md").json()["text"]

    assert list(made)[: len(INFO)] == INFO
    assert (made["author"], made["date"]) == (None, "2015-12")
    assert made["contents"][0]["title"] == "是哪十二座城市"
    assert 5 <= len(made["citations"]) <= 8
    for each in made["citations"]:
        assert text[each["start"] : each["end"]] == each["quote"]


def test_the_overview_of_a_document_that_is_not_there_is_404(client):
    response = client.get("/v1/documents/没有.txt/overview")

    assert response.status_code == 404
    assert response.json()["error"]["message"] == "no document '没有.txt'"


def test_a_question_about_the_collection_is_answered_with_its_documents(client):
    answer = ask(client, "What documents do you have?")

    assert answer["answered"]
    assert len(answer["answer"]) <= 400
    assert len({each["document_id"] for each in answer["citations"]}) == len(answer["citations"])


@pytest.mark.parametrize("document_id", ["没有.txt", "a/b/c", "nul\0", "...", "%", "?", "x" * 3000])
def test_a_document_that_is_not_there_is_404(client, document_id):
    for response in (client.get(path_of(document_id)), client.delete(path_of(document_id))):
        assert response.status_code == 404
        error = response.json()["error"]
        assert error["code"] == "document_not_found"
        assert error["remedy"] == "GET /v1/documents lists the documents"


def test_an_uploaded_file_is_asked_replaced_and_gone_when_it_is_deleted(client):
    assert not ask(client, STEERS)["answered"]

    assert upload(client, ("渡船 ferry.txt", FERRY)) == [("渡船 ferry.txt", "indexed", "")]
    answer = ask(client, STEERS)
    assert answer["citations"][0]["document_id"] == "渡船 ferry.txt"
    assert answer["citations"][0]["quote"] == FERRY
    assert client.get(path_of("渡船 ferry.txt")).json()["text"] == FERRY

    newer = FERRY.replace("Lindqvist", "Okafor")
    assert upload(client, ("渡船 ferry.txt", newer)) == [
        ("渡船 ferry.txt", "indexed", "replaces the former version")
    ]
    assert ask(client, STEERS)["citations"][0]["quote"] == newer
    assert "Lindqvist" not in client.post("/v1/retrieve", json={"query": "Lindqvist"}).text[100:]

    gone = client.delete(path_of("渡船 ferry.txt"))
    assert gone.json() == {
        "inputs": [
            {
                "source": "渡船 ferry.txt",
                "status": "removed",
                "documents": 1,
                "chunks": 0,
                "reason": "",
            }
        ]
    }
    assert not ask(client, STEERS)["answered"]
    assert client.get(path_of("渡船 ferry.txt")).status_code == 404
    assert client.delete(path_of("渡船 ferry.txt")).status_code == 404


def test_several_files_are_reported_each(client):
    reports = upload(
        client,
        ("a.txt", "甲文件说：灯塔高三十米。"),
        ("photo.png", b"\x89PNG\r\n\x1a\n"),
        ("empty.md", b""),
    )

    assert reports == [
        ("a.txt", "indexed", ""),
        ("photo.png", "skipped", "unsupported format .png"),
        ("empty.md", "skipped", "empty file"),
    ]
    assert client.delete("/v1/documents/a.txt").status_code == 200


@pytest.mark.parametrize("form", [True, False])
def test_the_index_may_be_named_in_the_form_or_in_the_address(client, form):
    named = {"data": {"index": "other"}} if form else {"params": {"index": "other"}}

    assert upload(client, ("ferry.txt", FERRY), **named)[0][1] == "indexed"
    assert ask(client, STEERS, index="other")["answered"]
    assert not ask(client, STEERS)["answered"]
    assert client.delete("/v1/documents/ferry.txt").status_code == 404
    assert client.delete("/v1/documents/ferry.txt?index=other").status_code == 200
    response = client.post("/v1/documents?index=nix", files={"files": ("a.txt", "a")})
    assert response.json()["error"]["code"] == "index_not_found"


def test_an_id_with_slashes_is_found_under_them(client):
    row = '{"id": "报告/2015/一", "title": "灯塔", "text": "The lighthouse keeper is Fang Dehai."}'
    assert upload(client, ("rows.jsonl", row))[0][1] == "indexed"

    assert "Fang Dehai" in client.get("/v1/documents/报告/2015/一").json()["text"]
    assert "Fang Dehai" in client.get(path_of("报告/2015/一")).json()["text"]
    assert client.delete("/v1/documents/报告/2015/一").status_code == 200


# Hostile files


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\windows\\system.txt", "system.txt"),
        ("....txt", "....txt"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
        ("![x](http:evil).txt", "![x](http:evil).txt"),
        ("公\u202etxt.告.txt", "公txt.告.txt"),
        ("-rf.txt", "-rf.txt"),
        ("a%2Fb.txt", "a%2Fb.txt"),
        ("q?x=1#y.txt", "q?x=1#y.txt"),
    ],
)
def test_a_name_is_an_id_never_a_path(client, name, stored):
    reports = upload(client, (name, f"{stored} 写道：码头的灯塔高三十米。"))

    assert reports == [(stored, "indexed", "")]
    assert client.get(path_of(stored)).json()["source"] == stored
    assert client.delete(path_of(stored)).status_code == 200


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("年报.xyz".encode(), "年报.xyz"),
        ("café.xyz".encode(), "café.xyz"),
        ("年报.xyz".encode("gbk"), "年报.xyz"),
        (b"a\xff.xyz", "a\ufffd.xyz"),
    ],
)
def test_a_name_is_read_in_utf_8_or_gbk(client, raw, name):
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + raw
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    response = client.post(
        "/v1/documents", content=body + b'"\r\n\r\nx\r\n--b--\r\n', headers=headers
    )

    assert [report["source"] for report in response.json()["inputs"]] == [name]


def test_script_in_a_document_stays_text_that_no_browser_runs(client):
    text = "The harbour bell <script>alert(document.cookie)</script> weighs 900 kilos."
    upload(client, ("bell.txt", text))

    response = client.post("/v1/answer", json={"question": "How heavy is the harbour bell?"})

    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in response.headers["content-security-policy"]
    citation = response.json()["citations"][0]
    served_text = client.get("/v1/documents/bell.txt").json()["text"]
    assert served_text[citation["start"] : citation["end"]] == citation["quote"]
    client.delete("/v1/documents/bell.txt")


def bomb():
    """A .docx of a few kB that unfolds to 400 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b"<" * (1 << 20))
    return packed.getvalue()


def test_a_bomb_and_other_broken_files_are_skipped_and_the_server_lives(client):
    reports = upload(
        client,
        ("bomb.docx", bomb()),
        ("broken.pdf", b"%PDF-1.7\n" + b"\0" * 1000),
        ("deep.jsonl", b"[" * 100_000),
    )

    assert [(name, status) for name, status, _ in reports] == [
        ("bomb.docx", "skipped"),
        ("broken.pdf", "skipped"),
        ("deep.jsonl", "skipped"),
    ]
    assert all(reason for _, _, reason in reports)
    assert client.get("/readyz").status_code == 200


# What does not fit


def test_too_large_a_file_is_refused(client):
    response = client.post("/v1/documents", files={"files": ("big.txt", b"x" * ((1 << 20) + 1))})

    assert response.status_code == 413
    assert response.json()["error"] == {
        "code": "file_too_large",
        "message": "a file is larger than 1 MB",
        "remedy": "split it, or index it on the server",
    }
    upload(client, ("fits.txt", "灯塔" + " " * ((1 << 20) - 6)))
    client.delete("/v1/documents/fits.txt")


def test_too_large_a_file_is_refused_before_the_rest_is_read(client):
    """The body breaks off behind it, which is not what the client is told of."""
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = client.post("/v1/documents", content=head + b"x" * ((1 << 20) + 9), headers=headers)

    assert response.json()["error"]["code"] == "file_too_large"


def test_too_large_a_body_is_refused_before_it_is_read(client):
    response = client.post("/v1/documents", files={"files": ("big.txt", b"x" * (5 << 20))})

    assert response.status_code == 413
    assert response.json()["error"]["message"] == "the body is larger than 4 MB"


def test_too_many_files_are_refused(client):
    files = [("files", (f"{n}.txt", "x")) for n in range(4)]
    response = client.post("/v1/documents", files=files)

    assert response.status_code == 422
    assert response.json()["error"]["message"] == "files: there are more than 3 files"
    assert "0.txt" not in client.get("/v1/documents").text


@pytest.mark.parametrize(
    ("kind", "body", "status", "message"),
    [
        ("application/json", b"{}", 415, "the body is not multipart/form-data"),
        ("", b"", 415, "the body is not multipart/form-data"),
        (
            "multipart/form-data",
            b"",
            400,
            "the multipart body is malformed; Missing boundary in multipart.",
        ),
        (
            "multipart/form-data; boundary=" + "b" * 300,
            b"",
            400,
            "the multipart body is malformed; Invalid multipart data.",
        ),
        (
            "multipart/form-data; boundary=b",
            b"",
            400,
            "the multipart body is malformed; it is cut off",
        ),
        (
            "multipart/form-data; boundary=b",
            b"junk",
            400,
            "the multipart body is malformed; Invalid multipart data.",
        ),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 422, "files: there is no file in it"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf',
            400,
            "the multipart body is malformed; it is cut off",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n--b--\r\n',
            422,
            "files: this is not a file",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--b--',
            422,
            "there is a file in the field 'f'",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="index"\r\n\r\n'
            + b"x" * 2000
            + b"\r\n--b--",
            422,
            "a field other than 'files' has a value that is too long",
        ),
        (
            "multipart/form-data; boundary=b; charset=undefined",
            b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n--b--',
            400,
            "the multipart body is malformed; its charset is none",
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n' * 200 + b"--b--",
            400,
            "the multipart body is malformed; Too many fields. Maximum number of fields is 100.",
        ),
    ],
)
def test_bodies_that_are_no_upload_are_told_so(client, kind, body, status, message):
    response = client.post("/v1/documents", content=body, headers={"Content-Type": kind})

    assert response.json()["error"]["message"] == message
    assert response.status_code == status


def test_no_file_of_an_upload_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    library = EchoLibrary(upload_mb=1)
    with served(create_app(library)) as client:
        client.post("/v1/documents", files={"files": ("a.txt", "甲")})
        client.post("/v1/documents", files={"files": ("b.txt", b"x" * (1 << 21))})

    assert library.echo.texts == {"a.txt": "甲"}
    assert list(tmp_path.iterdir()) == []
