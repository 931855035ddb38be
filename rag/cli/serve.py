"""The API and the chat UI on one port, until told to stop."""

from __future__ import annotations

import argparse
import os
import socket
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from rag.cli.printing import host_note, note
from rag.config import Settings
from rag.errors import BadSetting

GRACE_SECONDS = 20  # for what is in flight when the server is told to stop


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Serve the API and the chat UI."""
    import uvicorn

    from api.app import create_app
    from rag.library import Library
    from rag.models.chat import OPENAI_API
    from ui.app import mount

    library = Library(settings, options.index)
    library.open()
    app = create_app(library, home="/ui/")
    listener = _listen(options.host, options.port)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Wenju serves the index {options.index!r} at http://{shown}:{port}/", flush=True)
    if settings.llm and settings.llm_model:
        model_host = urlsplit(settings.llm_base_url or OPENAI_API).netloc
        note(host_note(library.assistant().model_host or model_host, settings))
    if not (ip_address(host).is_loopback or settings.api_keys):
        note("open to the network without a key; set WENJU_API_KEYS")
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    mount(app, library, is_ending=lambda: server.should_exit)
    with suppress(KeyboardInterrupt):  # raised again once all has ended
        server.run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises BadSetting."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None) or 0
        reason = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or error
        raise BadSetting(
            f"cannot listen on {host}:{port} ({reason})", "choose another --host or --port"
        ) from error
