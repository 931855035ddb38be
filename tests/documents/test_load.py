import io
import json
import zipfile

import pytest
from docx import Document as new_docx
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from rag.documents.files import InputFile, discover
from rag.documents.load import load, sample_questions
from rag.documents.page_map import PageMap
from rag.errors import InputNotFound, Unreadable
from rag.language.text_tables import column_names, tables_of


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return InputFile(path, name, name)


def only_document(file):
    documents, reports = load(file)
    assert reports == []
    assert len(documents) == 1
    return documents[0]


def pdf_bytes(pages, title=""):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    if title:
        canvas.setTitle(title)
    for lines in pages:
        canvas.setFont("STSong-Light", 12)
        for row, line in enumerate(lines):
            canvas.drawString(50, 800 - 20 * row, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def docx_bytes(word):
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


# Finding files


def test_discover_walks_a_folder_in_order_and_leaves_hidden_files_out(tmp_path):
    for name in [
        "b.txt", "a/新码头.md", "a/x.txt", ".git/config", ".DS_Store", "~$b.docx",
        "a/.hidden/y.txt",
        "__MACOSX/b.txt",
    ]:  # fmt: skip
        write(tmp_path, name, "x")
    files = discover([tmp_path])
    assert [file.id for file in files] == ["a/x.txt", "a/新码头.md", "b.txt"]
    assert files[0] == InputFile(tmp_path / "a/x.txt", "a/x.txt", "a/x.txt")
    assert all(file.path.is_absolute() for file in files)


def test_discover_names_a_single_file_by_its_name(tmp_path, monkeypatch):
    write(tmp_path, "a/.x.txt", "x")
    monkeypatch.chdir(tmp_path)
    relative = (tmp_path / "a/.x.txt").relative_to(tmp_path)
    assert discover([relative]) == [InputFile(tmp_path / "a/.x.txt", ".x.txt", ".x.txt")]


def test_discover_lists_a_file_once(tmp_path):
    file = write(tmp_path, "a/x.txt", "x")
    (tmp_path / "y.txt").symlink_to(file.path)
    assert [file.id for file in discover([tmp_path, tmp_path / "a", file.path])] == ["a/x.txt"]


def test_discover_survives_links_in_a_circle(tmp_path):
    write(tmp_path, "a/x.txt", "x")
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/broken").symlink_to(tmp_path / "nothing")
    assert [file.id for file in discover([tmp_path])] == ["a/x.txt"]


def test_discover_names_the_path_that_is_not_there(tmp_path):
    with pytest.raises(InputNotFound, match=r"no file or folder at .*nothing; check"):
        discover([tmp_path / "nothing"])


# Plain text and Markdown


def test_text_with_front_matter(tmp_path):
    text = """---
title: "新码头 启用"
time: 2024-03-01 08:00
url: https://example.org/1
name: 港口报
---
第一批货船到港。
"""
    document = only_document(write(tmp_path, "a/x.txt", text))
    assert document.id == document.source == "a/x.txt"
    assert document.title == "新码头 启用"
    assert document.text == "第一批货船到港。"
    assert document.meta == {
        "date": "2024-03-01 08:00",
        "url": "https://example.org/1",
        "publisher": "港口报",
        "language": "zh",
    }


def test_front_matter_that_is_no_valid_yaml_is_read_line_by_line(tmp_path):
    text = "---\ntitle: 港口: 新码头 [图\ndate: 2024-03-01\n---\nThe quay."
    document = only_document(write(tmp_path, "x.md", text))
    assert document.title == "港口: 新码头 [图"
    assert document.meta == {"date": "2024-03-01", "language": "en"}
    assert document.text == "The quay."


def test_a_rule_at_the_head_is_no_front_matter(tmp_path):
    document = only_document(write(tmp_path, "x.md", "---\n- 第一\n---\n# 港口\n\n新码头。"))
    assert document.text == "---\n- 第一\n---\n# 港口\n\n新码头。"
    assert document.title == "港口"


def test_titles_of_text_without_front_matter(tmp_path):
    title = "新码头启用"
    assert only_document(write(tmp_path, "a.md", f"序。\n\n## {title}\n\n文。")).title == title
    assert only_document(write(tmp_path, "b.txt", f"{title}\n\n第一批货船。")).title == title
    sentence = "第一批货船在今天上午到港。"
    assert only_document(write(tmp_path, "港口.txt", sentence)).title == "港口"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("茶叶.csv", "茶,价格（元）\n云雾,380\n"),
        ("茶叶.md", "| 茶 | 价格（元） |\n|---|---|\n| 云雾 | 380 |\n"),
    ],
)
def test_the_names_of_columns_are_no_title(tmp_path, name, text):
    assert only_document(write(tmp_path, name, text)).title == "茶叶"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_text_in_other_encodings(tmp_path, encoding):
    text = "今天，第一批货船到达了北湾港的新码头。"
    assert only_document(write(tmp_path, "x.txt", f"{text}\r\n".encode(encoding))).text == text


