"""What the documentation tells a reader to type, and where it sends them."""

import os
import re
import shlex
from pathlib import Path

import pytest
from repository import REPOSITORY

from rag.cli.parser import build_parser

PAGES = [
    *sorted(REPOSITORY.glob("*.md")),
    *sorted((REPOSITORY / "docs").glob("*.md")),
    *(REPOSITORY / folder / "README.md" for folder in ("indexes", "seeds")),
]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def code_lines(page):
    """Lines of the code blocks, without prompt and comment."""
    blocks = [body for _, body in _BLOCK.findall(page.read_text("utf-8"))]
    return [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]


def wenju_commands():
    for page in PAGES:
        if page.exists():
            for line in code_lines(page):
                match = re.match(r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?wenju (.+)", line)
                if match:
                    yield pytest.param(match.group(1), id=f"{page.name}: {line}")


def make_targets():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_first_two_commands_are_ask_and_test():
    commands = [line for line in code_lines(REPOSITORY / "README.md") if line]

    assert commands[:2] == [
        'make ask Q="which 12 cities got cross-border pilot zones?"',
        "make test",
    ]
    assert {"ask", "test"} <= make_targets()


@pytest.mark.parametrize("command", list(wenju_commands()))
def test_every_wenju_command_parses(command):
    arguments = shlex.split(command, comments=True)

    assert build_parser().parse_args(arguments).run


def test_every_make_target_that_is_named_exists():
    for page in PAGES:
        named = re.findall(r"(?:^|`)\$? ?make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(named) <= make_targets(), page


def test_every_module_that_the_makefile_runs_exists():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")

    for module in re.findall(r"-m (rag[\w.]*)", makefile):
        path = REPOSITORY / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_every_command_of_the_command_line_is_in_the_readme():
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    usage = build_parser().format_help()

    for command in re.findall(r"^    (\w+) ", usage, re.MULTILINE):
        assert f"`wenju {command}" in readme, command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_local_links_lead_somewhere(page):
    for target in _LINK.findall(page.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            path = os.path.normpath(page.parent / target.split("#")[0])
            assert Path(path).exists(), target
