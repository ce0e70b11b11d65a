"""ATT(g, t) by wave: in loops over firms, against other implementations, and what must hold for any panel."""

import math
from statistics import fmean

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as quickly
from hypothesis import strategies as st
from scipy import stats

from analytics.estimate.event_study import by_quarter, event_study, mean_before
from analytics.estimate.group_time import group_time_att
from analytics.estimate.wave_paths import WavePath, critical_of, joined, wave_paths
from analytics.model import Settings
from analytics.panel import Panel
from tests.helpers.panels import drawn, with_sales

EXACT = 1e-9
CALL = Settings(before_ends="2019-08", award_period="skip")  # the second quarter is the last wholly before
AWARD = Settings(award_period="after")


def in_waves(panel: Panel) -> Panel:
    """The same firms; those funded in one period are a wave."""
    waves = [None if pd.isna(cohort) else f"w{cohort}" for cohort in panel.units["cohort"]]
    return Panel(
        panel.units.assign(wave=pd.Series(waves, index=panel.units.index, dtype=object)), panel.periods, panel.outcomes
    )


PANELS = {
    "months": (
        in_waves(drawn(1, frequency="M", years=4, funded=(14, 12), comparison=(20, 18), cohorts=(22, 25))),
        CALL,
    ),
    "quarters": (in_waves(drawn(2, frequency="Q", funded=(14, 6), comparison=(20, 9), cohorts=(8, 12))), AWARD),
    "years": (in_waves(drawn(3, frequency="Y", years=6, funded=(14, 6), comparison=(20, 9), cohorts=(3, 4))), AWARD),
}


def shares(panel: Panel, settings: Settings, wave: str) -> tuple[dict[str, dict[str, float]], str]:
    """Firm -> quarter or year -> what it sold over its mean in the twelve months before; and the period that a wave's
    effects are counted from; in loops.
    """
    ppy = panel.periods_per_year
    own = panel.units.loc[panel.units["wave"] == wave, "cohort"].min()
    last = own - 1
    if settings.before_ends is not None:
        last = min(pd.Period(settings.before_ends, "M").asfreq(own.freq), last)
    longer = {12: "Q", 4: "Q", 1: "Y"}[ppy]
    found: dict[str, dict[str, float]] = {}
    for row, firm in enumerate(panel.units.index):
        sold = {at: v for at, v in zip(panel.periods, panel.outcomes["sales"][row], strict=True) if v == v}
        before = [v for at, v in sold.items() if last - ppy < at <= last]
        if len(before) < {12: 6, 4: 3, 1: 1}[ppy] or not fmean(before) > 0:
            continue
        by_period: dict[str, list[float]] = {}
        for at, v in sold.items():
            by_period.setdefault(str(at.asfreq(longer)), []).append(v)
        found[firm] = {at: fmean(each) / fmean(before) for at, each in by_period.items()}
    whole = {str(at.asfreq(longer)) for at in pd.period_range(last - 2 * ppy, last, freq=own.freq)
             if at.asfreq(longer).end_time <= last.end_time}  # fmt: skip
    return found, max(whole)


@pytest.mark.parametrize("name", PANELS)
def test_a_cell_is_a_difference_of_mean_changes(name: str) -> None:
    """Of the wave's firms in a sector less its comparison firms, from the last quarter wholly before, or ahead of it
    from the quarter before, of those that report in both.
    """
    panel, settings = PANELS[name]
    paths, told = wave_paths(panel, "sales", settings), 0
    assert {wave for _, wave in paths.by_sector} == set(panel.units["wave"].dropna())
    for (sector, wave), path in paths.by_sector.items():
        share, base = shares(panel, settings, wave)
        firms = panel.units[panel.units["sector"] == sector]
        for at, period in enumerate(paths.periods):
            against = base if str(period) > base else str(period - 1)
            change = {
                firm: share[firm][str(period)] - share[firm][against]
                for firm in firms.index
                if firm in share and {str(period), against} <= share[firm].keys()
            }
            mine = [change[firm] for firm in firms.index[firms["wave"] == wave] if firm in change]
            others = [change[firm] for firm in firms.index[firms["cohort"].isna()] if firm in change]
            if not mine or len(others) < 2:
                assert math.isnan(path.att[at])
                continue
            told += 1
            assert path.att[at] == pytest.approx(fmean(mine) - fmean(others), abs=EXACT)
            assert (path.n_funded[at], path.n_comparison[at]) == (len(mine), len(others))
            alone = joined([path], paths.n_firms)
            if len(mine) > 1:
                welch = stats.ttest_ind(mine, others, equal_var=False)
                half = alone.half_width(at, 0.95)
                low, high = welch.confidence_interval(0.95)
                assert (alone.att[at] - half, alone.att[at] + half) == pytest.approx((low, high), abs=EXACT)
                assert alone.df[at] == pytest.approx(welch.df)
    assert told >= 4 * (len(paths.periods) - 1)


