"""Where nothing of a dimension can be told, the officer reads why, and which codes could be told as one."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.build.contributions import SELLS
from analytics.build.cubes import EarlierInputs, cube_dimensions
from analytics.build.merges import UntoldDimension, untold_dimensions
from analytics.build.patterns import find_withheld_cells
from analytics.model import Arm, Rule
from analytics.programme.file import Programme, load_programme
from analytics.release.figure import group_of
from analytics.release.measures import ALL


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme("ecommerce-2020").with_outcomes([])


def frame_of(programme: Programme, sizes: dict[str, list[float]]) -> pd.DataFrame:
    """What firms contribute: sector -> the grants of its firms, which differ in nothing else."""
    rows = [(sector, grant) for sector, grants in sizes.items() for grant in grants]
    frame = pd.DataFrame(rows, columns=["sector", "*|*|grants"], index=[f"firm{n}" for n in range(len(rows))])
    wholes = [dict(programme.wholes_of(sector)) for sector, _ in rows]
    frame = frame.assign(**{name: [whole.get(name) for whole in wholes] for name in ("macro_sector",)})
    frame = frame.assign(**{SELLS: "yes", "arm": Arm.FUNDED.value, "*|*|firms": 1.0})
    return frame.reindex(columns=[*frame, *(name for name in programme.dimension_names if name not in frame)])


def untold(programme: Programme, frame: pd.DataFrame, before: list[EarlierInputs]) -> list[UntoldDimension]:
    found = find_withheld_cells(frame, programme, before)
    return list(untold_dimensions(frame, programme, before, found.rules[Arm.FUNDED, ALL, ALL]))


def sectors_of_one_macro(programme: Programme, n: int) -> list[str]:
    by_macro: dict[object, list[str]] = {}
    for sector in programme.codes("sector"):
        by_macro.setdefault(programme.wholes_of(sector), []).append(sector)
    return next(sectors for sectors in by_macro.values() if len(sectors) >= n)[:n]


def test_where_no_merge_would_help_none_is_named(programme: Programme) -> None:
    """Three sectors of two firms, two and one: whichever two were one, the third would follow from the total. That
    fewer than three firms make it so is said.
    """
    one, two, three = sectors_of_one_macro(programme, 3)
    frame = frame_of(programme, {one: [900.0, 1000.0], two: [800.0, 700.0], three: [600.0]})
    found = {each.dimension: each for each in untold(programme, frame, [])}
    assert found["sector"].rule is Rule.MIN_UNITS
    assert found["sector"].merge == ()


def test_a_merge_cannot_be_differenced(programme: Programme) -> None:
    """Beside sectors that are many firms short of the total, two of two firms can be told as one, and with all that was
    published what each withheld stays open: the release that tells the merge is protected like any other.
    """
    sectors = sectors_of_one_macro(programme, 4)
    frame = frame_of(programme, {sector: [900.0 + n, 1000.0] for n, sector in enumerate(sectors)})
    found = find_withheld_cells(frame, programme)
    release: Any = SimpleNamespace(programme=programme, own_ledger=None)
    behind = EarlierInputs.of(release, frame, found.ledger(cube_dimensions(programme)))
    [sector] = [each for each in untold(programme, frame, [behind]) if each.dimension == "sector"]
    assert len(sector.merge) == 2
    assert set(sector.merge) < set(sectors)


def test_a_dimension_that_is_told_in_part_is_not_named(programme: Programme) -> None:
    one, two, three = sectors_of_one_macro(programme, 3)
    many = (500.0 + np.arange(9)).tolist()
    frame = frame_of(programme, {one: many, two: many, three: [900.0, 1000.0]})
    rules = find_withheld_cells(frame, programme).rules[Arm.FUNDED, ALL, ALL]
    assert group_of({"sector": one}) not in rules or group_of({"sector": two}) not in rules
    assert "sector" not in {each.dimension for each in untold(programme, frame, [])}
