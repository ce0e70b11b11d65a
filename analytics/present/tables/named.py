"""The tables that leave Vetrina, by name, and the filters by which a part of one is asked for: the same in addresses
and on the command line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from analytics.language.text import Text
from analytics.model import UserError
from analytics.present.tables import cohorts
from analytics.present.tables.cohorts import EVERY, SETS, CohortQuery, cohort_table
from analytics.present.tables.table import Table
from analytics.present.tables.whole import WHOLE, whole_tables
from analytics.release import Release

TABLES: Final = (cohorts.NAME, *WHOLE)
OF_COHORTS = ("by", "outcome", "horizon", "estimand", "find", "columns")


def table_named(release: Release, name: str, filters: Mapping[str, str], text: Text) -> Table:
    """A table of a release, or the rows of it that the filters ask for. Raises UserError where there is no such table,
    filter or code, saying what there is.
    """
    if name == cohorts.NAME:
        return cohort_table(release, cohort_query(release, filters), text)
    if name not in WHOLE:
        raise UserError("export.unknown", name="table", value=name, known=", ".join(TABLES))
    return _filtered(WHOLE[name].table(name, release, text), filters)


def release_tables(release: Release, text: Text) -> list[Table]:
    """All that a release holds: the cohort table of every grouping, outcome, horizon and estimand, then its own."""
    every = cohort_query(release, dict.fromkeys(("by", "outcome", "horizon", "estimand"), EVERY))
    return [cohort_table(release, every, text), *whole_tables(release, text)]


def cohort_query(release: Release, filters: Mapping[str, str]) -> CohortQuery:
    """The query that filters spell. What is not named: of every grouping, the programme's own question."""
    dimensions = [dimension for dimension in release.programme.dimension_names if release.codes(dimension)]
    for name in filters:
        if name not in (*OF_COHORTS, *dimensions):
            raise UserError("export.filter", name=name, known=", ".join([*OF_COHORTS, *dimensions]))
    by = _grouping(release, filters.get("by", EVERY))
    for name in dimensions:
        if name in filters and by and name not in by:
            raise UserError("export.filter", name=name, known=", ".join([*OF_COHORTS, *by]))
    question = release.programme.headline
    sets = tuple(filters["columns"].split(",")) if filters.get("columns") else SETS
    return CohortQuery(
        by=by,
        outcome=filters.get("outcome", question.outcome),
        horizon=filters.get("horizon", question.horizon_code),
        estimand=filters.get("estimand", str(question.estimand)),
        codes={name: tuple(filters[name].split(",")) for name in dimensions if name in filters},
        find=filters.get("find", ""),
        sets=sets,
    )


def _grouping(release: Release, asked: str) -> tuple[str, ...]:
    """The grouping that somebody means: names of dimensions, or their beginnings, in any order."""
    if asked == EVERY:
        return ()
    names = [_dimension(release, part) for part in asked.replace(",", "-").split("-")]
    held = cohorts.groupings(release)
    found = next((by for by in held if sorted(by) == sorted(names)), None)
    if found is None:
        known = ", ".join("-".join(by) for by in held)
        raise UserError("export.unknown", name="by", value=asked, known=f"{known}, {EVERY}")
    return found


def _dimension(release: Release, asked: str) -> str:
    """A dimension by its name, or by the beginning of it that no other has."""
    names = release.programme.dimension_names
    meant = [asked] if asked in names else [name for name in names if asked and name.startswith(asked)]
    return meant[0] if len(meant) == 1 else asked


def _filtered(table: Table, filters: Mapping[str, str]) -> Table:
    """The rows whose keys have the codes asked for; none where no row has them together."""
    whole = table
    for name, value in filters.items():
        if name == "columns":
            continue
        if name not in table.keys:
            raise UserError("export.filter", name=name, known=", ".join([*table.keys, "columns"]))
        codes, known = value.split(","), whole.data[name].dropna().astype(str).unique().tolist()
        for code in codes:
            if code not in known:
                raise UserError("export.unknown", name=name, value=code, known=_some(known))
        table = table.where(table.data[name].astype(str).isin(codes))
    if "columns" in filters:
        table = _with_columns(table, filters["columns"].split(","))
    return replace(table, query=dict(filters))


def _with_columns(table: Table, names: Sequence[str]) -> Table:
    known = [column.name for column in table.columns]
    for name in names:
        if name not in known:
            raise UserError("export.unknown", name="columns", value=name, known=", ".join(known))
    always = {"data_mark", "programme", "release", *table.keys}
    return table.with_columns(tuple(name for name in known if name in names or name in always))


def _some(known: Sequence[object]) -> str:
    """The first twenty of what there is."""
    listed = [str(value) for value in known[:20]]
    return ", ".join([*listed, "…"] if len(known) > len(listed) else listed)
