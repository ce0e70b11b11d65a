"""Imports damaged files, thousands of them: `python -m tests.store.fuzz`. No traceback, no file that takes too long or
too much memory, rows in are rows loaded and rejected, and a refusal leaves the store as it was.

Two processes import; this one hands out numbers and ends a process that is at one file for too long. An input is made
of the seed and its number alone. Those that find a fault are kept, with what happened.
"""

import argparse
import io
import multiprocessing
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from analytics.cli import imports
from analytics.cli import rna as rna_command
from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.store.ingest import Report
from analytics.store.mapping.file import load_mapping
from analytics.store.rna.load import import_rna
from tests.bench.markdown import table
from tests.helpers.rna import CAR
from tests.store.corpus.desk import OpenDesk
from tests.store.mutations import FORMATS, Input, damaged

SECONDS = 10.0  # for one input
MEMORY = 6 << 30  # bytes of addresses for a process, most of which are only reserved
PROCESSES = 2
PROGRAMME = "ecommerce-2020"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an input. outcome: loaded, in part, twice, a refusal's key; fault: what must not happen, or ""."""

    number: int
    format: str
    outcome: str
    seconds: float
    fault: str = ""


def try_input(desk: OpenDesk, one: Input) -> str:
    """What came of it. Raises AssertionError where a promise is broken, and whatever the import raises by mistake."""
    before = desk.content()
    try:
        outcome = _import_rna(desk, one) if one.kind == "rna" else _import_table(desk, one)
    except UserError as error:
        if desk.content() != before:
            raise AssertionError("the store has changed by a refusal") from error
        _say_refusal(error, one.kind)
        return error.key
    return outcome


def _import_table(desk: OpenDesk, one: Input) -> str:
    mapping = load_mapping(desk.save("mapping.toml", one.mapping)) if one.mapping else None
    report = desk.load(one.kind, one.content, one.file, mapping, partial=one.partial, warned=one.warned)
    batch = report.batch
    if batch.rows_in != batch.rows_loaded + batch.rows_rejected:
        raise AssertionError(f"{batch.rows_in} rows are not {batch.rows_loaded} + {batch.rows_rejected}")
    if one.kind == "applications" and not report.already:
        [(stored,)] = desk.ask("SELECT count(*) FROM applications WHERE batch_id = ?", [batch.batch_id])
        if stored != batch.rows_loaded:
            raise AssertionError(f"{stored} applications stored, {batch.rows_loaded} told")
    _say_report(report, one.file)
    return "twice" if report.already else "in part" if batch.rows_rejected else "loaded"


def _import_rna(desk: OpenDesk, one: Input) -> str:
    path = desk.save(one.file, one.content)
    archive = desk.folder / "archive"
    report = import_rna([path], programme=desk.programme, store=desk.store, archive=archive, car=[CAR])
    for file in report.files:
        told = file.batch.rows_loaded + file.duplicates + file.batch.rows_rejected
        if not file.already and file.rows_in != told:
            raise AssertionError(f"{file.rows_in} rows are not {told}")
    for language in LANGUAGES:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            rna_command.print_load(report, Text(language), desk.programme)
    return "loaded"


def _say_refusal(error: UserError, kind: str) -> None:
    programme = load_programme(PROGRAMME)
    for language in LANGUAGES:
        text = Text(language)
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            if kind != "rna":
                imports.print_refusal(error, programme, kind, text)
        if not error.said(text).strip():
            raise AssertionError(f"{error.key} says nothing")


def _say_report(report: Report, file: str) -> None:
    programme = load_programme(PROGRAMME)
    for language in LANGUAGES:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            imports._print_report(Path(file), report, programme, Text(language))


def tried(desk: OpenDesk, seed: int, number: int) -> Tried:
    """One input, and what came of it; the desk is as before."""
    one = damaged(seed, number)
    begun = time.perf_counter()
    try:
        outcome, fault = try_input(desk, one), ""
    except Exception:
        outcome, fault = "fault", traceback.format_exc()
    desk.forget()
    return Tried(number, one.format, outcome, time.perf_counter() - begun, fault)


