"""What somebody pasted -> the figures and releases that it names, each with the words before it. It may be anything."""

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from analytics.present.quoted.tokens import cleaned, dashed, tokens
from analytics.release.figure_id import short

FEWEST: Final = 4  # words that a sentence has at least
_ANY_CASE: Final = re.IGNORECASE | re.ASCII
_NAME: Final = r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)?"
_ENDINGS: Final = r"(?:html|xlsx|json|parquet|atom)\b"  # of files, where an id has its cell
_FIGURE: Final = re.compile(
    rf"(?<![a-z0-9.]){_NAME}[0-9]{{4}}-[0-9]{{1,6}}\.(?!{_ENDINGS})[0-9a-z]{{4,14}}(?:-[0-9a-z]{{1,4}})?(?![0-9a-z])",
    _ANY_CASE,
)
_IN_LINK: Final = re.compile(r"://|/api/|/embed/|[?&](?:check|release|programme)=", _ANY_CASE)
_OF_PATH: Final = re.compile(r"/api/(?:package|report)/([0-9]{4}-[0-9]{1,6})\.", _ANY_CASE)
_OF_QUERY: Final = re.compile(r"[?&](release|programme)=([a-z0-9-]+)", _ANY_CASE)
_RELEASE: Final = re.compile(rf"(?<![a-z0-9.-])({_NAME})([0-9]{{4}}-[0-9]{{1,6}})(?![0-9a-z-])", _ANY_CASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A part of the text. figure: an id as it is written, "" for none; release, programme: of a link, or of a release
    alone, "" where none is named; words: what stands before; after: what stands behind, and before the next.
    """

    figure: str = ""
    release: str = ""
    programme: str = ""
    words: str = ""
    after: str = ""


def read_pasted(written: str) -> tuple[Named, ...]:
    """The parts of a text; () for one without a word."""
    same = cleaned(written)
    whole = dashed("".join(same.split()))
    if len(whole) < 100 and _FIGURE.fullmatch(whole):
        return (Named(figure=whole),)
    found: list[Named] = []
    start = 0
    for figure, begin, end in _figures(same):
        words = _without_links(same[start:begin])
        last = found[-1] if found else None
        if last is not None and _same(last.figure, figure):  # the link behind an id
            found[-1] = replace(last, after=f"{last.after} {words}".strip())
        else:
            found.append(Named(figure, words=words))
        start = end
    rest = _without_links(same[start:])
    if found:
        last = found[-1]
        return (*found[:-1], replace(last, after=f"{last.after} {rest}".strip()))
    return _without_figures(same, rest)


def _same(one: str, other: str) -> bool:
    """Whether two ids are one, also where one of them is printed short."""
    return short(one).casefold() == short(other).casefold()


def _links(same: str) -> list[re.Match[str]]:
    return [word for word in re.finditer(r"\S+", dashed(same)) if _IN_LINK.search(word[0])]


def _figures(same: str) -> list[tuple[str, int, int]]:
    """Every id, also within a link, and where it, or its link, begins and ends."""
    links = _links(same)
    found = []
    for link in links:
        in_link = _FIGURE.search(re.sub("[/=]", " ", unquote(link[0])))
        found += [(in_link[0], link.start(), link.end())] if in_link else []
    for figure in _FIGURE.finditer(dashed(same)):
        if not any(link.start() <= figure.start() < link.end() for link in links):
            found.append((figure[0], figure.start(), figure.end()))
    return sorted(found, key=lambda one: one[1])


def _without_links(same: str) -> str:
    return " ".join(word for word in same.split() if not _IN_LINK.search(word)).strip(" .[]()")


def _without_figures(same: str, rest: str) -> tuple[Named, ...]:
    """A text without an id: the release that its link names, or that stands alone; else its words."""
    for link in (unquote(found[0]) for found in _links(same)):
        named = dict(_OF_QUERY.findall(link.lower()))
        path = _OF_PATH.search(link)
        if release := path[1] if path else named.get("release", ""):
            return (Named(release=release, programme=named.get("programme", ""), words=rest),)
    words = tokens(rest)
    if len(words) <= FEWEST + 1 and (alone := _RELEASE.search(dashed(rest))):
        return (Named(release=alone[2], programme=alone[1].rstrip(".").lower()),)
    return (Named(words=rest),) if words else ()
