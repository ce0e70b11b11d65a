"""What holds for any microdata at all: random small cubes, each attacked by the slow reference and not by the engine.

One dimension to three, hierarchies, linked tables, values up to 600,000, zeros, values not reported, codes
missing, firms with several rows, firms that are alone.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.disclosure import Cube, feasible_intervals, protect
from analytics.disclosure.attacker import attack
from analytics.disclosure.cube import name_of_merged
from analytics.disclosure.linked_releases import ResponseVariable
from analytics.disclosure.protect import protect_together
from analytics.model import DisclosureRules, UserError
from tests.reference.disclosure import (
    Release,
    Table,
    breaches,
    cheapest,
    contributions,
    disclosed_by_differencing,
    interval,
    joint_table,
    primary_of,
    table_of,
)

RULES = DisclosureRules()
NAMES = ("sector", "size", "area")
CODES = {1: ["abcde"], 2: ["abc", "xyz"], 3: ["ab", "xy", "12"]}
PARENTS = {"a": "A", "b": "A", "c": "C", "A": "N", "C": "N", "d": "D", "e": "D"}
VALUES = [0.0, 1.0, 2.0, 5.0, 10.0, 10.0, 33.33, 100.0, 100.0, 1_000.0, 12_345.67]
TABLES = [None, [NAMES[:2], NAMES[::2]], [NAMES[:2], NAMES[::2], NAMES[1:]]]
TRIED = 12  # non-primary cells up to which every pattern is tried


@dataclasses.dataclass(frozen=True)
class World:
    """Microdata and how its cube is made."""

    frame: pd.DataFrame
    dimensions: tuple[str, ...]
    hierarchies: Mapping[str, Mapping[str, str]] | None = None
    tables: list[tuple[str, ...]] | None = None

    def cube(self) -> Cube:
        options: dict[str, Any] = {"hierarchies": self.hierarchies, "tables": self.tables}
        return Cube.from_microdata(self.frame, dimensions=list(self.dimensions), value="sales", unit="firm", **options)

    def table(self, cube: Cube) -> Table:
        up = self.hierarchies
        return table_of(cube, contributions(self.frame, cube.cells, dimensions=self.dimensions, hierarchies=up))

    def release(self, cube: Cube, hidden: np.ndarray) -> Release:
        codes = list(cube.cells[list(self.dimensions)].itertuples(index=False, name=None))
        return Release(self.table(cube), codes, hidden)


@st.composite
def worlds(draw: st.DrawFn, dimensions: int | None = None) -> World:
    """Batches of one to six firms that share their codes; now and then a firm reports for two cells."""
    n = dimensions or draw(st.integers(1, 3))
    codes = [st.sampled_from(list(letters)) for letters in CODES[n]]
    batch = st.tuples(
        st.tuples(*codes), st.integers(1, 6), st.sampled_from(VALUES), st.sampled_from([0.0, 0.1, 1.0, 10.0])
    )
    rows = []
    for b, (where, firms, value, spread) in enumerate(draw(st.lists(batch, min_size=2, max_size=(5, 10, 9)[n - 1]))):
        rows += [(f"{b}-{k}", *where, round(value * (1 + spread * k), 2)) for k in range(firms)]
    for row in draw(st.lists(st.sampled_from(rows), max_size=2)):
        rows.append((row[0], *draw(st.tuples(*codes)), draw(st.sampled_from(VALUES))))
    frame = pd.DataFrame(rows, columns=["firm", *NAMES[:n], "sales"])
    if draw(st.integers(0, 3)) == 0:
        frame.loc[draw(st.integers(0, len(frame) - 1)), "sales"] = np.nan
    if draw(st.integers(0, 3)) == 0:
        frame.loc[draw(st.integers(0, len(frame) - 1)), "sector"] = np.nan
    assume(frame["sales"].notna().any())
    hierarchies = {"sector": PARENTS} if draw(st.booleans()) else None
    return World(frame, NAMES[:n], hierarchies, draw(st.sampled_from(TABLES)) if n == 3 else None)


def pattern(cube: Cube, **options: object) -> np.ndarray:
    protection = protect(cube, RULES, **options)
    return np.asarray(protection.primary | protection.secondary)


def by_code(world: World, cube: Cube, mask: np.ndarray) -> dict[tuple, bool]:
    return dict(zip(cube.cells[list(world.dimensions)].itertuples(index=False, name=None), mask, strict=True))


@given(worlds())
@settings(max_examples=60)
def test_a_cube_says_what_its_microdata_say(world: World) -> None:
    """Counts, values and the two largest contributions of every cell, row by row; sums hold; no cell is forgotten."""
    cube = world.cube()
    units = world.table(cube).units
    parts = [sorted(cell.values(), reverse=True) for cell in units]
    assert list(cube.cells["n_units"]) == [len(cell) for cell in parts]
    for name, expected in (("value", map(sum, parts)), ("largest", (p[0] for p in parts))):
        np.testing.assert_allclose(cube.cells[name], list(expected), rtol=1e-12)
    np.testing.assert_allclose(cube.cells["second"], [p[1] if len(p) > 1 else 0 for p in parts], rtol=1e-12)
    size = max(1.0, float(cube.cells["value"].max()))
    np.testing.assert_allclose(cube.constraints @ cube.cells["value"].to_numpy(float), 0, atol=1e-12 * size)
    assert not cube.cells.duplicated(list(world.dimensions)).any()
    if world.tables is None:
        inner = world.frame.dropna(subset=["sales"]).fillna({"sector": "?"})
        inner = inner.drop_duplicates(list(world.dimensions))
        assert len(cube.cells) - np.linalg.matrix_rank(cube.constraints.toarray()) == len(inner)


@given(worlds())
@settings(max_examples=70)
def test_nobody_comes_too_close_to_a_primary_cell(world: World) -> None:
    """Every primary cell can move as far as its rule asks, up and down, in euros and in firms, whoever looks: the
    public, or a firm that is alone in a hidden cell. And nothing is hidden for nothing: the public can compute no
    secondary cell both in euros and in firms.
    """
    cube = world.cube()
    table, protection = world.table(cube), protect(cube, RULES)
    hidden = np.asarray(protection.primary | protection.secondary)
    np.testing.assert_array_equal(protection.primary, primary_of(table, RULES))
    assert not (protection.primary & protection.secondary).any()
    assert not protection.held.any()
    assert list(breaches(table, hidden, RULES)) == []
    for cell in np.flatnonzero(protection.secondary):
        widths = [
            np.ptp(interval(table, hidden, int(cell), measure=m)) / s
            for m, s in (("value", table.values.max() or 1), ("n_units", 1))
        ]
        assert max(widths) > 1e-9, f"cell {cell} is hidden for nothing"


@given(worlds())
@settings(max_examples=40)
def test_the_two_attackers_agree(world: World) -> None:
    """`feasible_intervals` against whole-table programs, for values and counts, with and without a known cell."""
    cube = world.cube()
    table, hidden = world.table(cube), pattern(cube)
    for measure in ("value", "n_units"):
        for known in ((), tuple(int(i) for i in np.flatnonzero(hidden & (table.counts == 1))[:1])):
            intervals = feasible_intervals(cube, hidden, measure=measure, known=known)
            size = float(table.measure(measure).max()) or 1.0
            for cell in np.flatnonzero(hidden)[:6]:
                expected = interval(table, hidden, int(cell), measure=measure, known=known)
                bounds = (0.0, 0.0) if cell not in intervals.index else tuple(intervals.loc[cell, ["lower", "upper"]])
                if cell in known:
                    continue
                np.testing.assert_allclose(
                    bounds, expected, rtol=1e-6, atol=1e-6 * size, err_msg=f"{measure} {cell} {known}"
                )


@given(worlds())
@settings(max_examples=40)
def test_the_pattern_belongs_to_the_data_alone(world: World) -> None:
    """Twice the same; the same for shuffled rows; the same in thousands of euros."""
    cube = world.cube()
    once = by_code(world, cube, pattern(cube))
    assert by_code(world, cube, pattern(cube)) == once
    shuffled = dataclasses.replace(world, frame=world.frame.sample(frac=1, random_state=1))
    assert by_code(world, shuffled.cube(), pattern(shuffled.cube())) == once
    scaled = dataclasses.replace(world, frame=world.frame.assign(sales=world.frame["sales"] * 1000))
    assert by_code(world, scaled.cube(), pattern(scaled.cube())) == once


@given(worlds(), st.permutations("abcde"))
@settings(max_examples=25)
def test_codes_are_only_names(world: World, names: list[str]) -> None:
    """Other codes for sectors: another pattern may be chosen, but a safe one that hides as few firms."""
    cube = world.cube()
    rename = dict(zip("abcde", names, strict=True))
    frame = world.frame.assign(sector=world.frame["sector"].map(rename))
    up = {"sector": {rename.get(c, c): p for c, p in PARENTS.items()}} if world.hierarchies else None
    other = dataclasses.replace(world, frame=frame, hierarchies=up)
    renamed = other.cube()
    protection, again = protect(cube, RULES), protect(renamed, RULES)
    assert list(breaches(other.table(renamed), again.primary | again.secondary, RULES)) == []
    if protection.gap == 0 and again.gap == 0:
        costs = [
            c.cells["n_units"].to_numpy()[f.primary | f.secondary].sum()
            for c, f in ((cube, protection), (renamed, again))
        ]
        assert costs[0] == costs[1]


@given(worlds())
@settings(max_examples=40)
def test_no_pattern_is_cheaper_when_the_optimum_is_proved(world: World) -> None:
    """gap 0: as few firms hidden as in the cheapest of all safe patterns."""
    cube = world.cube()
    table = world.table(cube)
    assume((~primary_of(table, RULES)).sum() <= TRIED)
    protection = protect(cube, RULES)
    assume(protection.gap == 0)
    best = cheapest(table, RULES, most=TRIED)
    assert best is not None
    assert table.counts[protection.primary | protection.secondary].sum() == best[0], best[1]


EDITS = st.lists(st.tuples(st.sampled_from(["join", "leave", "revise", "move"]), st.integers(0, 99)), max_size=4)


def edited(frame: pd.DataFrame, edits: list[tuple[str, int]]) -> pd.DataFrame:
    """The same firms some months later."""
    frame = frame.copy()
    for number, (what, where) in enumerate(edits):
        at = frame.index[where % len(frame)]
        if what == "join":
            frame = pd.concat([frame, frame.loc[[at]].assign(firm=f"new {number}", sales=7.0 * (where + 1))])
            frame = frame.reset_index(drop=True)
        elif what == "leave" and len(frame) > 2:
            frame = frame.drop(index=at).reset_index(drop=True)
        elif what == "revise":
            frame.loc[at, "sales"] = 1.1 * frame.loc[at, "sales"] + 1
        elif what == "move":
            frame.loc[at, "sector"] = frame.loc[frame.index[(where * 7) % len(frame)], "sector"]
    return frame


@given(worlds(), EDITS)
@settings(max_examples=60)
def test_two_releases_tell_no_more_than_each(world: World, edits: list[tuple[str, int]]) -> None:
    """Read together, with what did not change known to be equal: primary cells of both keep their distance, and no
    figure that one or two firms changed is known to have changed by so much. Where nothing changed, nothing is new.
    """
    before = world.cube()
    hidden_before = pattern(before)
    later = dataclasses.replace(world, frame=edited(world.frame, edits))
    assume(later.frame["sales"].notna().any())
    now = later.cube()
    try:
        protection = protect(now, RULES, published_before=[(before, hidden_before)])
    except UserError:
        assert edits, "what was safe once is safe again"
        return
    hidden = np.asarray(protection.primary | protection.secondary)
    assert not (protection.held & ~hidden).any()
    first, second = world.release(before, hidden_before), later.release(now, hidden)
    assert disclosed_by_differencing(first, second) == []
    assert list(breaches(second.table, hidden, RULES)) == []
    assert list(breaches(*joint_table([first, second]), RULES)) == []
    if not edits:
        np.testing.assert_array_equal(hidden, hidden_before)
        assert not protection.held.any()


# --- several releases of regrouped firms: by one dimension, what attackers know is exact ------------------------------

REVISIONS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "revise", "move", "split", "merge", "rename", "close"]), st.integers(0, 99)
    ),
    max_size=4,
)
AMOUNTS = st.sampled_from([0.0, 1.0, 5.0, 20.0, 33.33, 100.0, 12_345.67, 600_000.0])


@st.composite
def firms_by_code(draw: st.DrawFn) -> dict[str, tuple[str, float]]:
    """Firm -> code and amount: two to five groups of one to seven firms."""
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=5))
    return {
        f"{code}{n}": (code, draw(AMOUNTS) + n) for code, size in zip("abcde", sizes, strict=False) for n in range(size)
    }


def revised(firms: dict[str, tuple[str, float]], revisions: list[tuple[str, int]]) -> dict[str, tuple[str, float]]:
    """The same firms some months later, of which some are grouped in another way."""
    firms = dict(firms)
    for turn, (what, where) in enumerate(revisions):
        names, codes = list(firms), sorted({code for code, _ in firms.values()})
        firm, code = names[where % len(names)], codes[where % len(codes)]
        members = [name for name in names if firms[name][0] == code]
        if what == "join":
            firms[f"new{turn}{where}"] = (code, float(where))
        elif what in ("leave", "close") and len(names) > 2:
            firms.pop(firm)
        elif what == "revise":
            firms[firm] = (firms[firm][0], 1.3 * firms[firm][1] + 1)
        elif what == "move":
            firms[firm] = (codes[(where * 7) % len(codes)], firms[firm][1])
        elif what == "split":
            firms |= {name: (f"{code}{turn}", firms[name][1]) for name in members[: len(members) // 2]}
        elif what == "merge":
            other = codes[(where + 1) % len(codes)]
            firms |= {name: (other, firms[name][1]) for name in members}
        elif what == "rename":
            firms |= {name: (f"{code}'{turn}", firms[name][1]) for name in members}
    return firms


def by_code_cube(firms: dict[str, tuple[str, float]]) -> Cube:
    frame = pd.DataFrame([(name, *rest) for name, rest in firms.items()], columns=["firm", "code", "sales"])
    return Cube.from_microdata(frame, dimensions=["code"], value="sales", unit="firm")


def interval_by_atoms(
    releases: list[tuple[dict[str, tuple[str, float]], Cube, np.ndarray]], target: dict[int, float]
) -> tuple[float, float]:
    """The least and the most that a code's sum in the last release can be. The unknowns are sums of the firms that are
    grouped alike, with the same amount, in all releases; each published cell is an equation. target: position -> sign.
    """
    atoms: dict[tuple, int] = {}
    paths = {name for firms, _, _ in releases for name in firms}
    members: dict[tuple[int, str], set[int]] = {}
    for name in sorted(paths):
        for amount in {firms[name][1] for firms, _, _ in releases if name in firms}:
            signature = tuple(
                firms[name][0] if name in firms and firms[name][1] == amount else None for firms, _, _ in releases
            )
            place = atoms.setdefault(signature, len(atoms))
            for number, code in enumerate(signature):
                if code is not None:
                    members.setdefault((number, code), set()).add(place)
                    members.setdefault((number, "*"), set()).add(place)
    rows, right = [], []
    scale = max(float(cube.cells["value"].max()) for _, cube, _ in releases) or 1.0
    for number, (_, cube, hidden) in enumerate(releases):
        for code, value, is_hidden in zip(cube.cells["code"], cube.cells["value"], hidden, strict=True):
            if not is_hidden:
                rows.append([float(place in members[number, code]) for place in range(len(atoms))])
                right.append(value / scale)
    last = len(releases) - 1
    objective = np.zeros(len(atoms))
    for cell, sign in target.items():
        objective[list(members[last, releases[last][1].cells["code"][cell]])] += sign
    ends = []
    for side in (1.0, -1.0):
        options = {"A_eq": np.array(rows), "b_eq": np.array(right)} if rows else {}
        solved = linprog(side * objective, bounds=(0, None), method="highs", **options)
        ends.append(side * solved.fun * scale if solved.status == 0 else -side * np.inf)
    return ends[0], ends[1]


def refused(cube: Cube, before: list[tuple[Cube, np.ndarray]]) -> bool:
    """Whether nothing is safe, since an earlier release told too much."""
    try:
        protect(cube, RULES, published_before=before)
    except UserError:
        return True
    return False


@example(
    {f"{code}{n}": (code, float(n)) for code, size in zip("abc", (1, 2, 3), strict=True) for n in range(size)},
    [[("join", 21)]],  # who joined alone knows how many firms there are now, whatever this release tells
)
@given(firms_by_code(), st.lists(REVISIONS, min_size=1, max_size=2))
@settings(max_examples=60)
def test_regrouped_releases_tell_no_more_than_each(
    first: dict[str, tuple[str, float]], revisions: list[list[tuple[str, int]]]
) -> None:
    """Splits, merges, renames, moves, corrections, new firms and closures over two or three releases: by all that is
    published together, every sensitive cell of the last release stays open as far as its rule asks; and a release is
    refused only where publishing nothing of it would not be safe, for what was published before.
    """
    releases: list[tuple[dict[str, tuple[str, float]], Cube, np.ndarray]] = []
    firms = first
    for revision in [[], *revisions]:
        firms = revised(firms, revision)
        cube = by_code_cube(firms)
        before = [(earlier, hidden) for _, earlier, hidden in releases]
        variable = ResponseVariable(cube, before)
        protection = protect_together([variable], RULES, accept_told=True)
        audit = attack(cube, protection.withheld, RULES, published_before=before)
        if refused(cube, before):
            nothing = attack(cube, np.ones(len(cube.cells), dtype=bool), RULES, published_before=before)
            short = (nothing["lower"] > nothing["need_lower"] + 1e-9) | (
                nothing["upper"] < nothing["need_upper"] - 1e-9
            )
            assert short.any(), "refused, though something is safe"
            return
        assert not audit["narrowed"].any()
        releases.append((firms, cube, np.asarray(protection.withheld)))
        asked = audit[(audit["about"] == "cell") & (audit["measure"] == "value")].groupby("cell")
        for cell, row in asked.first().iterrows():
            if not any(cube.fingerprints[cell] in earlier.fingerprints for _, earlier, _ in releases[:-1]):
                low, high = interval_by_atoms(releases, {int(cell): 1.0})
                slack = 1e-6 * float(cube.cells["value"].max()) + 1e-9
                assert low <= row["need_lower"] + slack, (cube.cells, protection.withheld, cell)
                assert high >= row["need_upper"] - slack, (cube.cells, protection.withheld, cell)


@given(firms_by_code(), st.data())
@settings(max_examples=60)
def test_codes_taken_for_one_are_the_cube_of_rows_that_have_one(
    firms: dict[str, tuple[str, float]], data: st.DataObject
) -> None:
    """Cells, identities and contributions are those of the same rows under the common code, in tables and margins."""
    rows = [(name, code, "xy"[n % 2], amount) for n, (name, (code, amount)) in enumerate(firms.items())]
    frame = pd.DataFrame(rows, columns=["firm", "code", "size", "sales"])
    codes = sorted(frame["code"].unique())
    merge = data.draw(st.lists(st.sampled_from(codes), min_size=2, max_size=3, unique=True))
    how = {"dimensions": ["code", "size"], "value": "sales", "unit": "firm", "link_undeclared": True}
    merged = Cube.from_microdata(frame, **how).merged("code", merge)
    one = frame["code"].where(~frame["code"].isin(merge), name_of_merged(merge))
    asked = Cube.from_microdata(frame.assign(code=one), **how)
    places = [asked.positions[codes] for codes in merged.positions]
    assert sorted(places) == list(range(len(asked.cells)))
    pd.testing.assert_frame_equal(merged.cells, asked.cells.iloc[places].reset_index(drop=True), check_like=True)
    assert [merged.fingerprints[cell] for cell in range(len(places))] == [asked.fingerprints[place] for place in places]
    rank = np.linalg.matrix_rank
    both = np.vstack([merged.constraints.toarray(), asked.constraints.toarray()[:, places]])
    assert rank(both) == rank(merged.constraints.toarray()) == rank(asked.constraints.toarray())
