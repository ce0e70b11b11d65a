"""METHODS.md 5: the five checks, by hand, against the reference, and at their borders."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import stats

from analytics.estimate.adjustment import traits_before
from analytics.estimate.effects import EffectEstimate, effect, effect_of, sector_effects
from analytics.estimate.inference import Uncertainty, jackknife
from analytics.estimate.sample import Sample
from analytics.evidence import checks
from analytics.evidence.checks import (
    check_before,
    check_design,
    check_groups,
    check_reporting,
    check_stability,
    measure_before,
    run_checks,
    worst_case,
)
from analytics.evidence.findings import Finding, Range, share_gap
from analytics.evidence.specifications import SpecificationResult
from analytics.model import Check, CheckReason, Estimand, Reason, Result, Settings, Specification, Unit, Withheld
from analytics.panel import Panel
from tests.helpers.panels import drawn, in_units_of, rich, with_sales
from tests.reference import effects as reference
from tests.reference import placebo as reference_placebo
from tests.reference.statsmodels_numbers import AGRESTI_CAFFO

# Sums of a few hundred numbers of order one, in another order.
EXACT = 1e-9
PLAIN = Settings(min_firms=2, adjustment="none", award_period="after")
TYPICAL = Estimand.TYPICAL_FIRM


def theta_of(settings: Settings, panel: Panel, estimand: Estimand = TYPICAL, year: int | None = None) -> EffectEstimate:
    found = effect(panel, "sales", estimand, settings=settings, year=year)
    assert isinstance(found, EffectEstimate)
    return found


def claim_of(found: EffectEstimate) -> tuple[float, float]:
    return found.ci_low, found.ci_high


def before_of(
    panel: Panel,
    settings: Settings,
    *,
    group: np.ndarray | None = None,
    year: int | None = None,
    claim: tuple[float, float] | None = None,
) -> Finding:
    """Check 2 of a group of a panel, the typical firm; its claim is made by its own interval or by another."""
    sample, earlier = Sample(panel, "sales", settings, year), Sample(panel, "sales", settings, placebo=True)
    firms = sample.group(panel.funded if group is None else group)
    found = effect_of(sample.deletions(TYPICAL, firms), TYPICAL, sample)
    assert isinstance(found, EffectEstimate)
    return check_before(sample, earlier, TYPICAL, firms, found, claim or claim_of(found))


class OneNumber(reference_placebo.Typical):
    """METHODS.md 10 without any past: growth in one number per firm, made once of all firms; θ is of these numbers.

    A funded firm's z_i − C_sg; a comparison firm's mean of z_jg − C_sg over the cohorts that it has, by the funded
    firms of each. Without a firm its number is missing; those of the others stay.
    """

    def __init__(self, firms, group, rules, *, placebo):
        super().__init__(firms, group, rules, placebo=placebo)
        self.number = {}
        mean = {cell: sum(grown.values()) / len(grown) for cell, grown in self.others.items() if grown}
        for name, (cell, growth) in self.funded.items():
            self.number[name] = growth - mean[cell]
        cells = [cell for cell, _ in self.funded.values()]
        for name in self.compared:
            beside = [self.others[cell][name] - mean[cell] for cell in cells if name in self.others[cell]]
            self.number[name] = sum(beside) / len(beside)  # a cell counts as often as it has funded firms

    def theta(self, without=reference_placebo.ABSENT):
        left = {name: number for name, number in self.number.items() if name != without}
        gaps = []
        for name in self.funded:
            if name in left:
                sector = self.sector[name]
                beside = [left[other] for other, place in self.compared.items() if place == sector and other in left]
                gaps.append(left[name] - sum(beside) / len(beside))
        return sum(gaps) / len(gaps)


def on_log_scale(shown: Range) -> tuple[float, float, float]:
    return tuple(math.log1p(value) for value in (shown.value, shown.low, shown.high))


# ---- 2: alike before -------------------------------------------------------------------------------------------------

PLACEBOS = [
    ("Y", {"cohorts": (2, 3, 4)}, {}),
    ("Y", {"cohorts": (3,), "missing": 0.2, "funded": (14, 9)}, {"award_period": "skip"}),
    ("Y", {"cohorts": (1, 3, 4), "funded": (12, 9)}, {}),  # 2019: no earlier year
    ("Y", {"cohorts": (2, 3, 5), "funded": (14, 9)}, {"award_period": "skip"}),  # 2023: no year after
    ("Q", {"cohorts": (9, 12), "years": 6, "missing": 0.2}, {"award_period": "skip"}),
    ("M", {"cohorts": (26, 31), "missing": 0.25}, {"award_period": "skip"}),
    ("M", {"cohorts": (26, 31), "missing": 0.25}, {"early": 2}),
    ("Y", {"cohorts": (2, 3), "funded": (9, 1, 1, 5), "comparison": (7, 4, 3, 6)}, {}),  # single firms are pooled
]


@pytest.mark.parametrize(("frequency", "drawing", "rules"), PLACEBOS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_year_before_is_that_of_the_reference(frequency, drawing, rules, seed):
    """δ by the comparison of every cohort apart, as programmes have always been judged; θ of one number per firm. δ
    with its interval, and θ − kδ and θ + δ with theirs, are those of leaving out every firm from both at once.
    """
    panel = drawn(seed, frequency=frequency, **{"years": 6, "zeros": 0.02, **drawing})
    firms, known = reference.read(panel, "sales", award_period=rules.get("award_period", "after"))
    early = rules.get("early")
    known.before_ends = None if early is None else known.first + min(drawing["cohorts"]) - 1 - early
    settings = replace(
        PLAIN,
        award_period=known.award_period,
        before_ends=None if early is None else panel.periods[min(drawing["cohorts"])] - 1 - early,
    )
    for sector in ("", "s0"):
        mask = panel.funded & (not sector or (panel.units["sector"] == sector).to_numpy())
        found = before_of(panel, settings, group=mask)
        mine = [firm for firm in firms if firm.name in set(panel.units.index[mask])]
        mine = [firm for firm in mine if reference_placebo.two_windows(firm.cohort, known, placebo=False) is not None]
        group = {firm.name for firm in mine}
        covered = [reference_placebo.two_windows(firm.cohort, known, placebo=True) is not None for firm in mine]
        if sum(covered) < len(mine) / 2:
            assert found.because is CheckReason.NO_EARLIER_YEAR
            assert sector  # the programme's own is always compared
            continue
        main = OneNumber(firms, group, known, placebo=False)
        placebo = reference_placebo.Typical(firms, group, known, placebo=True)
        delta = reference_placebo.estimate([placebo], [1.0])
        assert on_log_scale(found.number) == pytest.approx((delta.theta, *delta.interval(0.95)), rel=EXACT, abs=EXACT)
        assert on_log_scale(found.further["equivalence"])[1:] == pytest.approx(
            delta.interval(0.90), rel=EXACT, abs=EXACT
        )
        assert (found.n_funded, found.n_comparison) == (delta.n_funded, delta.n_comparison)
        years = reference_placebo.years_apart(firms, group, known)
        assert years > 1
        for name, factor in (("trend_goes_on", -years), ("unusual_year", 1.0)):
            way = reference_placebo.estimate([main, placebo], [1.0, factor])
            expected = way.theta, *way.interval(0.90)
            assert on_log_scale(found.further[name]) == pytest.approx(expected, rel=EXACT, abs=EXACT), name
            assert found.further[name].level == 0.90


def truncated(panel: Panel, first: int) -> Panel:
    """The same firms with nothing reported before position `first`."""
    sales = panel.outcomes["sales"].copy()
    sales[:, :first] = np.nan
    return with_sales(panel, sales)


def awarded_at(panel: Panel, position: int) -> Panel:
    """The same firms, the funded ones awarded at another time."""
    cohort = pd.Series(panel.periods[position], index=panel.units.index).where(panel.funded).array
    return Panel(panel.units.assign(cohort=cohort), panel.periods, panel.outcomes)


AT = [("Y", 3, 0), ("Q", 13, 0), ("Q", 13, 2), ("M", 38, 0), ("M", 38, 5)]


def of_a_year_earlier(frequency: str, at: int, later: int, seed: int) -> tuple[Panel, Settings, Panel]:
    """A panel whose awards lie at a position and perhaps some later, where one call ends all before windows; its
    settings; and the same firms awarded where the before window starts.
    """
    cohorts = tuple({at, at + later})
    panel = rich(drawn(seed, frequency=frequency, years=7, cohorts=cohorts, funded=(14, 12), comparison=(15, 13)), seed)
    settings = Settings(min_firms=2, award_period="after", before_ends=panel.periods[at - 1] if later else None)
    return panel, settings, awarded_at(panel, at - panel.periods_per_year)


@pytest.mark.parametrize(("frequency", "at", "later"), AT)
@pytest.mark.parametrize("seed", [3, 4])
def test_the_placebo_is_an_effect_a_year_earlier_that_knows_of_nothing_before(frequency, at, later, seed):
    """With adjustment, of the programme: as if the award had come where the before window starts, and records began a
    year ahead of it, by the slopes that comparison firms alone tell.

    Then ln ȳ_E, whether it is zero, the share of that year's periods with sales and staff are all that an ordinary
    estimate can know, and it knows no growth. Awards may lie apart, where a call ends all before windows at once.
    """
    panel, settings, shifted = of_a_year_earlier(frequency, at, later, seed)
    ppy = panel.periods_per_year
    found = before_of(panel, settings)
    alone = Sample(truncated(shifted, at - 2 * ppy), "sales", replace(settings, before_ends=None), 1)
    expected = jackknife(alone.pooled_deletions(TYPICAL, alone.group(panel.funded)))
    assert on_log_scale(found.number) == pytest.approx((expected.theta, *expected.interval(0.95)), rel=EXACT)
    assert found.number.df == pytest.approx(expected.df, rel=EXACT)
    # θ − kδ and θ + δ: both firms' jackknives at once, and the errors of the two regressions' slopes added up
    sample, earlier = Sample(panel, "sales", settings), Sample(panel, "sales", settings, placebo=True)
    group = sample.group(panel.funded)
    both = [sample.deletions(TYPICAL, group), earlier.pooled_deletions(TYPICAL, group)]
    errors = [one.slopes_variance**0.5 for one in both]
    assert min(errors) > 0
    firms, known = reference.read(panel, "sales", award_period="after")
    known.before_ends = known.first + at - 1 if later else None
    years = reference_placebo.years_apart(firms, set(panel.units.index[panel.funded]), known)
    for name, factor in (("trend_goes_on", -years), ("unusual_year", 1.0)):
        variance = reference_placebo.variance_of(both, [1.0, factor]) + (errors[0] + abs(factor) * errors[1]) ** 2
        value, low, high = on_log_scale(found.further[name])
        assert value == pytest.approx(both[0].theta + factor * both[1].theta, abs=EXACT)
        width = 2 * math.sqrt(variance)  # times t, of at least the normal's and at most that of few firms
        assert stats.norm.ppf(0.95) * width < high - low < stats.t.ppf(0.95, 5) * width


@pytest.mark.parametrize(("frequency", "at", "later"), AT)
@pytest.mark.parametrize("seed", [3, 4])
def test_the_difference_of_a_group_is_its_effect_a_year_earlier(frequency, at, later, seed):
    """METHODS.md 10: δ of a group is estimated as its effect is, with all that was known before *its* before window: as
    if the award had come where that window starts. It is not judged here.
    """
    panel, settings, shifted = of_a_year_earlier(frequency, at, later, seed)
    plain = replace(settings, before_ends=None)
    sample, earlier = Sample(panel, "sales", settings), Sample(panel, "sales", settings, placebo=True)
    sectors = {one.sector: one.by_year[1] for one in sector_effects(shifted, "sales", TYPICAL, settings=plain)}
    for name, expected in [("", theta_of(plain, shifted, year=1)), *sectors.items()]:
        mask = panel.funded & (not name or (panel.units["sector"] == name).to_numpy())
        found = measure_before(sample, earlier, TYPICAL, sample.group(mask))
        assert (found.number.value, found.number.low, found.number.high, found.number.df) == pytest.approx(
            (expected.value, expected.ci_low, expected.ci_high, expected.df), rel=EXACT
        )
        assert (found.n_funded, found.n_comparison) == (expected.n_funded, expected.n_comparison)
        assert (found.result, found.because, found.further) == (Result.NOT_CONTRADICTED, CheckReason.IMPRECISE, {})


def test_the_placebo_knows_nothing_of_the_year_that_it_explains():
    """Other sales in the before window change no feature; other sales in the earlier year do."""
    panel = rich(drawn(5, frequency="Q", years=5, cohorts=(9,), funded=(8,), comparison=(9,), missing=0.1), 5)
    settings = Settings(award_period="after")

    def features(changed: range) -> list[np.ndarray]:
        sales = panel.outcomes["sales"].copy()
        sales[:, changed] *= np.exp(np.random.default_rng(1).normal(0, 1, (len(sales), len(changed))))
        sample = Sample(with_sales(panel, sales), "sales", settings, placebo=True)
        return traits_before(sample.panel, "sales", sample.windows, settings, placebo=True)

    as_they_are = features(range(0))
    for one, other in zip(as_they_are, features(range(5, 9)), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(as_they_are) == 4
    level, other = as_they_are[0], features(range(1, 5))[0]
    assert (np.isfinite(level) == np.isfinite(other)).all()
    assert not np.allclose(level, other, equal_nan=True)


@pytest.mark.parametrize(
    ("early", "result"),
    [
        (0, Result.PASS),
        (9, Result.PASS),
        (10, Result.PASS),  # half
        (11, Result.NOT_TESTABLE),
        (20, Result.NOT_TESTABLE),
    ],
)
def test_under_half_with_an_earlier_year_is_not_testable(early, result):
    """Awards of the second year leave no year ahead of the one before them; those of the third do."""
    panel = quiet(early=early, effect=0.0)
    found = before_of(panel, replace(PLAIN, min_firms=5))
    assert found.result is result
    if result is Result.NOT_TESTABLE:
        assert (found.because, found.number, found.n_funded) == (CheckReason.NO_EARLIER_YEAR, None, 0)
    else:
        assert (found.because, found.n_funded) == (CheckReason.WITHIN_MIE, 20 - early)


def quiet(*, early: int = 0, delta: float = 0.0, effect: float = 0.2, noise: float = 0.02, seed: int = 0) -> Panel:
    """Twenty funded firms and twenty others with yearly sales of 100, small noise, one sector, five years.

    `early` of the funded are awarded in the second year, the others in the third; delta: what funded firms gained from
    the first year to the second, in logs; effect: from the second to all later years.
    """
    rng = np.random.default_rng(seed)
    periods = pd.period_range("2018", periods=5, freq="Y")
    at = np.where(np.arange(20) < early, 1, 2)
    cohort = pd.PeriodIndex([*(periods[k] for k in at), *[pd.NaT] * 20], freq="Y")
    path = np.zeros((40, 5))
    path[:20, 1:] += delta
    path[:20, 2:] += effect
    sales = 100 * np.exp(path + rng.normal(0, noise, path.shape))
    units = pd.DataFrame({"sector": "a", "cohort": cohort.array}, index=[f"f{i:02d}" for i in range(40)])
    return Panel(units, periods, {"sales": sales})


def test_too_few_firms_in_the_earlier_year_are_not_testable():
    """Every award has an earlier year, but of the 20 funded firms nine report it; ten are enough."""
    panel = quiet(effect=0.0)
    for reporting_firms, because in ((9, CheckReason.TOO_FEW_LEFT), (10, CheckReason.WITHIN_MIE)):
        sales = panel.outcomes["sales"].copy()
        sales[reporting_firms:20, 0] = np.nan
        found = before_of(with_sales(panel, sales), replace(PLAIN, min_firms=10))
        assert found.because is because
        assert (found.number is None) == (because is CheckReason.TOO_FEW_LEFT)


@pytest.mark.parametrize(
    ("changes", "result", "because"),
    [
        ({"effect": 0.0}, Result.PASS, CheckReason.WITHIN_MIE),
        ({}, Result.PASS, CheckReason.DIRECTION_HOLDS),
        ({"effect": -0.2}, Result.PASS, CheckReason.DIRECTION_HOLDS),
        ({"noise": 0.06, "effect": 0.12}, Result.NOT_CONTRADICTED, CheckReason.DIRECTION_OPEN),  # δ is small, kδ is not
        ({"noise": 0.06, "effect": -0.12, "delta": -0.05}, Result.NOT_CONTRADICTED, CheckReason.DIRECTION_OPEN),
        ({"delta": 0.3}, Result.FAIL, CheckReason.DIFFERED),
        ({"delta": -0.3}, Result.FAIL, CheckReason.DIFFERED),
        ({"delta": 0.05}, Result.FAIL, CheckReason.DIFFERED),  # surely not zero, though small: precise is no excuse
        ({"noise": 0.4, "effect": 2.0}, Result.PASS, CheckReason.DIRECTION_HOLDS),
        ({"noise": 0.4, "effect": -2.0}, Result.PASS, CheckReason.DIRECTION_HOLDS),
        ({"noise": 0.4, "effect": 0.6}, Result.NOT_CONTRADICTED, CheckReason.IMPRECISE),  # of a direction
        ({"noise": 0.4, "effect": 0.1}, Result.NOT_CONTRADICTED, CheckReason.IMPRECISE),  # of none
    ],
)
def test_every_way_that_the_year_before_comes_out(changes, result, because):
    """Fail where δ is surely not zero; a direction passes where it survives δ, no direction within ±MIE."""
    found = before_of(quiet(**changes), replace(PLAIN, min_firms=10))
    assert (found.result, found.because) == (result, because)


@pytest.mark.parametrize(
    ("changes", "claim", "because"),
    [
        ({}, (0.15, 0.3), CheckReason.DIRECTION_HOLDS),
        ({}, (-0.3, -0.15), CheckReason.DIRECTION_HOLDS),  # θ's own side is looked at, not the claim's
        ({}, (0.0, 0.3), CheckReason.WITHIN_MIE),  # touching zero is no direction
        ({}, (-0.05, 0.3), CheckReason.WITHIN_MIE),
        ({}, (0.02, 0.08), CheckReason.WITHIN_MIE),  # "about the same", though surely higher
        ({"noise": 0.06, "effect": 0.12}, (0.02, 0.3), CheckReason.DIRECTION_OPEN),
        ({"noise": 0.06, "effect": 0.12}, (-0.02, 0.3), CheckReason.WITHIN_MIE),
        ({"noise": 0.4, "effect": 2.0}, (2.0, 20.0), CheckReason.DIRECTION_HOLDS),
        ({"noise": 0.4, "effect": 2.0}, (-0.2, 20.0), CheckReason.IMPRECISE),  # survives, and is not claimed
        ({"noise": 0.4, "effect": 0.6}, (0.02, 0.08), CheckReason.IMPRECISE),  # not within: "higher", which is open
        ({"delta": 0.05}, (0.15, 0.3), CheckReason.DIFFERED),
        ({"delta": 0.05}, (-0.15, 0.3), CheckReason.DIFFERED),
    ],
)
def test_the_year_before_must_bear_what_is_claimed(changes, claim, because):
    """The same two years, by the interval that the claim is made by."""
    found = before_of(quiet(**changes), replace(PLAIN, min_firms=10), claim=claim)
    assert found.because is because
    assert (found.result is Result.PASS) == (because in (CheckReason.WITHIN_MIE, CheckReason.DIRECTION_HOLDS))


@pytest.mark.parametrize("seed", [9, 10, 31])
def test_alike_is_told_by_the_interval_of_90_percent(seed):
    """δ's 95% interval ends beyond the smallest effect that matters, its 90% interval does not: two one-sided tests."""
    found = before_of(quiet(seed=seed, noise=0.06, delta=0.05, effect=0.0), replace(PLAIN, min_firms=10))
    assert found.number.low < 0 < found.further["equivalence"].high < 0.1 < found.number.high
    assert (found.result, found.because) == (Result.PASS, CheckReason.WITHIN_MIE)


