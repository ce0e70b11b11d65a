"""Months of the state aid register (RNA) as the ministry publishes them: invented aids, in files of any size."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.helpers.officer import code

NAMESPACE = "http://www.rna.it/RNA_aiuto/schema"
HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<LISTA_AIUTI xmlns="{NAMESPACE}">\n'
TAIL = "</LISTA_AIUTI>\n"
TITLE = "Bando E-Commerce 2020: nuovi mercati per le imprese lombarde"
CAR = "13008"


@dataclass(frozen=True)
class Amount:
    """One instrument of one component, as written."""

    nominal: str = "9000.50"
    element: str | None = None
    component: str = "1"
    instrument: str = "1"
    sector: str = "G.47.91"


@dataclass(frozen=True)
class Entry:
    """One aid, as written. extra: further XML within it; without: elements that it lacks."""

    n: int = 1
    car: str = CAR
    title: str = TITLE
    cor: str = ""
    fiscal_code: str = ""
    day: str = "2020-11-30"
    amounts: tuple[Amount, ...] = field(default=(Amount(),))
    extra: str = ""
    without: tuple[str, ...] = ()
    cup: str = "n.d."
    name: str = "Impresa S.r.l."


def aid_xml(entry: Entry) -> str:
    """The aid's element, in the order of the published schema."""
    fields = {
        "CAR": entry.car,
        "TITOLO_MISURA": entry.title,
        "DES_TIPO_MISURA": "Regime di aiuti",
        "COD_CE_MISURA": "SA.57021",
        "BASE_GIURIDICA_NAZIONALE": "Deliberazione della Giunta del 4 maggio 2020, misure a favore delle imprese" * 3,
        "LINK_TESTO_INTEGRALE_MISURA": "https://www.example.org/bandi/testo-integrale?misura=13008",
        "IDENTIFICATIVO_UFFICIO": "10533",
        "SOGGETTO_CONCEDENTE": "Unione regionale delle camere di commercio",
        "COR": entry.cor or f"{3_000_000 + entry.n}",
        "TITOLO_PROGETTO": f"Progetto {entry.n}: vendita online",
        "DESCRIZIONE_PROGETTO": "Accesso a piattaforme e sistemi di vendita online propri, per nuovi mercati. " * 5,
        "DATA_CONCESSIONE": entry.day,
        "CUP": entry.cup,
        "ATTO_CONCESSIONE": "Determinazione del dirigente",
        "DENOMINAZIONE_BENEFICIARIO": entry.name,
        "CODICE_FISCALE_BENEFICIARIO": entry.fiscal_code or code(entry.n),
        "DES_TIPO_BENEFICIARIO": "PMI",
        "REGIONE_BENEFICIARIO": "Lombardia",
    }
    lines = [f"    <{name}>{escape(said)}</{name}>" for name, said in fields.items() if name not in entry.without]
    components = "".join(component_xml(entry, each) for each in dict.fromkeys(a.component for a in entry.amounts))
    if "COMPONENTI_AIUTO" not in entry.without:
        lines.append(f"    <COMPONENTI_AIUTO>\n{components}    </COMPONENTI_AIUTO>")
    return "  <AIUTO>\n" + "\n".join(lines) + f"\n{entry.extra}  </AIUTO>\n"


def component_xml(entry: Entry, component: str) -> str:
    """One component with its instruments."""
    amounts = [amount for amount in entry.amounts if amount.component == component]
    instruments = "".join(
        "          <STRUMENTO_AIUTO>\n"
        f"            <COD_STRUMENTO>{amount.instrument}</COD_STRUMENTO>\n"
        "            <DES_STRUMENTO>Sovvenzione/Contributo in conto interessi</DES_STRUMENTO>\n"
        f"            <ELEMENTO_DI_AIUTO>{amount.nominal if amount.element is None else amount.element}"
        "</ELEMENTO_DI_AIUTO>\n"
        f"            <IMPORTO_NOMINALE>{amount.nominal}</IMPORTO_NOMINALE>\n"
        "          </STRUMENTO_AIUTO>\n"
        for amount in amounts
    )
    return (
        "      <COMPONENTE_AIUTO>\n"
        f"        <ID_COMPONENTE_AIUTO>{component}</ID_COMPONENTE_AIUTO>\n"
        "        <COD_PROCEDIMENTO>2</COD_PROCEDIMENTO>\n        <DES_PROCEDIMENTO>De Minimis</DES_PROCEDIMENTO>\n"
        "        <COD_REGOLAMENTO>DE_MINIMIS</COD_REGOLAMENTO>\n"
        "        <DES_REGOLAMENTO>Reg. UE 1407/2013 de minimis generale</DES_REGOLAMENTO>\n"
        "        <COD_OBIETTIVO>PMI</COD_OBIETTIVO>\n        <DES_OBIETTIVO>Sviluppo delle PMI</DES_OBIETTIVO>\n"
        f"        <SETTORE_ATTIVITA>{amounts[0].sector}</SETTORE_ATTIVITA>\n"
        f"        <STRUMENTI_AIUTO>\n{instruments}        </STRUMENTI_AIUTO>\n      </COMPONENTE_AIUTO>\n"
    )


def month(entries: Iterable[Entry]) -> bytes:
    """A whole file."""
    return (HEAD + "".join(aid_xml(entry) for entry in entries) + TAIL).encode()


def write_month(path: Path, megabytes: int, ours: int = 400, every: int = 50) -> int:
    """Write a month of about so many megabytes: `ours` aids of the programme's measure among those of `every` others;
    how many aids in all. One gigabyte takes a few seconds.
    """
    mark, per_block = "000000", 400
    foreign = [
        Entry(n, car=f"{20000 + n % every}", title=f"Misura {n % every}: contributi alle imprese", cor=f"9{mark}{n:04}")
        for n in range(per_block)
    ]
    block = "".join(aid_xml(entry) for entry in foreign).encode()
    blocks = max((megabytes << 20) // len(block), 1)
    each = -(-ours // blocks)
    written = 0
    with path.open("wb") as file:
        file.write(HEAD.encode())
        for i in range(blocks):
            file.write(block.replace(f"<COR>9{mark}".encode(), f"<COR>9{i:06}".encode()))
            own = [Entry(n + 1) for n in range(i * each, min((i + 1) * each, ours))]
            file.write("".join(aid_xml(entry) for entry in own).encode())
            written += per_block + len(own)
        file.write(TAIL.encode())
    return written
