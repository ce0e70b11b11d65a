"""A programme's sectors as a reader finds them: by name, by an activity code, by what firms make."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import ateco

from analytics.language.text import LANGUAGES, Text
from analytics.programme.classifications import DIVISIONS, AmbiguousCodeError, UnknownCodeError, division_2007
from analytics.programme.file import Programme


def sector_option(programme: Programme, code: str, text: Text) -> str:
    """'Alimentari e bevande · ATECO 10, 11, 12'; the sector of all other divisions by its name alone."""
    sector = next(sector for sector in programme.sectors if sector.id == code)
    name = programme.label("sector", code, text)
    if len(programme.sectors) == 1:
        return name
    if sector.rest:
        return text("sectors.option_rest", name=name)
    return text("sectors.option", name=name, divisions=", ".join(f"{division:02d}" for division in sector.divisions))


LEAST_LETTERS = 3  # of a word that says something
_CODE = re.compile(r"(?:ateco\s*)?(?:[a-v]\.?)?(\d[\d.]*?)\.?")
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that only join others.
_JOINING = frozenset(
    ("con", "per", "dei", "del", "della", "delle", "degli", "alla", "alle", "and", "for", "the", "with")
)
_ENDINGS = "aeiouyhs"  # by which singular and plural, he and she differ, in Italian as in English
ALIKE, ALIKE_SHORT = 0.8, 5  # how near a slip may be, and the fewest letters of a word that may have one


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a reader may type: as it is written, in small letters and without accents; and the stems of its words."""

    written: str
    stems: tuple[str, ...]


def find_sector(programme: Programme, codes: Sequence[str], typed: str, text: Text) -> str | None:
    """The sector meant by what a reader has typed, as below; None where none is, or more than one."""
    meant = sectors_meant(programme, codes, typed, text)
    return meant[0] if len(meant) == 1 else None


def sectors_meant(programme: Programme, codes: Sequence[str], typed: str, text: Text) -> list[str]:
    """The sectors that a reader may mean, in the order of `codes`; empty where nothing fits.

    By an ATECO 2007 code of any length; by a name, or the beginning of one of its words; by the name of a division or
    by what its firms make ("scarpe"), in the reader's language, else in another. Accents, plurals, slips are forgiven.
    """
    words = _plain(typed).strip()
    if code := _CODE.fullmatch(words):
        return _of_code(programme, codes, code[1])
    names = {code: _plain(programme.label("sector", code, text)) for code in codes}
    if found := _by_name(names, words):
        return found
    asked = _phrase(words)
    listed = {language: _products(programme, codes, language) for language in (text.language, *LANGUAGES)}
    for phrases in listed.values():
        if found := _best(phrases, asked, whole=True):
            return found
    if found := [code for code, name in names.items() if get_close_matches(words, [name, *name.split()], 1, ALIKE)]:
        return found
    for language, phrases in listed.items():
        if found := _best(phrases, asked) or _best(phrases, _mended(asked, language)):
            return found
    return []


def _by_name(names: Mapping[str, str], words: str) -> list[str]:
    """The sectors of that name; else those whose name begins so, else those of which a word does."""
    exact = [code for code, name in names.items() if name == words]
    if exact or len(words) < LEAST_LETTERS:
        return exact
    begun = [code for code, name in names.items() if name.startswith(words)]
    return begun if len(begun) == 1 else [code for code, name in names.items() if f" {words}" in f" {name}"]


def _of_code(programme: Programme, codes: Sequence[str], code: str) -> list[str]:
    try:
        meant = programme.sector_of(division_2007(code, "2007"))
    except (UnknownCodeError, AmbiguousCodeError):
        return []
    return [meant] if meant in codes else []


def _plain(words: str) -> str:
    """In small letters, without accents."""
    apart = unicodedata.normalize("NFD", words.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _phrase(words: str) -> Phrase:
    written = _plain(words)
    said = (word for word in _WORD.findall(written) if word not in _JOINING)
    return Phrase(written, tuple(word[:LEAST_LETTERS] + word[LEAST_LETTERS:].rstrip(_ENDINGS) for word in said))


@cache
def _phrases(language: str) -> Mapping[int, list[Phrase]]:
    """What a division is called and what its firms make, in a language: by division."""
    listed = tomllib.loads((Path(__file__).parent / "divisions.toml").read_text(encoding="utf-8"))
    phrases: dict[int, list[Phrase]] = {}
    for division in DIVISIONS:
        known = listed[f"{division:02d}"]
        products = known["products"].get(language, "").split(", ")
        phrases[division] = [_phrase(words) for words in (known.get(language) or istat_title(division), *products)]
    return phrases


def istat_title(division: int) -> str:
    """The official Italian title of a division of ATECO 2007, in capitals as Istat writes it."""
    return str(ateco.lookup(f"{division:02d}", edition="2007").title)


@cache
def _vocabulary(language: str) -> Sequence[str]:
    """Every word of the phrases."""
    written = " ".join(phrase.written for phrases in _phrases(language).values() for phrase in phrases)
    return sorted(set(_WORD.findall(written)))


def _products(programme: Programme, codes: Iterable[str], language: str) -> dict[str, list[Phrase]]:
    """The phrases by sector."""
    by_sector: dict[str, list[Phrase]] = {code: [] for code in codes}
    for division, phrases in _phrases(language).items():
        by_sector.get(programme.sector_of(division), []).extend(phrases)
    return by_sector


def _best(phrases: Mapping[str, Sequence[Phrase]], asked: Phrase, *, whole: bool = False) -> list[str]:
    """The sectors whose phrases fit best: the same words, then the same stems, then the most of them. whole: only a
    phrase that holds all that was asked.
    """
    least = len(asked.stems) if whole else 1

    def fit(phrase: Phrase) -> tuple[bool, bool, int]:
        held = sum(stem in phrase.stems for stem in asked.stems)
        return phrase.written == asked.written, phrase.stems == asked.stems and held > 0, held if held >= least else 0

    fits = {code: max(map(fit, of_sector), default=NO_FIT) for code, of_sector in phrases.items()}
    best = max(fits.values(), default=NO_FIT)
    return [code for code, one in fits.items() if one == best] if best > NO_FIT else []


NO_FIT = (False, False, 0)


def _mended(asked: Phrase, language: str) -> Phrase:
    """The same with each word that is not known as the one that begins so, or is nearest."""
    known = _vocabulary(language)

    def mended(word: str) -> str:
        if len(word) < ALIKE_SHORT or word in known:
            return word
        begun = next((one for one in known if one.startswith(word)), None)
        return begun or next(iter(get_close_matches(word, known, 1, ALIKE)), word)

    return _phrase(" ".join(mended(word) for word in _WORD.findall(asked.written)))
