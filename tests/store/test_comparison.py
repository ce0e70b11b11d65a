"""Firms from outside the applicants: what is stored of them, and that undone files leave no trace in what counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.build.panel_from_store import from_store
from analytics.model import UserError
from analytics.store.columns import comparison
from analytics.store.database import Store
from analytics.store.ingest import INPUT_TABLES, import_file
from tests.helpers.officer import Desk, application, as_csv, code, sale
from tests.helpers.outside import outside_programme
from tests.store.corpus.comparison import firm

PROGRAMME = outside_programme()
TOLD = "SELECT * EXCLUDE (batch_id, row_number) FROM current_comparison_firms ORDER BY firm_id"


def test_the_table_of_comparison_firms_has_the_declared_columns(tmp_path):
    """A column is declared once, in columns.py; the SQL follows it."""
    desk = Desk.at(tmp_path)
    declared = [column.name for column in comparison(desk.programme)]
    declared[declared.index("fiscal_code")] = "firm_id"
    declared.insert(declared.index("ateco_edition") + 1, "division")
    with desk.open() as store:
        stored = store._connection.table("comparison_firms").columns
        desk_columns = store._connection.table("current_comparison_firms").columns
    assert stored == [*declared, "batch_id", "row_number", "emptied", "retracted"]
    assert desk_columns == [*declared, "batch_id", "row_number"]


# ---- the log ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file of outside firms. rows: employees and name by firm, "" an empty cell; columns: those that it has."""

    rows: tuple[tuple[int, str, str, str], ...]
    columns: tuple[str, ...]
    takes_back: bool

    def content(self) -> bytes:
        names = ("ateco_code", "employees", "name")
        return as_csv(
            [
                {"fiscal_code": f"F{n}", "ateco_edition": "2007"}
                | {name: value for name, value in zip(names, row, strict=True) if name in self.columns}
                for n, *row in self.rows
            ]
        )


def rows_of(firms: Sequence[int]) -> st.SearchStrategy[tuple[tuple[int, str, str, str], ...]]:
    return st.tuples(
        *(
            st.tuples(st.just(n), st.sampled_from(["10.71", "47.91"]), st.sampled_from(["", "3", "40"]),
                      st.sampled_from(["", "Uno", "Due"]))
            for n in firms
        )
    )  # fmt: skip


FILES = st.builds(
    File,
    st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True).flatmap(rows_of),
    st.sets(st.sampled_from(["employees", "name"])).map(lambda more: ("ateco_code", *sorted(more))),
    st.booleans(),
)
STEPS = st.lists(st.one_of(FILES, st.integers(0, 5)), min_size=1, max_size=7)  # a file, or which import to undo


def brought(store: Store, folder: Path, file: File) -> int | None:
    """The number of the import; None where it told nothing new."""
    path = folder / "file.csv"
    path.write_bytes(file.content())
    report = import_file(
        "comparison", path, programme=PROGRAMME, store=store, archive=folder / "archive", takes_back=file.takes_back
    )
    return None if report.already else report.batch.batch_id


@pytest.fixture(scope="module")
def stores(tmp_path_factory) -> Iterator[tuple[Path, Store, Store]]:
    """A folder and two open stores, whose imports are not looked through for what seems odd."""
    folder, before = tmp_path_factory.mktemp("log"), INPUT_TABLES["comparison"]
    INPUT_TABLES["comparison"] = replace(before, warnings=lambda *_: ())
    with Store(folder / "all.duckdb", PROGRAMME.id) as one, Store(folder / "some.duckdb", PROGRAMME.id) as other:
        for store in (one, other):
            store._connection.execute("SET threads = 1")
        yield folder, one, other
    INPUT_TABLES["comparison"] = before


BOTH = ("ateco_code", "employees", "name")
TAKEN_BACK_TWICE = [
    File(((1, "10.71", "3", "Uno"),), BOTH, takes_back=False),
    File(((1, "10.71", "3", ""),), BOTH, takes_back=True),
    File(((1, "10.71", "40", ""),), BOTH, takes_back=True),
    1,
]


