"""Public classifications. Expected values: Eurostat NUTS 2021/2024; Istat ATECO 2007, 2022, 2025; 2003/361/EC."""

from contextlib import suppress

import ateco
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.programme.classifications import (
    ATECO_EDITIONS,
    DIVISIONS,
    PROVINCES,
    AmbiguousCodeError,
    UnknownCodeError,
    division_2007,
    size_class,
)


def test_the_twelve_provinces_of_lombardy():
    """NUTS 3 codes ITC41 to ITC4D, without an ITC45."""
    assert sorted(province.nuts for province in PROVINCES.values()) == [f"ITC4{x}" for x in "12346789ABCD"]
    assert PROVINCES["MB"].nuts == "ITC4D"
    assert all(code == province.code for code, province in PROVINCES.items())


def test_ateco_2007_has_88_divisions():
    """NACE Rev. 2: 01 to 99 with eleven holes."""
    assert len(DIVISIONS) == 88
    assert not {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89} & set(DIVISIONS)


@pytest.mark.parametrize(
    ("code", "edition", "division"),
    [
        ("47.91.10", "2007", 47),
        ("47.91.10", "2022", 47),
        ("479110", "2007", 47),
        (" C.10.71.20 ", "2007", 10),
        ("g47.91", "2007", 47),
        ("01", "2007", 1),
        ("62.10.00", "2025", 62),
        ("10.71.00", "2007", 10),
        ("107100", "2007", 10),
    ],
)
def test_a_code_has_its_division(code, edition, division):
    """With or without dots, section letter, and zeros that fill it up to six digits."""
    assert division_2007(code, edition) == division


@pytest.mark.parametrize(
    "code", ["", "4", "04", "47.9x", "47.91.10.1", "99.99", "1.11", "abc", "٤٧", "47,91", "\0", "C"]
)
@pytest.mark.parametrize("edition", ATECO_EDITIONS)
def test_codes_that_an_edition_does_not_have_are_unknown(code, edition):
    """Never guessed."""
    with pytest.raises(UnknownCodeError):
        division_2007(code, edition)


def test_the_edition_decides_what_a_code_means():
    """A 2025 code is mapped where the official correspondence is clear; where it is not, that is said, not guessed."""
    outcomes = {"mapped": 0, "ambiguous": 0}
    for number in range(1, 100):
        code = f"{number:02}"
        if ateco.lookup(code, edition="2025") is None:
            continue
        try:
            assert division_2007(code, "2025") in DIVISIONS
            outcomes["mapped"] += 1
        except AmbiguousCodeError:
            outcomes["ambiguous"] += 1
    assert min(outcomes.values()) > 0


@given(st.text(max_size=12), st.sampled_from(ATECO_EDITIONS))
def test_any_text_is_a_division_or_unknown(code, edition):
    """No other exception."""
    with suppress(UnknownCodeError, AmbiguousCodeError):
        assert division_2007(code, edition) in DIVISIONS


@pytest.mark.parametrize(
    ("staff", "turnover", "balance", "size"),
    [
        (9, 2e6, None, "micro"),
        (9.9, 3e6, 2e6, "micro"),
        (9, 2.1e6, 2.1e6, "small"),
        (10, 0, 0, "small"),
        (49, 10e6, 99e6, "small"),
        (50, 1, 1, "medium"),
        (249, 51e6, 43e6, "medium"),
        (249, 51e6, 44e6, None),
        (250, 1, 1, None),
        (5, None, None, "micro"),
        (5, None, 60e6, None),
    ],
)
def test_size_classes(staff, turnover, balance, size):
    """Staff, and one of the two amounts, at or below the limit; unknown money leaves staff to decide."""
    assert size_class(staff, turnover, balance) == size
