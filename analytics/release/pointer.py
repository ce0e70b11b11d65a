"""The pointer, the file `current`: which releases may be read and from when, what readers had seen by its act.

It is replaced whole, so a kill leaves the old state or the new one: nothing else need be written for an act to hold.
It names its programme and carries a hash of its own words, so that a damaged or foreign one is never believed.
"""

import hashlib
import json
import logging
from collections.abc import Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from analytics.folders import to_disk
from analytics.release.acts import RELEASE, STAMP, LedgerEntry, after, entry_from
from analytics.release.faults import Damage
from analytics.release.shown import PutByAct, Shown, VisibleFrom, in_order, in_sight

LOG = logging.getLogger("vetrina")
NAME: Final = "current"
ACTING: Final = "acting"  # the act that is being done: it may have happened, or not


class PointerFault(Exception):  # noqa: N818 - as in Fault
    """A pointer that cannot be believed."""

    def __init__(self, damage: Damage) -> None:
        """damage: what is wrong with it."""
        super().__init__(damage)
        self.damage = damage


@dataclass(frozen=True, slots=True)
class Pointer:
    """since: the moment from which readers see each release; put: the number of the act that put it there; act: the
    last one, None in a pointer of an earlier version; shown: what readers had seen by then, after how many acts; files:
    the SHA-256 of each release's file, where it is known; count: how many acts the ledger has with this one, 0 in a
    pointer of an earlier version, which has no hash of its own words either.
    """

    since: VisibleFrom = field(default_factory=dict)
    put: PutByAct = field(default_factory=dict)
    act: LedgerEntry | None = None
    shown: Shown = field(default_factory=Shown)
    files: dict[str, str] = field(default_factory=dict)
    count: int = 0

    @property
    def named(self) -> list[str]:
        """Every release that it knows of."""
        act = [self.act.release] if self.act else []
        return list(dict.fromkeys([*self.since, *self.put, *self.shown.ever, *self.shown.since, *act]))

    def only(self, names: Set[str]) -> "Pointer":
        """The same with these releases alone on the shelf."""
        kept = {name: since for name, since in self.shown.since.items() if name in names}
        return Pointer(
            {name: since for name, since in self.since.items() if name in names},
            {name: number for name, number in self.put.items() if name in names},
            self.act,
            replace(self.shown, since=kept),
            {name: digest for name, digest in self.files.items() if name in names},
            self.count,
        )


def read_pointer(folder: Path) -> Pointer:
    """The pointer of the releases in a folder. One of one line is an earlier version's: one release, no act.

    Raises FileNotFoundError where there is none, PointerFault where it cannot be believed.
    """
    try:
        written = (folder / NAME).read_bytes().decode()
        if not written.endswith("\n"):
            raise ValueError("cut off")
        first, *rest = written.split("\n")[:-1]
        if len(rest) > 1:
            raise ValueError("more than was written")
        return _with_state(folder.name, first, rest[0]) if rest else _of_one_line(first)
    except FileNotFoundError:
        raise
    except (OSError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise PointerFault(Damage.POINTER_DAMAGED) from error


def _of_one_line(release: str) -> Pointer:
    if release and not RELEASE.fullmatch(release):
        raise ValueError("no release")
    return Pointer({release: ""} if release else {})


def _with_state(programme: str, first: str, line: str) -> Pointer:
    state = json.loads(line)
    check = state.pop("check", None)
    if check is not None and check != _hash(first, state):
        raise ValueError("its words are not those that were written")
    if state.get("programme", programme) != programme:
        raise PointerFault(Damage.POINTER_FOREIGN)
    since = _moments(state["since"])
    order = {release: since[release] for release in state.get("shown", ())}
    shown = Shown(order, tuple(map(_release, state.get("ever", ()))), _whole(state.get("acts", 0)))
    put = {_release(release): _whole(number) for release, number in state.get("put", {}).items()}
    files = {_release(release): str(digest) for release, digest in state.get("files", {}).items()}
    count = _whole(state.get("count", 0)) if check is not None else 0
    return Pointer(since, put, entry_from(state["act"]), shown, files, count)


def _moments(since: dict[str, str]) -> VisibleFrom:
    if not all(moment == "" or STAMP.fullmatch(moment) for moment in since.values()):
        raise ValueError("no moment")
    return {_release(release): moment for release, moment in since.items()}


def _release(name: str) -> str:
    if not RELEASE.fullmatch(name):
        raise ValueError("no release")
    return name


def _whole(number: int) -> int:
    if type(number) is not int or number < 0:
        raise TypeError("no number of acts")
    return number


def _hash(first: str, state: dict[str, Any]) -> str:
    return hashlib.sha256(f"{first}\n{json.dumps(state)}".encode()).hexdigest()


def acted(before: Pointer, act: LedgerEntry, count: int) -> Pointer:
    """The pointer after an act, by whose clock readers have seen what had come until then, also what it takes back.

    count: of the acts in the ledger, with this one.
    """
    shelf, number = after(before.since, act), before.shown.acts + 1
    put = {release: number if release == act.release else before.put.get(release, 0) for release in shelf}
    files = before.files | ({act.release: act.sha256} if act.sha256 else {})
    came = in_sight(before.since, before.shown, act.at)
    others = before.shown.with_order(came, before.since).without(act.release)
    order = [release for release in in_sight(shelf, others, act.at) if release != act.release]
    if act.action == "published":
        order.append(act.release)
    shown = replace(others.with_order(order, shelf), acts=number)
    return Pointer(shelf, put, act, shown, {name: files[name] for name in shelf if name in files}, count)


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace the pointer: its first line is for people, the second decides. Raises ValueError where none acted."""
    if pointer.act is None:
        raise ValueError("a pointer is written by an act")
    order = list(pointer.shown.since)
    state = {
        "since": pointer.since,
        "act": pointer.act.line(),
        "put": pointer.put,
        "shown": order,
        "ever": pointer.shown.ever,
        "acts": pointer.shown.acts,
        "programme": folder.name,
        "files": pointer.files,
        "count": pointer.count,
    }
    first = _in_words(pointer.since, order)
    _replace(folder / NAME, f"{first}\n{json.dumps(state | {'check': _hash(first, state)})}\n")


def _replace(path: Path, words: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(words, encoding="utf-8")
        to_disk(partial)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    try:  # it is in its place, and holds
        to_disk(path.parent)
    except OSError as error:
        LOG.warning("%s: %s", path.parent, error)


def write_acting(folder: Path, act: LedgerEntry) -> None:
    """Note the act that is being done, until pointer and ledger both have it."""
    _replace(folder / ACTING, json.dumps(act.line()) + "\n")


def read_acting(folder: Path) -> LedgerEntry | None:
    """The act that was being done when the writer was killed; None where none was. Raises PointerFault."""
    try:
        return entry_from(json.loads((folder / ACTING).read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise PointerFault(Damage.POINTER_DAMAGED) from error


def _in_words(since: VisibleFrom, visible: list[str]) -> str:
    """For people: 2026-1, then 2026-2 from 2026-12-01T08:00:00Z."""
    later = [release for release in in_order(since) if release not in visible]
    return ", then ".join([*visible[-1:], *(f"{release} from {since[release]}" for release in later)])
