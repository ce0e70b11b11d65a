"""Whether an effect lasts: the last year less the first, each firm deleted from both; and extra sales per firm."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.build.rows.effects import _lasting
from analytics.build.withheld_cells import WithheldCells
from analytics.estimate import groups_of
from analytics.estimate.effects import EffectEstimate, Withheld, group_effects
from analytics.estimate.sample import Sample
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, Estimand, Grade, Reason, Rule, Settings
from analytics.panel import Panel
from analytics.panel.windows import horizons
from analytics.present.sentences.phrases import described, measure_words
from analytics.programme.dimensions import DIMENSIONS, Group
from analytics.release import Release
from analytics.release.figure import group_of
from analytics.release.measures import measure_named
from tests.helpers.figures import Earlier, as_row, withheld_rows
from tests.helpers.michigan_release import as_they_are, built
from tests.helpers.panels import drawn, rich
from tests.reference import effects as reference
from tests.reference import own_sector

OUTCOME, MEASURE = "sales", "lasting_typical_firm"
LEAST = 5
PLAIN = Settings(adjustment="none", award_period="after", min_firms=LEAST)
COUNTS = {"n_funded", "n_comparison"}
EXACT = 1e-9  # of variances that closed forms and loops add up in another order
LAST_DIGIT = 1e-14  # the same product, in another order


def lasting(panel: Panel, by: str | None, settings: Settings = PLAIN) -> dict[object, dict]:
    samples = [Sample(panel, OUTCOME, settings, year) for year in (None, *horizons(panel, settings))]
    groups = groups_of(panel, by) if by else {(): panel.funded}
    effects = {sample.horizon: group_effects(sample, Estimand.TYPICAL_FIRM, groups) for sample in samples}
    figures = _lasting(samples, effects, Estimand.TYPICAL_FIRM, (by,) if by else (), groups)
    return dict(zip(groups, map(as_row, figures), strict=False))


def ends(panel: Panel, mine: np.ndarray, settings: Settings = PLAIN) -> list[EffectEstimate | Withheld]:
    """The effects of the last year and of the first."""
    years = horizons(panel, settings)
    samples = [Sample(panel, OUTCOME, settings, year) for year in (years[-1], years[0])]
    return [group_effects(sample, Estimand.TYPICAL_FIRM, {(): mine})[()] for sample in samples]


def looped(panel: Panel, group: set, settings: Settings) -> SimpleNamespace | None:
    """θ_last − θ_first by brute force: a firm is taken out, and both years are computed again without it. Of each year
    growth is one number per firm (METHODS.md 10).
    """
    firms, rules = reference.read(panel, OUTCOME, award_period="after", years_after=settings.years_after)
    years = horizons(panel, settings)
    last, first = (reference.Sample(firms, group, rules, year, "typical_firm") for year in (years[-1], years[0]))
    if not last.funded or not first.funded:
        return None
    members: dict[tuple, set] = {}
    for sample in (last, first):
        for name, held in sample.funded.items():
            members.setdefault(("funded", held.firm.sector), set()).add(name)
        for (sector, _), others in sample.cells.items():
            members.setdefault(("comparison", sector), set()).update(others)
    # strata of one firm are pooled as anywhere else: the reference does it for what looks like one sample
    one = reference.Sample(firms, group, rules, years[0], "typical_firm")
    one.funded = first.funded | last.funded
    one.cells = {cell: last.cells.get(cell, {}) | first.cells.get(cell, {}) for cell in [*last.cells, *first.cells]}
    strata = one.strata()
    assert set().union(*strata.values()) == set().union(*members.values())
    own = [
        own_sector.Reference(firms, rules, "typical_firm", year, adjust=settings.adjustment != "none")
        for year in (years[-1], years[0])
    ]
    names = [name for names in strata.values() for name in names]
    theta = own[0].of(group).theta - own[1].of(group).theta
    without = {name: own[0].without(group, name) - own[1].without(group, name) for name in names}
    parts = reference._parts(strata, without, dict.fromkeys(names, 1.0))
    variance, df = math.fsum(v for v, _ in parts), reference._df(parts)
    found = reference.Answer(theta, without, variance, df)
    n = len(one.funded)
    return SimpleNamespace(answer=found, n_funded=n, n_comparison=len(names) - n)


@given(
    seed=st.integers(0, 10_000),
    frequency=st.sampled_from(["Y", "Q"]),
    sectors=st.sampled_from([(9,), (12, 9), (20, 1, 6)]),
    cohorts=st.sampled_from([(2,), (2, 3), (1, 5)]),
    missing=st.sampled_from([0.0, 0.2]),
)
@examples(max_examples=15)
def test_a_firm_is_left_out_of_both_years_at_once(seed, frequency, sectors, cohorts, missing):
    """θ_last − θ_first, its intervals (alone, and for all groups together) and degrees of freedom are those of loops;
    the two years are never taken for independent. Only where the effects of both are estimated, of the same cohorts.
    """
    ppy = {"Y": 1, "Q": 4}[frequency]
    at = tuple(cohort * ppy for cohort in cohorts)
    panel = drawn(seed, frequency=frequency, years=6, funded=sectors, comparison=(12, 3, 9)[: len(sectors)],
                  cohorts=at, missing=missing)  # fmt: skip
    for by in (None, "sector"):
        found = lasting(panel, by)
        told = sum("value" in row for row in found.values())
        for group, row in found.items():
            here = panel.funded if by is None else panel.funded & (panel.units["sector"] == group).to_numpy()
            shown = ends(panel, here)
            assert not COUNTS & row.keys()
            if any(isinstance(one, Withheld) for one in shown):
                assert "value" not in row
                assert row["reason"] == next(one.reason for one in shown if isinstance(one, Withheld))
                continue
            if cohorts == (1, 5) and panel.units["cohort"].nunique() == 2:  # the later has its first year alone
                assert "value" not in row
                assert row["reason"] is Reason.NOT_ESTIMABLE
                continue
            answer = looped(panel, set(panel.units.index[here]), PLAIN).answer
            assert row["value"] == pytest.approx(math.expm1(answer.theta), abs=EXACT)
            assert (row["low"], row["high"]) == pytest.approx(answer.interval(0.95), rel=EXACT, abs=EXACT)
            together = answer.interval(0.95 ** (1 / told))
            assert (row["sim_low"], row["sim_high"]) == pytest.approx(together, rel=EXACT, abs=EXACT)
            assert row["df"] == pytest.approx(answer.df, rel=1e-7)
            assert (row["outcome"], row["measure"]) == (OUTCOME, MEASURE)
            assert row["low"] < row["value"] < row["high"]


@pytest.mark.parametrize("adjustment", ["none", "pooled_slopes"])
def test_it_is_what_the_two_years_say(adjustment):
    """(1 + last)/(1 + first) − 1, adjusted or not."""
    settings = Settings(adjustment=adjustment, award_period="after", min_firms=LEAST)
    panel = rich(drawn(8, funded=(22, 18), comparison=(25, 20), cohorts=(8,)))
    thetas = []
    for year in (horizons(panel, settings)[-1], 1):
        sample = Sample(panel, OUTCOME, settings, year)
        thetas.append(sample.deletions(Estimand.TYPICAL_FIRM, sample.group(panel.funded)).theta)
    [row] = lasting(panel, None, settings).values()
    assert row["value"] == pytest.approx(math.expm1(thetas[0] - thetas[1]), rel=1e-12)
    assert not {"sim_p", "mde"} & row.keys()
    first, last = (math.log1p(one.value) for one in reversed(ends(panel, panel.funded, settings)))
    assert row["value"] == pytest.approx(math.expm1(last - first), rel=1e-9)


def test_an_effect_that_stays_the_same_lasts_whatever_its_size():
    """Firms that sell for ever what the grant made them sell: the difference is nought, where the effects are not."""
    panel = drawn(9, frequency="Y", years=6, funded=(40,), comparison=(40,), cohorts=(2,), missing=0, zeros=0)
    sales = panel.outcomes[OUTCOME].copy()
    sales[:, 3:] = sales[:, [2]]  # from the award on, all alike for ever
    sales[:40, 2:] *= 3
    sales[:, 4] *= np.exp(np.random.default_rng(0).normal(0, 1e-4, 80))  # the third year after the award
    [row] = lasting(Panel(panel.units, panel.periods, {OUTCOME: sales}), None).values()
    assert row["value"] == pytest.approx(0, abs=1e-3)
    assert row["high"] - row["low"] < 1e-3


@pytest.mark.parametrize("years_after", [1, 3])
def test_one_year_has_nothing_to_last(years_after):
    """No row where no cohort has a second year, by the settings or by the data."""
    settings = Settings(award_period="after", years_after=years_after, min_firms=LEAST)
    panel = drawn(7, frequency="Y", years=6, funded=(20,), comparison=(20,), cohorts=(2,) if years_after == 1 else (5,))
    assert lasting(panel, None, settings) == {}
    assert lasting(panel, "sector", settings) == {}


def test_too_few_firms_or_no_comparison_are_withheld():
    """With the reason, never a number."""
    for funded, comparison in (((4,), (20,)), ((20,), (4,)), ((20,), (1,)), ((20,), (0,))):
        panel = drawn(7, frequency="Y", years=6, funded=funded, comparison=comparison, cohorts=(2,), missing=0, zeros=0)
        [row] = lasting(panel, None).values()
        assert row.get("value") is None
        assert row["reason"] in (Reason.TOO_FEW_FIRMS, Reason.NOT_ESTIMABLE)


@pytest.mark.parametrize(("year", "column"), [(3, 4), (1, 2)])
@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_year_of_too_few_firms_is_not_told_beside_the_other(year, column, left):
    """The effect of a year that is withheld would be the other year's and the difference: neither is the difference
    told, for the same reason. Five firms are enough.
    """
    panel = drawn(1, frequency="Y", years=6, funded=(15,), comparison=(20,), cohorts=(2,), missing=0, zeros=0)
    for kept, shown in ((left, False), (LEAST, True)):
        sales = panel.outcomes[OUTCOME].copy()
        sales[kept:15, column] = np.nan
        one = Panel(panel.units, panel.periods, {OUTCOME: sales})
        effects = dict(zip((3, 1), ends(one, one.funded), strict=True))
        assert isinstance(effects.pop(year), EffectEstimate if shown else Withheld)
        assert isinstance(effects.popitem()[1], EffectEstimate)
        [row] = lasting(one, None).values()
        assert ("value" in row) == shown
        assert not COUNTS & row.keys()
        if not shown:
            assert row["reason"] is Reason.TOO_FEW_FIRMS


def test_other_firms_in_the_last_year_are_no_effect_that_fades():
    """Awards of two years, the later with the larger effect and one year in the data: nobody's effect changes, and the
    year 3 of the earlier is below the year 1 of both. Nothing is told; of the earlier alone there is nothing to tell.
    """
    rng = np.random.default_rng(0)
    periods = pd.period_range("2018", periods=7, freq="Y")
    sales = np.exp(rng.normal(8, 1, (320, 1)) + rng.normal(0, 0.05, (320, 7)))
    sales[:60, 3:] *= 1.1
    sales[60:120, 6:] *= 1.5
    cohort = pd.PeriodIndex([periods[3]] * 60 + [periods[6]] * 60 + [pd.NaT] * 200, freq="Y").array
    units = pd.DataFrame({"sector": "s0", "cohort": cohort}, index=[f"f{k}" for k in range(320)])
    panel = Panel(units, periods, {OUTCOME: sales})
    assert all(isinstance(one, EffectEstimate) for one in ends(panel, panel.funded))
    [row] = lasting(panel, None).values()
    assert "value" not in row
    assert row["reason"] is Reason.NOT_ESTIMABLE
    early = np.r_[:60, 120:320]
    panel = Panel(units.iloc[early], periods, {OUTCOME: sales[early]})
    [row] = lasting(panel, None).values()
    assert row["value"] == pytest.approx(0, abs=0.03)


# ---- protected -------------------------------------------------------------------------------------------------------

NUMBERS = {"value", "low", "high", "df", "p_value", "half_low", "half_high", "sim_low", "sim_high", *COUNTS}
PROTECTED = drawn(8, funded=(22, 18), comparison=(25, 20), cohorts=(8,))


def of_sectors(rules: dict[tuple[Arm, str, str], dict[Group, Rule]], earlier: list[Earlier]) -> list[dict]:
    """Of s0 and s1."""
    return list(withheld_rows(lasting(PROTECTED, "sector").values(), WithheldCells(rules, {}), earlier))


def released(add: float) -> Earlier:
    """An earlier release's figures, each by so much larger."""
    return Earlier.of(row | {"value": row["value"] + add} for row in of_sectors({}, []))


