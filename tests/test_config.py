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
    assert (settings.reader, settings.confidence) == (True, 0.0)


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
        "WENJU_CONFIDENCE": "0.75",
        "WENJU_LLM_BASE_URL": "http://127.0.0.1:11434/v1",
        "WENJU_LLM_MODEL": "qwen3:4b",
        "WENJU_LLM_API_KEY": "sk-1",
        "WENJU_LLM": "off",
        "WENJU_LLM_OFF_FOR": "private, 人事",
        "WENJU_LLM_SECONDS": "12.5",
        "WENJU_LLM_CONTEXT_TOKENS": "6000",
        "WENJU_LLM_UNSUPPORTED": "mark",
        "WENJU_AUDIT": "/var/log/文档.jsonl",
        "WENJU_STORE": "milvus",
        "WENJU_MILVUS_URI": "https://milvus.example.org:19530",
        "WENJU_MILVUS_TOKEN": "anna:secret",
        "WENJU_MILVUS_DATABASE": "papers",
        "WENJU_DATABASE_URL": "postgresql://wenju@db/wenju",
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
        0.75,
        "http://127.0.0.1:11434/v1",
        "qwen3:4b",
        "sk-1",
        False,
        ("private", "人事"),
        12.5,
        6000,
        "mark",
        "/var/log/文档.jsonl",
        "milvus",
        "https://milvus.example.org:19530",
        "anna:secret",
        "papers",
        "postgresql://wenju@db/wenju",
    )


def test_settings_tell_no_secret():
    secrets = {
        "milvus_uri": "x.db",
        "milvus_token": "t0ken",
        "database_url": "postgresql://a:pw@b/c",
    }
    shown = repr(Settings(store="milvus", **secrets))
    assert not any(secret in shown for secret in secrets.values())


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"WENJU_STORE": "faiss"}, "WENJU_STORE=faiss is neither sqlite nor milvus"),
        ({"WENJU_STORE": "milvus"}, "WENJU_STORE is set, and WENJU_MILVUS_URI is not"),
        ({"WENJU_MILVUS_URI": "a.db"}, "WENJU_MILVUS_URI is set, and WENJU_STORE is not"),
        (
            {"WENJU_STORE": "milvus", "WENJU_MILVUS_URI": "http://me:pass@host:19530"},
            "WENJU_MILVUS_URI is neither a file that ends in .db nor an http.s. URL",
        ),
    ],
)
def test_a_store_that_cannot_be_is_named(environment, message):
    with pytest.raises(BadSetting, match=message) as raised:
        Settings.from_environment(environment)
    assert "pass" not in str(raised.value).replace("password", "")


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


@pytest.mark.parametrize("value", ["1", "1.5", "75"])
def test_a_confidence_that_no_answer_reaches_is_no_setting(value):
    message = f"^WENJU_CONFIDENCE={value} is not a probability below 1; correct or unset it$"
    with pytest.raises(BadSetting, match=message):
        Settings.from_environment({"WENJU_CONFIDENCE": value})


@pytest.mark.parametrize("confidence", [-0.1, 1.0, float("nan")])
def test_a_confidence_is_a_probability_however_it_is_set(confidence):
    with pytest.raises(BadSetting, match="is not a probability below 1"):
        Settings(confidence=confidence)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1e9", "nan", "２个"])
@pytest.mark.parametrize(
    "variable", ["WENJU_CONCURRENCY", "WENJU_WAIT_SECONDS", "WENJU_CONFIDENCE"]
)
def test_a_number_that_makes_no_sense_names_its_variable(variable, value):
    with pytest.raises(BadSetting, match=f"^{variable}={value} is not a number above 0; "):
        Settings.from_environment({variable: value})


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("WENJU_INDEXES", "/elsewhere")
    assert Settings.from_environment().indexes == Path("/elsewhere")


def test_there_is_no_language_model_unless_one_is_named():
    settings = Settings()
    assert (settings.llm_base_url, settings.llm_model, settings.llm_api_key) == ("", "", "")
    assert (settings.llm, settings.llm_off_for, settings.llm_unsupported) == (True, (), "drop")
    assert (settings.llm_seconds, settings.llm_context_tokens) == (30.0, 3000)


def test_the_key_of_the_language_model_is_not_shown():
    settings = Settings.from_environment({"WENJU_LLM_API_KEY": "sk-secret"})
    assert settings.llm_api_key == "sk-secret"
    assert "sk-secret" not in repr(settings)


@pytest.mark.parametrize(
    "value",
    [
        "sk-secret",
        "127.0.0.1:11434/v1",
        "ftp://host/v1",
        "http://",
        "http:///v1",
        "http://host:port/v1",
        "http://host:0/v1",
        "http://host:99999/v1",
        "http://[::1/v1",
        "http://me:sk-secret@host/v1",
        "http://a host/v1",
    ],
)
def test_an_address_of_a_language_model_that_is_none_is_not_repeated(value):
    variables = {"WENJU_LLM_BASE_URL": value, "WENJU_LLM_MODEL": "qwen3:4b"}
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment(variables)
    assert str(caught.value) == (
        "WENJU_LLM_BASE_URL is not an http(s) URL without a password; "
        "give one such as http://127.0.0.1:11434/v1, or unset it"
    )


@pytest.mark.parametrize(
    "value", ["http://[::1]:8080/v1", "https://例子.中国/v1/", "http://host", "HTTPS://HOST/v1?a=b"]
)
def test_addresses_of_a_language_model(value):
    variables = {"WENJU_LLM_BASE_URL": value, "WENJU_LLM_MODEL": "qwen3:4b"}
    assert Settings.from_environment(variables).llm_base_url == value


def test_an_address_needs_a_model():
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment({"WENJU_LLM_BASE_URL": "http://127.0.0.1:11434/v1"})
    assert str(caught.value) == (
        "WENJU_LLM_BASE_URL is set, and WENJU_LLM_MODEL is not; "
        "set it to the name of a model of that server"
    )


def test_a_model_needs_no_address():
    assert Settings.from_environment({"WENJU_LLM_MODEL": "gpt-x"}).llm_base_url == ""


@pytest.mark.parametrize("value", ["sk secret", "sk-secret\n", "密钥-secret"])
def test_a_key_that_no_header_takes_is_not_repeated(value):
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment({"WENJU_LLM_API_KEY": value})
    assert str(caught.value) == (
        "WENJU_LLM_API_KEY holds a space or a character that no key has; correct or unset it"
    )


def test_sentences_without_support_are_dropped_or_marked():
    with pytest.raises(BadSetting, match="UNSUPPORTED=keep is neither drop nor mark; correct"):
        Settings.from_environment({"WENJU_LLM_UNSUPPORTED": "keep"})
