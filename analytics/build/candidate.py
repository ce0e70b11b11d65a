"""Store -> candidate release: figures with their ids, index lines, reconciliation, and how it all was made."""

import datetime as dt
import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

import analytics
from analytics.build.applications import applications_told
from analytics.build.claims import with_group_claims
from analytics.build.comparison_counts import rough_comparison_counts
from analytics.build.contributions import contributions
from analytics.build.earlier import (
    discard,
    keep_contributions,
    keep_inputs,
    keep_ledger,
    recall_earlier,
    recall_outside,
)
from analytics.build.equality import with_equality_of_parts
from analytics.build.kept import kept_where_held
from analytics.build.needs import check_needs
from analytics.build.one_build import one_build
from analytics.build.outside import hide_few_outside, outside_firms
from analytics.build.panel_from_store import from_store
from analytics.build.path.counts import with_path
from analytics.build.path.kept import BehindPath
from analytics.build.path.places import places_of
from analytics.build.path.told import Counts, recall_paths, tell_path
from analytics.build.patterns import find_withheld_cells
from analytics.build.programme_check import check_programme, refuse
from analytics.build.reconciliation import reconciliation
from analytics.build.rows.dots import Dot, spread_dots
from analytics.build.rows.effects import figures
from analytics.build.rows.empty_cells import with_empty_cells
from analytics.build.rows.lines import IndexPoint, hold_points, index_points
from analytics.build.samples import Samples, samples_of
from analytics.build.sellers import hide_told_sellers
from analytics.build.withheld_cells import WithheldCells
from analytics.build.withhold import withhold
from analytics.clock import utc_stamp
from analytics.evidence.checks import years_apart
from analytics.faults import writing
from analytics.folders import to_disk
from analytics.model import Arm, ConfStatus, ObsStatus, Progress, Reason, UserError, silent
from analytics.panel import Panel
from analytics.panel.windows import before_end, cohorts_of, horizons
from analytics.programme.file import Programme
from analytics.release import Releases, measures
from analytics.release.manifest import ImportedFile, Manifest, ProtectionCounts, WaveAward
from analytics.release.measures import ALL
from analytics.release.writing import figures_table, picture_ids, write_release
from analytics.store.database import Store


@contextmanager
def _cycles_left_alone() -> Iterator[None]:
    """Nobody looks for unreachable cycles meanwhile: a build makes hundreds of thousands of small objects and no cycles
    to speak of, and walking all of them again and again took a fourteenth of its time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_cycles_left_alone()
def build(programme: Programme, store: Store, releases: Releases, *, progress: Progress = silent) -> str:
    """Write a candidate release and return its id. Nothing is published.

    Raises UserError when the store does not hold what a release needs, when the programme file would make it tell
    something false, when its figures cannot be protected, or when pointer or ledger of its releases is damaged.
    """
    refuse(programme, check_programme(programme, store))
    releases.check_whole()
    with one_build(store.contributions_folder, programme.id):
        now = dt.datetime.now(dt.UTC)
        release = releases.next_id(now.year)
        then = releases if store.as_of is None else releases.at(store.as_of)
        made = contents(programme, store, releases, release, then.beside(), progress)
        made = replace(made, manifest=replace(made.manifest, built_at=now.strftime("%Y-%m-%dT%H:%M:%SZ")))
        try:
            _write(release, made, programme, store, releases)
        except BaseException:
            if not releases.path(release).exists():
                discard(store.contributions_folder, release)
            raise
    return release


def _write(release: str, made: "Contents", programme: Programme, store: Store, releases: Releases) -> None:
    """Write what stands behind a release, then the release, then that it was built: that its file is there counts."""
    behind = store.contributions_folder
    keep_contributions(behind, release, made.contributions, made.outside)
    keep_ledger(behind, release, made.withheld_cells, programme)
    keep_inputs(behind, release, _input_files(store))
    made.behind_path.keep(behind, release)
    to_disk(behind)
    path = releases.path(release)
    with writing(path):
        write_release(path, made.manifest, made.tables)
    with writing(path.with_name("ledger.jsonl")):
        try:
            releases.record("built", release)
        except (OSError, UserError):
            path.unlink(missing_ok=True)
            raise


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a release holds: its manifest, but for when it was built, and its tables; and, confidential, what stands
    behind them, marks of the firms from outside the applicants, and by which rules cells are withheld.
    """

    manifest: Manifest
    tables: dict[str, pd.DataFrame]
    contributions: pd.DataFrame
    outside: pd.Series
    withheld_cells: WithheldCells
    behind_path: BehindPath


