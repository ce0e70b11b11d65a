"""METHODS.md 10, claims of groups beside each other, against its rules written once more; the count of groups that gain
and the pairs that lie apart against other ways to the same numbers.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy import stats

from analytics.estimate.group_ranges import GroupRange
from analytics.estimate.inference import Uncertainty
from analytics.evidence.claims import (
    Before,
    Claim,
    Told,
    claims_of_groups,
    judged,
    told_of,
    uncertainty_of,
)
from analytics.evidence.findings import Finding, Range
from analytics.evidence.together import count_gaining, pairs_apart
from analytics.model import Check, CheckReason, Grade, Result, Settings, Unit, Verdict
from tests.helpers.borrowed import common, ends, guess
from tests.reference import shared_range as reference

EXACT = 1e-7  # two ways to the root of an equation, and to sums over τ
ALLOWANCE = 0.75  # standard deviations beyond the best guess of δ
YEARS = 2.5
P, N, F, T = Result.PASS, Result.NOT_CONTRADICTED, Result.FAIL, Result.NOT_TESTABLE
FAIR: Mapping[Check, Result] = MappingProxyType({check: P for check in Check if check is not Check.BEFORE})
SETTINGS = Settings()
QUIET = Uncertainty(0.0, 0.004, 90.0)  # nothing at all in the year before

Group = tuple[float, float, float]


def told(effect: Group, before: Group | Uncertainty | None = QUIET, results: Mapping[Check, Result] = FAIR) -> Told:
    found = before if before is None or isinstance(before, Uncertainty) else Uncertainty(*before)
    return Told(Uncertainty(*effect), found, results)


GAINS = told((0.25, 0.03, 400.0))  # a programme that surely gained, and was quiet before


def claimed(
    groups: Mapping[str, Told], whole: Told | None = GAINS, unit: Unit = Unit.FRACTION, settings: Settings = SETTINGS,
    parents: Mapping[str, Told | None] | None = None, years: float = YEARS,
) -> dict[str, Claim]:  # fmt: skip
    return claims_of_groups(groups, whole, parents or dict.fromkeys(groups, whole), years, unit, settings)


# ---- the rules, once more --------------------------------------------------------------------------------------------


def triple(one: Uncertainty) -> Group:
    return one.theta, one.se, one.df


def side(interval: tuple[float, float]) -> int:
    return 1 if interval[0] > 0 else -1 if interval[1] < 0 else 0


def own(one: Group, level: float) -> tuple[float, float]:
    half = stats.t.ppf(0.5 + level / 2, one[2]) * one[1]
    return one[0] - half, one[0] + half


# Check 2 of a group, the first row that matches. Whether there is a δ at all; its 95% interval holds zero; so does the
# programme's; a direction is claimed; δ's shared 90% range lies inside what matters; the programme was surely alike
# (its 90% interval inside, and neither it nor what groups have in common more than 1.28 se toward the claim); the group
# above is no more than that; the direction survives what came before at 98%; at 95%. "*": either.
BEFORE = [
    ((False, "*", "*", "*", "*", "*", "*", "*", "*"), T, "too_few_left", False),
    ((True, False, "*", "*", "*", "*", "*", "*", "*"), F, "differed", False),
    ((True, True, False, "*", "*", "*", "*", "*", "*"), F, "whole_differed", False),
    ((True, True, True, False, True, "*", "*", "*", "*"), P, "within_mie", False),
    ((True, True, True, False, False, "*", "*", "*", "*"), N, "imprecise", False),
    ((True, True, True, True, "*", False, "*", "*", "*"), N, "whole_open", False),
    ((True, True, True, True, "*", True, False, "*", "*"), N, "parent_ahead", False),
    ((True, True, True, True, "*", True, True, True, "*"), P, "trend_holds", True),
    ((True, True, True, True, "*", True, True, False, True), N, "trend_may_hold", True),
    ((True, True, True, True, "*", True, True, False, False), N, "trend_open", False),
]

# What is claimed, the first row that matches: the 95% range tells something; a direction; which the programme's gate
# and check 2 allow; the grade by the checks; the 98% range tells the same. Then the grade, and the verdict's level.
CLAIM = [
    ((False, "*", "*", "*", "*"), "as it is", 0.95),
    ((True, True, False, "*", "*"), Grade.VERY_LOW, 0.95),
    ((True, "*", "*", Grade.VERY_LOW, "*"), Grade.VERY_LOW, 0.95),
    ((True, "*", "*", Grade.MODERATE, True), Grade.MODERATE, 0.98),
    ((True, "*", "*", "*", "*"), Grade.LOW, 0.95),
]


def matches(row, seen) -> bool:
    return all(wanted in ("*", found) for wanted, found in zip(row, seen, strict=True))


def said(interval: tuple[float, float], unit: Unit, same: bool) -> Verdict:
    """METHODS.md 6."""
    low, high = (math.expm1(end) for end in interval) if unit is Unit.FRACTION else interval
    most = {Unit.FRACTION: 0.1, Unit.POINTS: 0.03, Unit.SCORE: 0.2 / 2.1}[unit]
    if same and low > -most and high < most:
        return Verdict.SAME
    if low > 0:
        return Verdict.MUCH_HIGHER if low > most else Verdict.HIGHER
    if high < 0:
        return Verdict.MUCH_LOWER if high < -most else Verdict.LOWER
    return Verdict.CANNOT_TELL


DIRECTIONS = {Verdict.HIGHER: 1, Verdict.MUCH_HIGHER: 1, Verdict.LOWER: -1, Verdict.MUCH_LOWER: -1}


def by_the_rules(
    label: str, groups: Mapping[str, Told], whole: Told | None, parent: Told | None, unit: Unit, years: float,
    shared: bool,
) -> tuple[Result, str, bool, Grade, Verdict]:  # fmt: skip
    mine = groups[label]
    matter = math.log(1.1) if unit is Unit.FRACTION else {Unit.POINTS: 0.03, Unit.SCORE: 0.2 / 2.1}[unit]
    effects = {name: triple(one.effect) for name, one in groups.items()}
    befores = {name: triple(one.before) for name, one in groups.items() if one.before is not None}
    delta = befores.get(label)
    ranges = {level: ends(effects[label], list(effects.values()), level, 0.15, shared=shared) for level in (0.98, 0.95)}
    small = False
    if delta is not None:
        low, high = ends(delta, list(befores.values()), 0.90, 0.05, shared=shared)
        small = -matter < low and high < matter
    verdicts = {level: said(interval, unit, small) for level, interval in ranges.items()}
    direction = DIRECTIONS.get(verdicts[0.95], 0)
    gate = 0 if whole is None else side(own(triple(whole.effect), 0.95))

    def not_ahead(theta: float, se: float) -> bool:
        return direction * theta < stats.norm.ppf(0.90) * se

    of_whole = None if whole is None or whole.before is None else triple(whole.before)
    alike = False
    if of_whole is not None:
        low, high = own(of_whole, 0.90)
        alike = -matter < low and high < matter and not_ahead(*of_whole[:2])
        if len(befores) >= 4:
            alike = alike and not_ahead(*common(list(befores.values()), 0.05))
    over = next((one.before for one in (parent, whole) if one is not None and one.before is not None), None)
    above = over is not None and not_ahead(*triple(over)[:2])
    survives = {0.98: False, 0.95: False}
    if delta is not None and direction:
        drawn, error = delta[:2] if len(befores) < 4 else guess(delta, list(befores.values()), 0.05)
        moved = years * max(direction * drawn + ALLOWANCE * error, 0.0)
        survives = {
            level: side(tuple(end - direction * moved for end in ends)) == direction for level, ends in ranges.items()
        }
    seen = (
        delta is not None,
        delta is not None and side(own(delta, 0.95)) == 0,
        of_whole is None or side(own(of_whole, 0.95)) == 0,
        direction != 0,
        small,
        alike,
        above,
        survives[0.98],
        survives[0.95],
    )
    result, because, allows = next(rest for row, *rest in BEFORE if matches(row, seen))
    passed = {check: mine.results.get(check) is P for check in FAIR}
    wanting = sum(not passed[check] for check in (Check.GROUPS, Check.REPORTING, Check.STABILITY))
    fair = passed[Check.DESIGN] and wanting <= 1 and result in (P, N) and (of_whole is None or seen[2])
    grade = Grade.VERY_LOW if not fair else Grade.MODERATE if result is P and not wanting else Grade.LOW
    tells = verdicts[0.95] is not Verdict.CANNOT_TELL
    likely = verdicts[0.98] is not Verdict.CANNOT_TELL and DIRECTIONS.get(verdicts[0.98], 0) == direction
    ask = (tells, direction != 0, allows and gate == direction, grade, likely)
    capped, level = next(rest for row, *rest in CLAIM if matches(row, ask))
    return result, because, allows, grade if capped == "as it is" else capped, verdicts[level]


def uncertainties(spread: float, most: float) -> st.SearchStrategy[Group]:
    """θ, its standard error and df: of few firms and of many, near zero and far from it."""
    return st.tuples(
        st.floats(-spread, spread) | st.floats(-spread / 8, spread / 8),
        st.floats(0.004, most) | st.floats(0.01, most / 4),
        st.floats(3, 200),
    )


EFFECTS, DELTAS = uncertainties(0.6, 0.2), uncertainties(0.06, 0.06)
CHECKS = st.one_of(st.just(FAIR), st.fixed_dictionaries({check: st.sampled_from([P, P, F, T]) for check in FAIR}))
TOLD = st.builds(told, EFFECTS, st.one_of(DELTAS, DELTAS, DELTAS, st.none()), CHECKS)
RISES = st.builds(told, st.tuples(st.floats(0.1, 0.5), st.floats(0.01, 0.05), st.just(90.0)), DELTAS, CHECKS)
QUIETLY = st.builds(told, st.tuples(st.floats(0.1, 0.5), st.floats(0.01, 0.05), st.just(90.0)))
WHOLE = st.one_of(TOLD, RISES, QUIETLY, QUIETLY, st.none())
NAMES = "abcdefgh"


@st.composite
def lists(draw: st.DrawFn, least: int = 1) -> dict[str, Told]:
    """One to eight groups, those of a programme that gained among them."""
    n = draw(st.integers(least, 8))
    kind = draw(st.sampled_from([TOLD, RISES, QUIETLY]))
    return {name: draw(kind | TOLD) for name in NAMES[:n]}


UNITS = st.sampled_from([Unit.FRACTION, Unit.FRACTION, Unit.SCORE, Unit.POINTS])


@given(
    groups=lists(), whole=WHOLE, between=st.one_of(st.just("whole"), TOLD, QUIETLY, st.none()), unit=UNITS,
    years=st.floats(1, 3.5), shared=st.booleans(),
)  # fmt: skip
@examples(max_examples=400, derandomize=True, deadline=None)
def test_every_claim_is_that_of_the_table(groups, whole, between, unit, years, shared):
    """Any effects, years before, checks, programme and groups between: check 2, grade and verdict of each group."""
    parent = whole if between == "whole" else between
    settings_ = replace(SETTINGS, sector_range="shared" if shared else "own")
    found = claimed(groups, whole, unit, settings_, dict.fromkeys(groups, parent), years)
    assert list(found) == list(groups)
    for label, claim in found.items():
        expected = by_the_rules(label, groups, whole, parent, unit, years, shared)
        before = claim.before
        assert (before.result, before.because, before.allows, claim.grade, claim.verdict) == expected, label


def programme(rng: np.random.Generator) -> tuple[dict[str, Told], Told, Told, float]:
    """Groups, their programme, the group that they lie in and the years between, as programmes may have them: gains or
    losses of some tenths, years before that mostly differed by nothing much.
    """
    gain = rng.choice([0.3, 0.15, 0.0, -0.3])

    def some(effect: float, delta: float) -> Told:
        error, before = rng.uniform(0.5, 2.0) * effect, rng.uniform(0.5, 2.0) * delta
        results = {check: F if rng.random() < 0.07 else P for check in FAIR}
        theta, drift = gain + rng.normal(0, 0.08 + error), rng.normal(0, 0.005 + before)
        return told(
            (theta, error, rng.uniform(5, 90)), (drift, before, rng.uniform(5, 90)) if rng.random() < 0.95 else None,
            results,
        )  # fmt: skip

    groups = {str(k): some(0.05, 0.025) for k in range(rng.integers(1, 11))}
    whole = replace(some(0.01, 0.006), effect=Uncertainty(gain + rng.normal(0, 0.02), 0.03, 200.0))
    return groups, whole, some(0.03, 0.012), rng.uniform(1, 3)


@pytest.mark.parametrize("unit", [Unit.FRACTION, Unit.SCORE])
def test_every_claim_of_programmes_as_they_come_is_that_of_the_table(unit):
    """Four hundred programmes at random; no row of either table goes unmet."""
    rng, met = np.random.default_rng(16), set()
    for _ in range(400):
        groups, whole, parent, years = programme(rng)
        found = claimed(groups, whole, unit, parents=dict.fromkeys(groups, parent), years=years)
        for label, claim in found.items():
            expected = by_the_rules(label, groups, whole, parent, unit, years, True)
            before = claim.before
            assert (before.result, before.because, before.allows, claim.grade, claim.verdict) == expected, label
            met |= {str(claim.before.because), (claim.grade, claim.verdict)}
    assert {because for _, _, because, _ in BEFORE} <= met
    assert set(itertools.product(STRENGTH, Verdict)) <= met


def test_every_row_of_the_rules_is_met():
    """Each row of check 2 by hand."""
    group = (0.30, 0.04, 60.0)
    ahead = (0.008, 0.005, 90.0)  # by more than 1.28 standard errors, surely small, and not surely anything
    cases = {
        "too_few_left": ([told(group, None)], GAINS, GAINS),
        "differed": ([told(group, (0.05, 0.01, 60.0))], GAINS, GAINS),
        "whole_differed": ([told(group)], replace(GAINS, before=Uncertainty(0.02, 0.005, 60.0)), GAINS),
        "within_mie": ([told((0.0, 0.2, 60.0))], GAINS, GAINS),
        "imprecise": ([told((0.0, 0.2, 60.0), (0.0, 0.2, 60.0))], GAINS, GAINS),
        "whole_open": ([told(group)], replace(GAINS, before=Uncertainty(*ahead)), GAINS),
        "parent_ahead": ([told(group)], GAINS, replace(GAINS, before=Uncertainty(*ahead))),
        "trend_holds": ([told(group)], GAINS, GAINS),
        "trend_may_hold": ([told(group, (0.055, 0.04, 60.0))], GAINS, GAINS),
        "trend_open": ([told(group, (0.08, 0.05, 60.0))], GAINS, GAINS),
    }
    assert set(cases) == {because for _, _, because, _ in BEFORE}
    found = {}
    for because, (groups, whole, parent) in cases.items():
        named = dict(zip(NAMES, groups, strict=False))
        claim = claimed(named, whole, parents={"a": parent})["a"]
        found[because] = claim.before.because
        assert claim.before.because == by_the_rules("a", named, whole, parent, Unit.FRACTION, YEARS, True)[1]
    assert found == {because: because for because in cases}


# ---- single rules by hand --------------------------------------------------------------------------------------------


def at_edge(level: float, beyond: float, edge: float = 0.0, df: float = 60.0, se: float = 0.05) -> Group:
    """An effect whose own range at a level ends a little beyond an edge."""
    return edge + beyond + stats.t.ppf(0.5 + level / 2, df) * se, se, df


@pytest.mark.parametrize(
    ("effect", "grade", "verdict"),
    [
        (at_edge(0.98, 1e-6), Grade.MODERATE, Verdict.HIGHER),
        (at_edge(0.98, -1e-6), Grade.LOW, Verdict.HIGHER),
        (at_edge(0.95, 1e-6), Grade.LOW, Verdict.HIGHER),
        (at_edge(0.95, -1e-6), Grade.MODERATE, Verdict.CANNOT_TELL),
        (at_edge(0.98, 1e-6, math.log(1.1)), Grade.MODERATE, Verdict.MUCH_HIGHER),
        (at_edge(0.98, -1e-6, math.log(1.1)), Grade.MODERATE, Verdict.HIGHER),  # "likely" by its own level
        (at_edge(0.95, 1e-6, math.log(1.1)), Grade.MODERATE, Verdict.HIGHER),
    ],
)
def test_likely_needs_98_percent_and_may_95(effect, grade, verdict):
    """A lone group, nothing before and all checks passed: its own interval at the level of the verb, also for "by more
    than the amount fixed".
    """
    found = claimed({"a": told(effect, Uncertainty(-0.02, 0.012, 60.0))})["a"]
    assert (found.grade, found.verdict) == (grade, verdict)


def test_a_low_grade_says_much_higher_by_the_range_of_95_percent():
    """One check that did not pass makes "may", and its level that of all that is said."""
    results = {**FAIR, Check.REPORTING: F}
    for beyond, verdict in ((1e-6, Verdict.MUCH_HIGHER), (-1e-6, Verdict.HIGHER)):
        effect = at_edge(0.95, beyond, math.log(1.1))
        found = claimed({"a": told(effect, Uncertainty(-0.02, 0.012, 60.0), results)})["a"]
        assert (found.grade, found.verdict) == (Grade.LOW, verdict)


def test_nothing_is_claimed_that_a_wider_printed_range_does_not_tell():
    """A programme that prints ranges of 99%: neither verb goes by less, nor does what came before."""
    settings_ = replace(SETTINGS, level=0.99)
    quiet = Uncertainty(-0.02, 0.012, 60.0)
    for level, grade, verdict in ((0.985, Grade.MODERATE, Verdict.CANNOT_TELL), (0.99, Grade.MODERATE, Verdict.HIGHER)):
        claim = claimed({"a": told(at_edge(level, 1e-6), quiet)}, settings=settings_)["a"]
        assert (claim.grade, claim.verdict) == (grade, verdict)
    assert claim.before.trend[3] == 0.99


GATES = {
    "gained": (GAINS, {1}),
    "lost": (replace(GAINS, effect=Uncertainty(-0.25, 0.03, 400.0)), {-1}),
    "nothing": (replace(GAINS, effect=Uncertainty(0.05, 0.03, 400.0)), set()),
    "withheld": (None, set()),
    "not testable before": (replace(GAINS, before=None), set()),
}


@pytest.mark.parametrize("gate", GATES)
def test_only_the_direction_of_the_programme_is_said(gate):
    """A group that surely gained and one that surely lost, quiet before: of each only what the programme has; else the
    range is told with a grade that carries no claim.
    """
    whole, allowed = GATES[gate]
    groups = {"up": told((0.4, 0.04, 60.0)), "down": told((-0.4, 0.04, 60.0))}
    for label, direction in (("up", 1), ("down", -1)):
        claim = claimed(groups, whole)[label]
        assert DIRECTIONS[claim.verdict] == direction
        assert (claim.grade is Grade.MODERATE) == (direction in allowed)
        assert claim.grade in (Grade.MODERATE, Grade.VERY_LOW)


@pytest.mark.parametrize("whole", [GAINS, GATES["nothing"][0], None])
@pytest.mark.parametrize(
    ("before", "level", "grade", "verdict"),
    [
        ((0.0, 0.02, 60.0), 0.98, Grade.MODERATE, Verdict.SAME),
        ((0.0, 0.02, 60.0), 0.95, Grade.LOW, Verdict.SAME),
        ((0.0, 0.2, 60.0), 0.98, Grade.LOW, Verdict.CANNOT_TELL),  # who knows what it was before
    ],
)
def test_about_the_same_needs_no_gate_but_a_year_before_that_was_alike(whole, before, level, grade, verdict):
    """The range of the verb's level inside what matters, and δ's 90% range likewise; whatever the programme gained."""
    half = -math.log(0.9) - 1e-6  # as far below as 10% is, above as far as that at most
    effect = (0.0, 0.999 * math.log(1.1) / stats.t.ppf(0.5 + level / 2, 60.0), 60.0)
    assert half > math.log(1.1)
    claim = claimed({"a": told(effect, before)}, whole)["a"]
    assert (claim.grade, claim.verdict) == (grade, verdict)
    assert claim.before.because is (CheckReason.WITHIN_MIE if verdict is Verdict.SAME else CheckReason.IMPRECISE)


def test_what_groups_have_in_common_may_not_lie_toward_the_claim():
    """Each group a little ahead, none surely, and the programme exactly alike: together they surely are, and no group
    is said to have gained. Were the programme's own δ all that counts, all would be.
    """
    groups = {name: told((0.3, 0.03, 60.0), (0.02, 0.015, 60.0)) for name in NAMES}
    together, error = common([triple(one.before) for one in groups.values()], 0.05)
    assert together > 1.2816 * error
    assert {claim.before.because for claim in claimed(groups).values()} == {CheckReason.WHOLE_OPEN}
    behind = {name: replace(one, before=Uncertainty(-0.02, 0.015, 60.0)) for name, one in groups.items()}
    assert {claim.grade for claim in claimed(behind).values()} == {Grade.MODERATE}


def test_a_trend_takes_its_allowance_along():
    """θ less k years of δ's best guess and three quarters of its standard deviation, never more than θ itself: by hand
    of one group (whose guess is its own δ), by the reference of eight.
    """
    for theta, before in ((0.5, (0.01, 0.02, 60.0)), (0.5, (-0.01, 0.02, 60.0)), (0.5, (-0.03, 0.02, 60.0))):
        claim = claimed({"a": told((theta, 0.03, 60.0), before)})["a"]
        moved = YEARS * max(before[0] + ALLOWANCE * before[1], 0.0)
        half = stats.t.ppf(0.99, 60) * 0.03
        assert claim.before.trend == pytest.approx((theta - moved, theta - moved - half, theta - moved + half, 0.98))
        assert claim.before.equivalence == pytest.approx(own(before, 0.90))
    rng = np.random.default_rng(3)
    groups = {
        name: told((0.6, rng.uniform(0.02, 0.1), 40.0), (rng.normal(-0.01, 0.02), rng.uniform(0.02, 0.06), 30.0))
        for name in NAMES
    }
    befores = {name: triple(one.before) for name, one in groups.items()}
    for name, claim in claimed(groups).items():
        drawn, error = guess(befores[name], list(befores.values()), 0.05)
        moved = YEARS * max(drawn + ALLOWANCE * error, 0.0)
        value, low, high, level = claim.before.trend
        effects = [triple(one.effect) for one in groups.values()]
        mine = next(one for one in effects if one == triple(groups[name].effect))
        assert value == pytest.approx(0.6 - moved, abs=EXACT)
        assert (low + moved, high + moved) == pytest.approx(ends(mine, effects, level, 0.15), abs=EXACT)
        mine = befores[name]
        assert claim.before.equivalence == pytest.approx(ends(mine, list(befores.values()), 0.90, 0.05), abs=EXACT)


def test_the_quick_reference_is_the_plain_one():
    """The ranges that the table goes by are those of the reference's halving on the whole scale."""
    rng = np.random.default_rng(5)
    for _ in range(6):
        groups = [(rng.normal(0.1, 0.2), rng.uniform(0.02, 0.2), rng.uniform(4, 60)) for _ in range(5)]
        for level in (0.98, 0.95, 0.5):
            plain = reference.shared(*groups[0], groups[1:], 1 - level)
            assert ends(groups[0], groups, level) == pytest.approx(plain, abs=1e-8)


