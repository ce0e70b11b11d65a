"""The designs of `make simulate` are what their names say, and what they call true is true."""

import numpy as np
import pytest

from tests.bench.designs import (
    BEFORE,
    DESIGNS,
    DRAWN_IN,
    EFFECT,
    LATEST,
    OUTCOME,
    SIZES,
    comparison_firms,
    no_effect,
    programme,
    settings,
    truth,
)


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
