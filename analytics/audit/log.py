"""The audit log: one line of JSON for what begins and one for how it ended, each with the hash of the line before.

A line that was changed, taken out or put in breaks the chain. Beside the log lies `head`, the number and hash of the
last line: lines cut off or added at the end are found by it, also when others were written since; `next` announces a
line before it is written, so that one that a kill left behind is known. Whoever may write in the folder could make all
of it anew: note the hash that `audit --check` prints elsewhere, and give it to a later check.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from filelock import FileLock

from analytics.access.people import Person
from analytics.clock import utc_now, utc_stamp
from analytics.folders import Home, make_private, to_disk
from analytics.model import UserError

FIRST: Final = "0" * 64  # what the first line has in place of the hash of a line before
OWN: Final = ("n", "at", "event", "phase", "by", "known_by", "before", "hash")


class Told(Protocol):
    """What an act calls to say what came of it."""

    def __call__(self, **details: object) -> None:
        """Details of the line that says how it ended: numbers, hashes, codes; no name of a file or firm."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. n: its number, from 1; at: a moment in UTC; event: what was done; phase: begun, done, refused or
    failed; by: who; known_by: terminal or login; details: what else it says.
    """

    n: int
    at: str
    event: str
    phase: str
    by: str
    known_by: str
    details: dict[str, Any]
    before: str
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a log: a code under `audit.fault`, and the number of the line, from 1."""

    code: str
    line: int


