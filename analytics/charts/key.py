"""The key of every interval: one of which something is said, one of which nothing can be, with their words."""

from functools import lru_cache, partial
from typing import Final

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.axis_still import HEAD
from analytics.charts.kit.interval import Line, Mark, draw_interval
from analytics.charts.kit.markup import element, joined
from analytics.charts.kit.outlines import length, line, paragraph, wrapped
from analytics.charts.kit.still import Drawing, Still, at
from analytics.language.text import Text

_SAMPLE = Mark(0.0, -1.0, 1.0, -0.45, 0.45)  # no estimate: it shows how to read one, on no scale
_AXIS = Axis(-1.1, 1.1, 1.0)
_BOX: Final = (80.0, 14.0)  # px of a sample in an image
_GAP, _LEADING = 22.0, 20.0  # px


@lru_cache(maxsize=8)
def key(text: Text) -> Drawing:
    """Both samples, and what their bars and ends are."""
    words = {told: text(f"chart.key_{'told' if told else 'open'}") for told in (True, False)}
    samples = [
        element("span", element("svg", _sample(Line(_AXIS), told=told), aria_hidden="true"), said)
        for told, said in words.items()
    ]
    markup = element("p", *samples, element("span", text("chart.key_parts")), class_="key")
    return Drawing(markup, partial(_still, words, text("chart.key_parts")), text("chart.key_parts"))


def _sample(line: Line, *, told: bool) -> Markup:
    return draw_interval(_SAMPLE, line, words=str, scale="linear", told=told)


def _still(words: dict[bool, str], parts: str, width: float) -> Still:
    """Both samples beside each other; behind them what their parts are, or below."""
    drawn, x = [], 0.0
    for told, said in words.items():
        drawn.append(at(_sample(Line(_AXIS, _BOX), told=told), x, 2.0))
        drawn.append(line(said, x + _BOX[0] + 8, 13.5, HEAD))
        x += _BOX[0] + 8 + length(said, HEAD) + _GAP
    below = x + length(parts, HEAD) > width
    lines = wrapped(parts, width, HEAD)
    left, top = (0.0, 13.5 + _LEADING) if below else (x, 13.5)
    drawn.append(paragraph(lines, left, top, HEAD, _LEADING))
    return Still(joined(drawn), width, 18.0 + (len(lines) * _LEADING if below else 0.0))
