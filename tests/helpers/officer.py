"""What an officer has at hand: firms with right codes, rows, files in several kinds, and a desk to load them at."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from stdnum import luhn

from analytics.demonstration import office_files as office
from analytics.folders import Home
from analytics.programme.file import Programme, load_programme
from analytics.store.database import Store
from analytics.store.formats import one_line
from analytics.store.ingest import Report, import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping

Rows = list[dict[str, object]]


def code(n: int) -> str:
    """The n-th invented fiscal code; the small ones begin with zeros."""
    body = f"{n:07}015"
    return body + luhn.calc_check_digit(body)


def application(n: int, **changes: object) -> dict[str, object]:
    """A funded application of firm n, complete for the programme `ecommerce-2020`."""
    row: dict[str, object] = {
        "application_id": f"A{n}",
        "fiscal_code": code(n),
        "outcome": "funded",
        "tranche": "first",
    }
    row |= {"awarded_on": "2020-11-30", "grant_eur": "9000.50", "ateco_code": "47.91.10", "ateco_edition": "2007"}
    return row | {"province": "MI", "channel": "own_site"} | changes


def sale(n: int, period: str = "2021-03", online: str = "100.00", **changes: object) -> dict[str, object]:
    """One month's sales of firm n."""
    return {"fiscal_code": code(n), "period": period, "online_sales_eur": online, "total_sales_eur": ""} | changes


def as_csv(rows: Rows, **how: str) -> bytes:
    """The rows as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), **({"lineterminator": "\n"} | how))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[list[object]], title: str = "Foglio1") -> bytes:
    """The rows as the first sheet of a workbook; None is an empty cell."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def identifiers(home: Home, programme: str = "ecommerce-2020") -> set[str]:
    """Every fiscal code, firm name and application number of a demonstration, as files write them and as stored."""
    file = home.demonstration(programme) / office.APPLICATIONS
    form = load_mapping(file.with_suffix(".toml")).format
    cells = pd.read_csv(
        file, sep=form.separator, encoding=form.encoding, header=form.header_row - 1, dtype=str, keep_default_na=False
    ).rename(columns=one_line)
    written = cells[[office.APPLICATION_NAMES[name] for name in ("application_id", "fiscal_code", "name")]]
    codes = written[office.APPLICATION_NAMES["fiscal_code"]].str.zfill(11)
    return {*written.to_numpy().ravel(), *codes} - {""}


END = 6  # bytes; no identifier is shorter, and what many have in common stands at the front


def standing_in(content: bytes, secrets: Iterable[str]) -> list[str]:
    """Those of the secrets that stand anywhere in the content: looked for one by one where their last bytes do."""
    wanted = [secret.encode() for secret in secrets]
    assert all(len(secret) >= END for secret in wanted)
    ends = np.array([int.from_bytes(secret[-END:], "little") for secret in wanted], dtype="<u8")
    may_be, found = np.zeros(1 << 16, bool), np.zeros(len(wanted), bool)
    may_be[ends & 0xFFFF] = True
    padded = content + b"\0" * 8
    for at in range(8):
        there = np.frombuffer(padded, "<u8", count=(len(padded) - at) // 8, offset=at)
        found |= np.isin(ends, there[may_be[there & 0xFFFF]] & ((1 << 8 * END) - 1))
    return [secret.decode() for secret, may_stand in zip(wanted, found, strict=True) if may_stand and secret in content]


@dataclass
class Desk:
    """A data folder and a programme. Each load opens the store, as a command would."""

    folder: Path
    programme: Programme

    @classmethod
    def at(cls, folder: Path, programme: str = "ecommerce-2020") -> "Desk":
        return cls(folder, load_programme(programme))

    def open(self) -> Store:
        return Store(self.folder / "store.duckdb", self.programme.id)

    def save(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def load(
        self,
        kind: str,
        content: bytes,
        name: str = "file.csv",
        *,
        mapping: ColumnMapping | None = None,
        **how: Any,
    ) -> Report:
        """how: as import_file takes it."""
        path, archive = self.save(name, content), self.folder / "archive"
        with self.open() as store:
            return import_file(
                kind, path, programme=self.programme, store=store, archive=archive, mapping=mapping, **how
            )

    def content(self) -> tuple[object, ...]:
        """All that the store holds, to compare before and after."""
        with self.open() as store:
            return (
                store.batches(),
                store.frame("observations").values.tolist(),
                store.select("FROM current_applications ORDER BY application_id"),
            )
