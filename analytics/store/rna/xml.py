"""A month of the state aid register (RNA) as XML, read as it streams by: a file comes in, its aids go out one by one.

Memory does not depend on the size of the file. No entity is ever expanded: a file that declares a document type is
refused before. Elements may carry any namespace prefix or none, and their names may be cut short.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from analytics.model import Progress, UserError, silent
from analytics.store.rna.text import CleanText

LONGEST_AID = 16 << 20  # bytes; a longer one is no aid
SHORTEST_PREFIX = 8  # letters that are left of a name that was cut short
_MEGABYTE = 1 << 20
_UNKNOWN_KINDS = 1000  # names of unknown elements that are told apart

OF_AID = (
    *("CAR", "TITOLO_MISURA", "COR", "TITOLO_PROGETTO", "DATA_CONCESSIONE", "CUP", "DENOMINAZIONE_BENEFICIARIO"),
    *("CODICE_FISCALE_BENEFICIARIO", "REGIONE_BENEFICIARIO"),
)
OF_COMPONENT = ("ID_COMPONENTE_AIUTO", "SETTORE_ATTIVITA")
OF_INSTRUMENT = ("COD_STRUMENTO", "ELEMENTO_DI_AIUTO", "IMPORTO_NOMINALE")
# The rest of the published schema, and COD_UFF_GESTORE, which files of 2020 have instead of IDENTIFICATIVO_UFFICIO.
NOT_USED = (
    *("LISTA_AIUTI", "DES_TIPO_MISURA", "COD_CE_MISURA", "BASE_GIURIDICA_NAZIONALE", "LINK_TESTO_INTEGRALE_MISURA"),
    *("IDENTIFICATIVO_UFFICIO", "COD_UFF_GESTORE", "SOGGETTO_CONCEDENTE", "DESCRIZIONE_PROGETTO"),
    *("LINK_TRASPARENZA_NAZIONALE", "ATTO_CONCESSIONE", "LINK_ATTO_CONCESSIONE", "DES_TIPO_BENEFICIARIO"),
    *("IDENTIFICATIVO_MISURA_ATTUATIVA", "MISURA_ATTUATIVA_ENTE_COMPETENTE", "MISURA_ATTUATIVA_TITOLO"),
    *("MISURA_ATTUATIVA_BASE_GIURIDICA_NAZIONALE", "COMPONENTI_AIUTO", "COD_PROCEDIMENTO", "DES_PROCEDIMENTO"),
    *("COD_REGOLAMENTO", "DES_REGOLAMENTO", "COD_OBIETTIVO", "DES_OBIETTIVO", "SOGGETTO_INTERMEDIARIO"),
    *("ENTITA_DELEGATA", "STRUMENTI_AIUTO", "DES_STRUMENTO"),
)
_TEXTS = frozenset((*OF_AID, *OF_COMPONENT, *OF_INSTRUMENT))
_KNOWN = (*_TEXTS, *NOT_USED, "AIUTO", "COMPONENTE_AIUTO", "STRUMENTO_AIUTO")


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument of one component of an aid, as written: text of the file by element name, absent where there is
    no such element."""

    component: dict[str, str]
    instrument: dict[str, str]


@dataclass(frozen=True, slots=True)
class Aid:
    """One aid as written. row: the line of the file where it begins; fields: its texts by element name, without those
    that are empty; instruments: those of all its components, one without any text for an aid that has none."""

    row: int
    fields: dict[str, str]
    instruments: tuple[Instrument, ...]


class _Names(dict[str, str | None]):
    """An element's name as it stands in the file -> the schema's name, None for one that it does not have."""

    def __missing__(self, written: str) -> str | None:
        local = written.rpartition(":")[2].upper()
        found: str | None = local if local in _KNOWN else None
        if found is None and len(local) >= SHORTEST_PREFIX:
            longer = [name for name in _KNOWN if name.startswith(local)]
            found = longer[0] if len(longer) == 1 else None
        if len(self) < _UNKNOWN_KINDS:
            self[written] = found
        return found


