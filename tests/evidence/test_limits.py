"""Thresholds of the evidence have one home: `evidence/limits.py`, and `CheckLimits` for those that a programme sets."""

import ast
from pathlib import Path

import pytest

from analytics import evidence
from analytics.evidence import limits

MODULES = sorted(set(Path(evidence.__file__).parent.glob("*.py")) - {Path(limits.__file__)})
# Signs, absence and "at most one" are rules that the code itself says; one half is the middle of a distribution.
NO_THRESHOLDS = {0, 0.5, 1}


def numbers_in(tree: ast.AST) -> set[float]:
    """The numbers that are written out in a piece of code: not which of several values is meant, nor that a range has
    two sides and a difference two errors (x / 2, 2 ** 0.5).
    """
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            skipped |= {id(part) for part in ast.walk(node.slice)}
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow):
            two = node.right if isinstance(node.op, ast.Div) else node.left
            skipped |= {id(two)} if isinstance(two, ast.Constant) and two.value == 2 else set()
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in skipped]
    return {value for value in values if isinstance(value, int | float) and not isinstance(value, bool)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_other_module_of_the_evidence_has_a_threshold(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    constants = [node for body in bodies for node in body if isinstance(node, ast.Assign | ast.AnnAssign)]
    assert not {number for node in constants for number in numbers_in(node)}
    comparisons = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    assert not {number for node in comparisons for number in numbers_in(node)} - NO_THRESHOLDS


def test_every_threshold_says_what_it_limits():
    source = Path(limits.__file__).read_text(encoding="utf-8").splitlines()
    assigned = [node for node in ast.parse("\n".join(source)).body if isinstance(node, ast.Assign)]
    assert assigned
    for node in assigned:
        assert source[node.lineno - 2].startswith("# "), f"line {node.lineno} has no comment above it"
