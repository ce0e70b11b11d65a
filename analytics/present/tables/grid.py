"""A cohort table as a page shows it: words in cells, numbers to sort by, and the totals apart, which stay in place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import pandas as pd

from analytics.language.text import Text
from analytics.model import ConfStatus, ObsStatus
from analytics.present.sentences.phrases import dimension_words
from analytics.present.sentences.where import row_verb
from analytics.present.tables.cohorts import EVERY, SETS, CohortQuery
from analytics.present.tables.table import Table
from analytics.present.verbs import tells, verb_of
from analytics.present.written import EMPTY, amount
from analytics.release import Release
from analytics.release.figure_id import short
from analytics.release.measures import ALL

Values = Mapping[str, Any]  # column -> value, of a row of a table


class RowKind(StrEnum):
    """What a row of a cohort table is of."""

    WHOLE = "whole"  # the programme
    MARGIN = "margin"  # all codes of one of two dimensions
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class GridCell:
    """words: what is read; sort: the number to sort by, None where there is none (it goes last); figure_id: of the
    figure that the words are the id of, "" elsewhere.
    """

    words: str
    sort: float | None = None
    figure_id: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: its names, one per heading of names, and its cells."""

    kind: RowKind
    names: tuple[GridCell, ...]
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """names, numbers: the headings; rows in the programme's order."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[GridRow, ...]


_Cell = Callable[[Values, Release, Text], GridCell]


def group_time_grid(table: Table, text: Text) -> Grid:
    """The table of ATT(g, t) of the programme or of one sector, as its page shows it: a row per wave and period."""
    names = (dimension_words(table.release, "wave", text), text("cohorts.period"))
    heads = ("compared_with", "att", "range", "simultaneous_range", "n", "n_comparison")
    rows = (
        GridRow(RowKind.CELL, (GridCell(row["wave_label"]), _of_award(row, text)), _att_cells(row, text))
        for row in _records(table.data)
    )
    return Grid(names, tuple(text(f"cohorts.{head}") for head in heads), tuple(rows))


def _of_award(row: Values, text: Text) -> GridCell:
    """The period of a row; where the wave was awarded in it, that it was."""
    period = _period(row["period"], text)
    awarded = row["period"] == row["award_period"]
    return replace(period, words=text("cohorts.award_period", period=period.words)) if awarded else period


def _period(written: str, text: Text) -> GridCell:
    """A period as SDMX writes it, in words."""
    period = pd.Period(written.replace("-Q", "Q").replace("-M", "-"))
    return GridCell(text.period(period), float(period.ordinal))


def _att_cells(row: Values, text: Text) -> tuple[GridCell, ...]:
    def interval(low: str, high: str) -> GridCell:
        if row[low] is None:
            return GridCell(code_of(row, "att"))
        return GridCell(text.interval(row[low], row[high]), float(row[low]))

    def at_least(n: int | None) -> GridCell:
        return GridCell(EMPTY) if n is None else GridCell(text("format.at_least", n=text.number(n)), float(n))

    return (
        _period(row["compared_with"], text) if row["compared_with"] else GridCell(EMPTY),
        _told(row, "att", text.percent),
        interval("att_low", "att_high"),
        interval("att_band_low", "att_band_high"),
        at_least(row["att_n_least"]),
        at_least(row["att_n_comparison_least"]),
    )


def cohort_grid(table: Table, query: CohortQuery, text: Text) -> Grid:
    """The table of a query, as its page shows it. table: with every column, whatever sets the query names."""
    release = table.release
    shown = [column for name in SETS if name in query.sets for column in _OF_SET[name]]
    told = [name for name, value in (("horizon", query.horizon), ("estimand", query.estimand)) if value == EVERY]
    names = [dimension_words(release, name, text) for name in query.by] + [text(f"cohorts.{name}") for name in told]
    rows = (
        GridRow(
            _kind(row, query.by),
            tuple(GridCell(str(row[f"{name}_label"])) for name in (*query.by, *told)),
            tuple(cell(row, release, text) for _, cell in shown),
        )
        for row in _records(table.data)
    )
    return Grid(tuple(names), tuple(text(f"cohorts.{head}") for head, _ in shown), tuple(rows))


def _records(data: pd.DataFrame) -> Iterator[Values]:
    """The rows, None where there is no value."""
    plain = data.astype(object).where(data.notna(), None)
    columns = list(map(str, plain))
    return (dict(zip(columns, values, strict=True)) for values in plain.itertuples(index=False, name=None))


def _kind(row: Values, by: tuple[str, ...]) -> RowKind:
    totals = sum(row[name] == ALL for name in by)
    return RowKind.CELL if not totals else RowKind.WHOLE if totals == len(by) else RowKind.MARGIN


def code_of(row: Values, name: str) -> str:
    """The letter that stands where a figure has no value: C confidential, u too few firms, m else; "" of a value."""
    if row[name] is not None:
        return ""
    conf, obs = row[f"{name}_conf_status"], row[f"{name}_status"]
    if conf is None:
        return EMPTY
    return "C" if conf != ConfStatus.FREE else "u" if obs == ObsStatus.LOW_RELIABILITY else "m"


def _told(row: Values, name: str, words: Callable[[Any], str]) -> GridCell:
    """A figure's words, or its letter; one of an earlier release is marked."""
    value = row[name]
    if value is None:
        return GridCell(code_of(row, name))
    mark = " (p)" if row[f"{name}_status"] == ObsStatus.PROVISIONAL else ""
    return GridCell(words(value) + mark, float(value))


