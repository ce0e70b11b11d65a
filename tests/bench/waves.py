"""How often the intervals and bands of ATT(g, t) hold the truth: `make simulate` writes docs/WAVES.md.

The designs of docs/SIMULATION.md and a tame one, each of their three awards a wave, estimated with the functions that
make the figures. Equal seeds, equal results, whatever the processes.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.build.rows.group_time import LARGEST_SHARE, is_open
from analytics.build.rows.points import told_point
from analytics.estimate.wave_paths import SectorPath, WavePath, WavePaths, critical_of, joined, wave_paths
from analytics.folders import PROJECT
from analytics.model import DisclosureRules, Settings
from analytics.panel import Panel
from analytics.release import measures
from analytics.release.figure import FigureKey
from tests.bench.designs import (
    BEFORE,
    DESIGNS,
    MONTHS,
    OUTCOME,
    SIZES,
    SPREAD,
    STORIES,
    WAVE_SHARES,
    WAVES,
    WHOLE,
    Design,
    Floats,
    firms_of,
    paths_of,
    programme,
    settings,
)
from tests.bench.markdown import Share, deliver, paragraph, table
from tests.bench.pool import all_done

SEED = 20261128
PROGRAMMES = 400  # of each design
TAME = Design(
    "tame", "Tame", growth=0.05, lasting_shock=0.1, noise=0.05, never=0, late=0, now_and_then=0
)  # firms' shares are nearly normal
OF_WAVES = DESIGNS | {TAME.name: TAME}
LEAST, LEVEL, RULES = Settings().min_firms, Settings().level, DisclosureRules()  # of the published figures
BY_FIRMS, PARTS = ("10 to 14", "15 to 29", "30 and more"), (15, 30)  # funded firms of a wave, in a sector
OF_WHOLE, PARTS_OF_WHOLE = ("programme, under 150", "programme, 150 and more"), (150,)  # and in all of them
BEFORE_AWARD, NOTHING, WORKS = "before the award", "grants do nothing", "grants work"
T_OF_MANY = 1.97  # of 95%, at some 200 degrees of freedom
COVERED, TOGETHER = (0.93, 0.975), (0.92, 0.99)  # what intervals aim at, and bands
DOCUMENT = PROJECT / "docs" / "WAVES.md"

Truth = dict[tuple[str, int], Floats]  # by wave and story, −1 = all alike: effects in every quarter but the first


@dataclass(frozen=True, slots=True)
class Task:
    """One programme; every second one has grants that work. truth: what these do, as `truth` has it."""

    design: str
    number: int
    truth: Truth


@dataclass(frozen=True, slots=True)
class Results:
    """A row for each cell of enough firms; minutes that the run took."""

    rows: pd.DataFrame
    minutes: float


def truth(design: Design, seed: int, firms: int = 40_000) -> Truth:
    """Expected effects of a grant that works, as a share of a firm's own mean before, of the population that funded
    firms are drawn from, fully reported, that sold before.

    E(e^τ − 1) · E(sales without a grant / mean before), as effects do not depend on sales: the first by formula, the
    second a mean over many firms. Who sold before is not drawn in.
    """
    rng = np.random.default_rng(seed)
    gain = np.expm1(design.effect + (design.effect * SPREAD) ** 2 / 2)
    shares = {story: _shares(design, story, firms, rng) for story in range(len(STORIES))}
    shares[-1] = np.mean(list(shares.values()), axis=0)
    by_month = {
        (str(MONTHS[wave]), story): gain * shares[story] * (np.arange(len(MONTHS)) > wave)
        for wave, story in product(WAVES, shares)
    }
    by_quarter = pd.DataFrame(by_month, index=MONTHS).groupby(MONTHS.asfreq("Q")).mean()
    return {column: by_quarter[column].to_numpy()[1:] for column in by_month}


def _shares(design: Design, story: int, firms: int, rng: np.random.Generator) -> Floats:
    """(months,) mean of sales without a grant over the firm's own mean before."""
    drawn = firms_of(design, np.full(firms, story), np.ones(firms, dtype=bool), rng)
    sales = paths_of(design, drawn, rng).without()
    before = sales[:, BEFORE].mean(axis=1)
    return np.asarray((sales[before > 0] / before[before > 0, None]).mean(axis=0))