@pytest.mark.parametrize("horizon", ["*", "overall", "1", "2", "3"])
@pytest.mark.parametrize("rule", [Rule.MIN_UNITS, Rule.P_PERCENT, Rule.SECONDARY])
def test_what_the_guard_withholds_is_withheld(horizon, rule):
    """A sector of which any year is withheld does not tell whether its effect lasts, nor what an earlier release said;
    the others do. Held in another year, it is withheld all the same.
    """
    for more in (
        {},
        {(Arm.FUNDED, OUTCOME, "overall" if horizon == "1" else "1"): {group_of({"sector": "s0"}): Rule.HELD}},
    ):
        rules = more | {(Arm.FUNDED, OUTCOME, horizon): {group_of({"sector": "s0"}): rule}}
        hidden, free = of_sectors(rules, [released(1.0)])
        assert hidden["sector"] == "s0"
        assert not NUMBERS & hidden.keys()
        assert (hidden["conf_status"], hidden["reason"]) == ("C", Reason.CONFIDENTIAL)  # whatever the rule
        assert free["value"] is not None
        assert free["obs_status"] == "E"


@pytest.mark.parametrize("arm", Arm)
@pytest.mark.parametrize("horizon", ["*", "overall", "1", "2", "3"])
def test_what_is_held_in_any_year_is_held(arm, horizon):
    """Few firms of one year were corrected: its effect stays, and would be found anew from the other year's and a new
    difference. The difference stays too, or is not told where there was none.
    """
    rules = {(arm, OUTCOME, horizon): {group_of({"sector": "s0"}): Rule.HELD}}
    held, free = of_sectors(rules, [released(5.0), released(1.0)])
    was, _ = of_sectors({}, [])
    assert (held["value"], held["obs_status"]) == (was["value"] + 1, "P")
    assert free["obs_status"] == "E"
    hidden, free = of_sectors(rules, [])
    assert not NUMBERS & hidden.keys()
    assert hidden["reason"] is Reason.CONFIDENTIAL
    assert free["value"] is not None


