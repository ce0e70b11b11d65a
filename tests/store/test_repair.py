"""What was imported can be put right: corrected by a later file, taken back, undone; and nothing is lost."""

import datetime as dt
import io
import subprocess
import sys

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.folders import PROJECT
from analytics.language.text import Text
from analytics.model import UserError
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.ingest import RowsRefusedError
from analytics.store.mapping.file import ColumnMapping, load_mapping
from analytics.store.rejected_file import RejectedFile
from analytics.store.repair import retract_application, retract_figures, undo
from tests.helpers.officer import Desk, application, as_csv, code, sale

MOMENTS = 12


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A store with three funded applications."""
    desk = Desk.at(tmp_path)
    desk.load("applications", as_csv([application(n) for n in (1, 2, 3)]), "domande.csv")
    return desk


def told(desk: Desk) -> tuple[object, ...]:
    """What the store tells, but for by which files."""
    columns = "SELECT * EXCLUDE (batch_id, row_number) FROM current_applications ORDER BY application_id"
    with desk.open() as store:
        return store.select(columns), store.frame("observations").values.tolist()


def of(desk: Desk, column: str, n: int = 1) -> object:
    """What the store tells of a column of the n-th firm's application."""
    with desk.open() as store:
        rows = store.select(f"SELECT {column}::VARCHAR FROM current_applications WHERE application_id = 'A{n}'")
    return rows[0][0] if rows else None


def figures(desk: Desk) -> dict[str, float]:
    """Online sales by firm and period."""
    with desk.open() as store:
        frame = store.frame("observations")
    rows = frame[frame["outcome"] == "online_sales"].itertuples()
    return {f"{row.firm_id} {row.period}": row.value for row in rows}


def undone(desk: Desk, batch: int | None = None):
    with desk.open() as store:
        return undo(store, batch)


def test_the_good_file_again_puts_the_wrong_one_right(desk):
    """Good, wrong, good: the third import is no no-op, the wrong figure goes, all three stay in the log."""
    good, wrong = as_csv([sale(1, online="100"), sale(2, online="5")]), as_csv([sale(1, online="100000")])
    desk.load("sales", good)
    desk.load("sales", wrong)
    again = desk.load("sales", good)
    assert (again.already, again.difference.revised, again.difference.unchanged) == (False, 1, 1)
    assert figures(desk) == {f"{code(1)} 2021-03": 100.0, f"{code(2)} 2021-03": 5.0}
    assert desk.load("sales", good).already
    with desk.open() as store:
        assert len(store.log()) == 4
        assert store.number("SELECT count(*) FROM observations") == 5


def test_a_wrong_file_is_undone_and_the_good_one_holds_again(desk):
    """Undone it stays in the log with the moment; what it brought anew goes, what it changed comes back."""
    desk.load("sales", as_csv([sale(1, online="100")]))
    before = told(desk)
    desk.load("sales", as_csv([sale(1, online="9"), sale(2, online="9")]))
    result = undone(desk)
    assert (result.batch.batch_id, result.figures, result.restored) == (3, -1, 1)
    assert told(desk) == before
    with desk.open() as store:
        assert [batch.undone_at is not None for batch in store.log()] == [False, False, True]
        assert [batch.batch_id for batch in store.batches()] == [1, 2]
    assert not desk.load("sales", as_csv([sale(1, online="9"), sale(2, online="9")])).already, "it can be applied again"


def test_an_earlier_import_is_undone_by_its_number(desk):
    """What came later stays."""
    desk.load("sales", as_csv([sale(1, online="100"), sale(2, online="200")]))
    desk.load("sales", as_csv([sale(1, online="150")]))
    assert undone(desk, 2).figures == -1
    assert figures(desk) == {f"{code(1)} 2021-03": 150.0}


def test_an_import_that_others_correct_is_undone_after_them(desk):
    """A payment without its application would be told of nobody; the error names what to undo first."""
    desk.load("applications", as_csv([{"application_id": "A1", "paid_eur": "4500"}]), "pagamenti.csv")
    before = desk.content()
    with pytest.raises(UserError) as caught:
        undone(desk, 1)
    assert (caught.value.key, caught.value.details["later"]) == ("undo.rests", "2")
    assert desk.content() == before
    undone(desk)
    assert undone(desk).applications == -3
    for batch in (None, 1, 9):
        with pytest.raises(UserError) as caught:
            undone(desk, batch)
        assert caught.value.said(Text("it"))