@example(steps=TAKEN_BACK_TWICE)
@given(steps=STEPS)
@settings(max_examples=8, deadline=None, derandomize=True)
def test_undone_files_leave_what_the_others_alone_would_tell(stores, steps):
    """After any imports and undos the store tells what it would, had only the files that count come, in their order."""
    folder, store, other = stores
    for one in (store, other):
        for table in ("comparison_firms", "rejected_rows", "batches"):
            one.execute(f"DELETE FROM {table}")
    files: dict[int, File] = {}
    for step in steps:
        if isinstance(step, File):
            batch = brought(store, folder, step)
            files |= {batch: step} if batch is not None else {}
        elif live := [batch.batch_id for batch in store.batches()]:
            undone = live[step % len(live)]
            store.execute("UPDATE batches SET undone_at = current_timestamp WHERE batch_id = $n", {"n": undone})
    assert [batch.batch_id for batch in store.log()] == [*files]
    for batch in store.batches():
        brought(other, folder, files[batch.batch_id])
    assert other.select(TOLD) == store.select(TOLD)


# ---- beside applications and sales -----------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path) -> Desk:
    """Firms 1 and 2 applied, 2001 and 2002 did not; of all four there is a month's figure."""
    desk = Desk.at(tmp_path)
    others = {"outcome": "not_funded", "awarded_on": "", "tranche": "", "grant_eur": ""}
    desk.load("applications", as_csv([application(1), application(2, **others)]))
    desk.load("comparison", as_csv([firm(2001), firm(2002)]), "outside.csv")
    desk.load("sales", as_csv([sale(n) for n in (1, 2, 2001, 2002)]))
    return desk


def aside(desk: Desk) -> dict[str, tuple[bool, bool]]:
    """Firm -> whether it stands aside, and whether it is from outside."""
    with desk.open() as store:
        units = from_store(store, desk.programme, everybody=True).units
    return {str(n): (bool(row["set_aside"]), bool(row["outside"])) for n, row in units.iterrows()}


def test_outside_firms_stand_aside_and_applicants_are_none(desk):
    """They enter no comparison; the panel of the two arms holds neither them nor a column about them."""
    assert aside(desk) == {
        code(1): (False, False), code(2): (False, False), code(2001): (True, True), code(2002): (True, True)
    }  # fmt: skip
    with desk.open() as store:
        compared = from_store(store, desk.programme)
    assert [*compared.units.index] == sorted([code(1), code(2)])
    assert not {"set_aside", "outside"} & {*compared.units}


def test_an_application_wins_over_the_list_of_outside_firms(desk):
    """From then on the firm is an applicant; when the application is undone it is from outside again."""
    desk.load("applications", as_csv([application(2001)]), "late.csv")
    assert aside(desk)[code(2001)] == (False, False)
    assert aside(desk)[code(2002)] == (True, True)
    with desk.open() as store:
        store.execute("UPDATE batches SET undone_at = current_timestamp WHERE batch_id = 4")
    assert aside(desk)[code(2001)] == (True, True)


def test_what_outside_firms_report_moves_no_period_or_outcome_of_the_others(desk):
    """Earlier and later months, and an outcome that no applicant reports, are left out."""
    with desk.open() as store:
        before = from_store(store, desk.programme)
    rows = [sale(2001, "2015-01", total_sales_eur="900.00"), sale(2002, "2024-12")]
    desk.load("sales", as_csv(rows), "wider.csv")
    with desk.open() as store:
        after, everybody = (from_store(store, desk.programme, everybody=wide) for wide in (False, True))
    assert after.units.equals(before.units)
    assert [*after.periods] == [*before.periods] == [*everybody.periods]
    assert after.outcomes.keys() == before.outcomes.keys() == everybody.outcomes.keys()


def test_sales_wait_for_applications_also_where_outside_firms_are_known(tmp_path):
    """Whoever has the outside firms alone is told what to import first."""
    desk = Desk.at(tmp_path)
    desk.load("comparison", as_csv([firm(2001)]), "outside.csv")
    with pytest.raises(UserError) as refused:
        desk.load("sales", as_csv([sale(2001)]))
    assert refused.value.key == "sales.before_applications"
