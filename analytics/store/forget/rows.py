"""A store without the rows of a firm: a new file, into which what is of the firm never comes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.programme.file import Programme
from analytics.store.database import Store, query
from analytics.store.forget.headings import KEYS, key_headings
from analytics.store.forget.identity import GONE, Identity
from analytics.store.forget.texts import Place
from analytics.store.mapping.headings import same_name

NEW = "without_firm"  # the name of the new file, while both are open


@dataclass(frozen=True, slots=True)
class FirmRows:
    """What a store holds of a firm. applications, aids: numbers of them; figures: values of sales, with their earlier
    ones; batches: the imports whose files spoke of it, also undone ones.
    """

    applications: frozenset[str]
    cors: frozenset[str]
    aids: frozenset[str]
    figures: int
    batches: tuple[int, ...]


def firm_rows(store: Store, code: str) -> FirmRows:
    """What the store holds of a firm, undone and earlier values too."""
    own = store.rows("forget_applications", {"code": code})
    applications = sorted({str(name) for name, _ in own})
    of_own = sorted({str(cor) for _, cor in own if cor})
    aids = {str(cor) for (cor,) in store.rows("forget_aids", {"code": code, "cors": of_own})}
    cors = sorted({*of_own, *aids})
    [(figures,)] = store.rows("forget_figures", {"code": code})
    parameters: dict[str, object] = {"code": code, "applications": applications, "cors": cors}
    batches = tuple(int(batch) for (batch,) in store.rows("forget_batches", parameters))
    return FirmRows(frozenset(applications), frozenset(cors), frozenset(aids), int(figures), batches)


def identity_of(store: Store, programme: Programme, code: str, found: FirmRows) -> Identity:
    """How the firm is known in files: what the store tells of it, and of no other firm."""
    names = {str(name) for (name,) in store.rows("forget_names", {"code": code, "cors": sorted(found.cors)})}
    others = {str(firm) for (firm,) in store.rows("forget_others", {"code": code})}
    return Identity(
        code=code,
        identifier=programme.firm_identifier,
        names=frozenset(names),
        numbers=found.applications | found.cors,
        others=frozenset(others),
        headings=key_headings(programme, _mapped(store)),
    )


def _mapped(store: Store) -> Iterator[str]:
    """Headings that mappings name for codes and numbers."""
    for mapping, reading in store.rows("forget_mappings"):
        columns = dict(json.loads(mapping).get("columns") or {})
        columns |= (json.loads(reading or "{}").get("mapping") or {}).get("columns") or {}
        yield from (columns[key] for key in KEYS if key in columns)


# ---- the new file ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """What the log keeps of a deletion. at: UTC, ISO format; batches, releases: see the table `forgotten`; sources:
    hashes of files that the firm stood in; kept: hash of an archived file -> of the one that is kept in its place.
    """

    at: str
    batches: Sequence[int]
    releases: Sequence[str]
    sources: Sequence[str]
    kept: Mapping[str, str]


def write_without(
    store: Store,
    path: Path,
    identity: Identity,
    found: FirmRows,
    record: Record,
    rejected: Iterable[tuple[int, Place]],
    alive: Callable[[], None],
) -> None:
    """Write the store's content, without the firm, into a new file. rejected: batch and place of rows of source files
    that are of the firm.
    """
    [(owner,)] = store.select("SELECT current_database()")
    tables = [str(name) for (name,) in store.rows("forget_tables")]
    where = str(path).replace("'", "''")
    store.execute(f"ATTACH '{where}' AS {NEW}")
    try:
        store.execute(f"USE {NEW}")
        store.execute(query("schema").replace(_SEQUENCE, _next_number(store, owner)))
        store.execute(query("rna_aids"))
        store.execute(f'USE "{owner}"')
        for table in tables:
            alive()
            _copy(store, table, found, identity)
        _copy_log(store, identity, record)
        _copy_rejected(store, identity, rejected)
        _note(store, record)
    finally:
        store.execute(f'USE "{owner}"')
        store.execute(f"DETACH {NEW}")


_SEQUENCE = "CREATE SEQUENCE IF NOT EXISTS batch_ids;"


def _next_number(store: Store, owner: str) -> str:
    """Numbers of imports go on where they were."""
    last = store.number(f'SELECT coalesce(max(batch_id), 0) FROM "{owner}".batches')  # noqa: S608 - our own name
    return f"CREATE SEQUENCE batch_ids START {last + 1};"


def _copy(store: Store, table: str, found: FirmRows, identity: Identity) -> None:
    """The rows of one table that are not of the firm, but for what tells of imports. Of an application that the newest
    file gives to another firm, an earlier row loses only who it was of.
    """
    chosen = {
        "applications": "NOT list_contains($applications, application_id)",
        "observations": "firm_id <> $code",
        "comparison_firms": "firm_id <> $code",
        "rna_aids": "fiscal_code IS DISTINCT FROM $code AND NOT list_contains($cors, cor)",
        "batches": "false",
        "rejected_rows": "false",
    }.get(table, "true")
    what = "*"
    if table == "applications":
        anonymous = "CASE WHEN firm_id = $code THEN NULL ELSE name END AS name, nullif(firm_id, $code) AS firm_id"
        what = f"* REPLACE ({anonymous})"
    statement = f"INSERT INTO {NEW}.{table} BY NAME SELECT {what} FROM {table} WHERE {chosen}"  # noqa: S608
    parameters = {"code": identity.code, "cors": sorted(found.cors), "applications": sorted(found.applications)}
    store.execute(statement, {name: value for name, value in parameters.items() if f"${name}" in statement})


def _copy_log(store: Store, identity: Identity, record: Record) -> None:
    """The log of imports, without what its texts tell of the firm."""
    rows = store.columns("FROM batches ORDER BY batch_id")
    for row in zip(*rows.values(), strict=True):
        batch = dict(zip(rows, row, strict=True))
        name = str(batch["file_name"])
        if identity.tells(name):
            batch["file_name"] = f"{GONE}{Path(name).suffix}"
        for column in ("mapping", "reading"):
            if batch[column] is not None:
                batch[column] = _without(identity, str(batch[column]))
        kept = record.kept.get(str(batch["kept_sha256"] or batch["sha256"]))
        batch["kept_sha256"] = kept or batch["kept_sha256"]
        columns, places = ", ".join(batch), ", ".join(f"${column}" for column in batch)
        store.execute(f"INSERT INTO {NEW}.batches ({columns}) VALUES ({places})", batch)  # noqa: S608 - our own columns


def _without(identity: Identity, told: str) -> str:
    """JSON without what tells of the firm; the same text where nothing does."""
    read = json.loads(told)
    kept = identity.without(read)
    return told if kept == read else json.dumps(kept, ensure_ascii=False)


def _copy_rejected(store: Store, identity: Identity, rejected: Iterable[tuple[int, Place]]) -> None:
    """Problems of rejected rows, but for those of rows of the firm."""
    telling = rejected_values(store, identity)
    rows = pd.DataFrame([(batch, *place) for batch, place in rejected], columns=["batch_id", "sheet", "row_number"])
    of_firm = rows.astype({"batch_id": "int32", "sheet": "str", "row_number": "int64"})
    store.run("forget_rejected", {"telling": telling}, of_firm=of_firm)


def rejected_values(store: Store, identity: Identity) -> list[str]:
    """What problems of rejected rows say, where it tells of the firm: the cell, or what was expected of it."""
    pairs = store.select("SELECT DISTINCT column_name, value FROM rejected_rows")
    pairs += [("", expected) for (expected,) in store.select("SELECT DISTINCT expected FROM rejected_rows")]
    return sorted({str(value) for column, value in pairs if _cell_tells(identity, str(column), str(value))})


def _cell_tells(identity: Identity, column: str, value: str) -> bool:
    keys = frozenset({0} if same_name(column) in identity.headings else ())
    return identity.kept([value], keys) != [value]


def _note(store: Store, record: Record) -> None:
    lists = {name: list(getattr(record, name)) for name in ("batches", "releases", "sources")}
    store.execute(
        f"INSERT INTO {NEW}.forgotten VALUES ($at::TIMESTAMP, $batches, $releases, $sources)",  # noqa: S608
        {"at": record.at, **lists},
    )
