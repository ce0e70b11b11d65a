"""Release parts -> pictures for a page: a chart, the same in words, and a table of the same figures.

Each is drawn once for a release, language and selection, and shared between readers. Nothing here computes a statistic.
"""

from analytics.pictures.effects import change_panel, effect_panel, forest, money_panel, standing, years
from analytics.pictures.evidence import read_otherwise, specification_curve
from analytics.pictures.firms import balance, detectable, provinces, spread
from analytics.pictures.parts import Absent, Picture, Shown
from analytics.pictures.paths import all_sectors, context, event_study, index_lines, reporting

__all__ = [
    "Absent",
    "Picture",
    "Shown",
    "all_sectors",
    "balance",
    "change_panel",
    "context",
    "detectable",
    "effect_panel",
    "event_study",
    "forest",
    "index_lines",
    "money_panel",
    "provinces",
    "read_otherwise",
    "reporting",
    "specification_curve",
    "spread",
    "standing",
    "years",
]
