"""Store -> candidate release: every figure of the closed list, its status, and how the firms were reconciled."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import analytics
from analytics.estimate import (
    ESTIMANDS,
    ArmChange,
    Effect,
    EffectEstimate,
    GroupEffect,
    before_after,
    effect,
    effects_by,
    groups_of,
    select,
)
from analytics.figure_id import FigureId, cell_of
from analytics.model import Arm, ConfStatus, DisclosureRules, Estimand, ObsStatus, Reason, Settings, Unit, Withheld
from analytics.panel import FloatArray, Panel, from_store
from analytics.programme import DIMENSIONS, Programme
from analytics.release import Releases, write_release
from analytics.store import Store
from analytics.windows import before_end, cohorts_of, horizons, windows

Progress = Callable[[str, int, int], None]
Row = dict[str, Any]
Counts = tuple[int, int]


def build(
    programme: Programme, store: Store, releases: Releases, *, progress: Progress = lambda step, done, total: None
) -> str:
    """Write a candidate release and return its id. Nothing is published.

    Raises UserError when the store holds no sales.
    """
    panel = from_store(store, programme)
    now = dt.datetime.now(dt.UTC)
    release = releases.next_id(now.year)
    figures = _with_ids(pd.DataFrame(list(figure_rows(panel, programme, progress))), programme.id, release)
    tables = {
        "figures": figures,
        "lines": pd.DataFrame(list(line_rows(panel, programme))),
        "reconciliation": reconciliation(panel, programme, store),
        "applications": store.frame("outcomes")[["outcome", "applications"]],
    }
    write_release(releases.path(release), _manifest(panel, programme, store, release, now), tables)
    releases.record("built", release)
    return release


def code_version() -> str:
    """Package version and a hash of the sources that compute."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.sql"), *folder.rglob("*.toml")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{analytics.__version__}+{digest.hexdigest()[:12]}"


def _manifest(panel: Panel, programme: Programme, store: Store, release: str, now: dt.datetime) -> Row:
    cohorts = cohorts_of(panel)
    last = before_end(cohorts[0], programme.settings)
    return {
        "release": release,
        "programme": programme.model_dump(mode="json"),
        "built_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "code_version": code_version(),
        "settings": asdict(programme.settings),
        "inputs": [
            {"table": b.input_table, "sha256": b.sha256, "imported_at": b.imported_at, "rows_in": b.rows_in,
             "rows_loaded": b.rows_loaded, "rows_rejected": b.rows_rejected}
            for b in store.batches()
        ],
        "frequency": panel.periods.freqstr[0],
        "first_period": str(panel.periods[0]),
        "last_period": str(panel.periods[-1]),
        "data_to": panel.periods[-1].end_time.date().isoformat(),
        "before": [str(last - panel.periods_per_year + 1), str(last)],
        "before_is_fixed": programme.windows.before_ends is not None,
        "cohorts": [str(cohort) for cohort in cohorts],
        "years_after": horizons(panel, programme.settings),
    }


# ---- figures ---------------------------------------------------------------------------------------------------------


def figure_rows(
    panel: Panel, programme: Programme, progress: Progress = lambda step, done, total: None
) -> Iterator[Row]:
    """Every figure of the closed list: the programme, each dimension, each named pair; counts, changes, effects."""
    groupings = [(), *((name,) for name in DIMENSIONS), *programme.pairs]
    for done, by in enumerate(groupings):
        progress("estimate", done, len(groupings))
        yield from _count_rows(panel, by, programme.disclosure_rules)
        for outcome in programme.outcomes:
            yield from _outcome_rows(panel, outcome.name, by, programme)
    progress("estimate", len(groupings), len(groupings))


def _cell(by: tuple[str, ...], group: object, **named: str) -> Row:
    """The dimensions of a figure: "*" where it takes all."""
    labels = group if isinstance(group, tuple) else (group,)
    row: Row = {"outcome": "*", "measure": "", "arm": "*", "horizon": "*", **dict.fromkeys(DIMENSIONS, "*")}
    return row | named | (dict(zip(by, labels, strict=True)) if by else {})


def _groups(panel: Panel, by: tuple[str, ...]) -> dict[Any, Any]:
    return dict(groups_of(panel, by)) if by else {(): panel.funded}