class AuditLog:
    """The log in a folder. Raises UserError where it cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        """folder: of the log; made when the first line is written."""
        self._folder, self._path, self._head = folder, folder / "log.jsonl", folder / "head"
        self._next = folder / "next"

    def lines(self) -> list[Line]:
        """What was recorded, oldest first; what is no line of a log is left out: `faults` tells of it."""
        return [line for written in self._written() if (line := _parsed(written)) is not None]

    def _content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise UserError("audit.unreadable", file=self._path, problem=error.strerror) from error

    def _written(self) -> list[bytes]:
        """Lines as they stand, without their ends; not what was left half written."""
        content = self._content()
        lines = content.removesuffix(b"\n").split(b"\n") if content else []
        return lines[:-1] if self._ends_half_written(content) else lines

    def _lacks_an_end(self) -> bool:
        """Whether the last line has lost its end of line."""
        content = self._content()
        return bool(content) and not content.endswith(b"\n") and not self._ends_half_written(content)

    def _ends_half_written(self, content: bytes) -> bool:
        """Whether a kill or a full disk left a line half written at the end: nothing was done on the strength of it. Of
        one that was whole once, `head` knows.
        """
        whole, ended, last = content.rpartition(b"\n")
        number = whole.count(b"\n") + 1 if ended else 0
        return bool(last) and _parsed(last) is None and self._noted_head(number)[0] <= number

    @property
    def head(self) -> str:
        """The hash of the last line; FIRST where there is none."""
        lines = self.lines()
        return lines[-1].hash if lines else FIRST

    def faults(self, noted: str | None = None) -> list[Fault]:
        """Lines that were changed, taken out or put in; none where the log is whole. noted: a hash that was printed by
        an earlier check: the log must still hold that line.
        """
        found, before, expected = list[Fault](), FIRST, 1
        written = self._written()
        hashes = [FIRST]
        for number, line in enumerate(written, 1):
            parsed = _parsed(line)
            if parsed is None or not _is_as_written(line, parsed):
                found.append(Fault("changed", number))
            elif parsed.before != before or parsed.n != expected:
                found.append(Fault("chain", number))
            before = parsed.hash if parsed else before
            expected = (parsed.n if parsed else expected) + 1  # after a gap the next line follows the one behind it
            hashes.append(before)
        count, last = self._noted_head(len(written))
        is_ahead = count == len(written) - 1 and self._is_announced(len(written), hashes[-1])
        if 0 <= count < len(written) and not is_ahead:
            found.append(Fault("added", count + 1))
        elif count not in (len(written), len(written) - 1) or hashes[count] != last:
            found.append(Fault("cut", len(written) + 1))
        elif count == len(written) and self._lacks_an_end():
            found.append(Fault("changed", count))
        if noted is not None and noted not in hashes:
            found.append(Fault("noted", len(written)))
        return found

    def _noted_head(self, lines: int) -> tuple[int, str]:
        """Number and hash of the last line that is known to have been written; -1 where that is not known any more.
        lines: how many there are; the first one stands a moment before `head` does.
        """
        try:
            count, last = self._head.read_text(encoding="utf-8").split()
            return int(count), last
        except FileNotFoundError:
            return (0, FIRST) if lines < 2 else (-1, "")
        except (OSError, ValueError):
            return -1, ""

    def append(self, event: str, phase: str, person: Person, **details: object) -> Line:
        """Write a line; it is on disk when this returns. Raises UserError where it cannot be written."""
        try:
            make_private(self._folder)
            with FileLock(self._folder / "lock", mode=0o600):
                return self._append(event, phase, person, details)
        except OSError as error:
            raise UserError("audit.unwritable", file=self._path, problem=error.strerror or str(error)) from error

    def _append(self, event: str, phase: str, person: Person, details: dict[str, Any]) -> Line:
        self._end_half_line()
        n, before = self._last()
        line = {"n": n + 1, "at": utc_stamp(utc_now()), "event": event, "phase": phase, "by": person.identity}
        account = {"account": person.account} if person.account else {}
        line |= {"known_by": person.by, **account, **details, "before": before}
        line["hash"] = _hash(line)
        self._note(self._next, line)
        with open(self._path, "ab", opener=_owner_only) as log:
            log.write(_in_bytes(line) + b"\n")
            log.flush()
            os.fsync(log.fileno())
        self._note(self._head, line)
        self._next.unlink(missing_ok=True)
        return _line(line)

    def _note(self, path: Path, line: dict[str, Any]) -> None:
        """Write number and hash of a line into a file beside the log, in one step."""
        partial = path.with_suffix(".partial")
        with open(partial, "w", encoding="utf-8", opener=_owner_only) as file:
            file.write(f"{line['n']} {line['hash']}\n")
        to_disk(partial)
        partial.replace(path)
        to_disk(self._folder)

    def _is_announced(self, number: int, line_hash: str) -> bool:
        """Whether a line that `head` does not know yet was about to be written when somebody was stopped."""
        try:
            return self._next.read_text(encoding="utf-8").split() == [str(number), line_hash]
        except (OSError, ValueError):
            return False

    def _last(self) -> tuple[int, str]:
        """Number and hash that the next line follows. Where lines were cut off, or nobody knows, it is what was there
        before: the next line then tells for good that something is missing.
        """
        written = self._written()
        last = _parsed(written[-1]) if written else None
        n, before = len(written), last.hash if last else FIRST
        count, noted = self._noted_head(n)
        is_ahead = last is not None and last.before == noted and self._is_announced(n, before)
        is_next = count == n or (count == n - 1 and is_ahead)
        return (n, before) if is_next and (count < n or before == noted) else (max(n, count), noted)

    def _end_half_line(self) -> None:
        """Take off what was left half written; a line that was whole once stays, and is ended."""
        content = self._content()
        if not content or content.endswith(b"\n"):
            return
        with self._path.open("r+b") as log:
            if self._ends_half_written(content):
                log.truncate(content.rfind(b"\n") + 1)
            else:
                log.seek(0, os.SEEK_END)
                log.write(b"\n")


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _hash(line: dict[str, Any]) -> str:
    """Of a line without its own hash: keys in alphabetical order, so that any program can make it again."""
    bare = {name: value for name, value in line.items() if name != "hash"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, default=str).encode()).hexdigest()


def _in_bytes(line: dict[str, Any]) -> bytes:
    return json.dumps(line, default=str).encode()


def _is_as_written(written: bytes, line: Line) -> bool:
    """Whether a line is, to the byte, what was once written."""
    parts: dict[str, Any] = json.loads(written)
    return _in_bytes(parts) == written and _hash(parts) == line.hash


def _parsed(written: bytes) -> Line | None:
    try:
        line = json.loads(written)
        return _line(line) if isinstance(line, dict) else None
    except (ValueError, KeyError, RecursionError):
        return None


def _line(line: dict[str, Any]) -> Line:
    own = {name: line[name] for name in OWN}
    return Line(**own, details={name: value for name, value in line.items() if name not in OWN})


@contextmanager
def audited(home: Home, event: str, person: Person, **details: object) -> Iterator[Told]:
    """Record an act: that it begins, before anything is done, and how it ended. What cannot be recorded is not done.

    event: such as "import"; details: what is known beforehand. Raises UserError where the beginning cannot be written,
    or, once the act is done, its end; what the act raises goes on, recorded as refused (UserError) or failed.
    """
    log, said = AuditLog(home.audit), dict[str, object]()
    begun = log.append(event, "begun", person, **details)
    try:
        yield said.update
    except UserError as error:
        _end(log, event, "refused", person, begun.n, {**details, "reason": error.key})
        raise
    except BaseException as error:
        _end(log, event, "failed", person, begun.n, {**details, "reason": type(error).__name__})
        raise
    try:
        log.append(event, "done", person, **details, begun=begun.n, **said)
    except UserError as error:
        raise UserError("audit.unended", line=begun.n, problem=error.details.get("problem", "")) from error


def _end(log: AuditLog, event: str, phase: str, person: Person, begun: int, details: dict[str, object]) -> None:
    """How an act ended, which has its own reason to tell: whether this can be written does not matter then."""
    try:
        log.append(event, phase, person, begun=begun, **details)
    except UserError:
        return
