"""Words and numbers of a text, so that two writings of one sentence compare equal: case, spaces, quotes and dashes fall
away, as do a plus sign and the form of an article before a number; every digit, minus sign and word stays.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from html import unescape
from itertools import pairwise
from typing import Final

from analytics.language.text import LANGUAGES, speaking

LONGEST: Final = 3_000  # characters of somebody's text that are read
NUMBER: Final = "#"
_DASH: Final = "\u2010-\u2015\u2212\u2043-"
_DASHES: Final = re.compile(f"[{_DASH}]")
_DIGITS: Final = r"(?:(?<!\w)[.,])?\d+(?:[.,]\d+)*"
_NUMBER: Final = re.compile(r"-?[.,]?\d+(?:[.,]\d+)*")
_AROUND: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|[*_]+")
_FOOTNOTE: Final = re.compile("[\u00b9\u00b2\u00b3\u2070-\u2079]+|\\[[0-9]{1,2}\\]")
_PARTED: Final = re.compile(r"([^\W\d_])[\u2010-]\s*\n\s*([^\W\d_])")
_NOTHING: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


@dataclass(frozen=True)
class Words:
    """A text as words and numbers. printed: the text; words: what of it is compared; places: where each of these begins
    and ends in it.
    """

    printed: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        """How many words and numbers."""
        return len(self.words)

    @cached_property
    def line(self) -> str:
        """The words as a text in which others can be looked for."""
        return line(self.words)

    @cached_property
    def shape(self) -> str:
        """The same without its numbers."""
        return line(skeleton(self.words))

    def part(self, begin: int, end: int) -> str:
        """Some of it as it was printed."""
        return self.printed[self.places[begin][0] : self.places[end - 1][1]] if begin < end else ""

    def first(self, most: int) -> "Words":
        """Its beginning."""
        return self if len(self) <= most else Words(self.printed, self.words[:most], self.places[:most])

    def without(self, other: str) -> "Words":
        """The same where another line of words does not stand."""
        place = self.line.find(other) if other.strip() else -1
        if place < 0:
            return self
        begin = self.line.count(" ", 0, place)
        end = begin + other.count(" ") - 1
        before, after = self.printed[: self.places[begin][0]], self.printed[self.places[end - 1][1] :]
        return tokens(f"{before}{after.lstrip(' .')}").without(other)


def cleaned(written: str) -> str:
    """A text with one kind of space, cut where it is too long; without what pages, word processors and notes put around
    words: tags, marks of emphasis and of footnotes, the hyphen of a word that a line's end parts.
    """
    same = unescape(_NOTHING.sub("", written[:LONGEST]))
    same = _PARTED.sub(r"\1\2", _AROUND.sub(" ", _FOOTNOTE.sub("", same)))
    return " ".join(unicodedata.normalize("NFKC", same)[:LONGEST].split())


def dashed(same: str) -> str:
    """A text with one kind of dash, every other character at its place."""
    return _DASHES.sub("-", same)


def listed(name: str) -> tuple[str, ...]:
    """A list of words of the text files, in all languages, since nobody says in which a text is."""
    return tuple(
        word.strip() for language in LANGUAGES for word in speaking(language)(f"quoted.words.{name}").split("|")
    )


@cache
def _token() -> re.Pattern[str]:
    per_cent = "|".join(sorted(map(re.escape, listed("per_cent")), reverse=True))
    number = rf"{_DIGITS}(?:\s?(?:%|(?:{per_cent})\b))?"
    amount = rf"{_DIGITS}\s?(?:%|(?:{per_cent})\b|(?=[€$£]))"
    kinds = (
        rf"\({number}\)",  # how an account writes a loss
        rf"(?<![\d%])(?<![\d%]\s)[+{_DASH}]\s?{amount}",
        rf"(?<![\w%])[+{_DASH}]{number}",
        number,
        r"[^\W\d_]+|[€$£]",
        rf"[{_DASH}]\s?(?=[a-z]{{0,3}}\s?[€$£]\s?\d)",
        rf"[±<>≤≥≈~](?=[±<>≤≥≈~\s]*[+{_DASH}]?\d)",
    )
    return re.compile("|".join(kinds), re.IGNORECASE)


@cache
def _articles() -> dict[str, str]:
    """The forms of an article that bends to the number behind it -> the first of them."""
    return {form: forms.split()[0] for forms in listed("articles") for form in forms.split()}


def tokens(same: str) -> Words:
    """The words and numbers of a cleaned text."""
    found = list(_token().finditer(same))
    words = [_compared(one[0]) for one in found]
    for place, (word, following) in enumerate(pairwise(tuple(words))):
        if is_number(following):
            words[place] = _articles().get(word, word)
    return Words(same, tuple(words), tuple(one.span() for one in found))


def _compared(token: str) -> str:
    folded = "".join(dashed(token).casefold().split()).removeprefix("+")
    if not is_number(folded):  # agencies write "piu'": accents fall away
        return "".join(mark for mark in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(mark))
    number = _NUMBER.match(folded)
    return f"{number[0]}%" if number and number[0] != folded else folded


def clings(word: str) -> bool:
    """Whether it belongs to the number behind it: an article that bends to it, or a mark."""
    return word in _articles() or not word[:1].isalnum()


def is_number(token: str) -> bool:
    """Whether a token is a number, with its sign and per cent."""
    return token.lstrip("-.,")[:1].isdigit()


def skeleton(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same with one mark for every number."""
    return tuple(NUMBER if is_number(word) else word for word in words)


def line(words: tuple[str, ...]) -> str:
    """Tokens as a text in which others can be looked for, a space on both sides."""
    return f" {' '.join(words)} "
