"""The retriever's training: losses worked by hand, vectors, and figures on what is held out."""

import itertools
import json
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from toy_reader import WordTokenizer, english_example, example, examples, network, token_id

from rag.language.units import units
from rag.models import embedding
from rag.models.embedding import BundledEmbedder, EmbeddingInput
from rag.reading.cross_encoder import ReaderInput
from rag.training import contrast, retrieval, train
from rag.training.contrast import Contrast, Contraster, Embedded
from rag.training.retrieval import UNITS_WEIGHT, Found, check, encoded, loss
from rag.training.train import Trainer, run

LN2 = math.log(2)


@pytest.fixture(scope="module")
def contraster(lexicon):
    return Contraster(WordTokenizer(), lexicon)


@pytest.fixture(autouse=True)
def one_thread():
    """A thread for so little work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


# The loss, where a question as near as can be weighs 2, one that shares nothing 1

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)


class Given(nn.Module):
    """The vectors that were given are the states of their numbers."""

    def __init__(self, *vectors):
        super().__init__()
        self.vectors = nn.Parameter(torch.tensor(vectors))

    def forward(self, input_ids, attention_mask):
        return SimpleNamespace(last_hidden_state=self.vectors[input_ids])


GIVEN = Given(EAST, NORTH, WEST)
E, N, W = range(3)  # their numbers


@pytest.fixture
def lost(monkeypatch):
    """The loss of questions and passages, each the numbers of its units' vectors."""
    monkeypatch.setattr(retrieval, "TEMPERATURE", 1 / LN2)

    def lost_(questions, passages, answering=None, excluded=(), model=GIVEN):
        batch = Contrast(
            [Embedded([each], []) for each in questions],
            [Embedded(each, [(n, n + 1) for n in range(len(each))]) for each in passages],
            answering or [None] * len(questions),
            list(excluded),
        )
        return loss(model, batch, "cpu")

    return lost_


def test_a_questions_own_passage_is_one_of_all(lost):
    found = lost([E, N], [[E], [N]])  # each 2 of 2 + 1

    assert found.item() == pytest.approx(math.log(3 / 2))


def test_passages_that_answer_no_question_are_held_against_all(lost):
    found = lost([E, N], [[E], [N], [W]])  # 2 of 2 + 1 + 1/2 and of 2 + 1 + 1

    assert found.item() == pytest.approx((math.log(3.5 / 2) + math.log(4 / 2)) / 2)


def test_a_passage_counts_with_the_mean_of_its_states(lost):
    found = lost([E], [[E, N], [W]])  # at 45 degrees: 2 to the power of 0.7071

    own = 2 ** math.sqrt(0.5)
    assert found.item() == pytest.approx(math.log((own + 1 / 2) / own))


def test_an_excluded_passage_is_not_held_against_its_question_alone(lost):
    every = lost([E, N], [[E], [N], [E]])
    found = lost([E, N], [[E], [N], [E]], excluded=[(0, 2)])

    assert every.item() == pytest.approx((math.log(5 / 2) + math.log(4 / 2)) / 2)
    assert found.item() == pytest.approx((math.log(3 / 2) + math.log(4 / 2)) / 2)


def test_what_is_excluded_for_all_learns_nothing(lost):
    model = Given(EAST, NORTH, (0.8, 0.6))

    lost([E, N], [[E], [N], [2]], [0, 0], excluded=[(0, 2), (1, 2)], model=model).backward()

    assert model.vectors.grad[2].tolist() == [0, 0]
    assert model.vectors.grad[:2].abs().sum() > 0


def test_the_unit_that_answers_is_the_target(lost):
    alone = lost([E, N], [[N, W], [N]])
    first = lost([E, N], [[N, W], [N]], [0, None])  # 1 of 1 + 1
    second = lost([E, N], [[N, W], [N]], [1, None])  # 1/2 of 1/2 + 1

    assert (first - alone).item() == pytest.approx(UNITS_WEIGHT * math.log(2))
    assert (second - alone).item() == pytest.approx(UNITS_WEIGHT * math.log(3))


def test_other_units_of_its_own_passage_are_not_held_against_a_question(lost):
    passages = [[N, E, E], [N, E]]

    of_units = lost([E, N], passages, [0, None]) - lost([E, N], passages)

    assert of_units.item() == pytest.approx(UNITS_WEIGHT * math.log((1 + 1 + 2) / 1))


