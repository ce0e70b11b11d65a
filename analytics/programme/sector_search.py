"""A programme's sectors as a reader finds them: by name, or by an activity code."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from analytics.language.text import Text
from analytics.programme.classifications import AmbiguousCodeError, UnknownCodeError, division_2007
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


LEAST_LETTERS = 3
_CODE = re.compile(r"(?:ateco\s*)?(?:[a-v]\.?)?(\d[\d.]*?)\.?")


def find_sector(programme: Programme, codes: Sequence[str], typed: str, text: Text) -> str | None:
    """The sector meant by an ATECO 2007 code of any length, or by a name, a part of one, or nearly one of its words.

    None where none is, or more than one.
    """
    words = typed.strip().casefold()
    if code := _CODE.fullmatch(words):
        try:
            meant = programme.sector_of(division_2007(code[1], "2007"))
        except (UnknownCodeError, AmbiguousCodeError):
            return None
        return meant if meant in codes else None
    names = {code: programme.label("sector", code, text).casefold() for code in codes}
    if len(words) < LEAST_LETTERS:
        return next((code for code, name in names.items() if name == words), None)
    exact = [code for code, name in names.items() if words == name]
    matches = exact or [code for code, name in names.items() if words in name]
    matches = matches or [
        code for code, name in names.items() if get_close_matches(words, [name, *name.split()], n=1, cutoff=0.8)
    ]
    return matches[0] if len(matches) == 1 else None
