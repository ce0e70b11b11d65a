"""Invented programmes whose true effects are known: three designs, from tame to rough.

Every funded firm has two paths of online sales, with and without its grant, from the same shocks; the panel holds what
it reported of one of them. No estimator is known here, so the truth can judge any.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from analytics.model import Settings
from analytics.panel import Panel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

OUTCOME = "online_sales"
WHOLE = "programme"  # the name of all sectors together, of size 0

MONTHS = pd.period_range("2018-01", "2024-02", freq="M")
PANDEMIC = 26  # March 2020, as a position in MONTHS
WAVES = (34, 35, 37)  # awards of November and December 2020 and February 2021
WAVE_SHARES = (0.45, 0.18, 0.37)
YEAR = 12
BEFORE = slice(17, 29)  # June 2019 to May 2020: the call opened in June
BASELINE = slice(12, 24)  # 2019, from which losses are counted
LATEST = max(WAVES) + 1  # from here on every wave's first year has begun
DIP = slice(BEFORE.stop - 6, BEFORE.stop)  # the last months before the call: a firm may apply because it does badly

SIZES = (8, 15, 30, 80)  # funded firms per sector
COMPARISON_PER_FUNDED, LEAST_COMPARISON = 1.5, 12
# Four sectors of each size, each with its own pandemic: log rise of online sales in March 2020, the part that stays,
# months until a third of the rest is left; the season's peak month and log height.
STORIES = ((0.70, 0.30, 10, 12, 0.35), (0.10, 0.05, 10, 6, 0.08), (0.35, 0.20, 14, 11, 0.25), (0.90, 0.15, 8, 7, 0.45))

FURTHEST = 5.0  # standard deviations that a heavy-tailed shock reaches
LOSS, LASTING_LOSS = 0.3, 0.18  # log fall of offline sales in March 2020, beyond the part that stays
LEFT_OUT = 0.06  # share of months not reported
STOPPED = {True: 0.04, False: 0.065}  # share of firms that stopped reporting for good: funded, comparison
EFFECT = float(np.log(1.2))  # mean log effect on a firm that sells online
UNLIKE = "unlike"  # the name of the design in which one sector's effect is unlike that of all others
UNLIKE_EFFECT, OTHERS_EFFECT = float(np.log(0.80)), float(np.log(1.18))
MIN_FIRMS = 5  # per arm: fewer than the figures ask for, so that small sectors are judged too
SPREAD = 0.6  # standard deviation of effects between firms, relative to the mean
DRAWN_IN = 0.35  # share of firms that would never sell online whom the grant makes start


@dataclass(frozen=True, slots=True)
class Design:
    """How firms differ and move. Standard deviations are of log monthly sales.

    level: between firms, beyond what turnover explains; tails: degrees of freedom of Student's t for levels, growth and
    shocks (None: normal); growth: yearly, between firms; serial, lasting_shock: first-order autocorrelation and size of
    persistent shocks; noise: of single months; never, late, now_and_then: shares of firms that never sell online, that
    start between mid-2020 and 2022, and that sell nothing in `quiet` (from, to) of their months; larger: how much
    larger funded firms are, in standard deviations of log turnover; faster: yearly log growth per such deviation;
    effect: mean log effect of a grant that works, on a firm that sells online. Without any grant, ahead: yearly log
    growth of funded firms beyond that of comparison firms; dip: share of online sales that funded firms lack in the
    months of DIP, and have back, by and by, at the first award. walk: standard deviation of a month's step of a random
    walk, in the median firm; volatility: how much that differs between firms, in logs; jumps: share of months with one,
    of standard deviation `jump`.
    """

    name: str
    title: str
    level: float = 0.95
    tails: float | None = None
    growth: float = 0.16
    serial: float = 0.8
    lasting_shock: float = 0.4
    noise: float = 0.2
    never: float = 0.09
    late: float = 0.06
    now_and_then: float = 0.15
    quiet: tuple[float, float] = (0.1, 0.5)
    larger: float = 0.0
    faster: float = 0.0
    effect: float = EFFECT
    ahead: float = 0.0
    dip: float = 0.0
    walk: float = 0.0
    volatility: float = 0.0
    jumps: float = 0.0
    jump: float = 0.0


DESIGNS = {
    design.name: design
    for design in (
        Design("base", "Base"),
        Design(
            "heavy",
            "Heavy tails, 40% zeros, strong serial correlation",
            level=1.2,
            tails=4.0,
            serial=0.95,
            lasting_shock=0.5,
            never=0.20,
            late=0.08,
            now_and_then=0.40,
            quiet=(0.1, 0.8),
        ),
        Design("selected", "Larger firms funded, and growing faster", larger=0.6, faster=0.02),
        Design(
            "walk",
            "A random walk, with a volatility of each firm and jumps",
            tails=5.0,
            growth=0.0,
            lasting_shock=0.0,
            walk=0.07,
            volatility=0.5,
            jumps=0.01,
            jump=0.5,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Sector:
    """Its name, the firms of each arm, and its row of STORIES. effect: mean log effect of a grant that works (None: the
    design's); ahead: whether its funded firms are ahead, where those of the design are.
    """

    name: str
    funded: int
    comparison: int
    story: int
    effect: float | None = None
    ahead: bool = True


@dataclass(frozen=True, slots=True)
class Firms:
    """Who they are, each (n,). story: row of STORIES; wave: position of the award, also drawn for comparison firms,
    who have none; size: log turnover in standard deviations; effect: mean log effect of a grant that works; ahead:
    whether the firm is ahead, where funded firms are."""

    story: Ints
    funded: Flags
    wave: Ints
    size: Floats
    effect: Floats
    ahead: Flags


@dataclass(frozen=True, slots=True)
class Paths:
    """(n, months) euros: online sales without a grant while the shop is open, offline sales; whether it is open without
    and with a grant; (n,) log effect of the grant on a firm that sells."""

    selling: Floats
    offline: Floats
    open_without: Flags
    open_with: Flags
    effect: Floats

    def without(self) -> Floats:
        """Online sales if nobody is funded."""
        return self.selling * self.open_without

    def granted(self, firms: Firms) -> Floats:
        """Online sales if the funded firms are: more from the month after the award."""
        since = (np.arange(len(MONTHS)) > firms.wave[:, None]) & (firms.funded & (firms.effect != 0))[:, None]
        return np.where(since, self.selling * np.exp(self.effect)[:, None] * self.open_with, self.without())


@dataclass(frozen=True, slots=True)
class Programme:
    """One simulated programme. sizes: funded firms by sector; stories: row of STORIES by sector, −1 = all together;
    extra: (n,) euros that the grant added in an average year.
    """

    panel: Panel
    sizes: dict[Hashable, int]
    stories: dict[Hashable, int]
    extra: Floats


def settings(adjustment: Literal["pooled_slopes", "none"] = "pooled_slopes") -> Settings:
    """Windows of the simulated programmes."""
    before_ends, baseline = MONTHS[BEFORE.stop - 1], MONTHS[BASELINE.start].year
    return Settings(
        adjustment=adjustment, min_firms=MIN_FIRMS, before_ends=str(before_ends), loss_baseline=str(baseline)
    )


def programme(design: Design, rng: np.random.Generator, *, works: bool) -> Programme:
    """Sixteen sectors, four of each size. works: whether the grants have an effect."""
    sectors = [Sector(f"{n:02d}{'abcd'[k]}", n, comparison_firms(n), k) for n in SIZES for k in range(len(STORIES))]
    return programme_of(sectors, design, rng, works=works)


def programme_unlike(rng: np.random.Generator, number: int) -> tuple[Programme, dict[Hashable, float]]:
    """The base design with grants that work; one sector, which goes round, whose true effect is unlike that of all
    others. The true log effects by sector.
    """
    base = [Sector(f"{n:02d}{'abcd'[k]}", n, comparison_firms(n), k) for n in SIZES for k in range(len(STORIES))]
    effects = [UNLIKE_EFFECT if at == number % len(base) else OTHERS_EFFECT for at in range(len(base))]
    sectors = [replace(one, effect=effect) for one, effect in zip(base, effects, strict=True)]
    made = programme_of(sectors, DESIGNS["base"], rng, works=True)
    return made, {one.name: effect for one, effect in zip(sectors, effects, strict=True)}


def programme_of(sectors: Sequence[Sector], design: Design, rng: np.random.Generator, *, works: bool) -> Programme:
    """These sectors: first all funded firms, then all comparison firms."""
    counts = [one.funded for one in sectors], [one.comparison for one in sectors]
    sector = np.concatenate([np.repeat(np.arange(len(sectors)), count) for count in counts])
    story = np.array([one.story for one in sectors])[sector]
    firms = firms_of(design, story, np.arange(len(sector)) < sum(counts[0]), rng)
    own = np.array([design.effect if one.effect is None else one.effect for one in sectors])
    firms = replace(firms, effect=own[sector], ahead=np.array([one.ahead for one in sectors])[sector])
    paths = paths_of(design, firms, rng)
    without = paths.without()
    online = paths.granted(firms) if works else without
    gain = YEAR * (after_award(online, firms) - after_award(without, firms)).mean(axis=1)
    hidden = _hidden(firms.funded, rng)
    reported = {OUTCOME: online, "total_sales": online + paths.offline}
    units = _units(firms, np.array([one.name for one in sectors])[sector], rng)
    return Programme(
        Panel(units, MONTHS, {name: np.where(hidden, np.nan, values) for name, values in reported.items()}),
        {WHOLE: 0} | {one.name: one.funded for one in sectors},
        {WHOLE: -1} | {one.name: one.story for one in sectors},
        gain,
    )


def comparison_firms(funded: int) -> int:
    """Of a sector with so many funded firms."""
    return max(LEAST_COMPARISON, round(COMPARISON_PER_FUNDED * funded))


def _units(firms: Firms, sector: npt.NDArray[np.str_], rng: np.random.Generator) -> pd.DataFrame:
    n = len(sector)
    cohort = pd.PeriodIndex.from_ordinals(MONTHS[0].ordinal + firms.wave, freq="M")
    grant = np.where(rng.random(n) < 0.65, 10_000.0, rng.uniform(2_800, 10_000, n))
    columns = {
        "sector": sector,
        "cohort": pd.Series(cohort).where(firms.funded).array,
        "employees": np.clip(np.round(np.exp(1.8 + 1.2 * firms.size)), 1, 249),
        "grant_eur": np.where(firms.funded, grant, np.nan),
        "eligible_spend_eur": np.where(firms.funded, grant / 0.7, np.nan),
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(n, name="firm_id"))


def firms_of(design: Design, story: Ints, funded: Flags, rng: np.random.Generator) -> Firms:
    """As many as there are stories."""
    wave = rng.choice(WAVES, len(story), p=WAVE_SHARES)
    size = rng.normal(0, 1, len(story)) + design.larger * funded
    return Firms(story, funded, wave, size, np.full(len(story), design.effect), np.ones(len(story), dtype=bool))


def paths_of(design: Design, firms: Firms, rng: np.random.Generator) -> Paths:
    """What each firm sells, with and without its grant."""
    n = len(firms.story)
    turnover = np.minimum(11 + 1.15 * firms.size + rng.normal(0, 0.4, n), np.log(50e6 / YEAR))  # log, a month; an SME
    level = 8.3 + 0.5 * (turnover - 11) + design.level * _shocks(design, (n,), rng)
    level = np.minimum(level, turnover + np.log(0.5))[:, None]
    path = _moves(design, firms, rng)
    since = np.arange(len(MONTHS)) - PANDEMIC
    loss = np.where(since < 0, 0, LASTING_LOSS + LOSS * np.exp(-np.maximum(since, 0) / 10))
    season, rise = _sector_paths()
    felt = 1 + 0.3 * rng.normal(size=(n, 1))
    selling = np.exp(level + path + season[firms.story] + rise[firms.story] * felt + _dip(design, firms))
    shop = np.log(np.exp(turnover[:, None]) - np.exp(level))
    offline = np.exp(shop + season[firms.story] / 2 - loss + 0.5 * _moves(design, firms, rng))
    effect = firms.effect * (1 + SPREAD * rng.normal(size=n))
    return Paths(selling, offline, *_open(design, firms, rng), effect)


def _sector_paths() -> tuple[Floats, Floats]:
    """(stories, months) logs: the season, and what the pandemic added."""
    jump, lasting, fade, peak, swing = (np.array(column)[:, None] for column in zip(*STORIES, strict=True))
    since = np.arange(len(MONTHS)) - PANDEMIC
    rise = np.where(since >= 0, lasting + (jump - lasting) * np.exp(-np.maximum(since, 0) / fade), 0)
    return np.cos(2 * np.pi * (MONTHS.month.to_numpy() - peak) / YEAR) * swing, rise


def _dip(design: Design, firms: Firms) -> Floats:
    """(n, months) logs: what funded firms lack before they apply, and have back at the first award."""
    at = (DIP.start - 1, DIP.start, DIP.stop - 1, min(WAVES))
    share = np.interp(np.arange(len(MONTHS)), at, (0, 1, 1, 0))
    return firms.funded[:, None] * share * np.log1p(-design.dip)


def _moves(design: Design, firms: Firms, rng: np.random.Generator) -> Floats:
    """Growth of the firm's own, persistent shocks and noise, in logs."""
    shape = n, months = len(firms.story), len(MONTHS)
    years = (np.arange(months) - PANDEMIC) / YEAR
    common = 0.03 + design.faster * firms.size + design.ahead * (firms.funded & firms.ahead)
    growth = common + design.growth * _shocks(design, (n,), rng)
    fresh = _shocks(design, shape, rng) * design.lasting_shock
    fresh[:, 1:] *= (1 - design.serial**2) ** 0.5  # its variance the same in every month
    lasting = lfilter([1.0], [1.0, -design.serial], fresh, axis=1)
    return growth[:, None] * years + lasting + design.noise * _shocks(design, shape, rng) + _walk(design, shape, rng)


def _walk(design: Design, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A random walk whose steps are as large as each firm's own volatility, with jumps."""
    if not design.walk:
        return np.zeros(shape)
    own = design.walk * np.exp(design.volatility * rng.normal(size=(shape[0], 1)))
    jumps = np.where(rng.random(shape) < design.jumps, design.jump * rng.normal(size=shape), 0)
    return np.cumsum(own * _shocks(design, shape, rng) + jumps, axis=1)


def _shocks(design: Design, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Of variance one; heavy tails are bounded, or the mean of what they do to sales would not exist."""
    if design.tails is None:
        return rng.normal(size=shape)
    drawn = rng.standard_t(design.tails, shape) * ((design.tails - 2) / design.tails) ** 0.5
    return np.clip(drawn, -FURTHEST, FURTHEST)


def _open(design: Design, firms: Firms, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Whether a firm sells online in a month, without and with a grant."""
    n, months = len(firms.story), len(MONTHS)
    rest = 1 - design.never - design.late - design.now_and_then
    kind = rng.choice(4, n, p=[design.never, design.late, design.now_and_then, rest])
    start = np.select([kind == 0, kind == 1], [months, rng.integers(PANDEMIC + 3, PANDEMIC + 33, n)], 0)
    drawn_in = (kind == 0) & (rng.random(n) < DRAWN_IN)
    start_with = np.where(drawn_in, firms.wave + 1 + rng.integers(0, YEAR, n), start)
    quiet = np.where(kind == 2, rng.uniform(*design.quiet, n), 0)[:, None]
    stocked = rng.random((n, months)) >= quiet
    month = np.arange(months)
    return (month >= start[:, None]) & stocked, (month >= start_with[:, None]) & stocked


def _hidden(funded: Flags, rng: np.random.Generator) -> Flags:
    """(n, months): months left out, and all months of a firm that has stopped reporting."""
    n, months = len(funded), len(MONTHS)
    stops = rng.random(n) < np.where(funded, STOPPED[True], STOPPED[False])
    until = np.where(stops, rng.integers(YEAR, months, n), months)
    return (rng.random((n, months)) < LEFT_OUT) | (np.arange(months) >= until[:, None])


def after_award(values: Floats, firms: Firms, years: int = 3) -> Floats:
    """(n, months of the window): what the firms' own windows hold."""
    window = firms.wave[:, None] + 1 + np.arange(YEAR * years)
    return np.take_along_axis(values, window, axis=1)