# ---- what holds of all -----------------------------------------------------------------------------------------------

STRENGTH = {Grade.MODERATE: 2, Grade.LOW: 1, Grade.VERY_LOW: 0}


def strength(claim: Claim, direction: int) -> int:
    """How strongly a direction is said: likely, may, not at all."""
    return STRENGTH[claim.grade] if DIRECTIONS.get(claim.verdict, 0) == direction else 0


@given(groups=lists(), whole=WHOLE, unit=UNITS)
@examples(max_examples=200, derandomize=True, deadline=None)
def test_no_direction_is_said_against_the_programme(groups, whole, unit):
    gate = 0 if whole is None else side(own(triple(whole.effect), 0.95))
    for claim in claimed(groups, whole, unit).values():
        for direction in (-1, 1):
            assert direction == gate or strength(claim, direction) == 0
        if whole is None or whole.before is None:
            assert claim.grade is Grade.VERY_LOW or DIRECTIONS.get(claim.verdict, 0) == 0


@given(groups=lists(2), whole=WHOLE, unit=UNITS, data=st.data())
@examples(max_examples=100, derandomize=True, deadline=None)
def test_the_order_of_groups_changes_nothing(groups, whole, unit, data):
    """Claims and the count."""
    order = data.draw(st.permutations(list(groups)))
    turned = {name: groups[name] for name in order}
    one, other = claimed(groups, whole, unit), claimed(turned, whole, unit)
    for name, claim in one.items():
        assert (claim.grade, claim.verdict) == (other[name].grade, other[name].verdict)
        assert claim.before.because is other[name].before.because
        assert claim.of_group.interval(0.95) == pytest.approx(other[name].of_group.interval(0.95), abs=1e-9)
    counts = [count_gaining(each, whole, P, Grade.MODERATE, SETTINGS) for each in (groups, turned)]
    assert counts[0] == counts[1]


