"""Published effects of groups that take parts of sectors -> whether they differ at all (METHODS.md 4): sizes, channels
and areas, of the programme and within each sector.

Unlike sectors they share comparison firms, so how their effects go together is made from the firms; which groups are
compared, and their effects, are as published.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from analytics.arrays import BoolArray
from analytics.build.rows.row import withheld_figure
from analytics.build.samples import Samples
from analytics.build.withhold import withhold_figure
from analytics.estimate.effects import SHARED_ESTIMANDS, as_estimated
from analytics.estimate.equality import equality
from analytics.estimate.sample import Sample
from analytics.model import ConfStatus, Estimand, ObsStatus, Reason, Unit
from analytics.programme.dimensions import Group
from analytics.programme.file import Programme
from analytics.release import Release, measures
from analytics.release.figure import Figure, FigureKey, group_of
from analytics.release.measures import PARTS_COMPARED, estimands_of

DIGITS = 2  # of a p that is told


def with_equality_of_parts(
    figures: Iterable[Figure], samples: Samples, programme: Programme, earlier: Sequence[Release]
) -> Iterator[Figure]:
    """The same figures, as they are published, and the p of every test. earlier: releases, oldest first: where an
    effect stays as the newest had it, so does the p.
    """
    by_key: dict[FigureKey, Figure] = {}
    for figure in figures:
        by_key[figure.key] = figure
        yield figure
    newest = earlier[-1] if earlier else None
    for outcome, dimension in product(programme.outcomes, PARTS_COMPARED):
        asked = [one for one in estimands_of(programme, outcome) if one in SHARED_ESTIMANDS]
        asked = [one for one in asked if one in (Estimand.SYMMETRIC_GROWTH, programme.headline.estimand)]
        for sample, estimand, within in product(samples[outcome.name], asked, _within(dimension, programme)):
            found = _effects(by_key, sample, estimand, dimension, within, programme)
            whole = by_key.get(
                FigureKey(measures.EFFECTS[estimand], sample.outcome, horizon=sample.horizon, group=within)
            )
            if found and whole is not None and whole.conf_status is ConfStatus.CONFIDENTIAL:
                yield withhold_figure(Figure(_key(sample, estimand, dimension, within), Unit.PROBABILITY))
            elif found:
                yield _tested(found, sample, estimand, dimension, within, newest)


def _within(dimension: str, programme: Programme) -> list[Group]:
    """The programme, and each sector, where the release tells of its groups."""
    is_crossed = {"sector", dimension} in [set(pair) for pair in programme.pairs]
    sectors = [group_of({"sector": code}) for code in programme.codes("sector")] if is_crossed else []
    return [(), *sectors]


def _effects(
    figures: Mapping[FigureKey, Figure],
    sample: Sample,
    estimand: Estimand,
    dimension: str,
    within: Group,
    programme: Programme,
) -> dict[str, Figure]:
    """The effects of the groups of a dimension, told or not."""
    found = {}
    for code in programme.codes(dimension):
        group = group_of([*within, (dimension, code)])
        key = FigureKey(measures.EFFECTS[estimand], sample.outcome, horizon=sample.horizon, group=group)
        if key in figures:
            found[code] = figures[key]
    return found


def _tested(
    found: Mapping[str, Figure],
    sample: Sample,
    estimand: Estimand,
    dimension: str,
    within: Group,
    newest: Release | None,
) -> Figure:
    """The p of one test."""
    key = _key(sample, estimand, dimension, within)
    told = [figure for figure in found.values() if figure.published]
    if len(told) < 2:
        return withheld_figure(key, Unit.PROBABILITY, Reason.NOT_ESTIMABLE)
    if any(figure.obs_status is ObsStatus.PROVISIONAL for figure in told):
        return _as_before(key, found.values(), newest)
    firms = [sample.group(_members(sample, figure.group)) for figure in told]
    covariance = sample.covariance(estimand, firms)
    theta = np.array([as_estimated(figure.unit, figure.value or 0.0) for figure in told])
    test = None if covariance is None else equality(theta, covariance)
    if test is None:
        return withheld_figure(key, Unit.PROBABILITY, Reason.NOT_ESTIMABLE)
    p = float(f"{test.p_value:.{DIGITS}g}")
    df = max(1.0, float(round(test.df_within)))
    return Figure(key, Unit.PROBABILITY, p, df=df, obs_status=ObsStatus.ESTIMATED)


def _key(sample: Sample, estimand: Estimand, dimension: str, within: Group) -> FigureKey:
    measure = measures.groups_differ(dimension, estimand)
    return FigureKey(measure, sample.outcome, horizon=sample.horizon, group=within)


def _members(sample: Sample, group: Group) -> BoolArray:
    """(n_firms,) the funded firms of a group."""
    units = sample.panel.units
    members: BoolArray = sample.panel.funded & np.logical_and.reduce(
        [(units[name] == code).fillna(False).to_numpy(dtype=bool) for name, code in group]
    )
    return members


def _as_before(key: FigureKey, effects: Iterable[Figure], newest: Release | None) -> Figure:
    """The p as the newest earlier release has it, if it was of the same groups; else none is told."""
    before = None if newest is None else newest.at(key)
    if newest is None or before is None or not before.published:
        return withhold_figure(Figure(key, Unit.PROBABILITY))
    of_groups = [(figure.published, newest.at(figure.key)) for figure in effects]
    same = all(told == (old is not None and old.published) for told, old in of_groups)
    kept = Figure(key, Unit.PROBABILITY, before.value, df=before.df, obs_status=ObsStatus.PROVISIONAL)
    return kept if same else withhold_figure(kept)
