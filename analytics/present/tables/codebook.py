"""The codebook: what every column of a table holds and what every code in it means. Made of the code's own lists, so
that nothing can be exported that it does not explain; pages, files, addresses and docs/CODEBOOK.md show the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from analytics.language.text import Text
from analytics.model import (
    Arm,
    CheckReason,
    ConfStatus,
    Estimand,
    Grade,
    ObsStatus,
    RangeKind,
    Reason,
    Result,
    Unit,
    Verdict,
)
from analytics.present.sentences.phrases import horizon_label, measure_name
from analytics.present.tables.path import reason_in_words
from analytics.present.tables.table import Column, ColumnKind, Table
from analytics.programme.file import Programme
from analytics.release import Release, path
from analytics.release.measures import ALL, MEASURES, OVERALL, SUM, TYPICAL

NAME: Final = "codebook"
OF_COLUMNS: Final = "columns"  # the list that columns are on

# Codes that mean the same wherever they stand: the end of a column's name -> codes; words under `code.<name>.`
CODES: Mapping[str, Iterable[str]] = {
    "status": ObsStatus,
    "conf_status": ConfStatus,
    "reason": Reason,
    "grade": Grade,
    "verdict": Verdict,
    "range_kind": RangeKind,
    "estimand": Estimand,
    "because": CheckReason,
    "arm": Arm,
    "basis": (TYPICAL, SUM),
    "announced_amount_is": ("grants", "endowment"),
    "path": path.PATHS,
    "step": path.STEPS,
    "gap": path.REASONS,
    "counted": path.UNITS,
}
_OUTSIDE: Mapping[str, Iterable[str]] = {  # whose words stand elsewhere, since pages say them too
    "result": Result,
    "application": ("funded", "not_funded", "not_admitted", "withdrawn", "revoked"),
}
_UNITS = tuple(
    unit for unit in Unit if unit not in (Unit.MONEY, Unit.OUTCOME)
)  # those two are told by currency or unit

COLUMNS = (
    Column("table", ColumnKind.TEXT, "codebook_table"),
    Column("list", ColumnKind.TEXT, "codebook_list"),
    Column("code", ColumnKind.TEXT, "codebook_code"),
    Column("type", ColumnKind.TEXT, "codebook_type"),
    Column("unit", ColumnKind.TEXT, "codebook_unit"),
    Column("meaning", ColumnKind.TEXT, "codebook_meaning"),
)
Entry = dict[str, str | None]


def codebook(tables: Iterable[Table], release: Release, text: Text) -> Table:
    """The codebook of these tables of a release: a row per column, then a row per code of every list."""
    entries = [*_column_entries(tables, text), *_code_entries(release, text)]
    values: dict[str, Any] = {column.name: [entry.get(column.name) for entry in entries] for column in COLUMNS}
    return Table.of(NAME, COLUMNS, values, ("table", "list", "code"), {}, release)


def _column_entries(tables: Iterable[Table], text: Text) -> Iterator[Entry]:
    for table in tables:
        for column in table.columns:
            yield {
                "table": table.name,
                "list": OF_COLUMNS,
                "code": column.name,
                "type": column.kind.value,
                "unit": column.unit_in_words(text) or None,
                "meaning": column.in_words(text),
            }


def _code_entries(release: Release, text: Text) -> Iterator[Entry]:
    """Every code, list by list: those of all programmes, then those of this one."""
    programme = release.programme
    lists = fixed_lists(text)
    lists["unit"] |= currency_words(programme, text)
    lists["outcome"] = {outcome.name: outcome.label.in_(text) for outcome in release.outcomes}
    lists["horizon"] = {at: horizon_label(release, at, text) for at in release.manifest.horizons}
    lists["horizon"][OVERALL] = text("code.horizon.overall")
    for name in programme.dimension_names:
        codes = {code: programme.label(name, code, text) for code in release.codes(name)}
        lists[name] = codes | {ALL: text("code.all")}
    lists["gap"] |= {
        f"{path.INELIGIBLE}{reason}": reason_in_words(f"{path.INELIGIBLE}{reason}", text)
        for reason in programme.ineligible_reasons
    }
    lists["source"] = _sources(programme, text)
    for name, codes in lists.items():
        for code, meaning in codes.items():
            yield {"list": name, "code": code, "meaning": meaning}


def _sources(programme: Programme, text: Text) -> dict[str, str]:
    """Where figures come from: Vetrina's own, and what was announced, by tranche."""
    announced = {tranche.id: tranche.source.in_(text) for tranche in programme.tranches}
    return {ALL: programme.source.in_(text)} | announced


def fixed_lists(text: Text) -> dict[str, dict[str, str]]:
    """List -> code -> meaning, of the codes that are the same for every programme."""
    lists = {name: {str(code): text(f"code.{name}.{code}") for code in codes} for name, codes in CODES.items()}
    lists["result"] = {str(code): text(f"result.{code}") for code in _OUTSIDE["result"]}
    lists["ended"] = {str(code): text(f"application.{code}") for code in _OUTSIDE["application"]}
    lists["unit"] = {str(code): text(f"unit.{code}") for code in _UNITS}
    lists["measure"] = {name: measure_name(measure, text) for name, measure in MEASURES.items()}
    return lists


def currency_words(programme: Programme, text: Text) -> dict[str, str]:
    """The currencies and own units that a programme's amounts are in."""
    currencies = {programme.currency, *(outcome.currency for outcome in programme.outcomes)} - {None}
    words = {
        str(code): text("unit.currency", currency=text.currency(str(code))) for code in sorted(map(str, currencies))
    }
    return words | {"percent": text("unit.percent"), "index": text("unit.index")}
