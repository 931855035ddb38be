"""The retrievers for LangChain and LlamaIndex, in process and over HTTP."""

import httpx
import pytest
from serving import EchoAssistant, EchoLibrary, served

from api.app import create_app
from rag.errors import WenjuError
from rag.filter import EVERYTHING
from rag.integrations.remote import Remote
from rag.types import Hit, Retrieval

HITS = (
    Hit(
        1, 2.5, "c1", "信.txt", "公开信", "信.txt", "上网", "马云第一次上网是在西雅图。", 10, 23, 2
    ),
    Hit(2, 0.25, "c2", "b.txt", "Letter", "b.txt", "", "He was in Seattle.", 0, 18),
)


class Finder(EchoAssistant):
    """Finds the same two passages, whatever is asked."""

    def search(self, query, top_k=5, within=EVERYTHING):
        self._work()
        return Retrieval(query, "zh", HITS[:top_k], {"total": 1.5})


@pytest.fixture(params=["in process", "over HTTP"])
def source(request):
    if request.param == "in process":
        yield Finder()
    else:
        with served(create_app(EchoLibrary(Finder(), api_keys=("secret:read",)))) as http:
            yield Remote(str(http.base_url), key="secret")


def test_both_ways_give_the_same_passages(source):
    assert source.search("马云在哪里上网？", 2).hits == HITS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "this server asks for a key; send the header"),
        ({"key": "secret", "index": "papers"}, "no index 'papers'; GET /v1/models"),
    ],
)
def test_a_refusal_of_the_server_is_raised_with_its_remedy(options, message):
    with (
        served(create_app(EchoLibrary(Finder(), api_keys=("secret",)))) as http,
        pytest.raises(WenjuError, match=message),
    ):
        Remote(str(http.base_url), **options).search("上网")


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(WenjuError, match=r"no answer from http://127.0.0.1:9/v1/retrieve"):
        Remote("http://127.0.0.1:9/").search("上网")


def test_another_server_is_said(monkeypatch):
    page = httpx.Response(200, text="<html>")
    monkeypatch.setattr(httpx, "post", lambda *_, **__: page)

    with pytest.raises(WenjuError, match="answers 200 and no JSON; give the address"):
        Remote("http://127.0.0.1:9").search("上网")


@pytest.mark.parametrize(
    ("status", "shape"),
    [(502, {"detail": "down"}), (200, {"hits": [{"id": 1}]}), (200, [1]), (404, {"error": "no"})],
)
def test_json_of_another_server_is_said(monkeypatch, status, shape):
    monkeypatch.setattr(httpx, "post", lambda *_, **__: httpx.Response(status, json=shape))

    with pytest.raises(WenjuError, match=f"answers {status} in another form"):
        Remote("http://127.0.0.1:9").search("上网")


def test_an_address_that_is_none_is_said():
    with pytest.raises(WenjuError, match="no answer from"):
        Remote("http://[::1").search("上网")


def test_langchain_gets_documents(source):
    pytest.importorskip("langchain_core", reason="the extra langchain is not installed")
    from rag.integrations.langchain import WenjuRetriever

    first, second = WenjuRetriever(source=source, top_k=2).invoke("马云在哪里上网？")

    assert (first.id, first.page_content) == ("c1", HITS[0].text)
    place = [first.metadata[name] for name in ("document_id", "start", "end", "page", "score")]
    assert place == ["信.txt", 10, 23, 2, 2.5]
    assert "text" not in first.metadata
    assert second.page_content == "He was in Seattle."


def test_llama_index_gets_nodes(source):
    pytest.importorskip("llama_index.core", reason="the extra llama-index is not installed")
    from llama_index.core.schema import MetadataMode

    from rag.integrations.llama_index import WenjuRetriever

    (first,) = WenjuRetriever(source, top_k=1).retrieve("马云在哪里上网？")

    assert (first.node_id, first.score, first.text) == ("c1", 2.5, HITS[0].text)
    assert (first.node.start_char_idx, first.node.end_char_idx) == (10, 23)
    assert first.metadata["page"] == 2
    told = first.node.get_content(MetadataMode.LLM)
    assert told == f"document_id: 信.txt\ntitle: 公开信\n\n{HITS[0].text}"
