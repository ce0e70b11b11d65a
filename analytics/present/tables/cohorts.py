"""Release -> cohort table: one row per group, outcome, horizon and estimand, with the figures that stand beside each
other: firms, grants, before and after, changes, and the effect with all that is told of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Final

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm, Estimand, UserError
from analytics.present.sentences.phrases import data_note, horizon_label
from analytics.present.tables.table import UNIT_COLUMN, Column, ColumnKind, Table, rounded, unit_code
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release, measures
from analytics.release.figure import group_of
from analytics.release.measures import ALL, EFFECTS, estimands_of

NAME: Final = "cohorts"
EVERY: Final = "all"  # in a query: every outcome, horizon, estimand or grouping
TOTAL: Final = "total"  # the grouping that names no dimension

# A figure of a row: the beginning of its columns' names -> what it is, of which arm, and where its unit stands.
_OF_FIRMS = {
    "firms": (measures.FIRMS, Arm.FUNDED, "count"),
    "comparison_firms": (measures.FIRMS, Arm.COMPARISON, "count"),
    "grants": (measures.GRANTS, Arm.FUNDED, "@grants_unit"),
}
_OF_OUTCOME = {
    "before": (measures.BEFORE_MEAN, Arm.FUNDED, "@amount_unit"),
    "after": (measures.AFTER_MEAN, Arm.FUNDED, "@amount_unit"),
    "change": (measures.CHANGE, Arm.FUNDED, "fraction"),
    "comparison_change": (measures.CHANGE, Arm.COMPARISON, "fraction"),
    "typical_change": (measures.TYPICAL_CHANGE, Arm.FUNDED, "fraction"),
    "comparison_typical_change": (measures.TYPICAL_CHANGE, Arm.COMPARISON, "fraction"),
}
_EFFECT = "effect"
# What is told of an effect: the end of the column's name -> column of the release, kind, unit ("": the effect's own).
_TOLD_OF_EFFECT = {
    "low": ("shown_low", ColumnKind.NUMBER, ""),
    "high": ("shown_high", ColumnKind.NUMBER, ""),
    "range_kind": ("range_kind", ColumnKind.TEXT, None),
    "n": ("n_funded", ColumnKind.INTEGER, "count"),
    "n_comparison": ("n_comparison", ColumnKind.INTEGER, "count"),
    "n_comparison_at_least": ("n_comparison_at_least", ColumnKind.BOOLEAN, None),
    "grade": ("grade", ColumnKind.TEXT, None),
    "verdict": ("verdict", ColumnKind.TEXT, None),
    "own_low": ("low", ColumnKind.NUMBER, ""),
    "own_high": ("high", ColumnKind.NUMBER, ""),
    "simultaneous_low": ("sim_low", ColumnKind.NUMBER, ""),
    "simultaneous_high": ("sim_high", ColumnKind.NUMBER, ""),
    "best_guess": ("shrunk", ColumnKind.NUMBER, ""),
    "best_guess_low": ("shrunk_low", ColumnKind.NUMBER, ""),
    "best_guess_high": ("shrunk_high", ColumnKind.NUMBER, ""),
    "p_value": ("p_value", ColumnKind.NUMBER, "probability"),
    "detectable": ("mde", ColumnKind.NUMBER, ""),
}
_STATUSES = ("obs_status", "conf_status", "reason")
# Columns that are shown and left out together, in the order of a page: name -> figures, and ends of columns.
_FIGURES_OF_SET = {
    "firms": ("firms", "comparison_firms"),
    "grants": ("grants",),
    "before_after": ("before", "after"),
    "change": ("change", "comparison_change"),
    "typical_change": ("typical_change", "comparison_typical_change"),
    "effect": (_EFFECT,),
}
_PARTS_OF_SET = {
    "n": ("n", "n_comparison", "n_comparison_at_least", "n_at_least"),
    "reading": ("grade", "verdict"),
    "more_ranges": tuple(name for name in _TOLD_OF_EFFECT if name.startswith(("own", "sim", "best", "p_", "detect"))),
    "figure_id": ("figure_id",),
}
SETS = (*_FIGURES_OF_SET, *_PARTS_OF_SET)
SHOWN_FIRST = ("firms", "effect", "n", "reading")  # before a reader has chosen any
SHOWN_FIRST_CROSSED = ("firms", "effect", "n")  # of a pair, whose cells carry no claims


@dataclass(frozen=True, slots=True)
class CohortQuery:
    """What is asked of a cohort table.

    by: the dimensions of one margin or named pair; (): every grouping that the release holds; outcome, horizon,
    estimand: a code, or "all"; codes: dimension -> codes that its rows have, the total not among them unless named;
    find: words that a label of the row holds; sets: of SETS, the columns.
    """

    by: tuple[str, ...]
    outcome: str
    horizon: str
    estimand: str
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    find: str = ""
    sets: tuple[str, ...] = SETS

    def named(self) -> dict[str, str]:
        """Every filter by its name in an address."""
        asked = {"by": "-".join(self.by) or EVERY}
        asked |= {"outcome": self.outcome, "horizon": self.horizon, "estimand": self.estimand}
        asked |= {name: ",".join(codes) for name, codes in self.codes.items()}
        asked |= {"find": self.find} if self.find else {}
        return asked | ({} if self.sets == SETS else {"columns": ",".join(self.sets)})


def groupings(release: Release) -> list[tuple[str, ...]]:
    """The margins and named pairs that the release holds, in the programme's order; the whole programme is in each."""
    programme = release.programme
    margins = [(name,) for name in programme.dimension_names if release.codes(name)]
    return margins + [pair for pair in programme.pairs if all(release.codes(name) for name in pair)]