SEEDS = st.integers(0, 10_000)


@given(seed=SEEDS, noise=st.floats(0.02, 1.0), delta=st.floats(-0.4, 0.4), gain=st.floats(-1, 1))
@examples(max_examples=40, deadline=None, derandomize=True)
def test_the_year_before_follows_its_rule(seed, noise, delta, gain):
    """The published numbers decide by the rule of METHODS.md 5, whatever they are."""
    settings = replace(PLAIN, min_firms=10)
    found = before_of(quiet(seed=seed, noise=noise, delta=delta, effect=gain), settings)
    known = theta_of(settings, quiet(seed=seed, noise=noise, delta=delta, effect=gain))
    _, low, high = on_log_scale(found.number)
    _, inner_low, inner_high = on_log_scale(found.further["equivalence"])
    ways = [on_log_scale(found.further[name]) for name in ("trend_goes_on", "unusual_year")]
    survives = all((a > 0 and known.theta > 0) or (b < 0 and known.theta < 0) for _, a, b in ways)
    within = max(-inner_low, inner_high) < math.log(1.1)
    same = within and max(-known.ci_low, known.ci_high) < 0.1
    directed = not known.ci_low <= 0 <= known.ci_high and not same
    if not low <= 0 <= high:
        expected = Result.FAIL
    else:
        expected = Result.PASS if (survives if directed else within) else Result.NOT_CONTRADICTED
    assert found.result is expected


