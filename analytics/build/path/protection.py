"""What of the path may be told: each tree of places is a cube, with a pattern beside all that is told anyway.

A count of one or two firms is confidential, and so is a sum of euros that one or two make or that fails the p%-rule; so
is what would follow from the others, from what the release tells elsewhere, and from earlier releases.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray
from analytics.build.path.places import PAID, PAID_ABOVE, PAID_IN_PART, PLACE, UNPAID, WAVE
from analytics.disclosure.attacker import attack
from analytics.disclosure.cube import TOTAL, UNKNOWN, Cube
from analytics.disclosure.linked_releases import ResponseVariable
from analytics.disclosure.protect import protect_together
from analytics.disclosure.rules import sensitive_cells
from analytics.model import DisclosureRules, UserError

Codes = tuple[str, ...]  # of a cell, in the order of a cube's dimensions
TREE = (WAVE, PLACE)
OF_AWARDS = (WAVE, "side", "fate", "flow", "leaf")
OF_TOTAL = 8.0  # times as dear as a tranche's: readers look at all tranches first


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A cube with what is withheld of it, (n_cells,)."""

    cube: Cube
    withheld: BoolArray

    def tells(self, codes: Codes) -> bool:
        """Whether a cell may be told; one without firms is for the other cells of its gap to say."""
        place = self.cube.positions.get(codes)
        return place is None or not self.withheld[place]


@dataclass(frozen=True, slots=True)
class Told:
    """What of a cube is settled elsewhere. known: cells that the release tells anyway; secret: that it withholds, and
    that must not follow; unsaid: not told here, whatever follows.
    """

    known: frozenset[Codes] = frozenset()
    secret: frozenset[Codes] = frozenset()
    unsaid: frozenset[Codes] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A pattern; differs: whether so few firms changed since an earlier release that the difference would tell."""

    pattern: Pattern
    differs: bool


def tree_cube(frame: pd.DataFrame, parents: Mapping[str, str]) -> Cube:
    """A tree of places, crossed with waves where the frame has them; frame: firm (or its index), wave, place."""
    dimensions = [name for name in TREE if name in frame]
    rows = pd.DataFrame({name: _codes(frame[name]) for name in dimensions}).assign(unit=_units(frame), one=1.0)
    return Cube.from_microdata(
        rows,
        dimensions=dimensions,
        value="one",
        unit="unit",
        hierarchies={PLACE: dict(parents)},
        tables=[dimensions],
        link_undeclared=True,
    )


def counts_of_awards(awards: pd.DataFrame) -> Cube:
    """Waves crossed with how awards ended and whether they were paid."""
    return _award_cube(awards.assign(amount=1.0, side="granted"))


def euros_of_awards(awards: pd.DataFrame) -> Cube:
    """The same in euros granted, those not paid out apart; what was paid above the grant stands aside."""
    paid, granted = awards["paid"], awards["granted"]
    is_paid = awards["flow"] == PAID
    above = (paid - granted).where(is_paid, 0.0).clip(lower=0.0)
    parts = [
        awards.assign(amount=granted.where(~is_paid, np.minimum(paid, granted)), side="granted"),
        awards.assign(amount=(granted - paid).where(is_paid, 0.0).clip(lower=0.0), side="granted", flow=PAID_IN_PART),
        awards.assign(amount=above, side="above", fate="above", flow=PAID_ABOVE),
    ]
    rows = pd.concat(parts)
    return _award_cube(rows[rows["amount"] > 0].round({"amount": 2}))


def _award_cube(rows: pd.DataFrame) -> Cube:
    frame = pd.DataFrame({name: _codes(rows[name]) for name in ("side", "fate", "flow", WAVE)})
    frame = frame.assign(unit=_units(rows), amount=rows["amount"].to_numpy(), leaf=frame["fate"] + ":" + frame["flow"])
    return Cube.from_microdata(
        frame,
        dimensions=OF_AWARDS,
        value="amount",
        unit="unit",
        hierarchies={"leaf": ["fate", "flow"], "fate": "side"},
        tables=[(WAVE, "side"), (WAVE, "fate"), (WAVE, "flow"), (WAVE, "leaf")],
        link_undeclared=True,
    )


def never_told_of_awards(codes: Codes) -> bool:
    """Whether a cell of awards is in no row of the path: how an award ended is crossed with what is unpaid alone."""
    _, side, fate, _, leaf = codes
    return not leaf.endswith(f":{UNPAID}") if leaf != TOTAL else "above" in (side, fate)


def find_pattern(
    cube: Cube,
    told: Told,
    rules: DisclosureRules,
    earlier: Sequence[Pattern] = (),
    *,
    measure: str = "n_units",
    never: BoolArray | None = None,
) -> Found:
    """The pattern that loses least, attacked before it is used. never: cells that are in no row. Raises UserError when
    the attacker can tell one too closely, or when none is safe.
    """
    hidden = np.array([UNKNOWN in codes for codes in cube.positions], dtype=bool)
    hidden |= False if never is None else never
    known, secret, unsaid = (mask_of(cube, cells) for cells in (told.known, told.secret, told.unsaid))
    before = [(one.cube, one.withheld) for one in earlier]
    elsewhere = [(cube, ~known)] if known.any() else []
    variable = ResponseVariable(cube, [*elsewhere, *before], hidden, (measure,))
    base = ResponseVariable(cube, measures=())
    found = protect_together(
        [base, variable],
        rules,
        withheld=unsaid | secret,
        sensitive=secret,
        importance=_importance(cube),
        accept_told=True,
    )
    own = np.logical_or(*sensitive_cells(cube.cells, rules)) | secret | unsaid
    withheld = (found.withheld | hidden) & ~known
    audit = attack(
        cube,
        withheld,
        rules,
        published_before=variable.published_before,
        sensitive=np.flatnonzero(secret).tolist(),
        measures=(measure,),
    )
    if audit["narrowed"].any():
        cells = audit.loc[audit["narrowed"], "cell"].clip(lower=0).unique().tolist()
        raise UserError("disclosure.narrowed", cells="; ".join(cube.labels(cells)))
    return Found(Pattern(cube, found.withheld | hidden), bool((found.primary & ~own & ~hidden).any()))


def mask_of(cube: Cube, cells: Iterable[Codes]) -> BoolArray:
    """(n_cells,) which cells are of these codes."""
    wanted = set(cells)
    return np.array([codes in wanted for codes in cube.positions], dtype=bool)


def _importance(cube: Cube) -> FloatArray:
    return np.array([OF_TOTAL if codes[0] == TOTAL else 1.0 for codes in cube.positions])


def _units(frame: pd.DataFrame) -> pd.Series:
    """The firm of each row, in a new index."""
    units = frame["firm"] if "firm" in frame else frame.index.to_series()
    return units.astype(str).reset_index(drop=True)


def _codes(column: pd.Series) -> pd.Series:
    return column.astype(object).reset_index(drop=True)
