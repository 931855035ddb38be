"""When a file counts as gone, and when nobody can say."""

import pytest

from rag.documents.files import UPLOAD
from rag.index.vanished import has_left, is_gone


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "文档"
    folder.mkdir()
    return folder


def test_a_file_has_left_the_folder_that_it_was_in(folder):
    letter = folder / "信 letter.txt"
    letter.touch()
    assert not has_left(str(letter))

    letter.unlink()

    assert has_left(str(letter))


def test_nobody_can_say_of_a_folder_that_is_not_there(folder):
    elsewhere = str(folder / "卷一" / "信 letter.txt")

    assert is_gone(elsewhere)
    assert not has_left(elsewhere)


def test_an_upload_has_no_file_to_be_gone():
    assert not has_left(f"{UPLOAD}信 letter.txt")
