"""Which words belong to one language alone: what the text files and the programme files say, set against each other."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache

from babel import Locale

from analytics.folders import PROGRAMME_FILES
from analytics.language.text import LANGUAGES, sentences
from analytics.programme.classifications import PROVINCES

OFF_THE_PAGES = ("cli.", "error.", "reject.")  # said on the command line, where keys of files are quoted
# Words of no language: placeholders, directives, entities, addresses, files, figure ids, codes of two capitals, and
# the provinces, which have one name.
NAMES = "|".join(re.escape(province.name) for province in PROVINCES.values())
NOT_WORDS = re.compile(
    r"\{[^}]*\}|:[a-z]+\[|&[a-z]+;|\S*/\S*/\S*|\S+@\S+|\S+\.(csv|xlsx|xml|parquet|toml|json)\b"
    rf"|\S+\.\d{{4}}-\d+\.\S+|\b[A-Z]{{2}}\b|\b({NAMES})\b"
)
WORD = re.compile(r"[^\W\d_]{2,}")


def words(said: str) -> set[str]:
    """The words of a text, in small letters."""
    return {word.lower() for word in WORD.findall(NOT_WORDS.sub(" ", said))}


def _labels(value: object, language: str) -> Iterator[str]:
    """What a programme file says in a language: the tables that have one entry per language."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            yield value[language]
        else:
            yield from (label for inner in value.values() for label in _labels(inner, language))
    elif isinstance(value, list):
        yield from (label for inner in value for label in _labels(inner, language))


def _calendar(language: str) -> Iterator[str]:
    """Babel's names of months, long and short."""
    for names in Locale(language).months["format"].values():
        yield from names.values()


@cache
def said_in(language: str) -> frozenset[str]:
    """Every word that the pages may say in a language."""
    texts = [value for key, value in sentences(language).items() if not key.startswith(OFF_THE_PAGES)]
    for path in sorted(PROGRAMME_FILES.glob("*.toml")):
        texts += _labels(tomllib.loads(path.read_text(encoding="utf-8")), language)
    return frozenset(words("\n".join([*texts, *_calendar(language)])))


def foreign_words(said: Iterable[str], language: str) -> set[str]:
    """Words that only the other language has, on a page in this one."""
    other = next(one for one in LANGUAGES if one != language)
    return words("\n".join(said)) & (said_in(other) - said_in(language))
