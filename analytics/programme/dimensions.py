"""The dimensions by which firms are grouped: one list, from which columns, SQL, cube, tables and pages derive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.language.text import DEFAULT_LANGUAGE
from analytics.programme.classifications import DIVISIONS, PROVINCES
from analytics.programme.parts import Area, BeneficiaryKind, Grouping, Named, Sector, Tranche, Words

Group = tuple[tuple[str, str], ...]  # dimension and code of each that is named, in the list's order; (): all firms

# Dimensions of every programme, in the order of a release's columns; a programme's own groupings come after them.
DIMENSIONS = ("sector", "macro_sector", "wave", "size_class", "channel", "area", "province", "beneficiary_kind")


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way of grouping firms.

    name: its column in panel, cube and release; codes: its groups, in the order of the programme file; source: the
    column of a firm, or the dimension, that its code is told from; code_by: value of the source -> code (None: the
    value is the code); default: the code of firms of which the source is not known; parents: the dimensions that each
    of its groups lies wholly in; of_sectors: whether its groups are whole sectors, which share no firm of either arm:
    claims are made of these.
    """

    name: str
    codes: tuple[Named, ...]
    source: str
    code_by: Mapping[Any, str] | None = None
    default: str | None = None
    parents: tuple[str, ...] = ()
    of_sectors: bool = False

    def code_of(self, firms: pd.DataFrame) -> pd.Series:
        """(n_firms,) the code of each firm, missing where it has none, from a frame with the column `source`."""
        codes = firms[self.source] if self.code_by is None else firms[self.source].map(dict(self.code_by))
        codes = codes.astype(object).where(codes.notna(), None)
        return codes if self.default is None else codes.fillna(self.default)


def dimensions_of(
    *,
    sectors: Sequence[Sector],
    macro_sectors: Sequence[Named],
    groupings: Sequence[Grouping],
    tranches: Sequence[Tranche],
    size_classes: Sequence[Named],
    channels: Sequence[Named],
    areas: Sequence[Area],
    beneficiary_kinds: Sequence[BeneficiaryKind],
) -> tuple[Dimension, ...]:
    """The dimensions of a programme: those of DIMENSIONS, then its own groupings of sectors."""
    macro_of = {sector.id: sector.macro_sector for sector in sectors}
    area_of = {province: area.id for area in areas for province in area.provinces}
    wholes = ("macro_sector", *(grouping.id for grouping in groupings))
    only = sectors[0].id if len(sectors) == 1 else None
    return (
        Dimension("sector", tuple(sectors), "division", sector_of_division(sectors), only, wholes, of_sectors=True),
        Dimension("macro_sector", tuple(macro_sectors), "sector", macro_of, of_sectors=True),
        Dimension("wave", tuple(tranches), "tranche"),
        Dimension("size_class", tuple(size_classes), "size_class"),
        Dimension("channel", tuple(channels), "channel"),
        Dimension("area", tuple(areas), "province", area_of),
        Dimension("province", _provinces(area_of), "province", {code: code for code in area_of}, parents=("area",)),
        Dimension("beneficiary_kind", tuple(beneficiary_kinds), "beneficiary_kind"),
        *(
            Dimension(grouping.id, grouping.groups, "sector", grouping.group_of_sector, of_sectors=True)
            for grouping in groupings
        ),
    )


def sector_of_division(sectors: Sequence[Sector]) -> dict[int, str]:
    """ATECO 2007 division -> sector; every division has one."""
    listed = {division: sector.id for sector in sectors for division in sector.divisions}
    rest = next(sector.id for sector in sectors if sector.rest)
    return {division: listed.get(division, rest) for division in DIVISIONS}


def _provinces(codes: Iterable[str]) -> tuple[Named, ...]:
    """Provinces have one name in every language."""
    return tuple(
        Named.model_construct(id=code, label=Words({DEFAULT_LANGUAGE: PROVINCES[code].name})) for code in codes
    )
