"""Index lines of every group beside each other, on one scale; each opens what its group has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.charts.kit.outlines import BLUE, INK, SEMIBOLD, Style, length, line, paragraph, wrapped
from analytics.charts.kit.plot import Plot, on_page
from analytics.charts.kit.plot_still import SMALL, plot_still
from analytics.charts.kit.still import Drawing, Still, at
from analytics.charts.kit.timeline import Ground, Points, Span, labelled, plotted, year_marks
from analytics.charts.lines import Award, comparison_first, index_alt, index_ground
from analytics.language.text import Text
from analytics.model import Arm

_HEIGHT = 84.0  # px
_BAND = 0.36  # of the range of values: an empty band under all that is drawn, for the watermark
_WIDE: Final = 700.0  # px: from here on, four beside each other
_GAPS: Final = {4: (22.0, 14.0), 2: (14.0, 12.0)}  # px between columns and between rows
_LEADING: Final = 18.0


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One group: its name, number of funded firms in words, index points of each arm; what it opens; whether it is the
    one that the page is about.
    """

    title: str
    n: str
    series: Mapping[Arm, Points]
    href: str = ""
    current: bool = False


def small_multiples(
    charts: Sequence[SmallChart],
    *,
    before: Span,
    after: Span,
    awards: Sequence[Award],
    data_mark: str | None,
    text: Text,
) -> Drawing:
    """Index lines of both arms of every group, on one scale, with the first award; each opens what its group has."""
    ground = index_ground([chart.series for chart in charts], before, after, awards[:1], 3, _BAND)
    plots = [_plot(chart, ground, data_mark, text) for chart in charts]
    alts = [_alt(chart, text) for chart in charts]
    drawn = [_on_page(*parts) for parts in zip(charts, plots, alts, strict=True)]
    still = partial(_still, list(zip(charts, plots, strict=True)))
    return Drawing(element("div", *drawn, class_="multiples"), still, " ".join(alts), any(chart.n for chart in charts))


def _plot(chart: SmallChart, ground: Ground, data_mark: str | None, text: Text) -> Plot:
    days = [day for points in chart.series.values() for day, _ in points]
    years = year_marks(days, ground.span, 3)
    plot = plotted(comparison_first(chart.series), ground, years=years, write=text.number, height=_HEIGHT)
    return replace(plot, data_mark=data_mark)


def _alt(chart: SmallChart, text: Text) -> str:
    arms = "; ".join(index_alt(arm, chart.series, None, text) for arm in chart.series)
    return text("chart.alt.small", title=chart.title, firms=chart.n, arms=arms)


def _on_page(chart: SmallChart, plot: Plot, alt: str) -> Markup:
    firms = f" · {chart.n}" if chart.n else ""
    title = element("span", element("b", chart.title), firms, class_="small-title")
    return element(
        "a" if chart.href else "div",
        title,
        labelled(on_page(plot), alt),
        href=chart.href or None,
        class_="small lines current" if chart.current else "small lines",
    )


def _still(charts: Sequence[tuple[SmallChart, Plot]], width: float) -> Still:
    """Rows of four or two; titles of a row take as many lines as its longest."""
    columns = 4 if width >= _WIDE else 2
    across, down = _GAPS[columns]
    each = (width - across * (columns - 1)) / columns
    parts, top = [], 0.0
    for first in range(0, len(charts), columns):
        row = charts[first : first + columns]
        titles = [_title(chart, each) for chart, _ in row]
        head = max(title.height for title in titles)
        plots = [plot_still(plot, each, SMALL) for _, plot in row]
        for i, (title, plot) in enumerate(zip(titles, plots, strict=True)):
            left = i * (each + across)
            parts += [at(title.svg, left, top + head - title.height), at(plot.svg, left, top + head)]
        top += head + max(plot.height for plot in plots) + down
    return Still(element("g", joined(parts), class_="small"), width, max(top - down, 0.0))


def _title(chart: SmallChart, width: float) -> Still:
    """The name, and behind its last word the number of firms."""
    name = Style(14, weight=SEMIBOLD, fill=BLUE if chart.current else INK)
    firms = f"\u00a0·\u00a0{chart.n}" if chart.n else ""
    *above, last = wrapped(f"{chart.title}{firms}", width, name)
    last, top = last.removesuffix(firms), 14.0 + len(above) * _LEADING
    parts = [paragraph(above, 0.0, 14.0, name, _LEADING), line(last, 0.0, top, name)]
    parts.append(line(firms, length(last, name), top, Style(14, fill=name.fill)))
    return Still(joined(parts), width, _LEADING * (len(above) + 1) + 2.0)
