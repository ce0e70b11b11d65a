"""A headline -> a comment that a press office may pass on: the claim, its range, what it is compared with, how reliable
it is, what it does not say, and the source; in no more words than a short item of news has.
"""

from collections.abc import Iterator
from typing import Final

from analytics.language.text import Text
from analytics.present.sentences.claims import ClaimKind, claim_slots
from analytics.present.sentences.headlines import CHECKED, Headline
from analytics.present.sentences.marks import without_marks
from analytics.present.sentences.phrases import capital
from analytics.present.sentences.reasons import grade_words
from analytics.present.verbs import tells
from analytics.release import Release

MOST_WORDS: Final = 75


def comment(release: Release, headline: Headline, text: Text) -> str:
    """The comment, with as much beside the claim and its range as there is room for; "" where nothing is published."""
    if not headline.figure.published:
        return ""
    for parts in _shorter_and_shorter(release, headline, text):
        words = " ".join(part for part in parts if part)
        if len(words.split()) <= MOST_WORDS:
            break
    return words


def _shorter_and_shorter(release: Release, headline: Headline, text: Text) -> Iterator[tuple[str, ...]]:
    """Its parts; what can be done without goes first."""
    claim = capital(without_marks(headline.sentence.title)) + "."
    source = text("comment.source", authority=release.programme.authority.in_(text), release=release.release_id)
    grade = "" if headline.kind is ClaimKind.CHANGE else grade_words(headline.figure, text)
    if headline.kind not in CHECKED:
        whole = headline.sentence.short if headline.kind is not ClaimKind.CHANGE else claim
        yield from ((whole, grade, source), (whole, grade), (whole,))
        return
    slots = claim_slots(release, headline.figure, headline.kind, headline.dimension, text)
    own, short = (
        capital(text("comment.interval", **slots | {"range": name}))
        for name in (slots["range"], text("range.programme"))
    )
    note = text(f"said.note.{headline.kind}")
    compared = text(
        "comment.compared",
        funded=text.number(headline.figure.n_funded or 0),
        comparison=text.number(headline.figure.n_comparison or 0),
    )
    no_experiment = text("comment.no_experiment")
    unsaid = "" if tells(headline.figure) else text("comment.open")
    yield claim, own, note, compared, unsaid, grade, source
    yield claim, short, note, compared, unsaid, grade, source
    yield claim, short, note, no_experiment, unsaid, grade, source
    yield claim, short, note, no_experiment, unsaid, grade
    yield claim, short, note, no_experiment, grade
    yield claim, short, note
