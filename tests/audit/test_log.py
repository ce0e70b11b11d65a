"""The audit log: nothing is done that is not recorded, and no line goes, comes or changes unseen."""

import hashlib
import json
import multiprocessing
import os
from pathlib import Path

import pytest

from analytics.access.people import Person
from analytics.audit.log import AuditLog, audited
from analytics.folders import Home
from analytics.model import UserError

ANNA = Person("anna@example.org")


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    """Of four lines."""
    log = AuditLog(tmp_path / "audit")
    for number in range(4):
        log.append("import", "done", ANNA, batch=number)
    return log


def _lines(log: AuditLog) -> list[bytes]:
    return log._path.read_bytes().splitlines(keepends=True)


def test_a_whole_log_has_no_faults(log: AuditLog) -> None:
    """Four lines, each chained to the one before."""
    assert log.faults() == []
    assert [line.details["batch"] for line in log.lines()] == [0, 1, 2, 3]
    assert log.faults(noted=log.lines()[1].hash) == []


@pytest.mark.parametrize("place", range(4))
def test_a_changed_line_is_found(log: AuditLog, place: int) -> None:
    """Whatever is changed in it."""
    lines = _lines(log)
    lines[place] = lines[place].replace(b"anna", b"carla")
    log._path.write_bytes(b"".join(lines))
    assert [(fault.code, fault.line) for fault in log.faults()][:1] == [("changed", place + 1)]


@pytest.mark.parametrize("place", range(4))
def test_a_missing_line_is_found(log: AuditLog, place: int) -> None:
    """Also the last one, which no other line names."""
    lines = _lines(log)
    del lines[place]
    log._path.write_bytes(b"".join(lines))
    assert log.faults() != []


@pytest.mark.parametrize("place", range(5))
def test_an_inserted_line_is_found(log: AuditLog, place: int) -> None:
    """A copy of a true line, and one made up with a true hash of its own."""
    lines = _lines(log)
    log._path.write_bytes(b"".join([*lines[:place], lines[1], *lines[place:]]))
    assert log.faults() != []


def test_a_log_made_anew_is_found_by_a_noted_hash(tmp_path: Path, log: AuditLog) -> None:
    """Who may write the folder can make a whole chain; not one that holds a hash noted elsewhere."""
    noted = log.head
    other = AuditLog(tmp_path / "other")
    for number in range(4):
        other.append("import", "done", ANNA, batch=number + 10)
    assert other.faults() == []
    assert [fault.code for fault in other.faults(noted)] == ["noted"]


def test_deleted_files_are_found(log: AuditLog) -> None:
    """The log without its head, and the head without its log."""
    head = log._head.read_bytes()
    log._head.unlink()
    assert [fault.code for fault in log.faults()] == ["cut"]
    log._head.write_bytes(head)
    log._path.unlink()
    assert [fault.code for fault in log.faults()] == ["cut"]


def test_a_line_that_a_kill_left_half_written_is_taken_off(log: AuditLog) -> None:
    """The next line follows the last whole one."""
    with log._path.open("ab") as file:
        file.write(b'{"n": 5, "at"')
    log.append("undo", "done", ANNA)
    assert log.faults() == []
    assert len(log.lines()) == 5


def test_what_cannot_be_recorded_is_not_done(tmp_path: Path) -> None:
    """The line that an act begins is written before the act."""
    (tmp_path / "audit").write_text("a file where the folder should be")
    done = []
    with pytest.raises(UserError, match="cannot be written"), audited(Home(tmp_path), "import", ANNA):
        done.append(1)
    assert done == []


def test_how_an_act_ended_is_recorded(tmp_path: Path) -> None:
    """Done with what came of it, refused with the reason, failed with the kind of failure."""
    home = Home(tmp_path)
    with audited(home, "import", ANNA, programme="x") as told:
        told(batch=3)
    with pytest.raises(UserError), audited(home, "undo", ANNA, programme="x"):
        raise UserError("undo.none")
    with pytest.raises(ZeroDivisionError), audited(home, "build", ANNA):
        _ = 1 // 0
    lines = AuditLog(home.audit).lines()
    assert [(line.event, line.phase) for line in lines[1::2]] == [
        ("import", "done"),
        ("undo", "refused"),
        ("build", "failed"),
    ]
    assert lines[1].details == {"programme": "x", "begun": 1, "batch": 3}
    assert lines[3].details == {"programme": "x", "begun": 3, "reason": "undo.none"}


def _append(folder: Path) -> None:
    for _ in range(10):
        AuditLog(folder).append("login", "done", ANNA)


def test_writers_at_once_keep_one_chain(tmp_path: Path) -> None:
    """Several processes write one after the other."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_append, args=(tmp_path / "audit",)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    log = AuditLog(tmp_path / "audit")
    assert log.faults() == []
    assert len(log.lines()) == 30


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_nobody_else_reads_the_log(log: AuditLog) -> None:
    """Folder and files are the owner's alone."""
    assert log._folder.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o077 for path in (log._path, log._head)] == [0, 0]


def test_any_program_can_check_the_chain(log: AuditLog) -> None:
    """The hash is that of the line's other keys as JSON in alphabetical order, by the standard library alone."""
    line = json.loads(_lines(log)[2])
    bare = {name: value for name, value in line.items() if name != "hash"}
    assert hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest() == line["hash"]


def test_a_line_added_at_the_end_is_found(log: AuditLog) -> None:
    """One that follows by its own hash, which nobody announced: also once others were written after it."""
    forged = json.loads(_lines(log)[-1]) | {"n": 5, "event": "approve", "before": log.head}
    del forged["hash"]
    forged["hash"] = hashlib.sha256(json.dumps(forged, sort_keys=True).encode()).hexdigest()
    with log._path.open("ab") as file:
        file.write(json.dumps(forged).encode() + b"\n")
    assert [(fault.code, fault.line) for fault in log.faults()] == [("added", 5)]
    log.append("undo", "done", ANNA)
    assert log.faults() != []


def test_the_account_of_a_terminal_stands_beside_the_name(log: AuditLog) -> None:
    """The settings may name another person for it tomorrow."""
    assert log.append("build", "done", Person("carla@example.org", account="root")).details == {"account": "root"}
