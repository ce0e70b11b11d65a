"""The designs of `make simulate` are what their names say, and what they call true is true."""

import numpy as np
import pytest

from analytics.build.assessment import Assessment
from analytics.model import Check, Grade, Result, Specification, Verdict
from analytics.programme.file import load_programme
from tests.bench.designs import (
    BEFORE,
    DESIGNS,
    DIP,
    DRAWN_IN,
    EFFECT,
    LATEST,
    MONTHS,
    OUTCOME,
    PANDEMIC,
    SIZES,
    WAVES,
    comparison_firms,
    programme,
    settings,
)
from tests.bench.said import SAID, said
from tests.bench.scenarios import SCENARIOS, panel_of, sectors_of
from tests.bench.truths import no_effect, truth

LIKE = load_programme("ecommerce-2020")
# Euros sold online, and staff, of seed 1 with grants that work: docs/SIMULATION.md was written from these designs.
DRAWN = {
    "base": (837978428.1845406, 17087),
    "heavy": (692007892.265503, 17087),
    "selected": (1039060814.9325343, 24239),
    "walk": (1014073714.7940235, 17087),
}


@pytest.fixture(scope="module", params=list(DESIGNS))
def made(request):
    """One programme of each design, with and without effect, from the same draws."""
    return [programme(DESIGNS[request.param], np.random.default_rng(1), works=works) for works in (False, True)]


def test_sectors_have_the_announced_sizes(made):
    units = made[0].panel.units
    funded, all_firms = units[made[0].panel.funded]["sector"].value_counts(), units["sector"].value_counts()
    assert sorted(funded) == sorted(size for size in SIZES for _ in range(4))
    assert all(all_firms[name] == n + comparison_firms(n) for name, n in funded.items())


def test_grants_that_do_nothing_change_nothing(made):
    without, works = made
    funded = works.panel.funded
    assert not without.extra.any()
    assert not works.extra[~funded].any()
    before = [one.panel.outcomes[OUTCOME][:, : BEFORE.stop] for one in made]
    np.testing.assert_array_equal(*before)
    np.testing.assert_array_equal(*(one.panel.outcomes[OUTCOME][~funded] for one in made))


