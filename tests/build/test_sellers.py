"""Whether a named firm sells follows from nothing that is told: neither from shares of firms that sell, nor from how
many firms enter an effect, nor from an effect on starting to sell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

from analytics.build.contributions import contributions
from analytics.build.panel_from_store import from_store
from analytics.build.rows.rounding import step_of_selling, step_of_stopped, to_step
from analytics.build.samples import Samples, samples_of
from analytics.build.seller_counts import IN_BOTH, MOVED, SOLD_BEFORE, STOPPED, Behaviour, Known, SellerCounts
from analytics.build.sellers import hide_told_sellers
from analytics.folders import Home
from analytics.model import ConfStatus, Estimand, Reason
from analytics.panel import Panel
from analytics.panel.windows import horizons
from analytics.programme.file import Programme, load_programme
from analytics.release import Release, Releases, measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import Measure
from analytics.store.database import Store
from tests.build.test_withhold import identities
from tests.helpers.figures import Earlier, figures_in

PROGRAMME = "ecommerce-2020"
Cell = tuple[str, ...]
STEPS = (0.01, 0.02, 0.05, 0.1, 0.25)  # as METHODS.md 7 tells every reader: so wide that 2.5 firms lie in one
ENOUGH = 1 - 1e-6


# ---- the shares ------------------------------------------------------------------------------------------------------


@given(firms=st.integers(1, 3000), data=st.data())
def test_every_share_that_is_told_leaves_two_counts(firms: int, data: st.DataObject) -> None:
    """Also those at the ends: nobody sells, all do. Of fewer than ten firms no share is told."""
    step = step_of_selling(firms)
    assert (step is None) == (firms < 10)
    if step is not None:
        number = data.draw(st.integers(0, firms))
        share = to_step(number / firms, step)
        beside = [n for n in (number - 1, number + 1) if 0 <= n <= firms and to_step(n / firms, step) == share]
        assert beside


@given(firms=st.integers(10, 3000), data=st.data())
def test_the_step_of_those_that_stopped_tells_nothing_of_those_that_sold(firms: int, data: st.DataObject) -> None:
    """It follows from the share that sold before as that is told; and leaves two counts, too."""
    step = step_of_selling(firms)
    sold = data.draw(st.integers(0, firms))
    told = to_step(sold / firms, step)
    of_stopped = step_of_stopped(told, firms)
    if of_stopped is not None:
        stopped = data.draw(st.integers(0, sold))
        share = to_step(stopped / sold, of_stopped)
        assert any(0 <= n <= sold and to_step(n / sold, of_stopped) == share for n in (stopped - 1, stopped + 1))


# ---- the demonstration -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, PROGRAMME).open()


@pytest.fixture(scope="module")
def panel(demonstration: Home) -> Panel:
    programme = load_programme(PROGRAMME)
    with Store(demonstration.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return from_store(store, programme)


@pytest.fixture(scope="module")
def samples(panel: Panel) -> Samples:
    programme = load_programme(PROGRAMME)
    return samples_of(panel, programme, horizons(panel, programme.settings))


@dataclass(frozen=True)
class Truth:
    """Of each cell of the funded arm: how many firms are measured, and sold in both windows, stopped, started."""

    cells: dict[Cell, tuple[int, int, int, int]]
    programme: Programme

    def counts(self, cell: Cell) -> tuple[int, int, int, int]:
        return self.cells.get(cell, (0, 0, 0, 0))


def truth_of(frame: pd.DataFrame, outcome: str, horizon: str, programme: Programme) -> Truth:
    """From what firms contribute; cells of every table that is published."""
    names = programme.dimension_names
    mine = frame[(frame["arm"] == "funded") & frame[f"{outcome}|{horizon}|after"].notna()]
    sold, sells = mine[f"{outcome}|{horizon}|before"] > 0, mine[f"{outcome}|{horizon}|after"] > 0
    moves = pd.DataFrame({"n": 1, "both": sold & sells, "stopped": sold & ~sells, "started": ~sold & sells})
    cells = {}
    for by in [(), *((name,) for name in names), *programme.pairs]:
        for codes, rows in mine.groupby(list(by)) if by else [((), mine)]:
            told = dict(zip(by, codes, strict=True))
            sums = moves.loc[rows.index].sum()
            cells[tuple(told.get(name, "*") for name in names)] = tuple(int(number) for number in sums)
    return Truth(cells, programme)


def possible(share: float, firms: int, step: float | None) -> tuple[int, int]:
    """The counts that a reader finds behind a share."""
    counts = [n for n in range(firms + 1) if step is not None and abs(to_step(n / firms, step) - share) < 1e-9]
    return min(counts), max(counts)


def told_of(
    figures: Mapping[FigureKey, Figure], truth: Truth, outcome: str, horizon: str, *, exact: bool
) -> Iterator[tuple[Cell, tuple[float, float, float], float, float]]:
    """What each figure tells: cell, how often it counts a firm that sold in both windows, stopped, started; from, to.

    exact: as if each share were told to the last digit.
    """
    names = truth.programme.dimension_names

    def figure(measure: Measure, arm: str, cell: Cell) -> Figure | None:
        found = figures.get(FigureKey(measure, outcome, arm, horizon, group_of(zip(names, cell, strict=True))))
        return found if found is not None and found.published else None

    for cell, (n, both, stopped, started) in truth.cells.items():
        step = next((step for step in STEPS if step * n >= 2.5), None)
        before = figure(measures.SELLING_BEFORE, "funded", cell)
        after = figure(measures.SELLING_AFTER, "funded", cell)
        ceased = figure(measures.STOPPED_SELLING, "funded", cell)
        for share, counted, number in (
            (before, (1.0, 1.0, 0.0), both + stopped),
            (after, (1.0, 0.0, 1.0), both + started),
        ):
            if share is not None:
                yield cell, counted, *((number, number) if exact else possible(share.value, n, step))
        if ceased is not None and exact:
            yield cell, (0.0, 1.0, 0.0), stopped, stopped
        elif ceased is not None:
            step = step_of_stopped(to_step((both + stopped) / n, step), n)
            yield cell, (0.0, 1.0, 0.0), *possible(ceased.value, both + stopped, step)
        enter = figure(measures.EFFECTS[Estimand.TYPICAL_FIRM], "*", cell)
        if enter is not None and enter.n_funded is not None:
            yield cell, (1.0, 0.0, 0.0), enter.n_funded, both  # fewer enter where a sector has no comparison
        either = figure(measures.EFFECTS[Estimand.SYMMETRIC_GROWTH], "*", cell)
        if either is not None and either.n_funded is not None:
            yield cell, (1.0, 1.0, 1.0), either.n_funded, both + stopped + started
        more = figure(measures.EFFECTS[Estimand.STARTED_SELLING], "*", cell)
        if more is not None and cell[names.index("sector")] != "*":
            low, high = of_sector(figure, cell, n, more.value)
            yield cell, (0.0, -1.0, 1.0), min(low, started - stopped), max(high, started - stopped)


def of_sector(figure, cell: Cell, n: int, effect: float) -> tuple[float, float]:
    """How many more started than stopped, by the effect and by what became of the sector's comparison firms."""
    shares = [figure(measure, "comparison", cell) for measure in measures.SELLING_SHARES[:2]]
    if any(share is None for share in shares):
        return -n, n
    m = shares[0].n_comparison
    beside = shares[1].value - shares[0].value
    open_by = next(step for step in STEPS if step * m >= 2.5) + (0.005 if n >= 100 else 0.025)
    return np.ceil(n * (effect + beside - open_by)), np.floor(n * (effect + beside + open_by))


