"""A folder of releases in every state, and the site over it, without a network."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.file_util import get_static_dir

from analytics.folders import PROJECT
from analytics.model import ConfStatus, Grade, ObsStatus, Reason
from analytics.release import Release, Releases
from analytics.release.figure_id import FigureId
from analytics.release.readable import Shelves
from analytics.release.writing import write_release
from analytics.serve.site import site
from pages import PAGES
from tests.helpers.instead import NUMBERS
from tests.helpers.rewritten import tables_of
from tests.serve.browsing import HOSTS, Answer, ask

PROGRAMME, OTHER = "ecommerce-2020", "michigan-1988"
TO_COME, CANDIDATE, WITHDRAWN = "2026-7", "2026-8", "2026-3"
NOON = dt.datetime(2030, 1, 1, 12, tzinfo=dt.UTC)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    time: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        """This moment."""
        return self.time


def shelved(releases: Path, clock: Clock) -> None:
    """Beside 2026-1: 2026-2, which is in use, with a value revised, a figure withheld and one gone; 2026-3, which was
    withdrawn; 2026-7, under embargo until an hour later; 2026-8, which nobody published.
    """
    shelf = Releases(releases, PROGRAMME, now=clock)
    first = shelf.open("2026-1")
    for day, name in enumerate((WITHDRAWN, "2026-2"), start=1):
        clock.time = NOON - dt.timedelta(days=3 - day)
        write(shelf, first, name, revised(first) if name == "2026-2" else first.figures)
        shelf.publish(name)
    shelf.withdraw(WITHDRAWN)
    clock.time = NOON
    for name in (TO_COME, CANDIDATE):
        write(shelf, first, name, first.figures.assign(value=first.figures["value"] + 1.0))
    shelf.publish(TO_COME, NOON + dt.timedelta(hours=1))


def revised(release: Release) -> pd.DataFrame:
    """Its figures with the headline's value another, the first sector's effect withheld, and a count gone."""
    figures, headline = release.figures.copy(), release.headline()
    figures.loc[figures["figure_id"] == headline.figure_id, "value"] = 0.123456789012345
    sector = next(
        effect
        for code in release.codes("sector")
        if (effect := release.main_effect({"sector": code})) is not None and effect.published
    )
    row = figures["figure_id"] == sector.figure_id
    for name in NUMBERS:
        figures.loc[row, name] = None
    hidden = {
        "conf_status": ConfStatus.CONFIDENTIAL,
        "obs_status": ObsStatus.MISSING,
        "reason": Reason.CONFIDENTIAL,
        "grade": Grade.WITHHELD,
    }
    for name, code in hidden.items():
        figures.loc[row, name] = code.value
    figures.loc[row, "verdict"] = None
    gone = figures.index[figures["measure"] == "firms"][-1]
    return figures.drop(index=gone).reset_index(drop=True)


def write(shelf: Releases, source: Release, name: str, figures: pd.DataFrame) -> None:
    """A release of that number with these figures and the source's other tables, in no reader's sight."""
    from dataclasses import replace

    tables = tables_of(source) | {"figures": figures}
    tables = {table: renamed(frame, source.programme.id, source.release_id, name) for table, frame in tables.items()}
    write_release(shelf.path(name), replace(source.manifest, release=name), tables)
    shelf.record("built", name)


def renamed(frame: pd.DataFrame, programme: str, before: str, name: str) -> pd.DataFrame:
    """The table with that release in its ids."""
    if "figure_id" not in frame:
        return frame
    cells = {written: written.split(".")[-1].split("-")[0] for written in frame["figure_id"].unique()}
    return frame.assign(
        figure_id=frame["figure_id"].map({w: str(FigureId(programme, name, c)) for w, c in cells.items()})
    )


def application(releases: Path, clock: Clock, base: str = "") -> Starlette:
    """The site over an application that answers everything with one word, as Streamlit does with its page."""
    shelves = Shelves(releases, lambda: (PROGRAMME, OTHER), cache(Release), now=clock)
    served = site(Path(get_static_dir()), PROJECT / "static", PAGES, shelves, base, hosts=HOSTS)
    streamlit = Route("/{path:path}", lambda request: PlainTextResponse("streamlit"))
    return Starlette(routes=[*served.routes, streamlit], middleware=served.middleware)


def values(answer: Answer) -> Any:
    """What an answer in JSON holds."""
    return json.loads(answer.body)


def refused(app: Starlette, address: str) -> tuple[int, str]:
    """Status and code of an address that is not answered."""
    answer = ask(app, address)
    assert answer.headers["content-type"] == "application/json", address
    return answer.status, values(answer)["error"]["code"]
