"""Wenju as it is installed: commands and programs that do not see the folder of the sources.

They start in an empty folder, or in the one that a test gives, and find `rag` only where it was
installed. Started inside the repository, they would also pass for an installation that lacks a
module or a data file.
"""

import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

PYTHON = Path(sys.executable)
COMMAND = "wenju.exe" if sys.platform == "win32" else "wenju"
WENJU = PYTHON.with_name(COMMAND)
LIMIT = 300  # seconds: what hangs must end, what is slow on a busy machine must not fail


def wenju(*arguments, program=WENJU, cwd=None, env=(), **options):
    """A `wenju` command that has ended: its exit code and what it wrote, as bytes."""
    return _run([program, *arguments], cwd, env, options)


def python(code, *arguments, cwd=None, env=(), **options):
    """The same of a Python program."""
    return _run([PYTHON, "-c", code, *arguments], cwd, env, options)


@contextmanager
def started(*command, cwd=None, env=(), **options):
    """A process that is told to end with the block, if it has not ended by then."""
    with _folder(cwd) as folder:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=_environment(env), **options
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()


@contextmanager
def server(*arguments, program=WENJU, env=()):
    """The address of a `wenju serve` of its own, which ends with the block."""
    command = [program, "serve", "--port", "0", *arguments]
    with started(*command, env=env, stdout=subprocess.PIPE, encoding="utf-8") as process:
        line = process.stdout.readline()
        assert "http://" in line, "the server did not start"
        yield re.search(r"http://\S+?(?=/$)", line).group()


def _run(command, cwd, env, options):
    given = {"capture_output": True, "timeout": LIMIT, "check": False, **options}
    with _folder(cwd) as folder:
        parts = [part if isinstance(part, bytes) else str(part) for part in command]
        return subprocess.run(parts, cwd=folder, env=_environment(env), **given)


def _environment(changes):
    """This process's, without any other place to import from."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PYTHONSAFEPATH": "1", **{k: str(v) for k, v in dict(changes).items()}}


@contextmanager
def _folder(cwd):
    if cwd is not None:
        yield cwd
    else:
        with tempfile.TemporaryDirectory() as empty:
            yield empty
