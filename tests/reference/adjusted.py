"""METHODS.md 3, "Adjustment", once more from its text: rows, weights, demeaning, ridge, offsets, sandwich. Loops over
firms; numpy for the linear algebra alone.

Where the text leaves a choice: X is divided by its weighted standard deviation over the rows, after demeaning; a row is
a comparison firm with growth in a cohort that has a funded firm of its sector with growth; "4", the columns of the
sandwich's N/(N−S−4), is how many columns were kept, and N−S−columns are also the degrees of freedom of Δ′V_βΔ.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from tests.reference.effects import Firm, Rules, growth, means_of, paired, windows_of

COLUMNS = ("ln before", "zero before", "active", "size", "earlier growth")


@dataclass
class Slopes:
    """β, V_β and its degrees of freedom; x of a firm in a cohort: (value − mean of its cell) / spread."""

    rules: Rules
    year: int | None
    kept: list[str]
    means: dict[tuple, dict[str, float]]
    spread: dict[str, float]
    beta: list[float]
    covariance: list[list[float]]
    df: float
    only_sellers: bool = False

    def features(self, firm: Firm, cohort: int) -> list[float]:
        known = known_before(firm, cohort, self.rules, self.year)
        means = self.means.get((firm.sector, cohort), {})
        return [
            (known[column] - means[column]) / self.spread[column]
            if known[column] is not None and column in means
            else 0.0
            for column in self.kept
        ]

    def offset(self, firm: Firm, cohort: int, beta: list[float]) -> float:
        if self.only_sellers and not sold_before(firm, cohort, self.rules, self.year):
            return 0.0
        key = (firm.name, cohort)
        if key not in self._held:
            self._held[key] = self.features(firm, cohort)
        b = math.fsum(x * slope for x, slope in zip(self._held[key], beta, strict=True))
        return max(-3.0, min(3.0, b))

    def __post_init__(self) -> None:
        self._held: dict[tuple, list[float]] = {}


def sold_before(firm: Firm, cohort: int, rules: Rules, year: int | None) -> bool:
    means = paired(firm, cohort, rules, year)
    return means is not None and means[0] > 0


def known_before(firm: Firm, cohort: int, rules: Rules, year: int | None) -> dict[str, float | None]:
    """X of METHODS.md 3 for one firm in one cohort's windows; None = unknown."""
    before, _ = windows_of(cohort, rules, year)
    earlier = [t - rules.ppy for t in before]
    means = paired(firm, cohort, rules, year)
    seen = [firm.reported[t] for t in earlier + before if t in firm.reported]
    two = means_of(firm.reported, earlier, [before], rules.ppy)
    return {
        "ln before": math.log(means[0]) if means and means[0] > 0 else None,
        "zero before": float(means[0] == 0) if means else None,
        "active": sum(value > 0 for value in seen) / len(seen) if seen else None,
        "size": math.log(max(firm.employees, 1)) if firm.employees is not None else None,
        "earlier growth": max(-2.0, min(2.0, math.log(two[1] / two[0]))) if two and min(two) > 0 else None,
    }


def slopes(firms: list[Firm], rules: Rules, estimand: str, year: int | None, alpha: float = 1.0) -> Slopes | None:
    """One ridge regression over all sectors' comparison firms. None where no slope can be told."""
    only_sellers = estimand == "symmetric_growth"  # firms without sales before are left as they are

    def growth_of(firm: Firm, cohort: int) -> float | None:
        if only_sellers and not sold_before(firm, cohort, rules, year):
            return None
        return growth(firm, cohort, rules, year, estimand)

    placed = [firm for firm in firms if firm.sector is not None]
    n: dict[object, dict[int, int]] = defaultdict(lambda: defaultdict(int))  # sector -> cohort -> funded firms
    for firm in placed:
        if firm.cohort is not None and growth_of(firm, firm.cohort) is not None:
            n[firm.sector][firm.cohort] += 1
    cells: dict[tuple, dict[object, tuple[float, dict]]] = defaultdict(dict)
    for firm in placed:
        for cohort in n[firm.sector] if firm.cohort is None else ():
            z = growth_of(firm, cohort)
            if z is not None:
                cells[firm.sector, cohort][firm.name] = z, known_before(firm, cohort, rules, year)
    means: dict[tuple, dict[str, float]] = {}
    rows, z_rows, weights, owners = [], [], [], []
    for (sector, cohort), held in cells.items():
        known = {c: [x[c] for _, x in held.values() if x[c] is not None] for c in COLUMNS}
        means[sector, cohort] = {c: math.fsum(values) / len(values) for c, values in known.items() if values}
        z_mean = math.fsum(z for z, _ in held.values()) / len(held)
        for name, (z, x) in held.items():
            rows.append([0.0 if x[c] is None else x[c] - means[sector, cohort][c] for c in COLUMNS])
            z_rows.append(z - z_mean)
            weights.append(n[sector][cohort] / sum(n[sector].values()))
            owners.append(name)
    if not rows:
        return None
    x, z, w = np.array(rows), np.array(z_rows), np.array(weights)
    spread = {c: math.sqrt((w * x[:, k] ** 2).sum() / w.sum()) for k, c in enumerate(COLUMNS)}
    kept = [c for c in COLUMNS if spread[c] > 1e-9]
    df = len(set(owners)) - len({sector for sector, _ in cells}) - len(kept)
    if not kept or df < 1:
        return None
    x = np.column_stack([x[:, COLUMNS.index(c)] / spread[c] for c in kept])
    # ridge as least squares: a row √alpha for each slope, of outcome 0
    root = np.sqrt(w)[:, None]
    beta, *_ = np.linalg.lstsq(
        np.vstack([x * root, math.sqrt(alpha) * np.eye(len(kept))]),
        np.append(z * root[:, 0], np.zeros(len(kept))),
        rcond=None,
    )
    bread = np.linalg.inv(x.T @ np.diag(w) @ x + alpha * np.eye(len(kept)))
    scores: dict[object, np.ndarray] = defaultdict(lambda: np.zeros(len(kept)))
    for row, owner in enumerate(owners):
        scores[owner] += w[row] * (z[row] - x[row] @ beta) * x[row]
    meat = sum(np.outer(score, score) for score in scores.values())
    covariance = bread @ meat @ bread * len(scores) / df
    return Slopes(rules, year, kept, means, spread, beta.tolist(), covariance.tolist(), float(df), only_sellers)
