"""docs/SIMULATION.md: what the simulated programmes say about the intervals that are published."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import pandas as pd

from tests.bench.designs import (
    COMPARISON_PER_FUNDED,
    DESIGNS,
    DRAWN_IN,
    EFFECT,
    LEAST_COMPARISON,
    LEFT_OUT,
    MIN_FIRMS,
    SIZES,
    SPREAD,
    STOPPED,
    STORIES,
    Design,
)
from tests.bench.markdown import Share, item, paragraph, table
from tests.bench.peer import CALLS

COVERAGE = (0.93, 0.975)  # what every cell aims at
ERRORS = 0.065  # most effects found where there is none
MAY_BE_LONG = ("euro_weighted", "extra euros", "share offset", "started_selling")  # on purpose, or because rare
RARE = 0.1  # a cell shown less often than this is not judged
PROGRAMME = 0  # the size under which the whole programme stands
ADJUSTED = ("typical_firm", "euro_weighted", "symmetric_growth", "online_share")


@dataclass(frozen=True, slots=True)
class Results:
    """Frames of single intervals, of tests of equal sectors and of times; minutes that the run took."""

    rows: pd.DataFrame
    tests: pd.DataFrame
    seconds: pd.DataFrame
    minutes: float


@dataclass(frozen=True, slots=True)
class Cell:
    """What one estimand did at one number of funded firms under one design. shown: share that had an interval."""

    design: str
    what: str
    size: int
    coverage: Share
    errors: Share
    shown: float

    @property
    def outside(self) -> bool:
        """Whether it misses what every cell aims at."""
        long = self.coverage.value > COVERAGE[1] and not self.what.startswith(MAY_BE_LONG)
        missed = self.coverage.value < COVERAGE[0] or long or self.errors.value > ERRORS
        return missed and self.shown >= RARE

    def __str__(self) -> str:
        if not self.coverage.n:
            return "–"
        errors = f"{100 * self.errors.value:.1f}" if self.errors.n else "–"
        text = f"{100 * self.coverage.value:.1f} / {errors}"
        if self.shown < 0.995:
            text += f" ({100 * self.shown:.0f})"
        return f"**{text}**" if self.outside else text


def cells(found: Results) -> list[Cell]:
    """Every cell of ours, in the order of the tables."""
    return [
        Cell(str(design), str(what), int(size), *_coverage_and_errors(rows), rows["holds"].notna().mean())
        for (design, what, size), rows in found.rows.groupby(["design", "what", "size"], sort=False)
        if not str(what).startswith("peer")
    ]


def _coverage_and_errors(rows: pd.DataFrame) -> tuple[Share, Share]:
    shown = rows[rows["holds"].notna()]
    null = shown[~shown["works"]]
    return Share.of(shown["holds"], shown["programme"]), Share.of(null["rejects"], null["programme"])


def outside(found: Results) -> Iterator[str]:
    """A line for each cell that misses its aim, with Monte-Carlo errors."""
    for cell in cells(found):
        if cell.outside:
            shares = (f"{share.value:.3f} ({share.error:.3f})" for share in (cell.coverage, cell.errors))
            size = cell.size or "programme"
            yield "{}, {}, {}: coverage {}, errors {}".format(cell.design, cell.what, size, *shares)


def document(found: Results, seed: int) -> str:
    """The whole document."""
    every = cells(found)
    designs = [_design(every, name) for name in found.rows["design"].unique()]
    peer = [_peer(found)] if len(found.seconds) else []
    opening = _opening(found, every, seed)
    return "\n\n".join([opening, *designs, _lengths(found), _together(found), *peer, _how()]) + "\n"


def _opening(found: Results, every: list[Cell], seed: int) -> str:
    programmes = found.rows.groupby("design")["programme"].nunique().max()
    usual = [cell for cell in every if cell.shown > 0.5]
    sector, whole = ([c for c in usual if (c.size == PROGRAMME) == wanted] for wanted in (False, True))
    errors = [
        max(100 * getattr(c, share).error for c in part) for part in (sector, whole) for share in ("coverage", "errors")
    ]
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "diff-diff"))
    return "\n\n".join(
        [
            "# How often the intervals are right",
            paragraph(f"""Written by `make simulate` on {datetime.now(UTC):%Y-%m-%d}; seed {seed}; {programmes:,}
            programmes of each design, every second one with grants that work; {packages}. Do not edit."""),
            paragraph(f"""Each cell: **coverage / error of the first kind**, in %. Coverage is the share of 95%
            intervals, over all complete years unless said otherwise, that hold the true effect; the error is the share
            that exclude zero where grants do nothing. In brackets, where it is not all, the share of groups that had an
            interval. Columns: funded firms per sector, and the whole programme. Aim: coverage of {100 * COVERAGE[0]:g}
            to {100 * COVERAGE[1]:g} (euros and rare events may be above), errors of at most {100 * ERRORS:g}; a cell
            that misses it is **bold**, unless fewer than {100 * RARE:.0f}% of groups had an interval. Monte-Carlo error
            (one standard deviation, clustered by programme), where most groups had one: at most {errors[0]:.1f} points
            of coverage and {errors[1]:.1f} of errors for sectors, {errors[2]:.1f} and {errors[3]:.1f} for the
            programme."""),
        ]
    )


def _design(every: list[Cell], name: str) -> str:
    by = {(cell.what, cell.size): str(cell) for cell in every if cell.design == name}
    lines = [
        [what, *(by[what, size] for size in (*SIZES, PROGRAMME))] for what in dict.fromkeys(what for what, _ in by)
    ]
    return f"## {DESIGNS[name].title}\n\n{table(['', *map(str, SIZES), 'programme'], lines)}"


def _lengths(found: Results) -> str:
    """Adjusted over unadjusted."""
    lines = []
    for design, rows in found.rows.groupby("design", sort=False):
        for what in ADJUSTED:
            by_size = _ratio(rows, what, f"{what}, unadjusted").groupby(level="size").median()
            lines.append([f"{design}, {what}", *map(_number, by_size.reindex([*SIZES, PROGRAMME]))])
    lined = table(["", *map(str, SIZES), "programme"], lines)
    return (
        f"## What the adjustment does to the length\n\nMedian of the adjusted interval over the unadjusted.\n\n{lined}"
    )


def _ratio(rows: pd.DataFrame, one: str, other: str) -> pd.Series:
    """Length over length, of the same groups of the same programmes."""
    keys = ["design", "programme", "group", "size"]
    a, b = (rows[rows["what"] == what].set_index(keys)["length"] for what in (one, other))
    return (a / b).dropna()


def _together(found: Results) -> str:
    """Šidák intervals of all sectors; Welch's test."""
    sectors = found.rows[(found.rows["size"] != PROGRAMME) & found.rows["holds_together"].notna()]
    held = (
        sectors["holds_together"].astype(float).groupby([sectors[key] for key in ("what", "design", "programme")]).min()
    )
    null = found.tests[~found.tests["works"] & found.tests["p"].notna()].set_index(["what", "design"])["p"] < 0.05
    designs = list(found.rows["design"].unique())
    lines = [
        [what, *(_percent(share.loc[what, design]) for share in (held, null) for design in designs)]
        for what in found.tests["what"].unique()
    ]
    told = paragraph("""Left: the share of programmes in which the simultaneous (Šidák) intervals of all sectors hold
    their true effects, in %; aim 95 or more. Right: how often Welch's test says that sectors differ where no grant has
    an effect, in %; aim 5. Monte-Carlo errors in brackets.""")
    lined = table(["", *designs, *(f"differ, {design}" for design in designs)], lines)
    return f"## All sectors at once\n\n{told}\n\n{lined}"