def mirrored(one: Told | None) -> Told | None:
    if one is None:
        return None
    effect, before = (None if each is None else replace(each, theta=-each.theta) for each in (one.effect, one.before))
    return replace(one, effect=effect, before=before)


MIRROR = {
    Verdict.MUCH_HIGHER: Verdict.MUCH_LOWER,
    Verdict.HIGHER: Verdict.LOWER,
    Verdict.LOWER: Verdict.HIGHER,
    Verdict.MUCH_LOWER: Verdict.MUCH_HIGHER,
}


@given(groups=lists(), whole=WHOLE)
@examples(max_examples=100, derandomize=True, deadline=None)
def test_a_loss_is_told_as_a_gain_is(groups, whole):
    """All signs turned: the same claims of the other direction (in points, where what matters is as far either way)."""
    one = claimed(groups, whole, Unit.POINTS)
    other = claimed({name: mirrored(each) for name, each in groups.items()}, mirrored(whole), Unit.POINTS)
    for name, claim in one.items():
        assert (claim.grade, claim.before.because) == (other[name].grade, other[name].before.because)
        assert MIRROR.get(claim.verdict, claim.verdict) is other[name].verdict


def drifted(one: Told | None, by: float) -> Told | None:
    if one is None or one.before is None:
        return one
    return replace(one, before=replace(one.before, theta=one.before.theta + by))


