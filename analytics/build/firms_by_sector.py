"""How the firms that applied fall into sectors: what an officer looks at after the applications are in."""

from dataclasses import dataclass

from analytics.build.panel_from_store import firms_of
from analytics.programme.file import Programme
from analytics.store.database import Store


@dataclass(frozen=True, slots=True)
class SectorFirms:
    """Firms of a sector, None: of those without one. not_funded: also those that are no fair comparison."""

    sector: str | None
    funded: int
    not_funded: int


def firms_by_sector(store: Store, programme: Programme) -> list[SectorFirms]:
    """Every sector of the programme file, in its order, then the firms without a sector where there are any."""
    firms = firms_of(store, programme)
    firms = firms[~firms["outside"]]
    funded, sector = firms["awarded_on"].notna(), firms["sector"]
    rows = [
        SectorFirms(code, int((funded & here).sum()), int((~funded & here).sum()))
        for code, here in [*((code, sector == code) for code in programme.codes("sector")), (None, sector.isna())]
    ]
    return [row for row in rows if row.sector is not None or row.funded or row.not_funded]
