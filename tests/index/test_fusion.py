import json

import numpy as np
import pytest
from cosines import standardise

from rag.config import BUNDLED_MODEL
from rag.index import fusion
from rag.index.dense import HAN, DenseIndex
from rag.index.fusion import Search, fuse, prepare
from rag.index.indexer import Indexer
from rag.index.lexical import LexicalIndex
from rag.index.searchers import SegmentSearchers
from rag.index.store import Store
from rag.models.embedding import BundledEmbedder
from rag.types import Document

TEXTS = {
    "lobster": "加拿大龙虾在天猫上卖出九万只，买家大多来自天津和上海。",
    "zone": "国务院同意在天津等十二个城市设立跨境电子商务综合试验区。",
    "speech": "张阔在会上谈到小企业如何走向海外市场。",
    "clinton": "Clinton spoke of small business owners who sell abroad.",
    "wto": "The head of the WTO praised the farmers of Africa in his speech.",
    "cherry": "Farmers of the Northwest sold 360 tons of cherries through Tmall.",
}
NAMES = dict(enumerate(TEXTS, start=1))


def searchers_over(folder, embedder):
    """Both arms over `TEXTS`, a passage each, under the keys 1 to 6."""
    (folder / "docs").mkdir()
    rows = [json.dumps({"id": f"t{key}", "text": TEXTS[name]}) for key, name in NAMES.items()]
    (folder / "docs" / "texts.jsonl").write_text("\n".join(rows))
    store = Store.create(folder / "index", embedder.name, embedder.dimension)
    Indexer(store, embedder).index([folder / "docs"])
    made = store.searchers()
    store.close()
    return made


@pytest.fixture
def searchers(tmp_path, embedder):
    return searchers_over(tmp_path, embedder)


@pytest.fixture
def ask(searchers, embedder, lexicon):
    def run(question, top_k=10, hidden=()):
        search = prepare(question, embedder.embed_query(question), lexicon)
        return fuse(search, searchers, top_k, hidden)

    return run


@pytest.fixture
def silent(searchers):
    """An arm that finds everything alike: no vector says anything."""
    return np.zeros(64, dtype=np.float32)


def names(candidates):
    return [NAMES[candidate.key] for candidate in candidates]


# The winning passage


@pytest.fixture(scope="module")
def bundled(models, tmp_path_factory):
    """The bundled model and what it makes of `TEXTS`."""
    embedder = BundledEmbedder(models / BUNDLED_MODEL)
    return embedder, searchers_over(tmp_path_factory.mktemp("bundled"), embedder)


@pytest.mark.parametrize(
    ("question", "winner"),
    [
        ("哪些城市设立了综合试验区？", "zone"),
        ("天貓賣出多少隻龍蝦？", "lobster"),
        ("Where did the buyers of Canadian lobsters come from?", "lobster"),
        ("Which cities have a comprehensive experimental zone?", "zone"),
        ("What did Zhang Kuo speak about?", "speech"),
        ("谁赞扬了非洲的农民？", "wto"),
        ("Who praised the farmers of Africa?", "wto"),
    ],
)
def test_the_best_passage_in_either_language(bundled, lexicon, question, winner):
    embedder, searchers = bundled
    search = prepare(question, embedder.embed_query(question), lexicon)
    assert names(fuse(search, searchers, 10))[0] == winner


@pytest.mark.parametrize(
    ("question", "winner"),
    [
        ("lobster", "lobster"),
        ("experimental zone", "zone"),
        ("Zhang Kuo", "speech"),
        ("樱桃", "cherry"),
        ("非洲", "wto"),
    ],
)
def test_the_dictionary_alone_crosses_the_languages(searchers, lexicon, silent, question, winner):
    candidates = fuse(prepare(question, silent, lexicon), searchers, 10)
    assert names(candidates)[0] == winner
    assert candidates[0].ranks["lexical"] == 1
    without = fuse(prepare(question, silent, None), searchers, 10)
    assert all("lexical" not in candidate.ranks for candidate in without)


# One arm has nothing to say


