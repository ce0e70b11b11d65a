"""METHODS.md 5, Rambachan & Roth (2023): what the package answers is what their formulas say of one year before."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import optimize, stats

from analytics.build.assessment import Assessment
from analytics.build.rows.evidence import evidence_figures
from analytics.estimate.effects import effect
from analytics.estimate.inference import Deletions, jackknife
from analytics.estimate.sample import Sample
from analytics.evidence.limits import BREAKDOWN_TOLERANCE
from analytics.evidence.sensitivity import Sensitivity, sensitivity
from analytics.model import Estimand, Grade, Reason, Settings, Verdict, Withheld
from analytics.panel import Panel
from analytics.programme.file import load_programme
from analytics.programme.parts import MainQuestion
from tests.helpers.figures import as_row
from tests.helpers.panels import drawn, in_units_of, rich, with_sales
from tests.reference import placebo as reference_placebo

EXACT = 1e-9
Z = stats.norm.ppf(0.975)
HALVED = 1.01 * BREAKDOWN_TOLERANCE  # the package halves an interval until it is no longer than this
PLAIN = Settings(min_firms=2, adjustment="none", award_period="after")
WEIGHTS = {"mean": [1 / 3, 1 / 3, 1 / 3], "third": [0, 0, 1], "first": [1, 0, 0], "falling": [0.5, 0.3, 0.2]}

MOST = 10.0  # where the package stops looking


def gaining(seed: int, gain: float, *, ahead: float = 0.0, noise: float = 0.3) -> Panel:
    """Two sectors, one award in the third of five years; funded firms gain, and were `ahead` a year before."""
    panel = drawn(
        seed, frequency="Y", years=5, cohorts=(2,), funded=(14, 12), comparison=(15, 13), missing=0.05, zeros=0
    )
    rng = np.random.default_rng(seed)
    logs = rng.normal(8, noise, panel.outcomes["sales"].shape)
    logs[panel.funded, 2:] += gain
    logs[panel.funded, 1:] += ahead
    return with_sales(panel, np.where(np.isfinite(panel.outcomes["sales"]), np.exp(logs), np.nan))


def path_of(panel: Panel, settings: Settings = PLAIN) -> tuple[Deletions, list[Deletions]]:
    """The placebo and years 1, 2, 3 of the typical firm."""
    earlier = Sample(panel, "sales", settings, placebo=True)
    samples = [Sample(panel, "sales", settings, year) for year in (1, 2, 3)]
    placebo, *years = (s.deletions(Estimand.TYPICAL_FIRM, s.group(panel.funded)) for s in (earlier, *samples))
    return placebo, years


def slope_weight(weights: list[float]) -> float:
    """By how many years a straight line goes on, on average."""
    return sum(year * weight for year, weight in enumerate(weights, start=1))


def straight(placebo: Deletions, years: list[Deletions], weights: list[float]) -> tuple[float, float]:
    """θ̄ less the difference before, gone on; and its standard error, by leaving out each firm from all at once."""
    factors = [-slope_weight(weights), *weights]
    theta = sum(f * one.theta for f, one in zip(factors, [placebo, *years], strict=True))
    return theta, math.sqrt(reference_placebo.variance_of([placebo, *years], factors))


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_straight_line_is_a_closed_form(weights, seed):
    """With one year before nothing is left to choose: θ̄ − δ Σ k·w_k ± z·sd; for three equal years θ̄ − 2δ."""
    placebo, years = path_of(gaining(seed, 0.4, ahead=0.1))
    found = sensitivity(placebo, years, np.array(weights, dtype=float), 0.95)
    middle, error = straight(placebo, years, weights)
    assert found.straight_line == pytest.approx((middle - Z * error, middle + Z * error), abs=1e-7)
    if weights == WEIGHTS["mean"]:
        assert middle == pytest.approx(sum(one.theta for one in years) / 3 - 2 * placebo.theta, abs=EXACT)


def bent(weights: list[float]) -> float:
    """The largest bias per unit of bend: every second difference, of 0, 1, 2 on, at its limit."""
    three = range(1, len(weights) + 1)
    return slope_weight(weights) + sum(weights[k - 1] * (k - j) for j in three for k in three if k > j)


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize(("gain", "ahead"), [(1.5, 0.0), (-1.5, 0.0), (1.5, 0.1), (0.9, -0.1)])
def test_the_bend_is_where_the_fixed_length_interval_reaches_zero(weights, gain, ahead):
    """|estimate| = sd · c, P(|N(bias/sd, 1)| ≤ c) = 95%, the bias that of all second differences at their limit."""
    placebo, years = path_of(gaining(3, gain, ahead=ahead, noise=0.2))
    found = sensitivity(placebo, years, np.array(weights, dtype=float), 0.95)
    middle, error = straight(placebo, years, weights)
    assert abs(middle) > Z * error

    def room(bend: float) -> float:
        shift = bend * bent(weights) / error
        reach = optimize.brentq(lambda c: stats.norm.cdf(c - shift) - stats.norm.cdf(-c - shift) - 0.95, 0, shift + 9)
        return abs(middle) - error * reach

    assert found.bend == pytest.approx(optimize.brentq(room, 0, MOST), abs=HALVED)


def drift(weights: list[float]) -> float:
    """How far a drift of one in every year takes the mean of the years."""
    return sum(abs(sum(weights[k:])) for k in range(len(weights)))


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize(("gain", "ahead"), [(1.5, 0.0), (-1.5, 0.1), (0.9, 0.1), (0.6, -0.1)])
def test_relative_magnitudes_are_a_closed_form(weights, gain, ahead):
    """(|θ̄| − z·se) / (largest difference before that fits the data · Σ_k Σ_{j≥k} w_j)."""
    placebo, years = path_of(gaining(4, gain, ahead=ahead, noise=0.2))
    found = sensitivity(placebo, years, np.array(weights, dtype=float), 0.95)
    theta = sum(w * one.theta for w, one in zip(weights, years, strict=True))
    error = math.sqrt(reference_placebo.variance_of(years, weights))
    before = jackknife(placebo)
    furthest = max(abs(end) for end in before.interval(0.95))
    expected = (abs(theta) - Z * error) / (furthest * drift(weights))
    assert 0 < expected < MOST
    assert found.relative == pytest.approx(expected, abs=HALVED)


def noisier(placebo: Deletions, factor: float, delta: float) -> Deletions:
    """The same firms with another δ, and deletions that move it `factor` times as far."""
    return replace(placebo, theta=delta, replicates=delta + factor * (placebo.replicates - placebo.theta))


@given(delta=st.floats(-0.3, 0.3), factors=st.lists(st.floats(0.2, 20), min_size=2, max_size=3), gain=st.floats(-2, 2))
@examples(max_examples=12, deadline=None, derandomize=True)
def test_an_imprecise_year_before_is_never_rewarded(delta, factors, gain):
    """More noise in δ, the same δ: the arms may have drifted apart by no larger a multiple."""
    placebo, years = path_of(gaining(5, gain, noise=0.2))
    weights = np.full(3, 1 / 3)
    found = [sensitivity(noisier(placebo, f, delta), years, weights, 0.95).relative for f in sorted(factors)]
    held = [MOST if value is None else value for value in found]
    assert all(more <= less + HALVED for less, more in pairwise(held))


def test_no_direction_needs_no_drift_and_a_clear_one_needs_more_than_was_looked_for():
    """An interval that holds zero at once: 0. One that nothing up to MOST makes hold it: None."""
    placebo, years = path_of(gaining(6, 0.0))
    nothing = sensitivity(placebo, years, np.full(3, 1 / 3), 0.95)
    assert (nothing.bend, nothing.relative) == (0.0, 0.0)
    assert nothing.straight_line[0] < 0 < nothing.straight_line[1]
    placebo, years = path_of(gaining(6, 60.0, noise=0.01))
    assert sensitivity(placebo, years, np.full(3, 1 / 3), 0.95).relative is None


def test_without_a_year_before_there_is_none():
    placebo, years = path_of(gaining(7, 0.5))
    still = replace(placebo, replicates=np.full_like(placebo.replicates, placebo.theta))
    assert sensitivity(still, years, np.full(3, 1 / 3), 0.95) is None


def test_slopes_of_the_adjustment_widen_the_straight_line():
    """Their errors go together over the years after, not with the placebo's: (Σ w s)² + (Σ k w_k)² s₀² more."""
    panel = rich(gaining(8, 0.5), 8)
    settings = Settings(min_firms=2, award_period="after")
    placebo, years = path_of(panel, settings)
    weights = WEIGHTS["falling"]
    found = sensitivity(placebo, years, np.array(weights), 0.95)
    _, error = straight(placebo, years, weights)
    together = sum(w * math.sqrt(one.slopes_variance) for w, one in zip(weights, years, strict=True))
    added = together**2 + slope_weight(weights) ** 2 * placebo.slopes_variance
    assert min(one.slopes_variance for one in (placebo, *years)) > 0
    width = found.straight_line[1] - found.straight_line[0]
    assert width == pytest.approx(2 * Z * math.sqrt(error**2 + added), rel=1e-6)


