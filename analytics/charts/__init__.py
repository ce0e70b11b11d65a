"""Drawing: published values come in; HTML and SVG that fit any width go out, with the same in words for who cannot see.

Nothing here computes a statistic. Colours and sizes stand in `static/marks.css` and `static/pictures.css`, words in
the text files.
"""

from analytics.charts.events import EventPoint, event_study
from analytics.charts.key import key
from analytics.charts.kit.axis import Axis
from analytics.charts.kit.frame import Stamp, framed
from analytics.charts.kit.interval import Mark, scale_of, shared_axis
from analytics.charts.kit.row import Guide, Heads, Look, Row
from analytics.charts.kit.still import Drawing, Still
from analytics.charts.lines import Award, NamedLine, context, index_lines, shares
from analytics.charts.multiples import SmallChart, small_multiples
from analytics.charts.rows import rows
from analytics.charts.spread import spread
from analytics.charts.tiles import Tile, tiles

__all__ = [
    "Award",
    "Axis",
    "Drawing",
    "EventPoint",
    "Guide",
    "Heads",
    "Look",
    "Mark",
    "NamedLine",
    "Row",
    "SmallChart",
    "Stamp",
    "Still",
    "Tile",
    "context",
    "event_study",
    "framed",
    "index_lines",
    "key",
    "rows",
    "scale_of",
    "shared_axis",
    "shares",
    "small_multiples",
    "spread",
    "tiles",
]
