"""Several groups of one list at once, by published numbers: in how many something is gained, which pairs lie apart
(METHODS.md 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Generic

import numpy as np
from scipy.special import ndtri, stdtr
from scipy.stats import studentized_range

from analytics.estimate.group_ranges import Label
from analytics.estimate.inference import welch
from analytics.evidence.claims import Claim, Told, side_of_zero
from analytics.evidence.limits import COUNT_LEVEL
from analytics.model import Check, Grade, Result, Settings, Verdict


@dataclass(frozen=True, slots=True)
class Gaining:
    """In how many of the groups the effect surely has the programme's direction: in `count` at least, at 95% together;
    0 where nothing can be said.
    """

    count: int
    grade: Grade
    verdict: Verdict


def count_gaining(
    groups: Mapping[Label, Told], whole: Told | None, before: Result | None, grade: Grade, settings: Settings
) -> Gaining:
    """The number of groups with an effect (Benjamini & Heller 2008): r such that for every r′ ≤ r the S − r′ + 1
    smallest one-sided z have Σz/√count above 1.645; only in the programme's direction, and where its own check of the
    year before passed. before, grade: of the programme.
    """
    gate = 0 if whole is None else side_of_zero(whole.effect.interval(settings.level))
    if not gate or before is not Result.PASS or grade not in (Grade.MODERATE, Grade.LOW):
        return Gaining(0, Grade.VERY_LOW if not gate else grade, Verdict.CANNOT_TELL)
    effects = [told.effect for told in groups.values()]
    z = np.sort([float(-ndtri(max(stdtr(one.df, -gate * one.theta / one.se), 1e-300))) for one in effects])
    together = np.cumsum(z) / np.sqrt(np.arange(1, len(z) + 1))  # of the 1, 2, … smallest
    tells = (together > float(ndtri(COUNT_LEVEL)))[::-1]
    count = len(tells) if tells.all() else int(np.argmin(tells))
    if not count:
        return Gaining(0, grade, Verdict.CANNOT_TELL)
    return Gaining(count, grade, Verdict.HIGHER if gate > 0 else Verdict.LOWER)


@dataclass(frozen=True, slots=True)
class Pair(Generic[Label]):
    """Two groups whose effects lie surely apart: that of the first is larger. difference, low, high: on the estimation
    scale, at 95% for all pairs together; p_value likewise.
    """

    first: Label
    second: Label
    difference: float
    low: float
    high: float
    df: float
    p_value: float
    grade: Grade


def pairs_apart(groups: Mapping[Label, Told], claims: Mapping[Label, Claim], level: float) -> list[Pair[Label]]:
    """Games & Howell (1976), where Welch's test rejects that all are equal; of groups whose year before did not fail
    and whose design passed. Their grade is moderate where both groups' is.
    """
    test = welch([told.effect for told in groups.values()])
    if test is None or test.p_value >= 1 - level:
        return []
    found = (
        _pair(one, other, groups, claims, level)
        for one, other in combinations(sorted(groups, key=str), 2)
        if all(_may_be_compared(groups[label], claims[label]) for label in (one, other))
    )
    return [pair for pair in found if pair is not None]


def _may_be_compared(told: Told, claim: Claim) -> bool:
    return claim.before.result is not Result.FAIL and told.results.get(Check.DESIGN) is Result.PASS


def _pair(
    one: Label,
    other: Label,
    groups: Mapping[Label, Told],
    claims: Mapping[Label, Claim],
    level: float,
) -> Pair[Label] | None:
    first, second = (one, other) if groups[one].effect.theta > groups[other].effect.theta else (other, one)
    high, low = groups[first].effect, groups[second].effect
    v = np.array([high.se**2, low.se**2])
    df = float(v.sum() ** 2 / (v**2 / np.array([high.df, low.df])).sum())
    error, difference = float(v.sum() / 2) ** 0.5, high.theta - low.theta
    if difference <= float(ndtri(1 - (1 - level) / 2)) * error * 2**0.5:
        return None  # the quantile of one pair alone is smaller than that of many
    p_value = float(studentized_range.sf(difference / error, len(groups), df))
    if p_value >= 1 - level:
        return None
    half = float(studentized_range.ppf(level, len(groups), df)) * error
    both = all(claims[label].grade is Grade.MODERATE for label in (first, second))
    grade = Grade.MODERATE if both else Grade.LOW
    return Pair(first, second, difference, difference - half, difference + half, df, p_value, grade)
