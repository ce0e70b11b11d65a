"""Release parts -> pictures for a page: a chart, the same in words, and a table of the same figures.

Each is drawn once for a release, language and selection, and shared between readers. Nothing here computes a statistic.
"""

from analytics.present.pictures.effects import change_panel, effect_panel, forest, money_panel, standing, years
from analytics.present.pictures.evidence import read_otherwise, specification_curve
from analytics.present.pictures.firms import balance, detectable, provinces, spread
from analytics.present.pictures.over_time import all_sectors, context, event_study, index_lines, reporting
from analytics.present.pictures.picture import Absent, Picture, Shown

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
