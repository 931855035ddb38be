from office_files import NAMESPACES, pptx

from rag.documents.office.slides import parse_pptx

R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def text(*lines, settings=""):
    return "<p:txBody>" + "".join(para(line, settings) for line in lines) + "</p:txBody>"


def para(line, settings=""):
    return f"<a:p><a:pPr>{settings}</a:pPr><a:r><a:t>{line}</a:t></a:r></a:p>"


def shape(*lines, kind="", settings=""):
    holder = f'<p:ph type="{kind}"/>' if kind else ""
    head = f"<p:nvSpPr><p:nvPr>{holder}</p:nvPr></p:nvSpPr>"
    return f"<p:sp>{head}{text(*lines, settings=settings)}</p:sp>"


def cell(words, settings=""):
    return f"<a:tc {settings}><a:txBody>{para(words)}</a:txBody></a:tc>"


def test_slides_in_order_with_titles_groups_and_notes():
    notes = shape("口播：先讲预算。", kind="body") + shape("2", kind="sldNum")
    content = pptx(
        shape("Harbour plan", kind="ctrTitle") + shape("Spring", kind="subTitle"),
        shape("预算", kind="title")
        + f"<p:grpSp><p:sp>{text('总额', '300万元')}</p:sp></p:grpSp>"
        + shape("机密", kind="ftr"),
        parts={"ppt/notes/n.xml": f"<p:notes {NAMESPACES}>{notes}</p:notes>"},
        related={"slide1.xml": {"notesSlide": "../notes/n.xml"}},
    )

    parsed = parse_pptx(content)

    assert parsed.title == "Harbour plan"
    assert parsed.text.split("\n\n") == [
        "# Harbour plan", "Spring", "# 预算", "总额\n300万元", "口播：先讲预算。",
    ]  # fmt: skip
    assert parsed.missing == ()


def test_paragraphs_with_automatic_numbers():
    steps = shape("关电源", "换滤芯", settings='<a:buAutoNum type="ea1ChsPeriod"/>')
    more = shape("Wipe", "Close", settings='<a:buAutoNum type="arabicParenR" startAt="3"/>')

    assert parse_pptx(pptx(steps + more)).text == "一、 关电源\n二、 换滤芯\n\n3) Wipe\n4) Close"


def test_tables_with_merged_cells():
    rows = [
        cell("吞吐（万吨）", 'gridSpan="2"') + cell("", 'hMerge="1"'),
        cell("北湾", 'rowSpan="2"') + cell("1"),
        cell("", 'vMerge="1"') + cell("2"),
    ]
    body = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    grid = "<a:tblGrid><a:gridCol/><a:gridCol/></a:tblGrid>"
    frame = f"<p:graphicFrame><a:graphic><a:tbl>{grid}{body}</a:tbl></a:graphic></p:graphicFrame>"

    assert parse_pptx(pptx(frame)).text == "吞吐（万吨）\n北湾\t1\n北湾\t2"


def points(*values):
    cached = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))
    return f"<c:strCache>{cached}</c:strCache>"


def test_charts_and_diagrams():
    series = (
        f"<c:ser><c:tx>{points('2024')}</c:tx><c:cat>{points('北湾', '南湾')}</c:cat>"
        f"<c:val>{points('0.30000000000000004', '7')}</c:val></c:ser>"
    )
    title = f"<c:title>{para('吞吐量')}</c:title>"
    nodes = "".join(f"<dgm:pt><dgm:t>{para(words)}</dgm:t></dgm:pt>" for words in ("申请", "批准"))
    content = pptx(
        '<p:graphicFrame><c:chart r:id="chart"/></p:graphicFrame>'
        '<p:graphicFrame><dgm:relIds r:dm="diagramData"/></p:graphicFrame>',
        parts={
            "ppt/slides/c.xml": f"<c:chartSpace {NAMESPACES}>{title}{series}</c:chartSpace>",
            "ppt/slides/d.xml": f"<dgm:dataModel {NAMESPACES}>{nodes}</dgm:dataModel>",
        },
        related={"slide1.xml": {"chart": "c.xml", "diagramData": "d.xml"}},
    )

    assert parse_pptx(content).text == "吞吐量\n\t2024\n北湾\t0.3\n南湾\t7\n\n申请\n批准"


def test_what_is_left_out_is_counted():
    content = pptx(
        shape("甲") + "<p:pic><p:blipFill><a:blip/></p:blipFill></p:pic>",
        parts={"ppt/slides/x.xml": f"<p:cmLst {NAMESPACES}><p:cm/><p:cm/></p:cmLst>"},
        related={"slide1.xml": {"comments": "x.xml"}},
    )

    assert parse_pptx(content).missing == (("pictures", "1 left out"), ("comments", "2 left out"))
