"""The chains of the path, from places and patterns: announced, awarded, paid, analysed; the comparison firms' own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.build.path.places import (
    FIRMS,
    OF_FUNDED,
    PAID,
    PAID_ABOVE,
    PAID_IN_PART,
    PLACE,
    REVOKED,
    STILL_FUNDED,
    TURNED_DOWN,
    UNKNOWN,
    UNPAID,
    WAVE,
    WITHDRAWN,
    Places,
    comparison_steps,
    count_steps,
    reasons_that_can_be,
)
from analytics.build.path.protection import Pattern
from analytics.build.path.rows import (
    AMOUNT,
    APPLICATIONS,
    FIRMS_COUNTED,
    Leaf,
    PathRow,
    StepValue,
    chain_rows,
)
from analytics.model import DisclosureRules
from analytics.programme.file import Programme
from analytics.release.measures import ALL
from analytics.release.path import NOT_EXPLAINED, PATHS, STANDS

IN_ALL, AWARDS, PAYMENTS, ANALYSIS, COMPARISON = PATHS
UNPAID_REASONS = {REVOKED: "revoked_unpaid", WITHDRAWN: "withdrawn_unpaid", STILL_FUNDED: "waiting"}


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """What may be told of each tree of places; split: of each arm, whether reasons by sales are told one by one."""

    analysis: Pattern
    awards: Pattern
    amounts: Pattern
    comparison: Pattern
    split_funded: bool
    split_comparison: bool


@dataclass(frozen=True, slots=True, eq=False)
class Announced:
    """What was announced of a tranche, or of all of them; None: not stated, or not of all."""

    tranche: str
    firms: float | None
    amount: float | None
    is_endowment: bool


def analysis_rows(
    places: Places, pattern: Pattern, tranche: str, rules: DisclosureRules, *, split: bool
) -> list[PathRow]:
    """From the firms awarded to those analysed."""
    here = _here(places.funded, tranche)
    counts, there = here[PLACE].value_counts().to_dict(), count_steps(here[PLACE], OF_FUNDED)
    steps = [StepValue(FIRMS, len(here), pattern.tells((tranche, ALL)))]
    for step, reasons in OF_FUNDED.items():
        possible = reasons_that_can_be(reasons, funded=True, split=split)
        leaves = [Leaf(reason, counts.get(reason, 0), pattern.tells((tranche, reason))) for reason in possible]
        steps.append(StepValue(step, there[step], pattern.tells((tranche, step)), leaves))
    return list(chain_rows(ANALYSIS, tranche, FIRMS_COUNTED, steps, _many(rules)))


def comparison_rows(places: Places, pattern: Pattern, programme: Programme, *, split: bool) -> list[PathRow]:
    """From the applications turned down to the comparison firms of the headline."""
    path = comparison_steps(programme)
    counts, there = places.turned_down[PLACE].value_counts().to_dict(), count_steps(places.turned_down[PLACE], path)
    tells = _many(programme.disclosure_rules)
    chains: list[list[StepValue]] = [[StepValue(TURNED_DOWN, len(places.turned_down), pattern.tells((ALL,)))]]
    for step, reasons in path.items():
        possible = reasons_that_can_be(reasons, funded=False, split=split)
        leaves = [Leaf(reason, counts.get(reason, 0), pattern.tells((reason,))) for reason in possible]
        chains[-1].append(StepValue(step, there[step], pattern.tells((step,)), leaves))
        if step == FIRMS:
            chains.append([StepValue(step, there[step], pattern.tells((step,)))])
    units = (APPLICATIONS, FIRMS_COUNTED)
    return [
        row
        for unit, chain in zip(units, chains, strict=True)
        for row in chain_rows(COMPARISON, ALL, unit, chain, tells)
    ]


def award_rows(
    places: Places, patterns: Patterns, announced: Announced, rules: DisclosureRules, *, paid_known: bool
) -> Iterator[PathRow]:
    """What was announced of a tranche against its firms and grants; how their awards ended; what of them was paid."""
    tranche = announced.tranche
    here = _here(places.awards, tranche)
    counts, amounts = _Cells(patterns.awards, tranche), _Cells(patterns.amounts, tranche)
    firms, granted = (
        StepValue(FIRMS, len(here), counts.tells()),
        StepValue(FIRMS, _granted(here), amounts.tells("side", "granted")),
    )
    yield from _announced_rows(announced, firms, FIRMS_COUNTED)
    if granted.value is not None:
        yield from _announced_rows(announced, granted, AMOUNT)
    for unit, start, cells in ((FIRMS_COUNTED, firms, counts), (AMOUNT, granted, amounts)):
        if start.value is None:
            continue
        fates = [Leaf(fate, cells.value("fate", fate), cells.tells("fate", fate)) for fate in (REVOKED, WITHDRAWN)]
        still = StepValue(STILL_FUNDED, cells.value("fate", STILL_FUNDED), cells.tells("fate", STILL_FUNDED), fates)
        yield from _after_first(chain_rows(AWARDS, tranche, unit, [start, still], _many(rules, unit)))
        if paid_known:
            yield from chain_rows(PAYMENTS, tranche, unit, [start, _paid(cells, unit)], _many(rules, unit))


def _paid(cells: "_Cells", unit: str) -> StepValue:
    """What was paid, and why not all of it."""
    leaves = [
        Leaf(reason, cells.value("leaf", f"{fate}:{UNPAID}"), cells.tells("leaf", f"{fate}:{UNPAID}"))
        for fate, reason in UNPAID_REASONS.items()
    ]
    leaves.append(Leaf(UNKNOWN, cells.value("flow", UNKNOWN), cells.tells("flow", UNKNOWN)))
    paid, told = cells.value("flow", PAID), cells.tells("flow", PAID)
    if unit == AMOUNT:
        leaves.append(Leaf(PAID_IN_PART, cells.value("flow", PAID_IN_PART), cells.tells("flow", PAID_IN_PART)))
        leaves.append(Leaf(PAID_ABOVE, -cells.value("flow", PAID_ABOVE), cells.tells("flow", PAID_ABOVE)))
        paid, told = round(paid + cells.value("flow", PAID_ABOVE), 2), told and cells.tells("flow", PAID_ABOVE)
    return StepValue(PAID, paid, told, leaves)


def _announced_rows(announced: Announced, firms: StepValue, unit: str) -> Iterator[PathRow]:
    """The step of what was announced, and how far the firms, or their grants, are from it."""
    stated = announced.firms if unit == FIRMS_COUNTED else announced.amount
    reason = "endowment_left" if unit == AMOUNT and announced.is_endowment else NOT_EXPLAINED
    yield PathRow(AWARDS, announced.tranche, "announced", STANDS, unit, stated)
    if stated is not None and firms.value is not None:
        gap = round(stated - firms.value, 2)
        if not firms.told or gap:
            yield PathRow(AWARDS, announced.tranche, firms.step, reason, unit, gap if firms.told else None)
    yield PathRow(AWARDS, announced.tranche, firms.step, STANDS, unit, firms.value if firms.told else None)


def application_rows(
    told: pd.DataFrame, places: Places, announced: float | None, *, firms_told: bool, rules: DisclosureRules
) -> list[PathRow]:
    """From all applications announced to the firms awarded. told: the release's table of applications."""
    table, rows = places.applications, list[PathRow]()
    ended = dict(zip(told["outcome"], told["applications"], strict=True))
    awarded, total = table[table["awarded"]], len(table)
    first = int(awarded["is_first_award"].sum())
    further = awarded.loc[~awarded["is_first_award"], "firm_id"]
    rows.append(PathRow(IN_ALL, ALL, "announced", STANDS, APPLICATIONS, announced))
    if announced is not None and announced != total:
        rows.append(PathRow(IN_ALL, ALL, APPLICATIONS, NOT_EXPLAINED, APPLICATIONS, announced - total))
    is_told = firms_told and not 0 < further.nunique() < rules.min_units
    leaves = [_ended(reason, table, ended) for reason in ("not_admitted", "not_funded")]
    others = all(leaf.told for leaf in leaves) and is_told
    before = table[~table["awarded"] & ~table["turned_down"]]["outcome"]
    without = [("withdrawn_before", before == "withdrawn"), ("undated", before != "withdrawn")]
    mixed = sum(bool(mask.any()) for _, mask in without) > 1
    leaves += [Leaf(reason, int(mask.sum()), others and not mixed) for reason, mask in without]
    steps = [
        StepValue(APPLICATIONS, total, told=True),
        StepValue("awarded", len(awarded), is_told, leaves),
        StepValue(FIRMS, first, firms_told, [Leaf("further_awards", len(further), is_told)]),
    ]
    return rows + list(chain_rows(IN_ALL, ALL, APPLICATIONS, steps, _many(rules)))


