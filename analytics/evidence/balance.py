"""Who is compared, before anything happened: balance of the arms, and aid that came after (shown beside the checks)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import FloatArray
from analytics.estimate.adjustment import LEAST_SPREAD
from analytics.estimate.sample import Sample
from analytics.model import Unit
from analytics.panel.arms import Firms
from analytics.panel.windows import after_start, complete_years


@dataclass(frozen=True, slots=True)
class Balance:
    """One trait of the arms before. funded, comparison: means as they are shown, the comparison's weighted as the
    effect weighs it, by sector and cohort; a logarithm's mean is shown as a geometric mean. difference: of the means in
    standard deviations (root mean square of the arms' own). n: firms of which the trait is known.
    """

    trait: str
    unit: Unit
    funded: float
    comparison: float
    difference: float
    n_funded: int
    n_comparison: int


def balance(sample: Sample) -> list[Balance]:
    """Yearly sales, share of months with sales, staff and growth before the programme could act; the score."""
    firms = sample.group(sample.panel.funded)
    return [
        compared
        for trait, unit, values, logs in _traits(sample)
        if (compared := _compare_arms(trait, unit, values, firms, logs=logs)) is not None
    ]


def _traits(sample: Sample) -> Iterator[tuple[str, Unit, FloatArray, bool]]:
    """Name, unit, values (n_firms, G), and whether they are logarithms."""
    level, _, active, size, growth = sample.traits
    yield "sales", Unit.OUTCOME, level + np.log(sample.panel.periods_per_year), True
    yield "active", Unit.FRACTION, active, False
    yield "employees", Unit.NUMBER, size, True
    yield "growth", Unit.FRACTION, growth, True
    if "score" in sample.panel.units:
        score = sample.panel.units["score"].to_numpy(dtype=np.float64, na_value=np.nan)
        yield "score", Unit.NUMBER, np.repeat(score[:, None], sample.arms.n_cohorts, axis=1), False


def _compare_arms(trait: str, unit: Unit, values: FloatArray, firms: Firms, *, logs: bool) -> Balance | None:
    x, others = firms.funded(values), firms.comparison(values)
    enters, counted = np.isfinite(x), np.isfinite(others)
    m = firms.other_count(counted)
    weight = np.where(counted, (firms.count(enters) / np.maximum(m, 1))[firms.other_cell], 0.0)
    if not enters.any() or not weight.any():
        return None
    funded = x[enters]
    mean = float((weight * np.where(counted, others, 0)).sum() / weight.sum())
    spread = float((weight * np.where(counted, others - mean, 0) ** 2).sum() / weight.sum())
    gap, pooled = float(funded.mean()) - mean, ((float(funded.var()) + spread) / 2) ** 0.5
    rounding = LEAST_SPREAD * max(1.0, abs(mean))
    if pooled <= rounding < abs(gap):
        return None  # all alike within each arm, and not between them: no standard deviation to tell it in

    def unlogged(value: float) -> float:
        if not logs:
            return value
        return float(np.expm1(value)) if unit is Unit.FRACTION else float(np.exp(value))

    return Balance(
        trait=trait,
        unit=unit,
        funded=unlogged(float(funded.mean())),
        comparison=unlogged(mean),
        difference=gap / pooled if pooled > rounding else 0.0,
        n_funded=int(enters.sum()),
        n_comparison=int((weight > 0).any(axis=1).sum()),
    )


def other_aid(sample: Sample, year: int) -> tuple[float, float] | None:
    """Share of the firms of each arm that got other aid in a year after funding, over cohorts whose year is complete;
    comparison firms in the years of each, weighted by its funded firms. An outcome of rejection: shown, never a reason
    to leave a firm out. None where nobody said.
    """
    units, panel = sample.panel.units, sample.panel
    if "other_aid_on" not in units or units["other_aid_on"].isna().all():
        return None
    when = pd.PeriodIndex(pd.to_datetime(units["other_aid_on"]), freq=panel.periods.freqstr)
    known = units["other_aid_on"].notna().to_numpy()
    firms = sample.group(panel.funded)
    got = np.zeros((len(units), sample.arms.n_cohorts), dtype=bool)
    for g, cohort in enumerate(sample.windows.cohorts):
        first = after_start(cohort, sample.settings).ordinal + (year - 1) * panel.periods_per_year
        got[:, g] = known & (when.asi8 >= first) & (when.asi8 < first + panel.periods_per_year)
    has_year = np.array([year in complete_years(panel, cohort, sample.settings) for cohort in sample.windows.cohorts])
    complete = has_year[firms.own]
    if not complete.any() or not len(firms.others):
        return None
    share = np.bincount(firms.own[complete], minlength=sample.arms.n_cohorts) / complete.sum()
    return float(got[firms.rows, firms.own][complete].mean()), float(got[firms.others].mean(axis=0) @ share)