# Check 2 as rows, the first that matches: does δ's 95% interval exclude 0; is its 90% interval within what matters;
# where the claim lies; does the direction survive ("*": either).
BEFORE_RULE = [
    (True, "*", "*", "*", Result.FAIL, CheckReason.DIFFERED),
    (False, True, "near zero", "*", Result.PASS, CheckReason.WITHIN_MIE),  # about the same
    (False, True, "around zero", "*", Result.PASS, CheckReason.WITHIN_MIE),  # cannot tell
    (False, False, "around zero", "*", Result.NOT_CONTRADICTED, CheckReason.IMPRECISE),
    (False, "*", "*", True, Result.PASS, CheckReason.DIRECTION_HOLDS),
    (False, True, "*", False, Result.NOT_CONTRADICTED, CheckReason.DIRECTION_OPEN),
    (False, False, "*", False, Result.NOT_CONTRADICTED, CheckReason.IMPRECISE),
]
ENDS = st.floats(-0.3, 0.5) | st.sampled_from([-0.1, -0.03, 0.0, 0.03, 0.1, np.nextafter(0, 1), np.nextafter(0.1, 1)])


@given(
    theta=st.floats(-0.3, 0.3) | st.floats(-0.02, 0.02),
    se=st.floats(1e-3, 0.3) | st.floats(1e-3, 0.05),
    df=st.floats(1, 200),
    ends=st.tuples(ENDS, ENDS) | st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)),
    unit=st.sampled_from([Unit.FRACTION, Unit.POINTS, Unit.SCORE]),
    survives=st.booleans(),
)
@examples(max_examples=600, derandomize=True)
def test_the_rule_of_the_year_before_is_its_table(theta, se, df, ends, unit, survives):
    """Any δ beside any claim, in every unit: what matters is 10%, its score, or 3 points; of δ on θ’s scale."""
    low, high = sorted(ends)
    wide, narrow = (stats.t.ppf(p, df) * se for p in (0.975, 0.95))
    shown = {Unit.FRACTION: 0.10, Unit.POINTS: 0.03, Unit.SCORE: 0.2 / 2.1}[unit]
    within = abs(theta) + narrow < (math.log(1.1) if unit is Unit.FRACTION else shown)
    lies = "near zero" if max(-low, high) < shown else "around zero" if low <= 0 <= high else "on one side"
    if lies == "near zero" and not within and low <= 0 <= high:
        lies = "around zero"  # it may not be called the same
    seen = (abs(theta) > wide, within, lies, survives)
    expected = next(row[4:] for row in BEFORE_RULE if all(a in ("*", b) for a, b in zip(row, seen, strict=False)))
    settings = Settings(mie=0.10, mie_points=0.03)
    assert (
        checks._rule_of_before(Uncertainty(theta, se, df), (low, high), unit, settings, survives=survives) == expected
    )


