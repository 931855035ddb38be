"""Who may do what, and from where: hosts, origins, keys, sessions, visitors, headers."""

import re
import time

import pytest
from fastapi import FastAPI, Request
from serving import EchoLibrary, served

from api.app import create_app
from api.keys import SESSION_SECONDS, Key, Keys, Throttle
from rag.errors import BadSetting

PAGE = {"Accept": "text/html,application/xhtml+xml"}
READ, WRITE = "Bearer lesen-1", "Bearer schreiben-2"


def with_ui(library):
    """The app with a UI that tells what it learns of a request."""
    app, ui = create_app(library, home="/ui/"), FastAPI()

    @ui.api_route("/{path:path}", methods=["GET", "POST"])
    def echo(request: Request):
        return {"owner": request.scope["state"]["owner"], "scope": request.scope["state"]["scope"]}

    app.mount("/ui", ui)
    return app


@pytest.fixture(scope="module")
def client():
    """A server without keys."""
    with served(with_ui(EchoLibrary(allowed_hosts=("docs.example.org", "*.intern.cn")))) as client:
        yield client


@pytest.fixture(scope="module")
def guarded():
    """A server with a key that may read and one that may write."""
    with served(with_ui(EchoLibrary(api_keys=("lesen-1:read", "schreiben-2")))) as client:
        yield client


def code(response):
    return response.json()["error"]["code"]


# Hosts and origins


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8000",
        "LOCALHOST",
        "127.0.0.1:8000",
        "192.168.1.20",
        "[::1]:8000",
        "wenju",
        "a.localhost:80",
        "docs.example.org",
        "Docs.Example.Org.:443",
        "eins.intern.cn",
    ],
)
def test_numbers_short_names_and_allowed_names_are_answered(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com",
        "docs.example.org.evil.com",
        "intern.cn",
        "127.0.0.1.nip.io",
        "xdocs.example.org",
        "a:b:c",
        "[::1",
        "",
        "256.256.256.256",
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/v1/documents", "/ui/", "/", "/nowhere"])
def test_other_names_are_refused_everywhere(client, host, path):
    response = client.get(path, headers={"Host": host})

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "host_not_allowed"
    assert "WENJU_ALLOWED_HOSTS" in response.json()["error"]["remedy"]


def from_page(client, path="/v1/retrieve", method="POST", host="localhost:8000", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, path, json={"query": "x"}, headers={"Host": host, **names})


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("http://localhost", "localhost:80"),
        ("http://localhost:80", "localhost"),
        ("https://docs.example.org", "docs.example.org"),
        ("https://docs.example.org", "docs.example.org:443"),
        ("HTTP://LOCALHOST:8000", "localhost:8000"),
    ],
)
def test_our_own_pages_may_send(client, origin, host):
    assert from_page(client, host=host, Origin=origin).status_code == 200
    assert from_page(client, "/ui/run", host=host, Origin=origin).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "file://"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/retrieve", "/v1/documents", "/ui/gradio_api/run", "/login"])
def test_pages_of_others_may_not_send(client, path, headers):
    response = from_page(client, path, **headers)

    assert response.status_code == 403
    assert code(response) == "origin_not_allowed"


def test_who_is_no_browser_may_send_and_everybody_may_follow_a_link(client):
    assert from_page(client).status_code == 200
    link = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.com"}
    assert client.get("/ui/", headers=link).status_code == 200


def test_without_origins_no_page_of_others_reads(client):
    response = client.get("/v1/documents", headers={"Origin": "https://shop.example"})
    assert "access-control-allow-origin" not in response.headers
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/v1/answer", headers=asked).headers


