"""Which words belong to one language alone: what the text files and the programme files say, set against each other."""

import re
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel import Locale

from analytics.folders import PROGRAMME_FILES
from analytics.language import text
from analytics.language.text import LANGUAGES, SPOKEN, sentences
from analytics.programme import parts
from analytics.programme.classifications import PROVINCES

OFF_THE_PAGES = (
    "api.",
    "checked.",
    "cli.",
    "error.",
    "needed.",
    "officer.error.",
    "programme_problem.",
    "reject.",
    "warn.",
)  # they quote keys
# Words of no language: placeholders, directives, entities, addresses, files, figure ids, a hash or its beginning, codes
# of two capitals, and the provinces, which have one name.
NAMES = "|".join(re.escape(province.name) for province in PROVINCES.values())
NOT_WORDS = re.compile(
    r"\{[^}]*\}|:[a-z]+\[|&[a-z]+;|\S*/\S*/\S*|\S+@\S+|\S+\.(csv|xlsx|xml|parquet|toml|json)\b"
    rf"|\S+\.\d{{4}}-\d+\.\S+|\b[0-9a-f]{{8,}}\b|\b[A-Z]{{2}}\b|\b({NAMES})\b"
)
COMMON = 3  # texts
SPELT_ALIKE = {"no", "come"}  # words of more than one language
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
def page_words(language: str) -> frozenset[str]:
    """Every word that the pages may say in a language."""
    texts = [value for key, value in sentences(language).items() if not key.startswith(OFF_THE_PAGES)]
    for path in sorted(PROGRAMME_FILES.glob("*.toml")):
        texts += _labels(tomllib.loads(path.read_text(encoding="utf-8")), language)
    return frozenset(words("\n".join([*texts, *_calendar(language)])))


def foreign_words(said: Iterable[str], language: str) -> set[str]:
    """Words that only another language has, on a page in this one."""
    others = frozenset().union(*(page_words(other) for other in LANGUAGES if other != language))
    return words("\n".join(said)) & (others - page_words(language))


def texts(language: str) -> dict[str, set[str]]:
    """Key -> the words of its text, of what the pages say in a language."""
    return {
        key: words(re.sub(r"/api/\S*", "", text))
        for key, text in sentences(language).items()
        if not key.startswith(OFF_THE_PAGES)
    }


def strays(language: str) -> dict[str, set[str]]:
    """Key -> words of another language that have slipped into a text of this one: those that stand in COMMON texts
    there, and in no other text here.
    """
    here = texts(language)
    times = {code: Counter(chain.from_iterable(texts(code).values())) for code in LANGUAGES}
    common = {word for code in LANGUAGES if code != language for word, n in times[code].items() if n >= COMMON}
    foreign = {word for word in common - SPELT_ALIKE if times[language][word] <= 1}
    return {key: slipped for key, said in here.items() if (slipped := said & foreign)}


def missing_keys() -> dict[str, set[str]]:
    """Language -> the keys that the file of another language has and its own lacks.

    The forms of an article are asked of those languages alone whose articles bend to numbers.
    """
    keys = {language: set(sentences(language)) for language in LANGUAGES}
    every = set().union(*keys.values())
    bent = {key for key in every if re.fullmatch(r"format\.\w+\.(vowel|zero)", key)}
    asked = {language: every if SPOKEN[language].articles else every - bent for language in LANGUAGES}
    return {language: asked[language] - keys[language] for language in LANGUAGES if asked[language] - keys[language]}


def add_language(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A language more, for as long as a test runs: a copy of the English texts with names and a locale of its own."""
    for path in text.FOLDER.glob("*.toml"):
        shutil.copy(path, folder)
    table = 'name = "English"\nlocale = "en_GB"\n'
    english = (folder / "en.toml").read_text(encoding="utf-8")
    assert table in english
    added = folder / f"{code}.toml"
    added.write_text(english.replace(table, f'name = "{code.upper()}"\nlocale = "{code}"\n'), encoding="utf-8")
    monkeypatch.setattr(text, "FOLDER", folder)
    monkeypatch.setattr(text, "SPOKEN", text.read_languages(folder))
    for module in (text, parts, sys.modules[__name__]):
        monkeypatch.setattr(module, "LANGUAGES", tuple(text.SPOKEN))
    monkeypatch.setattr(sys.modules[__name__], "SPOKEN", text.SPOKEN)
    monkeypatch.setattr(text, "sentences", text.sentences.__wrapped__)
    monkeypatch.setattr(sys.modules[__name__], "sentences", text.sentences)
    return added
