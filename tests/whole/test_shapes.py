"""Panels as they come: any gives an estimate, or the reason why there is none; never an exception or a warning."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.build.panel_from_store import from_store
from analytics.estimate import (
    ArmChange,
    BeforeAfter,
    EffectEstimate,
    before_after,
    effect,
    effects_by,
    power_requirement,
    sector_effects,
    sectors_differ,
)
from analytics.estimate.group_ranges import group_ranges, spread_of
from analytics.estimate.inference import WelchTest
from analytics.estimate.money import MoneyEstimate, extra_sales
from analytics.model import Estimand, Reason, Settings, UserError, Withheld
from analytics.panel import Panel
from tests.helpers.officer import Desk, application, as_csv, sale
from tests.helpers.panels import drawn, long, panel_of, rich

TOO_FEW, NOT_ESTIMABLE = Withheld(Reason.TOO_FEW_FIRMS), Withheld(Reason.NOT_ESTIMABLE)
FEW = Settings(min_firms=2, award_period="after", adjustment="none")
NUMBERS = (
    "value", "ci_low", "ci_high", "sim_low", "sim_high", "half_low", "half_high", "shared_low", "shared_high",
    "df", "mde", "se", "theta", "p_value", "sim_p", "effective_firms",
)  # fmt: skip
MONEY = ("value", "ci_low", "ci_high", "sim_low", "sim_high", "half_low", "half_high", "df")

# ---- a panel of every shape, and what each estimand makes of it ------------------------------------------------------


def changed(panel: Panel, **columns: object) -> Panel:
    return Panel(panel.units.assign(**columns), panel.periods, panel.outcomes)


def times(panel: Panel, factor: object) -> Panel:
    """All series times a factor, or a factor for each firm and period."""
    return Panel(panel.units, panel.periods, {name: values * factor for name, values in panel.outcomes.items()})


def shaped(**design: object) -> Panel:
    usual = {"funded": (24,), "comparison": (25,), "missing": 0, "zeros": 0, "starters": 0.12}
    return rich(drawn(8, **usual | design), 8, missing=0)


@cache
def shapes() -> dict[str, tuple[Panel, Settings]]:
    """Quarters from 2018 to 2022, firms funded in 2020; one thing is odd about each."""
    usual, usually = shaped(), Settings()
    sales, total = usual.outcomes["sales"], usual.outcomes["total_sales"]
    periods, cohort = usual.periods, usual.units["cohort"]
    funded, n, t = usual.funded[:, None], len(usual.units), np.arange(len(periods))
    first = np.arange(n)[:, None] == 0
    last = np.arange(n)[:, None] == n - 1
    late, early = periods[-1] + 40, periods[0] - 40
    odd = {
        "usual": usual,
        "months": shaped(frequency="M", cohorts=(24, 27)),
        "years": shaped(frequency="Y", cohorts=(2,)),
        "gaps": shaped(missing=0.2, funded=(40,), comparison=(40,)),
        "three of four quarters missing": shaped(missing=0.75),
        "one funded firm": changed(usual, cohort=cohort.where(first[:, 0])),
        "one comparison firm": changed(usual, cohort=cohort.where(cohort.notna() | last[:, 0], periods[8])),
        "no funded firm": changed(usual, cohort=pd.NaT),
        "no comparison firm": changed(usual, cohort=periods[8]),
        "no sector at all": changed(usual, sector=None),
        "every firm its own sector": changed(usual, sector=usual.units.index),
        "nobody sells by nature": changed(usual, sells=False),
        "no comparison sells by nature": changed(usual, sells=usual.funded),
        "funded after the data": changed(usual, cohort=cohort.where(cohort.isna(), late)),
        "funded before the data": changed(usual, cohort=cohort.where(cohort.isna(), early)),
        "one period": Panel(usual.units, periods[8:9], {k: v[:, 8:9] for k, v in usual.outcomes.items()}),
        "nothing reported": times(usual, np.nan),
        "totals never reported": Panel(usual.units, periods, {"sales": sales, "total_sales": total * np.nan}),
        "funded firms stop reporting": times(usual, np.where(funded & (t > 8), np.nan, 1)),
        "comparison firms enter late": times(usual, np.where(~funded & (t < 8), np.nan, 1)),
        "all zeros": times(usual, 0),
        "funded firms all zero": times(usual, np.where(funded, 0, 1)),
        "comparison firms all zero": times(usual, np.where(funded, 1, 0)),
        "one comparison firm sells": times(usual, np.where(funded | last, 1, 0)),
        "all the same": Panel(usual.units, periods, {"sales": 0 * sales + 7, "total_sales": 0 * sales + 9}),
        "each firm the same all along": Panel(
            usual.units, periods, {"sales": sales[:, :1] + 0 * t, "total_sales": total[:, :1] + 0 * t}
        ),
        "online is all": Panel(usual.units, periods, {"sales": sales, "total_sales": sales}),
        "thousands": times(usual, 1e-3),
        "tiny": times(usual, 1e-290),
        "huge": times(usual, 1e290),
        "one firm is huge": times(usual, np.where(first, 1e200, 1)),
        "extreme growth": Panel(
            usual.units,
            periods,
            {k: v * np.maximum(v, 1) ** np.linspace(-30, 30, 20) for k, v in usual.outcomes.items()},
        ),
        "whole numbers": Panel(usual.units, periods, {k: np.floor(v) for k, v in usual.outcomes.items()}),
        "negative": times(usual, -1),
        "a few negative": times(usual, np.where((np.arange(n)[:, None] * 7 + t) % 11 == 0, -1, 1)),
        "funded firms halve": times(usual, np.where(funded & (t > 8), 0.5, 1)),
    }
    with_settings = {
        "before ends ahead of the data": Settings(before_ends="1999"),
        "before ends after the award": Settings(before_ends="2040-01"),
        "a year nobody completes": Settings(years_after=0),
        "more firms needed": Settings(min_firms=30),
        "one firm is enough": Settings(min_firms=1),
        "no firm is enough": Settings(min_firms=0),
    }
    alone = {
        "one funded firm, if allowed": (odd["one funded firm"], Settings(min_firms=1)),
        "one comparison firm, if allowed": (odd["one comparison firm"], Settings(min_firms=1)),
        "no funded firm, if allowed": (odd["no funded firm"], Settings(min_firms=0)),
        "no comparison firm, if allowed": (odd["no comparison firm"], Settings(min_firms=0)),
    }
    found = {name: (panel, usually) for name, panel in odd.items()}
    return found | {name: (usual, settings) for name, settings in with_settings.items()} | alone


# ok: an estimate; few: too few firms; none: not estimable
EXPECTED = """
    shape                            typical  euros started symmetric share

    usual                                 ok     ok      ok        ok    ok
    months                                ok     ok      ok        ok    ok
    years                                 ok     ok      ok        ok    ok
    gaps                                  ok     ok      ok        ok    ok
    thousands                             ok     ok      ok        ok    ok
    tiny                                  ok     ok      ok        ok    ok
    huge                                  ok     ok      ok        ok    ok
    one firm is huge                      ok     ok      ok        ok    ok
    extreme growth                        ok     ok      ok        ok    ok
    whole numbers                         ok     ok      ok        ok    ok
    funded firms halve                    ok     ok      ok        ok    ok
    a few negative                        ok     ok      ok        ok    ok
    before ends after the award           ok     ok      ok        ok    ok
    one firm is enough                    ok     ok      ok        ok    ok
    no firm is enough                     ok     ok      ok        ok    ok

    three of four quarters missing       few    few     few       few   few
    one funded firm                      few    few     few       few   few
    one comparison firm                  few    few     few       few   few
    no funded firm                       few    few     few       few   few
    no comparison firm                   few    few     few       few   few
    no sector at all                     few    few     few       few   few
    every firm its own sector            few    few     few       few   few
    nobody sells by nature               few    few     few       few   few
    no comparison sells by nature        few    few     few       few   few
    funded after the data                few    few     few       few   few
    funded before the data               few    few     few       few   few
    one period                           few    few     few       few   few
    nothing reported                     few    few     few       few   few
    funded firms stop reporting          few    few     few       few   few
    comparison firms enter late          few    few     few       few   few
    before ends ahead of the data        few    few     few       few   few
    a year nobody completes              few    few     few       few   few
    more firms needed                    few    few     few       few   few

    one funded firm, if allowed         none   none    none      none  none
    one comparison firm, if allowed     none   none    none      none  none
    no funded firm, if allowed          none   none    none      none  none
    no comparison firm, if allowed      none   none    none      none  none
    all the same                        none   none    none      none  none
    each firm the same all along        none   none    none      none  none

    totals never reported                 ok     ok      ok        ok   few
    online is all                         ok     ok      ok        ok  none
    all zeros                           none   none    none      none   few
    funded firms all zero               none   none      ok      none   few
    comparison firms all zero           none   none      ok      none   few
    one comparison firm sells           none   none      ok      none   few
    negative                            none   none    none      none   few