class AidFile:
    """The aids of one file. `wanted` tells by CAR and title of the measure which of them are read whole.

    read: aids seen so far, wanted or not; removed, recoded: as in CleanText; unknown: elements of wanted aids that the
    schema does not have, by name.
    """

    def __init__(self, path: Path, wanted: Callable[[str, str], bool]) -> None:
        """Nothing is read yet. `wanted` is called once for each aid; "" stands for an empty CAR or title."""
        self.path = path
        self.read = 0
        self.unknown: Counter[str] = Counter()
        self.removed = 0
        self.recoded = False
        self._wanted = wanted
        self._names = _Names()
        self._done: list[Aid] = []
        self._parts: list[str] = []
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.buffer_text = True
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start_root
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._begun = False
        self._forget()

    def aids(self, progress: Progress = silent) -> Iterator[Aid]:
        """The wanted aids in the order of the file. Raises UserError where the file is no list of aids, is cut off or
        damaged, or declares a document type.
        """
        try:
            size = self.path.stat().st_size
            with self.path.open("rb") as file:
                text = CleanText(file)
                given, closed_at, closed = 0, 0, 0
                for block in text.blocks():
                    self._feed(block)
                    yield from self._done
                    self._done.clear()
                    given += len(block)
                    if self.read != closed:
                        closed, closed_at = self.read, given
                    elif given - closed_at > LONGEST_AID:
                        raise UserError("rna.too_long", file=self.path.name, read=self.read)
                    progress("import", min(given, size) // _MEGABYTE, max(size // _MEGABYTE, 1))
                self.removed, self.recoded = text.removed, text.recoded
        except OSError as error:
            raise UserError("file.unreadable", file=self.path, problem=error.strerror) from error
        self._end_file()

    def _feed(self, block: bytes) -> None:
        try:
            self._parser.Parse(block, False)
        except expat.ExpatError as error:
            if not self._begun:
                raise UserError("rna.not_xml", file=self.path.name) from error
            raise UserError(
                "rna.damaged",
                file=self.path.name,
                read=self.read,
                row=error.lineno,
                column=error.offset + 1,
                problem=expat.ErrorString(error.code),
            ) from error

    def _end_file(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            key = "rna.cut" if self._begun else "rna.not_xml"
            raise UserError(key, file=self.path.name, read=self.read, row=error.lineno) from error
        if not self.read:
            raise UserError("rna.no_aids", file=self.path.name)

    def _refuse_document_type(self, *_: object) -> None:
        raise UserError("rna.document_type", file=self.path.name)

    def _start_root(self, name: str, _: object) -> None:
        self._begun = True
        if self._names[name] != "LISTA_AIUTI":
            raise UserError("rna.not_aids", file=self.path.name, root=name[:80])
        self._read_on()

    def _read_on(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def _forget(self) -> None:
        """Be ready for the next aid."""
        self._row, self._written_name, self._decided = 0, "", False
        self._aid: dict[str, str] = {}
        self._instruments: list[Instrument] = []
        self._begin_component()

    def _begin_component(self) -> None:
        self._component: dict[str, str] = {}
        self._of_component: list[dict[str, str]] = []
        self._instrument: dict[str, str] = {}

    def _start(self, written: str, _: object) -> None:
        name = self._names[written]
        if name in _TEXTS:
            self._parts.clear()
            self._parser.CharacterDataHandler = self._parts.append
        elif name == "AIUTO":
            self._forget()
            self._row, self._written_name = self._parser.CurrentLineNumber, written
        elif name is None:
            self.unknown[written if len(self.unknown) < _UNKNOWN_KINDS else ""] += 1

    def _end(self, written: str) -> None:
        name = self._names[written]
        if name in _TEXTS:
            self._parser.CharacterDataHandler = None
            self._keep(str(name), " ".join("".join(self._parts).split()))
        elif name == "STRUMENTO_AIUTO":
            self._of_component.append(self._instrument)
            self._instrument = {}
        elif name == "COMPONENTE_AIUTO":
            self._end_component()
        elif name == "AIUTO":
            self._end_aid()

    def _keep(self, name: str, said: str) -> None:
        if name in OF_INSTRUMENT:
            self._instrument[name] = said
        elif name in OF_COMPONENT:
            self._component[name] = said
        elif said:
            self._aid[name] = said
            if not self._decided and "CAR" in self._aid and "TITOLO_MISURA" in self._aid:
                self._decided = True
                if not self._wanted(self._aid["CAR"], self._aid["TITOLO_MISURA"]):
                    self._parser.StartElementHandler = None
                    self._parser.EndElementHandler = self._end_skipped

    def _end_skipped(self, written: str) -> None:
        if written == self._written_name:
            self.read += 1
            self._read_on()

    def _end_component(self) -> None:
        if self._instrument or not self._of_component:
            self._of_component.append(self._instrument)
        self._instruments += [Instrument(self._component, instrument) for instrument in self._of_component]
        self._begin_component()

    def _end_aid(self) -> None:
        self.read += 1
        if self._component or self._of_component or self._instrument or not self._instruments:
            self._end_component()
        if self._decided or self._wanted(self._aid.get("CAR", ""), self._aid.get("TITOLO_MISURA", "")):
            self._done.append(Aid(self._row, self._aid, tuple(self._instruments)))
        self._forget()