def test_language_is_always_set(tmp_path):
    for name, text, language in [
        ("a.txt", "第一批货船到港。", "zh"),
        ("b.txt", "第一批貨船到達碼頭。", "zh-Hant"),
        ("c.txt", "The first ships came in.", "en"),
    ]:
        assert only_document(write(tmp_path, name, text)).meta == {"language": language}


# HTML

PAGE = """<!DOCTYPE html>
<html><head><meta charset="gb2312"><title>新码头启用_港口网</title>
<meta property="article:published_time" content="2024-03-01">
<style>p { color: red }</style></head>
<body><header>港口网</header><nav><a href="/">首页</a></nav>
<h1>新码头启用</h1><script>alert(1)</script>
<p>第一批<b>货船</b>到港，
共 12 条。<br>A new&nbsp;quay.</p>
<!-- 广告 --><div hidden>密</div><p style="display: none">密</p>
<ul><li>北湾</li><li>南湾 <a href="/2">港</a></li></ul>
<table><tr><th>港口</th><th>泊位</th></tr><tr><td><p>北湾</p></td><td>12</td></tr></table>
<pre>a
  b</pre>
<aside>热门</aside><form>搜索</form><footer>版权所有</footer></body></html>"""


def test_html_keeps_the_text_and_drops_the_site(tmp_path):
    document = only_document(write(tmp_path, "x.html", PAGE.encode("gbk")))
    assert document.title == "新码头启用"
    assert document.text == (
        "新码头启用\n\n第一批货船到港， 共 12 条。\nA new quay.\n\n北湾\n南湾 港\n\n"
        "港口\t泊位\n北湾\t12\n\na\n  b"
    ).replace("， 共 12 ", "，共12")
    assert document.meta == {"date": "2024-03-01", "language": "zh"}


def test_html_layout_tables_and_xhtml(tmp_path):
    page = (
        '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body>'
        "<form><table><tr><td><p>新码头。</p><p>Old quay.</p></td></tr></table></form>"
        "</body></html>"
    )
    document = only_document(write(tmp_path, "港口.htm", page))
    assert document.text == "新码头。\n\nOld quay."
    assert document.title == "港口"


def test_html_tables_repeat_the_cells_that_span_and_keep_paragraphs_together(tmp_path):
    page = (
        "<table><caption>Marks 成绩</caption>"
        "<tr><th rowspan=2>班级</th><th colspan='2'>期末</th></tr>"
        "<tr><th>语文</th><th>数学</th></tr><tr><td rowspan=2>一班</td><td>88</td>"
        "<td><p>92</p><p>retake<br>补考</p></td></tr><tr><td>75</td><td></td></tr>"
        "<tr><td></td><td>60</td><td>61</td></tr></table>"
        "<table><tr><td><p>Left column.</p><p>Second paragraph.</p></td></tr></table>"
    )
    document = only_document(write(tmp_path, "x.html", page.encode()))

    assert document.text == (
        "Marks 成绩\n\n班级\t期末\t期末\n班级\t语文\t数学\n一班\t88\t92 retake 补考\n一班\t75\n"
        "\t60\t61\n\nLeft column.\n\nSecond paragraph."
    )
    (table,) = tables_of(document.text)
    assert column_names(document.text, table) == ["班级", "期末 语文", "期末 数学"]
    assert document.text[table.caption.start : table.caption.end] == "Marks 成绩"


def test_a_cell_cannot_span_without_end(tmp_path):
    page = "<table><tr><th colspan=999999999 rowspan='x'>A</th></tr><tr><td>b</td></tr></table>"

    assert (
        only_document(write(tmp_path, "x.html", page.encode())).text == "\t".join("A" * 100) + "\nb"
    )


def test_html_without_text(tmp_path):
    with pytest.raises(Unreadable, match="no text left after cleaning"):
        load(write(tmp_path, "x.html", "<html><body><script>1</script></body></html>"))


# Word