def test_a_later_revocation_comes_in_by_its_number_alone(desk):
    """The award stays: revoked firms count as funded; the other columns stay as they were."""
    report = desk.load("applications", as_csv([{"application_id": "A2", "outcome": "revoked"}]), "revoche.csv")
    assert report.difference.columns == (("outcome", 1),)
    assert [(change.before, change.after) for change in report.difference.changes] == [("funded", "revoked")]
    kept = [of(desk, name, 2) for name in ("outcome", "awarded_on", "grant_eur")]
    assert kept == ["revoked", "2020-11-30", "9000.50"]
    assert of(desk, "outcome", 1) == "funded"


def test_a_payment_and_a_corrected_application_come_in(desk):
    """Row by row: the size follows the corrected staff, the division the corrected code; other rows are unchanged."""
    desk.load("applications", as_csv([{"application_id": "A1", "employees": "5"}]), "addetti.csv")
    assert of(desk, "size_class") == "micro"
    rows = [application(1, employees="60", ateco_code="10.71.10"), application(2), application(3)]
    report = desk.load("applications", as_csv(rows), "corretto.csv")
    assert (report.difference.new, report.difference.revised, report.difference.unchanged) == (0, 1, 2)
    assert [of(desk, column) for column in ("size_class", "division", "employees")] == ["medium", "10", "60.000000"]
    with desk.open() as store:
        assert store.number("SELECT count(*) FROM applications WHERE application_id = 'A1'") == 3, "revisions are kept"


def test_a_correction_is_checked_with_what_is_known(desk):
    """An award that the correction contradicts, another firm under a known number, a new row without its columns."""
    for rows, why in (
        ([{"application_id": "A1", "outcome": "not_funded"}], "award_contradicts"),
        ([{"application_id": "A1", "fiscal_code": code(2)}], "other_firm"),
        ([{"application_id": "A1", "paid_eur": "x"}], "decimal"),
    ):
        with pytest.raises(RowsRefusedError) as caught:
            desk.load("applications", as_csv(rows))
        assert {bad.reason for bad in caught.value.rejections} == {why}
    with pytest.raises(UserError) as caught:
        desk.load("applications", as_csv([{"application_id": "A9", "paid_eur": "1"}]))
    assert caught.value.key == "file.column_missing"


def test_an_empty_cell_says_nothing_unless_it_is_to_take_back(desk):
    """A later file that empties a cell: the value stays and the report counts it; with the option it goes."""
    desk.load("applications", as_csv([application(1, closed_on="2021-05-01")]), "chiuse.csv")
    emptied = as_csv([application(1, closed_on="")])
    assert desk.load("applications", emptied, "v.csv").difference.empty == 1
    assert of(desk, "closed_on") == "2021-05-01"
    assert desk.load("applications", emptied, "v.csv", takes_back=True).difference.columns == (("closed_on", 1),)
    assert of(desk, "closed_on") is None
    undone(desk)
    assert of(desk, "closed_on") == "2021-05-01"
    desk.load("sales", as_csv([sale(1, online="7", total_sales_eur="70")]))
    blank = as_csv([sale(1, online="")])
    assert desk.load("sales", blank, "s.csv").difference.empty == 2
    assert len(figures(desk)) == 1
    assert desk.load("sales", blank, "s.csv", takes_back=True).difference.revised == 2
    assert figures(desk) == {}


def test_what_must_be_there_is_not_taken_back_by_an_empty_cell(desk):
    """Only `retract application` removes an application: its firm, outcome and award stay, and the row is rejected."""
    for cells, why in ((",MI,funded", "missing"), (f"{code(1)},,funded", "missing"), (f"{code(1)},MI,", "missing")):
        content = f"application_id,fiscal_code,province,outcome\nA1,{cells}\n".encode()
        with pytest.raises(RowsRefusedError) as caught:
            desk.load("applications", content, takes_back=True)
        assert {bad.reason for bad in caught.value.rejections} == {why}
    with pytest.raises(RowsRefusedError) as caught:
        desk.load("applications", b"application_id,awarded_on\nA1,\n", takes_back=True)
    assert {bad.reason for bad in caught.value.rejections} == {"award_missing"}


