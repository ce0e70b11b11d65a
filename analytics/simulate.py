"""The demonstration's files: invented firms that add up to the announced totals, with true effects that are known.

Each funded firm has two paths of online sales, with and without its grant, from the same shocks; the files hold what
it reported of the first, the truth compares the two. No estimator is known here, so the truth can judge any.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.applicants import SECTORS, applicants
from analytics.model import Estimand
from analytics.programme import Programme

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


MONTHS = pd.period_range("2018-01", "2024-02", freq="M")  # the third year after the last award is complete
PANDEMIC = 26  # March 2020, as a position in MONTHS
RAMP = (0.8, 1.05, 1.15)  # year 1, 2, 3 after the award: a shop that opens sells more once it is known
EFFECT_SPREAD = 0.6  # between firms, relative to the sector's effect: a sector of no effect has it for no firm


@dataclass(frozen=True, slots=True)
class Truth:
    """True effects on the log scale, of the funded firms that were simulated and of complete reporting.

    effects: one row per `by` (programme, macro_sector, sector), `group`, `estimand` and `horizon` (overall, 1, 2, 3),
    with `n_firms` and `value`. With ȳ(1), ȳ(0) a firm's mean monthly online sales in the window with and without its
    grant (METHODS.md 3; the before window lies ahead of every award, so it drops out):
    typical_firm = mean of ln ȳ(1) − ln ȳ(0) over funded firms that sell in the before window and in this one;
    euro_weighted = ln Σ ȳ(1) − ln Σ ȳ(0) over all funded firms, those that the grant made start selling included.
    """

    seed: int
    effects: pd.DataFrame
    scale: str = "log"

    def of(self, estimand: Estimand, by: str = "programme", group: str = "all", year: int | None = None) -> float:
        """One true effect; `year` None is overall. Raises KeyError where no firm of the group has one."""
        keys = self.effects.set_index(["by", "group", "estimand", "horizon"])["value"]
        return float(keys[(by, group, estimand.value, str(year or "overall"))])


@dataclass(frozen=True, slots=True)
class Simulation:
    """The two files as frames with the canonical columns, and the truth behind them.

    applications: one row per application. sales: one row per firm × month, euros; an empty amount was not reported.
    """

    applications: pd.DataFrame
    sales: pd.DataFrame
    truth: Truth


@dataclass(frozen=True, slots=True)
class _Paths:
    """Sales of firm × month in euros: online with and without the grant, and offline. Shape (n_firms, months)."""

    with_grant: Floats
    without_grant: Floats
    offline: Floats


def simulate(programme: Programme, seed: int = 20201216) -> Simulation:
    """Invent the files of a programme that announced its tranches, and know the truth. Equal seeds, equal results."""
    applying, selling = np.random.default_rng(seed).spawn(2)
    firms = applicants(programme, applying)
    paths = _paths(firms, selling)
    truth = Truth(seed, _effects(programme, firms, paths))
    return Simulation(firms.drop(columns=["sector", "arm"]), _sales(firms, paths, selling), truth)


def write(simulation: Simulation, folder: Path) -> tuple[Path, Path]:
    """Write applications.csv, sales.csv and, beside them, truth.json. The first two are returned."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "applications.csv", folder / "sales.csv"
    for frame, file in zip((simulation.applications, simulation.sales), files, strict=True):
        frame.to_csv(file, index=False, date_format="%Y-%m-%d", lineterminator="\n")
    truth = simulation.truth
    content = {"scale": truth.scale, "seed": truth.seed, "effects": truth.effects.to_dict(orient="records")}
    (folder / "truth.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return files


def _story(firms: pd.DataFrame, what: str) -> Floats:
    """One number of each firm's sector, shape (n, 1)."""
    told: Floats = SECTORS.loc[firms["sector"], what].to_numpy(dtype=np.float64)
    return told[:, None]


def _award_month(firms: pd.DataFrame) -> NDArray[np.int64]:
    """Position of the award's month in MONTHS; beyond the last where there was none."""
    awarded = firms["awarded_on"].dt
    months = (awarded.year - MONTHS[0].year) * 12 + awarded.month - MONTHS[0].month
    positions: NDArray[np.int64] = months.fillna(len(MONTHS)).to_numpy(dtype=np.int64)
    return positions


def _paths(firms: pd.DataFrame, rng: np.random.Generator) -> _Paths:
    """Sales with and without the grant, from the same shocks."""
    n = len(firms)
    monthly = np.log(firms["turnover_eur"].to_numpy() / 12)
    level = np.minimum(8.3 + 0.5 * (monthly - 11) + rng.normal(0, 0.95, n), monthly + np.log(0.5))[:, None]
    without = level + _sector_path(firms, rng) + _firm_path(n, rng)
    since = np.arange(len(MONTHS)) - _award_month(firms)[:, None]
    ramp = np.where(since > 0, np.take(RAMP, np.clip((since - 1) // 12, 0, len(RAMP) - 1)), 0)
    effect = _story(firms, "effect") * (1 + EFFECT_SPREAD * rng.normal(size=(n, 1)))
    sells_without, sells_with = _selling(firms, rng)
    shut = np.arange(len(MONTHS)) - PANDEMIC  # shops and trade fairs
    loss = np.where(shut < 0, 0, 0.08 + 0.3 * np.exp(-np.maximum(shut, 0) / 10))
    offline = np.log(np.exp(monthly[:, None]) - np.exp(level)) + _season(firms) / 2 - loss + 0.5 * _firm_path(n, rng)
    return _Paths(np.exp(without + effect * ramp) * sells_with, np.exp(without) * sells_without, np.exp(offline))


def _season(firms: pd.DataFrame) -> Floats:
    """The sector's months of the year, in logs."""
    return np.cos(2 * np.pi * (MONTHS.month.to_numpy() - _story(firms, "peak")) / 12) * _story(firms, "swing")


def _sector_path(firms: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Season and pandemic of each firm's sector, in logs; firms feel the pandemic more or less."""
    since = np.arange(len(MONTHS)) - PANDEMIC
    jump, lasting = _story(firms, "jump"), _story(firms, "lasting")
    faded = lasting + (jump - lasting) * np.exp(-np.maximum(since, 0) / _story(firms, "fade"))
    return _season(firms) + np.where(since >= 0, faded, 0) * (1 + 0.3 * rng.normal(size=(len(firms), 1)))


def _firm_path(n: int, rng: np.random.Generator) -> Floats:
    """Growth of the firm's own, persistent shocks and noise, in logs."""
    years = (np.arange(len(MONTHS)) - PANDEMIC) / 12
    shocks = rng.normal(0, 0.4, (n, len(MONTHS)))
    for month in range(1, len(MONTHS)):  # AR(1), its variance the same in every month
        shocks[:, month] = 0.8 * shocks[:, month - 1] + 0.6 * shocks[:, month]
    return rng.normal(0.03, 0.16, (n, 1)) * years + shocks + rng.normal(0, 0.2, shocks.shape)


def _selling(firms: pd.DataFrame, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Whether a firm sells online in a month, without and with the grant: some never, some late, some now and then."""
    n, never = len(firms), len(MONTHS)
    kind = rng.choice(["never", "late", "now_and_then", "always"], n, p=[0.09, 0.06, 0.15, 0.70])
    late = rng.integers(PANDEMIC + 3, PANDEMIC + 33, n)
    start = np.select([kind == "never", kind == "late"], [never, late], 0)
    drawn_in = (kind == "never") & (_story(firms, "effect")[:, 0] > 0) & (rng.random(n) < 0.35)
    with_grant = np.where(drawn_in, np.minimum(start, _award_month(firms) + 1 + rng.integers(0, 12, n)), start)
    quiet = np.where(kind == "now_and_then", rng.uniform(0.1, 0.5, n), 0)[:, None]
    open_month = rng.random((n, never)) >= quiet
    month = np.arange(never)
    return (month >= start[:, None]) & open_month, (month >= with_grant[:, None]) & open_month


def _sales(firms: pd.DataFrame, paths: _Paths, rng: np.random.Generator) -> pd.DataFrame:
    """What was reported: an empty amount for a month left out, no rows after a firm stopped, none of a silent firm."""
    shape = n, months = paths.with_grant.shape
    online = np.round(paths.with_grant, 2)
    total = np.round(online + np.round(paths.offline, 2), 2)
    left_out = rng.random(shape) < 0.06
    stops = rng.random(n) < np.where(firms["arm"] == "funded", 0.04, 0.065)
    until = np.where(stops, rng.integers(12, months, n), months)
    until = np.where(rng.random(n) < 0.03, 0, until)
    kept = (np.arange(months) < until[:, None]).ravel()
    columns = {
        "fiscal_code": np.repeat(firms["fiscal_code"].to_numpy(dtype=str), months),
        "period": np.tile(MONTHS.strftime("%Y-%m").to_numpy(dtype=str), n),
        "online_sales_eur": np.where(left_out, np.nan, online).ravel(),
        "total_sales_eur": np.where(left_out, np.nan, total).ravel(),
    }
    return pd.DataFrame(columns)[kept].reset_index(drop=True).assign(source="closing_report")


def _effects(programme: Programme, firms: pd.DataFrame, paths: _Paths) -> pd.DataFrame:
    """The frame of `Truth`."""
    funded = np.flatnonzero(firms["arm"] == "funded")
    macro = {sector.id: sector.macro_sector for sector in programme.sectors}
    sector = firms["sector"].to_numpy(dtype=str)[funded]
    groups = {"programme": ["all"] * len(funded), "macro_sector": [macro[name] for name in sector], "sector": sector}
    before = paths.with_grant[funded][:, _before(programme)].mean(axis=1)
    years = programme.windows.years_after
    after = _award_month(firms)[funded][:, None] + 1 + np.arange(12 * years)
    horizons = {"overall": after, **{str(y + 1): after[:, 12 * y : 12 * y + 12] for y in range(years)}}
    rows: list[dict[str, Any]] = []
    for horizon, window in horizons.items():
        actual, counterfactual = (
            path[funded[:, None], window].mean(axis=1) for path in (paths.with_grant, paths.without_grant)
        )
        means = pd.DataFrame({**groups, "before": before, "actual": actual, "counterfactual": counterfactual})
        for by in groups:
            rows += _group_effects(means, by, horizon)
    return pd.DataFrame(rows)


def _before(programme: Programme) -> slice:
    """The 12 months that end where the programme file says."""
    if programme.windows.before_ends is None:
        raise ValueError(f"{programme.id} does not say where the before window ends: add windows.before_ends")
    end = int(np.sum(pd.Period(programme.windows.before_ends, freq="M") >= MONTHS))
    return slice(end - 12, end)


def _group_effects(means: pd.DataFrame, by: str, horizon: str) -> list[dict[str, Any]]:
    """Both estimands of each group of funded firms in one window; a group in which no firm sells has none."""
    rows = []
    for group, firms in means.groupby(by):
        both = firms[(firms["before"] > 0) & (firms["counterfactual"] > 0)]
        for estimand, selling in ((Estimand.TYPICAL_FIRM, both), (Estimand.EURO_WEIGHTED, firms)):
            if both.empty:
                continue
            actual, counterfactual = selling["actual"].to_numpy(), selling["counterfactual"].to_numpy()
            typical = estimand is Estimand.TYPICAL_FIRM
            value = np.log(actual / counterfactual).mean() if typical else np.log(actual.sum() / counterfactual.sum())
            named = {"by": by, "group": str(group), "estimand": estimand.value, "horizon": horizon}
            rows.append({**named, "n_firms": len(selling), "value": float(value)})
    return rows
