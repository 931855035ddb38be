import io
import zipfile

import pytest
from office_files import docx, p, zipped

from rag.documents.archive import members
from rag.documents.files import InputFile
from rag.documents.load import load
from rag.errors import Unreadable


def read(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    documents, reports = load(InputFile(path, "a/x.zip", "a/x.zip"))
    texts = {document.id: document.text for document in documents}
    return texts, [(report.source, report.reason) for report in reports]


def test_each_file_of_an_archive_is_a_document(tmp_path):
    content = zipped({
        "办法.docx": docx(p("补办25元。")), "b/notes.txt": "The quay.", "b/空.txt": " ",
        "__MACOSX/x.txt": "x", ".hidden.txt": "x", "图.png": b"\x89PNG",
        "in.zip": zipped({"x": "x"}),
        "faq.jsonl": '{"question": "谁？", "answer": "石磊。"}\n{"id": "7", "text": "甲。"}',
    })  # fmt: skip

    texts, reports = read(tmp_path, content)

    assert texts == {
        "a/x.zip/b/notes.txt": "The quay.",
        "a/x.zip/faq.jsonl:1": "谁？\n石磊。",
        "a/x.zip/faq.jsonl:7": "甲。",
        "a/x.zip/办法.docx": "补办25元。",
    }
    assert reports == [
        ("a/x.zip/b/空.txt", "empty file"),
        ("a/x.zip/in.zip", "an archive within another file; unpack it first"),
        ("a/x.zip/图.png", "unsupported format .png"),
    ]


def test_names_are_places_below_the_archive():
    content = zipped({"../../etc/passwd.txt": "甲", "/abs/x.txt": "乙", "c\\d.txt": "丙"})

    assert [name for name, _ in members(content)] == ["abs/x.txt", "c/d.txt", "etc/passwd.txt"]


def test_names_in_the_code_page_of_a_chinese_system():
    # zipfile writes UTF-8: the name is put in by its bytes, and the flag that says so removed
    content = zipped({"xxxxxxxx.txt": "甲"}).replace(b"xxxxxxxx", "借阅办法".encode("gbk"))

    assert list(members(content)) == [("借阅办法.txt", "甲".encode())]


def test_archives_that_cannot_be_read(tmp_path):
    for content, reason in [
        (b"no zip", "not a readable .zip: File is not a zip file"),
        (zipped({"a.txt": bytes(20 * 2**20)}), "not a readable .zip: it would unpack to 20 MB"),
        (zipped({"a.png": b"x"}), r"no document in it \(unsupported format .png\)"),
        (zipped({}), "no file in it"),
    ]:
        with pytest.raises(Unreadable, match=reason):
            read(tmp_path, content)


def test_a_damaged_or_locked_file_does_not_stop_the_others(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "AAAA first")
        archive.writestr("b.txt", "second")
        archive.getinfo("b.txt").flag_bits |= 1
    content = buffer.getvalue().replace(b"AAAA", b"AAAB")

    broken, locked = members(content)

    assert broken[1].message == "damaged: Bad CRC-32 for file 'a.txt'"
    assert locked[1].message == "encrypted; unpack it with its password"
