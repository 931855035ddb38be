"""What came of asking: of a stand-in that ranks by characters shared, and of small indexes."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from passages import passage_of

from rag.config import Settings
from rag.evaluation.gold import GoldRow
from rag.reading.confidence import Evidence, SpanEvidence, features, features_of_span
from rag.reading.cross_encoder import PassageReading, ScoredSpan
from rag.reading.results import Ranked, Reading, Span
from rag.training import outcomes
from rag.training.examples import QuestionSet, held_out_titles
from rag.training.outcomes import collect, outcomes_of
from rag.types import Chunk

TEXTS = {
    "seattle": "马云在西雅图第一次上网。",
    "orders": "The courier delivered 30 million orders in 2019.",
    "uganda": "馬雲訪問烏干達。",
}
WHERE = GoldRow("where", "马云在哪里第一次上网？", (("西雅图", "Seattle"),), gold_ids=("seattle",))
ORDERS = GoldRow(
    "orders", "How many orders were delivered?", (("30 million",),), evidence=("30 million",)
)


class SharingAssistant:
    """Ranks its documents by the characters they share with the question; reads them whole."""

    def __init__(self, with_reader=True):
        self.with_reader = with_reader

    def read(self, question, hidden=(), *, reads_all=False):
        found = sorted(
            (-(Counter(text) & Counter(question)).total(), id_)
            for id_, text in TEXTS.items()
            if id_ not in hidden
        )
        found = [(id_, -negative) for negative, id_ in found if negative < -1]
        if not found:
            return (), Reading((), 0.0)
        passages = tuple(
            passage_of(Chunk(id_, id_, "", TEXTS[id_], 0, len(TEXTS[id_]), 0), score=float(score))
            for id_, score in found
        )
        end = len(TEXTS[found[0][0]])
        span = Span(0, 0, end, ((0, end),))
        if not self.with_reader:
            return passages, Reading((span,), 0.5, evidence(found[0][1]))
        ranking = tuple(
            Ranked(number, a, b, 0.0, (score / 2, float(score)))
            for number, (_, score) in enumerate(found)
            for a, b in ((0, 2), (3, 6))
        )
        return passages, Reading((span,), 0.5, span_evidence(found[0][1]), ranking)


def evidence(score):
    return Evidence(1, score, 0, 0, 0, 0.9)


def span_evidence(score):
    return SpanEvidence(3.0, score, 0.2, is_of_another=False)


def test_a_right_answer_with_its_figures_and_ranks():
    (found,) = outcomes_of(SharingAssistant(), WHERE, "toy")

    assert (found.source, found.direction) == ("toy", "zh→zh")
    assert (found.is_right, found.is_answerable) == (True, True)
    # Eight characters are shared, 马云在第一次上网; 马云 does not answer, 西雅图 does.
    assert found.ranks.tolist() == [[4.0, 8.0]] * 2
    assert found.is_gold.tolist() == [False, True]
    assert (found.passages.tolist(), found.scores.tolist()) == ([0, 0], [8.0])
    assert found.figures == features_of_span(span_evidence(8.0))


def test_words_answer_in_the_right_passage_alone():
    row = GoldRow("who", "馬雲訪問了誰？是马云？", (("馬雲",),), gold_ids=("uganda",))

    (found,) = outcomes_of(SharingAssistant(), row, "toy")

    # 马云 of another document is the answer's word as well.
    assert (found.passages.tolist(), found.scores.tolist()) == ([0, 0, 1, 1], [4.0, 2.0])
    assert found.is_gold.tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("question", "hidden", "direction"),
    [
        ("马云在哪里？", (), "zh→zh"),
        ("How many orders?", (), "en→en"),
        ("2019年 delivered 了多少 orders？一共有几个？", (), "zh→en"),
        ("Where did the founder 馬雲 go?", ("orders",), "en→zh"),
    ],
)
def test_the_direction_is_that_from_the_question_to_what_was_found(question, hidden, direction):
    (found,) = outcomes_of(SharingAssistant(), GoldRow("x", question, ()), "toy", hidden)

    assert found.direction == direction


def test_with_its_documents_hidden_nothing_is_right_nor_gold():
    (found,) = outcomes_of(SharingAssistant(), ORDERS, "toy", ("seattle",))

    assert (found.is_right, found.is_answerable) == (False, False)
    assert not found.is_gold.any()  # though the passage with the answer is there
    assert len(found.ranks) == 2


def test_an_unanswerable_question_is_never_right():
    (found,) = outcomes_of(SharingAssistant(), GoldRow("x", "马云是谁？在哪？", ()), "toy")

    assert (found.is_right, found.is_answerable, found.is_gold.any()) == (False, False, False)


def test_where_nothing_was_read_there_is_no_outcome():
    founder = GoldRow("founder", "谁是拼多多的创始人？", ())

    assert list(outcomes_of(SharingAssistant(), founder, "toy")) == []


def test_without_the_reader_there_are_no_ranks():
    (found,) = outcomes_of(SharingAssistant(with_reader=False), ORDERS, "toy")

    assert (len(found.ranks), found.is_gold.shape, found.passages.shape) == (0, (0,), (0,))
    assert found.is_right
    assert found.figures == features(evidence(found.scores[0]))


def test_all_questions_over_a_document_are_in_one_half():
    rows = [GoldRow(str(n), "马云在哪里？", (("x",),), gold_ids=(f"d{n}",)) for n in range(40)]

    folds = [next(outcomes_of(SharingAssistant(), row, "toy")).fold for row in rows]
    hidden = [next(outcomes_of(SharingAssistant(), row, "toy", ("uganda",))).fold for row in rows]

    assert set(folds) == {0, 1}
    assert folds == hidden
    assert 10 < sum(folds) < 30


# Of sets


class NumberReader:
    """Every number with its classifier is a span, the better the earlier."""

    def read(self, question, groups, passages):
        return [self._read(passage.text) for passage in passages]

    def close(self):
        pass

    def _read(self, text):
        found = [match.span() for match in re.finditer(r"\d+只", text)]
        return PassageReading(tuple(ScoredSpan(*place, 9.0 - place[0]) for place in found), 1.0)


def write_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture
def settings(tmp_path, lexicon_file, embedder, monkeypatch):
    for module in ("rag.engine", "rag.index.maintenance"):
        monkeypatch.setattr(f"{module}.open_embedder", lambda _settings: embedder)
    monkeypatch.setattr("rag.engine.open_reader", lambda _settings: NumberReader())
    return Settings(tmp_path / "own", lexicon_file.parent, embedding_model=embedder.name)


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Twenty parks a set, of which a question asks each by its year."""
    for name in ("learnt", "unseen"):
        texts = [f"公园在{1000 + 40 * n}年开放。这里养了{n + 30}只猫。" for n in range(20)]
        write_rows(
            tmp_path / "data" / name / "corpus.jsonl",
            [{"id": f"{name}{n}", "title": f"园{n}", "text": text} for n, text in enumerate(texts)],
        )
        write_rows(
            tmp_path / "data" / name / "questions.jsonl",
            [
                {
                    "id": str(n), "question": f"{1000 + 40 * n}年开放的公园有几只猫？",
                    "answers": [f"{n + 30}只"], "answer_starts": [15], "gold_ids": [f"{name}{n}"],
                }
                for n in range(20)
            ],
        )  # fmt: skip
    monkeypatch.setattr(outcomes, "HELD_OUT", (QuestionSet("learnt"),))
    monkeypatch.setattr(outcomes, "UNSEEN", (QuestionSet("unseen"),))
    return tmp_path / "data"


