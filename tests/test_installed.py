"""The product as it is installed: in this environment, and from a wheel in a clean one."""

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import httpx
import pytest
from installed import COMMAND, PYTHON, WENJU, python, server, wenju
from repository import REPOSITORY

pytestmark = pytest.mark.process

PACKAGES = ("rag", "api", "ui")
SEEDS = REPOSITORY / "seeds"
UPLOADS = {
    ".txt": "china-consumers-in-figures.txt",
    ".md": "twelve-new-zones.md",
    ".html": "india-and-korea.html",
    ".pdf": "europe-march-2015.pdf",
    ".docx": "zhang-yong-2016-speech.docx",
    ".jsonl": "association-briefs.jsonl",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy of the sources: in place, remains of an earlier build are packed too."""
    folder = tmp_path_factory.mktemp("sources")
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, folder)
    build = "wheel --quiet --no-deps --no-build-isolation --disable-pip-version-check -w".split()
    _pip(*build, folder / "dist", folder)
    return next((folder / "dist").glob("wenju-*.whl"))


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory):
    """The command of a clean environment that holds the wheel beside the installed dependencies.

    A folder that a `.pth` file names is searched, but its own `.pth` files are not followed, so
    that the sources, installed for development, are not found.
    """
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    install = "install --quiet --no-deps --no-index --disable-pip-version-check".split()
    _pip("--python", programs / PYTHON.name, *install, wheel)
    site = next(folder.rglob("site-packages"))
    others = [entry for entry in sys.path if Path(entry).name == "site-packages"]
    (site / "dependencies.pth").write_text("\n".join(others), "utf-8")
    return programs / COMMAND


def _pip(*arguments):
    subprocess.run([PYTHON, "-m", "pip", *arguments], check=True, cwd=REPOSITORY.anchor)


@pytest.fixture(scope="module", params=["environment", "wheel"])
def program(request):
    """The `wenju` of this environment, and that of the clean one."""
    return WENJU if request.param == "environment" else request.getfixturevalue("clean")


@pytest.fixture(scope="module")
def env(models, tmp_path_factory):
    return {"WENJU_INDEXES": tmp_path_factory.mktemp("installed"), "WENJU_MODELS": models}


def test_the_sources_are_on_the_path_of_neither_the_tests_nor_their_children():
    places = python("import sys, json; print(json.dumps(sys.path))")

    for entry in [*sys.path, *json.loads(places.stdout)]:
        assert entry
        assert Path(entry).resolve() != REPOSITORY


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.split("/")[0] in PACKAGES}

    sources = {
        path.relative_to(REPOSITORY).as_posix()
        for name in PACKAGES
        for path in (REPOSITORY / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert packed == sources


def test_the_clean_environment_has_the_code_of_the_wheel(clean):
    code = "import rag, api, ui; print(*(package.__file__ for package in (rag, api, ui)))"
    done = subprocess.run([clean.with_name(PYTHON.name), "-P", "-c", code], capture_output=True)

    for path in done.stdout.decode().split():
        assert Path(path).is_relative_to(clean.parents[1])


def test_what_setup_prepared_is_what_the_installed_version_needs(program, env):
    done = wenju("setup", program=program, env=env)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"preparing" not in done.stdout


def test_a_folder_is_indexed_and_answers(program, env):
    name = f"folder-{program.parents[1].name}"
    done = wenju("index", SEEDS / "twelve-new-zones.md", "--index", name, program=program, env=env)
    assert done.returncode == 0, done.stderr.decode()

    question = "which 12 cities got cross-border pilot zones?"
    done = wenju("ask", question, "--json", "--index", name, program=program, env=env)

    assert (done.returncode, done.stderr) == (0, b"")
    quote = json.loads(done.stdout)["citations"][0]["quote"]
    assert "天津、上海、重庆、合肥、郑州、广州、成都、大连、宁波、青岛、深圳、苏州" in quote


@pytest.fixture(scope="module")
def client(program, env, tmp_path_factory):
    """A client of a server that has one document, and got the others over the network."""
    first = tmp_path_factory.mktemp("first") / "ferry.txt"
    first.write_text("The ferry to Skagen is steered by Captain Lindqvist.", "utf-8")
    name = f"served-{program.parents[1].name}"
    assert wenju("index", first, "--index", name, program=program, env=env).returncode == 0
    with (
        server("--index", name, program=program, env=env) as address,
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        yield client


@pytest.mark.parametrize("suffix", UPLOADS)
def test_each_format_is_read_by_the_running_server(client, suffix):
    path = SEEDS / UPLOADS[suffix]

    response = client.post("/v1/documents", files={"files": (path.name, path.read_bytes())})

    assert response.status_code == 200
    (report,) = response.json()["inputs"]
    documents = 10 if suffix == ".jsonl" else 1
    assert report == {**report, "status": "indexed", "documents": documents, "reason": ""}
    documents = client.get("/v1/documents").json()["documents"]
    assert any(document["source"].startswith(path.name) for document in documents)


def test_the_page_is_there(client):
    page = client.get("/", headers={"Accept": "text/html"}, follow_redirects=True)

    assert page.status_code == 200
    assert "Wenju" in page.text
