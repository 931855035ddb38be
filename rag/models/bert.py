"""The bundled encoder in torch, for training alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
import transformers

from rag.models import e5

_WORDS = "embeddings.word_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"


def bert(weights: Mapping[str, np.ndarray]) -> Any:
    """A `transformers.BertModel` of these weights, by its names; its word vectors are frozen."""
    config = transformers.BertConfig(
        vocab_size=len(weights[_WORDS]),
        hidden_size=e5.DIMENSION,
        num_hidden_layers=12,
        num_attention_heads=e5.HEADS,
        intermediate_size=1536,
        max_position_embeddings=e5.MAX_TOKENS,
        type_vocab_size=len(weights[_TYPES]),
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config._attn_implementation = "eager"
    network = transformers.BertModel(config, add_pooling_layer=False)
    network.load_state_dict({name: torch.from_numpy(w.copy()) for name, w in weights.items()})
    network.embeddings.word_embeddings.weight.requires_grad_(False)
    return network
