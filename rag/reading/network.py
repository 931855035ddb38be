"""The reader's network in torch, for training alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rag.models.bert import bert
from rag.reading import reader_build
from rag.reading.reader_build import ENCODER


class ReaderNetwork(nn.Module):
    """The bundled encoder with heads for a span and for relevance.

    Gives token logits (batch, tokens, 2) of where the answer starts and ends, and the logit
    (batch,) of whether the passage answers at all. No answer is a span at the first token, which
    is where relevance is read as well.
    """

    def __init__(self, bert: Any) -> None:
        super().__init__()
        self.bert = bert
        self.span = nn.Linear(bert.config.hidden_size, 2)
        self.relevance = nn.Linear(bert.config.hidden_size, 1)

    def forward(
        self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Logits as described above."""
        states = self.bert(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        ).last_hidden_state
        return self.span(states), self.relevance(states[:, :1]).flatten()


def untrained() -> ReaderNetwork:
    """The network with the bundled encoder's weights, frozen word vectors, and fresh heads."""
    torch.manual_seed(7)
    return _of(reader_build.untrained())


def trained(adapter: Path) -> ReaderNetwork:
    """The network with what an adapter holds, to be trained further."""
    return _of(reader_build.merged(adapter))


def _of(weights: Mapping[str, np.ndarray]) -> ReaderNetwork:
    encoder = {
        name.removeprefix(ENCODER): weight
        for name, weight in weights.items()
        if name.startswith(ENCODER)
    }
    network = ReaderNetwork(bert(encoder))
    heads = {n: torch.from_numpy(w.copy()) for n, w in weights.items() if not n.startswith(ENCODER)}
    network.load_state_dict(heads, strict=False)
    return network
