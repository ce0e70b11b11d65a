"""METHODS.md 3: what each estimand measures, by hand, and all of them against the reference, firm by firm left out.

`typical_firm` and `euro_weighted` by hand stand in test_estimate.py, the adjustment in test_adjustment.py. Of
`typical_firm` and `symmetric_growth` the former estimate is held here, on which the programme's own check 2 rests: by
slopes of the comparison firms, with the jackknife. What is published of them: test_own_sector.py.
"""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimate import EffectEstimate, effect, effects_by, groups_of
from analytics.estimate.effects import effect_of
from analytics.estimate.estimands import change_in_selling, log_growth, symmetric_growth
from analytics.estimate.sample import Sample
from analytics.model import Estimand, Reason, Settings, Unit, UserError, Withheld
from analytics.panel import Panel
from tests.helpers.panels import FIRST, drawn, panel_of, rich, shares_of, with_sales
from tests.reference import adjusted as reference_adjusted
from tests.reference import effects as reference

FEW = Settings(min_firms=2, award_period="after", adjustment="none")
NOT_ESTIMABLE = Withheld(Reason.NOT_ESTIMABLE)
# Closed form against leaving out each firm: both sum at most some hundred numbers of like size.
EXACT = 1e-10
# The slopes' part of the variance is told here by moving each slope: truncation h⁴ and rounding/h are about 1e-11.
MOVED = 1e-9

# ---- specifications: a table in, an effect out, worked by hand -------------------------------------------------------

SELLING = """
    firm cohort 2019 2020
    f1   2020      0   10
    f2   2020      0    5
    f3   2020     10   20
    f4   2020     10    9
    c1   -         0    0
    c2   -         0    1
    c3   -         0    0
    c4   -         5    9
"""


def test_started_selling_by_hand():
    """Two of four funded firms start, one of four comparison firms: ½ − ¼ = 25 points.

    v is that of two means: s²_F/4 + s²_C/4 = (1/3)/4 + (1/4)/4. The floor is lower: all who sold go on (p = 1); of the
    three comparison firms that did not, one starts (p = ⅓), beside two such funded firms: ⅓·⅔·(2/16 + 3/16).
    """
    found = effect(panel_of(SELLING), "sales", "started_selling", settings=FEW, year=1)
    v_f, v_c = 1 / 12, 1 / 16
    assert v_f + v_c > 1 / 3 * 2 / 3 * (2 / 16 + 3 / 16)
    assert found.theta == found.value == pytest.approx(1 / 2 - 1 / 4)
    assert found.se == pytest.approx(math.sqrt(v_f + v_c))
    assert found.df == pytest.approx((v_f + v_c) ** 2 / (v_f**2 / 3 + v_c**2 / 3))
    assert found.unit is Unit.POINTS


def test_started_selling_is_never_surer_than_coins():
    """Both funded firms start, both comparison firms sell all along: no deletion moves θ = 1, but it is not certain.

    Nobody tells what firms without sales would have done: p = ½, ½·½·(2/4 + 0) = 1/8; degrees of freedom the fewest, 1.
    """
    panel = panel_of("firm cohort 2019 2020\nf1 2020 0 10\nf2 2020 0 5\nc1 - 5 5\nc2 - 5 6\n")
    found = effect(panel, "sales", "started_selling", settings=FEW, year=1)
    assert (found.theta, found.df) == (1, 1)
    assert found.se == pytest.approx(math.sqrt(1 / 8))


def test_a_firm_that_stops_takes_away_a_point():
    """Of two funded firms one stops; both comparison firms go on: −½. A fall is as good an answer as a rise."""
    panel = panel_of("firm cohort 2019 2020\nf1 2020 7 0\nf2 2020 7 8\nc1 - 5 5\nc2 - 5 6\n")
    assert effect(panel, "sales", "started_selling", settings=FEW, year=1).value == -1 / 2


