"""The true effects of the demonstration: the same firms with and without their grants (METHODS.md 3).

No estimator is known here, so the truth can judge any.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.arrays import FloatArray, IntArray
from analytics.demonstration.sales import MONTHS, PotentialSales, SalesSeries, month_positions
from analytics.model import Estimand
from analytics.programme.file import Programme

GROUPS = ("programme", "macro_sector", "sector")
ONLINE = "online_sales"
OUTCOMES: dict[str, Callable[[SalesSeries], FloatArray]] = {
    ONLINE: lambda series: series.online,
    "total_sales": lambda series: series.total,
    "online_abroad": lambda series: series.abroad,
}
SCALES = {
    Estimand.TYPICAL_FIRM: "log",
    Estimand.EURO_WEIGHTED: "log",
    Estimand.STARTED_SELLING: "points",
    Estimand.SYMMETRIC_GROWTH: "score",
    Estimand.ONLINE_SHARE: "points",
}


@dataclass(frozen=True, slots=True)
class Truth:
    """True effects on the estimation scale, of the funded firms that sell, as if all had reported every month.

    With ȳ(1), ȳ(0) a firm's mean monthly sales in a window after with and without its grant, ȳ_B before, when no grant
    worked yet:
    typical_firm = mean of ln ȳ(1) − ln ȳ(0) over firms that sell before and after in both worlds;
    euro_weighted = ln Σ ȳ(1) − ln Σ ȳ(0) over all, those that the grant made start selling included;
    started_selling = share of firms with ȳ(1) > 0 less that with ȳ(0) > 0;
    symmetric_growth = mean of 2(ȳ(1) − ȳ_B)/(ȳ(1) + ȳ_B) less the same of ȳ(0), each over firms that sell before or
    after in that world: those that the grant made start selling enter the first mean, with 2;
    online_share = mean of Σ online / Σ total with the grant less without, over firms that were open.

    effects: one row per `outcome`, `by` (programme, macro_sector, sector), `group`, `estimand` and `horizon` (overall,
    1, 2, 3), with `n_firms`, `scale` (log, points, score) and `value`.
    money: one row per `by`, `group` and `horizon`: `n_firms`; `extra`, euros of online sales a year that the grants
    added; `per_grant` and `per_spend`, over the same firms' grants and eligible spending; `lost`, euros a year by which
    their offline sales fell from the loss baseline to this window; `offset`, extra over lost, NaN where nothing was.
    """

    seed: int
    effects: pd.DataFrame
    money: pd.DataFrame

    def effect(
        self,
        estimand: Estimand,
        by: str = "programme",
        group: str = "all",
        year: int | None = None,
        outcome: str = ONLINE,
    ) -> float:
        """One true effect; `year` None is overall. Raises KeyError where no firm of the group has one."""
        keys = self.effects.set_index(["outcome", "by", "group", "estimand", "horizon"])["value"]
        return float(keys[(outcome, by, group, estimand.value, str(year or "overall"))])

    def money_value(self, column: str, by: str = "programme", group: str = "all", year: int | None = None) -> float:
        """One true amount or ratio of `money`."""
        keys = self.money.set_index(["by", "group", "horizon"])[column]
        return float(keys[(by, group, str(year or "overall"))])


def compute_truth(programme: Programme, seed: int, firms: pd.DataFrame, potential: PotentialSales) -> Truth:
    """The true effects on firms that sell, from what they sell with and without their grants."""
    funded = np.flatnonzero(firms["arm"] == "funded")
    groups = _groups(programme, firms.iloc[funded])
    effects: list[dict[str, Any]] = []
    money: list[dict[str, Any]] = []
    for horizon, window in _horizons(programme, firms, funded).items():
        means = _means(programme, potential, funded, window)
        means["grant"], means["spend"] = (
            firms[name].to_numpy()[funded] for name in ("grant_eur", "eligible_spend_eur")
        )
        for by in GROUPS:
            for group, members in means.groupby(groups[by]):
                key = {"by": by, "group": str(group), "horizon": horizon}
                effects += [key | effect for effect in _group_effects(members)]
                money.append(key | _group_money(members))
    return Truth(seed, pd.DataFrame(effects), pd.DataFrame(money))


def _groups(programme: Programme, funded: pd.DataFrame) -> dict[str, NDArray[np.str_]]:
    """GROUPS -> each funded firm's, (n_funded,)."""
    macro = {sector.id: sector.macro_sector for sector in programme.sectors}
    sector = funded["sector"].to_numpy(dtype=str)
    macro_sector = np.array([macro[name] for name in sector])
    return dict(zip(GROUPS, (np.full(len(funded), "all"), macro_sector, sector), strict=True))


