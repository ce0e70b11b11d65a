"""The pointer, the file `current`: which releases may be read and from when, what readers had seen by its act.

It is replaced whole, so a kill leaves the old state or the new one: nothing else need be written for an act to hold.
"""

import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from analytics.folders import to_disk
from analytics.release.acts import LedgerEntry, after
from analytics.release.shown import PutByAct, Shown, VisibleFrom, in_order, in_sight

LOG = logging.getLogger("vetrina")


@dataclass(frozen=True, slots=True)
class Pointer:
    """since: the moment from which readers see each release; put: the number of the act that put it there; act: the
    last one, None in a pointer of an earlier version; shown: what readers had seen by then, after how many acts.
    """

    since: VisibleFrom = field(default_factory=dict)
    put: PutByAct = field(default_factory=dict)
    act: LedgerEntry | None = None
    shown: Shown = field(default_factory=Shown)


def read_pointer(folder: Path) -> Pointer:
    """The pointer of the releases in a folder. One of one line is an earlier version's: one release, no act."""
    try:
        first, *rest = (folder / "current").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return Pointer()
    if not rest:
        return Pointer({first: ""} if first else {})
    state = json.loads(rest[0])
    since: VisibleFrom = state["since"]
    order = {release: since[release] for release in state.get("shown", ())}
    shown = Shown(order, tuple(state.get("ever", ())), state.get("acts", 0))
    return Pointer(since, state.get("put", {}), LedgerEntry(**state["act"]), shown)


def acted(before: Pointer, act: LedgerEntry) -> Pointer:
    """The pointer after an act, by whose clock readers have seen what had come until then, also what it takes back."""
    shelf, number = after(before.since, act), before.shown.acts + 1
    put = {release: number if release == act.release else before.put.get(release, 0) for release in shelf}
    came = in_sight(before.since, before.shown, act.at)
    others = before.shown.with_order(came, before.since).without(act.release)
    order = [release for release in in_sight(shelf, others, act.at) if release != act.release]
    if act.action == "published":
        order.append(act.release)
    return Pointer(shelf, put, act, replace(others.with_order(order, shelf), acts=number))


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace the pointer: its first line is for people, the second decides. Raises ValueError where none acted."""
    if pointer.act is None:
        raise ValueError("a pointer is written by an act")
    partial, order = folder / "current.partial", list(pointer.shown.since)
    state = {
        "since": pointer.since,
        "act": pointer.act.line(),
        "put": pointer.put,
        "shown": order,
        "ever": pointer.shown.ever,
        "acts": pointer.shown.acts,
    }
    try:
        partial.write_text(f"{_in_words(pointer.since, order)}\n{json.dumps(state)}\n", encoding="utf-8")
        to_disk(partial)
        partial.replace(folder / "current")
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    try:  # it is in its place, and holds
        to_disk(folder)
    except OSError as error:
        LOG.warning("%s: %s", folder, error)


def _in_words(since: VisibleFrom, visible: list[str]) -> str:
    """For people: 2026-1, then 2026-2 from 2026-12-01T08:00:00Z."""
    later = [release for release in in_order(since) if release not in visible]
    return ", then ".join([*visible[-1:], *(f"{release} from {since[release]}" for release in later)])