def test_units_are_counted_behind_those_of_the_passages_before(lost):
    passages = [[E, E], [N], [W, N, E]]

    of_units = lost([E, E, N], passages, [None, 0, 1]) - lost([E, E, N], passages)

    east = math.log((1 + 2 + 2 + 1 / 2 + 1 + 2) / 1)  # 1 against the units of the first and third
    north = math.log((2 + 1 + 1 + 2) / 2)  # 2 against 1 and 1 of the first and 2 of the second
    assert of_units.item() == pytest.approx(UNITS_WEIGHT * (east + north) / 2)


def test_units_of_an_excluded_passage_are_not_held_against_its_question(lost):
    passages = [[E], [N], [E, E]]

    found = lost([E, N], passages, [0, 0], [(0, 2)]) - lost([E, N], passages, excluded=[(0, 2)])

    # Of units as of passages, but the third counts twice against the second question.
    assert found.item() == pytest.approx(
        UNITS_WEIGHT * (math.log(3 / 2) + math.log((2 + 1 + 1 + 1) / 2)) / 2
    )


def test_where_no_unit_answers_passages_alone_count(lost):
    bare = Contrast([Embedded([E], [])], [Embedded([E], []), Embedded([N], [])], [None], [])

    assert loss(GIVEN, bare, "cpu").item() == lost([E], [[E], [N]]).item()
    assert loss(GIVEN, bare, "cpu").item() == pytest.approx(math.log(3 / 2))


# Vectors


@pytest.fixture(scope="module")
def bert():
    return network().bert


def passages_of(contraster, texts):
    return [contraster.passage(ReaderInput("", text)) for text in texts]


@torch.no_grad()
def test_vectors_are_the_same_whatever_they_are_padded_with(contraster, bert):
    short, long = passages_of(contraster, ["下雪。下雨。", "张三喜欢龙虾。" * 20])

    alone, its_units = encoded(bert, [short], "cpu")
    beside, all_units = encoded(bert, [short, long], "cpu")

    assert alone.shape == (1, 32)
    assert its_units.shape == (2, 32)
    assert torch.allclose(beside[:1], alone, atol=1e-6)
    assert torch.allclose(all_units[:2], its_units, atol=1e-6)
    assert not torch.allclose(its_units[0], its_units[1], atol=0.01)


@torch.no_grad()
def test_vectors_are_in_the_order_of_the_texts_however_they_are_put_together(contraster, bert):
    texts = ["雪。" * (7 * n % 30 + 1) for n in range(30)]  # more than are padded to one length
    given = [*passages_of(contraster, texts), contraster.question("下雪吗？")]

    wholes, parts = encoded(bert, given, "cpu")
    alone = [encoded(bert, [each], "cpu") for each in given]

    assert torch.allclose(wholes, torch.cat([whole for whole, _ in alone]), atol=1e-6)
    assert torch.allclose(parts, torch.cat([own for _, own in alone]), atol=1e-6)
    assert len(parts) == sum(7 * n % 30 + 1 for n in range(30))
    assert torch.allclose(wholes.norm(dim=1), torch.ones(31))
    assert torch.allclose(parts.norm(dim=1), torch.ones(len(parts)))


@pytest.fixture
def served(bert, tmp_path, monkeypatch):
    """The embedder that a search uses, over the same toy network and tokens."""

    class Session:
        def run(self, outputs, given):
            with torch.no_grad():
                states = bert(inputs_embeds=torch.from_numpy(given["words"])).last_hidden_state
            return [states.numpy()]

    class Vocabulary(WordTokenizer):
        def vectors(self, ids):
            return bert.embeddings.word_embeddings.weight.detach().numpy()[ids]

    monkeypatch.setattr(embedding.e5, "is_built", lambda folder: True)
    monkeypatch.setattr(embedding.e5, "identity", lambda: "toy")
    monkeypatch.setattr(embedding, "open_session", lambda path: Session())
    monkeypatch.setattr(embedding, "open_vocabulary", lambda folder: Vocabulary())
    monkeypatch.setattr(BundledEmbedder, "dimension", 32)
    return BundledEmbedder(tmp_path)


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("人物", "张三喜欢龙虾。张三住在天津，有3只猫。"),
        ("龍蝦", "龍蝦在天津。"),
        ("", "，一是要聚焦；二是要有驱动力。"),
        ("Cats > Rooms", "Nobody counts the cats. There are 12 rooms."),
    ],
)
@torch.no_grad()
def test_training_sees_the_vectors_that_a_search_compares(contraster, bert, served, context, text):
    head = f"{context}\n" if context else ""
    expected = served.embed_passage(EmbeddingInput(head, text, list(units(text))))

    passage, parts = encoded(bert, [contraster.passage(ReaderInput(context, text))], "cpu")
    question, none = encoded(bert, [contraster.question(text)], "cpu")

    assert np.allclose(passage[0].numpy(), expected.passage, atol=1e-6)
    assert np.allclose(parts.numpy(), expected.units, atol=1e-6)
    assert np.allclose(question[0].numpy(), served.embed_query(text), atol=1e-6)
    assert len(none) == 0


