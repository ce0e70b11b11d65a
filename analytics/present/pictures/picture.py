"""What every picture is made of: the drawing, where its figures come from, the same figures as a table."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ParamSpec, cast

import pandas as pd

from analytics.charts import Axis, Drawing, Guide, Heads, Mark, Row, Stamp, rows, scale_of, shared_axis
from analytics.language.text import Text
from analytics.model import Unit
from analytics.present.asked import Asked
from analytics.present.sentences.phrases import data_mark, why
from analytics.present.sentences.where import row_verb
from analytics.present.verbs import tells
from analytics.present.written import EMPTY, comparison_count, count, effect_cell, figure_id
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release
from analytics.release.figure_id import short

P = ParamSpec("P")
REMEMBERED = 64  # of each kind of picture


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A drawing for any width, what stands in its footer, its figures as a table of words, and what it does not show.
    Shared between readers: never change it.
    """

    drawing: Drawing
    stamp: Stamp
    table: pd.DataFrame
    note: str = ""


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


def forest_row(entry: Entry, release: Release, text: Text, *, claims: bool = False, opens: str = "") -> Row:
    """An entry as a chart takes it; withheld: with the reason. On "cannot tell" the range leads, and the estimate is a
    lesser number beside it.

    claims: whether its group carries claims, so that a direction may be told; opens: what a click on it opens.
    """
    figure = entry.figure
    n = "" if figure is None or figure.n_funded is None else text.number(figure.n_funded)
    estimate, interval = mark(figure), None if figure is None else figure.shown_range
    if figure is None or estimate is None or interval is None:
        note = text("table.nothing") if figure is None else why(figure, release, text)
        return Row(entry.label, note=note, n=n, href=opens)
    value = text.measured(estimate.value, figure.unit)
    if claims and tells(figure):
        ends, verb = text.interval(*interval, figure.unit), row_verb(release, figure, text)
        return Row(entry.label, estimate, lead=value, value=ends, verb=verb, n=n, href=opens, told=True)
    aside = text("picture.estimate", value=value)
    return Row(entry.label, estimate, value=range_words(figure, text), aside=aside, n=n, href=opens)


def range_words(figure: Figure, text: Text) -> str:
    """The range of a figure alone: "da −3% a +22%"."""
    low, high = figure.shown_range or (0.0, 0.0)
    return text.span(low, high) if figure.unit == Unit.FRACTION else text.interval(low, high, figure.unit)


def draw_rows(
    drawn: Sequence[Row],
    text: Text,
    *,
    unit: Unit,
    heads: Heads,
    stamp: Stamp,
    whole: tuple[Figure | None, str] = (None, ""),
    axis: Axis | None = None,
) -> Drawing:
    """Rows of effects on one axis, with the lines of no effect and of a whole. whole: its figure, and its name; axis:
    one shared with other pictures, else its own.
    """
    scale, (reference, name) = scale_of(unit), whole
    axis = axis or rows_axis([row.mark for row in drawn], reference, unit)
    guides = [Guide(0.0, text("chart.no_effect"), "zero")]
    if reference is not None and reference.value is not None:
        guides.append(Guide(reference.value, f"{name} {text.measured(reference.value, unit)}"))

    def write(value: float) -> str:
        return text.measured(value, unit)

    return rows(drawn, axis, write=write, guides=guides, heads=heads, data_mark=stamp.data_mark, scale=scale)


def rows_axis(marks: Iterable[Mark | None], whole: Figure | None, unit: Unit) -> Axis:
    """The axis that holds all marks, no effect, and the whole's value."""
    points = [] if whole is None or whole.value is None else [whole.value]
    return shared_axis([mark for mark in marks if mark], points, scale=scale_of(unit))


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


def stamp_of(release: Release, ids: str | Sequence[str], text: Text) -> Stamp:
    """What a picture carries inside: source, release, id, and that it is simulated where it is. ids: of the figure, or
    of the lists, that it shows.
    """
    named = " · ".join(short(one) for one in ([ids] if isinstance(ids, str) else ids))
    programme = release.programme
    return Stamp(programme.source.in_(text), release.release_id, named, data_mark(release, text))


def effects_table(
    entries: Sequence[Entry], text: Text, heading: str, *, whole: Figure | None = None, within: bool = False
) -> pd.DataFrame:
    """The figures of rows: firms of both arms, the effect with its interval, the estimate drawn toward the whole where
    there is one, the figure's id. whole: a last row; within: whether it is a group.
    """
    label = text("chart.this_group") if within else text("label.whole_programme")
    entries = [*entries, *([] if whole is None else [Entry(label, whole)])]
    drawn_together = any(entry.figure is not None and entry.figure.shrunk is not None for entry in entries)
    cells = [
        [
            count(None if entry.figure is None else entry.figure.n_funded, text),
            comparison_count(entry.figure, text),
            effect_cell(entry.figure, text),
            *([_shrunken_cell(entry.figure, text)] if drawn_together else []),
            figure_id(entry.figure),
        ]
        for entry in entries
    ]
    names = ["funded_firms", "comparison_firms", "effect_95", *(["shrunken"] if drawn_together else []), "figure"]
    index = pd.Index([entry.label for entry in entries], name=heading)
    return pd.DataFrame(cells, columns=[text(f"table.{name}") for name in names], index=index)


def _shrunken_cell(figure: Figure | None, text: Text) -> str:
    """The estimate drawn toward the whole."""
    return EMPTY if figure is None or figure.shrunk is None else text.measured(figure.shrunk, figure.unit)
