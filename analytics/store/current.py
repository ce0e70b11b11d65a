"""What counts now: the newest that the files which count say of each application, firm and figure.

The store is a log. Each file's rows stay as the file gave them; a later file that says otherwise, and an undone file,
only change what these views, made anew whenever a store is opened, tell of it. So undoing a file leaves the store as if
it had never come.
"""

from collections.abc import Sequence

from analytics.programme.classifications import SIZE_LIMITS

# Of applications, and of firms from outside: the key, and the columns without which a row does not count.
KEYS = {"applications": "application_id", "comparison_firms": "firm_id"}
NEEDED = {"applications": ("firm_id", "outcome"), "comparison_firms": ()}
OF_THE_ROW = ("batch_id", "row_number", "emptied", "retracted")  # columns that no file gives

OBSERVATIONS = """
SELECT firm_id, period, outcome, value, source, batch_id
FROM (
    SELECT *
    FROM observations
    WHERE batch_id IN (SELECT batch_id FROM live_batches)
    QUALIFY row_number() OVER (PARTITION BY firm_id, period, outcome ORDER BY batch_id DESC) = 1
)
WHERE value IS NOT NULL
"""


def every_batch(*, is_log: bool) -> str:
    """All imports, also undone ones, with the columns of this version. is_log: whether the store is of this version."""
    added = "" if is_log else ", NULL::TIMESTAMP AS undone_at, NULL::VARCHAR AS kept_sha256"
    return f"SELECT *{added} FROM batches"  # noqa: S608 - our own columns


def every_forgotten(*, is_log: bool) -> str:
    """Who was deleted on request, without who it was. is_log: as above; before this version nobody could be."""
    if is_log:
        return "FROM forgotten"
    columns = "NULL::TIMESTAMP AS forgotten_at, []::INTEGER[] AS batches, []::VARCHAR[] AS releases"
    return f"SELECT {columns}, []::VARCHAR[] AS sources WHERE false"


def current_rows(table: str, columns: Sequence[str]) -> str:
    """One row per key of a table whose files each give some of its columns."""
    key, names = KEYS[table], [name for name in columns if name not in OF_THE_ROW]
    newest = ", ".join(f"{_newest(name)} AS {name}" for name in names if name != key)
    needed = " AND ".join(["true", *(f"{name} IS NOT NULL" for name in NEEDED[table])])
    return f"""
        SELECT * REPLACE (coalesce(size_class, computed_size(employees, turnover_eur, balance_sheet_eur)) AS size_class)
        FROM (
            SELECT {key}, {newest}, max(batch_id) AS batch_id, arg_max(row_number, batch_id) AS row_number
            FROM ({said(table)})
            GROUP BY {key}
        )
        WHERE {needed}
    """  # noqa: S608


def rows_as_stored(table: str) -> str:
    """The same of a store of an earlier version: each application has one row, and there are no other firms."""
    if table != "applications":
        return "SELECT * FROM applications LIMIT 0"
    return "SELECT * FROM applications WHERE batch_id IN (SELECT batch_id FROM live_batches)"


def said(table: str) -> str:
    """The rows of a table that count: of files that are not undone, since the last time that the row was taken back."""
    return f"""
        SELECT *
        FROM {table}
        WHERE batch_id IN (SELECT batch_id FROM live_batches)
        QUALIFY batch_id > coalesce(max(batch_id) FILTER (WHERE retracted) OVER (PARTITION BY {KEYS[table]}), 0)
    """  # noqa: S608


def _newest(name: str) -> str:
    """The value of a column in the newest row that gives one, or that takes it back."""
    return f"arg_max_null({name}, batch_id) FILTER ({name} IS NOT NULL OR list_contains(emptied, '{name}'))"


def computed_size() -> str:
    """Makes the function computed_size of SQL: the size class that staff and accounts give, as the one of
    programme/classifications.py; NULL where staff is not known.
    """
    sizes = " ".join(
        f"WHEN employees < {staff} AND (coalesce(turnover_eur, balance_sheet_eur) IS NULL "
        f"OR turnover_eur <= {turnover} OR balance_sheet_eur <= {balance}) THEN '{name}'"
        for name, staff, turnover, balance in SIZE_LIMITS
    )
    return f"CREATE OR REPLACE TEMP MACRO computed_size(employees, turnover_eur, balance_sheet_eur) AS CASE {sizes} END"