def solved(
    figures: Mapping[FigureKey, Figure], truth: Truth, outcome: str, horizon: str, *, exact: bool = False
) -> set[tuple[Cell, str]]:
    """Cells of one or two firms of which it follows whether one sold before or after, or that one stopped: in whole
    firms, from all that is told together. Whoever looks knows how many firms each cell has.
    """
    cells = list(truth.cells)
    place = {cell: i for i, cell in enumerate(cells)}
    width = len(cells)
    now = np.array([truth.cells[cell][1:] for cell in cells], dtype=float).T.ravel()
    rows, low, high = [], [], []

    def add(terms: Mapping[int, float], least: float, most: float) -> None:
        row = np.zeros(3 * width)
        for column, sign in terms.items():
            row[column] += sign
        rows.append(row)
        low.append(least - row @ now)
        high.append(most - row @ now)

    for parent, children in identities(dict.fromkeys(cells, 0.0), truth.programme):
        for part in range(3):
            terms = {part * width + place[parent]: 1.0} | {part * width + place[child]: -1.0 for child in children}
            add(terms, 0.0, 0.0)
    for cell, (n, *_) in truth.cells.items():
        add({part * width + place[cell]: 1.0 for part in range(3)}, 0.0, n)
    for cell, counted, least, most in told_of(figures, truth, outcome, horizon, exact=exact):
        add({part * width + place[cell]: counted[part] for part in range(3)}, least, most)
    program = LinearConstraint(np.array(rows), np.array(low) - 1e-9, np.array(high) + 1e-9)
    names = truth.programme.dimension_names
    shown = {
        key.group for key, figure in figures.items() if figure.published and key.measure == measures.CHANGE
        and (key.outcome, key.horizon, key.arm) == (outcome, horizon, "funded")
    }  # fmt: skip
    secret = [
        cell for cell, counts in truth.cells.items()
        if 0 < counts[0] < 3 and group_of(zip(names, cell, strict=True)) not in shown
    ]  # fmt: skip
    found = set()
    for what, counted, side in (
        ("before", (1, 1, 0), 1), ("before", (1, 1, 0), -1), ("after", (1, 0, 1), 1), ("after", (1, 0, 1), -1),
        ("stopped", (0, 1, 0), -1),
    ):  # fmt: skip
        number = {cell: float(np.dot(counted, truth.cells[cell][1:])) for cell in secret}
        left = [c for c in secret if (number[c] + 1 <= truth.cells[c][0] if side > 0 else number[c] >= 1)]
        while left:
            reached = furthest(program, now, [place[cell] for cell in left], counted, side, width)
            proved = [cell for cell, far in zip(left, reached, strict=True) if far > 0.5]
            if not proved and len(left) > 1:
                found |= {
                    (cell, what) for cell in left
                    if furthest(program, now, [place[cell]], counted, side, width)[0] < 0.5
                }  # fmt: skip
                break
            found |= {(cell, what) for cell in left if not proved}
            left = [cell for cell in left if cell not in proved] if proved else []
    return found


