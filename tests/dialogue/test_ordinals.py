import pytest

from rag.dialogue.ordinals import with_things_of

CITIES = "决定在天津、上海、青岛和苏州这4个城市设立试验区。[1]"
MILLS = "The pilots are in Tianjin, Shanghai and Suzhou.[1]"
TOWERS = "塔林有红杉塔和白桦塔两座塔，相隔三百步。[1]"


@pytest.mark.parametrize(
    ("question", "replies", "meant"),
    [
        ("第二个呢？", [CITIES], "上海呢？"),
        ("第一个有多高？", [TOWERS], "红杉塔有多高？"),
        ("第二座呢？", [TOWERS, "红杉塔高六十二米。"], "白桦塔呢？"),
        ("最后一个在哪个省？", [CITIES], "苏州在哪个省？"),
        ("后者有多高？", [TOWERS], "白桦塔有多高？"),
        ("What about the second one?", [MILLS], "What about Shanghai?"),
        ("Where is the last of them?", [MILLS], "Where is Suzhou?"),
        ("What about the former?", ["The mills are Alder and Beech."], "What about Alder?"),
        ("第二个呢？", [CITIES, TOWERS], "白桦塔呢？"),  # the last list counts
    ],
)
def test_a_place_in_a_list_is_the_thing_there(question, replies, meant):
    assert with_things_of(question, replies) == meant


@pytest.mark.parametrize(
    ("question", "replies"),
    [
        ("第五个呢？", [CITIES]),
        ("前者呢？", [CITIES]),  # of four
        ("第二个呢？", []),
        ("第二个呢？", ["红杉塔高六十二米。"]),
        ("第二届大会在哪里举行？", [CITIES]),
        ("Who was the former president?", ["The mills are Alder and Beech."]),
    ],
)
def test_what_no_list_holds_stays(question, replies):
    assert with_things_of(question, replies) == question
