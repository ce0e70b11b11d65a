"""How often published intervals hold the truth: `make simulate` writes docs/SIMULATION.md.

Many programmes are simulated under three designs, half of them with grants that work and half with grants that do
nothing, and estimated with the functions that make the figures. Equal seeds, equal results, whatever the processes.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.estimate import Effect, EffectEstimate, as_shown, group_effects, sectors_differ
from analytics.estimate.inference import WelchTest
from analytics.estimate.money import Money, MoneyEstimate, money_by_group
from analytics.estimate.sample import Sample
from analytics.folders import PROJECT
from analytics.model import Estimand, Unit, Withheld
from analytics.panel.arms import GroupLabel, groups_of
from tests.bench.designs import DESIGNS, OUTCOME, WHOLE, Programme, programme, settings
from tests.bench.document import Results, document, outside
from tests.bench.markdown import deliver
from tests.bench.peer import compared
from tests.bench.pool import all_done
from tests.bench.truths import Truth, no_effect, truth

SEED = 20201216
PROGRAMMES = 1_000  # of each design, half of them without effect: 2,000 intervals for the error of each kind
PEER_PROGRAMMES = 200
# Firms are compared as they are, too.
UNADJUSTED = (Estimand.TYPICAL_FIRM, Estimand.EURO_WEIGHTED, Estimand.SYMMETRIC_GROWTH, Estimand.ONLINE_SHARE)
DOCUMENT = PROJECT / "docs" / "SIMULATION.md"


@dataclass(frozen=True, slots=True)
class Truths:
    """What is true where grants work, over all years and over the first, and where they do not."""

    overall: Truth
    first: Truth
    nothing: Truth = field(default_factory=no_effect)


@dataclass(frozen=True, slots=True)
class Task:
    """One programme to simulate and estimate; every second one has grants that work. peer: whether it goes there."""

    design: str
    number: int
    truths: Truths
    peer: bool

    @property
    def works(self) -> bool:
        """Whether the grants have an effect."""
        return self.number % 2 == 1

    def truth(self, year: int | None = None) -> Truth:
        """Over all years, or one."""
        if not self.works:
            return self.truths.nothing
        return self.truths.first if year == 1 else self.truths.overall


@dataclass(frozen=True, slots=True)
class Estimated:
    """Records of one programme: intervals, tests of equal sectors, seconds per sector and effect."""

    rows: list[dict[str, Any]]
    tests: list[dict[str, Any]]
    seconds: list[dict[str, Any]]


def estimated(task: Task) -> Estimated:
    """Simulate and estimate one programme."""
    rng = np.random.default_rng([SEED, list(DESIGNS).index(task.design), task.number])
    made = programme(DESIGNS[task.design], rng, works=task.works)
    groups = groups_of(made.panel, "sector")
    rows, tests = [], []
    for what, sample, estimand in _asked(made):
        found = _by_sector(sample, estimand, groups)
        rows += _rows(found, what, made, task.truth(sample.year))
        if sample.year is None:
            tests.append({"what": what, "p": _equal(found)})
    rows += _money(Sample(made.panel, OUTCOME, settings()), groups, made, task.truth())
    more, seconds = compared(made, task.truth()) if task.peer else ([], [])
    told = {"design": task.design, "programme": task.number, "works": task.works}
    return Estimated(*([told | row for row in part] for part in ([*rows, *more], tests, seconds)))


def _asked(made: Programme) -> Iterator[tuple[str, Sample, Estimand]]:
    """What is published, and the same without adjustment."""
    for adjustment, suffix, estimands in (("pooled_slopes", "", tuple(Estimand)), ("none", ", unadjusted", UNADJUSTED)):
        sample = Sample(made.panel, OUTCOME, settings(adjustment))
        yield from ((f"{estimand.value}{suffix}", sample, estimand) for estimand in estimands)
        first = Sample(made.panel, OUTCOME, settings(adjustment), 1)
        yield f"typical_firm, year 1{suffix}", first, Estimand.TYPICAL_FIRM


def _by_sector(sample: Sample, estimand: Estimand, groups: Mapping[GroupLabel, BoolArray]) -> dict[GroupLabel, Effect]:
    """Every sector's effect, and the whole programme's."""
    return group_effects(sample, estimand, groups) | group_effects(sample, estimand, {WHOLE: sample.panel.funded})


def _equal(found: Mapping[GroupLabel, Effect]) -> float:
    test = sectors_differ(effect for group, effect in found.items() if group != WHOLE)
    return test.p_value if isinstance(test, WelchTest) else float("nan")


def _rows(found: Mapping[GroupLabel, Effect], what: str, made: Programme, truths: Truth) -> Iterator[dict[str, Any]]:
    for group, effect in found.items():
        told = {"what": what, "size": made.sizes[group], "group": group}
        if isinstance(effect, Withheld):
            yield told | {"reason": effect.reason.value}
            continue
        (true,) = as_shown(effect.estimand.unit, truths.of(effect.estimand.value, made.stories[group]))
        more = {"rejects": effect.p_value < 0.05, "theta": effect.theta, "se": effect.se, "df": effect.df}
        yield told | _interval(effect, true) | more | {"holds_together": effect.sim_low <= true <= effect.sim_high}


def _interval(found: EffectEstimate | MoneyEstimate, true: float) -> dict[str, Any]:
    """length: on the estimation scale."""
    low, high = found.ci_low, found.ci_high
    logs = found.unit is Unit.FRACTION and isinstance(found, EffectEstimate)
    return {
        "true": true,
        "value": found.value,
        "holds": low <= true <= high,
        "above": low > true,
        "rejects": not low <= 0 <= high,
        "length": np.log1p(high) - np.log1p(low) if logs else high - low,
        "n_funded": found.n_funded,
    }


def _money(
    sample: Sample, groups: Mapping[GroupLabel, BoolArray], made: Programme, truths: Truth
) -> Iterator[dict[str, Any]]:
    """Extra euros against what the grant added to the firms analysed; the share offset against the population's."""
    measured = np.isfinite(sample.windows.after).any(axis=1)
    everybody = {WHOLE: sample.panel.funded}
    money = [
        money_by_group(sample, of, group_effects(sample, Estimand.EURO_WEIGHTED, of)) for of in (groups, everybody)
    ]
    for group, found in (money[0] | money[1]).items():
        mine = (groups | everybody)[group] & measured
        extra, offset = float(made.extra[mine].sum()), truths.of("offset", made.stories[group])
        told = {"size": made.sizes[group], "group": group}
        yield told | {"what": "extra euros"} | _shown(found.extra, extra)
        yield told | {"what": "share offset"} | _shown(found.offset, offset)