def _ended(outcome: str, table: pd.DataFrame, ended: Mapping[str, Any]) -> Leaf:
    n = int((table["outcome"] == outcome).sum())
    return Leaf(outcome, n, not n or not pd.isna(ended.get(outcome)))


class _Cells:
    """The cells of a tranche in a cube of awards."""

    def __init__(self, pattern: Pattern, tranche: str) -> None:
        self._pattern, self._tranche = pattern, tranche
        self._values = pattern.cube.measure("value")

    def _codes(self, name: str, code: str) -> tuple[str, ...]:
        return (self._tranche, *(code if one == name else ALL for one in ("side", "fate", "flow", "leaf")))

    def tells(self, name: str = "side", code: str = ALL) -> bool:
        """Whether a cell may be told."""
        return self._pattern.tells(self._codes(name, code))

    def value(self, name: str, code: str) -> float:
        """Its firms, or euros; 0 where it has none."""
        place = self._pattern.cube.positions.get(self._codes(name, code))
        return 0.0 if place is None else round(float(self._values[place]), 2)


def _here(frame: pd.DataFrame, tranche: str) -> pd.DataFrame:
    """The rows of a tranche, or all of them."""
    return frame if tranche == ALL else frame[frame[WAVE] == tranche]


def _granted(awards: pd.DataFrame) -> float | None:
    """Euros granted; None where no grant is known."""
    known = awards["granted"][awards["granted"] > 0]
    return round(float(known.sum()), 2) if len(known) else None


def _many(rules: DisclosureRules, unit: str = FIRMS_COUNTED) -> "_Many":
    return _Many(0 if unit == AMOUNT else rules.min_units)


@dataclass(frozen=True, slots=True)
class _Many:
    """Whether a number of firms, told for several reasons, is not one of few."""

    least: int

    def __call__(self, number: float) -> bool:
        return not 0 < number < self.least


def _after_first(rows: Iterator[PathRow]) -> Iterator[PathRow]:
    """Without the row of the first step, which another chain tells."""
    next(rows)
    yield from rows
