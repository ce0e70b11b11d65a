"""A programme's sectors as a reader finds them: by name, or by an activity code."""

from collections.abc import Sequence
from difflib import get_close_matches

from analytics.programme import Programme
from analytics.reference import AmbiguousCodeError, UnknownCodeError, division_2007
from analytics.text import Text


def sector_option(programme: Programme, code: str, text: Text) -> str:
    """'Alimentari e bevande · ATECO 10, 11, 12'; the sector of all other divisions by its name alone."""
    sector = next(one for one in programme.sectors if one.id == code)
    name = programme.label("sector", code, text)
    if len(programme.sectors) == 1:
        return name
    if sector.rest:
        return text("sectors.option_rest", name=name)
    return text("sectors.option", name=name, divisions=", ".join(f"{division:02d}" for division in sector.divisions))


def find_sector(programme: Programme, codes: Sequence[str], typed: str, text: Text) -> str | None:
    """The sector meant by an ATECO 2007 code of any length, or by a name or a part of it; None where nothing is."""
    words = typed.strip().casefold()
    try:
        meant = programme.sector_of(division_2007(words, "2007"))
    except (UnknownCodeError, AmbiguousCodeError):
        names = {programme.label("sector", code, text).casefold(): code for code in codes}
        holding = [name for name in names if words and words in name]
        near = holding or get_close_matches(words, names, n=1)
        return names[near[0]] if near else None
    return meant if meant in codes else None
