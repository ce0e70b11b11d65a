"""METHODS.md 10: what groups have in common, the best guess and the range of each, from the reference's posterior of τ
and μ.
"""

import math

from scipy import special

from tests.reference.shared_range import normal_error, posterior, prior

Group = tuple[float, float, float]  # y, se, df
Ends = tuple[float, float]


def common(groups: list[Group], spread: float = 0.15) -> tuple[float, float]:
    """Mean and standard deviation of μ."""
    held = posterior(groups, spread)
    mean = math.fsum(w * at for _, w, at, _ in held)
    return mean, math.sqrt(math.fsum(w * (v + (at - mean) ** 2) for _, w, at, v in held))


def guess(mine: Group, groups: list[Group], spread: float = 0.15) -> tuple[float, float]:
    """Mean and standard deviation of one group's own effect, by all groups, itself among them: given τ and μ it is
    drawn to μ by its share of the variance.
    """
    y, v_own = mine[0], normal_error(mine[1], mine[2], 0.05) ** 2
    parts = []
    for tau, w, mean, v_mean in posterior(groups, spread):
        own = tau**2 / (tau**2 + v_own)
        parts.append((w, own * y + (1 - own) * mean, own * v_own + (1 - own) ** 2 * v_mean))
    centre = math.fsum(w * at for w, at, _ in parts)
    return centre, math.sqrt(math.fsum(w * (v + (at - centre) ** 2) for w, at, v in parts))


def ends(mine: Group, groups: list[Group], level: float, spread: float = 0.15, *, shared: bool = True) -> Ends:
    """The range of one group at a level: by the others' prior where four are told of, its own y ± t·se otherwise."""
    y, se, df = mine
    alpha = 1 - level
    half = float(special.stdtrit(df, 1 - alpha / 2)) * se
    if len(groups) < 4 or not shared:
        return y - half, y + half
    s = half / float(special.ndtri(1 - alpha / 2))
    m, t2 = prior([other for other in groups if other is not mine], spread)
    t2 = max(t2, s**2)
    return -_upper(-y, -m, t2, s, alpha), _upper(y, m, t2, s, alpha)


def _upper(y: float, m: float, t2: float, s: float, alpha: float) -> float:
    """θ = y + s·Φ⁻¹(1 − α + Φ((y − θ)/s)) + 2s²/t²·(m − θ), by halving: what `shared_range.upper` does, sooner."""
    k = 2 * s**2 / t2
    limit = -float(special.ndtri(alpha))

    def lacks(x: float) -> bool:
        """x = (θ − y)/s lies below the right side."""
        rest = alpha - float(special.ndtr(-x))
        return rest <= 0 or x < -float(special.ndtri(rest)) + k * ((m - y) / s - x)

    if not lacks(limit + 1e-9):
        return y + s * limit
    low, high = limit, limit + 1
    while lacks(high):
        high += high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) else (low, middle)
    return y + s * (low + high) / 2
