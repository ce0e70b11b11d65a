"""What protecting a release costs: `python -m tests.bench.disclosure` prints a table for the documents.

Programmes of 20 sectors, 12 provinces and 3 sizes, all pairs and their margins in one cube; sectors and provinces of
very different size, sales lognormal. Beside the engine, two ways of doing it by simpler means on the same cubes in the
same run: the rule of thumb that no sum may lack one cell alone, and the successive linear programs of Kelly, Golden &
Assad (1992). All patterns are attacked in the same way, by the public and by every firm of a withheld cell.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from analytics.disclosure import Cube, DisclosureRules, protect
from analytics.disclosure.attacker import attack
from tests.bench.markdown import paragraph, table

SEED = 20240229
SECTORS, PROVINCES, SIZES = 20, 12, ("1-9", "10-49", "50+")
FIRMS = 2_000
SIZE_SHARES, SIZE_SCALES = (0.72, 0.22, 0.06), (1.0, 6.0, 40.0)
MEDIAN_SALES, SPREAD = 80_000.0, 1.2  # of the smallest firms; standard deviation of the log
TABLES = [("sector", "province"), ("sector", "size"), ("province", "size")]
RULES = DisclosureRules()
MOVED = 1e-9  # of what is asked: a cell that a program moves


@dataclass(frozen=True, slots=True)
class Found:
    """One way on one cube: the mask, seconds for it, its gap where it proves one, and what the attack on it found."""

    cube: Cube
    primary: np.ndarray
    withheld: np.ndarray
    gap: float | None
    seconds: float
    attack: pd.DataFrame
    attack_seconds: float


def microdata(seed: int, firms: int = FIRMS) -> pd.DataFrame:
    """Firms with a sector, a province, a size and sales to the cent."""
    rng = np.random.default_rng([SEED, seed])
    size = rng.choice(len(SIZES), firms, p=SIZE_SHARES)
    sales = MEDIAN_SALES * np.asarray(SIZE_SCALES)[size] * np.exp(SPREAD * rng.normal(size=firms))
    return pd.DataFrame(
        {
            "firm": np.arange(firms),
            "sector": _codes(rng, "S", SECTORS, 1.0, firms),
            "province": _codes(rng, "P", PROVINCES, 0.8, firms),
            "size": np.asarray(SIZES)[size],
            "sales": np.round(sales, 2),
        }
    )


def _codes(rng: np.random.Generator, letter: str, n: int, power: float, firms: int) -> np.ndarray:
    """Codes whose shares fall as a power of their rank."""
    shares = np.arange(1, n + 1) ** -power
    names = np.array([f"{letter}{k + 1:02d}" for k in range(n)])
    return names[rng.choice(n, firms, p=shares / shares.sum())]


def cube_of(frame: pd.DataFrame) -> Cube:
    return Cube.from_microdata(
        frame, dimensions=["sector", "province", "size"], value="sales", unit="firm", tables=TABLES
    )


# --- three ways ------------------------------------------------------------------------------------------------------


def engine(cube: Cube) -> tuple[np.ndarray, np.ndarray, float | None]:
    found = protect(cube, RULES)
    return found.primary, found.primary | found.secondary, found.gap


def two_per_sum(cube: Cube) -> tuple[np.ndarray, np.ndarray, float | None]:
    """Where a sum lacks one cell alone, also withhold its cell with fewest firms, until no sum does."""
    primary, _ = _asked(cube)
    hidden, counts = primary.copy(), cube.cells["n_units"].to_numpy(dtype=float)
    rows = [cube.constraints[[k]].indices for k in range(cube.constraints.shape[0])]
    while alone := [row for row in rows if hidden[row].sum() == 1]:
        for row in alone:
            if hidden[row].sum() == 1 and not hidden[row].all():
                hidden[row[np.argmin(np.where(hidden[row], np.inf, counts[row]))]] = True
    return primary, hidden, None


def successive_programs(cube: Cube) -> tuple[np.ndarray, np.ndarray, float | None]:
    """For one primary cell after the other, up and down, in sales and in firms: the cheapest change of the table that
    takes it as far as asked; cells that change are withheld. Kelly, Golden & Assad (1992), "Cell suppression:
    disclosure protection for sensitive tabular data", Networks 22, their linear relaxation.
    """
    primary, asked = _asked(cube)
    hidden, counts = primary.copy(), cube.cells["n_units"].to_numpy(dtype=float)
    for measure in ("value", "n_units"):
        truth = cube.cells[measure].to_numpy(dtype=float)
        need = asked if measure == "value" else np.ones(len(truth))
        for cell in sorted(np.flatnonzero(primary), key=lambda i, need=need: -need[i]):
            for side in (1.0, -1.0):
                far = need[cell] if side > 0 else min(need[cell], truth[cell])
                if far > 0:
                    hidden |= _cheapest_change(cube, truth / far, np.where(hidden, 0.0, counts), int(cell), side)
    return primary, hidden, None


def _cheapest_change(cube: Cube, truth: np.ndarray, cost: np.ndarray, cell: int, side: float) -> np.ndarray:
    """Cells that move when one moves by 1 to a side, and nothing falls below zero."""
    n = len(truth)
    up, down = np.full(n, np.inf), truth.copy()
    up[cell], down[cell] = (1.0, 0.0) if side > 0 else (0.0, 1.0)
    lower = np.zeros(2 * n)
    lower[cell if side > 0 else n + cell] = 1.0
    found = linprog(
        np.concatenate([cost, cost]) + 1e-6,
        A_eq=sparse.hstack([cube.constraints, -cube.constraints]),
        b_eq=np.zeros(cube.constraints.shape[0]),
        bounds=np.column_stack([lower, np.concatenate([up, down])]),
        method="highs",
    )
    return (found.x[:n] > MOVED) | (found.x[n:] > MOVED)


def _asked(cube: Cube) -> tuple[np.ndarray, np.ndarray]:
    """Primary cells, and how far their sales have to be left open: the rules as METHODS.md 7 has them."""
    n, value, largest, second = (cube.cells[c].to_numpy(float) for c in ("n_units", "value", "largest", "second"))
    lacking = RULES.p_percent / 100 * largest - np.maximum(value - largest - second, 0)
    return (n < RULES.min_units) | (lacking > 1e-12 * value), np.maximum(lacking, 0)


WAYS: dict[str, Callable[[Cube], tuple[np.ndarray, np.ndarray, float | None]]] = {
    "Vetrina": engine,
    "two cells per sum": two_per_sum,
    "successive programs": successive_programs,
}


# --- what came of it -------------------------------------------------------------------------------------------------


def measured(way: str, cube: Cube) -> Found:
    start = time.perf_counter()
    primary, withheld, gap = WAYS[way](cube)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    found = attack(cube, withheld, RULES)
    return Found(cube, primary, withheld, gap, seconds, found, time.perf_counter() - start)


def narrowest(found: pd.DataFrame) -> float:
    """The least distance that an attacker leaves, as a share of the distance asked."""
    left = [(found["upper"] - found["true"], found["need_upper"] - found["true"])]
    left.append((found["true"] - found["lower"], found["true"] - found["need_lower"]))
    return min(float((got / need)[need > 0].min()) for got, need in left)


def line(way: str, all_found: list[Found], ours: list[Found]) -> list[str]:
    """One row: medians over the cubes, the worst gap and interval, seconds also as a ratio to the engine's."""

    def median(of: Callable[[Found], float]) -> float:
        return float(np.median([of(found) for found in all_found]))

    inner = [(f.cube.cells[["sector", "province", "size"]] == "*").sum(axis=1).to_numpy() == 1 for f in all_found]
    value = [
        f.cube.cells["value"].to_numpy()[i & ~f.withheld].sum() / f.cube.cells["value"].to_numpy()[i].sum()
        for f, i in zip(all_found, inner, strict=True)
    ]
    gaps = [f.gap for f in all_found if f.gap is not None]
    ratio = np.median([f.seconds / own.seconds for f, own in zip(all_found, ours, strict=True)])
    return [
        way,
        f"{median(lambda f: len(f.cube.cells)):.0f}",
        f"{median(lambda f: f.primary.sum()):.0f}",
        f"{median(lambda f: (f.withheld & ~f.primary).sum()):.0f}",
        f"{median(lambda f: f.cube.cells['n_units'].to_numpy()[f.withheld & ~f.primary].sum()):,.0f}",
        f"{max(gaps):.1%}" if gaps else "–",
        f"{np.median(value):.1%}",
        f"{median(lambda f: f.attack.loc[f.attack['narrowed'], 'cell'].nunique()):.0f}",
        f"{min(narrowest(f.attack) for f in all_found):.2f}",
        f"{median(lambda f: f.seconds):.2f}",
        f"{ratio:.2f}",
        f"{median(lambda f: f.attack_seconds):.2f}",
    ]


