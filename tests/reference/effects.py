"""METHODS.md 1, 3 and 4 once more: plain, slow, with loops over firms and dictionaries, and none of the project's code.

The project's closed forms are held against this. A period is a whole number whose remainder by the periods of a year is
its place in the calendar (a month's: years × 12 + month − 1), so a year is any `ppy` periods in a row. The slopes of an
adjustment come from `adjusted`; here a firm's offset is a number that is looked up.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace

import pandas as pd
from scipy import optimize, stats

NEEDED = {12: 6, 4: 3, 1: 1}


@dataclass
class Firm:
    """One firm: what it reported, period -> value; a period that is not there was not reported.

    sector None: in no comparison. total: what the outcome is a share of; spent: column -> euros of a grant or a cost.
    """

    name: object
    sector: object
    cohort: int | None
    reported: dict[int, float]
    total: dict[int, float] = field(default_factory=dict)
    employees: float | None = None
    spent: dict[str, float] = field(default_factory=dict)


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
    slopes_variance: float = 0.0
    floor: float = 0.0

    def interval(self, level: float, *, logarithm: bool = True) -> tuple[float, float]:
        half = stats.t.ppf(0.5 + level / 2, self.df) * math.sqrt(self.variance)
        ends = self.theta - half, self.theta + half
        return tuple(math.expm1(end) for end in ends) if logarithm else ends


def read(panel, outcome: str, total: str = "total_sales", **rules) -> tuple[list[Firm], Rules]:
    """The firms of a panel, and its rules: the one place that knows what a panel looks like."""
    ppy = {"M": 12, "Q": 4, "Y": 1}[panel.periods.freqstr[0]]
    number = {
        "M": lambda p: p.year * 12 + p.month - 1,
        "Q": lambda p: p.year * 4 + p.quarter - 1,
        "Y": lambda p: p.year,
    }
    at = number[panel.periods.freqstr[0]]
    periods = [at(period) for period in panel.periods]

    def by_period(name: str, row: int) -> dict[int, float]:
        values = zip(periods, panel.outcomes[name][row], strict=True) if name in panel.outcomes else ()
        return {period: float(value) for period, value in values if math.isfinite(value)}

    firms = []
    for row, (name, unit) in enumerate(panel.units.iterrows()):
        cohort = None if pd.isna(unit["cohort"]) else at(unit["cohort"])
        sector = unit.get("sector", "all")
        sector = sector if sector == sector and unit.get("sells", True) else None  # NaN is not itself
        spent = {column: float(unit[column]) for column in ("grant_eur", "eligible_spend_eur") if column in unit}
        firm = Firm(name, sector, cohort, by_period(outcome, row), by_period(total, row), spent=spent)
        staff = unit.get("employees")
        firm.employees = None if staff is None or pd.isna(staff) else float(staff)
        firms.append(firm)
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


def means_of(
    reported: dict[int, float], before: list[int], years: list[list[int]], ppy: int
) -> tuple[float, float] | None:
    """Means over the calendar places reported in both windows; None when the firm is lost."""
    befores, afters = [], []
    for place in range(ppy):
        old = [reported[t] for t in before if t % ppy == place and t in reported]
        new = [reported[t] for window in years for t in window if t % ppy == place and t in reported]
        if old and new:
            befores.append(math.fsum(old) / len(old))
            afters.append(math.fsum(new) / len(new))
    if len(befores) < NEEDED[ppy]:
        return None
    return math.fsum(befores) / len(befores), math.fsum(afters) / len(afters)


def paired(firm: Firm, cohort: int, rules: Rules, year: int | None) -> tuple[float, float] | None:
    """A firm's means before and after, in a cohort's windows."""
    return means_of(firm.reported, *windows_of(cohort, rules, year), rules.ppy)


# ---- estimands -------------------------------------------------------------------------------------------------------


def growth(firm: Firm, cohort: int, rules: Rules, year: int | None, estimand: str) -> float | None:
    """What a firm adds to a mean: by estimand; None where it has no such thing."""
    if estimand == "online_share":
        return _change_of_share(firm, cohort, rules, year)
    means = paired(firm, cohort, rules, year)
    if means is None:
        return None
    before, after = means
    if estimand == "started_selling":
        return float(after > 0) - float(before > 0)
    if estimand == "symmetric_growth":
        return 2 * (after - before) / (after + before) if after + before > 0 else None
    return math.log(after / before) if min(before, after) > 0 else None


def _change_of_share(firm: Firm, cohort: int, rules: Rules, year: int | None) -> float | None:
    both = set(firm.reported) & set(firm.total)
    part, whole = (
        paired(replace(firm, reported={t: values[t] for t in both}), cohort, rules, year)
        for values in (firm.reported, firm.total)
    )
    if whole is None or min(whole) <= 0:
        return None
    return part[1] / whole[1] - part[0] / whole[0]


@dataclass
class Held:
    """A firm in a cohort's windows: its means (for euros) and its growth (for means over firms)."""

    firm: Firm
    cohort: int
    means: tuple[float, float] | None
    growth: float | None


