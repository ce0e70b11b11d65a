"""Announced -> loaded -> analysed firms and euros, by tranche, less what is withheld of a tranche."""

import numpy as np
import pandas as pd

from analytics.build.patterns import WithheldCells
from analytics.build.patterns import cube_cell as cube_cell
from analytics.build.rows.row import Row
from analytics.estimate.sample import Sample
from analytics.model import Rule
from analytics.panel import Panel
from analytics.programme.file import Programme
from analytics.store.database import Store

COUNTED = ("loaded_firms", "loaded_eur", "selling_firms", "reporting_firms", "measured_firms", "analysed_firms")


def reconciliation(panel: Panel, programme: Programme, store: Store, guard: WithheldCells) -> pd.DataFrame:
    """Announced, loaded, reporting, measured and analysed firms by tranche, and in all ("*"); what the guard withholds
    of a tranche is not told here either.
    """
    headline = programme.headline
    year = None if headline.horizon == "overall" else int(headline.horizon)
    values = panel.outcomes[headline.outcome]
    sample = Sample(panel, headline.outcome, programme.settings, year)
    reporting = np.isfinite(values).any(axis=1)
    measured = np.isfinite(sample.windows.after).any(axis=1)
    selling = panel.units["sells"].to_numpy(dtype=bool)
    loaded = {row["tranche"]: row for row in store.frame("tranches").to_dict("records")}
    wave = panel.units["wave"]
    rows = []
    for tranche in programme.tranches:
        mine = panel.funded & (wave == tranche.id).to_numpy()
        found = loaded.get(tranche.id, {})
        deletions = sample.deletions(headline.estimand, sample.group(mine))
        rows.append(
            {
                "tranche": tranche.id,
                "announced_firms": tranche.announced_firms,
                "announced_eur": tranche.announced_eur,
                "announced_eur_is": tranche.announced_eur_is if tranche.announced_eur is not None else None,
                "loaded_firms": found.get("firms", 0),
                "loaded_eur": found.get("grant_eur"),
                "selling_firms": int((selling & mine).sum()),
                "reporting_firms": int((reporting & mine).sum()),
                "measured_firms": int((measured & mine).sum()),
                "analysed_firms": int(deletions.funded.sum()) if deletions else 0,
            }
        )
    return pd.DataFrame([_told(row, headline.outcome, guard) for row in [*rows, _all_tranches(rows)]])


def _told(row: Row, outcome: str, guard: WithheldCells) -> Row:
    """Without what the guard withholds of the tranche: its counts and amount, or how many of its firms sell."""
    wave = str(row["tranche"])
    secret = any(
        guard.rule(about, "overall", cube_cell(wave=wave)) not in (None, Rule.HELD) for about in ("*", outcome)
    )
    hidden = COUNTED if secret else ()
    if guard.rule("*", "*", cube_cell(wave=wave, sells="yes")) is not None:
        hidden = (*hidden, "selling_firms")
    return row | dict.fromkeys(hidden)


def _all_tranches(rows: list[Row]) -> Row:
    """Sums over tranches; a sum with an unknown part, or of grants and endowments together, is unknown."""
    total: Row = {"tranche": "*", "announced_eur_is": None}
    for name in ("announced_firms", *COUNTED):
        parts = [row[name] for row in rows]
        total[name] = None if any(pd.isna(part) for part in parts) else sum(parts)
    kinds = {row["announced_eur_is"] for row in rows}
    total["announced_eur"] = sum(row["announced_eur"] for row in rows) if kinds == {"grants"} else None
    return total
