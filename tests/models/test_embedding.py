"""Embedders: the bundled one as served, and a tiny model of one's own; nothing is downloaded."""

import socket
import warnings

import numpy as np
import pytest

from rag import setup
from rag.config import BUNDLED_MODEL, Settings
from rag.errors import ModelMissing
from rag.language import lexicon, lexicon_build
from rag.language.sentences import sentences
from rag.models import e5, embedding, vocabulary
from rag.models.embedding import (
    BundledEmbedder,
    EmbeddingInput,
    SentenceTransformerEmbedder,
    identity,
    load_sentence_transformer,
    open_embedder,
)
from rag.reading import reader_build

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "passage", ":", "city", "港", "城", "市"]


@pytest.fixture(scope="module")
def served(models):
    return BundledEmbedder(models / BUNDLED_MODEL)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """A folder with a sentence-transformers model of one small layer and random weights."""
    folder = tmp_path_factory.mktemp("models")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        import transformers
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

        torch.manual_seed(146)
        config = transformers.BertConfig(
            vocab_size=len(VOCABULARY),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
        (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", "utf-8")
        transformers.BertModel(config).save_pretrained(folder / "bert")
        transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(
            folder / "bert"
        )
        modules = [Transformer(str(folder / "bert")), Pooling(16, pooling_mode="mean")]
        SentenceTransformer(modules=modules, device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


@pytest.fixture
def no_network(monkeypatch):
    """A list of the connections tried; each fails."""
    tried = []

    def refuse(self, address):
        tried.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


class Recorder:
    """Stands in for a SentenceTransformer: keeps the texts, gives unit vectors."""

    def __init__(self):
        self.texts = []

    def get_embedding_dimension(self):
        return 2

    def encode(self, texts, **options):
        assert options == {"normalize_embeddings": True, "show_progress_bar": False}
        self.texts += texts
        return np.tile(np.array([0.6, 0.8]), (len(texts), 1))


# The bundled model


@pytest.mark.parametrize(
    "text", ["马云在西雅图。", "He was in Seattle.", "", " ", "�", "字" * 3000]
)
def test_vectors_are_float32_of_unit_length_whatever_the_text(served, text):
    vectors = served.embed_passage(EmbeddingInput("题\n", text, [(0, len(text))]))

    for vector in (served.embed_query(text), vectors.passage, vectors.units[0]):
        assert vector.shape == (384,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_the_vector_of_a_unit_is_the_nearest_to_a_question_about_it(served):
    text = (
        "马云在西雅图第一次用上互联网。龙虾来自加拿大的新斯科舍省。"
        "The museum opens at nine and closes at five. 综合试验区要建设单一窗口。"
    )
    spans = list(sentences(text))
    assert len(spans) == 4
    vectors = served.embed_passage(EmbeddingInput("杂记\n", text, spans)).units

    for question, expected in [
        ("他在哪里第一次上网？", 0),
        ("Where do the lobsters come from?", 1),
        ("博物馆几点开门？", 2),
        ("When does the museum close?", 2),
        ("單一窗口由誰建設？", 3),
    ]:
        assert int(np.argmax(vectors @ served.embed_query(question))) == expected, question


def test_spans_count_in_the_text_not_in_its_context(served):
    text = "龙虾来自加拿大。雨天请带伞。"
    spans = [(0, 8), (8, 14)]

    bare = served.embed_passage(EmbeddingInput("", text, spans)).units
    with_context = served.embed_passage(
        EmbeddingInput("一个很长的标题 · 第三节\n", text, spans)
    ).units

    for row in (0, 1):
        assert with_context[row] @ bare[row] > with_context[row] @ bare[1 - row]


def test_traditional_script_is_embedded_as_simplified(served):
    assert np.array_equal(served.embed_query("時隔半年"), served.embed_query("时隔半年"))
    traditional = served.embed_passage(EmbeddingInput("題", "馬雲訪問烏干達。", [(0, 8)]))
    simplified = served.embed_passage(EmbeddingInput("题", "马云访问乌干达。", [(0, 8)]))
    assert np.array_equal(traditional.units, simplified.units)


def test_a_unit_past_512_tokens_has_the_vector_of_its_passage(served):
    text = "潮水涨了又落。" * 300 + "龙虾来自加拿大。"
    end = len(text)

    vectors = served.embed_passage(EmbeddingInput("", text, [(0, 7), (end - 8, end)]))

    assert np.array_equal(vectors.units[1], vectors.passage)
    assert not np.array_equal(vectors.units[0], vectors.passage)


def test_a_passage_without_spans_has_no_unit_vectors(served):
    assert served.embed_passage(EmbeddingInput("", "龙虾 lobster")).units.shape == (0, 384)


def test_without_a_build_the_remedy_is_setup(tmp_path):
    with pytest.raises(ModelMissing) as raised:
        open_embedder(Settings(models=tmp_path))

    assert str(raised.value) == (
        f"the bundled model is not prepared in {tmp_path / BUNDLED_MODEL}; run: wenju setup"
    )


@pytest.fixture
def copied(tmp_path, models):
    """The bundled model and its vocabulary, of which a test takes or damages files."""
    for name in (BUNDLED_MODEL, vocabulary.NAME):
        (tmp_path / name).mkdir()
        for path in (models / name).iterdir():
            (tmp_path / name / path.name).symlink_to(path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (BUNDLED_MODEL, "encoder.onnx"),
        (vocabulary.NAME, "tokenizer.model"),
        (vocabulary.NAME, "words.npy"),
    ],
)
def test_a_damaged_build_is_named_with_the_remedy(copied, name, file):
    folder = copied / name
    size = (folder / file).stat().st_size
    (folder / file).unlink()
    with (folder / file).open("wb") as damaged:
        damaged.truncate(size)  # zeros, which take no room on the disk

    with pytest.raises(ModelMissing) as raised:
        BundledEmbedder(copied / BUNDLED_MODEL)

    assert str(raised.value) == (
        f"the model in {folder} is damaged; delete {folder} and run: wenju setup"
    )


def test_without_its_vocabulary_the_remedy_is_setup(copied):
    (copied / vocabulary.NAME / "words.npy").unlink()

    with pytest.raises(ModelMissing) as raised:
        BundledEmbedder(copied / BUNDLED_MODEL)

    assert str(raised.value) == (
        f"the vocabulary is not prepared in {copied / vocabulary.NAME}; run: wenju setup"
    )


# Models of one's own


def test_a_model_is_opened_by_its_folder(tiny_model, no_network):
    model = open_embedder(Settings(embedding_model=str(tiny_model)))

    vectors = model.embed_passage(EmbeddingInput("市 ", "港城。city", [(0, 3), (3, 7)]))

    assert (model.name, model.dimension) == (str(tiny_model), 16)
    assert vectors.passage.shape == (16,)
    assert vectors.units.shape == (2, 16)
    assert vectors.units.dtype == np.float32
    assert np.linalg.norm(vectors.units, axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)
    assert vectors.units[1] @ model.embed_query("city") == pytest.approx(1.0, abs=1e-5)
    assert vectors.units[0] @ model.embed_query("港城。") == pytest.approx(1.0, abs=1e-5)
    assert no_network == []


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-large", "query: ", "passage: "),
        ("/models/E5_base/", "query: ", "passage: "),
        (BUNDLED_MODEL, "query: ", "passage: "),
        ("BAAI/bge-m3", "", ""),
        ("someone/made5-large", "", ""),
        ("e5/another-model", "", ""),
    ],
)
def test_only_e5_models_get_prefixes(name, query, passage):
    model = Recorder()
    embedder = SentenceTransformerEmbedder(name, model)

    embedder.embed_query("哪座城市？")
    embedder.embed_passage(EmbeddingInput("題 · ", "港城。Which?", [(0, 3), (3, 9)]))

    assert model.texts == [
        f"{query}哪座城市？",
        f"{passage}题 · 港城。Which?",
        f"{passage}港城。",
        f"{passage}Which?",
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_model_that_is_not_here_is_not_looked_for_on_the_network(no_network):
    with pytest.raises(ModelMissing) as raised:
        open_embedder(Settings(embedding_model="wenju-tests/no-such-model"))

    assert no_network == []
    assert raised.value.message.startswith(
        "the embedding model wenju-tests/no-such-model is not on this machine"
    )
    assert raised.value.remedy == "name a folder, or run: wenju setup (downloads it once)"


@pytest.mark.parametrize("offline", [True, False])
def test_the_remedy_does_not_send_setup_to_setup(monkeypatch, offline):
    import sentence_transformers

    def fail(name, *, device, local_files_only):
        assert (device, local_files_only) == ("cpu", offline)
        raise OSError("no route to host")

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", fail)

    with pytest.raises(ModelMissing) as raised:
        load_sentence_transformer("some/model", offline=offline)

    assert ("wenju setup" in raised.value.remedy) is offline


# Platforms without the packages, and set-up


@pytest.fixture
def loads(monkeypatch):
    """What would have been loaded: (name, offline) of each call."""
    calls = []

    def load(name, *, offline):
        calls.append((name, offline))
        return Recorder()

    monkeypatch.setattr(embedding, "load_sentence_transformer", load)
    monkeypatch.setattr(setup, "load_sentence_transformer", load)
    monkeypatch.setattr(lexicon, "is_built", lambda path: True)
    return calls


def test_without_the_packages_the_official_model_serves(monkeypatch, tmp_path, loads):
    monkeypatch.setattr(e5, "available", lambda: False)

    model = open_embedder(Settings(models=tmp_path))

    assert loads == [("intfloat/multilingual-e5-small", True)]
    assert model.name == identity(Settings(models=tmp_path)) == "intfloat/multilingual-e5-small"


def test_setup_says_that_the_official_model_is_downloaded_once(monkeypatch, tmp_path, loads):
    monkeypatch.setattr(e5, "available", lambda: False)
    said = []

    setup.prepare(Settings(models=tmp_path), said.append)

    assert loads == [("intfloat/multilingual-e5-small", False)]
    assert said == [
        "this platform has no build of the bundled model's packages; "
        "intfloat/multilingual-e5-small is downloaded once instead"
    ]


@pytest.fixture
def built(monkeypatch, loads):
    """What is built of the networks, as (folder, precision); int8 is twice as fast here."""
    made = []

    def build(folder, precision=None):
        made.append((folder, precision))

    def is_built(folder):
        return folder in [folder for folder, _ in made]

    for module in (e5, reader_build):
        monkeypatch.setattr(module, "build", build)
        monkeypatch.setattr(module, "is_built", is_built)
    monkeypatch.setattr(e5, "available", lambda: True)
    monkeypatch.setattr(e5, "build_vocabulary", build)
    monkeypatch.setattr(vocabulary, "is_built", is_built)
    monkeypatch.setattr(setup, "speedup", lambda: 2.04)
    return made


def test_setup_builds_the_bundled_models_and_a_second_time_does_nothing(tmp_path, loads, built):
    said = []

    setup.prepare(Settings(models=tmp_path), said.append)
    setup.prepare(Settings(models=tmp_path), said.append)

    assert built == [
        (tmp_path / "vocabulary", None),
        (tmp_path / "reader", "int8"),
        (tmp_path / BUNDLED_MODEL, "int8"),
    ]
    assert said == [
        "preparing the vocabulary",
        "int8 is 2.0 times as fast as float32 on this processor: int8 is used",
        "preparing the reader",
        "preparing the bundled model",
    ]
    assert loads == []


def test_setup_takes_the_numbers_that_are_faster_here(monkeypatch, tmp_path, built):
    monkeypatch.setattr(setup, "speedup", lambda: 0.94)
    said = []

    setup.prepare(Settings(models=tmp_path), said.append)

    assert built[1:] == [(tmp_path / "reader", "float32"), (tmp_path / BUNDLED_MODEL, "float32")]
    assert "int8 is 0.9 times as fast as float32 on this processor: float32 is used" in said


@pytest.mark.parametrize("missing", ["vocabulary", "reader", BUNDLED_MODEL])
def test_setup_builds_what_is_missing_and_nothing_else(tmp_path, built, missing):
    names = ["vocabulary", "reader", BUNDLED_MODEL]
    built += [(tmp_path / name, "float32") for name in names if name != missing]

    setup.prepare(Settings(models=tmp_path), lambda line: None)

    precision = None if missing == "vocabulary" else "int8"
    assert built[2:] == [(tmp_path / missing, precision)]


def test_setup_builds_no_reader_where_it_is_off(tmp_path, built):
    setup.prepare(Settings(models=tmp_path, reader=False), lambda line: None)

    assert built == [(tmp_path / "vocabulary", None), (tmp_path / BUNDLED_MODEL, "int8")]


def test_setup_fetches_another_embedding_model_and_keeps_the_reader(
    monkeypatch, tmp_path, loads, built
):
    monkeypatch.setattr(lexicon, "is_built", lambda path: False)
    lexicons = []
    monkeypatch.setattr(lexicon_build, "build", lexicons.append)

    setup.prepare(Settings(models=tmp_path, embedding_model="BAAI/bge-m3"), lambda line: None)

    assert loads == [("BAAI/bge-m3", False)]
    assert built == [(tmp_path / "vocabulary", None), (tmp_path / "reader", "int8")]
    assert lexicons == [tmp_path / lexicon.LEXICON_FILE]


def test_setup_builds_no_vocabulary_that_nothing_reads(tmp_path, loads, built):
    settings = Settings(models=tmp_path, embedding_model="BAAI/bge-m3", reader=False)

    setup.prepare(settings, lambda line: None)

    assert built == []
    assert loads == [("BAAI/bge-m3", False)]
