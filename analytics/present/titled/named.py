"""Every picture of the pages by its name, with the choices that it depends on: from this list pages and addresses take
them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from analytics.language.text import Text
from analytics.model import UserError
from analytics.present.titled import evidence, overview, sectors
from analytics.present.titled.chosen import (
    CLAIM,
    ESTIMAND,
    LINES,
    OUTCOME,
    SECTOR,
    YEAR,
    View,
    choices_read,
)
from analytics.present.titled.titled import Titled
from analytics.release import Release


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands. page: name of the page; draw: it, or None where the page does not show it; choices: of
    the page, those that it depends on, each after those that its options depend on.
    """

    page: str
    draw: Callable[[View], Titled | None]
    choices: tuple[str, ...] = ()


_EFFECT: Final = (SECTOR, OUTCOME, ESTIMAND, YEAR)

# By name: the page's, then the picture's own, which it has within its page.
PLACES: Final[Mapping[str, Place]] = {
    "overview-changes": Place("overview", overview.changes),
    "overview-money": Place("overview", overview.money),
    "overview-sectors": Place("overview", overview.sectors),
    "overview-years": Place("overview", overview.years),
    "overview-size_class": Place("overview", partial(overview.by, dimension="size_class")),
    "overview-channel": Place("overview", partial(overview.by, dimension="channel")),
    "sectors-lines": Place("sectors", sectors.lines, (SECTOR, OUTCOME, LINES)),
    "sectors-years": Place("sectors", sectors.years, _EFFECT),
    "sectors-standing": Place("sectors", sectors.standing, _EFFECT),
    "sectors-channel": Place("sectors", partial(sectors.by, dimension="channel"), _EFFECT),
    "sectors-size_class": Place("sectors", partial(sectors.by, dimension="size_class"), _EFFECT),
    "sectors-area": Place("sectors", partial(sectors.by, dimension="area"), _EFFECT),
    "sectors-all": Place("sectors", sectors.every, (SECTOR, OUTCOME)),
    "sectors-spread": Place("sectors", sectors.spread, (SECTOR, OUTCOME)),
    "sectors-context": Place("sectors", sectors.context, (SECTOR,)),
    "sectors-provinces": Place("sectors", sectors.provinces),
    "evidence-specifications": Place("evidence", evidence.specifications, (CLAIM,)),
    "evidence-before": Place("evidence", evidence.before, (CLAIM,)),
    "evidence-events": Place("evidence", evidence.events),
    "evidence-balance": Place("evidence", evidence.balance),
    "evidence-reporting": Place("evidence", evidence.reporting),
    "evidence-detectable": Place("evidence", evidence.detectable),
}


def picture_on(name: str, view: View) -> Titled | None:
    """A picture as a page shows it; None where it does not."""
    place = PLACES[name]
    drawn = place.draw(view)
    return None if drawn is None else replace(drawn, name=name, choices=view.chosen.of(place.choices))


def picture_asked(name: str, given: Mapping[str, str], release: Release, text: Text) -> Titled:
    """A picture with the choices that an address names. Raises UserError where the release's pages have no such
    picture, or no such choice.
    """
    drawn = None
    if name in PLACES:
        drawn = picture_on(name, View(release, text, choices_read(PLACES[name].choices, given, release, text)))
    if drawn is None:
        raise UserError("export.unknown", name="picture", value=name, known=", ".join(PLACES))
    return drawn
