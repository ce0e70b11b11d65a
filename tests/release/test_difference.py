"""What changed between two releases, cell by cell, and what made it change."""

import json
from dataclasses import dataclass, replace

import pandas as pd
import pytest

from analytics.build.candidate import build, code_version
from analytics.build.recompute import attributed
from analytics.folders import Home
from analytics.model import UserError
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.difference import STATUS_COLUMNS, Cause, Change, Changed, causes, changes, counts
from analytics.release.manifest import METHOD, Manifest
from analytics.store.database import Store
from tests.helpers.kill_release import PROGRAMME
from tests.helpers.michigan_release import built, corrected, sales_only


def frame(rows: str) -> pd.DataFrame:
    """One row per figure: cell, value, low, df, shared_low, shrunk, reason, grade; "-": none."""
    table = [line.split() for line in rows.strip().splitlines()]
    columns = ["cell", "value", "low", "df", "shared_low", "shrunk", "reason", "grade"]
    figures = pd.DataFrame(table, columns=columns).replace("-", None)
    figures = figures.astype({"value": float, "low": float, "df": float, "shared_low": float, "shrunk": float})
    fixed = {name: None for name in STATUS_COLUMNS if name not in figures}
    return figures.assign(figure_id="p.2026-1." + figures["cell"], **fixed)


def test_every_kind_of_change_is_told_apart() -> None:
    """A specification by example. A status that changed says more than the numbers that changed with it; what the other
    groups alone changed is named so only where the figure's own value, interval and df are what they were.
    """
    old = frame("""
        same      0.1  0.0  9  0.02  0.1  -        low
        withheld  -    -    -  -     -    quality  -
        moved     0.1  0.0  9  0.02  0.1  -        low
        range     0.1  0.0  9  0.02  0.1  -        low
        df        0.1  0.0  9  0.02  0.1  -        low
        shared    0.1  0.0  9  0.02  0.1  -        low
        guess     0.1  0.0  9  0.02  0.1  -        low
        no_guess  0.1  0.0  9  0.02  0.1  -        low
        both      0.1  0.0  9  0.02  0.1  -        low
        hidden    0.1  0.0  9  0.02  0.1  -        low
        shown     -    -    -  -     -    quality  -
        graded    0.1  0.0  9  0.02  0.1  -        low
        by_others 0.1  0.0  9  0.02  0.1  -        low
        gone      0.1  0.0  9  0.02  0.1  -        low
    """)
    new = frame("""
        new       0.1  0.0  9  0.02  0.1  -        low
        by_others 0.1  0.0  9  0.03  0.1  -        moderate
        graded    0.2  0.1  9  0.02  0.1  -        moderate
        shown     0.1  0.0  9  0.02  0.1  -        low
        hidden    -    -    -  -     -    quality  -
        both      0.2  0.0  9  0.03  0.1  -        low
        no_guess  0.1  0.0  9  0.02  -    -        low
        guess     0.1  0.0  9  0.02  0.11 -        low
        shared    0.1  0.0  9  0.03  0.1  -        low
        df        0.1  0.0  8  0.03  0.1  -        low
        range     0.1  0.01 9  0.02  0.1  -        low
        moved     0.10000000000000002 0.0 9 0.02 0.1 - low
        withheld  -    -    -  -     -    quality  -
        same      0.1  0.0  9  0.02  0.1  -        low
    """)
    found = changes(old, new.iloc[::-1].reset_index(drop=True))
    assert {one.cell: one.how for one in found} == {
        "new": Change.NEW,
        "gone": Change.GONE,
        "hidden": Change.STATUS,
        "shown": Change.STATUS,
        "graded": Change.STATUS,
        "by_others": Change.STATUS,
        "moved": Change.VALUE,
        "range": Change.VALUE,
        "df": Change.VALUE,
        "both": Change.VALUE,
        "shared": Change.OTHERS,
        "guess": Change.OTHERS,
        "no_guess": Change.OTHERS,
    }
    assert found == changes(old, new)
    numbers = {Change.NEW: 1, Change.GONE: 1, Change.STATUS: 4, Change.VALUE: 4, Change.OTHERS: 3}
    assert counts(found) == numbers
    assert [how for how in Change if how in counts(found)] == list(Change)
    ids = {one.cell: (one.before, one.after) for one in found}
    assert ids["new"] == (None, "p.2026-1.new")
    assert ids["gone"] == ("p.2026-1.gone", None)
    assert ids["moved"] == ("p.2026-1.moved", "p.2026-1.moved")
    assert changes(old, old) == []


@dataclass(frozen=True)
class Made:
    """Releases of one home: `first` is published; the others stand beside it. `again` is made like it; `strict` with
    another smallest effect that matters; `data` from corrected sales; `both` from these, strictly.
    """

    home: Home
    first: Release
    again: Release
    strict: Release
    data: Release
    both: Release


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    root = tmp_path_factory.mktemp("made")
    first, home = built(root, sales_only), Home(root)
    strictly = {"importance": first.programme.importance.model_copy(update={"mie": 0.3})}
    strict = first.programme.model_copy(update=strictly)
    before = [built_again(home, programme) for programme in (first.programme, strict)]
    corrected(home)
    return Made(home, first, *before, *(built_again(home, programme) for programme in (first.programme, strict)))


