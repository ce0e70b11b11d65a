"""Files with a column per month, quarter or year: which of their columns hold which outcome of which period.

A wide file is read as one block per period, each a long table of its own; a long file is one block.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.store.columns import Table
from analytics.store.formats import one_line
from analytics.store.mapping.file import ColumnMapping, PeriodColumns
from analytics.store.mapping.heading_periods import HeadingPeriod, find_period, period_of
from analytics.store.mapping.headings import words_of
from analytics.store.mapping.names import means_outcome, outcome_keys, outcome_words
from analytics.store.readers.table import TYPED

PERIOD = "{period}"
SHOWN = 300  # characters of a list of headings in a message
_TOTALS = frozenset({"total", "totals", "somm", "sum"})  # without endings: columns that add up the others


@dataclass(frozen=True, slots=True)
class Block:
    """One long table inside a file: which of its columns is which of ours.

    names: ours -> theirs; constants: ours -> the same for every row; combined: the columns that say the period
    together. Where `combined` names neither month nor quarter, the constant `period` is the part of its year that this
    block holds: "03" or "Q1".
    """

    names: dict[str, str]
    constants: dict[str, str]
    combined: PeriodColumns | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        combined = self.combined
        parts = (combined.year, combined.month, combined.quarter) if combined else ()
        return (*self.names.values(), *filter(None, parts))


@dataclass(slots=True)
class _Cells:
    """The columns of one period: its place in time, and the column of each outcome."""

    period: HeadingPeriod
    columns: dict[str, str] = field(default_factory=dict)


def blocks_of(names: Sequence[str], table: Table, mapping: ColumnMapping, programme: Programme) -> tuple[Block, ...]:
    """The long tables that a file's columns hold, by period; one where the file is long.

    Raises UserError where a pattern of `[wide]` fits no heading, or one that names no period; a period stands twice;
    periods have several frequencies; their year is nowhere; or the period is said in two ways.
    """
    in_file = {one_line(name.removeprefix(TYPED)): name for name in names}
    sought = {column.name: mapping.columns.get(column.name, column.name) for column in table}
    long = {ours: in_file[theirs] for ours, theirs in sought.items() if theirs in in_file}
    long = {ours: theirs for ours, theirs in long.items() if ours not in mapping.constants}
    if table.name != "sales" and not mapping.wide and mapping.period is None:
        return (Block(long, dict(mapping.constants)),)  # months in their headings are columns that nobody asked for
    if not mapping.wide:
        return (_long_block(in_file, long, mapping, programme),)
    _check_wide(mapping, programme, long)
    combined = _combined(mapping.period, in_file)
    cells = _cells(names, mapping, {*long.values(), *((combined.year,) if combined else ())})
    return tuple(_block(one, long, mapping, combined) for one in cells)


def _combined(period: PeriodColumns | None, in_file: dict[str, str]) -> PeriodColumns | None:
    """The columns that say the period together, by the names that the file gives them. Raises UserError without one."""
    if period is None:
        return None
    absent = [name for name in period.model_dump(exclude_none=True).values() if one_line(name) not in in_file]
    if absent:
        raise UserError("mapping.period_absent", column=absent[0], found=", ".join(in_file)[:SHOWN])
    return PeriodColumns(**{key: in_file[one_line(name)] for key, name in period.model_dump(exclude_none=True).items()})


def _long_block(in_file: dict[str, str], long: dict[str, str], mapping: ColumnMapping, programme: Programme) -> Block:
    constants = dict(mapping.constants)
    if "period" in long or "period" in constants:
        if mapping.period is not None:
            raise UserError("mapping.wide_conflict", entry="period", other="period")
        return Block(long, constants)
    combined = _combined(mapping.period, in_file)
    in_parts = combined is not None and bool(combined.month or combined.quarter)
    bare = [name for name in in_file.values() if period_of(name)]
    if not in_parts and len(bare) > 1 and not any(outcome.column in long for outcome in programme.outcomes):
        lines = "\n".join(f'{outcome.column} = "{PERIOD}"' for outcome in programme.outcomes)
        found = ", ".join(heading_text(name) for name in bare)[:SHOWN]
        raise UserError("mapping.wide_ambiguous", found=found, lines=f"[wide]\n{lines}")
    if combined is not None and not in_parts:
        return Block(long | {"period": combined.year}, constants)
    return Block(long, constants, combined)


def outcome_of(heading: str, mapping: ColumnMapping) -> str | None:
    """The outcome column that a heading is of by a pattern of `[wide]`; None where it fits none or names no period."""
    fitting = ((ours, _compiled(pattern).fullmatch(heading_text(heading))) for ours, pattern in mapping.wide.items())
    return next((ours for ours, match in fitting if match and find_period(match["period"])), None)


def heading_text(heading: str) -> str:
    """A heading as a message shows it."""
    return one_line(heading.removeprefix(TYPED))


def _check_wide(mapping: ColumnMapping, programme: Programme, long: dict[str, str]) -> None:
    """Refuse a pattern for what is no outcome, and an outcome or period that is said in two ways."""
    known = [outcome.column for outcome in programme.outcomes]
    for ours in mapping.wide:
        if ours not in known:
            raise UserError("mapping.strange", entry=f"wide.{ours}", known=", ".join(known))
        if ours in mapping.columns or ours in mapping.constants:
            raise UserError("mapping.wide_conflict", entry=f"wide.{ours}", other=ours)
    if "period" in long or (mapping.period and (mapping.period.month or mapping.period.quarter)):
        raise UserError("mapping.wide_conflict", entry="wide", other=long.get("period", "period"))


def _cells(names: Sequence[str], mapping: ColumnMapping, taken: set[str]) -> list[_Cells]:
    """The columns of each period, in the order of time."""
    patterns = {ours: _compiled(pattern) for ours, pattern in mapping.wide.items()}
    by_period: dict[HeadingPeriod, _Cells] = {}
    for name in names:
        fitting = None if name in taken else _fitting(name, patterns, mapping)
        if fitting is None:
            continue
        ours, period = fitting
        columns = by_period.setdefault(period, _Cells(period)).columns
        if ours in columns:
            raise UserError(
                "mapping.wide_twice", first=heading_text(columns[ours]), second=heading_text(name), entry=f"wide.{ours}"
            )
        columns[ours] = name
    found = {ours for one in by_period.values() for ours in one.columns}
    for ours, pattern in mapping.wide.items():
        if ours not in found:
            headings = ", ".join(map(heading_text, names))[:SHOWN]
            raise UserError("mapping.wide_nothing", entry=f"wide.{ours}", pattern=pattern, found=headings)
    return _in_time(list(by_period.values()))


def _compiled(pattern: str) -> re.Pattern[str]:
    before, _, after = pattern.partition(PERIOD)
    literal = (r"\s+".join(map(re.escape, part.split())) for part in (before, after))
    return re.compile(r"\s*(?P<period>.+?)\s*".join(literal), re.IGNORECASE)


def _fitting(
    name: str, patterns: dict[str, re.Pattern[str]], mapping: ColumnMapping
) -> tuple[str, HeadingPeriod] | None:
    """The outcome and period of a heading, by the pattern with most words that fits it; None of another column."""
    closest: str | None = None
    for ours in sorted(patterns, key=lambda ours: -len(mapping.wide[ours])):
        match = patterns[ours].fullmatch(heading_text(name))
        if match is None:
            continue
        period = period_of(name if name.startswith(TYPED) else match["period"])
        if period is not None:
            return ours, period
        bare = mapping.wide[ours].strip() == PERIOD
        if closest is None and not (bare and find_period(name) is None) and not words_of(match["period"]) & _TOTALS:
            closest = ours
    if closest is not None:
        raise UserError(
            "mapping.wide_not_period", column=heading_text(name), entry=f"wide.{closest}", pattern=mapping.wide[closest]
        )
    return None


def _in_time(cells: list[_Cells]) -> list[_Cells]:
    """In the order of time. Raises UserError where headings have several frequencies, or some a year and some none."""
    first = cells[0].period
    for one in cells:
        if one.period.frequency != first.frequency or (one.period.year is None) != (first.year is None):
            pair = [heading_text(next(iter(other.columns.values()))) for other in (cells[0], one)]
            raise UserError("mapping.wide_frequency", first=pair[0], second=pair[1])
    return sorted(cells, key=lambda one: (one.period.year or 0, one.period.part or 0))


def _block(one: _Cells, shared: dict[str, str], mapping: ColumnMapping, combined: PeriodColumns | None) -> Block:
    """The long table of one period."""
    constants = {ours: value for ours, value in mapping.constants.items() if ours != "period"}
    names = shared | one.columns
    year = mapping.constants.get("period")
    if one.period.year is not None:
        if combined is not None or year is not None:
            raise UserError("mapping.wide_conflict", entry="wide", other="period")
        return Block(names, constants | {"period": one.period.in_year(str(one.period.year))})
    if combined is not None:
        return Block(names, constants | {"period": one.period.part_text}, combined)
    if year is None or not re.fullmatch(r"(19|20)\d\d", year.strip()):
        raise UserError("mapping.wide_year", column=heading_text(next(iter(one.columns.values()))))
    return Block(names, constants | {"period": one.period.in_year(year.strip())})


@dataclass(frozen=True, slots=True)
class WidePatterns:
    """What the headings with a period say. certain: outcome column -> the one pattern that names it; proposed: patterns
    that may be an outcome, with that outcome's column or None; headings: each heading with a period -> its pattern."""

    certain: dict[str, str]
    proposed: dict[str, str | None]
    headings: dict[str, str]


