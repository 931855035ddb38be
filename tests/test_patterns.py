"""Regular expressions that are written as f-strings."""

import ast

import pytest
from repository import REPOSITORY


def literals_in_braces(tree):
    """What stands in the braces of f-strings though it never changes: {1, 2} of a pattern."""
    return [
        ast.unparse(part.value)
        for part in ast.walk(tree)
        if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Constant | ast.Tuple)
    ]


def test_a_quantifier_in_an_f_string_is_seen():
    code = 'rf"[一二十]{1, 2}x{3}y{{1,2}}{name}"'

    assert literals_in_braces(ast.parse(code)) == ["(1, 2)", "3"]


@pytest.mark.parametrize("folder", ["rag", "api", "ui"])
def test_no_quantifier_is_lost_in_an_f_string(folder):
    lost = {
        str(path): found
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
        if (found := literals_in_braces(ast.parse(path.read_text("utf-8"))))
    }

    assert lost == {}
