"""From where a request may come: the name it calls us by, and the web page that sends it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Failure

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:/@\[\]\s]+)(?::\d*)?")
_UNKNOWN = Failure(
    403,
    "host_not_allowed",
    "the server does not answer to the name in the header Host",
    "its operator can add the name to WENJU_ALLOWED_HOSTS",
)
_FOREIGN = Failure(
    403,
    "origin_not_allowed",
    "the request comes from a web page of another site",
    "its operator can add the page's origin to WENJU_CORS_ORIGINS",
)


class KnownAddress:
    """Refuses names of ours that others could have made up, and what other web pages send.

    A page of another site can have its own name resolve to this machine (DNS rebinding): it is
    known by the name in `Host`. Numbers, names without a dot and localhost cannot be made up.
    """

    def __init__(
        self, app: ASGIApp, allowed_hosts: Sequence[str], cors_origins: Sequence[str]
    ) -> None:
        self.app = app
        self._allowed_hosts = tuple(name.lower().rstrip(".") for name in allowed_hosts)
        self._cors_origins = tuple(origin.lower().rstrip("/") for origin in cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "websocket":  # nothing here speaks it
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        failure = self._failure(scope) if scope["type"] == "http" else None
        await (failure.response if failure else self.app)(scope, receive, send)

    def _failure(self, scope: Scope) -> Failure | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(_name(host)):
            return _UNKNOWN
        if scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is None:
            is_foreign = headers.get("sec-fetch-site") == "cross-site"
        else:
            is_foreign = not self._may_send(origin.lower(), host.lower(), scope["path"])
        return _FOREIGN if is_foreign else None

    def _is_ours(self, name: str) -> bool:
        if re.fullmatch(r"[^.:]+|.+\.localhost", name):
            return True
        with suppress(ValueError):
            return bool(ipaddress.ip_address(name))
        return any(
            allowed in ("*", name) or (allowed.startswith("*.") and name.endswith(allowed[1:]))
            for allowed in self._allowed_hosts
        )

    def _may_send(self, origin: str, host: str, path: str) -> bool:
        scheme, _, place = origin.partition("://")
        port = {"http": ":80", "https": ":443"}.get(scheme, "")
        if port and place.removesuffix(port) == host.removesuffix(port):
            return True
        is_allowed = origin in self._cors_origins or "*" in self._cors_origins
        return is_allowed and path.startswith("/v1/")


class CorsForApi(CORSMiddleware):
    """Lets the web pages of `origins` use what lies under /v1."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=[origin.rstrip("/") for origin in origins],
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
            max_age=600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_api = scope.get("path", "").startswith("/v1/")
        await (super().__call__ if is_api else self.app)(scope, receive, send)


def _name(host: str) -> str:
    """The name in `Host` without its port, in lower case; "" where it is none."""
    found = _HOST.fullmatch(host.lower())
    return found["name"].strip("[]").removesuffix(".") if found else ""