def contents(
    filed: Programme,
    store: Store,
    releases: Releases,
    release: str,
    beside: Sequence[str],
    progress: Progress = silent,
) -> Contents:
    """What a release of that id holds, protected together with the releases beside it, which were published before.

    filed: the programme as its file has it; an outcome that no file brought has no figures. Equal inputs, settings,
    code and releases beside give equal contents.
    """
    everybody = from_store(store, filed, everybody=True)
    panel = everybody.compared
    check_needs(panel, filed)
    programme = _as_reported(filed, panel)
    years = horizons(panel, programme.settings)
    samples = samples_of(panel, programme, years)
    inputs = list(recall_earlier(store.contributions_folder, releases, filed, beside).values())
    contributed = contributions(panel, programme, samples)
    searched = find_withheld_cells(contributed, programme, inputs, progress)
    withheld_cells = with_empty_cells(searched, panel, programme)
    earlier = [behind.release for behind in inputs if behind.release is not None]
    everything = figures(everybody, programme, samples, withheld_cells, progress, earlier)
    outside = outside_firms(everybody, programme)
    before = [(old, recall_outside(store.contributions_folder, old.release_id)) for old in earlier]
    candidates = list(hide_few_outside(everything, outside, programme, before))
    counted = rough_comparison_counts(candidates, contributed, programme)
    kept = kept_where_held(contributed, programme, withheld_cells, inputs, code_version())
    protected = withhold(counted, withheld_cells, programme, earlier, kept)
    shown = hide_told_sellers(protected, contributed, samples, programme, earlier)
    tested = with_equality_of_parts(shown, samples, programme, earlier)
    claimed = list(with_group_claims(tested, programme, _years_apart(samples, programme)))
    hidden = {figure.key for figure in claimed if figure.reason is Reason.CONFIDENTIAL}.__contains__
    points = index_points(panel, programme, withheld_cells)
    lines = hold_points(points, withheld_cells, [old.lines for old in earlier])
    dots = spread_dots(samples, programme, withheld_cells, [old.spread for old in earlier], kept, hidden)
    ended = applications_told(
        store.frame("outcomes"), withheld_cells, programme.disclosure_rules, [old.applications for old in earlier]
    )
    counts = reconciliation(contributed, programme, withheld_cells, earlier, hidden)
    places = places_of(everybody, samples, programme, store)
    behind = recall_paths(store.contributions_folder, inputs, programme)
    path = tell_path(places, programme, Counts(counts, contributed, claimed, ended, samples), behind)
    tables = {
        "figures": figures_table(claimed, filed, release),
        "lines": picture_ids("lines", _table(IndexPoint, lines), filed, release),
        "spread": picture_ids("spread", _table(Dot, dots), filed, release),
        "reconciliation": with_path(counts, path, behind.reconciliation),
        "reconciliation_gaps": path.table,
        "applications": ended,
    }
    outcomes = tuple(outcome.name for outcome in programme.outcomes)
    manifest = _manifest(panel, filed, store, release, outcomes, beside, tables["figures"])
    return Contents(manifest, tables, contributed, outside.marks, withheld_cells, path.behind)


def _years_apart(samples: Samples, programme: Programme) -> float:
    """From the middle of before to the middle of after, of the headline's funded firms."""
    question = programme.headline
    sample = next(sample for sample in samples[question.outcome] if sample.horizon == question.horizon_code)
    return years_apart(sample, sample.group(sample.panel.funded))


def _as_reported(filed: Programme, panel: Panel) -> Programme:
    """The programme with the outcomes of which any file brought a figure."""
    return filed.with_outcomes([name for name, values in panel.outcomes.items() if np.isfinite(values).any()])