def furthest(program: LinearConstraint, now, places: list[int], counted, side: int, width: int) -> list[float]:
    """How many firms more (side −1: fewer) each of these cells has where most of them have one, in whole firms."""
    cap = np.zeros((len(places), 3 * width))
    for row, cell in enumerate(places):
        cap[row, [part * width + cell for part in range(3)]] = side * np.array(counted, dtype=float)
    whole = milp(
        -cap.sum(axis=0),
        constraints=[program, LinearConstraint(cap, -np.inf, 1.0)],
        integrality=np.ones(3 * width),
        bounds=(-now, np.full(3 * width, np.inf)),
        options={"time_limit": 20.0},
    )
    assert whole.x is not None, whole.message
    return (cap @ whole.x).tolist()


@pytest.fixture(scope="module")
def told(release: Release) -> dict[FigureKey, Figure]:
    return {figure.key: figure for figure in figures_in(release)}


@pytest.mark.parametrize(
    ("outcome", "horizon"), [("online_sales", "overall"), ("online_sales", "1"), ("online_sales", "3")]
)
def test_no_firm_of_a_small_cell_is_told_to_sell_or_not(
    told: Mapping[FigureKey, Figure], panel: Panel, samples: Samples, outcome: str, horizon: str
) -> None:
    """Somebody who has nothing but the file finds no firm's selling, in whole firms; from exact shares many."""
    programme = load_programme(PROGRAMME)
    truth = truth_of(contributions(panel, programme, samples), outcome, horizon, programme)
    assert not solved(told, truth, outcome, horizon)
    assert len(solved(told, truth, outcome, horizon, exact=True)) > 10


def test_no_share_is_told_of_fewer_than_ten_firms(told: Mapping[FigureKey, Figure]) -> None:
    """Nor finer than the step of so many firms; of those that stopped, of those that sold before."""
    checked = 0
    for key, figure in told.items():
        if key.measure in measures.SELLING_SHARES[:2] and figure.published:
            n = figure.n_funded if key.arm == "funded" else figure.n_comparison
            if n is None:  # of comparison firms that are not counted
                continue
            step = step_of_selling(n)
            assert step is not None
            assert figure.value == pytest.approx(to_step(figure.value, step), abs=1e-9)
            checked += 1
    assert checked > 500


