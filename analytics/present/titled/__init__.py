"""The pictures of the pages, each under its title: a release and a reader's choices come in; what a page shows, and an
image of it says, goes out. Which picture stands under which title on which page is said here and nowhere else.
"""

from analytics.present.titled.chosen import (
    CHOICES,
    ESTIMAND,
    LINES,
    OUTCOME,
    SECTOR,
    YEAR,
    Chosen,
    View,
    claims_by_key,
    options,
    unusual,
)
from analytics.present.titled.named import PLACES, picture_asked, picture_on
from analytics.present.titled.titled import Keyed, Titled

__all__ = [
    "CHOICES",
    "ESTIMAND",
    "LINES",
    "OUTCOME",
    "PLACES",
    "SECTOR",
    "YEAR",
    "Chosen",
    "Keyed",
    "Titled",
    "View",
    "claims_by_key",
    "options",
    "picture_asked",
    "picture_on",
    "unusual",
]
