import errno
import io
import json
import os
import random
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docx import Document as new_docx
from office_files import pptx, zipped
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas
from repository import REPOSITORY

from rag.documents.files import InputFile
from rag.documents.load import load
from rag.documents.sandbox import load_isolated, validated
from rag.documents.sandbox_child import encoded
from rag.errors import Unreadable
from rag.types import Document, InputReport

pytestmark = pytest.mark.process

MEGABYTE = 2**20
LETTER = "第一批货船到港。The quay is new."


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return InputFile(path, name, name)


def reason(file, **limits):
    """Why `file` is not read; the caller's memory stays flat meanwhile."""
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as caught:
            load_isolated(file, **limits)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()
    assert str(caught.value) == caught.value.message
    assert "\n" not in caught.value.message
    assert str(file.path.parent) not in caught.value.message
    return caught.value.message


def word(*paragraphs):
    document = new_docx()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word_of(body, declaration="", **others):
    """A Word file whose document.xml holds `body`."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'{declaration}<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    source = zipfile.ZipFile(io.BytesIO(word()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            package.writestr(name, xml if name == "word/document.xml" else source.read(name))
        for name, content in others.items():
            package.writestr(name, content)
    return buffer.getvalue()


def words(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf_of(*objects):
    """A PDF of numbered objects, the first of which is its catalog."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        content = content if isinstance(content, bytes) else content.encode()
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count, start = len(objects) + 1, len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return data + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, start)


def pdf_page(content, kids="3 0 R", count=1):
    return pdf_of(
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]"
        "/Resources<</Font<</F 5 0 R>>>>>>",
        content,
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def stream(data, filters="/FlateDecode"):
    head = f"<</Length {len(data)}/Filter {filters}>>\nstream\n".encode()
    return head + data + b"\nendstream"


def packed(megabytes):
    """So many megabytes of spaces, without holding them."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b" " * MEGABYTE) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])


def pdf_words():
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(50, 800, "The quay is new.")
    canvas.showPage()
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def sheet(*cells):
    book = Workbook()
    book.active.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# The same as rag.documents.load.load

ORDINARY = {
    "信.txt": LETTER,
    "gbk.txt": LETTER.encode("gbk"),
    "shift.html": '<meta charset="shift_jis"><p>港が新しい。</p>'.encode("shift_jis"),
    "x.md": "---\ndate: 2024-03-01\nauthor: 马云\n---\n# 港口\n\n新码头。",
    "x.html": "<title>港口</title><p>新码头启用。<table><tr><td>1<td>2</table>",
    "x.docx": word("新码头启用", "第一批货船到港。"),
    "x.pptx": pptx("<p:sp><p:txBody><a:p><a:r><a:t>新码头</a:t></a:r></a:p></p:txBody></p:sp>"),
    "x.xlsx": sheet("银针", 680),
    "x.rtf": b"{\\rtf1\\ansi The quay is new.\\par}",
    "x.eml": "Subject: 新码头\n\n第一批货船到港。",
    "x.csv": "茶叶,价格\n银针,680\n",
    "faq.csv": "question,answer\nWhen?,At nine.\n",
    "x.zip": zipped({"a/x.docx": word("第一批货船到港。"), "b.png": b"x"}),
    "x.pdf": pdf_words(),
    "x.jsonl": '{"id": "r1", "text": "第一批货船。", "date": "2024"}\n{not json\n{"text": "B."}',
    "a\n\x1b[31m`$(id)`\u202e;'\".txt": LETTER,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_a_file_gives_what_load_gives(tmp_path, name):
    file = write(tmp_path, name, ORDINARY[name])

    assert load_isolated(file) == load(file)
    assert load_isolated(file)[0][0].text


def test_ids_sources_and_reports_are_the_callers(tmp_path):
    path = write(tmp_path, "x.jsonl", ORDINARY["x.jsonl"]).path

    documents, reports = load_isolated(InputFile(path, "上传/甲.jsonl", "甲"))

    assert [(document.id, document.source) for document in documents] == [
        ("r1", "甲#r1"),
        ("上传/甲.jsonl:3", "甲#line 3"),
    ]
    assert [(report.source, report.status) for report in reports] == [("甲#line 2", "skipped")]


def test_a_path_that_is_no_utf8(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.txt"))
    path.write_text(LETTER, "utf-8")

    assert load_isolated(InputFile(path, "x", "x"))[0][0].text == LETTER


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.txt", b"", "empty file"),
        ("x.docx", b" \n", "empty file"),
        ("x.txt", b"The quay\0is new.\0", "binary, not text (it contains NUL bytes)"),
        ("x.html", b"<p>The quay\0is new.", "binary, not text (it contains NUL bytes)"),
        ("x.jsonl", b'{"text": "a\0"}', "binary, not text (it contains NUL bytes)"),
        ("x.md", b"<!-- -->", "no text left after cleaning"),
        ("x.exe", b"MZ", "unsupported format .exe"),
        ("README", b"text", "unsupported: no file ending"),
        ("x.jsonl", b'{"id": 1}', "rows have no text (a gold file?)"),
    ],
)
def test_reasons_are_those_of_load(tmp_path, name, content, expected):
    file = write(tmp_path, name, content)
    with pytest.raises(Unreadable) as caught:
        load(file)

    assert reason(file) == caught.value.message == expected


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_file_that_the_system_refuses(tmp_path, kind):
    file = InputFile(tmp_path / "x.txt", "x.txt", "x.txt")
    if kind == "folder":
        file.path.mkdir()
    with pytest.raises(OSError) as expected:
        load(file)

    with pytest.raises(OSError) as caught:
        load_isolated(file)

    assert type(caught.value) is type(expected.value)
    assert caught.value.args == expected.value.args
    assert str(caught.value) == str(expected.value)


# Where it runs

READ_ALL = """
import sys
from pathlib import Path
from rag.documents.files import InputFile
from rag.documents.sandbox import load_isolated
for name in sys.argv[1:]:
    print(load_isolated(InputFile(Path(name), name, name))[0][0].text.split()[0])
