"""Claims made of examples: of each kind, held out with their example, the same in each run."""

import random
from dataclasses import replace

import pytest
from toy_reader import english_example, example

from rag.reading.cross_encoder import ReaderInput
from rag.training.claims import made as made_module
from rag.training.claims.basis import Basis
from rag.training.claims.made import ClaimMaker, added, neighboured
from rag.training.claims.people import Namer

CITIES = ["天津", "上海", "广州", "杭州", "西安"]
NAMER = Namer(
    [("天津和上海。天津和上海。", True), ("In Lima and in Berlin; in Lima and in Berlin", False)]
)


@pytest.fixture(scope="module")
def examples():
    chinese = [example("林月", city, held_out=n == 0) for n, city in enumerate(CITIES * 2)]
    return [*chinese, *(english_example(held_out=n == 0) for n in range(4))]


@pytest.fixture(scope="module")
def maker(lexicon, examples):
    return ClaimMaker(lexicon, examples)


def test_examples_give_claims_with_their_evidence(maker, examples, monkeypatch):
    monkeypatch.setattr(made_module, "TABLES", 2)
    found = list(maker.made(examples))

    assert {each.source for each in found} == {"made"}
    assert {"number", "statement", "cells"} <= {each.kind for each in found}
    assert sum(each.kind == "cells" for each in found) == 8
    assert {each.label for each in found} >= {"supported", "refuted"}
    assert {each.held_out for each in found} == {True, False}
    assert list(maker.made(examples)) == found


def test_the_held_out_lend_their_names_to_the_held_out(lexicon):
    people = ("林月", "李四", "王五")
    learnt = [example(name, city) for name in people for city in ("天津", "广州")]
    held_out = [replace(example(name, "上海"), held_out=True) for name in people]
    maker = ClaimMaker(lexicon, [*learnt, *held_out])

    found = [each for seed in range(30) for each in maker.of(learnt[0], f"{seed}")]

    assert any("广州" in each.claim for each in found)
    assert not any("上海" in each.claim or "Shanghai" in each.claim for each in found)


def test_a_neighbour_says_the_same_of_another_with_another_figure():
    claim = "天津港有42座吊车。"
    basis = Basis(claim, ReaderInput("港口", f"{claim}都很新。"), True)
    found = [neighboured(basis, NAMER, random.Random(seed)) for seed in range(60)]

    labels = {made.label for made in found if made}
    assert labels == {"supported", "refuted"}
    for made in filter(None, found):
        first, second = (each for each in made.evidence.text.split("。") if "吊车" in each)
        assert {first, second} > {claim.rstrip("。")}
        assert (made.claim.rstrip("。") in (first, second)) is (made.label == "supported")


def test_what_is_added_is_supported_where_the_evidence_has_it():
    basis = Basis("塔高42米。", ReaderInput("", "塔高42米。塔由林月女士设计。"), True)
    others = [ReaderInput("", "船停在天津的北岸。")]
    found = {added(basis, others, random.Random(seed)) for seed in range(20)}

    assert {(made.claim, made.label) for made in found} == {
        ("塔高42米，塔由林月女士设计。", "supported"),
        ("塔高42米，船停在天津的北岸。", "not_enough"),
    }
