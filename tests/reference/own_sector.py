"""METHODS.md 10, the estimate of `typical_firm` and `symmetric_growth`, once more from its text: loops over firms;
numpy for the linear algebra alone. Firms, windows and means are those of `effects`, slopes without a past `adjusted`'s.

Where the text leaves a choice:
- A comparison mean is that of all the sector's comparison firms that know the value, in the cohort's windows. ln ȳ_B is
  the ȳ_B of growth, so of calendar places that report before and after. Of it, the shares and ln staff, a value whose
  sector nobody else knows is unknown.
- Quarters (half-years, years) of the past are whole ones, counted back from the end of before, within the data.
- A past is known where at least one cohort has more periods ahead of the end of before than the year before itself.
- "Scaled to RMS 1" is over the firms that tell the slopes, before demeaning; a column whose RMS is not above 1e-9 is
  left out. The offset ends at ±3, as in METHODS.md 3, and where it does a firm tells nothing of Δ.
- `symmetric_growth`: features count in the windows before which a firm sold. A firm that sold in none tells no slope.
- A sector tells its scale with three firms or more that do not all lie at their arm's median; others have the mean's.
- Fewer than four variances, or half of them nothing: d₀ = 0, and a firm alone in its arm has Σd_eff s²/Σd_eff. A
  variance counts for at least 1e-5 of the median. df of one variance is at least 0.8.
- A group that takes only some of a sector's funded firms has one variance, that of u less its sector's mean over all of
  its firms, divided by what it would be on average for one of 1: n − 1 − Σ n_s/N_s + Σ n_s²/(N_s n) (n_s of N_s firms).
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy import optimize, special

from tests.reference import adjusted
from tests.reference.effects import Firm, Rules, means_of, windows_of

MEAN_OF = {12: 3, 4: 2, 1: 1}  # periods of one mean of the path
ACTIVE_IN = {12: 6, 4: 2, 1: 1}  # periods of one share with sales


# ---- windows, growth, the past ---------------------------------------------------------------------------------------


def windows(cohort: int, rules: Rules, year: int | None, placebo: bool) -> tuple[list[int], list[list[int]]]:
    """Before, and the years after; for check 2 the year ahead of before, and before."""
    before, years = windows_of(cohort, rules, year)
    if not placebo:
        return before, years
    ahead = [t - rules.ppy for t in before]
    return ahead, [before] if min(ahead) >= rules.first else []


def past_ends(cohort: int, rules: Rules, placebo: bool) -> int:
    """The first period that is no past."""
    before, _ = windows_of(cohort, rules, None)
    return before[0] if placebo else before[-1] + 1


def growth(means: tuple[float, float] | None, estimand: str) -> float | None:
    """z of METHODS.md 3."""
    if means is None:
        return None
    before, after = means
    if estimand == "typical_firm":
        return math.log(after / before) if min(means) > 0 else None
    return 2 * (after - before) / (after + before) if before + after > 0 else None


def spans(cohort: int, rules: Rules, placebo: bool) -> tuple[list[list[int]], list[list[int]]]:
    """The periods of the three shares, and of up to nine means, latest first."""
    end, half, length = past_ends(cohort, rules, placebo), ACTIVE_IN[rules.ppy], MEAN_OF[rules.ppy]
    past = list(range(rules.first, end))
    shares = [past[-half:], past[-2 * half : -half], past[: -2 * half]]
    means = []
    while len(past) >= length:
        means.append(past[-length:])
        past = past[:-length]
    return shares, (means[1:] if rules.ppy == 1 else means)[:9]


def mean(values) -> float | None:
    held = [value for value in values if value is not None]
    return math.fsum(held) / len(held) if held else None


@dataclass
class Known:
    """What is known of one firm in one cohort's windows, as it is."""

    means: tuple[float, float] | None
    level: float | None
    size: float | None
    shares: list[float | None]
    path: list[list[float | None]]  # of each mean of the path, ln of each period's sales


def known(firm: Firm, cohort: int, rules: Rules, year: int | None, placebo: bool) -> Known:
    found = means_of(firm.reported, *windows(cohort, rules, year, placebo), rules.ppy)
    shares, path = spans(cohort, rules, placebo)
    return Known(
        means=found,
        level=math.log(found[0]) if found is not None and found[0] > 0 else None,
        size=None if firm.employees is None else math.log(max(firm.employees, 1)),
        shares=[mean([float(firm.reported[t] > 0) for t in span if t in firm.reported]) for span in shares],
        path=[[math.log(firm.reported[t]) if firm.reported.get(t, 0) > 0 else None for t in span] for span in path],
    )


