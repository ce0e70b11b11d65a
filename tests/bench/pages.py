"""What the reading pages cost a reader and the server: `python -m tests.bench.pages` prints tables of this checkout.

    .venv/bin/python -m tests.bench.pages [--tree OTHER] [--data HOME] [--json FILE] [--only NAME …] [--unhurried]

With --tree, another checkout is measured beside this one, in turns on the same machine; it is the one before, and each
cell reads "before → now". Both serve the same data unless --tree-data says otherwise. What is measured, by name:

sizes    px of the page's block at 1440 and 390, and from the navigation's lower edge to the heading; first visit, so
         with the guide that is shown once
weight   megabytes that a first view and a second one fetch, WebSocket frames included, and requests that reach the
         server (a static file from the browser's cache is none)
speed    seconds until the heading can be read and until all in view is drawn; fresh browser, warm server; median of 5
phone    the same, 390 wide, at 1.6 Mbit/s, 150 ms and a processor four times slower; median of 3
history  entries that each page adds when all are visited by the navigation, and presses of Back that leave it (their
         sum is sure; a page that rewrites its address after Back makes the share of each depend on the moment)
cpu      milliseconds of CPU for a rerun: of the script alone (median of 20, see `reruns`), and of a real server whose
         reader picks the other language 20 times (where there is no such picker, "r" runs the page again: marked "r")
sheets   sheets of A4 upright and across, with margins of 10 mm, and numbers on the screen that are on no sheet, cut off
         at its edge or hidden by a box (needs pypdf: put it on PYTHONPATH, it is in no lock)

A tree takes about six minutes on two quiet cores. Each measure has an allowance of seconds per tree, all pages once
before any twice: what it did not come to reads "–", and (n) says of how many views a median is when there were fewer
than asked for. The phone's is short: a view of ten megabytes takes half a minute. --unhurried lifts the allowances.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from analytics.folders import PROJECT
from tests.bench import sheets, views
from tests.bench.markdown import table
from tests.bench.served import Server, Tree, serving
from tests.bench.views import Visit
from tests.helpers.browser import ADVICE, ARGUMENTS, chromium

PATHS = ["/", "/settori?sector=chemicals", "/prove", "/coorti", "/stampa", "/dati"]
BARE: tuple[str | None, ...] = (None,)
BOTH: tuple[str | None, ...] = ("it", "en")
FAILURES = (Error, OSError, ValueError, LookupError, subprocess.SubprocessError)  # of a page that is built otherwise
# Of one measure: by visit and tree, what each view found.
Found = dict[tuple[Visit, str], list[dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table: the value's name, what stands on top, how it is written."""

    key: str
    head: str
    form: str = "{:,.0f}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One question, asked of each page. rounds: views of which the median counts; allowance: seconds per tree."""

    title: str
    of: Callable[[Browser, Server, Visit], dict[str, float]]
    columns: tuple[Column, ...]
    allowance: float
    languages: tuple[str | None, ...] = BARE
    rounds: int = 1

    def asked(self, browser: Browser, servers: Sequence[Server], *, unhurried: bool) -> Found:
        """The trees in turns: page after page, and all pages again."""
        found: Found = {}
        end = float("inf") if unhurried else time.monotonic() + self.allowance * len(servers)
        visits = [Visit(path, language) for path in PATHS for language in self.languages]
        for visit in (visit for _ in range(self.rounds) for visit in visits):
            for server in servers if time.monotonic() < end else ():
                try:
                    found.setdefault((visit, server.tree.name), []).append(self.of(browser, server, visit))
                except FAILURES as problem:
                    complain(server, visit.path, problem)
        return found


def walked(browser: Browser, servers: Sequence[Server]) -> Found:
    """The history, which is one walk through all pages."""
    bare = [path.partition("?")[0] for path in PATHS]
    found: Found = {}
    for server in servers:
        try:
            by_path = views.walk(browser, server, bare)
        except FAILURES as problem:
            complain(server, "history", problem)
        else:
            found |= {(Visit(path), server.tree.name): [by_path[path.partition("?")[0]]] for path in PATHS}
    return found


def complain(server: Server, where: str, problem: Exception) -> None:
    """A page that cannot be measured is no reason to stop: its cell stays empty, and why is said beside the tables."""
    print(f"{server.tree.name} {where}: {str(problem).splitlines()[0]}", file=sys.stderr)


def cpu(browser: Browser, server: Server, visit: Visit) -> dict[str, float]:
    """Of a rerun: the script's, and the server's."""
    found = views.rerun_cpu(browser, server, visit)
    try:
        found["script"] = server.tree.script_ms(visit.path)
    except FAILURES as problem:
        complain(server, f"{visit.path}, the script alone", problem)
    return found


