"""What an effect measures (METHODS.md 3).

Each estimand goes from the firms of a group to `Deletions`: its θ, and θ without each firm in turn, in closed form. A
firm is deleted from all cohorts' windows at once; which funded firms can be compared is settled before; slopes stay.
"""

from dataclasses import dataclass, replace

import numpy as np

from analytics.arrays import BoolArray, FloatArray
from analytics.estimate.adjustment import Slopes
from analytics.estimate.inference import Deletions
from analytics.panel.arms import Firms

LEAST_COMPARISON = 2  # comparison firms per sector × cohort: one could not be left out


def log_growth(before: FloatArray, after: FloatArray) -> FloatArray:
    """ln(ȳ_W/ȳ_B) of firms selling in both windows, else NaN."""
    sold = (before > 0) & (after > 0) & np.isfinite(before) & np.isfinite(after)
    return np.log(np.where(sold, after, np.nan)) - np.log(np.where(sold, before, np.nan))


def symmetric_growth(before: FloatArray, after: FloatArray) -> FloatArray:
    """2(ȳ_W − ȳ_B)/(ȳ_W + ȳ_B), in [−2, 2] (Davis, Haltiwanger & Schuh 1996); NaN for firms at zero in both windows."""
    larger = np.maximum(before, after)
    known = (before >= 0) & (after >= 0) & np.isfinite(larger)
    larger = np.where(known & (larger > 0), larger, np.nan)
    w, b = after / larger, before / larger
    return 2 * (w - b) / (w + b)


def change_in_selling(before: FloatArray, after: FloatArray) -> FloatArray:
    """1 for a firm that started to sell, −1 for one that stopped, 0 for the others; NaN when not measured."""
    known = np.isfinite(before) & np.isfinite(after)
    return np.where(known, (after > 0).astype(np.float64) - (before > 0), np.nan)


# A sum that a deletion empties gives a replicate that is no number, without a warning: then nothing is estimated.
@np.errstate(all="ignore")
def mean_gap(
    firms: Firms, growth: FloatArray, slopes: Slopes | None = None, votes: FloatArray | None = None
) -> Deletions | None:
    """θ = mean over funded i of x_i − C_sg, C_sg the mean x of the sector's comparison firms in the cohort's windows.

    growth: (n_firms, G) x; with slopes, x less its offset. votes: (n_firms, G) of the comparison firms, which weigh in
    C_sg by them (None: alike). None when no funded firm can be compared.
    """
    adjusted = growth if slopes is None else growth - slopes.offset
    x, others = firms.funded(adjusted), firms.comparison(adjusted)
    vote = np.ones_like(others) if votes is None else firms.comparison(votes)
    counted = np.isfinite(others) & (vote > 0)
    m = firms.other_total(vote, counted)
    enough = firms.other_count(counted) >= LEAST_COMPARISON
    mean = firms.other_total(vote * others, counted) / np.where(enough, m, np.nan)
    gap = x - mean[firms.cell]
    enters = np.isfinite(gap)
    n = int(enters.sum())
    if n == 0:
        return None
    theta = float(gap[enters].mean())
    share = firms.count(enters) / n
    used = counted & (share[firms.other_cell] > 0)
    # C₍₋ⱼ₎ − C = w_j (C − x_j)/(Σw − w_j), in every cohort
    moved = share[firms.other_cell] * vote / (m[firms.other_cell] - vote) * (mean[firms.other_cell] - others)
    without_other = theta - np.where(used, moved, 0).sum(axis=1)
    without_funded = theta + (theta - gap[enters]) / np.float64(n - 1)
    deletions = _deletions(firms, theta, (enters, np.any(used, axis=1)), (without_funded, without_other), None)
    if slopes is None:
        return deletions
    pull = (share / np.where(m > 0, m, 1))[firms.other_cell] * vote
    return _with_slopes(deletions, slopes, firms, np.full(n, 1 / n), enters, np.where(used, pull, 0))


def _with_slopes(
    deletions: Deletions,
    slopes: Slopes,
    firms: Firms,
    weights: FloatArray,
    enters: BoolArray,
    other_weights: FloatArray,
) -> Deletions:
    """Add the variance of β: Δ = the weighted mean of x over funded firms less that over their comparison."""
    own_features = slopes.features[firms.rows, firms.own][enters]
    gap = weights @ own_features - np.einsum("jg,jgp->p", other_weights, slopes.features[firms.others])
    return replace(deletions, slopes_variance=slopes.variance(gap), slopes_df=slopes.df)


