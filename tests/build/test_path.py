"""The path from announced to analysed: every gap is split into its reasons, adds up to zero, and tells of no firm."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analytics.build.candidate import build, contents
from analytics.build.path.kept import paths_without_firm, recall_path
from analytics.build.path.places import OF_FUNDED, comparison_steps
from analytics.build.path.rows import Leaf, StepValue, chain_rows, path_table
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import Home
from analytics.programme.file import Programme, load_programme
from analytics.release import Release, Releases
from analytics.release.path import NOT_EXPLAINED, STANDS, TOGETHER, gaps_of
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.ingest import import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping
from analytics.store.repair import undo
from tests.build.test_counted import FEW, small_programme

OPEN = 1.0  # firms by which a confidential count stays open on either side
GRANT, PART = 9000.0, 1000.0  # euros granted to each firm of the small programme; how much less every fifth is paid


def applications(home: Home) -> pd.DataFrame:
    """Michigan's, with grants and payments; five funded firms in a tranche of their own; four revoked, two waiting."""
    file, _, _ = write_michigan_files(home.root / "plain")
    table = pd.read_csv(file, dtype=str)
    funded = table.index[table["outcome"] == "funded"]
    table.loc[funded[:5], "tranche"] = FEW
    table.loc[funded, "grant_eur"] = [str(GRANT + k) for k in range(len(funded))]
    table.loc[funded, "paid_eur"] = [str(GRANT + k - PART * (k % 5 == 0)) for k in range(len(funded))]
    table.loc[funded[20:22], "paid_eur"] = "0"
    table.loc[funded[6:10], ["outcome", "paid_eur"]] = ["revoked", "0"]
    return table


class Office:
    """A store of the small programme, to which files come, and its releases."""

    def __init__(self, home: Home) -> None:
        self.home, self.programme, self._n = home, small_programme(), 0
        self.releases = Releases(home.releases, self.programme.id)

    def store(self, *, read_only: bool = False) -> Store:
        return Store(self.home.store(self.programme.id), self.programme.id, read_only=read_only)

    def load(self, table: pd.DataFrame, *, sales: bool = False) -> None:
        self._n += 1
        _, sales_file, mapping = write_michigan_files(self.home.root / f"sales{self._n}")
        file = self.home.root / f"applications{self._n}.csv"
        table.to_csv(file, index=False)
        imports = [("applications", file, ColumnMapping(format=Format(date="%Y")))]
        imports += [("sales", sales_file, load_mapping(mapping))] if sales else []
        with self.store() as store:
            for kind, path, how in imports:
                import_file(kind, path, programme=self.programme, store=store, archive=self.home.archive, mapping=how)

    def undo_last(self) -> None:
        with self.store() as store:
            undo(store)

    def publish(self) -> Release:
        with self.store() as store:
            release = build(self.programme, store, self.releases)
        self.releases.publish(release)
        return self.releases.open()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(Home(tmp_path_factory.mktemp("path")))
    office.load(applications(office.home), sales=True)
    return office


@pytest.fixture(scope="module")
def first(office: Office) -> Release:
    return office.publish()


def value(
    release: Release, path: str, step: str, reason: str = STANDS, *, tranche: str = "*", unit: str = "firms"
) -> float:
    """A value of the table; NaN where it is confidential."""
    rows = release.reconciliation_gaps.set_index(["path", "tranche", "step", "reason", "unit"])["value"]
    return float(rows[path, tranche, step, reason, unit])


def assert_explained(release: Release) -> None:
    """Every gap of every path, in firms and euros, adds up, and nothing is left without a reason."""
    table = release.reconciliation_gaps
    gaps = list(gaps_of(table))
    assert {gap.path for gap in gaps} >= {"in_all", "awards", "payments", "analysis", "comparison"}
    assert {gap.unit for gap in gaps} == {"applications", "firms", "amount"}
    assert all(gap.is_explained for gap in gaps)
    assert NOT_EXPLAINED not in set(table["reason"])


