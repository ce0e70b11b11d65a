"""Figure ids: programme . release . cell - check character. The cell part is the same in every release. Where a page
says of which programme it is, an id is printed short, without it; the check character stays that of the whole id.

The cell is eight characters of a hash of what the figure is (outcome, measure, horizon, arm, group); the check
character is ISO/IEC 7064 MOD 37,36 over the letters and digits before it: it tells one wrong one, or two swapped, from
an id that was never printed.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from analytics.model import UserError

_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_SHAPE = re.compile(r"^(?:([a-z0-9]+(?:-[a-z0-9]+)*)\.)?([0-9]{4}-[0-9]+)\.([0-9A-Z]{8})-([0-9A-Z])$")


@dataclass(frozen=True, slots=True)
class FigureId:
    """A figure id, taken apart."""

    programme: str
    release: str
    cell: str

    def __str__(self) -> str:
        """The id as it is printed, with its check character."""
        body = f"{self.programme}.{self.release}.{self.cell}"
        return f"{body}-{_check(body)}"


def _check(body: str) -> str:
    return str(mod_37_36.calc_check_digit("".join(filter(str.isalnum, body)).upper()))


def cell_id(key: str) -> str:
    """Eight characters (40 bits) that stand for what a figure is."""
    digest = hashlib.sha256(key.encode()).digest()[:5]
    return base64.b32encode(digest).decode().translate(_CROCKFORD)


def short(figure_id: str) -> str:
    """An id without its programme, 20 characters at most up to the ten thousandth release of a year."""
    return ".".join(figure_id.split(".")[-2:])


def parse_figure_id(written: str, programmes: Iterable[str] = ()) -> FigureId:
    """A figure id as somebody typed it: case and kind of dash are forgiven. Raises UserError when it cannot be one.

    programmes: of which a short id may be; the first whose check character fits.
    """
    return parse_figure_ids(written, programmes)[0]


def parse_figure_ids(written: str, programmes: Iterable[str] = ()) -> list[FigureId]:
    """The same; of a short id every one that it can be: one programme of 36 has the same check character by chance."""
    folded = re.sub(r"[\u2010-\u2015\u2212]", "-", "".join(written.split()))
    head, _, tail = folded.rpartition(".")
    match = _SHAPE.match(f"{head.lower()}.{tail.upper()}")
    if not match:
        raise UserError("figure.shape", figure=written)
    programme, release, cell, check = match.groups()
    ids = [FigureId(name, release, cell) for name in ([programme] if programme else programmes)]
    fitting = [one for one in ids if str(one)[-1] == check]
    if not fitting:
        raise UserError("figure.check", figure=written)
    return fitting
