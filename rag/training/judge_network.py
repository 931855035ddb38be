"""The judge's network in torch, for training alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rag.checking import judge_build
from rag.models.bert import bert
from rag.reading.reader_build import ENCODER


class JudgeNetwork(nn.Module):
    """The bundled encoder with a head of three classes, read at the first token.

    Gives logits (batch, 3): the evidence supports the claim, contradicts it, is not enough.
    """

    def __init__(self, bert: Any) -> None:
        super().__init__()
        self.bert = bert
        self.verdict = nn.Linear(bert.config.hidden_size, 3)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None = None
    ) -> Tensor:
        """Logits as described above."""
        states = self.bert(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        verdict: Tensor = self.verdict(states[:, 0])
        return verdict


def untrained() -> JudgeNetwork:
    """The network with the bundled encoder's weights, frozen word vectors, and a fresh head."""
    torch.manual_seed(7)
    return _of(judge_build.untrained())


def trained(adapter: Path) -> JudgeNetwork:
    """The network with what an adapter holds, the judge's or the reader's, to be trained further.

    The reader has another head, so that the judge's begins fresh.
    """
    torch.manual_seed(7)
    return _of(judge_build.merged(adapter))


def _of(weights: Mapping[str, np.ndarray]) -> JudgeNetwork:
    encoder = {
        name.removeprefix(ENCODER): weight
        for name, weight in weights.items()
        if name.startswith(ENCODER)
    }
    network = JudgeNetwork(bert(encoder))
    own = network.state_dict()
    heads = {
        name: torch.from_numpy(weight.copy())
        for name, weight in weights.items()
        if name in own and not name.startswith(ENCODER)
    }
    network.load_state_dict(heads, strict=False)
    return network
