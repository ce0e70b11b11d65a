"""Where a printed figure stands: in the release that its id names, and for its readers."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analytics.clock import utc_now
from analytics.release.figure import Figure
from analytics.release.figure_id import parse_figure_id
from analytics.release.file import Release
from analytics.release.ledger import Releases, State


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a printed figure stands. figure: None for a line, which is not one number; current: the release in use;
    release: the one that holds the figure; None when readers may not see it, or never could; until: of an embargo.
    """

    state: State
    figure: Figure | None
    current: str | None
    release: Release | None = None
    until: dt.datetime | None = None


def verify(figure_id: str, root: Path, *, now: Callable[[], dt.datetime] = utc_now) -> Standing:
    """Look a figure up in the release that its id names. Raises UserError when the id cannot be one.

    The file of a release under embargo is not even opened: not its values, nor which figures it holds.
    """
    parsed = parse_figure_id(figure_id)
    releases = Releases(root, parsed.programme, now=now)
    state, current = releases.state(parsed.release), releases.current
    if state is State.EMBARGOED:
        return Standing(state, None, current, until=releases.embargoed().get(parsed.release))
    release = Release(releases.path(parsed.release)) if parsed.release in releases.seen() else None
    if release is None or not release.holds(str(parsed)):
        return Standing(State.NEVER_PUBLISHED, None, current)
    return Standing(state, release.by_id(str(parsed)), current, release)