# ---- of a headline ---------------------------------------------------------------------------------------------------


def programme(horizon: str | int, years_after: int = 3):
    """Michigan's file with another horizon."""
    known = load_programme("michigan-1988")
    windows = known.windows.model_copy(update={"years_after": years_after})
    headline = MainQuestion(outcome="sales", estimand="typical_firm", horizon=horizon)
    return known.model_copy(update={"windows": windows, "headline": headline})


def graded_panel(gain: float, noise: float = 0.2) -> Panel:
    panel = gaining(9, gain, noise=noise)
    return replace(panel, units=panel.units.assign(macro_sector="m", source="form", eligibility_known=True))


@pytest.mark.parametrize(
    ("horizon", "years", "weights"), [("overall", 3, [1 / 3] * 3), (3, 3, [0, 0, 1]), (2, 2, [0, 1]), (1, 1, [1])]
)
def test_a_headline_is_about_its_years(horizon, years, weights):
    """All years alike, or the one that is named with those ahead of it."""
    panel = graded_panel(0.8)
    found = Assessment(panel, programme(horizon)).sensitivity
    placebo, after = path_of(panel, programme(horizon).settings)
    assert found == sensitivity(placebo, after[:years], np.array(weights, dtype=float), 0.95)


def rows_of(panel: Panel) -> dict[str, dict]:
    names = {f"{name}_typical_firm" for name in ("straight_line", "bend", "relative")}
    rows = map(as_row, evidence_figures(Assessment(panel, programme("overall"))))
    return {row["measure"]: row for row in rows if row["measure"] in names}


