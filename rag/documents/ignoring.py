"""Ignore files: what a folder excludes from indexing, in the syntax of `.gitignore`."""

from __future__ import annotations

import functools
from pathlib import Path

from pathspec import GitIgnoreSpec

from rag.errors import InvalidInput

IGNORE_FILE = ".wenjuignore"


class IgnoreRules:
    """What the ignore files in `folder` and below exclude from it.

    As in git: of two rules the nearer wins, and nothing in an excluded folder is included again.
    Raises InvalidInput for an ignore file that cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rules = functools.cache(_rules)
        self.excludes = functools.cache(self._excludes)

    def _excludes(self, path: Path) -> bool:
        """Whether `path`, a file or folder, is below `folder` and excluded."""
        if path == self._folder or not path.is_relative_to(self._folder):
            return False
        if self.excludes(path.parent):
            return True
        for folder in path.parents:
            name = path.relative_to(folder).as_posix() + "/" * path.is_dir()
            is_excluded = self._rules(folder).check_file(name).include
            if is_excluded is not None or folder == self._folder:
                break
        return bool(is_excluded)


def _rules(folder: Path) -> GitIgnoreSpec:
    file = folder / IGNORE_FILE
    try:
        lines = file.read_text("utf-8-sig", errors="replace").splitlines()
    except (FileNotFoundError, IsADirectoryError):
        lines = []
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read ({error.strerror})", "allow reading it"
        ) from error
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise InvalidInput(f"{file}: {error}", "write it as a .gitignore") from error