def test_symmetric_growth_by_hand():
    """2(after − before)/(after + before): 1, 2 (a starter), −2 (a stopper); comparison 0 and 1: ⅓ − ½ = −⅙.

    Firms at zero in both windows have no growth and do not count. v = s²_F/3 + s²_C/2 = (13/3)/3 + (1/2)/2.
    """
    panel = panel_of("""
        firm cohort 2019 2020
        f1   2020    100  300
        f2   2020      0   50
        f3   2020     50    0
        f4   2020      0    0
        c1   -       100  100
        c2   -       100  300
        c3   -         0    0
    """)
    found = effect(panel, "sales", "symmetric_growth", settings=FEW, year=1)
    assert found.theta == found.value == pytest.approx(-1 / 6)
    assert found.se == pytest.approx(math.sqrt(13 / 9 + 1 / 4))
    assert (found.n_funded, found.n_comparison, found.unit) == (3, 2, Unit.SCORE)


def test_online_share_by_hand():
    """Funded firms go from 10% to 30% and from 20% to 40%, comparison firms from 10% to 20% and stay at 50%: 15 points.

    A firm without total sales has no share. Only the comparison varies: v = s²_C/2 = 0.005/2.
    """
    panel = shares_of("""
        firm cohort   2019   2020
        f1   2020   10/100 30/100
        f2   2020   20/100  20/50
        c1   -      10/100 20/100
        c2   -      50/100 50/100
        c3   -         5/.  5/100
    """)
    found = effect(panel, "sales", "online_share", settings=FEW, year=1)
    assert found.value == pytest.approx(0.2 - 0.05)
    assert found.se == pytest.approx(0.05)
    assert (found.n_funded, found.n_comparison, found.unit) == (2, 2, Unit.POINTS)


def test_a_share_is_that_of_the_sums_over_periods_that_report_both():
    """Quarters of 1, 2, 3 of 10, 10, 100 make 6/120, not the mean of three shares; the fourth lacks its total."""
    periods = pd.period_range(FIRST["Q"], periods=8, freq="Q")
    units = pd.DataFrame({"cohort": [periods[4], periods[4], pd.NaT, pd.NaT]}, index=["f", "g", "c", "d"])
    online = np.array([[1, 2, 3, 9, 2, 4, 6, 8.0], [1] * 8, [1] * 8, [1] * 6 + [2, 2]])
    total = np.array([[10, 10, 100, np.nan, 10, 10, 100, 5], [2] * 8, [2] * 8, [4] * 8])
    panel = Panel(units, periods, {"sales": online, "total_sales": total})
    found = effect(panel, "sales", "online_share", settings=FEW)
    assert found.theta == pytest.approx((12 / 120 - 6 / 120) / 2 - (6 / 16 - 4 / 16) / 2)


def test_a_share_needs_what_it_is_a_share_of():
    """Refused in words; another name for the total is a setting."""
    panel = shares_of("firm cohort 2019 2020\nf 2020 1/2 1/2\nc - 1/2 1/2\n")
    renamed = Panel(panel.units, panel.periods, {"sales": panel.outcomes["sales"], "all": panel.outcomes["sales"]})
    with pytest.raises(UserError, match="total_sales"):
        effect(renamed, "sales", "online_share", settings=FEW)
    assert effect(renamed, "sales", "online_share", settings=Settings(total_outcome="all")) == Withheld(
        Reason.TOO_FEW_FIRMS
    )


def test_nobody_changes_is_not_estimable():
    """All firms sell before and after: there is nothing that tells how sure a difference of nothing is."""
    panel = panel_of("firm cohort 2019 2020\nf1 2020 7 7\nf2 2020 7 8\nc1 - 5 5\nc2 - 5 6\n")
    assert effect(panel, "sales", "started_selling", settings=FEW, year=1) == NOT_ESTIMABLE


@pytest.mark.filterwarnings("error")
def test_growth_of_odd_pairs():
    """before, after -> ln growth, symmetric growth, change in selling; none where there is no such thing."""
    none = np.nan
    pairs = [
        # before, after, ln growth,   symmetric, selling
        (1.0, 3.0, math.log(3), 1.0, 0.0),
        (0.0, 3.0, none, 2.0, 1.0),
        (3.0, 0.0, none, -2.0, -1.0),
        (0.0, 0.0, none, none, 0.0),
        (none, 1.0, none, none, none),
        (1e-300, 1e300, math.log(1e300) * 2, 2.0, 0.0),
        (1e300, 1e-300, -math.log(1e300) * 2, -2.0, 0.0),
        (1e308, 1e308, 0.0, 0.0, 0.0),
        (-1.0, 1.0, none, none, 1.0),
        (-1.0, -3.0, none, none, 0.0),
        (np.inf, 1.0, none, none, none),
    ]
    before, after, *expected = np.array(pairs).T
    for function, values in zip((log_growth, symmetric_growth, change_in_selling), expected, strict=True):
        np.testing.assert_allclose(function(before, after), values, rtol=1e-14, err_msg=function.__name__)


