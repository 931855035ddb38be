"""The reader's network in torch, for training and for set-up alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from rag.models import e5, e5_weights
from rag.reading.inputs import TYPES

_TOKEN_TYPES = "embeddings.token_type_embeddings.weight"
ENCODER = "bert."  # before the names of the encoder's weights


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
        # Three dimensions, or the exporter makes a product that cannot be quantised.
        return self.span(states), self.relevance(states[:, :1]).flatten()


def untrained() -> ReaderNetwork:
    """The network with the bundled encoder's weights, frozen word vectors, and fresh heads.

    All token types begin as the one that the encoder was trained with.
    """
    import transformers

    torch.manual_seed(7)
    weights = e5_weights.read_weights(e5.source_file("weights"))
    config = e5.encoder_config(len(weights["embeddings.word_embeddings.weight"]), TYPES)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    config._attn_implementation = "eager"
    bert = transformers.BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    state[_TOKEN_TYPES] = state[_TOKEN_TYPES][:1].repeat(TYPES, 1)
    bert.load_state_dict(state, strict=False)
    bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return ReaderNetwork(bert)
