"""Numbers and dates in another notation: as much as before."""

import random

import pytest

from rag.training.claims.notations import renoted


def found_by(claim, is_chinese):
    return {renoted(claim, is_chinese, random.Random(seed)) for seed in range(60)} - {None}


@pytest.mark.parametrize(
    ("claim", "is_chinese", "expected"),
    [
        ("共有3.5亿人。", True, {"共有350,000,000人。", "共有35000万人。"}),
        ("一共12座城市。", True, {"一共十二座城市。"}),
        ("占七成。", True, {"占70%。", "占百分之七十。"}),
        ("占35%。", True, {"占百分之三十五。"}),
        ("二元论是一种学说。", True, set()),
        ("十余人来了。", True, set()),
        ("It has 350 million users.", False, {
            "It has 350,000,000 users.", "It has 0.35 billion users.",
        }),
        ("It has twelve rooms.", False, {"It has 12 rooms."}),
        ("It rose by 70%.", False, {"It rose by 70 percent.", "It rose by 70 per cent."}),
        ("2015年5月19日开幕。", True, {
            "2015-05-19开幕。", "2015年5月19号开幕。", "2015/5/19开幕。",
        }),
        ("It opened on May 19, 2015.", False, {
            "It opened on 19 May 2015.", "It opened on 2015-05-19.",
        }),
        ("塔由林月设计。", True, set()),
    ],
)  # fmt: skip
def test_a_claim_says_as_much_in_another_notation(claim, is_chinese, expected):
    assert found_by(claim, is_chinese) == expected
