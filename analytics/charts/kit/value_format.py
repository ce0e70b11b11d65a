"""How the values of a chart are written: in their unit, in the reader's language, and as ticks that do not touch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, ticks
from analytics.charts.kit.canvas import Canvas
from analytics.charts.kit.interval import Mark, Scale, scale_of
from analytics.charts.kit.words import width
from analytics.language.text import Text

Write = Callable[[float], str]  # a value in words

_TICK_GAP = 8.0  # px between the words of two ticks
_EDGE_GAP = 2.0  # px that every word keeps from the edge of the picture


@dataclass(frozen=True, slots=True)
class ValueFormat:
    """How values of a unit (`model.Unit`) are written in the language of `text`."""

    unit: str
    text: Text

    @property
    def scale(self) -> Scale:
        """The scale of intervals and axes of this unit."""
        return scale_of(self.unit)

    def value(self, value: float) -> str:
        """A value with its sign and unit: "+12%", "+3 p.p.", "+0,09"."""
        return self.text.measured(value, self.unit)

    def interval(self, mark: Mark) -> str:
        """The ends of the 95% interval: "(−1%; +29%)"."""
        return self.text.interval(mark.low, mark.high, self.unit)


def axis_with_room(make: Callable[[int], Axis], write: Write, room: float) -> Axis:
    """The axis with the most ticks whose words differ and do not touch.

    make: from the number of steps at most to an axis; write: a tick in words; room: width of the axis in px.
    """
    for most in (5, 4, 3, 2):
        extent = make(most)
        words = [write(value) for value in extent.ticks()]
        widest = max((width(word, palette.TICK) for word in words), default=0.0)
        step = extent.step / (extent.high - extent.low) * room
        if widest + _TICK_GAP <= step and len(set(words)) == len(words):
            break
    return extent


def tick_keys(extent: Axis, write: Write, canvas: Canvas) -> Keys:
    """Plotly's keys for the range and ticks of a horizontal axis. Ticks whose words would touch others or be cut by the
    edge of the picture are left out.
    """
    uncut = [value for value in extent.ticks() if _fits(extent.share(value), write(value), canvas)]
    values = _untouched(uncut, [extent.share(value) * canvas.plot_width for value in uncut], write)
    return {"range": (extent.low, extent.high)} | ticks(values, [write(value) for value in values])


def _fits(share: float, words: str, canvas: Canvas) -> bool:
    """Whether words centred at a share of the plot's width stand inside the picture."""
    half, at = width(words, palette.TICK) / 2, share * canvas.plot_width
    return at - half >= -canvas.left + _EDGE_GAP and at + half <= canvas.plot_width + canvas.right - _EDGE_GAP


def _untouched(values: Sequence[float], positions: Sequence[float], write: Write) -> list[float]:
    """The values whose words do not touch those of the value kept before. positions: of their middles, in px."""
    kept: list[float] = []
    end = -1e9
    for value, px in zip(values, positions, strict=True):
        half = width(write(value), palette.TICK) / 2
        if px - half >= end + _TICK_GAP / 2:
            kept.append(value)
            end = px + half
    return kept