def _shown(money: Money, true: float) -> dict[str, Any]:
    return {"reason": money.reason.value} if isinstance(money, Withheld) else _interval(money, true)


def tasks(programmes: int, peer_programmes: int) -> list[Task]:
    """All that is to be done, the designs one after the other."""
    known = {
        name: Truths(truth(design, SEED + 2 * at), truth(design, SEED + 2 * at + 1, years=1))
        for at, (name, design) in enumerate(DESIGNS.items())
    }
    return [
        Task(name, number, known[name], peer=number < peer_programmes)
        for name in DESIGNS
        for number in range(programmes)
    ]


def run(todo: list[Task], processes: int) -> Results:
    """Do all tasks; results in their order, whatever the processes."""
    begun = time.perf_counter()
    done = all_done(estimated, todo, processes)
    minutes = (time.perf_counter() - begun) / 60
    frames = [
        pd.DataFrame([row for one in done for row in getattr(one, part)]) for part in ("rows", "tests", "seconds")
    ]
    return Results(*frames, minutes)


def main() -> None:
    """Simulate, estimate, write the document."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--programmes", type=int, default=PROGRAMMES, help="of each design (%(default)s)")
    parser.add_argument("--peer-programmes", type=int, default=PEER_PROGRAMMES, help="that the peer sees (%(default)s)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, help=f"a file; {DOCUMENT.name} of a full run, else the screen")
    parser.add_argument("--keep", type=Path, help="a folder for the single intervals, as Parquet")
    chosen = parser.parse_args()
    found = run(tasks(chosen.programmes, chosen.peer_programmes), chosen.processes)
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        for name in ("rows", "tests", "seconds"):
            getattr(found, name).to_parquet(chosen.keep / f"{name}.parquet")
    deliver(document(found, SEED), chosen.output, DOCUMENT, full=chosen.programmes == PROGRAMMES)
    print(*outside(found), f"{found.minutes:.0f} minutes", sep="\n")


if __name__ == "__main__":
    main()
