"""The Model Context Protocol at standard input and output, for the client that starts it."""

from __future__ import annotations

import argparse
import asyncio
from importlib.util import find_spec

from rag.cli.printing import note
from rag.config import Settings
from rag.errors import BadSetting


def mcp(options: argparse.Namespace, settings: Settings) -> int:
    """Serve an index to an MCP client that starts this command."""
    if find_spec("mcp") is None:
        raise BadSetting("the package mcp is not installed", "run: pip install 'wenju[mcp]'")
    from api.keys import Keys
    from api.mcp_server import create_server, serve_stdio
    from api.services import Services, own_version
    from rag.index.stores import open_store
    from rag.library import Library
    from rag.models.embedding import identity

    # Nothing could be added to an index that is made empty here: there has to be one.
    open_store(settings, options.index, identity(settings)).close()
    library = Library(settings, options.index)
    library.open()
    services = Services(library, Keys(()), home="")
    note(f"serving the index {options.index!r} to an MCP client")
    try:
        asyncio.run(serve_stdio(create_server(services, own_version())))
    finally:
        services.close()
    return 0
