"""Words that answer, as whole sentences of their passage."""

import numpy as np
import pytest

from rag.language.units import units
from rag.reading.quotes import LENGTH, grown
from rag.reading.results import Unit

LONG = (
    "昨日，市商务委员会公布了首批入选名单，其中包括位于高新区的三家跨境电商平台企业，"
    "位于港区的两家保税仓储企业和一家冷链物流企业，以及由本地高校牵头的人才培训基地，"
    "此外还有负责通关数据互联互通的口岸信息公司，以及为中小卖家提供结算服务的支付机构，"
    "名单公示期为七个工作日。"
)
ENGLISH = (
    "The island council, which had met every spring since the harbour was dredged in 1931, voted"
    " by eleven to two to lease the northern quay to the ferry company for twenty-five years,"
    " on condition that it repair the breakwater at its own cost, keep the fish market open on"
    " weekdays, and leave the old crane where it stands."
)
SHORT = "公示由审计局监督。"


def quote(text, words):
    """What is quoted for the words of a passage with this text."""
    cut = [
        Unit(0, number, start, end, text[start:end], 0.0, np.zeros(0))
        for number, (start, end) in enumerate(units(text))
    ]
    at = text.index(words)
    held = [unit for unit in cut if unit.start < at + len(words) and unit.end > at]
    found = grown(held, cut)
    return text[found[0].start : found[-1].end]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [(LONG, "冷链物流企业"), (LONG, "名单公示期"), (LONG, "昨日"), (ENGLISH, "the northern quay")],
)
def test_a_long_sentence_is_quoted_to_its_end(sentence, words):
    assert len(LONG) > LENGTH
    assert quote(f"{SHORT}{sentence}\n\nNo more.", words) == sentence


def test_beside_a_short_sentence_whole_ones_are_quoted_and_no_clause_of_the_next():
    assert quote(f"甲。{SHORT}{LONG}", "审计局") == f"甲。{SHORT}"
    assert quote(f"{LONG}{SHORT}乙。", "审计局") == f"{SHORT}乙。"


def test_lines_without_full_stops_are_quoted_together_only_while_all_is_short():
    lines = "\n".join(f"第{number}号码头停泊渔船和渡轮" for number in range(40))
    found = quote(lines, "第7号")
    assert len(found) <= 140
    assert "第7号码头停泊渔船和渡轮" in found
