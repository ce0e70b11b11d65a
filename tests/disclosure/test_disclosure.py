"""Disclosure control on problems whose answer can be worked out by hand, and against the slow reference.

Small letters are codes of two or three dimensions, "*" is a total. In the microdata of a test every firm of a cell
sells the same unless the test says otherwise, so a cell of n firms that sell s has n_units n and value n · s.
"""

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analytics.disclosure import Cube, feasible_intervals, protect
from analytics.disclosure.attacker import attack
from analytics.disclosure.linked_releases import LinkedReleases, ResponseVariable
from analytics.disclosure.memory import Memory
from analytics.disclosure.probing import Prober
from analytics.disclosure.protect import protect_together
from analytics.disclosure.search import suppress
from analytics.model import DisclosureRules, UserError
from tests.bench.linked_tables import PROGRAMMES
from tests.reference.disclosure import (
    Release,
    Table,
    breaches,
    cheapest,
    contributions,
    disclosed_by_differencing,
    interval,
    interval_exact,
    is_safe,
    joint_table,
    primary_of,
    table_of,
)

RULES = DisclosureRules()
EXACT = 1e-9  # relative; sums of a few hundred numbers
SOLVED = 1e-6  # relative; an interval is the answer of a linear program
NAMES = ("sector", "size", "area")

Codes = tuple[str, ...]


# --- small worlds ----------------------------------------------------------------------------------------------------


def firms(cells: Mapping[str, tuple[int, float] | Sequence[float]]) -> pd.DataFrame:
    """Microdata of cells "ax": (5, 20.0) is five firms that sell 20 each, a list is what each firm sells."""
    rows = []
    for code, content in cells.items():
        sales = [content[1]] * content[0] if isinstance(content, tuple) else content
        rows += [(f"{code}{k}", *code, float(value)) for k, value in enumerate(sales)]
    dimensions = NAMES[: len(rows[0]) - 2]
    return pd.DataFrame(rows, columns=["firm", *dimensions, "sales"])


def cube_of(frame: pd.DataFrame, **options: object) -> Cube:
    dimensions = [name for name in frame.columns if name not in ("firm", "sales")]
    return Cube.from_microdata(frame, dimensions=dimensions, value="sales", unit="firm", **options)


def codes_of(cube: Cube) -> list[Codes]:
    names = [name for name in cube.cells.columns if name not in ("n_units", "value", "largest", "second")]
    return list(cube.cells[names].itertuples(index=False, name=None))


def at(cube: Cube, *codes: str) -> np.ndarray:
    """The mask of cells "ax", "a*", …"""
    cells = {tuple(code) for code in codes}
    assert cells <= set(codes_of(cube))
    return np.array([code in cells for code in codes_of(cube)])


def codes_in(cube: Cube, mask: np.ndarray) -> set[str]:
    """The cells of a mask, as "ax", "a*", …"""
    return {"".join(code) for code, inside in zip(codes_of(cube), mask, strict=True) if inside}


def tabulated(cube: Cube, frame: pd.DataFrame, hierarchies: Mapping | None = None) -> Table:
    dimensions = [name for name in frame.columns if name not in ("firm", "sales")]
    return table_of(cube, contributions(frame, cube.cells, dimensions=dimensions, hierarchies=hierarchies))


def withheld(cube: Cube, **options: object) -> np.ndarray:
    protection = protect(cube, RULES, **options)
    assert not (protection.primary & protection.secondary).any()
    assert not (protection.held & ~(protection.primary | protection.secondary)).any()
    return np.asarray(protection.primary | protection.secondary)


def by_hand(table: Sequence[Sequence[float]], counts: Sequence[Sequence[int]]) -> Cube:
    """A two-way table with its totals, as a cube of cells and sums; every firm of a cell sells the same."""
    rows, columns = len(table), len(table[0])
    values, n = np.asarray(table, dtype=float), np.asarray(counts)
    each = np.divide(values, n, out=np.zeros_like(values), where=n > 0)
    cells = pd.DataFrame(
        {
            "sector": [f"r{i}" if i < rows - 1 else "*" for i in range(rows) for _ in range(columns)],
            "size": [f"c{j}" if j < columns - 1 else "*" for _ in range(rows) for j in range(columns)],
            "n_units": n.ravel(),
            "value": values.ravel(),
            "largest": np.where(n >= 1, each, 0).ravel(),
            "second": np.where(n >= 2, each, 0).ravel(),
        }
    )
    sums = []
    for i in range(rows):
        sums.append(np.zeros((rows, columns)))
        sums[-1][i] = [*[-1] * (columns - 1), 1]
    for j in range(columns):
        sums.append(np.zeros((rows, columns)))
        sums[-1][:, j] = [*[-1] * (rows - 1), 1]
    return Cube(cells, sparse.csr_matrix(np.array([s.ravel() for s in sums])))


# --- cubes -----------------------------------------------------------------------------------------------------------


def test_a_cube_has_a_cell_for_every_crossing_that_a_firm_is_in() -> None:
    """Cells, counts, values and the two largest contributions of a 2 × 2 with one empty crossing."""
    cube = cube_of(firms({"ax": [1, 5, 3], "ay": [2], "bx": [4, 4]}))
    assert list(cube.cells.columns) == ["sector", "size", "n_units", "value", "largest", "second"]
    statistics = {"".join(row[:2]): row[2:] for row in cube.cells.itertuples(index=False, name=None)}
    assert statistics == {
        "ax": (3, 9, 5, 3),
        "ay": (1, 2, 2, 0),
        "bx": (2, 8, 4, 4),
        "a*": (4, 11, 5, 3),
        "b*": (2, 8, 4, 4),
        "*x": (5, 17, 5, 4),
        "*y": (1, 2, 2, 0),
        "**": (6, 19, 5, 4),
    }


def test_sums_of_a_cube_hold_and_leave_only_its_innermost_cells_free() -> None:
    """Every row of the constraints is parent − Σ children = 0, and together they say all that follows from sums."""
    cube = cube_of(firms({f"{a}{b}{c}": (3, 7.0) for a in "abc" for b in "xy" for c in "12" if a + c != "c2"}))
    matrix = cube.constraints.toarray()
    assert set(np.unique(matrix)) == {-1, 0, 1}
    assert ((matrix == 1).sum(axis=1) == 1).all()
    np.testing.assert_allclose(matrix @ cube.cells[["value", "n_units"]].to_numpy(float), 0, atol=EXACT)
    assert len(cube.cells) - np.linalg.matrix_rank(matrix) == 10


def test_several_rows_of_a_firm_are_one_contribution() -> None:
    """A firm with two shops in one cell counts once; with shops in two cells it counts in both, and once in the sum."""
    rows = [("f", "a", "x", 3.0), ("f", "a", "x", 4.0), ("f", "b", "x", 5.0), ("g", "b", "x", 6.0)]
    cube = cube_of(pd.DataFrame(rows, columns=["firm", "sector", "size", "sales"]))
    statistics = {"".join(row[:2]): row[2:] for row in cube.cells.itertuples(index=False, name=None)}
    assert statistics["ax"] == statistics["a*"] == (1, 7, 7, 0)
    assert statistics["bx"] == (2, 11, 6, 5)
    assert statistics["**"] == (2, 18, 12, 6)


def test_what_is_not_reported_is_not_counted() -> None:
    """NaN is no zero: the firm is in no cell; 0 is a report."""
    cube = cube_of(firms({"a": [1, np.nan, 0], "b": [np.nan]}))
    assert dict(zip(cube.cells["sector"], cube.cells["n_units"], strict=True)) == {"a": 2, "*": 2}


def test_a_missing_code_is_a_code_of_its_own() -> None:
    """Firms of unknown sector stand under "?", so that sums hold."""
    frame = firms({"a": (3, 1.0), "b": (3, 2.0)})
    frame.loc[0, "sector"] = np.nan
    cube = cube_of(frame)
    assert dict(zip(cube.cells["sector"], cube.cells["value"], strict=True)) == {"a": 2, "b": 6, "?": 1, "*": 9}


