"""An invented programme with firms from outside the applicants, as files, and as a panel put together by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.folders import PROGRAMME_FILES
from analytics.panel import Panel
from analytics.programme.file import Programme, parse_programme
from tests.helpers.panels import drawn

NAME = "outside-2020"
ACTIVITIES = {"s0": "10.71", "s1": "47.91"}
SPECIFICATIONS = ("unadjusted", "symmetric_growth", "all_not_funded", "below_threshold_only", "outside_firms")
INELIGIBLE, THRESHOLD = "no_seat", "low_score"
Rows = list[dict[str, object]]


def programme_text() -> str:
    """Michigan's programme file as one of confidential data with two sectors, one outcome and five specifications."""
    text = (PROGRAMME_FILES / "michigan-1988.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[outcomes]]")
    first, _, _ = rest.partition("[[outcomes]]")
    _, _, macro = text.partition("[[macro_sectors]]")
    head = head.replace('"michigan-1988"', f'"{NAME}"').replace('"public"', '"confidential"')
    head = head.replace('requires = ["awarded_on"]', 'requires = ["awarded_on", "ateco_code"]')
    reasons = f'ineligible_reasons = ["{INELIGIBLE}"]\nthreshold_reasons = ["{THRESHOLD}"]\n'
    listed = f"specifications = {[*SPECIFICATIONS]}\n".replace("'", '"')
    head = head.replace("[title]", f"{listed}{reasons}\n[title]", 1).replace("1988", "2020").replace("1989", "2021")
    food = '[[sectors]]\nid = "food"\ndivisions = [10]\nmacro_sector = "manufacturing"\n'
    food += 'label = { it = "Alimentari", en = "Food" }\n\n'
    return f"{head}[[outcomes]]{first}{food}[[macro_sectors]]{macro}"


def outside_programme() -> Programme:
    """That programme."""
    return parse_programme(programme_text(), f"{NAME}.toml")


@dataclass(frozen=True, slots=True)
class Invented:
    """Firms drawn at random. panel: all of them, without any column beside sector, cohort and staff; kind: funded,
    turned_down, ineligible or outside, by firm.
    """

    panel: Panel
    kind: pd.Series

    @property
    def outside(self) -> list[str]:
        """The firms from outside the applicants."""
        return list(self.kind.index[self.kind == "outside"])

    def compared(self, *kinds: str) -> Panel:
        """The panel of firms of these kinds."""
        return self.panel.keep(self.kind.isin(kinds).to_numpy())

    def applications(self) -> Rows:
        """One row per firm that applied."""
        units, rows = self.panel.units, []
        for firm, kind in self.kind.items():
            row = {"application_id": f"A-{firm}", "fiscal_code": firm, "ateco_edition": "2007", "outcome": "not_funded"}
            row |= {"ateco_code": ACTIVITIES[units.at[firm, "sector"]], "employees": units.at[firm, "employees"]}
            row |= {"tranche": "", "awarded_on": "", "exclusion_reason": ""}
            if kind == "funded":
                row |= {"outcome": "funded", "tranche": "awarded_2020", "awarded_on": "2020-06-30"}
            elif kind == "ineligible":
                row |= {"outcome": "not_admitted", "exclusion_reason": INELIGIBLE}
            elif kind == "turned_down":
                row |= {"exclusion_reason": THRESHOLD if str(firm)[-1] in "02468" else ""}
            if kind != "outside":
                rows.append(row)
        return rows

    def comparison(self) -> Rows:
        """One row per firm from outside."""
        units = self.panel.units
        return [
            {
                "fiscal_code": firm,
                "ateco_code": ACTIVITIES[units.at[firm, "sector"]],
                "ateco_edition": "2007",
                "employees": units.at[firm, "employees"],
            }
            for firm in self.outside
        ]

    def sales(self, firms: list[str]) -> Rows:
        """One row per firm and year that it reported."""
        panel = self.panel
        places = panel.units.index.get_indexer(pd.Index(firms))
        return [
            {"fiscal_code": firm, "period": str(period), "sales": f"{panel.outcomes['sales'][row, at]:.6f}"}
            for firm, row in zip(firms, places, strict=True)
            for at, period in enumerate(panel.periods)
            if np.isfinite(panel.outcomes["sales"][row, at])
        ]


def invented(seed: int = 3, *, outside: int = 60) -> Invented:
    """Firms of two sectors, five years, awards in the third; so many from outside."""
    aside, turned_down, n_funded = 30, 90, 80
    halves = [(n - n // 2, n // 2) for n in (n_funded, turned_down + aside + outside)]
    panel = drawn(seed, frequency="Y", cohorts=(2,), funded=halves[0], comparison=halves[1], missing=0.05, zeros=0)
    rng = np.random.default_rng(seed)
    staff = np.round(np.exp(rng.normal(1.5, 1, len(panel.units))), 1)
    panel = Panel(
        panel.units.drop(columns="macro").assign(employees=staff),
        panel.periods,
        {"sales": np.round(panel.outcomes["sales"], 6)},
    )
    others = np.array(["turned_down"] * turned_down + ["ineligible"] * aside + ["outside"] * outside)
    kind = np.full(len(panel.units), "funded", dtype=object)
    kind[~panel.funded] = rng.permutation(others)
    return Invented(panel, pd.Series(kind, index=panel.units.index))