def test_each_question_is_asked_with_its_answer_without_it_and_about_another_year(
    settings, data, tmp_path
):
    found = collect(settings, data, tmp_path / "calibration")

    kept = held_out_titles(f"园{n}" for n in range(20))
    assert len(kept) == 2
    assert Counter((each.source, each.is_answerable) for each in found) == {
        ("learnt questions", True): 2,  # those of held-out articles alone
        ("learnt questions", False): 2,
        ("learnt questions, exchanged", False): 2,
        ("unseen questions", True): 20,
        ("unseen questions", False): 20,
        ("unseen questions, exchanged", False): 20,
    }
    assert {each.direction for each in found} == {"zh→zh"}
    assert {each.is_gold.sum() for each in found if each.is_answerable} == {1}
    assert not any(each.is_gold.any() for each in found if not each.is_answerable)
    # Another year is lacking in all passages, and weighs much.
    assert max(-each.figures[2] for each in found if each.is_answerable) < 0.6
    assert min(-each.figures[2] for each in found if "exchanged" in each.source) > 0.9


def test_indexes_are_made_beside_the_outcomes_and_not_among_the_users_own(settings, data, tmp_path):
    collect(settings, data, tmp_path / "calibration")

    assert not settings.indexes.exists()
    found = sorted(path.name for path in (tmp_path / "calibration").iterdir())
    indexes, learnt, _, unseen, _ = found
    assert found == [indexes, learnt, "learnt.jsonl", unseen, "unseen.jsonl"]
    assert indexes == "indexes"
    assert re.fullmatch(r"learnt-questions-[0-9a-f]{8}\.pickle", learnt)
    assert unseen == learnt.replace("learnt", "unseen")


def test_what_an_interrupted_run_found_is_not_asked_again(settings, data, tmp_path, monkeypatch):
    first = collect(settings, data, tmp_path / "calibration")
    for path in (tmp_path / "calibration").glob("unseen-questions-*.pickle"):
        path.unlink()
    asked = []
    monkeypatch.setattr(
        outcomes, "_of_set", lambda settings, data, questions, folder: asked.append(questions) or []
    )

    again = collect(settings, data, tmp_path / "calibration")

    assert [questions.folder for questions in asked] == ["unseen"]
    assert [each.figures for each in again] == [each.figures for each in first[:6]]

    collect(replace(settings, reader=not settings.reader), data, tmp_path / "calibration")

    assert [questions.folder for questions in asked] == ["unseen", "learnt", "unseen"]


def test_few_questions_over_few_documents_are_drawn(settings, data, tmp_path, monkeypatch):
    monkeypatch.setattr(outcomes, "HELD_OUT", ())
    monkeypatch.setattr(outcomes, "QUESTIONS", 3)
    monkeypatch.setattr(outcomes, "DOCUMENTS", 8)

    found = collect(settings, data, tmp_path / "calibration")

    corpus = (tmp_path / "calibration" / "unseen.jsonl").read_text("utf-8")
    assert len(corpus.splitlines()) == 8
    assert sum(each.is_answerable for each in found) == 3
    assert all(
        len(each.scores) == (8 if each.is_answerable else len(each.scores)) for each in found
    )
