"""Every sentence for the press: the programme's, groups of which something can be said, the rest by name, what changed.
No page of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.present.sentences.claims import ClaimKind, span_words
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.phrases import dimension_key, dimension_words, reader, why
from analytics.present.sentences.together import verb_said
from analytics.present.verbs import tells
from analytics.release import Release
from analytics.release.figure_id import parse_figure_id
from analytics.release.measures import ALL, groups_counted
from pages.parts.press_card import (
    Speaking,
    because,
    card,
    comment_of,
    facts,
    folded,
    image_links,
    images,
    said,
    why_verb,
    words_of,
)

MOST_PAIRS = 1  # that are shown unfolded


@dataclass(frozen=True, slots=True)
class Pair:
    """One sentence in the language that is said, and in the reader's."""

    headline: Headline
    own: Headline


def pairs(release: Release, how: Speaking) -> list[Pair]:
    """Every approved sentence of a release."""
    of_said, of_reader = (approved_sentences(release, reader(release, code)) for code in (how.said, how.text.language))
    return [Pair(headline, own) for headline, own in zip(of_said, of_reader, strict=True)]


@lru_cache(maxsize=32)
def first(release: Release, how: Speaking, day: str) -> Markup:
    """The programme's sentence and all that belongs to it. day: since when readers see the release."""
    pair = pairs(release, how)[0]
    headline, own = pair.headline, pair.own
    parts = [
        said(headline, own, how, main=True),
        element("p", how.text("press.whole"), class_="lesser"),
        facts(own, release, how.text, day),
        because(own, release, how.text),
        comment_of(headline, own, release, how, is_open=True),
        images(headline, own, how),
        why_verb(own, release, how.text),
    ]
    return element("section", *parts, class_="press-first")


@lru_cache(maxsize=32)
def rest(release: Release, how: Speaking) -> Markup:
    """Everything else that may be said; then of what nothing may, and why."""
    found = pairs(release, how)
    groups = [of_groups(release, found, name, how) for name in release.programme.sector_dimensions[::-1]]
    cards = [markup for told, _ in groups for markup in told]
    told = joined([element("h2", how.text("press.told")), _side_by_side(cards)]) if cards else ""
    others = [lines for _, lines in groups]
    return element("div", told, of_programme(release, found, how), *others, class_="press-rest")


def _side_by_side(cards: Iterable[Markup]) -> Markup:
    return element("div", *cards, class_="press-cards")


def of_programme(release: Release, all_pairs: Iterable[Pair], how: Speaking) -> Markup:
    """The other sentences about the whole programme: those that say something, then the others, a line each; of pairs
    of groups those beyond the first behind their number.
    """
    text = how.text
    whole = [pair for pair in all_pairs if pair.own.dimension == ALL][1:]
    shown = [pair for pair in whole if _says_something(pair.own)]
    apart = [pair for pair in shown if pair.own.kind is ClaimKind.PAIR]
    first = [_card(release, pair, how) for pair in shown if pair not in apart[MOST_PAIRS:]]
    parts = [element("h2", text("press.others")), _side_by_side(first)]
    if more := apart[MOST_PAIRS:]:
        title = text("press.pairs", n=text.number(len(apart)))
        parts.append(folded(title, _side_by_side(_card(release, pair, how) for pair in more)))
    lines = [_line(release, [pair], how) for pair in whole if pair not in shown]
    return joined([*parts, element("div", *lines, class_="press-lines")])


def _says_something(headline: Headline) -> bool:
    figure = headline.figure
    return figure.published if headline.kind is ClaimKind.CHANGE else tells(figure)


def _card(release: Release, pair: Pair, how: Speaking) -> Markup:
    dimension = pair.own.dimension
    if dimension == ALL:
        title = _title(release, pair.own, how.text)
    else:
        title = f"{dimension_words(release, dimension, how.text)} · {pair.own.label}"
    return card(pair.headline, pair.own, release, how, title=title)


def _title(release: Release, headline: Headline, text: Text) -> str:
    """What a sentence about the whole programme says; of a number of groups also of which groups."""
    title = text(f"press.title_of.{headline.kind}")
    counted = groups_counted(headline.figure.measure)
    return f"{title} · {dimension_words(release, counted, text)}" if counted else title


def of_groups(
    release: Release, all_pairs: Iterable[Pair], dimension: str, how: Speaking
) -> tuple[list[Markup], Markup]:
    """Of a dimension: cards of the groups of which something can be said; the others, a line each."""
    by_code: dict[str, list[Pair]] = {}
    for pair in all_pairs:
        if pair.own.dimension == dimension:
            by_code.setdefault(pair.own.code, []).append(pair)
    told = [found for found in by_code.values() if tells(found[0].own.figure)]
    others = [found for found in by_code.values() if found not in told]
    lines = [_line(release, found, how) for found in others]
    key, words = dimension_key(release, dimension), dimension_words(release, dimension, how.text)
    title = element("h2", how.text(f"press.untold.{key}", dimension=words))
    rest = joined([title, element("div", *lines, class_="press-lines")]) if others else Markup()
    return [_card(release, found[0], how) for found in told], rest


def _line(release: Release, found: list[Pair], how: Speaking) -> Markup:
    """A group in a line: that nothing can be told, with the range, or why nothing is published; then its sentences."""
    text, first = how.text, found[0].own
    name = first.label if first.dimension != ALL else _title(release, first, text)
    if not first.figure.published:
        summary = [element("b", name), " ", why(first.figure, release, text)]
    else:
        span = span_words(release, first.figure, first.kind, first.dimension, text)
        opening = text(f"opening.{verb_said(first.figure)}") if first.figure.grade else ""
        words = text("press.cannot_tell", opening=opening, span=span) if span else opening
        summary = [element("b", name), " ", words]
    sentences = [
        joined(
            [
                element("h3", text(f"press.title_of.{pair.own.kind}")),
                said(pair.headline, pair.own, how),
                image_links(pair.headline, pair.own, how),
            ]
        )
        for pair in found
        if pair.own.figure.published
    ]
    return element("details", element("summary", *summary), *sentences) if sentences else element("p", *summary)


def updates(old: Release, new: Release, how: Speaking) -> Markup:
    """What each sentence said in the release before, and says now, where it changed."""
    text = how.text
    before = {_cell(one): one for one in approved_sentences(old, reader(old, text.language))}
    now = approved_sentences(new, reader(new, text.language))
    changed = [one for one in now if _cell(one) not in before or before[_cell(one)].sentence != one.sentence]
    title = text("press.updates", release=old.release_id)
    if not changed:
        return folded(title, element("p", text("press.updates_none", n=text.number(len(now)))))
    rows = [_update(before.get(_cell(one)), one, text) for one in changed]
    same = element("p", text("press.updates_same", n=text.number(len(now) - len(changed))), class_="lesser")
    return folded(title, *rows, same)


def _update(before: Headline | None, now: Headline, text: Text) -> Markup:
    was = words_of(before, "short") if before else text("press.updates_new")
    cells = (("before", was), ("now", words_of(now, "short")))
    lines = [element("p", element("b", text(f"press.updates_{name}")), " ", words) for name, words in cells]
    return element("section", element("h3", now.label), *lines, class_="update")


def _cell(headline: Headline) -> str:
    return parse_figure_id(headline.figure.figure_id).cell
