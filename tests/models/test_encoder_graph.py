"""The graph in int8 against the same network in torch: small, of random weights."""

import warnings

import numpy as np
import pytest

from rag.models.encoder_graph import EncoderGraph
from rag.models.onnx import open_session

IDS = np.array([[3, 17, 98, 4, 4, 61, 0]])
TYPES = np.array([[0, 0, 1, 2, 1, 0, 1]])


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


def states_of(bert, ids, types=None):
    import torch

    with torch.inference_mode():
        types = None if types is None else torch.tensor(types)
        return bert(torch.tensor(ids), token_type_ids=types).last_hidden_state.numpy()


def cosines(one, other):
    products = (one * other).sum(axis=-1)
    return products / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_states_are_nearly_those_of_the_network(bert, weights, tmp_path, length):
    graph = EncoderGraph(weights, 4)
    graph.save(tmp_path / "模型.onnx", states=graph.states)
    session = open_session(tmp_path / "模型.onnx")

    (states,) = session.run(None, {"input_ids": IDS[:, :length]})

    assert (states.shape, states.dtype) == ((1, length, 32), np.float32)
    assert cosines(states, states_of(bert, IDS[:, :length])).min() > 0.999


def test_token_types_are_read_where_there_are_any(bert, weights, tmp_path):
    graph = EncoderGraph(weights, 4, has_types=True)
    graph.save(tmp_path / "model.onnx", states=graph.states)
    session = open_session(tmp_path / "model.onnx")

    (states,) = session.run(None, {"input_ids": IDS, "token_type_ids": TYPES})

    assert cosines(states, states_of(bert, IDS, TYPES)).min() > 0.999
    assert cosines(states, states_of(bert, IDS)).min() < 0.99


def test_a_head_adds_to_the_states(bert, weights, tmp_path):
    head = {"head.weight": np.eye(2, 32, dtype=np.float32), "head.bias": np.float32([5, -5])}
    graph = EncoderGraph({**weights, **head}, 4)
    graph.save(tmp_path / "model.onnx", logits=graph.linear(graph.states, "head"))
    session = open_session(tmp_path / "model.onnx")

    (logits,) = session.run(["logits"], {"input_ids": IDS})

    expected = states_of(bert, IDS)[..., :2] + np.float32([5, -5])
    assert np.abs(logits - expected).max() < 0.1


def test_a_matrix_takes_a_byte_a_weight(weights, tmp_path):
    wide = {"head.weight": np.ones((64, 32), np.float32), "head.bias": np.zeros(64, np.float32)}
    graph = EncoderGraph({**weights, **wide}, 4)
    graph.save(tmp_path / "plain.onnx", states=graph.states)
    graph.linear(graph.states, "head")
    graph.save(tmp_path / "wide.onnx", states=graph.states)
    sizes = [(tmp_path / name).stat().st_size for name in ("plain.onnx", "wide.onnx")]

    assert 64 * 32 < sizes[1] - sizes[0] < 2 * 64 * 32