"""


@pytest.mark.parametrize("found_by", ["installation", "PYTHONPATH"])
def test_it_runs_as_installed_from_an_empty_folder(tmp_path, found_by):
    names = [name for name in ORDINARY if name.startswith("x.")]
    files = [write(tmp_path, name, ORDINARY[name]) for name in names]
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-P", "-c", READ_ALL, *(str(file.path) for file in files)],
        cwd=empty,
        env={"PYTHONPATH": str(REPOSITORY)} if found_by == "PYTHONPATH" else {},
        capture_output=True,
        encoding="utf-8",
    )

    expected = [load(file)[0][0].text.split()[0] for file in files]
    assert (done.stdout.split(), done.stderr) == (expected, "")
    assert not [*empty.iterdir()]


def test_nothing_is_imported_from_the_folder_it_runs_in(tmp_path):
    file = write(tmp_path, "x.txt", LETTER)
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    done = subprocess.run(
        [sys.executable, "-P", "-c", READ_ALL, str(file.path)],
        cwd=tmp_path,
        env={},
        capture_output=True,
        encoding="utf-8",
    )

    assert (done.stdout, done.stderr) == (LETTER.split()[0] + "\n", "")


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def has_children():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_threads_at_once_leave_no_process_and_no_file_behind(tmp_path):
    good = [write(tmp_path, f"{n}.txt", f"{LETTER} {n}") for n in range(6)]
    slow = write(tmp_path, "slow.txt", b"a\n" * 5_000_000)
    before = open_files()

    with ThreadPoolExecutor(4) as pool:
        late = [pool.submit(reason_of, slow, 0.5) for _ in range(2)]
        texts = [documents[0].text for documents, _ in pool.map(load_isolated, good)]

    assert texts == [f"{LETTER} {n}" for n in range(6)]
    assert [job.result() for job in late] == ["took longer than 0.5 s to read"] * 2
    assert open_files() == before
    assert not has_children()


def reason_of(file, seconds):
    try:
        load_isolated(file, seconds=seconds)
    except Unreadable as error:
        return error.message


# Hostile files


def lying_word():
    """A Word file whose headers say that its 300 MB are 1000 bytes."""
    buffer = io.BytesIO()
    bomb = zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)
    with bomb, bomb.open("bomb", "w") as member:
        for _ in range(300):
            member.write(bytes(MEGABYTE))
    package = bytearray(buffer.getvalue())
    directory = package.rfind(b"PK\1\2")
    for place, crc in ((directory + 24, directory + 16), (22, 14)):
        struct.pack_into("<I", package, place, 1000)
        struct.pack_into("<I", package, crc, zlib.crc32(bytes(1000)))
    return bytes(package)


def overlapping_word():
    """A Word file with a thousand members that are the same 10 MB, said to be 100 bytes."""
    content = bytes(10_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(content) + packer.flush()
    sizes = (zlib.crc32(content), len(body), 100, 1, 0)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, *sizes) + b"a" + body
    entry = struct.pack("<IHHHHHHIIIHH", 0x02014B50, 20, 20, 0, 8, 0, 0, *sizes)
    entries = 1000 * (entry + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a")
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1000, 1000, len(entries), len(local), 0)
    return local + entries + end


def word_of_many_members():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for number in range(20_000):
            package.writestr(str(number), b"")
    return buffer.getvalue()


LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
NOT_DOCX = "not a readable .docx: "
NO_TEXT = "no text in this PDF: "
NOTHING = NO_TEXT + "its pages are empty"
AMPLIFIED = NOT_DOCX + "Maximum entity amplification factor exceeded"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (lambda: word_of(words("a" * 20 * MEGABYTE)), NOT_DOCX + "it would unpack to 20 MB from "),
        (lying_word, NOT_DOCX + "it would unpack to 201 MB from "),
        (overlapping_word, NOT_DOCX + "it would unpack to 200 MB from "),
        (word_of_many_members, NOT_DOCX + "\"There is no item named 'word/document.xml'"),
        (lambda: word_of(words("&a9;"), LAUGHS), AMPLIFIED),
        (
            lambda: word_of(words("&a;"), '<!DOCTYPE w [<!ENTITY a "ha">]>'),
            "word/document.xml declares a document type",
        ),
        (lambda: word_of(f'<w:p w:x="&a9;"/>{words("x")}', LAUGHS), AMPLIFIED),
        (lambda: word_of("<w:sdt>" * 100_000), NOT_DOCX + "Excessive depth in document: 256"),
        (lambda: random.Random(1).randbytes(MEGABYTE), NOT_DOCX + "File is not a zip file"),
    ],
    ids="ratio lying overlap members laughs entity attribute depth random".split(),
)
def test_a_hostile_word_file(tmp_path, content, expected):
    assert reason(write(tmp_path, "x.docx", content())).startswith(expected)


def test_a_word_file_within_a_word_file_is_not_unpacked(tmp_path):
    inner = word_of(words("a" * 90 * MEGABYTE))
    file = write(tmp_path, "x.docx", word_of(words("甲"), **{"word/embeddings/x.docx": inner}))

    assert load_isolated(file)[0][0].text == "甲"


@pytest.mark.parametrize("scheme", ["<!ENTITY e SYSTEM '{}'>", "<!ENTITY % e SYSTEM '{}'> %e;"])
def test_a_word_file_reads_no_other_file(tmp_path, scheme):
    secret = tmp_path / "secret.txt"
    secret.write_text("<!ENTITY f 'SECRET'>SECRET")
    declaration = f"<!DOCTYPE w [{scheme.format(secret.as_uri())}]>"
    for names in ("&e;", ""):
        file = write(tmp_path, "x.docx", word_of(words(f"A {names} B"), declaration))
        try:
            text = load_isolated(file)[0][0].text
        except Unreadable as error:
            text = error.message
        assert "SECRET" not in text


def test_a_table_cell_that_claims_two_thousand_million_columns(tmp_path):
    span = '<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>' + words("甲") + "</w:tc>"
    plain = f"<w:tc>{words('B')}</w:tc>"
    file = write(tmp_path, "x.docx", word_of(f"<w:tbl><w:tr>{span}{plain}</w:tr></w:tbl>"))

    assert load_isolated(file, memory=200 * MEGABYTE)[0][0].text == "甲\tB"


def test_a_table_cell_merged_over_three_thousand_rows(tmp_path):
    merged = '<w:tc><w:tcPr><w:vMerge w:val="{}"/></w:tcPr>' + words("{}") + "</w:tc>"
    row = f"<w:tr>{merged}<w:tc>{words('乙')}</w:tc></w:tr>"
    rows = row.format("restart", "甲") + row.format("continue", "") * 3000
    file = write(tmp_path, "x.docx", word_of(f"<w:tbl>{rows}</w:tbl>"))

    assert load_isolated(file)[0][0].text.split("\n") == ["甲\t乙"] * 3001


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (lambda: pdf_page(stream(packed(200))), NOTHING),
        (
            lambda: pdf_page(stream(zlib.compress(packed(200), 9), "[/FlateDecode/FlateDecode]")),
            NOTHING,
        ),
        (lambda: pdf_page("[" * 500_000 + "]" * 500_000), NOTHING),
        (lambda: pdf_page(stream(b""), kids="2 0 R 2 0 R", count=2), NO_TEXT + "damaged page"),
        (
            lambda: pdf_of(
                "<</Type/Catalog/Pages 2 0 R>>",
                *[f"<</Type/Pages/Kids[{n} 0 R {n} 0 R]/Count 2>>" for n in range(3, 40)],
                "<</Type/Page>>",
            ),
            NOTHING,
        ),
        (lambda: pdf_page(stream(b"x", "/JBIG2Decode")), NOTHING),
        (lambda: pdf_page(stream(zlib.compress(b"BT ET"), "/Fl")), NOTHING),
        (lambda: random.Random(1).randbytes(MEGABYTE), "not a readable .pdf: "),
    ],
    ids="flate twice nested cycle doubling program former random".split(),
)
def test_a_hostile_pdf(tmp_path, content, expected):
    assert reason(write(tmp_path, "x.pdf", content())).startswith(expected)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "x.pdf",
            lambda: pdf_page(
                stream(zlib.compress(b"BT /F 12 Tf (a) Tj ET")), "3 0 R " * 100_000, 100_000
            ),
        ),
        ("x.html", lambda: b"<div>" * (4 * MEGABYTE)),
        ("x.txt", lambda: b"a\n" * (5 * MEGABYTE)),
        ("x.jsonl", lambda: b'{"text": "a"}\n' * MEGABYTE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_takes_too_long(tmp_path, name, content):
    file = write(tmp_path, name, content())
    started = time.perf_counter()

    assert reason(file, seconds=0.5) == "took longer than 0.5 s to read"
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", lambda: b'{"text": "%s"}' % (b"The quay. " * (5 * MEGABYTE))),
        ("x.txt", lambda: LETTER.encode() * MEGABYTE),
        ("x.docx", lambda: word_of("".join(words(str(n)) for n in range(200_000)))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_needs_too_much_memory(tmp_path, name, content):
    file = write(tmp_path, name, content())

    assert reason(file, memory=100 * MEGABYTE) == "needs more than 100 MB of memory to read"


def test_a_corpus_of_too_many_rows(tmp_path):
    rows = b'{"text": "a"}\n' + b"{}\n" * 100_000

    assert reason(write(tmp_path, "x.jsonl", rows)) == "holds more than 100,000 rows"


@pytest.mark.parametrize("ending", ["txt", "md", "html", "jsonl"])
def test_random_bytes(tmp_path, ending):
    file = write(tmp_path, f"x.{ending}", random.Random(1).randbytes(MEGABYTE))

    assert reason(file) == "binary, not text (it contains NUL bytes)"


# What the reader may do


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open(target, 'w')", "PermissionError: open"),
        ("os.open(target, os.O_RDWR)", "PermissionError: open"),
        ("open(os.devnull)", "PermissionError: open"),
        ("open(target + '.more')", "PermissionError: open"),
        ("os.remove(target)", "PermissionError: os.remove"),
        ("os.fork()", "PermissionError: os.fork"),
        ("os.system('true')", "PermissionError: os.system"),
        ("subprocess.run(['true'])", "PermissionError: subprocess.Popen"),
        ("socket.create_connection(('127.0.0.1', 9))", "PermissionError: socket.getaddrinfo"),
        ("socket.socket()", "PermissionError: socket.__new__"),
        ("os.write(spare, b'x')", "OSError: [Errno 27] File too large"),
        ("[os.dup(0) for _ in range(100)]", "OSError: [Errno 24] Too many open files"),
        ("bytes(300 << 20)", "MemoryError: "),
        ("resource.setrlimit(resource.RLIMIT_CORE, (1, 1))", None),
        ("print(open(target).read())", "read"),
        ("print(open(0).read() + 'standard input')", "standard input"),
        ("import colorsys; print(colorsys.__name__)", "colorsys"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="names the errors of Linux")
def test_the_reader_may_do_no_more_than_read_its_file(tmp_path, code, expected):
    (tmp_path / "x.txt").write_text("read")
    (tmp_path / "x.txt.more").write_text("more")
    program = f"""
