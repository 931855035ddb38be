import signal
import subprocess
import sys

import installed
import pytest

from rag.errors import IndexBusy, IndexUnavailable
from rag.index import writing as writing_module
from rag.index.writing import writing

HOLDER = """
import sys, time
from pathlib import Path
from rag.index.writing import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(writing_module, "PATIENCE", 0.05)


def test_a_second_writer_of_the_same_process_is_told_to_wait(tmp_path):
    with writing(tmp_path):
        expected = f"another process is writing to the index at {tmp_path}; wait until it ends"
        with pytest.raises(IndexBusy, match=expected), writing(tmp_path):
            pass
    with writing(tmp_path):
        pass


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_lock_dies_with_its_holder(tmp_path):
    command = [installed.PYTHON, "-c", HOLDER, tmp_path]
    with installed.started(*command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(IndexBusy), writing(tmp_path):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        with writing(tmp_path):
            pass


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(IndexUnavailable, match="cannot be used"), writing(tmp_path / "file"):
        pass
