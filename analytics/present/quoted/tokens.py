"""Words and numbers of a text, so that two writings of one sentence compare equal: case, spaces, quotes and dashes fall
away; every digit, sign and word stays.
"""

import re
import unicodedata
from typing import Final

LONGEST: Final = 3_000  # characters of somebody's text that are read
NUMBER: Final = "#"
_DASHES: Final = re.compile("[\u2010-\u2015\u2212\u2043]")
_NOTHING: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DIGITS: Final = r"\d+(?:[.,]\d+)*(?:\s?%)?"
_TOKEN: Final = re.compile(rf"(?<![\w%])[+-]{_DIGITS}|{_DIGITS}|[^\W\d_]+|[€$£]|-(?=[a-z]{{0,3}}[€$£]\d)")


def folded(written: str) -> str:
    """A text in one case and with one kind of space and dash, cut where it is too long."""
    same = unicodedata.normalize("NFKC", _NOTHING.sub("", written[:LONGEST]))[:LONGEST]
    return " ".join(_DASHES.sub("-", same).casefold().split())


def tokens(same: str) -> tuple[str, ...]:
    """The words and numbers of a folded text; a plus sign says nothing."""
    return tuple(token.removeprefix("+").replace(" ", "") for token in _TOKEN.findall(same))


def is_number(token: str) -> bool:
    """Whether a token is a number, with its sign and per cent."""
    return token.lstrip("-")[:1].isdigit()


def skeleton(words: tuple[str, ...]) -> tuple[str, ...]:
    """The same with one mark for every number."""
    return tuple(NUMBER if is_number(word) else word for word in words)


def line(words: tuple[str, ...]) -> str:
    """Tokens as a text in which others can be looked for, a space on both sides."""
    return f" {' '.join(words)} "
