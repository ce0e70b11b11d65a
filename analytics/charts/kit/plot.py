"""A plot of values over time: what is drawn on it, the words around it, and how a page shows both."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final, Literal

from markupsafe import Markup

from analytics.charts.kit.frame import watermark
from analytics.charts.kit.markup import element, joined, number, percent

LABEL, LABEL_LINE = 20.0, 16.0  # px: of the name at the end of a line, and of each line under it
_LABEL_LETTERS = 14  # of a line under it, on a page


@dataclass(frozen=True, slots=True)
class Box:
    """The room that marks are drawn in, from its top left corner: px of an image, or of a page's own coordinates."""

    width: float
    height: float


ON_PAGE: Final = Box(1000.0, 1000.0)  # stretches to the room that the page has


@dataclass(frozen=True, slots=True)
class Tick:
    """Words beside a plot. at: share of its width from the left, or of its height from the top; is_lesser: whether
    they give way on a narrow page.
    """

    at: float
    words: str
    is_lesser: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """Words where a line ends. kind: class of the line; at: share of the height from the top; under: below its name."""

    kind: str
    at: float
    name: str
    under: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """An arrow where something leaves the plot, at shares of its width and height."""

    x: float
    y: float
    side: Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Plot:
    """draw: the marks, in a box; height: px; values: words of the axis, on the left; times: below; ends: where lines
    end; windows: words at the top, each from its place on; uprights: places of lines that such words keep clear of in
    an image; over: words above a place; leaving: see `Leaving`; above: words over the whole; below: under it;
    data_mark: the watermark in an empty band at the foot.
    """

    draw: Callable[[Box], Markup]
    height: float
    values: Sequence[Tick]
    times: Sequence[Tick]
    ends: Sequence[End] = ()
    windows: Sequence[Tick] = ()
    uprights: Sequence[float] = ()
    over: Sequence[Tick] = ()
    leaving: Sequence[Leaving] = ()
    above: str = ""
    below: str = ""
    data_mark: str | None = None


def on_page(plot: Plot) -> Markup:
    """A plot in any width, with the words above and below it."""
    above = [element("p", plot.above, class_="awards")] if plot.above else []
    below = [element("p", plot.below, class_="axis-words")] if plot.below else []
    drawn = element("div", *_parts(plot), class_="plot", style=f"height:{number(plot.height)}px")
    return joined([*above, drawn, *below])


def _parts(plot: Plot) -> Iterable[Markup]:
    box = f"0 0 {number(ON_PAGE.width)} {number(ON_PAGE.height)}"
    yield element(
        "svg", plot.draw(ON_PAGE), class_="curves", viewBox=box, preserveAspectRatio="none", aria_hidden="true"
    )
    for tick in plot.values:
        yield element("span", tick.words, class_="y", style=f"top:{percent(tick.at)}")
    for tick in plot.times:
        yield element("span", tick.words, class_="x also" if tick.is_lesser else "x", style=f"left:{percent(tick.at)}")
    yield from end_labels(plot.ends, plot.height)
    for tick in plot.windows:
        yield element("span", element("b", tick.words), class_="window", style=f"left:{percent(tick.at)}")
    for arrow in plot.leaving:
        place = f"left:{percent(arrow.x)};top:{percent(arrow.y)}"
        yield element("i", class_=f"leaves {arrow.side}", style=place)
    for tick in plot.over:
        yield element("b", tick.words, class_="award-word", style=f"left:{percent(tick.at)}")
    if plot.data_mark:
        yield element("span", watermark(plot.data_mark), class_="mark-band")


def end_labels(ends: Sequence[End], height: float) -> list[Markup]:
    """Words where lines end, on a page."""
    lines = [max(len(wrap(end.under, _LABEL_LETTERS)), 1) for end in ends]
    return [
        element(
            "span",
            element("b", end.name),
            element("small", end.under),
            class_=f"end-label {end.kind}",
            style=f"top:{number(top)}px",
        )
        for end, top in ((ends[i], top) for i, top in kept_apart(ends, lines, height))
    ]


def kept_apart(ends: Sequence[End], lines: Sequence[int], height: float) -> list[tuple[int, float]]:
    """The words where lines end from the top down, by their number, with their places: px from the top of the plot,
    near where their lines end, none over another. lines: how many stand under each name.
    """
    order = sorted(range(len(ends)), key=lambda i: (ends[i].at, i))
    tops = [ends[i].at * height for i in order]
    for place in range(1, len(tops)):
        tops[place] = max(tops[place], tops[place - 1] + LABEL + LABEL_LINE * lines[order[place - 1]])
    over = max((tops[-1] if tops else 0.0) - height, 0.0)
    return [(i, top - over) for i, top in zip(order, tops, strict=True)]
