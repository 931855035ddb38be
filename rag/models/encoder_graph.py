"""A BERT encoder as an ONNX graph in int8, written straight from its weights.

Its operators and its rounding are those of ONNX Runtime's dynamic quantisation: a scale per output
channel of a matrix, one scale per table of embeddings, and one per product for its inputs.
Exporting the same network from torch takes ten times as long, and torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_OPSETS = {"": 20, "com.microsoft": 1}  # the first with Gelu; SkipLayerNormalization
_IR_VERSION = 10
_EPSILON = 1e-12


class EncoderGraph:
    """The network that `weights` describe, by the names of a `transformers.BertModel`.

    It reads `input_ids` (1, tokens) and, where it `has_types`, `token_type_ids` of the same shape;
    without them all tokens are of type 0. `states` names the states (1, tokens, d) of the last
    layer, to which a head adds with `node` and `linear`.
    """

    def __init__(
        self, weights: Mapping[str, np.ndarray], heads: int, *, has_types: bool = False
    ) -> None:
        self._weights = weights
        self._heads = heads
        self._inputs = ["input_ids", "token_type_ids"][: 1 + has_types]
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._quantized: dict[str, list[str]] = {}
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
        """The inputs times a weight matrix (out, in), in int8, plus its bias."""
        name = f"{prefix}.weight"
        matrix = self._weights[name].T
        scales = np.abs(matrix).max(axis=0) / np.float32(127)
        if inputs not in self._quantized:
            self._quantized[inputs] = self._append("DynamicQuantizeLinear", (inputs,), 3)
        steps, size, zero = self._quantized[inputs]
        product = self.node(
            "MatMulInteger",
            steps,
            self.constant(f"{name}.int8", np.rint(matrix / scales).astype(np.int8)),
            zero,
            self.constant(f"{name}.zero", np.zeros(len(scales), np.int8)),
        )
        scale = self.node("Mul", size, self.constant(f"{name}.scale", scales))
        product = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), scale)
        return self.node("Add", product, self._weight(f"{prefix}.bias"))

    def save(self, path: Path, **outputs: str) -> None:
        """Write the graph; it gives the values named in `outputs` under their keywords."""
        for output, value in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [output]))
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, (1, "tokens"))
                for name in self._inputs
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            list(self._constants.values()),
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION), path)

    def _embedded(self) -> str:
        count = self.node("Squeeze", self.node("Shape", "input_ids", start=1))
        positions = self.node("Range", self.constant("0", 0), count, self.constant("1", 1))
        types = self._inputs[1] if len(self._inputs) == 2 else self.constant("all", [0])
        words = self.node("Add", self._rows("word", "input_ids"), self._rows("token_type", types))
        return self._added(words, self._rows("position", positions), "embeddings.")

    def _rows(self, kind: str, ids: str) -> str:
        """The embeddings of these ids, from a table in uint8."""
        name = f"embeddings.{kind}_embeddings.weight"
        table = self._weights[name]
        low = np.float64(table.min())
        scale = (np.float64(table.max()) - low) / 255
        zero = np.rint(-low / scale)
        steps = table / np.float32(scale)
        np.clip(np.rint(steps, out=steps) + np.float32(zero), 0, 255, out=steps)
        return self.node(
            "DequantizeLinear",
            self.node("Gather", self.constant(f"{name}.uint8", steps.astype(np.uint8)), ids),
            self.constant(f"{name}.scale", np.float32(scale)),
            self.constant(f"{name}.zero", np.uint8(zero)),
        )

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
