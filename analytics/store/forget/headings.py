"""Under which headings files write what tells of a firm: codes of firms, numbers of applications and of aids."""

from collections.abc import Iterable

from analytics.programme.file import Programme
from analytics.store.columns import applications, sales
from analytics.store.mapping.headings import same_name
from analytics.store.mapping.names import names_of

KEYS = ("fiscal_code", "application_id", "cor")
OF_AIDS = ("CODICE_FISCALE_BENEFICIARIO", "COR")  # elements of the national register
HEADING_ROWS = 60  # at the top of a table, in which headings are looked for


def key_headings(programme: Programme, mapped: Iterable[str]) -> frozenset[str]:
    """As `same_name` writes them. mapped: headings that mappings name for one of `KEYS`."""
    found = {same_name(name) for name in (*KEYS, *OF_AIDS, *mapped)}
    for table in (applications(programme), sales(programme)):
        for column, names in names_of(table, programme).items():
            if column in KEYS:
                found |= {same_name(name) for name in names.names}
    return frozenset(filter(None, found))


class KeyColumns:
    """The places of a table's columns of codes and numbers, learnt from its first rows."""

    def __init__(self, headings: frozenset[str]) -> None:
        """headings: see `key_headings`."""
        self._headings = headings
        self._rows = 0
        self.places: frozenset[int] = frozenset()

    def learn(self, cells: Iterable[str]) -> frozenset[int]:
        """The places known with this row; called with each row of a table, in order."""
        if self._rows < HEADING_ROWS:
            self._rows += 1
            named = {place for place, cell in enumerate(cells) if cell and same_name(cell) in self._headings}
            self.places |= named
        return self.places
