"""Pictures: pure functions from published values to plotly figures, each with a sibling that says the same in words.

Nothing here computes a statistic or knows the screen. Colours and sizes stand in `palette`, words in the text files.
"""

from analytics.charts.canvas import Stamp
from analytics.charts.forest import forest, forest_alt
from analytics.charts.interval import Mark, Row
from analytics.charts.lines import lines, lines_alt, small_multiple, small_multiple_alt
from analytics.charts.panels import change_panel, change_panel_alt, effect_panel, effect_panel_alt
from analytics.charts.years import years, years_alt

__all__ = [
    "Mark",
    "Row",
    "Stamp",
    "change_panel",
    "change_panel_alt",
    "effect_panel",
    "effect_panel_alt",
    "forest",
    "forest_alt",
    "lines",
    "lines_alt",
    "small_multiple",
    "small_multiple_alt",
    "years",
    "years_alt",
]
