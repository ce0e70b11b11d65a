"""Acts on releases, as lines of a ledger; what each makes of the shelf that readers see."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Final

from analytics.release.shown import VisibleFrom

ACTS: Final = ("published", "embargoed", "withdrawn")  # that change what readers see
BUILT, RECOVERED = "built", "recovered"
RELEASE: Final = re.compile(r"[0-9]{4}-[0-9]{1,9}")
STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_BEGINS: Final = '{"at": "'  # every line


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger: a release was built, published, embargoed until a moment, or withdrawn; or recovered,
    when the ledger was lost: what readers saw of it is not known, so it counts as seen. Times: UTC; sha256: of its file
    when it was published; mode: whether one person or two published it, None of other acts and of earlier versions.
    """

    at: str
    action: str
    release: str
    until: str | None = None
    sha256: str | None = None
    mode: str | None = None

    def line(self) -> dict[str, str]:
        """As it is written."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def is_act(self) -> bool:
        """Whether it changed what readers see."""
        return self.action in ACTS


def entry_from(values: object) -> LedgerEntry:
    """The entry of what a line holds; what only a later version writes is passed over. Raises ValueError."""
    if not isinstance(values, dict):
        raise ValueError("no entry")
    known = {one.name: values[one.name] for one in fields(LedgerEntry) if values.get(one.name) is not None}
    if not {"at", "action", "release"} <= known.keys() or not all(isinstance(value, str) for value in known.values()):
        raise ValueError("not the values of an entry")
    entry = LedgerEntry(**known)
    is_known = entry.action in (*ACTS, BUILT, RECOVERED) and RELEASE.fullmatch(entry.release)
    if not (is_known and all(STAMP.fullmatch(moment) for moment in (entry.at, entry.until) if moment is not None)):
        raise ValueError("no action, release or moment")
    return entry


def entry_of(line: str) -> LedgerEntry | None:
    """A line of the ledger; None for one that a kill left half written, or that was damaged."""
    try:
        return entry_from(json.loads(line))
    except (ValueError, RecursionError):
        return None


def is_half(line: str) -> bool:
    """Whether a line that is no entry may be what a kill left of one: the pointer says whether it happened."""
    return (line.startswith(_BEGINS) or _BEGINS.startswith(line)) and not line.endswith("}")


def after(shelf: VisibleFrom, act: LedgerEntry) -> VisibleFrom:
    """The shelf after an act. A release has one place on it: what was said of it before no longer counts."""
    left = {release: since for release, since in shelf.items() if release != act.release}
    match act.action:
        case "published":
            return left | {act.release: act.at}
        case "embargoed":
            return left | {act.release: act.until or act.at}
        case "withdrawn" | "recovered":
            return left
    return shelf


def shelf_of(entries: Iterable[LedgerEntry]) -> VisibleFrom:
    """The shelf after all of these, oldest first."""
    shelf: VisibleFrom = {}
    for entry in entries:
        shelf = after(shelf, entry)
    return shelf


def last_act(entries: list[LedgerEntry]) -> LedgerEntry | None:
    """The last that changed what readers see."""
    return next((entry for entry in reversed(entries) if entry.is_act), None)


def mode_of_publication(entries: list[LedgerEntry], release: str) -> str | None:
    """How many people it took to publish a release, by the last act that showed it; None where that does not say."""
    shown = ("published", "embargoed")
    return next((one.mode for one in reversed(entries) if one.release == release and one.action in shown), None)


def come_by_their_clocks(acts: list[LedgerEntry]) -> list[str]:
    """Releases whose moment had come by the clock of an act while they were on the shelf, whatever other acts' said."""
    shelf: VisibleFrom = {}
    found: dict[str, None] = {}
    for act in acts:
        before, shelf = shelf, after(shelf, act)
        found |= dict.fromkeys(name for name, since in (*before.items(), *shelf.items()) if since <= act.at)
    return list(found)