import os, resource, socket, subprocess, sys
from rag.documents.sandbox_child import guard, limit_resources
target = {str(tmp_path / "x.txt")!r}
spare = os.open({str(tmp_path / "spare")!r}, os.O_WRONLY | os.O_CREAT)
limit_resources(5, 300 << 20)
guard(target)
try:
    {code}
except BaseException as error:
    print(f"{{type(error).__name__}}: {{error}}")
sys.stdout.flush()
"""
    if expected is None:
        if os.getuid() == 0:
            pytest.skip("root may raise limits")
        expected = "ValueError: not allowed to raise maximum limit"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == expected.strip()


def test_a_reader_that_nobody_stops_ends_with_its_time():
    program = (
        "from rag.documents.sandbox_child import limit_resources\n"
        "limit_resources(0, 1 << 30)\nwhile True: pass"
    )
    environment = {"PYTHONPATH": str(REPOSITORY)}

    ended = subprocess.run([sys.executable, "-c", program], env=environment, timeout=60)

    assert ended.returncode < 0


# A reader that a file has taken over


@pytest.fixture
def taken_over(tmp_path, monkeypatch):
    """Puts code in the place of the reader."""

    def take(code):
        package = tmp_path / "taken" / "rag"
        (package / "documents").mkdir(parents=True)
        (package / "__init__.py").touch()
        head = "import json, os, subprocess, sys, time\nsys.stdin.read()\n"
        (package / "documents" / "sandbox_child.py").write_text(head + code)
        monkeypatch.syspath_prepend(str(package.parent))
        return write(tmp_path, "x.txt", LETTER)

    return take


def test_the_reader_sees_nothing_of_the_environment(taken_over, monkeypatch):
    monkeypatch.setenv("WENJU_LLM_KEY", "SECRET")
    rows = "[['x.txt', 'x.txt', '', ' '.join(os.environ), {}]]"
    file = taken_over(f"print(json.dumps({{'documents': {rows}}}))")

    documents, _ = load_isolated(file)

    given = {"PYTHONPATH", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert set(documents[0].text.split()) <= {*given, "LC_CTYPE"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("os._exit(0)", "the file could not be read (its reader ended with code 0)"),
        ("sys.exit(3)", "the file could not be read (its reader ended with code 3)"),
        ("raise ValueError", "the file could not be read (its reader ended with code 1)"),
        ("os.abort()", "the file could not be read (its reader died of SIGABRT)"),
        ("os.close(1); time.sleep(60)", "the file could not be read (its reader died of SIGKILL)"),
        ("time.sleep(60)", "took longer than 0.5 s to read"),
        ("print('[]', flush=True); time.sleep(60)", "took longer than 0.5 s to read"),
        ("print('no json')", "the file could not be read (its reader gave no valid answer)"),
    ],
)
def test_a_reader_that_ends_badly(taken_over, code, expected):
    assert reason(taken_over(code), seconds=0.5) == expected


def test_a_reader_that_never_stops_talking(taken_over):
    file = taken_over("while True: os.write(1, b'x' * 65536)")

    with pytest.raises(Unreadable, match=r"^holds more than 64 MB of text$"):
        load_isolated(file)


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_what_a_reader_has_started_ends_with_it(taken_over, tmp_path):
    pid = tmp_path / "pid"
    start = "child = subprocess.Popen(['sleep', '60'])"
    file = taken_over(f"{start}\nopen({str(pid)!r}, 'w').write(str(child.pid))\ntime.sleep(60)")

    started = time.perf_counter()

    assert reason(file, seconds=0.5) == "took longer than 0.5 s to read"
    assert time.perf_counter() - started < 30
    assert is_gone(int(pid.read_text()))


def test_a_reader_that_ends_before_it_has_heard_all(taken_over, tmp_path):
    file = taken_over("")
    (tmp_path / "taken/rag/__init__.py").write_text("import os\nos._exit(5)")
    long = InputFile(file.path, "x" * 200_000, "x")

    assert reason(long) == "the file could not be read (its reader ended with code 5)"


def test_the_watch_is_set_before_the_file_is_read(tmp_path, monkeypatch):
    (tmp_path / "hijacked").mkdir()
    (tmp_path / "hijacked/bs4.py").write_text("open('/dev/null')")
    monkeypatch.syspath_prepend(str(tmp_path / "hijacked"))

    expected = "the file could not be read (PermissionError)"
    assert reason(write(tmp_path, "x.html", "<p>x")) == expected


def is_gone(pid):
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":  # it waits for the system to notice
            return True
        time.sleep(0.01)
    return False


GOOD = ["x.txt", "x.txt", "信", LETTER, {"language": "zh"}]
FILE = InputFile(Path("/x.txt"), "x.txt", "x.txt")
CORPUS = InputFile(Path("/x.jsonl"), "x", "x")


def answer(*documents, skipped=()):
    return {"documents": documents, "skipped": skipped}


@pytest.mark.parametrize(
    "said",
    [
        7, [], "documents", {}, answer(), answer(GOOD, GOOD), {"documents": {}},
        answer(["y.txt", *GOOD[1:]]), answer([GOOD[0], "y.txt", *GOOD[2:]]),
        answer([*GOOD[:2], 7, *GOOD[3:]]), answer([*GOOD[:3], None, {}]),
        answer([*GOOD[:3], "", {}]), answer([*GOOD[:3], "\ud800", {}]),
        answer([*GOOD[:4], []]), answer([*GOOD[:4], {"date": 7}]), answer(GOOD[:4]),
        answer([*GOOD[:4], {"\udfff": "x"}]),
        answer([*GOOD, 1]), answer(GOOD, skipped=[["x.txt#1"]]), answer(GOOD, skipped=[[1, 2]]),
        {"unreadable": 7}, {"unreadable": "\ud800"}, {"unreadable": ""}, {"errno": "2"},
        {"errno": None}, {"errno": True}, {"errno": 10**30}, {"errno": -1}, {"unknown": "x"},
    ],
)  # fmt: skip
def test_an_answer_that_is_not_as_agreed(said):
    with pytest.raises(Unreadable) as caught:
        validated(json.dumps(said).encode(), FILE)

    assert caught.value.message == "the file could not be read (its reader gave no valid answer)"


@pytest.mark.parametrize(
    "said", [json.dumps(answer()).encode(), b"", b"\xff", b"[" * 1_000_000, b'{"errno": NaN}']
)
def test_a_corpus_without_documents_and_what_is_no_json_are_not_as_agreed(said):
    with pytest.raises(Unreadable, match="no valid answer"):
        validated(said, CORPUS)


def test_answers_that_are_as_agreed():
    said = answer(GOOD, skipped=[["x.txt#2", "damaged page"]])
    document = Document("x.txt", "x.txt", "信", LETTER, {"language": "zh"})
    report = InputReport("x.txt#2", "skipped", reason="damaged page")

    assert validated(json.dumps(said).encode(), FILE) == ([document], [report])
    with pytest.raises(Unreadable) as caught:
        validated(json.dumps({"unreadable": "a\x1b[31m\nb\n"}).encode(), FILE)
    assert caught.value.message == "a [31m b"
    with pytest.raises(PermissionError) as refused:
        validated(json.dumps({"errno": errno.EACCES}).encode(), FILE)
    assert refused.value.filename == "/x.txt"


def test_an_answer_of_too_many_parts():
    said = answer(GOOD, skipped=[["x", "y"]] * 100_000)

    with pytest.raises(Unreadable, match=r"^holds more than 100,000 rows$"):
        validated(json.dumps(said).encode(), FILE)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory")
@pytest.mark.parametrize(
    ("head", "value", "tail"),
    [
        ('{"documents": [', "7", "]}"),
        ('{"skipped": [', "[]", "]}"),
        ('{"documents": [["x.txt", "x.txt", "", "a", {', '"%d": 7', "}]]}"),
    ],
    ids="documents skipped meta".split(),
)
def test_an_answer_of_a_million_faults_takes_little_memory(head, value, tail):
    program = f"""
import resource
from pathlib import Path
from rag.documents.files import InputFile
from rag.documents.sandbox import validated
from rag.errors import Unreadable
values = ({value!r}.replace("%d", str(number)) for number in range(1_000_000))
answer = ({head!r} + ",".join(values) + {tail!r}).encode()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    validated(answer, InputFile(Path("/x.txt"), "x.txt", "x.txt"))
except Unreadable:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )

    assert int(done.stdout) < 200  # megabytes


def test_the_reader_itself_sends_no_more_than_64_megabytes():
    too_much = {"documents": ["x" * 64 * MEGABYTE]}
    assert encoded(too_much) == b'{"unreadable": "holds more than 64 MB of text"}'
    assert encoded({"unreadable": "甲\ud800"}).decode("utf-8", "surrogatepass") == (
        '{"unreadable": "甲\ud800"}'
    )