def _count_rows(panel: Panel, by: tuple[str, ...], rules: DisclosureRules) -> Iterator[Row]:
    """Firms awarded, comparison firms of the same sectors, euros granted."""
    sector = panel.units["sector"]
    for group, mask in _groups(panel, by).items():
        n_funded = int(mask.sum())
        n_other = int((~panel.funded & sector.isin(sector[mask].dropna().unique()).to_numpy()).sum())
        counts = (n_funded, n_other)
        for arm, n in ((Arm.FUNDED, n_funded), (Arm.COMPARISON, n_other)):
            row = _cell(by, group, measure="firms", arm=arm) | {"unit": Unit.COUNT}
            yield row | _published(float(n), counts, rules)
        if "grant_eur" in panel.units:
            grants = panel.units["grant_eur"][mask].dropna()
            row = _cell(by, group, measure="grants", arm=Arm.FUNDED) | {"unit": Unit.MONEY}
            yield row | (_published(float(sum(grants)), counts, rules) if len(grants) else _withheld(Reason.NOT_ESTIMABLE))


def _outcome_rows(panel: Panel, outcome: str, by: tuple[str, ...], programme: Programme) -> Iterator[Row]:
    """Before, after, change by arm; effects by estimand; overall and by year."""
    settings, rules = programme.settings, programme.disclosure_rules
    measured: dict[tuple[Any, str], Counts] = {}
    for year in (None, *horizons(panel, settings)):
        for found in before_after(panel, outcome, by=by or None, settings=settings, year=year):
            arms = {Arm.FUNDED: found.funded, Arm.COMPARISON: found.comparison}
            counts = tuple(arm.n_measured if isinstance(arm, ArmChange) else 0 for arm in arms.values())
            measured[found.group, found.horizon] = counts  # type: ignore[assignment]
            for arm, change in arms.items():
                cell = _cell(by, found.group, outcome=outcome, arm=arm, horizon=found.horizon)
                yield from _change_rows(cell, change, counts, rules)  # type: ignore[arg-type]
    for estimand in Estimand:
        for group, horizon, result in _effects(panel, outcome, estimand, by, settings):
            cell = _cell(by, group, outcome=outcome, measure=estimand, horizon=horizon) | {"unit": Unit.FRACTION}
            yield cell | _effect(result, measured[group if by else "*", horizon], rules)


def _effects(
    panel: Panel, outcome: str, estimand: Estimand, by: tuple[str, ...], settings: Settings
) -> Iterator[tuple[Any, str, Effect]]:
    if by:
        found = effects_by(panel, outcome, estimand, by=by, settings=settings)
    else:
        years = horizons(panel, settings)
        by_year = {year: effect(panel, outcome, estimand, settings=settings, year=year) for year in years}
        found = [GroupEffect((), effect(panel, outcome, estimand, settings=settings), by_year)]
    for group in found:
        yield group.group, "overall", group.overall
        for year, result in group.by_year.items():
            yield group.group, str(year), result


def _change_rows(cell: Row, change: ArmChange | Withheld, counts: Counts, rules: DisclosureRules) -> Iterator[Row]:
    measures = {"before_mean": Unit.OUTCOME, "after_mean": Unit.OUTCOME, "change": Unit.FRACTION}
    for measure, unit in measures.items():
        row = cell | {"measure": measure, "unit": unit}
        value = getattr(change, measure) if isinstance(change, ArmChange) else None
        yield row | (_published(value, counts, rules) if value is not None else _withheld(Reason.NOT_ESTIMABLE, counts, rules))


def _confidential(counts: Counts, rules: DisclosureRules) -> bool:
    """One or two firms in either arm: a firm would be told about, or about itself by the other."""
    return any(0 < n < rules.min_units for n in counts)


def _published(value: float, counts: Counts, rules: DisclosureRules) -> Row:
    """A count, sum, mean or change: published unless it would tell about a firm."""
    if _confidential(counts, rules):
        return _withheld(Reason.TOO_FEW_FIRMS, counts, rules)
    return {
        "value": value,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": ObsStatus.NORMAL,
        "conf_status": ConfStatus.FREE,
    }


def _withheld(reason: Reason, counts: Counts = (0, 0), rules: DisclosureRules | None = None) -> Row:
    """No value. Small counts are confidential and hide their n too; otherwise the figure is only unreliable or missing."""
    if rules is not None and _confidential(counts, rules):
        return {"reason": Reason.TOO_FEW_FIRMS, "obs_status": ObsStatus.MISSING, "conf_status": ConfStatus.SMALL_COUNT}
    status = ObsStatus.LOW_RELIABILITY if reason is Reason.TOO_FEW_FIRMS else ObsStatus.MISSING
    return {
        "reason": reason,
        "n_funded": counts[0],
        "n_comparison": counts[1],
        "obs_status": status,
        "conf_status": ConfStatus.FREE,
    }


