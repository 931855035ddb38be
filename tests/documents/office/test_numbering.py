import pytest
from lxml import etree
from office_files import NAMESPACES, docx, p

from rag.documents.office.numbering import Numbering
from rag.documents.office.word import parse_docx


def level(at, text, style="decimal", start=1, more=""):
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


def abstract(*levels, name="0", more=""):
    return f'<w:abstractNum w:abstractNumId="{name}">{more}{"".join(levels)}</w:abstractNum>'


def num(name="1", family="0", more=""):
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{family}"/>{more}</w:num>'


def labels(xml, *asked):
    numbering = Numbering(etree.fromstring(f"<w:numbering {NAMESPACES}>{xml}</w:numbering>"))
    return [numbering.label(str(number), at) for number, at in asked]


CHAPTERS = abstract(
    level(0, "第%1章", "chineseCounting"), level(1, "%1.%2", more="<w:isLgl/>"), level(2, "（%3）")
)


def test_levels_count_below_each_other_and_begin_anew():
    asked = [(1, at) for at in (0, 1, 1, 2, 0, 1, 2)]

    assert labels(CHAPTERS + num(), *asked) == [
        "第一章 ", "1.1 ", "1.2 ", "（1） ", "第二章 ", "2.1 ", "（1） ",
    ]  # fmt: skip


def test_a_level_may_go_on_counting_over_the_chapters():
    xml = abstract(level(0, "%1."), level(1, "第%2条", more='<w:lvlRestart w:val="0"/>')) + num()

    asked = [(1, at) for at in (0, 1, 1, 0, 1)]
    assert labels(xml, *asked) == ["1. ", "第1条 ", "第2条 ", "2. ", "第3条 "]


def test_two_lists_of_one_family_go_on_unless_they_say_where_to_begin():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    xml = abstract(level(0, "%1)", "lowerLetter", more='<w:suff w:val="nothing"/>'))
    xml += num("1") + num("2") + num("3", more=override)

    assert labels(xml, (1, 0), (2, 0), (3, 0), (3, 0), (1, 0)) == ["a)", "b)", "e)", "f)", "g)"]


def test_a_list_may_take_its_levels_from_a_list_style():
    xml = abstract(level(0, "(%1)"), name="0", more='<w:styleLink w:val="S"/>')
    xml += abstract(name="1", more='<w:numStyleLink w:val="S"/>') + num(family="1")

    assert labels(xml, (1, 0), (1, 0)) == ["(1) ", "(2) "]


def test_bullets_and_lists_that_are_not_there():
    assert labels(abstract(level(0, "\uf0b7", "bullet")) + num(), (1, 0)) == ["• "]
    assert labels(num(), (1, 0), (7, 0)) == ["", ""]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("decimal", "1 4 10 28 104"),
        ("decimalZero", "01 04 10 28 104"),
        ("upperRoman", "I IV X XXVIII CIV"),
        ("lowerLetter", "a d j bb zzzz"),
        ("ordinal", "1st 4th 10th 28th 104th"),
        ("chineseCounting", "一 四 十 二十八 一百零四"),
        ("chineseLegalSimplified", "壹 肆 壹拾 贰拾捌 壹佰零肆"),
        ("ideographDigital", "一 四 一〇 二八 一〇四"),
        ("ideographTraditional", "甲 丁 癸 28 104"),
        ("decimalEnclosedCircle", "① ④ ⑩ 28 104"),
        ("unheard of", "1 4 10 28 104"),
    ],
)
def test_formats(style, expected):
    shown = []
    for start in (1, 4, 10, 28, 104):
        xml = abstract(level(0, "%1", style, start)) + num()
        shown += labels(xml, (1, 0))

    assert "".join(shown).split() == expected.split()


def test_paragraphs_are_numbered_by_themselves_or_by_their_style():
    xml = abstract(
        level(0, "第%1条", "chineseCounting", more='<w:pStyle w:val="T"/>'),
        level(1, "(%2)", more='<w:pStyle w:val="S"/>'),
    )
    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = "".join(f'<w:style w:styleId="{name}">{number}</w:style>' for name in "TS")
    deeper = '<w:basedOn w:val="T"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>'
    styles += f'<w:style w:styleId="D">{deeper}</w:style>'
    itself = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    none = '<w:pStyle w:val="T"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    body = [
        p("总则", '<w:pStyle w:val="T"/>'), p("甲。", '<w:pStyle w:val="S"/>'), p("乙。", itself),
        p("丙。", '<w:pStyle w:val="D"/>'),
        p("文。", none), p("", '<w:pStyle w:val="T"/>'), p("Fees", '<w:pStyle w:val="T"/>'),
    ]  # fmt: skip

    text = parse_docx(docx("".join(body), styles=styles, numbering=xml + num())).text

    assert text.split("\n\n")[1:] == [
        "第一条 总则\n(1) 甲。\n(2) 乙。\n(3) 丙。",
        "文。",
        "第三条 Fees",
    ]