def distances(mine: Known, others: list[Known]) -> list[float]:
    """The features of one firm in one cohort's windows, from its sector's comparison firms; unknown = 0."""

    def away(value: float | None, theirs) -> float | None:
        centre = mean(theirs)
        return None if value is None or centre is None else value - centre

    level = away(mine.level, [other.level for other in others])
    found = [level, away(mine.size, [other.size for other in others])]
    for k, share in enumerate(mine.shares):
        found.append(away(share, [other.shares[k] for other in others]))
    for k, span in enumerate(mine.path):
        of_span = mean(away(value, [other.path[k][t] for other in others]) for t, value in enumerate(span))
        found.append(None if of_span is None or level is None else max(-2.0, min(2.0, of_span - level)))
    return [0.0 if value is None else value for value in found]


# ---- one number per firm, at an equal past ---------------------------------------------------------------------------


@dataclass
class Own:
    """One firm that enters: where, its e, its x."""

    sector: object
    funded: bool
    e: float
    x: np.ndarray


class Reference:
    """Every sector's firms of one estimand and horizon; ask `of` for a group."""

    def __init__(self, firms, rules: Rules, estimand: str, year=None, *, alpha=1.0, adjust=True, placebo=False):
        self.rules, self.estimand, self.year, self.placebo = rules, estimand, year, placebo
        self.placed = [firm for firm in firms if firm.sector is not None]
        cohorts = sorted({firm.cohort for firm in firms if firm.cohort is not None})
        self.known = {
            (firm.name, cohort): known(firm, cohort, rules, year, placebo)
            for firm in self.placed
            for cohort in cohorts
            if firm.cohort in (None, cohort)
        }
        self.has_past = any(past_ends(cohort, rules, placebo) - rules.first > rules.ppy for cohort in cohorts)
        if adjust and not self.has_past:
            assert not placebo, "check 2's slopes without a past are not written down here"
            self._by_former_slopes(adjusted.slopes(firms, rules, estimand, year, alpha))
        else:
            self._by_the_past(alpha if adjust else None)
        self._moderate()

    def _one_number(self, offset=lambda firm, cohort: 0.0) -> dict[object, tuple[float, dict[int, float]]]:
        """Firm -> its growth in one number, and the weight of each cohort in it."""
        z: dict[tuple, dict[object, float]] = defaultdict(dict)  # sector × cohort -> comparison firm -> z
        own: dict[object, float] = {}
        for firm in self.placed:
            for cohort in {cohort for name, cohort in self.known if name == firm.name}:
                value = growth(self.known[firm.name, cohort].means, self.estimand)
                if value is None:
                    continue
                value -= offset(firm, cohort)
                if firm.cohort is None:
                    z[firm.sector, cohort][firm.name] = value
                else:
                    own[firm.name] = value
        c = {cell: math.fsum(held.values()) / len(held) for cell, held in z.items() if len(held) >= 2}
        n: dict[tuple, int] = defaultdict(int)
        found = {}
        for firm in self.placed:
            if firm.name in own and (firm.sector, firm.cohort) in c:
                n[firm.sector, firm.cohort] += 1
                found[firm.name] = own[firm.name] - c[firm.sector, firm.cohort], {firm.cohort: 1.0}
        for firm in self.placed:
            if firm.cohort is None:
                beside = {
                    cell[1]: held[firm.name] - c[cell]
                    for cell, held in z.items()
                    if cell[0] == firm.sector and firm.name in held and n[cell] > 0
                }
                total = sum(n[firm.sector, cohort] for cohort in beside)
                weights = {cohort: n[firm.sector, cohort] / total for cohort in beside}
                if beside:
                    found[firm.name] = math.fsum(weights[g] * value for g, value in beside.items()), weights
        return found

    def _by_former_slopes(self, slopes) -> None:
        """Without any past: METHODS.md 3, where comparison firms alone tell the slopes."""
        if slopes is None:
            self._by_the_past(None)
            return
        one = self._one_number(lambda firm, cohort: slopes.offset(firm, cohort, slopes.beta))
        self.covariance, self.slopes_df, self.firms, self.rounds = np.array(slopes.covariance), slopes.df, {}, []
        for firm in self.placed:
            if firm.name not in one:
                continue
            value, weights = one[firm.name]
            x = np.zeros(len(slopes.kept))
            for cohort, weight in weights.items():
                sold = adjusted.sold_before(firm, cohort, self.rules, self.year)
                features = np.array(slopes.features(firm, cohort))
                if (sold or not slopes.only_sellers) and abs(features @ np.array(slopes.beta)) <= 3:
                    x += weight * features
            self.firms[firm.name] = Own(firm.sector, firm.cohort is not None, value, x)

    def _by_the_past(self, alpha: float | None) -> None:
        """alpha None: growth as it is."""
        one = self._one_number()
        self.covariance, self.slopes_df, self.firms, self.rounds = np.zeros((0, 0)), math.inf, {}, []
        entering = [firm for firm in self.placed if firm.name in one]
        others: dict[tuple, list[Known]] = defaultdict(list)
        for firm in self.placed:
            for name, cohort in self.known if firm.cohort is None else ():
                if name == firm.name:
                    others[firm.sector, cohort].append(self.known[name, cohort])
        x, tells = {}, []
        for firm in entering if alpha is not None else ():
            total, counted = np.zeros(14), False
            for cohort, weight in one[firm.name][1].items():
                mine = self.known[firm.name, cohort]
                if self.estimand == "typical_firm" or mine.means[0] > 0:
                    of_cohort = distances(mine, others[firm.sector, cohort])
                    total[: len(of_cohort)] += weight * np.array(of_cohort)
                    counted = True
            x[firm.name] = total
            if counted:
                tells.append(firm)
        spread = [
            math.sqrt(math.fsum(x[f.name][k] ** 2 for f in tells) / len(tells)) for k in range(14 if tells else 0)
        ]
        cells = {(firm.sector, firm.cohort is None) for firm in tells}
        apart = [0.0] * len(spread)  # how far a column lies from the mean of its sector and arm, at most
        for cell in cells:
            mine = [x[f.name] for f in tells if (f.sector, f.cohort is None) == cell]
            for k in range(len(spread)):
                centre = mean(values[k] for values in mine)
                apart[k] = max(apart[k], *(abs(values[k] - centre) for values in mine))
        kept = [k for k, rms in enumerate(spread) if rms > 1e-9 and apart[k] > 1e-9 * rms]
        df = len(tells) - len(cells) - len(kept)
        self.raw = {name: values[kept] for name, values in x.items()}
        beta = np.zeros(0)
        if kept and df >= 1:
            x = {name: values[kept] / np.array(spread)[kept] for name, values in x.items()}
            beta, covariance = self._slopes(tells, x, one, alpha)
            self.covariance, self.slopes_df = covariance * len(tells) / df, float(df)
        else:
            x = {firm.name: np.zeros(0) for firm in entering}
        for firm in entering:
            b = float(x[firm.name] @ beta)
            told = x[firm.name] if abs(b) <= 3 else np.zeros(len(beta))
            e = one[firm.name][0] - max(-3.0, min(3.0, b))
            self.firms[firm.name] = Own(firm.sector, firm.cohort is not None, e, told)

    def _slopes(self, tells, x, one, alpha) -> tuple[np.ndarray, np.ndarray]:
        """Ridge as least squares with a row √alpha per slope; Huber's weights in four rounds; the sandwich."""
        rows, z = [], []
        for firm in tells:
            mates = [f.name for f in tells if f.sector == firm.sector and (f.cohort is None) == (firm.cohort is None)]
            rows.append(x[firm.name] - sum(x[name] for name in mates) / len(mates))
            z.append(one[firm.name][0] - math.fsum(one[name][0] for name in mates) / len(mates))
        rows, z = np.array(rows), np.array(z)
        p = rows.shape[1]
        weights = [1.0] * len(z)
        for at in range(5):
            root = np.sqrt(weights)
            beta, *_ = np.linalg.lstsq(
                np.vstack([rows * root[:, None], math.sqrt(alpha) * np.eye(p)]),
                np.append(z * root, np.zeros(p)),
                rcond=None,
            )
            left = [float(value) for value in z - rows @ beta]
            used = weights
            self.rounds.append(sum(weight < 1 for weight in used))
            centre = median(left)
            limit = 1.345 * 1.4826 * median([abs(value - centre) for value in left])
            if limit <= 0 or at == 4:
                break
            weights = [min(1.0, limit / abs(value)) if value != 0 else 1.0 for value in left]
        bread = np.linalg.inv(
            sum(w * np.outer(row, row) for w, row in zip(used, rows, strict=True)) + alpha * np.eye(p)
        )
        meat = sum((w * value) ** 2 * np.outer(row, row) for w, value, row in zip(used, left, rows, strict=True))
        return beta, bread @ meat @ bread

    # ---- variances borrow strength ---------------------------------------------------------------------------------

    def _arm(self, sector: object, funded: bool) -> list[Own]:
        return [firm for firm in self.firms.values() if firm.sector == sector and firm.funded == funded]

    def _moderate(self) -> None:
        self.sectors = sorted({firm.sector for firm in self.firms.values()}, key=str)
        self.scale = scales({s: [[f.e for f in self._arm(s, arm)] for arm in (True, False)] for s in self.sectors})
        self.cells = {
            (s, arm): [f.e / self.scale[s] for f in self._arm(s, arm)] for s in self.sectors for arm in (True, False)
        }
        self.kurtosis = kurtosis(list(self.cells.values()))
        self.prior = {
            arm: squeezed(
                [
                    (sample_variance(u), self.worth(len(u) - 1))
                    for (_, of), u in self.cells.items()
                    if of == arm and len(u) > 1
                ]
            )
            for arm in (True, False)
        }

    def worth(self, d: float) -> float:
        """d_eff = 2d/(κ − 1), at least 1; of no degree of freedom none."""
        return max(1.0, 2 * d / max(self.kurtosis - 1, 0.5)) if d > 0 else 0.0

    def moderated(self, s2: float, d: float, arm: bool) -> tuple[float, float]:
        """s̃² and its degrees of freedom."""
        d0, s02 = self.prior[arm]
        worth = self.worth(d)
        variance = (s2 if d > 0 else s02) if d0 == 0 else (d0 * s02 + worth * s2) / (d0 + worth)
        return variance, max(0.8, d0 + min(worth, 2 * d))

    def cell(self, sector: object, arm: bool) -> tuple[float, float]:
        u = self.cells[sector, arm]
        return self.moderated(sample_variance(u) if len(u) > 1 else 0.0, len(u) - 1, arm)

    # ---- any group -------------------------------------------------------------------------------------------------

    def of(self, group: set) -> "Answer | None":
        """θ, v and df of the funded firms of a group."""
        mine = {name: firm for name, firm in self.firms.items() if firm.funded and name in group}
        if not mine:
            return None
        taken: dict[object, list[Own]] = defaultdict(list)
        for firm in mine.values():
            taken[firm.sector].append(firm)
        n = len(mine)
        theta, gap, terms, others = 0.0, np.zeros(len(self.covariance)), [], 0
        for sector, firms in taken.items():
            comparison = self._arm(sector, False)
            others += len(comparison)
            share = len(firms) / n
            theta += share * (mean(f.e for f in firms) - mean(f.e for f in comparison))
            gap += share * (sum(f.x for f in firms) / len(firms) - sum(f.x for f in comparison) / len(comparison))
            variance, df = self.cell(sector, False)
            terms.append((share**2 * self.scale[sector] ** 2 * variance / len(comparison), df))
        whole = {sector: len(self._arm(sector, True)) for sector in taken}
        if all(len(firms) == whole[sector] for sector, firms in taken.items()):
            alone = [firms[0] for firms in taken.values() if len(firms) == 1]
            if len(alone) > 1:  # pooled, by how far their gaps lie apart
                gaps = [firm.e - mean(f.e for f in self._arm(firm.sector, False)) for firm in alone]
                k = len(gaps)
                worth = self.worth(k - 1.0)
                s2 = math.fsum((one - mean(gaps)) ** 2 for one in gaps) / (k - 1)
                terms.append((s2 * k / n**2, max(0.8, min(worth, 2.0 * (k - 1)))))
            for sector, firms in taken.items():
                if len(alone) > 1 and len(firms) == 1:
                    continue
                variance, df = self.cell(sector, True)
                terms.append(((len(firms) / n) ** 2 * self.scale[sector] ** 2 * variance / len(firms), df))
        else:
            apart, d = [], n - 1.0
            for sector, firms in taken.items():
                centre = mean(self.cells[sector, True])
                apart += [firm.e / self.scale[sector] - centre for firm in firms]
                d += len(firms) ** 2 / whole[sector] / n - len(firms) / whole[sector]
            d = d if d > 1e-9 else 0.0  # one firm alone
            s2 = math.fsum((u - mean(apart)) ** 2 for u in apart) / d if d else 0.0
            variance, df = self.moderated(s2, d, True)
            weight = math.fsum((len(firms) / n * self.scale[s]) ** 2 / len(firms) for s, firms in taken.items())
            terms.append((weight * variance, df))
        terms.append((float(gap @ self.covariance @ gap), self.slopes_df))
        v = math.fsum(term for term, _ in terms)
        df = max(1.0, v**2 / math.fsum(term**2 / df for term, df in terms)) if v > 0 else None
        return Answer(theta, v, df, n, others)

    def without(self, group: set, left_out: object) -> float:
        """θ of a group without one firm of either arm, every other e as it is."""
        mine = [(name, firm) for name, firm in self.firms.items() if firm.funded and name in group]
        gaps = []
        for name, firm in mine:
            others = [
                f.e for at, f in self.firms.items() if not f.funded and f.sector == firm.sector and at != left_out
            ]
            if name != left_out:
                gaps.append(firm.e - math.fsum(others) / len(others))
        return math.fsum(gaps) / len(gaps)


