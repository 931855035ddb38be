import pytest
from office_files import docx, p, run

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.documents.office.word import parse_docx


def text_of(body, **parts):
    return parse_docx(docx(body, **parts)).text.strip()


def canonical(tmp_path, content):
    path = tmp_path / "x.docx"
    path.write_bytes(content)
    documents, reports = load(InputFile(path, "x.docx", "x.docx"))
    return documents[0], [(report.source, report.reason) for report in reports]


def field(instruction, shown):
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return mark("begin") + code + mark("separate") + shown + mark("end")


def control(content, settings=""):
    return f"<w:sdt><w:sdtPr>{settings}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def tracked(name, content):
    return f'<w:{name} w:id="1" w:author="甲">{content}</w:{name}>'


def deleted(text):
    return tracked("del", f"<w:r><w:delText>{text}</w:delText></w:r>")


def box(*paragraphs):
    content = f"<w:txbxContent>{''.join(map(p, paragraphs))}</w:txbxContent>"
    shape = f"<w:drawing><wps:wsp><wps:txbx>{content}</wps:txbx></wps:wsp></w:drawing>"
    old = f"<w:pict><v:textbox>{content}</v:textbox></w:pict>"
    both = f"<mc:Choice>{shape}</mc:Choice><mc:Fallback>{old}</mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"


def note(kind):
    return f'<w:r><w:{kind}Reference w:id="2"/></w:r>'


def row(*cells, settings=""):
    return f"<w:tr><w:trPr>{settings}</w:trPr>{''.join(cells)}</w:tr>"


def cell(*content, settings=""):
    inner = "".join(each if each.startswith("<w:") else p(each) for each in content)
    return f"<w:tc><w:tcPr>{settings}</w:tcPr>{inner}</w:tc>"


def table(*rows, columns=2):
    return f"<w:tbl><w:tblGrid>{'<w:gridCol/>' * columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


NOTES = '<w:{0} w:id="0" w:type="separator">{1}</w:{0}><w:{0} w:id="2">{2}</w:{0}>'

