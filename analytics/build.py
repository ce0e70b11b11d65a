"""Store -> candidate release: figures with their ids, index lines, reconciliation, and how it all was made."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

import analytics
from analytics.figure_id import FigureId, cell_of
from analytics.figures import figure_rows
from analytics.model import (
    Arm,
    Progress,
    UserError,
    silent,
)
from analytics.panel import FloatArray, Panel, from_store
from analytics.programme import DIMENSIONS, Programme
from analytics.release import Releases, write_release
from analytics.rows import Row, confidential
from analytics.sample import Sample
from analytics.store import Store
from analytics.windows import before_end, cohorts_of, horizons


def build(programme: Programme, store: Store, releases: Releases, *, progress: Progress = silent) -> str:
    """Write a candidate release and return its id. Nothing is published.

    Raises UserError when the store holds no sales or no awards.
    """
    now = dt.datetime.now(dt.UTC)
    release = releases.next_id(now.year)
    manifest, tables = contents(programme, store, releases, release, progress)
    write_release(releases.path(release), manifest | {"built_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}, tables)
    releases.record("built", release)
    return release


def contents(
    programme: Programme, store: Store, releases: Releases, release: str, progress: Progress = silent
) -> tuple[Row, dict[str, pd.DataFrame]]:
    """What a release of that id holds: its manifest, but for when it was built, and its tables.

    Equal inputs, settings and code give equal contents.
    """
    everybody = from_store(store, programme, everybody=True)
    panel = everybody.compared
    if not panel.funded.any():
        raise UserError("store.no_awards", programme=programme.id)
    horizon = programme.headline.horizon
    if horizon != "overall" and horizon not in horizons(panel, programme.settings):
        raise UserError("release.no_headline", release=release)
    figures = _with_ids(pd.DataFrame(list(figure_rows(everybody, programme, progress))), programme.id, release)
    tables = {
        "figures": figures,
        "lines": _with_line_ids(pd.DataFrame(list(line_rows(panel, programme))), programme.id, release),
        "reconciliation": reconciliation(panel, programme, store),
        "applications": store.frame("outcomes")[["outcome", "applications"]],
    }
    return _manifest(panel, programme, store, release), tables


def code_version() -> str:
    """Package version and a hash of the sources that compute."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.sql"), *folder.rglob("*.toml")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{analytics.__version__}+{digest.hexdigest()[:12]}"


def _manifest(panel: Panel, programme: Programme, store: Store, release: str) -> Row:
    cohorts = cohorts_of(panel)
    last = before_end(cohorts[0], programme.settings)
    return {
        "release": release,
        "programme": programme.model_dump(mode="json"),
        "code_version": code_version(),
        "settings": asdict(programme.settings),
        "inputs": [
            {
                "table": b.input_table,
                "sha256": b.sha256,
                "imported_at": b.imported_at,
                "rows_in": b.rows_in,
                "rows_loaded": b.rows_loaded,
                "rows_rejected": b.rows_rejected,
            }
            for b in store.batches()
        ],
        "frequency": panel.periods.freqstr[0],
        "first_period": str(panel.periods[0]),
        "last_period": str(panel.periods[-1]),
        "data_to": panel.periods[-1].end_time.date().isoformat(),
        "before": [str(last - panel.periods_per_year + 1), str(last)],
        "before_is_fixed": programme.windows.before_ends is not None,
        "cohorts": [str(cohort) for cohort in cohorts],
        "awards": [{"wave": wave, "on": day.date().isoformat()} for wave, day in _awards(panel).items()],
        "years_after": horizons(panel, programme.settings),
    }


def _awards(panel: Panel) -> pd.Series:
    """The first award of each wave, in order."""
    return pd.to_datetime(panel.units["awarded_on"]).groupby(panel.units["wave"]).min().sort_values()


INTEGERS = ("n_funded", "n_comparison", "firms_needed", "years_needed")


def _with_ids(figures: pd.DataFrame, programme: str, release: str) -> pd.DataFrame:
    """Figures with their ids, in a fixed order. Two cells with one id would stop the build."""
    names = ["outcome", "measure", "arm", "horizon", *DIMENSIONS]
    cells = [
        cell_of("|".join(f"{name}={value}" for name, value in zip(names, key, strict=True) if value != "*"))
        for key in figures[names].itertuples(index=False, name=None)
    ]
    ids = [str(FigureId(programme, release, cell)) for cell in cells]
    figures = figures.reindex(columns=[*dict.fromkeys([*figures, *INTEGERS, "value", "reason"])])
    figures = figures.assign(cell=cells, figure_id=ids).sort_values(names).reset_index(drop=True)
    counts = {name: figures[name].astype("Int64") for name in INTEGERS}
    return figures.assign(**counts)


def _with_line_ids(lines: pd.DataFrame, programme: str, release: str) -> pd.DataFrame:
    """One id for the two lines of an outcome and sector."""
    keys = "lines|outcome=" + lines["outcome"] + "|sector=" + lines["sector"]
    ids = {key: str(FigureId(programme, release, cell_of(key))) for key in keys.unique()}
    return lines.assign(figure_id=keys.map(ids))


