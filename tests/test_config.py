import sys
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import BadSetting


def test_defaults_without_any_variable():
    models = Path(sys.prefix) / "share" / "wenju"
    settings = Settings.from_environment({})

    assert settings == Settings(Path("indexes"), models, "multilingual-e5-small")
    assert (settings.api_keys, settings.allowed_hosts, settings.cors_origins) == ((), (), ())
    assert (settings.upload_mb, settings.upload_files) == (50, 20)


def test_each_variable_moves_one_setting():
    environment = {
        "WENJU_INDEXES": "/data/索引",
        "WENJU_MODELS": "/data/models",
        "WENJU_EMBEDDING_MODEL": "BAAI/bge-m3",
        "WENJU_API_KEYS": "first, second:read,,",
        "WENJU_ALLOWED_HOSTS": "docs.example.org",
        "WENJU_CORS_ORIGINS": "https://app.example.org",
        "WENJU_CONCURRENCY": "3",
        "WENJU_WAIT_SECONDS": "0.5",
        "WENJU_UPLOAD_MB": "8",
        "WENJU_UPLOAD_FILES": "4",
        "WENJU_READER": "OFF",
    }
    assert Settings.from_environment(environment) == Settings(
        Path("/data/索引"),
        Path("/data/models"),
        "BAAI/bge-m3",
        ("first", "second:read"),
        ("docs.example.org",),
        ("https://app.example.org",),
        3,
        0.5,
        8,
        4,
        False,
    )


def test_the_reader_is_on_unless_switched_off():
    assert Settings.from_environment({}).reader
    assert Settings.from_environment({"WENJU_READER": "on"}).reader
    assert not Settings.from_environment({"WENJU_READER": "off"}).reader


def test_a_switch_that_is_neither_on_nor_off_is_named():
    with pytest.raises(BadSetting, match="WENJU_READER=maybe is neither on nor off; correct or"):
        Settings.from_environment({"WENJU_READER": "maybe"})


def test_an_empty_variable_is_as_good_as_none():
    empty = {"WENJU_INDEXES": "", "WENJU_MODELS": "", "WENJU_EMBEDDING_MODEL": "", "WENJU_PORT": ""}
    assert Settings.from_environment({**empty, "WENJU_CONCURRENCY": ""}) == Settings()


@pytest.mark.parametrize("value", ["0", "-1", "many", "1e9", "nan", "２个"])
@pytest.mark.parametrize("variable", ["WENJU_CONCURRENCY", "WENJU_WAIT_SECONDS"])
def test_a_number_that_makes_no_sense_names_its_variable(variable, value):
    with pytest.raises(BadSetting, match=f"^{variable}={value} is not a number above 0; "):
        Settings.from_environment({variable: value})


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("WENJU_INDEXES", "/elsewhere")
    assert Settings.from_environment().indexes == Path("/elsewhere")