def cohort_table(release: Release, query: CohortQuery, text: Text) -> Table:
    """The table that a query asks for. Raises UserError where it names what the release does not hold."""
    _check(release, query)
    dimensions = query.by or tuple(name for name in release.programme.dimension_names if release.codes(name))
    rows = _rows(release, query, dimensions)
    figures = _figures(release)
    values = _about(release, rows, dimensions, text)
    for name, (measure, arm, _) in _OF_FIRMS.items():
        found = _at(figures, rows.assign(outcome=ALL, horizon=ALL), measure.name, arm)
        values |= _plain_columns(name, found, arm)
    for name, (measure, arm, _) in _OF_OUTCOME.items():
        values |= _plain_columns(name, _at(figures, rows, measure.name, arm), arm)
    values |= _effect_columns(_at(figures, rows, rows["estimand"].map(_measure_name), ALL))
    keys = (*dimensions, "outcome", "horizon", "estimand")
    table = Table.of(NAME, cohort_columns(release.programme, dimensions), values, keys, query.named(), release)
    if query.find:
        table = table.where(_holds(table, dimensions, query.find))
    return table.with_columns(_chosen(table, query.sets))


def _measure_name(estimand: str) -> str:
    return EFFECTS[Estimand(estimand)].name


def _check(release: Release, query: CohortQuery) -> None:
    """Refuse what the release does not hold, naming what it does."""
    known = {
        "by": ["-".join(names) for names in groupings(release)],
        "outcome": [outcome.name for outcome in release.outcomes],
        "horizon": list(release.manifest.horizons),
        "estimand": list(_estimands(release, query.outcome)),
    }
    for name, value in query.named().items():
        if name in known and value not in (*known[name], EVERY):
            raise UserError("export.unknown", name=name, value=value, known=", ".join([*known[name], EVERY]))
    for name, codes in query.codes.items():
        of_dimension = release.codes(name)
        for code in codes:
            if code not in of_dimension and code != ALL:
                raise UserError("export.unknown", name=name, value=code, known=", ".join([*of_dimension, ALL]))
    for name in query.sets:
        if name not in SETS:
            raise UserError("export.unknown", name="columns", value=name, known=", ".join(SETS))


def _estimands(release: Release, outcome: str) -> dict[str, None]:
    """The estimands that are asked of an outcome, or of any."""
    of = [declared for declared in release.outcomes if outcome in (EVERY, declared.name)]
    asked = chain.from_iterable(estimands_of(release.programme, declared) for declared in of)
    return dict.fromkeys(str(estimand) for estimand in asked)


def _rows(release: Release, query: CohortQuery, dimensions: Sequence[str]) -> pd.DataFrame:
    """Keys of the rows, in order: groups, outcomes, horizons, estimands; each group once."""
    asked_of = {
        outcome.name: [str(e) for e in estimands_of(release.programme, outcome) if query.estimand in (EVERY, str(e))]
        for outcome in release.outcomes
        if query.outcome in (EVERY, outcome.name)
    }
    horizons = release.manifest.horizons if query.horizon == EVERY else (query.horizon,)
    told = [(name, at, estimand) for name, of in asked_of.items() for at in horizons for estimand in of]
    groups = dict.fromkeys(
        group for by in ([query.by] if query.by else groupings(release)) for group in _groups(release, by)
    )
    rows = [
        (*codes, *asked)
        for group in groups
        if _is_asked(codes := tuple(dict(group).get(name, ALL) for name in dimensions), dimensions, query.codes)
        for asked in told
    ]
    return pd.DataFrame(rows, columns=[*dimensions, "outcome", "horizon", "estimand"], dtype=object)


