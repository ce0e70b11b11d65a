"""What holds of a programme's releases when an older backup comes back to a folder that may know more.

What was built stays known, so that no number is used again; what was published since stays published, what was
withdrawn since stays withdrawn. The ledger that comes out holds the lines of both. The pointer is that of the folder;
where it is lost or damaged, the backup's with all that the ledger tells since.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.model import UserError
from analytics.release.acts import LedgerEntry, entry_of, last_act
from analytics.release.pointer import Pointer, acted, read_pointer, write_pointer

LEDGER, POINTER, SHOWN = "ledger.jsonl", "current", "shown"
_DAMAGED = (UserError, OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Merged:
    """staying: names in the folder that stay as they are, though the backup has them; made: new contents of others, in
    place of the backup's; knows_more: the folder knew of acts that the backup does not.
    """

    staying: frozenset[str]
    made: dict[str, bytes]
    knows_more: bool


def merge(here: Path, kept: Path, programme: str) -> Merged:
    """What holds of the ledger, the pointer and what was shown. here: the folder of the programme's releases; kept: the
    backup's. Raises UserError where the two tell of different histories.
    """
    mine, theirs = entries(here), entries(kept)
    if mine and theirs and not set(mine) & set(theirs):
        raise UserError("restore.other_history", programme=programme)
    union = [*theirs, *(entry for entry in mine if entry not in theirs)]
    staying, made = set[str](), dict[str, bytes]()
    if mine and set(theirs) <= set(mine):
        staying.add(LEDGER)
        union = mine
    elif set(mine) - set(theirs):
        made[LEDGER] = "".join(f"\n{json.dumps(entry.line())}" for entry in union).encode()
    own, backed = _pointer(here), _pointer(kept)
    if own is not None and (backed is None or own.shown.acts >= backed.shown.acts):
        staying.add(POINTER)
    elif backed is not None and last_act(union) not in (None, backed.act):
        made[POINTER] = _written(_gone_on(backed, union))
    if POINTER in staying and _is_read((here / SHOWN).read_text):
        staying.add(SHOWN)
    return Merged(frozenset(staying), made, knows_more=bool(set(mine) - set(theirs)))


def entries(folder: Path) -> list[LedgerEntry]:
    """The lines of a folder's ledger that can be read, oldest first; none where there is no ledger."""
    try:
        lines = (folder / LEDGER).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [entry for line in lines if (entry := entry_of(line)) is not None]


def built_lines(entries_of: Sequence[LedgerEntry], release: str) -> set[LedgerEntry]:
    """The lines that say that a release was built: of the same build they are the same."""
    return {entry for entry in entries_of if entry.release == release and entry.action == "built"}


def is_same_build(here: Path, kept: Path, release: str) -> bool:
    """Whether the release of that name in a folder was the one of the backup, by the ledgers of both."""
    mine, theirs = entries(here), entries(kept)
    return not mine or bool(built_lines(mine, release) & built_lines(theirs, release))


def _pointer(folder: Path) -> Pointer | None:
    """The pointer; None where there is none, or where it is damaged."""
    if not (folder / POINTER).exists():
        return None
    try:
        return read_pointer(folder)
    except _DAMAGED:
        return None


def _is_read(read: Callable[[], str]) -> bool:
    try:
        return isinstance(json.loads(read()), dict)
    except _DAMAGED:
        return False


def _gone_on(backed: Pointer, union: Sequence[LedgerEntry]) -> Pointer:
    """The backup's pointer after all acts that followed its own."""
    acts = [entry for entry in union if entry.action != "built"]
    since = acts[acts.index(backed.act) + 1 :] if backed.act in acts else acts
    pointer = backed
    for act in since:
        pointer = acted(pointer, act)
    return pointer


def _written(pointer: Pointer) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_pointer(Path(folder), pointer)
        return (Path(folder) / POINTER).read_bytes()
