"""A firm that was deleted on request counts as one that changed: no later release tells, beside an earlier one, what it
was."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analytics.build.candidate import build
from analytics.build.contributions import Contribution
from analytics.build.cubes import EarlierInputs, cube_dimensions
from analytics.build.earlier import contributions_of, keep_contributions, recall_outside
from analytics.build.forget import forget
from analytics.build.forgotten_firm import PREFIX, without_firm
from analytics.build.outside import changed_firms
from analytics.build.patterns import find_withheld_cells
from analytics.build.recompute import recompute
from analytics.build.withheld_cells import WithheldCells
from analytics.disclosure import Cube, feasible_intervals
from analytics.folders import Home
from analytics.model import UserError
from analytics.programme.file import Programme, load_programme
from analytics.release import Releases
from analytics.release.difference import Cause, causes
from analytics.release.measures import ALL
from analytics.store.database import Store
from tests.helpers.michigan_release import built, sales_only

SECTORS = {"textiles": 3, "plastics": 6, "furniture": 8, "other_making": 9}
FIRM, AMOUNT = "F00", 5000.0


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme("ecommerce-2020").with_outcomes(["online_sales"])


def frame_of(programme: Programme, amount: float, n_beside: int) -> pd.DataFrame:
    """Firms of four sectors and their grants; the first has this amount, and so many others in its sector."""
    sectors = ["textiles"] * (1 + n_beside)
    sectors += [sector for sector, n in SECTORS.items() if sector != "textiles" for _ in range(n)]
    frame = pd.DataFrame(index=pd.Index([f"F{place:02}" for place in range(len(sectors))], name="firm_id"))
    frame = frame.reindex(columns=list(programme.dimension_names)).astype(object)
    grants = np.random.default_rng(4).integers(2000, 9000, len(sectors)).astype(float)
    grants[0] = amount
    return frame.assign(
        sector=sectors, sells="yes", arm="funded", **{"*|*|firms": 1.0, Contribution(ALL, ALL, "grants").column: grants}
    )


def behind(frame: pd.DataFrame, found: WithheldCells, programme: Programme) -> EarlierInputs:
    release: Any = SimpleNamespace(programme=programme, own_ledger=None)
    return EarlierInputs.of(release, frame, found.ledger(cube_dimensions(programme)))


def told(found: WithheldCells, group: tuple[tuple[str, str], ...]) -> bool:
    """Whether the release publishes this group's sum anew."""
    return found.rule(ALL, ALL, group) is None


def interval_of_firm(
    first: pd.DataFrame, second: pd.DataFrame, found: tuple[WithheldCells, WithheldCells]
) -> tuple[float, float]:
    """Between what the firm's grant must lie for who reads both releases: the cells of both as one system of equations,
    in which what a sector whose other firms are as they were had before is what it has now and the firm's.
    """
    grants = Contribution(ALL, ALL, "grants").column
    sums = [frame.groupby("sector")[grants].sum() for frame in (first, second)]
    names = [("total", 1), ("total", 2), *((sector, k) for sector in SECTORS for k in (1, 2)), ("firm", 0)]
    place = {name: number for number, name in enumerate(names)}
    value = np.zeros(len(names))
    identities = [{("total", k): 1.0} | {(sector, k): -1.0 for sector in SECTORS} for k in (1, 2)]
    withheld = np.ones(len(names), dtype=bool)
    for k in (1, 2):
        value[place["total", k]] = sums[k - 1].sum()
        withheld[place["total", k]] = not told(found[k - 1], ())
        for sector in SECTORS:
            value[place[sector, k]] = sums[k - 1].get(sector, 0.0)
            withheld[place[sector, k]] = not told(found[k - 1], (("sector", sector),))
    value[place["firm", 0]] = first.loc[FIRM, grants]
    identities.append({("textiles", 1): 1.0, ("textiles", 2): -1.0, ("firm", 0): -1.0})
    for sector in set(SECTORS) - {"textiles"}:
        identities += [{(sector, 1): 1.0, (sector, 2): -1.0}] * int(sums[0][sector] == sums[1][sector])
    rows = [[terms.get(name, 0.0) for name in names] for terms in identities]
    cells = pd.DataFrame({"cell": [f"{name} {k}" for name, k in names], "n_units": 5, "value": value})
    cells = cells.assign(largest=value, second=0.0)
    lower, upper = feasible_intervals(Cube(cells, sparse.csr_array(rows)), withheld).loc[place["firm", 0]]
    return float(lower), float(upper)