def estimated(task: Task) -> pd.DataFrame:
    """Simulate and estimate one programme: its cells and those of its sectors."""
    works = task.number % 2 == 1
    rng = np.random.default_rng([SEED, list(OF_WAVES).index(task.design), task.number])
    made = programme(OF_WAVES[task.design], rng, works=works)
    found = wave_paths(in_waves(made.panel), OUTCOME, settings())
    rows = []
    for group, size in made.sizes.items():
        true = {wave: task.truth[wave, made.stories[group]] * works for wave in found.awarded}
        since = {wave: found.periods.asi8 - award.ordinal for wave, award in found.awarded.items()}
        for wave, at, row in _cells(_paths(found, str(group)), true):
            rows.append({"group": group, "size": size, "since": since[wave][at]} | row)
    return pd.DataFrame(rows).assign(design=task.design, programme=task.number, works=works)


def in_waves(panel: Panel) -> Panel:
    """The same firms; those awarded in one month are a wave."""
    wave = panel.units["cohort"].astype(str).where(panel.funded)
    return Panel(panel.units.assign(wave=wave), panel.periods, panel.outcomes)


def _paths(found: WavePaths, group: str) -> dict[str, WavePath]:
    """By wave, of the programme or of a sector."""
    parts: dict[str, list[SectorPath]] = {}
    for (sector, wave), part in found.by_sector.items():
        if group in (WHOLE, sector):
            parts.setdefault(wave, []).append(part)
    return {wave: joined(of_wave, found.n_firms) for wave, of_wave in parts.items()}


def _cells(paths: Mapping[str, WavePath], true: Mapping[str, Floats]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Wave, period and what is told of it, of each cell of enough firms; the band is over those that are told."""
    cells = [
        (wave, at)
        for wave, path in paths.items()
        for at in range(len(path.att))
        if min(path.counts(at)) >= LEAST and np.isfinite(path.se[at])
    ]
    told = {(wave, at) for wave, at in cells if is_open(paths[wave], at, RULES)}
    critical = critical_of([(paths[wave], at) for wave, at in cells if (wave, at) in told], LEVEL) if told else 0.0
    for wave, at in cells:
        path, truly = paths[wave], float(true[wave][at])
        half, se = path.half_width(at, LEVEL), float(path.se[at])
        sim_half, counts = max(half, critical * se), path.counts(at)
        key = FigureKey(measures.GROUP_TIME, OUTCOME)
        figure = told_point(key, float(path.att[at]), half, sim_half, counts, RULES)
        low, high, sim_low, sim_high = (getattr(figure, end) for end in ("low", "high", "sim_low", "sim_high"))
        row = {"n": counts[0], "told": (wave, at) in told, "below": high < truly, "above": low > truly}
        row |= {"holds": low <= truly <= high, "holds_together": sim_low <= truly <= sim_high}
        yield wave, at, row | {"wider": sim_half / half, "error": float(path.att[at]) - truly, "se": se}


def run(programmes: int, processes: int) -> Results:
    """All programmes of all designs."""
    begun = time.perf_counter()
    known = {name: truth(design, SEED + at) for at, (name, design) in enumerate(OF_WAVES.items())}
    todo = [Task(name, number, known[name]) for name in OF_WAVES for number in range(programmes)]
    rows = pd.concat(all_done(estimated, todo, processes), ignore_index=True)
    return Results(rows, (time.perf_counter() - begun) / 60)


# ---- the document ----------------------------------------------------------------------------------------------------


def document(found: Results) -> str:
    """The whole document."""
    rows = found.rows.assign(when=_when(found.rows), column=_column(found.rows))
    told = rows[rows["told"]]
    programmes = rows.groupby("design")["programme"].nunique().max()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    shares = ", ".join(f"{100 * share:.0f}" for share in WAVE_SHARES)
    parts = [
        "# How often ATT(g, t) holds the truth",
        paragraph(f"""Written by `make simulate` on {datetime.now(UTC):%Y-%m-%d}; seed {SEED}; {programmes:,} programmes
        of each design, every second one with grants that work; {packages}. Do not edit."""),
        paragraph(f"""The designs of [SIMULATION.md](SIMULATION.md), and a tame one: every firm sells in every month,
        and standard deviations of log monthly sales are {TAME.growth:g} a year of growth, {TAME.lasting_shock:g} of
        persistent shocks and {TAME.noise:g} of noise. Each of the three awards is a wave, with {shares}% of the funded
        firms; the first two lie in one quarter. Estimated, gated and rounded with the functions that make the figures
        (METHODS.md 3 and 7): a cell is one wave in one quarter, of a sector or of the programme; it is told where at
        least {LEAST} firms of each arm enter and no firm makes more than {100 * LARGEST_SHARE:g}% of what all pull it.
        A sector of {SIZES[0]} funded firms never tells one, one of {SIZES[1]} seldom. What other tables withhold, and
        what is withheld against subtraction, is not simulated."""),
        paragraph("""The truth is the expected effect on sales over a firm's own mean before, of the population that
        funded firms are drawn from, fully reported, that sold before: 0 before the award and where grants do nothing;
        else E(e^τ − 1), by formula, times the expected ratio of sales without a grant to the mean before, a mean over
        40,000 firms of each pandemic. The programme's is the mean over pandemics."""),
        "## One quarter by itself",
        paragraph(f"""Coverage of the {100 * LEVEL:g}% interval of each cell that is told, in %; in brackets, where it
        is not all, the share of cells of enough firms that are told. From the award on, where grants do nothing, what
        is missing to 100 is the error of the first kind. **Bold**: not {100 * COVERED[0]:g} to {100 * COVERED[1]:g}.
        Monte-Carlo error (one standard deviation, clustered by programme): {_errors(told)}. Columns: funded firms of
        the wave that enter, in a sector; of the whole programme."""),
        _table(rows, _pointwise),
        "## All quarters and waves together",
        paragraph(f"""Share of bands, each over all cells that are told of a sector or of the programme, that hold all
        their truths, in %; in brackets the Monte-Carlo error; after the stroke, how many times as wide as the interval
        of one cell it is (median). "{BEFORE_AWARD}": that the same band holds 0 in all cells before the award; it may
        do so always. **Bold**: not {100 * TOGETHER[0]:g} to {100 * TOGETHER[1]:g}. Columns: funded firms of the
        sector."""),
        _bands(told),
        "## Where intervals miss",
        paragraph("""Of the cells told, the share of intervals that lie wholly below the truth / wholly above it, in %;
        2.5 each where both are right."""),
        _table(told, _sides),
        "## Were every cell of enough firms told",
        paragraph("""Coverage of the intervals, in %, of told and untold cells alike; after the stroke the mean of
        estimate less truth, over the mean standard error."""),
        _table(rows, _ungated),
        *_shown(told),
    ]
    return "\n\n".join(parts) + "\n"


