"""Panels for the tests: from a small table that a person can read, or drawn at random."""

from io import StringIO

import numpy as np
import pandas as pd

from analytics.panel import Panel
from analytics.programme.classifications import division_2007
from analytics.programme.file import Programme

FIRST = {"M": "2018-01", "Q": "2018Q1", "Y": "2018"}


def long(written: str) -> pd.DataFrame:
    """A table of firms × periods as a long frame. A dot is "not reported", a dash "never funded" or "not closed"."""
    table = pd.read_csv(StringIO(written), sep=r"\s+", na_values=["."], dtype={"cohort": str, "closed": str})
    fixed = [name for name in ("firm", *FIXED, "closed", "cohort") if name in table]
    frame = table.melt(id_vars=fixed, var_name="period", value_name="sales")
    return frame.assign(**{name: frame[name].replace("-", "") for name in ("cohort", "closed") if name in frame})


FIXED = ("sector", "macro", "sells", "employees", "grant_eur")


def panel_of(written: str) -> Panel:
    """The panel of such a table; columns beside firm, cohort, closed and periods are the sector and covariates."""
    frame = long(written)
    return Panel.from_frame(
        frame,
        unit="firm",
        period="period",
        cohort="cohort",
        outcomes="sales",
        sector="sector" if "sector" in frame else None,
        covariates=[name for name in FIXED[1:] if name in frame],
        closed="closed" if "closed" in frame else None,
    )


def shares_of(written: str) -> Panel:
    """The panel of a table whose cells are sales/total_sales, each a number or a dot."""
    frame = long(written)
    for at, name in enumerate(("sales", "total_sales")):
        frame[name + " read"] = pd.to_numeric(frame["sales"].str.split("/").str[at].replace(".", None))
    frame = frame.drop(columns="sales").rename(columns=lambda name: name.removesuffix(" read"))
    return Panel.from_frame(
        frame, unit="firm", period="period", cohort="cohort", outcomes=["sales", "total_sales"],
        sector="sector" if "sector" in frame else None,
    )  # fmt: skip


def drawn(
    seed: int,
    *,
    frequency: str = "Q",
    years: int = 5,
    funded: tuple[int, ...] = (8, 6),
    comparison: tuple[int, ...] = (9, 7),
    cohorts: tuple[int, ...] = (8, 10),
    missing: float = 0.1,
    zeros: float = 0.05,
    starters: float = 0.0,
) -> Panel:
    """Firms of sectors s0, s1, … with growth, seasons, heavy tails, zeros and gaps.

    funded, comparison: firms by sector; missing, zeros: shares of cells; starters: share of firms that sell nothing up
    to some period, and as many from some period on; cohorts: positions of the funded periods, which may lie after the
    data.
    """
    rng = np.random.default_rng(seed)
    periods = pd.period_range(FIRST[frequency], periods=years * {"M": 12, "Q": 4, "Y": 1}[frequency], freq=frequency)
    sector = [f"s{s}" for counts in (funded, comparison) for s, n in enumerate(counts) for _ in range(n)]
    n, n_funded = len(sector), sum(funded)
    at = np.where(np.arange(n) < n_funded, rng.choice(cohorts, n), -1)
    cohort = pd.PeriodIndex([periods[0] + k if k >= 0 else pd.NaT for k in at], freq=frequency)
    level = rng.normal(8, 1.2, (n, 1)) + np.cumsum(rng.normal(0, 0.15, (n, len(periods))), axis=1)
    sales = np.exp(level + 0.3 * np.sin(np.arange(len(periods))) + rng.normal(0, 0.2, level.shape))
    sales = np.where(rng.random(sales.shape) < zeros, 0, sales)
    sales = np.where(rng.random(sales.shape) < missing, np.nan, sales)
    if starters:
        turn, draw = rng.integers(1, len(periods), (n, 1)), rng.random((n, 1))
        late, time = draw < starters, np.arange(len(periods))
        idle = (late & (time < turn)) | (~late & (draw < 2 * starters) & (time >= turn))
        sales = np.where(idle & np.isfinite(sales), 0, sales)
    firms = pd.Index([f"f{i:03d}" for i in range(n)], name="firm_id")
    units = pd.DataFrame({"sector": sector, "cohort": cohort.array}, index=firms)
    units["macro"] = units["sector"].map(lambda name: "low" if name in ("s0", "s1") else "high")
    return Panel(units, periods, {"sales": sales})


def rich(panel: Panel, seed: int = 0, *, missing: float = 0.1) -> Panel:
    """The same firms with what else an officer knows: total sales, staff, grants, eligible spending.

    Offline sales fall by about a fifth a year; some total sales, staff numbers and no grant are missing; some firms
    sell nothing at all for a while.
    """
    rng = np.random.default_rng(seed)
    sales, n = panel.outcomes["sales"], len(panel.units)
    known = np.where(np.isfinite(sales), sales, 0)
    level = np.exp(rng.normal(9, 1, (n, 1)) + rng.normal(0, 0.05, sales.shape))
    offline = level * 0.8 ** (np.arange(sales.shape[1]) / panel.periods_per_year)
    offline = np.where(rng.random(sales.shape) < missing, np.nan, offline)
    total = np.where((known == 0) & (rng.random((n, 1)) < 0.1), known, known + offline)
    staff = np.round(np.exp(rng.normal(1.5, 1, n)), 1)
    units = panel.units.assign(
        employees=np.where(rng.random(n) < missing, np.nan, np.where(rng.random(n) < 0.05, 0, staff)),
        grant_eur=np.where(panel.funded, np.round(rng.uniform(2000, 10000, n), 2), np.nan),
        eligible_spend_eur=np.where(panel.funded, np.round(rng.uniform(5000, 30000, n), 2), np.nan),
    )
    return Panel(units, panel.periods, {"sales": sales, "total_sales": total})


def with_sales(panel: Panel, sales: np.ndarray) -> Panel:
    """The same firms with other sales."""
    return Panel(panel.units, panel.periods, panel.outcomes | {"sales": sales})


def in_units_of(panel: Panel, factor: float) -> Panel:
    """The same panel with every series of money, grants too, in another unit."""
    money = {name: panel.units[name] * factor for name in ("grant_eur", "eligible_spend_eur") if name in panel.units}
    outcomes = {name: values * factor for name, values in panel.outcomes.items()}
    return Panel(panel.units.assign(**money), panel.periods, outcomes)


def classified(applications: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """Applications with the sector and macro-sector that their activity code has in the programme file."""
    division_of = {code: division_2007(code, "2007") for code in set(applications["ateco_code"])}
    firms = applications.drop(columns=["sector", "macro_sector"], errors="ignore")
    firms = firms.assign(division=firms["ateco_code"].map(division_of))
    for name in ("sector", "macro_sector"):
        firms[name] = programme.dimension(name).code_of(firms)
    return firms.drop(columns="division")