def test_a_code_and_an_edition_of_different_files_are_undone_together(desk):
    """A division is that of its code and edition: an undo that would pair others is refused."""
    desk.load("applications", as_csv([application(4, ateco_code="10.71", ateco_edition="2007")]), "a.csv")
    desk.load("applications", b"application_id,ateco_code\nA4,46.70\n", "b.csv")
    desk.load("applications", b"application_id,ateco_edition\nA4,2025\n", "c.csv")
    with pytest.raises(UserError) as caught:
        undone(desk, 3)
    assert caught.value.key == "undo.rests"
    undone(desk)
    undone(desk)
    assert of(desk, "division", 4) == "10"


def test_a_store_without_figures_takes_any_frequency(desk):
    """Also where what is left of the figures is that they were taken back."""
    desk.load("sales", as_csv([sale(1)]))
    with desk.open() as store:
        retract_figures(store, desk.folder / "archive", desk.programme, code(1), "2021-03")
    undone(desk, 2)
    assert desk.load("sales", as_csv([sale(1, "2021Q1")]), "q.csv").batch.rows_loaded == 1


def test_rejected_rows_of_any_file_are_written(desk, tmp_path):
    """Ragged rows, repeated keys, thousands, a mapping that names sheets; a mapping that is there stays."""
    target = RejectedFile(tmp_path / "r.xlsx", Text("it"))
    ragged = f"fiscal_code;period;online_sales_eur\n{code(1)};2021-03;5\n{code(2)};2021-03;5;77\n".encode()
    desk.load("sales", ragged, partial=True, rejected_to=target)
    target.path.unlink()
    twice = as_csv([sale(1, "2021-04", "5"), sale(1, "2021-04", "6")])
    desk.load("sales", twice, partial=True, rejected_to=target)
    row = [cell.value for cell in openpyxl.load_workbook(target.path).worksheets[0][2]]
    assert row[:3] == [code(1), None, 6.0], "without its key it replaces nothing unasked"
    target.path.unlink()
    lines = "CF;Mese;Vendite online (migliaia di euro)\n"
    lines += f"{code(1)};2021-05;1.234,5\n{code(2)};2021-05;1.234\n123;2021-05;2.345\n"
    columns = {"fiscal_code": "CF", "period": "Mese", "online_sales_eur": "Vendite online (migliaia di euro)"}
    mapping = ColumnMapping(columns=columns, format=Format(separator=";"))
    desk.load("sales", lines.encode(), "k.csv", mapping=mapping, partial=True, rejected_to=target)
    book = openpyxl.load_workbook(target.path)
    book.worksheets[0].cell(2, 1).value = code(3)
    corrected = io.BytesIO()
    book.save(corrected)
    desk.load("sales", corrected.getvalue(), "k.xlsx", mapping=load_mapping(target.mapping_path))
    assert figures(desk)[f"{code(3)} 2021-05"] == 2_345_000
    target.path.unlink()
    with pytest.raises(UserError) as caught:
        desk.load("sales", lines.encode(), "k.csv", mapping=mapping, partial=True, rejected_to=target)
    assert caught.value.key == "rejected.exists", "a mapping that is there is not written over"
    assert not list(tmp_path.glob(".*partial"))


def test_no_rejected_cell_becomes_a_formula(desk, tmp_path):
    """What a cell of a file begins with, a heading too, stays a word of the workbook that is given back."""
    starts = ("=HYPERLINK(1)", "=1+1|cmd", "+1+cmd", "-2+cmd", "@SUM(1+1)", "\t=1+1", "\r=1+1", "http://x.example/a")
    lines = "".join(f'{code(1)};2020-{n:02d};"{words}";"{words}"\n' for n, words in enumerate(starts, 1))
    content = f"fiscal_code;period;online_sales_eur;=1+1\n{lines}{code(1)};2021-03;5;x\n".encode()
    target = RejectedFile(tmp_path / "r.xlsx", Text("it"))
    report = desk.load("sales", content, partial=True, rejected_to=target)
    assert report.batch.rows_rejected == len(starts)
    cells = [cell for sheet in openpyxl.load_workbook(target.path) for row in sheet.iter_rows() for cell in row]
    words = [str(cell.value) for cell in cells if cell.value is not None]
    assert sum("cmd" in one for one in words) >= 3, "they are there"
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def test_a_rehearsal_says_all_and_changes_nothing(desk):
    """Not a row, not a batch, not a copy in the archive."""
    before, archive = desk.content(), sorted((desk.folder / "archive").rglob("*"))
    report = desk.load("sales", as_csv([sale(1, online="9")]), rehearsed=True)
    assert (report.difference.new, report.batch.rows_loaded) == (1, 1)
    assert (desk.content(), sorted((desk.folder / "archive").rglob("*"))) == (before, archive)


