"""A revision, a new year of data and a new wave can always be released, and what does not change is not held."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.build import pattern_progress
from analytics.build.contributions import Contribution, contributions, contributions_in
from analytics.build.cubes import EarlierInputs, cube_dimensions
from analytics.build.panel_from_store import from_store
from analytics.build.patterns import find_withheld_cells
from analytics.build.samples import samples_of
from analytics.build.withheld_cells import WithheldCells
from analytics.folders import Home
from analytics.model import Arm, Rule, UserError
from analytics.panel import Panel
from analytics.panel.windows import horizons
from analytics.programme.file import Programme, load_programme
from analytics.store.database import Store

SECTORS = ("furniture", "plastics", "other_making")


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The demonstration's, with its headline's outcome."""
    return load_programme("ecommerce-2020").with_outcomes(["online_sales"])


@pytest.fixture(scope="module")
def panel(demonstration: Home, programme: Programme) -> Panel:
    """Its firms of a few sectors, small ones among them."""
    with Store(demonstration.store(programme.id), programme.id, read_only=True) as store:
        panel = from_store(store, programme)
    return panel.keep(panel.units["sector"].isin(SECTORS).to_numpy())


def contributed(panel: Panel, programme: Programme) -> pd.DataFrame:
    return contributions(panel, programme, samples_of(panel, programme, horizons(panel, programme.settings)))


def behind(frame: pd.DataFrame, withheld: WithheldCells, programme: Programme) -> EarlierInputs:
    """What stands behind a release that was published."""
    release: Any = SimpleNamespace(programme=programme, own_ledger=None)
    return EarlierInputs.of(release, frame, withheld.ledger(cube_dimensions(programme)))


@pytest.fixture(scope="module")
def first(panel: Panel, programme: Programme) -> EarlierInputs:
    frame = contributed(panel, programme)
    return behind(frame, find_withheld_cells(frame, programme), programme)


def corrected(panel: Panel, firms: np.ndarray, year: int, factor: float) -> Panel:
    """The same with sales of a year times a factor."""
    inside = np.asarray(panel.periods.year == year)
    outcomes = {name: values.copy() for name, values in panel.outcomes.items()}
    outcomes["online_sales"][np.ix_(firms, inside)] *= factor
    return Panel(panel.units, panel.periods, outcomes)


def held(withheld: WithheldCells, outcome: str, horizon: str) -> int:
    return sum(rule is Rule.HELD for rule in withheld.rules.get((Arm.FUNDED, outcome, horizon), {}).values())


@pytest.mark.parametrize("what", ["everybody", "both arms", "forty", "a year", "a wave"])
def test_an_ordinary_revision_is_released(panel: Panel, programme: Programme, first: EarlierInputs, what: str) -> None:
    """Corrections of many firms, the last year of data, the last wave: each is found a pattern for, and attacked."""
    rng = np.random.default_rng(2)
    everybody, funded = np.arange(len(panel.units)), np.flatnonzero(panel.funded)
    if what == "a wave":
        earlier = panel.keep(panel.units["wave"].ne("third").to_numpy() | ~panel.funded)
        now = panel
    elif what == "a year":
        late = np.asarray(panel.periods.year < 2023)
        earlier = Panel(panel.units, panel.periods[late], {name: v[:, late] for name, v in panel.outcomes.items()})
        now = panel
    else:
        earlier = panel
        firms = {"everybody": everybody, "both arms": rng.choice(everybody, 60, replace=False)}.get(
            what, rng.choice(funded, 40, replace=False)
        )
        now = corrected(panel, firms, 2023 if what == "everybody" else 2021, 1.02 if what == "everybody" else 1.1)
    before = first
    if earlier is not panel:
        frame = contributed(earlier, programme)
        before = behind(frame, find_withheld_cells(frame, programme), programme)
    found = find_withheld_cells(contributed(now, programme), programme, [before])
    narrowest = [summary.narrowest for summary in found.summaries.values() if summary.narrowest is not None]
    assert narrowest
    assert min(narrowest) >= 1 - 1e-6


