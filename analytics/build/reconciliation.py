"""Announced -> loaded -> analysed firms and euros, by tranche: each is a cell of the cube, told as its cell may be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from analytics.build.contributions import MEASURED, SELLS, Contribution
from analytics.build.withheld_cells import WithheldCells
from analytics.model import Arm, Rule
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.figure import FigureKey, group_of
from analytics.release.measures import ALL, EFFECTS


@dataclass(frozen=True, slots=True)
class TrancheCounts:
    """A row of the release's reconciliation, see release.sql. tranche "*": all. None: not stated, unknown or withheld.

    loaded_eur: euros and cents. reporting_firms: None until the path tells them (`build/path/counts.py`).
    """

    tranche: str
    announced_firms: int | None
    announced_eur: float | None
    announced_eur_is: str | None
    loaded_firms: int | None
    loaded_eur: float | None
    selling_firms: int | None
    reporting_firms: int | None
    measured_firms: int | None
    analysed_firms: int | None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a column of the reconciliation counts: the firms that contribute to something, or (euros) what they do;
    selling: of those alone that sell.
    """

    column: str
    contribution: Contribution
    selling: bool = False
    euros: bool = False

    def group(self, tranche: str) -> Group:
        """The cell of a tranche, or of all of them."""
        return group_of({"wave": tranche} | ({SELLS: "yes"} if self.selling else {}))

    def of(self, funded: pd.DataFrame, tranche: str) -> float | None:
        """The figure of that cell, from the funded firms' contributions; None where no grant is known."""
        here = funded if tranche == ALL else funded[funded["wave"] == tranche]
        here = here[here[SELLS] == "yes"] if self.selling else here
        if self.contribution.column not in here:
            return None
        known = here[self.contribution.column].dropna()
        if not self.euros:
            return len(known)
        return round(float(known.sum()), 2) if len(known) else None


def _counted(programme: Programme) -> list[_Counted]:
    """The columns that are counted: of all firms, then of the headline."""
    question = programme.headline

    def of_headline(column: str, what: str) -> _Counted:
        return _Counted(column, Contribution(question.outcome, question.horizon_code, what))

    firms = Contribution(ALL, ALL, "firms")
    return [
        _Counted("loaded_firms", firms),
        _Counted("loaded_eur", Contribution(ALL, ALL, "grants"), euros=True),
        _Counted("selling_firms", firms, selling=True),
        of_headline("measured_firms", MEASURED),
        of_headline("analysed_firms", question.estimand.value),
    ]


def reconciliation(
    contributions: pd.DataFrame,
    programme: Programme,
    withheld_cells: WithheldCells,
    earlier: Sequence[Release],
    hidden: Callable[[FigureKey], bool] = lambda _: False,
) -> pd.DataFrame:
    """Announced, loaded, measured and analysed firms by tranche, and in all ("*"). What is withheld of a
    cell is not told here either; what is held is as the newest of the earlier releases (oldest first) has it. Where an
    effect is hidden, how many firms are analysed is, too.
    """
    question = programme.headline
    funded = contributions[contributions["arm"] == Arm.FUNDED.value]
    rows = []
    for announced in _announced(programme):
        row = asdict(announced)
        for counted in _counted(programme):
            rule, group = _rule(counted, announced.tranche, withheld_cells), group_of({"wave": announced.tranche})
            effect = FigureKey(EFFECTS[question.estimand], question.outcome, horizon=question.horizon_code, group=group)
            if counted.contribution.what == question.estimand and hidden(effect):
                row[counted.column] = None
            elif rule is None:
                row[counted.column] = counted.of(funded, announced.tranche)
            elif rule is Rule.HELD:
                row[counted.column] = _newest(counted.column, announced.tranche, earlier)
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.astype({column: "Int64" for column in map(str, table) if column.endswith("_firms")})


def _announced(programme: Programme) -> Iterator[TrancheCounts]:
    """What was stated of each tranche, in the order of the programme file, and of all: a sum with an unknown part, or
    of grants and endowments together, is unknown.
    """
    nothing = dict.fromkeys([*(counted.column for counted in _counted(programme)), "reporting_firms"])
    tranches = programme.tranches
    for tranche in tranches:
        kind = tranche.announced_eur_is if tranche.announced_eur is not None else None
        yield TrancheCounts(tranche.id, tranche.announced_firms, tranche.announced_eur, kind, **nothing)
    firms = [tranche.announced_firms for tranche in tranches if tranche.announced_firms is not None]
    euros = [
        tranche.announced_eur
        for tranche in tranches
        if tranche.announced_eur is not None and tranche.announced_eur_is == "grants"
    ]
    all_firms = sum(firms) if len(firms) == len(tranches) else None
    yield TrancheCounts(ALL, all_firms, sum(euros) if len(euros) == len(tranches) else None, None, **nothing)


def _rule(counted: _Counted, tranche: str, withheld_cells: WithheldCells) -> Rule | None:
    """Why an entry is withheld or held: by its cell; or withheld with the firms of its tranche."""
    about, group = counted.contribution, counted.group(tranche)
    own = withheld_cells.rule(about.outcome, about.horizon, group)
    of_firms = withheld_cells.rule(ALL, ALL, group_of({"wave": tranche}))
    return own if of_firms in (None, Rule.HELD) or own not in (None, Rule.HELD) else of_firms


def _newest(column: str, tranche: str, earlier: Sequence[Release]) -> float | None:
    """An entry as the newest release has it that tells it."""
    for release in reversed(earlier):
        rows = release.reconciliation
        told = rows.loc[rows["tranche"] == tranche, column].dropna()
        if len(told):
            return float(told.iloc[0])
    return None