def test_figures_and_applications_are_taken_back_and_come_again(desk):
    """In any writing of firm and period; kept as a file of its own; undone like any import."""
    desk.load("sales", as_csv([sale(1, online="7", total_sales_eur="70"), sale(2, online="8")]))
    archive = desk.folder / "archive"
    with desk.open() as store:
        batch, taken = retract_figures(store, archive, desk.programme, f"IT{code(1)}", "03/2021", "online_sales_eur")
    assert [figure.outcome for figure in taken] == ["online_sales"]
    assert figures(desk) == {f"{code(2)} 2021-03": 8.0}
    assert (archive / batch.sha256[:2] / f"{batch.sha256}.csv").exists()
    undone(desk)
    assert len(figures(desk)) == 2
    with desk.open() as store:
        retract_application(store, archive, "A2")
        assert store.select("SELECT application_id FROM current_applications ORDER BY 1") == [("A1",), ("A3",)]
    desk.load("applications", as_csv([application(2, fiscal_code=code(9))]), "nuova.csv")
    assert of(desk, "firm_id", 2) == code(9)
    with desk.open() as store:
        for asked in ((code(1), "2030-01"), ("123", "2021-03"), (code(1), "20/03"), (code(1), "2021-03", "x")):
            with pytest.raises(UserError) as caught:
                retract_figures(store, archive, desk.programme, *asked)
            assert caught.value.said(Text("it"))
        with pytest.raises(UserError, match="A77"):
            retract_application(store, archive, "A77")


def remove(target: RejectedFile) -> None:
    target.path.unlink()
    target.mapping_path.unlink()


def test_rejected_rows_come_back_as_a_file_to_correct(desk, tmp_path):
    """Refused whole or loaded in part: only the bad rows, in the file's own headings, with what is wrong; corrected and
    imported again they are loaded, and good rows of the corrected whole are unchanged, not rejected.
    """
    rows = [
        {"Codice fiscale": code(1), "Mese": "03/2021", "Vendite online": "1.234,50", "Note": "=1+1"},
        {"Codice fiscale": code(2), "Mese": "04/2021", "Vendite online": "boh", "Note": ""},
        {"Codice fiscale": "123", "Mese": "05/2021", "Vendite online": "12,5", "Note": ""},
    ]
    columns = {"fiscal_code": "Codice fiscale", "period": "Mese", "online_sales_eur": "Vendite online"}
    mapping = ColumnMapping(columns=columns)
    target = RejectedFile(tmp_path / "scartate.xlsx", Text("it"))
    with pytest.raises(RowsRefusedError):
        desk.load("sales", as_csv(rows, delimiter=";"), mapping=mapping, rejected_to=target)
    remove(target)
    report = desk.load("sales", as_csv(rows, delimiter=";"), mapping=mapping, partial=True, rejected_to=target)
    assert report.batch.rows_loaded == 1
    remove(target)
    again = desk.load("sales", as_csv(rows, delimiter=";"), mapping=mapping, partial=True, rejected_to=target)
    assert again.already, "the rejected rows of a file that is in the store are to be had, too"
    book = openpyxl.load_workbook(target.path)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["Codice fiscale", "Mese", "Vendite online"]
    assert [[cell.value for cell in row[:4]] for row in sheet.iter_rows(min_row=2)] == [
        [code(2), "04/2021", "boh", 3],
        ["123", "05/2021", 12.5, 4],
    ]
    assert "boh" in sheet.cell(2, 5).value
    sheet.cell(2, 3).value, sheet.cell(3, 1).value = 99.5, code(3)
    corrected = io.BytesIO()
    book.save(corrected)
    again = desk.load("sales", corrected.getvalue(), "corrette.xlsx", mapping=load_mapping(target.mapping_path))
    assert (again.difference.new, again.batch.rows_rejected) == (2, 0)
    rows[1]["Vendite online"], rows[2]["Codice fiscale"] = "99,50", code(3)
    whole = desk.load("sales", as_csv(rows, delimiter=";"), "intero.csv", mapping=mapping)
    assert (whole.difference.new, whole.difference.unchanged, whole.batch.rows_rejected) == (0, 3, 0)
    with pytest.raises(UserError) as caught:
        desk.load("sales", as_csv([sale(1, online="?")]), rejected_to=target)
    assert caught.value.key == "rejected.exists", "corrections are never written over"


