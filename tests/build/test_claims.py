"""What groups are told beside each other follows from published figures alone: whoever has a release makes it again."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from scipy import stats

from analytics.build.claims import ranges_again, shared_figures, with_group_claims
from analytics.build.panel_from_store import from_store
from analytics.estimate.inference import Uncertainty
from analytics.estimate.sample import Sample
from analytics.evidence.checks import with_whole_years, years_apart
from analytics.evidence.claims import Told
from analytics.folders import Home
from analytics.model import Arm, Check, ConfStatus, Grade, ObsStatus, RangeKind, Reason, Result, Unit, Verdict
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.figure import FROM_OTHERS, Figure, FigureKey, group_of
from analytics.release.measures import (
    BEFORE_MEAN,
    CHANGE,
    EFFECTS,
    PARTS_COMPARED,
    check_of,
    groups_compared,
    measure_named,
    reading_of,
)
from analytics.store.database import Store
from tests.evidence.test_claims import DIRECTIONS, by_the_rules, games_howell, partial_conjunction, welch_p
from tests.helpers.borrowed import Group, ends, guess
from tests.helpers.figures import figures_in
from tests.whole.test_as_of import forged

Figures = Mapping[FigureKey, Figure]
CLOSE = 1e-6  # two ways to the root of an equation, from a value and its upper end
DIMENSIONS_OF_SECTORS = ("sector", "macro_sector")


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


@pytest.fixture(scope="module")
def programme(release: Release) -> Programme:
    return release.programme


@pytest.fixture(scope="module")
def published(release: Release) -> Figures:
    return {figure.key: figure for figure in figures_in(release)}


@pytest.fixture(scope="module")
def years(demonstration: Home, programme: Programme) -> float:
    """From the middle of before to the middle of after."""
    with Store(demonstration.store(programme.id), programme.id, read_only=True) as store:
        panel = from_store(store, programme, everybody=True).compared
    sample = Sample(panel, programme.headline.outcome, programme.settings, programme.headline.year)
    return years_apart(sample, with_whole_years(sample, sample.group(panel.funded)))


def follows(figure: Figure) -> bool:
    """Whether a figure is nothing but what others come to beside each other."""
    base = figure.measure.base
    return (
        base.startswith("beside_")
        or base.endswith("s_gaining")
        or groups_compared(figure.measure) in DIMENSIONS_OF_SECTORS
        or (bool(figure.group) and base in ("equivalence", "trend_goes_on"))
    )


def claimed(figures: Iterable[Figure], programme: Programme, years: float) -> dict[FigureKey, Figure]:
    """All figures of a release, by those of them that follow from no others."""
    found = list(with_group_claims((figure for figure in figures if not follows(figure)), programme, years))
    by_key = {figure.key: figure for figure in found}
    assert len(by_key) == len(found)
    return by_key


def headline_key(programme: Programme, **group: str) -> FigureKey:
    question = programme.headline
    return FigureKey(EFFECTS[question.estimand], question.outcome, horizon=question.horizon_code, group=group_of(group))


def check_key(key: FigureKey, check: Check = Check.BEFORE) -> FigureKey:
    return replace(key, measure=check_of(check, key.measure.about))


def of_list(figures: Figures, programme: Programme, dimension: str) -> dict[str, Figure]:
    """The published headline effects of a dimension, by code."""
    found = {code: figures[headline_key(programme, **{dimension: code})] for code in programme.codes(dimension)}
    return {code: figure for code, figure in found.items() if figure.published}


def numbers(figure: Figure, level: float = 0.95) -> Group:
    """θ, its standard error and df by what is printed."""
    theta, high = (math.log1p(end) if figure.unit is Unit.FRACTION else end for end in (figure.value, figure.high))
    return theta, (high - theta) / float(stats.t.ppf(0.5 + level / 2, figure.df)), figure.df


def withheld(figure: Figure, reason: Reason = Reason.CONFIDENTIAL) -> Figure:
    """Its place alone."""
    secret = reason is Reason.CONFIDENTIAL
    return Figure(
        figure.key,
        figure.unit,
        grade=figure.grade and Grade.WITHHELD,
        reason=reason,
        obs_status=ObsStatus.MISSING,
        conf_status=ConfStatus.CONFIDENTIAL if secret else ConfStatus.FREE,
    )


def plain(figure: Figure) -> Figure:
    return replace(figure, figure_id="")


# ---- ranges ----------------------------------------------------------------------------------------------------------


def test_a_release_tells_its_ranges_again_to_the_last_digit(release: Release, programme: Programme) -> None:
    """All that follows from other groups, made from the file alone: every column of every figure."""
    again = list(shared_figures(release.at, programme))
    assert sum(figure.range_kind is RangeKind.SHARED for figure in again) > 100
    for figure in again:
        assert plain(figure) == plain(release.at(figure.key)), figure.key


def test_all_claims_follow_from_what_is_published(published: Figures, programme: Programme, years: float) -> None:
    """Counts, pairs, tests, readings, ranges and grades of groups taken out of the release: all come again, nothing
    else does, and none says anything else.
    """
    assert sum(map(follows, published.values())) > 30
    bare = {
        key: replace(figure, **dict.fromkeys((*FROM_OTHERS, "grade", "verdict")))
        if figure.range_kind is RangeKind.SHARED
        else figure
        for key, figure in published.items()
    }
    again = claimed(bare.values(), programme, years)
    assert again.keys() == published.keys()
    for key, figure in again.items():
        assert plain(figure) == plain(published[key]), key


def test_a_range_that_others_do_not_bear_out_is_told(release: Release, programme: Programme) -> None:
    """`ranges_again` names what differs: where a range was changed in the file, or where another group's effect was."""
    textiles = release.at(headline_key(programme, sector="textiles"))
    food = release.at(headline_key(programme, sector="food"))
    assert textiles.range_kind is RangeKind.SHARED
    assert ranges_again(release, textiles) == {}
    table = release.figures.copy()
    table.loc[table["figure_id"] == textiles.figure_id, "shared_low"] += 1e-9
    moved = forged(release, figures=table)
    found = ranges_again(moved, moved.at(textiles.key))
    assert found == {"shared_low": (moved.at(textiles.key).shared_low, textiles.shared_low)}
    table = release.figures.copy()
    table.loc[table["figure_id"] == food.figure_id, ["value", "low", "high"]] += 0.01
    moved = forged(release, figures=table)
    assert {"shared_low", "shared_high", "p_value", "shrunk"} <= ranges_again(moved, moved.at(textiles.key)).keys()
    for key in (
        headline_key(programme),
        check_key(textiles.key),
        headline_key(programme, wave=programme.codes("wave")[0]),
    ):
        assert ranges_again(release, release.at(key)) is None