def _count(name: str) -> _Cell:
    def cell(row: Values, _: Release, text: Text) -> GridCell:
        told = _told(row, name, text.number)
        if row.get(f"{name}_n_at_least") and told.sort is not None:
            return GridCell(text("format.at_least", n=told.words), told.sort)
        return told

    return cell


def _grants(row: Values, _: Release, text: Text) -> GridCell:
    return _told(row, "grants", lambda value: text.money(value, row["grants_unit"]))


def _amount(name: str) -> _Cell:
    def cell(row: Values, release: Release, text: Text) -> GridCell:
        outcome = release.programme.outcome(row["outcome"])
        return _told(row, name, lambda value: amount(value, outcome, text))

    return cell


def _percent(name: str) -> _Cell:
    return lambda row, _, text: _told(row, name, text.percent)


def _effect(row: Values, _: Release, text: Text) -> GridCell:
    return _told(row, "effect", lambda value: text.measured(value, row["effect_unit"]))


def _range(low: str, high: str) -> _Cell:
    """A range, sorted by its lower end."""

    def cell(row: Values, _: Release, text: Text) -> GridCell:
        if row[low] is None:
            return GridCell(code_of(row, "effect") or EMPTY)
        return GridCell(text.interval(row[low], row[high], row["effect_unit"]), float(row[low]))

    return cell


def _n(name: str) -> _Cell:
    """How many firms an effect rests on, "at least" so many where it is told so; confidential where it is not told."""

    def cell(row: Values, _: Release, text: Text) -> GridCell:
        n = row[name]
        if n is None:
            return GridCell(EMPTY if row["effect_status"] is None else "C")
        at_least = name == "effect_n_comparison" and row["effect_n_comparison_at_least"]
        written = text.number(n)
        return GridCell(text("format.at_least", n=written) if at_least else written, float(n))

    return cell


def _measured(name: str) -> _Cell:
    def cell(row: Values, _: Release, text: Text) -> GridCell:
        value = row[name]
        return GridCell(EMPTY) if value is None else GridCell(text.measured(value, row["effect_unit"]), float(value))

    return cell


def _p_value(row: Values, _: Release, text: Text) -> GridCell:
    p = row["effect_p_value"]
    return GridCell(EMPTY) if p is None else GridCell(text.p_value(p).removeprefix("p = ").removeprefix("p "), float(p))


def _grade(row: Values, _: Release, text: Text) -> GridCell:
    code = row["effect_grade"]
    return GridCell(EMPTY if code is None else text(f"grade.{code}"))


def _reading(row: Values, release: Release, text: Text) -> GridCell:
    """What may be said of an effect, as strongly as its grade allows and no more; nothing of one without a claim."""
    figure = release.by_id(row["effect_figure_id"]) if row["effect_verdict"] else None
    if figure is None or figure.grade is None or figure.verdict is None:
        return GridCell(EMPTY)
    if tells(figure):
        return GridCell(row_verb(release, figure, text))
    return GridCell(text(f"cohorts.untold.{verb_of(figure.grade, figure.verdict)}"))


def _figure_id(row: Values, _: Release, __: Text) -> GridCell:
    figure_id = row["effect_figure_id"]
    return GridCell(EMPTY) if figure_id is None else GridCell(short(figure_id), figure_id=figure_id)


# Of each set of columns: the end of the heading's key under `cohorts.`, and the cell.
_OF_SET: Mapping[str, tuple[tuple[str, _Cell], ...]] = {
    "firms": (("firms", _count("firms")), ("comparison_firms", _count("comparison_firms"))),
    "grants": (("grants", _grants),),
    "before_after": (("before", _amount("before")), ("after", _amount("after"))),
    "change": (("change", _percent("change")), ("comparison_change", _percent("comparison_change"))),
    "typical_change": (
        ("typical_change", _percent("typical_change")),
        ("comparison_typical_change", _percent("comparison_typical_change")),
    ),
    "effect": (("effect", _effect), ("range", _range("effect_low", "effect_high"))),
    "n": (("n", _n("effect_n")), ("n_comparison", _n("effect_n_comparison"))),
    "reading": (("grade", _grade), ("reading", _reading)),
    "more_ranges": (
        ("own_range", _range("effect_own_low", "effect_own_high")),
        ("simultaneous_range", _range("effect_simultaneous_low", "effect_simultaneous_high")),
        ("best_guess", _measured("effect_best_guess")),
        ("best_guess_range", _range("effect_best_guess_low", "effect_best_guess_high")),
        ("p_value", _p_value),
        ("detectable", _measured("effect_detectable")),
    ),
    "figure_id": (("figure_id", _figure_id),),
}