def test_one_firm_is_not_found_from_the_other_year_and_the_difference():
    """One firm's third year is corrected, that year's effect held: what is told leaves the correction open."""
    sales = PROTECTED.outcomes[OUTCOME].copy()
    mine = np.flatnonzero(PROTECTED.funded & (PROTECTED.units["sector"] == "s0").to_numpy())
    sales[mine[0], 16:20] *= 2.0
    corrected = Panel(PROTECTED.units, PROTECTED.periods, {OUTCOME: sales})
    rules = {(Arm.FUNDED, OUTCOME, "3"): {group_of({"sector": "s0"}): Rule.HELD}}
    new = next(iter(lasting(corrected, "sector").values()))
    told, _ = withheld_rows(lasting(corrected, "sector").values(), WithheldCells(rules, {}), [released(0.0)])
    was, _ = of_sectors({}, [])
    assert new["value"] != pytest.approx(was["value"], rel=1e-3)
    assert told["value"] == was["value"]


def test_an_effect_is_held_with_the_comparison_firms_of_its_sectors():
    """One of those was corrected: the effect, its checks and its money move by it, of the sector and of groups inside;
    what happened to the funded firms does not. Held firms of another sector change nothing.
    """
    cells = [{"sector": "s0"}, {"sector": "s0", "size_class": "micro"}, {"sector": "s1"}]
    measures = [("typical_firm", "*"), ("check_before_typical_firm", "*"), ("extra_per_firm", "*"),
                ("change", "funded"), ("change", "comparison")]  # fmt: skip
    dimensions = dict.fromkeys(DIMENSIONS, "*")
    rows = [
        dimensions | cell | {"outcome": OUTCOME, "measure": measure, "arm": arm, "horizon": "1", "unit": "fraction",
                             "value": 0.5, "obs_status": "E"}
        for cell in cells for measure, arm in measures
    ]  # fmt: skip
    earlier = Earlier.of(row | {"value": 0.25} for row in rows)
    rules = {(Arm.COMPARISON, OUTCOME, "1"): {group_of({"sector": "s0"}): Rule.HELD}}
    found = withheld_rows(rows, WithheldCells(rules, {}), [earlier])
    for row in found:
        stays = row["sector"] == "s0" and row["arm"] != "funded"
        assert (row["value"], row["obs_status"]) == ((0.25, "P") if stays else (0.5, "E")), row
    for row in withheld_rows(
        rows, WithheldCells({(Arm.COMPARISON, OUTCOME, "2"): rules[Arm.COMPARISON, OUTCOME, "1"]}, {}), []
    ):
        assert row["value"] == 0.5