def test_the_heavy_design_is_rough():
    """About 40% zeros, and a few firms with most of the sales."""
    sales = programme(DESIGNS["heavy"], np.random.default_rng(2), works=False).panel.outcomes[OUTCOME]
    reported = np.isfinite(sales)
    assert 0.37 < (sales[reported] == 0).mean() < 0.46
    assert 0.05 < 1 - reported.mean() < 0.11
    means = np.sort(np.nanmean(sales, axis=1))
    assert means[-len(means) // 20 :].sum() > 0.3 * means.sum()


def test_the_truth_is_what_two_potential_outcomes_say(made):
    """A funded firm that sells anyway gains e^τ; of those that would never sell, a share starts."""
    after = [one.panel.outcomes[OUTCOME][one.panel.funded][:, LATEST:] for one in made]
    without, works = (values[np.nansum(after[0], axis=1) > 0] for values in after)
    gains = np.log(np.nansum(works, axis=1) / np.nansum(without, axis=1))
    assert gains.mean() == pytest.approx(EFFECT, abs=4 * gains.std() / len(gains) ** 0.5)


def test_truths_agree_with_each_other():
    found = truth(DESIGNS["base"], 1, firms=4_000)
    nothing = no_effect()
    for story in (-1, 0, 3):
        assert found.of("started_selling", story) == pytest.approx(DESIGNS["base"].never * DRAWN_IN)
        # euros count the spread of effects and the firms drawn in beside the typical effect
        assert EFFECT < found.of("euro_weighted", story) < EFFECT + 0.06
        assert 0 < found.of("online_share", story) < 0.05
        assert nothing.of("euro_weighted", story) == 0


def test_windows_of_the_estimates_are_those_of_the_designs():
    assert (settings().before_ends, settings().loss_baseline) == ("2020-05", "2019")


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_are_those_of_the_published_simulation(name):
    panel = programme(DESIGNS[name], np.random.default_rng(1), works=True).panel
    drawn = np.nansum(panel.outcomes[OUTCOME]), panel.units["employees"].sum()
    assert drawn == pytest.approx(DRAWN[name], rel=1e-9)  # exp may differ in its last digits between machines


# ---- scenarios of the evidence ---------------------------------------------------------------------------------------


def log_ratio(name):
    """Online sales of one scenario over those of another without effect and alike before, from the same draws; (firms,
    months), NaN where nothing was sold or reported; and which firms are funded."""
    panel, plain = (panel_of(SCENARIOS[one], LIKE, np.random.default_rng(3)) for one in (name, "nothing"))
    sales, usual = (np.where(one.outcomes[OUTCOME] > 0, one.outcomes[OUTCOME], np.nan) for one in (panel, plain))
    np.testing.assert_array_equal(sales[~panel.funded], usual[~panel.funded])
    return np.log(sales / usual), panel.funded


def everywhere(values, expected):
    """Whether all that is known equals what is expected, (months,)."""
    return np.allclose(np.where(np.isnan(values), expected, values), expected)


@pytest.mark.parametrize(("name", "rate"), [("ahead_10", 0.10), ("ahead_20", 0.20)])
def test_funded_firms_that_are_ahead_grow_faster_before_and_after(name, rate):
    ratio, funded = log_ratio(name)
    assert everywhere(ratio[funded], np.log(1 + rate) * (np.arange(len(MONTHS)) - PANDEMIC) / 12)


def test_the_dip_lies_in_the_last_half_year_before_and_is_over_by_the_first_award():
    ratio, funded = log_ratio("dip")
    month = np.arange(len(MONTHS))
    ratio = ratio[funded]
    assert (DIP.stop - DIP.start, DIP.stop) == (6, BEFORE.stop)
    assert everywhere(ratio[:, DIP], np.log(0.8))
    assert everywhere(ratio[:, (month < DIP.start) | (month >= min(WAVES))], 0)
    recovering = np.nanmean(ratio[:, DIP.stop - 1 : min(WAVES) + 1], axis=0)
    assert (np.diff(recovering) > 0).all()


@pytest.mark.parametrize(("name", "effect"), [("plus_15", 0.15), ("plus_30", 0.30)])
def test_grants_raise_sales_by_what_the_scenario_says(name, effect):
    ratio, funded = log_ratio(name)
    after = ratio[funded][:, LATEST:]
    gains = np.nanmean(after[np.isfinite(after).any(axis=1)], axis=1)
    assert everywhere(ratio[:, : min(WAVES) + 1], 0)
    assert gains.mean() == pytest.approx(np.log(1 + effect), abs=4 * gains.std() / len(gains) ** 0.5)


def test_a_scenario_has_the_sectors_of_the_demonstration_and_all_that_checks_ask_for():
    panel = panel_of(SCENARIOS["nothing"], LIKE, np.random.default_rng(4))
    counts = panel.units.groupby("sector").size()
    assert all(counts[one.name] == one.funded + one.comparison for one in sectors_of(LIKE))
    found = Assessment(panel, LIKE).assessed
    whole, sectors = found[0], [one for one in found if one.by == ("sector",)]
    assert {finding.check: finding.result for finding in whole.evidence.findings}[Check.DESIGN] is Result.PASS
    assert all(finding.result is not Result.NOT_TESTABLE for finding in whole.evidence.findings)
    missing = {one.specification for one in whole.specifications if one.result is Result.NOT_TESTABLE}
    assert missing == {Specification.ALL_NOT_FUNDED, Specification.OUTSIDE_FIRMS}
    assert [one.group for one in sectors if one.evidence.grade is Grade.WITHHELD] == ["electronics", "other_making"]


def test_what_is_said_of_a_grade_and_a_verdict():
    assert said(Grade.MODERATE, Verdict.MUCH_HIGHER) == said(Grade.MODERATE, Verdict.HIGHER) == "likely higher"
    assert said(Grade.LOW, Verdict.LOWER) == "may be lower"
    assert said(Grade.LOW, Verdict.CANNOT_TELL) == "cannot tell"
    assert said(Grade.VERY_LOW, Verdict.HIGHER) == "too weak"
    assert said(Grade.WITHHELD, None) == "withheld"
    assert {said(grade, verdict) for grade in Grade for verdict in (*Verdict, None)} == set(SAID)
