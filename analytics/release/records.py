"""Pointer and ledger of one programme, read together: each says whether the other can be believed.

The pointer decides what readers see. Where it cannot be believed the ledger does, if it is whole; where neither can,
nothing is shown. Nothing is written here: `repair` does that.
"""

import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analytics.release.acts import RECOVERED, RELEASE, LedgerEntry, after, entry_of, is_half, last_act, shelf_of
from analytics.release.faults import Damage
from analytics.release.pointer import ACTING, NAME, Pointer, PointerFault, acted, read_acting, read_pointer
from analytics.release.shown import Shown, noted_acts, written_shown

LEDGER: Final = "ledger.jsonl"
_NAMED: Final = re.compile(rb'"([0-9]{4}-[0-9]{1,9})"')


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries that can be read, oldest first; damage: why they are not all. ends_half: its last line is what a kill
    left of one, so what was being done may have happened or not; is_closed: it cannot be read at all.
    """

    entries: tuple[LedgerEntry, ...] = ()
    damage: Damage | None = None
    ends_half: bool = False
    is_closed: bool = False

    @property
    def acts(self) -> list[LedgerEntry]:
        """Those that changed what readers see."""
        return [entry for entry in self.entries if entry.is_act]


@dataclass(frozen=True, slots=True)
class Records:
    """What pointer and ledger say together.

    pointer: what decides what readers see, whichever of the two it stands on; ledger: as it is written; missing_act:
    the pointer's, which a kill kept from the ledger; of_pointer, of_ledger: what is wrong with each.
    """

    pointer: Pointer
    ledger: Ledger
    missing_act: LedgerEntry | None = None
    of_pointer: Damage | None = None
    of_ledger: Damage | None = None

    @property
    def entries(self) -> list[LedgerEntry]:
        """What was done, oldest first."""
        return [*self.ledger.entries, *self.missing]

    @property
    def is_whole(self) -> bool:
        """Whether the ledger tells all that was done."""
        return self.of_ledger is None

    @property
    def are_lost(self) -> bool:
        """Whether neither of them tells what readers may see."""
        return self.of_pointer is not None and self.of_ledger is not None

    @property
    def are_gone(self) -> bool:
        """Whether there are releases and neither file, as where somebody deleted both, or killed the first build."""
        return self.of_pointer is Damage.POINTER_MISSING and self.of_ledger is Damage.LEDGER_MISSING

    @property
    def missing(self) -> list[LedgerEntry]:
        """What the ledger lacks: one act, or none."""
        return [self.missing_act] if self.missing_act else []

    def sha256(self, release: str) -> str:
        """The hash of a release's file when it was published last; "" where nobody noted it."""
        if release in self.pointer.files:
            return self.pointer.files[release]
        noted = (entry.sha256 for entry in reversed(self.entries) if entry.release == release and entry.sha256)
        return next(noted, "") if self.is_whole else ""

    @property
    def named(self) -> list[str]:
        """Every release that they know of."""
        return list(dict.fromkeys([*(entry.release for entry in self.entries), *self.pointer.named]))

    def acts_on(self, release: str) -> list[LedgerEntry]:
        """What was done with a release, as far as it is certain."""
        mine = [entry for entry in self.entries if entry.release == release]
        lost = [place for place, entry in enumerate(mine, start=1) if entry.action == RECOVERED]
        return [entry for entry in mine[max(lost, default=0) :] if entry.is_act] if self.is_whole else []

    @property
    def recovered(self) -> list[str]:
        """Releases of which an earlier ledger knew more."""
        return list(dict.fromkeys(entry.release for entry in self.ledger.entries if entry.action == RECOVERED))


def read_records(folder: Path) -> Records:
    """Of the releases in a folder. Never fails: what cannot be read is damaged."""
    found = _read(folder)
    is_sound = found.of_pointer is None and found.of_ledger is None
    return found if is_sound else _read(folder)  # somebody may have written between the two