"""


def expected() -> dict[str, dict[Estimand, object]]:
    """shape -> estimand -> EffectEstimate, or the `Withheld` with the right reason."""
    means = {"ok": EffectEstimate, "few": TOO_FEW, "none": NOT_ESTIMABLE}
    rows = [line.rsplit(maxsplit=5) for line in EXPECTED.strip().splitlines()[1:] if line.strip()]
    return {name.strip(): dict(zip(Estimand, map(means.get, row), strict=True)) for name, *row in rows}


def test_every_shape_has_its_row():
    assert list(expected()) != []
    assert set(expected()) == set(shapes())


def finite(result: object, numbers: tuple[str, ...]) -> None:
    """A result has its numbers, or a reason."""
    if not isinstance(result, Withheld):
        values = {number: getattr(result, number) for number in numbers}
        if values.get("sim_low", 0) is None:  # a share of losses has no bounds that hold for several together
            del values["sim_low"], values["sim_high"]
        assert all(math.isfinite(value) for value in values.values())


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("name", expected())
@pytest.mark.filterwarnings("error")
def test_every_shape_gives_an_estimate_or_the_reason_why_there_is_none(name, adjustment):
    """Each estimand, for the programme, by sector, by year; what is made of several effects; adjusted or not."""
    panel, settings = shapes()[name]
    settings = replace(settings, adjustment=adjustment)
    for estimand, right in expected()[name].items():
        whole = effect(panel, "sales", estimand, settings=settings)
        assert isinstance(whole, EffectEstimate) if right is EffectEstimate else whole == right, estimand
        finite(whole, NUMBERS)
        sectors = sector_effects(panel, "sales", estimand, settings=settings)
        found = {part.sector: part.overall for part in sectors}
        for part in sectors:
            for result in (part.overall, *part.by_year.values()):
                assert isinstance(result, EffectEstimate | Withheld)
                finite(result, NUMBERS)
        for year in (1, 3, 4, 0, -1):
            finite(effect(panel, "sales", estimand, settings=settings, year=year), NUMBERS)
        [group] = effects_by(changed(panel, everybody="x"), "sales", estimand, by="everybody", settings=settings)
        if isinstance(whole, EffectEstimate) and estimand in ("typical_firm", "symmetric_growth"):
            assert group.overall.mde > whole.mde  # of a group "likely" takes a range of 98%
            assert replace(group.overall, mde=whole.mde) == whole
        else:
            assert group.overall == whole
        finite(sectors_differ(found.values()), ("statistic", "df_between", "df_within", "p_value"))
        assert isinstance(sectors_differ(found.values()), WelchTest | Withheld)
        own = {sector: one.uncertainty for sector, one in found.items() if isinstance(one, EffectEstimate)}
        for of_group in group_ranges(own, spread_of(settings.importance)).values():
            guess = of_group.guess
            assert all(math.isfinite(end) for end in of_group.interval(0.98))
            assert guess is None or all(math.isfinite(end) for end in (guess.value, *guess.interval()))
        if isinstance(whole, EffectEstimate):
            years = [result for part in sectors for result in part.by_year.values()]
            assert (power_requirement(whole, years, settings).firms or 2) >= 2


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
@pytest.mark.parametrize("name", expected())
@pytest.mark.filterwarnings("error")
def test_every_shape_has_its_money_and_its_before_and_after_or_a_reason(name, adjustment):
    """Money is withheld for the reason of the effect in euros; what happened is described wherever it was measured."""
    panel, settings = shapes()[name]
    settings = replace(settings, adjustment=adjustment)
    right = expected()[name][Estimand.EURO_WEIGHTED]
    for by in (None, "sector"):
        for found in extra_sales(panel, "sales", by=by, settings=settings):
            for one in (found.extra, found.per_grant, found.per_spend, found.offset):
                assert isinstance(one, MoneyEstimate | Withheld)
                finite(one, MONEY)
            if by is None:
                assert isinstance(found.extra, MoneyEstimate) if right is EffectEstimate else found.extra == right
            assert found.lost is None or math.isfinite(found.lost)
        for described in before_after(panel, "sales", by=by, settings=settings):
            for arm in (described.funded, described.comparison):
                assert isinstance(arm, ArmChange) or arm == TOO_FEW
                if isinstance(arm, ArmChange):
                    numbers = (arm.before_mean, arm.after_mean, arm.difference, arm.reporting, arm.selling_after)
                    assert all(math.isfinite(number) for number in numbers)
                    assert 0 <= arm.n_measured <= arm.n


# ---- drawn shapes ----------------------------------------------------------------------------------------------------

PANELS = st.builds(
    drawn,
    st.integers(0, 10_000),
    frequency=st.sampled_from(["M", "Q", "Y"]),
    years=st.integers(4, 6),
    funded=st.lists(st.integers(1, 9), min_size=1, max_size=3).map(tuple),
    comparison=st.lists(st.integers(0, 9), min_size=1, max_size=3).map(tuple),
    cohorts=st.sampled_from([(2,), (3, 4), (12, 13), (24, 30)]),
    missing=st.sampled_from([0, 0.1, 0.4]),
    zeros=st.sampled_from([0, 0.1, 0.5]),
    starters=st.sampled_from([0, 0.3]),
)
SETTINGS = st.builds(
    Settings,
    award_period=st.sampled_from(["skip", "after"]),
    min_firms=st.integers(0, 10),
    adjustment=st.sampled_from(["none", "pooled_slopes"]),
    before_ends=st.sampled_from([None, "2019", "2018-11"]),
    loss_baseline=st.sampled_from([None, "2018", "2024"]),
)


def everything(panel: Panel, settings: Settings) -> list:
    """Every effect by estimand, group and horizon, and the money."""
    found = []
    for estimand in Estimand:
        if estimand is Estimand.ONLINE_SHARE and settings.total_outcome not in panel.outcomes:
            continue
        found.append(effect(panel, "sales", estimand, settings=settings))
        for part in sector_effects(panel, "sales", estimand, settings=settings):
            found += [part.overall, *part.by_year.values()]
    [money] = extra_sales(panel, "sales", settings=settings)
    return [*found, money.extra, money.per_grant, money.per_spend, money.offset]


@given(panel=PANELS, settings=SETTINGS, with_totals=st.booleans())
@examples(max_examples=30, deadline=None)
def test_drawn_panels_never_raise(panel, settings, with_totals):
    """Any number of firms, sectors without comparison, cohorts anywhere, gaps, zeros: an estimate or a reason."""
    for found in everything(rich(panel) if with_totals else panel, settings):
        assert isinstance(found, EffectEstimate | MoneyEstimate | Withheld)
        if not isinstance(found, Withheld):
            assert min(found.n_funded, found.n_comparison) >= settings.min_firms
            finite(found, NUMBERS if isinstance(found, EffectEstimate) else MONEY)


CELLS = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 1e-9, 1e12]), st.floats(0, 1e6))
KINDS = st.sampled_from(["", "0", "2019", "2020Q2", "2019-03", "2020-02-29", "nan", "soon", None, 2020, pd.NaT])


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["2018", "2019", "2020", "2021"]), CELLS), max_size=24
    ),
    st.lists(KINDS, min_size=24, max_size=24),
)
@examples(max_examples=50, deadline=None)
def test_wild_frames_raise_nothing_but_a_user_error(rows, cohorts):
    """A frame is a panel, and then every effect has an answer, or it is refused in words."""
    frame = pd.DataFrame(rows, columns=["firm", "year", "sales"]).drop_duplicates(["firm", "year"])
    frame["cohort"] = pd.Series(cohorts[: len(frame)], index=frame.index, dtype=object)
    try:
        panel = Panel.from_frame(frame, unit="firm", period="year", cohort="cohort", outcomes="sales")
    except UserError:
        return
    for found in everything(panel, Settings(min_firms=1, award_period="after")):
        assert isinstance(found, EffectEstimate | MoneyEstimate | Withheld)


def test_the_firms_that_count_are_those_that_enter():
    """Twelve firms in each arm report, four sell: too few for the typical firm, enough for euros."""
    panel = drawn(8, funded=(12,), comparison=(12,), missing=0, zeros=0)
    panel = times(panel, np.where(np.arange(24)[:, None] % 3, 0, 1))
    assert effect(panel, "sales", "typical_firm") == TOO_FEW
    found = effect(panel, "sales", "euro_weighted")
    assert (found.n_funded, found.n_comparison) == (12, 12)


@pytest.mark.parametrize(("firms", "right"), [(10, EffectEstimate), (9, Withheld)])
def test_exactly_ten_firms_are_enough(firms, right):
    panel = drawn(9, funded=(firms,), comparison=(firms,), missing=0, zeros=0)
    for estimand in ("typical_firm", "euro_weighted", "symmetric_growth"):
        assert isinstance(effect(panel, "sales", estimand), right)


# ---- one shape at a time, by hand ------------------------------------------------------------------------------------

TYPICAL = """
    firm sector cohort 2019 2020
    f1   a      2020    100  110
    f2   a      2020    100  130
    c1   a      -       100  100
    c2   a      -       100  120
