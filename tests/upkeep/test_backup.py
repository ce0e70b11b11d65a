"""Backups are whole or not there; what they bring back is what was, and nothing that was known since is lost."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.access.people import Person
from analytics.audit.log import AuditLog
from analytics.build.candidate import build
from analytics.build.recompute import recompute
from analytics.folders import PROJECT, WINDOWS, Home
from analytics.language.text import Text
from analytics.model import UserError
from analytics.officer.publishing import withdraw
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.release.ledger import State
from analytics.store.database import Store
from analytics.upkeep import copying, settling
from analytics.upkeep.backup import BackUp, back_up, check
from analytics.upkeep.manifest import MANIFEST, backup_at
from analytics.upkeep.one_release import restore_release
from analytics.upkeep.restore import Restored, restore
from tests.helpers.michigan_release import built, sales_only

PROGRAMME = "michigan-1988"
OFFICER = Person("officer@example.org")
FILE = f"releases/{PROGRAMME}/2026-1.duckdb"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder with one published release."""
    built(tmp_path / "data", sales_only)
    return Home(tmp_path / "data")


def releases(home: Home) -> Releases:
    return Releases(home.releases, PROGRAMME)


def copy_of(home: Home) -> BackUp:
    return back_up(home, home.root.parent / "backups", OFFICER)


def brought_back(home: Home, **how: bool) -> Restored:
    return restore(home, home.root.parent / "backups", OFFICER, **how)


def contents(home: Home) -> dict[str, bytes]:
    """All files of a data folder but locks and the audit log, which tells of each try."""
    paths = (path for path in home.root.rglob("*") if path.is_file() and "lock" not in path.name)
    return {str(path.relative_to(home.root)): path.read_bytes() for path in paths if path.parent != home.audit}


# ---- a backup --------------------------------------------------------------------------------------------------------


