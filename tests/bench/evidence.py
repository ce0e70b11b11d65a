"""How often claims are right: `make simulate` writes docs/EVIDENCE.md.

Programmes like the demonstration's are simulated with grants that work, with grants that do nothing, and with arms that
were not alike before; each goes through the checks, and what would be said is counted. Equal seeds, equal results,
whatever the processes.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.build.assessment import Assessed, Assessment
from analytics.estimate.effects import EffectEstimate, group_effects
from analytics.folders import PROJECT
from analytics.model import Check
from analytics.programme.file import Programme, load_programme
from tests.bench.evidence_document import Results, document
from tests.bench.former import former_claims
from tests.bench.markdown import deliver
from tests.bench.pool import all_done
from tests.bench.said import COUNT, FORMER, PROGRAMME, TODAY, said
from tests.bench.scenarios import SCENARIOS, Scenario, panel_of

SEED = 20210201
PROGRAMMES = 1_000  # of each scenario
LIKE = "ecommerce-2020"
DOCUMENT = PROJECT / "docs" / "EVIDENCE.md"


@dataclass(frozen=True, slots=True)
class Task:
    """One programme to simulate and assess."""

    scenario: str
    number: int


@cache
def _programme() -> Programme:
    return load_programme(LIKE)


def assessed(task: Task) -> list[dict[str, Any]]:
    """Simulate and assess one programme: a record of it, of each macro-sector and of each sector."""
    rng = np.random.default_rng([SEED, list(SCENARIOS).index(task.scenario), task.number])
    programme = _programme()
    scenario = SCENARIOS[task.scenario]
    found = Assessment(panel_of(scenario, programme, rng, task.number), programme)
    told = {"scenario": task.scenario, "programme": task.number}
    mine = (one for one in found.assessed if one.estimand is programme.headline.estimand)
    records = [
        told | {"rules": rules} | _record(one) | _truth(one, scenario, task.number) | _value(one, found)
        for rules, claims in ((TODAY, mine), (FORMER, former_claims(found)))
        for one in claims
    ]
    return [*records, told | {"rules": TODAY, "level": COUNT} | _counted(found, scenario, task.number)]


def _truth(one: Assessed, scenario: Scenario, number: int) -> dict[str, Any]:
    """What is true of a group: whether grants work in all of it, in none; whether its funded firms are ahead."""
    programme, code = _programme(), str(one.group)
    sectors = [
        sector.id
        for sector in programme.sectors
        if not one.by or code == sector.id or (one.by[0], code) in programme.wholes_of(sector.id)
    ]
    works = {scenario.has_effect(programme, sector) for sector in sectors}
    ahead = {scenario.is_ahead(programme, sector, number) for sector in sectors}
    return {"works": min(works), "works_anywhere": max(works), "ahead": max(ahead), "dip": scenario.design.dip > 0}


def _counted(found: Assessment, scenario: Scenario, number: int) -> dict[str, Any]:
    """In how many sectors something is said to be gained, and in how many something is."""
    gaining = found.gaining("sector")
    shown = [one.group for one in found.assessed if one.by == ("sector",) and one.evidence.verdict is not None]
    true = sum(scenario.has_effect(_programme(), str(code)) for code in shown)
    return {"group": "count", "said": str(gaining.count), "value": float(true)}


def _record(one: Assessed) -> dict[str, Any]:
    checks = {finding.check: finding for finding in one.evidence.findings}
    return {
        "level": one.by[0] if one.by else PROGRAMME,
        "group": str(one.group) if one.by else PROGRAMME,
        "said": said(one.evidence.grade, one.evidence.verdict),
        **{f"{check}": checks[check].result.value if check in checks else None for check in Check},
        "because": checks[Check.BEFORE].because.value if Check.BEFORE in checks else None,
    }


def _value(one: Assessed, assessment: Assessment) -> dict[str, Any]:
    """What was estimated, for the whole programme."""
    sample = assessment.sample
    if one.by:
        return {}
    (effect,) = group_effects(sample, one.estimand, {(): sample.panel.funded}).values()
    return {"value": effect.value if isinstance(effect, EffectEstimate) else float("nan")}


def tasks(programmes: int) -> Iterator[Task]:
    """All that is to be done, the scenarios one after the other."""
    return (Task(scenario, number) for scenario in SCENARIOS for number in range(programmes))


def run(todo: list[Task], processes: int) -> Results:
    """Do all tasks."""
    begun = time.perf_counter()
    rows = pd.DataFrame([row for rows in all_done(assessed, todo, processes) for row in rows])
    return Results(rows, (time.perf_counter() - begun) / 60)


def main() -> None:
    """Simulate, assess, write the document."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--programmes", type=int, default=PROGRAMMES, help="of each scenario (%(default)s)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, help=f"a file; {DOCUMENT.name} of a full run, else the screen")
    parser.add_argument("--keep", type=Path, help="a folder for the single claims, as Parquet")
    chosen, programme = parser.parse_args(), _programme()
    found = run(list(tasks(chosen.programmes)), chosen.processes)
    if chosen.keep:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        found.rows.to_parquet(chosen.keep / "claims.parquet")
    deliver(document(found, programme, SEED), chosen.output, DOCUMENT, full=chosen.programmes == PROGRAMMES)
    print(f"{found.minutes:.0f} minutes")


if __name__ == "__main__":
    main()
