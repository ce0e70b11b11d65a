"""The words by which offices write our codes: those of the programme file's labels, and those that are known."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.programme.classifications import PROVINCES
from analytics.programme.file import Programme
from analytics.store.cells.codes import listed_items
from analytics.store.cells.form import fold
from analytics.store.cells.parser import MISSING_WORDS
from analytics.store.columns import CellKind, Column
from analytics.store.mapping.headings import same_name, word_sequence

# Words for "not reported", folded by `fold`: they are offered as empty cells, and never taken as such unasked.

# Sure: these say one outcome and no other. "Ammessa" alone says nothing of the money, nor "Respinta" of the reason.
_KNOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "outcome": {
        "funded": (
            *("Finanziata", "Ammessa e finanziata", "Ammessa a finanziamento", "Ammessa a contributo", "Concessa"),
            *("Ammissibile e finanziata", "Contributo concesso", "Concesso", "Finanziato", "Finanziabile e finanziata"),
            *("Ammessa con contributo", "Awarded", "Approved and funded", "Granted"),
        ),
        "not_admitted": (
            *("Non ammessa", "Inammissibile", "Non ammissibile", "Esclusa", "Irricevibile", "Non ammessa a contributo"),
            *("Not admitted", "Not eligible", "Ineligible", "Non ammessa in istruttoria", "Inammissibilità formale"),
        ),
        "not_funded": (
            *("Non finanziata", "Ammessa non finanziata", "Ammessa ma non finanziata", "Ammissibile non finanziata"),
            *("Ammissibile ma non finanziata", "Idonea non finanziata", "Non finanziata per esaurimento fondi"),
            *("Ammessa ma non finanziata per esaurimento fondi", "Eligible but not funded", "Idonea ma non finanziata"),
            *("Ammessa e non finanziata", "Ammissibile e non finanziata"),
        ),
        "withdrawn": ("Ritirata", "Ritirata dal richiedente", "Rinuncia prima della concessione", "Withdrawn"),
        "revoked": (
            *("Revocata", "Finanziata poi revocata", "Finanziata e revocata", "Contributo revocato", "Revoked"),
            *("Revoca", "Revocata dopo la concessione", "Rinuncia dopo la concessione", "Concessa e revocata"),
        ),
    },
    "size_class": {
        "micro": ("Micro", "Microimpresa", "Micro impresa", "Micro enterprise"),
        "small": ("Piccola", "Piccola impresa", "Small enterprise"),
        "medium": ("Media", "Media impresa", "Medium enterprise"),
    },
    "channel": {
        "cross_border_platform": ("Piattaforma transfrontaliera", "Marketplace", "Marketplace internazionale"),
        "own_site": ("Sito proprio", "Sito e-commerce proprio", "Sito web proprio"),
        "app": ("App", "App mobile", "Applicazione mobile"),
        "several": ("Più canali", "Più di un canale"),
    },
    "ateco_edition": {
        "2007": ("ATECO 2007", "ATECO2007"),
        "2022": ("ATECO 2022", "ATECO 2007 aggiornamento 2022"),
        "2025": ("ATECO 2025",),
    },
}
# What may say a code: shown as a proposal to be looked at.
_MAYBE: dict[str, dict[str, tuple[str, ...]]] = {
    "outcome": {
        "funded": (
            "Ammessa",
            "Ammissibile",
            "Approvata",
            "Beneficiaria",
            "Positivo",
            "Accolta",
            "Liquidata",
            "Erogata",
        ),
        "not_admitted": ("Respinta", "Rigettata", "Negativo", "Non idonea", "Non accolta", "Decadenza requisiti"),
        "not_funded": ("In graduatoria", "Lista d'attesa", "Idonea", "Esaurimento fondi", "Sotto soglia"),
        "withdrawn": ("Rinuncia", "Rinunciata", "Rinunciataria", "Archiviata", "Annullata"),
        "revoked": ("Decaduta", "Decadenza", "Revoca parziale"),
    },
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word of a coded column may stand for. code: one of ours, "" for an empty cell, None where nothing is near;
    certain: whether it can stand for nothing else."""

    code: str | None
    certain: bool


def meaning_of(word: str, column: Column, programme: Programme) -> Meaning:
    """What a word of the column stands for: a code, a label of the programme file, a known word; else what is near."""
    if fold(word) in MISSING_WORDS:
        return Meaning("", certain=True)
    if column.kind is not CellKind.CODE:
        return Meaning(None, certain=False)
    sure = {code for code, words in _sure_words(column, programme).items() if _stands_in(word, words)}
    if len(sure) == 1:
        return Meaning(sure.pop(), certain=True)
    maybe = {code for code, words in _MAYBE.get(column.name, {}).items() if _stands_in(word, words)}
    if len(maybe) == 1 and (code := maybe.pop()) in column.values:
        return Meaning(code, certain=False)
    return Meaning(_nearest(word, column, programme), certain=False)


def _sure_words(column: Column, programme: Programme) -> dict[str, list[str]]:
    """Each code of the column -> itself, its labels, its known words."""
    known = _KNOWN.get(column.name, {})
    return {code: [code, *_labels(column, code, programme), *known.get(code, ())] for code in column.values}


def _labels(column: Column, code: str, programme: Programme) -> Iterable[str]:
    if column.name == "province" and code in PROVINCES:
        name = PROVINCES[code].name
        return (name, f"{name} ({code})", f"{code} - {name}", f"Provincia di {name}")
    items = listed_items(column, programme)
    return (label for item in items if item.id == code for label in item.label.root.values())


def _stands_in(word: str, words: Iterable[str]) -> bool:
    """Whether a word is one of these, whatever its endings: "Finanziato" and "finanziata" are one."""
    key = word_sequence(word)
    return any(same_name(word) == same_name(one) or (key and key == word_sequence(one)) for one in words)


def _nearest(word: str, column: Column, programme: Programme) -> str | None:
    spelt = {same_name(one): code for code, words in _sure_words(column, programme).items() for one in words}
    near = difflib.get_close_matches(same_name(word), list(spelt), n=1, cutoff=0.7)
    return spelt[near[0]] if near else None


def allowed_words(column: Column, programme: Programme) -> tuple[str, ...]:
    """The codes that a column's cells must be; of the reasons of exclusion those that the programme file tells apart,
    since any other word would be taken for a reason that it does not know."""
    if column.name == "exclusion_reason":
        return (*programme.ineligible_reasons, *programme.threshold_reasons)
    return column.values


def is_code(word: str, codes: Iterable[str]) -> bool:
    """Whether the word is one of the codes as it stands."""
    return fold(word) in {code.casefold() for code in codes}