def wave_of_whole_sectors(panel: Panel, settings: Settings, wave: str) -> tuple[WavePath, Panel]:
    """Its path, and the panel of shares of its firms and all comparison firms."""
    paths = wave_paths(panel, "sales", settings)
    path = joined([part for (_, of), part in paths.by_sector.items() if of == wave], paths.n_firms)
    mine = (panel.units["wave"] == wave).to_numpy()
    values, _ = by_quarter(panel, panel.outcomes["sales"])
    first = pd.PeriodIndex([panel.units.loc[mine, "cohort"].min()])
    rows = mine | ~panel.funded
    share = (values / mean_before(panel, panel.outcomes["sales"], first, settings))[rows]
    return path, Panel(panel.units[rows], panel.periods, {"share": share})


@pytest.mark.parametrize("wave", ["w2020Q1", "w2021Q1"])
def test_all_sectors_together_are_compared_within_sector(wave: str) -> None:
    """As the outcome regression on sectors, which `group_time_att` estimates at once, and with its standard error: what
    each firm adds, the sectors' apartness too.
    """
    panel, settings = in_waves(drawn(5, funded=(24, 16, 9), comparison=(30, 20, 15), cohorts=(8, 12))), AWARD
    path, whole = wave_of_whole_sectors(panel, settings, wave)
    found = group_time_att(whole, "share", covariates=["sector"], method="reg", balanced=False)
    np.testing.assert_allclose(path.att, found.frame["att"], atol=EXACT)
    np.testing.assert_allclose((path.pull**2).sum(axis=0) ** 0.5, found.frame["se"], atol=EXACT)
    assert (path.n_funded == found.frame["n_treated"]).all()
    assert (path.n_comparison == found.frame["n_control"]).all()
    wider = path.se / found.frame["se"].to_numpy()
    assert (wider > 1).all()
    assert (wider < 1.1).all()


def test_cells_average_to_the_event_study() -> None:
    """Of one time since the award, over waves by firms: its point less that of the quarter before the award, the base,
    where all firms report.
    """
    panel = in_waves(drawn(13, funded=(24, 16), comparison=(30, 20), cohorts=(8, 10), missing=0, zeros=0))
    paths, points = wave_paths(panel, "sales", AWARD), event_study(panel, "sales", settings=AWARD).effects
    first = paths.periods[0].ordinal
    for event in range(8):
        cells = [(path, paths.awarded[wave].ordinal + event - first) for (_, wave), path in paths.by_sector.items()]
        n = sum(int(path.n_funded[at]) for path, at in cells)
        mean = sum(path.att[at] * path.n_funded[at] for path, at in cells) / n
        assert mean == pytest.approx(points[event].value - points[-1].value, abs=EXACT)


def test_bands_hold_for_all_cells_together() -> None:
    """The critical value is that of a multiplier bootstrap (Mammen's weights on what firms add), in a panel so large
    that t is nearly normal; for one cell it is that cell's own.
    """
    panel = in_waves(drawn(6, funded=(400, 300), comparison=(500, 400), cohorts=(8, 12)))
    paths = wave_paths(panel, "sales", AWARD)
    by_wave = {
        wave: joined([part for (_, of), part in paths.by_sector.items() if of == wave], paths.n_firms)
        for wave in ("w2020Q1", "w2021Q1")
    }
    cells = [(path, at) for path in by_wave.values() for at in range(len(paths.periods))]
    pulls = np.column_stack([path.pull[:, at] for path, at in cells])
    rng, root = np.random.default_rng(1), 5**0.5
    low = rng.random((20_000, len(pulls))) < (root + 1) / (2 * root)
    weights = np.where(low, (1 - root) / 2, (1 + root) / 2)
    drawn_t = np.abs(weights @ pulls / np.sqrt((pulls**2).sum(axis=0))).max(axis=1)
    assert critical_of(cells, 0.95) == pytest.approx(np.quantile(drawn_t, 0.95), rel=0.03)
    [(path, at)] = cells[:1]
    assert critical_of([(path, at)], 0.95) * path.se[at] == pytest.approx(path.half_width(at, 0.95), rel=0.02)