def _table(kind: type[IndexPoint] | type[Dot], rows: Iterable[IndexPoint | Dot]) -> pd.DataFrame:
    """Rows as a table with a column per field."""
    names = [field.name for field in fields(kind)]
    return pd.DataFrame([[_plain(getattr(row, name)) for name in names] for row in rows], columns=names)


def _plain(value: object) -> object:
    """A code as the text that a table holds."""
    return str(value) if isinstance(value, str) else value


def code_version() -> str:
    """Package version and a hash of the sources that compute."""
    digest = hashlib.sha256()
    folder = Path(analytics.__file__).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.sql"), *folder.rglob("*.toml")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{analytics.__version__}+{digest.hexdigest()[:12]}"


def _manifest(
    panel: Panel,
    programme: Programme,
    store: Store,
    release: str,
    outcomes: tuple[str, ...],
    beside: Sequence[str],
    figures: pd.DataFrame,
) -> Manifest:
    """How the release was made, but for when."""
    cohorts = cohorts_of(panel)
    last = before_end(cohorts[0], programme.settings)
    return Manifest(
        release=release,
        programme=programme,
        code_version=code_version(),
        settings=programme.settings,
        as_of=None if store.as_of is None else utc_stamp(store.as_of),
        inputs=tuple(file.published for file in _input_files(store)),
        deletions=_deletions(store),
        outcomes=outcomes,
        frequency=panel.periods.freqstr[0],
        first_period=str(panel.periods[0]),
        last_period=str(panel.periods[-1]),
        data_to=panel.periods[-1].end_time.date().isoformat(),
        before=(str(last - panel.periods_per_year + 1), str(last)),
        before_is_fixed=programme.windows.before_ends is not None,
        cohorts=tuple(str(cohort) for cohort in cohorts),
        awards=tuple(WaveAward(str(wave), day.date().isoformat()) for wave, day in _awards(panel).items()),
        years_after=tuple(horizons(panel, programme.settings)),
        beside=tuple(beside),
        disclosure=_protection_counts(figures, programme),
    )


def _protection_counts(figures: pd.DataFrame, programme: Programme) -> dict[tuple[Arm, str], ProtectionCounts]:
    """How many groups are told of, by arm and outcome, as anybody can count them: the cells of a cube would tell which
    of the withheld ones hold firms. Comparison firms stand beside whole sectors.
    """
    names, counts = list(programme.dimension_names), {}
    beside = [name for name in names if name not in programme.sector_dimensions]
    for outcome, arm in product([ALL, *(outcome.name for outcome in programme.outcomes)], Arm):
        measure = measures.FIRMS if outcome == ALL else measures.CHANGE
        place = {"outcome": outcome, "measure": measure.name, "arm": arm.value}
        rows = figures[(figures[list(place)] == list(place.values())).all(axis=1)]
        if arm is Arm.COMPARISON:
            rows = rows[(rows[beside] == ALL).all(axis=1)]
        is_open, held = rows["conf_status"] == ConfStatus.FREE, rows["obs_status"] == ObsStatus.PROVISIONAL
        groups = rows.assign(open=is_open, held=is_open & held).groupby(names)[["open", "held"]].any()
        if len(groups):
            withheld = len(groups) - int(groups["open"].sum())
            counts[arm, outcome] = ProtectionCounts(len(groups), withheld, int(groups["held"].sum()))
    return counts


def _input_files(store: Store) -> tuple[ImportedFile, ...]:
    """The imports that the release rests on, oldest first."""
    names = ("sha256", "imported_at", "rows_in", "rows_loaded", "rows_rejected")
    return tuple(
        ImportedFile(batch.input_table, **{name: getattr(batch, name) for name in names}) for batch in store.batches()
    )


def _deletions(store: Store) -> str:
    """A mark of the requests by which firms were deleted, which tells neither how many nor when: releases of the same
    imports, before and after one, stand on different data.
    """
    moments = [one.at for one in store.forgotten()]
    return hashlib.sha256(repr(moments).encode()).hexdigest()[:12] if moments else ""


def _awards(panel: Panel) -> pd.Series:
    """The first award of each wave, in order."""
    return pd.to_datetime(panel.units["awarded_on"]).groupby(panel.units["wave"]).min().sort_values()