"""


def typical(table: str, estimand: str = "typical_firm", settings: Settings = FEW, year: int | None = 1):
    return effect(panel_of(table), "sales", estimand, settings=settings, year=year)


def test_a_sector_without_comparison_is_counted_and_left_out():
    """The programme goes on without its firms; the sector itself has too few; its firms are described all the same."""
    table = TYPICAL + "    f3   b      2020    100  900\n    f4   b      2020    100  900\n"
    for estimand in ("typical_firm", "euro_weighted", "symmetric_growth"):
        assert typical(table, estimand) == typical(TYPICAL, estimand)
        a, b = sector_effects(panel_of(table), "sales", estimand, settings=FEW)
        assert isinstance(a.by_year[1], EffectEstimate)
        assert b.by_year[1] == TOO_FEW
    _, described = before_after(panel_of(table), "sales", by="sector", settings=FEW, year=1)
    assert (described.funded.n_measured, described.comparison) == (2, TOO_FEW)


def test_a_sector_without_funded_firms_changes_nothing():
    """Its comparison firms are nobody's comparison, and stand in no sum; its sector has no effect."""
    table = TYPICAL + "    c3   b      -       100  900\n    c4   b      -       100  900\n"
    for adjustment in ("none", "pooled_slopes"):
        settings = replace(FEW, adjustment=adjustment)
        assert typical(table, settings=settings) == typical(TYPICAL, settings=settings)
    assert sector_effects(panel_of(table), "sales", "typical_firm", settings=FEW)[1].overall == TOO_FEW


