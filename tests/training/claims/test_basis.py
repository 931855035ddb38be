"""A change in the claim, the evidence, both or neither, and the label that follows."""

import random
from collections import Counter

import pytest

from rag.reading.cross_encoder import ReaderInput
from rag.training.claims.basis import Basis, Change, Made, changed, mirrored, sided

TEXT = "灰岩岛灯塔建于1893年，塔高42米。塔由林月设计。"
BASIS = Basis("灯塔建于1893年。", ReaderInput("灯塔", TEXT), True)
YEAR = Change(4, 8, "1895", "refuted")


def of(claim, old, new, label="refuted", **given):
    start = claim.index(old)
    return Change(start, start + len(old), new, label, **given)


def test_a_change_stands_in_the_claim():
    assert changed(BASIS, YEAR) == "灯塔建于1895年。"


@pytest.mark.parametrize(
    ("claim", "old", "new", "text"),
    [
        ("塔由林月设计。", "由", "不由", "灰岩岛灯塔建于1893年，塔高42米。塔不由林月设计。"),
        (
            "灰岩岛灯塔建于1893年，塔很白。",
            "建于",
            "并非建于",
            "灰岩岛灯塔并非建于1893年，塔高42米。塔由林月设计。",
        ),
        (
            "那座塔高达42米。",
            "42",
            "45",
            "灰岩岛灯塔建于1893年，塔高45米。塔由林月设计。",
        ),
        ("The tower is 42米 high.", "high", "low", None),
        ("那座塔由林女士设计。", "由", "不由", None),  # too short to be found again
    ],
    ids=["sentence", "clause", "words", "elsewhere", "one character"],
)
def test_the_evidence_is_changed_where_it_has_the_words(claim, old, new, text):
    basis = Basis(claim, BASIS.evidence, True)

    found = mirrored(basis, of(claim, old, new))

    assert found == (None if text is None else ReaderInput("灯塔", text))


def test_a_number_within_another_is_not_changed_along():
    basis = Basis("It has 12 rooms now.", ReaderInput("", "Of 120 rooms it kept 12."), False)

    assert mirrored(basis, of(basis.claim, "12", "15")).text == "Of 120 rooms it kept 15."


def test_each_side_is_drawn_and_has_its_label():
    changed_text = TEXT.replace("1893", "1895")
    found = Counter(sided(BASIS, YEAR, random.Random(seed)) for seed in range(200))

    assert set(found) == {
        Made("灯塔建于1893年。", BASIS.evidence, "supported"),
        Made("灯塔建于1895年。", BASIS.evidence, "refuted"),
        Made("灯塔建于1893年。", ReaderInput("灯塔", changed_text), "refuted"),
        Made("灯塔建于1895年。", ReaderInput("灯塔", changed_text), "supported"),
    }
    labels = Counter(made.label for made in found.elements())
    assert 70 < labels["supported"] < 110


def test_who_says_more_says_less_as_well():
    claim = "有些塔很高。"
    basis = Basis(claim, ReaderInput("", claim), True)
    change = of(claim, "有些", "所有", "not_enough", one_way=True)

    found = {sided(basis, change, random.Random(seed)) for seed in range(50)}

    labels = {(made.claim, made.evidence.text): made.label for made in found}
    assert labels == {
        ("有些塔很高。", "有些塔很高。"): "supported",
        ("所有塔很高。", "有些塔很高。"): "not_enough",
        ("有些塔很高。", "所有塔很高。"): "supported",
        ("所有塔很高。", "所有塔很高。"): "supported",
    }


def test_what_cannot_be_changed_in_the_evidence_stays_as_it_is_there():
    basis = Basis("The tower is tall.", ReaderInput("", "It is 42 m high."), False)
    change = of(basis.claim, "is", "is not", everywhere=False)

    found = {sided(basis, change, random.Random(seed)) for seed in range(30)}

    assert {(made.claim, made.label) for made in found} == {
        ("The tower is tall.", "supported"),
        ("The tower is not tall.", "refuted"),
    }
    assert {made.evidence for made in found} == {basis.evidence}
