"""Candidate figures -> figures that may be published: what the guard withholds or holds, with status and reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analytics.build.patterns import CONF_STATUS_OF, CubeCell, WithheldCells, cube_cell
from analytics.build.rows.over_time import PATHS
from analytics.build.rows.row import KEY, Row
from analytics.model import Arm, ConfStatus, Grade, ObsStatus, Reason, Rule
from analytics.programme.dimensions import DIMENSIONS, HIERARCHY

REASONS = {
    Rule.MIN_UNITS: Reason.TOO_FEW_FIRMS,
    Rule.P_PERCENT: Reason.DOMINANCE,
    Rule.SECONDARY: Reason.COMPLEMENTARY,
    Rule.HELD: Reason.COMPLEMENTARY,  # where no earlier release has the figure
}
Key = tuple[object, ...]


def withhold(rows: Iterable[Row], guard: WithheldCells, earlier: Sequence[pd.DataFrame]) -> Iterator[Row]:
    """The same figures; of a withheld cell its place, status and reason alone. A held one is as the newest of the
    earlier releases that has it, marked provisional.
    """
    before = [_published(figures) for figures in reversed(earlier)]
    for row in rows:
        rule = _rule(row, guard)
        if rule is None:
            yield _without_secret_sectors(row, guard)
            continue
        stays = next((known[key] for known in before if (key := _key(row)) in known), None)
        if rule is Rule.HELD and stays is not None:
            yield stays | {"obs_status": ObsStatus.PROVISIONAL}
        else:
            yield withhold_row(row, rule)


def _rule(row: Row, guard: WithheldCells) -> Rule | None:
    """Why a figure is withheld or held. One of several years goes by the rules of them all. An effect is held with the
    comparison firms of its sectors: where one of those is corrected, the effect moves by what was corrected; two groups
    that cross sectors, each with its own share of them, would tell one sector's apart.
    """
    outcome, horizon = str(row["outcome"]), str(row["horizon"])
    years = guard.horizons(outcome) if row["measure"] in PATHS or "lasting" in row["measure"] else (horizon,)
    own, beside = cube_cell(**{name: str(row[name]) for name in DIMENSIONS}), _sector(row)
    found = [guard.rule(outcome, year, own) for year in years]
    others = [guard.rule(outcome, year, beside, Arm.COMPARISON) for year in years]
    if row["arm"] == Arm.COMPARISON:
        found += others
    elif row["arm"] == "*":
        found += [rule for rule in others if rule is Rule.HELD]
    if row["arm"] != Arm.FUNDED and _crosses(row) and any(Rule.HELD in guard.beside(outcome, year) for year in years):
        found.append(Rule.HELD)
    told = [rule for rule in found if rule is not None]
    return next((rule for rule in told if rule is not Rule.HELD), told[0] if told else None)


def withhold_row(row: Row, rule: Rule) -> Row:
    """The place of a figure, and why it is empty."""
    kept = {name: row[name] for name in (*KEY, "unit")}
    conf = ConfStatus.SECONDARY if rule is Rule.HELD else CONF_STATUS_OF[rule]
    grade = None if row.get("grade") is None else Grade.WITHHELD
    return kept | {"grade": grade, "reason": REASONS[rule], "obs_status": ObsStatus.MISSING, "conf_status": conf}


def _without_secret_sectors(row: Row, guard: WithheldCells) -> Row:
    """Where a sector's comparison firms are secret, groups that cross sectors do not tell what became of theirs, nor,
    where those are one or two, how many there are: less the other sectors' own figures, they would tell.
    """
    outcome, crosses = str(row["outcome"]), _crosses(row)
    rules = guard.beside(outcome) - {Rule.HELD}
    if rules and crosses and row["arm"] == Arm.COMPARISON:
        return withhold_row(row, Rule.SECONDARY)
    apart = guard.rule(outcome, str(row["horizon"]), _sector(row), Arm.COMPARISON) is not None
    return row | {"n_comparison": None} if Rule.MIN_UNITS in rules and (crosses or apart) else row


def _crosses(row: Row) -> bool:
    """Whether a group takes a part of several sectors: neither one of the hierarchy nor the whole programme."""
    return all(row[name] == "*" for name in HIERARCHY) and any(row[name] != "*" for name in DIMENSIONS)


def _sector(row: Row) -> CubeCell:
    """The comparison firms' cell: they stand beside every group of their sector."""
    return cube_cell(**{name: str(row[name]) for name in HIERARCHY})


def _published(figures: pd.DataFrame) -> Mapping[Key, Row]:
    """Figures that have a value, by their place."""
    told = figures[figures["value"].notna()].drop(columns=["figure_id", "cell"]).astype(object)
    rows = told.where(told.notna(), None).to_dict("records")
    return {_key(row): {str(name): value for name, value in row.items()} for row in rows}


def _key(row: Mapping[Any, Any]) -> Key:
    return tuple(str(row[name]) for name in KEY)
