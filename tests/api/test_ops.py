"""Health, readiness, metrics, the description at /docs, and how all errors look."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import TypeAdapter
from repository import REPOSITORY
from serving import EchoAssistant, EchoLibrary, served

from api import chat_schemas, schemas
from api.app import create_app
from rag import types
from rag.errors import IndexDamaged, IndexMismatch, IndexNotFound, Overloaded


@pytest.fixture(scope="module")
def client():
    with served(create_app(EchoLibrary())) as client:
        yield client


@pytest.fixture(scope="module")
def openapi(client):
    return client.get("/openapi.json").json()


def samples(client):
    """Value of each sample: name and labels → number."""
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=1.0.0")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


# Health


def test_a_live_process_says_so_and_a_ready_one_what_it_holds(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {
        "status": "ready",
        "index": "default",
        "documents": 0,
        "chunks": 0,
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (IndexDamaged("/srv/secret", "x"), 503, "index_damaged"),
        (IndexMismatch("/srv/secret", "x"), 503, "index_mismatch"),
        (IndexNotFound("/srv/secret", "x"), 503, "index_not_found"),
        (RuntimeError("/srv/secret"), 500, "internal_error"),
    ],
)
def test_a_server_that_cannot_answer_is_alive_but_not_ready(error, status, code):
    with served(create_app(EchoLibrary(EchoAssistant(error=error)))) as client:
        assert client.get("/healthz").status_code == 200
        response = client.get("/readyz")

    assert response.status_code == status
    assert response.json()["error"]["code"] == code
    assert "secret" not in response.text


def test_the_library_is_open_while_the_server_runs():
    library = EchoLibrary()
    app = create_app(library)
    assert not library.is_open
    with served(app):
        assert library.is_open
    assert not library.is_open


# Metrics


def test_requests_are_counted_by_the_template_of_their_route():
    with served(create_app(EchoLibrary())) as client:
        client.post("/v1/answer", json={"question": "哪里 where"})
        client.post("/v1/answer", json={"question": "哪里 where", "stream": True})
        client.post("/v1/answer", json={})
        client.get("/v1/documents/甲.txt")
        client.get("/v1/documents/乙.txt")
        client.get("/wp-login.php")
        client.request("BREW", "/healthz")
        found = samples(client)

    def count(route, status, method="GET"):
        labels = {"method": method, "route": route, "status": status}
        return found[("wenju_http_requests_total", *sorted(labels.items()))]

    assert count("/v1/answer", "200", "POST") == 2
    assert count("/v1/answer", "422", "POST") == 1
    assert count("/v1/documents/{document_id:path}", "404") == 2
    assert count("unmatched", "404") == 1
    assert count("/healthz", "405", "other") == 1
    labels = {"method": "POST", "route": "/v1/answer", "status": "200"}
    assert found[("wenju_http_request_seconds_count", *sorted(labels.items()))] == 2
    assert found[("wenju_http_requests_in_flight",)] == 1  # this one
    assert found[("wenju_answers_total", ("outcome", "not_in_documents"))] == 2
    assert found[("wenju_turned_away_total",)] == 0


def test_stages_and_what_was_turned_away_are_counted():
    with served(create_app(EchoLibrary())) as client:
        client.post("/v1/retrieve", json={"query": "哪里"})
        found = samples(client)
    assert found[("wenju_stage_seconds_count", ("stage", "total"))] == 1
    assert found[("wenju_stage_seconds_sum", ("stage", "total"))] == 0.001

    with served(create_app(EchoLibrary(EchoAssistant(error=Overloaded())))) as client:
        client.post("/v1/retrieve", json={"query": "哪里"})
        client.post("/v1/answer", json={"question": "哪里"})
        assert samples(client)[("wenju_turned_away_total",)] == 2


def test_two_apps_count_for_themselves(client):
    with served(create_app(EchoLibrary())) as other:
        client.get("/healthz")
        assert not any("/healthz" in str(sample) for sample in samples(other))


# The description


def test_the_page_loads_only_what_is_served_here(client):
    page = client.get("/docs")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.search(r"https?:|//", page.text)
    links = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
    assert sorted(links) == ["docs/start.js", "docs/swagger-ui-bundle.js", "docs/swagger-ui.css"]
    for link in links:
        response = client.get(f"/{link}")
        assert response.status_code == 200
        assert response.headers["content-type"].split(";")[0] in ("text/javascript", "text/css")
    assert len(client.get("/docs/swagger-ui-bundle.js").content) > 1_000_000
    assert "@import" not in client.get("/docs/swagger-ui.css").text


@pytest.mark.parametrize("name", ["favicon.png", "..%2fcore.py", "%2e%2e%2f__init__.py", "nix"])
def test_nothing_else_lies_there(client, name):
    assert client.get(f"/docs/{name}").status_code == 404


def operations(openapi):
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_all_endpoints_of_the_contract_are_described(openapi):
    assert [name for name, _ in operations(openapi)] == [
        "POST /v1/retrieve",
        "POST /v1/answer",
        "POST /v1/check",
        "GET /v1/documents",
        "POST /v1/documents",
        "GET /v1/documents/{document_id}/overview",
        "GET /v1/documents/{document_id}",
        "DELETE /v1/documents/{document_id}",
        "GET /v1/models",
        "GET /v1/models/{model}",
        "POST /v1/chat/completions",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    ]


def test_every_endpoint_has_examples_in_both_languages_and_they_are_valid(openapi):
    for name, operation in operations(openapi):
        if name in ("GET /healthz", "GET /metrics"):
            continue  # one word; not JSON
        bodies = operation.get("requestBody", {}).get("content", {})
        contents = [operation["responses"]["200"]["content"]["application/json"], *bodies.values()]
        for content in contents:
            assert content["examples"].keys() == {"zh", "en"}, name
            if "$ref" in content["schema"]:
                name = content["schema"]["$ref"].split("/")[-1]
                homes = (schemas, chat_schemas, types)
                model = next(vars(home)[name] for home in homes if name in vars(home))
                for example in content["examples"].values():
                    TypeAdapter(model).validate_python(example["value"])


def test_an_example_is_verbatim_too(openapi):
    answers = openapi["paths"]["/v1/answer"]["post"]["responses"]["200"]["content"]
    answer = answers["application/json"]["examples"]["zh"]["value"]
    (hit,), (citation,) = answer["hits"], answer["citations"]

    assert len(hit["text"]) == hit["end"] - hit["start"]
    shift = citation["start"] - hit["start"]
    assert hit["text"][shift : citation["end"] - hit["start"]] == citation["quote"]
    ((start, end),) = citation["highlights"]
    assert hit["text"][start - hit["start"] : end - hit["start"]] == answer["short_answer"]
    refused = answers["application/json"]["examples"]["en"]["value"]
    assert (refused["short_answer"], refused["citations"]) == (None, [])


def test_keys_are_described_where_there_are_keys(openapi):
    assert "securitySchemes" not in openapi["components"]
    with served(create_app(EchoLibrary(api_keys=("k",))), Authorization="Bearer k") as client:
        keyed = client.get("/openapi.json").json()
        assert client.get("/openapi.json").json() == keyed

    assert keyed["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    secured = {name for name, operation in operations(keyed) if operation.get("security")}
    assert secured == {name for name, _ in operations(keyed)} - {"GET /healthz", "GET /readyz"}


# Errors


def test_an_address_that_is_not_there_is_404(client):
    for path in ("/v2/answer", "/v1", "/v1/answer/", "/healthz/", "/%00", "/../etc/passwd"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/answer", "POST"),
        ("PUT", "/v1/documents", "GET, POST"),
        ("POST", "/v1/documents/甲.txt", "DELETE, GET"),
        ("HEAD", "/healthz", "GET"),
        ("TRACE", "/v1/models", "GET"),
        ("OPTIONS", "/v1/answer", "POST"),
        ("DELETE", "/login", "GET, POST"),
    ],
)
def test_another_method_is_405_and_those_that_work_are_named(client, method, path, allow):
    response = client.request(method, path)

    assert response.status_code == 405
    assert response.headers["allow"] == allow
    if method != "HEAD":
        assert response.json()["error"]["code"] == "method_not_allowed"


def test_every_error_the_code_names_is_described():
    text = (REPOSITORY / "docs" / "api.md").read_text("utf-8")
    sources = (REPOSITORY / "api").glob("*.py")
    pattern = r"Failure\(\s*\d{3},\s*\"(\w+)\""
    codes = {code for path in sources for code in re.findall(pattern, path.read_text("utf-8"))}

    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in text} == set()
