"""What a grade and a verdict come to in words, and how often each is said in which scenario."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from analytics.model import Grade, Verdict
from tests.bench.markdown import Share
from tests.bench.scenarios import SCENARIOS, Scenario

TARGET = 0.02  # "likely higher" where there is no effect
LIKELY, MAY = "likely higher", "may be higher"
CANNOT_TELL, TOO_WEAK, WITHHELD = "cannot tell", "too weak", "withheld"
SAID = (
    *(LIKELY, MAY, "likely lower", "may be lower", "likely about the same", "may be about the same"),
    *(CANNOT_TELL, TOO_WEAK, WITHHELD),
)
PROGRAMME = "programme"
TODAY, FORMER = "today", "former"  # rules: METHODS.md 10, and those before
COUNT = "count"  # in place of a level: of how many sectors something is said
LEVELS = {PROGRAMME: "the programme", "macro_sector": "macro-sectors", "sector": "sectors"}

_VERB = {Grade.MODERATE: "likely", Grade.LOW: "may be"}
_PREDICATE = {
    Verdict.MUCH_HIGHER: "higher",
    Verdict.HIGHER: "higher",
    Verdict.SAME: "about the same",
    Verdict.LOWER: "lower",
    Verdict.MUCH_LOWER: "lower",
}


def said(grade: Grade, verdict: Verdict | None) -> str:
    """One of SAID."""
    if verdict is None:
        return WITHHELD
    if grade not in _VERB:
        return TOO_WEAK
    return CANNOT_TELL if verdict is Verdict.CANNOT_TELL else f"{_VERB[grade]} {_PREDICATE[verdict]}"


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one level in one scenario: rows of programme, group, said, checks."""

    scenario: Scenario
    level: str
    rows: pd.DataFrame

    def share(self, *words: str) -> Share:
        """How often any of these is said."""
        return Share.of(self.rows["said"].isin(words), self.rows["programme"])

    def result(self, column: str, *results: str) -> Share:
        """How often a check, or its reason, came out as one of these, where it was made."""
        made = self.rows[self.rows[column].notna()]
        return Share.of(made[column].isin(results), made["programme"])

    def any_of(self, *words: str) -> Share:
        """In how many programmes any of these is said of at least one group."""
        by_programme = self.rows["said"].isin(words).groupby(self.rows["programme"]).any()
        return Share.of(by_programme, pd.Series(by_programme.index, index=by_programme.index))

    def misses(self, words: str) -> bool:
        """Whether "likely higher" is said too often where there is no effect."""
        return words == LIKELY and not self.scenario.works and self.share(words).value > TARGET


def claims(rows: pd.DataFrame, left_out: Collection[str]) -> list[Claims]:
    """Of every level and scenario, without the groups that are too small to be shown."""
    rows = rows[~rows["group"].isin(left_out)]
    return [
        Claims(scenario, level, rows[(rows["level"] == level) & (rows["scenario"] == name)])
        for level in LEVELS
        for name, scenario in SCENARIOS.items()
    ]
