"""Store -> candidate release: figures with their ids, index lines, reconciliation, and how it all was made."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

import analytics
from analytics.build.contributions import contributions
from analytics.build.earlier import keep_contributions, recall_earlier
from analytics.build.panel_from_store import from_store
from analytics.build.patterns import find_withheld_cells
from analytics.build.reconciliation import reconciliation
from analytics.build.rows.dots import spread_rows
from analytics.build.rows.effects import figure_rows
from analytics.build.rows.lines import hold_lines, line_rows
from analytics.build.rows.row import Row
from analytics.build.samples import samples_of
from analytics.build.withhold import withhold
from analytics.clock import utc_stamp
from analytics.model import Progress, UserError, silent
from analytics.panel import Panel
from analytics.panel.windows import before_end, cohorts_of, horizons
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import Programme
from analytics.release import Releases
from analytics.release.figure_id import FigureId, cell_id
from analytics.release.file import LATER, write_release
from analytics.store.database import Store


def build(programme: Programme, store: Store, releases: Releases, *, progress: Progress = silent) -> str:
    """Write a candidate release and return its id. Nothing is published.

    Raises UserError when the store holds no sales or no awards, or when its figures cannot be protected.
    """
    now = dt.datetime.now(dt.UTC)
    release = releases.next_id(now.year)
    then = releases if store.as_of is None else releases.at(store.as_of)
    made = contents(programme, store, releases, release, then.beside(), progress)
    keep_contributions(store.contributions_folder, release, made.contributions)
    written = made.manifest | {"built_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    write_release(releases.path(release), written, made.tables)
    releases.record("built", release)
    return release


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a release holds: its manifest, but for when it was built, and its tables; and what stands behind them."""

    manifest: Row
    tables: dict[str, pd.DataFrame]
    contributions: pd.DataFrame


def contents(
    programme: Programme,
    store: Store,
    releases: Releases,
    release: str,
    beside: Sequence[str],
    progress: Progress = silent,
) -> Contents:
    """What a release of that id holds, protected together with the releases beside it, which were published before.

    Equal inputs, settings, code and releases beside give equal contents.
    """
    everybody = from_store(store, programme, everybody=True)
    panel = everybody.compared
    if not panel.funded.any():
        raise UserError("store.no_awards", programme=programme.id)
    years = horizons(panel, programme.settings)
    horizon = programme.headline.horizon
    if horizon != "overall" and horizon not in years:
        raise UserError("release.no_headline", release=release)
    samples = samples_of(panel, programme, years)
    behind = recall_earlier(store.contributions_folder, releases, programme, beside)
    given = contributions(panel, programme, samples)
    guarded = find_withheld_cells(given, programme, list(behind.values()), progress)
    earlier = [one.release for one in behind.values()]
    candidates = figure_rows(everybody, programme, samples, guarded, progress)
    figures = withhold(candidates, guarded, [one.figures for one in earlier])
    lines = hold_lines(line_rows(panel, programme, guarded), guarded, [one.lines for one in earlier])
    spread = spread_rows(samples, programme, guarded, [one.spread for one in earlier])
    tables = {
        "figures": _with_ids(pd.DataFrame(list(figures)), programme.id, release),
        "lines": _with_picture_ids("lines", pd.DataFrame(list(lines)), programme.id, release),
        "spread": _with_picture_ids("spread", pd.DataFrame(list(spread), columns=SPREAD), programme.id, release),
        "reconciliation": reconciliation(panel, programme, store, guarded),
        "applications": store.frame("outcomes")[["outcome", "applications"]],
        "suppressed": guarded.ledger(),
    }
    described = {
        "beside": list(beside),
        "disclosure": {f"{arm} {name}": asdict(one) for (arm, name), one in guarded.solved.items()},
    }
    return Contents(_manifest(panel, programme, store, release) | described, tables, given)


def code_version() -> str:
    """Package version and a hash of the sources that compute."""
    digest = hashlib.sha256()
    folder = Path(analytics.__file__).parent
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
        "as_of": store.as_of and utc_stamp(store.as_of),
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
        cell_id("|".join(f"{name}={value}" for name, value in zip(names, key, strict=True) if value != "*"))
        for key in figures[names].itertuples(index=False, name=None)
    ]
    ids = [str(FigureId(programme, release, cell)) for cell in cells]
    figures = figures.reindex(columns=[*dict.fromkeys([*figures, *INTEGERS, "value", "reason"])])
    figures = figures.assign(cell=cells, figure_id=ids).sort_values(names).reset_index(drop=True)
    counts = {name: figures[name].astype("Int64") for name in INTEGERS}
    return figures.assign(**counts)


SPREAD = [name for name in LATER["spread"] if name != "figure_id"]


def _with_picture_ids(name: str, rows: pd.DataFrame, programme: str, release: str) -> pd.DataFrame:
    """One id for what an outcome and sector show in one picture: the two lines, or the dots."""
    keys = f"{name}|outcome=" + rows["outcome"].astype(str) + "|sector=" + rows["sector"].astype(str)
    ids = {key: str(FigureId(programme, release, cell_id(key))) for key in keys.unique()}
    return rows.assign(figure_id=keys.map(ids))


# ---- reconciliation --------------------------------------------------------------------------------------------------