def test_pages_of_allowed_origins_use_the_api_and_nothing_else():
    library = EchoLibrary(cors_origins=("https://shop.example/",), api_keys=("lesen-1:read",))
    with served(with_ui(library)) as client:
        shop = {"Origin": "https://shop.example"}
        before = client.options(
            "/v1/retrieve",
            headers={
                **shop,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization, content-type",
            },
        )
        sent = from_page(client, Origin=shop["Origin"], Authorization=READ)
        denied = from_page(client, Origin=shop["Origin"])
        ui = from_page(client, "/ui/run", Origin=shop["Origin"], Authorization=READ)
        other = from_page(client, Origin="https://evil.example", Authorization=READ)

    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == "https://shop.example"
    assert "POST" in before.headers["access-control-allow-methods"]
    assert (sent.status_code, denied.status_code) == (200, 401)
    for response in (sent, denied):
        assert response.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-credentials" not in response.headers
    assert code(ui) == code(other) == "origin_not_allowed"


# Keys


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/login"])
def test_some_pages_are_open(guarded, path):
    assert guarded.get(path).status_code in (200, 307)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer nein", "lesen-1", "Basic bGVzZW4tMQ==", "Bearer ü"],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/documents"),
        ("POST", "/v1/answer"),
        ("DELETE", "/v1/documents/a"),
        ("GET", "/v1/models"),
        ("GET", "/metrics"),
        ("GET", "/docs"),
        ("GET", "/docs/start.js"),
        ("GET", "/openapi.json"),
        ("GET", "/ui/"),
        ("POST", "/ui/gradio_api/queue/join"),
        ("GET", "/nowhere"),
        ("GET", "/V1/documents"),
        ("GET", "//v1/documents"),
    ],
)
def test_all_else_needs_a_key(guarded, method, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    response = guarded.request(method, path, headers=headers)

    assert response.status_code == 401
    assert code(response) == "key_needed"
    assert response.headers["www-authenticate"] == 'Bearer realm="wenju"'


@pytest.mark.parametrize("path", ["/v1/documents", "/metrics", "/docs", "/openapi.json", "/ui/"])
@pytest.mark.parametrize("key", [READ, WRITE, WRITE.replace("Bearer", "bearer")])
def test_either_key_reads(guarded, path, key):
    assert guarded.get(path, headers={"Authorization": key}).status_code == 200


def test_only_one_key_writes(guarded):
    files = {"files": ("甲.txt", "甲")}
    for method, path in [
        ("POST", "/v1/documents"),
        ("DELETE", "/v1/documents/甲.txt"),
        ("POST", "/ui/gradio_api/upload"),
        ("POST", "/ui/upload"),
    ]:
        response = guarded.request(method, path, headers={"Authorization": READ})
        assert response.status_code == 403
        assert code(response) == "read_only"
    write = {"Authorization": WRITE}
    assert guarded.post("/v1/documents", files=files, headers=write).status_code == 200
    assert guarded.delete("/v1/documents/甲.txt", headers=write).status_code == 200
    assert guarded.post("/ui/gradio_api/upload", headers=write).status_code == 200
    asked = guarded.post("/v1/retrieve", json={"query": "x"}, headers={"Authorization": READ})
    assert asked.status_code == 200


def test_the_owner_of_conversations_is_the_key_and_tells_nothing_of_it(guarded):
    def seen(key):
        return guarded.get("/ui/", headers={"Authorization": key}).json()

    assert seen(READ)["scope"] == "read"
    assert seen(WRITE)["scope"] == "write"
    assert re.fullmatch(r"[0-9a-f]{64}", seen(READ)["owner"])
    assert seen(READ) == seen(READ)
    assert seen(READ)["owner"] != seen(WRITE)["owner"]


@pytest.mark.parametrize("entry", ["", ":read", ":write", "a b", "schlüssel", "a\n", "\0"])
def test_keys_that_no_header_can_hold_are_no_keys(entry):
    with pytest.raises(BadSetting, match="WENJU_API_KEYS"):
        Keys([entry])


def test_a_key_may_hold_colons_and_be_there_but_once():
    keys = Keys(["a:b:read", "c:d", "e:write"])

    assert [keys.find(key).scope for key in (b"a:b", b"c:d", b"e")] == ["read", "write", "write"]
    assert keys.find(b"a") is keys.find(b"c:d:write") is keys.find(b"") is None
    with pytest.raises(BadSetting, match="twice"):
        Keys(["a:read", "a"])
    assert not Keys([])


# Sessions


def sign_in(client, key, **headers):
    body = {"key": key}
    return client.post("/login", data=body, headers=headers)


def test_a_page_without_a_session_leads_to_the_login(guarded):
    for path in ("/ui/", "/ui", "/ui/?x=1", "/docs"):
        response = guarded.get(path, headers=PAGE)
        assert (response.status_code, response.headers["location"]) == (303, "/login")
    assert guarded.get("/v1/documents", headers=PAGE).status_code == 401
    assert guarded.post("/ui/", headers=PAGE).status_code == 401


def test_the_login_is_a_form_in_two_languages_that_loads_nothing(guarded):
    page = guarded.get("/login", headers=PAGE)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "密钥 Key" in page.text
    assert "登录 Sign in" in page.text
    assert not re.search(r"https?:|src=|<script|@import|url\(", page.text)


def test_who_signs_in_has_a_session_and_loses_it_by_signing_out(guarded):
    entered = sign_in(guarded, "lesen-1")
    assert (entered.status_code, entered.headers["location"]) == (303, "/ui/")
    cookie = entered.headers["set-cookie"]
    assert re.fullmatch(
        r"wenju_session=\d+\.[0-9a-f]{64}; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax", cookie
    )
    session = {"Cookie": cookie.split(";")[0]}
    guarded.cookies.clear()

    assert guarded.get("/ui/", headers={**PAGE, **session}).json()["scope"] == "read"
    by_key = guarded.get("/ui/", headers={"Authorization": READ}).json()
    assert guarded.get("/ui/", headers=session).json() == by_key
    assert guarded.get("/v1/documents", headers=session).status_code == 200
    assert guarded.post("/v1/documents", headers=session).status_code == 403
    assert guarded.get("/ui/", headers={**session, "Authorization": "Bearer x"}).status_code == 401

    left = guarded.post("/logout", headers=session)
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert left.headers["set-cookie"].startswith("wenju_session=; Max-Age=0;")
    guarded.cookies.clear()


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://127.0.0.1"}, {"X-Forwarded-Proto": "https"}]
)
def test_a_session_over_https_stays_there(guarded, headers):
    if "Origin" in headers:
        headers = {"Origin": "https://wenju", "Host": "wenju"}
    assert sign_in(guarded, "lesen-1", **headers).headers["set-cookie"].endswith("; Secure")
    guarded.cookies.clear()


