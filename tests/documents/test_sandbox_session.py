import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from office_files import docx, p
from openpyxl import Workbook

from rag.documents.files import InputFile
from rag.documents.sandbox import Limits
from rag.documents.sandbox_session import SandboxSession
from rag.errors import Unreadable

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="readers are not forked here"),
]
MEGABYTE = 2**20


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return InputFile(path, name, name)


def reason(session, file):
    with pytest.raises(Unreadable) as caught:
        session.load(file)
    return caught.value.message


def sheet(path):
    book = Workbook()
    book.active.append(["银针", 680])
    book.save(path)


def test_files_are_read_one_after_the_other(tmp_path):
    letter = write(tmp_path, "信.txt", "第一批货船到港。The quay is new.")
    word = write(tmp_path, "办法.docx", docx(p("补办25元。")))
    sheet(tmp_path / "茶.xlsx")
    tea = InputFile(tmp_path / "茶.xlsx", "茶.xlsx", "茶.xlsx")

    with SandboxSession() as session:
        texts = [session.load(file)[0][0].text for file in (letter, word, tea)]

    assert texts == ["第一批货船到港。The quay is new.", "补办25元。", "银针\t680"]


def test_a_file_that_fails_is_left_behind_alone(tmp_path):
    good = write(tmp_path, "a.txt", "The quay is new.")
    slow = write(tmp_path, "slow.txt", b"a\n" * (40 * MEGABYTE))
    rows = write(tmp_path, "rows.jsonl", '{"text": "a"}\n' * 60)
    long = write(tmp_path, "long.txt", "甲乙丙丁。\n" * 1000)

    with SandboxSession(Limits(seconds=8, output=4096, parts=50)) as session:
        reasons = [reason(session, file) for file in (slow, rows, long)]
        documents, _ = session.load(good)

    assert reasons == [
        "took longer than 8 s to read", "holds more than 50 rows", "holds more than 0 MB of text",
    ]  # fmt: skip
    assert documents[0].text == "The quay is new."


def test_memory_is_limited_and_a_missing_file_is_named(tmp_path):
    big = write(tmp_path, "big.txt", "第一批货船到港。" * 2 * MEGABYTE)

    with SandboxSession(Limits(memory=300 * MEGABYTE)) as session:
        assert reason(session, big) == "needs more than 300 MB of memory to read"
        with pytest.raises(FileNotFoundError):
            session.load(InputFile(tmp_path / "x.txt", "x.txt", "x.txt"))


def test_nothing_is_left_running(tmp_path):
    file = write(tmp_path, "a.txt", "The quay is new.")

    with SandboxSession() as session:
        session.load(file)
        server = session._server

    assert server.poll() is not None


def test_a_session_ends_with_the_process_that_opened_it(tmp_path):
    file = write(tmp_path, "a.txt", "The quay is new.")
    program = f"""
import os
from pathlib import Path
from rag.documents.files import InputFile
from rag.documents.sandbox_session import SandboxSession
session = SandboxSession()
session.load(InputFile(Path({str(file.path)!r}), "a.txt", "a.txt"))
print(session._server.pid, flush=True)
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ended(int(done.stdout))


def ended(pid):
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
