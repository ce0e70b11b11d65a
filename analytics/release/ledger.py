"""The releases of one programme: which of them readers see and since when, and what was done with each.

One file decides, `current`, the pointer: it names every release that may be read and the moment from which it may. It
is replaced whole, so a kill leaves the old state or the new one, and time alone ends an embargo: nobody has to act.
`ledger.jsonl` is the append-only record. The pointer carries the act that made it; where a kill came before the ledger
had it, whoever writes next adds it. It carries too what readers had seen by then; what came since, by the clock alone,
is noted in `shown`. What they have seen stays visible when the clock is set back. Where one of the two is damaged, the
other is believed (`records`), and nothing is published or withdrawn until it is repaired (`repair`).
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from typing import Self

from filelock import FileLock

from analytics.clock import from_stamp, rome_time, utc_now, utc_stamp
from analytics.faults import writing
from analytics.folders import make_private
from analytics.model import DataKind, UserError
from analytics.release.acts import LedgerEntry, after, come_by_their_clocks
from analytics.release.file import Release
from analytics.release.pointer import ACTING, NAME, Pointer, acted, write_acting, write_pointer
from analytics.release.records import Records, append, files_in, in_number, read_records, scan
from analytics.release.shown import (
    Shown,
    VisibleFrom,
    in_order,
    in_sight,
    keep_shown,
    read_shown,
    remember,
    written_shown,
)
from analytics.release.sound import file_hash
from analytics.release.together import check_together

LOG = logging.getLogger("vetrina")


class State(StrEnum):
    """Where a release stands, or a figure: never_published is one that no reader could ever see."""

    CANDIDATE = "candidate"
    EMBARGOED = "embargoed"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    NEVER_PUBLISHED = "never_published"


class Releases:
    """The releases of one programme: files, pointer, ledger. What readers see depends on `now`."""

    def __init__(self, root: Path, programme: str, *, now: Callable[[], dt.datetime] = utc_now) -> None:
        """`root` is the folder of all programmes' releases; `now` tells the time, with its zone."""
        self.folder = root / programme
        self.programme = programme
        self._now = now
        self._is_past = False

    def at(self, moment: dt.datetime) -> Self:
        """The same as of a moment, by the ledger and the clock alone."""
        then = type(self)(self.folder.parent, self.programme, now=lambda: moment)
        then._is_past = True
        return then

    def path(self, release: str) -> Path:
        """Where a release's file lies."""
        return self.folder / f"{release}.duckdb"

    def records(self) -> Records:
        """What pointer and ledger say, and what is wrong with them."""
        return read_records(self.folder)

    def _pointer(self) -> Pointer:
        return self.records().pointer

    def _shown(self, pointer: Pointer) -> Shown:
        """What readers have seen: by the pointer, and since its act by the file and by this process."""
        return Shown() if self._is_past else read_shown(self.folder, pointer.shown, pointer.put)

    def _visible(self) -> list[str]:
        """Releases whose time has come, in the order in which it came."""
        pointer = self._pointer()
        return in_sight(pointer.since, self._shown(pointer), utc_stamp(self._now()))

    def note_shown(self) -> None:
        """Remember what readers see now: a clock set back will not hide it. Cheap where nothing is new; never fails."""
        records = self.records()
        pointer = records.pointer
        shown, noted = self._shown(pointer), written_shown(self.folder, pointer.shown, pointer.put)
        visible = in_sight(pointer.since, shown, utc_stamp(self._now()))
        if self._is_past or records.of_pointer or noted.holds(visible, pointer.since):
            return
        try:
            with FileLock(self.folder / "lock", timeout=0):
                pointer = self._pointer()
                keep_shown(self.folder, self._shown(pointer).with_order(self._visible(), pointer.since))
        except OSError as error:
            remember(self.folder, shown.with_order(visible, pointer.since), error)

    @property
    def current(self) -> str | None:
        """The release in use: the one whose time came last; None when there is none."""
        return next(reversed(self._visible()), None)

    def published(self) -> list[str]:
        """Releases that readers may see, the one in use last: those an address may still show."""
        return [release for release in self._visible() if self.path(release).exists()]

    def embargoed(self) -> dict[str, dt.datetime]:
        """Releases whose time has not come, and when it will, the next one first."""
        shelf, visible = self._pointer().since, self._visible()
        return {release: from_stamp(shelf[release]) for release in in_order(shelf) if release not in visible}

    def open(self, release: str | None = None) -> Release:
        """A release that readers may see; without a name the one in use. Raises UserError when there is none."""
        wanted = release or self.current
        if wanted is None:
            raise UserError("release.none", programme=self.programme)
        if wanted not in self.published():
            raise UserError("release.unknown", release=wanted, programme=self.programme)
        return Release(self.path(wanted), self.sha256(wanted))

    def visible(self) -> list[str]:
        """Releases that readers may see, whether or not their files are there, the one in use last."""
        return self._visible()

    def sha256(self, release: str) -> str:
        """The hash of a release's file when it was published last; "" where nobody noted it."""
        return self.records().sha256(release)

    def ledger(self) -> list[LedgerEntry]:
        """What was done, oldest first, as far as it can be read."""
        return self.records().entries

    def _acts(self) -> list[LedgerEntry]:
        """What was done until now."""
        now = utc_stamp(self._now())
        return [entry for entry in self.ledger() if not self._is_past or entry.at <= now]

    def _history(self) -> tuple[list[str], list[str]]:
        """What readers saw at any time until now, oldest first; and what was then under embargo. By the ledger, so that
        it can be told of a past moment; of the present also by what was shown, whatever the clock said at each act.
        """
        records = self.records()
        shelf: VisibleFrom = {}
        found: dict[str, None] = {}
        now, shown, acts = utc_stamp(self._now()), self._shown(records.pointer), self._acts()
        if not records.is_whole:
            return self._certain(records.pointer, shown)
        # no act came after a later one: what only a clock set forward had come by then, nobody saw for certain
        latest = list(accumulate([now, *(entry.at for entry in reversed(acts))], min))[:0:-1]
        for entry, at in zip(acts, latest, strict=True):
            found |= dict.fromkeys(name for name, since in shelf.items() if since <= at or name in shown.ever)
            shelf = after(shelf, entry)
            found |= {entry.release: None} if entry.action == "published" else {}
        found |= dict.fromkeys(in_sight(shelf, shown, now))
        if records.recovered:
            certain, _ = self._certain(records.pointer, shown)
            found = {name: None for name in (*found, *certain) if name in certain or name not in records.recovered}
        return list(found), [release for release in in_order(shelf) if release not in found]

    def _certain(self, pointer: Pointer, shown: Shown) -> tuple[list[str], list[str]]:
        """What the pointer alone knows that readers saw, and what else is on the shelf."""
        visible = in_sight(pointer.since, shown, utc_stamp(self._now()))
        found = dict.fromkeys((*pointer.shown.ever, *visible))
        return list(found), [release for release in in_order(pointer.since) if release not in found]

    def seen(self) -> list[str]:
        """Releases that readers could see at any time until now, also those withdrawn since, oldest first."""
        return self._history()[0]

    def beside(self) -> list[str]:
        """All that a release made now must be protected together with: what was seen, then what is under embargo, then
        what only the clock of an act, which may have been right, had come by; and, where the ledger was damaged or
        lost, everything that may have been seen.
        """
        seen, to_come = self._history()
        records = self.records()
        doubtful = records.recovered if records.is_whole else in_number({*files_in(self.folder), *records.named})
        return list(dict.fromkeys([*seen, *to_come, *come_by_their_clocks(self._acts()), *doubtful]))

    def state(self, release: str) -> State:
        """Where a release stands."""
        if release in self._visible():
            return State.CURRENT if release == self.current else State.SUPERSEDED
        if release in self.embargoed():
            return State.EMBARGOED
        records = self.records()
        acted = release in records.pointer.shown.ever or bool(records.acts_on(release))
        return State.WITHDRAWN if acted else State.CANDIDATE

    def known(self) -> list[str]:
        """Every release that was built, by year and number: none of these numbers is used again."""
        return in_number(scan(self.folder) | {*self.records().named})

    def next_id(self, year: int) -> str:
        """The first unused number of the year: ids are never used twice, not even by an unpublished candidate."""
        used = set(self.known())
        number = 1
        while f"{year}-{number}" in used:
            number += 1
        return f"{year}-{number}"

    def record(self, action: str, release: str) -> None:
        """Add to the ledger what readers do not see: that a release was built. It is on disk when this returns."""
        with self._alone():
            records = self.records()
            if records.ledger.is_closed:
                raise UserError("release.records_damaged", programme=self.programme)
            append(self.folder, [*records.missing, LedgerEntry(utc_stamp(self._now()), action, release)])

    def check_whole(self) -> None:
        """Raises UserError where pointer or ledger is damaged: nothing is published or withdrawn until it is repaired.
        Where both are gone, nothing is public and everything is protected: one may go on.
        """
        records = self.records()
        if not records.are_gone and (records.of_pointer or records.of_ledger):
            raise UserError("release.records_damaged", programme=self.programme)

    def publish(self, release: str, until: dt.datetime | None = None, *, mode: str | None = None) -> None:
        """Show a release to readers, at once or, under embargo, from `until` on (a moment with its zone).

        mode: how many people it took, for the ledger; whether they may, `analytics/officer/publishing.py` asks.

        Others keep their place: one under embargo still takes over when its own time comes. Refused for a time that is
        past, for what readers see already, and for what was not protected together with all that they could ever see.
        """
        if not self.path(release).exists():
            raise UserError("release.unknown", release=release, programme=self.programme)
        with self._alone():
            self.check_whole()
            self._check_protected(Release(self.path(release), self.sha256(release)))
            if until is None:
                self._act("published", release, mode=mode)
            elif utc_stamp(until) <= utc_stamp(self._now()):
                raise UserError("release.embargo_past", release=release, until=rome_time(until))
            elif release in self._visible():
                raise UserError("release.embargo_seen", release=release)
            else:
                self._act("embargoed", release, utc_stamp(until), mode)

    def _check_protected(self, release: Release) -> None:
        """Two releases must not tell together what neither tells: one of them was made with the other in view, or they
        stand on the same data. Data that are anybody's need no such care.
        """
        if release.programme.data_kind is not DataKind.PUBLIC:
            check_together(release, self.beside(), lambda name: Release(self.path(name), self.sha256(name)))

    def withdraw(self, release: str) -> str | None:
        """Take a release back, or cancel its embargo; the answer is the one in use then, the newest still published."""
        with self._alone():
            self.check_whole()
            if release not in self._pointer().since:
                raise UserError("release.unknown", release=release, programme=self.programme)
            self._act("withdrawn", release)
        return self.current

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; the others wait. The operating system holds the lock: a killed writer leaves none."""
        with writing(self.folder):
            make_private(self.folder)
            lock = FileLock(self.folder / "lock", mode=0o600)
            lock.acquire()
        try:
            with writing(self.folder / "ledger.jsonl"):
                yield
        finally:
            lock.release()

    def _act(self, action: str, release: str, until: str | None = None, mode: str | None = None) -> None:
        """Move the pointer, then note it. Call alone."""
        records = self.records()
        before = records.pointer
        append(self.folder, records.missing)
        digest = None if action == "withdrawn" else file_hash(self.path(release))
        act = LedgerEntry(utc_stamp(self._now()), action, release, until, digest, mode)
        count = len(records.ledger.acts) + len(records.missing) + 1
        with writing(self.folder / NAME):
            write_acting(self.folder, act)
            try:
                write_pointer(self.folder, acted(replace(before, shown=self._shown(before)), act, count))
            except BaseException:
                (self.folder / ACTING).unlink(missing_ok=True)
                raise
        try:  # the act holds by now: where the ledger cannot be written, whoever acts next adds it
            append(self.folder, [act])
            (self.folder / ACTING).unlink(missing_ok=True)
        except OSError as error:
            LOG.warning("%s: %s", self.folder, error)