# ---- what others could find out --------------------------------------------------------------------------------------


def intervals(
    table: pd.DataFrame, path: str, steps: dict[str, tuple[str, ...]]
) -> dict[tuple[str, str], tuple[float, float]]:
    """How far each reason of each tranche lies open to whoever adds up the rows of a path: a linear program in how many
    firms each reason has. A reason that no row names has none.
    """
    rows = table[(table["path"] == path) & (table["unit"] == "firms")]
    tranches, order = [*dict.fromkeys(rows["tranche"])], [*steps]
    leaves = [*dict.fromkeys(reason for reasons in steps.values() for reason in reasons), "end"]
    number = {key: place for place, key in enumerate((tranche, leaf) for tranche in tranches for leaf in leaves)}
    equations: list[np.ndarray] = []
    right: list[float] = []

    def told(keys: dict[tuple[str, str], float], total: float) -> None:
        row = np.zeros(len(number))
        for key, weight in keys.items():
            row[number[key]] += weight
        equations.append(row)
        right.append(total)

    for leaf in leaves if len(tranches) > 1 else []:
        told({(tranche, leaf): -1.0 if tranche == "*" else 1.0 for tranche in tranches}, 0.0)
    for tranche, mine in rows.groupby("tranche"):
        named = {part for reason in mine["reason"] for part in reason.split(TOGETHER)}
        for leaf in leaves[:-1]:
            if leaf not in named:
                told({(tranche, leaf): 1.0}, 0.0)
        for row in mine.dropna(subset=["value"]).to_dict("records"):
            if row["reason"] != STANDS:
                told({(tranche, part): 1.0 for part in row["reason"].split(TOGETHER)}, row["value"])
            else:
                later = order[order.index(row["step"]) + 1 :] if row["step"] in order else order
                beyond = {reason for step in later for reason in steps[step]} | {"end"}
                told({(tranche, leaf): 1.0 for leaf in beyond}, row["value"])
    found = {}
    for key, place in number.items():
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(number))
            cost[place] = sign
            solved = linprog(cost, A_eq=np.array(equations), b_eq=right, bounds=(0, None))
            assert solved.status in (0, 3)
            ends.append(sign * solved.fun if solved.status == 0 else -sign * np.inf)
        found[key] = (ends[0], ends[1])
    return found


def counted(frame: pd.DataFrame, places: pd.Series) -> Iterator[tuple[tuple[str, str], int]]:
    """How many firms each tranche, and all, have in each place."""
    for tranche in ["*", *frame["wave"].dropna().unique()] if "wave" in frame else ["*"]:
        here = places if tranche == "*" else places[frame["wave"] == tranche]
        for place, n in here.value_counts().items():
            yield (tranche, str(place)), int(n)


def assert_few_stay_open(release: Release, folder: Path, programme: Programme) -> None:
    """Of one or two firms with a reason one more and one fewer is possible, by all rows of their path together."""
    behind = recall_path(folder, release, pd.DataFrame(), programme)
    assert behind is not None
    funded, awards, others = (behind.frames[name] for name in ("funded", "awards", "turned_down"))
    paths = (
        ("analysis", dict(OF_FUNDED), dict(counted(funded, funded["place"]))),
        ("awards", {"still_funded": ("revoked", "withdrawn")}, dict(counted(awards, awards["fate"]))),
        ("comparison", dict(comparison_steps(programme)), dict(counted(others, others["place"]))),
    )
    for path, steps, there in paths:
        table = release.reconciliation_gaps
        if path == "awards":
            table = table[table["step"] != "announced"]
        if path == "comparison":
            steps.pop("firms")
            table = table[table["step"] != "turned_down"]
        bounds = intervals(table, path, steps)
        for key, n in there.items():
            if 0 < n < programme.disclosure_rules.min_units and key in bounds:
                low, high = bounds[key]
                assert low <= n - OPEN, (path, key)
                assert high >= n + OPEN, (path, key)