@np.errstate(all="ignore")
def started_selling(firms: Firms, before: FloatArray, after: FloatArray) -> Deletions | None:
    """θ = difference in the change of the share of firms with any sales, in points.

    Its variance is never below the binomial one, Σ_s (n_s/n)² Σ_a p_a(1−p_a)(n_a/n_s² + m_a/m_s²), a = selling or not
    before, p_a the share of comparison firms that sell after (one half where there is no such firm).
    """
    change = change_in_selling(before, after)
    deletions = mean_gap(firms, change)
    if deletions is None:
        return None
    own, others = firms.funded(change), firms.comparison(change)
    counted = np.isfinite(others)
    compared = firms.other_count(counted) >= LEAST_COMPARISON
    enters = np.isfinite(own) & compared[firms.cell]
    width = firms.other_cell.shape[1]
    n_cell = firms.count(enters).reshape(-1, width)
    n = n_cell.sum(axis=1)
    share = n_cell / np.maximum(n, 1)[:, None]  # (S, G)

    def by_sector(mask: BoolArray) -> FloatArray:
        summed: FloatArray = (share * firms.other_count(mask).reshape(-1, width)).sum(axis=1)
        return summed

    m = by_sector(counted)
    floor = np.zeros(len(n))
    for sold in (True, False):
        n_a = np.bincount(firms.sector[enters & ((firms.funded(before) > 0) == sold)], minlength=len(n))
        status = counted & ((firms.comparison(before) > 0) == sold)
        m_a = by_sector(status)
        p = np.where(m_a > 0, by_sector(status & (firms.comparison(after) > 0)) / m_a, 0.5)
        floor += p * (1 - p) * (n_a / n**2 + m_a / m**2)
    return replace(deletions, least_variance=float(np.nansum((n / n.sum()) ** 2 * floor)))


@dataclass(frozen=True, slots=True)
class EuroSums:
    """Mean sales per period of a group's funded firms, as observed and as expected without the grant (ĉ), per firm.

    enters: (n,) funded firms that enter; others_enter: (m,); actual, expected: (k,) of those that enter;
    without_other: (m,) Σ ĉ without each comparison firm; votes: (m,) euros that a comparison firm stands for;
    slopes, pull: V_β and ∂ ln Σĉ/∂β, where adjusted.
    """

    firms: Firms
    enters: BoolArray
    others_enter: BoolArray
    actual: FloatArray
    expected: FloatArray
    without_other: FloatArray
    votes: FloatArray
    slopes_variance: float
    slopes_df: float

    def deletions(self, theta: float, without_funded: FloatArray, without_other: FloatArray) -> Deletions:
        """A quantity made of these sums, and what it is without each firm; (k,) and (m,)."""
        deletions = _deletions(
            self.firms,
            theta,
            (self.enters, self.others_enter),
            (without_funded, without_other),
            (self.expected, self.votes),
        )
        return replace(deletions, slopes_variance=self.slopes_variance, slopes_df=self.slopes_df)


@np.errstate(all="ignore")
def euro_sums(
    firms: Firms, before: FloatArray, after: FloatArray, slopes: Slopes | None = None, among: BoolArray | None = None
) -> EuroSums | None:
    """ĉ_iW = ȳ_iB · R_gW, R_gW = Σ_C ȳ_jW / Σ_C ȳ_jB of the firm's sector; with slopes ȳ_B becomes ȳ_B e^b in both.

    The comparison firms of a sector × cohort count when at least two sold before, so that no deletion empties Σ_C ȳ_jB.
    among: (n,) further condition on funded firms. None when no funded firm can be compared.
    """
    base_of = before if slopes is None else before * np.exp(slopes.offset)
    others_before, others_after = firms.comparison(base_of), firms.comparison(after)
    both = np.isfinite(others_after)
    base, later = firms.other_total(others_before, both), firms.other_total(others_after, both)
    sellers = firms.other_count(both & (others_before > 0))
    ratio = later / np.where(sellers >= LEAST_COMPARISON, base, np.nan)
    own = firms.funded(base_of)
    counterfactual, observed = own * ratio[firms.cell], firms.funded(after)
    enters = np.isfinite(counterfactual) & np.isfinite(observed) & (True if among is None else among)
    if not enters.any():
        return None
    expected = counterfactual[enters]
    used = both & (firms.count(enters) > 0)[firms.other_cell]
    moved = np.where(used, (firms.total(counterfactual, enters) / base)[firms.other_cell] * others_before, 0)
    own_base = firms.total(own, enters)
    variance, df = 0.0, np.inf
    if slopes is not None:
        own_x = slopes.features[firms.rows, firms.own][enters]
        pull = expected @ own_x - np.einsum("jg,jgp->p", moved, slopes.features[firms.others])
        variance, df = slopes.variance(pull / expected.sum()), slopes.df
    return EuroSums(
        firms=firms,
        enters=enters,
        others_enter=np.any(used, axis=1),
        actual=observed[enters],
        expected=expected,
        without_other=_expected_without(firms, (base, later), own_base, (others_before, others_after), used),
        votes=moved.sum(axis=1),
        slopes_variance=variance,
        slopes_df=df,
    )


