import threading

from rag.cli.watching import changes


def test_a_file_that_is_written_is_told_by_its_absolute_path(tmp_path):
    timer = threading.Timer(0.5, (tmp_path / "渡轮.txt").write_text, ["三次", "utf-8"])
    timer.start()
    assert next(changes([tmp_path])) == {str(tmp_path / "渡轮.txt")}
    timer.join()