# ---- against the reference -------------------------------------------------------------------------------------------

DESIGNS = {
    "one sector": {"funded": (12,), "comparison": (14,)},
    "many sectors": {"funded": (7, 5, 4), "comparison": (6, 5, 9), "starters": 0.2},
    "three cohorts": {"cohorts": (8, 9, 12), "starters": 0.1},
    "gaps": {"missing": 0.25, "zeros": 0.2, "funded": (14, 9), "comparison": (25, 22), "starters": 0.1},
    "single firms": {"funded": (6, 1, 1, 5), "comparison": (6, 4, 5, 7), "starters": 0.2},
    "a last single firm": {"funded": (6, 1, 5), "comparison": (6, 4, 7)},
    "a sector without comparison": {"funded": (8, 4, 4), "comparison": (9, 1, 0), "starters": 0.2},
    "months": {"frequency": "M", "cohorts": (24, 27), "missing": 0.25, "starters": 0.15},
    "years": {"frequency": "Y", "years": 7, "cohorts": (2, 4), "starters": 0.2},
    "mostly zero": {
        "frequency": "Y",
        "years": 7,
        "zeros": 0.6,
        "cohorts": (2, 4),
        "funded": (14, 12),
        "comparison": (36, 32),
    },
}
ADJUSTED = ("typical_firm", "euro_weighted", "symmetric_growth", "online_share")


FORMER = ("typical_firm", "symmetric_growth")


def former(panel: Panel, estimand: str, settings: Settings, funded: np.ndarray, year: int | None):
    """The effect of the funded firms under the mask by METHODS.md 3 and 4."""
    sample = Sample(panel, "sales", settings, year)
    return effect_of(sample.pooled_deletions(Estimand(estimand), sample.group(funded)), Estimand(estimand), sample)


def slopes_of(firms, rules, estimand: str, year: int | None, settings: Settings):
    """The reference's slopes of an estimand, None where it has none. Euros go with the typical firm's."""
    if settings.adjustment == "none" or estimand not in ADJUSTED:
        return None
    of = "typical_firm" if estimand == "euro_weighted" else estimand
    return reference_adjusted.slopes(firms, rules, of, year, settings.alpha)


def check(panel: Panel, group: set, found, estimand: str, year: int | None, settings: Settings) -> None:
    """One effect against the reference: θ, variance, degrees of freedom, interval, firms, votes."""
    firms, rules = reference.read(panel, "sales", award_period=settings.award_period)
    slopes = slopes_of(firms, rules, estimand, year, settings)
    expected = reference.estimate(firms, group, rules, estimand, year, slopes)
    close = EXACT if slopes is None else MOVED
    if min(expected.n_funded, expected.n_comparison) < settings.min_firms:
        assert found == Withheld(Reason.TOO_FEW_FIRMS)
        return
    if expected.variance == 0:
        assert found == NOT_ESTIMABLE
        return
    assert isinstance(found, EffectEstimate), found
    assert found.theta == pytest.approx(expected.theta, rel=EXACT, abs=EXACT)
    assert found.se**2 == pytest.approx(expected.variance, rel=close)
    assert found.df == pytest.approx(expected.df, rel=close)
    interval = expected.interval(0.95, logarithm=found.unit is Unit.FRACTION)
    assert (found.ci_low, found.ci_high) == pytest.approx(interval, rel=1e-8)
    assert (found.n_funded, found.n_comparison) == (expected.n_funded, expected.n_comparison)
    arms = [[vote for name, vote in expected.votes.items() if (name in group) == funded] for funded in (True, False)]
    effective = min(sum(votes) ** 2 / sum(vote**2 for vote in votes) for votes in arms)
    assert found.effective_firms == pytest.approx(effective, rel=EXACT)


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("estimand", Estimand)
@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_the_closed_form_is_leaving_out_each_firm(design, estimand, adjustment):
    """θ, v and df are those of METHODS.md 4 by brute force: every firm dropped from all cohorts and windows at once,
    its slopes held; overall and by year, whichever period the award's own belongs to.
    """
    for seed, year, award_period in ((1, None, "skip"), (2, 1, "after"), (3, 2, "skip")):
        settings = Settings(min_firms=2, award_period=award_period, adjustment=adjustment)
        panel = rich(drawn(seed, **design), seed)
        if estimand in FORMER:
            found = former(panel, estimand, settings, panel.funded, year)
        else:
            found = effect(panel, "sales", estimand, settings=settings, year=year)
        check(panel, set(panel.units.index[panel.funded]), found, estimand, year, settings)


