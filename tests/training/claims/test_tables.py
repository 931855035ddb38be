"""Claims about tables: the label follows from the cell that the claim is of."""

import random
import re

import pytest

from rag.training.claims.tables import made_table

NAMES = {
    "zh": {
        "person": ["林月", "方德海"],
        "place": ["天津", "上海", "广州"],
        "firm": ["临河厂", "北港厂"],
    },
    "en": {"person": ["Lin Yue", "Miriam Katz"], "place": ["Lima", "Berlin"]},
}


def claims(language, count=300):
    return [
        made
        for seed in range(count)
        for made in made_table(language, NAMES[language], random.Random(seed))
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_claims_of_each_label_are_made(language):
    found = claims(language)

    shares = {label: sum(each.label == label for each in found) / len(found)
              for label in ("supported", "refuted", "not_enough", "not_supported")}  # fmt: skip
    assert 0.4 < shares["supported"] < 0.65
    assert min(shares.values()) > 0.02


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_claim_is_supported_where_its_figure_stands_in_its_row(language):
    checked = 0
    for made in claims(language):
        rows = re.split(r"\n", made.evidence.text)
        named = [each for each in rows if re.search(r"[A-Z]{1,2}-?\d{2,3}\b", each)]
        key = re.search(r"[A-Z]{1,2}-?\d{2,3}(?!\d)", made.claim)
        figure = re.search(
            r"(?<![A-Z\d-])(\d+)(?: [a-z]|件|米|公斤|元|伏|瓦|天|人|分|转)", made.claim
        )
        if not (key and figure and named):
            continue
        row = [each for each in rows if re.search(rf"{key.group()}(?!\d)", each)]
        stands = bool(row) and bool(re.search(rf"(?<!\d){figure[1]}(?!\d)", row[0]))
        if made.label == "supported":
            assert stands, made
            checked += 1
        elif made.label in ("refuted", "not_enough"):
            assert not stands or made.label == "refuted", made
    assert checked > 30


def test_some_claims_are_in_the_other_language():
    chinese = [each for each in claims("en") if re.search("[\u4e00-\u9fff]", each.claim)]

    assert len(chinese) > 50
    assert all(not re.search("[\u4e00-\u9fff]", each.evidence.text) for each in chinese)


def test_a_table_is_the_same_in_each_run():
    first, again = (list(made_table("zh", NAMES["zh"], random.Random(3))) for _ in range(2))

    assert first == again