@pytest.mark.parametrize("amount", [50.0, AMOUNT, 10_000.0])
@pytest.mark.parametrize("n_beside", [1, 3])
def test_two_releases_together_do_not_tell_the_deleted_firm(programme: Programme, amount: float, n_beside: int) -> None:
    """Small or the largest of all, in a sector that is withheld or published, while three firms of another sector were
    corrected: its grant stays open by 10% on either side. Without the row that stands for it, it would be told exactly.
    """
    first = frame_of(programme, amount, n_beside)
    of_first = find_withheld_cells(first, programme, processes=1)
    second = first.drop(index=FIRM)
    second.loc[second.index[second["sector"] == "other_making"][:3], "*|*|grants"] += 500.0
    intervals = {}
    for how, frame in (
        ("protected", without_firm({"1": first}, FIRM, programme, seed=1)["1"]),
        ("row gone", first.drop(index=FIRM)),
    ):
        of_second = find_withheld_cells(second, programme, [behind(frame, of_first, programme)], processes=1)
        intervals[how] = interval_of_firm(first, second, (of_first, of_second))
    lower, upper = intervals["protected"]
    assert lower <= 0.9 * amount
    assert upper >= min(1.1 * amount, 10_000.0)
    lower, upper = intervals["row gone"]
    assert upper - lower < 1e-6 * amount, "the test sees the leak"


def test_the_row_keeps_what_changed_between_releases_and_nothing_else(programme: Programme) -> None:
    """One random name in all releases; equal amounts equal, others not; no amount of the firm, nor its mark."""
    one = frame_of(programme, AMOUNT, 3).assign(**{"online_sales|*|trace": 1.25, "online_sales|overall|before": 40.0})
    one.loc[FIRM, "online_sales|overall|before"] = 70.0
    two = one.copy()
    two.loc[FIRM, "online_sales|overall|before"] = 71.0
    frames = without_firm({"1": one, "2": two, "3": two.drop(index=FIRM)}, FIRM, programme)
    assert set(frames) == {"1", "2"}
    names = {name for frame in frames.values() for name in frame.index if name.startswith(PREFIX)}
    [name] = names
    rows = [frame.loc[name] for frame in frames.values()]
    same = [column for column in one if rows[0][column] == rows[1][column]]
    assert "online_sales|overall|before" not in same
    assert {"*|*|firms", "*|*|grants", "online_sales|*|trace", "sector", "arm"} <= set(same)
    assert rows[0]["online_sales|*|trace"] != 1.25
    assert {AMOUNT, 70.0, 71.0}.isdisjoint(value for row in rows for value in row if isinstance(value, float))


def test_a_firm_from_outside_the_applicants_counts_as_one_that_left(programme: Programme, tmp_path: Path) -> None:
    """Its mark becomes a random one under a random name, the same in two releases where it was."""
    marks = pd.Series({"F90": 1.5, "F91": 1.75})
    for release in ("1", "2"):
        keep_contributions(tmp_path, release, frame_of(programme, AMOUNT, 3), marks)
    frames = {release: contributions_of(tmp_path / f"{release}.parquet") for release in ("1", "2")}
    for release, frame in without_firm(frames, "F90", programme).items():
        frame.to_parquet(tmp_path / f"{release}.parquet")
    one, two = (recall_outside(tmp_path, release) for release in ("1", "2"))
    assert changed_firms(one, two) == 0
    assert changed_firms(marks.drop("F90"), one) == 1
    assert "F90" not in one
    assert 1.5 not in set(one)


def test_after_a_deletion_releases_are_built_published_and_verified(tmp_path: Path) -> None:
    """The earlier release stays, and says why it cannot be made again; the next one comes out again to the digit. The
    two stand on different data, though on the same imports: a candidate from before is not taken for one of them.
    """
    first = built(tmp_path, sales_only)
    programme, home = first.programme, Home(tmp_path)
    firm = "418021"
    forget(programme, firm, home)
    with Store(home.store(programme.id), programme.id, read_only=True) as store:
        assert firm not in store.firm_ids()
        releases = Releases(home.releases, programme.id)
        releases.publish(build(programme, store, releases))
    second = releases.open()
    assert second.manifest.inputs == first.manifest.inputs
    assert Cause.DATA in causes(first, second)
    figures = [release.figures["figure_id"].iloc[0] for release in (first, second)]
    with pytest.raises(UserError) as refused:
        recompute(first, figures[0], home)
    assert refused.value.key == "store.inputs_deleted"
    assert recompute(second, figures[1], home).equal