@pytest.mark.parametrize("dimension", DIMENSIONS_OF_SECTORS)
def test_a_range_is_that_of_the_published_numbers(published: Figures, programme: Programme, dimension: str) -> None:
    """Of each group by the value, upper end and df that are printed of all of them, from the text of METHODS.md 10."""
    told = of_list(published, programme, dimension)
    groups = {code: numbers(figure) for code, figure in told.items()}
    assert len(groups) >= 4
    for code, figure in told.items():
        mine, everybody = groups[code], list(groups.values())
        for level, shown in ((0.95, ("shared_low", "shared_high")), (0.5, ("half_low", "half_high"))):
            expected = [math.expm1(end) for end in ends(mine, everybody, level)]
            assert [getattr(figure, name) for name in shown] == pytest.approx(expected, abs=CLOSE)
        centre, error = guess(mine, everybody)
        half = stats.norm.ppf(0.9) * error
        expected = [math.expm1(end) for end in (centre, centre - half, centre + half)]
        assert [figure.shrunk, figure.shrunk_low, figure.shrunk_high] == pytest.approx(expected, abs=CLOSE)
        assert (figure.p_value < 0.05) == (figure.shared_low > 0 or figure.shared_high < 0)
        assert figure.range_kind is RangeKind.SHARED


def test_only_groups_that_share_no_firm_share_ranges(published: Figures, programme: Programme) -> None:
    """Of every other group, and of the programme, the one range is its own, and nothing is drawn toward others."""
    others = 0
    for figure in published.values():
        if figure.measure not in EFFECTS.values() or not figure.published:
            continue
        if {name for name, _ in figure.group} in (
            {"sector"},
            {"macro_sector"},
        ) and figure.range_kind is RangeKind.SHARED:
            continue
        others += 1
        assert figure.range_kind is RangeKind.OWN, figure.key
        assert (figure.shared_low, figure.shared_high) == (figure.low, figure.high)
        assert len(figure.group) == 1 or figure.shrunk is None
    assert others > 500


