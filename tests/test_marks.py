"""Tests are marked by what they use."""

import subprocess

import pytest
from effort import grows_linearly


@pytest.fixture
def marks(request):
    return {mark.name for mark in request.node.iter_markers()}


def test_what_uses_nothing_is_not_marked(marks):
    assert marks == set()


def test_a_fixture_marks_what_builds_on_it(lexicon, marks):
    assert marks == {"model"}


def test_a_helper_marks_whoever_calls_it(marks):
    assert marks == {"growth", "process"}
    assert callable(grows_linearly)
    assert callable(subprocess.run)