# ---- lines -----------------------------------------------------------------------------------------------------------


def line_rows(panel: Panel, programme: Programme) -> Iterator[Row]:
    """Index lines of both arms, by quarter (yearly data: by year): 100 Σ y_t / Σ ȳ_before over firms reporting both."""
    settings, rules = programme.settings, programme.disclosure_rules
    ppy = panel.periods_per_year
    last = before_end(cohorts_of(panel)[0], settings)
    inside = (panel.periods > last - ppy) & (panel.periods <= last)
    points = panel.periods.asfreq("Q") if ppy == 12 else panel.periods
    sector = panel.units["sector"]
    for outcome in programme.outcomes:
        values = panel.outcomes[outcome.name]
        base = _mean(values[:, inside], at_least=max(1, ppy // 2))
        for code in ("*", *sorted(sector.dropna().unique())):
            here = sector.notna().to_numpy() if code == "*" else (sector == code).to_numpy()
            # where a count of one arm is confidential, neither arm has a line
            told = not confidential((int((here & panel.funded).sum()), int((here & ~panel.funded).sum())), rules)
            for arm, mask in ((Arm.FUNDED, panel.funded), (Arm.COMPARISON, ~panel.funded)):
                mine = mask & here
                for point in points.unique():
                    seen = _mean(values[mine][:, points == point], at_least=1)
                    index, n = _index(seen, base[mine], settings.min_firms) if told else (None, None)
                    yield {
                        "outcome": outcome.name,
                        "sector": code,
                        "arm": arm,
                        "period": str(point),
                        "index_value": index,
                        "n": n,
                    }


def _mean(values: FloatArray, *, at_least: int) -> FloatArray:
    """Mean of what was reported, row by row; NaN below that many periods."""
    reported = np.isfinite(values)
    n = reported.sum(axis=1)
    mean: FloatArray = np.where(reported, values, 0).sum(axis=1) / np.where(n >= at_least, n, np.nan)
    return mean


def _index(seen: FloatArray, base: FloatArray, min_firms: int) -> tuple[float | None, int | None]:
    """100 × Σ seen / Σ base over firms with both; a gap where fewer than `min_firms` report."""
    both = np.isfinite(seen) & np.isfinite(base)
    if both.sum() < min_firms or not base[both].sum() > 0:
        return None, None
    return float(100 * seen[both].sum() / base[both].sum()), int(both.sum())


# ---- reconciliation --------------------------------------------------------------------------------------------------


def reconciliation(panel: Panel, programme: Programme, store: Store) -> pd.DataFrame:
    """Announced, loaded, reporting, measured and analysed firms by tranche, and in all ("*")."""
    headline = programme.headline
    year = None if headline.horizon == "overall" else int(headline.horizon)
    values = panel.outcomes[headline.outcome]
    sample = Sample(panel, headline.outcome, programme.settings, year)
    reporting = np.isfinite(values).any(axis=1)
    measured = np.isfinite(sample.seen.after).any(axis=1)
    selling = panel.units["sells"].to_numpy(dtype=bool)
    loaded = {row["tranche"]: row for row in store.frame("tranches").to_dict("records")}
    wave = panel.units["wave"]
    rows = []
    for tranche in programme.tranches:
        mine = panel.funded & (wave == tranche.id).to_numpy()
        found = loaded.get(tranche.id, {})
        deletions = sample.deletions(headline.estimand, sample.group(mine))
        rows.append(
            {
                "tranche": tranche.id,
                "announced_firms": tranche.announced_firms,
                "announced_eur": tranche.announced_eur,
                "announced_eur_is": tranche.announced_eur_is if tranche.announced_eur is not None else None,
                "loaded_firms": found.get("firms", 0),
                "loaded_eur": found.get("grant_eur"),
                "selling_firms": int((selling & mine).sum()),
                "reporting_firms": int((reporting & mine).sum()),
                "measured_firms": int((measured & mine).sum()),
                "analysed_firms": int(deletions.funded.sum()) if deletions else 0,
            }
        )
    return pd.DataFrame([*rows, _all_tranches(rows)])


def _all_tranches(rows: list[Row]) -> Row:
    """Sums over tranches; a sum with an unknown part, or of grants and endowments together, is unknown."""
    total: Row = {"tranche": "*", "announced_eur_is": None}
    for name in (
        "announced_firms",
        "loaded_firms",
        "selling_firms",
        "reporting_firms",
        "measured_firms",
        "analysed_firms",
        "loaded_eur",
    ):
        parts = [row[name] for row in rows]
        total[name] = None if any(pd.isna(part) for part in parts) else sum(parts)
    kinds = {row["announced_eur_is"] for row in rows}
    total["announced_eur"] = sum(row["announced_eur"] for row in rows) if kinds == {"grants"} else None
    return total
