"""Whatever is done to a log by who can write the file, a check tells: to the byte, and for good."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.access.people import Person
from analytics.audit.log import AuditLog

ANNA = Person("anna@example.org")
LINES = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of six lines, with all that a line may hold."""
    folder = tmp_path_factory.mktemp("tampering") / "audit"
    for number in range(LINES):
        details = {"programme": "x", "batch": number, "sha256": ["a" * 64], "at_risk": None, "name": "città \ud800"}
        AuditLog(folder).append("import", "done", ANNA, **details)
    return folder


def spoilt(folder: Path, content: bytes) -> AuditLog:
    """The log with another content, as it is put back afterwards."""
    (folder / "log.jsonl").write_bytes(content)
    return AuditLog(folder)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_one_byte_is_found(folder: Path, data: st.DataObject) -> None:
    """Another value, one more, one less: anywhere, also a blank that changes nothing of what a line says."""
    whole = (folder / "log.jsonl").read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    value = bytes([data.draw(st.integers(0, 255))])
    how = data.draw(st.sampled_from(("changed", "inserted", "removed")))
    content = whole[:at] + (b"" if how == "removed" else value) + whole[at if how == "inserted" else at + 1 :]
    try:
        assert bool(spoilt(folder, content).faults()) is (content != whole)
    finally:
        spoilt(folder, whole)


@settings(max_examples=100)
@given(data=st.data())
def test_lines_dropped_doubled_and_swapped_are_found_also_after_others_were_written(
    folder: Path, data: st.DataObject
) -> None:
    """What is written later does not cover it: neither a cut at the end, nor a head that was deleted with it."""
    whole, head = (folder / "log.jsonl").read_bytes(), (folder / "head").read_bytes()
    lines = whole.splitlines(keepends=True)
    order = data.draw(
        st.lists(st.integers(0, LINES - 1), max_size=LINES + 2).filter(lambda one: one != [*range(LINES)])
    )
    lost_head = data.draw(st.booleans()) and len(order) > 1
    try:
        log = spoilt(folder, b"".join(lines[number] for number in order))
        if lost_head:
            (folder / "head").unlink()
        assert log.faults() != []
        log.append("undo", "done", ANNA)
        log.append("undo", "done", ANNA)
        assert log.faults() != []
    finally:
        (folder / "head").write_bytes(head)
        spoilt(folder, whole)


def test_a_kill_while_a_line_is_written_is_no_fault(folder: Path) -> None:
    """At every byte of it: what was written before stands, and the next line follows it. The line that is whole but for
    its end counts; `head` comes a moment after it.
    """
    whole, head = (folder / "log.jsonl").read_bytes(), (folder / "head").read_bytes()
    log = AuditLog(folder)
    line = log.append("undo", "done", ANNA)
    added = (folder / "log.jsonl").read_bytes()[len(whole) :]
    for end in range(len(added) + 1):
        (folder / "head").write_bytes(head)
        (folder / "next").write_text(f"{line.n} {line.hash}\n", encoding="utf-8")
        log = spoilt(folder, whole + added[:end])
        assert (log.faults(), end) == ([], end)
        assert len(log.lines()) == LINES + (end >= len(added) - 1)
        if end % 40 == 0 or end >= len(added) - 1:
            log.append("undo", "done", ANNA)
            assert log.faults() == []
    (folder / "head").write_bytes(head)
    spoilt(folder, whole)
    assert line.n == LINES + 1