def test_effects_that_count_sellers_are_no_finer_than_their_counts(told: Mapping[FigureKey, Figure]) -> None:
    """All digits of an effect on starting to sell, or of its interval, would tell how many did: one number in a step,
    standard errors of two digits. Which firms sell in either window is told by no number of firms either.
    """
    started = [figure for key, figure in told.items() if key.measure == measures.EFFECTS["started_selling"]]
    for figure in started:
        if figure.published:
            step = 0.01 if figure.n_funded >= 100 else 0.05
            assert figure.value == to_step(figure.value, step)
            assert figure.df == round(figure.df)
    assert sum(figure.published for figure in started) > 500
    either = [figure for key, figure in told.items() if "symmetric_growth" in key.measure.name and figure.published
              and key.outcome == "online_sales"]  # fmt: skip
    assert len(either) > 100
    for figure in either:
        assert figure.n_funded is None
        assert figure.n_comparison is None


# ---- the typical firm's change ---------------------------------------------------------------------------------------


def test_the_typical_change_goes_with_the_effect(told: Mapping[FigureKey, Figure]) -> None:
    """It is told of no group whose effect is not, with the same numbers of firms or as little of them; and, of the
    funded firms, of every group whose effect is.
    """
    checked = 0
    for key, figure in told.items():
        if key.measure == measures.TYPICAL_CHANGE:
            effect = told[replace(key, measure=measures.EFFECTS[Estimand.TYPICAL_FIRM], arm="*")]
            if figure.published:
                checked += 1
                assert effect.published
                assert (figure.n_funded, figure.n_comparison) == (effect.n_funded, effect.n_comparison)
                assert figure.n_comparison_at_least == effect.n_comparison_at_least
            else:
                assert figure.reason in (effect.reason, Reason.CONFIDENTIAL)
                assert key.arm == "comparison" or not effect.published
    assert checked > 1000


@pytest.mark.parametrize("arm", ["funded", "comparison"])
@pytest.mark.parametrize("horizon", ["overall", "1", "2", "3"])
def test_no_sum_of_logs_of_a_small_cell_can_be_solved(
    told: Mapping[FigureKey, Figure], panel: Panel, samples: Samples, horizon: str, arm: str
) -> None:
    """Were the means told to the last digit, with every number of firms: no cell of one or two firms that enter is a
    total less published parts, nor any other sum of what is told.
    """
    programme = load_programme(PROGRAMME)
    names, frame = programme.dimension_names, contributions(panel, programme, samples)
    checked = 0
    for outcome in programme.outcomes:
        votes = frame[(frame["arm"] == "funded") & frame[f"{outcome.name}|{horizon}|typical_firm"].notna()]
        cells: dict[Cell, int] = {}
        for by in [(), *((name,) for name in names), *programme.pairs]:
            for codes, rows in votes.groupby(list(by)) if by else [((), votes)]:
                of = dict(zip(by, codes, strict=True))
                cells[tuple(of.get(name, "*") for name in names)] = len(rows)
        key = {
            cell: FigureKey(
                measures.TYPICAL_CHANGE, outcome.name, arm, horizon, group_of(zip(names, cell, strict=True))
            )
            for cell in cells
        }
        hidden = [cell for cell in cells if key[cell] not in told or not told[key[cell]].published]
        place = {cell: i for i, cell in enumerate(hidden)}
        rows = np.array([
            [(cell == parent) - float(cell in children) for cell in hidden]
            for parent, children in identities(dict.fromkeys(cells, 0.0), programme)
        ])  # fmt: skip
        _, weights, basis = np.linalg.svd(rows, full_matrices=True)
        free = basis[int((weights > 1e-9).sum()) :]  # by what the unknown sums can move, told ones held
        for cell in hidden:
            if cells[cell] <= 2:
                checked += 1
                assert np.abs(free[:, place[cell]]).max(initial=0.0) > 1e-6, (outcome.name, cell)
    assert checked > 20


CONFIDENTIAL = {"value": None, "conf_status": ConfStatus.CONFIDENTIAL, "reason": Reason.CONFIDENTIAL}