def test_negative_values_are_refused() -> None:
    """The attacker's bound at zero, and the p%-rule, need values ≥ 0."""
    with pytest.raises(UserError):
        cube_of(firms({"a": [1, 2, -3]}))


@pytest.mark.parametrize("direction", ["child to parent", "parent to children"])
def test_levels_of_a_hierarchy_stand_in_one_column(direction: str) -> None:
    """Three levels under the total, said either way: each parent is the sum of its children."""
    levels = {"a": "A", "b": "A", "c": "B", "A": "N", "B": "N", "d": "D", "D": "S"}
    frame = firms({code: (k + 3, 1.0) for k, code in enumerate("abcd")})
    up = {parent: [c for c, p in levels.items() if p == parent] for parent in dict.fromkeys(levels.values())}
    cube = cube_of(frame, hierarchies={"sector": levels if direction == "child to parent" else up})
    assert dict(zip(cube.cells["sector"], cube.cells["n_units"], strict=True)) == {
        "a": 3, "b": 4, "c": 5, "d": 6, "A": 7, "B": 5, "D": 6, "N": 12, "S": 6, "*": 18,
    }  # fmt: skip
    matrix = cube.constraints.toarray()
    np.testing.assert_allclose(matrix @ cube.cells["value"].to_numpy(float), 0, atol=EXACT)
    assert len(cube.cells) - np.linalg.matrix_rank(matrix) == 4


def test_a_sector_may_nest_in_another_column() -> None:
    """hierarchies={"sector": "macro"}: a macro-sector is the sum of its sectors, and the sums say so."""
    frame = firms({"a": (3, 1.0), "b": (4, 1.0), "c": (5, 1.0)})
    frame["macro"] = frame["sector"].map({"a": "A", "b": "A", "c": "C"})
    cube = Cube.from_microdata(
        frame, dimensions=["macro", "sector"], value="sales", unit="firm", hierarchies={"sector": "macro"}
    )
    count = dict(zip(codes_of(cube), cube.cells["n_units"], strict=True))
    assert (count["*", "*"], count["A", "*"], count["C", "*"]) == (12, 7, 5)
    assert {sector: n for (_, sector), n in count.items() if sector != "*"} == {"a": 3, "b": 4, "c": 5}
    matrix = cube.constraints.toarray()
    np.testing.assert_allclose(matrix @ cube.cells["value"].to_numpy(float), 0, atol=EXACT)
    assert len(cube.cells) - np.linalg.matrix_rank(matrix) == 3


def two_groupings() -> pd.DataFrame:
    """Four sectors, the first of two firms, in two groupings: {a, b} {c, d} and {a, c} {b, d}."""
    frame = firms({"a": (2, 99.0), "b": (5, 10.0), "c": (5, 12.0), "d": (5, 14.0)})
    frame["macro"] = frame["sector"].map(dict(zip("abcd", "AABB", strict=True)))
    frame["technology"] = frame["sector"].map(dict(zip("abcd", "HLHL", strict=True)))
    return frame


@pytest.mark.parametrize("parents", [["macro", "technology"], ("macro", "technology")])
def test_sums_over_each_of_several_parents_are_known(parents: Sequence[str]) -> None:
    """With a and b hidden, c and {a, c} tell a; a safe pattern hides more, and leaves a open as far as asked."""
    frame = two_groupings()
    cube = cube_of(frame, hierarchies={"sector": parents})
    names = [dict(name) for name in cube.names]
    hidden = np.array([name in ({"sector": "a"}, {"sector": "b"}) for name in names])
    a = names.index({"sector": "a"})
    assert feasible_intervals(cube, hidden).loc[a].tolist() == pytest.approx([198.0, 198.0])
    assert attack(cube, hidden, RULES)["narrowed"].any()
    pattern = withheld(cube)
    low, high = feasible_intervals(cube, pattern).loc[a]
    assert low <= 0.9 * 99 + 99
    assert high >= 1.1 * 99 + 99
    assert not attack(cube, pattern, RULES)["narrowed"].any()


@pytest.mark.parametrize("tables", [None, [["sector"], ["macro"], ["technology"]]])
def test_a_grouping_that_was_not_declared_is_refused_by_name(tables: list[list[str]] | None) -> None:
    """Which dimension groups which; declared, or taken for declared, it is protected."""
    frame, options = two_groupings(), {"tables": tables}
    with pytest.raises(UserError) as refused:
        cube_of(frame, hierarchies={"sector": "macro"}, **options)
    assert refused.value.key == "cube.undeclared_parent"
    assert refused.value.details == {"dimension": "sector", "parent": "technology"}
    cube = cube_of(frame, hierarchies={"sector": "macro"}, link_undeclared=True, **options)
    hidden = np.array([dict(name) in ({"sector": "a"}, {"sector": "b"}) for name in cube.names])
    assert attack(cube, hidden, RULES)["narrowed"].any()


def test_linked_tables_share_their_margins() -> None:
    """sector × size and sector × area: one cell per margin, no crossing of size and area."""
    cube = cube_of(firms({"ax1": (3, 1.0), "ay2": (4, 1.0), "bx2": (5, 1.0)}), tables=[NAMES[:2], NAMES[::2]])
    assert {"".join(code) for code in codes_of(cube)} == {
        "ax*", "ay*", "bx*", "a*1", "a*2", "b*2", "a**", "b**", "*x*", "*y*", "**1", "**2", "***",
    }  # fmt: skip
    assert not cube.cells.duplicated(list(NAMES)).any()
    np.testing.assert_allclose(cube.constraints @ cube.cells["value"].to_numpy(float), 0, atol=EXACT)


def test_a_cube_by_hand_whose_sums_do_not_hold_is_refused() -> None:
    """An attacker of a table that does not add up would find anything at all."""
    good = by_hand([[1, 2, 3], [4, 5, 9], [5, 7, 12]], [[3] * 2 + [6], [3] * 2 + [6], [6] * 2 + [12]])
    cells = good.cells.copy()
    cells.loc[0, "value"] += 0.5
    with pytest.raises(UserError):
        protect(Cube(cells, good.constraints), RULES)


# --- primary cells ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sales", "primary"),
    [
        ([50, 50], True),
        ([50] * 3, False),
        ([300, 20, 10], True),  # HandbookSDC 4.2, example 4: rest 10 < 30
        ([100, 50, 10], False),  # exactly p%
        ([100, 50, 9.99], True),
        ([100, 50, 4, 4], True),
        ([100, 50, 5, 5], False),
        ([0, 0, 0], False),  # nothing to tell: 0 < 0 is false
        ([1e9, 5, 3, 1], True),
    ],
)
def test_a_cell_is_primary_by_few_firms_or_by_dominance(sales: list[float], primary: bool) -> None:
    """1 ≤ n < 3, or value − largest − second < 10% of the largest, strictly."""
    cube = cube_of(firms({"a": sales, "b": (30, 1e8)}))
    assert protect(cube, RULES).primary[at(cube, "a")].all() == primary
    assert not protect(cube, RULES).primary[at(cube, "b", "*")].any()


def test_exactly_p_percent_is_not_primary_whatever_the_cents() -> None:
    """Rest = 10% of the largest to the cent is published; a cent less is not: no binary rounding decides."""
    rng = np.random.default_rng(7)
    for tenth in rng.integers(10, 10**7, 60):  # cents
        largest, rest, second = tenth / 10, tenth / 100, tenth / 20
        few = [np.round(rest / 4, 2)] * 3
        few.append(np.round(rest - sum(few), 2))
        exactly = firms({"a": [largest, second, *few], "b": (9, largest)})
        less = firms({"a": [largest, second, *few[:3], np.round(few[3] - 0.01, 2)], "b": (9, largest)})
        assert not protect(cube_of(exactly), RULES).primary.any(), (largest, second, few)
        cube = cube_of(less)
        assert codes_in(cube, protect(cube, RULES).primary) == {"a"}, (largest, second, few)


