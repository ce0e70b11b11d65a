"""Small workbooks written by hand: XLSX, ODS, XLS and XLSB, with what no library would write."""

import io
import re
import struct
import zipfile
from itertools import groupby

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FORMATS = (0, 14, 9, 164, 165, 166, 167)  # of the cell styles "0" to "6"
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="0.0%"/>
<numFmt numFmtId="165" formatCode="#,##0,"/><numFmt numFmtId="166" formatCode="#,##0.00"/>
<numFmt numFmtId="167" formatCode="#,##0&quot; %&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
<cellXfs>{"".join(f'<xf numFmtId="{number}"/>' for number in FORMATS)}</cellXfs></styleSheet>"""


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP archive of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return content.getvalue()


def cells(texts: dict[str, str]) -> str:
    """Rows of text cells, by the cells' names, in the order of rows."""

    def row(name: str) -> str:
        return re.sub("[A-Z]", "", name)

    return "".join(
        f'<row r="{number}">' + "".join(f'<c r="{n}" t="str"><v>{texts[n]}</v></c>' for n in names) + "</row>"
        for number, names in groupby(texts, row)
    )


def relations(targets: dict[str, str]) -> str:
    """A part that says which part each id stands for."""
    one = "".join(
        f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{kind}.xml"/>' for i, kind in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'


def xlsx(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    workbook: str = "",
    start: str = "",
    sheets: int = 1,
    strings: str = "",
) -> bytes:
    """A workbook whose sheets all have these rows. before: markup before them; workbook, after: markup before and after
    the workbook's list of sheets; start: what opens the sheet's part; strings: the only shared text."""
    names = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, sheets + 1))
    targets = {f"r{i}": "worksheet" for i in range(1, sheets + 1)} | {"s": "styles", "t": "sharedStrings"}
    listed = f"{workbook}<sheets>{names}</sheets>{after}"
    sheet = f'{start}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{listed}</workbook>',
            "_rels/.rels": relations({"r1": "officeDocument"}).replace("officeDocument.xml", "xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels": relations(targets),
            "xl/styles.xml": STYLES,
            "xl/worksheet.xml": sheet,
        }
        | ({"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{strings}</t></si></sst>'} if strings else {})
    )


OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = " ".join(f'xmlns:{one}="{OASIS}:{one}:1.0"' for one in ("office", "table", "text", "style")) + (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods_cell(text: str, attributes: str = "") -> str:
    """A cell of text."""
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def ods(rows: str, *, hidden: bool = False, manifest: str = "") -> bytes:
    """A workbook of one sheet with these rows."""
    shown = f'<style:table-properties table:display="{str(not hidden).lower()}"/>'
    style = f'<style:style style:name="t" style:family="table">{shown}</style:style>'
    styles = f"<office:automatic-styles>{style}</office:automatic-styles>"
    listed = f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0">{manifest}</manifest:manifest>'
    table = f'<table:table table:name="S1" table:style-name="t">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": listed,
            "content.xml": f"<office:document-content {NAMESPACES}>{styles}{body}</office:document-content>",
        }
    )


def record(kind: int, body: bytes = b"") -> bytes:
    """A BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def xls(*, uncomputed: bool = False, password: bool = False) -> bytes:
    """An XLS workbook of one sheet, 2 rows x 3 columns: texts merged over both rows, numbers in a hidden column, and a
    cell with an error above a formula that gives one; the second row is hidden. uncomputed: the formula has no value;
    password: the workbook is encrypted."""
    bof = struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6)
    result = bytes(8) if uncomputed else bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF])
    formula = struct.pack("<HHH", 1, 2, 0) + result + struct.pack("<HIH", 2 if uncomputed else 0, 0, 3) + b"\x1e\1\0"
    sheet = (
        record(0x809, bof)
        + record(0x7D, struct.pack("<6H", 1, 1, 2560, 0, 1, 0))
        + record(0x200, struct.pack("<IIHHH", 0, 2, 0, 3, 0))
        + record(0x208, struct.pack("<6HI", 0, 0, 3, 255, 0, 0, 0x100))
        + record(0x208, struct.pack("<6HI", 1, 0, 3, 255, 0, 0, 0x120))
        + record(0x204, struct.pack("<HHHHB", 0, 0, 0, 2, 0) + b"cf")
        + record(0x203, struct.pack("<HHHd", 0, 1, 0, 9.5))
        + record(0x205, struct.pack("<HHHBB", 0, 2, 0, 42, 1))
        + record(0x27E, struct.pack("<HHHI", 1, 1, 0, 1234 << 2 | 2))
        + record(0x06, formula)
        + record(0xE5, struct.pack("<5H", 1, 0, 1, 0, 0))
        + record(0x0A)
    )
    book = record(0x809, bof[:2] + b"\5\0" + bof[4:]) + (
        record(0x2F, struct.pack("<HHH", 0, 1, 2)) if password else b""
    )
    book += record(0x42, struct.pack("<H", 1200)) + record(0xE0, bytes(20))
    book += record(0x85, struct.pack("<IBBBB", len(book) + 4 + 10 + 4, 0, 0, 2, 0) + b"S1") + record(0x0A)
    return ole("Workbook", (book + sheet).ljust(4096, b"\0"))


def ole(name: str, stream: bytes) -> bytes:
    """An OLE container of one stream of at least 4,096 bytes."""
    sectors = -(-len(stream) // 512)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        wide = (title + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return wide.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", first, size)

    entries = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + fat + entries.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")


def xlsb(numbers: list[tuple[int, int, float]]) -> bytes:
    """An XLSB workbook of one sheet with these numbers: row and column from 0."""

    def part(kind: int, body: bytes = b"") -> bytes:
        code = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return code + bytes([len(body)]) + body

    def text(said: str) -> bytes:
        return struct.pack("<I", len(said)) + said.encode("utf-16-le")

    rows = b"".join(
        part(0, struct.pack("<IIH", row, 0, 300) + bytes(7)) + part(5, struct.pack("<IId", column, 0, value))
        for row, column, value in numbers
    )
    sheet = part(129) + part(148, bytes(16)) + part(145) + rows + part(146) + part(130)
    listed = part(156, struct.pack("<II", 0, 1) + text("r1") + text("S1"))
    target = f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/>'
    return zipped(
        {
            "xl/workbook.bin": part(131) + part(143) + listed + part(144) + part(132),
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{target}</Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
        }
    )
