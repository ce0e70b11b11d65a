"""Codes: the words that stand for one of a column's codes, and activity codes with all that is written around them."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import ateco

from analytics.language.text import LANGUAGES
from analytics.programme.classifications import ATECO_EDITIONS, PROVINCES
from analytics.programme.file import Programme
from analytics.programme.parts import BeneficiaryKind, Named, Tranche
from analytics.store.cells.days import month_of
from analytics.store.cells.form import BadCellError, fold
from analytics.store.columns import Column
from analytics.store.readers.table import TYPED, shown, typed_text

_PROVINCE_OF = r"(?:provincia|prov|province|citta metropolitana|metropolitan city)\s?(?:di|d|of)?\s?"
_ENGLISH_PROVINCES = {"milan": "MI", "mantua": "MN"}
_FIRM_WORDS = ("impresa", "imprese", "enterprise", "enterprises", "firm", "firms", "sized", "dimensione")
_ATECO_WORDS = re.compile(
    r"\(?(?:nace(?:\s?rev\.?)?\s?2(?:\.1)?|(?:cod\w*\.?\s)?ateco(?:\s?(?:2007|2022|2025))?)\)?[\s:.-]+"
)
_ATECO = re.compile(
    r"(?P<section>[a-v][\s.-]?)?(?P<code>\d{1,2}(?:[.\s-]\d{1,2}){1,2}|\d{1,6})(?:\.?\s*[-–—:;(,]\s*[^\W\d].*|\s+[^\W\d].*)?"
)
_WHOLE_AS_DECIMAL = re.compile(r"^(\d+)\.0+$", re.ASCII)  # 2007.0, as data frames write whole numbers
_LIKE_DAY = re.compile(
    r"\d{1,4}[/]\d{1,2}([/]\d{1,4})?|\d{1,2}[-.\s]([^\W\d]{3,})([-.\s]\d{2,4})?|([^\W\d]{3,})[-.\s]\d{2,4}"
)


def code_parser(column: Column, programme: Programme) -> Callable[[str], str]:
    """The function that reads one of the column's codes: the code itself, or a word that stands for exactly one.

    Capitals, accents, spaces and punctuation do not matter. It raises BadCellError.
    """
    code_of = _code_words(column, programme)
    expected = ", ".join(column.values)

    def read(cell: str) -> str:
        code = code_of.get(cell) or code_of.get(_key(_WHOLE_AS_DECIMAL.sub(r"\1", shown(cell))))
        if code is None and column.name == "province":
            code = code_of.get(_key(_without_province(cell)))
        if code is None:
            raise BadCellError("code", expected)
        return code

    return read


def _key(word: str) -> str:
    """A word as codes are compared: letters and digits without accents."""
    plain = unicodedata.normalize("NFKD", fold(word))
    return "".join(letter for letter in plain if letter.isalnum())


def _code_words(column: Column, programme: Programme) -> dict[str, str]:
    """Each word that stands for exactly one code, and the codes themselves."""
    meanings: dict[str, set[str]] = {}
    for code, word in _labels(column, programme):
        if code in column.values:
            meanings.setdefault(_key(word), set()).add(code)
    words = {word: codes.pop() for word, codes in meanings.items() if len(codes) == 1 and word}
    codes: dict[str, set[str]] = {}
    for code in column.values:
        codes.setdefault(_key(code), set()).add(code)
    words |= {word: found.pop() for word, found in codes.items() if len(found) == 1}
    return words | {code: code for code in column.values}


def listed_items(column: Column, programme: Programme) -> Sequence[Named | Tranche | BeneficiaryKind]:
    """What the programme file lists, with a code and labels, for a column; nothing for the other columns."""
    listed: dict[str, Sequence[Named | Tranche | BeneficiaryKind]] = {
        "size_class": programme.size_classes,
        "channel": programme.channels,
        "tranche": programme.tranches,
        "beneficiary_kind": programme.beneficiary_kinds,
    }
    return listed.get(column.name, ())


def _labels(column: Column, programme: Programme) -> Iterator[tuple[str, str]]:
    """Words that stand for a code, besides itself, as (code, word)."""
    for item in listed_items(column, programme):
        for language in LANGUAGES:
            word = item.label.in_language(language)
            yield item.id, word
            if column.name == "size_class":
                yield from ((item.id, f"{word} {firm}") for firm in _FIRM_WORDS)
    if column.name == "province":
        for province in PROVINCES.values():
            short = re.sub(r"\be della\b", "", province.name)
            names = (province.name, province.name.replace("e della", "e"), short, province.nuts)
            for name in dict.fromkeys(names):
                yield from (
                    (province.code, word) for word in (name, f"{province.code} {name}", f"{name} {province.code}")
                )
        yield from ((code, name) for name, code in _ENGLISH_PROVINCES.items())
    if column.name == "ateco_edition":
        yield from ((edition, f"ateco {edition}") for edition in ATECO_EDITIONS)


def _without_province(cell: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", fold(shown(cell))) if not unicodedata.combining(c))
    return re.sub(rf"^{_PROVINCE_OF}", "", " ".join(plain.replace(".", " ").replace("'", " ").split()))


def parse_activity(cell: str) -> str:
    """An ATECO code with dots, without section letter, edition and title: `C.10.71 - Pane` as 10.71, 107100 as
    10.71.00. Which edition it is of, another column says; an unknown code is found there.

    A number that lost a zero is read where only one code can be meant. Raises BadCellError.
    """
    if cell.startswith(TYPED):
        return _typed_activity(typed_text(cell))
    written = _ATECO_WORDS.sub("", fold(cell), count=1) if _ATECO_WORDS.match(fold(cell)) else fold(cell)
    if _looks_like_day(written):
        raise BadCellError("ateco_day")
    if re.fullmatch(r"\d{1,2},\d{1,2}", written):
        return _typed_activity(written.replace(",", "."))
    match = _ATECO.fullmatch(written.removesuffix("."))
    if not match:
        raise BadCellError("ateco_form")
    _check_section(match["section"], match["code"])
    digits = re.split(r"[.\s-]", match["code"])
    if len(digits) == 1:
        return _compact_activity(match["code"])
    if len(digits[0]) == 1:
        digits[0] = f"0{digits[0]}"
    return ".".join(digits)


def _check_section(letter: str | None, code: str) -> None:
    """Refuse a section letter that no edition gives to the code's division: one of the two is mistyped."""
    first = re.split(r"[.\s-]", code)[0]
    division = first[:2] if len(first) != 1 else f"0{first}"
    sections = {node.parent for edition in ATECO_EDITIONS if (node := ateco.lookup(division, edition=edition))}
    if letter and sections and letter[0].upper() not in sections:
        raise BadCellError("ateco_section", ", ".join(sorted(str(section) for section in sections)))


