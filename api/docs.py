"""`/docs`, with all it needs served from here: it works without the internet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

_DATA = Path(__file__).parent / "data"
_FILES = {
    "start.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
_OPEN = ("/healthz", "/readyz")
router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def page() -> Response:
    """The page that shows the API."""
    return FileResponse(_DATA / "docs.html")


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    """A file that the page loads."""
    if name not in _FILES:
        raise HTTPException(404)
    swagger = find_spec("fastapi_offline")  # carries Swagger UI
    assert swagger is not None
    assert swagger.origin is not None
    folder = _DATA if name == "start.js" else Path(swagger.origin).parent / "static"
    return FileResponse(folder / name, media_type=_FILES[name])


def illustrated(
    describe: Callable[[], dict[str, Any]], *, upload_files: int, is_keyed: bool
) -> Callable[[], dict[str, Any]]:
    """`describe` with examples, the limit of uploads, and where keys are needed, that they are."""
    done: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not done:
            done.update(describe())
            _illustrate(done["paths"])
            upload = done["paths"]["/v1/documents"]["post"]["requestBody"]["content"]
            upload["multipart/form-data"]["schema"]["properties"]["files"]["maxItems"] = (
                upload_files
            )
            if is_keyed:
                _secure(done)
        return done

    return openapi


def _illustrate(paths: Mapping[str, Any]) -> None:
    """Adds the examples here: FastAPI would drop each null in them."""
    examples = yaml.safe_load((_DATA / "examples.yaml").read_text("utf-8"))
    for name, example in examples["operations"].items():
        method, path = name.split()
        operation = paths[path][method.lower()]
        _add(operation["responses"]["200"]["content"]["application/json"], example["response"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _add(content, example["request"])


def _add(content: dict[str, Any], example: Mapping[str, Any]) -> None:
    content["examples"] = {
        "zh": {"summary": "中文", "value": example["zh"]},
        "en": {"summary": "English", "value": example["en"]},
    }


def _secure(schema: dict[str, Any]) -> None:
    bearer = {"type": "http", "scheme": "bearer", "description": "One of WENJU_API_KEYS."}
    schema["components"]["securitySchemes"] = {"key": bearer}
    for path, operations in schema["paths"].items():
        if path not in _OPEN:
            for operation in operations.values():
                operation["security"] = [{"key": []}]
