"""A published figure made again from the confidential store, as it was when the release was built; and what changed
between two releases told apart by making them again in steps. Above `build`: no reader of releases loads this.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.build.candidate import code_version, contents
from analytics.build.earlier import recall_inputs
from analytics.folders import Home
from analytics.model import ConfStatus, Progress, UserError, silent
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.difference import Cause, Changed, causes, changes, known
from analytics.store.database import Store

FIGURE = (
    *(
        "value",
        "low",
        "high",
        "half_low",
        "half_high",
        "shared_low",
        "shared_high",
        "range_kind",
        "p_value",
        "sim_low",
        "sim_high",
        "mde",
        "shrunk",
        "shrunk_low",
        "shrunk_high",
        "n_funded",
        "n_comparison",
        "n_comparison_at_least",
    ),
    *("grade", "verdict", "result", "because", "obs_status", "conf_status", "reason"),
)
COMPARED = {  # of each table, what tells the rows of one id apart, and what is compared
    "figures": (["figure_id"], FIGURE),
    "lines": (["arm", "period"], ("index_value", "n")),
    "spread": (["place"], ("value", "n", "obs_status")),
}
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A figure made again. differences: column -> as published, as made again; empty where they are equal to the last
    digit. built_by, code: the versions of the code that built the release and that made the figure again.
    """

    built_by: str
    code: str
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """To the last digit."""
        return not self.differences

    @property
    def code_changed(self) -> bool:
        """Whether another version of the code built the release."""
        return self.built_by != self.code


def recompute(release: Release, figure_id: str, home: Home, progress: Progress = silent) -> Recomputed:
    """Make the release again and compare a figure of it, or what one of its pictures shows: lines, dots, a list.

    Raises UserError when the store is not at hand, or does not hold what the release was built from.
    """
    with store_of(release, home) as store:
        tables = rebuilt(release, Recipe.of(release), store, home.releases, progress)
    return compared(release, tables, figure_id)


def compared(release: Release, tables: Tables, figure_id: str) -> Recomputed:
    """A figure, or what a picture shows, as published and in tables made again. A check of a withheld effect, which
    releases of formats 4 and 5 list as confidential, is equal where there is none any more.
    """
    name = release.picture_of(figure_id) or "figures"
    keys, columns = COMPARED[name]
    ids = release.ids_behind(figure_id) if name == "figures" else [figure_id]
    printed, again = (
        _by_place(table[table["figure_id"].isin(ids)], keys) for table in (getattr(release, name), tables[name])
    )
    if again.empty and name == "figures" and (printed["conf_status"] == ConfStatus.CONFIDENTIAL).all():
        again = printed
    columns = tuple(column for column in columns if column in printed)  # an older format lacks some
    rows = printed.index.union(again.index)
    printed, again = (table.reindex(index=rows, columns=columns) for table in (printed, again))
    differences = {}
    for column in columns:
        pairs = zip(known(printed[column]), known(again[column]), strict=True)
        for key, (one, other) in zip(rows, pairs, strict=True):
            if one != other:
                row = [str(part) for part in key[1 if name == "figures" else 0 :] if part != ""]
                differences[" ".join([*row, column])] = (one, other)
    return Recomputed(release.manifest.code_version, code_version(), differences)


def _by_place(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows by what tells them apart; one that stands twice by its turn, too."""
    turn = table.groupby(keys).cumcount().astype(str).replace("0", "")
    return table.assign(turn=turn).set_index([*keys, "turn"])


@contextmanager
def store_of(release: Release, home: Home) -> Iterator[Store]:
    """The store as the release was built from it. Raises UserError when it is not at hand, holds something else, or
    lacks a firm that was deleted on request.
    """
    programme = release.programme.id
    with Store(home.store(programme), programme, read_only=True) as store:
        if any(release.release_id in one.releases for one in store.forgotten()):
            raise UserError("store.inputs_deleted", release=release.release_id)
        inputs = recall_inputs(store.contributions_folder, release)
        places = {(batch.input_table, batch.sha256, batch.imported_at): batch.batch_id for batch in store.log()}
        used = [places.get((file.table, file.sha256, file.imported_at)) for file in inputs]
        if None in used:
            raise UserError("store.other_inputs", release=release.release_id)
        store.count_only([batch_id for batch_id in used if batch_id is not None])
        yield store


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a release is made by, but for code and data. beside: the releases that it is protected together with."""

    programme: Programme
    beside: tuple[str, ...]

    @classmethod
    def of(cls, release: Release) -> "Recipe":
        """As its manifest says."""
        return cls(release.programme, release.manifest.beside)


def rebuilt(release: Release, recipe: Recipe, store: Store, root: Path, progress: Progress = silent) -> Tables:
    """The tables of the release made again, under its own number."""
    releases = Releases(root, release.programme.id)
    return contents(recipe.programme, store, releases, release.release_id, recipe.beside, progress).tables


def attributed(old: Release, new: Release, home: Home, progress: Progress = silent) -> dict[Cause, list[Changed]]:
    """What changed between two releases by what made it change, exactly, step by step: the old release with the code of
    today, then also by the new programme file, then also beside the releases of the new one, then the new release. The
    steps lead from one to the other without a gap.

    Only what differs is a step, and the last one needs no rebuilding. Raises UserError when more than one thing differs
    and the store is not at hand, or the new release was built by other code than this.
    """
    steps = [cause for cause in causes(old, new) if cause is not Cause.METHOD]  # it comes with the code
    if len(steps) > 1 and new.manifest.code_version != code_version():
        raise UserError("release.other_code", release=new.release_id, code=code_version())
    made, recipe = [old.figures], Recipe.of(old)
    for step in steps[:-1]:
        if step is Cause.SETTINGS:
            recipe = replace(recipe, programme=new.programme)
        if step is Cause.BESIDE:
            recipe = replace(recipe, beside=Recipe.of(new).beside)
        with store_of(old, home) as store:
            made.append(rebuilt(old, recipe, store, home.releases, progress)["figures"])
    return {step: changes(*pair) for step, pair in zip(steps, pairwise([*made, new.figures]), strict=False)}