def _horizons(programme: Programme, firms: pd.DataFrame, funded: IntArray) -> dict[str, IntArray]:
    """IntArray of the months after, (n_funded, months): each firm's own, from the month after its award."""
    years = programme.windows.years_after
    after = month_positions(firms["awarded_on"])[funded][:, None] + 1 + np.arange(12 * years)
    return {"overall": after} | {str(y + 1): after[:, 12 * y : 12 * y + 12] for y in range(years)}


def _means(programme: Programme, potential: PotentialSales, funded: IntArray, window: IntArray) -> pd.DataFrame:
    """One row per funded firm: monthly means before, and after in each world, of each outcome; the loss offline."""
    before = _until(programme.windows.before_ends, programme)
    baseline = programme.windows.loss_baseline
    usual = before if baseline is None else _until(f"{baseline}-12", programme)

    def after(values: FloatArray) -> FloatArray:
        mean: FloatArray = values[funded[:, None], window].mean(axis=1)
        return mean

    columns: dict[str, FloatArray] = {}
    for outcome, values_of in OUTCOMES.items():
        actual, without = values_of(potential.with_grant), values_of(potential.without_grant)
        columns[f"{outcome}_before"] = actual[funded][:, before].mean(axis=1)
        columns[f"{outcome}_with"], columns[f"{outcome}_without"] = after(actual), after(without)
    offline = potential.with_grant.offline
    columns["lost"] = offline[funded][:, usual].mean(axis=1) - after(offline)
    return pd.DataFrame(columns)


def _until(month: str | None, programme: Programme) -> slice:
    """The 12 months that end with one."""
    if month is None:
        raise ValueError(f"{programme.id} does not say where the before window ends: add windows.before_ends")
    end = int(np.sum(pd.Period(month, freq="M") >= MONTHS))
    return slice(end - 12, end)


def _group_effects(means: pd.DataFrame) -> list[dict[str, Any]]:
    """Every estimand of every outcome, of one group in one window; a group in which no firm has one has no row."""
    rows = []
    for outcome in OUTCOMES:
        before, after, without = (means[f"{outcome}_{when}"].to_numpy() for when in ("before", "with", "without"))
        effects = _estimands(before, after, without)
        if outcome == ONLINE:
            effects[Estimand.ONLINE_SHARE] = _share_gap(means)
        for estimand, (n, value) in effects.items():
            if n:
                key = {"outcome": outcome, "estimand": estimand.value, "scale": SCALES[estimand]}
                rows.append(key | {"n_firms": n, "value": value})
    return rows


def _estimands(before: FloatArray, actual: FloatArray, counterfactual: FloatArray) -> dict[Estimand, tuple[int, float]]:
    """How many firms, and the value, from monthly means of each firm, (n,)."""
    sells = (before > 0) & (actual > 0) & (counterfactual > 0)
    started = (actual > 0).mean() - (counterfactual > 0).mean()
    effects = {Estimand.STARTED_SELLING: (len(before), float(started))}
    grown, grown_without = (_symmetric(before, after) for after in (actual, counterfactual))
    if len(grown) and len(grown_without):
        effects[Estimand.SYMMETRIC_GROWTH] = len(grown), float(grown.mean() - grown_without.mean())
    if sells.any():
        growth = np.log(actual[sells]) - np.log(counterfactual[sells])
        effects[Estimand.TYPICAL_FIRM] = int(sells.sum()), float(growth.mean())
        effects[Estimand.EURO_WEIGHTED] = len(before), float(np.log(actual.sum()) - np.log(counterfactual.sum()))
    return effects


def _symmetric(before: FloatArray, after: FloatArray) -> FloatArray:
    """2(ȳ − ȳ_B)/(ȳ + ȳ_B) of firms not at zero in both."""
    some = before + after > 0
    growth: FloatArray = 2 * (after[some] - before[some]) / (after[some] + before[some])
    return growth


def _share_gap(means: pd.DataFrame) -> tuple[int, float]:
    """Mean change of the online share that the grant made; the share before is the same in both worlds."""
    trading = means[means["total_sales_with"] > 0]
    share, without = (trading[f"online_sales_{w}"] / trading[f"total_sales_{w}"] for w in ("with", "without"))
    return len(trading), float((share - without).mean())


def _group_money(means: pd.DataFrame) -> dict[str, float]:
    """Sums over the same firms, a year; see `Truth.money`."""
    extra = 12 * float((means["online_sales_with"] - means["online_sales_without"]).sum())
    lost = 12 * float(means["lost"].sum())
    return {
        "n_firms": len(means),
        "extra": extra,
        "per_grant": extra / float(means["grant"].sum()),
        "per_spend": extra / float(means["spend"].sum()),
        "lost": lost,
        "offset": extra / lost if lost > 0 else float("nan"),
    }
