import sys
from pathlib import Path

from rag.config import Settings


def test_defaults_without_any_variable():
    models = Path(sys.prefix) / "share" / "wenju"
    assert Settings.from_environment({}) == Settings(
        Path("indexes"), models, "multilingual-e5-small"
    )


def test_each_variable_moves_one_setting():
    environment = {
        "WENJU_INDEXES": "/data/索引",
        "WENJU_MODELS": "/data/models",
        "WENJU_EMBEDDING_MODEL": "BAAI/bge-m3",
    }
    expected = Settings(Path("/data/索引"), Path("/data/models"), "BAAI/bge-m3")
    assert Settings.from_environment(environment) == expected


def test_an_empty_variable_is_as_good_as_none():
    empty = {"WENJU_INDEXES": "", "WENJU_MODELS": "", "WENJU_EMBEDDING_MODEL": ""}
    assert Settings.from_environment(empty) == Settings()


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("WENJU_INDEXES", "/elsewhere")
    assert Settings.from_environment().indexes == Path("/elsewhere")