# ---- of the published alone ------------------------------------------------------------------------------------------


def test_a_withheld_sector_moves_nothing(published: Figures, programme: Programme, years: float) -> None:
    """With what is published fixed: whether there is such a sector, why it is not told, and what its checks were."""
    secret = [figure for key, figure in published.items() if key.measure in EFFECTS.values() and not figure.published]
    secret = [figure for figure in secret if {name for name, _ in figure.group} == {"sector"}]
    assert secret
    gone = {figure.key for figure in secret}
    fewer = claimed((figure for key, figure in published.items() if key not in gone), programme, years)
    assert fewer.keys() == published.keys() - gone
    for figure in fewer.values():
        assert plain(figure) == plain(published[figure.key])
    other = {
        key: replace(withheld(figure, Reason.TOO_FEW_FIRMS), n_funded=3, n_comparison=90) if key in gone else figure
        for key, figure in published.items()
    }
    for key, figure in claimed(other.values(), programme, years).items():
        assert key in gone or plain(figure) == plain(published[key])


def test_a_sector_that_comes_to_be_withheld_is_in_no_range(
    published: Figures, programme: Programme, years: float
) -> None:
    """Chemicals, which lie apart: withheld, the others are told as if they had never been, and of chemicals nothing."""
    key = headline_key(programme, sector="chemicals")
    mine = {check_key(key, check) for check in Check} | {key}
    other = {
        k: withheld(figure) if k == key else figure for k, figure in published.items() if k == key or k not in mine
    }
    found = claimed(other.values(), programme, years)
    assert found[key] == other[key]
    told = of_list(found, programme, "sector")
    groups = {code: numbers(figure) for code, figure in told.items()}
    assert "chemicals" not in groups
    for code, figure in told.items():
        expected = [math.expm1(end) for end in ends(groups[code], list(groups.values()), 0.95)]
        assert (figure.shared_low, figure.shared_high) == pytest.approx(expected, abs=CLOSE)
        before = published[figure.key]
        assert (figure.shared_low, figure.shared_high) != (before.shared_low, before.shared_high)
    readings = {figure.measure.base for figure in found.values() if dict(figure.group).get("sector") == "chemicals"} & {
        "equivalence",
        "trend_goes_on",
    }
    assert not readings
    assert not [figure for figure in found.values() if "chemicals" in figure.measure.base]
    assert not [
        figure
        for figure in found.values()
        if figure.measure.base.startswith("beside_") and figure.key.group == key.group
    ]


@pytest.mark.parametrize("left", [3, 4])
def test_fewer_than_four_published_groups_keep_their_own_ranges(
    published: Figures, programme: Programme, years: float, left: int
) -> None:
    """What the others tell would be too little; nor is any best guess told."""
    shown = list(of_list(published, programme, "sector"))[:left]
    keys = {headline_key(programme, sector=code) for code in programme.codes("sector") if code not in shown}
    found = claimed(
        (withheld(figure) if key in keys else figure for key, figure in published.items()), programme, years
    )
    for figure in of_list(found, programme, "sector").values():
        if left < 4:
            assert figure.range_kind is RangeKind.OWN
            assert (figure.shared_low, figure.shared_high) == pytest.approx((figure.low, figure.high), rel=1e-9)
            assert (figure.shrunk, figure.shrunk_low, figure.shrunk_high) == (None, None, None)
        else:
            assert figure.range_kind is RangeKind.SHARED
            assert figure.shrunk is not None


