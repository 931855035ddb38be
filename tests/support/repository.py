"""Where the tests find the project, and the shared data beside it."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"
TESTS = REPOSITORY / "tests"
