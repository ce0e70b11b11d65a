"""What charts over time share: dates, award lines and their words, the windows before and after, a line per arm."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, axis_ref, height_ref, ticks
from analytics.charts.kit.canvas import Canvas
from analytics.charts.kit.value_format import Write
from analytics.charts.kit.words import BREAK, bold, coloured, flow, lay_out, safe, width
from analytics.language.text import Text
from analytics.model import Arm

Points = Sequence[tuple[dt.date, float | None]]  # None: not published
Award = tuple[dt.date, str]  # the day of a funding decision, and its words
Span = tuple[dt.date, dt.date]  # first and last day

_SHARED_LABEL = dt.timedelta(days=92)  # waves closer than this share one label
_FEW_POINTS = 8  # a line of fewer has a marker at each
_ARM_LINES: dict[Arm, Keys] = {
    Arm.FUNDED: {"color": palette.BLUE, "width": 3.0},
    Arm.COMPARISON: {"color": palette.GREY, "width": 2.5, "dash": palette.DASH},
}
_ARM_COLOURS = {Arm.FUNDED: palette.BLUE, Arm.COMPARISON: palette.GREY_TEXT}


def date_span(series: Mapping[Arm, Points], *more: dt.date) -> Span:
    """First and last day of all points and of the further days; the year 2000 where there is none."""
    days = [day for points in series.values() for day, _ in points] + list(more)
    return (min(days), max(days)) if days else (dt.date(2000, 1, 1), dt.date(2000, 12, 31))


def plotly_date(day: dt.date) -> str:
    """A day in ISO form, as plotly takes it."""
    return day.isoformat()


def span_share(day: dt.date, span: Span) -> float:
    """Where a day lies in a span: 0 on its first day, 1 on its last."""
    return (day - span[0]).days / max((span[1] - span[0]).days, 1)


def padded_span(first: dt.date, last: dt.date) -> Span:
    """The span from `first` to `last`, a little wider, so that no line ends at the edge of the plot."""
    pad = dt.timedelta(days=max(round((last - first).days * 0.02), 15))
    return first - pad, last + pad


def year_ticks(series: Mapping[Arm, Points], span: Span, most: int) -> Keys:
    """Plotly's keys for at most `most` ticks that name years: at the points of yearly data, else in mid-year."""
    days = sorted({day for points in series.values() for day, _ in points})
    yearly = len({day.year for day in days}) == len(days)
    middles = [
        day for year in range(span[0].year, span[1].year + 1) if span[0] <= (day := dt.date(year, 7, 1)) <= span[1]
    ]
    marked = days if yearly or not middles else middles
    marked = marked[:: -(-len(marked) // most)] if marked else []
    if not yearly and not middles:
        marked = marked[:1]
    return ticks([plotly_date(day) for day in marked], [str(day.year) for day in marked])


def arm_traces(series: Mapping[Arm, Points], scale: float = 1.0) -> list[Keys]:
    """One trace per arm, a gap where nothing is published; markers on a line of few points and on a point between two
    gaps. scale: of the widths of lines and markers.
    """
    traces = []
    for arm in (Arm.COMPARISON, Arm.FUNDED):
        points = series.get(arm, ())
        y = [value for _, value in points]
        style = _ARM_LINES[arm] | {"width": _ARM_LINES[arm]["width"] * scale}
        size = [8.0 * scale if len(y) < _FEW_POINTS or _isolated(y, i) else 0.0 for i in range(len(y))]
        marker = {"size": size, "color": style["color"], "opacity": 1, "line": {"width": 0}}
        line = {"x": [plotly_date(day) for day, _ in points], "y": y, "line": style, "marker": marker}
        traces.append(line | {"mode": "lines+markers" if any(size) else "lines", "connectgaps": False})
    return traces


def _isolated(values: Sequence[float | None], i: int) -> bool:
    """Whether a value stands between two gaps, so that no line would show it."""
    neighbours = [*values[max(i - 1, 0) : i], *values[i + 1 : i + 2]]
    return values[i] is not None and all(value is None for value in neighbours)


def group_awards(awards: Iterable[Award]) -> list[list[Award]]:
    """Awards in order of their days, those less than three months after the one before in one group with it."""
    ordered = sorted(awards)
    groups = [[award] for award in ordered[:1]]
    for earlier, award in pairwise(ordered):
        if award[0] - earlier[0] < _SHARED_LABEL:
            groups[-1].append(award)
        else:
            groups.append([award])
    return groups


def draw_award_lines(canvas: Canvas, awards: Sequence[Award], *, panel: int = 0) -> None:
    """Draw an orange line at each award. panel: number of the plot in a figure of several."""
    where: Keys = {"xref": axis_ref("x", panel), "yref": height_ref(panel)}
    for day, _ in awards:
        canvas.rule((plotly_date(day),) * 2, (0, 1), color=palette.ORANGE, width=1.5, **where)


def write_awards(canvas: Canvas, awards: Sequence[Award], span: Span) -> None:
    """Write words above the award lines, in as many levels as they need; the top margin grows with them."""
    low, high = -canvas.left + 4, canvas.plot_width + canvas.right - 4
    level, end_of_level = 0, low
    for group in group_awards(awards)[::-1]:
        day = group[0][0] + (group[-1][0] - group[0][0]) / 2
        parts = flow([words for _, words in group], palette.TICK, high - low)
        widest = max(width(part, palette.TICK) for part in parts)
        target = span_share(day, span) * canvas.plot_width
        (centre,) = lay_out([target], [widest], low, high)
        if centre + widest / 2 + 10 > end_of_level:
            level += 0 if end_of_level == low else 1
        end_of_level = centre - widest / 2
        shift: Keys = {"xshift": centre - target, "yref": "paper", "yanchor": "bottom", "yshift": 5 + level * 17}
        canvas.write(BREAK.join(safe(part) for part in parts), plotly_date(day), 1, color=palette.ORANGE_TEXT, **shift)
        level += len(parts) - 1
    canvas.top = max(canvas.top, 5 + (level + 1) * 17 + 10)


def shade_windows(canvas: Canvas, before: Span | None, after: Span | None, *, panel: int = 0) -> None:
    """Shade the windows that are compared. panel: number of the plot in a figure of several."""
    for window, color in ((before, palette.BEFORE_ZONE), (after, palette.AFTER_ZONE)):
        if window:
            first, last = map(plotly_date, window)
            canvas.shade((first, last), color, xref=axis_ref("x", panel), yref=height_ref(panel))


def write_windows(
    canvas: Canvas, before: Span | None, after: Span | None, awards: Sequence[Award], span: Span, text: Text
) -> None:
    """Write "before" and "after" at the top of their windows, where they fit; without an after window, "after" stands
    behind the last award.
    """
    if before:
        question = f" · {text('chart.before_question')}"
        room = (span_share(before[1], span) - span_share(before[0], span)) * canvas.plot_width - 16
        _write_window(canvas, before[0], text("chart.before_zone"), room, question)
    if not before and not after:
        return
    end = after[1] if after else span[1]
    for start in _after_starts(before, after, awards):
        crossed = [day for day, _ in awards if start < day < end]
        room = (span_share(min([*crossed, end]), span) - span_share(start, span)) * canvas.plot_width
        if _write_window(canvas, start, text("chart.after_zone"), room - 12):
            return


def _after_starts(before: Span | None, after: Span | None, awards: Sequence[Award]) -> list[dt.date]:
    """Days at which the word "after" may begin: the start of the after window, or an award inside it."""
    if after:
        return [after[0], *sorted(day for day, _ in awards if after[0] < day < after[1])]
    return [max([*([before[1]] if before else []), *(day for day, _ in awards)])]


def _write_window(canvas: Canvas, day: dt.date, word: str, room: float, more: str = "") -> bool:
    """Write a word right of a day if it fits in `room` px, and `more` behind it if that fits too. True if it fits."""
    word_width = width(word, palette.TICK, heavy=True)
    if word_width > room:
        return False
    markup = bold(word) + (more if word_width + width(more, palette.TICK) <= room else "")
    inside: Keys = {"yref": "paper", "yanchor": "top", "yshift": -7, "xshift": 10, "color": palette.GREY_TEXT}
    canvas.write(markup, plotly_date(day), 1, anchor="left", **inside)
    return True


def write_arms(
    canvas: Canvas, series: Mapping[Arm, Points], below: Mapping[Arm, str], extent: Axis, text: Text
) -> None:
    """Write each arm's name where its line ends, and under it the words of `below`, or that it is not published."""
    ends = {arm: last_value(series[arm]) for arm in Arm if arm in series}
    anchors = [extent.low if end is None else end for end in ends.values()]
    targets = [(1 - extent.share(anchor)) * canvas.plot_height for anchor in anchors]
    height = 2 * palette.VALUE * palette.LINE_HEIGHT
    centres = lay_out(targets, [height] * len(targets), 0, canvas.plot_height, 4)
    for (arm, end), anchor, target, centre in zip(ends.items(), anchors, targets, centres, strict=True):
        under = text("chart.not_published") if end is None else below.get(arm, "")
        colour = _ARM_COLOURS[arm]
        words = f"{bold(text(f'chart.{arm}'))}{BREAK}{coloured(safe(under), colour)}"
        place: Keys = {"xref": "paper", "xshift": 9, "yshift": target - centre, "size": palette.VALUE, "color": colour}
        canvas.write(words, 1, anchor, anchor="left", **place)


def last_value(points: Points) -> float | None:
    """The last value that is published; None where none is."""
    return next((value for _, value in reversed(points) if value is not None), None)


def published_values(series: Mapping[Arm, Points]) -> list[float]:
    """The published values of all arms."""
    return [value for points in series.values() for _, value in points if value is not None]


def arm_name(arm: Arm, n: int | None, text: Text) -> str:
    """An arm's name, and its number of firms where `n` is given: "funded (71 firms)"."""
    return text(f"chart.{arm}") + (f" ({text.count('chart.firms', n)})" if n is not None else "")


def arm_alt(arm: Arm, points: Points, n: int | None, text: Text, *, key: str, write: Write) -> str:
    """One arm's first, lowest, highest and last published value in words.

    key: the sentence, with {name}, {first}, {last}, {low}, {high}, {start} and {end} as years; write: a value in words.
    """
    name = arm_name(arm, n, text)
    published = [(day, value) for day, value in points if value is not None]
    if not published:
        return f"{name}: {text('chart.not_published')}"
    values = [value for _, value in published]
    extremes = {"first": values[0], "last": values[-1], "low": min(values), "high": max(values)}
    years = {"start": published[0][0].year, "end": published[-1][0].year}
    return text(key, name=name, **years, **{name: write(value) for name, value in extremes.items()})


def awards_alt(awards: Sequence[Award], text: Text) -> list[str]:
    """The sentence that names the awards in order of their days; no sentence without awards."""
    words = "; ".join(words for _, words in sorted(awards))
    return [text("chart.alt.awards", awards=words)] if awards else []
