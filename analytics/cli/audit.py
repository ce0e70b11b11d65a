"""The command that reads the log of what was done: as a table, as it is written, or checked line by line."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from analytics.audit.log import AuditLog, Line
from analytics.clock import from_stamp, rome_time
from analytics.folders import Home
from analytics.language.text import Text

CHECK = "python -m analytics audit --check"
_EMPTY = "–"
_LONGEST = 80  # characters of one word of a line


def run_audit(arguments: argparse.Namespace, text: Text) -> int:
    """What was done, oldest first; with --check, whether the log is whole: exit code 1 where it is not."""
    log = AuditLog(Home.default().audit)
    if arguments.check or arguments.since:
        return _check(log, arguments.since, text)
    lines = [
        line
        for line in log.lines()
        if arguments.event in (None, line.event) and arguments.of_programme in (None, line.details.get("programme"))
    ]
    if arguments.json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2))
        return 0
    print("\n".join(told(lines, text)) if lines else text("audit_log.empty"))
    if log.faults():
        print(text("audit_log.damaged", command=CHECK), file=sys.stderr)
    return 0


def _check(log: AuditLog, noted: str | None, text: Text) -> int:
    faults = log.faults(noted.strip().lower() if noted else None)
    if not faults:
        n = text.number(len(log.lines()))
        print(text("audit_log.whole", n=n, hash=log.head, option="since"))
        return 0
    for fault in faults:
        print(text(f"audit_log.fault.{fault.code}", line=text.number(fault.line)))
    print(text("audit_log.what_to_do"), file=sys.stderr)
    return 1


def told(lines: Sequence[Line], text: Text) -> Iterator[str]:
    """One row for each act: when it ended, or began where nobody knows how it ended; who, what, what came of it."""
    ended = {line.details.get("begun") for line in lines if line.phase != "begun"}
    for line in lines:
        if line.phase == "begun" and line.n in ended:
            continue
        about = [str(line.details.get("programme") or ""), *_details(line, text)]
        yield text(
            "audit_log.row",
            n=line.n,
            at=_moment(line.at),
            who=_shown(line.by),
            event=_named("event", line.event, text),
            phase=_named("phase", line.phase, text),
            about="; ".join(_shown(one) for one in about if one) or _EMPTY,
        )


def _details(line: Line, text: Text) -> Iterator[str]:
    """What a line says besides, in words where there are any; hashes shortened: --json has them whole."""
    for name, value in line.details.items():
        if name not in ("programme", "begun") and value not in (None, False):
            yield (
                f"{_named('detail', name, text)} {_value(name, value, text)}"
                if value is not True
                else _named("detail", name, text)
            )


def _value(name: str, value: object, text: Text) -> str:
    if name == "sha256":
        return f"{value}"[:12]
    if name in ("until", "as_of"):
        return _moment(str(value))
    if name == "kind":
        return _named_as(f"input.{value}", str(value), text)
    if name == "state":
        return _named_as(f"cli.state.{value}", str(value), text, until=_EMPTY)
    if name == "mode":
        return _named_as(f"audit_log.mode.{value}", str(value), text)
    if isinstance(value, list):
        return ", ".join(_value(name, one, text) for one in value) or _EMPTY
    if isinstance(value, dict):
        return " ".join(f"{_named('detail', part, text)} {_value(part, one, text)}" for part, one in value.items())
    return str(value)


def _named(kind: str, code: str, text: Text) -> str:
    return _named_as(f"audit_log.{kind}.{code}", code, text)


def _named_as(key: str, code: str, text: Text, **words: object) -> str:
    """The words for a code; the code itself where a later version wrote it."""
    return text(key, **words) if text.has(key) else code


def _moment(stamp: str) -> str:
    try:
        return rome_time(from_stamp(stamp))
    except ValueError:  # of a line that somebody changed
        return stamp


def _shown(said: str) -> str:
    """Without marks that a terminal would obey, and not too long."""
    printable = "".join(mark if mark.isprintable() else "�" for mark in said)
    return printable if len(printable) <= _LONGEST else printable[: _LONGEST - 1] + "…"
