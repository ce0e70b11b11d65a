"""Published figures -> what they come to beside each other: shared ranges, best guesses, what may be claimed of groups.

All here follows from numbers that are published, after protection, and so tells nothing more of any firm; whoever has a
release can make it again (METHODS.md 10).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from analytics.build.rows.row import withheld_figure
from analytics.estimate.comparing import required
from analytics.estimate.effects import SHARED_ESTIMANDS, as_shown, told_by_range, uncertainty_behind
from analytics.estimate.group_ranges import LIKELY_LEVEL, GroupRange, group_ranges, spread_of
from analytics.estimate.inference import Uncertainty, welch
from analytics.evidence.claims import Claim, Told, claims_of_groups
from analytics.evidence.limits import DIRECTION_LEVEL, LEVEL
from analytics.evidence.together import count_gaining, pairs_apart
from analytics.model import Check, Estimand, ObsStatus, RangeKind, Reason, Result, Unit, Verdict
from analytics.programme.file import Programme
from analytics.release import Release, measures
from analytics.release.figure import FROM_OTHERS, Figure, FigureKey, group_of
from analytics.release.measures import OVERALL, check_of, estimands_of, reading_of

Lookup = Callable[[FigureKey], Figure | None]
READINGS = ("equivalence", "trend_goes_on")  # of a group's year before, beside the others'


def with_group_claims(figures: Iterable[Figure], programme: Programme, years_apart: float) -> Iterator[Figure]:
    """The same figures, as they are published but for ids, with all that follows from several of them together.
    years_apart: from the middle of before to the middle of after.
    """
    listed = list(figures)
    by_key = {figure.key: figure for figure in listed}
    made = {figure.key: figure for figure in shared_figures(by_key.get, programme)}
    of_claims = list(_claims(lambda key: made.get(key, by_key.get(key)), programme, years_apart))
    made |= {figure.key: figure for figure in of_claims}
    for figure in listed:
        if figure.key in made:
            yield made.pop(figure.key)
        elif not (figure.group and figure.measure.base in READINGS):
            yield figure
    yield from made.values()


def ranges_again(release: Release, figure: Figure) -> dict[str, tuple[Any, Any]] | None:
    """What follows from the other groups, made again from the release alone: column -> as published, as made again, of
    those that differ; None for a figure whose range is its own.
    """
    again = next((made for made in shared_figures(release.at, release.programme) if made.key == figure.key), None)
    if figure.range_kind is not RangeKind.SHARED or again is None:
        return None
    pairs = {name: (getattr(figure, name), getattr(again, name)) for name in FROM_OTHERS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


# ---- ranges ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _List:
    """The published effects of the groups of one dimension: an estimand, outcome and horizon."""

    estimand: Estimand
    outcome: str
    horizon: str
    dimension: str
    effects: Mapping[str, Figure]

    @classmethod
    def of(
        cls, lookup: Lookup, programme: Programme, estimand: Estimand, outcome: str, horizon: str, dimension: str
    ) -> "_List | None":
        """None where the release has no such figures at all."""
        empty = cls(estimand, outcome, horizon, dimension, {})
        effect = measures.EFFECTS[estimand]
        found = {code: lookup(empty.key(effect, code)) for code in programme.codes(dimension)}
        if not any(found.values()):
            return None
        told = {code: figure for code, figure in found.items() if figure is not None and figure.published}
        return replace(empty, effects=told)

    def key(self, measure: measures.Measure, code: str = measures.ALL) -> FigureKey:
        """The key of a measure of a group, or ("*") of all together."""
        return FigureKey(measure, self.outcome, horizon=self.horizon, group=group_of({self.dimension: code}))

    @property
    def status(self) -> ObsStatus:
        """Of what is made of all of them: where any is as an earlier release had it, so is that, as far as it goes."""
        held = any(figure.obs_status is ObsStatus.PROVISIONAL for figure in self.effects.values())
        return ObsStatus.PROVISIONAL if held else ObsStatus.ESTIMATED

    def uncertainties(self, level: float) -> dict[str, Uncertainty]:
        """θ, standard error and df behind each."""
        found = {code: uncertainty_of(figure, level) for code, figure in self.effects.items()}
        return {code: own for code, own in found.items() if own is not None}


def uncertainty_of(figure: Figure, level: float, df: float | None = None) -> Uncertainty | None:
    """θ, its standard error and df, by a published value with its own interval; df: where it tells none."""
    worth = figure.df or df
    if figure.value is None or figure.high is None or worth is None:
        return None
    return uncertainty_behind(figure.unit, figure.value, figure.high, worth, figure.level or level)


def shared_figures(lookup: Lookup, programme: Programme) -> Iterator[Figure]:
    """The effects of sectors, and of groups of whole sectors, with their shared range, and whether they differ."""
    horizons = (OVERALL, *(str(year) for year in range(1, programme.settings.years_after + 1)))
    for outcome, dimension in product(programme.outcomes, programme.sector_dimensions):
        for estimand in estimands_of(programme, outcome):
            for horizon in horizons if estimand in SHARED_ESTIMANDS else ():
                listed = _List.of(lookup, programme, estimand, outcome.name, horizon, dimension)
                if listed is not None:
                    yield from _with_ranges(listed, lookup, programme)
                    if estimand in (Estimand.SYMMETRIC_GROWTH, programme.headline.estimand):
                        yield _equality(listed, programme)


def _with_ranges(listed: _List, lookup: Lookup, programme: Programme) -> Iterator[Figure]:
    settings = programme.settings
    own = listed.uncertainties(settings.level)
    ranges = group_ranges(own, spread_of(settings.importance), shared=settings.sector_range == "shared")
    tells = listed.horizon in (OVERALL, programme.headline.horizon_code)
    for code, of_group in ranges.items():
        figure = with_range(listed.effects[code], of_group, settings.level)
        yield _with_requirement(figure, of_group, lookup, programme) if tells else figure


def with_range(figure: Figure, of_group: GroupRange, level: float) -> Figure:
    """A published effect with the range of its group, and the best guess."""
    told, guess = told_by_range(of_group, figure.unit, level), of_group.guess
    if of_group.kind is RangeKind.OWN:  # to the last digit
        told |= {"shared_low": figure.low, "shared_high": figure.high}
    drawn = (None,) * 3 if guess is None else as_shown(figure.unit, guess.value, *guess.interval())
    told |= dict(zip(("shrunk", "shrunk_low", "shrunk_high"), drawn, strict=True))
    return replace(figure, **told)


def _with_requirement(figure: Figure, of_group: GroupRange, lookup: Lookup, programme: Programme) -> Figure:
    """With how many firms, or years, would tell the smallest effect that matters."""
    settings, key = programme.settings, figure.key
    years = (lookup(replace(key, horizon=str(year))) for year in range(1, settings.years_after + 1))
    found = (uncertainty_of(year, settings.level) for year in years if year is not None and year.published)
    yearly = [own.se for own in found if own is not None]
    if figure.n_funded is None:
        return replace(figure, firms_needed=None, years_needed=None)
    target = settings.importance.estimation(figure.unit)
    needed = required(of_group, figure.n_funded, yearly, target, LIKELY_LEVEL)
    return replace(figure, firms_needed=needed.firms, years_needed=needed.years)


def _equality(listed: _List, programme: Programme) -> Figure:
    """The p of Welch's test that all published groups have the same effect."""
    key = listed.key(measures.groups_differ(listed.dimension, listed.estimand))
    test = welch(list(listed.uncertainties(programme.settings.level).values()))
    if test is None:
        return withheld_figure(key, Unit.PROBABILITY, Reason.NOT_ESTIMABLE)
    return Figure(key, Unit.PROBABILITY, test.p_value, df=test.df_within, obs_status=listed.status)


