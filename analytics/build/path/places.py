"""Where each application and firm stands on the path: one place each, the first reason that holds.

Each reason lies in the gap before a step. Places are a tree: a step holds the next one, and the reasons in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, ObjectArray
from analytics.build.samples import Samples
from analytics.estimate.left_out import (
    NOT_MEASURED,
    LeftOut,
    why_not_analysed,
    why_not_measured,
)
from analytics.estimate.sample import Sample
from analytics.panel import Panel
from analytics.programme.file import Programme
from analytics.release.path import INELIGIBLE
from analytics.store.database import Store

SELLING, MATCHED, MEASURED, ANALYSED = "selling", "matched", "measured", "analysed"
TURNED_DOWN, FIRMS, ELIGIBLE, COMPARED = "turned_down", "firms", "eligible", "compared"
PLACE, WAVE = "place", "wave"
STILL_FUNDED, REVOKED, WITHDRAWN = "still_funded", "revoked", "withdrawn"
FATES = {"funded": STILL_FUNDED, "revoked": REVOKED, "withdrawn": WITHDRAWN}
PAID, PAID_IN_PART, PAID_ABOVE, UNPAID, UNKNOWN = "paid", "paid_in_part", "paid_above", "unpaid", "payment_unknown"
_NO_FIGURES = ("closed_unreported", "not_reported")
CLOSED, SPLIT_NOT_TOLD = "closed", "no_sales_in_a_window"
# of a measured firm, by whether it sold in its windows: told one by one, or as one where they would tell too much
BY_SALES = ("never_sold", "sold_nothing_before", CLOSED, "sold_nothing_after", "never_both")
_NOT_ANALYSED = (*BY_SALES, SPLIT_NOT_TOLD, "no_counterpart", "not_explained")
_NOT_MEASURED = tuple(map(str, NOT_MEASURED))
# the steps of each path, and the reasons in the gap before each, in the order in which they are asked
OF_FUNDED: Mapping[str, tuple[str, ...]] = {
    SELLING: ("no_sales",),
    MATCHED: _NO_FIGURES,
    MEASURED: _NOT_MEASURED,
    ANALYSED: _NOT_ANALYSED,
}
_OF_COMPARISON: Mapping[str, tuple[str, ...]] = {
    FIRMS: ("also_awarded", "further_applications"),
    COMPARED: ("no_sales", "no_sector", "no_funded_in_sector"),
    MATCHED: _NO_FIGURES,
    MEASURED: _NOT_MEASURED[1:],
    ANALYSED: _NOT_ANALYSED,
}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Who stands where, confidential. funded: by firm, wave and place; awards: by firm, wave, fate (how its award
    ended), flow (paid, unpaid, payment_unknown), granted and paid in euros; turned_down: by application that was, firm
    and place; applications: one row each, as the store tells it.
    """

    funded: pd.DataFrame
    awards: pd.DataFrame
    turned_down: pd.DataFrame
    applications: pd.DataFrame


def comparison_steps(programme: Programme) -> Mapping[str, tuple[str, ...]]:
    """The steps of the comparison firms' path, and the reasons in the gap before each."""
    ineligible = tuple(f"{INELIGIBLE}{reason}" for reason in programme.ineligible_reasons)
    return {FIRMS: _OF_COMPARISON[FIRMS], ELIGIBLE: ineligible, **_OF_COMPARISON}


def reasons_that_can_be(reasons: Sequence[str], *, funded: bool, split: bool) -> list[str]:
    """Those of the reasons that a firm of an arm can have; split: whether those of its sales are told one by one."""
    impossible = {*BY_SALES} if not split else {SPLIT_NOT_TOLD}
    impossible |= {"never_both"} if funded else set()
    return [reason for reason in reasons if reason not in impossible]


