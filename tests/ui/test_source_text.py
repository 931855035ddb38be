import pytest

from ui.source_text import Layers, blocks

TEXT = """# 十二座城市

昨日宣布。
新设十二座。

- 天津
* Shanghai

```
# no heading
x = 1
```

### 附表

城市\t批次
杭州\t1
宁波\t2

End.
"""


def words(block):
    return "".join(text for stretch in block.stretches for text, _ in stretch.runs)


def test_a_text_is_cut_in_its_blocks():
    shown = blocks(TEXT, Layers())

    assert [(block.kind, block.sign, words(block)) for block in shown] == [
        ("heading", "# ", "十二座城市"),
        ("paragraph", "", "昨日宣布。\n新设十二座。"),
        ("item", "- ", "天津"),
        ("item", "* ", "Shanghai"),
        ("code", "", "# no heading\nx = 1"),
        ("heading", "### ", "附表"),
        ("table", "", ""),
        ("paragraph", "", "End."),
    ]
    assert [block.level for block in shown if block.kind == "heading"] == [3, 4]
    assert [[(words(cell), cell.is_name) for cell in row] for row in shown[6].rows] == [
        [("城市", True), ("批次", True)],
        [("杭州", False), ("1", False)],
        [("宁波", False), ("2", False)],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "一段话。",
        "\n\n  A  \n \nb\n",
        "# 标题\n## 二\n- 项\n- item\n结尾",
        "#no\n-no\n*x*",
    ],
)
def test_of_a_text_without_tables_and_code_nothing_but_white_space_is_lost(text):
    shown = "".join(block.sign + words(block) + block.gap for block in blocks(text, Layers()))

    assert shown == text.lstrip("\n")


def test_passage_quote_and_answer_lie_over_the_blocks_they_run_through():
    text = "# 标题\n\n前文。天津、\n\n- 上海入选。后文。"
    mark = (text.index("天津"), text.index("后文"))
    words_at = [(text.index(word), text.index(word) + 2) for word in ("天津", "上海")]
    shown = blocks(text, Layers((6, len(text)), mark, tuple(words_at)))

    assert [[(each.layer, each.runs) for each in block.stretches] for block in shown] == [
        [("", (("标题", False),))],
        [("passage", (("前文。", False),)), ("mark", (("天津", True), ("、", False)))],
        [
            ("mark", (("上海", True), ("入选。", False))),
            ("passage", (("后文。", False),)),
        ],
    ]


def test_a_table_of_a_page_banner_keeps_it_and_its_marked_cells():
    text = "价目\t价目\n茶\t价格\n银针\t680\n大叶\t75"
    start = text.index("680")
    (table,) = blocks(text, Layers((0, len(text)), (start, start + 3)))

    assert ["|".join(map(words, row)) for row in table.rows] == [
        "价目",
        "茶|价格",
        "银针|680",
        "大叶|75",
    ]
    assert [
        words(cell) for row in table.rows for cell in row if cell.stretches[0].layer == "mark"
    ] == ["680"]
