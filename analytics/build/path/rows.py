"""The rows of a release that tell the path: what stands at each step, and every gap before it with its reasons.

Reasons that cannot be told one by one are told as one row, together with those of the same gap that hold nobody: which
of them do is not said. Where a step is not told, its gap is told with the next one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analytics.model import ObsStatus
from analytics.release.path import NOT_EXPLAINED, STANDS, TOGETHER, UNITS

APPLICATIONS, FIRMS_COUNTED, AMOUNT = UNITS
COLUMNS = ("place", "path", "tranche", "step", "reason", "unit", "value", "obs_status")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A reason in a gap: how much is lost for it, and whether that may be told."""

    reason: str
    value: float
    told: bool


@dataclass(frozen=True, slots=True)
class StepValue:
    """What stands at a step, whether that may be told, and the reasons in the gap before it."""

    step: str
    value: float | None
    told: bool
    leaves: Sequence[Leaf] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class PathRow:
    """A row of the release's table `reconciliation_gaps`, see release.sql; value None: not stated, or confidential."""

    path: str
    tranche: str
    step: str
    reason: str
    unit: str
    value: float | None


def chain_rows(
    path: str, tranche: str, unit: str, steps: Sequence[StepValue], tells: Callable[[float], bool] = lambda _: True
) -> Iterator[PathRow]:
    """The rows of one chain of steps. tells: whether a sum of several reasons may be told at all."""
    before: float | None = None
    gap: list[Leaf] = []
    for place, step in enumerate(steps):
        gap += step.leaves
        shown = step.value if step.told else None
        is_last = place == len(steps) - 1
        if place and (shown is not None or is_last):
            lost = None if before is None or shown is None else round(before - shown, 2)
            for reason, value in _gap(gap, lost, tells):
                yield PathRow(path, tranche, step.step, reason, unit, value)
        yield PathRow(path, tranche, step.step, STANDS, unit, shown)
        if shown is not None:
            before, gap = shown, []


def _gap(
    leaves: Sequence[Leaf], lost: float | None, tells: Callable[[float], bool]
) -> Iterator[tuple[str, float | None]]:
    """The reasons of a gap: those that are told, then the others as one. lost: in all; None: not told."""
    unexplained = [leaf for leaf in leaves if leaf.value and leaf.reason == NOT_EXPLAINED]
    leaves = [leaf for leaf in leaves if leaf.reason != NOT_EXPLAINED]
    hidden = [leaf for leaf in leaves if leaf.value and not leaf.told]
    shown = [leaf for leaf in leaves if leaf.value and leaf.told]
    for leaf in shown:
        yield leaf.reason, leaf.value
    for leaf in unexplained:
        yield leaf.reason, leaf.value if leaf.told else None
    if hidden:
        empty_or_hidden = [leaf.reason for leaf in leaves if leaf not in shown]
        all_told = lost is not None and all(leaf.told for leaf in unexplained)
        others = sum(leaf.value for leaf in (*shown, *unexplained))
        rest = round((lost or 0.0) - others, 2) if all_told else None
        yield TOGETHER.join(dict.fromkeys(empty_or_hidden)), rest if rest is not None and tells(rest) else None


def path_table(rows: Sequence[PathRow], status: ObsStatus = ObsStatus.NORMAL) -> pd.DataFrame:
    """Rows as the table of a release, in their order."""
    columns: Mapping[str, list[object]] = {
        name: [getattr(row, name) for row in rows] for name in COLUMNS if name not in ("place", "obs_status")
    }
    table = pd.DataFrame({"place": range(len(rows)), **columns, "obs_status": status.value}, columns=list(COLUMNS))
    return table.astype({"value": "float64", "place": "int64"})