def read_ledger(folder: Path) -> Ledger:
    """The ledger alone."""
    try:
        lines = (folder / LEDGER).read_bytes().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return Ledger(damage=Damage.LEDGER_MISSING)
    except OSError:
        return Ledger(damage=Damage.LEDGER_DAMAGED, is_closed=True)
    read = [(line, entry_of(line)) for line in lines if line.strip()]
    bad = [line for line, entry in read if entry is None]
    entries = tuple(entry for _, entry in read if entry)
    damage = None if all(map(is_half, bad)) else Damage.LEDGER_DAMAGED
    if not entries and damage is None:  # empty, or all that a killed first writer left
        damage = Damage.LEDGER_MISSING
    return Ledger(entries, damage, bool(read) and read[-1][1] is None)


def _read(folder: Path) -> Records:
    try:
        pointer = read_pointer(folder)
    except FileNotFoundError:
        return _without_pointer(folder, Damage.POINTER_MISSING)
    except PointerFault as fault:
        return _without_pointer(folder, fault.damage)
    ledger = read_ledger(folder)
    return _by_count(folder, pointer, ledger) if pointer.count else _by_names(folder, pointer, ledger)


def _by_count(folder: Path, pointer: Pointer, ledger: Ledger) -> Records:
    """A pointer that is whole and this programme's: is it of today, and does the ledger go with it?"""
    acts, count = ledger.acts, pointer.count
    if ledger.damage is None and len(acts) > count and acts[count - 1] == pointer.act:
        return _without_pointer(folder, Damage.POINTER_OLD)
    missing = pointer.act if len(acts) == count - 1 else None
    damage = ledger.damage or (Damage.LEDGER_SHORT if len(acts) < count - 1 else None)
    agree = _begins_alike(pointer, acts) if damage is Damage.LEDGER_SHORT else _agree(pointer, ledger, missing)
    if damage in (None, Damage.LEDGER_SHORT) and not agree:
        damage = Damage.LEDGER_FOREIGN
    return Records(pointer, ledger, missing, None, damage)


def _begins_alike(pointer: Pointer, acts: list[LedgerEntry]) -> bool:
    """Whether too few acts are the first of those that made the pointer: each that put a release where it is."""
    placed = {name: number for name, number in pointer.put.items() if 0 < number <= len(acts)}
    return all(after({}, acts[number - 1]).get(name) == pointer.since[name] for name, number in placed.items())


def _agree(pointer: Pointer, ledger: Ledger, missing: LedgerEntry | None) -> bool:
    """Whether the acts, with the missing one, end with the pointer's and leave its releases on the shelf."""
    shelf = shelf_of(ledger.entries)
    if missing is not None:
        return after(shelf, missing).keys() == pointer.since.keys()
    return shelf.keys() == pointer.since.keys() and last_act(list(ledger.entries)) == pointer.act


def _by_names(folder: Path, pointer: Pointer, ledger: Ledger) -> Records:
    """A pointer of an earlier version, which does not say whose it is nor whether it is whole. Where it contradicts the
    ledger, readers see what both show.
    """
    act, acts, shelf = pointer.act, ledger.acts, shelf_of(ledger.entries)
    if act is None:
        if ledger.damage is Damage.LEDGER_MISSING or (not acts and ledger.damage is None):
            return Records(pointer, ledger)
        if ledger.damage is None and shelf.keys() != pointer.since.keys():  # the first line of a newer one
            return _without_pointer(folder, Damage.POINTER_DAMAGED)
        return Records(pointer, ledger, None, None, ledger.damage)
    if ledger.damage is None and act in acts[:-1] and act != acts[-1]:
        return _without_pointer(folder, Damage.POINTER_OLD)
    missing = None if acts and acts[-1] == act else act
    if ledger.damage is None and not _agree(pointer, ledger, missing):
        both = replace(pointer.only(shelf.keys()), act=None, shown=Shown())
        return Records(both, ledger, None, Damage.POINTER_FOREIGN, Damage.LEDGER_FOREIGN)
    return Records(pointer, ledger, missing, None, ledger.damage)