def test_the_rules_can_be_others() -> None:
    """min_units and p_percent of the programme file: 4 firms are few under 5, and 30% under 35%."""
    cube = cube_of(firms({"a": (4, 10.0), "b": [100, 50, 30], "c": (9, 50.0), "d": (9, 50.0)}))
    assert codes_in(cube, protect(cube, DisclosureRules(min_units=5, p_percent=10)).primary) == {"a", "b"}
    assert codes_in(cube, protect(cube, DisclosureRules(min_units=3, p_percent=35)).primary) == {"b"}
    assert codes_in(cube, protect(cube, RULES).primary) == set()


# --- intervals -------------------------------------------------------------------------------------------------------


def test_intervals_of_the_handbook() -> None:
    """HandbookSDC, section 4.2.2, example 3 (Geurts 1992, table 10): rows 7 and 3, columns 6 and 4 left unknown.

    The Handbook derives 3 ≤ X₁₁ ≤ 6; in the same way X₁₂ = 7 − X₁₁, X₂₁ = 6 − X₁₁ and X₂₂ = X₁₁ − 3.
    """
    table = [[5, 2, 7], [1, 2, 3], [3, 3, 6], [9, 7, 16]]
    cube = by_hand(table, [[3, 3, 6], [3, 3, 6], [3, 3, 6], [9, 9, 18]])
    hidden = np.isin(np.arange(12), [0, 1, 3, 4])
    intervals = feasible_intervals(cube, hidden)
    assert list(intervals.index) == [0, 1, 3, 4]
    np.testing.assert_allclose(intervals[["lower", "upper"]], [[3, 6], [1, 4], [0, 3], [0, 3]], atol=SOLVED)
    np.testing.assert_allclose(feasible_intervals(cube, list(hidden))["upper"], [6, 4, 3, 3], atol=SOLVED)


def test_counts_are_whole_numbers() -> None:
    """Three dimensions, all pairs withheld: the ends of an interval of counts are whole, and hold the truth."""
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 4, (3, 3, 2))
    rows = [
        (f"{i}{j}{k}-{n}", f"s{i}", f"z{j}", f"a{k}", 10.0)
        for (i, j, k), many in np.ndenumerate(counts)
        for n in range(many)
    ]
    frame = pd.DataFrame(rows, columns=["firm", "sector", "size", "area", "sales"])
    cube = cube_of(frame, tables=[["sector", "size"], ["sector", "area"], ["size", "area"]])
    crossed = np.array([len(name) == 2 for name in cube.names])
    intervals = feasible_intervals(cube, crossed, measure="n_units")
    np.testing.assert_array_equal(intervals, intervals.round())
    truth = cube.cells["n_units"].to_numpy()[intervals.index]
    assert ((intervals["lower"] <= truth) & (truth <= intervals["upper"])).all()


def test_the_most_that_a_firm_can_get_bounds_few_firms() -> None:
    """Grants of 10,000 at most: two firms of a got 19,000, two of b 3,000; told is that they are four, with 22,000."""
    frame = firms({"a": [10_000, 9_000], "b": [1_500, 1_500], "c": (5, 4_000.0)})
    free, bound = cube_of(frame), cube_of(frame, most_per_unit=10_000.0)
    hidden = at(free, "a", "b")
    assert feasible_intervals(free, hidden).loc[np.flatnonzero(at(free, "a"))[0], "upper"] == pytest.approx(22_000)
    upper = feasible_intervals(bound, hidden)["upper"].max()
    assert upper == pytest.approx(22_000)  # three firms in a, one in b
    known = feasible_intervals(bound, hidden, measure="n_units")
    assert known["lower"].tolist() == [0, 0]
    with pytest.raises(UserError) as refused:
        cube_of(frame, most_per_unit=9_999.0)
    assert refused.value.key == "cube.above_most"


def test_intervals_of_counts() -> None:
    """The same attack on numbers of firms: rows 7 and 3, columns 6 and 4."""
    cube = by_hand([[5, 2, 7], [1, 2, 3], [6, 4, 10]], [[5, 2, 7], [1, 2, 3], [6, 4, 10]])
    intervals = feasible_intervals(cube, np.isin(np.arange(9), [0, 1, 3, 4]), measure="n_units")
    np.testing.assert_allclose(intervals[["lower", "upper"]], [[3, 6], [1, 4], [0, 3], [0, 3]], atol=SOLVED)


def test_who_knows_one_cell_knows_its_row() -> None:
    """A cell that the attacker knows besides the published ones closes the square of example 3 completely."""
    cube = by_hand([[5, 2, 7], [1, 2, 3], [6, 4, 10]], [[3, 3, 6], [3, 3, 6], [6, 6, 12]])
    hidden = np.isin(np.arange(9), [0, 1, 3, 4])
    for known in ([4], (4,), np.array([4])):
        intervals = feasible_intervals(cube, hidden, known=known).loc[[0, 1, 3]]
        np.testing.assert_allclose(intervals[["lower", "upper"]], [[5, 5], [2, 2], [1, 1]], atol=SOLVED)


def test_without_a_published_total_nothing_bounds_a_cell() -> None:
    """A hidden total and hidden cells: anything from zero on."""
    cube = cube_of(firms({"a": (2, 10.0), "b": (4, 10.0)}))
    intervals = feasible_intervals(cube, at(cube, "a", "*"))
    sectors = cube.cells.loc[intervals.index, "sector"]
    assert dict(zip(sectors, intervals["lower"].round(6), strict=True)) == {"a": 0, "*": 40}
    assert np.isinf(intervals["upper"]).all()


def test_a_planted_hole_is_found() -> None:
    """VISUAL.md: with two complementary cells instead of three, the threshold cell can be computed."""
    cube = cube_of(firms({"ax": (2, 10.0), "ay": (5, 11.0), "bx": (6, 12.0), "by": (7, 13.0)}))
    intervals = feasible_intervals(cube, at(cube, "ax", "ay", "bx"))
    np.testing.assert_allclose(intervals["lower"], intervals["upper"], rtol=SOLVED)
    place = np.flatnonzero(at(cube, "ax"))[0]
    assert intervals.loc[place, "lower"] == pytest.approx(20, rel=SOLVED)


@pytest.mark.parametrize("seed", range(8))
def test_intervals_are_those_of_exact_arithmetic(seed: int) -> None:
    """Both attackers against Fourier and Motzkin in fractions: whole numbers from 1 to 10⁹ in one 3 × 3 table."""
    rng = np.random.default_rng(seed)
    sales = {f"{a}{b}": [float(np.floor(10 ** rng.uniform(0, 9)))] for a in "abc" for b in "xyz"}
    cube = cube_of(firms(sales))
    matrix, truth = cube.constraints.toarray(), [Fraction(int(v)) for v in cube.cells["value"]]
    inner = rng.permutation(9)[: rng.integers(4, 8)]
    some = at(cube, *(list(sales)[i] for i in inner), *(["a*"] if seed % 2 else []))
    intervals, table = feasible_intervals(cube, some), table_of(cube)
    for cell in np.flatnonzero(some):
        exact = interval_exact(matrix, truth, np.flatnonzero(some), int(cell))
        bounds = [float(exact[0]), np.inf if exact[1] is None else float(exact[1])]
        slack = SOLVED * max(1.0, float(truth[cell]))
        engine = intervals.loc[cell, ["lower", "upper"]].astype(float)
        np.testing.assert_allclose(engine, bounds, rtol=SOLVED, atol=slack)
        np.testing.assert_allclose(interval(table, some, int(cell)), bounds, rtol=SOLVED, atol=slack)


# --- patterns worked by hand -----------------------------------------------------------------------------------------


def test_two_by_two_needs_its_whole_square() -> None:
    """ax has two firms. Each row and column through a hidden cell needs another one; every way round through a total
    hides more firms than ay, bx, by (15): b*-a*-bx 22, *y-*x-ay 22, the totals 31.
    """
    cube = cube_of(firms({"ax": (2, 20.0), "ay": (5, 20.0), "bx": (5, 20.0), "by": (5, 20.0)}))
    protection = protect(cube, RULES)
    assert codes_in(cube, protection.primary) == {"ax"}
    assert codes_in(cube, protection.secondary) == {"ay", "bx", "by"}
    assert not protection.held.any()
    assert protection.gap == 0


