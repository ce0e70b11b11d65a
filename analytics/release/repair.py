"""Mend pointer and ledger of a programme's releases, each from the other, and say what is wrong with the files.

Only what is certain is written: what was withdrawn, or is under embargo, never becomes visible by a repair. What was
damaged stays beside, under its name with `.damaged-` and the moment. A release's file is never touched.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from analytics.clock import utc_now, utc_stamp
from analytics.folders import to_disk
from analytics.model import UserError
from analytics.release.acts import RECOVERED, LedgerEntry, last_act, shelf_of
from analytics.release.faults import Damage, Fault
from analytics.release.file import Release
from analytics.release.pointer import ACTING, NAME, Pointer, write_pointer
from analytics.release.records import LEDGER, Records, append, files_in, in_number, read_records
from analytics.release.sound import is_sound

Now = Callable[[], dt.datetime]
KEPT = (Damage.LEDGER_DAMAGED, Damage.LEDGER_SHORT)  # of such a ledger what can be read is this programme's


def faults_of(folder: Path, *, now: Now = utc_now) -> list[Fault]:
    """All that is wrong with what is kept of a programme's releases, for who is responsible for them: also of releases
    under embargo. A file is compared with the hash of what was published; where none was noted, it is opened.
    """
    programme, records = folder.name, read_records(folder)
    found = [Fault(programme, damage) for damage in (records.of_pointer, records.of_ledger) if damage]
    found += [
        Fault(programme, damage, name)
        for name in records.pointer.since
        if (damage := file_fault(folder, name, records))
    ]
    newest = max((act.at for act in records.entries), default="")
    return [*found, *([Fault(programme, Damage.CLOCK_BEHIND)] if utc_stamp(now()) < newest else [])]


def file_fault(folder: Path, release: str, records: Records) -> Damage | None:
    """What is wrong with a release's file; None where nothing is."""
    path, sha256 = folder / f"{release}.duckdb", records.sha256(release)
    if not path.exists():
        return Damage.FILE_MISSING
    if sha256:
        return None if is_sound(path, sha256) else Damage.FILE_DAMAGED
    try:
        Release(path)
    except UserError:
        return Damage.FILE_DAMAGED
    return None


def repair(folder: Path, *, now: Now = utc_now) -> list[Fault]:
    """Mend what can be mended; the faults that are gone then. Nobody else writes meanwhile. Raises OSError where
    nothing can be written: what was there is then as it was, or beside.
    """
    if not folder.is_dir():
        return []
    with FileLock(folder / "lock"):
        records = read_records(folder)
        before = [Fault(folder.name, damage) for damage in (records.of_pointer, records.of_ledger) if damage]
        stamp = utc_stamp(now())
        if records.are_lost and not records.pointer.since:
            _begin_anew(folder, records, stamp)
        elif records.of_ledger:
            _write_ledger(folder, records, stamp)
        elif records.of_pointer:
            _write_pointer(folder, records, stamp)
        elif records.missing:
            append(folder, records.missing)
        (folder / ACTING).unlink(missing_ok=True)
        after = read_records(folder)
        return [fault for fault in before if fault.damage not in (after.of_pointer, after.of_ledger)]


def _begin_anew(folder: Path, records: Records, stamp: str) -> None:
    """Neither can be believed: nothing is public, and every release counts as seen."""
    names = in_number({*files_in(folder), *records.named})
    _put_aside(folder / NAME, stamp)
    _put_aside(folder / LEDGER, stamp)
    _replace_ledger(folder, [LedgerEntry(stamp, RECOVERED, name) for name in names])


def _write_pointer(folder: Path, records: Records, stamp: str) -> None:
    """The pointer of a ledger that can be believed; what an act that was cut off may have hidden is hidden in both."""
    hidden = shelf_of(records.entries).keys() - records.pointer.since.keys()
    append(folder, [LedgerEntry(stamp, RECOVERED, name) for name in in_number(hidden)])
    _put_aside(folder / NAME, stamp)
    if records.pointer.act is not None:
        write_pointer(folder, records.pointer)


def _write_ledger(folder: Path, records: Records, stamp: str) -> None:
    """A ledger for a pointer that can be believed, or for what both show: what can still be read, then that all these
    releases may have been seen, then what is on the shelf, by the pointer's own act last; and the pointer again.
    """
    pointer = records.pointer
    kept = list(records.ledger.entries) if records.of_ledger in KEPT else []
    names = in_number({*files_in(folder), *records.named})
    entries = [*kept, *(LedgerEntry(stamp, RECOVERED, name) for name in names), *_of_shelf(pointer, stamp)]
    _put_aside(folder / LEDGER, stamp)
    _replace_ledger(folder, entries)
    if records.of_pointer:
        _put_aside(folder / NAME, stamp)
    act = last_act(entries)
    if act is not None:
        write_pointer(folder, replace(pointer, act=act, count=sum(entry.is_act for entry in entries)))


def _of_shelf(pointer: Pointer, stamp: str) -> list[LedgerEntry]:
    """Acts that put the pointer's releases where they are, its own last."""
    act = [pointer.act] if pointer.act else []
    others = {name: since for name, since in pointer.since.items() if not act or name != act[0].release}
    return [*(_put(name, since, pointer.files.get(name), stamp) for name, since in others.items()), *act]


def _put(release: str, since: str, sha256: str | None, stamp: str) -> LedgerEntry:
    if since > stamp:
        return LedgerEntry(stamp, "embargoed", release, since, sha256)
    return LedgerEntry(since or stamp, "published", release, None, sha256)


def _replace_ledger(folder: Path, entries: list[LedgerEntry]) -> None:
    partial = folder / f"{LEDGER}.partial"
    partial.write_text("".join("\n" + json.dumps(entry.line()) for entry in entries), encoding="utf-8")
    to_disk(partial)
    partial.replace(folder / LEDGER)
    to_disk(folder)


def _put_aside(path: Path, stamp: str) -> None:
    """Keep what was damaged, whatever it is, under another name."""
    name = f"{path.name}.damaged-{stamp.replace(':', '')}"
    taken = len(list(path.parent.glob(f"{name}*")))
    if path.exists() or path.is_symlink():
        path.rename(path.with_name(f"{name}-{taken + 1}" if taken else name))
