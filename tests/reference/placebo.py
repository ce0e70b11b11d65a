"""METHODS.md 5, check 2, once more from its text: δ, θ − kδ and θ + δ of the typical firm without adjustment.

Everything by leaving a firm out and computing again: windows, means over firms, strata, the factor of METHODS.md 4 for
the vote of a funded firm that is left out. Loops and dictionaries, none of the project's code. A period is a whole
number whose remainder by the periods of a year is its place in the calendar, as `effects.read` gives them.

Where the text leaves a choice: a firm that enters one of θ and δ alone moves their sum by what it does to that one; k_h
and n count the firms that enter either; k counts every funded firm of the group that is in a comparison.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from scipy import stats

NEEDED = {12: 6, 4: 3, 1: 1}
ABSENT = object()


@dataclass
class Estimate:
    """θ, its jackknife variance and degrees of freedom, firms of each arm."""

    theta: float
    variance: float
    df: float
    n_funded: int
    n_comparison: int

    def interval(self, level: float) -> tuple[float, float]:
        half = stats.t.ppf((1 + level) / 2, self.df) * math.sqrt(self.variance)
        return self.theta - half, self.theta + half


def two_windows(cohort, rules, *, placebo, year=None):
    """The years before and the years after of a cohort, or one alone; None where it has none that is complete."""
    last_before = cohort - 1
    if rules.before_ends is not None and rules.before_ends < last_before:
        last_before = rules.before_ends
    before = [last_before - k for k in range(rules.ppy)]
    if placebo:
        ahead = [period - rules.ppy for period in before]
        return ([ahead], [before]) if min(ahead) >= rules.first else None
    start = cohort if rules.award_period == "after" else cohort + 1
    years = []
    for k in range(rules.years_after):
        periods = [start + k * rules.ppy + step for step in range(rules.ppy)]
        if rules.first <= min(periods) and max(periods) <= rules.last and year in (None, k + 1):
            years.append(periods)
    return ([before], years) if years else None


def years_apart(firms, group, rules, year=None):
    """k: years from the middle of before to the middle of the complete years after, the mean over funded firms."""
    apart = []
    for firm in firms:
        mine = firm.cohort is not None and firm.sector is not None and firm.name in group
        found = two_windows(firm.cohort, rules, placebo=False, year=year) if mine else None
        if found is not None:
            before, after = (sum(map(sum, window)) / sum(map(len, window)) for window in found)
            apart.append((after - before) / rules.ppy)
    return sum(apart) / len(apart)


def log_growth(firm, cohort, rules, *, placebo):
    """ln of the mean after over the mean before, over calendar places that both report; None where there is none."""
    found = two_windows(cohort, rules, placebo=placebo)
    if found is None:
        return None
    sums, pairs = [0.0, 0.0], 0
    for place in range(rules.ppy):
        means = []
        for window in found:
            seen = [firm.reported[t] for year in window for t in year if t % rules.ppy == place and t in firm.reported]
            means.append(sum(seen) / len(seen) if seen else None)
        if None not in means:
            pairs += 1
            sums = [sums[0] + means[0], sums[1] + means[1]]
    if pairs < NEEDED[rules.ppy] or min(sums) <= 0:
        return None
    return math.log(sums[1]) - math.log(sums[0])


class Typical:
    """The typical firm's θ (or δ) of the funded firms of a group, and θ without any one firm."""

    def __init__(self, firms, group, rules, *, placebo):
        placed = [firm for firm in firms if firm.sector is not None]
        self.others = {}  # sector × cohort -> comparison firm -> growth
        self.funded = {}  # firm -> (sector × cohort, growth)
        for firm in placed:
            if firm.cohort is None or firm.name not in group:
                continue
            cell = firm.sector, firm.cohort
            if cell not in self.others:
                grown = {
                    other.name: log_growth(other, firm.cohort, rules, placebo=placebo)
                    for other in placed
                    if other.cohort is None and other.sector == firm.sector
                }
                self.others[cell] = {name: value for name, value in grown.items() if value is not None}
            mine = log_growth(firm, firm.cohort, rules, placebo=placebo)
            if mine is not None and len(self.others[cell]) >= 2:
                self.funded[firm.name] = cell, mine
        used = {cell for cell, _ in self.funded.values()}
        self.sector = {name: cell[0] for name, (cell, _) in self.funded.items()}
        self.compared = {}
        for cell in used:
            self.compared |= dict.fromkeys(self.others[cell], cell[0])

    def theta(self, without=ABSENT):
        total, n = 0.0, 0
        for name, (cell, growth) in self.funded.items():
            if name == without:
                continue
            left = [value for other, value in self.others[cell].items() if other != without]
            total, n = total + growth - sum(left) / len(left), n + 1
        return total / n


def estimate(parts, factors) -> Estimate:
    """Σ factor · θ over several `Typical`, each firm left out of all of them at once."""

    def theta(without=ABSENT):
        return sum(factor * part.theta(without) for part, factor in zip(parts, factors, strict=True))

    whole = theta()
    strata = {arm: defaultdict(list) for arm in ("funded", "compared")}
    for arm, names in (("funded", "sector"), ("compared", "compared")):
        entering = {}
        for part in parts:
            entering |= getattr(part, names)
        for name, sector in entering.items():
            strata[arm][sector].append(name)
    n = sum(len(names) for names in strata["funded"].values())
    m = sum(len(names) for names in strata["compared"].values())
    terms = []
    for arm, by_sector in strata.items():
        for names in pooled(list(by_sector.values())):
            k = len(names)
            moved = [theta(name) - whole for name in names]
            mean = sum(moved) / k
            vote_kept = k / (k - 1) * (n - 1) / n if arm == "funded" and k > 1 else 1.0
            terms.append(((k - 1) / k * sum(((one - mean) * vote_kept) ** 2 for one in moved), max(k - 1, 0.8)))
    variance = sum(v for v, _ in terms)
    return Estimate(whole, variance, max(1.0, variance**2 / sum(v**2 / df for v, df in terms)), n, m)


def pooled(strata):
    """Strata of one firm are put together; one that is still alone joins the smallest others."""
    alone = [names for names in strata if len(names) == 1]
    rest = [names for names in strata if len(names) > 1]
    if len(alone) == 1 and rest:
        smallest = min(map(len, rest))
        alone += [names for names in rest if len(names) == smallest]
        rest = [names for names in rest if len(names) > smallest]
    return rest + ([[name for names in alone for name in names]] if alone else [])


def variance_of(parts, factors) -> float:
    """v of Σ factor · θ from what each firm does to each part, (`replicates`, `theta`, `firm`, `stratum`, `funded`)."""
    moved = defaultdict(float)
    place = {}
    for part, factor in zip(parts, factors, strict=True):
        for replicate, firm, stratum, arm in zip(part.replicates, part.firm, part.stratum, part.funded, strict=True):
            moved[int(firm)] += factor * (replicate - part.theta)
            place[int(firm)] = bool(arm), int(stratum)
    n, v = sum(arm for arm, _ in place.values()), 0.0
    for stratum in set(place.values()):
        mine = [moved[firm] for firm, where in place.items() if where == stratum]
        k = len(mine)
        vote_kept = k / (k - 1) * (n - 1) / n if stratum[0] else 1.0
        v += (k - 1) / k * sum(((one - sum(mine) / k) * vote_kept) ** 2 for one in mine)
    return v
