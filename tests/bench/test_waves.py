"""What `tests.bench.waves` calls true is true; a programme has its waves; equal seeds, equal results."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.bench.designs import BEFORE, DESIGNS, MONTHS, WAVES, firms_of, paths_of, programme
from tests.bench.waves import Task, estimated, in_waves, truth

BASE = DESIGNS["base"]


@pytest.fixture(scope="module")
def true():
    """Effects of the base design."""
    return truth(BASE, 1)


@pytest.mark.parametrize("wave", WAVES)
def test_the_truth_is_what_two_potential_outcomes_say(true, wave):
    """The mean, over other firms, of sales with a grant less sales without, over the mean before."""
    firms = firms_of(BASE, np.full(30_000, 2), np.ones(30_000, dtype=bool), np.random.default_rng(2))
    firms = replace(firms, wave=np.full(30_000, wave))
    paths = paths_of(BASE, firms, np.random.default_rng(3))
    without = paths.without()
    before = without[:, BEFORE].mean(axis=1)
    gains = ((paths.granted(firms) - without)[before > 0] / before[before > 0, None]).T
    by_quarter = pd.DataFrame(gains, index=MONTHS).groupby(MONTHS.asfreq("Q")).mean().iloc[1:]
    error = by_quarter.std(axis=1) / by_quarter.shape[1] ** 0.5
    told = true[str(MONTHS[wave]), 2]
    assert (np.abs(by_quarter.mean(axis=1) - told) <= 5 * error).all()
    assert ((told == 0) == (by_quarter.index < (MONTHS[wave] + 1).asfreq("Q"))).all()


def test_firms_awarded_together_are_a_wave():
    panel = in_waves(programme(BASE, np.random.default_rng(1), works=False).panel)
    assert set(panel.units["wave"].dropna()) == {str(MONTHS[wave]) for wave in WAVES}
    assert (panel.units["wave"].notna() == panel.funded).all()


def test_equal_seeds_give_equal_cells(true):
    one, other = (estimated(Task("base", 1, true)) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert set(one["size"]) >= {0, 80}
    assert one["n"].min() >= 10
    assert (one["holds_together"] | ~one["holds"] | ~one["told"]).all()
