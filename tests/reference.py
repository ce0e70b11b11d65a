"""METHODS.md 1, 3 and 4 once more: plain, slow, with loops over firms and dictionaries, and none of the project's code.

The project's closed forms are held against this. A period is a whole number whose remainder by the periods of a year is
its place in the calendar (a month's: years × 12 + month − 1), so a year is any `ppy` periods in a row.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field

import pandas as pd
from scipy import stats

NEEDED = {12: 6, 4: 3, 1: 1}


@dataclass
class Firm:
    """One firm: what it reported, period -> value; a period that is not there was not reported."""

    name: object
    sector: object
    cohort: int | None
    reported: dict[int, float]


@dataclass
class Rules:
    """How windows lie. before_ends: the last period before the call, or None: before each award."""

    ppy: int
    first: int
    last: int
    award_period: str = "skip"
    before_ends: int | None = None
    years_after: int = 3


@dataclass
class Answer:
    """θ, what every deletion makes of it, and what the jackknife says."""

    theta: float
    without: dict[object, float]
    variance: float | None = None
    df: float | None = None
    n_funded: int = 0
    n_comparison: int = 0
    votes: dict[object, float] = field(default_factory=dict)

    def interval(self, level: float) -> tuple[float, float]:
        half = stats.t.ppf(0.5 + level / 2, self.df) * math.sqrt(self.variance)
        return math.expm1(self.theta - half), math.expm1(self.theta + half)


def read(panel, outcome: str, **rules) -> tuple[list[Firm], Rules]:
    """The firms of a panel, and its rules: the one place that knows what a panel looks like."""
    ppy = {"M": 12, "Q": 4, "Y": 1}[panel.periods.freqstr[0]]
    number = {
        "M": lambda p: p.year * 12 + p.month - 1,
        "Q": lambda p: p.year * 4 + p.quarter - 1,
        "Y": lambda p: p.year,
    }
    at = number[panel.periods.freqstr[0]]
    periods = [at(period) for period in panel.periods]
    firms = []
    for row, (name, unit) in enumerate(panel.units.iterrows()):
        values = zip(periods, panel.outcomes[outcome][row], strict=True)
        reported = {period: float(value) for period, value in values if math.isfinite(value)}
        cohort = None if pd.isna(unit["cohort"]) else at(unit["cohort"])
        firms.append(Firm(name, unit.get("sector", "all"), cohort, reported))
    return firms, Rules(ppy, min(periods), max(periods), **rules)


# ---- windows ---------------------------------------------------------------------------------------------------------


def windows_of(cohort: int, rules: Rules, year: int | None) -> tuple[list[int], list[list[int]]]:
    """The periods of the before window, and those of each complete year asked for."""
    end = cohort - 1 if rules.before_ends is None else min(cohort - 1, rules.before_ends)
    before = list(range(end - rules.ppy + 1, end + 1))
    start = cohort + 1 if rules.award_period == "skip" else cohort
    years = []
    for k in range(1, rules.years_after + 1):
        periods = list(range(start + (k - 1) * rules.ppy, start + k * rules.ppy))
        if all(rules.first <= period <= rules.last for period in periods) and year in (None, k):
            years.append(periods)
    return before, years


def paired(firm: Firm, cohort: int, rules: Rules, year: int | None) -> tuple[float, float] | None:
    """Means over the calendar places reported in both windows; None when the firm is lost."""
    before, years = windows_of(cohort, rules, year)
    befores, afters = [], []
    for place in range(rules.ppy):
        old = [firm.reported[t] for t in before if t % rules.ppy == place and t in firm.reported]
        new = [firm.reported[t] for window in years for t in window if t % rules.ppy == place and t in firm.reported]
        if old and new:
            befores.append(math.fsum(old) / len(old))
            afters.append(math.fsum(new) / len(new))
    if len(befores) < NEEDED[rules.ppy]:
        return None
    return math.fsum(befores) / len(befores), math.fsum(afters) / len(afters)


# ---- estimands -------------------------------------------------------------------------------------------------------


class Sample:
    """The funded firms of a group and all comparison firms, with their means; firms can be left out."""

    def __init__(self, firms: list[Firm], group: set, rules: Rules, year: int | None, estimand: str) -> None:
        placed = [firm for firm in firms if firm.sector is not None and firm.sector == firm.sector]
        funded = [firm for firm in placed if firm.cohort is not None and firm.name in group]
        self.estimand = estimand
        self.funded = {}  # name -> (cell, means)
        for firm in funded:
            means = paired(firm, firm.cohort, rules, year)
            if means and self.fits(means):
                self.funded[firm.name] = ((firm.sector, firm.cohort), means)
        self.cells = defaultdict(dict)  # (sector, cohort) -> name -> means
        for sector, cohort in sorted({(f.sector, f.cohort) for f in funded}, key=str):
            for firm in placed:
                if firm.cohort is None and firm.sector == sector:
                    means = paired(firm, cohort, rules, year)
                    if means and self.fits(means):
                        self.cells[sector, cohort][firm.name] = means
        # which funded firms have a comparison is settled on all firms, before any deletion
        self.funded = {name: held for name, held in self.funded.items() if self.enough(self.cells[held[0]])}
        self.cells = {cell: self.cells[cell] for cell, _ in self.funded.values()}

    def fits(self, means: tuple[float, float]) -> bool:
        """The typical firm sells in both windows; euros count whoever reports."""
        return self.estimand == "euro_weighted" or min(means) > 0

    def enough(self, others: dict) -> bool:
        """Two comparison firms; for euros, two that sold before."""
        return sum(means[0] > 0 for means in others.values()) >= 2

    def theta(self, left_out: object = None) -> float:
        """θ of METHODS.md 3 without one firm; not a number when a sum is empty."""
        funded = {name: held for name, held in self.funded.items() if name != left_out}
        cells = {
            cell: [means for name, means in others.items() if name != left_out] for cell, others in self.cells.items()
        }
        try:
            return self._typical(funded, cells) if self.estimand == "typical_firm" else self._euros(funded, cells)
        except (ZeroDivisionError, ValueError):  # an empty mean, the logarithm of zero
            return math.nan

    @staticmethod
    def _typical(funded: dict, cells: dict) -> float:
        gaps = []
        for cell, (before, after) in funded.values():
            growth = [math.log(later / earlier) for earlier, later in cells[cell]]
            gaps.append(math.log(after / before) - math.fsum(growth) / len(growth))
        return math.fsum(gaps) / len(gaps)

    @staticmethod
    def _euros(funded: dict, cells: dict) -> float:
        ratio = {cell: _ratio(others) for cell, others in cells.items()}
        expected = math.fsum(before * ratio[cell] for cell, (before, _) in funded.values())
        return math.log(math.fsum(after for _, (_, after) in funded.values())) - math.log(expected)

    def votes(self) -> dict[object, float]:
        """One per firm, or its euros: ĉ_i; Σ_g (Σ_{i∈g} ĉ_i) · ȳ_jB / Σ_C ȳ_B."""
        votes: dict[object, float] = defaultdict(float)
        moved: dict[object, float] = defaultdict(float)
        for name, (cell, (before, _)) in self.funded.items():
            euros = before * _ratio(list(self.cells[cell].values())) if self.estimand == "euro_weighted" else 1.0
            votes[name] = euros
            moved[cell] += euros
        for cell, others in self.cells.items():
            base = math.fsum(before for before, _ in others.values())
            for name, (before, _) in others.items():
                if self.estimand == "euro_weighted":
                    votes[name] += moved[cell] * before / base
                else:
                    votes[name] = 1.0
        return dict(votes)

    def strata(self) -> dict[object, list]:
        """Sector × arm -> firms that enter; single firms together by arm, a last one with the smallest others."""
        strata = defaultdict(set)
        for name, (cell, _) in self.funded.items():
            strata["funded", cell[0]].add(name)
        for cell, others in self.cells.items():
            strata["comparison", cell[0]] |= set(others)
        for arm in ("funded", "comparison"):
            single = [key for key, names in strata.items() if key[0] == arm and len(names) == 1]
            pooled = set().union(*(strata.pop(key) for key in single)) if single else set()
            rest = [key for key in strata if key[0] == arm]
            if len(pooled) == 1 and rest:
                smallest = min(len(strata[key]) for key in rest)
                for key in [key for key in rest if len(strata[key]) == smallest]:
                    pooled |= strata.pop(key)
            if pooled:
                strata[arm, "pooled"] = pooled
        return {key: sorted(names, key=str) for key, names in strata.items()}


def _ratio(others: list[tuple[float, float]]) -> float:
    return math.fsum(after for _, after in others) / math.fsum(before for before, _ in others)


# ---- inference -------------------------------------------------------------------------------------------------------


def estimate(firms: list[Firm], group: set, rules: Rules, estimand: str, year: int | None = None) -> Answer | None:
    """θ with its jackknife by brute force: leave one firm out, compute θ again. None when nothing can be compared."""
    sample = Sample(firms, group, rules, year, estimand)
    if not sample.funded:
        return None
    strata, votes = sample.strata(), sample.votes()
    names = [name for names in strata.values() for name in names]
    answer = Answer(sample.theta(), {name: sample.theta(name) for name in names}, votes=votes)
    answer.n_funded = len(sample.funded)
    answer.n_comparison = len(names) - len(sample.funded)
    if all(math.isfinite(value) for value in [answer.theta, *answer.without.values()]):
        parts = [_stratum([answer.without[n] for n in names], [votes[n] for n in names]) for names in strata.values()]
        answer.variance = math.fsum(v for v, _ in parts)
        weighed = math.fsum(v**2 / max(m - 1, 0.8) for v, m in parts)
        answer.df = max(1.0, answer.variance**2 / weighed) if weighed else None
    return answer


def _stratum(thetas: list[float], votes: list[float]) -> tuple[float, float]:
    """v_h and m_h."""
    k = len(thetas)
    mean = math.fsum(thetas) / k
    v = (k - 1) / k * math.fsum((theta - mean) ** 2 for theta in thetas)
    squares = math.fsum(vote**2 for vote in votes)
    return v, math.fsum(votes) ** 2 / squares if squares else 0.0
