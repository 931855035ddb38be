"""The table of contents of a document."""

from rag.index.contents import contents

TEXT = (
    "# 海湾\n\n序言在此。\n\n## 大桥\n\n它长3公里。\n\n### Tolls\n\n15 yuan.\n\n"
    "## 灯塔\n\n它高40米。"
)


def test_headings_come_in_order_with_their_depth_and_their_place():
    found = contents(TEXT)

    assert [(each.depth, each.title) for each in found] == [
        (1, "海湾"),
        (2, "大桥"),
        (3, "Tolls"),
        (2, "灯塔"),
    ]
    assert [TEXT[each.start : each.end] for each in found] == ["海湾", "大桥", "Tolls", "灯塔"]


def test_the_title_is_no_heading_of_its_own():
    assert [(each.depth, each.title) for each in contents(TEXT, "海湾")] == [
        (1, "大桥"),
        (2, "Tolls"),
        (1, "灯塔"),
    ]


def test_a_single_heading_is_no_table():
    assert contents("# Bay\n\nThe bay is wide.") == ()
    assert contents("海湾很宽。") == ()