# A place where Word shows text, and what its reader sees there.
SEEN = {
    "plain": (p("甲 a"), "甲 a"),
    "runs": (p(run("押金") + run("300") + run("元。")), "押金300元。"),
    "tab and line break": (
        p("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"),
        "甲\t乙\n丙",
    ),
    "hyphen": (p("<w:r><w:t>X</w:t><w:noBreakHyphen/><w:t>300</w:t></w:r>"), "X-300"),
    "symbol": (p('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run("同意")), "☑同意"),
    "link": (p(f"<w:hyperlink>{run('报名')}</w:hyperlink>" + run("处")), "报名处"),
    "smart tag": (p(f"<w:smartTag>{run('北湾')}</w:smartTag>"), "北湾"),
    "simple field": (p(f'<w:fldSimple w:instr="DATE">{run("5月")}</w:fldSimple>'), "5月"),
    "field": (p(run("见") + field("REF _x", run("第3条")) + run("。")), "见第3条。"),
    "field in a field": (p(field(f"IF {field('NAME', run('x'))}", run("Dear"))), "Dear"),
    "form box": (
        p(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox>'
            '</w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>' + run("是")
        ),
        "☑是",
    ),
    "ruby": (
        p(
            f"<w:r><w:ruby><w:rt>{run('とう')}</w:rt><w:rubyBase>{run('東')}</w:rubyBase></w:ruby></w:r>"
        ),
        "東(とう)",
    ),
    "formula": (
        p(
            "<m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>a+1</m:t></m:r></m:num>"
            "<m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"
        ),
        "x=(a+1)/b",
    ),
    "block control": (control(p("负责人：罗小满")), "负责人：罗小满"),
    "inline control": (p(run("有效期至") + control(run("2031年")) + run("。")), "有效期至2031年。"),
    "control around a row": (
        table(control(row(cell("a"), cell(control(p("b")))))),
        "a\tb",
    ),
    "control around a cell": (table(row(control(cell("甲")), cell("乙"))), "甲\t乙"),
    "custom XML": (f"<w:customXml>{p('北湾')}</w:customXml>", "北湾"),
    "insertion": (
        p(run("年费") + tracked("ins", run("880")) + deleted("680") + run("元")),
        "年费880元",
    ),
    "moved text": (
        p(tracked("moveFrom", run("走")) + run("来") + tracked("moveTo", run("了"))),
        "来了",
    ),
    "inserted paragraph": (tracked("ins", p("补办25元。")), "补办25元。"),
    "paragraph end deleted": (
        p("年费", f"<w:rPr>{tracked('del', '')}</w:rPr>") + p("880元"),
        "年费880元",
    ),
    "row deleted": (
        table(
            row(cell("a"), cell("1")),
            row(cell(p(deleted("b"))), cell(p(deleted("2"))), settings=tracked("del", "")),
        ),
        "a\t1",
    ),
    "text box": (p(run("见框。") + box("分机8642", "工作日")), "见框。\n\n分机8642\n\n工作日"),
    "text box in a cell": (
        table(row(cell(p(run("甲") + box("盒"))), cell("乙"))),
        "甲\t乙\n\n盒",
    ),
    "footnote": (p(run("押金") + note("footnote") + run("。")), "押金[^1]。\n[^1]: 脚 300 元"),
    "endnote": (p(run("End") + note("endnote")), "End[^e1]\n[^e1]: Last"),
    "footnote in a cell": (
        table(row(cell(p(run("甲") + note("footnote"))), cell("乙"))),
        "甲[^1]\t乙\n[^1]: 脚 300 元",
    ),
    "table": (
        table(row(cell("茶"), cell("价")), row(cell("银针"), cell("680", "元"))),
        "茶\t价\n银针\t680 元",
    ),
    "empty first cell": (
        table(row(cell(""), cell("价")), row(cell("茶"), cell("9"))),
        "\t价\n茶\t9",
    ),
    "merged across": (
        table(
            row(cell("港"), cell("吞吐", settings='<w:gridSpan w:val="2"/>')),
            row(cell("北"), cell("1"), cell("2")),
            row(cell("合计见附表", settings='<w:gridSpan w:val="3"/>')),
            columns=3,
        ),
        "港\t吞吐\t吞吐\n北\t1\t2\n合计见附表",
    ),
    "merged down": (
        table(
            row(cell("华东", settings='<w:vMerge w:val="restart"/>'), cell("上海")),
            row(cell("", settings="<w:vMerge/>"), cell("杭州")),
        ),
        "华东\t上海\n华东\t杭州",
    ),
    "row that begins later": (
        table(row(cell("a"), cell("b")), row(cell("c"), settings='<w:gridBefore w:val="1"/>')),
        "a\tb\n\tc",
    ),
    "table in a cell": (
        table(row(cell("课", table(row(cell("游泳"), cell("祁远")))), cell("须预约"))),
        "课\t须预约\n\n游泳\t祁远",
    ),
    "frame": (table(row(cell("一、甲。", "二、乙。")), columns=1), "一、甲。\n\n二、乙。"),
}


@pytest.mark.parametrize("place", SEEN)
def test_what_a_reader_sees_arrives(place):
    body, expected = SEEN[place]
    notes = {
        "footnotes": NOTES.format("footnote", p("线"), p("脚 300 元")),
        "endnotes": NOTES.format("endnote", p("线"), p("Last")),
    }

    assert parse_docx(docx(body, **notes)).text.strip("\n") == expected


def test_all_places_in_one_file_arrive_in_order(tmp_path):
    places = {name: (body, seen) for name, (body, seen) in SEEN.items() if "note" not in name}
    body = "".join(f"{body}{p('。')}" for body, _ in places.values())

    document, reports = canonical(tmp_path, docx(body))

    expected = "".join(f"{seen}。" for _, seen in places.values())
    assert "".join(document.text.split()) == "".join(expected.split())
    assert reports == []


def test_what_no_reader_sees_stays_out_and_is_counted(tmp_path):
    hidden = run("密", "<w:vanish/>")
    empty = control(run("单击此处输入文字"), "<w:showingPlcHdr/>")
    picture = "<w:r><w:drawing><a:blip/></w:drawing></w:r>"
    comment = '<w:r><w:commentReference w:id="1"/></w:r>'
    body = p(run("甲。") + hidden + empty + picture + comment) + control(
        p("x"), "<w:showingPlcHdr/>"
    )
    styles = '<w:style w:styleId="T"><w:name w:val="TOC 1"/></w:style>'
    contents = p("第一章\t1", '<w:pStyle w:val="T"/>')
    comments = f'<w:comment w:id="1">{p("批")}</w:comment><w:comment w:id="3">{p("注")}</w:comment>'

    document, reports = canonical(
        tmp_path,
        docx(
            contents + body,
            styles=styles,
            comments=comments,
            header=p("青松公司"),
            footer=p(run("第") + field("PAGE", run("1")) + run("页")),
        ),
    )

    assert document.text == "甲。"
    assert reports == [
        ("x.docx#lines of contents", "1 left out"),
        ("x.docx#hidden text", "1 left out"),
        ("x.docx#form fields without a value", "2 left out"),
        ("x.docx#pictures", "1 left out"),
        ("x.docx#comments", "2 left out"),
        ("x.docx#headers", "left out: 青松公司"),
        ("x.docx#footers", "left out: 第1页"),
    ]


def test_a_field_without_an_end_swallows_nothing():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'

    assert text_of(p(begin + run("甲")) + p("乙。")) == "乙。"


STYLES = """
<w:style w:styleId="a"><w:name w:val="TITLE"/></w:style>
<w:style w:styleId="2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="b"><w:name w:val="条款"/><w:basedOn w:val="2"/></w:style>
<w:style w:styleId="c"><w:name w:val="标题 3"/></w:style>
<w:style w:styleId="d"><w:name w:val="节"/><w:pPr><w:outlineLvl w:val="3"/></w:pPr></w:style>
<w:style w:styleId="e"><w:name w:val="heading of a box"/></w:style>
<w:style w:styleId="f"><w:name w:val="circle"/><w:basedOn w:val="f"/></w:style>
"""


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('<w:pStyle w:val="a"/>', "# 更换滤芯"),
        ('<w:pStyle w:val="2"/>', "## 更换滤芯"),
        ('<w:pStyle w:val="b"/>', "## 更换滤芯"),
        ('<w:pStyle w:val="c"/>', "### 更换滤芯"),
        ('<w:pStyle w:val="d"/>', "#### 更换滤芯"),
        ('<w:outlineLvl w:val="0"/>', "# 更换滤芯"),
        ('<w:pStyle w:val="2"/><w:outlineLvl w:val="9"/>', "更换滤芯"),
        ('<w:pStyle w:val="Heading1"/>', "# 更换滤芯"),  # a style that the file does not describe
        ('<w:pStyle w:val="e"/>', "更换滤芯"),
        ('<w:pStyle w:val="f"/>', "更换滤芯"),
        ("<w:pStyle/>", "更换滤芯"),
    ],
)
def test_headings_by_style_and_outline(settings, expected):
    assert text_of(p("更换滤芯", settings), styles=STYLES) == expected