def test_a_held_figure_has_a_new_range_and_keeps_what_its_own_firms_tell(
    published: Figures, programme: Programme, years: float
) -> None:
    """It is as an earlier release told it: value, interval and df stay, whatever the range was then; its range, and
    that of the others, are those of the numbers that are told now.
    """
    key = headline_key(programme, sector="textiles")
    now = published[key]
    theta, error, _ = numbers(now)
    df, theta = 61.0, theta + 0.05
    half = float(stats.t.ppf(0.975, df)) * error * 1.1
    value, low, high = (math.expm1(end) for end in (theta, theta - half, theta + half))
    held = replace(
        now, value=value, low=low, high=high, df=df, sim_low=-0.5, sim_high=5.0, sim_p=0.4, n_funded=17,
        obs_status=ObsStatus.PROVISIONAL, **dict.fromkeys(FROM_OTHERS),
    )  # fmt: skip
    found = claimed((held if k == key else figure for k, figure in published.items()), programme, years)
    kept = set(Figure.__dataclass_fields__) - {*FROM_OTHERS, "grade", "verdict"}
    assert {name: getattr(found[key], name) for name in kept} == {name: getattr(held, name) for name in kept}
    told = of_list(found, programme, "sector")
    groups = {code: numbers(figure) for code, figure in told.items()}
    for code, figure in told.items():
        expected = [math.expm1(end) for end in ends(groups[code], list(groups.values()), 0.95)]
        assert (figure.shared_low, figure.shared_high) == pytest.approx(expected, abs=CLOSE)
        assert (figure.shared_low, figure.shared_high) != (
            published[figure.key].shared_low,
            published[figure.key].shared_high,
        )


# ---- claims ----------------------------------------------------------------------------------------------------------


def told_by(figures: Figures, figure: Figure) -> Told:
    """An effect and its checks, as they are printed."""
    results = {}
    for check in Check:
        one = figures.get(check_key(figure.key, check))
        if check is not Check.BEFORE and one is not None and one.result is not None:
            results[check] = one.result
    before = figures.get(check_key(figure.key))
    tested = before is not None and before.published and before.result is not Result.NOT_TESTABLE
    return Told(Uncertainty(*numbers(figure)), Uncertainty(*numbers(before)) if tested else None, results)


@pytest.mark.parametrize("dimension", DIMENSIONS_OF_SECTORS)
def test_every_claim_of_a_release_is_that_of_the_rules(
    published: Figures, programme: Programme, years: float, dimension: str
) -> None:
    """Check 2, grade and verdict of each group by the table of METHODS.md 10 on the printed numbers; a sector beside
    the others lies in its macro-sector.
    """
    whole = told_by(published, published[headline_key(programme)])
    groups = {code: told_by(published, figure) for code, figure in of_list(published, programme, dimension).items()}
    macro = of_list(published, programme, "macro_sector")
    for code in groups:
        parent = whole
        if dimension == "sector":
            [name] = [sector.macro_sector for sector in programme.sectors if sector.id == code]
            parent = told_by(published, macro[name]) if name in macro else whole
        result, because, _, grade, verdict = by_the_rules(code, groups, whole, parent, Unit.FRACTION, years, True)
        figure = published[headline_key(programme, **{dimension: code})]
        before = published[check_key(figure.key)]
        assert (before.result, before.because, figure.grade, figure.verdict) == (result, because, grade, verdict), code


def directed(figures: Figures, programme: Programme, grades: Iterable[Grade]) -> set[tuple[str, str]]:
    """The groups of which a direction is told with one of these grades."""
    return {
        (dimension, code)
        for dimension in DIMENSIONS_OF_SECTORS
        for code, figure in of_list(figures, programme, dimension).items()
        if figure.grade in grades and figure.verdict in DIRECTIONS
    }


TOLD = (Grade.MODERATE, Grade.LOW)


