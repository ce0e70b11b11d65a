"""What of a store no reader may ever be sent: codes, names, numbers of applications, amounts of single firms; and where
any of it stands in bytes of any kind.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd

from analytics.folders import Home
from tests.helpers.officer import identifiers, standing_in

LEAST = Decimal(100_000)  # euros: amounts of eight digits, which do not stand among published figures by chance
# An amount of six digits or more with its cents, in any of our languages or in none.
CENTS = re.compile(rb"(?<![\d.,])(\d{1,3}(?:(?:[.,' ]|\xc2\xa0|\xe2\x80\xaf)?\d{3})+)[.,](\d{1,2})0*(?!\d)")
_EXPONENT = np.uint64(52)  # bits of a double below its sign and power of two


@dataclass(frozen=True, slots=True)
class Secrets:
    """words: codes, names and numbers of applications; amounts: of single firms, with their cents."""

    words: frozenset[str]
    amounts: frozenset[Decimal]

    def found(self, content: bytes) -> list[str]:
        """Those that stand anywhere in the content, or in what it packs: as text, or as numbers of eight bytes."""
        return [secret for part in _unpacked(content) for secret in self._in(part)]

    def _in(self, content: bytes) -> Iterator[str]:
        yield from standing_in(content, self.words)
        for written in CENTS.finditer(content):
            whole, cents = written[1], written[2]
            amount = Decimal(re.sub(rb"\D", b"", whole).decode()) + Decimal(cents.ljust(2, b"0").decode()) / 100
            if amount in self.amounts:
                yield str(amount)
        yield from self._as_numbers(content)

    def _as_numbers(self, content: bytes) -> Iterator[str]:
        """Little-endian doubles at any place, as Arrow tables and typed arrays hold them."""
        wanted = np.array(sorted(map(float, self.amounts)), dtype="<f8").view("<u8")
        first, last = wanted.min() >> _EXPONENT, wanted.max() >> _EXPONENT
        for at in range(min(8, len(content) - 7)):
            there = np.frombuffer(content, "<u8", count=(len(content) - at) // 8, offset=at)
            powers = there >> _EXPONENT
            may_be = there[(powers >= first) & (powers <= last)]
            for bits in may_be[np.isin(may_be, wanted)]:
                yield str(struct.unpack("<d", int(bits).to_bytes(8, "little"))[0])


def secrets_of(home: Home, programme: str = "ecommerce-2020") -> Secrets:
    """All of a demonstration's."""
    with duckdb.connect(home.store(programme), read_only=True) as store:
        sales = store.execute("SELECT DISTINCT value FROM observations WHERE abs(value) >= $1", [LEAST]).fetchall()
    amounts = {value.quantize(Decimal("0.01")) for (value,) in sales}
    return Secrets(frozenset(identifiers(home, programme)), frozenset(one for one in amounts if one % 1000))


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The content, and what is in it where it is a package, a workbook or a Parquet file."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield from _unpacked(package.read(name))
    elif content.startswith(b"PAR1"):
        yield pd.read_parquet(io.BytesIO(content)).to_csv(index=False).encode()
