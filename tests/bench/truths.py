"""True effects of the designs, of the population that funded firms are drawn from. No estimator is known here."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.bench.designs import (
    BASELINE,
    BEFORE,
    DRAWN_IN,
    SPREAD,
    STORIES,
    YEAR,
    Design,
    Floats,
    after_award,
    firms_of,
    paths_of,
)


@dataclass(frozen=True, slots=True)
class Truth:
    """True effects on the estimation scale, of the population that funded firms are drawn from, fully reported.

    frame: index story (−1: all alike, the programme), columns typical_firm, euro_weighted, started_selling,
    symmetric_growth, online_share, offset.
    """

    frame: pd.DataFrame

    def of(self, what: str, story: int) -> float:
        """One effect."""
        return float(self.frame.loc[story, what])


def no_effect() -> Truth:
    """Of grants that do nothing."""
    index = [-1, *range(len(STORIES))]
    names = ("typical_firm", "euro_weighted", "started_selling", "symmetric_growth", "online_share", "offset")
    return Truth(pd.DataFrame(0.0, index=index, columns=list(names)))


def truth(design: Design, seed: int, *, years: int = 3, firms: int = 40_000, at_once: int = 4_000) -> Truth:
    """Exact for `typical_firm` and `started_selling`, nearly so for the others: means over many firms of each story.

    symmetric_growth: mean growth with grants, over firms that then sell in either window, less the same without: as the
    estimand leaves out firms at zero in both windows, a firm drawn in enters with 2. offset: extra online sales over
    the fall of offline sales from 2019, both per firm.
    """
    rng = np.random.default_rng(seed)
    means = {
        story: pd.DataFrame(list(_contrasts(design, story, years, firms // at_once, at_once, rng))).mean()
        for story in range(len(STORIES))
    }
    table = pd.DataFrame(means).T
    table.loc[-1] = table.mean()
    drawn_in = design.never * DRAWN_IN
    grown = np.exp(design.effect + (design.effect * SPREAD) ** 2 / 2)  # E e^τ: effects do not depend on sales
    with_grant = grown * (table["without"] + drawn_in * table["ramped"])
    table["typical_firm"] = design.effect
    table["started_selling"] = drawn_in
    table["euro_weighted"] = np.log(with_grant / table["without"])
    table["symmetric_growth"] = (table["growth"] + 2 * drawn_in) / (table["sold"] + drawn_in) - (
        table["growth_without"] / table["sold"]
    )
    table["offset"] = (with_grant - table["without"]) / table["fall"].mean()  # the fall is the same in every story
    return Truth(table[list(no_effect().frame)])


def _contrasts(
    design: Design, story: int, years: int, times: int, at_once: int, rng: np.random.Generator
) -> Iterator[dict[str, float]]:
    """Means of some firms at a time, firms that never sell without a grant included as zeros.

    without: euros a month; ramped: euros a month of a firm drawn in, before its own effect: shops are open whatever the
    sales, so that both follow from all firms' sales while open, which are far better known than those of a few.
    """
    begun = np.minimum((np.arange(YEAR * years) + 1) / YEAR, 1)  # firms drawn in start within the first year
    for _ in range(times):
        drawn = firms_of(design, np.full(at_once, story), np.ones(at_once, dtype=bool), rng)
        paths = paths_of(design, drawn, rng)
        without = paths.without()
        before, after = without[:, BEFORE].mean(axis=1), after_award(without, drawn, years).mean(axis=1)
        granted = after * np.exp(paths.effect)
        begins = after_award(paths.granted(drawn), drawn, years).mean(axis=1)
        offline = after_award(paths.offline, drawn, years).mean(axis=1)
        while_open = after_award(paths.selling, drawn, years).mean(axis=0)
        sold = before + after > 0
        yield {
            "without": float((while_open * after_award(paths.open_without, drawn, years).mean(axis=0)).mean()),
            "ramped": float((while_open * begun).mean()),
            "online_share": float((begins / (begins + offline) - after / (after + offline)).mean()),
            "sold": float(sold.mean()),
            "growth": float(np.where(sold, _symmetric(before, granted), 0).mean()),
            "growth_without": float(np.where(sold, _symmetric(before, after), 0).mean()),
            "fall": float((paths.offline[:, BASELINE].mean(axis=1) - offline).mean()),
        }


def _symmetric(before: Floats, after: Floats) -> Floats:
    total = before + after
    return 2 * (after - before) / np.where(total > 0, total, 1)