def _groups(release: Release, by: Sequence[str]) -> Iterator[Group]:
    """Every group of a grouping: its cells, then its margins, and the whole programme."""
    for codes in product(*([*release.codes(name), ALL] for name in by)):
        yield group_of(zip(by, codes, strict=True))


def _is_asked(codes: Sequence[str], dimensions: Sequence[str], asked: Mapping[str, Sequence[str]]) -> bool:
    return all(code in asked.get(name, (code,)) for name, code in zip(dimensions, codes, strict=True))


def _figures(release: Release) -> pd.DataFrame:
    """The release's figures with the range that readers see, by all that makes a figure that figure."""
    figures = release.figures
    columns = {str(name): figures[name] for name in figures if name != "cell"}
    for end in ("low", "high"):
        shared = columns.get(f"shared_{end}")
        columns[f"shown_{end}"] = figures[end] if shared is None else shared.fillna(figures[end])
    absent = {name: None for name, _, _ in _TOLD_OF_EFFECT.values() if name not in columns}
    return pd.DataFrame(columns).assign(**absent).set_index(_key(release.programme.dimension_names))


def _key(dimensions: Sequence[str]) -> list[str]:
    return ["measure", "arm", "outcome", "horizon", *dimensions]


def _at(figures: pd.DataFrame, rows: pd.DataFrame, measure: "str | pd.Series[str]", arm: str) -> pd.DataFrame:
    """(n_rows) the figures of a measure and arm, row by row; empty where the release holds none."""
    places = rows.assign(measure=measure, arm=str(arm))
    key = [str(name) for name in figures.index.names]
    places = places.assign(**{name: ALL for name in key if name not in places})
    return figures.reindex(pd.MultiIndex.from_frame(places[key]))


def _about(release: Release, rows: pd.DataFrame, dimensions: Sequence[str], text: Text) -> dict[str, object]:
    """What the rows are of, in codes and words."""
    programme = release.programme
    told = {
        "data_mark": data_note(release, text) or None,
        "programme": programme.id,
        "release": f"{programme.id}.{release.release_id}",
    }
    values: dict[str, object] = {name: [value] * len(rows) for name, value in told.items()}
    called = {frozenset(by): "-".join(by) for by in groupings(release)} | {frozenset[str](): TOTAL}
    named = [
        frozenset(name for name in dimensions if row[name] != ALL) for row in rows[list(dimensions)].to_dict("records")
    ]
    values["grouping"] = [called[names] for names in named]
    for name in dimensions:
        labels = {code: programme.label(name, code, text) for code in release.codes(name)} | {ALL: text("label.total")}
        values |= {name: rows[name], f"{name}_label": rows[name].map(labels)}
    outcomes = {outcome.name: outcome for outcome in release.outcomes}
    words = {name: outcome.label.in_(text) for name, outcome in outcomes.items()}
    units = {name: unit_code("outcome", outcome, programme) for name, outcome in outcomes.items()}
    years = {horizon: horizon_label(release, horizon, text) for horizon in release.manifest.horizons}
    estimands = {str(estimand): text(f"estimand.{estimand}") for estimand in Estimand}
    return values | {
        "outcome": rows["outcome"],
        "outcome_label": rows["outcome"].map(words),
        "horizon": rows["horizon"],
        "horizon_label": rows["horizon"].map(years),
        "estimand": rows["estimand"],
        "estimand_label": rows["estimand"].map(estimands),
        "grants_unit": [unit_code("money", None, programme)] * len(rows),
        "amount_unit": rows["outcome"].map(units),
        "effect_unit": rows["estimand"].map({str(estimand): str(estimand.unit) for estimand in Estimand}),
    }


def _plain_columns(name: str, found: pd.DataFrame, arm: Arm) -> dict[str, object]:
    """A figure without an interval: its value, how many firms it rests on, its statuses and id."""
    firms = "n_funded" if arm is Arm.FUNDED else "n_comparison"
    values: dict[str, object] = {name: found["value"].to_numpy()}
    values |= {f"{name}_n": found[firms].to_numpy(), f"{name}_n_at_least": found["n_comparison_at_least"].to_numpy()}
    return values | _status_columns(name, found)