@given(seed=st.integers(0, 10**9), by=st.floats(0.0, 0.06))
@examples(max_examples=150, derandomize=True, deadline=None)
def test_a_year_before_that_was_more_ahead_makes_no_claim_stronger(seed, by):
    """δ moves toward the programme's direction: of all groups, the programme and the group between; or of one group
    alone. From where none lies beyond zero on the other side: there a difference that shrinks is a better year before.
    """
    groups, whole, parent, years = programme(np.random.default_rng(seed))
    direction = 1 if whole.effect.theta > 0 else -1

    def from_zero(one: Told) -> Told:
        return drifted(one, direction * max(0.0, -direction * one.before.theta)) if one.before else one

    def claims(moved: Mapping[str, Told], whole: Told, parent: Told) -> dict[str, Claim]:
        return claimed(moved, whole, parents=dict.fromkeys(moved, parent), years=years)

    groups, whole, parent = {name: from_zero(one) for name, one in groups.items()}, from_zero(whole), from_zero(parent)
    plain = claims(groups, whole, parent)
    ahead = {name: drifted(one, direction * by) for name, one in groups.items()}
    together = claims(ahead, drifted(whole, direction * by), drifted(parent, direction * by))
    alone = claims(groups | {"0": ahead["0"]}, whole, parent)
    for name, claim in plain.items():
        assert strength(together[name], direction) <= strength(claim, direction)
    assert strength(alone["0"], direction) <= strength(plain["0"], direction)


