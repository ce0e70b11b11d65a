"""What readers get of each programme at this moment, and what is wrong with what is kept of it.

For who watches a server. Nothing of a candidate or of a release under embargo is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from analytics.release.faults import Damage
from analytics.release.ledger import Releases
from analytics.release.readable import Shelves
from analytics.release.sound import is_sound


class Serving(StrEnum):
    """What readers get of a programme: the release that is meant, an older one in its place, nothing although there
    should be something, nothing since nothing is published.
    """

    OK = "ok"
    FALLBACK = "fallback"
    NOT_SERVED = "not_served"
    NOTHING_PUBLISHED = "nothing_published"


@dataclass(frozen=True, slots=True)
class ProgrammeHealth:
    """release: that readers get; pointed: that they should get; problem: what is wrong, of which release's file."""

    programme: str
    state: Serving
    release: str | None
    pointed: str | None
    problem: Damage | None
    of_release: str | None

    @property
    def is_well(self) -> bool:
        """Whether nobody need look after it."""
        return self.problem is None and self.state in (Serving.OK, Serving.NOTHING_PUBLISHED)


def health(shelves: Shelves) -> list[ProgrammeHealth]:
    """Of every programme that has a file here, in order."""
    readable = shelves.readable()
    found = []
    for programme in shelves.programmes():
        releases, shown = shelves.releases(programme), readable.get(programme)
        pointed, (problem, of) = releases.current, next(_problems(shelves, releases), (None, None))
        release = shown.current if shown else None
        if shown is not None:
            state = Serving.FALLBACK if shown.missing else Serving.OK
        else:
            is_due = pointed is not None or releases.records().are_lost
            state = Serving.NOT_SERVED if is_due else Serving.NOTHING_PUBLISHED
        if problem is None and state in (Serving.FALLBACK, Serving.NOT_SERVED):
            problem, of = Damage.FILE_DAMAGED, pointed
        found.append(ProgrammeHealth(programme, state, release, pointed, problem, of))
    return found


def _problems(shelves: Shelves, releases: Releases) -> Iterator[tuple[Damage, str | None]]:
    """Files first, the newest before the others, then the records."""
    records = releases.records()
    if records.are_lost and not records.pointer.since:
        yield Damage.LOST, None
    for release in reversed(releases.visible()):
        path = releases.path(release)
        if not is_sound(path, shelves.hash_of(releases, release)):
            yield Damage.FILE_DAMAGED if path.exists() else Damage.FILE_MISSING, release
    yield from ((damage, None) for damage in (records.of_pointer, records.of_ledger) if damage)