def test_a_backup_holds_every_file_with_its_hash_for_the_owner_alone(home: Home) -> None:
    """Store, archive, what stands behind, releases with pointer, ledger and shown, log, programme file: each named, by
    hash, and no one else may read any of it.
    """
    made = copy_of(home)
    kept = {file.path for file in made.manifest.files}
    theirs = {name for name in contents(home) if not name.startswith("files/")}
    assert theirs <= kept
    assert {f"programmes/{PROGRAMME}.toml", "audit/log.jsonl", FILE, f"releases/{PROGRAMME}/current"} <= kept
    assert {name for name in kept if name.startswith(f"store/{PROGRAMME}.behind/")}
    assert check(made.folder) == made.manifest
    if not WINDOWS:
        for path in (made.folder, *made.folder.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert [line.event for line in AuditLog(home.audit).lines()] == ["backup", "backup"]


def test_what_has_not_changed_is_on_the_disk_once(home: Home) -> None:
    """A second backup shares the files that are the same, and stays whole when the first one is deleted."""
    first, second = copy_of(home), copy_of(home)
    assert second.folder != first.folder
    assert second.linked == len(second.manifest.files) - 2  # the audit log and its head went on
    shutil.rmtree(first.folder)
    assert check(backup_at(first.folder.parent)) == second.manifest


def test_a_file_that_an_earlier_backup_has_damaged_is_kept_anew(home: Home) -> None:
    """Two backups do not share one fault of the disk."""
    first = copy_of(home)
    damage(first.folder / FILE)
    second = copy_of(home)
    assert check(second.folder) == second.manifest


def test_a_release_that_was_altered_is_kept_as_it_was(home: Home) -> None:
    """A release never changes: the backup says which one did, or is gone, and holds the good file."""
    good = (home.root / FILE).read_bytes()
    copy_of(home)
    for spoil in (damage, Path.unlink):
        spoil(home.root / FILE)
        made = copy_of(home)
        assert made.altered == (FILE,)
        assert (made.folder / FILE).read_bytes() == good
        assert restore_release(home, made.folder, PROGRAMME, "2026-1", OFFICER)


def test_nothing_is_left_of_a_backup_that_failed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk a sentence is said and no half backup stays; what a kill left half is cleared by the next."""

    def full(_: Path) -> None:
        raise OSError(28, os.strerror(28))

    half = home.root.parent / "backups" / "20260101T000000Z.partial"
    half.mkdir(parents=True)
    with monkeypatch.context() as disk:
        disk.setattr("analytics.upkeep.backup.keep_on_disk", full)
        with pytest.raises(UserError) as said:
            copy_of(home)
    assert said.value.key == "backup.unwritable"
    assert AuditLog(home.audit).lines()[-1].phase == "refused"
    assert [path.name for path in half.parent.iterdir()] == ["lock"]


@pytest.mark.parametrize("step", ["store/", "vetrina.toml"])
def test_a_backup_that_was_killed_is_none(home: Home, step: str) -> None:
    """Killed at the store or at its last file, no folder passes for a backup, and the next one clears up."""
    home.settings.write_text("", encoding="utf-8")
    code = (
        "import os, signal, sys; from analytics.upkeep import backup; real = backup.copied\n"
        "def copied(file, copy, alive):\n"
        f"    return os.kill(os.getpid(), signal.SIGKILL) if {step!r} in str(copy) else real(file, copy, alive)\n"
        "backup.copied = copied\n"
        "from analytics.cli.commands import main; main(['backup', sys.argv[1]])"
    )
    backups = home.root.parent / "backups"
    killed = subprocess.run(
        [sys.executable, "-c", code, str(backups)], cwd=PROJECT, env=os.environ | {"VETRINA_DATA": str(home.root)}
    )
    assert killed.returncode != 0
    assert [path.suffix for path in backups.iterdir() if path.is_dir()] == [".partial"]
    with pytest.raises(UserError):
        backup_at(backups)
    made = copy_of(home)
    assert [path for path in backups.iterdir() if path.is_dir()] == [made.folder]


def test_nothing_is_backed_up_while_somebody_writes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that another process writes into is not copied half; one backup at a time."""
    monkeypatch.setattr("analytics.upkeep.contents.WAIT_SECONDS", 0)
    code = (
        "import sys; from pathlib import Path; from analytics.store.database import Store\n"
        "with Store(Path(sys.argv[1]), sys.argv[2]): print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(home.store(PROGRAMME)), PROGRAMME]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(UserError) as said:
            copy_of(home)
        writer.communicate()
    assert said.value.key == "store.locked"
    copy_of(home)


# ---- a damaged or foreign backup -------------------------------------------------------------------------------------


def damage(file: Path) -> None:
    """One bit in the middle of a file."""
    file.chmod(0o600)
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.unlink()
    file.write_bytes(body)


@pytest.mark.parametrize("what", [FILE, f"store/{PROGRAMME}.duckdb", MANIFEST, "gone", "link"])
def test_a_damaged_backup_is_refused_before_anything_changes(home: Home, tmp_path: Path, what: str) -> None:
    """A bit, a missing file, a link in place of a file: named, and the data folder stays as it was."""
    folder = copy_of(home).folder
    if what in ("gone", "link"):
        file = folder / FILE
        file.unlink()
        if what == "link":
            file.symlink_to(home.root / FILE)
    else:
        damage(folder / what)
    empty = Home(tmp_path / "new")
    with pytest.raises(UserError) as said:
        restore(empty, folder, OFFICER)
    assert said.value.key == "backup.damaged"
    assert (FILE if what in ("gone", "link") else what) in str(said.value)
    assert not empty.root.exists()
    with pytest.raises(UserError):
        check(folder)


@pytest.mark.parametrize("path", ["../outside", "store/../../outside.duckdb", "/etc/x", "restore.decided/plan.json"])
def test_a_manifest_writes_nowhere_else(home: Home, path: str) -> None:
    """A backup that somebody made to write outside the places of a data folder is foreign."""
    folder = copy_of(home).folder
    forged = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    forged["files"][0]["path"] = path
    from analytics.upkeep.manifest import _digest

    forged.pop("sha256")
    (folder / MANIFEST).write_text(json.dumps(forged | {"sha256": _digest(forged)}), encoding="utf-8")
    with pytest.raises(UserError) as said:
        check(folder)
    assert said.value.key == "backup.foreign"


def test_what_is_no_backup_is_named_so(tmp_path: Path) -> None:
    """An empty folder, a missing one, somebody else's manifest."""
    for folder, key in ((tmp_path / "none", "backup.none"), (tmp_path, "backup.none")):
        with pytest.raises(UserError) as said:
            restore(Home(tmp_path / "new"), folder, OFFICER)
        assert said.value.key == key
    (tmp_path / MANIFEST).write_text('{"name": "a web site"}', encoding="utf-8")
    with pytest.raises(UserError) as said:
        restore(Home(tmp_path / "new"), tmp_path, OFFICER)
    assert said.value.key == "backup.foreign"


# ---- bringing everything back ----------------------------------------------------------------------------------------


def test_after_everything_was_lost_all_goes_on(home: Home) -> None:
    """The release is byte for byte the same, its figures come out again from the store, and the next one is built
    beside it, with its own number.
    """
    before = {name: body for name, body in contents(home).items() if not name.startswith("files/")}
    copy_of(home)
    shutil.rmtree(home.root)
    restored = brought_back(home)
    assert contents(home) == before
    assert restored.aside is None
    figure = next(iter(releases(home).open().figures["figure_id"]))
    assert recompute(releases(home).open(), figure, home).equal
    programme = load_programme(PROGRAMME)
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        release = build(programme, store, releases(home))
    assert release == "2026-2" or release.endswith("-1")
    assert "2026-1" in Release(releases(home).path(release)).manifest.beside or not release.startswith("2026")
    releases(home).publish(release)
    assert releases(home).current == release
    log = AuditLog(home.audit)
    assert [line.phase for line in log.lines() if line.event == "restore"] == ["begun", "done"]
    assert log.faults() == []


def test_a_folder_with_data_is_left_alone(home: Home) -> None:
    """It says what to do instead; with `replace` what was there lies aside, whole."""
    copy_of(home)
    damage(home.store(PROGRAMME))
    before = contents(home)
    with pytest.raises(UserError) as said:
        brought_back(home)
    assert said.value.key == "restore.occupied"
    assert contents(home) == before
    restored = brought_back(home, replace=True)
    assert restored.aside is not None
    spoilt = restored.aside / "store" / f"{PROGRAMME}.duckdb"
    assert spoilt.read_bytes() == before[f"store/{PROGRAMME}.duckdb"]
    with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
        assert len(store.batches()) == 2


@pytest.mark.parametrize("lost", ["nothing", "pointer", "ledger", "both"])
def test_an_older_backup_hides_nothing_and_frees_no_number(home: Home, lost: str) -> None:
    """What was withdrawn and published since stays so, also where the pointer must be made again from both ledgers."""
    copy_of(home)
    shutil.copy(home.root / FILE, releases(home).path("2026-2"))
    releases(home).record("built", "2026-2")
    of = releases(home)
    of._act("published", "2026-2")  # whether it is protected beside the first is another test's
    of.withdraw("2026-1")
    if lost in ("ledger", "both"):
        (of.folder / "ledger.jsonl").unlink()
    if lost in ("pointer", "both"):
        (of.folder / "current").write_bytes(b"")
        (of.folder / "shown").unlink(missing_ok=True)
    brought_back(home, replace=True)
    assert "2026-2" in of.known()
    assert of.next_id(2026) == "2026-3"
    if lost != "both":  # then only the file of the second release is left, of which nobody knows what became
        assert of.published() == ["2026-2"]
        assert of.state("2026-1") is State.WITHDRAWN
    else:
        assert of.state("2026-2") is State.CANDIDATE


def test_what_was_withdrawn_stays_so_by_the_audit_log(home: Home) -> None:
    """Where neither pointer nor ledger can tell any more that a release was taken back, the log of acts does."""
    copy_of(home)
    of = releases(home)
    withdraw(load_programme(PROGRAMME), "2026-1", OFFICER, home)
    (of.folder / "current").write_bytes(b"")
    (of.folder / "ledger.jsonl").write_bytes(b"\0" * 100)
    (of.folder / "shown").unlink(missing_ok=True)
    brought_back(home, replace=True)
    assert of.published() == []
    assert of.state("2026-1") is State.WITHDRAWN


def test_another_history_is_not_mixed_in(home: Home, tmp_path: Path) -> None:
    """Two releases of one number are never taken for each other."""
    copy_of(home)
    ledger = releases(home).folder / "ledger.jsonl"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("T", "T0").replace("T00", "T0"), encoding="utf-8")
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines() if line]
    moved = [line | {"at": "2001-01-01T00:00:00Z"} for line in lines]
    ledger.write_text("".join("\n" + json.dumps(line) for line in moved), encoding="utf-8")
    before = contents(home)
    with pytest.raises(UserError) as said:
        brought_back(home, replace=True)
    assert said.value.key == "restore.other_history"
    assert contents(home) == before


