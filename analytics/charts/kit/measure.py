"""How the values of a chart are written: in their unit, in the reader's language, and as ticks that have room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.charts.kit import palette
from analytics.charts.kit.axis import Axis, Keys, ticks
from analytics.charts.kit.canvas import Canvas
from analytics.charts.kit.interval import Mark, Scale, scale_of
from analytics.charts.kit.words import width
from analytics.language.text import Text

Write = Callable[[float], str]

_BETWEEN = 8.0  # px between the words of two ticks
_CUT = 2.0  # px that every word keeps from the edge of the picture


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit, a value of `model.Unit`, in a language."""

    unit: str
    text: Text

    @property
    def scale(self) -> Scale:
        """How intervals and axes of this unit behave."""
        return scale_of(self.unit)

    def value(self, value: float) -> str:
        """+12%, +3 p.p., +0,09."""
        return self.text.measured(value, self.unit)

    def interval(self, mark: Mark) -> str:
        """(−1%; +29%)."""
        return self.text.interval(mark.low, mark.high, self.unit)


def roomy(make: Callable[[int], Axis], write: Write, room: float) -> Axis:
    """The axis with the most ticks whose words differ and do not touch. make: an axis of at most so many steps."""
    for most in (5, 4, 3, 2):
        extent = make(most)
        words = [write(value) for value in extent.ticks()]
        widest = max((width(word, palette.TICK) for word in words), default=0.0)
        step = extent.step / (extent.high - extent.low) * room
        if widest + _BETWEEN <= step and len(set(words)) == len(words):
            break
    return extent


def tick_keys(extent: Axis, write: Write, canvas: Canvas) -> Keys:
    """Range and ticks of a horizontal axis; words that the edge of the picture would cut are left out."""
    kept = [value for value in extent.ticks() if _whole(extent.share(value), write(value), canvas)]
    apart = _apart(kept, [extent.share(value) * canvas.plot_width for value in kept], write)
    return {"range": (extent.low, extent.high)} | ticks(apart, [write(value) for value in apart])


def _whole(share: float, words: str, canvas: Canvas) -> bool:
    half, at = width(words, palette.TICK) / 2, share * canvas.plot_width
    return at - half >= -canvas.left + _CUT and at + half <= canvas.plot_width + canvas.right - _CUT


def _apart(values: Sequence[float], at: Sequence[float], write: Write) -> list[float]:
    """The values whose words do not touch those of the kept one before."""
    kept: list[float] = []
    end = -1e9
    for value, px in zip(values, at, strict=True):
        half = width(write(value), palette.TICK) / 2
        if px - half >= end + _BETWEEN / 2:
            kept.append(value)
            end = px + half
    return kept
