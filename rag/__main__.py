"""The entry point of the command line: one command run, its exit code, its errors in one line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from rag.cli.commands import DONE, FAILED
from rag.cli.parser import build_parser
from rag.cli.printing import note
from rag.config import Settings
from rag.errors import WenjuError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 done, 1 refused or damage found, 2 not possible."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = build_parser().parse_args(arguments)
        code: int = options.run(options, Settings.from_environment())
        sys.stdout.flush()
        return code
    except WenjuError as error:
        note(str(error))
        return FAILED
    except BrokenPipeError:
        # What is left in the buffer must go somewhere, or Python complains at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        note(f"{error.filename}: {error.strerror}; check the path")
        return FAILED
    except KeyboardInterrupt:
        note("interrupted; what was committed stays")
        return 130


if __name__ == "__main__":
    sys.exit(main())