def built_again(home: Home, programme: Programme) -> Release:
    releases = Releases(home.releases, PROGRAMME)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return Release(releases.path(build(programme, store, releases)))


def changed(release: Release, figures: pd.DataFrame | None = None, **manifest: object) -> Release:
    """The release as if it had been made otherwise. By this very code, unless its version is given."""
    copy = object.__new__(Release)
    kept = {name: value for name, value in release.__dict__.items() if not name.startswith(("_row", "_columns"))}
    copy.__dict__ = kept | {"manifest": replace(release.manifest, **({"code_version": code_version()} | manifest))}
    copy._tables = release._tables | ({} if figures is None else {"figures": figures})
    return copy


def plain(found: list[Changed]) -> list[tuple[str, Change]]:
    return [(one.cell, one.how) for one in found]


def test_the_same_build_differs_in_nothing(made) -> None:
    """Equal inputs, settings and code: no figure differs. It stands beside the first, which the first did not: that is
    named, and changed nothing.
    """
    first, again = changed(made.first), changed(made.again)
    assert attributed(first, again, made.home) == {Cause.BESIDE: []}
    assert attributed(again, again, made.home) == {}


def test_causes_are_what_the_manifests_differ_in(made) -> None:
    """Data, settings with the whole programme file, code, releases beside; each alone and all together. The method of
    estimation comes with the code, and is named beside it.
    """
    old = changed(made.again)
    assert causes(old, changed(made.strict)) == [Cause.SETTINGS]
    renamed = old.programme.model_copy(update={"short_title": old.programme.title})
    assert causes(old, changed(old, programme=renamed)) == [Cause.SETTINGS]
    assert causes(old, changed(made.data)) == [Cause.DATA]
    assert causes(changed(old, code_version="0.0.1"), old) == [Cause.CODE]
    assert causes(changed(made.first), old) == [Cause.BESIDE]
    assert causes(changed(made.first, method=1), changed(made.again, method=2)) == [Cause.METHOD, Cause.BESIDE]
    assert causes(changed(made.first, code_version="0.0.1", method=1), changed(made.both)) == list(Cause)


def test_causes_are_told_apart_by_building_again_in_steps(made) -> None:
    """Each step holds what that cause alone changed: code what the older code had otherwise, settings what the same
    data give by the new programme file, data the rest.
    """
    figures = made.first.figures.copy()
    cell = str(figures.loc[figures["figure_id"] == made.first.headline().figure_id, "cell"].iloc[0])
    figures.loc[figures["cell"] == cell, "value"] = 0.5
    steps = attributed(changed(made.first, figures, code_version="0.0.1"), changed(made.both), made.home)
    assert list(steps) == [Cause.CODE, Cause.SETTINGS, Cause.BESIDE, Cause.DATA]
    assert plain(steps[Cause.CODE]) == [(cell, Change.VALUE)]
    assert plain(steps[Cause.SETTINGS]) == plain(changes(made.again.figures, made.strict.figures)) != []
    assert steps[Cause.BESIDE] == []
    assert plain(steps[Cause.DATA]) == plain(changes(made.strict.figures, made.both.figures)) != []


def test_a_method_is_no_step_of_its_own(made) -> None:
    """It comes with the code: what it changed is told with what the code changed, and nothing is told twice."""
    old = changed(made.again, code_version="0.0.1", method=1)
    assert list(attributed(old, changed(made.again), made.home)) == [Cause.CODE]


def test_a_manifest_without_a_method_is_of_the_earlier_one(made) -> None:
    """Up to format 7 none is named, and each group was estimated by its own firms alone; it is written from then on."""
    told = made.first.manifest.as_json()
    assert json.loads(told["method"]) == METHOD == 2
    older = Manifest.from_json({key: value for key, value in told.items() if key != "method"})
    assert older.method == 1
    assert causes(changed(made.first, method=older.method), changed(made.first)) == [Cause.METHOD]


def test_one_cause_needs_no_rebuilding(made, tmp_path) -> None:
    """All that changed is due to it; the store need not be at hand."""
    steps = attributed(changed(made.again), changed(made.strict), Home(tmp_path))
    assert steps == {Cause.SETTINGS: changes(made.again.figures, made.strict.figures)}


@pytest.mark.parametrize(("new_code", "key"), [("9.9.9", "release.other_code"), (None, "store.absent")])
def test_what_cannot_be_told_apart_is_refused(made, tmp_path, new_code, key) -> None:
    """The new release was built by other code than this: there is no step that leads to it. Nor without the store."""
    new = changed(made.strict) if new_code is None else changed(made.strict, code_version=new_code)
    with pytest.raises(UserError) as caught:
        attributed(changed(made.again, code_version="0.0.1"), new, Home(tmp_path))
    assert caught.value.key == key
    assert str(caught.value)