def test_who_sells_nothing_by_nature_is_in_no_effect():
    """An association and a university: not funded firms, not comparison, not missing from what was reported."""
    table = TYPICAL.replace("cohort", "sells cohort").replace(" 2020  ", " True 2020 ").replace(" -   ", " True - ")
    odd = table + "    f3   a  False    2020    .  .\n    c3   a  False    -       100  900\n"
    for adjustment in ("none", "pooled_slopes"):
        for estimand in ("typical_firm", "euro_weighted", "started_selling", "symmetric_growth"):
            settings = replace(FEW, adjustment=adjustment)
            assert (
                typical(odd, estimand, settings)
                == typical(table, estimand, settings)
                == typical(TYPICAL, estimand, settings)
            )
    [described] = before_after(panel_of(odd), "sales", settings=FEW, year=1)
    assert (described.funded.n, described.comparison.n) == (2, 2)
    assert described.funded.reporting == described.comparison.reporting == 1


@pytest.mark.parametrize("cohort", ["1990", "2040"])
def test_a_cohort_outside_the_data_is_counted_and_left_out(cohort):
    """Funded long before or after: no window, no effect of its own or on the others; the reporting share is lower."""
    table = TYPICAL + f"    f3   a      {cohort}    100  900\n"
    for adjustment in ("none", "pooled_slopes"):
        settings = replace(FEW, adjustment=adjustment)
        for estimand in ("typical_firm", "euro_weighted", "symmetric_growth"):
            assert typical(table, estimand, settings) == typical(TYPICAL, estimand, settings)
    [described] = before_after(panel_of(table), "sales", settings=FEW, year=1)
    assert described.funded.reporting == pytest.approx(2 / 3)