def _shown(told: pd.DataFrame) -> Iterator[str]:
    """What the tables show, and their limits."""
    tame = told[(told["design"] == TAME.name) & (told["when"] == BEFORE_AWARD) & (told["column"] == OF_WHOLE[1])]
    by_firms = told.groupby(["when", "column", "design"])["holds"].mean()
    least = by_firms.groupby(level=["when", "column"]).min().reindex(product((NOTHING, WORKS), (*BY_FIRMS, *OF_WHOLE)))
    nothing, works = (", ".join(f"{100 * share:.1f}" for share in least.loc[when]) for when in (NOTHING, WORKS))
    yield "## What it shows"
    yield paragraph(f"""**The formulas hold.** In the tame design intervals of working grants hold the truth as often as
    they say, and bands a little more often: they go by the least degrees of freedom of their cells. The
    estimates are nearly right on average (the last table), but for the design in which funded firms grow faster; in
    the walk so few firms make the mean that single ones move even these averages, and the truth by one or two percent.
    Coverage above
    {100 * COVERED[1]:g} is rounding: 0 is one of the steps that values are rounded to, and where standard errors are as
    small as a step, a value that misses 0 by less than half a step is told as 0. Of the tame design's waves of the
    programme before the award {100 * tame["holds"].mean():.1f}% hold as told, and
    {100 * (tame["error"].abs() <= T_OF_MANY * tame["se"]).mean():.1f}% unrounded.""")
    yield paragraph(f"""**Where grants work, small waves hold too seldom.** The least coverage of any design, column by
    column: {nothing} where grants do nothing, {works} where they work. Nearly all that miss lie below the truth: sales
    over a mean before are skewed to the right, and a sample without one of the few large gains has both a small effect
    and a small standard error. So an effect is understated rather than invented. The rule that no firm makes more than
    {100 * LARGEST_SHARE:g}% of a cell adds to it, by up to two points: it withholds the very cells in which a large
    gain was drawn.""")
    yield paragraph("""**Bands suffer from the same**, of programmes whose sales have heavy tails most. Their t reaches
    farther out, where the skew weighs more; in sectors of 30 the least degrees of freedom make up for it. Before the
    award, where neighbouring quarters are compared and little is skewed, bands hold: one that excludes 0 there does
    so seldom by chance.""")
    yield paragraph("""**Firms that grow faster are not adjusted for.** In the selected design the estimates of the
    programme lie 0.4 standard errors too high from the award on, and misses change sides; larger waves would show it
    more. The effects of METHODS.md 10, which are adjusted, are what claims rest on; no claim rests on these cells.""")
    yield "## Limits"
    yield paragraph("""Three waves of one call in two neighbouring quarters, beside one and a half comparison firms for
    each funded one. Firms are independent of each other but for their sector's season and pandemic. Which waves firms
    are in is drawn, how many are funded in a sector is fixed: the standard error of the programme reckons with sectors
    drawn, too, and may be a little wide for it. A band is judged once for each programme, so that its error is a point
    or two. Other outcomes, quarterly and yearly data, waves of other calls were not simulated.""")