# ---- in how many groups ----------------------------------------------------------------------------------------------


def partial_conjunction(p_values: list[float]) -> int:
    """Benjamini & Heller (2008) from their definition: that r of S are true effects is told where every S − r + 1 of
    them, together, tell that one is (Stouffer); r = 1, 2, … as long as each is told.
    """
    z = [float(stats.norm.isf(p)) for p in p_values]
    told_of = 0
    for r in range(1, len(z) + 1):
        size = len(z) - r + 1
        if not all(stats.norm.sf(sum(one) / math.sqrt(size)) < 0.05 for one in itertools.combinations(z, size)):
            break
        told_of = r
    return told_of


@given(
    thetas=st.lists(st.tuples(st.floats(-0.4, 0.6), st.floats(0.02, 0.2), st.floats(2, 100)), min_size=1, max_size=9),
    direction=st.sampled_from([1, -1]),
)
@examples(max_examples=300, derandomize=True, deadline=None)
def test_the_count_is_the_partial_conjunction_of_all_subsets(thetas, direction):
    """By brute force over every subset; of the programme's direction."""
    groups = {
        name: told((direction * theta, se, df)) for name, (theta, se, df) in zip("abcdefghi", thetas, strict=False)
    }
    whole = replace(GAINS, effect=Uncertainty(direction * 0.25, 0.03, 400.0))
    found = count_gaining(groups, whole, P, Grade.MODERATE, SETTINGS)
    expected = partial_conjunction([float(stats.t.sf(theta / se, df)) for theta, se, df in thetas])
    assert (found.count, found.grade) == (expected, Grade.MODERATE)
    right = Verdict.HIGHER if direction > 0 else Verdict.LOWER
    assert found.verdict is (right if expected else Verdict.CANNOT_TELL)