def test_where_no_word_is_shared_the_ranking_is_that_of_the_vectors(searchers, embedder):
    question = "qqq zzz"
    vector = embedder.embed_query(TEXTS["zone"])
    candidates = fuse(prepare(question, vector, None), searchers, 10)
    by_key = standardise(searchers.dense, vector, searchers.dense.search(vector, 10))
    assert {c.key: c.score for c in candidates} == pytest.approx(by_key)
    assert [c.key for c in candidates] == sorted(by_key, key=lambda key: -by_key[key])
    assert names(candidates)[0] == "zone"
    assert all(set(c.ranks) == {"dense"} for c in candidates)


def test_where_the_vectors_say_nothing_the_ranking_is_that_of_the_words(indexed):
    """Equal vectors; the passages of one language, so that nothing but their words differs."""
    texts = ["天津的龙虾和龙虾节。", "龙虾卖出九万只。", "上海的樱桃。"]
    documents = [Document(f"d{i}", "", "", text) for i, text in enumerate(texts)]
    terms = [indexed(document)[0].terms for document in documents]
    keys = np.arange(1, 4)
    vectors = np.full((3, 64), 0.125, dtype=np.float32)
    lexical = LexicalIndex.build(keys, terms)
    equal = SegmentSearchers(
        1, DenseIndex.build(keys, vectors, np.ones(3, dtype=bool)), lexical, {}
    )
    search = prepare("天津龙虾", vectors[0], None)
    scores = lexical.scores(search.groups)
    candidates = fuse(search, equal, 10)
    assert [c.key for c in candidates] == [1, 2, 3]
    assert scores[0] > scores[1] > scores[2] == 0


def test_a_question_without_terms_is_left_to_the_vectors(ask):
    candidates = ask("？！")
    assert len(candidates) == 6
    assert all(set(candidate.ranks) == {"dense"} for candidate in candidates)


def test_an_index_without_passages_finds_nothing(embedder, lexicon):
    none = np.empty(0, dtype=np.int64)
    dense = DenseIndex.build(none, np.empty((0, 64), dtype=np.float32), none.astype(bool))
    empty = SegmentSearchers(0, dense, LexicalIndex.build(none, []), {})
    assert fuse(prepare("天津", embedder.embed_query("天津"), lexicon), empty, 5) == []


# What a candidate says


def test_a_candidate_carries_its_cosine_and_its_ranks(ask, searchers, embedder):
    question = "加拿大龙虾"
    first = ask(question)[0]
    query = embedder.embed_query(question)
    assert first.key == 1
    scale = searchers.dense.scales(query)[HAN]
    assert first.scale == scale
    assert first.ranks["lexical"] == 1


def test_best_first_and_no_more_than_asked_for(ask):
    everything = ask("天津龙虾")
    assert [c.score for c in everything] == sorted((c.score for c in everything), reverse=True)
    assert ask("天津龙虾", top_k=2) == everything[:2]


def test_hidden_passages_are_left_out_and_the_next_one_leads(ask):
    question = "加拿大龙虾卖出多少？"
    everything = names(ask(question))
    assert everything[0] == "lobster"
    hidden = names(ask(question, hidden={1}))
    assert hidden == everything[1:]
    assert names(ask(question, hidden=set(NAMES))) == []


def test_a_passage_beyond_the_nearest_is_found_by_its_words(searchers, embedder, monkeypatch):
    monkeypatch.setattr(fusion, "CANDIDATES", 1)
    vector = embedder.embed_query(TEXTS["zone"])
    search = Search("龙虾", vector, prepare("龙虾", vector, None).groups)
    found = {NAMES[c.key]: c for c in fuse(search, searchers, 10)}
    assert found["lobster"].ranks == {"lexical": 1}


def test_the_same_question_gives_the_same_answer(ask):
    question = "Which cities sold lobsters in Tianjin?"
    assert ask(question) == ask(question)


def test_equal_passages_come_in_the_order_of_their_keys(indexed, embedder):
    (piece,) = indexed(Document("d", "", "", TEXTS["zone"]))
    keys = np.array([5, 3, 9], dtype=np.int64)
    vectors = np.stack([piece.vector] * 3)
    dense = DenseIndex.build(keys, vectors, np.ones(3, dtype=bool))
    same = SegmentSearchers(1, dense, LexicalIndex.build(keys, [piece.terms] * 3), {})
    search = prepare("天津", embedder.embed_query("天津"), None)
    assert [c.key for c in fuse(search, same, 10)] == [3, 5, 9]