# ---- tests -----------------------------------------------------------------------------------------------------------


def test_every_gap_is_explained_to_zero(first: Release) -> None:
    """In firms and euros: what is granted, less what is not paid out for each reason, is what was paid."""
    assert_explained(first)
    assert value(first, "awards", "firms") == 66
    granted, paid = (value(first, "payments", step, unit="amount") for step in ("firms", "paid"))
    told = first.reconciliation_gaps
    lost = told[
        (told["path"] == "payments")
        & (told["tranche"] == "*")
        & (told["unit"] == "amount")
        & (told["reason"] != STANDS)
    ]
    assert granted - paid == pytest.approx(lost["value"].sum())
    assert granted == sum(GRANT + k for k in range(66))


def test_few_firms_are_told_by_no_row(office: Office, first: Release) -> None:
    """Two firms that wait for payment, and any other reason that few have: not by itself, nor by subtraction."""
    with office.store(read_only=True) as store:
        assert_few_stay_open(first, store.contributions_folder, office.programme)
    assert "waiting" not in set(first.reconciliation_gaps["reason"])
    assert value(first, "awards", "still_funded", "revoked") == 4


def test_stages_say_what_the_path_says(first: Release) -> None:
    """The reconciliation and its gaps have the same number at each stage, or none."""
    for column, step in (
        ("reporting_firms", "matched"),
        ("measured_firms", "measured"),
        ("analysed_firms", "analysed"),
    ):
        for row in first.reconciliation.to_dict("records"):
            there = value(first, "analysis", step, tranche=row["tranche"])
            assert (pd.isna(row[column]) and np.isnan(there)) or row[column] == there


def test_a_later_revocation_of_one_firm_is_not_told_and_of_three_is(office: Office, first: Release) -> None:
    """After one more the path stays as it was, as a whole; after two others it is told anew, to zero; after the import
    is undone the release would be the first's again.
    """
    table = applications(office.home)
    funded = table.index[table["outcome"] == "funded"]
    later = table.loc[funded[30:34]].assign(outcome="revoked", paid_eur="0")
    office.load(later.iloc[:1])
    second = office.publish()
    columns = ["path", "tranche", "step", "reason", "unit", "value"]
    pd.testing.assert_frame_equal(first.reconciliation_gaps[columns], second.reconciliation_gaps[columns])
    assert set(second.reconciliation_gaps["obs_status"]) == {"P"}
    assert_explained(second)
    office.load(later)
    third = office.publish()
    assert set(third.reconciliation_gaps["obs_status"]) == {"A"}
    assert_explained(third)
    assert value(third, "awards", "still_funded", "revoked") == 8
    with office.store(read_only=True) as store:
        assert_few_stay_open(third, store.contributions_folder, office.programme)
    office.undo_last()
    office.undo_last()
    with office.store() as store:
        again = contents(office.programme, store, office.releases, "2099-1", ()).tables["reconciliation_gaps"]
    pd.testing.assert_frame_equal(again[columns], first.reconciliation_gaps[columns], check_dtype=False)


@pytest.mark.parametrize("name", ["ecommerce-2020", "michigan-1988"])
def test_the_demonstration_is_explained_to_zero(demonstration: Home, name: str) -> None:
    """Every row of both demonstrations; and what few firms have stays open."""
    programme = load_programme(name)
    release = Releases(demonstration.releases, name).open()
    assert all(gap.is_explained for gap in gaps_of(release.reconciliation_gaps))
    assert NOT_EXPLAINED not in set(release.reconciliation_gaps["reason"])
    with Store(demonstration.store(name), name, read_only=True) as store:
        assert_few_stay_open(release, store.contributions_folder, programme)