class Sample:
    """The funded firms of a group and all comparison firms; firms can be left out, slopes moved.

    among: a further condition on funded firms. slopes: `adjusted.Slopes`, or None.
    """

    def __init__(self, firms, group: set, rules: Rules, year: int | None, estimand: str, slopes=None, among=None):
        placed = [firm for firm in firms if firm.sector is not None]
        funded = [firm for firm in placed if firm.cohort is not None and firm.name in group]
        self.estimand, self.slopes = estimand, slopes
        self.euros = estimand == "euro_weighted"
        self.beta = None if slopes is None else list(slopes.beta)
        self.funded: dict[object, Held] = {}
        for firm in funded:
            held = self.hold(firm, firm.cohort, rules, year)
            if held and (among is None or among(firm)):
                self.funded[firm.name] = held
        self.cells: dict[tuple, dict[object, Held]] = defaultdict(dict)
        for sector, cohort in sorted({(f.sector, f.cohort) for f in funded}, key=str):
            for firm in placed:
                if firm.cohort is None and firm.sector == sector:
                    held = self.hold(firm, cohort, rules, year)
                    if held:
                        self.cells[sector, cohort][firm.name] = held
        # which funded firms have a comparison is settled on all firms, before any deletion
        self.funded = {name: held for name, held in self.funded.items() if self.enough(self.cells[self.cell(held)])}
        self.cells = {cell: self.cells[cell] for cell in map(self.cell, self.funded.values())}

    def hold(self, firm: Firm, cohort: int, rules: Rules, year: int | None) -> Held | None:
        means = paired(firm, cohort, rules, year)
        found = Held(firm, cohort, means, None if self.euros else growth(firm, cohort, rules, year, self.estimand))
        return found if (found.means if self.euros else found.growth) is not None else None

    @staticmethod
    def cell(held: Held) -> tuple:
        return held.firm.sector, held.cohort

    def enough(self, others: dict[object, Held]) -> bool:
        """Two comparison firms; for euros, two that sold before."""
        return sum(not self.euros or held.means[0] > 0 for held in others.values()) >= 2

    def offset(self, held: Held) -> float:
        return 0.0 if self.slopes is None else self.slopes.offset(held.firm, held.cohort, self.beta)

    def before(self, held: Held) -> float:
        """ȳ_B, at equal sales, size and earlier growth."""
        return held.means[0] * math.exp(self.offset(held))

    def theta(self, left_out: object = None) -> float:
        """θ of METHODS.md 3 without one firm; not a number when a sum is empty."""
        try:
            if self.euros:
                return math.log(self.sold(left_out)) - math.log(self.expected(left_out))
            others = {
                cell: [held.growth - self.offset(held) for name, held in held_by.items() if name != left_out]
                for cell, held_by in self.cells.items()
            }
            gaps = []
            for name, held in self.funded.items():
                if name != left_out:
                    mine = others[self.cell(held)]
                    gaps.append(held.growth - self.offset(held) - math.fsum(mine) / len(mine))
            return math.fsum(gaps) / len(gaps)
        except (ZeroDivisionError, ValueError):  # an empty mean, the logarithm of zero
            return math.nan

    def sold(self, left_out: object = None) -> float:
        """Σ_F ȳ_iW."""
        return math.fsum(held.means[1] for name, held in self.funded.items() if name != left_out)

    def expected(self, left_out: object = None) -> float:
        """Σ_F ĉ_iW."""
        growth_of = {
            cell: self._ratio([held for name, held in others.items() if name != left_out])
            for cell, others in self.cells.items()
        }
        return math.fsum(
            self.before(held) * growth_of[self.cell(held)] for name, held in self.funded.items() if name != left_out
        )

    def extra(self, left_out: object = None) -> float:
        """N of the share of losses offset, per period."""
        return self.sold(left_out) - self.expected(left_out)

    def _ratio(self, others: list[Held]) -> float:
        return math.fsum(held.means[1] for held in others) / math.fsum(self.before(held) for held in others)

    def votes(self) -> dict[object, float]:
        """One per firm, or its euros: ĉ_i; Σ_g (Σ_{i∈g} ĉ_i) · ȳ_jB / Σ_C ȳ_B."""
        votes: dict[object, float] = defaultdict(float)
        if not self.euros:
            return {name: 1.0 for held_by in (self.funded, *self.cells.values()) for name in held_by}
        moved: dict[object, float] = defaultdict(float)
        for name, held in self.funded.items():
            votes[name] = self.before(held) * self._ratio(list(self.cells[self.cell(held)].values()))
            moved[self.cell(held)] += votes[name]
        for cell, others in self.cells.items():
            base = math.fsum(self.before(held) for held in others.values())
            for name, held in others.items():
                votes[name] += moved[cell] * self.before(held) / base
        return dict(votes)

    def strata(self) -> dict[object, list]:
        """Sector × arm -> firms that enter; single firms together by arm, a last one with the smallest others."""
        strata = defaultdict(set)
        for name, held in self.funded.items():
            strata["funded", held.firm.sector].add(name)
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

    def slopes_variance(self, theta) -> float:
        """Δ′V_βΔ, Δ = −∂θ/∂β by moving one slope after the other (five points: exact but for rounding and h⁴)."""
        if self.slopes is None:
            return 0.0
        h, at = 5e-4, list(self.beta)
        gap = []
        for k in range(len(at)):
            values = {}
            for step in (-2, -1, 1, 2):
                self.beta = [value + step * h * (j == k) for j, value in enumerate(at)]
                values[step] = theta()
            gap.append((values[-2] - 8 * values[-1] + 8 * values[1] - values[2]) / (12 * h))
        self.beta = at
        covariance = self.slopes.covariance
        return math.fsum(a * b * covariance[i][j] for i, a in enumerate(gap) for j, b in enumerate(gap))


