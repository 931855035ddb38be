"""The reader's build: how it is recognised, how it is made, how near int8 comes to the network."""

import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelMissing
from rag.language.term_groups import query_groups
from rag.models import e5, e5_weights
from rag.models.onnx import open_tokenizer
from rag.reading import reader_build, weight_delta
from rag.reading.cross_encoder import CrossEncoder, ReaderInput, best_spans
from rag.reading.inputs import met, pair, terms_of
from rag.storage import file_digest

CHINESE = "灰岩岛灯塔建于1893年，塔高42米。出资的是船主方德海，设计者是工程师林月。"
TRADITIONAL = "灰岩島燈塔建於1893年，塔高42米。出資的是船主方德海，設計者是工程師林月。"
ENGLISH = (
    "The Greyrock lighthouse was built in 1893 and is 42 metres high. "
    "The shipowner Fang Dehai paid for it, and the engineer Lin Yue designed it."
)


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """The adapter that this version brings: here a small file."""
    path = tmp_path / "data" / "reader.bin"
    path.parent.mkdir()
    path.write_bytes("权重".encode())
    monkeypatch.setattr(reader_build, "ADAPTER", path)
    return path


def write_build(folder, manifest=None, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.int8.onnx").write_bytes(b"12345")
    (folder / "tokenizer.json").write_bytes(b"{}")
    build = {
        "build": reader_build.BUILD,
        "adapter": file_digest(reader_build.ADAPTER),
        "bytes": {"model.int8.onnx": 5, "tokenizer.json": 2},
        **changes,
    }
    (folder / "model.json").write_text(json.dumps(build) if manifest is None else manifest)
    return folder


# What is a finished build


def test_a_build_is_finished_when_adapter_and_sizes_are_those_of_the_manifest(tmp_path, brought):
    assert reader_build.is_built(write_build(tmp_path / "reader"))


def test_a_build_of_another_adapter_is_not_that_of_this_version(tmp_path, brought):
    folder = write_build(tmp_path / "reader")
    brought.write_bytes("权重、".encode())

    assert not reader_build.is_built(folder)


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", "null", "2", '"模型"', "{}", '{"build": 1}', '{"bytes": {}}']
)
def test_a_garbled_manifest_is_no_finished_build(tmp_path, brought, manifest):
    assert not reader_build.is_built(write_build(tmp_path / "reader", manifest))


@pytest.mark.parametrize(
    "changes",
    [
        {"build": reader_build.BUILD - 1},
        {"adapter": "0" * 64},
        {"adapter": None},
        {"bytes": None},
        {"bytes": {"model.int8.onnx": 5}},
        {"bytes": {"model.int8.onnx": 6, "tokenizer.json": 2}},
        {"bytes": {"model.int8.onnx": 5, "tokenizer.json": None}},
    ],
)
def test_another_version_or_wrong_sizes_are_no_finished_build(tmp_path, brought, changes):
    assert not reader_build.is_built(write_build(tmp_path / "reader", **changes))


@pytest.mark.parametrize("name", ["model.int8.onnx", "tokenizer.json", "model.json"])
def test_a_missing_file_is_no_finished_build(tmp_path, brought, name):
    sizes = {"model.int8.onnx": 5, "tokenizer.json": 2, name: None}
    folder = write_build(tmp_path / "reader", bytes=sizes)
    (folder / name).unlink()

    assert not reader_build.is_built(folder)
    assert not reader_build.is_built(tmp_path / "nowhere")


def test_a_manifest_that_is_no_utf8_is_no_finished_build(tmp_path, brought):
    folder = write_build(tmp_path / "reader")
    (folder / "model.json").write_bytes('{"build": "模型"}'.encode("gb18030"))

    assert not reader_build.is_built(folder)


def test_without_the_adapter_nothing_is_built(tmp_path, brought):
    folder = write_build(tmp_path / "reader")
    brought.unlink()

    assert not reader_build.is_built(folder)


def test_the_reader_is_prepared_here(models):
    assert reader_build.is_built(models / reader_build.NAME)


# How it is made: with a network that is only a file


@pytest.fixture
def quick(monkeypatch):
    """Set-up in no time: the weights are the adapter's bytes, and so is the network."""

    def source_file(kind):
        assert kind == "tokenizer"
        return Path(__file__)

    monkeypatch.setattr(reader_build, "merged", lambda path: path.read_bytes())
    monkeypatch.setattr(reader_build, "write", lambda path, weights: path.write_bytes(weights))
    monkeypatch.setattr(e5, "source_file", source_file)


def test_a_build_is_recognised_and_leaves_nothing_else(tmp_path, brought, quick):
    folder = tmp_path / "模型" / "reader"
    reader_build.build(folder)

    assert reader_build.is_built(folder)
    assert (folder / "model.int8.onnx").read_bytes() == "权重".encode()
    assert (folder / "tokenizer.json").read_bytes() == Path(__file__).read_bytes()
    assert [path.name for path in folder.parent.iterdir()] == ["reader"]


