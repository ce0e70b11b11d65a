"""How a file of sales says its periods: in a column, in two (year and month), or in the headings of a wide file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analytics.programme.file import Programme
from analytics.store.columns import Table
from analytics.store.formats import one_line
from analytics.store.mapping.file import PeriodColumns
from analytics.store.mapping.heading_periods import find_period
from analytics.store.mapping.headings import words_of
from analytics.store.mapping.matching import Fit
from analytics.store.mapping.names import MONTH, QUARTER, YEAR
from analytics.store.mapping.wide import heading_text, read_patterns

_YEAR_OF_TITLE = re.compile(r"(?:\b(?:anno|year|esercizio)\W{0,3})?\b((?:19|20)\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ToldPeriods:
    """How the period is said. certain: heading -> column of ours, without what turned out to be a part of the period;
    combined: the columns that say it together; wide: outcome column -> its pattern; maybe_wide: patterns of which it is
    not certain what they are of; headings: heading with a period -> its pattern; year: of headings without one, as a
    title says it."""

    certain: dict[str, str]
    combined: PeriodColumns | None = None
    wide: dict[str, str] = field(default_factory=dict)
    maybe_wide: dict[str, str | None] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    year: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """The headings of the columns that say the period together."""
        said = self.combined.model_dump(exclude_none=True).values() if self.combined is not None else ()
        return dict.fromkeys(said, "period")

    def as_proposals(self, certain: dict[str, str]) -> "ToldPeriods":
        """The same where a mapping is at hand, beside which nothing of it is certain."""
        uncertain: dict[str, str | None] = {pattern: ours for ours, pattern in self.wide.items()}
        return ToldPeriods(certain, None, {}, uncertain | self.maybe_wide, self.headings, self.year)


def tell_periods(
    found: Mapping[str, Mapping[str, Fit]],
    certain: dict[str, str],
    table: Table,
    programme: Programme,
    titles: Sequence[str],
) -> ToldPeriods:
    """How a file says its periods. found: heading -> the columns of ours that it names; certain: heading -> the one
    that it certainly is.
    """
    if table.name != "sales":
        return ToldPeriods(certain)
    year = _one_of(found, YEAR)
    part = _one_of(found, MONTH), _one_of(found, QUARTER)
    own = [name for name, ours in certain.items() if ours == "period" and name not in (year, *part)]
    without = {name: ours for name, ours in certain.items() if ours != "period"}
    named = [name for name, columns in found.items() if columns.get("period", Fit.OTHERWISE) < Fit.OTHERWISE]
    if own:
        return ToldPeriods(certain)
    if {*named} - {year, *part}:
        return ToldPeriods(without)
    if year is not None and any(part):
        return ToldPeriods(without, PeriodColumns(year=year, month=part[0], quarter=None if part[0] else part[1]))
    if any(part):
        return ToldPeriods(certain)
    patterns = read_patterns([name for name in found if name not in without], table, programme, titles)
    if not patterns.headings:
        return ToldPeriods(certain)
    periods = [reading[0] for name in patterns.headings if (reading := find_period(name)) is not None]
    if all(period.year is not None for period in periods):
        return ToldPeriods(without, None, patterns.certain, patterns.proposed, patterns.headings)
    if year is not None:
        combined = PeriodColumns(year=year)
        return ToldPeriods(without, combined, patterns.certain, patterns.proposed, patterns.headings)
    said = _year_said(titles)
    return ToldPeriods(without, None, patterns.certain, patterns.proposed, patterns.headings, said)


def _one_of(headings: Mapping[str, object], names: Sequence[str]) -> str | None:
    """The one heading that is among these names."""
    keys = {words_of(name) for name in names}
    fitting = [heading for heading in headings if words_of(heading_text(heading)) in keys]
    return one_line(fitting[0]) if len(fitting) == 1 else None


def _year_said(titles: Sequence[str]) -> str | None:
    """The year that stands above a table, where one alone does."""
    years = {year for title in titles for year in _YEAR_OF_TITLE.findall(title)}
    return years.pop() if len(years) == 1 else None