# ---- inference -------------------------------------------------------------------------------------------------------


def estimate(
    firms: list[Firm], group: set, rules: Rules, estimand: str, year: int | None = None, slopes=None
) -> Answer | None:
    """θ with its jackknife by brute force: leave one firm out, compute θ again. None when nothing can be compared."""
    sample = Sample(firms, group, rules, year, estimand, slopes)
    if not sample.funded:
        return None
    strata, votes = sample.strata(), sample.votes()
    names = [name for names in strata.values() for name in names]
    answer = Answer(sample.theta(), {name: sample.theta(name) for name in names}, votes=votes)
    answer.n_funded = len(sample.funded)
    answer.n_comparison = len(names) - len(sample.funded)
    answer.slopes_variance = sample.slopes_variance(sample.theta)
    answer.floor = binomial_floor(sample) if estimand == "started_selling" else 0.0
    if all(math.isfinite(value) for value in [answer.theta, *answer.without.values()]):
        parts = _parts(strata, answer.without, votes) + _slopes_part(sample, answer.slopes_variance)
        answer.variance = max(math.fsum(v for v, _ in parts), answer.floor)
        answer.df = _df(parts)
    return answer


def _parts(strata: dict, without: dict, votes: dict) -> list[tuple[float, float]]:
    """v_h and its degrees of freedom max(m_h − 1, 0.8), by stratum."""
    found = []
    n = sum(len(names) for key, names in strata.items() if key[0] == "funded")
    for (arm, *_), names in strata.items():
        v, m = _stratum([without[n] for n in names], [votes[n] for n in names])
        found.append((v * _kept(arm, len(names), n), max(m - 1, 0.8)))
    return found


def _kept(arm: object, k: int, n: int) -> float:
    """On variances: a funded firm's vote goes to the others of its stratum: k/(k−1) for n/(n−1)."""
    return (k / (k - 1) * (n - 1) / n) ** 2 if arm == "funded" and k > 1 else 1.0


def _slopes_part(sample: Sample, variance: float) -> list[tuple[float, float]]:
    return [] if sample.slopes is None else [(variance, sample.slopes.df)]


def _stratum(thetas: list[float], votes: list[float]) -> tuple[float, float]:
    """v_h and m_h."""
    k = len(thetas)
    mean = math.fsum(thetas) / k
    v = (k - 1) / k * math.fsum((theta - mean) ** 2 for theta in thetas)
    squares = math.fsum(vote**2 for vote in votes)
    return v, math.fsum(votes) ** 2 / squares if squares else 0.0


def _df(parts: list[tuple[float, float]]) -> float:
    """Satterthwaite; where no deletion moves θ, the fewest of any stratum."""
    variance = math.fsum(v for v, _ in parts)
    weighed = math.fsum(v**2 / df for v, df in parts)
    return max(1.0, variance**2 / weighed if weighed > 1e-36 else min(df for _, df in parts))


