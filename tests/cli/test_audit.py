"""What an office does in a year stands in the log, and in words; no file, firm or application does."""

import json
import re
import shutil
from pathlib import Path

import pytest

from analytics.access.people import at_terminal
from analytics.audit.log import AuditLog
from analytics.cli.audit import CHECK
from analytics.cli.commands import main
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.release import Releases
from tests.helpers.confidential import ANNA, BRUNO, PROGRAMME, alone_publish, make_confidential, was_built
from tests.helpers.dirty_workbook import write_correction, write_dirty_files
from tests.helpers.kill_release import make
from tests.helpers.michigan_release import built, sales_only


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The data folder that commands are typed against."""
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOGNAME", "somebody else")  # who acts is not for the environment to say
    return Home(tmp_path / "data")


def type_(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    own = () if words[0] == "audit" else ("--programme", PROGRAMME)
    ended = main(["--lang", "en", *map(str, words), *own])
    return ended, *capsys.readouterr()


def test_the_acts_of_a_year_are_recorded(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that changes something, once, with what came of it; rehearsals and questions are no acts. Nothing in
    the log is the name of a file or the code of a firm.
    """
    applications, sales = write_dirty_files(tmp_path)
    correction = write_correction(tmp_path)
    for words in (
        ("import", "applications", applications, "--rehearse"),
        ("import", "applications", applications),
        ("import", "sales", sales),
        ("import", "sales", sales),
        ("build",),
    ):
        assert type_(capsys, *words)[0] == 0
    [release] = Releases(home.releases, PROGRAMME).known()
    assert type_(capsys, "export", "figures", "-o", tmp_path / "out.csv", "--release", release)[0] == 0
    firm = re.findall(r"\d+", json.dumps(sorted(_firms(home))))[0]
    for words, ended in (
        (("publish", release, "--embargo-until", "2099-01-01"), 0),
        (("publish", release), 0),
        (("export", "figures", "-o", tmp_path / "out.csv", "--release", release), 0),  # what readers see: no act
        (("import", "sales", correction), 0),
        (("undo",), 0),
        (("undo", "99"), 1),
        (("retract", "sales", firm, "1988"), 0),
        (("withdraw", release), 0),
        (("forget", firm), 1),  # says what it would mean
        (("forget", firm, "--yes"), 0),
    ):
        assert (type_(capsys, *words)[0], words) == (ended, words)
    log = AuditLog(home.audit)
    assert log.faults() == []
    ends = [line for line in log.lines() if line.phase != "begun"]
    assert [(line.event, line.phase) for line in ends] == [
        *[("import", "done")] * 3,
        *(("build", "done"), ("export", "done"), ("embargo", "done"), ("publish", "done"), ("import", "done")),
        *(("undo", "done"), ("undo", "refused"), ("retract", "done"), ("withdraw", "done"), ("forget", "done")),
    ]
    assert {line.by for line in ends} == {at_terminal_here()}
    assert len(log.lines()) == 2 * len(ends)
    _check_details(ends, release, firm, (applications, sales, correction), home)


def at_terminal_here() -> str:
    """Who runs the tests."""
    from analytics.access.installation import Installation

    return at_terminal(Installation()).identity


def _firms(home: Home) -> set[str]:
    from analytics.store.database import Store

    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        return set(store.frame("observations")["firm_id"])