# ---- claims ----------------------------------------------------------------------------------------------------------


def _claims(lookup: Lookup, programme: Programme, years_apart: float) -> Iterator[Figure]:
    """Of the headline: what may be claimed of each group, of how many, and which pairs lie apart."""
    question = programme.headline
    if question.estimand not in SHARED_ESTIMANDS:
        return
    whole = lookup(FigureKey(measures.EFFECTS[question.estimand], question.outcome, horizon=question.horizon_code))
    told: dict[tuple[str, str], Told] = {}
    of_whole = None if whole is None else _told(whole, lookup, programme)
    for dimension in programme.sector_dimensions:
        listed = _List.of(lookup, programme, question.estimand, question.outcome, question.horizon_code, dimension)
        if listed is None:
            continue
        found = {code: _told(figure, lookup, programme) for code, figure in listed.effects.items()}
        groups = {code: of_group for code, of_group in found.items() if of_group is not None}
        told |= {(dimension, code): of_group for code, of_group in groups.items()}
        parents = {code: told.get(programme.parent_of(dimension, code) or ("", ""), of_whole) for code in groups}
        claims = claims_of_groups(groups, of_whole, parents, years_apart, question.estimand.unit, programme.settings)
        for code, claim in claims.items():
            figure = replace(listed.effects[code], grade=claim.grade, verdict=claim.verdict)
            yield figure
            yield from _before(figure, claim, lookup)
        yield from _together(listed, groups, claims, whole, of_whole, lookup, programme)