def work(wire: Connection, seed: int) -> None:
    """In a process of its own: numbers come in, what came of them goes out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as folder, OpenDesk.at(Path(folder), load_programme(PROGRAMME)) as desk:
        wire.send(None)
        while (number := wire.recv()) is not None:
            wire.send(tried(desk, seed, number))


class Worker:
    """A process that tries inputs; another takes its place when it dies or must be ended."""

    def __init__(self, seed: int) -> None:
        """Start it."""
        self._seed = seed
        self.number: int | None = None
        self.begun = 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.wire, other = context.Pipe()
        self._process = context.Process(target=work, args=(other, self._seed), daemon=True)
        self._process.start()
        other.close()
        self.number, self.begun = None, time.perf_counter() + 120  # to begin with

    def give(self, number: int | None) -> None:
        """The next number; None: that was all."""
        self.number, self.begun = number, time.perf_counter()
        self.wire.send(number)

    def taken(self) -> Tried | None:
        """What came of the last; None where the process has only begun."""
        try:
            return self.wire.recv()
        except EOFError:
            self._process.join()
            return self._lost(f"the process ended with {self._process.exitcode}")

    def overdue(self) -> Tried | None:
        """A fault where it is at one file for too long."""
        if time.perf_counter() - self.begun < SECONDS:
            return None
        self._process.kill()
        return self._lost(f"not done after {SECONDS:g} seconds")

    def _lost(self, fault: str) -> Tried:
        if self.number is None:
            raise SystemExit(f"a process did not begin: {fault}")
        number = self.number
        self.wire.close()
        self._start()
        return Tried(number, damaged(self._seed, number).format, "fault", SECONDS, fault)


def run(seed: int, inputs: int, keep: Path) -> list[Tried]:
    """Try so many inputs; the faults are kept in a folder as they are found."""
    numbers = iter(range(inputs))
    workers = [Worker(seed) for _ in range(PROCESSES)]
    busy, done = list(workers), []
    while busy:
        ready = wait([worker.wire for worker in busy], timeout=1)
        for worker in list(busy):
            came = worker.taken() if worker.wire in ready else worker.overdue()
            if came is None and worker.wire not in ready:
                continue
            if came is not None:
                done.append(came)
                _tell(came, len(done), inputs, seed, keep)
            if came is not None and came.outcome == "fault" and not came.fault.startswith("Traceback"):
                continue  # another process has taken its place and says when it has begun
            number = next(numbers, None)
            worker.give(number)
            if number is None:
                busy.remove(worker)
    return done


def _tell(came: Tried, count: int, inputs: int, seed: int, keep: Path) -> None:
    if came.fault:
        one = damaged(seed, came.number)
        folder = keep / f"{seed}-{came.number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / one.file).write_bytes(one.content)
        (folder / "mapping.toml").write_bytes(one.mapping)
        (folder / "what happened.txt").write_text(came.fault)
        print(f"fault at {came.number} ({came.format}): {came.fault.strip().splitlines()[-1]}", flush=True)
    if count % 250 == 0 or count == inputs:
        print(f"{count} of {inputs}", flush=True)


def summary(done: list[Tried]) -> str:
    """Outcomes by format, and the slowest input of each."""
    counts = Counter((came.format, _group(came.outcome)) for came in done)
    groups = ["loaded", "in part", "rows refused", "file refused", "fault"]
    lines = []
    for name in FORMATS:
        slowest = max((came for came in done if came.format == name), key=lambda came: came.seconds, default=None)
        told = f"{slowest.seconds:.1f} s (input {slowest.number})" if slowest else "–"
        lines.append([name, *(str(counts[name, group]) for group in groups), told])
    return table(["format", *groups, "slowest"], lines)


def _group(outcome: str) -> str:
    if outcome in ("loaded", "in part", "fault"):
        return outcome
    if outcome == "twice":
        return "loaded"
    return "rows refused" if outcome in ("rows.refused", "file.nothing_loaded") else "file refused"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(".fuzz"), help="where inputs that find a fault are kept")
    parser.add_argument("--only", type=int, help="this number alone, here, with its traceback")
    chosen = parser.parse_args()
    if chosen.only is not None:
        with tempfile.TemporaryDirectory() as folder, OpenDesk.at(Path(folder), load_programme(PROGRAMME)) as desk:
            print(try_input(desk, damaged(chosen.seed, chosen.only)))
        return
    done = run(chosen.seed, chosen.inputs, chosen.keep)
    print(summary(done))
    sys.exit(any(came.fault for came in done))


if __name__ == "__main__":
    main()
