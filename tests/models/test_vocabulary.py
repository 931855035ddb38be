"""The vocabulary: one of a dozen tokens made by hand, and the real one against its sources."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import tokenizers

from rag.errors import ModelMissing
from rag.models import e5, e5_weights, vocabulary
from rag.models.vocabulary import Tokens, Vocabulary, open_vocabulary

# A dozen tokens

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "城", "市", "城市", "▁city", "s", "!", "<mask>"]
SCORES = [0, 0, 0, 0, -2, -3, -3, -4, -4, -3, -3, 0]


@pytest.fixture
def rows():
    """Vectors of 32 numbers: token k's are k/2 times -8, -7 … 7, and 7, 6 … -8."""
    packed = np.zeros((12, 18), dtype=np.uint8)
    packed[:, :2] = (np.arange(12, dtype="<f2") / 2)[:, None].view(np.uint8)
    packed[:, 2:] = np.arange(16) + 16 * np.arange(16)[::-1]
    return packed


@pytest.fixture
def folder(tmp_path, rows):
    model = {"type": "Unigram", "unk_id": 3, "vocab": list(zip(PIECES, SCORES, strict=True))}
    normalizers = [{"type": "Precompiled", "precompiled_charsmap": ""}, {"type": "Replace"}]
    tokenizer = {"model": model, "normalizer": {"normalizers": normalizers}}
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    vocabulary.build(tmp_path / "词汇", tmp_path / "tokenizer.json", rows)
    return tmp_path / "词汇"