def test_a_t_beyond_all_numbers_is_counted():
    """An effect a thousand standard errors away: its p is none that a computer holds."""
    groups = {name: told((1.0, 0.001, 5000.0)) for name in NAMES}
    assert count_gaining(groups, GAINS, P, Grade.LOW, SETTINGS).count == len(NAMES)


SURE = {name: told((0.4, 0.02, 60.0)) for name in NAMES}


@pytest.mark.parametrize(
    ("whole", "before", "grade", "expected"),
    [
        (GAINS, P, Grade.MODERATE, (8, Grade.MODERATE, Verdict.HIGHER)),
        (GAINS, P, Grade.LOW, (8, Grade.LOW, Verdict.HIGHER)),
        (GAINS, P, Grade.VERY_LOW, (0, Grade.VERY_LOW, Verdict.CANNOT_TELL)),
        (GAINS, P, Grade.DESCRIPTION, (0, Grade.DESCRIPTION, Verdict.CANNOT_TELL)),
        (GAINS, N, Grade.LOW, (0, Grade.LOW, Verdict.CANNOT_TELL)),
        (GAINS, F, Grade.VERY_LOW, (0, Grade.VERY_LOW, Verdict.CANNOT_TELL)),
        (GAINS, T, Grade.VERY_LOW, (0, Grade.VERY_LOW, Verdict.CANNOT_TELL)),
        (GAINS, None, Grade.LOW, (0, Grade.LOW, Verdict.CANNOT_TELL)),
        (GATES["nothing"][0], P, Grade.MODERATE, (0, Grade.VERY_LOW, Verdict.CANNOT_TELL)),
        (GATES["lost"][0], P, Grade.MODERATE, (0, Grade.MODERATE, Verdict.CANNOT_TELL)),
        (None, P, Grade.MODERATE, (0, Grade.VERY_LOW, Verdict.CANNOT_TELL)),
    ],
)
def test_groups_are_counted_only_behind_a_programme_that_carries_a_claim(whole, before, grade, expected):
    """Its own interval tells a direction, its own check of the year before passed, its grade carries a claim."""
    found = count_gaining(SURE, whole, before, grade, SETTINGS)
    assert (found.count, found.grade, found.verdict) == expected


@pytest.mark.parametrize("gaining", [0, 1, 4, 10])
def test_the_count_is_too_high_in_one_of_twenty_programmes_at_most(gaining):
    """Of 16 groups so many gained, surely or hardly; the others not. 1,500 programmes, three Monte-Carlo errors."""
    rng, wrong, draws = np.random.default_rng(gaining), 0, 1500
    for _ in range(draws):
        df, se = rng.uniform(5, 60, 16), rng.uniform(0.03, 0.2, 16)
        effects = np.where(np.arange(16) < gaining, rng.uniform(0, 1, 16), 0.0)
        estimates = effects + se * rng.standard_normal(16)
        errors = se * np.sqrt(rng.chisquare(df) / df)
        groups = {str(k): told((estimates[k], errors[k], df[k])) for k in range(16)}
        wrong += count_gaining(groups, GAINS, P, Grade.MODERATE, SETTINGS).count > gaining
    assert wrong / draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)