def test_626_stand_for_638(demonstration: Home) -> None:
    """Eight revoked and four withdrawn after the award, in firms and euros; 951 turned down become 867; 87 firms are
    measured and not analysed, for more than one reason.
    """
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    assert [value(release, "awards", "still_funded", reason) for reason in ("revoked", "withdrawn", STANDS)] == [
        8,
        4,
        626,
    ]
    euros = [
        value(release, "awards", "still_funded", reason, unit="amount") for reason in ("revoked", "withdrawn", STANDS)
    ]
    assert sum(euros) == pytest.approx(value(release, "awards", "firms", unit="amount"))
    assert value(release, "comparison", "turned_down", unit="applications") == 951
    assert value(release, "comparison", "compared") == 867
    rows = release.reconciliation_gaps
    mine = rows[(rows["path"] == "analysis") & (rows["tranche"] == "*") & (rows["step"] == "analysed")]
    of_reasons = mine[mine["reason"] != STANDS]["value"]
    assert of_reasons.sum() == 87
    assert len(of_reasons) > 1


def test_a_deleted_firm_stays_in_its_places_under_no_name(office: Office, first: Release) -> None:
    """One row for each of its own, with its place, and amounts that are not its own, whatever it was granted."""
    with office.store(read_only=True) as store:
        rows = pd.read_parquet(store.contributions_folder / f"{first.release_id}.path.parquet")
    firm = rows.index[rows["frame"] == "awards"][0]
    left = paths_without_firm({"a": rows}, firm, office.programme)["a"]
    assert firm not in left.index
    mine, there = rows.loc[[firm]], left[left.index.str.startswith("deleted-")]
    kept = ["frame", "wave", "place", "fate", "flow"]
    assert there[kept].to_numpy().tolist() == mine[kept].to_numpy().tolist()
    assert not set(there["granted"].dropna()) & set(mine["granted"].dropna())
    assert len(left) == len(rows)


# ---- by hand ---------------------------------------------------------------------------------------------------------


def chain(*steps: StepValue) -> list[tuple[str, str, float | None]]:
    return [(row.step, row.reason, row.value) for row in chain_rows("p", "*", "firms", steps)]


def test_hidden_reasons_are_told_together_with_those_that_hold_nobody() -> None:
    """Who reads the row does not learn which of the reasons anybody has."""
    leaves = [Leaf("a", 5, told=True), Leaf("b", 1, told=False), Leaf("c", 0, told=True), Leaf("d", 4, told=False)]
    rows = chain(StepValue("one", 30, told=True), StepValue("two", 20, told=True, leaves=leaves))
    assert rows == [("one", "*", 30), ("two", "a", 5), ("two", "b+c+d", 5), ("two", "*", 20)]


def test_the_gap_of_a_step_that_is_not_told_goes_with_the_next() -> None:
    """And what is told of its reasons stays told."""
    two = StepValue("two", 29, told=False, leaves=[Leaf("a", 1, told=False)])
    three = StepValue("three", 20, told=True, leaves=[Leaf("b", 4, told=False), Leaf("c", 5, told=True)])
    rows = chain(StepValue("one", 30, told=True), two, three)
    assert rows == [("one", "*", 30), ("two", "*", None), ("three", "c", 5), ("three", "a+b", 5), ("three", "*", 20)]


def test_what_is_not_explained_is_a_row_of_its_own() -> None:
    """Never among other reasons; and the gap then is not explained."""
    leaves = [Leaf("a", 2, told=False), Leaf("b", 4, told=False), Leaf(NOT_EXPLAINED, 3, told=True)]
    steps = StepValue("one", 30, told=True), StepValue("two", 21, told=True, leaves=leaves)
    assert chain(*steps)[1:3] == [("two", NOT_EXPLAINED, 3), ("two", "a+b", 6)]
    [gap] = gaps_of(path_table(list(chain_rows("p", "*", "firms", steps))))
    assert not gap.is_explained