def _effect(result: Effect, counts: Counts, rules: DisclosureRules) -> Row:
    """An effect with its interval and companions, or why it is withheld."""
    if isinstance(result, Withheld):
        return _withheld(result.reason, counts, rules)
    return {
        "value": result.value,
        "low": result.ci_low,
        "high": result.ci_high,
        "half_low": result.half_low,
        "half_high": result.half_high,
        "sim_low": result.sim_low,
        "sim_high": result.sim_high,
        "p_value": result.p_value,
        "mde": result.mde,
        "df": result.df,
        "n_funded": result.n_funded,
        "n_comparison": result.n_comparison,
        "obs_status": ObsStatus.ESTIMATED,
        "conf_status": ConfStatus.FREE,
    }


def _with_ids(figures: pd.DataFrame, programme: str, release: str) -> pd.DataFrame:
    """Figures with their ids, in a fixed order. Two cells with one id would stop the build."""
    names = ["outcome", "measure", "arm", "horizon", *DIMENSIONS]
    cells = [
        cell_of("|".join(f"{name}={value}" for name, value in zip(names, key, strict=True) if value != "*"))
        for key in figures[names].itertuples(index=False, name=None)
    ]
    ids = [str(FigureId(programme, release, cell)) for cell in cells]
    figures = figures.assign(cell=cells, figure_id=ids).sort_values(names).reset_index(drop=True)
    counts = {name: figures[name].astype("Int64") for name in ("n_funded", "n_comparison")}
    return figures.assign(**counts)


# ---- lines -----------------------------------------------------------------------------------------------------------


def line_rows(panel: Panel, programme: Programme) -> Iterator[Row]:
    """Index lines of both arms, by quarter (yearly data: by year): Σ y_t / Σ ȳ_before × 100 over firms reporting both."""
    settings = programme.settings
    ppy = panel.periods_per_year
    last = before_end(cohorts_of(panel)[0], settings)
    inside = (panel.periods > last - ppy) & (panel.periods <= last)
    points = panel.periods.asfreq("Q") if ppy == 12 else panel.periods
    sector = panel.units["sector"]
    for outcome in programme.outcomes:
        values = panel.outcomes[outcome.name]
        base = _mean(values[:, inside], at_least=max(1, ppy // 2))
        for code in ("*", *sorted(sector.dropna().unique())):
            for arm, mask in ((Arm.FUNDED, panel.funded), (Arm.COMPARISON, ~panel.funded)):
                mine = mask & (sector.notna().to_numpy() if code == "*" else (sector == code).to_numpy())
                for point in points.unique():
                    seen = _mean(values[mine][:, points == point], at_least=1)
                    index, n = _index(seen, base[mine], settings.min_firms)
                    yield {"outcome": outcome.name, "sector": code, "arm": arm, "period": str(point), "index_value": index, "n": n}


def _mean(values: FloatArray, *, at_least: int) -> FloatArray:
    """Mean of what was reported, row by row; NaN below that many periods."""
    reported = np.isfinite(values)
    n = reported.sum(axis=1)
    return np.where(reported, values, 0).sum(axis=1) / np.where(n >= at_least, n, np.nan)


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
    seen = windows(panel, headline.outcome, programme.settings, year)
    reporting = np.isfinite(values).any(axis=1)
    measured = np.isfinite(seen.after).any(axis=1)
    loaded = store.frame("tranches").set_index("tranche")
    wave = panel.units["wave"]
    rows = []
    for tranche in programme.tranches:
        mine = panel.funded & (wave == tranche.id).to_numpy()
        found = loaded.loc[tranche.id] if tranche.id in loaded.index else None
        deletions = ESTIMANDS[headline.estimand](select(panel, seen, mine))
        rows.append(
            {
                "tranche": tranche.id,
                "announced_firms": tranche.announced_firms,
                "announced_eur": tranche.announced_eur,
                "announced_eur_is": tranche.announced_eur_is if tranche.announced_eur is not None else None,
                "loaded_firms": int(found["firms"]) if found is not None else 0,
                "loaded_eur": found["grant_eur"] if found is not None else None,
                "reporting_firms": int((reporting & mine).sum()),
                "measured_firms": int((measured & mine).sum()),
                "analysed_firms": int(deletions.funded.sum()) if deletions else 0,
            }
        )
    return pd.DataFrame(rows)