def test_three_by_three_takes_the_rectangle_with_fewest_firms() -> None:
    """VISUAL.md: one threshold cell is three complementary ones. by, cy, bz, cz: 4 + 4 + 4 firms; others have 6."""
    small = {"by": (2, 20.0), "cy": (4, 20.0), "bz": (4, 20.0), "cz": (4, 20.0)}
    cube = cube_of(firms({f"{a}{b}": (6, 20.0) for a in "abc" for b in "xyz"} | small))
    protection = protect(cube, RULES)
    assert codes_in(cube, protection.primary) == {"by"}
    assert codes_in(cube, protection.secondary) == {"cy", "bz", "cz"}


def test_two_firms_alone_in_a_row_need_a_third_cell() -> None:
    """a and b hold one firm each and their sum follows from the total: each firm would compute the other one. With c
    hidden as well, a + b + c is all that either knows.
    """
    cube = cube_of(firms({"a": (1, 100.0), "b": (1, 100.0), "c": (4, 100.0), "d": (9, 100.0)}))
    outsider = feasible_intervals(cube, at(cube, "a", "b"))
    np.testing.assert_allclose(outsider[["lower", "upper"]], [[0, 200]] * 2, atol=SOLVED)
    b = int(np.flatnonzero(at(cube, "b"))[0])
    insider = feasible_intervals(cube, at(cube, "a", "b"), known=np.flatnonzero(at(cube, "a")))
    np.testing.assert_allclose(insider.loc[b, ["lower", "upper"]].astype(float), [100, 100], rtol=SOLVED)
    assert codes_in(cube, withheld(cube)) == {"a", "b", "c"}


def test_a_firm_need_not_doubt_itself() -> None:
    """Two firms, 1,000 and 50, in two sectors: their total asks for 100 either way, but the larger firm knows that it
    is at least 1,000. What it must not know is the other one, 50, to within 5; everything is hidden, so it does not.
    """
    cube = cube_of(firms({"a": (1, 1000.0), "b": (1, 50.0)}))
    assert codes_in(cube, withheld(cube)) == {"a", "b", "*"}


def test_a_firm_alone_in_several_tables_uses_all_it_knows() -> None:
    """Firm f is alone in ax* and in a*1 (linked tables), g alone in bx*. With ax*, bx* and their like hidden, f must
    not compute g. The reference plays every firm.
    """
    frame = firms({"ax1": (1, 50.0), "ay2": (6, 50.0), "bx2": (1, 60.0), "by1": (6, 50.0), "by2": (6, 50.0)})
    frame = pd.concat([frame, firms({"cx1": (4, 50.0), "cy2": (5, 50.0), "cx2": (4, 40.0)})])
    cube = cube_of(frame, tables=[NAMES[:2], NAMES[::2]])
    table = tabulated(cube, frame)
    assert max(len(cells) for cells in table.singletons.values()) == 2
    assert list(breaches(table, withheld(cube), RULES)) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_firm_that_is_not_alone_knows_its_own_part(known: bool) -> None:
    """a holds 100 and 1, b 50 and 1, and their sum follows from the total: the firm of 100 would know that the one of
    50 has 52 at most, and that one that the first has 102. With c withheld as well, they do not; nor where the tables
    alone are known.
    """
    made = cube_of(firms({"a": [100.0, 1.0], "b": [50.0, 1.0], "c": (4, 10.0), "d": (9, 100.0)}))
    cube = made if known else Cube(made.cells, made.constraints)
    audit = attack(cube, at(cube, "a", "b"), RULES, measures=["value"])
    told = audit[audit["narrowed"]]
    assert told["upper"].tolist() == pytest.approx([102.0, 52.0])
    assert told["need_upper"].tolist() == pytest.approx([110.0, 55.0])
    assert codes_in(cube, withheld(cube)) == {"a", "b", "c"}


def test_whose_the_largest_parts_of_a_table_are() -> None:
    """Where firms are not known, the largest part of a sum is the largest of its parts, and its second the next one."""
    frame = firms({"ax": [60.0, 5.0], "ay": [40.0, 30.0, 2.0], "bx": [50.0], "by": [7.0, 3.0]})
    made = cube_of(frame)
    bare, names = Cube(made.cells, made.constraints), codes_of(made)
    rows = zip(bare.members.unit, bare.members.cell, bare.members.amount, bare.members.alone, strict=True)
    cells: dict[int, dict[str, float]] = {}
    for unit, cell, amount, alone in rows:
        assert alone == ("".join(names[cell]) == "bx")
        cells.setdefault(unit, {})["".join(names[cell])] = amount
    for code, of_firm in (("ax", 60.0), ("ay", 40.0), ("bx", 50.0), ("by", 7.0), ("ay", 30.0)):
        wholes = {f"{a}{b}" for a in (code[0], "*") for b in (code[1], "*")}
        assert dict.fromkeys(wholes, of_firm) in cells.values()


def test_a_partner_must_be_large_enough() -> None:
    """One-way table: a sells 1,000 and needs 100 either way. b has the fewest firms but gives only 30; c gives 500."""
    cube = cube_of(firms({"a": (1, 1000.0), "b": (3, 10.0), "c": (5, 100.0), "d": (9, 100.0)}))
    assert codes_in(cube, withheld(cube)) == {"a", "c"}


@pytest.mark.parametrize(("partner", "enough"), [(4.0, True), (3.8, False)])
def test_the_interval_reaches_the_bound_and_no_less(partner: float, enough: bool) -> None:
    """HandbookSDC 4.2, example 4 as a row: 300 + 20 + 10 needs 30 − 10 = 20 more. Five firms of 4 give just that;
    five firms of 3.8 give 19, and c with its nine firms is taken instead.
    """
    cube = cube_of(firms({"a": [300, 20, 10], "b": (5, partner), "c": (9, 100.0), "d": (12, 100.0)}))
    assert codes_in(cube, withheld(cube)) == {"a", "b" if enough else "c"}


def test_an_only_child_hides_with_its_parent() -> None:
    """a is the only sector of A, so A tells a. B has b (3 firms) and c (4), C has 20 firms. With A and a hidden, either
    the total goes too (29 firms), or B and, so that B does not follow, b (7 + 3 firms).
    """
    parents = {"a": "A", "b": "B", "c": "B", "d": "C", "e": "C"}
    sizes = {"a": 2, "b": 3, "c": 4, "d": 10, "e": 10}
    frame = firms({code: (n, 10.0) for code, n in sizes.items()})
    cube = cube_of(frame, hierarchies={"sector": parents})
    protection = protect(cube, RULES)
    assert codes_in(cube, protection.primary) == {"a", "A"}
    assert codes_in(cube, protection.secondary) == {"B", "b"}


def test_three_levels_are_protected_through_all_of_them() -> None:
    """a under A under N. A's other child is b (5 firms): it is enough, and no higher level is touched. Without b, a = A
    = 2 firms, and B with c (4 firms, of 4 + 6) stands in for it at both levels.
    """
    parents = {"a": "A", "b": "A", "c": "B", "d": "B", "A": "N", "B": "N", "e": "E", "f": "E", "E": "S"}
    sizes = {"a": 2, "b": 5, "c": 4, "d": 6, "e": 15, "f": 15}
    cube = cube_of(firms({c: (n, 10.0) for c, n in sizes.items()}), hierarchies={"sector": parents})
    assert codes_in(cube, withheld(cube)) == {"a", "b"}
    cube = cube_of(firms({c: (n, 10.0) for c, n in sizes.items() if c != "b"}), hierarchies={"sector": parents})
    assert codes_in(cube, withheld(cube)) == {"a", "A", "B", "c"}


