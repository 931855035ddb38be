"""Other numbers, units, dates and codes: of the same kind, and not those of the evidence."""

import random

import pytest

from rag.checking.dates import dates
from rag.checking.quantities import quantities
from rag.reading.cross_encoder import ReaderInput
from rag.training.claims import values
from rag.training.claims.basis import Basis, changed

SEEDS = range(40)


def found_by(maker, claim, evidence=None, is_chinese=True):
    """Each claim that any of the seeds makes of this one, without those that it cannot change."""
    basis = Basis(claim, ReaderInput("", evidence or claim), is_chinese)
    made = [maker(basis, random.Random(seed)) for seed in SEEDS]
    return {changed(basis, change) for change in made if change}


@pytest.mark.parametrize(
    ("claim", "is_chinese"),
    [
        ("扬程是32米。", True),
        ("共有3.5亿人。", True),
        ("一共十二座城市。", True),
        ("The head is 32 metres.", False),
        ("About 350 million people live there.", False),
        ("It has twelve rooms.", False),
    ],
)
def test_a_number_becomes_another_that_the_evidence_does_not_have(claim, is_chinese):
    found = found_by(values.number, claim, is_chinese=is_chinese)

    (former,) = quantities(claim)
    assert len(found) > 3
    for each in found:
        (now,) = quantities(each)
        assert now.dimension == former.dimension
        assert abs(now.value - former.value) > 0.03 * former.value
        assert each[: former.start] == claim[: former.start]


def test_a_number_of_the_evidence_is_not_put_in():
    digits = "、".join(f"{number}米" for number in range(1, 18) if number != 12)
    found = found_by(values.number, "塔高12米。", f"塔高12米，另有{digits}的。")

    assert found == {"塔高22米。"} | {each for each in found if each not in digits}
    assert not any(quantities(each)[0].number < 18 for each in found)


@pytest.mark.parametrize(
    ("claim", "is_chinese", "some"),
    [
        ("塔高42米。", True, "塔高42公里。"),
        ("价格是95元。", True, "价格是95美元。"),
        ("重3公斤。", True, "重3吨。"),
        ("It is 42 metres high.", False, "It is 42 miles high."),
        ("It took 12 days.", False, "It took 12 weeks."),
    ],
)
def test_a_unit_becomes_another_of_what_is_measured(claim, is_chinese, some):
    found = found_by(values.unit, claim, is_chinese=is_chinese)

    (former,) = quantities(claim)
    assert some in found
    for each in found:
        (now,) = quantities(each)
        assert now.dimension == former.dimension or len(now.dimension) == len(former.dimension) == 3
        assert (now.dimension, now.value) != (former.dimension, former.value)


@pytest.mark.parametrize("claim", ["他读三年级。", "三元计算机", "波长是380纳米。"])
def test_what_only_looks_like_a_unit_stays(claim):
    assert found_by(values.unit, claim) == set()


@pytest.mark.parametrize(
    ("claim", "is_chinese", "parts"),
    [
        ("建于1893年。", True, {"year"}),
        ("2015年5月19日开幕。", True, {"year", "month", "day"}),
        ("It opened on May 19, 2015.", False, {"year", "month", "day"}),
        ("生效日期是2015-05-19。", True, {"year", "month", "day"}),
    ],
)
def test_a_date_becomes_another(claim, is_chinese, parts):
    found = found_by(values.date, claim, is_chinese=is_chinese)

    (former,) = dates(claim)
    differs = set()
    for each in found:
        (now,) = dates(each)
        assert now.month is None or 1 <= now.month <= 12
        differs |= {
            name for name in ("year", "month", "day") if _of(now, name) != _of(former, name)
        }
    assert differs == parts


def _of(date, name):
    return getattr(date, name)


def test_a_date_of_the_evidence_is_not_put_in():
    years = "、".join(f"{year}年" for year in range(1870, 1920))

    assert all(
        str(dates(each)[0].year) not in years
        for each in found_by(values.date, "建于1893年。", f"建于1893年，{years}翻修。")
    )


def test_a_code_becomes_another_with_one_sign_changed():
    found = found_by(values.code, "X200的扬程是32米。")

    assert "X300的扬程是32米。" in found
    assert all(each.endswith("的扬程是32米。") and len(each) == 12 for each in found)
    assert found_by(values.code, "X200的扬程是32米。", "泵的扬程是32米。") == set()
    assert "X200的扬程是32米。" not in found


def test_words_without_any_of_these_stay():
    makers = (values.number, values.unit, values.date, values.code)

    assert [found_by(maker, "塔由林月设计。") for maker in makers] == [set()] * 4
