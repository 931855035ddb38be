"""Writes the reference of the Python API, from its docstrings, into a folder: reference.py FOLDER.

What stands there is what `from rag import …` gives, and nothing else; docs/python.md is the guide.
"""

import sys
from pathlib import Path

import pdoc
from pdoc import render

import rag


def write(folder: Path) -> None:
    """The reference as one page, `rag.html`, with an `index.html` that leads to it."""
    for name in rag.__all__:  # loaded when they are first used, which pdoc would not do
        setattr(rag, name, getattr(rag, name))
    render.configure(docformat="markdown", show_source=False)
    pdoc.pdoc("rag", r"!rag\..*", output_directory=folder)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