def test_firms_that_enter_late_or_leave_are_lost_where_they_have_no_pair():
    """f3 enters with the award, f4 leaves with it; c3 leaves after the first year: it still compares in year 1."""
    table = """
        firm cohort 2018 2019 2020 2021
        f1   2020      .  100  110  120
        f2   2020      .  100  130  140
        f3   2020      .    .  999  999
        f4   2020    999  999    .    .
        c1   -         .  100  100  100
        c2   -         .  100  120  100
        c3   -         .  100  200    .
    """
    first, second = (typical(table, year=year) for year in (1, 2))
    assert (first.n_funded, first.n_comparison) == (2, 3)
    assert (second.n_funded, second.n_comparison) == (2, 2)
    assert first.theta == pytest.approx(math.log(1.1 * 1.3) / 2 - math.log(1.2 * 2) / 3)
    assert second.theta == pytest.approx(math.log(1.2 * 1.4) / 2)


def test_a_firm_funded_twice_counts_from_its_first_award():
    """In its first award's windows, once; it is nobody's comparison in between."""
    frame = long(TYPICAL + "    f3   a      2020    100  150\n")
    again = frame.copy()
    again.loc[(again["firm"] == "f3") & (again["period"] == "2020"), "cohort"] = "2021"
    names = {"unit": "firm", "period": "period", "cohort": "cohort", "outcomes": "sales", "sector": "sector"}
    one, two = (
        effect(Panel.from_frame(f, **names), "sales", "typical_firm", settings=FEW, year=1) for f in (frame, again)
    )
    assert one == two
    assert one.n_funded == 3