def _effect_columns(found: pd.DataFrame) -> dict[str, object]:
    """The effect with all that is told of it."""
    values: dict[str, object] = {_EFFECT: found["value"].to_numpy()}
    values |= {f"{_EFFECT}_{part}": found[column].to_numpy() for part, (column, _, _) in _TOLD_OF_EFFECT.items()}
    return values | _status_columns(_EFFECT, found)


def _status_columns(name: str, found: pd.DataFrame) -> dict[str, object]:
    ends = {"obs_status": "status"}
    return {f"{name}_{ends.get(part, part)}": found[part].to_numpy() for part in (*_STATUSES, "figure_id")}


def _holds(table: Table, dimensions: Sequence[str], words: str) -> "pd.Series[bool]":
    """The rows whose labels, together, hold every one of the words, whatever their case."""
    labels = table.data[[f"{name}_label" for name in dimensions]].agg(" ".join, axis=1).str.casefold()
    found = pd.Series(True, index=labels.index)
    for word in words.casefold().split():
        found &= labels.str.contains(word, regex=False)
    return found


def cohort_columns(programme: Programme, dimensions: Sequence[str]) -> tuple[Column, ...]:
    """Every column of a cohort table by these dimensions, in order."""
    return tuple(chain(_about_columns(dimensions), _figure_columns(programme)))


def _about_columns(dimensions: Sequence[str]) -> Iterator[Column]:
    for name in ("data_mark", "programme", "release", "grouping"):
        yield Column(name, ColumnKind.TEXT, name)
    for name in dimensions:
        yield Column(name, ColumnKind.TEXT, "code", slots={"dimension": name})
        yield Column(f"{name}_label", ColumnKind.TEXT, "label", slots={"column": name})
    for name in ("outcome", "horizon", "estimand"):
        yield Column(name, ColumnKind.TEXT, name)
        yield Column(f"{name}_label", ColumnKind.TEXT, "label", slots={"column": name})
    for name in ("grants_unit", "amount_unit", "effect_unit"):
        yield Column(name, ColumnKind.TEXT, name)


def _figure_columns(programme: Programme) -> Iterator[Column]:
    """The columns of every figure of a row."""
    for name, (_, arm, unit) in (_OF_FIRMS | _OF_OUTCOME).items():
        is_count = name in ("firms", "comparison_firms")
        kind = ColumnKind.INTEGER if is_count else ColumnKind.NUMBER
        coarse = {} if name in _OF_FIRMS else rounded("amount" if unit.startswith(UNIT_COLUMN) else "change", programme)
        yield Column(name, kind, name, unit=unit, figure=name, **coarse)
        if not is_count and name != "grants":
            part = "n" if arm is Arm.FUNDED else "n_comparison"
            yield Column(f"{name}_n", ColumnKind.INTEGER, name, part, "count", name)
        if arm is Arm.COMPARISON:
            yield Column(f"{name}_n_at_least", ColumnKind.BOOLEAN, name, "n_comparison_at_least", figure=name)
        yield from _status_parts(name)
    own = f"{UNIT_COLUMN}effect_unit"
    yield Column(_EFFECT, ColumnKind.NUMBER, _EFFECT, unit=own, figure=_EFFECT, **rounded("effect", programme))
    for part, (_, kind, in_unit) in _TOLD_OF_EFFECT.items():
        yield Column(f"{_EFFECT}_{part}", kind, _EFFECT, part, own if in_unit == "" else in_unit or "", _EFFECT)
    yield from _status_parts(_EFFECT)


def _status_parts(name: str) -> Iterator[Column]:
    for part in ("status", "conf_status", "reason", "figure_id"):
        yield Column(f"{name}_{part}", ColumnKind.TEXT, name, part, figure=name)


def _chosen(table: Table, sets: Sequence[str]) -> tuple[str, ...]:
    """The columns of the sets asked for, with those that say what a row is; a part goes with its figure."""
    figures = set(chain.from_iterable(_FIGURES_OF_SET[name] for name in sets if name in _FIGURES_OF_SET))
    parts = set(chain.from_iterable(_PARTS_OF_SET[name] for name in sets if name in _PARTS_OF_SET))
    if parts - {"figure_id"} and not figures:
        figures = {_EFFECT}
    optional = set(chain.from_iterable(_PARTS_OF_SET.values()))
    return tuple(
        column.name
        for column in table.columns
        if not column.figure or (column.figure in figures and (column.part not in optional or column.part in parts))
    )
