"""A text that is no published sentence -> published sentences about the same group, or with the same numbers."""

from collections.abc import Iterable, Sequence
from typing import Final

from analytics.present.quoted.sentences import Quotable
from analytics.present.quoted.tokens import Words, is_number, line

MOST: Final = 3
FORM: Final = "short"  # has the numbers that matter, not those of the firms compared
LONG_WORD: Final = 4  # letters of a word that may stand for a group's name


def related(text: Words, sentences: Iterable[Quotable], language: str) -> tuple[Quotable, ...]:
    """Those that share most first; () where nothing is shared. language: where the text does not tell its own."""
    listed = [one for one in sentences if one.published and one.form == FORM]
    spoken = _language_of(text, listed, language)
    mine = [one for one in listed if one.language == spoken]
    common = _in_most(mine)
    numbers = {amount for word in text.words if (amount := _amount(word))} - common
    found: list[tuple[tuple[int, int], Quotable]] = []
    for one in mine:
        shared = len(numbers & {_amount(word) for word in one.text.words})
        named = _named(one.label, text)
        if shared or named:
            found.append(((shared + bool(named), named), one))
    best = sorted(found, key=lambda pair: pair[0], reverse=True)
    return tuple(one for _, one in best[:MOST])


def _named(label: str, text: Words) -> int:
    """How a text names a group: 2 in full, 1 by the first word of its name, 0 not at all."""
    words = label.split()
    if not words:
        return 0
    if label in text.line:
        return 2
    return int(len(words[0]) >= LONG_WORD and line((words[0],)) in text.line)


def _amount(word: str) -> str:
    """A number without its sign and unit, "" of a word: a fall by 4% is -4%."""
    return word.strip("-%") if is_number(word) else ""


def _in_most(sentences: Sequence[Quotable]) -> set[str]:
    """Numbers that say nothing of a sentence, since most have them: the level of an interval."""
    counted: dict[str, int] = {}
    for one in sentences:
        for amount in {_amount(word) for word in one.text.words}:
            counted[amount] = counted.get(amount, 0) + 1
    return {amount for amount, times in counted.items() if times > len(sentences) / 2}


def _language_of(text: Words, sentences: Iterable[Quotable], language: str) -> str:
    """The one whose sentences have most of a text's words."""
    known: dict[str, set[str]] = {language: set()}
    for one in sentences:
        known.setdefault(one.language, set()).update(one.text.words)
    mine = {word for word in text.words if not is_number(word)}
    return max(known, key=lambda spoken: len(mine & known[spoken]))  # the first of two: the reader's
