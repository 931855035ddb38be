"""The graph in int8 and in float32 against the same network in torch: small, of random weights."""

import warnings

import numpy as np
import pytest

from rag.models.encoder_graph import EncoderGraph
from rag.models.onnx import open_session

IDS = np.array([[3, 17, 98, 4, 4, 61, 0]])
TYPES = np.array([[0, 0, 1, 2, 1, 0, 1]])
NEAREST = {"int8": 0.999, "float32": 0.999999}  # cosines


@pytest.fixture(scope="module")
def bert():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        import transformers

        torch.manual_seed(11)
        config = transformers.BertConfig(
            vocab_size=99,
            hidden_size=32,
            num_hidden_layers=3,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=16,
            type_vocab_size=3,
        )
        network = transformers.BertModel(config, add_pooling_layer=False).eval()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter += 0.1 * torch.randn(parameter.shape)
        return network


@pytest.fixture(scope="module")
def weights(bert):
    return {name: value.numpy() for name, value in bert.state_dict().items()}


@pytest.fixture(params=["int8", "float32"])
def precision(request):
    return request.param


def words_of(weights, ids):
    return weights["embeddings.word_embeddings.weight"][ids]


def states_of(bert, ids, types=None):
    import torch

    with torch.inference_mode():
        types = None if types is None else torch.tensor(types)
        return bert(torch.tensor(ids), token_type_ids=types).last_hidden_state.numpy()


def cosines(one, other):
    products = (one * other).sum(axis=-1)
    return products / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_states_are_nearly_those_of_the_network(bert, weights, tmp_path, precision, length):
    graph = EncoderGraph(weights, 4, precision)
    graph.save(tmp_path / "模型.onnx", states=graph.states)
    session = open_session(tmp_path / "模型.onnx")

    (states,) = session.run(None, {"words": words_of(weights, IDS[:, :length])})

    assert (states.shape, states.dtype) == ((1, length, 32), np.float32)
    assert cosines(states, states_of(bert, IDS[:, :length])).min() > NEAREST[precision]


def test_in_float32_each_number_is_that_of_the_network(bert, weights, tmp_path):
    graph = EncoderGraph(weights, 4, "float32")
    graph.save(tmp_path / "model.onnx", states=graph.states)
    session = open_session(tmp_path / "model.onnx")

    (states,) = session.run(None, {"words": words_of(weights, IDS)})

    assert np.abs(states - states_of(bert, IDS)).max() < 1e-4


def test_token_types_are_read_where_there_are_any(bert, weights, tmp_path, precision):
    graph = EncoderGraph(weights, 4, precision, has_types=True)
    graph.save(tmp_path / "model.onnx", states=graph.states)
    session = open_session(tmp_path / "model.onnx")

    words = words_of(weights, IDS)
    (states,) = session.run(None, {"words": words, "token_type_ids": TYPES})

    assert cosines(states, states_of(bert, IDS, TYPES)).min() > NEAREST[precision]
    assert cosines(states, states_of(bert, IDS)).min() < 0.99


@pytest.mark.parametrize("has_types", [False, True])
def test_the_word_vectors_are_no_part_of_it(weights, tmp_path, precision, has_types):
    word = "embeddings.word_embeddings.weight"
    rest = {name: value for name, value in weights.items() if name != word}
    graph = EncoderGraph(rest, 4, precision, has_types=has_types)
    graph.save(tmp_path / "model.onnx", states=graph.states)

    inputs = open_session(tmp_path / "model.onnx").get_inputs()

    assert [(each.name, each.shape, each.type) for each in inputs] == [
        ("words", [1, "tokens", 32], "tensor(float)"),
        ("token_type_ids", [1, "tokens"], "tensor(int64)"),
    ][: 1 + has_types]


def test_a_head_adds_to_the_states(bert, weights, tmp_path, precision):
    head = {"head.weight": np.eye(2, 32, dtype=np.float32), "head.bias": np.float32([5, -5])}
    graph = EncoderGraph({**weights, **head}, 4, precision)
    graph.save(tmp_path / "model.onnx", logits=graph.linear(graph.states, "head"))
    session = open_session(tmp_path / "model.onnx")

    (logits,) = session.run(["logits"], {"words": words_of(weights, IDS)})

    expected = states_of(bert, IDS)[..., :2] + np.float32([5, -5])
    assert np.abs(logits - expected).max() < {"int8": 0.1, "float32": 1e-4}[precision]


@pytest.mark.parametrize(("precision", "size"), [("int8", 1), ("float32", 4)])
def test_a_matrix_takes_one_or_four_bytes_a_weight(weights, tmp_path, precision, size):
    wide = {"head.weight": np.ones((64, 32), np.float32), "head.bias": np.zeros(64, np.float32)}
    graph = EncoderGraph({**weights, **wide}, 4, precision)
    graph.save(tmp_path / "plain.onnx", states=graph.states)
    graph.linear(graph.states, "head")
    graph.save(tmp_path / "wide.onnx", states=graph.states)
    sizes = [(tmp_path / name).stat().st_size for name in ("plain.onnx", "wide.onnx")]

    assert size * 64 * 32 < sizes[1] - sizes[0] < (size + 1) * 64 * 32
