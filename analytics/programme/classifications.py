"""Public classifications: provinces, activity codes, size classes. Facts with their source; no rules of a programme."""

import re
from dataclasses import dataclass
from typing import Literal

import ateco


@dataclass(frozen=True, slots=True)
class Province:
    """A province of Lombardy: car-plate code, NUTS 3 code (2021 and 2024 editions), name."""

    code: str
    nuts: str
    name: str


# Eurostat, NUTS 2021 and 2024. There is no ITC45.
PROVINCES = {
    province.code: province
    for province in (
        Province("VA", "ITC41", "Varese"),
        Province("CO", "ITC42", "Como"),
        Province("LC", "ITC43", "Lecco"),
        Province("SO", "ITC44", "Sondrio"),
        Province("BG", "ITC46", "Bergamo"),
        Province("BS", "ITC47", "Brescia"),
        Province("PV", "ITC48", "Pavia"),
        Province("LO", "ITC49", "Lodi"),
        Province("CR", "ITC4A", "Cremona"),
        Province("MN", "ITC4B", "Mantova"),
        Province("MI", "ITC4C", "Milano"),
        Province("MB", "ITC4D", "Monza e della Brianza"),
    )
}

AtecoEdition = Literal["2007", "2022", "2025"]
ATECO_EDITIONS: tuple[AtecoEdition, ...] = ("2007", "2022", "2025")
# Divisions of ATECO 2007 (NACE Rev. 2): 88 of them; the 2022 update left them as they were.
DIVISIONS = tuple(n for n in range(1, 100) if ateco.lookup(f"{n:02d}", edition="2007") is not None)
_CODE = re.compile(r"^\d{2}(\.?\d{1,2}(\.?\d{1,2})?)?$")


class UnknownCodeError(ValueError):
    """An activity code that its edition does not have."""


class AmbiguousCodeError(ValueError):
    """An activity code of one edition that stands for several divisions of another."""


def division_2007(code: str, edition: AtecoEdition) -> int:
    """The ATECO 2007 division of a code of any edition.

    Raises UnknownCodeError when the edition has no such code, AmbiguousCodeError when the official correspondence
    (Istat, as packaged in `ateco`) leads to more than one division: never guessed.
    """
    code = code.strip().upper()
    if re.match(r"^[A-V]\.?\d", code):  # "C.10.71": the section letter says nothing that the code does not
        code = code[1:].lstrip(".")
    if not _CODE.match(code):
        raise UnknownCodeError(code)
    code = _without_padding(ateco.canonicalize(code), edition)
    if edition != "2025":
        return int(code[:2])
    divisions = {int(target[:2]) for target in ateco.map_code(code, "2025", "2022").targets}
    if not divisions:
        raise UnknownCodeError(code)
    if len(divisions) > 1:
        raise AmbiguousCodeError(code)
    return divisions.pop()


def _without_padding(code: str, edition: AtecoEdition) -> str:
    """A code that its edition has; zeros at the end by which registers fill a code up to six digits say nothing
    (10.71.00 is 10.71 where there is no 10.71.00). Raises UnknownCodeError."""
    shorter = code
    while ateco.lookup(shorter, edition=edition) is None:
        if not shorter.endswith("0") or len(shorter) <= 2:
            raise UnknownCodeError(code)
        shorter = shorter[:-1].rstrip(".")
    return shorter


# Recommendation 2003/361/EC: name, staff below, turnover and balance sheet up to (euros)
SIZE_LIMITS = (("micro", 10, 2e6, 2e6), ("small", 50, 10e6, 10e6), ("medium", 250, 50e6, 43e6))


def size_class(employees: float, turnover_eur: float | None, balance_sheet_eur: float | None) -> str | None:
    """micro, small, medium or None (large) by Recommendation 2003/361/EC; unknown money leaves staff to decide."""
    for name, staff, turnover_limit, balance_limit in SIZE_LIMITS:
        known = [
            amount <= limit
            for amount, limit in ((turnover_eur, turnover_limit), (balance_sheet_eur, balance_limit))
            if amount is not None
        ]
        if employees < staff and (not known or any(known)):
            return name
    return None
