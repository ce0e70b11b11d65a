"""Which releases readers have really seen, and since which moment: kept, so that a clock set back hides nothing of it.

The pointer says what they had seen by its act. The file `shown` lies beside it and says what came since, by the clock
alone; it is replaced whole. What they name is visible as long as the pointer names it from the same moment, by the same
act, whatever the clock says; what else is visible, the clock decides.
"""

import json
import logging
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from analytics.folders import to_disk

LOG = logging.getLogger("vetrina")
VisibleFrom = dict[str, str]  # release -> the moment from which readers see it, as a stamp
PutByAct = dict[str, int]  # release -> the number of the act that put it on the shelf


@dataclass(frozen=True, slots=True)
class Shown:
    """since: releases that readers see, in the order in which they came, each with its moment on the shelf; ever: all
    that they ever saw, also those withdrawn or put under another embargo since; acts: after how many acts on releases.
    """

    since: VisibleFrom = field(default_factory=dict)
    ever: tuple[str, ...] = ()
    acts: int = 0

    def with_order(self, order: list[str], shelf: VisibleFrom) -> "Shown":
        """The same once readers see these releases of the shelf, in this order."""
        since = {release: shelf[release] for release in order}
        return replace(self, since=since, ever=tuple(dict.fromkeys((*self.ever, *order))))

    def without(self, release: str) -> "Shown":
        """The same once a release is hidden, which readers saw all the same."""
        return replace(self, since={name: since for name, since in self.since.items() if name != release})

    def joined(self, other: "Shown", put: PutByAct) -> "Shown":
        """With what else was shown, in the order of the one that knows more. Of the other counts what no act has put on
        the shelf anew since; put: by which act, in their order, each release was.
        """
        kept = {name: since for name, since in other.since.items() if put.get(name, 0) <= other.acts}
        knows_more = other.acts == self.acts and len(kept) > len(self.since)
        since = kept | self.since if knows_more else self.since | kept
        return Shown(since, tuple(dict.fromkeys((*self.ever, *other.ever))), self.acts)

    def holds(self, order: list[str], shelf: VisibleFrom) -> bool:
        """Whether it has all of these releases as they stand on the shelf."""
        return all(self.since.get(release) == shelf[release] for release in order)

    def on(self, shelf: VisibleFrom) -> list[str]:
        """Its releases that still stand on the shelf as they did, in order."""
        return [release for release, since in self.since.items() if shelf.get(release) == since]


_remembered: dict[Path, Shown] = {}  # what no file could be written of, as long as the process lives


def in_order(shelf: VisibleFrom) -> list[str]:
    """Releases by the moment from which readers see them; of two in one second, as they were put there."""
    return sorted(shelf, key=lambda release: shelf[release])


def in_sight(shelf: VisibleFrom, shown: Shown, now: str) -> list[str]:
    """What readers see, the release in use last: as they saw it come, and in its place what has come by the clock."""
    order = shown.on(shelf)
    for release in in_order(shelf):
        if release not in order and shelf[release] <= now:
            behind = [place for place, other in enumerate(order, 1) if shelf[other] <= shelf[release]]
            order.insert(max(behind, default=0), release)
    return order


def read_shown(folder: Path, pointed: Shown, put: PutByAct) -> Shown:
    """What was shown of the releases in a folder: by its pointer, by its file and by this process."""
    return written_shown(folder, pointed, put).joined(_remembered.get(folder, Shown()), put)


def written_shown(folder: Path, pointed: Shown, put: PutByAct) -> Shown:
    """The same by pointer and file alone. A file that cannot be read is no reason to show nothing."""
    try:
        return pointed.joined(_shown_in(json.loads((folder / "shown").read_text(encoding="utf-8"))), put)
    except FileNotFoundError:
        return pointed
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        LOG.debug("%s: %s", folder / "shown", error)
        return pointed


def noted_acts(folder: Path) -> int:
    """After how many acts the file was written; 0 where it does not say."""
    try:
        return _shown_in(json.loads((folder / "shown").read_text(encoding="utf-8"))).acts
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return 0


def _shown_in(written: dict[str, Any]) -> Shown:
    """What the file says. Raises KeyError, TypeError or ValueError for what no version of ours has written."""
    since, ever, acts = written["since"], written["ever"], written.get("acts", 0)
    if not (isinstance(since, dict) and isinstance(ever, list) and type(acts) is int):
        raise TypeError("since, ever or acts")
    if not all(isinstance(word, str) for word in (*since.values(), *ever)):
        raise TypeError("releases and moments are texts")
    return Shown(since, tuple(ever), acts)


def keep_shown(folder: Path, shown: Shown) -> None:
    """Replace the file. Call it alone; raises OSError where nothing can be written."""
    partial = folder / "shown.partial"
    partial.write_text(json.dumps(asdict(shown)) + "\n", encoding="utf-8")
    to_disk(partial)
    partial.replace(folder / "shown")
    to_disk(folder)
    _remembered.pop(folder, None)


def remember(folder: Path, shown: Shown, error: OSError) -> None:
    """Keep it in memory, where the file cannot be written: now, since somebody else writes, or ever."""
    if _remembered.get(folder) != shown:
        LOG.log(logging.DEBUG if isinstance(error, TimeoutError) else logging.WARNING, "%s: %s", folder, error)
        _remembered[folder] = shown