def _told(figure: Figure, lookup: Lookup, programme: Programme) -> Told | None:
    """What is published of an effect and its checks."""
    level, about = programme.settings.level, programme.headline.estimand
    effect = uncertainty_of(figure, level) if figure.published else None
    if effect is None:
        return None
    found = {check: lookup(replace(figure.key, measure=check_of(check, about))) for check in Check}
    results = {check: one.result for check, one in found.items() if one is not None and one.result is not None}
    before = found[Check.BEFORE]
    tested = before is not None and results.pop(Check.BEFORE, Result.NOT_TESTABLE) is not Result.NOT_TESTABLE
    # a check of an earlier format does not tell its df: that of the effect stands in
    return Told(effect, uncertainty_of(before, LEVEL, effect.df) if tested and before is not None else None, results)


def _before(figure: Figure, claim: Claim, lookup: Lookup) -> Iterator[Figure]:
    """How a group's year before came out beside the others', and by which numbers."""
    about = figure.measure.about
    check = None if about is None else lookup(replace(figure.key, measure=check_of(Check.BEFORE, about)))
    if about is None or check is None or claim.before.equivalence is None:
        return
    yield replace(check, result=claim.before.result, because=claim.before.because)
    low, high = as_shown(figure.unit, *claim.before.equivalence)
    equivalence = replace(check.key, measure=reading_of(READINGS[0], about))
    yield _reading(check, equivalence, (check.value or 0.0, low, high), DIRECTION_LEVEL)
    if claim.before.trend is not None:
        trend = replace(check.key, measure=reading_of(READINGS[1], about))
        *numbers, level = claim.before.trend
        yield _reading(figure, trend, as_shown(figure.unit, *numbers), level)


def _reading(of: Figure, key: FigureKey, numbers: tuple[float, ...], level: float) -> Figure:
    """A further number of a check, with its interval at a level."""
    value, low, high = numbers
    return Figure(
        key,
        of.unit,
        value,
        low,
        high,
        level=level,
        n_funded=of.n_funded,
        n_comparison=of.n_comparison,
        obs_status=of.obs_status,
    )


def _together(
    listed: _List,
    groups: Mapping[str, Told],
    claims: Mapping[str, Claim],
    whole: Figure | None,
    of_whole: Told | None,
    lookup: Lookup,
    programme: Programme,
) -> Iterator[Figure]:
    """In how many groups something is gained, and which pairs of them lie apart."""
    settings, estimand = programme.settings, listed.estimand
    if whole is None or whole.grade is None or not groups:
        return
    before = lookup(replace(whole.key, measure=check_of(Check.BEFORE, estimand)))
    gaining = count_gaining(groups, of_whole, None if before is None else before.result, whole.grade, settings)
    key = listed.key(measures.groups_gaining(listed.dimension, estimand))
    yield Figure(
        key,
        Unit.COUNT,
        float(gaining.count),
        grade=gaining.grade,
        verdict=gaining.verdict,
        obs_status=listed.status,
    )
    for pair in pairs_apart(groups, claims, settings.level):
        value, low, high = as_shown(estimand.unit, pair.difference, pair.low, pair.high)
        yield Figure(
            listed.key(measures.beside_group(str(pair.second), estimand), str(pair.first)),
            estimand.unit,
            value,
            low,
            high,
            p_value=pair.p_value,
            df=pair.df,
            level=settings.level,
            grade=pair.grade,
            verdict=Verdict.HIGHER,
            obs_status=listed.status,
        )
