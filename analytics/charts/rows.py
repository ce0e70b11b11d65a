"""Groups one under another on one axis: effects with their intervals, observed changes, single values; what is not
published says why in its place. On a narrow screen each group's words stand above its drawing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.frame import watermark
from analytics.charts.kit.interval import Line, Mark, Scale, draw_interval
from analytics.charts.kit.markup import element, joined, percent

_LETTER = 6.7  # px of a letter of the words over the axis, about
_NARROWEST = 300.0  # px of an axis


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


def rows(
    rows: Sequence[Row],
    axis: Axis,
    *,
    write: Callable[[float], str],
    guides: Sequence[Guide],
    heads: Heads,
    data_mark: str | None,
    scale: Scale = "ratio",
) -> Markup:
    """Rows in the order given. write: a value of the axis in words; guides: the zero line first, where there is one."""
    counts, verbs = any(row.n for row in rows), any(row.verb for row in rows)
    drawn = any(row.mark for row in rows)
    columns = [
        element("th", heads.names or element("span", heads.caption, class_="unseen"), scope="col", class_="name")
    ]
    columns += [element("th", heads.firms, scope="col", class_="n")] if counts else []
    columns.append(element("th", *([guide_words(guides, axis)] if drawn else []), class_="axis", aria_hidden="true"))
    columns.append(element("th", heads.values, scope="col", class_="value", colspan=2 if verbs else None))
    widths = element("colgroup", *(element("col", class_=name) for name in _columns(counts=counts, verbs=verbs)))
    head = element("thead", element("tr", *columns))
    ground = ground_lines(axis, guides) if drawn else Markup("")
    body = element("tbody", *(_row(row, axis, ground, write, scale, counts=counts, verbs=verbs) for row in rows))
    foot = element("tfoot", _foot(axis, write, data_mark, before=1 + counts, after=1 + verbs)) if drawn else ""
    caption = element("caption", heads.caption, class_="unseen")
    kind = " ".join(["rows", *(["counted"] if counts else []), *(["verbs"] if verbs else [])])
    return element("table", caption, widths, head, body, foot, class_=kind)


def _columns(*, counts: bool, verbs: bool) -> list[str]:
    """The columns of a table, by the class that gives them their widths."""
    return ["name", *(["n"] if counts else []), "axis", *(["verb"] if verbs else []), "value"]


def ground_lines(axis: Axis, guides: Sequence[Guide]) -> Markup:
    """The grid and the lines to compare with, under the marks of one row."""
    line = Line(axis)
    grid = [line.rule(value, "grid") for value in axis.ticks()]
    return joined([*grid, *(line.rule(guide.value, guide.kind) for guide in guides)])


def guide_words(guides: Sequence[Guide], axis: Axis) -> Markup:
    """The words over the lines: beside each other, away from each other, where both fit; else one above the other."""
    inside = sorted((guide for guide in guides if axis.holds(guide.value)), key=lambda guide: guide.value)
    if len(inside) == 2:
        left, right = (axis.share(guide.value) * _NARROWEST for guide in inside)
        fits = [left >= _LETTER * len(inside[0].words), _NARROWEST - right >= _LETTER * len(inside[1].words)]
        if all(fits):
            return joined(_guide(guide, axis, side) for guide, side in zip(inside, ("before", "after"), strict=True))
    return joined(_guide(guide, axis, "over") for guide in inside if guide.words)


def _guide(guide: Guide, axis: Axis, side: str) -> Markup:
    """side: of its line, or over it and never beyond the axis."""
    share = axis.share(guide.value)
    shift = {"before": "-100%", "after": "0"}.get(side, percent(-share))
    style = f"left:{percent(share)};transform:translateX({shift})"
    return element("span", guide.words, class_=f"guide {side} of-{guide.kind}", style=style)


def _row(
    row: Row,
    axis: Axis,
    ground: Markup,
    write: Callable[[float], str],
    scale: Scale,
    *,
    counts: bool,
    verbs: bool,
) -> Markup:
    """One row of the table; its name is the link, whose area is the row."""
    name = element("a", row.label, href=row.href) if row.href else row.label
    firms = element("span", f" · {row.n}", class_="beside-name") if row.n else ""
    under = element("small", row.under) if row.under else ""
    cells = [element("th", name, firms, under, scope="row", class_="name")]
    cells += [element("td", row.n, class_="n")] if counts else []
    drawing = element("svg", ground, _drawing(row, axis, write, scale), aria_hidden="true")
    cells.append(element("td", drawing, class_="axis"))
    if row.mark is None:
        cells.append(element("td", row.note, class_="value note", colspan=2 if verbs else None))
    else:
        cells += [element("td", row.verb, class_="verb")] if row.verb else []
        lead = element("b", row.lead) if row.lead else ""
        aside = element("span", row.aside, class_="aside") if row.aside else ""
        parts = [part for part in (lead, row.value, aside) if part]
        wide = 2 if verbs and not row.verb else None
        cells.append(element("td", Markup(" ").join(parts), class_="value", colspan=wide))
    kind = [
        name
        for name, on in {
            "told": row.told,
            "whole": row.whole,
            "part": row.whole is False,
            "withheld": row.mark is None,
            "opens": row.href,
        }.items()
        if on
    ]
    return element("tr", *cells, class_=" ".join(kind) or None)


def _drawing(row: Row, axis: Axis, write: Callable[[float], str], scale: Scale) -> Markup:
    """The mark of a row, in its look."""
    if row.mark is None:
        return Markup("")
    line = Line(axis)
    second = line.diamond(row.second, "second") if row.second is not None else Markup("")
    if row.look in (Look.INTERVAL, Look.RANGE):
        point = row.look is Look.INTERVAL
        return draw_interval(row.mark, axis, words=write, scale=scale, told=row.told, point=point) + second
    value = row.mark.value
    beyond = line.arrows(value, value, write)
    if row.look is Look.DOT:
        return line.dot(value, 6.5, "dot") + beyond
    change = line.thread(0.0, value, class_=f"change {row.look}")
    return change + line.dot(value, 5.5, class_=f"end {row.look}") + beyond


def _foot(axis: Axis, write: Callable[[float], str], data_mark: str | None, *, before: int, after: int) -> Markup:
    """The band of the watermark, and the ticks. before, after: columns on either side of the axis."""
    ticks = tick_words(axis, write)
    cell = element("td", watermark(data_mark), element("span", *ticks, class_="ticks"), class_="axis")
    return element(
        "tr", element("td", colspan=before), cell, element("td", colspan=after), aria_hidden="true", class_="foot"
    )


def tick_words(axis: Axis, write: Callable[[float], str]) -> list[Markup]:
    """Ticks in words, each under its value; as many as stand apart on the narrowest axis."""
    values = axis.ticks()
    widest = max((len(write(value)) for value in values), default=1) * _LETTER + 8
    step = math.ceil(widest / max(axis.step / (axis.high - axis.low) * _NARROWEST, 1.0))
    first = next((i for i, value in enumerate(values) if value == 0), 0) % step
    return [element("span", write(value), style=f"left:{percent(axis.share(value))}") for value in values[first::step]]
