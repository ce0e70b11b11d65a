"""One firm's data can be deleted: nothing of it is left, whenever the machine stops, and everything else stays."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analytics.build.forget import foresee, forget
from analytics.build.forgotten_firm import PREFIX
from analytics.folders import PROJECT, Home
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.store.database import Store
from analytics.store.ingest import import_file
from tests.helpers.forgetting import COR, FIRM, NAME, NUMBER, PROGRAMME, filled, telling
from tests.helpers.officer import code

MOMENTS = 12


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home and of the officer's files."""
    root = tmp_path_factory.mktemp("filled")
    filled(root)
    return root


@pytest.fixture
def home(filled_home: Path, tmp_path: Path) -> Home:
    shutil.copytree(filled_home / "home", tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture(scope="module")
def without(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home after the firm was deleted. To be read."""
    root = tmp_path_factory.mktemp("without")
    shutil.copytree(filled_home / "home", root / "home")
    forget(load_programme(PROGRAMME), f" IT{code(FIRM)[:4]} {code(FIRM)[4:]}", Home(root / "home"))
    return Home(root / "home")


def rows(home: Home, statement: str) -> list[tuple[object, ...]]:
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        return store.select(statement)


def test_nothing_of_the_firm_is_left_and_everything_else_stays(filled_home: Path, without: Home) -> None:
    """In store, log, archive (hidden sheets, notes, dictionaries, aids) and behind releases, in bytes and once opened;
    other firms' rows are there as before, also those of undone files.
    """
    before = Home(filled_home / "home")
    assert {line.split(": ")[0].split("/")[0] for line in telling(before.root)} == {"archive", "store"}
    assert telling(without.root) == []
    for table in ("applications", "observations", "rna_aids"):
        key = "fiscal_code" if table == "rna_aids" else "firm_id"
        others = f"SELECT * FROM {table} WHERE {key} <> '{code(FIRM)}' ORDER BY ALL"
        assert rows(without, f"SELECT * FROM {table} ORDER BY ALL") == rows(before, others) != []
    assert rows(without, "SELECT nextval('batch_ids')") == rows(before, "SELECT nextval('batch_ids')")


def test_archived_copies_keep_the_other_firms(without: Home) -> None:
    """Each file under its own new hash, which the log names beside the old one; another firm's row in which the
    deleted one is named stays, without that cell.
    """
    with Store(without.store(PROGRAMME), PROGRAMME) as store:
        log = store.log()
    assert all(batch.kept_sha256 and batch.kept_sha256 != batch.sha256 for batch in log)
    copies = {batch.file_name: next(without.archive.glob(f"*/{batch.kept_sha256}.*")) for batch in log}
    assert len(list(without.archive.glob("*/*"))) == len(log)
    assert copies["domande.csv"].read_text().count("\n") == 6  # the header and five firms
    assert len(pd.read_parquet(copies["vendite.parquet"])) == 5
    notes = pd.read_excel(
        copies["rettifica.xlsx"], sheet_name="Appunti", dtype=str, header=None, engine="openpyxl"
    ).values.tolist()
    assert [row[0] for row in notes] == ["Impresa", code(2), code(3)]
    assert "fornitrice" not in str(notes)
    assert copies["aiuti.xml"].read_text().count("<AIUTO>") == 1


def test_what_stood_behind_a_release_keeps_the_cells_and_no_amount(without: Home) -> None:
    """The row has a random name, the codes of its cells, counts, and bounds that others' amounts give."""
    frame = pd.read_parquet(without.store(PROGRAMME).with_suffix(".behind") / "2026-1.parquet")
    [row] = frame[frame.index.str.startswith(PREFIX)].to_dict("records")
    assert len(frame) == 6
    assert (row["sector"], row["arm"], row["*|*|firms"]) == ("a", "funded", 1.0)
    assert row["*|*|grants"] != 9000


def test_the_log_says_that_a_firm_was_deleted_and_not_which(without: Home) -> None:
    """When, from which imports, and which release cannot be made again."""
    with Store(without.store(PROGRAMME), PROGRAMME) as store:
        [one] = store.forgotten()
    assert one.batches == (1, 2, 3, 4, 5)


def test_the_source_that_it_was_deleted_from_is_refused(filled_home: Path, without: Home, tmp_path: Path) -> None:
    """With what to do; the rewritten copy can be imported, and a new file with the firm brings it as new."""
    shutil.copytree(without.root, tmp_path / "home")
    home, programme = Home(tmp_path / "home"), load_programme(PROGRAMME)
    with Store(home.store(PROGRAMME), PROGRAMME) as store:

        def load(path: Path) -> object:
            return import_file("applications", path, programme=programme, store=store, archive=home.archive)

        with pytest.raises(UserError) as refused:
            load(filled_home / "desk" / "domande.csv")
        assert refused.value.key == "forget.source"
        load(next(home.archive.glob(f"*/{refused.value.details['kept']}.*")))
        anew = tmp_path / "nuova.csv"
        anew.write_text((filled_home / "desk" / "domande.csv").read_text().splitlines()[0] + "\n")
        lines = (filled_home / "desk" / "domande.csv").read_text().splitlines()
        anew.write_text(f"{lines[0]}\n{lines[3]}\n")
        load(anew)
        assert code(FIRM) in store.firm_ids()


def test_a_firm_that_nothing_tells_of_is_an_error(home: Home) -> None:
    """So is a code that cannot be one; nothing changes."""
    for typed, key in ((code(99), "forget.unknown"), ("12345", "forget.code")):
        with pytest.raises(UserError) as refused:
            forget(load_programme(PROGRAMME), typed, home)
        assert refused.value.key == key
    assert not list((home.root / "store").glob("*.prepared"))


def test_foreseeing_changes_nothing(home: Home) -> None:
    """It says what there is of the firm."""
    meaning = foresee(load_programme(PROGRAMME), code(FIRM), home)
    assert (meaning.rows.applications, meaning.rows.cors) == ({NUMBER}, {COR})
    assert meaning.rows.figures == 2
    assert NAME in str(rows(home, "SELECT name FROM applications"))


@pytest.fixture(scope="module")
def killed(filled_home: Path) -> Path:
    """Copies of one home, each left by a deletion that was killed at another moment."""
    command = [sys.executable, "-m", "tests.helpers.kill_forget", str(filled_home), str(MOMENTS)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return filled_home


def test_a_kill_at_any_moment_leaves_the_firm_or_nothing_of_it(killed: Path) -> None:
    """Whoever opens the store next finds it as before, with every file that the log names, or finds nothing of the firm
    anywhere; and the command given again deletes it.
    """
    programme, seen = load_programme(PROGRAMME), set()
    for moment in range(MOMENTS):
        home = Home(killed / str(moment))
        with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
            is_there, log = code(FIRM) in store.firm_ids(), store.log()
        assert all(list(home.archive.glob(f"*/{batch.kept_sha256 or batch.sha256}.*")) for batch in log), moment
        assert bool(telling(home.root)) == is_there, moment
        seen.add(is_there)
        if is_there:
            forget(programme, code(FIRM), home)
        assert telling(home.root) == [], moment
        left = {path.name for path in (home.root / "store").iterdir()}
        assert left <= {f"{PROGRAMME}.duckdb", f"{PROGRAMME}.behind", "changes.lock"}, moment
    assert seen == {True, False}, "the moments must fall on both sides of the decision"
