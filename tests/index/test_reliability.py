"""A small share of the runs in `tests/bench` that kill writers and damage indexes."""

import sys

import installed
import pytest
from repository import REPOSITORY

BENCH = REPOSITORY / "tests" / "bench"


def run(name, *arguments):
    done = installed.wenju(
        BENCH / name, *arguments, program=installed.PYTHON, env={"PYTHONPATH": BENCH}
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_an_index_outlives_its_writers():
    said = run("bench_kills.py", 10)
    assert said.startswith("kills 8; commits ")
    assert said.endswith("; full disks 1; upgrades 1; faults 0\n")


@pytest.mark.process
def test_damage_is_found_and_mended():
    said = run("bench_damage.py", 10, "--seed", 5)
    assert said.startswith("injected 10; found 10; sound after repair 10; every word there ")
    assert said.endswith("; loss not named 0\n")