def test_a_session_ends_with_its_time_and_with_its_key():
    now = time.time()
    reader, writer = Key.parse("lesen-1:read"), Key.parse("schreiben-2")
    keys = Keys(["lesen-1:read", "schreiben-2"])
    cookie = reader.session(int(now) + SESSION_SECONDS)

    assert keys.of_session(cookie, now) == reader
    assert keys.of_session(writer.session(int(now) + 9), now) == writer
    assert keys.of_session(cookie, now + SESSION_SECONDS) is None
    assert Keys(["schreiben-2"]).of_session(cookie, now) is None
    assert Keys(["lesen-1:write"]).of_session(cookie, now).scope == "write"


@pytest.mark.parametrize(
    "forged",
    ["", "x", "99999999999", "99999999999.", f"99999999999.{'0' * 64}", f"１.{'0' * 64}", "\0"],
)
def test_a_forged_session_is_none(forged):
    keys = Keys(["lesen-1"])
    expires, signed = Key.parse("lesen-1").session(99999999999).split(".")

    assert keys.of_session(f"{expires}.{signed}", 0) is not None
    assert keys.of_session(forged, 0) is None
    assert keys.of_session(f"{int(expires) + 1}.{signed}", 0) is None
    assert keys.of_session(f"0{expires}.{signed}", 0) is None