def test_after_a_closure_sales_are_nothing_in_both_arms():
    """Closed in 2020: that year is as reported, later ones are 0 unless something was reported. A dot is not closed.

    f2 stops selling by closing, and so does c2: the shares that sell fall alike in both arms, ½ and ½.
    """
    table = """
        firm cohort closed 2019 2020 2021
        f1   2020   -         5    5    5
        f2   2020   2020      5    5    .
        f3   2020   -         5    5    .
        c1   -      -         5    5    5
        c2   -      2020      5    5    .
        c3   -      2019      5    5    5
    """
    panel = panel_of(table)
    np.testing.assert_array_equal(
        panel.outcomes["sales"][:, 2], [5, 0, 5, 5, 0, np.nan], err_msg="c1, c2, c3, f1, f2, f3"
    )
    found = effect(panel, "sales", "started_selling", settings=FEW, year=2)
    assert found.theta == pytest.approx(-1 / 2 + 1 / 3)
    assert (found.n_funded, found.n_comparison) == (2, 3)
    [described] = before_after(panel, "sales", settings=FEW, year=2)
    assert (described.funded.stopped_selling, described.comparison.stopped_selling) == (1 / 2, pytest.approx(1 / 3))


def test_a_closure_before_the_first_report_makes_no_firm_of_the_past():
    """Periods before the closure stay as they were: not reported."""
    panel = panel_of("firm cohort closed 2018 2019 2020\nf 2020 2018 . . .\nc - - 1 1 1\n")
    np.testing.assert_array_equal(panel.outcomes["sales"][1], [np.nan, 0, 0])


def test_closures_by_the_month_in_a_quarterly_panel():
    """A day or a month lies in its quarter; a year in a quarterly panel names none and is refused."""
    table = "firm cohort closed 2019Q1 2019Q2 2019Q3\nf 2019Q1 {} 1 . .\nc - - 1 1 1\n"
    for written, after in (("2019-02-14", [1, 0, 0]), ("2019-05", [1, np.nan, 0]), ("2019Q3", [1, np.nan, np.nan])):
        np.testing.assert_array_equal(panel_of(table.format(written)).outcomes["sales"][1], after)
    with pytest.raises(UserError, match="2019"):
        panel_of(table.format("2019"))


