"""How short a sector's range may be: `make simulate` writes docs/RANGES.md.

The designs of docs/SIMULATION.md, and one in which a sector is unlike all others, estimated with the functions that
make the figures: each sector's own range, the one that the others make short, and that of section 4; beside what
diff-diff prints. Equal seeds, equal results, whatever the processes.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.estimate import EffectEstimate, as_shown, group_effects
from analytics.estimate.effects import effect_of, with_shared_ranges
from analytics.estimate.sample import Sample
from analytics.folders import PROJECT
from analytics.model import Estimand, Unit
from analytics.panel.arms import GroupLabel, groups_of
from tests.bench.designs import (
    DESIGNS,
    OTHERS_EFFECT,
    OUTCOME,
    SIZES,
    UNLIKE,
    UNLIKE_EFFECT,
    Programme,
    programme,
    programme_unlike,
    settings,
)
from tests.bench.markdown import Share, deliver, paragraph, table
from tests.bench.peer import CALLS, compared
from tests.bench.pool import all_done
from tests.bench.truths import Truth, no_effect, truth

SEED = 20261127
PROGRAMMES = 1_000  # of each design
PEER_PROGRAMMES = 100
ESTIMANDS = (Estimand.TYPICAL_FIRM, Estimand.SYMMETRIC_GROWTH)
OWN, SHARED, SECTION_4 = "own range", "shared range", "section 4"  # ways to make a sector's range
MOVED = "moved by a withheld sector"
COVERED, LONGEST = (0.925, 0.98), 0.84  # what the shared range aims at, by size: coverage; length over section 4's
DOCUMENT = PROJECT / "docs" / "RANGES.md"


@dataclass(frozen=True, slots=True)
class Task:
    """One programme; every second one has grants that work. peer: whether it goes there."""

    design: str
    number: int
    works_truth: Truth
    peer: bool


@dataclass(frozen=True, slots=True)
class Results:
    """Frames of single ranges, and of seconds per sector; minutes that the run took."""

    rows: pd.DataFrame
    seconds: pd.DataFrame
    minutes: float


def estimated(task: Task) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Simulate and estimate one programme: single ranges, and seconds per sector."""
    told = {"design": task.design, "programme": task.number}
    rng = np.random.default_rng([SEED, [*DESIGNS, UNLIKE].index(task.design), task.number])
    if task.design == UNLIKE:
        made, effects = programme_unlike(rng, task.number)
        true = {Estimand.TYPICAL_FIRM: effects}
    else:
        works = task.number % 2 == 1
        made = programme(DESIGNS[task.design], rng, works=works)
        known = task.works_truth if works else no_effect()
        true = {one: {name: known.of(one.value, made.stories[name]) for name in made.sizes} for one in ESTIMANDS}
    sample, sectors = Sample(made.panel, OUTCOME, settings()), groups_of(made.panel, "sector")
    rows = [row for one, effects in true.items() for row in _ranges(sample, one, sectors, made, effects)]
    if not task.peer:
        return [told | row for row in rows], []
    rows += _moved(made, sample, sectors, task.number)
    of_peers, seconds = compared(made, known if works else no_effect())
    return [told | row for row in (*rows, *of_peers)], [told | row for row in seconds]


def _ranges(
    sample: Sample,
    estimand: Estimand,
    sectors: Mapping[GroupLabel, BoolArray],
    made: Programme,
    true: Mapping[GroupLabel, float],
) -> Iterator[dict[str, Any]]:
    """Every sector's range, each way; true: on the estimation scale."""
    own = group_effects(sample, estimand, sectors)
    former = {
        sector: effect_of(sample.pooled_deletions(estimand, sample.group(firms)), estimand, sample)
        for sector, firms in sectors.items()
    }
    shared = with_shared_ranges(own, sample.settings)
    for way, found in ((OWN, own), (SHARED, shared), (SECTION_4, former)):
        for sector, effect in found.items():
            if isinstance(effect, EffectEstimate):
                told = {"what": f"{estimand}, {way}", "size": made.sizes[sector], "group": sector}
                yield told | _range(effect, true[sector]) | {"unlike": true[sector] < 0}


def _range(effect: EffectEstimate, true: float) -> dict[str, Any]:
    """Whether it holds the truth, whether it excludes zero; its length on the estimation scale."""
    low, high = effect.shared_low, effect.shared_high
    (shown,) = as_shown(effect.unit, true)
    length = np.log1p(high) - np.log1p(low) if effect.unit is Unit.FRACTION else high - low
    return {"holds": low <= shown <= high, "rejects": not low <= 0 <= high, "length": length, "works": true != 0}


