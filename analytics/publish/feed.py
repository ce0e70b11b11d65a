"""The Atom feed (RFC 4287) of all programmes: what was published and what was withdrawn, newest first.

An entry is a release that readers see or saw. One that was withdrawn stays, under its old id and with the moment of the
withdrawal, and says so: who took figures from it is told by the same reader that told them of it, and an entry that
just went missing would tell nobody. A correction is a release of its own, whose entry names the one that it replaces.
What is under embargo, or was never published, is not here.

Ids do not depend on the site's address, which may change: they are made of the programme, the release, the moment when
it was built, and the language.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from analytics.clock import utc_stamp
from analytics.language.text import Text
from analytics.model import UserError
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.phrases import data_note, fallback_note, reader
from analytics.publish.catalogue import published_at, publisher_of
from analytics.publish.formats.values import NOT_IN_XML
from analytics.release import Release
from analytics.release.ledger import State
from analytics.release.measures import ALL
from analytics.release.readable import ReadableReleases, SeenRelease, Shelves

PATH: Final = "/feed.atom"
MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
NAMESPACE: Final = "http://www.w3.org/2005/Atom"
MOST_ENTRIES: Final = 50
NOTHING_YET: Final = "1970-01-01T00:00:00Z"  # a feed must have a moment, also one without entries


@dataclass(frozen=True, slots=True)
class _Entry:
    """A release, or one that was. replaced_by: the one in use, of a superseded or withdrawn one; replaces: the one that
    was published before it.
    """

    release: Release
    state: State
    published: dt.datetime
    withdrawn: dt.datetime | None
    replaces: str | None
    replaced_by: str | None

    @property
    def updated(self) -> dt.datetime:
        """When readers last saw something happen to it."""
        return self.withdrawn or self.published

    def id(self, language: str) -> str:
        """A name for ever."""
        manifest = self.release.manifest
        named = f"vetrina:{self.release.programme.id}:{manifest.release}:{manifest.built_at}:{language}"
        return uuid.uuid5(uuid.NAMESPACE_URL, named).urn


def feed(shelves: Shelves, site: str, text: Text) -> bytes:
    """The feed in one language. site: its address, "https://example.org/vetrina". Equal state, equal bytes."""
    entries = _entries(shelves)
    address = site.rstrip("/")
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": text.language})
    here = f"{address}{PATH}?{urlencode({'lang': text.language})}"
    _say(root, "id", here)
    _say(root, "title", text("feed.title"))
    _say(root, "subtitle", text("feed.about"))
    _say(root, "updated", utc_stamp(entries[0].updated) if entries else NOTHING_YET)
    _say(SubElement(root, "author"), "name", "Vetrina")
    _link(root, "self", here, "application/atom+xml")
    _link(root, "alternate", _page(address, {"lang": text.language}), "text/html")
    for entry in entries:
        root.append(_written(entry, address, text))
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _entries(shelves: Shelves) -> list[_Entry]:
    readable = shelves.readable()
    found = [_entry(one, readable.get(one.programme), shelves) for one in shelves.seen()]
    told = [entry for entry in found if entry]
    return sorted(told, key=lambda entry: entry.updated, reverse=True)[:MOST_ENTRIES]


def _entry(seen: SeenRelease, readable: ReadableReleases | None, shelves: Shelves) -> _Entry | None:
    """None for a release whose file is gone or damaged: pages do without it, too."""
    try:
        release = shelves.open_seen(seen.programme, seen.release)
    except UserError:
        return None
    published = published_at(release, seen)
    current = readable.current if readable else None
    if seen.state is State.WITHDRAWN or readable is None:
        return _Entry(release, State.WITHDRAWN, published, seen.withdrawn, None, current)
    is_current = seen.release == current
    release = release.in_place_of(readable.missing) if is_current else release
    earlier = readable.before(seen.release)
    state = State.CURRENT if is_current else State.SUPERSEDED
    return _Entry(
        release, state, published, None, earlier.release_id if earlier else None, None if is_current else current
    )


def _written(entry: _Entry, site: str, text: Text) -> Element:
    release, speaker = entry.release, reader(entry.release, text.language)
    programme = release.programme
    written = Element("entry")
    _say(written, "id", entry.id(text.language))
    _say(written, "title", _title(entry, speaker))
    _say(written, "published", utc_stamp(entry.published))
    _say(written, "updated", utc_stamp(entry.updated))
    _say(SubElement(written, "author"), "name", publisher_of(programme, text.language)[0])
    asked = {"programme": programme.id, "release": release.release_id, "lang": text.language}
    if entry.state is State.WITHDRAWN:
        del asked["release"]  # nothing is there any more; the programme's page shows what is in use
    _link(written, "alternate", _page(site, asked), "text/html")
    _link(written, "license", programme.licence.url)
    for term in (entry.state.value, programme.data_kind.value):
        SubElement(written, "category", {"term": term})
    _say(written, "summary", _summary(entry, speaker))
    licence = programme.licence
    _say(written, "rights", text("feed.rights", licence=licence.name.in_(text), url=licence.url))
    return written


def _title(entry: _Entry, text: Text) -> str:
    """SIMULATED DATA: E-Commerce Call 2020, release 2026-1; "withdrawn" where it was."""
    key = "feed.withdrawn" if entry.state is State.WITHDRAWN else "feed.release"
    said = text(key, title=entry.release.programme.short_title.in_(text), release=entry.release.release_id)
    return f"{text('mark.simulated')}: {said}" if entry.release.simulated else said


def _summary(entry: _Entry, text: Text) -> str:
    """The main sentence, as it is copied; of a withdrawn release none, but what to use in its place."""
    release = entry.release
    if entry.state is State.WITHDRAWN:
        note = data_note(release, text)
        said = [f"{note}." if note else "", text("feed.do_not_use")]
        return " ".join([*filter(None, said), *_in_use(entry, text)])
    headline = headline_of(release, release.headline(), ClaimKind.EFFECT, ALL, ALL, text)
    day = text.date(dt.date.fromisoformat(release.manifest.data_to))
    said = [headline.copied(headline.sentence.short), text("feed.data_to", day=day)]
    if release.instead_of:
        said.append(f"{fallback_note(release, text)}.")
    if entry.replaces:
        said.append(text("feed.replaces", release=entry.replaces))
    return " ".join([*said, *_in_use(entry, text)])


def _in_use(entry: _Entry, text: Text) -> list[str]:
    return [text("feed.in_use", release=entry.replaced_by)] if entry.replaced_by else []


def _page(site: str, asked: Mapping[str, str]) -> str:
    return f"{site}/?{urlencode(asked)}"


def _say(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = NOT_IN_XML.sub("", words)


def _link(parent: Element, rel: str, address: str, kind: str = "") -> None:
    SubElement(parent, "link", {"rel": rel, **({"type": kind} if kind else {}), "href": NOT_IN_XML.sub("", address)})