def test_three_corrected_firms_let_the_programme_follow(
    panel: Panel, programme: Programme, first: EarlierInputs
) -> None:
    """One firm, then two more: the programme's figure stays once, and follows with the third firm."""
    firms = np.flatnonzero(panel.funded & ((panel.outcomes["online_sales"] > 0).sum(axis=1) > 60))[:3]
    once = contributed(corrected(panel, firms[:1], 2021, 1.1), programme)
    found = find_withheld_cells(once, programme, [first])
    assert found.rule("online_sales", "overall", ()) is Rule.HELD
    assert found.rule("online_sales", "3", ()) is None, "the third year did not change"
    twice = contributed(corrected(panel, firms, 2021, 1.1), programme)
    second = behind(once, found, programme)
    assert find_withheld_cells(twice, programme, [first, second]).rule("online_sales", "overall", ()) is None


def test_a_sector_without_funded_firms_is_built_again(panel: Panel, programme: Programme) -> None:
    """Comparison firms of a sector that nobody was funded in contribute nothing: an equal second release is equal."""
    nobody = panel.keep(~(panel.funded & panel.units["sector"].eq("plastics").to_numpy()))
    frame = contributed(nobody, programme)
    outside = (frame["arm"] == "comparison") & (frame["sector"] == "plastics")
    assert outside.any()
    columns = [contribution.column for contribution in contributions_in(frame)]
    assert frame.loc[outside, columns].isna().all(axis=None)
    found = find_withheld_cells(frame, programme)
    again = find_withheld_cells(frame, programme, [behind(frame, found, programme)])
    assert {key: dict(rules) for key, rules in again.rules.items() if rules} == {
        key: dict(rules) for key, rules in found.rules.items() if rules
    }


def test_the_number_of_processes_does_not_matter(panel: Panel, programme: Programme) -> None:
    """The same patterns, in the same order, in one process or two; what goes wrong in one of them is said."""
    few = contributed(panel.keep(panel.units["sector"].eq("plastics").to_numpy()), programme)
    of_sales = [str(name) for name in few if str(name).startswith("online_sales|")]
    abroad = few[of_sales].rename(columns=lambda name: name.replace("online_sales", "online_abroad"))
    frame, both = few.join(abroad), load_programme("ecommerce-2020").with_outcomes(["online_sales", "online_abroad"])
    before = [behind(frame, find_withheld_cells(frame, both), both)]
    one, two = (find_withheld_cells(frame, both, before, processes=n) for n in (1, 2))
    assert list(one.rules.items()) == list(two.rules.items())
    assert list(one.summaries.items()) == list(two.summaries.items())
    assert one.unchanged == two.unchanged
    negative = frame.assign(**{Contribution("online_abroad", "overall", "before").column: -1.0})
    with pytest.raises(UserError) as error:
        find_withheld_cells(negative, both, before, processes=2)
    assert error.value.key == "cube.negative"


def test_what_did_not_change_in_a_held_cell_is_known(panel: Panel, programme: Programme, first: EarlierInputs) -> None:
    """A correction of sales after leaves the windows before, and who sold, as they were."""
    firms = np.flatnonzero(panel.funded & ((panel.outcomes["online_sales"] > 0).sum(axis=1) > 60))[:1]
    found = find_withheld_cells(contributed(corrected(panel, firms, 2021, 1.1), programme), programme, [first])
    pattern = Arm.FUNDED, "online_sales", "overall"
    assert found.rules[pattern][()] is Rule.HELD
    assert () in found.unchanged[pattern, "before"]
    earlier = corrected(panel, firms, 2019, 1.1)
    found = find_withheld_cells(contributed(earlier, programme), programme, [first])
    assert () not in found.unchanged[pattern, "before"]


def test_the_search_shows_that_it_goes_on(panel: Panel, programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part that is done moves while a pattern is searched, and never back."""
    monkeypatch.setattr(pattern_progress, "SECONDS_PER_STEP", 0.0)  # however fast the machine
    shown: list[tuple[int, int]] = []
    frame = contributed(panel, programme)
    find_withheld_cells(frame, programme, progress=lambda _, done, total: shown.append((done, total)))
    assert len({done for done, _ in shown}) > 20
    assert [done for done, _ in shown] == sorted(done for done, _ in shown)
    assert shown[-1][0] == shown[-1][1]
    assert Contribution("online_sales", "overall", "before").column in frame
