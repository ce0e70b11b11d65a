"""Which releases there are, or were: as a list, a catalogue for portals, a feed."""

from collections.abc import Hashable
from typing import Any, Final

from analytics.clock import utc_stamp
from analytics.model import UserError
from analytics.publish import catalogue, feed
from analytics.publish.addresses import address, package_address, table_address
from analytics.publish.api.answers import Answer, Making, json_answer
from analytics.publish.api.asked import Asked, Standing, stamp
from analytics.publish.api.refusals import Refusal
from analytics.release.ledger import State

CATALOGUES: Final = {ending: media for ending, (_, media) in catalogue.FORMS.items()}


def prepare_catalogue(asked: Asked) -> Making:
    """The record that portals of open data harvest, in all languages. Where nothing is published there is none: who
    harvests an empty one takes down all that there was.
    """
    ending = asked.parts["ending"]
    if ending not in CATALOGUES:
        raise Refusal("unknown_format", CATALOGUES, value=ending)
    if not asked.readable:
        raise Refusal("unknown_release", value=None, programme=asked.programme())
    return Making(
        lambda: Answer(catalogue.catalogue(asked.shelves, asked.site, ending), CATALOGUES[ending]),
        ("catalogue", ending, *_state(asked)),
    )


def prepare_feed(asked: Asked) -> Making:
    """What was published and withdrawn, as an Atom feed."""
    return Making(
        lambda: Answer(feed.feed(asked.shelves, asked.site, asked.text), feed.MEDIA_TYPE),
        ("feed", asked.language, *_state(asked)),
    )


def _state(asked: Asked) -> tuple[Hashable, ...]:
    """All that an answer about every release depends on."""
    in_use = tuple((programme, readable.current, readable.missing) for programme, readable in asked.readable.items())
    return asked.site, in_use, *asked.seen.values()


def prepare_releases(asked: Asked) -> Making:
    """Every release of every programme that readers see or saw."""
    return Making(lambda: json_answer({"language": asked.language, "releases": list(map(dict, _listed(asked)))}))


def _listed(asked: Asked) -> list[dict[str, Any]]:
    named = asked.query.get("programme")
    if named is not None:
        asked.programme()  # refuses one that is not here
    listed = []
    for seen in asked.seen.values():
        readable = asked.readable.get(seen.programme)
        if named not in (None, seen.programme):
            continue
        if seen.state is State.WITHDRAWN:
            listed.append(_taken_back(asked, seen.programme, seen.release))
        elif readable is not None and seen.release in readable.published:
            is_current = seen.release == readable.current
            try:
                release = readable.read(seen.release)
            except UserError:  # its file is damaged; /api/health says so
                continue
            standing = Standing(
                release,
                State.CURRENT if is_current else State.SUPERSEDED,
                None if is_current else readable.current,
                seen,
            )
            listed.append(_in_words(asked, standing))
    return listed


def _taken_back(asked: Asked, programme: str, release: str) -> dict[str, Any]:
    """Of a release that nobody may read any more only that it was there."""
    seen, readable = asked.seen[programme, release], asked.readable.get(programme)
    return {
        "programme": programme,
        "release": release,
        "state": State.WITHDRAWN.value,
        "superseded_by": readable.current if readable else None,
        "published": None if seen.published is None else utc_stamp(seen.published),
        "withdrawn": None if seen.withdrawn is None else utc_stamp(seen.withdrawn),
    }


def _in_words(asked: Asked, standing: Standing) -> dict[str, Any]:
    release, text = standing.release, asked.text_of(standing.release)
    programme, name, site = release.programme.id, release.release_id, asked.site
    given = {"programme": programme, "release": name, "lang": asked.language}
    said = stamp(standing, text)
    del said["language"]
    return {
        **said,
        "withdrawn": None,
        "authority": release.programme.authority.in_(text),
        "data_to": release.manifest.data_to,
        "built_at": release.manifest.built_at,
        "method": release.manifest.method,
        "addresses": {
            "tables": address("tables.json", given, site),
            "cohorts": table_address("cohorts", "csv", {}, release, asked.language, site),
            "package": package_address(release, asked.language, site=site),
            "headlines": address("headlines.json", given, site),
            "codebook": address("codebook.json", given, site),
            "page": f"{site}/?programme={programme}&release={name}&lang={asked.language}",
        },
    }
