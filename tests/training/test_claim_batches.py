"""Claims as batches: as they are judged, packed by tokens, the same in each run."""

import random

import pytest
from toy_reader import WordTokenizer

from rag.checking.judge import judge_input
from rag.language.term_groups import query_groups
from rag.reading.cross_encoder import ReaderInput
from rag.training import claim_batches
from rag.training.claim_batches import ClaimBatcher
from rag.training.claims.example import ClaimExample

EVIDENCE = ReaderInput("灯塔", "灯塔建于1893年，塔高42米。")


def example(claim="灯塔高42米。", label="supported", source="made", evidence=EVIDENCE):
    return ClaimExample(claim, evidence, label, source)


@pytest.fixture
def batcher(lexicon):
    return ClaimBatcher(WordTokenizer(), lexicon)


def test_a_claim_is_read_as_the_judge_reads_it(batcher, lexicon):
    item = batcher.item(example(label="not_supported"))

    groups = query_groups("灯塔高42米。", lexicon)
    assert item.pair == judge_input(WordTokenizer(), "灯塔高42米。", groups, EVIDENCE)
    assert item.targets == (1, 2)


def test_some_terms_and_the_context_are_not_shown_at_training(batcher):
    drawn = {
        (tuple(item.pair.types), len(item.pair.ids))
        for seed in range(40)
        for item in [batcher.item(example(), random.Random(seed))]
    }

    assert len({types for types, _ in drawn}) > 2
    assert len({tokens for _, tokens in drawn}) == 2  # with the title and without


def test_batches_hold_all_claims_and_no_more_tokens_than_fit(batcher, monkeypatch):
    monkeypatch.setattr(claim_batches, "TOKENS", 120)
    long = ReaderInput("", EVIDENCE.text * 3)
    examples = [example(f"第{n}座塔。", evidence=long if n % 2 else EVIDENCE) for n in range(12)]

    batches = list(batcher.batches(examples, epoch=0))

    assert sum(map(len, batches)) == 12
    assert all(len(b) * max(len(item.pair.ids) for item in b) <= 120 for b in batches if len(b) > 1)
    assert list(batcher.batches(examples, epoch=0)) == batches
    assert list(batcher.batches(examples, epoch=1)) != batches


def test_sets_are_drawn_as_often_as_their_share_says(batcher, monkeypatch):
    monkeypatch.setattr(claim_batches, "DRAWN", {"twice": 2.0, "half": 0.5})
    examples = [example(source=source) for source in ["twice", "once"] * 10 + ["half"] * 40]

    found = sum(map(len, batcher.batches(examples, epoch=0)))

    assert 38 <= found <= 62  # 20 + 10 + about 20
