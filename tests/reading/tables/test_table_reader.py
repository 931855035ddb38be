"""Questions to tables: the right cell, or the rows a figure was computed from, or nothing."""

from __future__ import annotations

import pytest

from rag.reading.tables.table_reader import TableReader, TableSource

PARTS = """# 车间零件目录

| 编号 | 名称 | 单价（元） | 库存（件） | 供货厂 | 保质期（月） |
|---|---|---|---|---|---|
| P-36 | 轴套 | 149 | 63 | 东岭厂 | 11 |
| P-63 | 皮带 | 37 | 226 | 临河厂 | 21 |
| P-64 | 皮带 | 41 | 37 | 临河厂 | 24 |
"""
SPEAKERS = """便携音箱价目

型号	价格（元）	续航（小时）	防水
星尾音箱	499	14	是
云雀音箱	299	8	否
石鼓音箱	699	20	是
银杏音箱	399	9	否
"""
TOWNS = """Towns of the valley

Town	Population	Area (km²)	Mayor	Founded
Alder	5200	31	Ruth Vane	1702
Brackwell	12800	54	Tom Ives	1644
Corrin	900	12	Una Pell	1810
"""
SCORES = """期中成绩

班级	姓名	语文	数学
一班	李强	88	92
一班	王芳	91	85
二班	李强	79	96
二班	赵敏	94	70
"""
WEATHER = "站点\t最高气温（℃）\t最低气温（℃）\n青浦站\t36\t21\n白岭站\t29\t12"
TIMES = """班车时刻

线路	车型	票价（元）	首班
东线	大巴	12	6:10
东线	中巴	9	6:40
西线	大巴	15	5:50
"""
STAFF = """员工名册

工号	姓名	部门	月薪（元）
G101	秦朗	采购部	8200
G102	白露	销售部	9100
G105	田七	销售部	10400
"""
FLATS = """槐树公寓

房号	楼层	朝向	面积（平方米）	租金（元/月）
101	一楼	朝北	22	1500
207	二楼	朝南	30	2100
305	三楼	朝北	35	2100
"""
CHAIRS = "Chair\tWood\tPrice (EUR)\nWalnut\twalnut\t240\nAbbey\toak\t180\nDeacon\toak\t150"
ROOMS = "Room\tBeds\tPrice\nHeron\t2\t140\nOtter\t3\t120"


@pytest.fixture(scope="module")
def ask(bundled_embedder, lexicon):
    reader = TableReader(bundled_embedder.embed_query)

    def answered(question: str, *texts: str):
        sources = [
            TableSource(f"d{number}", text, text.split("\n", 1)[0])
            for number, text in enumerate(texts)
        ]
        return reader.answer(question, sources, lexicon)

    return answered


@pytest.mark.parametrize(
    ("question", "text", "short"),
    [
        ("零件P-63的单价是多少元？", PARTS, "37"),
        ("P-63还有多少件库存？", PARTS, "226"),
        ("零件P-63由哪家厂供货？", PARTS, "临河厂"),
        ("零件P-63的保质期是几个月？", PARTS, "21"),
        ("P-63多少钱？", PARTS, "37"),
        ("P-63的单价和库存是多少？", PARTS, "37、226"),
        ("What is the unit price of part P-63?", PARTS, "37"),
        ("云雀音箱支持防水吗？", SPEAKERS, "否"),
        ("How long does the battery of the 银杏 speaker last?", SPEAKERS, "9"),
        ("二班李强的数学是多少？", SCORES, "96"),
        ("白岭站的最低气温是多少？", WEATHER, "12"),
        ("Who is the mayor of Corrin?", TOWNS, "Una Pell"),
        ("Alder 的镇长是谁？", TOWNS, "Ruth Vane"),
        ("When was Brackwell founded?", TOWNS, "1644"),
        ("How much is the Otter room?", ROOMS, "120"),
        ("西线大巴首班车几点？", TIMES, "5:50"),
        ("东线的中巴几点发首班？", TIMES, "6:40"),
        ("田七是哪个部的？", STAFF, "销售部"),
        ("207属于哪个楼层？", FLATS, "二楼"),
    ],
)
def test_a_cell_answers(question, text, short, ask):
    answer = ask(question, text)

    assert (answer.short, answer.computed_from) == (short, 0)
    assert all(
        text[a:b] in short and row.start <= a < b <= row.end
        for row in answer.rows
        for a, b in row.highlights
    )


