"""A release file as format 9 had it: without the path from announced to analysed."""

from pathlib import Path

import duckdb

from tests.helpers.rewritten import published_anew


def as_format_9(path: Path) -> None:
    """Change the file in place."""
    path.chmod(0o600)
    with duckdb.connect(path) as connection:
        connection.execute("DROP TABLE reconciliation_gaps")
        connection.execute("UPDATE manifest SET value = '9' WHERE key = 'format_version'")
    path.chmod(0o444)
    published_anew(path)