def _expected_without(
    firms: Firms,
    sums: tuple[FloatArray, FloatArray],
    own_base: FloatArray,
    others: tuple[FloatArray, FloatArray],
    used: BoolArray,
) -> FloatArray:
    """(m,) Σ_F ĉ without comparison firm j: R₍₋ⱼ₎ = (Σ ȳ_W − ȳ_jW)/(Σ ȳ_B − ȳ_jB) in every cohort of its sector.

    Built from sums that a deletion leaves exactly zero when it empties them. own_base: (cells,) Σ_F ȳ_iB.
    """
    cell, (base, later) = firms.other_cell, sums
    kept = np.where(own_base > 0, own_base * (later / base), 0)
    changed = own_base[cell] * ((later[cell] - others[1]) / (base[cell] - others[0]))
    own = np.where(used & (own_base[cell] > 0), changed, kept[cell]).sum(axis=1)
    by_sector = kept.reshape(-1, cell.shape[1]).sum(axis=1)
    without: FloatArray = own + (by_sector.sum() - by_sector)[firms.other_sector]
    return without


@np.errstate(all="ignore")
def euro_weighted(sums: EuroSums | None) -> Deletions | None:
    """θ = ln Σ_F ȳ_iW − ln Σ_F ĉ_iW."""
    if sums is None:
        return None
    actual, expected = sums.actual.sum(), sums.expected.sum()
    without_funded = np.log(actual - sums.actual) - np.log(expected - sums.expected)
    without_other = np.log(actual) - np.log(sums.without_other)
    return sums.deletions(float(np.log(actual) - np.log(expected)), without_funded, without_other)


def extra_euros(sums: EuroSums) -> Deletions:
    """N = Σ_F ȳ_iW − Σ_F ĉ_iW, in euros per period. Only the share of losses offset needs its variance."""
    actual, expected = sums.actual.sum(), sums.expected.sum()
    without_funded = (actual - sums.actual) - (expected - sums.expected)
    deletions = sums.deletions(float(actual - expected), without_funded, actual - sums.without_other)
    return replace(deletions, slopes_variance=sums.slopes_variance * float(expected) * float(expected))


def lost_euros(sums: EuroSums, falls: FloatArray) -> Deletions:
    """D = Σ_F of what each firm lost, (k,): a sum over the same funded firms; no comparison firm moves it."""
    total = falls.sum()
    unmoved = np.full(len(sums.without_other), total)
    return replace(sums.deletions(float(total), total - falls, unmoved), slopes_variance=0.0)


def _deletions(
    firms: Firms,
    theta: float,
    enter: tuple[BoolArray, BoolArray],
    without: tuple[FloatArray, FloatArray],
    votes: tuple[FloatArray, FloatArray] | None,
) -> Deletions:
    """Funded firms that enter, then comparison firms. votes: the euros of both; None: one firm, one vote."""
    funded, other = enter
    replicates = np.concatenate([without[0], without[1][other]])
    weights = np.ones(len(replicates)) if votes is None else np.concatenate([votes[0], votes[1][other]])
    return Deletions(
        theta=theta,
        replicates=replicates,
        firm=np.concatenate([firms.rows[funded], firms.others[other]]),
        stratum=np.concatenate([firms.sector[funded], firms.other_sector[other]]),
        funded=np.arange(len(replicates)) < int(funded.sum()),
        weights=weights / weights.max(),
    )
