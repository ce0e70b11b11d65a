"""A release file as format 8 had it: lines of sums, no change of the typical firm, tests of whole sectors alone."""

from pathlib import Path

import duckdb
import pandas as pd

from tests.helpers.rewritten import published_anew

LATER = ("typical_change", "size_classes_differ_", "channels_differ_", "areas_differ_")  # how later measures begin


def as_format_8(path: Path) -> None:
    """Change the file in place."""
    path.chmod(0o600)
    with duckdb.connect(path) as connection:
        for beginning in LATER:
            connection.execute("DELETE FROM figures WHERE starts_with(measure, ?)", [beginning])
        connection.execute("DROP TABLE IF EXISTS reconciliation_gaps")
        connection.execute("CREATE TABLE sums AS SELECT * EXCLUDE (basis) FROM lines WHERE basis = 'sum'")
        connection.execute("DROP TABLE lines")
        connection.execute("ALTER TABLE sums RENAME TO lines")
        connection.execute("UPDATE manifest SET value = '8' WHERE key = 'format_version'")
    path.chmod(0o444)
    published_anew(path)


def of_format_8(figures: pd.DataFrame) -> pd.DataFrame:
    """The rows of a present release's figures that format 8 had, too."""
    return figures[~figures["measure"].str.startswith(LATER)].reset_index(drop=True)
