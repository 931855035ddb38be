"""Yes–no questions as statements."""

import pytest

from rag.language.statements import statement_of


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("灯塔还在使用吗？", "灯塔还在使用。"),
        ("門票可以退嗎？", "門票可以退。"),
        ("公司是否在北港有仓库？", "公司在北港有仓库。"),
        ("泵房是不是1893年建的？", "泵房是1893年建的。"),
        ("请问这里有没有停车场？", "这里有停车场。"),
        ("能不能带宠物入园？", "能带宠物入园。"),
        ("合同今年到期，对吗？", "合同今年到期。"),
        ("这样做好吗？", "这样做好。"),  # no tag: it asks whether that is good
        ("Was the pump house built in 1893?", "The pump house was built in 1893."),
        ("Is the capital of Alba Greyport?", "The capital of Alba is Greyport."),
        ("Has the contract been signed?", "The contract has been signed."),
        ("Can it be refunded?", "It can be refunded."),
        ("The bridge is closed, right?", "The bridge is closed."),
        ("Is it true that dogs may enter?", "Dogs may enter."),
        ("Does the firm own ships?", "The firm own ships."),  # its verb is not bent
    ],
)
def test_what_is_asked_is_said(question, statement):
    assert statement_of(question) == statement


@pytest.mark.parametrize(
    "question",
    [
        "他不来了吗？",  # 是 would mean that he does not
        "Isn't the harbour deep?",
        "谁来了？",
        "是北港还是南港？",
        "When was it built?",
    ],
)
def test_what_denies_or_asks_for_more_is_no_statement(question):
    assert statement_of(question) is None
