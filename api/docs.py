"""`/docs`, with all it needs served from here: it works without the internet."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

from api.examples import EXAMPLES
from api.keys import Keys

_FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
_OPEN = ("/healthz", "/readyz")
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wenju 问据: HTTP API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</html>
"""
# No validator: its badge would be fetched from outside.
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  requestSnippetsEnabled: true,
});
"""


def add_docs(app: FastAPI, keys: Keys) -> None:
    """Add the page that shows the API; with keys, each operation says that it needs one."""
    spec = find_spec("fastapi_offline")  # carries Swagger UI
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "static"
    describe = app.openapi

    @app.get("/docs", include_in_schema=False)
    async def page() -> Response:
        return HTMLResponse(_PAGE)

    @app.get("/docs/start.js", include_in_schema=False)
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    @app.get("/docs/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404)
        return FileResponse(folder / name, media_type=_FILES[name])

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _illustrate(describe())
            if keys:
                _secure(describe())
        return describe()

    app.openapi = openapi  # type: ignore[method-assign]


def _illustrate(schema: dict[str, Any]) -> None:
    """Adds the examples here: FastAPI would drop each null in them."""
    for (path, method), (asked, answered) in EXAMPLES.items():
        operation = schema["paths"][path][method]
        operation["responses"]["200"]["content"]["application/json"]["examples"] = answered
        if asked is not None:
            for content in operation["requestBody"]["content"].values():
                content["examples"] = asked


def _secure(schema: dict[str, Any]) -> None:
    bearer = {"type": "http", "scheme": "bearer", "description": "One of WENJU_API_KEYS."}
    schema["components"]["securitySchemes"] = {"key": bearer}
    for path, operations in schema["paths"].items():
        if path not in _OPEN:
            for operation in operations.values():
                operation["security"] = [{"key": []}]