# ---- a trend that goes on --------------------------------------------------------------------------------------------

# Firms that all grow by a hundredth of a basis point more or less.
HARDLY = 1e-6


def drifting(growth: float, awards: dict[int, int], *, months: int, others: int = 30) -> Panel:
    """Monthly sales that grow by `growth` a year more (in logs) in the funded arm, before and after; no effect at all.

    awards: position of the award -> how many firms; others: comparison firms, whose sales stay.
    """
    rng = np.random.default_rng(2)
    periods = pd.period_range("2016-01", periods=months, freq="M")
    at = [position for position, firms in awards.items() for _ in range(firms)]
    cohort = pd.PeriodIndex([*(periods[k] for k in at), *[pd.NaT] * others], freq="M")
    n = len(cohort)
    logs = rng.normal(8, 1, (n, 1)) + rng.normal(0, HARDLY, (n, months))
    logs[: len(at)] += growth / 12 * np.arange(months)
    units = pd.DataFrame({"sector": "a", "cohort": cohort.array}, index=[f"f{i:02d}" for i in range(n)])
    return Panel(units, periods, {"sales": np.exp(logs)})


@pytest.mark.parametrize("growth", [0.02, -0.02])
@pytest.mark.parametrize("award_period", ["skip", "after"])
@pytest.mark.parametrize("ahead", [0, 5])
@pytest.mark.parametrize("year", [None, 1, 2, 3])
def test_a_straight_line_leaves_no_effect(growth, award_period, ahead, year):
    """The arms drift apart by the same each year, before and after, and the grant did nothing: θ − kδ is zero.

    Two awards, eight months apart, by unequal numbers of firms; before ends some months ahead of the first for both.
    The mean of three years' sales is not quite that of their middle: by a third of the square of the growth.
    """
    panel = drifting(growth, {36: 12, 44: 18}, months=84)
    settings = Settings(
        min_firms=5,
        adjustment="none",
        award_period=award_period,
        before_ends=panel.periods[35 - ahead] if ahead else None,
    )
    found, known = before_of(panel, settings, year=year), theta_of(settings, panel, year=year)
    delta = on_log_scale(found.number)[0]
    assert delta == pytest.approx(growth, abs=10 * HARDLY)
    bend = growth**2 / 3 if year is None else 0.0
    assert on_log_scale(found.further["trend_goes_on"])[0] == pytest.approx(bend, abs=30 * HARDLY)
    # by hand: from the middle of before to the award, and half a year; before the second award ends with the first's
    award = 0.5 + ahead / 12 + (8 / 12 * 18 / 30 if ahead else 0) + (1 / 12 if award_period == "skip" else 0)
    middle = award + ((year or 2) - 0.5)
    assert known.theta == pytest.approx(middle * growth + bend, abs=30 * HARDLY)
    assert on_log_scale(found.further["unusual_year"])[0] == pytest.approx(known.theta + delta, abs=EXACT)


