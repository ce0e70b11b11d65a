"""Damaged files: what an input of the corpus becomes when bytes, tokens, parts or columns of it are changed at random.

Every mutation takes the random numbers that it is given, so the same number makes the same file.
"""

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

from tests.helpers.rna import Amount, Entry, month
from tests.store.corpus import CASES

LARGEST_SEED = 200_000  # bytes; larger ones are slow to change, and show nothing more
FORMATS = ("csv", "xlsx", "xls", "ods", "parquet", "rna", "mapping")
_SHARES = (30, 16, 8, 8, 14, 12, 12)  # of a hundred inputs
_TOKENS = (
    *(
        "",
        " ",
        "0",
        "-1",
        "9.500",
        "12,345",
        "1e400",
        "1E5",
        "NaN",
        "inf",
        "n.d.",
        "-",
        "#N/D",
        "=1+1",
        "2021-13",
        "mar-21",
    ),
    *(
        "01/02/03",
        "1900-01-01",
        "\u2028",
        "\ufeff",
        "\u200b",
        "è",
        "Ã¨",
        "\ufffd",
        '"',
        '""',
        "'",
        ";",
        ",",
        "\t",
        "\n",
        "\r",
        "\0",
    ),
    *(
        "\x1a",
        "\x02",
        "&#2;",
        "&amp;",
        "<a>",
        "]]>",
        "9" * 40,
        "a" * 5000,
        "00000000001",
        "€ 1.234,56-",
        "(1,5)",
        "١٢",
        "1_000",
    ),
)
_LINES = re.compile(r"(?<=\n)")
_CELLS = re.compile(r"([;,\t\n\"<>=])")
_ELEMENT = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"\d+")
_NUMBERS = ("0", "-1", "1", "65535", "1048577", "2147483648", "99999999999999999999", "1.5", "")
Draw = random.Random
Change = Callable[[bytes, Draw], bytes]


@dataclass(frozen=True, slots=True)
class Input:
    """One import to be tried. format: of FORMATS; kind: applications, sales or rna; mapping: TOML, "" for none; warned:
    with the warnings of what looks wrong, which take longer than all the rest.
    """

    format: str
    kind: str
    file: str
    content: bytes
    mapping: bytes = b""
    partial: bool = False
    warned: bool = False


@cache
def seeds() -> dict[str, tuple[Input, ...]]:
    """What is changed, by format: the corpus, and months of the register."""
    found: dict[str, list[Input]] = {name: [] for name in FORMATS}
    for case in CASES.values():
        if (
            "1.5 GB" in case.name
            or "not true" in case.name
            or "three hundred" in case.name
            or "million rows" in case.name
        ):
            continue
        content = case.content()
        if 0 < len(content) <= LARGEST_SEED:
            one = Input("", case.kind, case.file, content, case.mapping.encode(), case.partial)
            found[format_of(content)].append(one)
            if case.mapping:
                found["mapping"].append(one)
    found["rna"] += [Input("", "rna", f"file_00{n}.xml", content) for n, content in enumerate(_months())]
    return {name: tuple(inputs) for name, inputs in found.items()}


def _months() -> list[bytes]:
    two = (Amount("4000.00", component="1"), Amount("5000.50", component="2", instrument="3"))
    days = Entry(1002, amounts=two, day="2020-02-03+01:00")
    whole = month([Entry(1001), days, Entry(7, car="9", title="Altro")])
    latin = (
        whole.decode()
        .replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
        .replace("Impresa", "Società")
        .encode("latin-1")
    )
    return [whole, whole.replace(b"Progetto", b"Pro\x02getto &#x10;"), latin, whole.decode().encode("utf-16")]


def format_of(content: bytes) -> str:
    """Which format a seed is changed as."""
    if content.startswith(b"PK"):
        return "ods" if b"opendocument" in content[:200] else "xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    return "parquet" if content.startswith(b"PAR1") else "csv"


def damaged(seed: int, number: int) -> Input:
    """The input of that number."""
    draw = random.Random(f"{seed}:{number}")
    [name] = draw.choices(FORMATS, _SHARES)
    chosen = draw.choice(seeds()[name])
    content, mapping = chosen.content, chosen.mapping
    for _ in range(draw.choice((1, 1, 1, 1, 2, 5))):
        if name == "mapping":
            mapping = draw.choice((_change_bytes, _change_tokens, _change_tokens, _change_lines))(mapping, draw)
        else:
            content = draw.choice(_CHANGES[name])(content, draw)
    partial = draw.random() < 0.3
    return Input(name, chosen.kind, chosen.file, content, mapping, partial, warned=draw.random() < 0.1)


def _change_bytes(content: bytes, draw: Draw) -> bytes:
    """Bits turned over, bytes cut out, put in, repeated, or the end cut off."""
    at = draw.randrange(len(content) + 1)
    length = draw.choice((1, 1, 2, 8, 100, 3000))
    match draw.randrange(5):
        case 0:
            changed = bytearray(content)
            for place in (draw.randrange(len(content)) for _ in range(min(length, 20)) if content):
                changed[place] ^= 1 << draw.randrange(8)
            return bytes(changed)
        case 1:
            return content[:at] + content[at + length :]
        case 2:
            return content[:at] + draw.randbytes(min(length, 100)) + content[at:]
        case 3:
            return content[: at + length] + content[at:]
        case _:
            return content[:at]


