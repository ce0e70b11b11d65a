"""What an effect measures (METHODS.md 3).

Each estimand is one function from the firms of a group to `Deletions`: its θ, and θ without each firm in turn, in
closed form. A firm is deleted from all cohorts' windows at once; which funded firms can be compared is settled before.
"""

from collections.abc import Callable

import numpy as np

from analytics.arms import BoolArray, Firms
from analytics.inference import Deletions
from analytics.model import Estimand
from analytics.panel import FloatArray

LEAST_COMPARISON = 2  # comparison firms per sector × cohort: one could not be left out


# A sum that a deletion empties gives a replicate that is no number, without a warning: then nothing is estimated.
@np.errstate(all="ignore")
def typical_firm(firms: Firms) -> Deletions | None:
    """θ = mean over funded i of z_i − C_sg, z = ln(ȳ_W/ȳ_B), C_sg the mean z of the sector's comparison firms in the
    cohort's windows; firms selling in both windows. None when no funded firm can be compared.
    """
    z, other_z = _log_growth(firms.before, firms.after), _log_growth(firms.other_before, firms.other_after)
    sells = np.isfinite(other_z)
    m = firms.other_total(np.ones(sells.shape), sells)
    mean = firms.other_total(other_z, sells) / np.where(m >= LEAST_COMPARISON, m, np.nan)
    gap = z - mean[firms.cell]
    enters = np.isfinite(gap)
    n = int(enters.sum())
    if n == 0:
        return None
    theta = float(gap[enters].mean())
    share = firms.count(enters) / n
    used = sells & (share[firms.other_cell] > 0)
    # C₍₋ⱼ₎ − C = (C − z_j)/(m − 1), in every cohort
    moved = (share / (m - 1))[firms.other_cell] * (mean[firms.other_cell] - other_z)
    without_other = theta - np.where(used, moved, 0).sum(axis=1)
    without_funded = theta + (theta - gap[enters]) / np.float64(n - 1)
    return _deletions(firms, theta, (enters, np.any(used, axis=1)), (without_funded, without_other), None)


def _log_growth(before: FloatArray, after: FloatArray) -> FloatArray:
    """ln(ȳ_W/ȳ_B) of firms selling in both windows, else NaN."""
    return np.log(np.where((before > 0) & (after > 0), after / before, np.nan))


@np.errstate(all="ignore")
def euro_weighted(firms: Firms) -> Deletions | None:
    """θ = ln Σ_F ȳ_iW − ln Σ_F ĉ_iW, ĉ_iW = ȳ_iB · R_gW, R_gW = Σ_C ȳ_jW / Σ_C ȳ_jB of the firm's sector.

    The comparison firms of a sector × cohort count when at least two sold before, so that no deletion empties Σ_C ȳ_jB.
    None when no funded firm can be compared.
    """
    both = np.isfinite(firms.other_after)
    base, later = firms.other_total(firms.other_before, both), firms.other_total(firms.other_after, both)
    sellers = firms.other_total(np.ones(both.shape), both & (firms.other_before > 0))
    ratio = later / np.where(sellers >= LEAST_COMPARISON, base, np.nan)
    counterfactual = firms.before * ratio[firms.cell]
    enters = np.isfinite(counterfactual) & np.isfinite(firms.after)
    if not enters.any():
        return None
    actual, expected = firms.after[enters], counterfactual[enters]
    used = both & (firms.count(enters) > 0)[firms.other_cell]
    theta = float(np.log(actual.sum()) - np.log(expected.sum()))
    without_funded = np.log(actual.sum() - actual) - np.log(expected.sum() - expected)
    without_other = np.log(actual.sum()) - np.log(
        _expected_without(firms, base, later, firms.total(firms.before, enters), used)
    )
    moved = firms.total(counterfactual, enters) / base
    votes = np.where(used, moved[firms.other_cell] * firms.other_before, 0).sum(axis=1)
    return _deletions(firms, theta, (enters, np.any(used, axis=1)), (without_funded, without_other), (expected, votes))


def _expected_without(
    firms: Firms, base: FloatArray, later: FloatArray, held: FloatArray, used: BoolArray
) -> FloatArray:
    """(m,) Σ_F ĉ without comparison firm j: R₍₋ⱼ₎ = (Σ ȳ_W − ȳ_jW)/(Σ ȳ_B − ȳ_jB) in every cohort of its sector.

    Built from sums that a deletion leaves exactly zero when it empties them. held: (cells,) Σ_F ȳ_iB.
    """
    cell = firms.other_cell
    kept = np.where(held > 0, held * (later / base), 0)
    changed = held[cell] * ((later[cell] - firms.other_after) / (base[cell] - firms.other_before))
    own = np.where(used & (held[cell] > 0), changed, kept[cell]).sum(axis=1)
    by_sector = kept.reshape(-1, cell.shape[1]).sum(axis=1)
    without: FloatArray = own + (by_sector.sum() - by_sector)[firms.other_sector]
    return without


def _deletions(
    firms: Firms,
    theta: float,
    enter: tuple[BoolArray, BoolArray],
    without: tuple[FloatArray, FloatArray],
    euros: tuple[FloatArray, FloatArray] | None,
) -> Deletions:
    """Funded firms that enter, then comparison firms. euros: the votes of both; None: one firm, one vote."""
    funded, other = enter
    replicates = np.concatenate([without[0], without[1][other]])
    votes = np.ones(len(replicates)) if euros is None else np.concatenate([euros[0], euros[1][other]])
    return Deletions(
        theta=theta,
        replicates=replicates,
        stratum=np.concatenate([firms.sector[funded], firms.other_sector[other]]),
        funded=np.arange(len(replicates)) < int(funded.sum()),
        weights=votes / votes.max(),
    )


ESTIMANDS: dict[Estimand, Callable[[Firms], Deletions | None]] = {
    Estimand.TYPICAL_FIRM: typical_firm,
    Estimand.EURO_WEIGHTED: euro_weighted,
}
