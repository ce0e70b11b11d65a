"""What an address asks for: its query read strictly, the release that it means, and in which language."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

from analytics.access.roles import Area, Role
from analytics.clock import utc_stamp
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, Text, speaking
from analytics.model import UserError
from analytics.present.sentences.phrases import data_note, reader
from analytics.publish.api.refusals import Refusal
from analytics.release import Release
from analytics.release.ledger import State
from analytics.release.readable import ReadableReleases, SeenRelease, Shelves

LONGEST_QUERY: Final = 4000  # characters; a table asked for by all codes of two dimensions needs a tenth
MOST_PARAMETERS: Final = 60


def read_query(query: str) -> dict[str, str]:
    """A query's parameters. Raises Refusal where it is too long, no text, or names one twice."""
    if len(query) > LONGEST_QUERY:
        raise Refusal("too_long", most=str(LONGEST_QUERY))
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise Refusal("malformed_query") from error
    twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if twice:
        raise Refusal("duplicate_parameter", name=twice[0])
    return dict(pairs)


def language_asked(query: Mapping[str, str]) -> str:
    """The language that a query names; the default one for none. Raises Refusal for one that is not spoken."""
    language = query.get("lang", DEFAULT_LANGUAGE)
    if language not in LANGUAGES:
        raise Refusal("unknown_language", LANGUAGES, value=language)
    return language


def check_names(query: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse a parameter that the address does not know."""
    for name in query:
        if name not in known:
            raise Refusal("unknown_parameter", known, name=name)


@dataclass(frozen=True, slots=True)
class Standing:
    """A release as it stands now. newer: the release in use, where this one is superseded; until: of an embargo, which
    who asks may read all the same.
    """

    release: Release
    state: State
    newer: str | None
    seen: SeenRelease | None
    until: dt.datetime | None = None

    @property
    def named(self) -> str:
        """ecommerce-2020.2026-1."""
        return f"{self.release.programme.id}.{self.release.release_id}"

    @property
    def published(self) -> str | None:
        """Since when readers see it, as a stamp."""
        return None if self.seen is None or self.seen.published is None else utc_stamp(self.seen.published)


@dataclass(frozen=True)
class Asked:
    """An address taken apart: the values in its path, its query, and the site that it lies on ("https://example.org").

    pages: name -> end of the address of each page; role: of who asks; area: what the address is about, None where it
    tells of what is published alone, whoever asks.
    """

    shelves: Shelves
    parts: Mapping[str, str]
    query: Mapping[str, str]
    site: str
    pages: Mapping[str, str]
    role: Role = Role.PUBLIC
    area: Area | None = None

    @property
    def language(self) -> str:
        """The language of the answer."""
        return language_asked(self.query)

    @property
    def text(self) -> Text:
        """Who speaks, of no release in particular."""
        return speaking(self.language)

    def text_of(self, release: Release) -> Text:
        """Who speaks of a release."""
        return reader(release, self.language)

    @cached_property
    def readable(self) -> Mapping[str, ReadableReleases]:
        """What everybody may read at this moment."""
        return self.shelves.readable()

    @cached_property
    def seen(self) -> Mapping[tuple[str, str], SeenRelease]:
        """What readers see or saw, by programme and release."""
        return {(one.programme, one.release): one for one in self.shelves.seen()}

    @cached_property
    def embargoed(self) -> Mapping[str, Mapping[str, dt.datetime]]:
        """Releases under embargo that who asks may read here all the same, by programme, and until when."""
        return {} if self.area is None else self.shelves.embargoed(self.role, self.area)

    def standing_before(self, programme: str, release: str) -> Standing | None:
        """A release under embargo that who asks may read here; None for any other."""
        until = self.embargoed.get(programme, {}).get(release)
        if until is None or self.area is None:
            return None
        try:
            opened = self.shelves.open_embargoed(self.role, self.area, programme, release)
        except UserError as error:  # its file is gone or damaged, or its time has just come
            raise Refusal("unknown_release", value=release, programme=programme) from error
        return Standing(opened, State.EMBARGOED, None, None, until)

    def programme(self) -> str:
        """The programme that is meant: the one named, else the first. Raises Refusal."""
        due = [programme for programme in self.shelves.programmes() if self.shelves.is_due(programme)]
        seen = (programme for programme, _ in self.seen)
        programmes = list(dict.fromkeys([*self.readable, *seen, *due, *self.embargoed]))
        named = self.query.get("programme", next(iter(programmes), None))
        if named is None or named not in programmes:
            raise Refusal("unknown_programme", programmes, value=named)
        return named

    def standing(self, release: str | None = None) -> Standing:
        """The release that is meant: the one given, else named in the query, else the one in use. Raises Refusal."""
        programme = self.programme()
        readable = self.readable.get(programme)
        wanted = self.query.get("release") if release is None else release
        published = list(readable.published) if readable else []
        if wanted is not None and (before := self.standing_before(programme, wanted)) is not None:
            return before
        seen = self.seen.get((programme, wanted or ""))
        if seen is not None and seen.state is State.WITHDRAWN:
            raise withdrawn(seen, readable.current if readable else None)
        if readable is None or (wanted is not None and wanted not in published):
            if seen is not None or (wanted is None and self.shelves.is_due(programme)):
                raise damaged(f"{programme}.{wanted}" if wanted else programme, published)
            raise Refusal("unknown_release", published, value=wanted, programme=programme)
        chosen = readable.current if wanted is None else wanted
        try:
            opened = readable.read(chosen)
        except UserError as error:  # its file is gone or damaged
            raise damaged(f"{programme}.{chosen}", [name for name in published if name != chosen]) from error
        is_current = chosen == readable.current
        state, newer = (State.CURRENT, None) if is_current else (State.SUPERSEDED, readable.current)
        return Standing(opened, state, newer, self.seen.get((programme, chosen)))


def damaged(named: str, known: Iterable[str] = ()) -> Refusal:
    """That a release, or all of a programme, cannot be read: it is published, and will be there again."""
    return Refusal("damaged", known, value=named)


def withdrawn(seen: SeenRelease, current: str | None) -> Refusal:
    """That a release was taken back, since when, and what to use instead."""
    about = {
        "programme": seen.programme,
        "release": seen.release,
        "state": State.WITHDRAWN.value,
        "withdrawn": None if seen.withdrawn is None else utc_stamp(seen.withdrawn),
        "current": current,
    }
    return Refusal("withdrawn", about=about, release=f"{seen.programme}.{seen.release}", current=current or "–")


def stamp(standing: Standing, text: Text) -> dict[str, Any]:
    """What every answer about a release says of it."""
    release = standing.release
    programme = release.programme
    return {
        "programme": programme.id,
        "title": programme.title.in_(text),
        "release": release.release_id,
        "state": standing.state.value,
        "superseded_by": standing.newer,
        "published": standing.published,
        "data_kind": programme.data_kind.value,
        "data_mark": data_note(release, text) or None,
        "fallback_for": release.instead_of,
        "source": programme.source.in_(text),
        "licence": licence(release, text),
        "language": text.language,
    }


def licence(release: Release, text: Text) -> dict[str, str]:
    """Under which terms the data may be used."""
    terms = release.programme.licence
    return {"id": terms.id, "name": terms.name.in_(text), "url": terms.url}