@pytest.mark.parametrize(("year", "entering"), [(2, 21), (3, 12), (None, 21)])
def test_awards_whose_year_is_not_complete_lengthen_no_trend(year, entering):
    """A cohort without the year, or without any, is left out of k and δ as it is of θ, though its year before is seen:
    that it drifted away by more, too, says nothing about those whose effect is told.
    """
    panel = drifting(0.02, {36: 12, 52: 9, 76: 9}, months=84)
    sales = panel.outcomes["sales"].copy()
    sales[entering:30] *= np.exp(0.1 * np.arange(84))
    settings = Settings(min_firms=5, adjustment="none", award_period="after", before_ends="2018-12")
    assert np.isnan(Sample(panel, "sales", settings, year).windows.years_apart).any()
    found = before_of(with_sales(panel, sales), settings, year=year)
    assert (found.n_funded, found.n_comparison) == (entering, 30)
    assert on_log_scale(found.number)[0] == pytest.approx(0.02, abs=30 * HARDLY)
    assert on_log_scale(found.further["trend_goes_on"])[0] == pytest.approx(0, abs=0.02**2 / 3 + 30 * HARDLY)


def test_a_group_has_its_own_years_between():
    """Two sectors awarded sixteen months apart, one call: k is that of the sector's own firms, not the programme's."""
    panel = drifting(0.02, {36: 20, 52: 20}, months=88, others=40)
    sector = np.tile(np.repeat(["a", "b"], 20), 2)
    panel = replace(panel, units=panel.units.assign(sector=sector))
    settings = Settings(min_firms=5, adjustment="none", award_period="after", before_ends="2018-12")
    for name, years in (("a", 1.0), ("b", 1.0 + 16 / 12)):
        mine = panel.funded & (sector == name)
        found = before_of(panel, settings, group=mine, year=1)
        assert on_log_scale(found.further["trend_goes_on"])[0] == pytest.approx(0, abs=30 * HARDLY)
        whole = theta_of(settings, panel.keep(sector == name), year=1)
        assert whole.theta == pytest.approx(years * 0.02, abs=30 * HARDLY)


# ---- 1: groups -------------------------------------------------------------------------------------------------------


def fake(**changes: object) -> EffectEstimate:
    known = theta_of(PLAIN, quiet())
    return replace(known, **{"n_funded": 20, "n_comparison": 20, "effective_firms": 20.0, **changes})


@pytest.mark.parametrize(
    ("changes", "because", "least"),
    [
        ({}, CheckReason.ENOUGH_FIRMS, 20),
        ({"n_funded": 15}, CheckReason.ENOUGH_FIRMS, 15),
        ({"n_funded": 14}, CheckReason.FEW_FIRMS, 14),
        ({"n_comparison": 14}, CheckReason.FEW_FIRMS, 14),
        ({"effective_firms": 9.9}, CheckReason.ENOUGH_FIRMS, 20),  # one firm, one vote
        ({"estimand": Estimand.EURO_WEIGHTED, "effective_firms": 9.9}, CheckReason.FEW_EFFECTIVE, 20),
        ({"estimand": Estimand.EURO_WEIGHTED, "effective_firms": 10.0}, CheckReason.ENOUGH_FIRMS, 20),
    ],
)
def test_fifteen_firms_and_ten_equal_votes_are_enough(changes, because, least):
    found = check_groups(fake(**changes))
    assert found.because is because
    assert (found.result is Result.PASS) == (because is CheckReason.ENOUGH_FIRMS)
    assert found.number == Range(float(least), Unit.COUNT)


