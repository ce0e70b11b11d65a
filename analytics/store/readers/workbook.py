"""A workbook's sheets as tables: XLSX, XLSB, XLS and ODS, read by a process of its own within bounds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.folders import PROJECT
from analytics.model import UserError
from analytics.store.formats import Format
from analytics.store.readers.sheet_facts import Cell, Merged, cell_name
from analytics.store.readers.table import HEAD_ROWS, Chunk, Source, TextRow, Visibility, shown
from analytics.store.readers.workbook_child import OUT_OF_MEMORY, RESULT

TIMEOUT_SECONDS = 600.0
_POLL_SECONDS = 0.2
_CHILD = "analytics.store.readers.workbook_child"
_BLANK = r"^\s*$"
Notices = tuple[tuple[str, dict[str, object]], ...]


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One sheet of a workbook: a RawTable. A sheet without cells, or of another kind (a chart), has no head.

    file: its rows as an Arrow file, None where it has none; columns: how many it uses; uncomputed: formulas without a
    value: how many, and the first of them; merged_amounts: blocks of several cells that show one amount.
    """

    source: Path
    sheet: str
    visibility: Visibility
    head: list[TextRow]
    notices: Notices
    file: Path | None
    columns: int
    uncomputed: tuple[int, tuple[Cell, ...]]
    merged_amounts: tuple[tuple[Merged, str], ...]

    def chunks(self, header_row: int, width: int) -> Iterator[Chunk]:
        """The rows below the header, as RawTable says; a row is never too short, for a sheet has no ends of rows.

        Raises UserError where the first `width` columns below the header hold a formula without a value, or an amount
        in a merged block that may belong to several rows or columns.
        """
        self._check_uncomputed(header_row, width)
        self._check_merged(header_row, width)
        for batch in _batches(self.file) if self.file else ():
            rows = batch.column(0).to_numpy()
            below = batch.slice(int(np.searchsorted(rows, header_row, side="right")))
            if below.num_rows:
                yield _chunk(below, width)

    def rows(self) -> Iterator[TextRow]:
        """Every row in which anything stands, also those above the header."""
        for batch in _batches(self.file) if self.file else ():
            columns = [column.to_pylist() for column in batch.columns]
            for number, *cells in zip(*columns, strict=True):
                yield number, list(cells)

    def _check_uncomputed(self, header_row: int, width: int) -> None:
        count, kept = self.uncomputed
        cells = [cell for cell in kept if cell[0] > header_row and cell[1] <= width]
        if cells:
            found = len(cells) if count == len(kept) else count
            name = cell_name(cells[0])
            raise UserError("file.formulas", file=self.source.name, sheet=self.sheet, count=found, cell=name)

    def _check_merged(self, header_row: int, width: int) -> None:
        header = next((cells for number, cells in self.head if number == header_row), [])
        for block, value in self.merged_amounts:
            across = any(header[block.left : min(block.right, width)])
            down = block.bottom > block.top and block.right == block.left
            if block.top > header_row and block.left <= width and (down or across):
                amount, name = shown(value), self.source.name
                raise UserError("file.merged_amount", file=name, sheet=self.sheet, cells=block.name, value=amount)


def read_workbook(
    source: Source, form: Format, folder: Path, progress: Callable[[], None] | None = None
) -> list[SheetTable]:
    """Every sheet of a workbook in its order, hidden ones too. folder: where its rows are put until they are read.

    progress: called several times a second while the workbook is read. Raises UserError for a workbook that is damaged,
    locked by a password, or beyond the bounds of memory, time and size.
    """
    del form  # a workbook tells by itself how its cells are written
    told = _in_child(source, folder, progress or (lambda: None))
    if error := told.get("error"):
        raise UserError(error["key"], file=source.path.name, **error["details"])
    return [_table(source, folder, sheet) for sheet in told["sheets"]]


def _table(source: Source, folder: Path, told: dict[str, Any]) -> SheetTable:
    file = folder / told["file"] if told.get("file") else None
    count, cells = told.get("uncomputed", (0, ()))
    return SheetTable(
        source.path,
        told["name"],
        Visibility(told["visibility"]),
        _head(file) if file else [],
        tuple((key, details) for key, details in told["notices"]),
        file,
        told.get("width", 0),
        (count, tuple((row, column) for row, column in cells)),
        tuple((Merged(*block), value) for *block, value in told.get("merged_amounts", ())),
    )


def _batches(file: Path) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(file)) as mapped:
        reader = pa.ipc.open_file(mapped)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


def _head(file: Path) -> list[TextRow]:
    head: list[TextRow] = []
    for batch in _batches(file):
        few = batch.slice(0, HEAD_ROWS - len(head))
        columns = [column.to_pylist() for column in few.columns]
        head += [(number, list(cells)) for number, *cells in zip(*columns, strict=True)]
        if len(head) == HEAD_ROWS:
            break
    return head


def _chunk(batch: pa.RecordBatch, width: int) -> Chunk:
    rows = batch.column(0).to_numpy()
    found = np.zeros(len(rows), dtype=np.int64)  # the last filled column beyond the width
    for number in range(width, batch.num_columns - 1):
        filled = pc.invert(pc.match_substring_regex(batch.column(1 + number), _BLANK))
        found[filled.to_numpy(zero_copy_only=False)] = number + 1
    ragged = tuple((int(rows[i]), int(found[i])) for i in np.flatnonzero(found))
    kept = batch.filter(pa.array(found == 0)) if ragged else batch
    empty = pa.array([""] * kept.num_rows, pa.string()) if width > batch.num_columns - 1 else None
    cells = [kept.column(1 + i) if i < batch.num_columns - 1 else empty for i in range(width)]
    table = pa.table(cells, names=[str(i) for i in range(width)])
    return Chunk(kept.column(0).to_numpy(), table, ragged)


def _in_child(source: Source, folder: Path, progress: Callable[[], None]) -> dict[str, Any]:
    """What the child process tells of the workbook. However it ends, it has ended when this returns."""
    paths = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    quiet = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", _CHILD, str(source.path.absolute()), source.kind.value, str(folder.absolute())]
    with (folder / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own module, with paths as arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=os.environ | quiet | {"PYTHONPATH": paths},
        )
        try:
            code = _waited(child, progress)
        finally:
            child.kill()
            child.wait()
    if code == 0:
        return json.loads((folder / RESULT).read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    raise _death(code, source, (folder / "errors.txt").read_bytes()[-2000:])


def _waited(child: subprocess.Popen[bytes], progress: Callable[[], None]) -> int | None:
    """The child's exit code; None where it took too long."""
    end = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < end:
        try:
            return child.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            progress()
    return None


def _death(code: int | None, source: Source, said: bytes) -> UserError:
    """Why a workbook could not be read, from how its reader ended."""
    out_of_time = (None, -getattr(signal, "SIGXCPU", 0), -getattr(signal, "SIGKILL", 0))
    if code == OUT_OF_MEMORY or b"memory" in said or code == -signal.SIGABRT:
        return UserError("file.workbook_large", file=source.path.name)
    if code in out_of_time:
        return UserError("file.workbook_slow", file=source.path.name)
    last = said.decode("utf-8", "replace").strip().splitlines()
    return UserError("file.damaged", file=source.path.name, problem=last[-1][:200] if last else code)