def _moved(
    made: Programme, sample: Sample, sectors: Mapping[GroupLabel, BoolArray], number: int
) -> Iterator[dict[str, Any]]:
    """How far the firms of one sector, which goes round and may be withheld, move the others' own estimates through
    what all sectors share: shift, of θ, in standard errors; stretch, of the standard error, as a share of itself.
    """
    gone = list(sectors)[number % len(sectors)]
    without = made.panel.keep((made.panel.units["sector"] != gone).to_numpy())
    others = groups_of(without, "sector")
    all_there = group_effects(sample, Estimand.TYPICAL_FIRM, {sector: sectors[sector] for sector in others})
    for sector, effect in group_effects(Sample(without, OUTCOME, settings()), Estimand.TYPICAL_FIRM, others).items():
        before = all_there[sector]
        if isinstance(effect, EffectEstimate) and isinstance(before, EffectEstimate):
            told = {"what": MOVED, "size": made.sizes[gone], "group": sector}
            yield told | {"shift": (effect.theta - before.theta) / before.se, "stretch": effect.se / before.se - 1}


def run(programmes: int, peer_programmes: int, processes: int) -> Results:
    """All programmes of all designs."""
    begun = time.perf_counter()
    known = {name: truth(design, SEED + at, firms=20_000) for at, (name, design) in enumerate(DESIGNS.items())}
    known[UNLIKE] = no_effect()
    todo = [
        Task(name, number, of_design, peer=name != UNLIKE and number < peer_programmes)
        for name, of_design in known.items()
        for number in range(programmes)
    ]
    done = all_done(estimated, todo, processes)
    rows, seconds = (pd.DataFrame([row for one in done for row in one[part]]) for part in (0, 1))
    return Results(rows, seconds, (time.perf_counter() - begun) / 60)


# ---- the document ----------------------------------------------------------------------------------------------------


def document(found: Results) -> str:
    """The whole document."""
    programmes = found.rows.groupby("design")["programme"].nunique().max()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "diff-diff"))
    parts = [
        "# How short a sector's range may be",
        paragraph(f"""Written by `make simulate` on {datetime.now(UTC):%Y-%m-%d}; seed {SEED}; {programmes:,} programmes
        of each design of [SIMULATION.md](SIMULATION.md), every second one with grants that work; {packages}. Do not
        edit."""),
        paragraph(f"""Three ways to a sector's 95% range: the estimate of METHODS.md 10 with its own range; the same
        with the range that the other sectors make short, which is published; the estimate and interval of section 4, as
        it was before. Each cell: coverage in %, and after the stroke the median length over that of section 4, of the
        same sectors. Aim of the shared range, in every cell: coverage of {100 * COVERED[0]:g} to {100 * COVERED[1]:g},
        and a length of at most {LONGEST}; a cell that misses it is **bold**. Monte-Carlo error of a coverage: at most
        {100 * _largest_error(found):.1f} points. Columns: funded firms per sector."""),
        table(["", *map(str, SIZES)], _lines(found)),
        *_of_unlike(found),
        *_of_moved(found),
        *_of_peers(found),
    ]
    return "\n\n".join(parts) + "\n"


def _lines(found: Results) -> Iterator[list[str]]:
    for design in DESIGNS:
        rows = found.rows[found.rows["design"] == design]
        for estimand in ESTIMANDS:
            for way in (OWN, SHARED, SECTION_4):
                ratios = _ratios(rows, f"{estimand}, {way}", f"{estimand}, {SECTION_4}").groupby(level="size").median()
                mine = rows[rows["what"] == f"{estimand}, {way}"]
                cells = (_cell(mine[mine["size"] == size], ratios[size], judged=way == SHARED) for size in SIZES)
                yield [f"{design}, {estimand}, {way}", *cells]


def _cell(rows: pd.DataFrame, ratio: float, *, judged: bool) -> str:
    share = _coverage(rows)
    text = f"{100 * share.value:.1f} / {ratio:.2f}"
    missed = not COVERED[0] <= share.value <= COVERED[1] or ratio > LONGEST
    return f"**{text}**" if judged and missed else text


def _coverage(rows: pd.DataFrame) -> Share:
    return Share.of(rows["holds"], rows["programme"])


def _largest_error(found: Results) -> float:
    rows = found.rows[found.rows["what"].isin([f"{one}, {SHARED}" for one in ESTIMANDS])]
    return max(_coverage(mine).error for _, mine in rows.groupby(["design", "what", "size"]))


