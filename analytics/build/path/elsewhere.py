"""What a release tells of the path's firms elsewhere: its reconciliation, its figures, how applications ended."""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from analytics.build.path.chains import Announced
from analytics.build.path.made import Elsewhere
from analytics.build.path.places import (
    ANALYSED,
    CLOSED,
    COMPARED,
    MEASURED,
    PLACE,
    SELLING,
    WAVE,
    Places,
    comparison_steps,
    count_steps,
)
from analytics.build.sellers import SalesOfLeftOut
from analytics.model import Arm
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import EFFECTS

STAGES = {
    "loaded_firms": "firms",
    "loaded_eur": "granted",
    "selling_firms": SELLING,
    "measured_firms": MEASURED,
    "analysed_firms": ANALYSED,
}


def told_elsewhere(
    told: pd.DataFrame,
    counted: pd.DataFrame,
    figures: Iterable[Figure],
    places: Places,
    programme: Programme,
    applications: pd.DataFrame,
) -> Elsewhere:
    """told, counted: the reconciliation as the release tells it, and with nothing withheld or held; figures: as they
    are told; applications: the release's table of them.
    """
    of_stages = {
        (row["tranche"], stage): row[column] for row in told.to_dict("records") for column, stage in STAGES.items()
    }
    now = {
        (row["tranche"], stage): row[column] for row in counted.to_dict("records") for column, stage in STAGES.items()
    }
    shown = {key for key, value in of_stages.items() if not pd.isna(value)}
    known = {key for key in shown if of_stages[key] == now[key]}
    secret = {key for key, value in now.items() if key not in shown and not pd.isna(value) and value > 0}
    of_comparison = dict(_comparison_counts(figures, programme))
    there = count_steps(places.turned_down[PLACE], comparison_steps(programme))
    told_others = {stage for stage, n in of_comparison.items() if n is not None}
    ended = places.applications["outcome"].value_counts()
    anew = applications.dropna().set_index("outcome")["applications"]
    held = known != shown or any(of_comparison[stage] != there[stage] for stage in told_others)
    held = held or any(int(n) != int(ended.get(outcome, 0)) for outcome, n in anew.items())
    return Elsewhere(
        told=frozenset(known),
        secret=frozenset(secret),
        told_comparison=frozenset(told_others),
        secret_comparison=frozenset(of_comparison.keys() - told_others),
        applications=applications,
        held=held or set(applications["outcome"]) != set(ended.index),
    )


def _comparison_counts(figures: Iterable[Figure], programme: Programme) -> Iterator[tuple[str, int | None]]:
    """How many comparison firms of the whole programme the figures tell of, by stage; None: withheld."""
    question = programme.headline
    outcome, horizon = question.outcome, question.horizon_code
    stage_of = {
        FigureKey(measures.FIRMS, arm=Arm.COMPARISON): COMPARED,
        FigureKey(measures.CHANGE, outcome, Arm.COMPARISON, horizon): MEASURED,
        FigureKey(EFFECTS[question.estimand], outcome, horizon=horizon): ANALYSED,
    }
    for figure in figures:
        if figure.key in stage_of:
            is_told = figure.published and figure.n_comparison is not None and not figure.n_comparison_at_least
            yield stage_of[figure.key], figure.n_comparison if is_told else None


def sales_of_left_out(places: pd.DataFrame) -> dict[Group, SalesOfLeftOut]:
    """By tranche, where firms have one, and in all: measured firms left out for their sales; places: by firm."""
    groups: dict[Group, pd.Series] = {(): places[PLACE]}
    for wave, of_wave in places.groupby(WAVE)[PLACE] if WAVE in places else ():
        groups[group_of({"wave": str(wave)})] = of_wave
    return {group: _sales(of_group.value_counts()) for group, of_group in groups.items()}


def _sales(counts: pd.Series) -> SalesOfLeftOut:
    after = sum(int(counts.get(reason, 0)) for reason in (CLOSED, "sold_nothing_after"))
    return SalesOfLeftOut(int(counts.get("never_sold", 0)), int(counts.get("sold_nothing_before", 0)), after)


def announced_by_tranche(reconciliation: pd.DataFrame) -> Sequence[Announced]:
    """What was stated of each tranche, and of all."""
    rows = reconciliation.astype(object).where(reconciliation.notna(), None).to_dict("records")
    return [
        Announced(
            row["tranche"],
            None if row["announced_firms"] is None else float(row["announced_firms"]),
            None if row["announced_eur"] is None else float(row["announced_eur"]),
            row["announced_eur_is"] == "endowment",
        )
        for row in rows
    ]
