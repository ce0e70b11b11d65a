"""How many comparison firms stand beside a group tells of no sector whether the group has firms in it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from analytics.build.contributions import contributions
from analytics.build.panel_from_store import from_store
from analytics.build.rows.rounding import at_least, next_above
from analytics.build.samples import samples_of
from analytics.folders import Home
from analytics.language.text import Text
from analytics.panel.windows import horizons
from analytics.present.written import comparison_count
from analytics.programme.dimensions import Group
from analytics.programme.file import load_programme
from analytics.release import Release, Releases, measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.store.database import Store
from tests.helpers.figures import figures_in

PROGRAMME = "ecommerce-2020"
LADDER = [0, *(digit * 10**power for power in range(1, 7) for digit in (1, 2, 5))]
WHOLE = {"sector", "macro_sector"}


@given(firms=st.integers(0, 10**6))
def test_a_lower_bound_is_a_number_of_the_ladder(firms: int) -> None:
    """10, 20, 50, 100, …: the largest that is not above; who reads one knows the next."""
    low, high = next((low, high) for low, high in pairwise([*LADDER, 10**7]) if low <= firms < high)
    assert at_least(firms) == (low or None)
    assert next_above(firms) == high


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, PROGRAMME).open()


@pytest.fixture(scope="module")
def figures(release: Release) -> dict[FigureKey, Figure]:
    return {figure.key: figure for figure in figures_in(release)}


def crossing(group: Group) -> bool:
    """Whether a group takes a part of several sectors."""
    return bool(group) and not {name for name, _ in group} & WHOLE


def known(figures: dict[FigureKey, Figure], group: Group, sector: str) -> bool | None:
    """What the published tables of sectors say: whether a group has firms of a sector; None where they do not."""
    tables = {frozenset(pair) for pair in load_programme(PROGRAMME).pairs}
    for name, code in group:
        if frozenset(("sector", name)) in tables:
            cell = FigureKey(measures.FIRMS, arm="funded", group=group_of({"sector": sector, name: code}))
            if cell not in figures or figures[cell].value == 0:
                return False
            if len(group) == 1:
                return True
    return None


def rows_of(
    figures: dict[FigureKey, Figure], group: Group, sectors: list[str], truth: dict[Group, set[str]], *, exact: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each number of comparison firms of a group: those of each sector; from how many to how many they can be."""
    rows = {}
    for key, figure in figures.items():
        if key.group == group and figure.n_comparison is not None:
            each = [figures.get(FigureKey(key.measure, key.outcome, key.arm, key.horizon, (("sector", code),)))
                    for code in sectors]  # fmt: skip
            numbers = [0 if one is None else one.n_comparison or 0 for one in each]
            now = sum(n for code, n in zip(sectors, numbers, strict=True) if code in truth[group])
            told = figure.n_comparison
            if exact:
                rows[tuple(numbers), now, now] = None
            elif told <= now < next_above(told):
                rows[tuple(numbers), told, next_above(told) - 1] = None
    return (np.array([row[0] for row in rows]), *(np.array([row[place] for row in rows]) for place in (1, 2)))


def solved(figures: dict[FigureKey, Figure], truth: dict[Group, set[str]], *, exact: bool) -> set[tuple[Group, str]]:
    """Sectors of which it follows that a group has firms there, or none: by a whole-number program over all that is
    told of the group at once. exact: as if each number were told as it is.
    """
    sectors = load_programme(PROGRAMME).codes("sector")
    found = set()
    for group in truth:
        says = {sector: known(figures, group, sector) for sector in sectors}
        if None not in says.values():
            continue
        each, low, high = rows_of(figures, group, sectors, truth, exact=exact)
        if not len(each):
            continue
        firms = figures[FigureKey(measures.FIRMS, arm="funded", group=group)].value
        limits = LinearConstraint(
            np.vstack([each, np.ones(len(sectors))]), [*low, 1], [*high, firms if firms is not None else len(sectors)]
        )
        for place, sector in enumerate(sectors):
            if says[sector] is None:
                sure = [(0.0, 1.0) if says[one] is None else (float(says[one]),) * 2 for one in sectors]
                ends = np.array(sure)
                ends[place] = float(sector not in truth[group])
                otherwise = milp(np.zeros(len(sectors)), constraints=limits, integrality=np.ones(len(sectors)),
                                 bounds=(ends[:, 0], ends[:, 1]))  # fmt: skip
                if otherwise.x is None:
                    found.add((group, sector))
    return found


@pytest.fixture(scope="module")
def truth(demonstration: Home, figures: dict[FigureKey, Figure]) -> dict[Group, set[str]]:
    """Every group that crosses sectors, with those in which it has firms that sell."""
    programme = load_programme(PROGRAMME)
    with Store(demonstration.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        panel = from_store(store, programme)
    frame = contributions(panel, programme, samples_of(panel, programme, horizons(panel, programme.settings)))
    sellers = frame[(frame["arm"] == "funded") & (frame["sells"] == "yes")]
    found = {}
    for group in {key.group for key in figures if crossing(key.group)}:
        here = sellers
        for name, code in group:
            here = here[here[name] == code]
        found[group] = set(here["sector"].dropna())
    return found


def test_no_number_tells_in_which_sectors_a_group_has_firms(
    figures: dict[FigureKey, Figure], truth: dict[Group, set[str]]
) -> None:
    """All lower bounds together leave every sector open that no published table tells; exact numbers gave away many."""
    assert not solved(figures, truth, exact=False)
    assert len(solved(figures, truth, exact=True)) > 20


def test_the_number_is_exact_of_whole_sectors_alone(release: Release, figures: dict[FigureKey, Figure]) -> None:
    """Elsewhere it is of the ladder, and said to be "at least" so many, wherever it is read; so is a count of them."""
    bounds = 0
    for key, figure in figures.items():
        whole = {name for name, _ in key.group} <= WHOLE
        assert figure.n_comparison_at_least == (not whole and figure.n_comparison is not None)
        if figure.n_comparison_at_least:
            bounds += 1
            assert figure.n_comparison in LADDER
            assert figure.df is None or figure.df == round(figure.df)
            if key.measure == measures.FIRMS and key.arm == "comparison":
                assert figure.value == figure.n_comparison
            for language, words in (("it", "almeno"), ("en", "at least")):
                assert comparison_count(figure, Text(language)).startswith(words)
    assert bounds > 5000
