"""The Atom feed tells what was published and withdrawn, to independent readers, and nothing before its time."""

import datetime as dt
import re
from xml.etree import ElementTree

import feedparser
import pytest

from analytics.clock import utc_stamp
from analytics.language.text import LANGUAGES, Text
from analytics.model import DataKind
from analytics.programme.parts import Words
from analytics.publish.feed import MEDIA_TYPE, MOST_ENTRIES, NAMESPACE, NOTHING_YET, feed
from analytics.release.readable import Shelves
from pages import PAGES
from tests.publish.conftest import MORNING, SITE, Desk
from tests.publish.shelf import application
from tests.serve.browsing import ask

ATOM = f"{{{NAMESPACE}}}"
# RFC 4287, 4.1.1 and 4.1.2: what a feed and an entry must have once, and may have at most once.
MUST = {"feed": {"id", "title", "updated"}, "entry": {"id", "title", "updated"}}
ONCE = {"generator", "icon", "id", "logo", "rights", "subtitle", "title", "updated", "published", "summary", "content"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read(shelves: Shelves, language: str = "en") -> feedparser.FeedParserDict:
    """As a feed reader has it."""
    found = feedparser.parse(feed(shelves, SITE, Text(language)))
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def links(entry: feedparser.FeedParserDict) -> dict[str, str]:
    """Relation -> address."""
    return {link.rel: link.href for link in entry.links}


def sound(body: bytes) -> None:
    """What the standard demands of a feed and its entries."""
    root = ElementTree.fromstring(body)
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        names = [child.tag.removeprefix(ATOM) for child in element]
        kind = element.tag.removeprefix(ATOM)
        assert MUST[kind] <= set(names)
        assert all(names.count(name) == 1 for name in ONCE & set(names))
        assert "author" in names or kind == "entry"
        assert [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert all(link.get("href", "").startswith("https://") for link in element.findall(f"{ATOM}link"))
        for moment in (f"{ATOM}updated", f"{ATOM}published"):
            assert all(MOMENT.fullmatch(found.text or "") for found in element.findall(moment))
        assert re.match(r"(urn|https):", element.findtext(f"{ATOM}id") or "")
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")].count("self") == 1
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_finds_what_was_published(both: Shelves, language: str) -> None:
    """Title, main sentence with its figure id, moment, page, licence, author, language; equal state, equal bytes."""
    text, found = Text(language), read(both, language)
    assert found.feed.language == language
    assert links(found.feed) == {
        "self": f"{SITE}/feed.atom?lang={language}",
        "alternate": f"{SITE}/?lang={language}",
    }
    titles = {entry.title for entry in found.entries}
    assert len(titles) == len(found.entries) == 2
    for entry in found.entries:
        programme = re.search(r"programme=([\w-]+)", entry.link)[1]
        release = both.open(programme)
        assert entry.link == f"{SITE}/?programme={programme}&release={release.release_id}&lang={language}"
        assert f"[{release.headline().figure_id}]" in entry.summary
        assert links(entry)["license"] == release.programme.licence.url
        assert "CC BY 4.0" in entry.rights
        assert entry.updated == entry.published
        assert entry.author not in ("", release.programme.authority.in_(text))
    assert feed(both, SITE, text) == feed(both, SITE, text)
    sound(feed(both, SITE, text))


def test_invented_data_say_so_in_title_and_summary(desk: Desk) -> None:
    """Of a release that is published and of one that was taken back."""
    invented = {"data_kind": DataKind.SIMULATED}
    desk.made("2026-4", lambda one: one.model_copy(update=invented))
    desk.publish("2026-4")
    for _ in range(2):
        (entry,) = read(desk.shelves).entries
        assert entry.title.startswith("SIMULATED DATA: ")
        assert entry.summary.startswith("SIMULATED DATA: ")
        assert {tag.term for tag in entry.tags} >= {"simulated"}
        if "withdrawn" not in entry.title:
            desk.withdraw("2026-4")


def test_a_correction_is_a_new_entry_that_names_what_it_replaces(desk: Desk) -> None:
    """The old one stays as it was told, and says what is in use."""
    desk.publish("2026-1")
    (alone,) = read(desk.shelves).entries
    desk.publish("2026-2")
    new, old = read(desk.shelves).entries
    assert (new.published, new.updated) == (utc_stamp(desk.now),) * 2
    assert "It replaces release 2026-1." in new.summary
    assert (old.id, old.updated) == (alone.id, alone.updated)
    assert "Release 2026-2 is in use." in old.summary
    assert [{tag.term for tag in entry.tags} for entry in (new, old)] == [
        {"current", "public"},
        {"superseded", "public"},
    ]
    assert read(desk.shelves).feed.updated == new.updated


def test_a_withdrawal_is_told_under_the_same_id(desk: Desk) -> None:
    """With its moment, without its sentence, with a link that leads to what is in use; and when it is shown again, as
    something new.
    """
    desk.publish("2026-1")
    desk.publish("2026-2")
    before = read(desk.shelves).entries[0]
    desk.withdraw("2026-2")
    entry = read(desk.shelves).entries[0]
    assert entry.id == before.id
    assert (entry.published, entry.updated) == (before.published, utc_stamp(desk.now))
    assert entry.title == "Michigan 1988, release 2026-2: withdrawn"
    assert "must no longer be used" in entry.summary
    assert "Release 2026-1 is in use." in entry.summary
    assert "[michigan" not in entry.summary
    assert entry.link == f"{SITE}/?programme=michigan-1988&lang=en"
    sound(feed(desk.shelves, SITE, Text()))
    desk.publish("2026-2")
    again = read(desk.shelves).entries[0]
    assert (again.id, again.title, again.updated) == (before.id, before.title, utc_stamp(desk.now))


def test_the_withdrawal_of_all_there_was_is_told(desk: Desk) -> None:
    """Though pages have nothing to show any more."""
    desk.publish("2026-1")
    desk.withdraw("2026-1")
    (entry,) = read(desk.shelves).entries
    assert entry.title == "Michigan 1988, release 2026-1: withdrawn"
    assert "in use" not in entry.summary


def test_nothing_is_told_before_its_time(desk: Desk) -> None:
    """Neither a candidate nor an embargo, nor an embargo that was cancelled before anybody saw the release; an embargo
    that ended counts from its end.
    """
    evening = MORNING + dt.timedelta(hours=9)
    desk.publish("2026-1")
    told = feed(desk.shelves, SITE, Text())
    desk.publish("2026-2", evening)
    desk.publish("2026-3", evening)
    assert feed(desk.shelves, SITE, Text()) == told
    desk.withdraw("2026-3")
    assert feed(desk.shelves, SITE, Text()) == told
    desk.now = evening + dt.timedelta(minutes=5)
    found = read(desk.shelves).entries
    assert [entry.title[-6:] for entry in found] == ["2026-2", "2026-1"]
    assert found[0].published == utc_stamp(evening)


def test_an_empty_feed_is_a_feed(desk: Desk) -> None:
    """Whoever subscribes before the first release is told of it."""
    sound(feed(desk.shelves, SITE, Text()))
    found = read(desk.shelves)
    assert (found.entries, found.feed.updated) == ([], NOTHING_YET)


def test_a_damaged_file_is_passed_over(desk: Desk) -> None:
    desk.publish("2026-1")
    desk.publish("2026-2")
    damaged = desk.releases.path("2026-2")
    damaged.unlink()
    damaged.write_bytes(b"no release")
    (entry,) = read(desk.shelves).entries
    assert entry.title.endswith("2026-1")


def test_words_are_never_markup(desk: Desk) -> None:
    """What a programme file says stands as text, without what XML cannot hold."""
    wild = Words(dict.fromkeys(LANGUAGES, "<script>alert(1)</script> & \x07]]>"))
    desk.made("2026-4", lambda one: one.model_copy(update={"short_title": wild}))
    desk.publish("2026-4")
    (entry,) = ElementTree.fromstring(feed(desk.shelves, SITE, Text("en"))).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "<script>alert(1)</script> & ]]>, release 2026-4"


def test_the_feed_stays_short(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest entries stay."""
    assert MOST_ENTRIES >= 20
    monkeypatch.setattr("analytics.publish.feed.MOST_ENTRIES", 2)
    for name in ("2026-1", "2026-2", "2026-3"):
        desk.publish(name)
    assert [entry.title[-6:] for entry in read(desk.shelves).entries] == ["2026-3", "2026-2"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_is_named_by_every_page_and_answers(desk: Desk, language: str) -> None:
    """In the page's language; a reader that has the newest is told so."""
    desk.publish("2026-1")
    app = application(desk.releases.folder.parent, lambda: desk.now)
    for end in PAGES.values():
        page = ask(app, f"/{end}?lang={language}")
        assert f'<link rel="alternate" type="application/atom+xml" title="{Text(language)("feed.title")}"' in page.words
        assert f'href="./feed.atom?lang={language}"' in page.words
    answer = ask(app, f"/feed.atom?lang={language}")
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    assert answer.body == feed(desk.shelves, "http://example.org", Text(language))
    assert ask(app, f"/feed.atom?lang={language}", if_none_match=answer.headers["etag"]).status == 304
    desk.publish("2026-2")
    assert ask(app, f"/feed.atom?lang={language}", if_none_match=answer.headers["etag"]).status == 200
    assert ask(app, "/feed.atom").body == feed(desk.shelves, "http://example.org", Text())
    assert ask(app, "/feed.atom?lang=xx").status == 400