@dataclass
class Answer:
    """What is said of one group."""

    theta: float
    variance: float
    df: float | None
    n_funded: int
    n_comparison: int


def sample_variance(values: list[float]) -> float:
    centre = math.fsum(values) / len(values)
    return math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)


def scales(arms: dict[object, list[list[float]]]) -> dict[object, float]:
    """h_s of each sector, from the e of its two arms."""
    away = {}
    for sector, of_arms in arms.items():
        distances = [abs(e - median(values)) for values in of_arms if values for e in values]
        if len(distances) > 2 and sum(distances) > 0:
            away[sector] = distances
    if not away:
        return dict.fromkeys(arms, 1.0)
    a = {s: math.log(math.fsum(values) / (len(values) - 2)) for s, values in away.items()}
    total = sum(len(values) for values in away.values())
    squares = math.fsum(
        (value / (math.fsum(values) / len(values)) - 1) ** 2 for values in away.values() for value in values
    )
    cv2 = squares / max(total - len(away), 1)
    w = {s: len(values) / total for s, values in away.items()}
    err = {s: cv2 / len(values) for s, values in away.items()}
    centre = math.fsum(w[s] * a[s] for s in away)
    free = 1 - math.fsum(share**2 for share in w.values())
    between = 0.0
    if len(away) > 1:
        between = max(0.0, math.fsum(w[s] * ((a[s] - centre) ** 2 - err[s] * (1 - w[s])) for s in away) / free)
    return {
        s: math.exp(centre + between / (between + err[s]) * (a[s] - centre)) if s in away else math.exp(centre)
        for s in arms
    }