def _peer(found: Results) -> str:
    """What diff-diff prints for the same sectors."""
    peers = [f"peer {name}" for name in CALLS]
    numbers = found.rows.loc[found.rows["what"].isin(peers), "programme"].unique()
    rows = found.rows[found.rows["programme"].isin(numbers)]
    ours = ("typical_firm", "typical_firm, unadjusted")
    lines = [
        [f"{design}, {what}", *(_beside(mine[(mine["what"] == what) & (mine["size"] == size)]) for size in SIZES)]
        for design, mine in rows.groupby("design", sort=False)
        for what in (*ours, *peers)
    ]
    ratios = "; ".join(
        f"{one} over {other}: {_ratio(rows, one, other).median():.2f}" for one in ours for other in peers
    )
    speed = found.seconds.groupby("who")["seconds"].median()
    times = " and ".join(f"{speed[name] / speed['ours']:.1f} times ({name})" for name in CALLS)
    opening = paragraph(f"""The first {len(numbers)} programmes of each design, sector by sector, with diff-diff
    {version("diff-diff")} as its documentation leads to, and its own standard errors, clustered by firm. Both calls
    speak of what `typical_firm` speaks of; they get the year before the call and the three years after the last award,
    firm by month with sales, or firm by year.""")
    closing = paragraph(f"""Median length of ours over theirs, the same sectors: {ratios}. One sector's effect, from
    the panel to the shared range, takes us {1e6 * speed["ours"]:,.0f} microseconds (median; one process; without the
    shared range {1e6 * speed["own"]:,.0f}, by section 4 {1e6 * speed["section 4"]:,.0f}); the peer, from its long
    table, {times} as long in the same run.""")
    calls = "\n".join(f"- {name}: `{call}`" for name, call in CALLS.items())
    key = "Coverage / error of the first kind, in %; median length on the log scale."
    lined = table(["", *map(str, SIZES)], lines)
    return "\n\n".join(["## Beside what analysts use", opening, calls, key, lined, closing])


