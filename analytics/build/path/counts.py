"""The release's reconciliation beside its path: the two say the same of every stage."""

import pandas as pd

from analytics.build.path.chains import ANALYSIS
from analytics.build.path.made import MadePath
from analytics.build.path.places import ANALYSED, FIRMS, MATCHED, MEASURED, SELLING
from analytics.release.path import STANDS

# of the path, the stage that each count is of
COUNTED_STAGES = {
    "loaded_firms": FIRMS,
    "selling_firms": SELLING,
    "reporting_firms": MATCHED,
    "measured_firms": MEASURED,
    "analysed_firms": ANALYSED,
}


def with_path(table: pd.DataFrame, path: MadePath, earlier: pd.DataFrame | None) -> pd.DataFrame:
    """The same beside the path: where that stays as an earlier release told it, so do its counts (earlier: that one's
    reconciliation); a stage that the path does not tell is not told here.
    """
    table = table.copy()
    if path.is_held and earlier is not None:
        before = earlier.set_index("tranche").reindex(table["tranche"])
        for column in ("loaded_eur", *COUNTED_STAGES):
            table[column] = before[column].astype(table[column].dtype).array
        return table
    rows = path.table[(path.table["path"] == ANALYSIS) & (path.table["reason"] == STANDS)]
    for column, stage in COUNTED_STAGES.items():
        told = rows[rows["step"] == stage].set_index("tranche")["value"].reindex(table["tranche"])
        if len(rows) or stage == MATCHED:
            table[column] = told.astype("Int64").array
    return table