def _check_details(ends: list, release: str, firm: str, files: tuple[Path, ...], home: Home) -> None:
    """Numbers and hashes of the acts; and what must not be there."""
    loaded, _, again, build, export, _, published = ends[:7]
    assert (loaded.details["batch"], loaded.details["kind"], len(loaded.details["sha256"])) == (1, "applications", 64)
    assert loaded.details["rows_in"] == loaded.details["rows_loaded"] + loaded.details["rows_rejected"] > 0
    assert again.details["already"] is True
    assert build.details["release"] == export.details["release"] == release
    assert build.details["sha256"] == published.details["sha256"]
    assert (export.details["state"], published.details["mode"]) == ("candidate", "one_person")
    written = (home.audit / "log.jsonl").read_text(encoding="utf-8")
    assert [path.name for path in files if path.name in written or path.stem in written] == []
    assert [line.details for line in ends if firm in json.dumps(list(line.details.values()))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_log_is_told_in_words_and_checked(home: Home, capsys: pytest.CaptureFixture[str], language: str) -> None:
    """A row for each act, chosen by kind and programme; whole, or which line is not; with a code that was noted."""
    log, text = AuditLog(home.audit), Text(language)
    for n in range(3):
        begun = log.append("import", "begun", ANNA, programme="x")
        log.append("import", "done", ANNA, programme="x", begun=begun.n, kind="sales", batch=n, rows_loaded=7)
    log.append("build", "begun", BRUNO, programme="y")

    def audit(*words: str) -> tuple[int, str, str]:
        return main(["audit", "--lang", language, *words]), *capsys.readouterr()

    ended, out, err = audit()
    assert (ended, err, len(out.splitlines())) == (0, "", 4)
    for words in ("anna@example.org", text("audit_log.event.import"), text("audit_log.phase.done"), "7"):
        assert words in out.splitlines()[0]
    assert text("audit_log.phase.begun") in out.splitlines()[3]
    assert len(audit("--programme", "y")[1].splitlines()) == 1
    assert text("audit_log.empty") in audit("--event", "publish")[1]
    assert [line["n"] for line in json.loads(audit("--json", "--event", "build")[1])] == [7]
    ended, out, _ = audit("--check")
    assert (ended, log.head in out) == (0, True)
    assert audit("--check", "--since", log.lines()[2].hash)[0] == 0
    assert audit("--check", "--since", "0" * 63 + "1")[0] == 1
    path = home.audit / "log.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"batch": 1', b'"batch": 5'))
    ended, out, err = audit("--check")
    assert (ended, out) == (1, text("audit_log.fault.changed", line=4) + "\n")
    assert text("audit_log.what_to_do") in err
    assert audit()[2] == text("audit_log.damaged", command=CHECK) + "\n"


def test_without_a_log_there_is_nothing_to_tell(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Reading makes no folder."""
    assert type_(capsys, "audit")[0] == 0
    assert type_(capsys, "audit", "--check")[0] == 0
    assert not home.root.exists()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, of which the first is published."""
    root = tmp_path_factory.mktemp("approved")
    built(root, sales_only)
    make(root)
    return root


def test_a_release_is_approved_at_a_terminal(
    shelf: Path, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever built it, by the page, is somebody else: what it changes is said, then it is recorded, and published.
    What this terminal's account built, it cannot approve; settings may let it publish alone, which is said.
    """
    shutil.copytree(shelf, home.root)
    make_confidential(monkeypatch, tmp_path)
    first, second = Releases(home.releases, PROGRAMME).known()
    was_built(home, second)
    ended, out, err = type_(capsys, "publish", second)
    assert (ended, out, f"approve {second}" in err) == (1, "", True)
    ended, out, _ = type_(capsys, "approve", second)
    assert (ended, first in out, "approved" in out) == (0, True, True)
    ended, _, err = type_(capsys, "publish", second)
    assert (ended, err) == (0, "")
    assert type_(capsys, "build")[0] == 0
    third = Releases(home.releases, PROGRAMME).known()[-1]
    ended, _, err = type_(capsys, "approve", third)
    assert (ended, third in err) == (1, True)
    alone_publish(home)
    ended, _, err = type_(capsys, "publish", third)
    assert (ended, "one_person" in err) == (0, True)


def test_settings_that_cannot_be_read_stop_every_act(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    """Who acts would not be known: nothing is done."""
    home.root.mkdir()
    home.settings.write_text("[publishing", encoding="utf-8")
    for words in (("import", "sales", "x.csv"), ("undo",), ("publish", "2020-1"), ("withdraw", "2020-1"), ("build",)):
        ended, out, err = type_(capsys, *words)
        assert (ended, out, bool(err)) == (1, "", True)
    assert [path.name for path in home.root.iterdir()] == ["vetrina.toml"]