def test_tables_safe_alone_can_be_unsafe_together() -> None:
    """Sector × size hides ax, bx and the totals of a and b: safe. Sector × area has no small cell and shows everything:
    safe. But a = a1 + a2 there, so ax = a − ay. Only the cube that links them knows.
    """
    cells = {f"{a}{s}{r}": (6, 20.0) for a in "ab" for s in "xy" for r in "12"} | {"ax1": (1, 30.0), "ax2": (1, 40.0)}
    frame = firms(cells)
    sizes = cube_of(frame[["firm", "sector", "size", "sales"]])
    areas = cube_of(frame[["firm", "sector", "area", "sales"]])
    assert is_safe(
        tabulated(sizes, frame[["firm", "sector", "size", "sales"]]), at(sizes, "ax", "bx", "a*", "b*"), RULES
    )
    assert not protect(areas, RULES).primary.any()
    both = cube_of(frame, tables=[NAMES[:2], NAMES[::2]])
    table, hidden = tabulated(both, frame), at(both, "ax*", "bx*", "a**", "b**")
    intervals = feasible_intervals(both, hidden)
    np.testing.assert_allclose(intervals["lower"], intervals["upper"], rtol=SOLVED)
    assert not is_safe(table, hidden, RULES)
    assert list(breaches(table, withheld(both), RULES)) == []


def test_three_dimensions_need_a_whole_cube() -> None:
    """A hidden cell must not be alone in any of the three lines through it, nor may those beside it: at least eight
    cells. The eight inner ones are the cheapest such, each of the others being a sum of them.
    """
    inner = {f"{a}{b}{c}": (4, 20.0) for a in "ab" for b in "xy" for c in "12"}
    cube = cube_of(firms(inner | {"ax1": (2, 20.0)}))
    protection = protect(cube, RULES)
    assert codes_in(cube, protection.primary) == {"ax1"}
    assert codes_in(cube, protection.secondary) == set(inner) - {"ax1"}


def test_counts_need_protection_of_their_own() -> None:
    """3 × 2 × 2: solutions here come in halves. The first pattern leaves every primary cell 10% either way, even
    for firms that are alone, but not one firm either way. The pattern that is chosen leaves both.
    """
    frame = firms(
        {"ax1": (1, 100.0), "ax2": (1, 100.0), "ay2": (4, 300.0), "bx2": (4, 100.0)}
        | {"by1": (5, 100.0), "by2": (1, 100.0), "cx1": (3, 300.0), "cy1": (3, 100.0)}
    )
    cube = cube_of(frame)
    table, primary = tabulated(cube, frame), at(cube, "ax1", "ax2", "by2", "ax*", "a*1")
    secondary = ["ay*", "bx*", "by*", "a*2", "b*1", "b*2", "*x1", "*x2", "*y1", "*y2", "ay2", "bx2", "by1"]
    hidden = primary | at(cube, *secondary)
    assert list(breaches(table, hidden, RULES, measures=["value"])) == []
    assert {measure for _, measure, *_ in breaches(table, hidden, RULES)} == {"n_units"}
    np.testing.assert_array_equal(protect(cube, RULES).primary, primary)
    assert list(breaches(table, withheld(cube), RULES)) == []


def test_a_cell_of_zeros_protects_nobody() -> None:
    """by has three firms that sold nothing. The rectangle through it is cheapest (3 firms against 6) but keeps ax where
    it is: by cannot go down. bz is taken.
    """
    cells = {"ax": (2, 20.0), "ay": (6, 20.0), "az": (6, 20.0), "bx": (6, 20.0), "by": (3, 0.0), "bz": (6, 20.0)}
    cube = cube_of(firms(cells | {"cx": (9, 20.0), "cy": (9, 20.0), "cz": (9, 20.0)}))
    hidden = withheld(cube)
    assert codes_in(cube, hidden) == {"ax", "az", "bx", "bz"}


def test_equal_values_hide_nothing_and_need_nothing() -> None:
    """Three equal firms per cell: nobody is small, nobody dominates, everything is published."""
    cube = cube_of(firms({f"{a}{b}": (3, 5.0) for a in "abc" for b in "xyz"}))
    protection = protect(cube, RULES)
    assert not protection.primary.any()
    assert not protection.secondary.any()
    assert protection.gap == 0


def test_one_euro_beside_a_billion() -> None:
    """a sells 10⁹ alone and needs 10⁸ either way; b sells 1 alone and needs 0.10 against a too, who knows itself. c
    gives a what it needs; the interval of b is checked in fractions, where 10⁹ + 1 is not 10⁹.
    """
    cube = cube_of(firms({"a": [10**9], "b": [1], "c": (5, 3e7), "d": (4, 1.0), "e": (9, 1e9)}))
    hidden = withheld(cube)
    table = table_of(cube)
    matrix, truth = table.matrix, [Fraction(int(v)) for v in table.values]
    for target, known, margin in (("a", "", 10**8), ("a", "b", 10**8), ("b", "", 0.1), ("b", "a", 0.1)):
        cell = int(np.flatnonzero(at(cube, target))[0])
        unknown = hidden & ~at(cube, *known) if known else hidden
        lower, upper = interval_exact(matrix, truth, np.flatnonzero(unknown), cell)
        assert lower <= truth[cell] - Fraction(margin), (target, known)
        assert upper is None or upper >= truth[cell] + Fraction(margin), (target, known)
    intervals = feasible_intervals(cube, hidden)
    assert (intervals["lower"] <= cube.cells.loc[intervals.index, "value"]).all()
    assert (intervals["upper"] >= cube.cells.loc[intervals.index, "value"]).all()
    assert codes_in(cube, hidden) == {"a", "b", "c"}


def test_a_hundred_euros_beside_half_a_million() -> None:
    """Sales from 10 to 630,000 in one table. Withholding everything is safe, so there is a pattern, and it is found."""
    frame = firms(
        {"ax": [259259.07, 382715.77, 506172.47, 629629.17], "bx": [10.0, 100.0], "?z": [100.0], "cz": (3, 100.0)}
        | {"cx": [259259.07, 382715.77, 506172.47], "cy": [135802.37, 259259.07]}
    )
    cube = cube_of(frame)
    table = tabulated(cube, frame)
    assert is_safe(table, np.ones(table.n, dtype=bool), RULES)
    assert list(breaches(table, withheld(cube), RULES)) == []


def test_cents_are_kept() -> None:
    """Ten firms with cents that binary numbers cannot hold: sums hold, the attacker includes the truth."""
    rng = np.random.default_rng(3)
    frame = firms({f"{a}{b}": list(rng.integers(1, 10**7, 5) / 100) for a in "abc" for b in "xyz"} | {"ax": [0.1, 0.2]})
    cube = cube_of(frame)
    hidden = withheld(cube)
    intervals = feasible_intervals(cube, hidden)
    values = cube.cells["value"].to_numpy()[intervals.index]
    slack = 1e-9 * cube.cells["value"].max()
    assert (intervals["lower"] <= values + slack).all()
    assert (intervals["upper"] >= values - slack).all()
    assert list(breaches(tabulated(cube, frame), hidden, RULES)) == []


@pytest.mark.parametrize("seed", range(10))
def test_no_cheaper_safe_pattern_exists(seed: int) -> None:
    """Against every pattern in order of cost: 3 × 3 tables with small, dominated and single-firm cells."""
    rng = np.random.default_rng([11, seed])
    cells = {}
    for code in ("".join(c) for c in itertools.product("abc", "xyz")):
        n = int(rng.choice([1, 2, 4, 5, 7], p=[0.15, 0.15, 0.3, 0.2, 0.2]))
        cells[code] = list(np.round(np.exp(rng.normal(4, 1.2, n)), 2))
    frame = firms(cells)
    cube = cube_of(frame)
    table, protection = tabulated(cube, frame), protect(cube, RULES)
    hidden = protection.primary | protection.secondary
    np.testing.assert_array_equal(protection.primary, primary_of(table, RULES))
    assert list(breaches(table, hidden, RULES)) == []
    cost, _ = cheapest(table, RULES, most=16)
    assert protection.gap > 0 or table.counts[hidden].sum() == cost


def test_a_cube_made_by_hand_is_protected_like_one_from_microdata() -> None:
    """Cells and sums alone are enough where no firm is in two cells: the same pattern, whoever made the cube."""
    made = cube_of(
        firms({"ax": (2, 20.0), "ay": (5, 20.0), "az": (7, 2.0), "bx": (5, 2.0), "by": (6, 2.0), "bz": (9, 1.0)})
    )
    bare = Cube(made.cells, made.constraints)
    np.testing.assert_array_equal(withheld(bare), withheld(made))


