"""Requests made up from the app's own description, and what the answers must hold to.

Schemathesis derives valid and invalid requests from /openapi.json. No check is switched off: no
5xx, only described statuses, content types and shapes, valid data accepted, invalid rejected,
unsupported methods refused, keys asked for.
"""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from serving import served

from api.app import create_app
from rag.config import Settings
from rag.documents.load import load
from rag.index.maintenance import build_index

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def settings(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    for name, text in [
        ("信.txt", "馬雲第一次上網是在西雅圖。他在信裡寫道：創業者要有驅動力。"),
        ("museum.txt", "The maritime museum in Bergen opens at nine. Admission costs 12 euros."),
    ]:
        (folder / name).write_text(text, "utf-8")
    settings = replace(Settings.from_environment(), indexes=folder / "indexes")
    build_index(settings, [folder])
    return settings


def fuzz(client, tmp_path, *options):
    """The report on requests made from the description of the app that `client` asks."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{client.base_url}/openapi.json"),
            *("--checks", "all", "--seed", "20150106", "--continue-on-failure", "--no-color"),
            *("--report", "json", "--report-json-path", str(report)),
            *options,
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=3600,  # it takes a minute where the machine is idle
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return json.loads(report.read_text("utf-8"))


def test_two_thousand_requests_find_no_fault(settings, open_library, tmp_path, monkeypatch):
    # Each file would start a process; that one holds is tested where it is at home.
    monkeypatch.setattr("rag.assistant.limited_loader", lambda files: load)
    with served(create_app(open_library(settings))) as client:
        report = fuzz(client, tmp_path, "--max-examples", "140")

    assert report["operations"]["tested"] == report["operations"]["total"] == 14
    assert report["test_cases"]["generated"] >= 2000
    assert report["test_cases"]["with_failures"] == 0
    assert {phase["status"] for phase in report["phases"].values()} == {"success"}


def test_with_keys_every_operation_asks_for_one(settings, open_library, tmp_path):
    keyed = replace(settings, api_keys=("schreiben-2",))
    with served(create_app(open_library(keyed)), Authorization="Bearer schreiben-2") as client:
        fuzz(client, tmp_path, "--header", "Authorization: Bearer schreiben-2", "-n", "5")
