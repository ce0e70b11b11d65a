"""The parts of a workbook that is a ZIP archive of XML, read as streams and within bounds."""

import posixpath
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from analytics.store.readers.sheet_facts import MarkupError

MOST_MEMBER_BYTES = 1 << 30  # of one part of a workbook, unpacked
MOST_BYTES = 2 << 30  # of all parts
SMALL_BYTES = 48 << 20  # of all parts, however tightly they are packed
MOST_TIMES = 50  # of the packed bytes, beyond that; tables come to 5 to 25
_STEP = 1 << 20
Attributes = dict[str, str]
Handler = Callable[[str, Attributes], None]


def parsed(book: zipfile.ZipFile, name: str, start: Callable[[expat.XMLParserType], Handler]) -> None:
    """Read one part of a workbook. start: gives the handler of its opening tags; it may set others of the parser.

    Raises expat.ExpatError, zipfile.BadZipFile, KeyError, and MarkupError for a part that defines entities.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start(parser)
    with book.open(name) as part:
        while piece := part.read(_STEP):
            parser.Parse(piece, False)
        parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise MarkupError("DOCTYPE")


def local(tag: str) -> str:
    """A tag or an attribute's name without its prefix."""
    return tag.rpartition(":")[2]


def elements(book: zipfile.ZipFile, name: str) -> list[tuple[str, Attributes]]:
    """The tags of a small part, in order, without their prefixes, each with its attributes."""
    found: list[tuple[str, Attributes]] = []
    parsed(book, name, lambda _: lambda tag, attributes: found.append((local(tag), attributes)))
    return found


def related(book: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part ("": the workbook as a whole) refers to: by id, its kind and the part of that name."""
    folder, file = posixpath.split(part)
    members = {name.lower().replace("\\", "/").lstrip("/"): name for name in book.namelist()}
    found = {}
    relations = f"{folder}/_rels/{file}.rels".lstrip("/")
    for tag, one in elements(book, members.get(relations.lower(), relations)):
        if tag == "Relationship" and "Id" in one:
            target = posixpath.join("/", folder, one.get("Target", "").replace("\\", "/"))
            path = posixpath.normpath(target).lstrip("/")
            kind = one.get("Type", "").rpartition("/")[2]
            found[one["Id"]] = kind, members.get(path.lower(), path)
    return found


def check_sizes(book: zipfile.ZipFile) -> Iterator[tuple[str, int]]:
    """The parts that are larger, unpacked, than is read: each with its bytes; "" stands for all parts together."""
    for part in book.infolist():
        if part.file_size > MOST_MEMBER_BYTES:
            yield part.filename, part.file_size
    total = sum(part.file_size for part in book.infolist())
    if total > _most_bytes(book):
        yield "", total


def check_repeated(book: zipfile.ZipFile, parts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The part that several sheets are said to be, where they come to more than is read; with their bytes."""
    members = {part.filename: part.file_size for part in book.infolist()}
    named = Counter(parts)
    part, count = max(named.items(), key=lambda one: members.get(one[0], 0) * (one[1] - 1), default=("", 0))
    if count > 1 and members.get(part, 0) * count > SMALL_BYTES:
        yield part, members.get(part, 0) * count


def _most_bytes(book: zipfile.ZipFile) -> int:
    """How many bytes all parts may have: what is packed far more tightly than tables are would take minutes."""
    packed = sum(part.compress_size for part in book.infolist())
    return min(MOST_BYTES, max(SMALL_BYTES, MOST_TIMES * packed))