def test_published_firms_of_a_public_example() -> None:
    """The 20 contributions of four companies A to D that ssb-gausssuppression's vignette "Magnitude table suppression"
    prints (SSBtools, `magnitude1`), as sector × country: companies are in several cells, most cells hold one or two.

    Only the data are theirs. Worked by hand: Agriculture/Spain has A 96.6 and B 43.2, n = 2; Entertainment/Spain has A
    77.4, C 16.4, B 11.5, rest 11.5 ≥ 7.74, so it is not primary; Industry/Iceland has B 9.6, C 8.8, D 1.9, rest 1.9 ≥
    0.96, not primary.
    """
    rows = """Agriculture Portugal A 75.9|Agriculture Portugal B 24.5|Agriculture Spain A 96.6|Agriculture Spain B 43.2
    Entertainment Iceland B 16.8|Entertainment Portugal B 7.1|Entertainment Portugal D 2.3|Entertainment Spain A 77.4
    Entertainment Spain B 11.5|Entertainment Spain C 16.4|Governmental Portugal B 21.6|Governmental Portugal D 2.0
    Governmental Spain C 6.5|Governmental Spain D 2.7|Industry Iceland B 9.6|Industry Iceland C 8.8
    Industry Iceland D 1.9|Industry Portugal B 25.7|Industry Portugal D 3.4|Industry Spain C 8.4"""
    frame = pd.DataFrame(
        [r.split() for r in rows.replace("\n", "|").split("|")], columns=["sector", "area", "firm", "sales"]
    )
    frame["sales"] = frame["sales"].astype(float)
    cube = cube_of(frame)
    protection = protect(cube, RULES)
    primary = {code for code, inside in zip(codes_of(cube), protection.primary, strict=True) if inside}
    assert {("Agriculture", "Spain"), ("Agriculture", "*"), ("Entertainment", "Iceland")} <= primary
    assert not {("Entertainment", "Spain"), ("Industry", "Iceland"), ("*", "*")} & primary
    assert list(breaches(tabulated(cube, frame), protection.primary | protection.secondary, RULES)) == []


def test_the_small_table_of_rtauargus() -> None:
    """The table of activity × size of the package's vignette, with numbers of firms and the largest of each cell; there
    two cells are primary, 02·tr1 of two firms and 06·tr2 of one that holds 95%, and 02·tr2 and 06·tr1 are withheld
    beside them. Only the figures are theirs; what each firm has is made up to fit them.
    """
    totals = {
        ("01", "tr1"): (100.0, 10, 20.0), ("01", "tr2"): (50.0, 5, 15.0), ("02", "tr1"): (30.0, 2, 20.0),
        ("02", "tr2"): (20.0, 5, 10.0), ("06", "tr1"): (60.0, 8, 16.0), ("06", "tr2"): (40.0, 6, 38.0),
    }  # fmt: skip
    rows = [
        (f"{activity}{size}{k}", activity, size, largest if k == 0 else (total - largest) / (n - 1))
        for (activity, size), (total, n, largest) in totals.items()
        for k in range(n)
    ]
    cube = cube_of(pd.DataFrame(rows, columns=["firm", "activity", "size", "sales"]))
    protection = protect(cube, RULES)
    names = {mask: {codes for codes, inside in zip(codes_of(cube), getattr(protection, mask), strict=True) if inside}
             for mask in ("primary", "secondary")}  # fmt: skip
    assert names == {
        "primary": {("02", "tr1"), ("06", "tr2")},
        "secondary": {("02", "tr2"), ("06", "tr1")},
    }


@pytest.mark.parametrize(("forced", "partner", "cost"), [("D", "C", 40), ("C", "D", 43)])
def test_a_cell_that_must_be_published_is(forced: str, partner: str, cost: int) -> None:
    """The counts of persons by region and sex of sdcTable's vignette: A·f holds two, and its rectangle is closed by the
    cheapest region whose cell of men may be withheld.
    """
    counts = {"A": (18, 2), "B": (14, 19), "C": (12, 10), "D": (11, 14)}
    cube = cube_of(
        firms({f"{region}{sex}": (n, 1.0) for region, of in counts.items() for sex, n in zip("mf", of, strict=True)})
    )
    linked = LinkedReleases(
        ResponseVariable(cube, measures=("n_units",)),
        cube,
        RULES,
        np.zeros(len(cube.cells), dtype=bool),
        protect_changes=False,
    )
    pattern = suppress(list(linked.systems()), cube.measure("n_units"), linked.few, at(cube, f"{forced}m"))
    assert codes_in(cube, pattern.withheld) == {"Af", "Am", f"{partner}f", f"{partner}m"}
    assert pattern.lost == pytest.approx(cost)
    assert pattern.bound == pytest.approx(cost)


@pytest.mark.parametrize("name", ["one table, sparse", "two linked tables", "fifty firms, forty sectors"])
def test_tables_of_official_statistics_are_solved(name: str) -> None:
    """To the proved optimum, long before the work that a search may take is at its end; and nobody can tell a cell."""
    cube, memory = PROGRAMMES[name].cube(0), Memory()
    protection = protect_together([ResponseVariable(cube)], RULES, memory=memory)
    assert memory.programs_left > 10_000
    assert protection.gap == 0
    assert not attack(cube, protection.withheld, RULES)["narrowed"].any()


def test_where_the_best_pattern_is_out_of_reach_a_safe_one_says_how_far_it_may_be() -> None:
    """One firm dominates several margins of two tables of four hundred cells: dozens of cells protect it, in any of
    countless ways.
    """
    cube = PROGRAMMES["two linked tables, sparse"].cube(0)
    linked = LinkedReleases(ResponseVariable(cube), cube, RULES, np.zeros(len(cube.cells), bool), protect_changes=False)
    primary, weights = linked.few | linked.dominated, cube.measure("n_units")
    pattern = suppress(list(linked.systems()), weights, primary, np.zeros(len(primary), bool), programs=1_000)
    assert 0 < pattern.bound < pattern.lost < 2 * pattern.bound
    assert not attack(cube, pattern.withheld, RULES)["narrowed"].any()


# --- with earlier releases -------------------------------------------------------------------------------------------


def release(cube: Cube, frame: pd.DataFrame, hidden: np.ndarray) -> Release:
    return Release(tabulated(cube, frame), codes_of(cube), hidden)


def two_releases(
    before: pd.DataFrame, now: pd.DataFrame, hidden_before: np.ndarray | None = None
) -> tuple[Cube, np.ndarray, np.ndarray, Release, Release]:
    """Protect one release and then the next; the promises that hold for any two are checked here."""
    old, new = cube_of(before), cube_of(now)
    hidden_before = withheld(old) if hidden_before is None else hidden_before
    protection = protect(new, RULES, published_before=[(old, hidden_before)])
    hidden = np.asarray(protection.primary | protection.secondary)
    first, second = release(old, before, hidden_before), release(new, now, hidden)
    assert list(breaches(second.table, hidden, RULES)) == []
    assert disclosed_by_differencing(first, second) == []
    assert list(breaches(*joint_table([first, second]), RULES)) == []
    assert not (protection.held & ~hidden).any()
    return new, hidden, np.asarray(protection.held), first, second


GRID = {f"{a}{b}": (6, 20.0) for a in "abc" for b in "xyz"}


def test_the_same_data_again_change_nothing() -> None:
    """A second release of the same data shows and hides what the first did, and keeps no earlier figure back."""
    frame = firms(GRID | {"ax": (1, 50.0), "by": (2, 30.0), "cz": [300, 20, 10, 1]})
    _, hidden, held, first, _ = two_releases(frame, frame)
    np.testing.assert_array_equal(hidden, first.hidden)
    assert not held.any()