@pytest.mark.parametrize("moment", range(3))
def test_a_restore_that_was_cut_off_is_finished_by_the_next_command(
    home: Home, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is decided nothing has changed; after that any command finishes it."""
    copy_of(home)
    good = contents(home)
    damage(home.store(PROGRAMME))
    (home.archive / "00").mkdir(parents=True, exist_ok=True)
    for path in home.archive.glob("??/*.*"):
        path.unlink()
    before, put = contents(home), settling._set_aside

    def cut(root: Path, aside: str, place: str, count: list[int] = []) -> None:  # noqa: B006
        count.append(1)
        if len(count) > moment:
            raise KeyboardInterrupt
        put(root, aside, place)

    with monkeypatch.context() as once:
        once.setattr(settling, "_set_aside", cut)
        with pytest.raises(KeyboardInterrupt):
            brought_back(home, replace=True)
    assert (home.root / settling.DECIDED).exists()
    settling.finish(home)
    after = {name: body for name, body in contents(home).items() if not name.startswith("before-")}
    assert after == good
    assert any(
        body == before[f"store/{PROGRAMME}.duckdb"] for name, body in contents(home).items() if "before-" in name
    )


def test_a_full_disk_changes_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore that has no room says so, and the data folder stays as it was."""
    copy_of(home)
    damage(home.store(PROGRAMME))
    before = contents(home)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as disk:
        disk.setattr(copying.os, "fsync", full)
        with pytest.raises(UserError) as said:
            brought_back(home, replace=True)
        empty = Home(home.root.parent / "empty")
        with pytest.raises(UserError):
            restore(empty, home.root.parent / "backups", OFFICER)
    assert said.value.key == "backup.unwritable"
    assert contents(home) == before
    assert not empty.root.exists()


# ---- one release -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil", [damage, Path.unlink, lambda file: os.truncate(file, 100)], ids=["bit", "gone", "cut"]
)
def test_a_damaged_release_comes_back_under_its_own_number(home: Home, spoil) -> None:
    """The very bytes; pointer, ledger and store are not touched, and the damaged file is kept aside."""
    copy_of(home)
    before = contents(home)
    (home.root / FILE).chmod(0o600)
    spoil(home.root / FILE)
    assert restore_release(home, home.root.parent / "backups", PROGRAMME, "2026-1", OFFICER)
    assert {name: body for name, body in contents(home).items() if not name.startswith("before-")} == before
    assert releases(home).open().release_id == "2026-1"
    assert not restore_release(home, home.root.parent / "backups", PROGRAMME, "2026-1", OFFICER)