# Learning


def test_a_toy_set_is_learnt(contraster, tmp_path, monkeypatch):
    monkeypatch.setattr(contrast, "QUESTIONS", 6)
    monkeypatch.setattr(retrieval, "RATE", 3e-3)
    monkeypatch.setattr(train, "LOGGED_EVERY", 10)
    learnt = [*examples(), english_example()]
    trainer = Trainer(network().bert, loss, retrieval.rate_of, 60, "cpu")

    def figures():
        for is_switched in (False, True):
            yield {"found": check(trainer.model, contraster, learnt, "cpu", switched=is_switched)}

    before = [each["found"] for each in figures()]
    after = []
    run(
        trainer,
        lambda epoch: contraster.batches(learnt, epoch),
        lambda: after.extend(each["found"] for each in figures()) or [],
        tmp_path,
    )

    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert lines[-1]["loss"] < lines[0]["loss"] / 2
    assert before[0].first < 1
    assert before[0].first_by_units < 1
    assert after[0] == Found(first=1.0, first_by_units=1.0)
    assert after[1].first >= before[1].first + 0.3
    assert after[1].first_by_units >= before[1].first_by_units + 0.3


def test_all_weights_learn_alike_but_those_of_the_words_not_at_all():
    trainer = Trainer(network().bert, loss, retrieval.rate_of, 60, "cpu")

    (group,) = trainer.optimizer.param_groups
    assert group["rate"] == retrieval.RATE
    assert len(group["params"]) == len(dict(trainer.model.named_parameters())) - 1
    assert "embeddings.word_embeddings.weight" not in trainer.weights()


# Figures


class Leaning:
    """A text lies in the directions of the words 甲, 乙 and 丙 that it holds, however often."""

    def __call__(self, input_ids, attention_mask):
        table = torch.zeros(500, 3)
        for axis, word in enumerate("甲乙丙"):
            table[token_id(word), axis] = 1
        return SimpleNamespace(last_hidden_state=table[input_ids])


def asked(question, text, *distractors, **given):
    others = tuple(ReaderInput("", each) for each in distractors)
    passage = ReaderInput("", text)
    return example("", "", question=question, passage=passage, distractors=others, **given)


HELD_OUT = [
    asked("甲", "甲甲甲乙。"),  # first by both
    asked("乙", "乙。丙丙。"),  # the next passage is nearer, but no unit is as near as the first
    asked("丙", "丙乙。"),  # the passage before is nearer, and so is its second unit
]


@pytest.fixture
def checked(contraster):
    def checked_(held_out, switched=False):
        return check(Leaning(), contraster, held_out, "cpu", switched=switched)

    return checked_


def test_a_passage_is_found_among_those_of_all_questions(checked):
    assert checked(HELD_OUT) == Found(
        first=pytest.approx(1 / 3), first_by_units=pytest.approx(2 / 3)
    )
    for order in itertools.permutations(HELD_OUT):
        assert checked(list(order)) == checked(HELD_OUT)


def test_distractors_are_among_them(checked):
    distracted = [asked("甲", "甲甲甲乙。", "丙。", "甲。"), *HELD_OUT[1:]]

    assert checked(distracted) == Found(first=0.0, first_by_units=pytest.approx(1 / 3))


def test_questions_that_share_a_passage_are_both_answered_by_it(checked):
    shared = [HELD_OUT[0], replace(HELD_OUT[0], question="甲甲乙"), asked("丙", "丙。")]

    assert checked(shared) == Found(first=1.0, first_by_units=1.0)


def test_switched_questions_are_asked_in_the_other_language(checked):
    held_out = [replace(HELD_OUT[0], translated="丙"), replace(HELD_OUT[1], translated="乙")]

    assert checked(held_out, switched=False) == Found(first=1.0, first_by_units=1.0)
    assert checked(held_out, switched=True) == Found(first=0.5, first_by_units=0.5)


def test_a_check_ends_after_so_many_questions(checked, monkeypatch):
    monkeypatch.setattr(retrieval, "CHECKED", 1)

    assert checked(HELD_OUT) == Found(first=1.0, first_by_units=1.0)