def test_docx_gives_paragraphs_and_tables_in_order(tmp_path):
    word = new_docx()
    word.core_properties.title = ""
    word.add_heading("新码头启用", 1)
    word.add_paragraph("第一批货船到港。")
    table = word.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "泊位"
    table.cell(1, 0).text, table.cell(1, 1).text = "北湾", "12"
    word.add_paragraph("The quay is new.")
    document = only_document(write(tmp_path, "x.docx", docx_bytes(word)))
    assert document.title == "新码头启用"
    assert document.text == (
        "# 新码头启用\n\n第一批货船到港。\n\n泊位\n北湾\t12\n\nThe quay is new."
    )
    word.core_properties.title = "港口年报"
    assert only_document(write(tmp_path, "y.docx", docx_bytes(word))).title == "港口年报"


def test_docx_that_cannot_be_read(tmp_path):
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100)
    word = docx_bytes(new_docx())
    for content, reason in [
        (b"not a zip file", "not a readable .docx"),
        (word[: len(word) // 2], "not a readable .docx"),
        (ole, "an old Word file"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "encrypted .docx"),
        (word, "no text left after cleaning"),
    ]:
        with pytest.raises(Unreadable, match=reason):
            load(write(tmp_path, "x.docx", content))


def test_docx_that_would_fill_the_memory(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", bytes(20 * 2**20))
    with pytest.raises(Unreadable, match=r"not a readable \.docx: it would unpack to 20 MB"):
        load(write(tmp_path, "x.docx", buffer.getvalue()))


def test_docx_with_broken_xml(tmp_path):
    source = zipfile.ZipFile(io.BytesIO(docx_bytes(new_docx())))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in source.namelist():
            broken = name == "word/document.xml"
            package.writestr(name, b"<w:document" if broken else source.read(name))
    with pytest.raises(Unreadable, match=r"not a readable \.docx"):
        load(write(tmp_path, "x.docx", buffer.getvalue()))


# PDF


def test_pdf_gives_its_pages_in_order(tmp_path):
    pages = [["新码头启用", "第一批货船到港。", "1"], ["The quay is new.", "2"]]
    document = only_document(write(tmp_path, "x.pdf", pdf_bytes(pages, "港口年报")))
    assert document.title == "港口年报"
    assert document.text == "新码头启用\n第一批货船到港。\n\nThe quay is new."


def test_pdf_sentence_over_two_pages_is_whole(tmp_path):
    pages = [
        ["新码头启用", "港务局昨天宣布，工程已经完成。局长说夜班作业会从四天增加", "- 1 -"],
        ["到六天，招工已经开始。", "- 2 -"],
    ]
    document = only_document(write(tmp_path, "x.pdf", pdf_bytes(pages)))
    assert document.text == (
        "新码头启用\n港务局昨天宣布，工程已经完成。局长说夜班作业会从四天增加到六天，招工已经开始。"
    )
    assert document.title == "新码头启用"


def test_pdf_that_is_encrypted(tmp_path):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes([["密"]]))))
    writer.encrypt("secret", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(Unreadable, match="encrypted PDF"):
        load(write(tmp_path, "x.pdf", buffer.getvalue()))


def test_pdf_that_opens_without_a_password_is_read(tmp_path):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes([["新码头启用。"]]))))
    writer.encrypt("", owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert only_document(write(tmp_path, "x.pdf", buffer.getvalue())).text == "新码头启用。"


def test_pdf_that_is_empty(tmp_path):
    with pytest.raises(Unreadable, match="no text in this PDF: its pages are empty"):
        load(write(tmp_path, "x.pdf", pdf_bytes([[], []])))


def test_pdf_says_on_which_page_a_passage_is(tmp_path):
    pages = [["新码头启用", "第一批货船到港。"], ["The quay is new."], ["吊车两台。"]]
    document = only_document(write(tmp_path, "x.pdf", pdf_bytes(pages)))
    pages = PageMap.of(document.meta)

    on_page = [pages.at(document.text.index(words)) for words in ("新码头", "The quay", "吊车")]
    assert on_page == [1, 2, 3]
    assert not pages.is_read(0)


def test_pdf_that_is_damaged_makes_no_noise(tmp_path, capfd, caplog):
    whole = pdf_bytes([["The quay."]])
    for content in [b"%PDF-1.4\nnothing", b"no pdf at all", whole[:60]]:
        with pytest.raises(Unreadable, match=r"not a readable \.pdf"):
            load(write(tmp_path, "x.pdf", content))
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


# Corpus rows


def test_rows_become_documents(tmp_path):
    rows = [
        {"id": "r1", "title": "新码头", "text": "第一批货船。", "date": "2024-03-01", "n": 3},
        {"id": 2, "text": "The quay is new", "url": "https://example.org/2", "lang": "en"},
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    documents, reports = load(write(tmp_path, "c.jsonl", text))
    assert reports == []
    assert [document.id for document in documents] == ["r1", "2"]
    assert [document.title for document in documents] == ["新码头", "The quay is new"]
    assert [document.text for document in documents] == ["第一批货船。", "The quay is new"]
    assert documents[0].source == "c.jsonl#r1"
    assert documents[0].meta == {"date": "2024-03-01", "language": "zh"}
    assert documents[1].meta == {"url": "https://example.org/2", "lang": "en", "language": "en"}


def test_bad_rows_are_reported_and_the_others_kept(tmp_path):
    lines = [
        '{"id": "a", "text": "第一批货船。"}',
        "{not json",
        "",
        '{"id": "a", "text": "again"}',
        '["a list"]',
        '{"id": "q", "question": "几条船？"}',
        '{"id": "e", "text": "<p></p>"}',
        '{"id": "n", "text": 7}',
        '{"text": "No id."}',
    ]
    documents, reports = load(write(tmp_path, "c.jsonl", "\n".join(lines)))
    assert [document.id for document in documents] == ["a", "c.jsonl:9"]
    assert {report.status for report in reports} == {"skipped"}
    assert [report.source for report in reports] == [
        "c.jsonl#line 2", "c.jsonl#a", "c.jsonl#line 5", "c.jsonl#q", "c.jsonl#e", "c.jsonl#n",
    ]  # fmt: skip
    assert reports[0].reason.startswith("invalid JSON: ")
    assert [report.reason for report in reports[1:]] == [
        "line 4: the id 'a' is taken",
        "a row must be a JSON object",
        "rows have no text (a gold file?)",
        "no text left after cleaning",
        "the text of a row must be a string",
    ]


def test_a_gold_file_is_refused_as_a_whole(tmp_path):
    rows = '{"id": "q1", "question": "几条船？", "answers": ["12"]}\n' * 2
    with pytest.raises(Unreadable, match=r"rows have no text \(a gold file\?\)"):
        load(write(tmp_path, "gold.jsonl", rows))


# Files that cannot be read


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.txt", b"", "empty file"),
        ("x.pdf", b" \n", "empty file"),
        ("x.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        ("x.md", b"\n<!-- -->\n", "no text left after cleaning"),
        ("x.xyz", b"text", "unsupported format .xyz"),
        ("README", b"text", "unsupported: no file ending"),
    ],
)
def test_reasons_are_told_apart(tmp_path, name, content, reason):
    with pytest.raises(Unreadable) as caught:
        load(write(tmp_path, name, content))
    assert caught.value.message.startswith(reason)


def test_a_file_that_has_vanished_may_come_back(tmp_path):
    file = write(tmp_path, "x.txt", "x")
    file.path.unlink()
    with pytest.raises(FileNotFoundError):
        load(file)


def test_the_answerable_questions_of_a_gold_file(tmp_path):
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        '{"id": 1, "question": "几次？", "answers": [["三次"]]}\n'
        '{"id": 2, "question": "谁？", "answers": []}\n'
        '{"id": 3, "question": "Who?", "answers": ["x"], "answerable": false}\n'
        '{"id": 4, "question": "那里呢？", "answers": ["x"], "history": ["哪里？"]}\n'
        "no JSON\n"
        '{"id": 5, "answers": ["x"]}\n',
        "utf-8",
    )
    assert sample_questions(gold) == ["几次？"]
    assert sample_questions(tmp_path / "gold.txt") == []


def test_ids_and_what_rows_say_of_themselves_are_single_visible_lines(tmp_path):
    rows = tmp_path / "rows.jsonl"
    row = {
        "id": "a\u202e\x1b[31m\nb",
        "text": "渡轮每天三次。",
        "url": "http://x\x00\n\x9by",
        "date": "\u2066今",
    }
    rows.write_text(json.dumps(row) + "\n", "utf-8")

    documents, _ = load(InputFile(rows, "rows.jsonl", "rows.jsonl"))

    assert documents[0].id == "a[31m b"
    assert documents[0].source == "rows.jsonl#a[31m b"
    assert documents[0].meta == {"url": "http://x y", "date": "今", "language": "zh"}