# ---- which pairs -----------------------------------------------------------------------------------------------------


def claim_of(one: Told, before: Result = P, grade: Grade = Grade.MODERATE) -> Claim:
    return Claim(GroupRange(one.effect), Before(before, CheckReason.TREND_HOLDS, True), grade, Verdict.HIGHER)


def welch_p(groups: list[Group]) -> float:
    """Welch (1951), from his text: the chance of differences as large where all effects are equal."""
    w = [1 / se**2 for _, se, _ in groups]
    k, total = len(groups), sum(w)
    centre = sum(weight * y for weight, (y, _, _) in zip(w, groups, strict=True)) / total
    between = sum(weight * (y - centre) ** 2 for weight, (y, _, _) in zip(w, groups, strict=True)) / (k - 1)
    lack = sum((1 - weight / total) ** 2 / df for weight, (_, _, df) in zip(w, groups, strict=True))
    return float(stats.f.sf(between / (1 + 2 * (k - 2) / (k**2 - 1) * lack), k - 1, (k**2 - 1) / (3 * lack)))


def games_howell(groups: Mapping[str, Group], level: float) -> dict[tuple[str, str], tuple[float, ...]]:
    """Games & Howell (1976): larger and smaller, then difference, ends, df and p of every pair that lies apart."""
    found = {}
    for one, other in itertools.permutations(groups, 2):
        (y, se, df), (x, other_se, other_df) = groups[one], groups[other]
        if y <= x:
            continue
        error = math.sqrt((se**2 + other_se**2) / 2)
        worth = (se**2 + other_se**2) ** 2 / (se**4 / df + other_se**4 / other_df)
        p = float(stats.studentized_range.sf((y - x) / error, len(groups), worth))
        if p < 1 - level:
            half = float(stats.studentized_range.ppf(level, len(groups), worth)) * error
            found[one, other] = (y - x, y - x - half, y - x + half, worth, p)
    return found


@given(values=st.lists(st.tuples(st.floats(-0.5, 0.8), st.floats(0.03, 0.2), st.floats(4, 80)), min_size=2, max_size=5))
@examples(max_examples=25, derandomize=True, deadline=None)
def test_pairs_are_those_of_games_and_howell(values):
    """From their formulas, behind Welch's test."""
    groups = dict(zip(NAMES, values, strict=False))
    held = {name: told(value) for name, value in groups.items()}
    pairs = pairs_apart(held, {name: claim_of(one) for name, one in held.items()}, 0.95)
    found = {(pair.first, pair.second): (pair.difference, pair.low, pair.high, pair.df, pair.p_value) for pair in pairs}
    expected = games_howell(groups, 0.95) if welch_p(values) < 0.05 else {}
    assert found.keys() == expected.keys()
    for pair, numbers in found.items():
        assert numbers == pytest.approx(expected[pair], rel=1e-6, abs=1e-7)
        assert numbers[1] > 0


def test_penguins_differ_as_others_found():
    """Body mass of 151, 68 and 123 penguins: `pairwise_gameshowell` of pingouin 0.7.0 has two pairs apart, with these
    degrees of freedom, and Adelie and Chinstrap (32 g, standard error 60, p .85) not.
    """
    sizes = {
        "adelie": (3700.662, 458.566, 151),
        "chinstrap": (3733.088, 384.335, 68),
        "gentoo": (5076.016, 504.116, 123),
    }
    held = {name: told((mean, sd / math.sqrt(n), n - 1.0)) for name, (mean, sd, n) in sizes.items()}
    pairs = pairs_apart(held, {name: claim_of(one) for name, one in held.items()}, 0.95)
    assert [(pair.first, pair.second) for pair in pairs] == [("gentoo", "adelie"), ("gentoo", "chinstrap")]
    assert [round(pair.df, 2) for pair in pairs] == pytest.approx([249.64, 170.40], abs=0.02)
    assert [pair.difference for pair in pairs] == pytest.approx([1375.354, 1342.928])


APART = {"a": told((0.8, 0.05, 40.0)), "b": told((0.1, 0.05, 40.0)), "c": told((0.1, 0.05, 40.0))}


def found_pairs(changed: Mapping[str, Told] = APART, **claims: Claim) -> dict[tuple[str, str], Grade]:
    held = {name: claim_of(one) for name, one in changed.items()} | claims
    return {(pair.first, pair.second): pair.grade for pair in pairs_apart(changed, held, 0.95)}


def test_pairs_of_groups_that_may_be_compared():
    """Neither year before failed, both designs passed; "likely" where both grades are moderate."""
    both = {("a", "b"): Grade.MODERATE, ("a", "c"): Grade.MODERATE}
    assert found_pairs() == both
    assert found_pairs(b=claim_of(APART["b"], F)) == {("a", "c"): Grade.MODERATE}
    assert found_pairs(b=claim_of(APART["b"], N)) == found_pairs(b=claim_of(APART["b"], T)) == both
    for result in (F, T, N):
        unfair = APART | {"b": replace(APART["b"], results={**FAIR, Check.DESIGN: result})}
        assert found_pairs(unfair) == {("a", "c"): Grade.MODERATE}
    for grade in (Grade.LOW, Grade.VERY_LOW):
        low = both | {("a", "b"): Grade.LOW}
        assert found_pairs(b=claim_of(APART["b"], P, grade)) == low
        assert set(found_pairs(a=claim_of(APART["a"], P, grade)).values()) == {Grade.LOW}
    assert found_pairs({"a": APART["a"]}) == {}


