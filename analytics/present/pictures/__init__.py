"""Release parts -> pictures for a page: a drawing, and a table of the same figures.

Each is drawn once for a release, language and selection, and shared between readers. Nothing here computes a statistic.
"""

from analytics.present.pictures.effects import (
    OPENS_SECTOR,
    changes_and_effect,
    forest,
    money,
    sectors,
    small_axis,
    standing,
    years,
)
from analytics.present.pictures.evidence import read_otherwise, specification_curve
from analytics.present.pictures.firms import balance, detectable, provinces, spread
from analytics.present.pictures.over_time import all_sectors, context, event_study, index_lines, reporting
from analytics.present.pictures.picture import Absent, Picture, Shown

__all__ = [
    "OPENS_SECTOR",
    "Absent",
    "Picture",
    "Shown",
    "all_sectors",
    "balance",
    "changes_and_effect",
    "context",
    "detectable",
    "event_study",
    "forest",
    "index_lines",
    "money",
    "provinces",
    "read_otherwise",
    "reporting",
    "sectors",
    "small_axis",
    "specification_curve",
    "spread",
    "standing",
    "years",
]
