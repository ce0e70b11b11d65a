"""What an import costs: `python -m tests.bench.imports` times files of 1 and 10 million rows of sales, CSV and Parquet,
by the code at hand and by the code of revision FORMER, in the same run, then the RNA's XML.

Each import is a command in a process of its own, on a copy of a store that holds the applications. Peak memory is the
most that one process took (the importer or one that it started).
"""

import argparse
import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.folders import PROJECT
from tests.bench.import_files import MONTHS, write_applications, write_sales_csv, write_sales_parquet
from tests.bench.markdown import deliver, paragraph, table
from tests.helpers.rna import CAR, write_month

FORMER = "6e6fb42"
OF = ("--programme", "ecommerce-2020")
ROWS = (1_000_000, 10_000_000)
MEGABYTES = (100, 1000)
DOCUMENT = PROJECT / "docs" / "IMPORT.md"
_WRITE = {"csv": write_sales_csv, "parquet": write_sales_parquet}


@dataclass(frozen=True, slots=True)
class Cost:
    """One import: seconds by the clock, seconds of CPU, gigabytes at the peak."""

    seconds: float
    cpu: float
    gigabytes: float

    def cells(self) -> list[str]:
        return [f"{self.seconds:.1f}", f"{self.cpu:.1f}", f"{self.gigabytes:.2f}"]


def run(tree: Path, home: Path, *words: object) -> Cost:
    """The cost of one command by the code of a tree. Raises SystemExit with what it said when it fails."""
    environment = os.environ | {"VETRINA_DATA": str(home), "PYTHONPATH": str(tree)}
    command = [sys.executable, "-m", "analytics", "--lang", "en", *map(str, words)]
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        child = subprocess.Popen(command, cwd=tree, env=environment, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)}\n{said.read().decode(errors='replace')[-2000:]}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e9)


@contextmanager
def former_tree(folder: Path) -> Iterator[Path]:
    """The code of revision FORMER, checked out beside this one."""
    tree = folder / "former"
    subprocess.run(["git", "-C", PROJECT, "worktree", "add", "--detach", "-q", tree, FORMER], check=True)
    try:
        yield tree
    finally:
        subprocess.run(["git", "-C", PROJECT, "worktree", "remove", "--force", tree], check=True)


def timed(tree: Path, begun: Path, *words: object) -> Cost:
    """The cost of an import on a copy of a begun data folder, which is thrown away."""
    home = begun.with_name("copy")
    shutil.copytree(begun, home)
    try:
        return run(tree, home, "import", *words, *OF)
    finally:
        shutil.rmtree(home)


def time_sales(folder: Path, rows: int, trees: dict[str, Path]) -> Iterator[list[str]]:
    """Lines of the table: rows, format, code, cost; the ratio to the former code's time where both are timed."""
    firms = rows // MONTHS
    applications = folder / "applications.csv"
    write_applications(applications, firms)
    for name, tree in trees.items():
        run(tree, folder / f"home-{name}-{rows}", "import", "applications", applications, *OF)
    for suffix, write in _WRITE.items():
        path = folder / f"sales.{suffix}"
        write(path, firms)
        costs = {name: timed(tree, folder / f"home-{name}-{rows}", "sales", path) for name, tree in trees.items()}
        path.unlink()
        for name, cost in costs.items():
            ratio = f"{cost.seconds / costs['before'].seconds:.2f}" if "before" in costs else "–"
            yield [f"{rows:,}", suffix, name, *cost.cells(), ratio]


def time_rna(folder: Path, megabytes: int) -> list[str]:
    """One line: megabytes, cost, megabytes a second."""
    path = folder / "rna.xml"
    write_month(path, megabytes)
    size = path.stat().st_size / 1e6
    home = folder / f"home-rna-{megabytes}"
    cost = run(PROJECT, home, "import", "rna", path, "--car", CAR, *OF)
    path.unlink()
    return [f"{size:,.0f}", *cost.cells(), f"{size / cost.seconds:.0f}"]


def document(sales: list[list[str]], rna: list[list[str]]) -> str:
    """The document's text."""
    intro = f"""`make bench-import` wrote this on {dt.datetime.now(dt.UTC):%d %B %Y}. Each import is a command in a
        process of its own, which begins with the applications of all firms in the store. "Before" is the code of
        revision {FORMER}, timed in the same run on the same files. Seconds depend on the machine; the ratio
        much less."""
    head = ["rows", "file", "code", "seconds", "CPU seconds", "peak, GB", "time against before"]
    parts = ["# What an import costs", paragraph(intro), "## Sales, a row per firm and month", table(head, sales)]
    if rna:
        head = ["MB", "seconds", "CPU seconds", "peak, GB", "MB a second"]
        parts += ["## National register of aids, monthly XML", table(head, rna)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=list(ROWS), help="rows of sales, hundreds of firms")
    parser.add_argument("--rna", type=int, nargs="*", default=list(MEGABYTES), help="megabytes of the RNA's XML")
    parser.add_argument("--code", choices=("both", "before", "now"), default="both")
    parser.add_argument("--folder", type=Path, help="where the files are written; without it a temporary one")
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name, former_tree(Path(name)) as former:
        trees = {"before": former, "now": PROJECT}
        trees = trees if chosen.code == "both" else {chosen.code: trees[chosen.code]}
        sales: list[list[str]] = []
        for rows in chosen.rows:
            for line in time_sales(Path(name), rows, trees):
                print(*line, flush=True)
                sales.append(line)
        rna = [time_rna(Path(name), megabytes) for megabytes in chosen.rna]
    full = tuple(chosen.rows) == ROWS and tuple(chosen.rna) == MEGABYTES and chosen.code == "both"
    deliver(document(sales, rna), chosen.output, DOCUMENT, full=full)


if __name__ == "__main__":
    main()
