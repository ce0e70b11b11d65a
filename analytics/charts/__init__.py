"""Drawing: published values come in; plotly figures, and the same in words for who cannot see them, go out.

Nothing here computes a statistic or knows the screen. Colours and sizes stand in `palette`, words in the text files.
"""

from plotly.graph_objects import Figure

from analytics.charts.context import ContextLine, context, context_alt
from analytics.charts.dots import DotRow, dot_rows, dot_rows_alt
from analytics.charts.events import EventPoint, event_study, event_study_alt
from analytics.charts.forest import forest, forest_alt
from analytics.charts.key import key, key_alt
from analytics.charts.kit.axis import Axis
from analytics.charts.kit.canvas import Stamp
from analytics.charts.kit.interval import ForestRow, Mark
from analytics.charts.lines import lines, lines_alt
from analytics.charts.multiples import SmallChart, small_multiples, small_multiples_alt
from analytics.charts.panels import change_panel, change_panel_alt, effect_panel, effect_panel_alt, shared_scale
from analytics.charts.quantiles import spread, spread_alt
from analytics.charts.shares import shares, shares_alt
from analytics.charts.tiles import Tile, tiles, tiles_alt
from analytics.charts.years import years, years_alt

__all__ = [
    "Axis",
    "ContextLine",
    "DotRow",
    "EventPoint",
    "Figure",
    "ForestRow",
    "Mark",
    "SmallChart",
    "Stamp",
    "Tile",
    "change_panel",
    "change_panel_alt",
    "context",
    "context_alt",
    "dot_rows",
    "dot_rows_alt",
    "effect_panel",
    "effect_panel_alt",
    "event_study",
    "event_study_alt",
    "forest",
    "forest_alt",
    "key",
    "key_alt",
    "lines",
    "lines_alt",
    "shared_scale",
    "shares",
    "shares_alt",
    "small_multiples",
    "small_multiples_alt",
    "spread",
    "spread_alt",
    "tiles",
    "tiles_alt",
    "years",
    "years_alt",
]
