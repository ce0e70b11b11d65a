"""Programmes like the demonstration's, for the evidence behind a claim: its sectors, and what may go wrong before.

Firms and their sales are those of the base design; here they are dressed with everything that checks and specifications
ask for. No estimator is known here.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.demonstration.assumptions import OTHER_AID_EDITIONS, SECTORS
from analytics.panel import Panel
from analytics.programme.file import Programme
from tests.bench.designs import DESIGNS, STORIES, Design, Flags, Sector, programme_of

PAID = 0.98  # share of funded firms that were paid: the others gave up, or lost the grant
BELOW_THRESHOLD = 0.7  # share of comparison firms that were turned down for their score alone
SOURCE = "survey"
TOO_SMALL = ("electronics", "other_making")  # of these nothing is published
STAFF = (-np.inf, 10, 50, np.inf)  # from where to where, by class
CLASSES = ("micro", "small", "medium")
DAY_OF_AWARD = 15


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens: its name, how it is told, and the design. works: whether the grants have the design's effect, and
    where; ahead: where funded firms are, if the design has them ahead: everywhere, in one whole macro-sector, or in one
    sector of each.
    """

    name: str
    title: str
    design: Design
    works: bool = False
    half: bool = False
    ahead: Literal["everywhere", "one macro-sector", "one sector of each"] = "everywhere"

    def is_ahead(self, programme: Programme, sector: str, number: int) -> bool:
        """Whether a sector's funded firms are ahead, where those of the design are; which, goes round programmes."""
        macro_sector = {one.id: one.macro_sector for one in programme.sectors}
        beside = [one for one in macro_sector if macro_sector[one] == macro_sector[sector] and one not in TOO_SMALL]
        if self.ahead == "everywhere":
            return self.design.ahead > 0
        if self.ahead == "one macro-sector":
            together = programme.codes("macro_sector")
            return macro_sector[sector] == together[number % len(together)]
        return sector == beside[number % len(beside)]

    def has_effect(self, programme: Programme, sector: str) -> bool:
        """Whether grants work in a sector: of a half of them, in every second one."""
        return self.works and (not self.half or programme.codes("sector").index(sector) % 2 == 0)


def _base(**changes: float) -> Design:
    return replace(DESIGNS["base"], **changes)


SCENARIOS = {
    one.name: one
    for one in (
        Scenario("nothing", "no effect", _base()),
        Scenario("plus_15", "effect of 15%", _base(effect=float(np.log(1.15))), works=True),
        Scenario("plus_30", "effect of 30%", _base(effect=float(np.log(1.30))), works=True),
        Scenario("ahead_10", "no effect, 10% a year ahead", _base(ahead=float(np.log(1.10)))),
        Scenario("ahead_20", "no effect, 20% a year ahead", _base(ahead=float(np.log(1.20)))),
        Scenario(
            "half", "effect of 30% in half of the sectors", _base(effect=float(np.log(1.30))), works=True, half=True
        ),
        *(
            Scenario(
                f"ahead_{rate}_{name}",
                f"no effect, {rate}% a year ahead in {where}",
                _base(ahead=float(np.log1p(rate / 100))),
                ahead=where,
            )
            for name, where in (("together", "one macro-sector"), ("apart", "one sector of each"))
            for rate in (10, 20)
        ),
        Scenario("dip", "no effect, dip before", _base(dip=0.20)),
    )
}


def sectors_of(programme: Programme, scenario: Scenario | None = None, number: int = 0) -> list[Sector]:
    """The programme's sectors with the demonstration's firms; the pandemics of the designs in turn."""
    counts = SECTORS.loc[programme.codes("sector"), ["funded", "comparison"]]
    sectors = [Sector(name, n, m, at % len(STORIES)) for at, (name, n, m) in enumerate(counts.itertuples(name=None))]
    if scenario is None:
        return sectors
    return [
        replace(
            one,
            effect=None if scenario.has_effect(programme, one.name) else 0.0,
            ahead=scenario.is_ahead(programme, one.name, number),
        )
        for one in sectors
    ]


def panel_of(scenario: Scenario, programme: Programme, rng: np.random.Generator, number: int = 0) -> Panel:
    """One simulated programme, as the store would give it; number: its place among those of the scenario."""
    made = programme_of(sectors_of(programme, scenario, number), scenario.design, rng, works=scenario.works).panel
    return replace(made, units=_told(made.units, made.funded, programme, rng))


def _told(units: pd.DataFrame, funded: Flags, programme: Programme, rng: np.random.Generator) -> pd.DataFrame:
    """What applications say beside sector, staff and grant."""
    n = len(units)
    macro_sector = {sector.id: sector.macro_sector for sector in programme.sectors}
    awarded = units["cohort"].dt.to_timestamp() + pd.Timedelta(days=DAY_OF_AWARD - 1)
    return units.assign(
        macro_sector=units["sector"].map(macro_sector),
        size_class=pd.cut(units["employees"], STAFF, right=False, labels=CLASSES).astype("str"),
        awarded_on=awarded,
        paid_eur=units["grant_eur"] * (rng.random(n) < PAID),
        below_threshold=~funded & (rng.random(n) < BELOW_THRESHOLD),
        eligibility_known=pd.Series(True, index=units.index, dtype="boolean").mask(funded),
        other_aid_on=_other_aid(funded, rng),
        source=SOURCE,
        set_aside=False,
    )


def _other_aid(funded: Flags, rng: np.random.Generator) -> npt.NDArray[np.datetime64]:
    """(n,) the day of other aid, as often as in the demonstration; here it changes no sales."""
    n = len(funded)
    draw, when = rng.random(n), rng.random(n)
    day, start = np.full(n, np.datetime64("NaT", "s")), np.zeros(n)
    for edition in OTHER_AID_EDITIONS.to_dict("records"):
        first, last = (np.datetime64(str(edition[name]), "D") for name in ("first", "last"))
        share = np.where(funded, edition["funded"], edition["comparison"])
        has = (draw >= start) & (draw < start + share)
        given = first + np.floor(when * ((last - first).astype(int) + 1)).astype("timedelta64[D]")
        day, start = np.where(has, given.astype("datetime64[s]"), day), start + share
    return day
