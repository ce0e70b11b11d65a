"""Sales over time as an index, 100 = the year before: funded firms solid, comparison dashed; a gap stays a gap."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from plotly import graph_objects as go

from analytics.charts import palette
from analytics.charts.axis import Axis, Keys, nice_step, ticks
from analytics.charts.canvas import Canvas, Stamp
from analytics.charts.words import BREAK, bold, coloured, safe, spread, width, wrap
from analytics.model import Arm
from analytics.text import Text

Points = Sequence[tuple[dt.date, float | None]]
Award = tuple[dt.date, str]

BASE = 100.0
_TOGETHER = dt.timedelta(days=92)  # waves this close share one label
_FEW = 8  # with fewer points each gets a marker
_HEADROOM = 30.0  # px above the lines, for the words of the zones
_WIDE, _NARROW = 560.0, 320.0
_STYLE: dict[Arm, Keys] = {
    Arm.FUNDED: {"color": palette.BLUE, "width": 3.0},
    Arm.COMPARISON: {"color": palette.GREY, "width": 2.5, "dash": "6px,4px"},
}
_WORDS = {Arm.FUNDED: palette.BLUE, Arm.COMPARISON: palette.GREY_TEXT}


def _dates(series: Mapping[Arm, Points], *more: dt.date) -> tuple[dt.date, dt.date]:
    days = [day for points in series.values() for day, _ in points] + list(more)
    return (min(days), max(days)) if days else (dt.date(2000, 1, 1), dt.date(2000, 12, 31))


def _values(series: Mapping[Arm, Points]) -> list[float]:
    return [value for points in series.values() for _, value in points if value is not None]


def _moment(day: dt.date) -> str:
    return day.isoformat()


def _within(day: dt.date, span: tuple[dt.date, dt.date]) -> float:
    """Where a day lies in a span: 0 at its start, 1 at its end."""
    return (day - span[0]).days / max((span[1] - span[0]).days, 1)


def _padded(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    pad = dt.timedelta(days=max(round((last - first).days * 0.02), 15))
    return first - pad, last + pad


def year_ticks(series: Mapping[Arm, Points], span: tuple[dt.date, dt.date], most: int) -> Keys:
    """Years only: at the points of yearly data, else in the middle of each year."""
    days = sorted({day for points in series.values() for day, _ in points})
    yearly = len({day.year for day in days}) == len(days)
    middles = [
        day for year in range(span[0].year, span[1].year + 1) if span[0] <= (day := dt.date(year, 7, 1)) <= span[1]
    ]
    marked = days if yearly or not middles else middles
    marked = marked[:: -(-len(marked) // most)] if marked else []
    if not yearly and not middles:
        marked = marked[:1]
    return ticks([_moment(day) for day in marked], [str(day.year) for day in marked])


def _traces(series: Mapping[Arm, Points], scale: float = 1.0) -> list[Keys]:
    """One line per arm; a marker for each of a few points, or for a point between two gaps."""
    traces = []
    for arm in (Arm.COMPARISON, Arm.FUNDED):
        points = series.get(arm, ())
        y = [value for _, value in points]
        style = _STYLE[arm] | {"width": _STYLE[arm]["width"] * scale}
        size = [8.0 * scale if len(y) < _FEW or _alone(y, i) else 0.0 for i in range(len(y))]
        marker = {"size": size, "color": style["color"], "opacity": 1, "line": {"width": 0}}
        line = {"x": [_moment(day) for day, _ in points], "y": y, "line": style, "marker": marker}
        traces.append(line | {"mode": "lines+markers" if any(size) else "lines", "connectgaps": False})
    return traces


def _alone(values: Sequence[float | None], i: int) -> bool:
    return values[i] is not None and all(v is None for v in [*values[max(i - 1, 0) : i], *values[i + 1 : i + 2]])


def lines(
    series: Mapping[Arm, Points],
    *,
    counts: Mapping[Arm, int],
    before: tuple[dt.date, dt.date] | None,
    awards: Sequence[Award],
    stamp: Stamp,
    text: Text,
    height: float = 400.0,
    compact: bool = False,
) -> go.Figure:
    """Index lines of both arms.

    counts: firms of each arm; before: the window that makes 100, shaded; awards: day and the words above its line
    ("primo elenco 30 nov 2020"); height: of the whole figure, in px; compact: for phones.
    """
    right = 92.0 if compact else 108.0
    canvas = Canvas(_NARROW if compact else _WIDE, plot_height=0, left=40, right=right, top=52, bottom=66)
    span = _padded(*_dates(series, *(before or ()), *(day for day, _ in awards)))
    _award_words(canvas, awards, span)
    canvas.plot_height = max(height - canvas.top - canvas.bottom, 120.0)
    extent = _index_axis(_values(series), canvas.plot_height)
    values = _index_ticks(extent, canvas.plot_height)
    for value in values:
        strong = value == BASE
        canvas.rule((0, 1), (value, value), color=palette.GREY if strong else palette.GRID, width=1, xref="paper")
    _award_rules(canvas, awards)
    _zones(canvas, before, awards, span, text)
    canvas.traces = _traces(series)
    _end_words(canvas, series, counts, extent, text)
    canvas.stamp(stamp, text)
    return canvas.figure(
        xaxis={"type": "date", "range": [_moment(day) for day in span]} | year_ticks(series, span, 4 if compact else 8),
        yaxis={"range": (extent.low, extent.high)} | ticks(values, (f"{text.number(value)} " for value in values)),
    )


def _index_ticks(extent: Axis, plot_height: float) -> list[float]:
    """100 always, and the round values whose words do not touch it."""
    near = 1.4 * palette.TICK / plot_height
    return [BASE, *(v for v in extent.ticks() if abs(extent.share(v) - extent.share(BASE)) > near)]


def _index_axis(values: Sequence[float], plot_height: float) -> Axis:
    """All values and 100, with room above for the words of the zones."""
    low, high = min([BASE, *values]), max([BASE, *values])
    extent = max(high - low, 10.0)
    top = low + 1.05 * extent / (1 - _HEADROOM / plot_height)
    return Axis(low - 0.08 * extent, top, nice_step(extent, 6))


def award_groups(awards: Iterable[Award]) -> list[list[Award]]:
    """Waves less than three months after the one before share a label."""
    ordered = sorted(awards)
    groups = [[award] for award in ordered[:1]]
    for earlier, award in pairwise(ordered):
        if award[0] - earlier[0] < _TOGETHER:
            groups[-1].append(award)
        else:
            groups.append([award])
    return groups


def _award_rules(canvas: Canvas, awards: Sequence[Award]) -> None:
    for day, _ in awards:
        canvas.rule((_moment(day),) * 2, (0, 1), color=palette.ORANGE, width=1.5, yref="paper")


def _award_words(canvas: Canvas, awards: Sequence[Award], span: tuple[dt.date, dt.date]) -> None:
    """Words above the orange lines, in as many levels as they need; the top margin grows with them."""
    low, high = -canvas.left + 4, canvas.plot_width + canvas.right - 4
    level, end_of_level = 0, low
    for group in award_groups(awards)[::-1]:
        day = group[0][0] + (group[-1][0] - group[0][0]) / 2
        parts = _together([words for _, words in group], high - low)
        wide = max(width(part, palette.TICK) for part in parts)
        wanted = _within(day, span) * canvas.plot_width
        (centre,) = spread([wanted], [wide], low, high)
        if centre + wide / 2 + 10 > end_of_level:
            level += 0 if end_of_level == low else 1
        end_of_level = centre - wide / 2
        shift: Keys = {"xshift": centre - wanted, "yref": "paper", "yanchor": "bottom", "yshift": 5 + level * 17}
        canvas.write(BREAK.join(safe(part) for part in parts), _moment(day), 1, color=palette.ORANGE_TEXT, **shift)
        level += len(parts) - 1
    canvas.top = max(canvas.top, 5 + (level + 1) * 17 + 10)


def _together(waves: Sequence[str], room: float) -> list[str]:
    """Waves on one line where they fit; a line breaks between two waves before it breaks inside one."""
    parts: list[str] = []
    for words in waves:
        joined = f"{parts[-1]} · {words}" if parts else words
        if parts and width(joined, palette.TICK) <= room:
            parts[-1] = joined
        else:
            parts += wrap(words, palette.TICK, room)
    return parts


def _zones(
    canvas: Canvas,
    before: tuple[dt.date, dt.date] | None,
    awards: Sequence[Award],
    span: tuple[dt.date, dt.date],
    text: Text,
) -> None:
    """The before window, shaded; "before" and "after" inside the plot, where they fit."""
    if before is None:
        return
    start, end = (_moment(day) for day in before)
    zone = {"type": "rect", "xref": "x", "yref": "paper", "x0": start, "x1": end, "y0": 0, "y1": 1}
    canvas.shapes.append(zone | {"fillcolor": palette.BEFORE_ZONE, "line": {"width": 0}, "layer": "below"})
    inside: Keys = {"yref": "paper", "yanchor": "top", "yshift": -7, "xshift": 10, "color": palette.GREY_TEXT}
    short, question = text("chart.before_zone"), text("chart.before_question")
    room = (_within(before[1], span) - _within(before[0], span)) * canvas.plot_width - 16
    if width(short, palette.TICK, heavy=True) + width(f" · {question}", palette.TICK) < room:
        canvas.write(f"{bold(short)} · {question}", start, 1, anchor="left", **inside)
    elif width(short, palette.TICK, heavy=True) < room:
        canvas.write(bold(short), start, 1, anchor="left", **inside)
    last = max([before[1], *(day for day, _ in awards)])
    after = text("chart.after_zone")
    if width(after, palette.TICK, heavy=True) + 10 < (1 - _within(last, span)) * canvas.plot_width:
        canvas.write(bold(after), _moment(last), 1, anchor="left", **inside)


def _end_words(
    canvas: Canvas, series: Mapping[Arm, Points], counts: Mapping[Arm, int], extent: Axis, text: Text
) -> None:
    """Arm and number of firms where its line ends; an arm without any value says that it is not published."""
    ends = {arm: next((v for _, v in reversed(series[arm]) if v is not None), None) for arm in Arm if arm in series}
    wanted = [extent.low if end is None else end for end in ends.values()]
    px = [(1 - extent.share(end)) * canvas.plot_height for end in wanted]
    tall = 2 * palette.VALUE * palette.LINE_HEIGHT
    centres = spread(px, [tall] * len(px), 0, canvas.plot_height, 4)
    for (arm, end), y, at in zip(ends.items(), px, centres, strict=True):
        below = text("chart.not_published")
        if end is not None and arm in counts:
            below = text.count("chart.firms", counts[arm])
        elif end is not None:
            below = ""
        words = f"{bold(text(f'chart.{arm}'))}{BREAK}{coloured(below, _WORDS[arm])}"
        place: Keys = {"xref": "paper", "xshift": 9, "yshift": y - at, "size": palette.VALUE, "color": _WORDS[arm]}
        anchor = extent.low if end is None else end
        canvas.write(words, 1, anchor, anchor="left", **place)


def lines_alt(series: Mapping[Arm, Points], *, counts: Mapping[Arm, int], awards: Sequence[Award], text: Text) -> str:
    """The same in words: each arm's first, lowest, highest and last index, then the awards."""
    said = [_arm_alt(arm, series[arm], counts.get(arm), text) for arm in Arm if arm in series]
    sentences = [text("chart.alt.lines", arms="; ".join(said))]
    if awards:
        sentences.append(text("chart.alt.awards", awards="; ".join(words for _, words in sorted(awards))))
    return " ".join(sentences)