def test_the_designs_reach_every_corner():
    """The floor under the variance binds, firms start and stop, some cells have no comparison: else little is held."""
    floors = 0
    for design in DESIGNS.values():
        panel = rich(drawn(1, **design), 1)
        firms, rules = reference.read(panel, "sales")
        found = reference.estimate(firms, set(panel.units.index[panel.funded]), rules, "started_selling")
        floors += found.floor > 0
    assert floors >= 5


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("estimand", Estimand)
@pytest.mark.parametrize("by", ["sector", "macro", ("macro", "sector")])
def test_groups_are_those_of_the_reference(estimand, by, adjustment):
    """By a column and by a tuple: the group's funded firms against all comparison firms of their sectors, with the
    slopes of the whole programme.
    """
    panel = rich(drawn(4, funded=(7, 6, 8), comparison=(8, 7, 9), cohorts=(8, 9), starters=0.2), 4)
    settings = Settings(min_firms=2, adjustment=adjustment)
    if estimand in FORMER:
        found = {
            label: {year: former(panel, estimand, settings, mask, year) for year in (None, 1)}
            for label, mask in groups_of(panel, by).items()
        }
    else:
        every = effects_by(panel, "sales", estimand, by=by, settings=settings)
        found = {part.group: {None: part.overall, 1: part.by_year[1]} for part in every}
    assert len(found) > 1
    for label, by_year in found.items():
        labels = panel.units[by] if isinstance(by, str) else panel.units[list(by)].apply(tuple, axis=1)
        group = set(panel.units.index[panel.funded & (labels == label).to_numpy()])
        for year, result in by_year.items():
            check(panel, group, result, estimand, year, settings)


@pytest.mark.parametrize("estimand", ["typical_firm", "euro_weighted"])
def test_heavy_tails_do_not_drown_the_closed_form(estimand):
    """A firm ten million times the others in each arm: leaving it out still leaves the others' figures."""
    panel = drawn(5, funded=(12,), comparison=(12,), missing=0, zeros=0)
    sales = panel.outcomes["sales"].copy()
    sales[[0, 12]] *= 1e7
    panel = with_sales(panel, sales)
    firms, rules = reference.read(panel, "sales")
    expected = reference.estimate(firms, set(panel.units.index[panel.funded]), rules, estimand)
    settings = Settings(min_firms=2, adjustment="none")
    if estimand in FORMER:
        found = former(panel, estimand, settings, panel.funded, None)
    else:
        found = effect(panel, "sales", estimand, settings=settings)
    assert found.se**2 == pytest.approx(expected.variance, rel=1e-6)
    assert found.df == pytest.approx(expected.df, rel=1e-6)


def test_comparison_firms_of_funded_firms_that_sold_nothing_before_are_left_out_too():
    """Sector b's funded firm sold nothing before: its comparison firms move nothing, and are firms all the same."""
    panel = panel_of("""
        firm sector cohort 2019 2020
        f1   a      2020    100  110
        f2   a      2020    100  130
        f3   b      2020      0   50
        c1   a      -       100  100
        c2   a      -       100  120
        c3   b      -       100  100
        c4   b      -       100  170
    """)
    found = effect(panel, "sales", "euro_weighted", settings=FEW, year=1)
    check(panel, {"f1", "f2", "f3"}, found, "euro_weighted", 1, FEW)
