"""docs/DISCLOSURE.md: what protecting a release withholds, how close an attacker comes, and what it costs.

`python -m tests.bench.protected` (about two minutes): the demonstration's release, pattern by pattern, then the larger
cube of `tests.bench.disclosure` beside two peers in the same run.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from analytics.build import patterns as guarding
from analytics.build.contributions import SELLS
from analytics.build.earlier import KeptLedger, recall_ledger
from analytics.demonstration.run import demonstrate
from analytics.folders import PROJECT, Home
from analytics.model import Arm
from analytics.programme.dimensions import DIMENSIONS
from analytics.release import Release, Releases
from analytics.store.database import Store
from tests.bench import disclosure, linked_tables
from tests.bench.markdown import deliver, paragraph, table

DOCUMENT = PROJECT / "docs" / "DISCLOSURE.md"
PROGRAMME = "ecommerce-2020"


class Stopwatch:
    """Seconds that the search for each pattern took, and the attack on it."""

    def __init__(self) -> None:
        self.search: list[float] = []
        self.attack: list[float] = []
        self._protect, self._attack = guarding.protect_together, guarding.attack
        guarding.protect_together, guarding.attack = self._searching, self._attacking

    def _searching(self, *given, **named):
        start = time.perf_counter()
        found = self._protect(*given, **named)
        self.search.append(time.perf_counter() - start)
        self.attack.append(0.0)
        return found

    def _attacking(self, *given, **named):
        start = time.perf_counter()
        found = self._attack(*given, **named)
        self.attack[-1] += time.perf_counter() - start
        return found


def patterns(release: Release, ledger: KeptLedger, watch: Stopwatch) -> Iterator[Sequence[str]]:
    """One row per pattern, in the order in which they are searched."""
    effects = release.figures[release.figures["obs_status"] == "U"]
    cells = effects[["outcome", *DIMENSIONS]].drop_duplicates()
    for place, ((arm, outcome), pattern) in enumerate(ledger.summaries.items()):
        unreliable = int((cells["outcome"] == outcome).sum()) if arm == Arm.FUNDED else 0
        yield (
            f"{'counts and grants' if outcome == '*' else outcome}, {arm}",
            *(str(getattr(pattern, count)) for count in ("cells", "primary", "secondary")),
            str(unreliable) if arm == Arm.FUNDED and outcome != "*" else "–",
            f"{pattern.gap:.1%}",
            "–" if pattern.narrowest is None else f"{pattern.narrowest:.2f}",
            f"{watch.search[place]:.1f}",
            f"{watch.attack[place]:.1f}",
        )


def grants_published(release: Release) -> Iterator[Sequence[str]]:
    """One row per table of the cube: the share of grants' euros in cells that are published."""
    grants = release.figures[release.figures["measure"] == "grants"]
    whole = float(grants.loc[(grants[list(DIMENSIONS)] == "*").all(axis=1), "value"].iloc[0])
    crossed = [
        " × ".join(name for name, code in zip(DIMENSIONS, cell, strict=True) if code != "*") for cell in cells(grants)
    ]
    for by, rows in grants.groupby(crossed, sort=False):
        if by:
            told = rows["value"].notna()
            yield by, str(len(rows)), str(int(told.sum())), f"{rows['value'].sum() / whole:.1%}"


def cells(figures: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(figures[list(DIMENSIONS)].itertuples(index=False, name=None))


def document(release: Release, ledger: KeptLedger, watch: Stopwatch, cubes: int) -> str:
    found = disclosure.compare(cubes, disclosure.FIRMS)
    return "\n\n".join(
        [
            "# What protection withholds",
            paragraph("""Written by `make disclosure`; method: [METHODS.md](METHODS.md), section 7. Seconds are those
            of one run on one machine: compare them within a table. Narrowest: the shortest interval that the attacker
            is left with over the one that is asked, of all confidential cells and measures; 1 or more is safe.
            Gap: by how much a pattern could lose less than the one found at most; 0%: none does."""),
            "## The demonstration",
            paragraph(f"""One pattern for counts and grants, one for each outcome in all its years, and the comparison
            arm's own, by sector. A release says how many cells are confidential, and not by which rule: these numbers
            are those of the suppression ledger, which lies beside the store. Cells: margins of
            {len((*DIMENSIONS, SELLS))} dimensions and the named pairs.
            Unreliable: cells with an effect that stands on too few firms, which is not published and not attacked."""),
            table(
                (
                    "pattern",
                    "cells",
                    "primary",
                    "secondary",
                    "unreliable",
                    "gap",
                    "narrowest",
                    "search, s",
                    "attack, s",
                ),
                patterns(release, ledger, watch),
            ),
            "Grants, in euros, that stand in published cells:",
            table(("table", "cells", "published", "euros published"), grants_published(release)),
            "## Twenty sectors, twelve provinces, three sizes",
            found,
            "## Tables of four hundred cells",
            paragraph("""Twenty by twenty codes, one, two or four tables that share their margins, over the same firms;
            sparse: a heavier tail, and a fifth of the firms sell nothing. Medians of three seeds; gap, seconds of
            processor time and cells told: the worst."""),
            linked_tables.compare(3),
            "",
        ]
    )


def main() -> None:
    """Build the demonstration in a folder of its own, and write down what came out."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.protected", description=__doc__)
    options.add_argument("--cubes", type=int, default=5)
    options.add_argument("--output", type=Path)
    chosen = options.parse_args()
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        demonstrate(PROGRAMME, home)
        release = Releases(home.releases, PROGRAMME).open()
        with Store(home.store(PROGRAMME), PROGRAMME, read_only=True) as store:
            ledger = recall_ledger(store.contributions_folder, release)
        deliver(document(release, ledger, watch, chosen.cubes), chosen.output, DOCUMENT, full=chosen.cubes == 5)


if __name__ == "__main__":
    main()
