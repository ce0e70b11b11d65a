"""Groups one under another on one axis: effects with their intervals, observed changes, single values; what is not
published says why in its place. On a narrow screen each group's words stand above its drawing.
"""

from collections.abc import Callable, Sequence
from functools import partial

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.frame import watermark
from analytics.charts.kit.interval import Line, Scale
from analytics.charts.kit.markup import element, joined, percent
from analytics.charts.kit.row import Guide, Heads, Row, Rows, alt, ground_lines, row_mark, spaced_ticks
from analytics.charts.kit.rows_still import rows_still
from analytics.charts.kit.still import Drawing

_LETTER = 6.7  # px of a letter of the words over the axis, about
_NARROWEST = 300.0  # px of an axis


def rows(
    rows: Sequence[Row],
    axis: Axis,
    *,
    write: Callable[[float], str],
    guides: Sequence[Guide],
    heads: Heads,
    data_mark: str | None,
    scale: Scale = "ratio",
) -> Drawing:
    """Rows in the order given. write: a value of the axis in words; guides: the zero line first, where there is one."""
    chart = Rows(rows, axis, write, guides, heads, data_mark, scale)
    counted = any(row.n for row in rows) and not heads.firms
    return Drawing(_on_page(chart), partial(rows_still, chart), alt(chart), counted)


def _on_page(chart: Rows) -> Markup:
    """As a table, each row with its drawing."""
    heads, axis, guides = chart.heads, chart.axis, chart.guides
    counts, verbs, drawn = any(row.n for row in chart.rows), any(row.verb for row in chart.rows), chart.drawn
    columns = [
        element("th", heads.names or element("span", heads.caption, class_="unseen"), scope="col", class_="name")
    ]
    columns += [element("th", heads.firms, scope="col", class_="n")] if counts else []
    columns.append(element("th", *([guide_words(guides, axis)] if drawn else []), class_="axis", aria_hidden="true"))
    columns.append(element("th", heads.values, scope="col", class_="value", colspan=2 if verbs else None))
    widths = element("colgroup", *(element("col", class_=name) for name in _columns(counts=counts, verbs=verbs)))
    head = element("thead", element("tr", *columns))
    ground = ground_lines(Line(axis), guides) if drawn else Markup("")
    body = element("tbody", *(_row(row, chart, ground, counts=counts, verbs=verbs) for row in chart.rows))
    foot = element("tfoot", _foot(chart, before=1 + counts, after=1 + verbs)) if drawn else ""
    caption = element("caption", heads.caption, class_="unseen")
    kind = " ".join(["rows", *(["counted"] if counts else []), *(["verbs"] if verbs else [])])
    return element("table", caption, widths, head, body, foot, class_=kind)


def _columns(*, counts: bool, verbs: bool) -> list[str]:
    """The columns of a table, by the class that gives them their widths."""
    return ["name", *(["n"] if counts else []), "axis", *(["verb"] if verbs else []), "value"]


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


def _row(row: Row, chart: Rows, ground: Markup, *, counts: bool, verbs: bool) -> Markup:
    """One row of the table; its name is the link, whose area is the row."""
    name = element("a", row.label, href=row.href) if row.href else row.label
    firms = element("span", f" · {row.n}", class_="beside-name") if row.n else ""
    under = element("small", row.under) if row.under else ""
    cells = [element("th", name, firms, under, scope="row", class_="name")]
    cells += [element("td", row.n, class_="n")] if counts else []
    drawing = element("svg", ground, row_mark(row, Line(chart.axis), chart.write, chart.scale), aria_hidden="true")
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


def _foot(chart: Rows, *, before: int, after: int) -> Markup:
    """The band of the watermark, and the ticks. before, after: columns on either side of the axis."""
    ticks = tick_words(chart.axis, chart.write)
    cell = element("td", watermark(chart.data_mark), element("span", *ticks, class_="ticks"), class_="axis")
    return element(
        "tr", element("td", colspan=before), cell, element("td", colspan=after), aria_hidden="true", class_="foot"
    )


def tick_words(axis: Axis, write: Callable[[float], str]) -> list[Markup]:
    """Ticks in words, each under its value; as many as stand apart on the narrowest axis."""
    values = spaced_ticks(axis, write, _NARROWEST, _LETTER)
    return [element("span", write(value), style=f"left:{percent(axis.share(value))}") for value in values]
