"""A PostgreSQL server of its own for the tests, in a temporary folder; on a socket alone."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
_ACCOUNT = "postgres" if os.name == "posix" and os.geteuid() == 0 else None


@contextmanager
def server():
    """The address of its database, as SQLAlchemy takes it."""
    folder = Path(tempfile.mkdtemp(prefix="wenju-pg-"))
    data = str(folder / "data")
    try:
        if _ACCOUNT:
            shutil.chown(folder, _ACCOUNT)
        _run("initdb", "-D", data, "-U", "wenju", "-A", "trust", "-E", "UTF8", "--no-sync")
        listening = f"-c listen_addresses= -c fsync=off -k {folder}"
        _run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", listening, "start")
        try:
            yield f"postgresql://wenju@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program, *arguments):
    command = [str(PROGRAMS / program), *arguments]
    subprocess.run(command, check=True, user=_ACCOUNT, cwd="/", stdout=subprocess.DEVNULL)