# ---- shares of the two arms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "known"), AGRESTI_CAFFO.items())
def test_the_interval_of_a_gap_is_that_of_statsmodels(counts, known):
    x, n, y, m = counts
    found = share_gap((x, y), (n, m))
    assert found.value == pytest.approx(x / n - y / m)
    assert (found.low, found.high) == pytest.approx(known, rel=EXACT)


@given(st.data())
def test_a_gap_lies_in_its_interval_and_turns_with_the_arms(data):
    n, m = (data.draw(st.integers(1, 400)) for _ in range(2))
    x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    found, turned = share_gap((x, y), (n, m)), share_gap((y, x), (m, n))
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (turned.value, turned.low, turned.high) == pytest.approx((-found.value, -found.high, -found.low))
    assert found.surely_wider(0.05) == turned.surely_wider(0.05) == (found.low > 0.05 or found.high < -0.05)


# ---- 3: reporting ----------------------------------------------------------------------------------------------------


def unreported(funded: dict[str, int], comparison: dict[str, int], *, effect: float = 0.0, noise: float = 0.3) -> Panel:
    """Sectors of 40 + 40 firms, one award; so many of each arm of each sector did not report after."""
    rng = np.random.default_rng(3)
    periods = pd.period_range("2018", periods=4, freq="Y")
    sector = [name for name in funded for _ in range(80)]
    arm = np.tile(np.repeat([True, False], 40), len(funded))
    cohort = pd.PeriodIndex([periods[2] if mine else pd.NaT for mine in arm], freq="Y")
    logs = rng.normal(0, noise, (len(arm), 4))
    logs[arm, 2:] += effect
    sales = 100 * np.exp(logs)
    number = np.tile(np.arange(40), 2 * len(funded))
    for name in funded:
        here = np.array(sector) == name
        sales[here & arm & (number < funded[name]), 2:] = np.nan
        sales[here & ~arm & (number < comparison[name]), 2:] = np.nan
    units = pd.DataFrame({"sector": sector, "cohort": cohort.array}, index=[f"f{i}" for i in range(len(arm))])
    return Panel(units, periods, {"sales": sales})


def reporting_of(panel: Panel, sector: str | None = None) -> Finding:
    sample = Sample(panel, "sales", PLAIN)
    here = panel.funded & (True if sector is None else (panel.units["sector"] == sector).to_numpy())
    firms, everyone = sample.group(here), sample.group(panel.funded)
    found = effect_of(sample.deletions(TYPICAL, firms), TYPICAL, sample)
    return check_reporting(sample, firms, everyone, found)


@pytest.mark.parametrize(
    ("funded", "comparison", "effect", "result", "because"),
    [
        (0, 0, 0.0, Result.PASS, CheckReason.REPORTED_ALIKE),
        (8, 8, 0.0, Result.PASS, CheckReason.REPORTED_ALIKE),  # 80% of both
        (8, 9, 0.0, Result.PASS, CheckReason.REPORTED_ALIKE),  # 2.5 points apart
        (0, 2, 0.0, Result.FAIL, CheckReason.REPORTED_UNLIKE),  # 5 points are not under 5
        (2, 0, 0.0, Result.FAIL, CheckReason.REPORTED_UNLIKE),
        (9, 9, 0.0, Result.FAIL, CheckReason.FEW_MEASURED),  # 77.5% of the funded
        (12, 9, 0.0, Result.FAIL, CheckReason.FEW_MEASURED),
        (9, 9, 1.0, Result.PASS, CheckReason.WORST_CASE_HOLDS),
        (0, 20, 1.0, Result.PASS, CheckReason.WORST_CASE_HOLDS),
        (0, 20, -1.0, Result.PASS, CheckReason.WORST_CASE_HOLDS),
    ],
)
def test_every_way_that_reporting_comes_out(funded, comparison, effect, result, because):
    """80% of funded firms and under 5 points between the arms; otherwise the worst case must keep the sign."""
    found = reporting_of(unreported({"a": funded}, {"a": comparison}, effect=effect))
    assert (found.result, found.because) == (result, because)
    assert (found.n_funded, found.n_comparison) == (40 - funded, 40 - comparison)
    assert found.further["measured_funded"].value == pytest.approx(1 - funded / 40)
    assert found.further["measured_comparison"].value == pytest.approx(1 - comparison / 40)
    few = because is CheckReason.FEW_MEASURED  # then the number is what is too low
    assert found.number.value == pytest.approx(1 - funded / 40 if few else (comparison - funded) / 40)
    assert found.number.unit is (Unit.FRACTION if few else Unit.POINTS)


def test_a_sector_may_differ_by_chance_while_the_programme_does_not():
    """Four of 40 less in one sector, four more in another: the programme's arms report alike, and 10 points in 40 firms
    are no sure difference. Sixteen are: that sector fails, and the others do not.
    """
    by_chance = unreported({"a": 4, "b": 0, "c": 0}, {"a": 0, "b": 4, "c": 0})
    for sector in "abc":
        assert reporting_of(by_chance, sector).because is CheckReason.REPORTED_ALIKE
    surely = unreported({"a": 8, "b": 0, "c": 0}, {"a": 0, "b": 8, "c": 0})
    assert reporting_of(surely, "c").because is CheckReason.REPORTED_ALIKE
    for sector in "ab":
        found = reporting_of(surely, sector)
        assert (found.result, found.because) == (Result.FAIL, CheckReason.REPORTED_UNLIKE)
        assert abs(found.number.value) == pytest.approx(0.2)
        assert min(abs(found.number.low), abs(found.number.high)) > 0.05


