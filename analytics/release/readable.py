"""What everybody may read: the published releases of all programmes, the one in use, what became of the others.

The one place that decides it for pages, addresses and files: a candidate is not here, and a release whose time has not
come only for the roles that may read it before.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.access.roles import Area, Role, may_read_embargoed
from analytics.clock import from_stamp, utc_now
from analytics.model import UserError
from analytics.release.file import Release
from analytics.release.ledger import Releases, State

OpenFile = Callable[[Path, str], Release]
READERS_SAW = (State.CURRENT, State.SUPERSEDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ReadableReleases:
    """What can be read of one programme: published releases, newest first, and the one in use.

    missing: the pointer names this release, but its file is gone or damaged, so an older one is in use, and says so.
    """

    releases: Releases
    published: tuple[str, ...]
    current: str
    missing: str | None
    open_file: OpenFile

    def read(self, release: str) -> Release:
        """One of the published releases. Raises UserError where its file is not, or no longer, as it was published."""
        opened = self.open_file(self.releases.path(release), self.releases.sha256(release))
        return opened.in_place_of(self.missing) if self.missing and release == self.current else opened

    def before(self, release: str) -> Release | None:
        """The newest one published before a release that can still be read."""
        if release not in self.published:
            return None
        for earlier in self.published[self.published.index(release) + 1 :]:
            try:
                return self.read(earlier)
            except UserError:
                continue
        return None


@dataclass(frozen=True, slots=True)
class SeenRelease:
    """A release that readers see or saw. published: since when, by the last act that showed it; withdrawn: when it was
    taken back; None where the ledger does not say.
    """

    programme: str
    release: str
    state: State
    published: dt.datetime | None
    withdrawn: dt.datetime | None


class Shelves:
    """The releases of all programmes, as readers see them at the moment of each call."""

    def __init__(
        self,
        root: Path,
        programmes: Callable[[], Iterable[str]],
        open_file: OpenFile = Release,
        *,
        now: Callable[[], dt.datetime] = utc_now,
        holds: Callable[[Path, str], bool] = lambda *_: False,
        noted: Callable[[Path], str] = lambda _: "",
    ) -> None:
        """root: the folder of all programmes' releases; programmes: their ids, in order; open_file: reads a release's
        file of that hash, perhaps once for many readers: it never changes; holds: whether it has it in memory, so that
        it need not be there any more; noted: the hash of a release's file when it was read, where none was published.
        """
        self.root, self.programmes, self.open_file, self.now = root, programmes, open_file, now
        self._holds, self._noted = holds, noted

    def _of(self, programme: str) -> Releases:
        releases = Releases(self.root, programme, now=self.now)
        releases.note_shown()
        return releases

    def file(self, programme: str, release: str) -> tuple[Path, str]:
        """Where a release's file lies, whether or not readers see it, and its hash as it was published."""
        releases = Releases(self.root, programme)
        return releases.path(release), releases.sha256(release)

    def releases(self, programme: str) -> Releases:
        """The releases of a programme, for who tells how they are kept."""
        return self._of(programme)

    def hash_of(self, releases: Releases, release: str) -> str:
        """What a release's file should hash to: as it was published, or else as it was read here; "": nobody knows."""
        return releases.sha256(release) or self._noted(releases.path(release))

    def is_due(self, programme: str) -> bool:
        """Whether readers should see something of a programme, or nobody knows any more whether they should."""
        releases = self._of(programme)
        return bool(releases.visible()) or releases.records().are_lost

    def readable(self) -> dict[str, ReadableReleases]:
        """Programmes with something published that can be read, in order."""
        found = {programme: self._readable(self._of(programme)) for programme in self.programmes()}
        return {programme: readable for programme, readable in found.items() if readable}

    def _readable(self, releases: Releases) -> ReadableReleases | None:
        pointed = releases.current
        published = [name for name in reversed(releases.visible()) if self._is_there(releases, name)]
        for candidate in dict.fromkeys((pointed, *published)):
            if candidate in published:
                try:
                    self.open_file(releases.path(candidate), releases.sha256(candidate))
                except UserError:
                    continue
                missing = None if candidate == pointed else pointed
                return ReadableReleases(releases, tuple(published), candidate, missing, self.open_file)
        return None

    def _is_there(self, releases: Releases, release: str) -> bool:
        path = releases.path(release)
        return path.exists() or self._holds(path, releases.sha256(release))

    def open(self, programme: str | None = None, release: str | None = None) -> Release:
        """A published release: by default the first programme's one in use. Raises UserError."""
        available = self.readable()
        wanted = programme or next(iter(available), "")
        if wanted not in available:
            raise UserError("release.not_here")
        readable = available[wanted]
        if (release or readable.current) not in readable.published:
            raise UserError("release.not_here")
        return readable.read(release or readable.current)

    def embargoed(self, role: Role, area: Area) -> dict[str, dict[str, dt.datetime]]:
        """Releases whose time has not come that a role may read in an area all the same: by programme, the next one
        first, each until when. Nobody else may learn what is in them.
        """
        if not may_read_embargoed(role, area):
            return {}
        found: dict[str, dict[str, dt.datetime]] = {}
        for programme in self.programmes():
            releases = self._of(programme)
            for release, until in releases.embargoed().items():
                if self._is_there(releases, release):
                    found.setdefault(programme, {})[release] = until
        return found

    def open_embargoed(self, role: Role, area: Area, programme: str, release: str) -> Release:
        """One of them, which says wherever it goes that it is under embargo. Raises UserError."""
        until = self.embargoed(role, area).get(programme, {}).get(release)
        if until is None:
            raise UserError("release.not_here")
        releases = self._of(programme)
        return self.open_file(releases.path(release), releases.sha256(release)).under_embargo(until)

    def open_seen(self, programme: str, release: str) -> Release:
        """A release that readers see or saw. Raises UserError."""
        if not any((one.programme, one.release) == (programme, release) for one in self.seen()):
            raise UserError("release.not_here")
        releases = self._of(programme)
        return self.open_file(releases.path(release), releases.sha256(release))

    def seen(self) -> Iterator[SeenRelease]:
        """Every release that readers see or saw, also those withdrawn since: newest first within each programme."""
        for programme in self.programmes():
            releases = self._of(programme)
            for release in reversed(releases.seen()):
                state = releases.state(release)
                if state in READERS_SAW:
                    shown, withdrawn = _moments(releases, release)
                    yield SeenRelease(programme, release, state, shown, withdrawn)


def _moments(releases: Releases, release: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Since when readers see a release, and when it was withdrawn, by the last acts of the ledger."""
    shown = withdrawn = None
    for entry in releases.ledger():
        if entry.release != release:
            continue
        if entry.action in ("published", "embargoed"):
            shown, withdrawn = from_stamp(entry.until or entry.at), None
        elif entry.action == "withdrawn":
            withdrawn = from_stamp(entry.at)
    return shown, withdrawn