@pytest.mark.parametrize(
    ("question", "text", "short", "rows"),
    [
        ("哪款音箱最便宜？", SPEAKERS, "云雀音箱", 4),
        ("最便宜的音箱多少钱？", SPEAKERS, "299", 4),
        ("哪款音箱的续航最长？", SPEAKERS, "石鼓音箱", 4),
        ("石鼓音箱和星尾音箱哪个更贵？", SPEAKERS, "石鼓音箱", 2),
        ("表里一共有几款音箱？", SPEAKERS, "4", 4),
        ("哪些音箱不支持防水？", SPEAKERS, "云雀音箱、银杏音箱", 4),
        ("价格低于400元的音箱有哪些？", SPEAKERS, "云雀音箱、银杏音箱", 4),
        ("音箱的平均价格是多少？", SPEAKERS, "474", 4),
        ("Which town has the largest population?", TOWNS, "Brackwell", 3),
        ("Which town is the oldest?", TOWNS, "Brackwell", 3),
        ("What is the total population of the towns?", TOWNS, "18900", 3),
        ("谁的语文最高？", SCORES, "赵敏", 4),
        ("最高气温最高的是哪个站？", WEATHER, "青浦站", 2),
        ("Which room is the cheapest?", ROOMS, "Otter", 2),
        ("谁的月薪最高？", STAFF, "田七", 3),
        ("面积最大的房间是哪间？", FLATS, "305", 3),
        ("所有房间的租金合计是多少？", FLATS, "5700", 3),
        ("How many chairs are made of oak?", CHAIRS, "2", 2),
        ("Which chair has the highest price?", CHAIRS, "Walnut", 3),
        ("Which oak chair is the most expensive?", CHAIRS, "Abbey", 2),
    ],
)
def test_what_is_computed_says_from_how_many_rows(question, text, short, rows, ask):
    answer = ask(question, text)

    assert (answer.short, answer.computed_from) == (short, rows)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("零件P-6的单价是多少？", PARTS),
        ("零件P-90的单价是多少？", PARTS),
        ("P-63的重量是多少？", PARTS),
        ("P-63的保修期是几年？", PARTS),
        ("2019年P-63的单价是多少？", PARTS),
        ("上海P-63的单价是多少？", PARTS),
        ("云雀音箱有多重？", SPEAKERS),
        ("哪款音箱最轻？", SPEAKERS),
        ("哪款耳机最便宜？", SPEAKERS),
        ("王芳的物理是多少？", SCORES),
        ("二班王芳的数学是多少？", SCORES),
        ("白岭站的湿度是多少？", WEATHER),
        ("What is the elevation of Alder?", TOWNS),
        ("Who is the mayor of Elmford?", TOWNS),
        ("Which bridge is the oldest?", TOWNS),
        ("Which room is the heaviest?", ROOMS),
        ("西线大巴多少公斤？", TIMES),
        ("西线大巴在几楼？", TIMES),
        ("二楼的房东是谁？", FLATS),
    ],
)
def test_what_the_table_does_not_say_has_no_answer(question, text, ask):
    assert ask(question, text) is None


def test_of_two_tables_the_one_that_is_spoken_of_answers(ask):
    first = "甲型车\n\n项目\t数值\n车长\t4.2米\n续航里程\t410公里"
    second = "乙型车\n\n项目\t数值\n车长\t4.8米\n续航里程\t620公里"

    answer = ask("乙型车的续航里程是多少？", first, second)

    assert (answer.short, answer.rows[0].document_id) == ("620公里", "d1")


def test_two_tables_that_are_as_good_both_answer(ask):
    first, second = "价目\n\n茶\t价格\n银针\t680\n大叶\t75", "价目\n\n茶\t价格\n银针\t700\n毛峰\t75"

    answer = ask("银针的价格是多少？", first, second)

    assert answer.short == "680, 700"
    assert [row.document_id for row in answer.rows] == ["d0", "d1"]