@pytest.mark.parametrize("key", ["", "nein", "lesen", "schlüssel", "\0", "x" * 100_000])
def test_a_wrong_key_is_told_so_and_begins_no_session(key):
    with served(with_ui(EchoLibrary(api_keys=("lesen-1",)))) as client:
        response = sign_in(client, key)

    assert response.status_code == 401
    assert "密钥不对" in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("body", [b"key=\xff", b"key", b"&" * 100, b"other=lesen-1"])
def test_a_form_without_a_key_is_a_wrong_key(guarded, body):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert guarded.post("/login", content=body, headers=headers).status_code == 401
    assert guarded.post("/login", json={"key": "lesen-1"}).status_code == 415


def test_who_has_tried_ten_keys_has_to_wait():
    with served(with_ui(EchoLibrary(api_keys=("lesen-1",)))) as client:
        statuses = [sign_in(client, f"nein{n}").status_code for n in range(11)]
        late = sign_in(client, "lesen-1")

    assert statuses == [401] * 10 + [429]
    assert late.status_code == 429
    assert late.headers["retry-after"] == "60"


def test_the_wait_ends_after_a_minute_and_is_each_addresss_own():
    throttle = Throttle()
    for second in range(10):
        throttle.failed("10.0.0.1", float(second))

    assert throttle.must_wait("10.0.0.1", 59.9)
    assert not throttle.must_wait("10.0.0.1", 60.1)
    assert not throttle.must_wait("10.0.0.2", 9.0)


def test_without_keys_there_is_nothing_to_sign_in_to(client):
    assert client.get("/login").headers["location"] == "/ui/"
    assert sign_in(client, "x").headers["location"] == "/ui/"


# Visitors of an open server


def test_a_visitor_is_known_by_a_cookie_that_only_pages_set(client):
    assert client.get("/ui/").json() == {"owner": None, "scope": "write"}
    assert "set-cookie" not in client.get("/v1/documents", headers=PAGE).headers
    first = client.get("/ui/", headers=PAGE)
    cookie = first.headers["set-cookie"]
    client.cookies.clear()

    assert re.fullmatch(
        r"wenju_visitor=[0-9a-f]{32}; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax", cookie
    )
    owner = first.json()["owner"]
    assert re.fullmatch(r"[0-9a-f]{64}", owner)
    assert cookie[14:46] not in owner
    again = client.get("/ui/", headers={**PAGE, "Cookie": cookie.split(";")[0]})
    assert again.json() == first.json()
    assert "set-cookie" not in again.headers
    second = client.get("/ui/", headers=PAGE)
    client.cookies.clear()
    assert second.json()["owner"] != owner


@pytest.mark.parametrize("value", ["", "x", "0" * 31, "0" * 33, "G" * 32, "../../etc", "０" * 32])
def test_a_made_up_visitor_is_a_new_one(client, value):
    headers = {**PAGE, "Cookie": f"wenju_visitor={value}".encode()}
    assert "set-cookie" in client.get("/ui/", headers=headers).headers
    client.cookies.clear()


def test_what_happens_in_the_ui_is_counted_as_one_route(client):
    client.get("/ui/some/page")
    client.post("/ui/other")
    metrics = client.get("/metrics").text

    assert 'wenju_http_requests_total{method="GET",route="/ui",status="200"}' in metrics
    assert 'wenju_http_requests_total{method="POST",route="/ui",status="200"}' in metrics
    assert "some" not in metrics


# Headers


@pytest.mark.parametrize(
    ("path", "status"),
    [("/healthz", 200), ("/nowhere", 404), ("/docs", 200), ("/", 307), ("/ui/", 200)],
)
def test_every_response_keeps_browsers_from_loading_what_is_not_ours(client, path, status):
    response = client.get(path)

    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["x-frame-options"] == "DENY"
    assert "server" not in response.headers
    policy = response.headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == "'self'"
    assert rules["object-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == (
        "'self' 'unsafe-inline' 'unsafe-eval'" if path.startswith("/ui") else "'self'"
    )
    assert not re.search(r"https?:|\*", policy)


def test_the_first_page_leads_home(client):
    assert client.get("/").headers["location"] == "/ui/"
    assert client.post("/").status_code == 405