def test_one_firm_more_is_not_shown_by_a_difference() -> None:
    """A firm joins ax: ax, a*, *x and ** change by that one firm, so none of them is shown anew. All else is."""
    before = firms(GRID)
    now = pd.concat([before, firms({"ax": [77.0]}).assign(firm="new")])
    cube, hidden, held, *_ = two_releases(before, now)
    assert codes_in(cube, hidden) == {"ax", "a*", "*x", "**"}
    assert codes_in(cube, held) == {"ax", "a*", "*x", "**"}


def test_two_firms_that_change_places_are_not_shown_by_a_difference() -> None:
    """A firm of ax and one of bx change sectors: two units changed in ax, bx, a* and b*. The columns are as before."""
    before = firms(GRID)
    before.loc[before["firm"] == "ax0", "sales"] = 31.0
    before.loc[before["firm"] == "bx0", "sales"] = 17.0
    now = before.copy()
    now.loc[now["firm"] == "ax0", "sector"], now.loc[now["firm"] == "bx0", "sector"] = "b", "a"
    cube, hidden, held, *_ = two_releases(before, now)
    assert codes_in(cube, hidden) == codes_in(cube, held) == {"ax", "bx", "a*", "b*"}


def test_a_revised_value_is_not_shown_by_a_difference() -> None:
    """One firm of by corrects its sales: the same firms, but four figures move by one firm's correction."""
    before = firms(GRID)
    now = before.copy()
    now.loc[now["firm"] == "by3", "sales"] = 23.5
    cube, hidden, held, *_ = two_releases(before, now)
    assert codes_in(cube, hidden) == codes_in(cube, held) == {"by", "b*", "*y", "**"}


def test_three_changed_firms_may_be_shown() -> None:
    """Three firms joined ax, none of them dominating: the difference is a cell of three, and everything is shown."""
    before = firms(GRID)
    now = pd.concat([before, firms({"ax": [20.0, 22.0, 25.0]}).assign(firm=["n1", "n2", "n3"])])
    cube, hidden, *_ = two_releases(before, now)
    assert codes_in(cube, hidden) == set()


def test_a_difference_is_not_put_together_from_sums() -> None:
    """A firm joins ax, three join each of ay and az: seven changed in a*. Shown anew, a*, ay and az would give ax."""
    before = firms(GRID)
    joined = [
        firms({code: (3, 20.0)}).assign(firm=lambda f, c=code: "new" + c + f.index.astype(str)) for code in ("ay", "az")
    ]
    now = pd.concat([before, firms({"ax": [77.0]}).assign(firm="new"), *joined])
    cube, hidden, *_ = two_releases(before, now)
    assert "ax" in codes_in(cube, hidden)
    assert {"a*", "ay", "az"} & codes_in(cube, hidden)


def test_a_cell_hidden_for_another_stays_hidden_while_it_tells() -> None:
    """ax had two firms, and ay, bx, by were hidden for it. Now ax has eight: nobody is small any more. But ay, bx, by
    have not changed: shown now, they would tell the two firms of then.
    """
    sizes = {f"{a}{b}": (9, 20.0) for a in "abc" for b in "xyz"} | {"ay": (4, 20.0), "bx": (4, 20.0), "by": (4, 20.0)}
    before = firms(sizes | {"ax": (2, 20.0)})
    now = pd.concat([before, firms({"ax": (6, 21.0)}).assign(firm=[f"n{k}" for k in range(6)])])
    assert codes_in(cube_of(before), withheld(cube_of(before))) == {"ax", "ay", "bx", "by"}
    assert not protect(cube_of(now), RULES).primary.any()
    cube, hidden, *_ = two_releases(before, now)
    assert {"ay", "bx", "by"} & codes_in(cube, hidden)


def test_two_patterns_safe_alone_are_not_mixed() -> None:
    """The first release hid the rectangle ax-ay-bx-by, the cheapest one now is ax-az-cx-cz. Either is safe, but each
    shows what the other hides: the second release keeps to what the first has left unknown.
    """
    sizes = {f"{a}{b}": (6, 20.0) for a in "abc" for b in "xyz"} | {"ax": (2, 20.0)}
    frame = firms(sizes | {"az": (4, 20.0), "cx": (4, 20.0), "cz": (4, 20.0)})
    cube = cube_of(frame)
    one, other = at(cube, "ax", "ay", "bx", "by"), at(cube, "ax", "az", "cx", "cz")
    table = tabulated(cube, frame)
    assert is_safe(table, one, RULES)
    assert is_safe(table, other, RULES)
    assert not is_safe(table, one & other, RULES)
    np.testing.assert_array_equal(withheld(cube), other)
    _, hidden, *_ = two_releases(frame, frame, one)
    assert is_safe(table, one & hidden, RULES)


def regrouped(first: dict, names: Mapping[str, str], **options: object) -> tuple[Cube, np.ndarray, Cube, np.ndarray]:
    """A release by sector, and one of the same firms under other codes, as far as they are named: firm -> code."""
    frame = firms(first)
    again = frame.assign(
        sector=[names.get(firm, code) for firm, code in zip(frame["firm"], frame["sector"], strict=True)]
    )
    before, now = cube_of(frame), cube_of(again)
    hidden_before = withheld(before)
    return before, hidden_before, now, withheld(now, published_before=[(before, hidden_before)], **options)


SECTORS = {"a": [10.0, 20.0, 30.0, 40.0, 50.0], "b": (6, 25.0), "c": (6, 30.0), "d": (6, 35.0)}


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"a0": "x", "a1": "x", "a2": "y", "a3": "y", "a4": "y"}, {"x": 30.0}),  # split: a less y is x
        ({"a0": "b"}, {}),  # one firm moved: a less what is left of it is that firm's
        (dict.fromkeys(("a0", "a1", "a2", "a3"), "z") | {"a4": "b"}, {}),  # renamed, but for one firm
    ],
)
def test_regrouped_firms_are_not_told_by_what_was_published(names: dict[str, str], told: dict[str, float]) -> None:
    """Cells are matched by the firms in them: what an old group is less new ones must not tell of one or two firms."""
    before, hidden_before, now, hidden = regrouped(SECTORS, names)
    unprotected = at(now, "x", "d") if "x" in told else protect(now, RULES).withheld
    audit = attack(now, unprotected, RULES, published_before=[(before, hidden_before)])
    assert audit["narrowed"].any(), "without the earlier release, too much is told"
    assert not attack(now, hidden, RULES, published_before=[(before, hidden_before)])["narrowed"].any()
    for code, value in told.items():
        row = audit[audit["cell"] == np.flatnonzero(at(now, code))[0]].iloc[0]
        assert row[["lower", "upper"]].tolist() == pytest.approx([value, value])


@pytest.mark.parametrize("dimension", ["sector", "branch"])
def test_renamed_groups_are_the_same_groups(dimension: str) -> None:
    """Other codes, or another name of the dimension: nothing new is told, nothing is held, the same is withheld."""
    frame = firms(SECTORS | {"e": (2, 50.0)})
    renamed = frame.assign(sector=frame["sector"].map(str.upper)).rename(columns={"sector": dimension})
    before, now = cube_of(frame), cube_of(renamed)
    hidden_before = withheld(before)
    protection = protect(now, RULES, published_before=[(before, hidden_before)])
    assert codes_in(now, protection.withheld) == {code.upper() for code in codes_in(before, hidden_before)}
    audit = attack(now, protection.withheld, RULES, published_before=[(before, hidden_before)])
    assert not audit["narrowed"].any()
    others = ~at(now, "E", "*")
    assert attack(now, others, RULES, published_before=[(before, hidden_before)])["cell"].tolist()


def test_merged_groups_are_not_told_apart_by_what_was_published() -> None:
    """e (2 firms) and f were withheld; merged with b, their sum would be told, and with f published e alone."""
    frame = firms(SECTORS | {"e": [50.0, 60.0], "f": (4, 20.0)})
    before = cube_of(frame)
    hidden_before = withheld(before)
    merged = frame.assign(sector=frame["sector"].replace({"e": "b", "f": "c"}))
    now = cube_of(merged)
    hidden = withheld(now, published_before=[(before, hidden_before)])
    assert not attack(now, hidden, RULES, published_before=[(before, hidden_before)])["narrowed"].any()


