"""Files as officers have them come out as they should: loaded to the cent, or refused with the cause and the cure."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from io import StringIO
from pathlib import Path
from threading import Timer

import pytest

from analytics.cli import imports
from analytics.language.text import Text
from analytics.model import UserError
from analytics.programme.file import Programme, load_programme
from analytics.store.ingest import Report, RowsRefusedError
from tests.helpers.officer import Desk
from tests.store.corpus import CASES
from tests.store.corpus.case import Case, Loaded, Outcome, Refused, Rejected
from tests.store.corpus.desk import OpenDesk

PROGRAMME = load_programme("ecommerce-2020")
Result = Report | UserError
WORKBOOKS = (".xlsx", ".xls", ".ods")  # each is read in a process of its own, which takes half a second
ALWAYS = (  # what went wrong once
    *(
        "two sheets of data",
        "a hidden first sheet",
        "=500+400 without a value",
        "9.500 as text",
        "1.5 GB of one letter",
    ),
    *("a stray cell at XFD1048576", "XLS", "ODS"),
)


def tried() -> list[str]:
    """Every case; of workbooks one in three and those that went wrong once, unless VETRINA_CORPUS=all."""
    books = [name for name, case in CASES.items() if case.group == "book" or case.file.endswith(WORKBOOKS)]
    always = {f"book: {name}" for name in ALWAYS}
    left_out = set() if os.environ.get("VETRINA_CORPUS") == "all" else {*books} - {*books[::3]} - always
    return [name for name in CASES if name not in left_out]


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[OpenDesk]:
    """A desk with the applications of the corpus, whose store stays open."""
    with OpenDesk.at(tmp_path_factory.mktemp("opened"), PROGRAMME) as desk:
        yield desk


@pytest.fixture
def desk(opened) -> Iterator[OpenDesk]:
    """The same, without what other cases have loaded."""
    yield opened
    opened.forget()


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """A folder with a closed store that holds the same applications."""
    folder = tmp_path_factory.mktemp("begun")
    with OpenDesk.at(folder, PROGRAMME):
        return folder


def loaded_or_refused(desk: OpenDesk, case: Case) -> Result:
    """What comes of the case; a refusal leaves the store as it was."""
    for kind, name, content in case.earlier:
        desk.load(kind, content, name, warned=False)
    before = desk.content()
    try:
        return desk.try_case(case)
    except UserError as error:
        assert desk.content() == before
        return error


def said(result: Result, programme: Programme, case: Case) -> list[str]:
    """What the officer reads, in each language."""
    every = []
    for language in ("it", "en"):
        text, screen = Text(language), StringIO()
        with redirect_stdout(screen), redirect_stderr(screen):
            if isinstance(result, Report):
                imports._print_report(Path(case.file), result, programme, text)
            else:
                imports.print_refusal(result, programme, case.kind, text)
                print(result.said(text))
        every.append(screen.getvalue())
    return every


def stored(desk: OpenDesk) -> tuple[set[tuple[str, str, str, Decimal]], dict[str, dict[str, str | None]]]:
    """Observations in force, and the columns of each application, and of each firm from outside, as text."""
    connection = desk.store._connection
    observations = connection.execute("SELECT firm_id, period, outcome, value FROM current_observations").fetchall()
    described: dict[str, dict[str, str | None]] = {}
    for table in ("current_applications", "current_comparison_firms"):
        columns = [name for name, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
        chosen = ", ".join(f'"{name}"::VARCHAR' for name in columns)
        rows = connection.execute(f"SELECT {chosen} FROM {table}").fetchall()
        described |= {str(row[0]): dict(zip(columns, row, strict=True)) for row in rows}
    return {(firm, period, outcome, Decimal(value)) for firm, period, outcome, value in observations}, described


def differs(outcome: Outcome, result: Result, screens: list[str], desk: OpenDesk) -> str:
    """Why this is not the outcome; "" when it is."""
    missing = [words for words in outcome.told if not all(re.search(words, screen) for screen in screens)]
    match outcome, result:
        case Refused(), UserError():
            key = result.key
            if isinstance(result, RowsRefusedError) and "rows." not in outcome.keys:
                return "refused for its rows"
            if outcome.keys and not key.startswith(outcome.keys):
                return f"key {key}, not {outcome.keys}"
        case Rejected(), RowsRefusedError():
            found = sorted((bad.row, bad.column, bad.reason) for bad in result.rejections)
            if outcome.rows and not _same_rows(sorted(outcome.rows), found):
                return f"rows {found}, not {sorted(outcome.rows)}"
        case Loaded(), Report():
            problem = _differs_in_values(outcome, result, desk)
            if problem:
                return problem
        case _:
            return f"{type(result).__name__} {getattr(result, 'key', '')}, not {type(outcome).__name__}"
    return f"nothing says {missing}" if missing else ""


def _same_rows(expected: list[tuple[int, str, str]], found: list[tuple[int, str, str]]) -> bool:
    """Each rejection that is expected is found, and there is no other."""
    return len(expected) == len(found) and all(
        row == other and re.fullmatch(column, theirs) and re.fullmatch(reason, why)
        for (row, column, reason), (other, theirs, why) in zip(expected, found, strict=True)
    )


def _differs_in_values(outcome: Loaded, report: Report, desk: OpenDesk) -> str:
    observations, applications = stored(desk)
    if outcome.values is not None and observations != outcome.values:
        return f"values {sorted(observations - outcome.values)}, not {sorted(outcome.values - observations)}"
    for name, columns in outcome.fields:
        wrong = {column: applications[name][column] for column, value in columns if applications[name][column] != value}
        if wrong:
            return f"fields {wrong}, not {dict(columns)}"
    reasons = [warned.reason for warned in report.warnings] if outcome.warns or outcome.quiet else []
    if outcome.quiet and reasons:
        return f"warnings {reasons}, not none"
    unheard = [wanted for wanted in outcome.warns if not any(re.search(wanted, reason) for reason in reasons)]
    return f"warnings {reasons}, none of {unheard}" if unheard else ""


@pytest.mark.parametrize("name", tried())
def test_a_file_comes_out_as_it_should(desk, name):
    """Loaded with every value exact, or refused for the right cause; rows in are rows loaded and rejected; and what the
    officer reads names what must be known, in both languages.
    """
    case = CASES[name]
    result = loaded_or_refused(desk, case)
    if isinstance(result, Report):
        assert result.batch.rows_in == result.batch.rows_loaded + result.batch.rows_rejected
    screens = said(result, PROGRAMME, case)
    problems = [differs(outcome, result, screens, desk) for outcome in case.outcomes]
    assert "" in problems, "\n".join([*problems, *screens])


def test_the_corpus_is_broad():
    """Every kind of file that officers have stands in it, several times."""
    groups = Counter(case.group for case in CASES.values())
    assert len(CASES) >= 300
    assert {"width", "quote", "cut", "encoding", "separator", "frame"} <= set(groups)
    assert {"number", "readings", "stated", "unit", "missing", "month", "quarter", "two columns", "wide"} <= set(groups)
    assert min(groups[name] for name in ("book", "parquet", "suffix", "foreign", "mapping", "doubt")) >= 15


def commanded(begun: Path, folder: Path, path: Path, seconds: float) -> tuple[int, str, float]:
    """Exit code, what is said, and gigabytes at the peak, of `import sales`; ended after so many seconds."""
    (folder / "store").mkdir()
    store = folder / "store" / "ecommerce-2020.duckdb"
    shutil.copy(begun / "store.duckdb", store)
    command = [sys.executable, "-m", "analytics", "import", "sales", str(path)]
    with (folder / "said").open("w+") as stream:
        environment = os.environ | {"VETRINA_DATA": str(folder)}
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=stream)
        timer = Timer(seconds, child.kill)
        timer.start()
        _, status, used = os.wait4(child.pid, 0)
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        stream.seek(0)
        shutil.move(store, folder / "store.duckdb")
        return child.returncode, stream.read(), used.ru_maxrss / 2**20


def no_file(folder: Path, kind: str) -> Path:
    """A path at which no file stands."""
    path, pipe = folder / "file.csv", folder / "pipe"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "link to a pipe":
            os.mkfifo(pipe)
            path.symlink_to(pipe)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "link to itself":
            path.symlink_to(path)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices as Linux has them")
@pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "folder", "device", "absent", "link to itself"])
def test_what_is_no_file_is_refused_at_once(begun, tmp_path, kind):
    """A pipe, a device, a folder: nothing is waited for, the store stays as it was."""
    path = no_file(tmp_path, kind)
    shutil.copy(begun / "store.duckdb", tmp_path)
    desk = Desk(tmp_path, PROGRAMME)
    before = desk.content()
    ended, told, _ = commanded(begun, tmp_path, path, 300)
    assert (ended, "Traceback" in told) == (1, False), told
    assert path.name in told
    assert desk.content() == before


BEGINNINGS = {
    "zeros": b"",
    "a zip": b"PK\x03\x04",
    "Parquet": b"PAR1",
    "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "text": b"fiscal_code;period\n",
}


@pytest.mark.skipif(sys.platform != "linux", reason="files with holes, and memory, as Linux has them")
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_two_gigabytes_of_something_else_are_refused_in_seconds(begun, tmp_path, beginning):
    """Whatever such a file begins with, little memory is taken and the store stays as it was."""
    path = tmp_path / "file.xlsx"
    with path.open("wb") as file:
        file.write(BEGINNINGS[beginning])
        file.truncate(2 * 10**9)
    shutil.copy(begun / "store.duckdb", tmp_path)
    desk = Desk(tmp_path, PROGRAMME)
    before = desk.content()
    ended, told, gigabytes = commanded(begun, tmp_path, path, 20)
    assert (ended, "Traceback" in told) == (1, False), told
    assert gigabytes < 1
    assert desk.content() == before