def test_a_new_build_takes_the_place_of_the_former(tmp_path, brought, quick):
    folder = tmp_path / "reader"
    reader_build.build(folder)
    brought.write_bytes(b"more")
    reader_build.build(folder)

    assert reader_build.is_built(folder)
    assert (folder / "model.int8.onnx").read_bytes() == b"more"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "reader"]


def test_a_build_of_an_adapter_of_ones_own_is_not_taken_for_that_of_this_version(
    tmp_path, brought, quick
):
    own = tmp_path / "own.bin"
    own.write_bytes(b"own")
    reader_build.build(tmp_path / "reader", own)

    assert not reader_build.is_built(tmp_path / "reader")
    shutil.copyfile(own, brought)
    assert reader_build.is_built(tmp_path / "reader")


def test_a_build_that_fails_leaves_the_former(tmp_path, brought, quick, monkeypatch):
    folder = tmp_path / "reader"
    reader_build.build(folder)

    def fail(path, weights):
        raise OSError("no space left on device")

    monkeypatch.setattr(reader_build, "write", fail)
    with pytest.raises(OSError, match="no space"):
        reader_build.build(folder)

    assert reader_build.is_built(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "reader"]


# The network itself


@pytest.fixture(scope="module")
def network():
    """The trained network in fp32, on one thread: two wait for each other on short texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch and transformers while they are imported
        import torch

        from rag.reading.network import untrained
    model = untrained()
    state = {name: torch.from_numpy(value.copy()) for name, value in reader_build.merged().items()}
    model.load_state_dict(state)
    model.eval()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield model
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def served(models):
    encoder = CrossEncoder(models / reader_build.NAME)
    yield encoder
    encoder.close()


@pytest.fixture(scope="module")
def tokenizer(models):
    return open_tokenizer(models / reader_build.NAME / e5.TOKENIZER_FILE)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("灯塔建于哪一年？", CHINESE),
        ("燈塔是誰設計的？", TRADITIONAL),
        ("Who designed the lighthouse?", CHINESE),
        ("Who paid for the lighthouse?", ENGLISH),
        ("灯塔建于哪一年？", ENGLISH),
    ],
)
def test_int8_reads_what_the_network_reads(network, served, tokenizer, lexicon, question, passage):
    import torch

    groups = query_groups(question, lexicon)
    made = pair(tokenizer, question, "灰岩岛灯塔", passage, met(terms_of(groups), passage))
    with torch.inference_mode():
        logits, relevance = network(torch.tensor([made.ids]), torch.tensor([made.types]))
    best = best_spans(logits[0].numpy(), made, passage)[0]
    (reading,) = served.read(question, groups, [ReaderInput("灰岩岛灯塔", passage)])

    # Measured on 13 pairs: scores at most 1.2 apart (of 3 to 11), relevance 0.27.
    assert (reading.spans[0].start, reading.spans[0].end) == (best.start, best.end)
    assert reading.spans[0].score == pytest.approx(best.score, abs=2.5)
    assert reading.relevance == pytest.approx(float(relevance), abs=0.75)


def test_padding_as_in_training_changes_nothing(network):
    import torch

    ids = torch.tensor([[0, 581, 22729, 2, 2, 2, 36480, 2, 1, 1], [0, *range(20, 28), 2]])
    types = torch.tensor([[0] * 6 + [1, 0, 0, 0], [0] * 5 + [3] * 5])
    mask = (ids != 1).long()
    with torch.inference_mode():
        logits, relevance = network(ids, types, mask)
        alone, own = network(ids[:1, :8], types[:1, :8])

    assert (logits.shape, relevance.shape) == ((2, 10, 2), (2,))
    assert torch.allclose(logits[0, :8], alone[0], atol=1e-4)
    assert torch.allclose(relevance[0], own[0], atol=1e-4)


def test_the_network_is_that_of_the_adapter(network):
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    untouched = "bert.embeddings.word_embeddings.weight"
    read = weight_delta.read(reader_build.ADAPTER, dict.fromkeys(state, np.float32(0)))
    weights = e5_weights.read_weights(e5.source_file("weights"))

    assert set(state) - set(read) == {untouched}
    assert np.array_equal(state[untouched], weights[untouched.removeprefix("bert.")])
    for name in ("span.weight", "span.bias", "relevance.weight", "relevance.bias"):
        assert np.array_equal(state[name], read[name])
    name = "encoder.layer.11.output.dense.weight"
    assert np.allclose(state[f"bert.{name}"], weights[name] + read[f"bert.{name}"], atol=1e-6)
    assert np.abs(read[f"bert.{name}"]).max() > 1e-3


def test_a_damaged_adapter_makes_no_network(tmp_path):
    path = tmp_path / "reader.bin"
    path.write_bytes(reader_build.ADAPTER.read_bytes()[:-1000])

    with pytest.raises(ModelMissing, match="is damaged; reinstall wenju"):
        reader_build.merged(path)
