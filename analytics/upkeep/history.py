"""What holds of a programme's releases when an older backup comes back to a folder that may know more.

What was built stays known, so that no number is used again; what was published since stays published, what was
withdrawn since stays withdrawn. The ledger that comes out holds the lines of both. The pointer is that of the folder;
where it is lost or damaged, the backup's or, where more has been done since, the one that all these acts make.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analytics.clock import utc_now, utc_stamp
from analytics.model import UserError
from analytics.release.acts import BUILT, RECOVERED, LedgerEntry
from analytics.release.pointer import ACTING, NAME, Pointer, write_pointer
from analytics.release.records import LEDGER, Records, files_in, in_number, read_ledger, read_records, replayed

SHOWN: Final = "shown"


@dataclass(frozen=True, slots=True)
class Merged:
    """staying: names in the folder that stay as they are, though the backup has them; made: new contents of others, in
    place of the backup's; knows_more: the folder knew of acts that the backup does not.
    """

    staying: frozenset[str]
    made: dict[str, bytes]
    knows_more: bool


def merge(here: Path, kept: Path, programme: str, withdrawn: frozenset[str] = frozenset()) -> Merged:
    """What holds of the ledger, the pointer and what was shown. here: the folder of the programme's releases; kept: the
    backup's; withdrawn: releases of which the audit log says so, whatever became of the ledger. Raises UserError where
    the two tell of different histories.
    """
    mine, theirs = read_ledger(here).entries, read_ledger(kept).entries
    is_begun_anew = any(entry.action == RECOVERED for entry in mine)
    if mine and theirs and not set(mine) & set(theirs) and not is_begun_anew:
        raise UserError("restore.other_history", programme=programme)
    own, backed = read_records(here), read_records(kept)
    union = [*theirs, *(entry for entry in mine if entry not in theirs)]
    union += _recovered(here, own, union)
    hidden = [] if own.is_whole else sorted(withdrawn & set(replayed(union).since))
    union += [LedgerEntry(utc_stamp(utc_now()), "withdrawn", name) for name in hidden]
    staying, made = set[str](), dict[str, bytes]()
    if mine and set(union) == set(mine):
        staying.add(LEDGER)
    elif len(union) > len(theirs):
        made[LEDGER] = "".join(f"\n{json.dumps(entry.line())}" for entry in union).encode()
    if (here / NAME).exists() and own.of_pointer is None and _acts(own.pointer) >= _acts(backed.pointer):
        staying |= {NAME, ACTING} | ({SHOWN} if (here / SHOWN).exists() else set())
    elif hidden or any(entry.is_act for entry in set(mine) - set(theirs)):
        made[NAME] = _written(replayed(union), programme)
    return Merged(frozenset(staying), made, knows_more=bool(set(mine) - set(theirs)))


def _acts(pointer: Pointer) -> int:
    """How many acts a pointer knows of."""
    return max(pointer.count, pointer.shown.acts)


def _recovered(here: Path, own: Records, union: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Lines for the releases here of which no ledger tells any more: readers may have seen them."""
    if own.is_whole:
        return []
    names = files_in(here) - {entry.release for entry in union}
    at = utc_stamp(utc_now())
    return [LedgerEntry(at, RECOVERED, name) for name in in_number(names)]


def is_same(here: Path, kept: Path, release: str, sha256: str) -> bool:
    """Whether the release of that name here was the one of the backup, whatever became of its file: by the hash that
    was noted when it was published, else by the line that says when it was built. sha256: of the backup's file.
    """
    noted = read_records(here).sha256(release)
    if noted:
        return noted == sha256
    mine, theirs = (
        {entry for entry in read_ledger(folder).entries if _is_built(entry, release)} for folder in (here, kept)
    )
    return bool(mine & theirs)


def is_known(here: Path, release: str) -> bool:
    """Whether anything here tells of a release but its file."""
    return release in read_records(here).named


def _is_built(entry: LedgerEntry, release: str) -> bool:
    return entry.release == release and entry.action == BUILT


def _written(pointer: Pointer, programme: str) -> bytes:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / programme  # a pointer says whose it is by its folder
        folder.mkdir()
        write_pointer(folder, pointer)
        return (folder / NAME).read_bytes()
