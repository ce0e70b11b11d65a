"""The command line: exit code 0 done, 1 the data were refused and why, 2 wrong use; never a traceback."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from analytics.build.earlier import recall_ledger
from analytics.cli.commands import main
from analytics.cli.releases import MOST_CHANGES
from analytics.clock import moment_in_words
from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.figure_id import FigureId
from analytics.store.database import Store
from tests.helpers.kill_release import make
from tests.helpers.michigan_release import built, corrected, sales_only
from tests.helpers.officer import application, as_csv, code, sale
from tests.helpers.rewritten import published_anew

ECOMMERCE = load_programme("ecommerce-2020")


@pytest.fixture
def officer(tmp_path, monkeypatch, capsys):
    """Types commands against a data folder of its own: exit code, output and errors."""
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def type_(*words: str, language: str = "en", programme: str = "ecommerce-2020") -> tuple[int, str, str]:
        asked = ("import", "build", "headlines", "publish", "withdraw", "releases", "difference", "withheld")
        if programme and words and words[0] in asked and "--programme" not in words:
            words = (*words, "--programme", programme)
        try:
            ended = main(["--lang", language, *words])
        except SystemExit as error:
            ended = int(error.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return ended, out, err

    return type_


@pytest.fixture
def files(tmp_path) -> Path:
    (tmp_path / "applications.csv").write_bytes(as_csv([application(n) for n in (1, 2, 3)]))
    (tmp_path / "sales.csv").write_bytes(as_csv([sale(n) for n in (1, 2, 3)]))
    return tmp_path


def test_importing_counts_rows(officer, files):
    """Rows in = loaded + rejected; the same file again says so and changes nothing."""
    ended, out, _ = officer("import", "applications", "applications.csv")
    assert (ended, out.splitlines()[0]) == (0, "applications.csv: 3 rows read = 3 loaded + 0 rejected.")
    assert officer("import", "sales", "sales.csv")[0] == 0
    ended, out, _ = officer("import", "sales", "sales.csv")
    assert (ended, "already been imported" in out) == (0, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_file_is_refused_row_by_row(officer, files, language):
    """File, row, column, value and what to do; exit code 1; nothing is loaded. With --partial the good rows are."""
    officer("import", "applications", "applications.csv")
    (files / "bad.csv").write_bytes(as_csv([sale(1), sale(2, online="-5"), sale(9), sale(3, "2021-13")]))
    ended, out, err = officer("import", "sales", "bad.csv", language=language)
    assert (ended, out) == (1, "")
    for words in ("bad.csv", "3", "online_sales_eur", "-5", "4", code(9), "5", "2021-13", "--partial"):
        assert words in err
    with Store(Home.default().store("ecommerce-2020"), "ecommerce-2020") as store:
        assert len(store.batches()) == 1
    ended, out, err = officer("import", "sales", "bad.csv", "--partial")
    assert (ended, out) == (0, "bad.csv: 4 rows read = 1 loaded + 3 rejected.\n")
    assert code(9) in err


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outcome_without_its_column_is_said_with_what_to_do(officer, files, language):
    """Outcome and column, mapping or programme file; the file is loaded all the same. Nothing where nothing lacks."""
    officer("import", "applications", "applications.csv")
    (files / "m.toml").write_text('[columns]\nonline_abroad_eur = "abroad"')
    (files / "whole.csv").write_bytes(as_csv([sale(1, abroad="1", destination_countries="1")]))
    ended, _, err = officer("import", "sales", "sales.csv", language=language)
    [abroad, countries, _] = err.splitlines()[-3:]
    label = {
        name: ECOMMERCE.outcome(name).label.in_(Text(language)) for name in ("online_abroad", "destination_countries")
    }
    assert (ended, "online_abroad_eur" in abroad, label["online_abroad"] in abroad) == (0, True, True)
    assert "destination_countries" in countries
    assert label["destination_countries"] in countries
    assert "[columns]" in abroad
    ended, _, err = officer("import", "sales", "whole.csv", "--mapping", "m.toml", language=language)
    assert (ended, "online_abroad_eur" in err) == (0, False)


def test_many_bad_rows_do_not_flood_the_screen(officer, files):
    """Twenty are shown, the others counted."""
    officer("import", "applications", "applications.csv")
    (files / "bad.csv").write_bytes(as_csv([sale(n) for n in range(100, 150)]))
    _, _, err = officer("import", "sales", "bad.csv")
    assert err.count("is neither among the applications") == 20
    assert "30 more" in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["empty.csv", "0 bytes"]),
        (b"fiscal_code,period\n1,2\n", ["empty.csv", "online_sales_eur", "mapping"]),
        (b"fiscal_code;period;online_sales_eur\n1;2;3\n", ["empty.csv", "row 2, column fiscal_code"]),
        (b"PK\x03\x04\0\0", ["empty.csv", "incomplete"]),
    ],
)
def test_a_wrong_file_is_refused(officer, files, content, words):
    """Empty, a missing column, rows that mean nothing, a part of a workbook named .csv."""
    officer("import", "applications", "applications.csv")
    (files / "empty.csv").write_bytes(content)
    ended, _, err = officer("import", "sales", "empty.csv")
    assert ended == 1
    assert [word for word in words if word not in err] == []


def test_what_is_no_file_is_refused(officer, files):
    """A folder, a file that is not there, sales before applications, a mapping that is not there."""
    assert officer("import", "sales", "data")[0] == 1
    (files / "folder.csv").mkdir()
    assert "is a folder" in officer("import", "applications", "folder.csv")[2]
    assert "does not exist" in officer("import", "applications", "none.csv")[2]
    assert "import the applications first" in officer("import", "sales", "sales.csv")[2]
    ended, _, err = officer("import", "sales", "sales.csv", "--mapping", "none.toml")
    assert (ended, "none.toml" in err) == (1, True)


def test_a_mapping_is_used_and_checked(officer, files):
    """The officer's names and marks; a typing error names its key."""
    (files / "it.csv").write_text(f"Domanda;Codice;Esito\nX1;{code(1)};respinta\n")
    lines = ['[columns]\napplication_id = "Domanda"\nfiscal_code = "Codice"\noutcome = "Esito"']
    lines += ['[values.outcome]\nrespinta = "not_funded"', '[format]\nseparator = ";"']
    constants = {"ateco_code": "47.91", "ateco_edition": "2007", "province": "MI", "channel": "app"}
    constants |= {"tranche": "", "awarded_on": "", "grant_eur": ""}
    lines.append("[constants]\n" + "\n".join(f'{name} = "{value}"' for name, value in constants.items()))
    (files / "m.toml").write_text("\n".join(lines))
    assert officer("import", "applications", "it.csv", "--mapping", "m.toml")[0] == 0
    (files / "m.toml").write_text("\n".join(lines).replace("separator", "seperator"))
    ended, _, err = officer("import", "applications", "it.csv", "--mapping", "m.toml")
    assert (ended, "format.seperator" in err) == (1, True)


