"""A headline -> a comment that a press office may pass on: the claim, its range, what it is compared with, how reliable
it is, what it does not say, and the source; in no more words than a short item of news has.
"""

from collections.abc import Iterator
from typing import Final

from analytics.language.text import Text
from analytics.model import RangeKind
from analytics.present.sentences.claims import ClaimKind, claim_slots, range_key, weakness
from analytics.present.sentences.headlines import Headline
from analytics.present.sentences.marks import without_marks
from analytics.present.sentences.phrases import capital
from analytics.present.sentences.reasons import grade_words
from analytics.present.sentences.together import brief_count, brief_pair, verb_said
from analytics.present.verbs import Verb, tells
from analytics.release import Release

MOST_WORDS: Final = 75


def comment(release: Release, headline: Headline, text: Text) -> str:
    """The comment, with as much beside the claim and its range as there is room for; "" where nothing is published, or
    where there is not even room for what always goes with the claim.
    """
    if not headline.figure.published:
        return ""
    for parts in _shorter_and_shorter(release, headline, text):
        words = " ".join(part for part in parts if part)
        if len(words.split()) <= MOST_WORDS:
            return words
    return ""


def _shorter_and_shorter(release: Release, headline: Headline, text: Text) -> Iterator[tuple[str, ...]]:
    """Its parts; what can be done without goes first, and never the range, what weakens it, the grade or the source."""
    claim = capital(without_marks(headline.sentence.title)) + "."
    source = text("comment.source", authority=release.programme.authority.in_(text), release=release.release_id)
    grade = grade_words(headline.figure, text)
    if headline.kind is ClaimKind.CHANGE:
        yield claim, source
    elif headline.kind is ClaimKind.COUNT:
        yield headline.sentence.short, grade, source
        yield brief_count(release, headline.figure, text), grade, source
    elif headline.kind is ClaimKind.PAIR:
        yield headline.sentence.short, grade, source
        yield brief_pair(release, headline.figure, text), grade, source
    else:
        for range_words, beside in _of_a_claim(release, headline, text):
            yield claim, range_words, text(f"said.note.{headline.kind}"), *beside, grade, source


def _of_a_claim(release: Release, headline: Headline, text: Text) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The range of an effect, of money or of losses; and what it is compared with, what it does not say."""
    figure = headline.figure
    compared = text(
        "comment.compared",
        funded=text.number(figure.n_funded or 0),
        comparison=text.number(figure.n_comparison or 0),
    )
    no_experiment = text("comment.no_experiment")
    unsaid = "" if tells(figure) else text("comment.open")
    whole, short = (_range_words(release, headline, text, short=short) for short in (False, True))
    yield whole, (compared, unsaid)
    yield whole, (no_experiment, unsaid)
    yield whole, (no_experiment,)
    yield short, (no_experiment, unsaid)
    yield short, (no_experiment,)
    yield short, ()


def _range_words(release: Release, headline: Headline, text: Text, *, short: bool) -> str:
    """The range by its name, and where the evidence is too weak what it leaves out."""
    figure, dimension = headline.figure, headline.dimension
    slots, weak = claim_slots(release, figure, headline.kind, dimension, text), ""
    if verb_said(figure) is Verb.TOO_WEAK:
        key = weakness(release, figure) if headline.kind is ClaimKind.EFFECT else "weak"
        weak = text("said.aside", words=text(f"comment.{key}" if short else f"said.{key}"))
    if figure.range_kind is RangeKind.SHARED:
        slots["range"] = text(f"comment.{range_key(release, figure, dimension)}")
    return capital(text("comment.interval", **slots | {"weak": weak}))
