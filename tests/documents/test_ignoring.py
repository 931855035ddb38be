"""Ignore files: what they exclude is what git would ignore."""

import os
import shutil
import subprocess

import pytest

from rag.documents.files import discover
from rag.documents.ignoring import IGNORE_FILE, IgnoreRules
from rag.errors import InvalidInput

FILES = (
    "README.md 年报.txt draft.txt a/README.md a/keep.txt a/draft.txt a/b/draft.txt a/b/x.md"
    " notes/one.txt notes/two.txt build/x.txt a/build/y.txt a/notes/z.txt end space.txt"
).split(" ")
RULES = {
    "": "# comment\n/README.md\ndraft.txt\nnotes/*\n!notes/two.txt\nbuild/\nspace.txt  \n",
    "a": "\ufeff!draft.txt\r\n/notes/\r\n",
    "a/b": "*.md\n!README.md\n",
    "build": "!x.txt\n",
}


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("文 text", "utf-8")
    for name, rules in RULES.items():
        (tmp_path / name / IGNORE_FILE).write_bytes(rules.encode())
    return tmp_path


def found(folder):
    return [file.id for file in discover([folder])]


def test_nested_ignore_files_are_read_as_git_reads_them(folder):
    assert found(folder) == [
        "a/README.md", "a/b/draft.txt", "a/draft.txt", "a/keep.txt", "end", "notes/two.txt",
        "年报.txt",
    ]  # fmt: skip


@pytest.mark.skipif(not shutil.which("git"), reason="git is the oracle")
def test_git_agrees(folder):
    expected = found(folder)
    for name in RULES:
        (folder / name / IGNORE_FILE).rename(folder / name / ".gitignore")
    git = ["git", "-c", "core.quotePath=false", "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q"], cwd=folder, check=True)
    listed = subprocess.run(
        [*git, "ls-files", "--others", "--exclude-standard"],
        cwd=folder, check=True, capture_output=True, encoding="utf-8",
    ).stdout.split("\n")  # fmt: skip

    assert expected == sorted(name for name in listed if name and not name.endswith(".gitignore"))


def test_rules_hold_below_their_folder_only(folder):
    assert "README.md" in found(folder / "a")
    assert not IgnoreRules(folder / "a").excludes(folder / "draft.txt")
    assert not IgnoreRules(folder).excludes(folder)


def test_a_file_named_itself_is_read_though_it_is_ignored(folder):
    assert [file.id for file in discover([folder / "README.md", folder / "build"])] == [
        "README.md",
        "x.txt",
    ]


def test_an_ignore_file_is_read_once(folder, monkeypatch):
    rules = IgnoreRules(folder)
    assert rules.excludes(folder / "draft.txt")
    (folder / IGNORE_FILE).unlink()

    assert not rules.excludes(folder / "notes/two.txt")
    assert rules.excludes(folder / "notes/one.txt")


def test_an_ignore_file_that_cannot_be_used_is_named(folder):
    (folder / "a" / IGNORE_FILE).write_text("*.md\n!\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"a/\.wenjuignore: .*'!'; write it as a \.gitignore"):
        discover([folder])
    if os.getuid():
        (folder / "a" / IGNORE_FILE).chmod(0)
        with pytest.raises(
            InvalidInput, match=r"\.wenjuignore cannot be read \(Permission denied\)"
        ):
            discover([folder])