def test_no_pair_without_a_difference_of_all():
    """Two lie apart among twelve that lie between, all of which is no more than chance would do: Welch's test does not
    reject, and no pair is told. Were the two farther apart, it would, and it is.
    """
    between = {str(k): (0.0, 0.1, 90.0) for k in range(12)}
    for away, told_apart in ((0.108, False), (0.18, True)):
        groups = between | {"high": (away, 0.04, 90.0), "low": (-away, 0.04, 90.0)}
        assert set(games_howell(groups, 0.95)) == {("high", "low")}
        assert (welch_p(list(groups.values())) < 0.05) == told_apart
        held = {name: told(value) for name, value in groups.items()}
        pairs = pairs_apart(held, {name: claim_of(one) for name, one in held.items()}, 0.95)
        assert [(pair.first, pair.second) for pair in pairs] == ([("high", "low")] if told_apart else [])


def test_the_order_of_groups_changes_no_pair():
    groups = {name: told((y, 0.05, 30.0)) for name, y in zip(NAMES, (0.3, 0.0, 0.6, 0.05), strict=False)}
    turned = {name: groups[name] for name in reversed(groups)}
    one, other = (pairs_apart(held, {n: claim_of(g) for n, g in held.items()}, 0.95) for held in (groups, turned))
    assert len(one) == 5
    assert [(pair.first, pair.second) for pair in one] == [(pair.first, pair.second) for pair in other]
    for pair, same in zip(one, other, strict=True):
        assert (pair.low, pair.high, pair.p_value) == pytest.approx((same.low, same.high, same.p_value), rel=1e-9)


@pytest.mark.parametrize("n", [3, 10])
def test_a_pair_is_wrongly_told_in_one_of_twenty_programmes_at_most(n):
    """No group differs; errors are estimated, of few and of many firms. 1,200 programmes, three Monte-Carlo errors."""
    rng, wrong, draws = np.random.default_rng(n), 0, 1200
    for _ in range(draws):
        df, se = rng.uniform(8, 60, n), rng.uniform(0.03, 0.2, n)
        estimates = 0.2 + se * rng.standard_normal(n)
        errors = se * np.sqrt(rng.chisquare(df) / df)
        held = {str(k): told((estimates[k], errors[k], df[k])) for k in range(n)}
        wrong += bool(pairs_apart(held, {name: claim_of(one) for name, one in held.items()}, 0.95))
    assert wrong / draws <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)


# ---- from findings, and back -----------------------------------------------------------------------------------------


def findings(before: Finding) -> list[Finding]:
    others = [Finding(check, P, CheckReason.SAME_SIGN, 20, 20) for check in FAIR]
    return [others[0], before, *others[1:]]


@pytest.mark.parametrize("unit", [Unit.FRACTION, Unit.SCORE])
def test_what_stands_beside_others_is_what_is_published(unit):
    """δ, its standard error and df by the number of the check; none where it was not testable."""
    effect, delta = Uncertainty(0.3, 0.1, 20.0), Uncertainty(-0.02, 0.03, 17.0)
    shown = [math.expm1(end) if unit is Unit.FRACTION else end for end in (delta.theta, *delta.interval(0.95))]
    number = Range(shown[0], unit, *shown[1:], df=17.0)
    before = Finding(Check.BEFORE, N, CheckReason.IMPRECISE, 20, 20, number)
    found = told_of(effect, findings(before), unit)
    assert found.effect == effect
    assert triple(found.before) == pytest.approx(triple(delta), rel=1e-12)
    assert found.results == FAIR
    for without in (
        replace(before, result=T, because=CheckReason.NO_EARLIER_YEAR, number=None),
        replace(before, result=T),
        replace(before, number=replace(number, df=None)),
        replace(before, number=replace(number, low=None, high=None)),
    ):
        assert told_of(effect, findings(without), unit).before is None
    assert told_of(effect, (), unit) == Told(effect, None, {})
    assert uncertainty_of(replace(number, df=None), unit) is None


def test_a_finding_says_how_it_came_out_beside_the_others():
    """Its number stays; δ's range by the others and θ less the trend are told beside, at their own levels. What was not
    testable keeps its own reason.
    """
    number = Range(0.02, Unit.FRACTION, -0.01, 0.05, df=17.0)
    finding = Finding(Check.BEFORE, N, CheckReason.IMPRECISE, 20, 20, number)
    before = Before(P, CheckReason.TREND_HOLDS, True, (-0.01, 0.03), (0.3, 0.1, 0.5, 0.98))
    found = judged(finding, before, Unit.FRACTION)
    assert (found.result, found.because, found.number) == (P, CheckReason.TREND_HOLDS, number)
    alike, trend = found.further["equivalence"], found.further["trend_goes_on"]
    assert (alike.value, alike.low, alike.high) == pytest.approx((0.02, math.expm1(-0.01), math.expm1(0.03)))
    assert (trend.value, trend.low, trend.high) == pytest.approx(tuple(map(math.expm1, (0.3, 0.1, 0.5))))
    assert (alike.level, trend.level) == (0.90, 0.98)
    untested = replace(finding, result=T, because=CheckReason.NO_EARLIER_YEAR, number=None)
    found = judged(untested, Before(T, CheckReason.TOO_FEW_LEFT), Unit.FRACTION)
    assert (found.result, found.because, found.further) == (T, CheckReason.NO_EARLIER_YEAR, {})
