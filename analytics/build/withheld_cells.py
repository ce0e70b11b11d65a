"""Which cells of a release are withheld, and by which rule: what a search for patterns found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analytics.model import Arm, Rule
from analytics.programme.dimensions import Group
from analytics.release.measures import ALL

PatternKey = tuple[Arm, str, str]  # arm, outcome ("*": counts and grants), horizon ("*": all of them)


@dataclass(frozen=True, slots=True)
class PatternSummary:
    """How the search for what to withhold came out, for one arm and outcome: for the officer, never published.

    cells, primary, secondary, held: numbers of cells; gap: see `disclosure.Protection`; narrowest: the shortest
    interval that the attacker is left with, beside the one that is asked; None where nothing is confidential.
    """

    cells: int
    primary: int
    secondary: int
    held: int
    gap: float
    narrowest: float | None


@dataclass(frozen=True, eq=False)
class WithheldCells:
    """What is withheld of each arm, and by which rule; effects go with the funded arm.

    summaries: how each search came out, by arm and outcome ("*": counts and grants). unchanged: of what is held, the
    groups in which one thing that firms contribute ("before", …) is for each firm what it was.
    """

    rules: Mapping[PatternKey, Mapping[Group, Rule]]
    summaries: Mapping[tuple[Arm, str], PatternSummary]
    unchanged: Mapping[tuple[PatternKey, str], frozenset[Group]] = field(default_factory=dict)

    def rule(self, outcome: str, horizon: str, group: Group, arm: Arm = Arm.FUNDED) -> Rule | None:
        """Why the figures of a group are withheld or held, or None; of an outcome ("*": counts and grants)."""
        always = self.rules.get((arm, outcome, ALL), {})
        return always.get(group) or self.rules.get((arm, outcome, horizon), {}).get(group)

    def horizons(self, outcome: str) -> set[str]:
        """Those that have rules of their own, and all of them together."""
        return {ALL} | {horizon for _, about, horizon in self.rules if about == outcome}

    def rules_of(self, arm: Arm, outcome: str, horizon: str = ALL) -> frozenset[Rule]:
        """The rules by which firms of an arm are withheld or held in any group."""
        always: frozenset[Rule] = self._rules_used.get((arm, outcome, ALL), frozenset())
        return always.union(self._rules_used.get((arm, outcome, horizon), ()))

    @cached_property
    def _rules_used(self) -> dict[PatternKey, frozenset[Rule]]:
        return {key: frozenset(rules.values()) for key, rules in self.rules.items()}

    def ledger(self, dimensions: Sequence[str]) -> pd.DataFrame:
        """The suppression ledger, for the officer alone: one row per cell that is withheld or held, with its rule.
        dimensions: of the cube, in the order of its columns, "*": all of it; as are outcome (counts and grants) and
        horizon. arm: comparison, or funded, which effects go with.
        """
        rows = [
            {"arm": arm.value, "outcome": outcome, "horizon": horizon}
            | dict.fromkeys(dimensions, ALL)
            | dict(group)
            | {"rule": rule.value}
            for (arm, outcome, horizon), groups in self.rules.items()
            for group, rule in groups.items()
        ]
        columns = ["arm", "outcome", "horizon", *dimensions, "rule"]
        return pd.DataFrame(rows, columns=columns).sort_values(columns, ignore_index=True)
