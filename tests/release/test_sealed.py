"""A release file that somebody else made holds tables, and does nothing: it reads no other file when it is opened."""

from pathlib import Path

import duckdb
import pytest

from analytics.folders import Home
from analytics.model import UserError
from analytics.release import Release


@pytest.mark.parametrize(
    "trap",
    [
        "CREATE VIEW manifest AS SELECT 'x' AS key, content AS value FROM read_text('{secret}')",
        "CREATE VIEW figures AS SELECT * FROM read_text('{secret}')",
        "CREATE MACRO upper(x) AS (SELECT content FROM read_text('{secret}'))",
    ],
)
def test_a_foreign_file_reads_no_other(tmp_path: Path, trap: str) -> None:
    """A view in place of a table is none, whatever it would read."""
    secret, path = tmp_path / "secret.txt", tmp_path / "2026-1.duckdb"
    secret.write_text("fiscal code")
    with duckdb.connect(path) as connection:
        if "VIEW manifest" not in trap:
            connection.execute("CREATE TABLE manifest AS SELECT 'format_version' AS key, '10' AS value")
        connection.execute(trap.format(secret=secret))
    with pytest.raises(UserError) as told:
        Release(path)
    assert told.value.key in ("release.unreadable", "release.damaged")


def test_a_release_is_read_and_not_written(demonstration: Home) -> None:
    """Its file has the same bytes, and time of writing, after it was read; nothing lies beside it."""
    path = next(demonstration.releases.glob("michigan-1988/*.duckdb"))
    before, beside = (path.stat().st_mtime_ns, path.read_bytes()), set(path.parent.iterdir())
    assert len(Release(path).figures)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert set(path.parent.iterdir()) == beside
