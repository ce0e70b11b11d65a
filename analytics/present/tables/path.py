"""The path from what was announced to what is analysed, in words: what stands at each step, and every gap with its
reasons, of each tranche and of all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from analytics.language.text import Text
from analytics.model import ObsStatus
from analytics.release import Release
from analytics.release.measures import ALL
from analytics.release.path import INELIGIBLE, NOT_EXPLAINED, PATHS, STANDS, TOGETHER, UNITS, gaps_of

COUNTS, AMOUNT = UNITS[:2], UNITS[2]


@dataclass(frozen=True, slots=True)
class GapInWords:
    """A reason, or several that are told as one (together), with what is lost for it: of firms or applications, and of
    money; empty where there is none. is_unexplained: whether nothing in the data gives a reason.
    """

    says: str
    lost: str
    amount: str
    is_unexplained: bool
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepInWords:
    """A step: its name, what stands there, in firms or applications and in money, and the gaps before it."""

    name: str
    stands: str
    amount: str
    gaps: tuple[GapInWords, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one path and tranche. is_explained: whether all that is told adds up with nothing left."""

    tranche: str
    title: str
    steps: tuple[StepInWords, ...]
    is_explained: bool


@lru_cache(maxsize=16)
def ladders(release: Release, path: str, text: Text) -> tuple[Ladder, ...]:
    """The ladders of a path: of all tranches, then of each; none where the release tells none."""
    rows = release.reconciliation_gaps
    rows = rows[rows["path"] == path].sort_values("place")
    tranches = [ALL, *(tranche.id for tranche in release.programme.tranches)]
    return tuple(
        _ladder(release, rows[rows["tranche"] == tranche], tranche, text)
        for tranche in tranches
        if (rows["tranche"] == tranche).any()
    )


def paths_told(release: Release) -> tuple[str, ...]:
    """The paths that a release tells, in their order."""
    told = set(release.reconciliation_gaps["path"])
    return tuple(path for path in PATHS if path in told)


def is_held(release: Release) -> bool:
    """Whether the path is as an earlier release told it."""
    return bool((release.reconciliation_gaps["obs_status"] == ObsStatus.PROVISIONAL).any())


def reason_in_words(reason: str, text: Text) -> str:
    """Why something is lost; a reason of the programme's own, that has no words, by its code."""
    if reason.startswith(INELIGIBLE) and reason not in _INELIGIBLE_IN_WORDS:
        return text("code.gap.ineligible", reason=reason.removeprefix(INELIGIBLE))
    return text(f"code.gap.{reason}")


_INELIGIBLE_IN_WORDS = ("ineligible_size", "ineligible_sector", "ineligible_insolvency", "ineligible_no_seat")


def _ladder(release: Release, rows: pd.DataFrame, tranche: str, text: Text) -> Ladder:
    title = text("path.all_tranches") if tranche == ALL else release.programme.label("wave", tranche, text)
    steps = tuple(_step(release, rows, str(step), text) for step in dict.fromkeys(rows["step"]))
    explained = all(gap.is_explained for gap in gaps_of(rows))
    return Ladder(tranche, title, steps, explained and NOT_EXPLAINED not in set(rows["reason"]))


def _step(release: Release, rows: pd.DataFrame, step: str, text: Text) -> StepInWords:
    of_step = rows[rows["step"] == step]
    stands, amount = (_value(release, of_step, STANDS, units, text) for units in (COUNTS, (AMOUNT,)))
    reasons = [str(reason) for reason in dict.fromkeys(of_step["reason"]) if reason != STANDS]
    return StepInWords(text(f"code.step.{step}"), stands, amount, tuple(_gaps(release, of_step, reasons, text)))


def _gaps(release: Release, rows: pd.DataFrame, reasons: list[str], text: Text) -> Iterator[GapInWords]:
    for reason in reasons:
        lost, amount = (_value(release, rows, reason, units, text, lost=True) for units in (COUNTS, (AMOUNT,)))
        parts = tuple(reason_in_words(part, text) for part in reason.split(TOGETHER))
        joint = text("path.together") if lost else text("path.together_amounts")
        says = parts[0] if len(parts) == 1 else joint
        yield GapInWords(says, lost, amount, reason == NOT_EXPLAINED, parts if len(parts) > 1 else ())


def _value(
    release: Release, rows: pd.DataFrame, reason: str, units: tuple[str, ...], text: Text, *, lost: bool = False
) -> str:
    """A number in words; a loss with its sign. Empty where the table has no such row."""
    found = rows[(rows["reason"] == reason) & rows["unit"].isin(units)]
    if not len(found):
        return ""
    # where a step ends one chain and opens the next, both say the same
    value = found["value"].iloc[-1]
    if pd.isna(value):
        return text("table.not_stated" if rows["step"].iloc[0] == "announced" else "table.withheld")
    number = -float(value) if lost else float(value)
    if units == (AMOUNT,):
        written = text.money(abs(number), release.programme.currency, decimals=2)
    else:
        written = text.number(abs(number))
    if not lost:
        return written
    return text("path.fewer" if number < 0 else "path.more", n=written)