def binomial_floor(sample: Sample) -> float:
    """Σ_s (n_s/n)² Σ_a p_a(1−p_a)(n_a/n_s² + m_a/m_s²), a = selling before or not, p_a the comparison rate after.

    A comparison firm counts in each cohort by the share of the sector's funded firms in it.
    """
    total = 0.0
    for sector in {held.firm.sector for held in sample.funded.values()}:
        funded = [held for held in sample.funded.values() if held.firm.sector == sector]
        n = len(funded)
        m, m_a, after = 0.0, {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
        for (of, cohort), others in sample.cells.items():
            share = sum(held.cohort == cohort for held in funded) / n
            for held in others.values() if of == sector else ():
                m += share
                m_a[held.means[0] > 0] += share
                after[held.means[0] > 0] += share * (held.means[1] > 0)
        for sold in (True, False):
            n_a = sum((held.means[0] > 0) == sold for held in funded)
            p = after[sold] / m_a[sold] if m_a[sold] > 0 else 0.5
            total += (n / len(sample.funded)) ** 2 * p * (1 - p) * (n_a / n**2 + m_a[sold] / m**2)
    return total


# ---- money -----------------------------------------------------------------------------------------------------------


@dataclass
class Offset:
    """N, D per period, their joint jackknife, and the set of ρ that Fieller's inequality does not exclude."""

    extra: float
    lost: float
    v_extra: float
    v_lost: float
    covariance: float
    df: float
    n_funded: int
    n_comparison: int

    def excludes(self, rho: float, level: float) -> float:
        """(N − ρD)² − t²(v_N − 2ρc + ρ²v_D): above zero, ρ is excluded."""
        t = stats.t.ppf(0.5 + level / 2, self.df)
        gap = self.v_extra - 2 * rho * self.covariance + rho**2 * self.v_lost
        return (self.extra - rho * self.lost) ** 2 - t**2 * gap

    def interval(self, level: float) -> tuple[float, float]:
        """By walking away from N/D until ρ is excluded, both ways."""
        centre = self.extra / self.lost
        ends = []
        for side in (-1, 1):
            step = 1e-3
            while self.excludes(centre + side * step, level) <= 0:
                step *= 2
            ends.append(optimize.brentq(self.excludes, centre, centre + side * step, args=(level,), xtol=1e-14))
        return min(ends), max(ends)


def falls(firm: Firm, rules: Rules, year: int | None, baseline: int | None) -> float | None:
    """What a funded firm sold less offline, per period: in the calendar year `baseline` (else before) less after."""
    both = set(firm.reported) & set(firm.total)
    offline = {t: firm.total[t] - firm.reported[t] for t in both}
    before, years = windows_of(firm.cohort, rules, year)
    if baseline is not None:
        before = list(range(baseline * rules.ppy, (baseline + 1) * rules.ppy))
    means = means_of(offline, before, years, rules.ppy)
    return None if means is None else means[0] - means[1]


def offset(firms, group: set, rules: Rules, year: int | None, slopes=None, baseline: int | None = None) -> Offset:
    """The share of losses offset, every firm left out of N and of D at once."""
    lost = {f.name: falls(f, rules, year, baseline) for f in firms if f.cohort is not None}
    sample = Sample(firms, group, rules, year, "euro_weighted", slopes, lambda firm: lost[firm.name] is not None)
    strata, votes = sample.strata(), sample.votes()
    names = [name for names in strata.values() for name in names]
    fall = {name: math.fsum(lost[i] for i in sample.funded if i != name) for name in (None, *names)}
    extra = {name: sample.extra(name) for name in (None, *names)}
    parts = _parts(strata, extra, votes) + _slopes_part(sample, sample.slopes_variance(sample.extra))
    lost_parts = _parts(strata, fall, votes)
    covariance = 0.0
    for (arm, *_), members in strata.items():
        k = len(members)
        kept = _kept(arm, k, len(sample.funded))
        n_mean, d_mean = (math.fsum(values[m] for m in members) / k for values in (extra, fall))
        covariance += kept * (k - 1) / k * math.fsum((extra[m] - n_mean) * (fall[m] - d_mean) for m in members)
    return Offset(
        extra[None],
        fall[None],
        math.fsum(v for v, _ in parts),
        math.fsum(v for v, _ in lost_parts),
        covariance,
        min(_df(parts), _df(lost_parts)),
        len(sample.funded),
        len(names) - len(sample.funded),
    )
