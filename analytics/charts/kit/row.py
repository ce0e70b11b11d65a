"""Groups one under another on one axis: what a chart of rows is made of, and how the mark of a row is drawn."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.interval import Line, Mark, Scale, draw_interval
from analytics.charts.kit.markup import joined


class Look(StrEnum):
    """How a row's number is drawn."""

    INTERVAL = "interval"
    RANGE = "range"  # an interval without its estimate
    FUNDED = "funded"  # a change of funded firms: a solid grey line from no change
    COMPARISON = "comparison"  # of comparison firms: dashed
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Row:
    """One group.

    label: its name; value: what is said of it, in words, `lead` before `value` in bold; mark: what is drawn (of a
    change or a single value only `mark.value` counts); None: withheld, and `note` says why. told: whether a direction
    may be said of it. verb: that it may, in words; aside: a lesser number after the value; n: number of firms, in
    words; under: a line below the name; href: what the row opens; whole: a row that others are parts of (None: there
    are no such rows in the list); second: another estimate of the same, drawn as a hollow mark.
    """

    label: str
    mark: Mark | None = None
    note: str = ""
    lead: str = ""
    value: str = ""
    aside: str = ""
    verb: str = ""
    n: str = ""
    under: str = ""
    href: str = ""
    told: bool = False
    whole: bool | None = None
    look: Look = Look.INTERVAL
    second: float | None = None

    def __post_init__(self) -> None:
        """Refuse NaN and infinity: what is unknown is withheld."""
        if self.second is not None and not math.isfinite(self.second):
            raise ValueError(f"a row needs finite numbers: {self}")


@dataclass(frozen=True, slots=True)
class Guide:
    """A value to compare with: an upright line, and the words over it. kind: "zero", or "reference": dashed."""

    value: float
    words: str
    kind: str = "reference"


@dataclass(frozen=True, slots=True)
class Heads:
    """What stands over the columns; empty where a column needs no words. caption: of the whole, for who hears it."""

    caption: str
    names: str = ""
    firms: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A chart of rows, in the order given. write: a value of the axis in words; guides: the zero line first, where
    there is one.
    """

    rows: Sequence[Row]
    axis: Axis
    write: Callable[[float], str]
    guides: Sequence[Guide]
    heads: Heads
    data_mark: str | None
    scale: Scale = "ratio"

    @property
    def drawn(self) -> bool:
        """Whether any row has a mark."""
        return any(row.mark for row in self.rows)


def spaced_ticks(axis: Axis, write: Callable[[float], str], width: float, letter: float) -> list[float]:
    """The values of an axis that are written: as many as stand apart, zero among them. width: px of the axis; letter:
    px of a letter, about.
    """
    values = axis.ticks()
    widest = max((len(write(value)) for value in values), default=1) * letter + 8
    step = math.ceil(widest / max(axis.step / (axis.high - axis.low) * width, 1.0))
    first = next((i for i, value in enumerate(values) if value == 0), 0) % step
    return values[first::step]


def alt(chart: Rows) -> str:
    """A chart of rows in words: each row's name, number of firms, what is said of it."""
    return ". ".join(_alt(row) for row in chart.rows)


def _alt(row: Row) -> str:
    firms = f" ({row.n})" if row.n else ""
    said = row.note if row.mark is None else " ".join(part for part in (row.verb, row.lead, row.value) if part)
    return f"{row.label}{firms}: {said}"


def ground_lines(line: Line, guides: Sequence[Guide]) -> Markup:
    """The grid and the lines to compare with, under the marks of one row."""
    grid = [line.rule(value, "grid") for value in line.axis.ticks()]
    return joined([*grid, *(line.rule(guide.value, guide.kind) for guide in guides)])


def row_mark(row: Row, line: Line, write: Callable[[float], str], scale: Scale) -> Markup:
    """The mark of a row, in its look."""
    if row.mark is None:
        return Markup("")
    second = line.diamond(row.second, "second") if row.second is not None else Markup("")
    if row.look in (Look.INTERVAL, Look.RANGE):
        point = row.look is Look.INTERVAL
        return draw_interval(row.mark, line, words=write, scale=scale, told=row.told, point=point) + second
    value = row.mark.value
    beyond = line.arrows(value, value, write)
    if row.look is Look.DOT:
        return line.dot(value, 6.5, "dot") + beyond
    change = line.thread(0.0, value, class_=f"change {row.look}")
    return change + line.dot(value, 5.5, class_=f"end {row.look}") + beyond