def test_what_would_undo_a_direction_is_told_where_one_is_claimed():
    """Otherwise the rows say that there is none; the straight line's interval stands always, as values are shown."""
    panel = graded_panel(0.8)
    rows, found = rows_of(panel), Assessment(panel, programme("overall")).sensitivity
    assert rows["bend_typical_firm"]["value"] == found.bend
    assert rows["relative_typical_firm"]["value"] == found.relative
    line = rows["straight_line_typical_firm"]
    assert (line["low"], line["high"]) == pytest.approx([math.expm1(end) for end in found.straight_line])
    assert line["low"] < line["value"] < line["high"]
    unclear = graded_panel(0.0)
    assert Assessment(unclear, programme("overall")).assessed[0].evidence.verdict is Verdict.CANNOT_TELL
    rows = rows_of(unclear)
    assert rows["straight_line_typical_firm"]["value"] is not None
    for name in ("bend_typical_firm", "relative_typical_firm"):
        assert rows[name]["reason"] is Reason.NO_DIRECTION


def test_a_direction_that_nothing_undoes_is_not_called_none():
    """What the package finds no end of is told apart from there being no direction to lose."""
    panel = graded_panel(6.0, noise=0.001)
    assert Assessment(panel, programme("overall")).assessed[0].evidence.grade in (Grade.LOW, Grade.MODERATE)
    rows, found = rows_of(panel), Assessment(panel, programme("overall")).sensitivity
    for name, value in (("bend_typical_firm", found.bend), ("relative_typical_firm", found.relative)):
        assert rows[name].get("value") == value
        if value is None:
            assert rows[name]["reason"] is Reason.NEVER_LOST
    assert found.relative is None


def test_evidence_too_weak_to_say_loses_no_direction():
    """Where nothing is claimed, nothing can be undone, however large the estimate."""
    panel = graded_panel(0.8)
    weak = replace(panel, units=panel.units.drop(columns="source"))
    rows = rows_of(weak)
    assert rows["bend_typical_firm"]["reason"] is Reason.NO_DIRECTION


def test_without_a_testable_year_before_there_is_no_row():
    """Awards in the second year: nothing lies ahead of the year before."""
    panel = graded_panel(0.8)
    second = panel.units["cohort"].where(panel.units["cohort"].isna(), panel.periods[1])
    assert rows_of(replace(panel, units=panel.units.assign(cohort=second))) == {}


@pytest.mark.parametrize("factor", [1e-3, 1936.27])
def test_the_unit_of_the_data_changes_nothing(factor):
    """Euros in thousands or in lire."""
    panel = rich(graded_panel(0.8), 9)
    one, other = (Assessment(p, programme("overall")).sensitivity for p in (panel, in_units_of(panel, factor)))
    assert isinstance(one, Sensitivity)
    assert other.straight_line == pytest.approx(one.straight_line, abs=1e-7)
    assert (other.bend, other.relative) == pytest.approx((one.bend, one.relative), abs=HALVED)


def test_a_year_that_two_firms_completed_makes_no_figure():
    """The third year's effect is withheld for too few firms: what one of them sold then moves nothing published."""
    panel = drawn(1, frequency="Y", years=6, cohorts=(4,), funded=(20,), comparison=(25,), missing=0, zeros=0)
    cohort = panel.units["cohort"].copy()
    cohort.iloc[:2] = panel.periods[3]
    panel = replace(panel, units=panel.units.assign(cohort=cohort, macro_sector="m"))
    third = effect(panel, "sales", "typical_firm", settings=programme("overall").settings, year=3)
    assert third == Withheld(Reason.TOO_FEW_FIRMS)
    lines = []
    for factor in (1, 100):
        sales = panel.outcomes["sales"].copy()
        sales[0, 5] *= factor
        row = rows_of(with_sales(panel, sales)).get("straight_line_typical_firm", {})
        lines.append((row.get("low"), row.get("high")))
    assert lines[0] == lines[1]