def test_groups_that_cross_a_held_sector_are_held_and_the_programme_is_not():
    """Two groups, each with its own share of the corrected firm's sector, would tell it apart from the others; the
    programme, one equation for all sectors, would not.
    """
    cells = [{}, {"sector": "s0"}, {"sector": "s1"}, {"size_class": "micro"}, {"sector": "s1", "size_class": "micro"}]
    rows = [
        dict.fromkeys(DIMENSIONS, "*") | cell
        | {"outcome": OUTCOME, "measure": "typical_firm", "arm": "*", "horizon": "1", "unit": "fraction", "value": 0.5}
        for cell in cells
    ]  # fmt: skip
    rules = {(Arm.COMPARISON, OUTCOME, "1"): {group_of({"sector": "s0"}): Rule.HELD}}
    assert [row.get("value") for row in withheld_rows(rows, WithheldCells(rules, {}))] == [0.5, None, 0.5, None, 0.5]
    rules = {(Arm.COMPARISON, OUTCOME, "2"): {group_of({"sector": "s0"}): Rule.HELD}}
    assert all(row["value"] == 0.5 for row in withheld_rows(rows, WithheldCells(rules, {})))


# ---- in a release ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def michigan(tmp_path_factory) -> Release:
    return built(tmp_path_factory.mktemp("lasting"), as_they_are)