def _looks_like_day(written: str) -> bool:
    match = _LIKE_DAY.fullmatch(written)
    words = [match[2], match[4]] if match else []
    return bool(match) and (not any(words) or any(word and month_of(word) for word in words))


def _typed_activity(number: str) -> str:
    """A code that a spreadsheet took for a number: 10.1 is 10.1 or 10.10, 1.11 is 01.11."""
    whole, dot, decimals = number.partition(".")
    if not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", number, re.ASCII):
        raise BadCellError("ateco_day" if "-" in number else "ateco_form")
    if not dot:
        return _compact_activity(whole)
    if len(whole) > 2:
        raise BadCellError("ateco_form")
    code = f"{whole:0>2}.{decimals}"
    return _only_existing([code] if len(decimals) == 2 else [code, f"{code}0"])


def _compact_activity(digits: str) -> str:
    """A code in digits alone, which may have lost the zero in front."""
    whole, longer = _dotted(digits), _dotted(f"0{digits}")
    if len(digits) in (3, 5):
        return _only_existing([whole, longer])
    return longer if len(digits) == 1 or (len(digits) < 6 and not exists(whole) and exists(longer)) else whole


def _dotted(digits: str) -> str:
    return ".".join(part for part in (digits[:2], digits[2:4], digits[4:]) if part)


def _only_existing(candidates: list[str]) -> str:
    """The candidate that some edition has; the first where none has any."""
    existing = [code for code in candidates if exists(code)]
    if len(existing) > 1:
        raise BadCellError("ateco_unclear", ", ".join(existing))
    return existing[0] if existing else candidates[0]


@cache
def exists(code: str) -> bool:
    """Whether some edition has this code, or its class where zeros fill it up (14.10.0)."""
    codes = {code, code[:5] if set(code[5:]) <= {".", "0"} else code}
    return any(ateco.lookup(one, edition=edition) is not None for one in codes for edition in ATECO_EDITIONS)
