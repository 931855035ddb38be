"""A BERT encoder as an ONNX graph, written straight from its weights, in int8 or float32.

In int8 a matrix has a scale for each output channel, and its inputs have one for each token. To
export the same network from torch takes ten times as long, and torch. Word vectors are no part of
it: they are its input, from the one table that all networks share.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from rag.models.onnx import Precision

_OPSETS = {"": 20, "com.microsoft": 1}  # the first with Gelu; SkipLayerNormalization
_IR_VERSION = 10
_EPSILON = 1e-12
_ZERO = 128  # in uint8, which processors multiply with int8 fastest


class EncoderGraph:
    """The network that `weights` describe, by the names of a `transformers.BertModel`.

    It reads the word vectors `words` (1, tokens, d) and, where it `has_types`, `token_type_ids`
    (1, tokens); without them all tokens are of type 0. `states` names the states (1, tokens, d) of
    the last layer, to which a head adds with `node` and `linear`.
    """

    def __init__(
        self,
        weights: Mapping[str, np.ndarray],
        heads: int,
        precision: Precision,
        *,
        has_types: bool = False,
    ) -> None:
        self._weights = weights
        self._heads = heads
        self._precision = precision
        self._has_types = has_types
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._quantized: dict[str, tuple[str, str]] = {}
        self.states = self._embedded()
        layers = sum(name.endswith(".attention.self.query.weight") for name in weights)
        for layer in range(layers):
            self.states = self._layer(f"encoder.layer.{layer}.")

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """The name of what `operator` makes of the values named."""
        return self._append(operator, inputs, 1, **attributes)[0]

    def constant(self, name: str, value: Any) -> str:
        """`name`, of a value that is always the same."""
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def linear(self, inputs: str, prefix: str) -> str:
        """The inputs times a weight matrix (out, in), plus its bias."""
        name = f"{prefix}.weight"
        matrix = self._weights[name].T
        if self._precision == "float32":
            product = self.node("MatMul", inputs, self.constant(name, np.ascontiguousarray(matrix)))
            return self.node("Add", product, self._weight(f"{prefix}.bias"))
        scales = np.abs(matrix).max(axis=0) / np.float32(127)
        steps, size = self._quantised(inputs)
        product = self.node(
            "MatMulInteger",
            steps,
            self.constant(f"{name}.int8", np.rint(matrix / scales).astype(np.int8)),
            self.constant("zero", np.uint8(_ZERO)),
            self.constant(f"{name}.zero", np.zeros(len(scales), np.int8)),
        )
        product = self.node("Cast", product, to=TensorProto.FLOAT)
        product = self.node("Mul", product, self.constant(f"{name}.scale", scales))
        return self.node("Add", self.node("Mul", product, size), self._weight(f"{prefix}.bias"))

    def _quantised(self, inputs: str) -> tuple[str, str]:
        """A token's state in steps of a size of its own (1, tokens, d), and that (tokens, 1).

        A few tokens and channels hold values far above all others. With one size for all tokens,
        as ONNX Runtime's own quantisation has it, the reader's logits of a span are 1.5 off, root
        mean square; with one for each they are 0.25 off, in the same time.
        """
        if inputs not in self._quantized:
            last = self.constant("width", [0, -1])
            greatest = self.node("ReduceMax", self.node("Abs", inputs), last, keepdims=0)
            size = self.node("Mul", greatest, self.constant("1/127", np.float32(1 / 127)))
            size = self.node("Max", size, self.constant("least", np.float32(1e-9)))
            zero = self.constant("zeros", np.array([_ZERO], np.uint8))
            zeros = self.node("Expand", zero, self.node("Shape", size))
            steps = self.node("QuantizeLinear", inputs, size, zeros, axis=1)
            column = self.node("Unsqueeze", size, self.constant("column", [-1]))
            self._quantized[inputs] = steps, column
        return self._quantized[inputs]

    def save(self, path: Path, **outputs: str) -> None:
        """Write the graph; it gives the values named in `outputs` under their keywords."""
        for output, value in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [output]))
        width = len(self._weights["embeddings.LayerNorm.bias"])
        inputs = [helper.make_tensor_value_info("words", TensorProto.FLOAT, (1, "tokens", width))]
        if self._has_types:
            inputs.append(
                helper.make_tensor_value_info("token_type_ids", TensorProto.INT64, (1, "tokens"))
            )
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            inputs,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            list(self._constants.values()),
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION), path)

    def _embedded(self) -> str:
        count = self.node("Squeeze", self.node("Shape", "words", start=1, end=2))
        positions = self.node("Range", self.constant("0", 0), count, self.constant("1", 1))
        types = "token_type_ids" if self._has_types else self.constant("all", [0])
        words = self.node("Add", "words", self._rows("token_type", types))
        return self._added(words, self._rows("position", positions), "embeddings.")

    def _rows(self, kind: str, ids: str) -> str:
        """The embeddings of these ids."""
        return self.node("Gather", self._weight(f"embeddings.{kind}_embeddings.weight"), ids)

    def _layer(self, prefix: str) -> str:
        attention = f"{prefix}attention."
        query = self._by_head(f"{attention}self.query", (0, 2, 1, 3))
        key = self._by_head(f"{attention}self.key", (0, 2, 3, 1))
        value = self._by_head(f"{attention}self.value", (0, 2, 1, 3))
        size = len(self._weights[f"{attention}self.query.bias"])
        root = self.constant("1/root", np.float32((size // self._heads) ** -0.5))
        scores = self.node("Mul", self.node("MatMul", query, key), root)
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), value)
        mixed = self.node("Transpose", mixed, perm=(0, 2, 1, 3))
        mixed = self.node("Reshape", mixed, self.constant("joined", [1, -1, size]))
        change = self.linear(mixed, f"{attention}output.dense")
        states = self._added(change, self.states, f"{attention}output.")
        inner = self.node("Gelu", self.linear(states, f"{prefix}intermediate.dense"))
        return self._added(self.linear(inner, f"{prefix}output.dense"), states, f"{prefix}output.")

    def _by_head(self, prefix: str, order: tuple[int, ...]) -> str:
        states = self.linear(self.states, prefix)
        size = len(self._weights[f"{prefix}.bias"]) // self._heads
        split = self.constant("split", [1, -1, self._heads, size])
        return self.node("Transpose", self.node("Reshape", states, split), perm=order)

    def _added(self, change: str, states: str, prefix: str) -> str:
        norm = [self._weight(f"{prefix}LayerNorm.{part}") for part in ("weight", "bias")]
        # Runtime makes this of Add and LayerNormalization itself, but only where it knows shapes.
        operator = "SkipLayerNormalization"
        return self.node(operator, change, states, *norm, domain="com.microsoft", epsilon=_EPSILON)

    def _weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def _append(
        self, operator: str, inputs: tuple[str, ...], outputs: int, **attributes: Any
    ) -> list[str]:
        names = [f"{len(self._nodes)}.{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names
