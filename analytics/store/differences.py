"""How the staged rows of a file differ from what the store tells now, before they are loaded."""

from dataclasses import dataclass

from analytics.programme.file import Programme
from analytics.store.columns import Table
from analytics.store.database import Store

MOST_EXAMPLES = 200  # changes that a difference carries; the store keeps all of them


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changes. key: application, firm, or firm and period; before, after: as text, None: no value."""

    key: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file changes. new, revised, unchanged: applications or firms, and of sales figures (firm × period ×
    outcome); columns: how many values change in each; empty: cells of the file without a value where the store has
    one; changes: the first of the values that change; takes_back: whether the empty cells take theirs back.
    """

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    empty: int = 0
    columns: tuple[tuple[str, int], ...] = ()
    changes: tuple[Change, ...] = ()
    takes_back: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the store tells all of it already."""
        return not (self.new or self.revised or (self.empty and self.takes_back))


NO_DIFFERENCE = Difference()


def stored_name(column: str) -> str:
    """The store's name of a column."""
    return "firm_id" if column == "fiscal_code" else column


def compare_rows(store: Store, table: Table, key: str, staged: str, current: str, *, takes_back: bool) -> Difference:
    """Compare staged applications or firms with the current ones. Leaves the temporary table `compared_rows`: sheet,
    row_number, is_new, revised (columns), empty (columns that the file has, empty where the store has a value).
    """
    names = [stored_name(column.name) for column in table if stored_name(column.name) != key]
    revised = ", ".join(
        f"CASE WHEN s.{name} IS DISTINCT FROM c.{name} AND s.{name} IS NOT NULL THEN '{name}' END" for name in names
    )
    empty = ", ".join(
        f"CASE WHEN s.{name} IS NULL AND c.{name} IS NOT NULL AND list_contains(h.given, '{name}') THEN '{name}' END"
        for name in names
    )
    store.execute(
        f"CREATE OR REPLACE TEMP TABLE compared_rows AS SELECT s.sheet, s.row_number, s.{key} AS key, "  # noqa: S608
        f"c.{key} IS NULL AS is_new, list_filter([{revised}], lambda name: name IS NOT NULL) AS revised, "
        f"list_filter([{empty}], lambda name: name IS NOT NULL) AS empty "
        f"FROM {staged} AS s JOIN staged_sheets AS h USING (sheet) LEFT JOIN {current} AS c ON c.{key} = s.{key}"
    )
    taken = "len(empty) > 0" if takes_back else "false"
    [(new, changed, same, n_empty)] = store.select(
        f"SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new AND (len(revised) > 0 OR {taken})), "  # noqa: S608
        f"count(*) FILTER (NOT is_new AND len(revised) = 0 AND NOT {taken}), coalesce(sum(len(empty)), 0)::BIGINT "
        "FROM compared_rows"
    )
    which = "list_concat(revised, empty)" if takes_back else "revised"
    columns = store.select(
        f"SELECT name, count(*) FROM (SELECT unnest({which}) AS name FROM compared_rows WHERE NOT is_new) "  # noqa: S608
        "GROUP BY name ORDER BY count(*) DESC, name"
    )
    changes: list[Change] = []
    for name, _ in columns:
        rows = store.select(
            f"SELECT s.{key}, c.{name}::VARCHAR, s.{name}::VARCHAR FROM compared_rows AS r "  # noqa: S608
            f"JOIN {staged} AS s USING (sheet, row_number) JOIN {current} AS c ON c.{key} = s.{key} "
            f"WHERE NOT r.is_new AND list_contains({which}, '{name}') "
            f"ORDER BY s.sheet, s.row_number LIMIT {MOST_EXAMPLES}"
        )
        changes += [Change(str(of), str(name), before, after) for of, before, after in rows]
    told = tuple((str(name), int(n)) for name, n in columns)
    return Difference(new, changed, same, n_empty, told, tuple(changes[:MOST_EXAMPLES]), takes_back)


def compare_figures(store: Store, programme: Programme, *, takes_back: bool) -> Difference:
    """Compare staged sales with the current figures."""
    [(rows,)] = store.select("SELECT count(*) FROM observations WHERE batch_id IN (SELECT batch_id FROM live_batches)")
    parts = [_of_outcome(store, outcome.name, outcome.column, rows > 0, takes_back) for outcome in programme.outcomes]
    return Difference(
        sum(part.new for part in parts),
        sum(part.revised for part in parts),
        sum(part.unchanged for part in parts),
        sum(part.empty for part in parts),
        tuple(column for part in parts for column in part.columns),
        tuple(change for part in parts for change in part.changes)[:MOST_EXAMPLES],
        takes_back,
    )


def _of_outcome(store: Store, outcome: str, column: str, any_stored: bool, takes_back: bool) -> Difference:
    """The same of one outcome."""
    if not any_stored:
        return Difference(new=store.number(f'SELECT count("{column}") FROM staged_sales'))  # noqa: S608
    beside = _beside(column)
    store.execute("SET VARIABLE outcome = $outcome", {"outcome": outcome})
    [(new, changed, same, empty)] = store.select(
        f"SELECT count(*) FILTER (after IS NOT NULL AND before IS NULL), count(*) FILTER (after <> before), "  # noqa: S608
        "count(*) FILTER (after = before), count(*) FILTER (after IS NULL AND before IS NOT NULL AND given) "
        f"FROM ({beside})"
    )
    taken = "(after IS NULL AND before IS NOT NULL AND given)" if takes_back else "false"
    rows = store.select(
        f"SELECT firm_id || ', ' || period, before::VARCHAR, after::VARCHAR FROM ({beside}) "  # noqa: S608
        f"WHERE after <> before OR {taken} ORDER BY sheet, row_number, period LIMIT {MOST_EXAMPLES}"
    )
    n = changed + (empty if takes_back else 0)
    changes = tuple(Change(str(key), column, before, after) for key, before, after in rows)
    return Difference(new, n, same, empty, ((column, n),) if n else (), changes, takes_back)


def _beside(column: str) -> str:
    """The staged cells of an outcome beside what the store tells of it."""
    return (
        f'SELECT s.firm_id, s.period, s.sheet, s.row_number, s."{column}" AS after, c.value AS before, '  # noqa: S608
        f"list_contains(h.given, '{column}') AS given FROM staged_sales AS s JOIN staged_sheets AS h USING (sheet) "
        "LEFT JOIN (SELECT * FROM current_observations WHERE outcome = getvariable('outcome')) AS c "
        "ON c.firm_id = s.firm_id AND c.period = s.period"
    )
