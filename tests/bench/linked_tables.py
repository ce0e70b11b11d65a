"""Tables of the size that official statistics have: `python -m tests.bench.linked_tables` prints how long they take.

One, two or four tables of twenty by twenty codes over the same firms, which share their margins; sales lognormal, with
a heavy tail and zeros in the sparse ones; a cube in three dimensions; and fifty firms in forty sectors.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.disclosure import Cube, DisclosureRules, protect
from analytics.disclosure.attacker import attack
from tests.bench.markdown import table

SEED = 15
RULES = DisclosureRules()


@dataclass(frozen=True, slots=True)
class Programme:
    """Firms by chance. codes: of each dimension, how many; tables: which are crossed (None: all); spread: standard
    deviation of the log of sales; zeros: the share of firms that sell nothing.
    """

    firms: int
    codes: dict[str, int]
    tables: Sequence[tuple[str, str]] | None
    spread: float = 1.5
    zeros: float = 0.0

    def microdata(self, seed: int) -> pd.DataFrame:
        """Firms, their codes and sales to the cent; later codes hold fewer firms."""
        rng = np.random.default_rng([SEED, seed])
        columns: dict[str, object] = {"firm": np.arange(self.firms)}
        for name, k in self.codes.items():
            shares = np.arange(1, k + 1) ** (-0.5 if self.zeros else -0.8)
            codes = np.array([f"{name}{place:02d}" for place in range(k)])
            columns[name] = codes[rng.choice(k, self.firms, p=shares / shares.sum())]
        sales = np.exp(rng.normal(10, self.spread, self.firms))
        sales[rng.random(self.firms) < self.zeros] = 0.0
        return pd.DataFrame(columns | {"sales": np.round(sales, 2)})

    def cube(self, seed: int) -> Cube:
        """The cube of its firms."""
        frame = self.microdata(seed)
        return Cube.from_microdata(frame, dimensions=list(self.codes), value="sales", unit="firm", tables=self.tables)


TWO = [("A", "B"), ("A", "C")]
FOUR = [*TWO, ("A", "D"), ("B", "C")]
PROGRAMMES = {
    "one table": Programme(3_000, dict.fromkeys("AB", 20), TWO[:1]),
    "one table, sparse": Programme(1_000, dict.fromkeys("AB", 20), TWO[:1], 2.0, 0.2),
    "two linked tables": Programme(3_000, dict.fromkeys("ABC", 20), TWO),
    "two linked tables, sparse": Programme(1_200, dict.fromkeys("ABC", 20), TWO, 2.0, 0.2),
    "four linked tables": Programme(3_000, dict.fromkeys("ABCD", 20), FOUR),
    "four linked tables, sparse": Programme(1_500, dict.fromkeys("ABCD", 20), FOUR, 2.0, 0.2),
    "three dimensions, 7 × 8 × 7": Programme(2_000, {"A": 7, "B": 8, "C": 7}, None),
    "fifty firms, forty sectors": Programme(50, {"A": 40, "B": 3, "C": 4}, [*TWO, ("B", "C")], 2.0, 0.3),
}
HEAD = ("tables", "cells", "primary", "secondary", "firms lost", "gap", "told", "search, s", "attack, s")


def compare(seeds: int) -> str:
    """One row per programme: medians over the seeds, the largest gap, and the longest seconds."""
    rows = []
    for name, programme in PROGRAMMES.items():
        found = []
        for seed in range(seeds):
            cube, start = programme.cube(seed), time.process_time()
            protection = protect(cube, RULES)
            searched = time.process_time()
            told = attack(cube, protection.withheld, RULES)["narrowed"].sum()
            seconds = searched - start, time.process_time() - searched
            masks = protection.primary.sum(), protection.secondary.sum()
            found.append((len(cube.cells), *masks, protection.lost, protection.gap, told, *seconds))
        columns = np.array(found, dtype=float).T
        middle = [f"{np.median(column):.0f}" for column in columns[:4]]
        worst = [f"{columns[4].max():.1%}", f"{columns[5].max():.0f}", *(f"{of.max():.1f}" for of in columns[6:])]
        rows.append([name, *middle, *worst])
    return table(HEAD, rows)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.linked_tables", description=__doc__)
    options.add_argument("--seeds", type=int, default=3)
    print(compare(options.parse_args().seeds))


if __name__ == "__main__":
    main()