def parents_of(steps: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Place -> the place that it lies in: a step and the gap before it in the step before, a reason in its gap."""
    parents: dict[str, str] = {}
    before: str | None = None
    for step, reasons in steps.items():
        parents |= dict.fromkeys(reasons, gap_before(step))
        if before is not None:
            parents |= {step: before, gap_before(step): before}
        before = step
    return parents


def count_steps(places: pd.Series, steps: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many stand at each step or beyond it; places: one each."""
    counts, left = places.value_counts(), len(places)
    found = {}
    for step, reasons in steps.items():
        left -= sum(int(counts.get(reason, 0)) for reason in reasons)
        found[step] = left
    return found


def gap_before(step: str) -> str:
    """The place of all that are lost on the way to a step."""
    return f"not_{step}"


def places_of(everybody: Panel, samples: Samples, programme: Programme, store: Store) -> Places:
    """Where everybody stands. everybody: see `from_store`; samples: of its firms in either arm."""
    panel, question = everybody.compared, programme.headline
    sample = next(sample for sample in samples[question.outcome] if sample.horizon == question.horizon_code)
    applications = store.frame("path_applications", {"ineligible": list(programme.ineligible_reasons)})
    place = pd.Series(_place_of_firm(panel, sample, programme), index=panel.units.index, dtype=object)
    funded = panel.units.loc[panel.funded, [WAVE]].assign(place=place[panel.funded])
    awards = _awards(applications[applications["awarded"] & applications["is_first_award"]], panel)
    return Places(funded, awards, _turned_down(applications, place), applications)


def _place_of_firm(panel: Panel, sample: Sample, programme: Programme) -> ObjectArray:
    """(n_firms,) the place of each firm of either arm, behind the firms that could be compared."""
    units, funded = panel.units, panel.funded
    sells = units["sells"].fillna(True).to_numpy(dtype=bool)
    compared = units["sector"].isin(units["sector"][funded & sells].dropna()).to_numpy()
    has_figures = units["has_figures"].to_numpy(dtype=bool)
    closed = units["closed_on"].notna().to_numpy()
    not_analysed = why_not_analysed(sample, programme.headline.estimand)
    not_analysed[closed & (not_analysed == LeftOut.SOLD_NOTHING_AFTER)] = CLOSED
    holds: dict[str, BoolArray] = {
        "no_sales": ~sells,
        "no_sector": ~funded & units["sector"].isna().to_numpy(),
        "no_funded_in_sector": ~funded & ~compared,
        "closed_unreported": ~has_figures & closed,
        "not_reported": ~has_figures,
    }
    place = np.full(len(units), ANALYSED, dtype=object)
    for reasons in (not_analysed, why_not_measured(sample)):
        left = pd.notna(reasons)
        place[left] = reasons[left]
    for reason, mask in reversed(holds.items()):
        place[mask] = reason
    return place


def _awards(first: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """One row per funded firm: how the award that it counts from ended, and what was paid of it."""
    awards = first.set_index("firm_id").reindex(panel.units.index[panel.funded])
    granted, paid = (awards[name].fillna(0.0).to_numpy(dtype=np.float64) for name in ("grant_eur", "paid_eur"))
    flow = np.select([awards["paid_eur"].isna(), paid > 0], [UNKNOWN, PAID], default=UNPAID)
    return pd.DataFrame(
        {
            WAVE: panel.units.loc[awards.index, WAVE],
            "fate": awards["outcome"].map(FATES),
            "flow": flow.astype(object),
            "granted": granted,
            "paid": paid,
        },
        index=awards.index,
    )


def _turned_down(applications: pd.DataFrame, place: pd.Series) -> pd.DataFrame:
    """One row per application that was turned down: its firm and place. place: of each firm of either arm."""
    rows = applications[applications["turned_down"]].set_index("application_id")
    holds = {
        "also_awarded": rows["firm_awarded"],
        "further_applications": ~rows["is_first_turned_down"],
    }
    found = rows["firm_id"].map(place).astype(object)
    ineligible = (INELIGIBLE + rows["ineligible"].astype(object)).where(rows["ineligible"].notna(), None)
    found = ineligible.where(ineligible.notna(), found)
    for reason, mask in reversed(holds.items()):
        found = found.mask(mask, reason)
    return pd.DataFrame({"firm": rows["firm_id"].astype(object), PLACE: found.astype(object)})
