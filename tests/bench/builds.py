"""What a build costs: `python -m tests.bench.builds` prints CPU seconds of five releases of the demonstration, each
after a correction of a few firms, and of a programme of ten times as many firms. Each build is a process of its own.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.demonstration.office_files import write_office_files
from analytics.demonstration.simulate import Simulation, simulate
from analytics.folders import Home
from analytics.programme.file import Programme, load_programme
from analytics.store.database import Store
from analytics.store.ingest import import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping
from tests.bench.markdown import table

PROGRAMME = "ecommerce-2020"
CORRECTED = (1, 2, 5, 3)  # firms before the second, third, … release
FACTOR, YEAR = 1.1, "2021"
LARGER = 10


def simulated(programme: Programme, copies: int) -> Simulation:
    """The demonstration's firms; of several copies, each drawn anew, with codes of their own."""
    drawn = [simulate(programme, 20201216 + copy) for copy in range(copies)]
    known: set[str] = set()
    applications, sales = [], []
    for copy, simulation in enumerate(drawn):
        new = ~simulation.applications["fiscal_code"].isin(known)
        own = simulation.applications[new]
        applications.append(own.assign(application_id=[f"{copy}{name}" for name in own["application_id"]]))
        sales.append(simulation.sales[simulation.sales["fiscal_code"].isin(own["fiscal_code"])])
        known |= set(own["fiscal_code"])
    return Simulation(pd.concat(applications, ignore_index=True), pd.concat(sales, ignore_index=True), drawn[0].truth)


def load(home: Home, programme: Programme, simulation: Simulation) -> None:
    """Fill a store with them."""
    files = write_office_files(simulation, programme, home.demonstration(programme.id))
    with Store(home.store(programme.id), programme.id) as store:
        for kind, (path, mapping) in files.items():
            how = load_mapping(mapping)
            report = import_file(kind, path, programme=programme, store=store, archive=home.archive, mapping=how)
            if report.rejections:
                raise SystemExit(f"{kind}: {report.rejections[:3]}")


def correct(home: Home, programme: Programme, simulation: Simulation, firms: int, seed: int) -> None:
    """Some funded firms report more of one year than they did."""
    funded = simulation.applications.loc[simulation.applications["outcome"] == "funded", "fiscal_code"]
    sellers = sorted(set(funded) & set(simulation.sales["fiscal_code"]))
    chosen = np.random.default_rng(seed).choice(sellers, firms, replace=False)
    rows = simulation.sales[simulation.sales["fiscal_code"].isin(chosen)]
    rows = rows[rows["period"].str.startswith(YEAR)].copy()
    for column in ("online_sales_eur", "total_sales_eur"):
        rows[column] = (rows[column] * FACTOR).round(2)
    file = home.root / f"corrected{seed}.csv"
    rows.to_csv(file, index=False)
    with Store(home.store(programme.id), programme.id) as store:
        import_file("sales", file, programme=programme, store=store, archive=home.archive, mapping=ColumnMapping())


def built(home: Home, release: str) -> tuple[float, float]:
    """CPU seconds of a build, its child processes among them, and the gigabytes it took; it is published."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for words in (["build"], ["publish", release]):
        command = [sys.executable, "-m", "analytics", *words]
        done = subprocess.run(command, env={"VETRINA_DATA": str(home.root), "PATH": ""}, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        if words == ["build"]:
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 2**20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-larger", action="store_true", help="the demonstration alone")
    arguments = parser.parse_args()
    programme, lines, first = load_programme(PROGRAMME), [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        home, simulation = Home(Path(folder)), simulated(programme, 1)
        load(home, programme, simulation)
        for number, firms in enumerate((0, *CORRECTED), start=1):
            if firms:
                correct(home, programme, simulation, firms, number)
            seconds, gigabytes = built(home, f"2026-{number}")
            first = first or seconds
            lines.append((f"release {number}", f"{firms} corrected", seconds, gigabytes))
            print(*lines[-1], flush=True)
    if not arguments.skip_larger:
        with tempfile.TemporaryDirectory() as folder:
            home = Home(Path(folder))
            load(home, programme, simulated(programme, LARGER))
            lines.append((f"{LARGER} times the firms", "", *built(home, "2026-1")))
    head = ["build", "firms", "CPU s", "of the first", "GB"]
    print(
        table(head, [[name, firms, f"{cpu:.1f}", f"{cpu / first:.2f}", f"{gb:.2f}"] for name, firms, cpu, gb in lines])
    )


if __name__ == "__main__":
    main()
