"""What every picture is made of: the chart, the same in words, the same figures as a table; and what is asked for."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ParamSpec, cast

import pandas as pd

from analytics import charts
from analytics.charts import ForestRow, Mark, Stamp
from analytics.language.text import Text
from analytics.model import Unit
from analytics.present.asked import Asked
from analytics.present.sentences.phrases import data_mark, why
from analytics.present.written import EMPTY, comparison_count, count, effect_cell, figure_id
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release

P = ParamSpec("P")
REMEMBERED = 64  # of each kind of picture


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A chart, its alternative text, and its figures as a table of words. phone: a drawing of its own for narrow
    screens, where one drawing cannot serve both. Shared between readers: never change it.
    """

    wide: charts.Figure
    phone: charts.Figure | None
    alt: str
    table: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Absent:
    """Why there is no picture, in words."""

    words: str


Shown = Picture | Absent


def remembered(make: Callable[P, Shown]) -> Callable[P, Shown]:
    """Drawn once for a release, language and selection: the arguments. Releases and speakers are themselves shared."""
    return cast("Callable[P, Shown]", lru_cache(maxsize=REMEMBERED)(make))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a picture: what it is called, and its figure."""

    label: str
    figure: Figure | None


def entries_by(release: Release, dimension: str, asked: Asked, text: Text, within: Group = ()) -> list[Entry]:
    """A group's effects by a dimension. Sectors: most funded firms first, so that precision falls downwards and no
    order of merit is suggested; others as the programme file has them.
    """
    entries = [
        Entry(release.programme.label(dimension, code, text), effect)
        for code in release.codes(dimension)
        if (effect := asked.effect(release, (*within, (dimension, code)))) is not None
    ]
    by_precision = release.programme.dimension(dimension).of_sectors
    return sorted(entries, key=lambda entry: -_firms(entry)) if by_precision else entries


def _firms(entry: Entry) -> int:
    """Funded firms behind it."""
    return (entry.figure.n_funded or 0) if entry.figure else 0


def mark(figure: Figure | None) -> Mark | None:
    """The estimate and the 95% and 50% of its range; None where withheld."""
    if figure is None or figure.value is None or figure.shown_range is None:
        return None
    return Mark(figure.value, *figure.shown_range, figure.half_low, figure.half_high)


def forest_row(entry: Entry, release: Release, text: Text, *, shrunken: bool = False) -> ForestRow:
    """An entry as a chart takes it; withheld: with the reason."""
    figure = entry.figure
    if figure is None:
        return ForestRow(entry.label, None, None, text("table.nothing"))
    reason = "" if figure.published else why(figure, release, text)
    return ForestRow(entry.label, figure.n_funded, mark(figure), reason, figure.shrunk if shrunken else None)


def any_published(entries: Iterable[Entry]) -> bool:
    """Whether any entry has a value to show."""
    return any(entry.figure is not None and entry.figure.published for entry in entries)


def all_withheld(entries: Sequence[Entry], release: Release, text: Text) -> Absent:
    """Why no entry of a picture is published."""
    reasons = [
        text("picture.withheld_group", label=entry.label, why=why(entry.figure, release, text))
        for entry in entries
        if entry.figure is not None
    ]
    return Absent(text("picture.all_withheld", groups="; ".join(reasons)) if reasons else text("picture.no_groups"))


def unit_of(entries: Iterable[Entry]) -> Unit:
    """The unit that the figures share."""
    return next((entry.figure.unit for entry in entries if entry.figure is not None), Unit.FRACTION)


def stamp_of(release: Release, figure_id: str, text: Text) -> Stamp:
    """What a picture carries inside: source, data, release, id, and that it is simulated where it is."""
    programme = release.programme
    data_to = text.date(dt.date.fromisoformat(release.manifest.data_to))
    return Stamp(programme.source.in_(text), release.release_id, figure_id, data_mark(release, text), data_to)


def effects_table(
    entries: Sequence[Entry],
    text: Text,
    heading: str,
    *,
    shrunken: bool = False,
    written: Callable[[Figure | None, Text], str] = effect_cell,
) -> pd.DataFrame:
    """The figures of a forest: firms of both arms, the effect with its interval, the shrunken one, the figure's id.

    written: an effect in words.
    """
    names = ["table.funded_firms", "table.comparison_firms", "table.effect_95"]
    names += ["table.shrunken"] if shrunken else []
    rows = [
        [
            *_firm_cells(entry.figure, text),
            written(entry.figure, text),
            *([_shrunken_cell(entry.figure, text)] if shrunken else []),
            figure_id(entry.figure),
        ]
        for entry in entries
    ]
    columns = [text(name) for name in (*names, "table.figure")]
    return pd.DataFrame(rows, columns=columns, index=pd.Index([entry.label for entry in entries], name=heading))


def _firm_cells(figure: Figure | None, text: Text) -> list[str]:
    """Firms of both arms."""
    return [count(None if figure is None else figure.n_funded, text), comparison_count(figure, text)]


def _shrunken_cell(figure: Figure | None, text: Text) -> str:
    """The shrunken value."""
    return EMPTY if figure is None or figure.shrunk is None else text.measured(figure.shrunk, figure.unit)