def test_the_headline_alone_is_asked_whether_it_lasts(michigan):
    """Of the programme, its macro-sectors and sectors."""
    found = michigan.figures[michigan.figures["measure"].str.startswith("lasting_")]
    assert set(found["measure"]) == {MEASURE}
    assert set(found["outcome"]) == {OUTCOME}
    assert sorted(zip(found["macro_sector"], found["sector"], strict=True)) == [
        ("*", "*"), ("*", "manufacturing"), ("manufacturing", "*"),
    ]  # fmt: skip
    assert found["reason"].eq(Reason.NOT_ESTIMABLE).all()  # the awards of 1989 have one year in the data
    assert found[["value", "low", "high", "n_funded", "n_comparison"]].isna().all(axis=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_verify_says_of_it(michigan, language):
    """In words, or why it is withheld; of extra sales per firm too."""
    text = Text(language)
    for measure in (MEASURE, "extra_per_firm"):
        for figure_id in michigan.figures.loc[michigan.figures["measure"] == measure, "figure_id"]:
            figure = michigan.by_id(figure_id)
            said = described(michigan, figure, text)
            assert measure_words(figure, text) in said
            assert not figure.published or repr(figure.value) in said
    figure = michigan.figure(measure_named(MEASURE), outcome=OUTCOME, horizon="overall")
    assert text("measure.lasting") in measure_words(figure, text)
    assert text("measure.typical_firm") in measure_words(figure, text)


def alike_per_firm(release: Release) -> int:
    """How many amounts per firm there are; each is checked."""
    figures = release.figures
    names = ["outcome", "horizon", "sector", "macro_sector", "wave", "size_class", "channel", "area", "province"]
    keys = [*names, "beneficiary_kind"]
    total, each = (figures[figures["measure"] == name].set_index(keys) for name in ("extra_sales", "extra_per_firm"))
    assert set(total.index) == set(each.index)
    each = each.reindex(total.index)
    for column in ("value", "low", "high", "sim_low", "sim_high", "half_low", "half_high"):
        expected = total[column] / total["n_funded"].astype(float)
        np.testing.assert_allclose(each[column], expected, rtol=LAST_DIGIT)
    for column in ("n_funded", "n_comparison", "df", "reason", "obs_status", "conf_status", "grade", "verdict"):
        pd.testing.assert_series_equal(each[column], total[column])
    return int(each["value"].notna().sum())


def test_extra_sales_per_firm_are_extra_sales_by_firms(michigan):
    """As published, coarsened alike, with their intervals; withheld where those are, for the same reason."""
    assert alike_per_firm(michigan) >= 12
    grades = michigan.figures.loc[michigan.figures["measure"] == "extra_per_firm", "grade"]
    assert set(grades.dropna()) - {Grade.WITHHELD}
