"""Awkward files as officers have them, made by code, each with what must come of it: `CASES`, by name."""

from tests.store.corpus import (
    applications,
    books,
    comparison,
    doubts,
    foreign,
    mappings,
    numbers,
    other_books,
    parquets,
    periods,
    texts,
    wide,
)
from tests.store.corpus.case import Case

_PARTS = (
    *(texts, numbers, periods, wide, applications, comparison),
    *(books, other_books, foreign, parquets, mappings, doubts),
)
CASES: dict[str, Case] = {}
for _part in _PARTS:
    for _case in _part.cases():
        if _case.name in CASES:
            raise ValueError(f"two cases are named {_case.name}")
        CASES[_case.name] = _case