def _ratios(rows: pd.DataFrame, one: str, other: str) -> pd.Series:
    """Length over length, of the same sectors of the same programmes."""
    keys = ["programme", "group", "size"]
    a, b = (rows[rows["what"] == what].set_index(keys)["length"] for what in (one, other))
    return (a / b).dropna()


def _of_unlike(found: Results) -> Iterator[str]:
    rows, lines = found.rows[found.rows["design"] == UNLIKE], []
    for way in (OWN, SHARED, SECTION_4):
        cells = []
        for unlike in (True, False):
            mine = rows[rows["unlike"] == unlike]
            share = _coverage(mine[mine["what"] == f"typical_firm, {way}"])
            ratio = _ratios(mine, f"typical_firm, {way}", f"typical_firm, {SECTION_4}").median()
            cells.append(f"{100 * share.value:.1f} ({100 * share.error:.1f}) / {ratio:.2f}")
        lines.append([f"typical_firm, {way}", *cells])
    yield "## One sector unlike the others"
    yield paragraph(f"""Grants raise sales by {100 * np.expm1(OTHERS_EFFECT):.0f}% in all sectors but one, and lower
    them by {-100 * np.expm1(UNLIKE_EFFECT):.0f}% in that one, which goes round: so sizes are pooled. Monte-Carlo
    errors in brackets; aim for the one: at least {100 * COVERED[0]:g}.""")
    yield table(["", "the sector unlike the others", "the others"], lines)


def _of_moved(found: Results) -> Iterator[str]:
    moved = found.rows[found.rows["what"] == MOVED]
    if moved.empty:
        return
    yield "## What a withheld sector moves"
    yield paragraph("""A sector's firms enter the slopes, scales and common variances of all, whether it is published or
    not. Taken out, they move the others' own estimates by this much: the effect, in its standard errors, and the
    standard error, in %; the median of what is moved, and what 99% stay within. Shared ranges follow from published
    effects alone.""")
    yield table(
        ["without a sector of", "effect", "standard error"],
        [
            [f"{size} funded firms", _within(rows["shift"], 1), _within(rows["stretch"], 100)]
            for size, rows in moved.groupby("size")
        ],
    )


def _within(values: pd.Series, times: float) -> str:
    return " / ".join(f"{times * values.abs().quantile(share):.2f}" for share in (0.5, 0.99))


def _of_peers(found: Results) -> Iterator[str]:
    """What diff-diff prints for the same sectors."""
    peers = [f"peer {name}" for name in CALLS]
    numbers = found.rows.loc[found.rows["what"].isin(peers), "programme"].unique()
    if not len(numbers):
        return
    rows = found.rows[found.rows["programme"].isin(numbers)]
    ways = [f"typical_firm, {way}" for way in (SHARED, OWN, SECTION_4)] + peers
    lines = []
    for design in DESIGNS:
        mine = rows[rows["design"] == design]
        for what in ways:
            cells = [mine[(mine["what"] == what) & (mine["size"] == size)] for size in SIZES]
            lines.append([f"{design}, {what}", *(_beside(cell) for cell in cells)])
    speed = 1000 * found.seconds.groupby("who")["seconds"].median()
    yield "## Beside what analysts use"
    yield paragraph(f"""The first {len(numbers)} programmes of each design, with diff-diff {version("diff-diff")} as in
    [SIMULATION.md](SIMULATION.md). Coverage in %; median length on the log scale.""")
    yield table(["", *map(str, SIZES)], lines)
    yield paragraph(f"""Milliseconds per sector, from the panel to the range (median; one process): {speed["ours"]:.2f}
    with the shared range, {speed["own"]:.2f} without it, {speed["section 4"]:.2f} by section 4;
    {", ".join(f"{speed[name]:.1f} ({name})" for name in CALLS)} from the peer's long table.""")


def _beside(rows: pd.DataFrame) -> str:
    return f"{100 * _coverage(rows).value:.1f}; {rows['length'].median():.2f}"


def main() -> None:
    """Simulate, estimate, write the document."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--programmes", type=int, default=PROGRAMMES, help="of each design (%(default)s)")
    parser.add_argument("--peer-programmes", type=int, default=PEER_PROGRAMMES, help="that the peer sees (%(default)s)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, help=f"a file; {DOCUMENT.name} of a full run, else the screen")
    chosen = parser.parse_args()
    found = run(chosen.programmes, min(chosen.peer_programmes, chosen.programmes), chosen.processes)
    deliver(document(found), chosen.output, DOCUMENT, full=chosen.programmes == PROGRAMMES)
    print(f"{found.minutes:.0f} minutes")


if __name__ == "__main__":
    main()
