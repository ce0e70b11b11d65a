"""XLSX and ODS files put together part by part: what no program writes on purpose, and officers still have."""

import datetime as dt
import io
import zipfile
import zlib
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
Cell = str | float | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook. rows: the XML inside <sheetData>; state: visible, hidden, veryHidden; before, after: XML
    around <sheetData>."""

    name: str
    rows: str
    state: str = "visible"
    before: str = ""
    after: str = ""


def letters(column: int) -> str:
    """The name of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell_xml(value: Cell, at: str) -> str:
    """One cell; text in place, "=1+2|3" a formula and its value, "=1+2" one without, "#N/A" an error, a day a date."""
    match value:
        case None:
            return ""
        case bool():
            return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
        case dt.date():
            return f'<c r="{at}" s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
        case str() if value.startswith("="):
            formula, _, shown = value[1:].partition("|")
            return f'<c r="{at}"><f>{escape(formula)}</f>{f"<v>{shown}</v>" if shown else ""}</c>'
        case str() if value.startswith("#") and value.isupper():
            return f'<c r="{at}" t="e"><v>{value}</v></c>'
        case str():
            return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        case _:
            return f'<c r="{at}"><v>{value!r}</v></c>'


def rows_xml(rows: list[list[Cell]], hidden: tuple[int, ...] = ()) -> str:
    """Rows from the first on; the numbers of the hidden ones count from 1."""
    written = []
    for i, row in enumerate(rows, start=1):
        cells = "".join(cell_xml(value, f"{letters(j)}{i}") for j, value in enumerate(row))
        written.append(f'<row r="{i}" hidden="{int(i in hidden)}">{cells}</row>')
    return "".join(written)


def sheet_xml(sheet: Sheet) -> str:
    """The part of one sheet."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}">{sheet.before}'
        f"<sheetData>{sheet.rows}</sheetData>{sheet.after}</worksheet>"
    )


def xlsx_parts(*sheets: Sheet, date1904: bool = False) -> dict[str, str]:
    """The parts of a workbook by name; style 1 is a day, 2 per cent, 3 thousands, 4 dd/mm/yyyy."""
    numbered = list(enumerate(sheets, start=1))
    listed = "".join(
        f'<sheet name={quoteattr(s.name)} sheetId="{i}" state="{s.state}" r:id="rId{i}"/>' for i, s in numbered
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i, _ in numbered
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>' for i, _ in numbered
    )
    styles = "".join(f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for n in (0, 14, 9, 165, 166))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
        f'Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="165" formatCode="#,##0,"/>'
        '<numFmt numFmtId="166" formatCode="dd/mm/yyyy"/></numFmts><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
        f'</cellStyleXfs><cellXfs count="5">{styles}</cellXfs></styleSheet>',
    }
    return parts | {f"xl/worksheets/sheet{i}.xml": sheet_xml(s) for i, s in numbered}


def zipped(parts: dict[str, str | bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    """The parts as a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name), part, how)
    return content.getvalue()


def raw_xlsx(*sheets: Sheet, date1904: bool = False) -> bytes:
    """A workbook with these sheets."""
    return zipped(dict(xlsx_parts(*sheets, date1904=date1904)))


def plain_xlsx(**sheets: list[list[Cell]]) -> bytes:
    """A workbook of visible sheets by name, each given by its rows."""
    return raw_xlsx(*(Sheet(name, rows_xml(rows)) for name, rows in sheets.items()))


def one_letter(
    name: str, head: bytes, tail: bytes, megabytes: int, *, told: int | None = None, parts: dict[str, str] | None = None
) -> bytes:
    """A zip of these parts and one more: head, so many megabytes of `a`, tail. told: the size that the zip states, if
    not the true one. The letters are not packed one by one: the packed block of a megabyte is repeated.
    """
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    begun = pack.compress(head) + pack.flush(zlib.Z_FULL_FLUSH)
    block = pack.compress(b"a" * 2**20) + pack.flush(zlib.Z_FULL_FLUSH)
    packed = begun + block * megabytes + pack.compress(tail) + pack.flush()
    info = zipfile.ZipInfo(name)
    info.compress_type, info.compress_size, info.CRC = zipfile.ZIP_DEFLATED, len(packed), 0
    info.file_size = len(head) + megabytes * 2**20 + len(tail) if told is None else told
    info.header_offset = 0
    content = io.BytesIO(info.FileHeader(zip64=False) + packed)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as file:
        file.filelist.append(info)
        for other, part in (parts or {}).items():
            file.writestr(zipfile.ZipInfo(other), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _ods_cell(value: Cell) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case bool():
            word = str(value).lower()
            return f'<table:table-cell office:value-type="boolean" office:boolean-value="{word}"/>'
        case dt.date():
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        case str() if value.startswith("="):
            formula, _, shown = value[1:].partition("|")
            known = f' office:value-type="float" office:value="{shown}"' if shown else ""
            return f'<table:table-cell table:formula="of:={escape(formula)}"{known}/>'
        case str():
            return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        case _:
            return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'


def ods_rows(rows: list[list[Cell]]) -> str:
    """Rows of a table of an ODS file."""
    return "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)


def ods(tables: dict[str, str], *, hidden: tuple[str, ...] = (), manifest: str = "") -> bytes:
    """An ODS file: name -> the XML of the rows; manifest: XML inside the manifest's entry of the content."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    names = {"office": "office:1.0", "table": "table:1.0", "text": "text:1.0", "style": "style:1.0"}
    spaces = " ".join(f'xmlns:{prefix}="{space}{name}"' for prefix, name in names.items())
    body = "".join(
        f'<table:table table:name={quoteattr(name)} table:style-name="{"no" if name in hidden else "yes"}">{rows}'
        "</table:table>"
        for name, rows in tables.items()
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("yes", "true"), ("no", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    listed = (
        f'<manifest:manifest xmlns:manifest="{space}manifest:1.0" manifest:version="1.2"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/><manifest:file-entry manifest:full-path="content.xml" '
        f'manifest:media-type="text/xml">{manifest}</manifest:file-entry></manifest:manifest>'
    )
    parts = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": listed}
    return zipped(dict(parts), stored=("mimetype",))
