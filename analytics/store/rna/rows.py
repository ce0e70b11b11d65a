"""What the texts of an aid mean: one row per component and instrument, or why there is none."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from analytics.store.cells.form import FIRST_YEAR, LAST_YEAR
from analytics.store.cells.parser import BadCellError, Rejection
from analytics.store.rna.xml import Aid, Instrument

LARGEST_AMOUNT = Decimal(10) ** 15  # euros; DECIMAL(18,2) holds it
CENT = Decimal("0.01")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T[0-9:.]+)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][-+]?\d{1,2})?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII),
    ",": re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII),
}
_ACTIVITY = re.compile(r"\b(?:[A-V]\.?\s?)?(\d{2}(?:\.\d{1,2}){0,2})\b", re.ASCII)
_EDITION = re.compile(r"\(\s*(?:NACE|ATECO)[^)]*\)", re.IGNORECASE)
_NO_CUP = frozenset({"", "nd", "na", "nonpresente", "nondisponibile", "null"})


@dataclass(frozen=True, slots=True)
class RnaRow:
    """One amount of an aid: the columns of `rna_aids`, as text for the database to cast. Missing: None; the component
    and the instrument of an aid that has none: "". rounded: whether an amount had more than two decimals."""

    cor: str
    component: str
    instrument: str
    car: str | None
    title: str | None
    fiscal_code: str | None
    name: str | None
    granted_on: str | None
    nominal: str | None
    element: str | None
    sector_code: str | None
    sector_edition: str | None
    region: str | None
    cup: str | None
    project: str | None
    rounded: bool


def rows_of(aid: Aid) -> tuple[list[RnaRow], list[Rejection]]:
    """The rows of one aid, and a rejection for each of those that cannot be read: together one per instrument."""
    rows: list[RnaRow] = []
    rejections: list[Rejection] = []
    for instrument in aid.instruments:
        try:
            rows.append(_row(aid, instrument))
        except _BadElementError as error:
            why = error.why
            rejections.append(Rejection(aid.row, error.element, error.said, why.reason, why.expected))
    return rows, rejections


class _BadElementError(Exception):
    def __init__(self, element: str, said: str, why: BadCellError) -> None:
        self.element, self.said, self.why = element, said, why


def _row(aid: Aid, instrument: Instrument) -> RnaRow:
    said = aid.fields
    cor = said.get("COR", "")
    if not cor:
        raise _BadElementError("COR", "", BadCellError("missing"))
    nominal, element = (
        _read_amount(instrument.instrument.get(name, ""), name, cor)
        for name in ("IMPORTO_NOMINALE", "ELEMENTO_DI_AIUTO")
    )
    day = said.get("DATA_CONCESSIONE", "")
    try:
        granted_on = read_day(day) if day else None
    except BadCellError as error:
        raise _BadElementError("DATA_CONCESSIONE", day, BadCellError(error.reason, cor)) from error
    sector, edition = read_activity(instrument.component.get("SETTORE_ATTIVITA", ""))
    return RnaRow(
        cor=plain_number(cor),
        component=plain_number(instrument.component.get("ID_COMPONENTE_AIUTO", "")),
        instrument=plain_number(instrument.instrument.get("COD_STRUMENTO", "")),
        car=said.get("CAR"),
        title=said.get("TITOLO_MISURA"),
        fiscal_code=read_fiscal_code(said.get("CODICE_FISCALE_BENEFICIARIO", "")),
        name=said.get("DENOMINAZIONE_BENEFICIARIO"),
        granted_on=granted_on,
        nominal=None if nominal is None else str(nominal.quantize(CENT, ROUND_HALF_UP)),
        element=None if element is None else str(element.quantize(CENT, ROUND_HALF_UP)),
        sector_code=sector,
        sector_edition=edition,
        region=said.get("REGIONE_BENEFICIARIO"),
        cup=None if re.sub(r"[\W_]", "", said.get("CUP", "")).lower() in _NO_CUP else said["CUP"],
        project=said.get("TITOLO_PROGETTO"),
        rounded=any(amount is not None and amount != amount.quantize(CENT) for amount in (nominal, element)),
    )


def _read_amount(said: str, name: str, cor: str) -> Decimal | None:
    try:
        return read_amount(said) if said else None
    except BadCellError as error:
        raise _BadElementError(name, said, BadCellError(error.reason, cor)) from error


def read_amount(said: str) -> Decimal:
    """An amount in euros. A dot is the decimal mark of XML, a single comma with other than three digits behind it too;
    of two marks the last is. Raises BadCellError for what is no amount, is negative, or has two readings (`9,000`).
    """
    compact = re.sub(r"[\s€]", "", said)
    written = compact
    if "," in compact and "." in compact:
        thousands = "." if compact.rfind(",") > compact.rfind(".") else ","
        written = compact.replace(thousands, "").replace(",", ".") if _GROUPED[thousands].fullmatch(compact) else ""
    elif "," in compact:
        written = compact.replace(",", ".") if not _GROUPED[","].fullmatch(compact) else ""
        if len(compact.split(",")) > 2 and _GROUPED[","].fullmatch(compact):
            written = compact.replace(",", "")
    elif len(compact.split(".")) > 2 and _GROUPED["."].fullmatch(compact):
        written = compact.replace(".", "")
    if not _NUMBER.fullmatch(written):
        raise BadCellError("rna_amount")
    try:
        amount = Decimal(written)
    except InvalidOperation as error:
        raise BadCellError("rna_amount") from error
    if amount >= LARGEST_AMOUNT:
        raise BadCellError("rna_amount")
    return amount


def read_day(said: str) -> str:
    """The day that is written, in ISO form, whatever zone or time stands behind it. Raises BadCellError."""
    match = _DAY.fullmatch(said)
    try:
        day = dt.date.fromisoformat(match[1] if match else "")
    except ValueError as error:
        raise BadCellError("rna_date") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCellError("rna_date")
    return day.isoformat()


def read_activity(said: str) -> tuple[str | None, str | None]:
    """`C.30.1`, `(NACE 2) C.30.1` -> the code without its section letter, 30.1, and the edition of ATECO that NACE
    belongs to where one is named: 2007 for NACE 2, 2025 for NACE 2.1. Several codes are joined by `;`."""
    classification = _EDITION.search(said)
    named = re.sub(r"\s", "", classification[0].upper()) if classification else ""
    edition = "2025" if "2.1" in named or "2025" in named else "2007" if named else None
    codes = list(dict.fromkeys(_ACTIVITY.findall(_EDITION.sub(" ", said.upper()))))
    return (";".join(codes), edition) if codes else (None, None)


def read_fiscal_code(said: str) -> str | None:
    """In capitals, without spaces and without IT before a VAT number; with the zeros that a number lost."""
    compact = re.sub(r"[\s.-]", "", said).upper()
    if len(compact) == 13 and compact.startswith("IT") and compact[2:].isdigit():
        compact = compact[2:]
    if compact.isdecimal() and 8 <= len(compact) <= 10:
        compact = compact.zfill(11)
    return compact or None


def plain_number(said: str) -> str:
    """A number without zeros in front and without the `.0` of a spreadsheet; anything else as it is."""
    compact = re.sub(r"\s", "", said).removesuffix(".0")
    return compact.lstrip("0") or "0" if compact.isdecimal() else compact