def test_a_wave_of_several_periods_is_one_cohort() -> None:
    """Funded from its first award on: its later firms are counted from the same base."""
    panel = drawn(7, cohorts=(8, 10), funded=(20,), comparison=(20,), missing=0, zeros=0)
    together = Panel(panel.units.assign(wave=np.where(panel.funded, "all", None)), panel.periods, panel.outcomes)
    first = panel.periods[8]
    at_once = panel.units.assign(
        cohort=pd.PeriodIndex([first if funded else pd.NaT for funded in panel.funded], freq="Q").array
    )
    one = in_waves(Panel(at_once, panel.periods, panel.outcomes))
    mine, theirs = (wave_paths(each, "sales", AWARD) for each in (together, one))
    assert mine.awarded == {"all": first}
    np.testing.assert_array_equal(mine.by_sector["s0", "all"].att, theirs.by_sector["s0", f"w{first}"].att)


def test_later_periods_change_no_earlier_cell() -> None:
    """A release of more data tells of the same firms what it told: a cell rests on its two periods and on the year
    before alone. Were the panel balanced, a firm that stops reporting would leave every cell, and the two releases
    together would tell its own.
    """
    panel, _ = PANELS["quarters"]
    sales = panel.outcomes["sales"].copy()
    sales[::5, 18:] = np.nan
    whole = wave_paths(with_sales(panel, sales), "sales", AWARD)
    until = Panel(panel.units, panel.periods[:18], {"sales": panel.outcomes["sales"][:, :18]})
    for place, path in wave_paths(until, "sales", AWARD).by_sector.items():
        np.testing.assert_array_equal(path.att, whole.by_sector[place].att[:17])
        np.testing.assert_array_equal(path.n_funded, whole.by_sector[place].n_funded[:17])


@given(
    seed=st.integers(0, 999),
    frequency=st.sampled_from("MQY"),
    funded=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    comparison=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    cohorts=st.lists(st.integers(0, 40), min_size=1, max_size=3),
    missing=st.sampled_from([0.0, 0.4, 0.95]),
    zeros=st.sampled_from([0.0, 0.5, 1.0]),
)
@quickly(max_examples=60, deadline=None)
def test_whatever_the_panel(seed, frequency, funded, comparison, cohorts, missing, zeros) -> None:
    """No panel breaks it: what has no comparison, no firms, no year before, or an award outside the data has no effect.
    What firms add is as much for as against, and a mean of sectors lies among them.
    """
    made = drawn(seed, frequency=frequency, years=4, funded=tuple(funded), comparison=tuple(comparison),
                 cohorts=tuple(cohorts), missing=missing, zeros=zeros)  # fmt: skip
    panel = in_waves(made)
    paths = wave_paths(panel, "sales", AWARD)
    for wave in paths.awarded:
        parts = [part for (_, of), part in paths.by_sector.items() if of == wave]
        path = joined(parts, paths.n_firms)
        known = np.isfinite(path.att)
        assert (known == (path.n_funded > 0)).all()
        assert np.abs(path.pull.sum(axis=0)).max() <= 1e-7 * (1 + np.abs(path.pull).max())
        assert (path.n_comparison[known] >= 2).all()
        assert (np.isfinite(path.se) <= known).all()
        for at in np.flatnonzero(known):
            each = [part.att[at] for part in parts if np.isfinite(part.att[at])]
            assert min(each) - 1e-9 <= path.att[at] <= max(each) + 1e-9 or not np.isfinite(each).all()
