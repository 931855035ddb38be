"""Names of uploaded files as ids."""

from pathlib import Path

import pytest

from rag.documents import uploads
from rag.documents.files import InputFile
from rag.documents.uploads import NAME_LENGTH_LIMIT, Upload, document_id, input_files


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("年报.txt", "年报.txt"),
        ("../../etc/passwd", "passwd"),
        ("/etc/shadow.txt", "shadow.txt"),
        ("C:\\docs\\a.md", "a.md"),
        ("..", "unnamed"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("a/", "unnamed"),
        (" \t ", "unnamed"),
        ("a\0b.txt", "ab.txt"),
        ("公\u202e告\u200b.txt", "公告.txt"),
        ("half \ud800.txt", "half .txt"),
        ("e\u0301.txt", "é.txt"),
        ("  two   words .txt", "two words .txt"),
        ("<b>x</b>.html", "b>.html"),
    ],
)
def test_an_id_is_the_last_part_of_a_name_as_people_see_it(name, expected):
    assert document_id(name) == expected


def test_a_long_name_keeps_its_ending():
    found = document_id("长" * 300 + ".markdown")

    assert len(found) == NAME_LENGTH_LIMIT
    assert found.endswith("长.markdown")


def test_an_id_names_itself():
    for name in ("..hidden", "-rf", "a b.txt", "年报 2015.txt"):
        assert document_id(document_id(name)) == document_id(name)


def test_of_two_files_with_one_name_the_first_is_taken():
    uploads = [
        Upload("a/信.txt", Path("/tmp/0.txt")),
        Upload("b/信.txt", Path("/tmp/1.txt")),
        Upload("news.md", Path("/tmp/2.md")),
    ]

    files, skipped = input_files(uploads)

    assert [(file.id, file.source, file.path.name) for file in files] == [
        ("信.txt", "信.txt", "0.txt"),
        ("news.md", "news.md", "2.md"),
    ]
    assert {file.origin for file in files} == {"upload:信.txt", "upload:news.md"}
    assert [(report.source, report.status) for report in skipped] == [("信.txt", "skipped")]
    assert "same name" in skipped[0].reason


def file_of(tmp_path, name, size):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(size)  # a hole: it takes no room
    return InputFile(path, name, name, f"upload:{name}")


def test_all_of_an_upload_is_read_within_its_time(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(
        uploads, "load_isolated", lambda file, seconds, memory: given.append((seconds, memory))
    )
    now = iter([0.0, 0.0, 70.0, 89.5, 500.0])
    monkeypatch.setattr(uploads.time, "monotonic", lambda: next(now))
    file = file_of(tmp_path, "信.txt", 0)

    load = uploads.limited_loader([file])
    for _ in range(4):
        load(file)

    assert given == [(30, 1 << 30), (20, 1 << 30), (1, 1 << 30), (1, 1 << 30)]


def test_a_large_file_may_take_the_time_and_memory_that_it_needs(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(
        uploads, "load_isolated", lambda file, seconds, memory: given.append((seconds, memory))
    )
    monkeypatch.setattr(uploads.time, "monotonic", lambda: 0.0)
    small, large = file_of(tmp_path, "信.txt", 10), file_of(tmp_path, "report.txt", 30_000_000)

    load = uploads.limited_loader([small, large])
    load(small)
    load(large)

    assert given == [(30, (1 << 30) + 480), (150, (1 << 30) + 1_440_000_000)]
