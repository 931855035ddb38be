"""Headers on every response, for browsers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'self'; script-src 'self'{script}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self';"
    " worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers then send "Origin: null" even with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_ui(path: str) -> bool:
    """Whether the chat UI is mounted there."""
    return path == "/ui" or path.startswith("/ui/")


class SafeHeaders:
    """Adds to every response what keeps a browser from loading or running what is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Gradio's pages hold scripts in themselves, and its templates are compiled in the page.
        script = " 'unsafe-inline' 'unsafe-eval'" if is_ui(scope["path"]) else ""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if is_ui(scope["path"]):  # Gradio lets in pages of other origins
                    for name in list(headers):
                        if name.startswith("access-control-"):
                            del headers[name]
                headers["Content-Security-Policy"] = _POLICY.format(script=script)
            await send(message)

        await self.app(scope, receive, add)
