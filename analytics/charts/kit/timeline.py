"""What charts over time share: dates, award lines and their words, zones before and after, a line per arm."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, height_ref, ref, ticks
from analytics.charts.kit.canvas import Canvas
from analytics.charts.kit.words import BREAK, bold, coloured, flow, lay_out, safe, width
from analytics.language.text import Text
from analytics.model import Arm

Points = Sequence[tuple[dt.date, float | None]]
Award = tuple[dt.date, str]
Span = tuple[dt.date, dt.date]

_TOGETHER = dt.timedelta(days=92)  # waves this close share one label
_FEW = 8  # with fewer points each gets a marker
_STYLE: dict[Arm, Keys] = {
    Arm.FUNDED: {"color": palette.BLUE, "width": 3.0},
    Arm.COMPARISON: {"color": palette.GREY, "width": 2.5, "dash": "6px,4px"},
}
_WORDS = {Arm.FUNDED: palette.BLUE, Arm.COMPARISON: palette.GREY_TEXT}


def dates(series: Mapping[Arm, Points], *more: dt.date) -> Span:
    """First and last day of all points and of the further days."""
    days = [day for points in series.values() for day, _ in points] + list(more)
    return (min(days), max(days)) if days else (dt.date(2000, 1, 1), dt.date(2000, 12, 31))


def moment(day: dt.date) -> str:
    """A day as plotly takes it."""
    return day.isoformat()


def within(day: dt.date, span: Span) -> float:
    """Where a day lies in a span: 0 at its start, 1 at its end."""
    return (day - span[0]).days / max((span[1] - span[0]).days, 1)


def padded(first: dt.date, last: dt.date) -> Span:
    """A little wider, so that no line ends at the edge."""
    pad = dt.timedelta(days=max(round((last - first).days * 0.02), 15))
    return first - pad, last + pad


def year_ticks(series: Mapping[Arm, Points], span: Span, most: int) -> Keys:
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
    return ticks([moment(day) for day in marked], [str(day.year) for day in marked])


def arm_traces(series: Mapping[Arm, Points], scale: float = 1.0) -> list[Keys]:
    """One line per arm; a marker for each of a few points, or for a point between two gaps."""
    traces = []
    for arm in (Arm.COMPARISON, Arm.FUNDED):
        points = series.get(arm, ())
        y = [value for _, value in points]
        style = _STYLE[arm] | {"width": _STYLE[arm]["width"] * scale}
        size = [8.0 * scale if len(y) < _FEW or _alone(y, i) else 0.0 for i in range(len(y))]
        marker = {"size": size, "color": style["color"], "opacity": 1, "line": {"width": 0}}
        line = {"x": [moment(day) for day, _ in points], "y": y, "line": style, "marker": marker}
        traces.append(line | {"mode": "lines+markers" if any(size) else "lines", "connectgaps": False})
    return traces


def _alone(values: Sequence[float | None], i: int) -> bool:
    return values[i] is not None and all(v is None for v in [*values[max(i - 1, 0) : i], *values[i + 1 : i + 2]])


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


def award_rules(canvas: Canvas, awards: Sequence[Award], *, panel: int = 0) -> None:
    """Orange lines where lists were funded. panel: number of the plot in a figure of several."""
    where: Keys = {"xref": ref("x", panel), "yref": height_ref(panel)}
    for day, _ in awards:
        canvas.rule((moment(day),) * 2, (0, 1), color=palette.ORANGE, width=1.5, **where)


def award_words(canvas: Canvas, awards: Sequence[Award], span: Span) -> None:
    """Words above the orange lines, in as many levels as they need; the top margin grows with them."""
    low, high = -canvas.left + 4, canvas.plot_width + canvas.right - 4
    level, end_of_level = 0, low
    for group in award_groups(awards)[::-1]:
        day = group[0][0] + (group[-1][0] - group[0][0]) / 2
        parts = flow([words for _, words in group], palette.TICK, high - low)
        wide = max(width(part, palette.TICK) for part in parts)
        wanted = within(day, span) * canvas.plot_width
        (centre,) = lay_out([wanted], [wide], low, high)
        if centre + wide / 2 + 10 > end_of_level:
            level += 0 if end_of_level == low else 1
        end_of_level = centre - wide / 2
        shift: Keys = {"xshift": centre - wanted, "yref": "paper", "yanchor": "bottom", "yshift": 5 + level * 17}
        canvas.write(BREAK.join(safe(part) for part in parts), moment(day), 1, color=palette.ORANGE_TEXT, **shift)
        level += len(parts) - 1
    canvas.top = max(canvas.top, 5 + (level + 1) * 17 + 10)


def zones(canvas: Canvas, before: Span | None, after: Span | None, *, panel: int = 0) -> None:
    """The windows that are compared, shaded. panel: number of the plot in a figure of several."""
    for zone, color in ((before, palette.BEFORE_ZONE), (after, palette.AFTER_ZONE)):
        if zone:
            canvas.shade((moment(zone[0]), moment(zone[1])), color, xref=ref("x", panel), yref=height_ref(panel))


def zone_words(
    canvas: Canvas, before: Span | None, after: Span | None, awards: Sequence[Award], span: Span, text: Text
) -> None:
    """ "Before" and "after" at the top of their zones, where they fit; without an after zone, behind the awards."""
    if before:
        question = f" · {text('chart.before_question')}"
        room = (within(before[1], span) - within(before[0], span)) * canvas.plot_width - 16
        _zone_word(canvas, before[0], text("chart.before_zone"), room, question)
    if not before and not after:
        return
    end = after[1] if after else span[1]
    for start in _starts(before, after, awards):
        crossed = [day for day, _ in awards if start < day < end]
        room = (within(min([*crossed, end]), span) - within(start, span)) * canvas.plot_width
        if _zone_word(canvas, start, text("chart.after_zone"), room - 12):
            return


def _starts(before: Span | None, after: Span | None, awards: Sequence[Award]) -> list[dt.date]:
    """Where the word of the after zone may begin: at the zone, or behind an award line inside it."""
    if after:
        return [after[0], *sorted(day for day, _ in awards if after[0] < day < after[1])]
    return [max([*([before[1]] if before else []), *(day for day, _ in awards)])]


def _zone_word(canvas: Canvas, day: dt.date, word: str, room: float, more: str = "") -> bool:
    """A word right of a day, with more behind it where that fits; whether it fitted at all."""
    wide = width(word, palette.TICK, heavy=True)
    if wide > room:
        return False
    markup = bold(word) + (more if wide + width(more, palette.TICK) <= room else "")
    inside: Keys = {"yref": "paper", "yanchor": "top", "yshift": -7, "xshift": 10, "color": palette.GREY_TEXT}
    canvas.write(markup, moment(day), 1, anchor="left", **inside)
    return True


def end_words(canvas: Canvas, series: Mapping[Arm, Points], below: Mapping[Arm, str], extent: Axis, text: Text) -> None:
    """Arm, and the words below it, where its line ends; an arm without any value says that it is not published."""
    ends = {arm: last_value(series[arm]) for arm in Arm if arm in series}
    wanted = [extent.low if end is None else end for end in ends.values()]
    px = [(1 - extent.share(end)) * canvas.plot_height for end in wanted]
    tall = 2 * palette.VALUE * palette.LINE_HEIGHT
    centres = lay_out(px, [tall] * len(px), 0, canvas.plot_height, 4)
    for (arm, end), anchor, y, at in zip(ends.items(), wanted, px, centres, strict=True):
        under = text("chart.not_published") if end is None else below.get(arm, "")
        words = f"{bold(text(f'chart.{arm}'))}{BREAK}{coloured(safe(under), _WORDS[arm])}"
        place: Keys = {"xref": "paper", "xshift": 9, "yshift": y - at, "size": palette.VALUE, "color": _WORDS[arm]}
        canvas.write(words, 1, anchor, anchor="left", **place)


def last_value(points: Points) -> float | None:
    """The last value that is published."""
    return next((value for _, value in reversed(points) if value is not None), None)


def values_of(series: Mapping[Arm, Points]) -> list[float]:
    """All published values."""
    return [value for points in series.values() for _, value in points if value is not None]


def arm_name(arm: Arm, n: int | None, text: Text) -> str:
    """'funded (71 firms)'."""
    return text(f"chart.{arm}") + (f" ({text.count('chart.firms', n)})" if n is not None else "")


def awards_alt(awards: Sequence[Award], text: Text) -> list[str]:
    """What the vertical lines mark, as no or one sentence."""
    words = "; ".join(words for _, words in sorted(awards))
    return [text("chart.alt.awards", awards=words)] if awards else []