def _as_text(content: bytes) -> tuple[str, str]:
    try:
        return content.decode(), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _change_tokens(content: bytes, draw: Draw) -> bytes:
    """A cell, name or value of a text takes the place of another, or an awkward one its own; the first line, without
    which nothing else is read, mostly stays.
    """
    text, encoding = _as_text(content)
    first, line_end, rest = text.partition("\n")
    kept, changed = (first + line_end, rest) if rest and draw.random() < 0.8 else ("", text)
    pieces = _CELLS.split(changed)
    at, other = draw.randrange(len(pieces)), draw.randrange(len(pieces))
    if draw.random() < 0.5:
        pieces[at] = draw.choice(_TOKENS)
    else:
        pieces[at], pieces[other] = pieces[other], pieces[at]
    return (kept + "".join(pieces)).encode(encoding, "replace")


def _change_lines(content: bytes, draw: Draw) -> bytes:
    """Lines cut out, repeated, exchanged, or all of them ended or encoded in another way."""
    text, encoding = _as_text(content)
    lines = _LINES.split(text)
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines[at:at] = [lines[other]] * draw.choice((1, 2, 300))
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            return text.replace("\n", draw.choice(("\r", "\r\n", "\n\n", " "))).encode(encoding, "replace")
        case 4:
            return text.encode(
                draw.choice(("utf-16", "utf-16-be", "cp1252", "cp850", "utf-8-sig", "utf-32")), "replace"
            )
        case _:
            return text.replace(";", draw.choice((",", "\t", "|", " ", ";;"))).encode(encoding, "replace")
    return "".join(lines).encode(encoding, "replace")


def _change_markup(content: bytes, draw: Draw) -> bytes:
    """Elements of an XML text cut out, repeated, exchanged; numbers in them out of all proportion; entities."""
    text, encoding = _as_text(content)
    elements = list(_ELEMENT.finditer(text))
    if not elements:
        return _change_tokens(content, draw)
    one, other = (
        sorted(draw.sample(elements, 2), key=lambda found: found.start()) if len(elements) > 1 else elements * 2
    )
    [how] = draw.choices(range(6), (1, 1, 2, 6, 1, 5))
    match how:
        case 0:
            changed = text[: one.start()] + text[one.end() :]
        case 1:
            changed = text[: one.start()] + text[other.start() :]
        case 2:
            changed = (
                text[: other.start()]
                + text[one.start() : other.start()] * draw.choice((1, 2, 50))
                + text[other.start() :]
            )
        case 3:
            numbers = list(_NUMBER.finditer(text))
            chosen = draw.choice(numbers) if numbers else one
            changed = text[: chosen.start()] + draw.choice(_NUMBERS) + text[chosen.end() :]
        case 4:
            entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
            changed = (
                entity + text[: one.end()] + draw.choice(("&a;", "&b;", "&#0;", "&#x1f;", "&nbsp;")) + text[one.end() :]
            )
        case _:
            changed = text[: one.end()] + escape(draw.choice(_TOKENS)) + text[one.end() :]
    return changed.encode(encoding, "replace")


def _change_parts(content: bytes, draw: Draw) -> bytes:
    """Parts of a zip: one changed inside and packed again, left out, renamed, or packed twice."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = [(info.filename, file.read(info)) for info in file.infolist()]
    except Exception:
        return _change_bytes(content, draw)
    if not parts:
        return _change_bytes(content, draw)
    at = draw.randrange(len(parts))
    name, part = parts[at]
    match draw.randrange(8):
        case 0:
            del parts[at]
        case 1:
            parts[at] = (draw.choice((name.upper(), "../" + name, draw.choice(parts)[0])), part)
        case 2:
            parts.append(parts[at])
        case 3:
            parts[at] = (name, _change_bytes(part, draw))
        case _:
            parts[at] = (name, _change_markup(part, draw))
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        warnings.simplefilter("ignore")  # of two parts of one name
        for one, inside in parts:
            file.writestr(zipfile.ZipInfo(one), inside, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _change_columns(content: bytes, draw: Draw) -> bytes:
    """A Parquet file whose columns are repeated, renamed, cast, emptied or filled with awkward values."""
    try:
        table = pq.read_table(io.BytesIO(content))
        table = _changed_table(table, draw)
        packed = io.BytesIO()
        pq.write_table(table, packed, compression=draw.choice(("snappy", "none", "zstd")))
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return _change_bytes(content, draw)
    return packed.getvalue()


def _changed_table(table: pa.Table, draw: Draw) -> pa.Table:
    at = draw.randrange(table.num_columns)
    name, column = table.column_names[at], table.column(at)
    types = (
        pa.string(),
        pa.float64(),
        pa.float32(),
        pa.int8(),
        pa.int64(),
        pa.date32(),
        pa.timestamp("ns", "UTC"),
        pa.binary(),
    )
    match draw.randrange(6):
        case 0:
            return table.append_column(draw.choice((name, name.upper(), "x", "")), column)
        case 1:
            return table.set_column(at, name, column.cast(draw.choice(types)))
        case 2:
            return table.set_column(at, name, pa.nulls(len(column), draw.choice(types)))
        case 3:
            return table.set_column(at, name, pa.array([draw.choice(_TOKENS) for _ in range(len(column))]))
        case 4:
            return pa.concat_tables([table] * draw.choice((2, 3, 200)))
        case _:
            return table.remove_column(at)


_CHANGES: dict[str, Sequence[Change]] = {
    "csv": (_change_bytes, *(_change_tokens,) * 6, _change_lines),
    "xlsx": (_change_bytes, _change_parts, _change_parts, _change_parts),
    "ods": (_change_bytes, _change_parts, _change_parts, _change_parts),
    "xls": (_change_bytes,),
    "parquet": (_change_bytes, _change_columns, _change_columns),
    "rna": (_change_bytes, _change_tokens, _change_markup, _change_markup),
}
