"""A release's file -> its approved sentences in a language, in every form that a page prints, ready to be compared."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from analytics.present.quoted.tokens import folded, line, skeleton, tokens
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.phrases import reader
from analytics.release import Release

_MARKED: Final = re.compile(r":[a-z]+\[([^\]]*)\]")
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence in one form: "short", "long", or "page", a heading with the line under it. words: its tokens; exact,
    shape: these as a text, with their numbers and without.
    """

    figure_id: str
    release: str
    language: str
    form: str
    words: tuple[str, ...]
    exact: str
    shape: str


def without_marks(markdown: str) -> str:
    """A heading as it is read."""
    return _ESCAPED.sub(r"\1", _MARKED.sub(r"\1", markdown)).replace("**", "")


def forms_of(headline: Headline) -> dict[str, str]:
    """Every form of a sentence, as somebody may copy it from a page."""
    sentence = headline.sentence
    on_page = " ".join(without_marks(part) for part in (f"{sentence.title}.", sentence.under) if part)
    return {"long": sentence.long, "short": sentence.short, "page": on_page}


@lru_cache(maxsize=64)
def sentences_in(path: Path, language: str, open_file: Callable[[Path], Release]) -> tuple[Quotable, ...]:
    """Those of a release file, read once: it never changes. Raises UserError where it is gone or damaged."""
    release = open_file(path)
    found = []
    for headline in approved_sentences(release, reader(release, language)):
        for form, words in forms_of(headline).items():
            of_form = tokens(folded(words))
            found.append(
                Quotable(
                    headline.figure.figure_id,
                    release.release_id,
                    language,
                    form,
                    of_form,
                    line(of_form),
                    line(skeleton(of_form)),
                )
            )
    return tuple(found)