def test_a_programme_whose_arms_report_unlike_fails_every_sector():
    """METHODS.md 5: the programme-wide difference counts for its sectors too, and is the number that is told."""
    panel = unreported({"a": 0, "b": 0, "c": 0}, {"a": 7, "b": 0, "c": 0})
    whole = reporting_of(panel)
    assert whole.because is CheckReason.REPORTED_UNLIKE
    assert whole.number.value == pytest.approx(7 / 120)
    assert reporting_of(panel, "c").because is CheckReason.REPORTED_UNLIKE
    assert reporting_of(panel, "c").number == whole.number


def test_a_firm_whose_year_is_still_to_come_is_not_missing():
    """Twelve of 40 funded firms were awarded in the last year of the data: the other 28 are all that could report."""
    panel = unreported({"a": 0}, {"a": 0})
    cohort = panel.units["cohort"].copy()
    cohort.iloc[:12] = panel.periods[-1] + 1
    late = replace(panel, units=panel.units.assign(cohort=cohort))
    found = reporting_of(late)
    assert (found.because, found.n_funded, found.n_comparison) == (CheckReason.REPORTED_ALIKE, 28, 40)
    assert found.further["measured_funded"].value == 1


def test_a_firm_without_a_comparison_is_not_measured():
    """In one sector a single comparison firm reported after: its 40 funded firms enter no effect."""
    for missing, because in ((38, CheckReason.REPORTED_UNLIKE), (39, CheckReason.FEW_MEASURED)):
        found = reporting_of(unreported({"a": 0, "b": 0}, {"a": 0, "b": missing}))
        assert found.because is because
        assert found.n_funded == (80 if missing == 38 else 40)


def test_the_worst_case_by_hand():
    """Missing funded firms at the comparison's growth leave θ its measured share; missing comparison firms at the
    funded's likewise; the interval keeps its length, so that a clear effect may become unclear.
    """
    known = fake(theta=0.3, se=0.1, df=30.0)
    half = stats.t.ppf(0.975, 30) * 0.1
    for share, told in ((1.0, True), (0.7, True), (0.6, False), (0.0, False)):
        found = worst_case(known, share)
        assert on_log_scale(found) == pytest.approx((0.3 * share, 0.3 * share - half, 0.3 * share + half), abs=1e-12)
        assert (found.low > 0) == told


@pytest.mark.parametrize("arm", ["funded", "comparison"])
def test_the_worst_case_is_what_filling_in_the_missing_gives(arm):
    """θ of the panel in which the missing firms of an arm grew as the other arm's measured firms did, on average."""
    panel = unreported({"a": 15 if arm == "funded" else 0}, {"a": 0 if arm == "funded" else 15}, effect=0.5)
    sales = panel.outcomes["sales"].copy()
    missing = np.isnan(sales[:, 2])
    other = (panel.funded if arm == "comparison" else ~panel.funded) & ~missing
    # over the two years after together, ln of their mean over the year before
    growth = np.log(sales[other, 2:].mean(axis=1) / sales[other, 1]).mean()
    sales[missing, 2:] = sales[missing, 1][:, None] * np.exp(growth)
    filled = theta_of(PLAIN, with_sales(panel, sales))
    found = reporting_of(panel).further["worst_case"]
    assert on_log_scale(found)[0] == pytest.approx(filled.theta, abs=1e-12)


def test_a_worst_case_can_fail_where_the_effect_is_told():
    """Half the funded firms report; the effect is told from zero, and would not be if the others had none."""
    panel = unreported({"a": 20}, {"a": 0}, effect=0.25)
    found = reporting_of(panel)
    known = theta_of(PLAIN, panel)
    assert known.ci_low > 0
    assert found.further["worst_case"].low < 0 < found.further["worst_case"].value
    assert (found.result, found.because) == (Result.FAIL, CheckReason.FEW_MEASURED)


# ---- 0: comparable by design -----------------------------------------------------------------------------------------


