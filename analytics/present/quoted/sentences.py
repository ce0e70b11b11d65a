"""A release's file -> its approved sentences in a language, in every form that a page prints, ready to be compared."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from analytics.language.text import Text
from analytics.present.quoted.tokens import Words, cleaned, tokens
from analytics.present.sentences.claims import span_words
from analytics.present.sentences.comment import comment
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.marks import without_marks
from analytics.present.sentences.phrases import reader
from analytics.release import Release
from analytics.release.measures import ALL

FORMS: Final = ("short", "long")  # that a sentence is quoted in


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence in one form: "short", "long", "page", which is a heading with the line under it, or "comment". note:
    what kind of data they are, span: the range that belongs to the sentence, label: the group that it is about, as
    lines of words, blank where there is none; published: whether it says a figure.
    """

    figure_id: str
    release: str
    language: str
    form: str
    text: Words
    note: str
    span: str
    label: str
    published: bool


def forms_of(headline: Headline) -> dict[str, str]:
    """Every form of a sentence, as somebody may copy it from a page."""
    sentence = headline.sentence
    on_page = " ".join(without_marks(part) for part in (f"{sentence.title}.", sentence.under) if part)
    return {"long": sentence.long, "short": sentence.short, "page": on_page}


@lru_cache(maxsize=64)
def sentences_in(
    path: Path, sha256: str, language: str, open_file: Callable[[Path, str], Release]
) -> tuple[Quotable, ...]:
    """Those of a release file with that hash, read once: it never changes. Raises UserError where it is gone or
    damaged.
    """
    release = open_file(path, sha256)
    text = reader(release, language)
    found = []
    for headline in approved_sentences(release, text):
        forms = forms_of(headline) | {"comment": comment(release, headline, text)}
        found += [_quotable(headline, release, text, form, words) for form, words in forms.items() if words]
    return tuple(found)


def _quotable(headline: Headline, release: Release, text: Text, form: str, words: str) -> Quotable:
    span = span_words(release, headline.figure, headline.kind, headline.dimension, text)
    return Quotable(
        headline.figure.figure_id,
        release.release_id,
        text.language,
        form,
        tokens(cleaned(words)),
        tokens(cleaned(headline.note)).line,
        tokens(cleaned(span)).line,
        "" if headline.dimension == ALL else tokens(cleaned(headline.label)).line,
        headline.figure.published,
    )