@pytest.mark.parametrize(
    "words",
    [(), ("import",), ("import", "firms", "x.csv"), ("import", "sales"), ("fly",), ("--lang", "fr", "releases")],
)
def test_wrong_use_is_exit_code_2(officer, words):
    """A usage line, in the chosen language."""
    ended, _, err = officer(*words)
    assert (ended, "usage" in err) == (2, True)


def test_an_unknown_programme_is_wrong_use(officer, files):
    """The known ones are listed."""
    ended, _, err = officer("import", "sales", "sales.csv", "--programme", "x")
    assert (ended, "michigan-1988" in err) == (2, True)


def test_commands_before_any_data_say_what_comes_first(officer):
    """Nothing imported, nothing published."""
    assert officer("build")[0] == 1
    assert officer("headlines")[0] == 1
    assert officer("publish", "2026-1")[0] == 1
    assert officer("releases")[0] == 0
    assert officer("verify", "ecommerce-2020")[0] == 2


def test_from_published_sentences_back_to_their_figures(demonstration, monkeypatch, capsys):
    """headlines --json gives ids; verify finds them (here the first and the last)."""
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))
    assert main(["headlines", "--json", "--programme", "ecommerce-2020"]) == 0
    items = json.loads(capsys.readouterr().out)["headlines"]
    assert items
    for item in (items[0], items[-1]):
        assert main(["verify", "--no-recompute", item["figure_id"]]) == 0
        assert item["figure_id"] in capsys.readouterr().out


# ---- the life of a release -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    """A small programme with two releases, of which the first is published."""
    root = tmp_path_factory.mktemp("shelf")
    built(root, sales_only)
    make(root)
    return root


