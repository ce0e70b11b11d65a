"""Where a printed figure stands: in the release that its id names, and for its readers."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analytics.clock import utc_now
from analytics.release.figure import Figure
from analytics.release.figure_id import FigureId, parse_figure_ids
from analytics.release.file import Release
from analytics.release.ledger import Releases, State
from analytics.release.lists import FigureList


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a printed figure stands. figure_id: in full; figure: None for a picture, which is not one number; listed:
    of a picture of a list, what it is, with its figures in `release.listed`; current: the release in use; release: the
    one that holds the figure; None when readers may not see it, or never could; until: of an embargo.
    """

    state: State
    figure_id: str
    figure: Figure | None
    current: str | None
    release: Release | None = None
    until: dt.datetime | None = None
    listed: FigureList | None = None


def verify(figure_id: str, root: Path, *, now: Callable[[], dt.datetime] = utc_now) -> Standing:
    """Look a figure up in the release that its id names. Raises UserError when the id cannot be one.

    A short id, which does not name its programme, is looked for in all whose check character fits. The file of a
    release under embargo is not even opened: not its values, nor which figures it holds.
    """
    programmes = sorted(folder.name for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else []
    found = [_standing(one, root, now) for one in parse_figure_ids(figure_id, programmes)]
    return next((one for one in found if one.state is not State.NEVER_PUBLISHED), found[0])


def _standing(parsed: FigureId, root: Path, now: Callable[[], dt.datetime]) -> Standing:
    releases, written = Releases(root, parsed.programme, now=now), str(parsed)
    state, current = releases.state(parsed.release), releases.current
    if state is State.EMBARGOED:
        return Standing(state, written, None, current, until=releases.embargoed().get(parsed.release))
    release = None
    if parsed.release in releases.seen():
        release = Release(releases.path(parsed.release), releases.sha256(parsed.release))
    if release is None or not release.holds(written):
        return Standing(State.NEVER_PUBLISHED, written, None, current)
    return Standing(state, written, release.by_id(written), current, release, listed=release.list_of(written))
