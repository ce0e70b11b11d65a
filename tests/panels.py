"""Panels for the tests: from a small table that a person can read, or drawn at random."""

from io import StringIO

import numpy as np
import pandas as pd

from analytics.panel import Panel

FIRST = {"M": "2018-01", "Q": "2018Q1", "Y": "2018"}


def long(written: str) -> pd.DataFrame:
    """A table of firms × periods as a long frame. A dot is "not reported", a dash "never funded"."""
    table = pd.read_csv(StringIO(written), sep=r"\s+", na_values=["."], dtype={"cohort": str})
    fixed = [name for name in ("firm", "sector", "macro", "cohort") if name in table]
    frame = table.melt(id_vars=fixed, var_name="period", value_name="sales")
    return frame.assign(cohort=frame["cohort"].replace("-", ""))


def panel_of(written: str) -> Panel:
    """The panel of such a table; columns beside firm, cohort and periods are the sector and covariates."""
    frame = long(written)
    return Panel.from_frame(
        frame,
        unit="firm",
        period="period",
        cohort="cohort",
        outcomes="sales",
        sector="sector" if "sector" in frame else None,
        covariates=["macro"] if "macro" in frame else [],
    )


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
) -> Panel:
    """Firms of sectors s0, s1, … with growth, seasons, heavy tails, zeros and gaps.

    funded, comparison: firms by sector; missing, zeros: shares of cells; cohorts: positions of the funded periods,
    which may lie after the data.
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
    firms = pd.Index([f"f{i:03d}" for i in range(n)], name="firm_id")
    units = pd.DataFrame({"sector": sector, "cohort": cohort.array}, index=firms)
    units["macro"] = units["sector"].map(lambda name: "low" if name in ("s0", "s1") else "high")
    return Panel(units, periods, {"sales": sales})


def with_sales(panel: Panel, sales: np.ndarray) -> Panel:
    """The same firms with other sales."""
    return Panel(panel.units, panel.periods, {"sales": sales})