def _when(rows: pd.DataFrame) -> pd.Series:
    return rows["works"].map({False: NOTHING, True: WORKS}).where(rows["since"] >= 0, BEFORE_AWARD)


def _column(rows: pd.DataFrame) -> pd.Series:
    """Of the tables: by how many funded firms enter."""
    of_whole, by_firms = (
        pd.cut(rows["n"], [0, *limits, np.inf], right=False, labels=names).astype(str)
        for limits, names in ((PARTS_OF_WHOLE, OF_WHOLE), (PARTS, BY_FIRMS))
    )
    return by_firms.where(rows["size"] > 0, of_whole)


def _table(rows: pd.DataFrame, cell: Callable[[pd.DataFrame], str]) -> str:
    by = {key: cell(of) for key, of in rows.groupby(["design", "when", "column"])}
    columns = [*BY_FIRMS, *OF_WHOLE]
    lines = [
        [f"{design}, {when}", *(by.get((design, when, column), "–") for column in columns)]
        for design, when in product(rows["design"].unique(), (BEFORE_AWARD, NOTHING, WORKS))
    ]
    return table(["", *columns], lines)


def _pointwise(rows: pd.DataFrame) -> str:
    told, share = rows["told"].mean(), rows.loc[rows["told"], "holds"].mean()
    text = f"{100 * share:.1f}" + (f" ({100 * told:.0f})" if told < 0.995 else "")
    return text if COVERED[0] <= share <= COVERED[1] else f"**{text}**"


def _sides(rows: pd.DataFrame) -> str:
    return f"{100 * rows['below'].mean():.1f} / {100 * rows['above'].mean():.1f}"


def _ungated(rows: pd.DataFrame) -> str:
    return f"{100 * rows['holds'].mean():.1f} / {rows['error'].mean() / rows['se'].mean():+.2f}"


def _errors(told: pd.DataFrame) -> str:
    """Monte-Carlo errors of coverage, the largest of the sectors' and of the programme's."""
    by = told.groupby([told["size"] == 0, "design", "when", "column"])
    errors = by[["holds", "programme"]].apply(lambda of: Share.of(of["holds"], of["programme"]).error)
    sectors, whole = errors.groupby(level=0).max()
    return f"at most {100 * sectors:.1f} points of sectors and {100 * whole:.1f} of the programme"


def _bands(told: pd.DataFrame) -> str:
    before = told[told["since"] < 0]
    sizes = (*SIZES[2:], 0)
    lines = []
    for design, when in product(told["design"].unique(), (BEFORE_AWARD, NOTHING, WORKS)):
        rows = before if when == BEFORE_AWARD else told[told["works"] == (when == WORKS)]
        of_sizes = (rows[(rows["design"] == design) & (rows["size"] == size)] for size in sizes)
        most = 1.0 if when == BEFORE_AWARD else TOGETHER[1]
        lines.append([f"{design}, {when}", *(_band(of, most) for of in of_sizes)])
    return table(["", *(str(size or WHOLE) for size in sizes)], lines)


def _band(rows: pd.DataFrame, most: float) -> str:
    if rows.empty:
        return "–"
    held = rows.groupby(["programme", "group"])["holds_together"].min().reset_index()
    share = Share.of(held["holds_together"], held["programme"])
    text = f"{100 * share.value:.1f} ({100 * share.error:.1f}) / {rows['wider'].median():.2f}"
    return text if TOGETHER[0] <= share.value <= most else f"**{text}**"


def main() -> None:
    """Simulate, estimate, write the document."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--programmes", type=int, default=PROGRAMMES, help="of each design (%(default)s)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, help=f"a file; {DOCUMENT.name} of a full run, else the screen")
    parser.add_argument("--keep", type=Path, help="a folder for the single cells, as Parquet")
    chosen = parser.parse_args()
    found = run(chosen.programmes, chosen.processes)
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        found.rows.to_parquet(chosen.keep / "cells.parquet")
    deliver(document(found), chosen.output, DOCUMENT, full=chosen.programmes == PROGRAMMES)
    print(f"{found.minutes:.0f} minutes")


if __name__ == "__main__":
    main()