@pytest.mark.parametrize("how", ["withheld", "too few firms", "absent", "touches zero"])
def test_without_a_programme_that_gained_no_direction_is_claimed(
    published: Figures, programme: Programme, years: float, how: str
) -> None:
    """Its effect not published, or not told from zero: ranges stay what they are, and no group is said to differ from
    zero, nor any number of groups.
    """
    assert ("sector", "chemicals") in directed(published, programme, TOLD)
    key = headline_key(programme)
    whole = published[key]
    other = {
        "withheld": withheld(whole),
        "too few firms": withheld(whole, Reason.TOO_FEW_FIRMS),
        "absent": None,
        "touches zero": replace(whole, high=(1 + whole.value) ** 2 + 0.001 - 1, low=-0.001),
    }[how]
    figures = [figure for k, figure in published.items() if k != key] + ([] if other is None else [other])
    found = claimed(figures, programme, years)
    assert not directed(found, programme, TOLD)
    assert directed(found, programme, [Grade.VERY_LOW]) >= directed(published, programme, TOLD)
    for dimension in DIMENSIONS_OF_SECTORS:
        for figure in of_list(found, programme, dimension).values():
            assert figure.shared_low == published[figure.key].shared_low
        count = found.get(gaining_key(programme, dimension))
        assert count is None or (count.value, count.verdict) == (0.0, Verdict.CANNOT_TELL)


def gaining_key(programme: Programme, dimension: str) -> FigureKey:
    measure = measure_named(f"{dimension}s_gaining_{programme.headline.estimand}")
    return replace(headline_key(programme), measure=measure)


@pytest.mark.parametrize("dimension", DIMENSIONS_OF_SECTORS)
def test_the_count_of_groups_that_gain_is_that_of_the_published(
    published: Figures, programme: Programme, years: float, dimension: str
) -> None:
    """Told of each list, with the programme's grade; 0 while the programme's year before has not passed, else by
    partial conjunction of the printed effects.
    """
    key = gaining_key(programme, dimension)
    whole, count = published[headline_key(programme)], published[key]
    before = published[check_key(whole.key)]
    assert before.result is Result.NOT_CONTRADICTED
    assert (count.unit, count.value, count.verdict) == (Unit.COUNT, 0.0, Verdict.CANNOT_TELL)
    passed = replace(before, result=Result.PASS)
    found = claimed((passed if k == before.key else figure for k, figure in published.items()), programme, years)[key]
    groups = [numbers(figure) for figure in of_list(published, programme, dimension).values()]
    expected = partial_conjunction([float(stats.t.sf(y / se, df)) for y, se, df in groups])
    assert expected > 0
    assert (found.value, found.grade, found.verdict) == (float(expected), whole.grade, Verdict.HIGHER)


def pairs_in(figures: Figures, dimension: str) -> dict[tuple[str, str], Figure]:
    return {
        (dict(figure.group)[dimension], figure.measure.base.removeprefix("beside_")): figure
        for figure in figures.values()
        if figure.measure.base.startswith("beside_") and dimension in dict(figure.group)
    }


@pytest.mark.parametrize("dimension", DIMENSIONS_OF_SECTORS)
def test_the_pairs_that_lie_apart_are_those_of_the_published(
    published: Figures, programme: Programme, dimension: str
) -> None:
    """Games & Howell on the printed effects, behind Welch's test on them; of groups whose year before did not fail and
    whose design passed.
    """
    told = of_list(published, programme, dimension)
    groups = {code: numbers(figure) for code, figure in told.items()}
    expected = games_howell(groups, 0.95) if welch_p(list(groups.values())) < 0.05 else {}

    def fair(code: str) -> bool:
        key = told[code].key
        design, before = (published[check_key(key, check)].result for check in (Check.DESIGN, Check.BEFORE))
        return design is Result.PASS and before is not Result.FAIL

    expected = {pair: found for pair, found in expected.items() if all(map(fair, pair))}
    found = pairs_in(published, dimension)
    assert found.keys() == expected.keys()
    assert bool(found) == (dimension == "sector")  # in the demonstration chemicals lie apart
    for pair, figure in found.items():
        difference, low, high, df, p = expected[pair]
        shown = [math.expm1(end) for end in (difference, low, high)]
        assert [figure.value, figure.low, figure.high] == pytest.approx(shown, rel=CLOSE, abs=CLOSE)
        assert (figure.df, figure.p_value) == pytest.approx((df, p), rel=1e-4)
        both = {told[code].grade for code in pair} == {Grade.MODERATE}
        assert figure.grade is (Grade.MODERATE if both else Grade.LOW)
        assert (figure.verdict, figure.level) == (Verdict.HIGHER, 0.95)


