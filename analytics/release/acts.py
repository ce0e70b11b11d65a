"""Acts on releases, as lines of a ledger; what each makes of the shelf that readers see."""

import json
from dataclasses import asdict, dataclass

from analytics.release.shown import VisibleFrom


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger: a release was built, published, embargoed until a moment, or withdrawn. Times: UTC. mode:
    whether one person or two published it, None of other acts and of earlier versions.
    """

    at: str
    action: str
    release: str
    until: str | None = None
    mode: str | None = None

    def line(self) -> dict[str, str]:
        """As it is written."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def entry_of(line: str) -> LedgerEntry | None:
    """A line of the ledger; None for one that a kill left half written: the pointer says whether it happened."""
    try:
        return LedgerEntry(**json.loads(line))
    except (json.JSONDecodeError, TypeError):
        return None


def after(shelf: VisibleFrom, act: LedgerEntry) -> VisibleFrom:
    """The shelf after an act. A release has one place on it: what was said of it before no longer counts."""
    left = {release: since for release, since in shelf.items() if release != act.release}
    match act.action:
        case "published":
            return left | {act.release: act.at}
        case "embargoed":
            return left | {act.release: act.until or act.at}
        case "withdrawn":
            return left
    return shelf


def last_act(entries: list[LedgerEntry]) -> LedgerEntry | None:
    """The last that changed what readers see."""
    return next((entry for entry in reversed(entries) if entry.action != "built"), None)


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