@pytest.mark.parametrize(
    ("text", "ids", "offsets"),
    [
        ("", [], []),
        ("城市", [4, 7], [(0, 1), (0, 2)]),  # "▁", which begins a text, is where its first word is
        ("市城", [4, 6, 5], [(0, 1), (0, 1), (1, 2)]),
        ("city", [8], [(0, 4)]),
        ("city  citys!", [8, 8, 9, 10], [(0, 4), (6, 10), (10, 11), (11, 12)]),
        ("城 市", [4, 5, 4, 6], [(0, 1), (0, 1), (1, 2), (2, 3)]),
        ("城港口!", [4, 5, 3, 10], [(0, 1), (0, 1), (1, 3), (3, 4)]),
        ("!<s>!", [4, 10, 3, 9, 3, 10], [(0, 1), (0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]),
    ],
)
def test_tokens_and_their_places(folder, text, ids, offsets):
    assert Vocabulary(folder).encode(text) == Tokens(ids, offsets)


def test_vectors_are_unpacked(folder):
    found = Vocabulary(folder).vectors([2, 0, 11, 2])

    steps = np.array([*range(-8, 8), *range(7, -9, -1)])
    assert found.dtype == np.float32
    assert np.array_equal(found, [1.0 * steps, 0.0 * steps, 5.5 * steps, 1.0 * steps])
    assert Vocabulary(folder).vectors([]).shape == (0, 32)


def test_a_build_of_this_version_is_recognised(folder, tmp_path):
    manifest = folder / "model.json"

    assert vocabulary.is_built(folder)
    assert not vocabulary.is_built(tmp_path / "nowhere")
    manifest.write_text(manifest.read_text().replace('"build": ', '"build": 9'))
    assert not vocabulary.is_built(folder)


def test_it_is_opened_once(folder):
    assert open_vocabulary(folder) is open_vocabulary(folder)


def test_without_a_build_the_remedy_is_setup(tmp_path):
    with pytest.raises(ModelMissing) as raised:
        open_vocabulary(tmp_path / "vocabulary")

    assert str(raised.value) == (
        f"the vocabulary is not prepared in {tmp_path / 'vocabulary'}; run: wenju setup"
    )


@pytest.mark.parametrize("name", ["tokenizer.model", "words.npy"])
@pytest.mark.parametrize("sign", [b"\0", b"\xff", b"{"])
def test_damage_is_named_until_it_is_repaired(folder, name, sign):
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(sign * len(whole))

    with pytest.raises(ModelMissing) as raised:
        open_vocabulary(folder)

    assert str(raised.value) == (
        f"the model in {folder} is damaged; delete {folder} and run: wenju setup"
    )
    (folder / name).write_bytes(whole)
    assert open_vocabulary(folder).encode("city").ids == [8]


# The real one

HARD = [
    "",
    "马云在西雅图第一次用上互联网。",
    "馬雲在西雅圖第一次用上網際網路，時隔半年。",
    "The lobsters of Tianjin — 90,000 of them.",
    "😀 ＡＢＣ公司花了９０，０００元…㎏",
    "👩‍🔬和龙虾 🇨🇳",
    "½ ﷺ e\u0301t\u00e9 İstanbul ﬁne Å",
    "  你好　世界\r\n\n  two   spaces\t tab",
    "龙\0虾!\x07",
    "𠮷野家 𝒜 𓀀𓀁 नमस्ते",
    "query: 哪十二座城市？",
    "\u3000\u3000段首，第１２号 No.12 3.5%",
    "综合试验区 cross-border e-commerce X300/αβγ " * 40 + "end",
]


@pytest.fixture(scope="module")
def source():
    """The tokenizer as the package brings it."""
    tokenizer = tokenizers.Tokenizer.from_file(str(e5.source_file("tokenizer")))
    tokenizer.no_truncation()
    return tokenizer


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / vocabulary.NAME
    e5.build_vocabulary(folder)
    return Vocabulary(folder)


@pytest.mark.model
@pytest.mark.parametrize("text", HARD)
def test_the_tokens_are_those_of_the_source(real, source, text):
    assert real.encode(text).ids == source.encode(text, add_special_tokens=False).ids


@pytest.mark.model
def test_half_a_surrogate_pair_is_read_as_a_question_mark(real, source):
    found = real.encode("龙\ud800虾\udfff")

    assert found.ids == source.encode("龙?虾?", add_special_tokens=False).ids
    assert found.offsets == [(0, 1), (0, 1), (1, 2), (2, 3), (3, 4)]


@pytest.mark.model
def test_white_space_at_the_end_is_no_token(real):
    assert real.encode("龙虾 \r\n\u3000") == real.encode("龙虾")
    assert real.encode(" \n\u3000") == Tokens([], [])


@pytest.mark.model
def test_names_of_marks_are_text(real):
    found = real.encode("a<s>b</s>c<pad>d<mask>e<unk>")

    assert not {0, 1, 2, 3, 250001} & set(found.ids)


@pytest.mark.model
@pytest.mark.parametrize(
    "text", [*HARD, "cafe\u0301\u0302", "\ufffd龙", "ﷺ", "가각", "龙\ud800", "▁"]
)
def test_every_place_lies_in_the_text_and_in_order(real, text):
    found = real.encode(text)

    assert len(found.ids) == len(found.offsets)
    assert all(0 <= start < end <= len(text) for start, end in found.offsets)
    assert all(a <= b and end <= other for (a, end), (b, other) in pairwise(found.offsets))
    words = [text[start:end] for start, end in found.offsets]
    assert all(word == word.lstrip() or len(word) == 1 for word in words)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who is he?", ["Who", "is", "he", "?"]),
        ("90,000 lobsters", ["90", ",", "000", "lo", "b", "sters"]),
        ("跨境電子商務", ["跨", "跨境", "電子", "商務"]),
        ("😀 ＡＢＣ公司…㎏", ["😀", "ＡＢＣ", "公司", "…", "㎏"]),
        ("e\u0301t\u00e9 cafe\u0301", ["e\u0301t\u00e9", "cafe\u0301"]),
        ("  你好　世界\r\n two   spaces", ["你", "你好", "\u3000", "世界", "two", "space", "s"]),
        ("½ ﷺ!", ["½", " ", "ﷺ", "ﷺ", "ﷺ", "!"]),
        ("𠮷野家", ["𠮷", "𠮷", "野", "家"]),
    ],
)
def test_words_are_what_the_text_says_without_the_white_space_before(real, text, expected):
    assert [text[start:end] for start, end in real.encode(text).offsets] == expected


@pytest.mark.model
def test_vectors_are_the_rows_of_the_weights(real):
    table = e5_weights.read_weights(e5.source_file("weights"))["embeddings.word_embeddings.weight"]
    ids = [vocabulary.BEGIN, vocabulary.END, 250001, 6, 6, *range(3, len(table), 97)]

    assert real.vectors(ids).dtype == np.float32
    assert np.array_equal(real.vectors(ids), table[ids])


@pytest.mark.model
def test_threads_side_by_side_find_what_one_finds(real):
    texts = [f"{number} {text}" for number in range(40) for text in HARD]
    expected = [real.encode(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(real.encode, texts)) == expected
        vectors = list(pool.map(lambda tokens: real.vectors(tokens.ids), expected[:100]))

    for tokens, found in zip(expected, vectors, strict=False):
        assert np.array_equal(found, real.vectors(tokens.ids))