def _arm_alt(arm: Arm, points: Points, n: int | None, text: Text) -> str:
    name = text(f"chart.{arm}") + (f" ({text.count('chart.firms', n)})" if n is not None else "")
    known = [(day, value) for day, value in points if value is not None]
    if not known:
        return f"{name}: {text('chart.not_published')}"
    values = [value for _, value in known]
    numbers = {"first": known[0][1], "last": known[-1][1], "low": min(values), "high": max(values)}
    when = {"start": known[0][0].year, "end": known[-1][0].year}
    return text("chart.alt.arm_line", name=name, **when, **{key: text.number(v) for key, v in numbers.items()})


def small_multiple(
    series: Mapping[Arm, Points],
    *,
    title: str,
    n: int,
    y_range: tuple[float, float],
    awards: Sequence[Award],
    stamp_mark: str | None,
    text: Text,
) -> go.Figure:
    """One panel of "all sectors, same scale": give all the same `y_range`; the page's footer holds their stamp."""
    canvas = Canvas(width=270, plot_height=112, left=36, right=10, top=44, bottom=26)
    span = _padded(*_dates(series, *(day for day, _ in awards)))
    values = _two_ticks(y_range)
    for value in values:
        canvas.rule((0, 1), (value, value), color=palette.GRID, width=1, xref="paper")
    _award_rules(canvas, awards)
    canvas.traces = _traces(series, 0.72)
    count = f" · {text.number(n)}"
    room = canvas.width - canvas.left - 4 - width(count, palette.VALUE)
    parts = [safe(part) for part in wrap(title, palette.VALUE, room / 1.08, most=2)]
    name = BREAK.join(bold(part) for part in parts) + coloured(count, palette.GREY_TEXT)
    place: Keys = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 4, "size": palette.VALUE}
    canvas.write(name, 0, 1, anchor="left", **place)
    canvas.watermark(stamp_mark, tallest=60)
    return canvas.figure(
        xaxis={"type": "date", "range": [_moment(day) for day in span]} | year_ticks(series, span, 3),
        yaxis={"range": y_range} | ticks(values, (f"{text.number(value)} " for value in values)),
    )


def _two_ticks(y_range: tuple[float, float]) -> list[float]:
    """100, and a round value near each end of the range that is not too close to it."""
    low, high = y_range
    edge = 0.06 * (high - low)
    values = Axis(low + edge, high - edge, nice_step(high - low, 6)).ticks() if high > low else []
    far = [value for value in (values[:1] + values[-1:]) if abs(value - BASE) > 0.25 * (high - low)]
    return sorted({BASE, *far})


def small_multiple_alt(series: Mapping[Arm, Points], *, title: str, n: int, text: Text) -> str:
    """The same in words."""
    said = [_arm_alt(arm, series[arm], None, text) for arm in Arm if arm in series]
    return text("chart.alt.small", title=title, firms=text.count("chart.firms", n), arms="; ".join(said))
