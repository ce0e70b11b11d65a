"""METHODS.md 2: the typical firm's change of each arm, in loops; it makes the effect without adjustment."""

import math
from statistics import fmean

import numpy as np
import pytest

from analytics.estimate.estimands import log_growth, mean_gap
from analytics.estimate.sample import Sample
from analytics.estimate.typical_change import TypicalChange, typical_changes
from analytics.model import Settings
from analytics.panel import Panel
from analytics.panel.arms import groups_of
from tests.helpers.panels import drawn

SETTINGS = Settings(award_period="after", min_firms=5)
PANELS = {
    "quarters": drawn(2, funded=(14, 6), comparison=(20, 9), cohorts=(8, 12), zeros=0.2, starters=0.2),
    "months": drawn(1, frequency="M", years=4, funded=(14, 12), comparison=(20, 18), cohorts=(20, 25)),
    "one comparison firm in a sector": drawn(3, funded=(14, 6), comparison=(20, 1)),
}


def in_loops(panel: Panel, sample: Sample, mask: list[bool]) -> tuple[float, float, int] | None:
    """ln of the ratio of the funded firms and of their comparison, and how many funded firms."""
    before, after, own = sample.windows.before, sample.windows.after, sample.windows.own
    sectors = panel.units["sector"].tolist()

    def growth(firm: int, cohort: int) -> float | None:
        b, w = before[firm, cohort], after[firm, cohort]
        return math.log(w / b) if b > 0 and w > 0 else None

    mine, theirs = [], []
    for firm, is_in in enumerate(mask):
        if not is_in:
            continue
        cohort = own[firm]
        others = [
            growth(other, cohort)
            for other in range(len(sectors))
            if not panel.funded[other] and sectors[other] == sectors[firm]
        ]
        known = [z for z in others if z is not None]
        z = growth(firm, cohort)
        if z is not None and len(known) >= 2:
            mine.append(z)
            theirs.append(fmean(known))
    return (fmean(mine), fmean(theirs), len(mine)) if mine else None


@pytest.mark.parametrize("name", PANELS)
@pytest.mark.parametrize("year", [None, 1])
def test_it_is_the_mean_of_logs(name: str, year: int | None) -> None:
    """Of the programme and of each sector: exp(mean ln(after / before)), one vote per funded firm that can be compared;
    the comparison firms weigh by the funded firms of their sector and cohort.
    """
    panel = PANELS[name]
    sample = Sample(panel, "sales", SETTINGS, year)
    groups = {"*": panel.funded, **groups_of(panel, "sector")}
    changes = typical_changes(sample, groups)
    assert changes.keys() == groups.keys()
    for group, mask in groups.items():
        expected, found = in_loops(panel, sample, mask.tolist()), changes[group]
        if expected is None:
            assert found is None
        else:
            assert isinstance(found, TypicalChange)
            assert (math.log(found.funded), math.log(found.comparison)) == pytest.approx(expected[:2], rel=1e-9)
            assert found.n == expected[2]


@pytest.mark.parametrize("name", PANELS)
def test_both_arms_make_the_effect_without_adjustment(name: str) -> None:
    """(1 + funded) / (1 + comparison) − 1 is `typical_firm`'s definition (METHODS.md 3), of the same firms."""
    panel = PANELS[name]
    sample = Sample(panel, "sales", SETTINGS)
    for mask in (panel.funded, *groups_of(panel, "sector").values()):
        [change] = typical_changes(sample, {"*": mask}).values()
        deletions = mean_gap(sample.group(mask), log_growth(sample.windows.before, sample.windows.after))
        assert (change is None) == (deletions is None)
        if change is not None and deletions is not None:
            assert change.funded / change.comparison == pytest.approx(np.exp(deletions.theta), rel=1e-9)
            assert change.n == deletions.funded.sum()