def collected(*, sector_a: tuple[int, int], sector_b: tuple[int, int] = (10, 10), nobody: int = 0) -> Panel:
    """Two sectors of 40 + 40; so many of each arm of each were asked by telephone, the others filled a form.

    Of `nobody` firms of the second sector, of both arms in turn, it is not known. Why the comparison firms were turned
    down is known of all.
    """
    panel = unreported({"a": 0, "b": 0}, {"a": 0, "b": 0})
    source = np.full((2, 2, 40), "form", dtype=object)
    for (sector, arm), n in np.ndenumerate(np.array([sector_a, sector_b])):
        source[sector, arm, :n] = "telephone"
    for k in range(nobody):
        source[1, k % 2, -1 - k // 2] = None
    known = pd.Series([None if mine else True for mine in panel.funded], dtype=object, index=panel.units.index)
    return replace(panel, units=panel.units.assign(source=source.ravel(), eligibility_known=known))


def design_of(panel: Panel, sector: str | None = None) -> Finding:
    sample = Sample(panel, "sales", PLAIN)
    here = panel.funded & (True if sector is None else (panel.units["sector"] == sector).to_numpy())
    return check_design(sample, sample.group(here), sample.group(panel.funded))


def test_the_same_collection_and_known_reasons_are_comparable():
    found = design_of(collected(sector_a=(10, 11)))
    assert (found.result, found.because) == (Result.PASS, CheckReason.SAME_COLLECTION)
    assert (found.n_funded, found.n_comparison) == (80, 80)
    assert abs(found.number.value) == pytest.approx(1 / 80)


def test_without_a_source_the_collection_is_unknown():
    """No such column, or 5% of firms and more of which nobody said."""
    panel = collected(sector_a=(10, 10))
    without = replace(panel, units=panel.units.drop(columns="source"))
    assert design_of(without).because is CheckReason.SOURCE_UNKNOWN
    for nobody, because in ((8, CheckReason.SAME_COLLECTION), (9, CheckReason.SOURCE_UNKNOWN), (80, None)):
        found = design_of(collected(sector_a=(10, 10), nobody=nobody))
        assert found.because is (because or CheckReason.SOURCE_UNKNOWN)
        assert (found.result is Result.NOT_TESTABLE) == (found.because is CheckReason.SOURCE_UNKNOWN)
    # of a sector's own firms, not of all
    assert design_of(collected(sector_a=(10, 10), nobody=8), "b").because is CheckReason.SOURCE_UNKNOWN
    assert design_of(collected(sector_a=(10, 10), nobody=8), "a").because is CheckReason.SAME_COLLECTION


def test_arms_asked_in_different_ways_are_not_comparable():
    """Programme-wide by 5 points or more: then in every sector. A sector alone: where it surely differs by more."""
    whole = collected(sector_a=(14, 10))
    for sector in (None, "a", "b"):
        found = design_of(whole, sector)
        assert (found.result, found.because) == (Result.FAIL, CheckReason.OTHER_COLLECTION)
        assert found.number == design_of(whole).number  # the one that decided
    surely = collected(sector_a=(20, 5), sector_b=(5, 20))
    assert design_of(surely).because is CheckReason.SAME_COLLECTION
    for sector in "ab":
        found = design_of(surely, sector)
        assert (found.result, found.because) == (Result.FAIL, CheckReason.OTHER_COLLECTION)
        assert abs(found.number.value) == pytest.approx(15 / 40)
    by_chance = collected(sector_a=(14, 10), sector_b=(10, 14))
    assert all(design_of(by_chance, sector).result is Result.PASS for sector in (None, "a", "b"))


def test_without_reasons_for_rejection_the_design_is_unknown():
    """No such column, or more than 5% of the comparison firms without one; 5% may lack it."""
    panel = collected(sector_a=(10, 10))
    without = replace(panel, units=panel.units.drop(columns="eligibility_known"))
    assert design_of(without).because is CheckReason.ELIGIBILITY_UNKNOWN
    for lacking, because in ((4, CheckReason.SAME_COLLECTION), (5, CheckReason.ELIGIBILITY_UNKNOWN)):
        for said in (False, None):
            known = panel.units["eligibility_known"].copy()
            known[panel.units.index[~panel.funded][:lacking]] = said
            found = design_of(replace(panel, units=panel.units.assign(eligibility_known=known)))
            assert found.because is because
            assert (found.result is Result.NOT_TESTABLE) == (because is CheckReason.ELIGIBILITY_UNKNOWN)
            assert found.number is not None


@pytest.mark.parametrize("kind", ["str", "string", "category", object])
def test_a_source_may_be_kept_in_any_column_of_text(kind):
    """However pandas holds the words and what is missing among them."""
    panel = collected(sector_a=(10, 11), nobody=3)
    typed = replace(panel, units=panel.units.assign(source=panel.units["source"].astype(kind)))
    assert design_of(typed) == design_of(panel)


# ---- 4: stability ----------------------------------------------------------------------------------------------------


def came_out(*results: Result) -> list[SpecificationResult]:
    known = zip(Specification, results, strict=False)
    return [
        SpecificationResult(one, Withheld(Reason.NOT_ESTIMABLE), result, CheckReason.SAME_SIGN) for one, result in known
    ]


SAME, OTHER, NONE = Result.PASS, Result.FAIL, Result.NOT_TESTABLE


@pytest.mark.parametrize(
    ("results", "result", "share"),
    [
        ([], Result.NOT_TESTABLE, None),
        ([SAME] * 2, Result.NOT_TESTABLE, None),
        ([SAME] * 2 + [NONE] * 8, Result.NOT_TESTABLE, None),
        ([SAME] * 3, Result.PASS, 1.0),
        ([SAME] * 3 + [NONE] * 7, Result.PASS, 1.0),
        ([SAME] * 4 + [OTHER], Result.PASS, 0.8),
        ([SAME] * 3 + [OTHER], Result.FAIL, 0.75),
        ([SAME] * 8 + [OTHER] * 2, Result.PASS, 0.8),
        ([SAME] * 7 + [OTHER] * 2 + [NONE], Result.FAIL, 7 / 9),
        ([OTHER] * 3, Result.FAIL, 0.0),
    ],
)
def test_four_in_five_specifications_of_the_same_sign(results, result, share):
    """Those that could be made; fewer than three tell nothing."""
    found = check_stability(came_out(*results), fake())
    assert found.result is result
    assert (found.number.value if found.number else None) == (None if share is None else pytest.approx(share))


# ---- all together ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
def test_the_five_checks_come_in_their_order(whole):
    """The programme's year before is judged by its own interval; a group's is measured, to be judged beside others."""
    panel = collected(sector_a=(10, 10))
    sample, earlier = Sample(panel, "sales", PLAIN), Sample(panel, "sales", PLAIN, placebo=True)
    known = theta_of(PLAIN, panel)
    found = run_checks(sample, earlier, TYPICAL, panel.funded, known, came_out(*[SAME] * 5), whole=whole)
    assert [one.check for one in found] == list(Check)
    firms = sample.group(panel.funded)
    if whole:
        assert found[2] == check_before(sample, earlier, TYPICAL, firms, known, claim_of(known))
        assert set(found[2].further) == {"equivalence", "trend_goes_on", "unusual_year"}
    else:
        assert found[2] == measure_before(sample, earlier, TYPICAL, firms)
        assert found[2].further == {}


@given(seed=SEEDS, factor=st.sampled_from([1e-3, 1936.27, 1e6]))
@examples(max_examples=5, deadline=None, derandomize=True)
def test_the_unit_of_the_data_changes_no_check(seed, factor):
    panel = rich(drawn(seed, frequency="Y", cohorts=(2,), funded=(16,), comparison=(17,), years=4), seed)
    settings = Settings(min_firms=5, award_period="after")

    def findings(panel: Panel) -> list[Finding]:
        sample, earlier = (Sample(panel, "sales", settings, placebo=which) for which in (False, True))
        known = theta_of(settings, panel)
        both = (run_checks(sample, earlier, TYPICAL, panel.funded, known, [], whole=whole) for whole in (True, False))
        return [one for findings in both for one in findings]

    for one, other in zip(findings(panel), findings(in_units_of(panel, factor)), strict=True):
        assert (one.result, one.because, one.n_funded) == (other.result, other.because, other.n_funded)
        for a, b in zip((one.number, *one.further.values()), (other.number, *other.further.values()), strict=True):
            if a is not None:
                assert (a.value, a.low or 0, a.high or 0) == pytest.approx((b.value, b.low or 0, b.high or 0), abs=1e-7)
