"""Which releases readers have really seen, and since which moment: kept, so that a clock set back hides nothing of it.

The file `shown` lies beside the pointer and is replaced whole. What it names is visible as long as the pointer names
the same release from the same moment, whatever the clock says; what else is visible, the clock decides.
"""

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

from analytics.folders import to_disk

LOG = logging.getLogger("vetrina")
VisibleFrom = dict[str, str]  # release -> the moment from which readers see it, as a stamp


@dataclass(frozen=True, slots=True)
class Shown:
    """since: releases that readers see, in the order in which they came, each with its moment on the shelf; ever: all
    that they ever saw, also those withdrawn or put under another embargo since.
    """

    since: VisibleFrom = field(default_factory=dict)
    ever: tuple[str, ...] = ()

    def with_order(self, order: list[str], shelf: VisibleFrom) -> "Shown":
        """The same once readers see these releases of the shelf, in this order."""
        return Shown({release: shelf[release] for release in order}, tuple(dict.fromkeys((*self.ever, *order))))

    def without(self, release: str) -> "Shown":
        """The same once a release is hidden, which readers saw all the same."""
        return Shown({name: since for name, since in self.since.items() if name != release}, self.ever)

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


def read_shown(folder: Path) -> Shown:
    """What was shown of the releases in a folder, by its file and by this process."""
    kept, extra = written_shown(folder), _remembered.get(folder)
    if extra is None:
        return kept
    return Shown(kept.since | extra.since, tuple(dict.fromkeys((*kept.ever, *extra.ever))))


def written_shown(folder: Path) -> Shown:
    """The same by the file alone. One that cannot be read is no reason to show nothing."""
    try:
        written = json.loads((folder / "shown").read_text(encoding="utf-8"))
        return Shown(dict(written["since"]), tuple(written["ever"]))
    except FileNotFoundError:
        return Shown()
    except (OSError, ValueError, KeyError, TypeError) as error:
        LOG.debug("%s: %s", folder / "shown", error)
        return Shown()


def keep_shown(folder: Path, shown: Shown) -> None:
    """Replace the file. Call it alone; raises OSError where nothing can be written."""
    partial = folder / "shown.partial"
    partial.write_text(json.dumps({"since": shown.since, "ever": shown.ever}) + "\n", encoding="utf-8")
    to_disk(partial)
    partial.replace(folder / "shown")
    to_disk(folder)
    _remembered.pop(folder, None)


def remember(folder: Path, shown: Shown, error: OSError) -> None:
    """Keep it in memory, where the file cannot be written: now, since somebody else writes, or ever."""
    if _remembered.get(folder) != shown:
        LOG.log(logging.DEBUG if isinstance(error, TimeoutError) else logging.WARNING, "%s: %s", folder, error)
        _remembered[folder] = shown


def forget_others(folder: Path, shelf: VisibleFrom) -> None:
    """Drop from memory what does not stand on the shelf as it did: put back there, it is another showing."""
    extra = _remembered.get(folder)
    if extra is not None and len(extra.on(shelf)) < len(extra.since):
        _remembered[folder] = extra.with_order(extra.on(shelf), shelf)
