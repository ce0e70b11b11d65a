"""One figure by the id that is printed beside it, or the picture of that id."""

from typing import Any

from analytics.access.roles import Area, may_read_embargoed
from analytics.language.text import Text
from analytics.model import UserError
from analytics.present.sentences.headlines import approved_sentences
from analytics.present.sentences.phrases import described, described_list
from analytics.present.tables.whole import WHOLE, figures_told
from analytics.publish.addresses import figure_address
from analytics.publish.api.answers import Making, json_answer, records
from analytics.publish.api.asked import Asked, Standing, damaged, stamp, withdrawn
from analytics.publish.api.refusals import Refusal
from analytics.release import Release
from analytics.release.figure_id import FigureId, parse_figure_ids, short
from analytics.release.format import PICTURES
from analytics.release.ledger import State
from analytics.release.lists import lists_of
from analytics.release.readable import SeenRelease

SAID_NOW = (
    "figure_id",
    "value",
    "low",
    "high",
    "shared_low",
    "shared_high",
    "status",
    "conf_status",
    "reason",
    "grade",
)


def prepare_figure(asked: Asked) -> Making:
    """What is said of a figure. Raises Refusal for one that no reader could ever see, or that was withdrawn."""
    parsed, standing = find_figure(asked)
    return Making(lambda: json_answer(_in_words(asked, str(parsed), parsed.cell, standing), standing))


def find_figure(asked: Asked) -> tuple[FigureId, Standing]:
    """The figure whose id the address names, and its release. Raises Refusal for one that no reader could ever see, or
    that was withdrawn.
    """
    written = asked.parts["id"]
    programmes = list(dict.fromkeys([*(programme for programme, _ in asked.seen), *asked.embargoed]))
    try:
        candidates = parse_figure_ids(written, programmes)
    except UserError as error:
        raise Refusal("malformed_figure", value=written) from error
    unread = None
    for parsed in candidates:
        before = asked.standing_before(parsed.programme, parsed.release)
        if before is not None and before.release.holds(str(parsed)):
            return parsed, before
        seen = asked.seen.get((parsed.programme, parsed.release))
        held = None if seen is None else _holds(asked, parsed)
        if seen is None or not held:
            unread = unread or (_unread(asked, seen) if seen is not None and held is None else None)
            continue
        readable = asked.readable.get(parsed.programme)
        if seen.state is State.WITHDRAWN:
            raise withdrawn(seen, readable.current if readable else None)
        if readable is not None and parsed.release in readable.published:
            is_current = parsed.release == readable.current
            state, newer = (State.CURRENT, None) if is_current else (State.SUPERSEDED, readable.current)
            return parsed, Standing(readable.read(parsed.release), state, newer, seen)
    raise unread or Refusal("unknown_figure", value=written)


def _unread(asked: Asked, seen: SeenRelease) -> Refusal:
    """Of a release whose file is gone or damaged, whichever figures it held."""
    readable = asked.readable.get(seen.programme)
    if seen.state is State.WITHDRAWN:
        return withdrawn(seen, readable.current if readable else None)
    return damaged(f"{seen.programme}.{seen.release}")


def _holds(asked: Asked, parsed: FigureId) -> bool | None:
    """Whether a release holds the figure; None where its file is gone or damaged."""
    try:
        return asked.shelves.open_seen(parsed.programme, parsed.release).holds(str(parsed))
    except UserError:
        return None


def _in_words(asked: Asked, figure_id: str, cell: str, standing: Standing) -> dict[str, Any]:
    release, text = standing.release, asked.text_of(standing.release)
    said = {
        **stamp(standing, text),
        "figure_id": figure_id,
        "short_id": short(figure_id),
        "address": figure_address(figure_id, asked.language, asked.site),
    }
    told = _told(release, figure_id, text)
    if standing.until is not None and not may_read_embargoed(asked.role, Area.PRESS):
        told["sentence"] = None  # before its time a sentence is for the press office
    return said | told | {"now": _now(asked, cell, standing)}


def _told(release: Release, figure_id: str, text: Text) -> dict[str, Any]:
    """The figure, or the rows of the picture, and what they are in words."""
    figure, listed = release.by_id(figure_id), release.list_of(figure_id)
    told: dict[str, Any] = {"figure": None, "sentence": None, "lists": [], "rows": []}
    if figure is not None:
        ids = [str(FigureId(release.programme.id, release.release_id, of.cell)) for of in lists_of(figure.key)]
        told["figure"] = records(figures_told(release, text, [figure_id]))[0]
        words = described(release, figure, text)
        return told | {"kind": "figure", "words": words, "sentence": _sentence(release, figure_id, text), "lists": ids}
    if listed is not None:
        rows = figures_told(release, text, release.ids_behind(figure_id))
        return told | {"kind": "list", "words": described_list(release, listed, text), "rows": records(rows)}
    picture = release.picture_of(figure_id) or PICTURES[0]
    table = WHOLE[picture].table(picture, release, text)
    rows = table.where(table.data["figure_id"] == figure_id)
    return told | {"kind": picture, "words": described(release, None, text), "rows": records(rows)}


def _sentence(release: Release, figure_id: str, text: Text) -> dict[str, Any] | None:
    """The approved sentence of a figure, where there is one."""
    said = (headline for headline in approved_sentences(release, text) if headline.figure.figure_id == figure_id)
    headline = next(said, None)
    return None if headline is None else {"long": headline.sentence.long, "short": headline.sentence.short}


def _now(asked: Asked, cell: str, standing: Standing) -> dict[str, Any] | None:
    """What the release in use says in place of a superseded figure; without an id where it no longer has it."""
    if standing.newer is None:
        return None
    programme = standing.release.programme.id
    release = asked.readable[programme].read(standing.newer)
    figure_id = str(FigureId(programme, standing.newer, cell))
    said: dict[str, Any] = {"release": standing.newer, "address": None} | dict.fromkeys(SAID_NOW)
    if not release.holds(figure_id):
        return said
    said |= {"figure_id": figure_id, "address": figure_address(figure_id, asked.language, asked.site)}
    if release.by_id(figure_id) is not None:
        row = records(figures_told(release, asked.text, [figure_id]))[0]
        said |= {name: row[name] for name in SAID_NOW}
    return said