TIMES = (Column("heading", "heading, s", "{:.2f}"), Column("drawn", "all in view, s", "{:.2f}"))
SPAN = (
    Column("height_1440", "height at 1440, px"),
    Column("height_390", "at 390"),
    Column("gap_1440", "to the heading at 1440, px"),
    Column("gap_390", "at 390"),
)
WEIGHT = (
    Column("first_mb", "first view, MB", "{:.2f}"),
    Column("first_frames_mb", "of it frames", "{:.2f}"),
    Column("first_requests", "requests"),
    Column("second_mb", "second view, MB", "{:.2f}"),
    Column("second_requests", "requests"),
)
CPU = (Column("script", "script, ms"), Column("server", "server, ms"))
SHEETS = (
    Column("upright", "upright"),
    Column("across", "across"),
    Column("numbers", "numbers on the screen"),
    Column("upright_lost", "lost upright"),
    Column("across_lost", "lost across"),
)
HISTORY = (Column("entries", "entries"), Column("backs", "presses of Back"))
MEASURES = {
    "sizes": Measure("Length of the page", views.sizes, SPAN, 150, languages=BOTH),
    "weight": Measure("Weight of a view", views.weight, WEIGHT, 100),
    "speed": Measure("Seconds at a desk, second visitor", views.speed, TIMES, 90, rounds=5),
    "phone": Measure("Seconds on a slow phone", views.phone_speed, TIMES, 40, rounds=3),
    "cpu": Measure("CPU of a rerun", cpu, CPU, 240),
    "sheets": Measure("Sheets of A4", sheets.printed, SHEETS, 120),
}
HISTORY_TITLE = "Entries in the browser's history"
NAMES = [*MEASURES, "history"]


def warm(browser: Browser, server: Server) -> None:
    """Somebody has been on every page before, in both languages."""
    for path in PATHS:
        for language in BOTH:
            with views.reader(browser, views.DESK) as page:
                views.opened(page, Visit(path, language).url(server))


def written(title: str, columns: Sequence[Column], rounds: int, found: Found, trees: Sequence[Tree]) -> str:
    """A measure as a table: pages down, values across."""
    languages = list(dict.fromkeys(visit.language for visit, _ in found)) or list(BARE)
    visits = [Visit(path, language) for path in PATHS for language in languages]
    lines = [
        [
            f"{visit.path} ({visit.language})" if visit.language else visit.path,
            *(
                " → ".join(_cell(found.get((visit, tree.name), []), column, rounds) for tree in trees)
                for column in columns
            ),
        ]
        for visit in visits
    ]
    return f"### {title}\n\n{table(['page', *(column.head for column in columns)], lines)}"


def _cell(found: list[dict[str, float]], column: Column, rounds: int) -> str:
    values = [one[column.key] for one in found if column.key in one]
    if not values:
        return "–"
    fewer = f" ({len(values)})" if len(values) < rounds else ""
    by_key = " r" if column.key == "server" and not found[0]["picker"] else ""
    return column.form.format(statistics.median(values)) + by_key + fewer


def as_json(found: Found) -> list[dict[str, object]]:
    """Every view by itself."""
    return [
        {"path": visit.path, "language": visit.language, "tree": tree, "views": seen}
        for (visit, tree), seen in found.items()
    ]


def measured(names: Sequence[str], trees: Sequence[Tree], *, unhurried: bool) -> Iterator[tuple[str, str, Found]]:
    """Each measure's name, its table and what it found, as it comes."""
    path = chromium()
    if path is None:
        raise SystemExit(ADVICE)
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(tree)) for tree in trees]
        chrome = stack.enter_context(sync_playwright()).chromium
        browser = chrome.launch(executable_path=path, headless=True, args=ARGUMENTS)
        for server in servers:
            warm(browser, server)
        for name in names:
            if name == "history":
                found = walked(browser, servers)
                yield name, written(HISTORY_TITLE, HISTORY, 1, found, trees), found
            else:
                measure = MEASURES[name]
                found = measure.asked(browser, servers, unhurried=unhurried)
                yield name, written(measure.title, measure.columns, measure.rounds, found, trees), found
        browser.close()


def main() -> None:
    """Print the tables as they come; with --json, write every view into a file."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__.splitlines()[0])
    options.add_argument("--tree", type=Path, help="another checkout: the one before")
    options.add_argument("--data", type=Path, help="the data that are served (default: VETRINA_DATA)")
    options.add_argument("--tree-data", type=Path, help="those of the other checkout, where they differ")
    options.add_argument("--json", type=Path, help="a file for every view by itself")
    options.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    options.add_argument("--unhurried", action="store_true", help="all pages, all rounds, however long it takes")
    chosen = options.parse_args()
    trees = [Tree("now", PROJECT, chosen.data and chosen.data.resolve())]
    if chosen.tree:
        data = chosen.tree_data or chosen.data
        trees.insert(0, Tree("before", chosen.tree.resolve(), data and data.resolve()))
    kept: dict[str, object] = {
        "trees": {tree.name: tree.commit for tree in trees},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start",
    }
    states = " → ".join(tree.commit for tree in trees)
    print(f"Pages of {states}; {kept['machine']}.", flush=True)
    for name, table_of_it, found in measured(chosen.only, trees, unhurried=chosen.unhurried):
        print(f"\n{table_of_it}", flush=True)
        kept[name] = {"load": round(os.getloadavg()[0], 1), "pages": as_json(found)}
        if chosen.json:
            chosen.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