def test_a_release_that_comes_back_is_no_more_visible_than_before(home: Home) -> None:
    """A withdrawn one stays withdrawn; one that was never built here does not come at all."""
    copy_of(home)
    releases(home).withdraw("2026-1")
    damage(home.root / FILE)
    restore_release(home, home.root.parent / "backups", PROGRAMME, "2026-1", OFFICER)
    assert releases(home).state("2026-1") is State.WITHDRAWN
    assert releases(home).published() == []
    (releases(home).folder / "ledger.jsonl").write_text(
        '\n{"at": "2001-01-01T00:00:00Z", "action": "built", "release": "2026-1"}', encoding="utf-8"
    )
    damage(home.root / FILE)
    with pytest.raises(UserError) as said:
        restore_release(home, home.root.parent / "backups", PROGRAMME, "2026-1", OFFICER)
    assert said.value.key == "restore.not_ours"


def test_the_commands_say_what_was_done(home: Home, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """In words, with exit code 0; 1 and a way out where it does not go; 2 for wrong use."""
    from analytics.cli.commands import main

    backups = str(home.root.parent / "backups")
    monkeypatch.setenv("VETRINA_DATA", str(home.root))
    assert main(["--lang", "en", "backup", backups]) == 0
    assert main(["--lang", "en", "backup", "--check", backups]) == 0
    assert main(["--lang", "en", "restore", backups]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["--lang", "en", "restore", backups, "--release", "2026-1"]) == 2
    assert main(["--lang", "en", "restore", backups, "--programme", PROGRAMME, "--release", "2026-1"]) == 0
    assert "before-" not in capsys.readouterr().out
    damage(home.root / FILE)
    assert main(["--lang", "en", "restore", backups, "--programme", PROGRAMME, "--release", "2026-1"]) == 0
    [aside] = home.root.glob("before-*")
    assert Text("en")("cli.restore.aside", folder=aside) in capsys.readouterr().out
    monkeypatch.setenv("VETRINA_DATA", str(home.root.parent / "elsewhere"))
    assert main(["--lang", "en", "restore", backups]) == 0
    assert Text("en")("cli.restore.deleted_firms") in capsys.readouterr().out