def told_beside(
    figures: Mapping[FigureKey, Figure], earlier: Mapping[FigureKey, Figure], panel: Panel, samples: Samples
) -> dict[FigureKey, Figure]:
    """What is told of figures after a release that told others."""
    programme = load_programme(PROGRAMME)
    frame = contributions(panel, programme, samples)
    told = hide_told_sellers(figures.values(), frame, samples, programme, [Earlier(earlier)])
    return {figure.key: figure for figure in told}


def test_what_an_earlier_release_hid_stays_hidden(
    told: Mapping[FigureKey, Figure], panel: Panel, samples: Samples
) -> None:
    """Two releases that hid one share each, for the same reason, would tell each other's."""
    key = next(
        key
        for key, figure in told.items()
        if key.measure == measures.SELLING_AFTER and key.arm == "funded" and figure.published
    )
    again = told_beside(told, {**told, key: replace(told[key], **CONFIDENTIAL)}, panel, samples)
    assert not again[key].published
    assert sum(again[other] != figure for other, figure in told.items() if figure.published) == 1


def test_what_is_hidden_of_a_sector_that_is_held_is_hidden_beside_its_groups(
    told: Mapping[FigureKey, Figure], panel: Panel, samples: Samples
) -> None:
    """The comparison firms of a size of a sector are those of the sector."""
    crossing = next(
        key
        for key, figure in told.items()
        if key.measure == measures.SELLING_AFTER
        and key.arm == "comparison"
        and [name for name, _ in key.group] == ["sector", "size_class"]
        and figure.published
        and told[replace(key, group=key.group[:1])].published
    )
    of_sector = replace(crossing, group=crossing.group[:1])
    now = {**told, of_sector: replace(told[of_sector], **CONFIDENTIAL)}
    again = told_beside(now, now, panel, samples)
    assert not again[crossing].published


# ---- by hand ---------------------------------------------------------------------------------------------------------


def to_hide(of_nine: float, *known: Known) -> set[int]:
    """Places of what must be hidden of two cells and their total: of one firm, which sells and must stay open (1), and
    of nine (2), so many of which sell, all in both windows.
    """
    total = sparse.csr_array(np.array([[1.0, -1.0, -1.0]]))
    moves = np.array([[of_nine + 1, 1.0, of_nine], np.zeros(3), np.zeros(3)])
    return SellerCounts(total, Behaviour(np.array([10.0, 1.0, 9.0]), moves), known, [1]).to_hide()


def test_where_nothing_is_told_of_sellers_nothing_is_hidden() -> None:
    """A horizon of which every figure is withheld."""
    assert to_hide(9) == set()


def test_a_total_that_tells_of_each_hides_nothing_else() -> None:
    """Ten of ten sell, which is always told of the whole programme: hiding the others' number would not help."""
    others = Known(2, IN_BOTH, 9.0, 9.0, 900.0)
    assert to_hide(9, Known(0, IN_BOTH, 10.0, 10.0, None), others) == set()
    assert to_hide(9, Known(0, IN_BOTH, 6.0, 10.0, None), others) == set(), "six or ten of ten: the one may not"


def test_that_nobody_moved_tells_of_who_did() -> None:
    """One of ten stopped; that of the nine others nothing can be estimated says that none of them did."""
    total = sparse.csr_array(np.array([[1.0, -1.0, -1.0]]))
    moves = np.array([[9.0, 0.0, 9.0], [1.0, 1.0, 0.0], np.zeros(3)])
    known = [Known(0, STOPPED, 1.0, 1.0, None), Known(2, MOVED, 0.0, 0.0, 9.0)]
    counts = SellerCounts(total, Behaviour(np.array([10.0, 1.0, 9.0]), moves), known, [1])
    assert counts.to_hide() == {1}


def test_what_cannot_be_hidden_alone_is_hidden_last_with_its_effect() -> None:
    """Nine of ten sell, and eight of the nine others, by their share and by how many enter their effect."""
    total = Known(0, IN_BOTH, 9.0, 9.0, None)
    share, entering = Known(2, SOLD_BEFORE, 8.0, 8.0, 9.0), Known(2, IN_BOTH, 8.0, 8.0, 900.0)
    assert to_hide(8, total, entering, share) == {1, 2}
    assert to_hide(8, total, replace(entering, high=9.0), share) == {2}
