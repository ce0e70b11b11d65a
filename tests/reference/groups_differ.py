"""METHODS.md 4, whether groups that share comparison firms differ, once more from its text: contrasts between the first
group and each other one, whose covariance is added up firm set by firm set. Firms, e and variances are `own_sector`'s.

Where the text leaves a choice:
- Λ is over the same independent parts as v of one group: a group's own firms, each sector's comparison, the slopes.
- Groups take only some of a sector's firms; a group of whole sectors has `own_sector`'s terms, and is not written here.
"""

import math

import numpy as np
from scipy import stats

from tests.reference.own_sector import Reference, mean


def p_equal(reference: Reference, groups: list[set]) -> tuple[float, float]:
    """The p that all θ are equal, and the denominator's degrees of freedom. groups: names of their firms."""
    mine = [[firm for name, firm in reference.firms.items() if firm.funded and name in group] for group in groups]
    k = len(groups)
    sectors = sorted({firm.sector for firms in mine for firm in firms}, key=str)
    share = [{s: sum(firm.sector == s for firm in firms) / len(firms) for s in sectors} for firms in mine]
    beside = {s: mean(firm.e for firm in reference._arm(s, False)) for s in sectors}
    theta = [math.fsum(firm.e - beside[firm.sector] for firm in firms) / len(firms) for firms in mine]

    parts = []  # covariance of θ_1 − θ_0, θ_2 − θ_0, … by independent part, and its degrees of freedom
    for at, firms in enumerate(mine):
        variance, df = own(reference, firms)
        parts.append((
            [[variance * ((a == at) - (at == 0)) * ((b == at) - (at == 0)) for b in range(1, k)] for a in range(1, k)],
            df,
        ))  # fmt: skip
    for s in sectors:
        variance, df = reference.cell(s, False)
        v = reference.scale[s] ** 2 * variance / len(reference._arm(s, False))
        apart = [share[a][s] - share[0][s] for a in range(1, k)]
        parts.append(([[v * one * other for other in apart] for one in apart], df))
    gaps = []
    for firms in mine:
        gap = sum(firm.x for firm in firms) / len(firms)
        for s in sectors:
            others = reference._arm(s, False)
            gap = gap - share[len(gaps)][s] * sum(firm.x for firm in others) / len(others)
        gaps.append(gap)
    far = [gap - gaps[0] for gap in gaps[1:]]
    parts.append(([[float(a @ reference.covariance @ b) for b in far] for a in far], reference.slopes_df))

    total = sum(np.array(part) for part, _ in parts)
    difference = np.array(theta[1:]) - theta[0]
    q = float(difference @ np.linalg.solve(total, difference))
    spread = 0.0
    for part, df in parts:
        m = np.linalg.solve(total, np.array(part))
        spread += (np.trace(m) ** 2 + np.trace(m @ m)) / 2 / df
    f = k - 1
    df = f * (f + 2) / (3 * spread)
    return float(stats.f.sf(q / (f + 2 * spread - 6 * spread / (f + 2)), f, df)), df


def own(reference: Reference, firms: list) -> tuple[float, float]:
    """What a group's funded firms add to v, and its degrees of freedom."""
    n, apart, d, weight = len(firms), [], len(firms) - 1.0, 0.0
    for s in {firm.sector for firm in firms}:
        here, whole = [firm for firm in firms if firm.sector == s], len(reference._arm(s, True))
        apart += [firm.e / reference.scale[s] - mean(reference.cells[s, True]) for firm in here]
        d += len(here) ** 2 / whole / n - len(here) / whole
        weight += (len(here) / n * reference.scale[s]) ** 2 / len(here)
    s2 = math.fsum((u - mean(apart)) ** 2 for u in apart) / d
    variance, df = reference.moderated(s2, d, True)
    return weight * variance, df
