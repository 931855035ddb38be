"""The bundled model in fp32, as sentence-transformers computes it: an oracle of the served one."""

import tempfile
import warnings

import transformers
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

from rag.models import e5
from rag.models.bert import bert as network_of


def load_reference():
    bert = network_of(e5.merged())
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
