import pytest

from rag.language.levels import code_described

CHINESE = "等级从A1到A4，A1是新员工，A2、A3是熟练工，从A4开始可以带班，工资翻倍。A5尚未设立。"
ENGLISH = "Grade B1 covers beginners, B2 and B3 are skilled workers, and B4 leads a shift at night."


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (CHINESE, "A1", "A1是新员工"),
        (CHINESE, "A2", "A2、A3是熟练工"),
        (CHINESE, "A4", "A4开始可以带班，工资翻倍"),
        (CHINESE, "A5", None),  # alone in its sentence
        (CHINESE, "C1", None),
        (ENGLISH, "B1", "B1 covers beginners"),
        (ENGLISH, "B2", "B2 and B3 are skilled workers"),
        (ENGLISH, "B4", "B4 leads a shift at night"),
        (ENGLISH, "grade", None),
    ],
)
def test_what_is_said_of_each_code_of_a_scale(text, code, said):
    found = code_described(text, code)

    assert (found and text[slice(*found)]) == said
