"""The key of every interval: one of which something is said, one of which nothing can be, with their words."""

from functools import lru_cache

from markupsafe import Markup

from analytics.charts.kit.axis import Axis
from analytics.charts.kit.interval import Line, Mark, draw_interval
from analytics.charts.kit.markup import element
from analytics.language.text import Text

_SAMPLE = Mark(0.0, -1.0, 1.0, -0.45, 0.45)  # no estimate: it shows how to read one, on no scale


@lru_cache(maxsize=8)
def key(text: Text) -> Markup:
    """Both samples, and what their bars and ends are."""
    line = Line(Axis(-1.1, 1.1, 1.0))
    samples = [
        element(
            "span",
            element("svg", draw_interval(_SAMPLE, line, words=str, scale="linear", told=told), aria_hidden="true"),
            text(f"chart.key_{'told' if told else 'open'}"),
        )
        for told in (True, False)
    ]
    return element("p", *samples, element("span", text("chart.key_parts")), class_="key")