def test_a_fall_is_as_good_an_answer_as_a_rise():
    """Funded firms halve, the comparison stands still: −50%, or a score of −2/3; extra euros are fewer euros."""
    table = "firm cohort 2019 2020\nf1 2020 100 50\nf2 2020 100 50\nc1 - 100 90\nc2 - 90 100\n"
    for estimand, value in (("typical_firm", -1 / 2), ("euro_weighted", -1 / 2), ("symmetric_growth", -2 / 3)):
        assert typical(table, estimand).value == pytest.approx(value)
        assert typical(table, estimand).ci_low < value
    [money] = extra_sales(panel_of(table), "sales", settings=FEW, year=1)
    assert money.extra.value == pytest.approx(-100)
    assert money.extra.ci_low < -100 < money.extra.ci_high


# ---- through the store -----------------------------------------------------------------------------------------------

YEARS = {"2019": 100, "2020": 100, "2021": 110, "2022": 120}


@pytest.fixture(scope="module")
def store_panel(tmp_path_factory) -> Panel:
    """Firms 1–4 are awarded, 11–19 not; one thing is odd about some."""
    desk = Desk.at(tmp_path_factory.mktemp("desk"))
    none = {"tranche": "", "awarded_on": "", "grant_eur": ""}
    turned_down = {"outcome": "not_admitted"} | none
    applications = [
        application(1),
        application(2, outcome="revoked"),
        application(3, closed_on="2021-03-31"),
        application(4, beneficiary_kind="association"),
        application(11, outcome="not_funded", **none),
        application(12, exclusion_reason="late", **turned_down),
        application(13, exclusion_reason="size", **turned_down),
        application(14, exclusion_reason="insolvency", **turned_down),
        application(15, outcome="withdrawn", **none),
        application(16, outcome="not_funded", closed_on="2021-12-31", **none),
        application(1, application_id="A1b", tranche="third", awarded_on="2021-02-28"),  # a second award
        application(17, outcome="not_funded", **none),
        application(17, application_id="A17b", exclusion_reason="sector", **turned_down),
    ]
    columns = {name: "" for row in applications for name in row}
    desk.load("applications", as_csv([columns | row for row in applications]))
    firms = [1, 2, 4, 11, 12, 13, 14, 15, 17]
    sales = [sale(n, period, str(online)) for n in firms for period, online in YEARS.items()]
    sales += [sale(n, period, "100") for n, last in ((3, "2020"), (16, "2021")) for period in YEARS if period <= last]
    desk.load("sales", as_csv(sales))
    with desk.open() as store:
        return from_store(store, desk.programme)


def test_the_arms_of_the_store(store_panel):
    """Awarded is funded, also when revoked later; who withdrew, or could not have been funded, compares with nobody.

    A firm with two awards counts once; one application turned down for its sector is enough to be no comparison.
    """
    units = store_panel.units.assign(n=[int(name[:7]) for name in store_panel.units.index])
    assert list(units.loc[store_panel.funded, "n"]) == [1, 2, 3, 4]
    assert list(units.loc[~store_panel.funded, "n"]) == [11, 12, 16]
    assert set(units.loc[store_panel.funded, "cohort"].astype(str)) == {"2020"}
    assert list(units["sells"]) == [True, True, True, False, True, True, True]


def test_a_closure_known_to_the_store_is_nothing_sold_afterwards(store_panel):
    """Firm 3 closed in 2021 and reported until 2020: 2021 stays unknown, 2022 is 0. Firm 16 likewise, a year later."""
    sales = dict(
        zip([int(name[:7]) for name in store_panel.units.index], store_panel.outcomes["online_sales"], strict=True)
    )
    np.testing.assert_array_equal(sales[3], [100, 100, np.nan, 0])
    np.testing.assert_array_equal(sales[16], [100, 100, 100, 0])
    assert "total_sales" not in store_panel.outcomes  # nobody reported it: a closure makes no zeros of nothing


def test_effects_from_the_store(store_panel):
    """Three funded firms that sell by nature, three comparison firms; the association is in neither."""
    found = effect(
        store_panel, "online_sales", "euro_weighted", settings=Settings(min_firms=2, adjustment="none"), year=2
    )
    assert (found.n_funded, found.n_comparison) == (3, 3)
    assert found.value == pytest.approx((120 + 120 + 0) / (120 + 120 + 0) - 1)
    [described] = before_after(store_panel, "online_sales", settings=Settings(), year=1)
    assert isinstance(described, BeforeAfter)
    assert (described.funded.n, described.funded.n_measured) == (3, 2)
    assert (described.comparison.n, described.comparison.n_measured) == (3, 3)