def test_title_and_properties(tmp_path):
    core = (
        "<dc:title>{}</dc:title><dc:creator>{}</dc:creator>"
        "<dcterms:created>2029-05-12T08:00:00Z</dcterms:created>"
    )
    body = (
        p("Heading", '<w:pStyle w:val="2"/>') + p("借阅 章程", '<w:pStyle w:val="a"/>') + p("文。")
    )

    document, _ = canonical(tmp_path, docx(body, core.format("年报", "顾南枝"), styles=STYLES))
    assert document.title == "年报"
    assert document.meta == {"author": "顾南枝", "date": "2029-05-12", "language": "zh"}

    named = canonical(tmp_path, docx(body, core.format("Word Document", "Admin"), styles=STYLES))
    assert (named[0].title, named[0].meta.get("author")) == ("借阅 章程", None)


def test_nothing_in_a_word_file_is_taken_for_markup_or_page_numbers(tmp_path):
    lines = ["<b>粗体</b>用法", "目录", "甲……1", "乙……2", "丙……3", "第1页", "> 引", "**注**意"]

    document, _ = canonical(tmp_path, docx("".join(p(x.replace("<", "&lt;")) for x in lines)))

    assert document.text.split("\n\n") == lines


def test_charts_stand_below_their_paragraph():
    series = "<c:ser><c:val><c:pt idx='0'><c:v>7</c:v></c:pt></c:val></c:ser>"
    body = p(run("见图。") + '<w:r><w:drawing><c:chart r:id="chart_1"/></w:drawing></w:r>')

    assert text_of(body + p("完。"), chart=series) == "见图。\n\n\t7\n\n完。"


def test_a_picture_that_is_stored_twice_is_counted_once():
    ways = "<mc:Choice><a:blip/></mc:Choice><mc:Fallback><v:imagedata/></mc:Fallback>"
    body = p(run("甲") + f"<w:r><mc:AlternateContent>{ways}</mc:AlternateContent></w:r>")

    assert parse_docx(docx(body)).missing == (("pictures", "1 left out"),)
