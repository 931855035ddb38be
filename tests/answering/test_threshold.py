"""From which confidence on an answer is given: the usual one, or the owner's."""

import pytest

from rag.answering import pipeline
from rag.assistant import Assistant
from rag.config import Settings
from rag.engine import Engine
from rag.index.indexer import Indexer
from rag.index.store import Store
from rag.reading import sentence_reader, span_reader
from rag.reading.cross_encoder import PassageReading, ScoredSpan

TEXT = "灰岩岛灯塔建于1893年。The lighthouse was built in 1893."


class YearReader:
    """Finds 1893."""

    def read(self, question, groups, passages):
        return [self._read(passage.text) for passage in passages]

    def close(self):
        pass

    def _read(self, text):
        start = text.index("1893")
        return PassageReading((ScoredSpan(start, start + 4, 5.0),), 5.0)


@pytest.fixture
def ask(tmp_path, embedder, lexicon, monkeypatch):
    """Asks with a threshold, where any answer is right with a probability of 0.6."""
    monkeypatch.setattr(span_reader, "probability_of_span", lambda evidence: 0.6)
    monkeypatch.setattr(sentence_reader, "probability", lambda evidence: 0.6)
    (tmp_path / "island.txt").write_text(TEXT, "utf-8")
    store = Store.create(tmp_path / "index", embedder.name, embedder.dimension)
    Indexer(store, embedder).index([tmp_path / "island.txt"])

    def asked(question, confidence, with_reader=True):
        settings = Settings(confidence=confidence)
        reader = YearReader() if with_reader else None
        return Assistant("default", store, Engine(settings, embedder, lexicon, reader)).ask(
            question
        )

    yield asked
    store.close()


QUESTIONS = ["灯塔建于哪一年？", "When was the lighthouse built?"]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("with_reader", [True, False])
def test_an_answer_is_given_from_the_owners_confidence_on(ask, question, with_reader):
    given = ask(question, 0.6, with_reader)
    refused = ask(question, 0.61, with_reader)

    assert (given.answered, given.confidence) == (True, 0.6)
    assert "1893" in given.answer
    assert (refused.answered, refused.confidence) == (False, 0.6)
    assert refused.refusal.reason == "not_in_documents"


@pytest.mark.parametrize("question", QUESTIONS)
def test_otherwise_from_the_usual_one_of_the_reader_or_of_sentences(ask, question, monkeypatch):
    monkeypatch.setattr(pipeline, "SPAN_THRESHOLD", 0.59)
    monkeypatch.setattr(pipeline, "THRESHOLD", 0.61)

    assert ask(question, 0.0).answered
    assert not ask(question, 0.0, with_reader=False).answered
