"""The passages of a server of Wenju, over its HTTP API."""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from rag.errors import WenjuError
from rag.types import Hit, Retrieval

_SECONDS = 30.0


class Searches(Protocol):
    """What finds passages: an Assistant, or a Remote."""

    def search(self, query: str, top_k: int = 5) -> Retrieval:
        """The best passages for a query."""
        ...


class Remote:
    """Finds passages on the server at `url`, in its index `index` or in the one it serves.

    Where the server asks for a key, it is `key`.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        index: str | None = None,
        seconds: float = _SECONDS,
    ) -> None:
        self._url = f"{url.rstrip('/')}/v1/retrieve"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._index = index
        self._seconds = seconds

    def search(self, query: str, top_k: int = 5) -> Retrieval:
        """The best passages for a query; raises WenjuError with what the server says."""
        body = {"query": query, "top_k": top_k, "index": self._index}
        try:
            response = httpx.post(
                self._url, json=body, headers=self._headers, timeout=self._seconds
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = f"no answer from {self._url} ({error})"
            raise WenjuError(reason, "start it with: wenju serve") from error
        found = _json(response, self._url)
        try:
            if response.is_error:
                raise WenjuError(found["error"]["message"], found["error"]["remedy"])
            hits = tuple(Hit(**hit) for hit in found.pop("hits"))
            return Retrieval(**found, hits=hits)
        except (AttributeError, KeyError, TypeError) as error:
            reason = f"{self._url} answers {response.status_code} in another form than Wenju's"
            raise WenjuError(reason, "give the address of a server of this version") from error


def _json(response: httpx.Response, url: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = response.json()
    except ValueError as error:
        reason = f"{url} answers {response.status_code} and no JSON"
        raise WenjuError(reason, "give the address of a server of Wenju") from error
    return found
