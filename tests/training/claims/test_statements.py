"""Questions with their answers as statements."""

import pytest

from rag.training.claims.statements import statement, together


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("灯塔是哪一年建成的？", "1893年", "灯塔是1893年建成的。"),
        ("燈塔是誰設計的？", "林月", "灯塔是林月设计的。"),
        ("灯塔在哪里？", "北岸", "灯塔在北岸。"),
        ("灯塔在哪里？", "在北岸", "灯塔在北岸。"),
        ("灯塔有多少米高？", "42米", "灯塔有42米高。"),
        ("城里有多少人？", "350名", "城里有350名。"),
        ("哪个国家夺冠？", "巴西", "巴西夺冠。"),
        ("他叫什么名字？", "林月", "他叫林月。"),
        ("灯塔为什么白？", "涂了漆", None),
        ("灯塔白吗？", "白", None),
        ("谁？", "林月", None),
        ("灯塔是谁设计的？", "林月。她是工程师。", None),
    ],
)
def test_a_chinese_question_has_the_answer_where_it_asks(question, answer, expected):
    assert statement(question, answer, True) == expected


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("When was the tower built?", "1893", "The tower was built in 1893."),
        ("When was Lin Yue born?", "May 19, 1870", "Lin Yue was born on May 19, 1870."),
        ("Where is the tower located?", "near Berlin", "The tower is located near Berlin."),
        ("Who wrote Hamlet?", "Shakespeare", "Shakespeare wrote Hamlet."),
        ("who was killed by the storm?", "Lin Yue", "Lin Yue was killed by the storm."),
        ("What is the capital of France?", "Paris", "The capital of France is Paris."),
        ("What is the tower made of?", "stone", None),
        ("When did the war end?", "1945", None),
        ("Who was the first?", "Lin Yue", "The first was Lin Yue."),
    ],
)
def test_an_english_question_turns_where_a_pattern_knows_it(question, answer, expected):
    assert statement(question, answer, False) == expected


def test_any_question_stands_with_its_answer():
    assert together("灯塔为什么白？", "涂了漆。", True) == "灯塔为什么白？涂了漆。"
    assert together("When did the war end?", "in 1945", False) == "When did the war end? In 1945."
