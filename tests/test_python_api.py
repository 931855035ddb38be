"""The names that `from rag import …` gives, and what the documentation does with them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from installed import python
from repository import REPOSITORY

import rag

PAGE = REPOSITORY / "docs" / "python.md"


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", rag.__all__)
def test_every_public_name_is_there_and_documented(name):
    assert getattr(rag, name).__name__ == name
    assert name in dir(rag)
    assert f"`{name}" in PAGE.read_text("utf-8")


@pytest.mark.process
def test_the_reference_describes_every_public_name_from_its_docstring(tmp_path):
    pytest.importorskip("pdoc", reason="pip install 'wenju[docs]'")
    script = REPOSITORY / "docs" / "reference.py"

    subprocess.run([sys.executable, script, tmp_path], check=True)

    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["index.html", "rag.html"]
    page = (tmp_path / "rag.html").read_text("utf-8")
    assert all(f'<section id="{name}">' in page for name in rag.__all__)
    assert "The answer with its citations, or a refusal" in page


def test_another_name_is_said_not_to_be_there():
    with pytest.raises(AttributeError, match="module 'rag' has no attribute 'Asistant'"):
        _ = rag.Asistant


def test_modules_are_found_beside_the_names():
    from rag import storage, types

    assert (storage.__name__, types.Answer) == ("rag.storage", rag.Answer)


@pytest.mark.process
def test_the_python_code_of_the_readme_runs_as_it_stands(seed_indexes):
    (code,) = python_blocks(REPOSITORY / "README.md")

    done = python(code, env={"WENJU_INDEXES": seed_indexes, "PYTHONIOENCODING": "utf-8"})

    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode("utf-8").splitlines()
    assert lines[0].startswith("天津、上海、重庆")
    assert "twelve-new-zones.md" in done.stdout.decode("utf-8")


@pytest.mark.process
def test_the_python_code_of_the_page_runs_as_it_stands(models, tmp_path):
    (tmp_path / "papers").mkdir()
    text = "今年的预算是三百万元。The museum in Bergen opens at nine."
    (tmp_path / "papers" / "预算.txt").write_text(text, "utf-8")
    code = "\n".join(python_blocks(PAGE))

    done = python(code, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})

    assert done.returncode == 0, done.stderr.decode()
    assert "三百万" in done.stdout.decode("utf-8")
    assert "contradicted" in done.stdout.decode("utf-8")
    assert [path.name for path in (tmp_path / "indexes").iterdir()] == ["papers"]
