"""Announced -> loaded -> analysed firms and euros, by tranche, less what is withheld of a tranche."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.build.contributions import SELLS
from analytics.build.patterns import WithheldCells
from analytics.estimate.sample import Sample
from analytics.model import Rule
from analytics.panel import Panel
from analytics.programme.file import Programme
from analytics.release.figure import group_of
from analytics.release.measures import ALL, OVERALL
from analytics.store.database import Store

COUNTED = ("loaded_firms", "loaded_eur", "selling_firms", "reporting_firms", "measured_firms", "analysed_firms")


@dataclass(frozen=True, slots=True)
class TrancheCounts:
    """A row of the release's reconciliation, see release.sql. tranche "*": all. None: not stated, unknown or withheld.

    loaded_eur: a decimal, euros and cents.
    """

    tranche: str
    announced_firms: int | None
    announced_eur: float | None
    announced_eur_is: str | None
    loaded_firms: int | None
    loaded_eur: Any
    selling_firms: int | None
    reporting_firms: int | None
    measured_firms: int | None
    analysed_firms: int | None


def reconciliation(panel: Panel, programme: Programme, store: Store, withheld_cells: WithheldCells) -> pd.DataFrame:
    """Announced, loaded, reporting, measured and analysed firms by tranche, and in all ("*"); what is withheld of a
    tranche is not told here either.
    """
    tranches = list(_counted(panel, programme, store))
    every = [*tranches, _all_tranches(tranches)]
    return pd.DataFrame([asdict(_hide(row, programme.headline.outcome, withheld_cells)) for row in every])


def _counted(panel: Panel, programme: Programme, store: Store) -> Iterator[TrancheCounts]:
    """Each tranche of the programme file, in its order."""
    question, wave = programme.headline, panel.units["wave"]
    sample = Sample(panel, question.outcome, programme.settings, question.year)
    reporting = np.isfinite(panel.outcomes[question.outcome]).any(axis=1)
    measured = np.isfinite(sample.windows.after).any(axis=1)
    selling = panel.units[SELLS].to_numpy(dtype=bool)
    loaded = {row["tranche"]: row for row in store.frame("tranches").to_dict("records")}
    for tranche in programme.tranches:
        funded = panel.funded & (wave == tranche.id).to_numpy()
        in_store = loaded.get(tranche.id, {})
        deletions = sample.deletions(question.estimand, sample.group(funded))
        yield TrancheCounts(
            tranche=tranche.id,
            announced_firms=tranche.announced_firms,
            announced_eur=tranche.announced_eur,
            announced_eur_is=tranche.announced_eur_is if tranche.announced_eur is not None else None,
            loaded_firms=in_store.get("firms", 0),
            loaded_eur=in_store.get("grant_eur"),
            selling_firms=int((selling & funded).sum()),
            reporting_firms=int((reporting & funded).sum()),
            measured_firms=int((measured & funded).sum()),
            analysed_firms=int(deletions.funded.sum()) if deletions else 0,
        )


def _hide(row: TrancheCounts, outcome: str, withheld_cells: WithheldCells) -> TrancheCounts:
    """Without what the patterns withhold of the tranche: its counts and amount, or how many of its firms sell."""
    group = group_of({"wave": row.tranche})
    secret = any(withheld_cells.rule(of, OVERALL, group) not in (None, Rule.HELD) for of in (ALL, outcome))
    hidden = COUNTED if secret else ()
    if withheld_cells.rule(ALL, ALL, group_of({"wave": row.tranche, SELLS: "yes"})) is not None:
        hidden = (*hidden, "selling_firms")
    return replace(row, **dict.fromkeys(hidden))  # type: ignore[arg-type]


def _all_tranches(tranches: Sequence[TrancheCounts]) -> TrancheCounts:
    """Sums over tranches; a sum with an unknown part, or of grants and endowments together, is unknown."""
    sums: dict[str, Any] = {}
    for name in ("announced_firms", *COUNTED):
        parts = [getattr(tranche, name) for tranche in tranches]
        sums[name] = None if any(pd.isna(part) for part in parts) else sum(parts)
    only_grants = {tranche.announced_eur_is for tranche in tranches} == {"grants"}
    announced_eur = sum(tranche.announced_eur or 0.0 for tranche in tranches) if only_grants else None
    return TrancheCounts(tranche=ALL, announced_eur=announced_eur, announced_eur_is=None, **sums)
