"""The bundled model in fp32, as sentence-transformers computes it: an oracle of the served one."""

import tempfile
import warnings

import torch
import transformers
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

from rag.models import e5
from rag.models.e5_weights import read_weights


def load_reference():
    weights = read_weights(e5.source_file("weights"))
    config = transformers.BertConfig(
        vocab_size=len(weights["embeddings.word_embeddings.weight"]),
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=512,
    )
    bert = transformers.BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    missing, unexpected = bert.load_state_dict(state, strict=False)
    assert not unexpected
    assert all("position_ids" in name for name in missing)
    special = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>", "mask": "<mask>"}
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(e5.source_file("tokenizer")),
        cls_token="<s>",
        sep_token="</s>",
        **{f"{name}_token": token for name, token in special.items()},
        model_max_length=512,
    )
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bert.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        transformer = Transformer(folder, max_seq_length=512)
    modules = [transformer, Pooling(384, pooling_mode="mean"), Normalize()]
    return SentenceTransformer(modules=modules, device="cpu")
