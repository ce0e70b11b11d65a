"""A release made before the path was told: it opens without one, and later paths are protected beside its stages."""

from pathlib import Path

import numpy as np
import pandas as pd

from analytics.build.path.kept import recall_path
from analytics.folders import Home
from analytics.release.path import STANDS
from tests.build.test_path import Office, applications, assert_few_stay_open
from tests.helpers.format_9 import as_format_9


def test_a_path_is_protected_beside_the_stages_that_it_told(tmp_path: Path) -> None:
    """One firm more that never reported: no number of the later path tells it beside the earlier reconciliation."""
    office = Office(Home(tmp_path))
    table = applications(office.home)
    office.load(table, sales=True)
    first = office.publish()
    as_format_9(office.releases.path(first.release_id))
    older = office.releases.open()
    assert (older.format_version, len(older.reconciliation_gaps)) == (9, 0)
    stages = older.reconciliation.set_index("tranche")
    another = table[table["outcome"] == "funded"].iloc[-1:].assign(fiscal_code="999991", application_id="999991")
    office.load(another)
    later = office.publish()
    rows = later.reconciliation_gaps
    stands = rows[(rows["path"] == "analysis") & (rows["reason"] == STANDS)].dropna(subset=["value"])
    for row in stands.to_dict("records"):
        column = {"firms": "loaded_firms", "matched": "reporting_firms"}.get(row["step"], f"{row['step']}_firms")
        before = stages.loc[row["tranche"], column]
        assert pd.isna(before) or not 0 < np.abs(float(before) - row["value"]) < 3
    with office.store(read_only=True) as store:
        behind = recall_path(store.contributions_folder, later, pd.DataFrame(), office.programme)
        if behind is not None and behind.frames["funded"].size:
            assert_few_stay_open(later, store.contributions_folder, office.programme)