def test_whether_groups_differ_is_welchs_test_of_the_published(published: Figures, programme: Programme) -> None:
    """Of the headline's list and of all others that have such a p."""
    found = 0
    for figure in published.values():
        if not figure.measure.base.endswith("s_differ") or not figure.published:
            continue
        dimension = groups_compared(figure.measure)
        if dimension in PARTS_COMPARED:  # they share comparison firms: tests/build/test_equality.py
            continue
        about = EFFECTS[figure.measure.about]
        keys = [
            replace(figure.key, measure=about, group=group_of({dimension: code})) for code in programme.codes(dimension)
        ]
        groups = [numbers(published[key]) for key in keys if published[key].published]
        assert figure.value == pytest.approx(welch_p(groups), rel=CLOSE)
        found += 1
    assert found > 20


def test_of_a_group_only_what_the_others_leave_is_read(published: Figures, programme: Programme) -> None:
    """δ's range by the others at 90%, θ less the trend at the level of its verb: told of groups that have a δ, the
    latter where a direction was asked about; never the reading of the programme's own check.
    """
    for dimension in DIMENSIONS_OF_SECTORS:
        for figure in of_list(published, programme, dimension).values():
            before = published[check_key(figure.key)]
            readings = {
                base: published.get(replace(figure.key, measure=reading_of(base, figure.measure.about)))
                for base in ("equivalence", "trend_goes_on", "unusual_year")
            }
            assert readings["unusual_year"] is None
            assert readings["equivalence"].level == 0.90
            assert readings["equivalence"].value == before.value
            asked = before.because.startswith(("trend_", "whole_open", "parent_"))
            assert (readings["trend_goes_on"] is not None) == asked
            if asked:
                assert readings["trend_goes_on"].level == (0.98 if before.because == "trend_holds" else 0.95)


def test_a_check_of_an_earlier_format_is_read_with_the_df_of_its_effect(
    published: Figures, programme: Programme, years: float
) -> None:
    """Such a release does not tell the df of δ; what is held of it is judged all the same."""
    key = check_key(headline_key(programme, sector="textiles"))
    effect = published[headline_key(programme, sector="textiles")]
    found, same = (
        claimed((replace(figure, df=df) if k == key else figure for k, figure in published.items()), programme, years)
        for df in (None, effect.df)
    )
    assert found[key].because == same[key].because
    assert found.keys() == same.keys()
    differ = {k for k in found if plain(found[k]) != plain(same[k])}
    assert differ == {key}  # by that df alone


# ---- what happened ---------------------------------------------------------------------------------------------------


def test_a_change_of_few_firms_is_not_told(published: Figures, programme: Programme) -> None:
    """Of fewer firms measured than an effect needs: it would be read as one. Their means, which say what they are, stay
    where they may be told.
    """
    least, few, means = programme.settings.min_firms, 0, 0
    for key, figure in published.items():
        if key.measure != CHANGE:
            continue
        n = figure.n_funded if key.arm == Arm.FUNDED else figure.n_comparison
        if figure.published:
            assert n is None or n >= least or figure.n_comparison_at_least, key
        if n is not None and 0 < n < least and figure.reason is not Reason.CONFIDENTIAL:
            assert (figure.reason, figure.obs_status) == (Reason.TOO_FEW_FIRMS, ObsStatus.LOW_RELIABILITY), key
            few += 1
            means += key.arm == Arm.FUNDED and published[replace(key, measure=BEFORE_MEAN)].published
    assert few > 100
    assert means > 100