def rows_of(*cells: str) -> st.SearchStrategy[list[tuple[int, str]]]:
    return st.lists(st.tuples(st.integers(1, 3), st.sampled_from(cells)), min_size=1, max_size=3)


step = st.one_of(
    st.tuples(st.just("sales"), rows_of("", "1", "2")),
    st.tuples(st.just("applications"), rows_of("", "5", "60")),
    st.tuples(st.just("undo"), st.integers(2, 6)),
)


def apply(desk: Desk, kind: str, what: list[tuple[int, str]], name: str) -> None:
    rows = dict(what).items()
    if kind == "sales":
        content = as_csv([sale(n, online=cell) for n, cell in rows])
    else:
        content = as_csv([{"application_id": f"A{n}", "employees": cell, "name": name} for n, cell in rows])
    desk.load(kind, content, name, takes_back=True)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, min_size=1, max_size=6))
def test_undoing_leaves_the_store_as_if_the_file_had_never_come(tmp_path_factory, steps):
    """Any sequence of imports and undos tells what importing only the files that count would tell."""
    one, other = (Desk.at(tmp_path_factory.mktemp("log")) for _ in range(2))
    first = as_csv([application(n) for n in (1, 2, 3)])
    one.load("applications", first)
    done: dict[int, tuple[str, list[tuple[int, str]], str]] = {}
    for n, (kind, what) in enumerate(steps):
        if kind == "undo":
            if what in done:
                undone(one, what)
                del done[what]
            continue
        apply(one, kind, what, f"f{n}")
        with one.open() as store:
            done[store.log()[-1].batch_id] = (kind, what, f"f{n}")
    other.load("applications", first)
    for kind, what, name in done.values():
        apply(other, kind, what, name)
    assert told(one) == told(other)


def test_a_store_tells_what_it_told_when_a_release_was_made(desk):
    """As of a moment before an undo the undone import counts; and exactly the imports named count when asked so."""
    desk.load("sales", as_csv([sale(1, online="1")]))
    desk.load("sales", as_csv([sale(1, online="2")]))
    path = desk.folder / "store.duckdb"
    with desk.open() as store:
        store.execute("UPDATE batches SET imported_at = TIMESTAMP '2026-01-01' + batch_id * INTERVAL 1 DAY")
        undo(store)
        store.execute("UPDATE batches SET undone_at = TIMESTAMP '2026-02-01' WHERE undone_at IS NOT NULL")
    for day, value in ((10, 2.0), (40, 1.0)):
        as_of = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)
        with Store(path, desk.programme.id, as_of=as_of) as store:
            assert store.frame("observations")["value"].tolist() == [value]
    with Store(path, desk.programme.id, read_only=True) as store:
        store.count_only([1, 3])
        assert store.frame("observations")["value"].tolist() == [2.0]
        assert [batch.batch_id for batch in store.batches()] == [1, 3]


def test_a_kill_at_any_moment_of_an_undo_leaves_it_done_or_not(tmp_path):
    """The store opens, tells one or the other, and the undo can go on from there."""
    (tmp_path / "home").mkdir()
    home = Desk.at(tmp_path / "home")
    home.load("applications", as_csv([application(1)]))
    home.load("sales", as_csv([sale(1, online="1")]))
    (tmp_path / "sales.csv").touch()
    command = [sys.executable, "-m", "tests.helpers.kill_import", str(tmp_path), str(MOMENTS), "undo"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    counts = []
    for moment in range(MOMENTS):
        with Desk.at(tmp_path / str(moment)).open() as store:
            counts.append((len(store.batches()), store.number("SELECT count(*) FROM current_observations")))
            assert len(store.log()) == 2
    assert set(counts) == {(2, 1), (1, 0)}, "the moments must fall on both sides of the commit"
