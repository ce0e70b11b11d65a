"""A release file as format 7 had it: no range that the others make short, no count of groups and no pair, no method."""

import json
from pathlib import Path

import duckdb

from tests.helpers.format_8 import as_format_8
from tests.helpers.rewritten import published_anew

LACKS = ("shared_low", "shared_high", "range_kind", "shrunk_low", "shrunk_high")  # columns of figures


def as_format_7(path: Path) -> None:
    """Change the file in place. Checks did not tell the df of their interval."""
    as_format_8(path)
    path.chmod(0o600)
    with duckdb.connect(path) as connection:
        connection.execute(
            f"CREATE TABLE older AS SELECT * EXCLUDE ({', '.join(LACKS)}) FROM figures"
            " WHERE NOT (measure LIKE '%s_gaining_%' OR measure LIKE 'beside_%')"
        )
        connection.execute("UPDATE older SET df = NULL WHERE measure LIKE 'check_%'")
        connection.execute("DROP TABLE figures")
        connection.execute("ALTER TABLE older RENAME TO figures")
        [(told,)] = connection.execute("SELECT value FROM manifest WHERE key = 'settings'").fetchall()
        settings = {name: value for name, value in json.loads(told).items() if name != "sector_range"}
        connection.execute("UPDATE manifest SET value = ? WHERE key = 'settings'", [json.dumps(settings)])
        connection.execute("DELETE FROM manifest WHERE key = 'method'")
        connection.execute("UPDATE manifest SET value = '7' WHERE key = 'format_version'")
    path.chmod(0o444)
    published_anew(path)