def test_a_firm_that_is_alone_knows_its_own_change() -> None:
    """The only firm of e that changed is known to itself: nobody is protected from it, so its correction can be told
    with others'.
    """
    frame = firms(SECTORS | {"e": [50.0], "f": (3, 20.0)})
    corrected = frame.assign(
        sales=np.where(frame["firm"].isin(["e0", "a0", "b0", "c0", "d0"]), 1.1, 1.0) * frame["sales"]
    )
    before, now = cube_of(frame), cube_of(corrected)
    hidden_before = withheld(before)
    hidden = withheld(now, published_before=[(before, hidden_before)])
    assert not attack(now, hidden, RULES, published_before=[(before, hidden_before)])["narrowed"].any()


def test_the_solvers_of_one_process_do_not_disturb_each_other() -> None:
    """Protect, attack, protect, in any order: they share what divides their work."""
    cube = cube_of(firms(GRID | {"ax": (2, 30.0)}))
    first = protect(cube, RULES)
    for _ in range(2):
        feasible_intervals(cube, first.withheld)
        assert (protect(cube, RULES).withheld == first.withheld).all()


def test_amounts_that_lie_very_far_apart_are_protected() -> None:
    """Largest over smallest firm five million, twice: corrections by rounding errors are none."""
    rng = np.random.default_rng(5)
    frame = firms({f"{a}{b}": list(10.0 ** rng.uniform(0, 6.7, 4)) for a in "abcd" for b in "xyz"})
    noisy = frame.assign(sales=frame["sales"] * (1 + 1e-15 * rng.standard_normal(len(frame))))
    noisy.loc[[0, 7], "sales"] *= 1.1
    before, now = cube_of(frame), cube_of(noisy)
    hidden_before = withheld(before)
    hidden = withheld(now, published_before=[(before, hidden_before)])
    assert not attack(now, hidden, RULES, published_before=[(before, hidden_before)])["narrowed"].any()


def test_three_releases_are_read_together() -> None:
    """A firm joins ax in the second release and another one in the third. Against the second one firm changed, against
    the first two: the figures of the first stay.
    """
    first = firms(GRID)
    second = pd.concat([first, firms({"ax": [77.0]}).assign(firm="new")])
    third = pd.concat([second, firms({"ax": [55.0]}).assign(firm="newer")])
    cubes = [cube_of(frame) for frame in (first, second, third)]
    masks = [withheld(cubes[0])]
    for number in (1, 2):
        masks.append(withheld(cubes[number], published_before=list(zip(cubes[:number], masks, strict=True))))
    assert codes_in(cubes[2], masks[2]) == {"ax", "a*", "*x", "**"}
    releases = [release(c, f, m) for c, f, m in zip(cubes, (first, second, third), masks, strict=True)]
    for a, b in itertools.combinations(releases, 2):
        assert disclosed_by_differencing(a, b) == []
    assert list(breaches(*joint_table(releases), RULES)) == []


def test_what_an_earlier_release_told_cannot_be_taken_back() -> None:
    """The first release hid ax alone, so its row tells its two firms: no pattern mends that, and the error names ax."""
    frame = firms(GRID | {"ax": (2, 30.0)})
    cube = cube_of(frame)
    with pytest.raises(UserError) as refused:
        protect(cube, RULES, published_before=[(cube, at(cube, "ax"))])
    assert refused.value.key == "disclosure.unsafe"
    assert "sector = a, size = x" in str(refused.value.details)


def test_what_an_earlier_release_published_is_not_published_again() -> None:
    """The first release showed two firms (before there were rules): that is not undone, but not repeated either."""
    frame = firms(GRID | {"ax": (2, 30.0)})
    cube = cube_of(frame)
    hidden = withheld(cube, published_before=[(cube, np.zeros(len(cube.cells), dtype=bool))])
    assert "ax" in codes_in(cube, hidden)


def test_work_has_an_end_that_is_counted_and_the_pattern_is_safe_then() -> None:
    """With too few programs to find the best pattern, what comes out is safe all the same, and says how far it may be
    from the best; the same limits give the same pattern.
    """
    frame = firms(
        {f"{a}{b}": [10.0 * (i + 2) for i in range(1 + (3 * ord(a) + ord(b)) % 7)] for a in "abcdef" for b in "xyz"}
    )
    cube = cube_of(frame)
    none = np.zeros(len(cube.cells), dtype=bool)
    linked = LinkedReleases(ResponseVariable(cube), cube, RULES, none, protect_changes=False)
    primary, weights = linked.few | linked.dominated, cube.measure("n_units")
    best = suppress(list(linked.systems()), weights, primary, none)
    for programs in (0, 40, 200):
        pattern = suppress(list(linked.systems()), weights, primary, none, programs=programs)
        again = suppress(list(linked.systems()), weights, primary, none, programs=programs)
        assert (pattern.withheld == again.withheld).all()
        assert not attack(cube, pattern.withheld, RULES)["narrowed"].any()
        assert pattern.bound <= best.lost + 1e-9 <= pattern.lost + 2e-9
    assert best.bound == pytest.approx(best.lost)


def test_an_attack_that_was_foiled_is_not_computed_again() -> None:
    """In amounts and in whole numbers, for the public and for firms that are alone, whatever the solver's rounding; and
    a move that foiled one by the other's figures counts only where it is one here.
    """
    frame = firms(
        {f"{a}{b}": [7.1 * (i + 1) for i in range(1 + (3 * ord(a) + ord(b)) % 5)] for a in "abcd" for b in "xyz"}
    )
    cube = cube_of(frame)
    hidden = withheld(cube)
    linked = LinkedReleases(
        ResponseVariable(cube), cube, RULES, np.zeros(len(hidden), dtype=bool), protect_changes=False
    )
    memory = Memory()
    probers = [Prober(system, hidden, memory) for system in linked.systems()]
    solved = []
    for _ in range(2):
        before = memory.programs_left
        for prober in probers:
            assert not list(prober.exposed_cells(hidden.astype(float)))
            assert prober.is_safe_in_whole_numbers(hidden)
        solved.append(before - memory.programs_left)
    assert solved[0] > 0
    assert solved[1] == 0
    nothing = (linked.few | linked.dominated).astype(float)
    fresh = [Prober(system, hidden, Memory()) for system in linked.systems()]
    for prober, other in zip(probers, fresh, strict=True):
        assert list(prober.exposed_cells(nothing)) == list(other.exposed_cells(nothing))


def test_a_table_that_two_dimensions_tell_together_is_a_sum_of_their_cells() -> None:
    """Of a segment that follows from sector and size together, but from neither alone, and is crossed with nothing: two
    firms in one cell of sector and size are withheld, and not told by the segment less its other cells.
    """
    sizes = {("a", "x"): 2, ("a", "y"): 3, ("c", "x"): 3, ("c", "y"): 3}
    rows = [
        (f"{a}{s}{i}", a, s, "one" if a + s in ("ax", "az", "bx", "by") else "other", 100.0 + i)
        for a in "abcd" for s in "xyzw" for i in range(sizes.get((a, s), 6))
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["firm", "sector", "size", "segment", "sales"])
    cube = Cube.from_microdata(
        frame,
        dimensions=["sector", "size", "segment"],
        value="sales",
        unit="firm",
        tables=[["sector", "size"], ["segment"]],
    )
    labels = cube.labels(range(len(cube.cells)))
    ax = labels.index("sector = a, size = x")
    rectangle = np.isin(labels, [f"sector = {sector}, size = {size}" for sector in "ac" for size in "xy"])
    told = feasible_intervals(cube, rectangle).loc[ax]  # safe but for the segment, which is published
    assert told["lower"] == pytest.approx(told["upper"])
    hidden = protect(cube, RULES).withheld
    assert not attack(cube, hidden, RULES)["narrowed"].any()
    told = feasible_intervals(cube, hidden).loc[ax]
    assert told["upper"] - told["lower"] >= 2 * RULES.p_percent / 100 * cube.cells["largest"][ax]
