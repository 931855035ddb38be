"""The reader's build: how it is recognised, how it is made, how near it comes to the network."""

import json
import shutil
import warnings

import numpy as np
import pytest

from rag.errors import ModelMissing
from rag.evaluation.matching import f1
from rag.language.term_groups import query_groups
from rag.models import builds, e5, e5_weights, vocabulary, weight_delta
from rag.models.vocabulary import open_vocabulary
from rag.reading import reader_build
from rag.reading.cross_encoder import CrossEncoder, ReaderInput, best_spans
from rag.reading.inputs import meet, pair, terms_of
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


@pytest.fixture
def quick(monkeypatch):
    """Set-up in no time: the weights are the adapter's bytes, and so is the network."""
    monkeypatch.setattr(reader_build, "merged", lambda path: path.read_bytes())
    monkeypatch.setattr(
        reader_build, "write", lambda path, weights, precision: path.write_bytes(weights)
    )


# What is a finished build: more about manifests is in tests/models/test_builds.py


def test_a_build_is_known_by_the_adapter_and_this_version(tmp_path, brought):
    def is_built(name, **manifest):
        builds.save(tmp_path / name, manifest, lambda made: (made / "encoder.onnx").touch())
        return reader_build.is_built(tmp_path / name)

    build, adapter = reader_build.BUILD, file_digest(brought)
    assert is_built("reader", build=build, adapter=adapter)
    assert is_built("float32", build=build, adapter=adapter, precision="float32")
    assert not is_built("older", build=build - 1, adapter=adapter)
    assert not is_built("other", build=build, adapter="0" * 64)
    assert not is_built("none", build=build, adapter=None)
    assert not reader_build.is_built(tmp_path / "nowhere")


def test_a_build_of_another_adapter_is_not_that_of_this_version(tmp_path, brought, quick):
    folder = tmp_path / "reader"
    reader_build.build(folder, "int8")
    assert reader_build.is_built(folder)

    brought.write_bytes("权重、".encode())

    assert not reader_build.is_built(folder)


def test_a_build_that_has_lost_its_network_is_not_finished(tmp_path, brought, quick):
    reader_build.build(tmp_path / "reader", "int8")
    (tmp_path / "reader" / "encoder.onnx").unlink()

    assert not reader_build.is_built(tmp_path / "reader")


def test_without_the_adapter_nothing_is_built(tmp_path, brought, quick):
    reader_build.build(tmp_path / "reader", "int8")
    brought.unlink()

    assert not reader_build.is_built(tmp_path / "reader")


def test_the_reader_is_prepared_here(models):
    assert reader_build.is_built(models / reader_build.NAME)


# How it is made: with a network that is only a file


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_a_build_says_what_it_is_and_leaves_nothing_else(tmp_path, brought, quick, precision):
    folder = tmp_path / "模型" / "reader"
    reader_build.build(folder, precision)

    assert reader_build.is_built(folder)
    assert (folder / "encoder.onnx").read_bytes() == "权重".encode()
    assert json.loads((folder / "model.json").read_text("utf-8")) == {
        "build": reader_build.BUILD,
        "adapter": file_digest(brought),
        "precision": precision,
        "bytes": {"encoder.onnx": 6},
    }
    assert [path.name for path in folder.parent.iterdir()] == ["reader"]


def test_a_build_of_an_adapter_of_ones_own_is_not_taken_for_that_of_this_version(
    tmp_path, brought, quick
):
    own = tmp_path / "own.bin"
    own.write_bytes(b"own")
    reader_build.build(tmp_path / "reader", "int8", own)

    assert not reader_build.is_built(tmp_path / "reader")
    shutil.copyfile(own, brought)
    assert reader_build.is_built(tmp_path / "reader")


def test_a_build_that_fails_leaves_the_former(tmp_path, brought, quick, monkeypatch):
    folder = tmp_path / "reader"
    reader_build.build(folder, "int8")

    def fail(path, weights, precision):
        raise OSError("no space left on device")

    monkeypatch.setattr(reader_build, "write", fail)
    with pytest.raises(OSError, match="no space"):
        reader_build.build(folder, "int8")

    assert reader_build.is_built(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "reader"]


# What the adapter adds


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([[0, 1], [2, 3], [4, 5], [6, 7]], [[0, 1], [2, 3], [4, 5], [6, 7], [0, 1], [0, 1]]),
        ([[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [1, 0]],) * 2,
    ],
)
def test_types_that_the_adapter_does_not_know_are_read_as_the_question(
    tmp_path, monkeypatch, known, expected
):
    types = "bert.embeddings.token_type_embeddings.weight"
    base = {types: np.ones((6, 2), np.float32), "bert.words": np.float32([3])}
    learnt = {types: np.float32(known), "span.bias": np.float32([1, 2])}
    weight_delta.write(tmp_path / "adapter.bin", learnt, base)
    monkeypatch.setattr(reader_build, "untrained", lambda: dict(base))

    merged = reader_build.merged(tmp_path / "adapter.bin")

    assert {name: value.tolist() for name, value in merged.items()} == {
        types: expected,
        "bert.words": [3],
        "span.bias": [1, 2],
    }


# The network itself


@pytest.fixture(scope="module")
def network():
    """The trained network in fp32, on one thread: two wait for each other on short texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch and transformers while they are imported
        import torch

        from rag.reading.network import trained
    model = trained(reader_build.ADAPTER).eval()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield model
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=["int8", "float32"])
def served(request, models, tmp_path_factory):
    """The precision, and the reader built in it."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / vocabulary.NAME).symlink_to(models / vocabulary.NAME)
    reader_build.build(folder / reader_build.NAME, request.param)
    encoder = CrossEncoder(folder / reader_build.NAME)
    yield request.param, encoder
    encoder.close()


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
def test_what_is_served_reads_what_the_network_reads(
    network, served, models, lexicon, question, passage
):
    import torch

    precision, encoder = served
    groups = query_groups(question, lexicon)
    meeting = meet(terms_of(groups), question, "灰岩岛灯塔", passage)
    tokenizer = open_vocabulary(models / vocabulary.NAME)
    made = pair(tokenizer, question, "灰岩岛灯塔", passage, meeting)
    with torch.inference_mode():
        logits, relevance = network(torch.tensor([made.ids]), torch.tensor([made.types]))
    best = best_spans(logits[0].numpy(), made, passage)[0]
    (reading,) = encoder.read(question, groups, [ReaderInput("灰岩岛灯塔", passage)])

    # Measured in int8 on 8 pairs: scores at most 2.8 apart (of 1 to 9), relevance 1.1; a title
    # before a name (工程師林月) may be in or out.
    apart = {"int8": (4, 1.5), "float32": (0.001, 0.001)}[precision]
    words = passage[reading.spans[0].start : reading.spans[0].end]
    shared = {"int8": 0.5, "float32": 1.0}[precision]
    assert f1(((passage[best.start : best.end],),), words) >= shared
    assert reading.spans[0].score == pytest.approx(best.score, abs=apart[0])
    assert reading.relevance == pytest.approx(float(relevance), abs=apart[1])


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