def _beside(rows: pd.DataFrame) -> str:
    coverage, errors = _coverage_and_errors(rows)
    return f"{100 * coverage.value:.1f} / {100 * errors.value:.1f}; {rows['length'].median():.2f}"


def _how() -> str:
    """The designs and the truth, in numbers."""
    designs = "\n".join(item(_told(design)) for design in DESIGNS.values())
    return "\n\n".join(
        [
            "## How it is done",
            paragraph(f"""A programme has {len(SIZES) * len(STORIES)} sectors, {len(STORIES)} of each size, with their
            own seasons and pandemics; {COMPARISON_PER_FUNDED} comparison firms for each funded one, at least
            {LEAST_COMPARISON}; monthly data, three waves within three months, a before year, an earlier year, three
            years after. {100 * LEFT_OUT:.0f}% of months are not reported; {100 * STOPPED[True]:.0f}% of funded and
            {100 * STOPPED[False]:.1f}% of comparison firms stop reporting for good. An effect needs {MIN_FIRMS} firms
            per arm here, so that small sectors are judged too; the published figures ask for more."""),
            designs,
            paragraph(f"""Where grants work they raise online sales by {100 * np.expm1(EFFECT):.0f}% for the typical
            firm (log effects have mean {EFFECT:.3f} and standard deviation {SPREAD * EFFECT:.3f} between firms), and
            {100 * DRAWN_IN:.0f}% of the funded firms that would never have sold online start within a year."""),
            paragraph("""The truth is that of the population that funded firms are drawn from, fully reported: an
            interval that holds it reckons with which firms happened to be funded and with what they left out. It is
            exact for `typical_firm` and `started_selling`, otherwise a mean over 40,000 firms of each pandemic.
            `euro_weighted`: log ratio of expected euros with and without grants, firms drawn in included.
            `symmetric_growth`: mean with grants less mean without, each over firms that sell in either window. Share
            offset: expected extra euros over the expected fall of offline sales since 2019. Extra euros: of the very
            firms that were analysed."""),
        ]
    )


def _told(design: Design) -> str:
    tails = "are normal" if design.tails is None else f"are of Student's t with {design.tails:g} degrees of freedom"
    quiet = " to ".join(f"{100 * share:.0f}" for share in design.quiet)
    larger = f"""Funded firms are {design.larger:g} standard deviations of log turnover larger, and firms grow by
    {design.faster:g} a year faster for each: the funded by {100 * design.larger * design.faster:.1f} points a year."""
    walk = f"""Beside it a random walk: a month's step has a standard deviation of {design.walk:g} in the median firm,
    which differs between firms by {design.volatility:g} in logs; {100 * design.jumps:g}% of months have a jump, of
    standard deviation {design.jump:g}."""
    return f"""**{design.title}.** Standard deviations of log monthly sales: {design.level:g} between firms of equal
    turnover, {design.growth:g} a year of growth, {design.lasting_shock:g} of persistent shocks (autocorrelation
    {design.serial:g} from month to month), {design.noise:g} of noise; shocks {tails}. {100 * design.never:.0f}% of
    firms never sell, {100 * design.late:.0f}% start late, {100 * design.now_and_then:.0f}% sell now and then (nothing
    in {quiet}% of months). {larger if design.larger else ""}{walk if design.walk else ""}"""


def _percent(values: pd.Series) -> str:
    """A share over programmes, and its error."""
    return f"{100 * values.mean():.1f} ({100 * values.astype(float).std() / len(values) ** 0.5:.1f})"


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"
