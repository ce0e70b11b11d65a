"""The programme of a command that names none: the only one that there is to work on."""

from analytics.folders import PROGRAMME_FILES, Home, programme_ids
from analytics.model import UserError


def only_programme(home: Home) -> str:
    """The only programme that has a store; where none has, as on a machine for readers, the only one with releases;
    else the only one with a file. Raises UserError with those that there are.
    """
    files = programme_ids()
    stores, releases = ([name for name in names if name in files] for names in (home.stores(), home.released()))
    found = stores or releases or files
    if len(found) == 1:
        return found[0]
    known = ", ".join(found)
    if stores:
        raise UserError("programme.several_stores", known=known, first=found[0])
    if releases:
        raise UserError("programme.several_releases", known=known, first=found[0])
    raise UserError("programme.no_store", known=known or "–", folder=PROGRAMME_FILES, first=found[0] if found else "X")