def kurtosis(cells: list[list[float]]) -> float:
    """κ over cells of more than 20 firms; none: 5."""
    fourth = []
    for values in cells:
        if len(values) > 20 and sample_variance(values) > 0:
            centre, v = math.fsum(values) / len(values), sample_variance(values)
            fourth += [(value - centre) ** 4 / v**2 for value in values]
    return math.fsum(fourth) / len(fourth) if fourth else 5.0


def squeezed(variances: list[tuple[float, float]]) -> tuple[float, float]:
    """d₀ and s₀² of (s², d): Smyth (2004), the inverse of ψ′ by bisection."""
    if not variances:
        return 0.0, 0.0
    pooled = math.fsum(d * s2 for s2, d in variances) / math.fsum(d for _, d in variances)
    middle = median([s2 for s2, _ in variances])
    if len(variances) < 4 or middle <= 0:
        return 0.0, pooled
    e = [math.log(max(s2, 1e-5 * middle)) - float(special.digamma(d / 2)) + math.log(d / 2) for s2, d in variances]
    between = sample_variance(e) - math.fsum(float(special.polygamma(1, d / 2)) for _, d in variances) / len(variances)
    if between <= float(special.polygamma(1, 20)):  # ψ′(d₀/2) falls with d₀
        return 40.0, pooled
    half = optimize.bisect(lambda x: float(special.polygamma(1, x)) - between, 1e-6, 20, xtol=1e-14, rtol=1e-14)
    return 2 * half, math.exp(math.fsum(e) / len(e) + float(special.digamma(half)) - math.log(half))
