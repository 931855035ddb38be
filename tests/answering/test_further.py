from passages import passage_of

from rag.answering.citations import Quote
from rag.answering.further import further
from rag.types import Chunk

TOWERS = (
    "# 塔林\n\n红杉塔建成于1931年。塔高六十二米。白桦塔建成于1940年。\n\n红杉塔自2030年起停止开放。"
)
MILL = "It was built in 1874. Vera Lindqvist repairs the wheel."


def passage(number, text):
    return passage_of(Chunk(f"d#{number}", "d", "", text, 0, len(text), number), "题")


def quote(passage, words):
    start = passage.text.index(words)
    return Quote(passage, start, start + len(words))


def shown(quotes):
    return [each.text for each in quotes]


def test_more_is_what_no_reply_has_shown_that_of_the_topic_first():
    towers, mill = passage(0, TOWERS), passage(1, MILL)
    asked = quote(towers, "红杉塔建成于1931年。")

    def met(words):
        return float("红杉塔" in words)

    def neighbours(_):
        return [mill]

    first = "红杉塔建成于1931年。[1]"
    assert shown(further([asked], [first], met, neighbours)) == [
        "塔高六十二米。白桦塔建成于1940年。\n\n红杉塔自2030年起停止开放。"
    ]
    both = [first, "塔高六十二米。[1]\n红杉塔自2030年起停止开放。[2]"]
    assert shown(further([asked], both, met, neighbours)) == ["白桦塔建成于1940年。"]
    rest = [*both, "白桦塔建成于1940年。"]
    assert shown(further([asked], rest, met, neighbours)) == [MILL]
    assert further([asked], [*rest, MILL], met, neighbours) == []
    assert further([], [], met, neighbours) == []


def test_where_room_is_short_the_topic_comes_first_in_the_order_of_the_passage():
    long = "春" * 150 + "。"
    garden = passage(0, f"开头。{long}{long}红杉塔在园中。")
    told = further(
        [quote(garden, "开头。")], ["开头。"], lambda words: float("红" in words), lambda _: []
    )

    assert shown(told) == [long, "红杉塔在园中。"]
