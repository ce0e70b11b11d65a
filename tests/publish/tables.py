"""Tables of every shape that leaves: many figures, few, none, all withheld, yearly, of another currency."""

from pathlib import Path

import pandas as pd

from analytics.language.text import speaking
from analytics.present.tables.codebook import codebook
from analytics.present.tables.named import table_named
from analytics.present.tables.table import Column, ColumnKind, Table
from analytics.release import Release
from tests.helpers.rewritten import rewritten

_EVERY = dict.fromkeys(("outcome", "horizon", "estimand"), "all")
ASKED = {
    "cohorts by sector": ("cohorts", {"by": "sector"}),
    "cohorts by sector and wave, every question": ("cohorts", {"by": "sector-wave", **_EVERY}),
    "cohorts with few columns": ("cohorts", {"by": "sector", "columns": "effect,n"}),
    "no cohort": ("cohorts", {"by": "sector", "find": "nothing is called so"}),
    "figures": ("figures", {"arm": "comparison", "outcome": "*"}),
    "figures with all that is told of an effect": ("figures", {"measure": "typical_firm"}),
    "no figure": ("figures", {"arm": "funded", "measure": "typical_firm"}),
    "group-time": ("group-time", {}),
    "lines": ("lines", {}),
    "spread": ("spread", {}),
    "reconciliation": ("reconciliation", {}),
    "reconciliation-gaps": ("reconciliation-gaps", {}),
    "applications": ("applications", {}),
}
OF_YEARS = {name: asked for name, asked in ASKED.items() if "wave" not in name}  # Michigan has no such pair


def table_of(release: Release, shape: str, language: str = "it") -> Table:
    """One of the tables of ASKED."""
    name, filters = ASKED[shape]
    return table_named(release, name, filters, speaking(language))


def codebook_of(release: Release, language: str = "it") -> Table:
    """The codebook of the cohort table."""
    text = speaking(language)
    return codebook([table_of(release, "cohorts by sector", language)], release, text)


def withheld_whole(source: Release, root: Path) -> Release:
    """The release of a programme of which nothing at all may be told."""
    codes = {"obs_status": "M", "conf_status": "C", "reason": "confidential"}
    kept = {
        "figure_id",
        "cell",
        "outcome",
        "measure",
        "arm",
        "horizon",
        "unit",
        *source.programme.dimension_names,
        *codes,
    }
    figures = _emptied(source.figures, kept).assign(**codes)
    told = source.figures["grade"].notna()
    return rewritten(
        source,
        root,
        figures=figures.assign(
            grade=figures["grade"].astype(object).mask(told, "withheld"),
            n_comparison_at_least=False,
        ),
        lines=_emptied(source.lines, {*source.lines} - {"index_value", "n"}),
        spread=source.spread.iloc[:0],
        reconciliation=_emptied(source.reconciliation, {"tranche"}),
        reconciliation_gaps=source.reconciliation_gaps.iloc[:0],
        applications=_emptied(source.applications, {"outcome"}),
    )


def _emptied(table: pd.DataFrame, kept: set[str]) -> pd.DataFrame:
    """The table without its values, but for those columns."""
    columns = {name: table[name] if name in kept else table[name].where(table[name].isna()) for name in map(str, table)}
    return pd.DataFrame(columns)


def of_texts(texts: list[str], release: Release) -> Table:
    """A table of these texts, each between a number and a text of its own."""
    columns = (
        Column("place", ColumnKind.INTEGER, "place"),
        Column("label", ColumnKind.TEXT, "label", slots={"column": "place"}),
        Column("index", ColumnKind.NUMBER, "index"),
    )
    values = {"place": range(len(texts)), "label": texts, "index": [-0.5] * len(texts)}
    return Table.of("lines", columns, values, ("place",), {}, release)
