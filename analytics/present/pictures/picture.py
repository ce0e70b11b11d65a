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
from analytics.present.asked import Asked, GroupCodes
from analytics.present.sentences.phrases import data_mark, why
from analytics.present.written import EMPTY, count, effect_cell, figure_id
from analytics.programme.dimensions import HIERARCHY
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
class Line:
    """One line of a picture: what it is called, and its figure."""

    label: str
    figure: Figure | None


def lines_by(release: Release, dimension: str, asked: Asked, text: Text, within: GroupCodes = ()) -> list[Line]:
    """A group's effects by a dimension. Sectors: most funded firms first, so that precision falls downwards and no
    order of merit is suggested; others as the programme file has them.
    """
    found = [
        Line(release.programme.label(dimension, code, text), figure)
        for code in release.codes(dimension)
        if (figure := asked.figure(release, (*within, (dimension, code)))) is not None
    ]
    return sorted(found, key=lambda line: -_firms(line)) if dimension in HIERARCHY else found


def _firms(line: Line) -> int:
    return (line.figure.n_funded or 0) if line.figure else 0


def mark(figure: Figure | None) -> Mark | None:
    """The estimate and its 95% and 50% intervals; None where withheld."""
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return None
    return Mark(figure.value, figure.low, figure.high, figure.half_low, figure.half_high)


def row(line: Line, release: Release, text: Text, *, shrunken: bool = False) -> ForestRow:
    """A line as a chart takes it; withheld: with the reason."""
    figure = line.figure
    if figure is None:
        return ForestRow(line.label, None, None, text("table.nothing"))
    said = "" if figure.published else why(figure, release, text)
    return ForestRow(line.label, figure.n_funded, mark(figure), said, figure.shrunk if shrunken else None)


def none_shown(lines: Sequence[Line], release: Release, text: Text) -> Absent:
    """Why no line of a picture is published."""
    named = [
        text("picture.withheld_group", label=line.label, why=why(line.figure, release, text))
        for line in lines
        if line.figure is not None
    ]
    return Absent(text("picture.all_withheld", groups="; ".join(named)) if named else text("picture.no_groups"))


def unit_of(lines: Iterable[Line]) -> Unit:
    """The unit that the figures share."""
    return next((Unit(line.figure.unit) for line in lines if line.figure is not None), Unit.FRACTION)


def stamp_of(release: Release, figure_id: str, text: Text) -> Stamp:
    """What a picture carries inside: source, data, release, id, and that it is simulated where it is."""
    programme = release.programme
    data_to = text.date(dt.date.fromisoformat(release.manifest["data_to"]))
    return Stamp(programme.source.in_(text), release.release_id, figure_id, data_mark(release, text), data_to)


def effects_table(
    lines: Sequence[Line],
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
    told = [
        [*_counts(line.figure, text), written(line.figure, text), *_drawn(line.figure, text, shrunken=shrunken)]
        for line in lines
    ]
    told = [[*cells, figure_id(line.figure)] for cells, line in zip(told, lines, strict=True)]
    columns = [text(name) for name in (*names, "table.figure")]
    return pd.DataFrame(told, columns=columns, index=pd.Index([line.label for line in lines], name=heading))


def _counts(figure: Figure | None, text: Text) -> list[str]:
    return [count(n, text) for n in ((figure.n_funded, figure.n_comparison) if figure else (None, None))]


def _drawn(figure: Figure | None, text: Text, *, shrunken: bool) -> list[str]:
    """The shrunken value, where it is asked for."""
    if not shrunken:
        return []
    return [EMPTY if figure is None or figure.shrunk is None else text.measured(figure.shrunk, figure.unit)]