def read_patterns(names: Sequence[str], table: Table, programme: Programme, titles: Sequence[str] = ()) -> WidePatterns:
    """The patterns of the headings that hold a period. titles: what stands above the header or names the sheet."""
    headings: dict[str, str] = {}
    if table.name == "sales":
        for name in names:
            if (found := find_period(name)) is not None:
                headings[name] = one_line(name[: found[1]] + PERIOD + name[found[2] :])
    by_pattern: dict[str, list[str]] = defaultdict(list)
    for name, pattern in headings.items():
        by_pattern[pattern.casefold()].append(name)
    meant: dict[str, list[str]] = defaultdict(list)
    proposed: dict[str, str | None] = {}
    for members in by_pattern.values():
        pattern, rest = headings[members[0]], headings[members[0]].replace(PERIOD, " ")
        outcomes = [outcome for outcome in programme.outcomes if means_outcome(rest, outcome)]
        months_alone = all((found := find_period(name)) and found[0].year is None for name in members)
        if len(outcomes) == 1 and (len(members) > 1 or not months_alone):
            meant[outcomes[0].column].append(pattern)
        elif len(members) > 1:
            if not words_of(rest) and len(programme.outcomes) == 1:
                meant[programme.outcomes[0].column].append(pattern)
            else:
                proposed[pattern] = _nearest_outcome(rest, titles, programme)
    certain = {ours: patterns[0] for ours, patterns in meant.items() if len(patterns) == 1}
    proposed |= {pattern: ours for ours, patterns in meant.items() if len(patterns) > 1 for pattern in patterns}
    known = {*map(str.casefold, certain.values()), *map(str.casefold, proposed)}
    return WidePatterns(certain, proposed, {n: p for n, p in headings.items() if p.casefold() in known})


def _nearest_outcome(rest: str, titles: Sequence[str], programme: Programme) -> str | None:
    """The outcome that a heading without its period may mean; of a bare period the one that a title names."""
    said = outcome_words(rest)
    if not said:
        named = [o.column for o in programme.outcomes if any(means_outcome(title, o) for title in titles)]
        return named[0] if len(named) == 1 else None
    shares = {
        outcome.column: max(len(said & key) / len(said | key) for key in outcome_keys(outcome))
        for outcome in programme.outcomes
    }
    best = max(shares, key=lambda column: shares[column])
    return best if shares[best] > 0 else None
