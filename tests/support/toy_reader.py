"""A reader small enough to train in a test: its tokens, its network, and what it learns from."""

import re
import zlib

import torch
from transformers import BertConfig, BertModel

from rag.models.vocabulary import Tokens
from rag.reading.cross_encoder import ReaderInput
from rag.reading.inputs import TYPES
from rag.reading.network import ReaderNetwork
from rag.training.examples import Example

VOCABULARY = 500
CITIES = {"张三": "天津", "李四": "上海", "王五": "广州", "赵六": "杭州", "孙七": "西安"}


class WordTokenizer:
    """Latin words, numbers and single other characters, each with an id of its own, nearly."""

    def encode(self, text):
        found = list(re.finditer(r"[A-Za-z]+|\d+|\S", text))
        return Tokens([token_id(m.group()) for m in found], [m.span() for m in found])


def token_id(word):
    return 10 + zlib.crc32(word.lower().encode()) % (VOCABULARY - 10)


def network(seed=1):
    """Two layers of random weights, its word vectors frozen as those of the real one."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        type_vocab_size=TYPES,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    bert = BertModel(config, add_pooling_layer=False)
    bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return ReaderNetwork(bert)


def example(name, city, **given):
    """Where someone lives, among what they like; another passage does not tell."""
    text = f"{name}喜欢龙虾。{name}住在{city}，有3只猫。"
    values = {
        "question": f"{name}住在哪里？",
        "translated": "",
        "is_chinese": True,
        "passage": ReaderInput("人物", text),
        "start": text.index(city),
        "end": text.index(city) + len(city),
        "distractors": (ReaderInput("人物", f"{name}喜欢龙虾，也有5只猫。"),),
        "source": "toy",
        "held_out": False,
    }
    return Example(**{**values, **given})


def examples():
    return [example(name, city) for name, city in CITIES.items()]


def english_example(**given):
    text = "Zhang Kuo sold 90 lobsters. Zhang Kuo lives in Tianjin with 3 cats."
    values = {
        "question": "Where does Zhang Kuo live?",
        "translated": "",
        "is_chinese": False,
        "passage": ReaderInput("People", text),
        "start": text.index("Tianjin"),
        "end": text.index("Tianjin") + len("Tianjin"),
        "distractors": (ReaderInput("", "Zhang Kuo likes cats."),),
        "source": "toy",
        "held_out": False,
    }
    return Example(**{**values, **given})
