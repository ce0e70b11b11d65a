"""How applications ended, as it may be told: one count for each outcome, whose total is public.

A table of its own beside the cube: it counts applications, also of firms that are in neither arm. Small counts are
confidential, and so is what the withheld firms of the programme would follow from.
"""

from collections.abc import Sequence

import pandas as pd

from analytics.build.withheld_cells import WithheldCells
from analytics.model import DisclosureRules, Rule
from analytics.release.measures import ALL

Counts = dict[str, int]  # by outcome


def applications_told(
    outcomes: pd.DataFrame, withheld_cells: WithheldCells, rules: DisclosureRules, earlier: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """The release's table of applications: one row per outcome, empty where it is withheld.

    outcomes: outcome, applications, awarded, as stored; earlier: the same table of earlier releases, oldest first. The
    newest of those stays where the programme's firms are held, or where an outcome's count changed by one or two since
    any of them.
    """
    now = _counts(outcomes)
    of_firms = withheld_cells.rule(ALL, ALL, ())
    if earlier and (of_firms is Rule.HELD or any(_few_changed(now, _counts(table), rules) for table in earlier)):
        return earlier[-1][["outcome", "applications"]]
    awarded = {str(row["outcome"]): int(row["awarded"]) for row in outcomes.to_dict("records") if row["awarded"] > 0}
    before = {str(outcome) for table in earlier for outcome in table.loc[table["applications"].isna(), "outcome"]}
    if of_firms in (None, Rule.HELD):
        hidden = withheld_outcomes(now, awarded, before & set(now), rules)
    else:
        hidden = withheld_with_firms(now, awarded, before & set(now), rules)
    told = [None if outcome in hidden else n for outcome, n in now.items()]
    return pd.DataFrame({"outcome": list(now), "applications": pd.array(told, dtype="Int64")})


def withheld_outcomes(counts: Counts, awarded: Counts, before: set[str], rules: DisclosureRules) -> set[str]:
    """Outcomes to withhold: small ones, and those that an earlier release withheld (before). Two totals are public: of
    all, and, by the programme's firms, of the awards. So each confidential sum needs another entry of its part beside
    it, of so many applications that it is not confidential itself: the smallest such one. Confidential are, too, one or
    two awards of outcomes that others without an award share, such as withdrawn, and one or two of those others: they
    follow from the rest.
    """
    hidden = {outcome for outcome, n in counts.items() if 0 < n < rules.min_units} | before
    awards = {outcome for outcome, n in counts.items() if awarded.get(outcome) == n}
    mixed = {outcome for outcome in awarded if outcome not in awards}
    of_others = sum(awarded[outcome] for outcome in mixed)
    without = sum(counts[outcome] - awarded[outcome] for outcome in mixed)
    if 0 < without < rules.min_units:
        hidden |= mixed
    for part, rest in ((awards, of_others), (set(counts) - awards, without)):
        small = any(0 < n < rules.min_units for n in (rest, *(counts[outcome] for outcome in part)))
        beside = _ascending(counts, {outcome for outcome in part - mixed if counts[outcome] >= rules.min_units})
        if small and not hidden & set(beside):
            hidden |= {beside[0]} if beside else set(counts)
    return hidden


def withheld_with_firms(counts: Counts, awarded: Counts, before: set[str], rules: DisclosureRules) -> set[str]:
    """The same where the programme's firms are withheld: all awards with them, and beside them another outcome."""
    small = {outcome for outcome, n in counts.items() if 0 < n < rules.min_units}
    hidden = small | set(awarded) | before
    beside = _ascending(counts, {outcome for outcome, n in counts.items() if n >= rules.min_units} - set(awarded))
    if not beside:
        return set(counts)
    return hidden if hidden & set(beside) else hidden | {beside[0]}


def _ascending(counts: Counts, outcomes: set[str]) -> list[str]:
    return sorted(outcomes, key=lambda outcome: (counts[outcome], outcome))


def _counts(table: pd.DataFrame) -> Counts:
    """What a table tells."""
    told = table[table["applications"].notna()]
    return {str(row["outcome"]): int(row["applications"]) for row in told.to_dict("records")}


def _few_changed(now: Counts, then: Counts, rules: DisclosureRules) -> bool:
    """Whether any outcome that was told has one or two applications more or less."""
    return any(0 < abs(now.get(outcome, 0) - n) < rules.min_units for outcome, n in then.items())