def _without_pointer(folder: Path, damage: Damage) -> Records:
    """What the ledger alone says; nothing is on the shelf where it cannot be believed."""
    ledger = read_ledger(folder)
    is_new = ledger.damage is None or (ledger.damage is Damage.LEDGER_MISSING and not files_in(folder))
    if damage is Damage.POINTER_MISSING and is_new and not ledger.acts:
        return Records(Pointer(), ledger)  # nothing was ever published
    if ledger.damage is not None or ledger.ends_half:
        return Records(Pointer(), ledger, None, damage, ledger.damage or Damage.LEDGER_SHORT)
    pointer = _rebuilt(folder, ledger)
    if pointer is None:
        return Records(Pointer(), ledger, None, damage, Damage.LEDGER_SHORT)
    return Records(pointer, ledger, None, damage)


def _rebuilt(folder: Path, ledger: Ledger) -> Pointer | None:
    """The pointer as the ledger has it, without what an act that was cut off may have hidden; None where the ledger
    knows less than was seen.
    """
    acts = ledger.acts
    try:
        acting = read_acting(folder)
    except PointerFault:
        return None
    if noted_acts(folder) > len(acts):
        return None
    pointer = replayed(ledger.entries)
    if acting is not None and (not acts or acts[-1] != acting):
        pointer = pointer.only(pointer.since.keys() - {acting.release})
    return replace(pointer, shown=written_shown(folder, pointer.shown, pointer.put))


def replayed(entries: Iterable[LedgerEntry]) -> Pointer:
    """The pointer that these acts would have made."""
    pointer, count = Pointer(), 0
    for entry in entries:
        if entry.is_act:
            count += 1
            pointer = acted(pointer, entry, count)
        elif entry.action == RECOVERED:
            pointer = pointer.only(pointer.since.keys() - {entry.release})
            ever = tuple(name for name in pointer.shown.ever if name != entry.release)
            pointer = replace(pointer, shown=replace(pointer.shown.without(entry.release), ever=ever))
    return pointer


def scan(folder: Path) -> set[str]:
    """Every release that anything here names, whole or damaged: none of these numbers may be used again."""
    found = files_in(folder)
    for path in (*folder.glob(f"{LEDGER}*"), *folder.glob(f"{NAME}*"), folder / "shown", folder / ACTING):
        try:
            found |= {name.decode() for name in _NAMED.findall(path.read_bytes())}
        except OSError:  # gone, a folder, or closed to us
            continue
    return found


def files_in(folder: Path) -> set[str]:
    """The releases that have a file in a folder."""
    return {path.stem for path in folder.glob("*.duckdb") if RELEASE.fullmatch(path.stem)}


def in_number(releases: Iterable[str]) -> list[str]:
    """Releases by year and number."""
    return sorted(releases, key=lambda release: [part.zfill(9) for part in release.split("-")])


def append(folder: Path, entries: list[LedgerEntry]) -> None:
    """Add these lines to the ledger; they are on disk when this returns. One that is new where there are releases
    already begins with those: an earlier ledger, which was lost, may have said that readers saw them. Raises OSError
    where they cannot be written; none of them stands there then.
    """
    path = folder / LEDGER
    if entries and read_ledger(folder).damage is Damage.LEDGER_MISSING:
        others = {*files_in(folder), *read_records(folder).named} - {entry.release for entry in entries}
        entries = [*(LedgerEntry(entries[0].at, RECOVERED, name) for name in in_number(others)), *entries]
    if not entries:
        return
    length = path.stat().st_size if path.exists() else None
    try:
        with path.open("a", encoding="utf-8") as ledger:
            # the line break comes first: after a half-written line it starts a new one
            ledger.write("".join("\n" + json.dumps(entry.line()) for entry in entries))
            ledger.flush()
            os.fsync(ledger.fileno())
    except OSError:
        _take_off(path, length)
        raise


def _take_off(path: Path, length: int | None) -> None:
    """Leave a file as long as it was before it was written to; None: it was not there. As far as the disk lets us."""
    with suppress(OSError):
        if length is None:
            path.unlink()
        else:
            os.truncate(path, length)
