"""What a heading says: the words that name its column, and the unit that its amounts are written in.

Headings are compared by their words, without case, accents, punctuation, articles, endings and units: "N° Addetti",
"numero addetti" and "ADDETTI" are one; "Vendite online (migliaia di €)" names the same column as "Vendite online".
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from analytics.store.formats import one_line
from analytics.store.readers.table import TYPED

_EURO = r"(?:€|euros?|eur)"
_AMOUNTS = r"(?:valor[ei]|import[oi]|dat[oi]|amounts?|figures)"
_APOSTROPHES = str.maketrans("’‘`´", "''''")
_SIGNS_OF_ORDER = str.maketrans("°ºª№", "    ")
# Before the thousands those that hold them: `€/000.000`.
_UNITS = (
    (Decimal(10) ** 9, rf"(?:miliard[oi]|mld|billions?|bn)\.?(?:\s*(?:di|of)?\s*{_EURO})?"),
    (Decimal(10) ** 6, rf"{_EURO}\s*[/x]?\s*'?000[. ]?000|{_EURO}\s*/\s*(?:mln|mio)\.?"),
    (
        Decimal(10) ** 6,
        rf"(?:milion[ei]|mln|mio|millions?)\.?(?:\s*(?:di|of)?\s*{_EURO})?|m\s?{_EURO}|€\s?m|{_EURO}\s*(?:mln|mio)",
    ),
    (Decimal(1000), rf"(?:{_EURO}\s*[/x]?\s*'?000|'?000\s*(?:di\s*)?{_EURO}|'000|{_EURO}\s*/\s*(?:mila|migl))\.?"),
    (Decimal(1000), rf"(?:{_EURO}\s*)?[x/]\s*1[.,]?000(?:\s*{_EURO})?|\((?:in\s+)?1[.,]?000\s*{_EURO}\)"),
    (Decimal(1000), rf"(?:migliaia|migl|thousands?)\.?(?:\s*(?:di|d'|of)?\s*{_EURO})?|mila\s*{_EURO}|{_EURO}\s*mila"),
    (Decimal(1000), rf"[kt]\s?{_EURO}|€\s?k|\((?:in\s+)?(?:mila|k)\)"),
    (Decimal(100), rf"centinaia(?:\s*di\s*{_EURO})?"),
    (Decimal("0.01"), rf"(?:centesimi|cents)(?:\s*(?:di|of)?\s*{_EURO})?"),
)
_UNIT = tuple(
    (unit, re.compile(rf"(?<![a-z0-9])(?<!\d[.,])(?:{_AMOUNTS}\s+)?(?:in\s+)?(?:{pattern})(?![a-z0-9])"))
    for unit, pattern in _UNITS
)
_WITHOUT_TAX = re.compile(
    r"\biva\s+escl(?:usa)?\b\.?|\b(?:al\s+)?netto\s+(?:di\s+|dell'\s?)?iva\b|\b(?:escl(?:usa)?|senza)\.?\s+(?:l')?iva\b"
    r"|\b(?:net\s+of|excl(?:uding)?|without)\.?\s+vat\b"
)
_ONLINE = re.compile(r"\be[\s-]?commerce\b|\bon[\s-]line\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SPELT_OUT = {
    **dict.fromkeys(("n", "nr", "num", "no", "number"), "numero"),
    "cod": "codice",
    "fisc": "fiscale",
    "prov": "provincia",
    "rag": "ragione",
    "soc": "sociale",
    "tot": "totale",
    "fatt": "fatturato",
    "contr": "contributo",
    "imp": "importo",
    "trim": "trimestre",
    "vend": "vendite",
    "ident": "identificativo",
    "denom": "denominazione",
    "part": "partita",
    "date": "data",
}
_SAY_NOTHING = frozenset(
    {
        *("di", "del", "dello", "della", "dei", "degli", "delle", "dell", "d", "il", "lo", "la", "i", "gli", "le", "l"),
        *("un", "uno", "una", "a", "al", "allo", "alla", "ai", "agli", "alle", "all", "e", "ed", "o", "per", "in"),
        *("nel", "nella", "nell", "da", "dal", "dalla", "su", "sul", "sulla", "the", "of", "an", "for", "and", "or"),
        *("eur", "euro", "euros", "usd", "gbp", "chf"),
    }
)
_COUNT = "numer"  # "N. addetti" counts what "Addetti" counts


def spelt(heading: str) -> str:
    """A heading as it is read: on one line, small letters without accents, and without the mark of a typed cell."""
    words = one_line(heading.removeprefix(TYPED)).translate(_APOSTROPHES).translate(_SIGNS_OF_ORDER)
    decomposed = unicodedata.normalize("NFKD", _CAMEL.sub(" ", words))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).casefold()


@lru_cache(maxsize=8192)
def same_name(heading: str) -> str:
    """A heading by which two that differ in case, spaces and punctuation alone are one."""
    return " ".join(re.findall(r"[^\W_]+", spelt(heading)))


@lru_cache(maxsize=8192)
def word_sequence(heading: str) -> tuple[str, ...]:
    """The words of a name in their order, without endings and those that say nothing: ammess, non, finanziat."""
    said = _WITHOUT_TAX.sub(" ", spelt(heading))
    for _, pattern in _UNIT:
        said = pattern.sub(" ", said)
    said = _ONLINE.sub(" online ", said)
    spelt_out = (_SPELT_OUT.get(word, word) for word in re.findall(r"[^\W_]+", said))
    return tuple(_stem(word) for word in spelt_out if word not in _SAY_NOTHING)


@lru_cache(maxsize=8192)
def words_of(heading: str) -> frozenset[str]:
    """The words that name a column, in any order; a heading that says nothing else than a unit has none."""
    words = frozenset(word_sequence(heading))
    return words - {_COUNT} or words


def _stem(word: str) -> str:
    return word.rstrip("aeiou") if len(word) > 3 and len(word.rstrip("aeiou")) >= 2 else word


def unit_of(heading: str) -> Decimal | None:
    """What a written 1 stands for where the heading says so: 1000 of "(migliaia di €)", "€/000", "in k€"; else None."""
    said = spelt(heading)
    return next((unit for unit, pattern in _UNIT if pattern.search(said)), None)