HEAD = (
    "way", "cells", "primary", "secondary", "firms in them", "gap", "value published", "told too closely",
    "narrowest", "seconds", "over ours", "attack, s",
)  # fmt: skip


def compare(n: int, firms: int) -> str:
    """All ways on the same cubes, one after the other, as a table and what it means."""
    cubes = [cube_of(microdata(seed, firms)) for seed in range(n)]
    found = {way: [measured(way, cube) for cube in cubes] for way in WAYS}
    meaning = paragraph(f"""{SECTORS} sectors × {PROVINCES} provinces × {len(SIZES)} sizes, all pairs and their margins,
        {firms:,} firms, {n} cubes: medians; gap and narrowest: the worst. Told too closely: primary cells that the
        public or a firm of a withheld cell can tell more closely than the rules allow. Narrowest: distance left to the
        attacker over distance asked, 1 or more is safe. Over ours: seconds beside the first line's.""")
    return table(HEAD, (line(way, of, found["Vetrina"]) for way, of in found.items())) + "\n\n" + meaning


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.disclosure", description=__doc__)
    options.add_argument("--cubes", type=int, default=3)
    options.add_argument("--firms", type=int, default=FIRMS)
    chosen = options.parse_args()
    print(compare(chosen.cubes, chosen.firms))


if __name__ == "__main__":
    main()
