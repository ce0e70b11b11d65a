"""Mistakes that tools of this kind have been seen to make, each as a test that would fail if it were made here."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.build.assessment import Assessment
from analytics.build.rows.evidence import evidence_figures
from analytics.estimate.effects import EffectEstimate, effect, effect_of, effects_by, group_effects
from analytics.estimate.group_time import group_time_att
from analytics.estimate.inference import Uncertainty
from analytics.estimate.sample import Sample
from analytics.evidence.checks import check_before
from analytics.evidence.findings import Finding
from analytics.evidence.grade import verdict
from analytics.model import Check, CheckReason, Estimand, Grade, Result, Settings, Verdict
from analytics.panel import Panel
from analytics.programme.file import load_programme
from tests.helpers.figures import as_row
from tests.helpers.panels import drawn, in_units_of, rich, with_sales

MICHIGAN = load_programme("michigan-1988")
LISTED = MICHIGAN.model_copy(update={"specifications": load_programme("ecommerce-2020").specifications})
# Moving every series by a factor rounds each number anew; leaving out a dominant firm magnifies that.
ROUNDING = 1e-7
# Found by halving an interval, or by a minimiser that stops at a small gradient: numbers that differ by rounding take
# another step.
STEPS = {"bend": 2e-3, "relative": 2e-3, "spec_inverse_probability": 1e-5, "spec_doubly_robust": 1e-5, "overlap": 0.03}
STEPS |= {"balance_sales": 0.01}  # three digits of either
SEEDS = st.integers(0, 10_000)

# ---- (a) an answer that depends on the currency ----------------------------------------------------------------------


def complete(seed: int) -> Panel:
    """Two sectors with all that checks and specifications ask for; yearly, two awards."""
    panel = rich(drawn(seed, frequency="Y", years=6, cohorts=(2, 3), funded=(24, 20), comparison=(28, 22)), seed)
    rng, n, funded = np.random.default_rng(seed), len(panel.units), panel.funded
    awarded = pd.Series(pd.PeriodIndex(panel.units["cohort"]).to_timestamp(), index=panel.units.index)
    units = panel.units.assign(
        macro_sector=panel.units["macro"],
        source="form",
        eligibility_known=np.where(funded, None, True),
        awarded_on=awarded,
        other_aid_on=awarded.fillna(awarded.min()) + pd.to_timedelta(rng.integers(-900, 900, n), unit="D"),
        paid_eur=np.where(funded & (rng.random(n) < 0.5), 5000.0, np.nan),
        size_class=np.where(rng.random(n) < 0.5, "micro", "small"),
        below_threshold=~funded & (rng.random(n) < 0.5),
        score=rng.normal(60, 10, n),
        set_aside=~funded & (rng.random(n) < 0.05),
    )
    return Panel(units, panel.periods, panel.outcomes)


def told(panel: Panel) -> list[tuple]:
    """Who is told what, and why."""
    return [
        (
            *(one.estimand, one.by, one.group, one.evidence.grade, one.evidence.verdict),
            *((f.check, f.result, f.because, f.n_funded, f.n_comparison) for f in one.evidence.findings),
            *((s.specification, s.result, s.because) for s in one.specifications),
        )
        for one in Assessment(panel, LISTED).assessed
    ]


@pytest.mark.parametrize("factor", [1936.27, 0.001])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_euros_lire_and_thousands_tell_the_same(seed, factor):
    """log(1 + y) and its like give another t in another unit (Chen & Roth 2024). Here every grade, verdict, result and
    reason stays, and so do θ, its error, t and p.
    """
    one, other = complete(seed), in_units_of(complete(seed), factor)
    assert told(one) == told(other)
    for estimand in Estimand:
        both = [
            effects_by(p.compared, "sales", estimand, by="sector", settings=MICHIGAN.settings) for p in (one, other)
        ]
        for mine, theirs in zip(*both, strict=True):
            a, b = mine.overall, theirs.overall
            if not isinstance(a, EffectEstimate):
                assert a == b
                continue
            for name in ("theta", "se", "df", "p_value", "sim_p", "ci_low", "ci_high", "effective_firms"):
                assert getattr(a, name) == pytest.approx(getattr(b, name), rel=ROUNDING, abs=ROUNDING), (estimand, name)
            assert a.theta / a.se == pytest.approx(b.theta / b.se, rel=1e-5, abs=1e-6)


NUMBERS = ("value", "low", "high", "half_low", "half_high", "df")


@pytest.mark.parametrize("factor", [1936.27, 0.001])
def test_every_figure_beside_a_claim_is_without_a_currency(factor):
    """All rows of the evidence: the same numbers, but for the mean sales of the arms."""
    one, other = (
        [as_row(figure) for figure in evidence_figures(Assessment(panel, LISTED))]
        for panel in (complete(4), in_units_of(complete(4), factor))
    )
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        name = str(a["measure"])
        assert {k: v for k, v in a.items() if k not in NUMBERS} == {k: v for k, v in b.items() if k not in NUMBERS}
        within = next((step for start, step in STEPS.items() if name.startswith(start)), ROUNDING)
        for end in NUMBERS:
            money = factor if name == "balance_sales" and a["arm"] != "*" and end != "df" else 1.0
            if a.get(end) is not None:
                assert a[end] * money == pytest.approx(b[end], rel=within, abs=within), name


# ---- (b) bounds averaged over years ----------------------------------------------------------------------------------


def independent_years(seed: int) -> Panel:
    """One award; before, no noise; in each year after, noise of its own."""
    rng = np.random.default_rng(seed)
    periods = pd.period_range("2018", periods=5, freq="Y")
    cohort = pd.PeriodIndex([periods[2]] * 30 + [pd.NaT] * 30, freq="Y")
    logs = np.zeros((60, 5))
    logs[:, 2:] = rng.normal(0, 0.3, (60, 3))
    units = pd.DataFrame({"sector": "a", "cohort": cohort.array}, index=[f"f{i}" for i in range(60)])
    sales = 100 * np.exp(logs)
    return Panel(units, periods, {"sales": sales, "log_sales": np.log(sales)})


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("estimand", ["typical_firm", "euro_weighted"])
def test_all_years_together_are_no_mean_of_yearly_bounds(seed, estimand):
    """Three independent years tell more than one: the interval is shorter, by about √3, than theirs are on average."""
    panel, settings = independent_years(seed), Settings(award_period="after", adjustment="none")
    years = [effect(panel, "sales", estimand, settings=settings, year=year) for year in (1, 2, 3)]
    whole = effect(panel, "sales", estimand, settings=settings)
    lengths = [one.uncertainty.interval(0.95)[1] - one.uncertainty.interval(0.95)[0] for one in years]
    low, high = whole.uncertainty.interval(0.95)
    assert high - low == pytest.approx(np.mean(lengths) / math.sqrt(3), rel=0.2)
    assert (low, high) != pytest.approx(
        tuple(np.mean([one.uncertainty.interval(0.95) for one in years], axis=0)), abs=(high - low) / 10
    )


@pytest.mark.parametrize("seed", range(3))
def test_an_average_over_event_times_has_the_error_of_their_joint_covariance(seed):
    """Neither the mean of the errors nor that of independent ones: years share their base period and their firms."""
    panel = independent_years(seed)
    rng = np.random.default_rng(seed)
    shared = panel.outcomes["log_sales"] + np.where(np.arange(5) == 1, rng.normal(0, 0.3, (60, 1)), 0)
    found = group_time_att(replace(panel, outcomes={"y": shared}), "y", method="reg")
    dynamic = found.aggregate("dynamic")
    after = found.frame["period"] >= panel.periods[2]
    influence = found.influence[:, after]
    joint = influence.T @ influence / len(influence) ** 2
    assert dynamic.se == pytest.approx(math.sqrt(joint.mean()), rel=1e-10)
    errors = found.frame.loc[after, "se"].to_numpy()
    assert dynamic.se < errors.mean() * 0.95
    assert dynamic.se > math.sqrt((errors**2).sum()) / len(errors) * 1.05
    assert dynamic.value == pytest.approx(found.frame.loc[after, "att"].mean())


# ---- (c) a year before that "passed" because nobody could see it -----------------------------------------------------


def before_of(panel: Panel, settings: Settings) -> tuple[Finding, EffectEstimate]:
    sample, earlier = (Sample(panel, "sales", settings, placebo=which) for which in (False, True))
    firms = sample.group(panel.funded)
    found = effect_of(sample.deletions(Estimand.TYPICAL_FIRM, firms), Estimand.TYPICAL_FIRM, sample)
    assert isinstance(found, EffectEstimate)
    claim = found.ci_low, found.ci_high
    return check_before(sample, earlier, Estimand.TYPICAL_FIRM, firms, found, claim), found


PLAIN = Settings(award_period="after", adjustment="none")


def years_of(seed: int, *, firms: int, ahead: float, spread: float, gain: float) -> Panel:
    """Funded firms were `ahead` in the year before, by firm more or less (`spread`), and gained; four years."""
    rng = np.random.default_rng(seed)
    periods = pd.period_range("2018", periods=4, freq="Y")
    cohort = pd.PeriodIndex([periods[2]] * firms + [pd.NaT] * firms, freq="Y")
    draws = rng.normal(0, 1, (2, firms))
    draws -= draws.mean(axis=1, keepdims=True)  # δ is `ahead`, whatever the spread
    logs = rng.normal(8, 1, (2 * firms, 1)) + np.zeros(4)
    logs[:, 0] -= spread * draws.ravel()
    logs[:firms, 0] -= ahead
    logs[:, 2:] += rng.normal(0, 0.02, (2 * firms, 2))
    logs[:firms, 2:] += gain
    units = pd.DataFrame({"sector": "a", "cohort": cohort.array}, index=[f"f{i}" for i in range(2 * firms)])
    return Panel(units, periods, {"sales": np.exp(logs)})


def test_a_small_noisy_sector_is_not_contradicted_and_has_not_passed():
    """Twelve firms, δ = 15% and not told from zero: p is above 5%, and that is no pass."""
    found, _ = before_of(years_of(1, firms=12, ahead=0.15, spread=0.5, gain=0.1), PLAIN)
    assert found.number.low < 0 < found.number.high
    assert (found.result, found.because) == (Result.NOT_CONTRADICTED, CheckReason.IMPRECISE)


@given(seed=SEEDS, ahead=st.floats(-0.3, 0.3), spread=st.floats(0.01, 2), gain=st.floats(-0.6, 0.6))
@examples(max_examples=60, deadline=None, derandomize=True)
def test_what_sticks_out_of_the_smallest_effect_that_matters_has_not_passed(seed, ahead, spread, gain):
    """Unless a direction is claimed and θ keeps it both ways, a 90% interval of δ beyond ±MIE is no pass, whatever δ's
    p. Nor is one within ±MIE where a direction is claimed that θ does not keep.
    """
    found, known = before_of(years_of(seed, firms=15, ahead=ahead, spread=spread, gain=gain), PLAIN)
    low, high = (math.log1p(end) for end in (found.further["equivalence"].low, found.further["equivalence"].high))
    ways = [found.further[name] for name in ("trend_goes_on", "unusual_year")]
    keeps = all((way.low > 0) if known.theta > 0 else (way.high < 0) for way in ways)
    within = -math.log(1.1) < low and high < math.log(1.1)
    word = verdict(known.ci_low, known.ci_high, 0.1, may_be_same=within)
    directed = word not in (Verdict.SAME, Verdict.CANNOT_TELL)
    if (not within and not (directed and keeps)) or (directed and not keeps):
        assert found.result is not Result.PASS


@pytest.mark.parametrize("seed", range(4))
def test_a_small_drift_that_goes_on_is_not_taken_for_an_effect(seed):
    """Four per cent before, too noisy to be told from zero and well within what matters; then four per cent a year and
    no effect. Two years after are on average a year and a half from the year before: θ is 6%, surely more than zero,
    and δ taken away once would leave a third of it. That δ is small passes nothing here.
    """
    panel = years_of(seed, firms=30, ahead=0.04, spread=0.1, gain=0.0)
    by_firm = np.random.default_rng(seed + 50).normal(0, 0.1, (2, 30))
    by_firm -= by_firm.mean(axis=1, keepdims=True)
    sales = panel.outcomes["sales"].copy()
    sales[:, 2:] *= np.exp(by_firm.reshape(60, 1))
    sales[panel.funded, 2:] *= np.exp([0.04, 0.08])
    found, known = before_of(with_sales(panel, sales), PLAIN)
    assert known.ci_low > 0
    assert math.log1p(found.further["trend_goes_on"].value) == pytest.approx(0, abs=0.01)
    assert known.theta - math.log1p(found.number.value) == pytest.approx(0.02, abs=0.01)
    assert found.further["equivalence"].high < 0.1
    assert (found.result, found.because) == (Result.NOT_CONTRADICTED, CheckReason.DIRECTION_OPEN)


@given(seed=SEEDS, ahead=st.floats(-0.3, 0.3), spread=st.floats(0.01, 1), more=st.floats(1, 30))
@examples(max_examples=60, deadline=None, derandomize=True)
def test_noise_makes_no_year_before_surely_alike(seed, ahead, spread, more):
    """The same δ, more spread: what was not precise enough stays so, and what was passed within ±MIE was narrower."""
    quiet, noisy = (
        before_of(years_of(seed, firms=15, ahead=ahead, spread=s, gain=0.0), PLAIN)[0] for s in (spread, spread * more)
    )
    assert math.log1p(noisy.number.value) == pytest.approx(math.log1p(quiet.number.value), abs=1e-12)
    assert noisy.number.high - noisy.number.low >= (quiet.number.high - quiet.number.low) * (1 - 1e-9)
    if quiet.result is Result.NOT_CONTRADICTED:
        assert noisy.because is not CheckReason.WITHIN_MIE
    if noisy.because is CheckReason.WITHIN_MIE and quiet.result is not Result.FAIL:
        assert quiet.because is CheckReason.WITHIN_MIE


# ---- (d) "not significant" read as "no effect" -----------------------------------------------------------------------


@given(
    low=st.floats(-3, 0, exclude_max=True),
    high=st.floats(0, 3, exclude_min=True),
    mie=st.floats(0.01, 0.5),
    same=st.booleans(),
)
def test_an_interval_of_both_signs_that_leaves_what_matters_open_says_nothing(low, high, mie, same):
    """Zero is among the values that fit, and so is an effect that matters: cannot tell, never "about the same"."""
    assume(low <= -mie or high >= mie)
    assert verdict(low, high, mie, may_be_same=same) is Verdict.CANNOT_TELL


@given(theta=st.floats(-1, 1), se=st.floats(1e-3, 2), df=st.floats(1, 60), more=st.floats(1, 20))
def test_a_wider_interval_never_says_about_the_same(theta, se, df, more):
    """The same estimate with more error: if it is "about the same" then, it was with less."""
    words = [verdict(*Uncertainty(theta, error, df).interval(0.95), 0.1, may_be_same=True) for error in (se, se * more)]
    if words[1] is Verdict.SAME:
        assert words[0] is Verdict.SAME


@given(seed=SEEDS, noise=st.floats(0.01, 1))
@examples(max_examples=15, deadline=None, derandomize=True)
def test_no_claim_of_a_programme_is_read_off_a_wide_interval(seed, noise):
    """Of all effects that carry a claim: "about the same" has its whole interval inside ±MIE, and its year before was
    surely alike, or the evidence is too weak to say it; with zero and something that matters inside, the word is
    "cannot tell". Two sectors and one macro-sector share no range: too few would tell what groups have in common.
    """
    rng = np.random.default_rng(seed)
    panel = drawn(seed, frequency="Y", years=5, cohorts=(2,), funded=(14, 12), comparison=(15, 13), zeros=0, missing=0)
    panel = with_sales(panel, 100 * np.exp(rng.normal(0, noise, panel.outcomes["sales"].shape)))
    panel = replace(panel, units=panel.units.assign(macro_sector="m"))
    assessment = Assessment(panel, MICHIGAN)
    for one in assessment.assessed:
        masks = {(): panel.funded} if not one.by else {
            g: panel.funded & (panel.units[one.by[0]] == g).to_numpy() for g in sorted(set(panel.units[one.by[0]]))
        }  # fmt: skip
        found = group_effects(assessment.sample, one.estimand, masks)[one.group]
        low, high = found.ci_low, found.ci_high
        word, before = one.evidence.verdict, next(f for f in one.evidence.findings if f.check is Check.BEFORE)
        if word is Verdict.SAME:
            assert low > -0.1
            assert high < 0.1
            assert before.further["equivalence"].low > -0.1 / 1.1
            assert before.further["equivalence"].high < 0.1
            assert before.because is CheckReason.WITHIN_MIE or (one.by and one.evidence.grade is Grade.VERY_LOW)
        elif low < 0 < high:
            assert word is Verdict.CANNOT_TELL
        elif before.result is Result.PASS:
            assert before.because is (CheckReason.TREND_HOLDS if one.by else CheckReason.DIRECTION_HOLDS)
