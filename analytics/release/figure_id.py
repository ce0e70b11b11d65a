"""Figure ids: programme . release . cell - check character. The cell part is the same in every release.

The cell is eight characters of a hash of what the figure is (outcome, measure, horizon, arm, group); the check
character is ISO/IEC 7064 MOD 37,36 over the letters and digits before it: it tells one wrong one, or two swapped, from
an id that was never printed.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from analytics.model import UserError

_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_SHAPE = re.compile(r"^([a-z0-9]+(?:-[a-z0-9]+)*)\.([0-9]{4}-[0-9]+)\.([0-9A-Z]{8})-([0-9A-Z])$")


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


def parse_figure_id(written: str) -> FigureId:
    """A figure id as somebody typed it: case and kind of dash are forgiven. Raises UserError when it cannot be one."""
    folded = re.sub(r"[\u2010-\u2015\u2212]", "-", "".join(written.split()))
    head, _, tail = folded.rpartition(".")
    match = _SHAPE.match(f"{head.lower()}.{tail.upper()}")
    if not match:
        raise UserError("figure.shape", figure=written)
    figure = FigureId(*match.groups()[:3])
    if _check(f"{figure.programme}.{figure.release}.{figure.cell}") != match[4]:
        raise UserError("figure.check", figure=written)
    return figure
