"""How a firm is known in files: whether a cell, or a row, tells of it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analytics.store.cells.form import BadCellError, plain_signs
from analytics.store.cells.parser import parse_firm
from analytics.store.readers.table import shown

GONE = "…"  # in place of a text that told of the firm
EATEN_ZEROS = 3  # of a fiscal code in digits, that a spreadsheet may take away
SHORTEST_NAME = 4  # letters; a shorter name is known only where it is all of a cell
SHORTEST_NUMBER = 5  # digits; a shorter number is known only in a column of its kind
_TOKEN = re.compile(r"[^\W_]+")
_NO_LETTERS = re.compile(r"[\W_]+")
_ASCII_KEPT = bytes.maketrans(bytes(range(97, 123)), bytes(range(65, 91)))
_ASCII_LEFT_OUT = bytes(byte for byte in range(128) if not chr(byte).isalnum())


def compact(text: str) -> str:
    """Capital letters and digits alone, without accents."""
    if text.isascii():
        return text.encode().translate(_ASCII_KEPT, _ASCII_LEFT_OUT).decode()
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKD", text).upper())


@dataclass(frozen=True)
class Identity:
    """One firm as files name it. code: as stored; identifier: how the programme's firms are known (`firm_identifier`);
    names, numbers: of the firm and of its applications and aids, which no other firm has; others: codes of other firms;
    headings: under which files write codes and numbers, as `same_name` writes them; all_of_it: whether a file has no
    column of firms because all of it is of this one.
    """

    code: str
    identifier: str
    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    headings: frozenset[str] = frozenset()
    all_of_it: bool = False

    # ---- what is looked for ------------------------------------------------------------------------------------------

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """Of which one stands in the compact form of every text that tells of the firm."""
        code = compact(self.code)
        if self._has_code and code.isdecimal():
            code = code[EATEN_ZEROS:]
        found = {code, *self._names, *map(compact, self.numbers)}
        return tuple(sorted(needle for needle in found if needle))

    @property
    def _has_code(self) -> bool:
        return self.identifier != "opaque"

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(filter(None, map(compact, self.names)))

    @cached_property
    def _long_names(self) -> tuple[str, ...]:
        return tuple(name for name in self._names if len(name) >= SHORTEST_NAME)

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """Codes that are no fiscal codes, and numbers, as cells have them."""
        return frozenset(number.strip().casefold() for number in {*self.numbers, *self._opaque_code} if number.strip())

    @property
    def _opaque_code(self) -> frozenset[str]:
        return frozenset() if self._has_code else frozenset({self.code})

    @cached_property
    def _in_texts(self) -> re.Pattern[str] | None:
        """The numbers that are told in a text of several words."""
        telling = [re.escape(number) for number in sorted(self._numbers, key=len, reverse=True) if _tells(number)]
        if not telling:
            return None
        return re.compile(rf"(?<![^\W_])(?<!\d[.,])(?:{'|'.join(telling)})(?![^\W_]|[.,]\d)", re.IGNORECASE)

    # ---- texts -------------------------------------------------------------------------------------------------------

    def may_tell(self, text: str) -> bool:
        """Whether a text is worth a closer look; quick, for texts of any length."""
        letters = compact(text)
        return any(needle in letters for needle in self.needles)

    def firm_of(self, cell: str) -> str | None:
        """The firm that a cell reads as, as cells of firms are read; None where it reads as none."""
        try:
            return parse_firm(cell.strip(), identifier=self.identifier)
        except BadCellError:
            return None

    def tells(self, text: str) -> bool:
        """Whether a text names the firm: its code in any writing, a name of it, a number of an application or aid."""
        text = plain_signs(shown(text))
        if not self.may_tell(text):
            return False
        letters = compact(text)
        if letters in self._names or any(name in letters for name in self._long_names):
            return True
        if self._has_code and (
            compact(self.code) in letters or any(self.firm_of(word) == self.code for word in (text, *_words(text)))
        ):
            return True
        return self._in_texts is not None and self._in_texts.search(text) is not None

    def without(self, told: object) -> object:
        """The same JSON, or text, without what tells of the firm."""
        if isinstance(told, str):
            return GONE if self.tells(told) else told
        if isinstance(told, Mapping):
            return {self.without(key): self.without(value) for key, value in told.items()}
        if isinstance(told, Sequence):
            return [self.without(part) for part in told]
        return GONE if told is not None and not isinstance(told, bool) and self.tells(str(told)) else told

    # ---- rows --------------------------------------------------------------------------------------------------------

    def kept(self, cells: Sequence[str], keys: frozenset[int]) -> list[str] | None:
        """What stays of a row: None where it is of the firm; of another firm's row all but the cells that name this
        one. keys: places of columns in which codes and numbers stand.
        """
        if self.all_of_it:
            return None
        if not self.may_tell("\n".join(cells)):
            return list(cells)
        if any(self._is_own(cell, place in keys) for place, cell in enumerate(cells)):
            return None
        telling = [place for place, cell in enumerate(cells) if self.tells(cell)]
        if not telling:
            return list(cells)
        if not self._is_of_another(cells, keys):
            return None
        # a number alone, such as an amount that happens to be equal, tells nothing in another firm's row
        words = {place for place in telling if shown(cells[place]).strip().casefold() not in self._numbers}
        return [GONE if place in words else cell for place, cell in enumerate(cells)]

    def _is_own(self, cell: str, is_key: bool) -> bool:
        if self._has_code and self.firm_of(cell) == self.code:
            return True
        written = shown(cell).strip().casefold()
        return is_key and (written in self._numbers or self.firm_of(cell) in self._opaque_code)

    def _is_of_another(self, cells: Sequence[str], keys: frozenset[int]) -> bool:
        firms = {self.firm_of(cell) for place, cell in enumerate(cells) if self._has_code or place in keys}
        return bool(firms - {None, self.code} if self._has_code else firms & self.others)


def _tells(number: str) -> bool:
    """Whether a number is long enough, or has letters, to be known in any place."""
    letters = compact(number)
    return len(letters) >= SHORTEST_NUMBER if letters.isdecimal() else len(letters) > 1


def _words(text: str) -> list[str]:
    """The words of a text, as they stand and split at every sign."""
    return [*text.split(), *_TOKEN.findall(text)]