@pytest.fixture
def published(shelf, tmp_path, officer) -> Releases:
    """These, in the data folder that the officer works in."""
    shutil.copytree(shelf, tmp_path / "data")
    return Releases(Home.default().releases, "michigan-1988")


P = ("--programme", "michigan-1988")
NOTHING_CHANGED = "new 0, removed 0, changed status 0, changed value 0, changed only because of the other groups 0"


def changed_by_hand(programme: str, statement: str) -> None:
    with duckdb.connect(Home.default().store(programme)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_embargo_is_set_listed_and_cancelled(officer, published, language):
    """When it ends is said by Rome's clock; each release with its state, then the ledger in order."""
    first, second = published.known()
    until = moment_in_words(dt.datetime(2099, 7, 1, 7, tzinfo=dt.UTC), Text(language))
    words = ("publish", second, "--embargo-until", "2099-07-01T09:00", *P)
    ended, out, _ = officer(*words, language=language)
    assert (ended, until in out) == (0, True)
    _, out, _ = officer("releases", *P, language=language)
    states, ledger = out.split("\n\n")
    text = Text(language)
    assert [line.split(maxsplit=1) for line in states.splitlines()] == [
        [first, text("cli.state.current")],
        [second, text("cli.state.embargoed", until=until)],
    ]
    assert [line.split()[1] for line in ledger.splitlines()] == [first, first, second, second]
    assert until in ledger.splitlines()[-1]
    _, out, err = officer("publish", first, *P, language=language)
    assert second in err
    assert until in err
    assert officer("withdraw", second, *P, language=language)[0] == 0
    _, out, _ = officer("releases", *P, language=language)
    assert text("cli.state.withdrawn") in out.splitlines()[1]


@pytest.mark.parametrize(("until", "code"), [("2020-01-01", 1), ("soon", 2)])
def test_an_impossible_embargo_is_refused(officer, published, until, code):
    """A time that is past is refused; what is no time is wrong use. Readers see what they saw."""
    first, second = published.known()
    ended, out, err = officer("publish", second, "--embargo-until", until, *P)
    assert (ended, out) == (code, "")
    assert "Rome" in err
    assert published.current == first


def test_a_figure_is_verified_and_made_again(officer, published):
    """Equal to the last digit; or which number differs and both values, with exit code 1; or that it cannot be done."""
    figure = published.open().headline()
    ended, out, err = officer("verify", figure.figure_id)
    assert (ended, "equal to the last digit" in out, "Estimating" in err) == (0, True, True)
    ended, out, err = officer("verify", figure.figure_id.lower(), "--no-recompute")
    assert (ended, "again" in out, "Estimating" in err) == (0, False, False)
    changed_by_hand("michigan-1988", "UPDATE observations SET value = value * 2 WHERE period = '1988'")
    ended, out, _ = officer("verify", figure.figure_id)
    assert (ended, "different" in out, f"value: published {figure.value!r}, recalculated " in out) == (1, True, True)
    assert officer("verify", figure.figure_id, "--no-recompute")[0] == 0
    Home.default().store("michigan-1988").unlink()
    ended, out, _ = officer("verify", figure.figure_id)
    assert (ended, "Not recalculated" in out, "different" in out) == (0, True, False)


EQUAL = {
    "it": "ricalcolato dalla sola edizione, è uguale fino all’ultima cifra.",
    "en": "recalculated from the release alone, is equal to the last digit.",
}
DIFFERENT = {"it": "dalla sola edizione, è diverso", "en": "from the release alone, is different"}


@pytest.fixture
def alone(demonstration, officer) -> Releases:
    """The demonstration's releases in the officer's folder, and no store."""
    releases = Releases(Home.default().releases, "ecommerce-2020")
    shutil.copytree(Releases(demonstration.releases, "ecommerce-2020").folder, releases.folder)
    return releases


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_range_that_other_groups_make_short_is_made_again_from_the_release_alone(officer, alone, language):
    """Of a sector, though no store is at hand; of the programme, and of another size of firms, there is no such."""
    release = alone.open()
    for group in ({"sector": "retail"}, {"macro_sector": "trade"}):
        ended, out, _ = officer("verify", release.main_effect(group).figure_id, language=language)
        assert (ended, EQUAL[language] in out) == (0, True)
    for figure in (release.headline(), release.main_effect({"size_class": release.codes("size_class")[0]})):
        ended, out, _ = officer("verify", figure.figure_id, language=language)
        assert (ended, EQUAL[language] in out, DIFFERENT[language] in out) == (0, False, False)
    _, out, _ = officer("verify", release.main_effect({"sector": "retail"}).figure_id, "--no-recompute")
    assert EQUAL["en"] not in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shared_range_that_does_not_follow_from_the_release_is_told(officer, alone, language):
    """Its own, and one whose neighbour is another: what was printed and what it comes to, exit code 1."""
    release = alone.open()
    path, figure = alone.path(release.release_id), release.main_effect({"sector": "retail"})
    path.chmod(0o600)
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE figures SET shared_low = -0.5 WHERE figure_id = ?", [figure.figure_id])
    published_anew(path)
    ended, out, _ = officer("verify", figure.figure_id, language=language)
    assert (ended, DIFFERENT[language] in out, "-0.5" in out, repr(figure.shared_low) in out) == (1, True, True, True)
    other = release.main_effect({"sector": "food"})
    assert officer("verify", other.figure_id)[0] == 0
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE figures SET value = 0.5 WHERE figure_id = ?", [figure.figure_id])
    published_anew(path)
    assert officer("verify", other.figure_id)[0] == 1


def test_where_a_group_stands_alone_nothing_is_said_of_other_groups(officer, published):
    """One sector: its range is its own."""
    figure = published.open().main_effect({"sector": "manufacturing"})
    ended, out, _ = officer("verify", figure.figure_id)
    assert (ended, "equal to the last digit" in out, "other groups" in out) == (0, True, False)


def test_code_that_has_changed_is_told(officer, published, monkeypatch):
    """The figure is compared all the same."""
    monkeypatch.setattr("analytics.build.recompute.code_version", lambda: "9.9.9+newer")
    ended, out, _ = officer("verify", published.open().headline().figure_id)
    assert (ended, "9.9.9+newer" in out, "equal to the last digit" in out) == (0, True, True)


def test_verify_shows_nothing_of_an_embargo(officer, published):
    """The time at which it ends and the id as it was typed, no number; exit code 0: nothing is wrong with it."""
    second = Release(published.path(published.known()[-1]))
    officer("publish", second.release_id, "--embargo-until", "2099-07-01", *P)
    figure = second.headline()
    ended, out, err = officer("verify", figure.figure_id)
    assert (ended, err) == (0, "")
    assert out == f"{figure.figure_id}: under embargo until 1 July 2099, 00:00 (Rome time).\n"
    unknown = str(FigureId("michigan-1988", "2019-1", "00000000"))
    ended, out, _ = officer("verify", unknown)
    assert (ended, "never published" in out) == (1, True)


def test_a_build_says_how_it_differs_from_the_one_in_use(officer, published):
    """In two lines: how many figures, and why. As of a date before any import there is nothing to build from."""
    _, out, _ = officer("build", *P)
    assert f"{NOTHING_CHANGED}." in out
    assert out.splitlines()[-1].endswith("releases published earlier.")
    changed_by_hand("michigan-1988", "UPDATE batches SET imported_at = '2026-01-10 09:00:00'")
    ended, out, err = officer("build", "--as-of", "2026-01-09", *P)
    assert (ended, out) == (1, "")
    assert "2026-01-10 10:00" in err
    assert officer("build", "--as-of", "2026-01-10", *P)[0] == 0
    assert officer("build", "--as-of", "never", *P)[0] == 2


def test_who_has_read_enough_ends_the_command(officer, published):
    """As `| head` does: no traceback, and the exit code that shells give."""
    command = [sys.executable, "-m", "analytics", "headlines", *P]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_two_releases_are_compared(officer, published):
    """Counts, causes, the first changed figures in words with both values; causes told apart when asked."""
    corrected(Home.default())
    officer("build", *P)
    first, _, second = published.known()
    ended, out, _ = officer("difference", first, second, *P)
    assert ended == 0
    assert f"Figures of {second} compared with {first}: new 0, removed 0, " in out
    assert out.splitlines()[1].endswith("releases published earlier, data.")
    assert out.count("changed value\n") + out.count("changed status\n") == MOST_CHANGES
    figure = out.split("\n\n")[1]
    for release in (first, second):
        assert f"  michigan-1988.{release}." in figure
    assert "more" in out.splitlines()[-1]
    _, out, _ = officer("difference", first, second, "--attribute", *P)
    assert f"because of releases published earlier: {NOTHING_CHANGED}\n" in out
    assert "because of data: new 0, removed 0, " in out
    ended, _, err = officer("difference", first, "2019-1", *P)
    assert (ended, "2019-1" in err) == (1, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_officer_reads_which_rule_withholds_which_cell(demonstration, monkeypatch, capsys, language):
    """Confidential, as it says first; each pattern with its counts and how it came out, each cell with its rule. A
    release says no more than how many they are.
    """
    monkeypatch.setenv("VETRINA_DATA", str(demonstration.root))
    assert main(["--lang", language, "withheld", "2026-1", "--programme", "ecommerce-2020"]) == 0
    text, lines = Text(language), capsys.readouterr().out.splitlines()
    release = Releases(demonstration.releases, "ecommerce-2020").open()
    assert lines[0] == text("cli.withheld.confidential", release="2026-1")
    search = text("cli.withheld.search", cells="|", gap="", narrowest="").partition("|")[0]
    cells = [line for line in lines if line.startswith("  ") and not line.startswith("  " + search)]
    with Store(demonstration.store("ecommerce-2020"), "ecommerce-2020", read_only=True) as store:
        ledger = recall_ledger(store.contributions_folder, release)
    assert len(cells) == len(ledger.cells)
    assert len(cells) > sum(
        found.withheld for (arm, _), found in release.manifest.disclosure.items() if arm == "funded"
    )
    few, secondary = (text(f"cli.withheld.rule.{rule}", min_units=3) for rule in ("min_units", "secondary"))
    electronics = f"{text('dimension.sector')}: {release.programme.label('sector', 'electronics', text)}"
    assert f"  {electronics}: {few}" in cells
    assert any(line.endswith(f": {secondary}") for line in cells)


def test_a_ledger_that_is_lost_or_not_there_is_named(officer, published):
    """The file to bring back; a release that there is none of; a store that is not at hand. Nothing is printed."""
    first = published.current
    assert officer("withheld", first, *P)[0] == 0
    with Store(Home.default().store("michigan-1988"), "michigan-1988", read_only=True) as store:
        file = store.contributions_folder / f"{first}.withheld.parquet"
    file.unlink()
    ended, out, err = officer("withheld", first, *P)
    assert (ended, out, file.name in err) == (1, "", True)
    ended, out, err = officer("withheld", "2019-1", *P)
    assert (ended, out, "2019-1" in err) == (1, "", True)
    Home.default().store("michigan-1988").unlink()
    assert officer("withheld", first, *P)[:2] == (1, "")


def test_the_module_runs_as_a_command(tmp_path):
    """In Italian by default; errors on the error stream."""
    environment = os.environ | {"VETRINA_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "analytics", "import", "sales", str(tmp_path), *P]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "è una cartella" in done.stderr
    assert "Traceback" not in done.stderr


# ---- which programme, and what a refused import leaves ---------------------------------------------------------------


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_takes_the_only_programme_that_has_a_store(officer, files, language):
    """With none or several, those that there are are listed, with what to type; nothing is guessed or made."""
    without = {"programme": "", "language": language}
    ended, out, err = officer("import", "applications", "applications.csv", **without)
    assert (ended, out) == (2, "")
    for words in ("ecommerce-2020", "michigan-1988", "--programme"):
        assert words in err
    assert not (files / "data").exists()
    officer("import", "applications", "applications.csv")
    assert officer("import", "sales", "sales.csv", **without)[0] == 0
    assert officer("releases", **without)[:1] == (0,)
    shutil.copy(Home.default().store("ecommerce-2020"), Home.default().store("michigan-1988"))
    ended, out, err = officer("import", "sales", "sales.csv", **without)
    assert (ended, out, "ecommerce-2020, michigan-1988" in err) == (2, "", True)


def test_where_no_store_is_the_only_programme_with_releases_is_meant(officer, published):
    """A machine for readers holds releases and no store."""
    shutil.rmtree(Home.default().root / "store")
    assert officer("releases", programme="")[0] == 0
    assert officer("headlines", programme="")[0] == 0


def _nowhere(_: Path) -> tuple[str, ...]:
    return ("nowhere.csv",)


def _bad(folder: Path) -> tuple[str, ...]:
    (folder / "bad.csv").write_bytes(as_csv([application(1, outcome="perhaps")]))
    return ("bad.csv",)


def _unreadable(folder: Path) -> tuple[str, ...]:
    (folder / "part.xlsx").write_bytes(b"PK\x03\x04\0\0")
    return ("part.xlsx",)


def _wrong_mapping(folder: Path) -> tuple[str, ...]:
    (folder / "m.toml").write_text('[columns]\ncolour = "x"')
    return ("applications.csv", "--mapping", "m.toml")


def _unknown_programme(_: Path) -> tuple[str, ...]:
    return ("applications.csv", "--programme", "fishing")


@pytest.mark.parametrize("table", ["applications", "sales", "rna"])
@pytest.mark.parametrize("wrong", [_nowhere, _bad, _unreadable, _wrong_mapping, _unknown_programme])
def test_a_refused_import_leaves_nothing_behind(officer, files, table, wrong):
    """No empty store, no empty folder: only the log says that it was refused; also for aids of the register."""
    words = wrong(files)
    before = everything_in(files)
    ended, out, err = officer("import", table, *words)
    assert (ended in (1, 2), out, bool(err)) == (True, "", True)
    assert [name for name in everything_in(files) if not name.startswith("data")] == before
    assert {path.name for path in (files / "data").glob("*")} <= {"audit"}


def test_a_refused_import_leaves_what_others_had_put_there(officer, files):
    """Only what was made for it goes: the officer's own empty folder stays, and so does a store with an import."""
    (files / "data" / "store").mkdir(parents=True)
    _bad(files)
    assert officer("import", "applications", "bad.csv")[0] == 1
    assert [path.name for path in (files / "data").glob("*") if path.name != "audit"] == ["store"]
    assert everything_in(files / "data" / "store") == []
    assert officer("import", "applications", "applications.csv")[0] == 0
    assert officer("import", "applications", "bad.csv")[0] == 1
    assert (files / "data" / "store" / "ecommerce-2020.duckdb").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from analytics.store.database import Store
count, kill_at = 0, int(sys.argv[2])
def watch(frame, event, _):
    global count
    if frame.f_code.co_filename.endswith(("store/making.py", "store/database.py", "tempfile.py", "folders.py")):
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(watch)
store = Store(Path(sys.argv[1]), "ecommerce-2020")
sys.setprofile(None)
print(count)
"""


def test_a_kill_while_the_store_is_made_leaves_no_half_store(officer, files):
    """Whenever it comes, the next command works, and finds the store whole or not there."""
    path = Home.default().store("ecommerce-2020")

    def run(kill_at: int) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", KILLED, str(path), str(kill_at)]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)

    total = int(run(0).stdout)
    for moment in range(1, total, max(total // 7, 1)):
        shutil.rmtree(files / "data", ignore_errors=True)
        assert run(moment).returncode == -9
        assert officer("import", "applications", "applications.csv")[0] == 0


# ---- the programme file beside the data ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_applications_firms_are_counted_by_sector(officer, files, language):
    """Every sector with its firms, as the store then stands; simulated data are said to be marked as such."""
    text = Text(language)
    _, out, err = officer("import", "applications", "applications.csv", language=language)
    lines = out.splitlines()
    title = lines.index(text("cli.sectors.title"))
    assert len(lines) == title + 1 + len(ECOMMERCE.sectors)
    [retail] = [line for line in lines if line.startswith(f"  {ECOMMERCE.label('sector', 'retail', text)}")]
    assert retail.endswith(text("cli.sectors.counts", funded="3", not_funded="0"))
    assert text("cli.simulated_import", programme="ecommerce-2020") in err
    assert "confidential" in err


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_programme_says_all_at_once(officer, files, language):
    """Without a store the file alone, and it says so; with one, what no firm falls into; refused is exit code 1."""
    text = Text(language)
    named = {"language": language, "programme": ""}
    words = ("check-programme", "--programme", "ecommerce-2020")
    ended, out, _ = officer(*words, **named)
    assert (ended, text("checked.alone") in out) == (0, True)
    assert text("checked.clean_alone", file="ecommerce-2020.toml") in out
    officer("import", "applications", "applications.csv")
    ended, out, err = officer("check-programme", **named)
    assert (ended, out) == (0, "")
    for entry in ("sectors", "tranches", "channels", "outcomes", "specifications"):
        assert f"  - {entry}: " in err
    officer("import", "sales", "sales.csv")
    ended, _, err = officer("check-programme", **named)
    assert (ended, "windows.before_ends" in err.split(text("checked.warned"))[1]) == (1, True)
    built_ended, _, built_err = officer("build", **named)
    assert (built_ended, built_err) == (1, err)
