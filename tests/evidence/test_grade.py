"""METHODS.md 6: grades and verdicts against the table written once more; claims; everything of a headline together."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from analytics.build.assessment import Assessment
from analytics.build.rows.evidence import evidence_figures, with_claims
from analytics.estimate.effects import EffectEstimate, effect, effects_by
from analytics.estimate.inference import Uncertainty
from analytics.evidence.findings import Finding
from analytics.evidence.grade import grade_evidence, grade_of, verdict
from analytics.model import Check, CheckReason, Estimand, Grade, Reason, Result, Settings, Unit, Verdict, Withheld
from analytics.panel import Panel
from analytics.programme.dimensions import DIMENSIONS
from analytics.programme.file import load_programme
from tests.helpers.figures import as_figure, as_row
from tests.helpers.panels import drawn, rich, with_sales

MICHIGAN = load_programme("michigan-1988")
LISTED = MICHIGAN.model_copy(update={"specifications": load_programme("ecommerce-2020").specifications})
MIE = 0.10

# ---- grades ----------------------------------------------------------------------------------------------------------

P, N, F, T = Result.PASS, Result.NOT_CONTRADICTED, Result.FAIL, Result.NOT_TESTABLE
# METHODS.md 6 as rows: check 0; how many of 1, 3 and 4 did not pass; check 2. For none of them did the programme's own
# check 2 fail: where it did, and for all other ways, the grade is very low.
TABLE = [
    ("pass", 0, "pass", Grade.MODERATE),
    ("pass", 1, "pass", Grade.LOW),
    ("pass", 0, "not_contradicted", Grade.LOW),
    ("pass", 1, "not_contradicted", Grade.LOW),
]


def by_the_table(results: dict[Check, Result], whole: Result | None) -> Grade:
    wanting = [str(results[check]) for check in (Check.GROUPS, Check.REPORTING, Check.STABILITY)]
    wanting = [result for result in wanting if result != "pass"]
    seen = str(results[Check.DESIGN]), len(wanting), str(results[Check.BEFORE])
    for *row, grade in TABLE:
        if tuple(row) == seen and (whole is None or str(whole) in ("pass", "not_contradicted", "not_testable")):
            return grade
    return Grade.VERY_LOW


EVERY = [
    (dict(zip(Check, results, strict=True)), whole)
    for results in itertools.product(Result, repeat=5)
    for whole in (None, *Result)
]


def test_every_grade_is_that_of_the_table():
    """All 4^5 ways that five checks come out, with every way that the programme's own check of the year before does."""
    assert len(EVERY) == 4**5 * 5
    for results, whole in EVERY:
        assert grade_of(results, whole) is by_the_table(results, whole), (results, whole)
    assert {grade_of(*one) for one in EVERY} == {Grade.MODERATE, Grade.LOW, Grade.VERY_LOW}


WORSE = {P: (N, F, T), N: (F, T), F: (), T: ()}
BETTER_FIRST = [Grade.MODERATE, Grade.LOW, Grade.VERY_LOW]


def test_a_check_that_comes_out_worse_never_raises_the_grade():
    """One check at a time; the programme's own of the year before too (not testable is better there than fail)."""
    for results, whole in EVERY:
        rank = BETTER_FIRST.index(grade_of(results, whole))
        for check, result in results.items():
            for worse in WORSE[result]:
                assert BETTER_FIRST.index(grade_of(results | {check: worse}, whole)) >= rank
        for worse in (N, T, F) if whole in (None, P) else (F,):
            assert BETTER_FIRST.index(grade_of(results, worse)) >= rank


def test_what_was_not_tested_has_not_passed():
    """ "Not testable" is worth what a failure is; a check that nobody made likewise."""
    for results, whole in EVERY:
        for check in [check for check, result in results.items() if result is T]:
            assert grade_of(results, whole) is grade_of(results | {check: F}, whole)
            assert grade_of({c: r for c, r in results.items() if c is not check}, whole) is grade_of(results, whole)


def test_no_grade_is_above_moderate_and_none_without_a_fair_comparison():
    """Firms were not drawn by lot; and without the same collection nothing carries a claim."""
    assert grade_of(dict.fromkeys(Check, P), P) is Grade.MODERATE
    assert all(grade_of(results, w) is Grade.VERY_LOW for results, w in EVERY if results[Check.DESIGN] is not P)


def test_a_pass_is_void_where_the_year_before_differed_for_the_programme():
    """Its groups were chosen as it was: a group's own pass carries nothing. Only a failure does that."""
    for results in (one for one, whole in EVERY if whole is None):
        assert grade_of(results, F) is Grade.VERY_LOW
        assert grade_of(results, P) is grade_of(results, N) is grade_of(results, T) is grade_of(results, None)
    whole, own = ([finding(c, F if c is Check.BEFORE and failed else P) for c in Check] for failed in (True, False))
    for held, before, grade in ((whole, F, Grade.VERY_LOW), (own, F, Grade.VERY_LOW), (own, P, Grade.MODERATE)):
        found = grade_evidence(some_effect(), (0.15, 0.3), held, before, Settings(), compared=True)
        assert (found.grade, found.verdict) == (
            grade,
            Verdict.MUCH_HIGHER,
        )  # what the interval allows is said in any case


# ---- verdicts --------------------------------------------------------------------------------------------------------

ENDS = st.floats(-1, 3) | st.sampled_from([-MIE, 0.0, MIE, np.nextafter(MIE, 1), np.nextafter(0, 1), -0.0])


@given(ends=st.tuples(ENDS, ENDS), mie=st.sampled_from([0.03, MIE, 0.5]), same=st.booleans())
def test_a_verdict_is_the_first_that_matches(ends, mie, same):
    """METHODS.md 6, in its order: about the same, much higher, higher, much lower, lower, cannot tell."""
    low, high = sorted(ends)
    inside, above, positive = low > -mie and high < mie, low > mie, low > 0
    below, negative = high < -mie, high < 0
    order = [
        (inside and same, Verdict.SAME),
        (above, Verdict.MUCH_HIGHER),
        (positive, Verdict.HIGHER),
        (below, Verdict.MUCH_LOWER),
        (negative, Verdict.LOWER),
        (True, Verdict.CANNOT_TELL),
    ]
    expected = next(word for holds, word in order if holds)
    assert verdict(low, high, mie, may_be_same=same) is expected
    mirror = {
        Verdict.MUCH_HIGHER: Verdict.MUCH_LOWER,
        Verdict.HIGHER: Verdict.LOWER,
        Verdict.LOWER: Verdict.HIGHER,
        Verdict.MUCH_LOWER: Verdict.MUCH_HIGHER,
    }
    assert verdict(-high, -low, mie, may_be_same=same) is mirror.get(expected, expected)


@pytest.mark.parametrize(
    ("low", "high", "same", "expected"),
    [
        (-0.05, 0.05, True, Verdict.SAME),
        (-0.05, 0.05, False, Verdict.CANNOT_TELL),  # the year before was not surely alike
        (0.01, 0.05, True, Verdict.SAME),  # the first that matches, though surely higher
        (0.01, 0.05, False, Verdict.HIGHER),
        (-MIE, 0.05, True, Verdict.CANNOT_TELL),  # touching is not inside
        (-0.05, MIE, True, Verdict.CANNOT_TELL),
        (0.0, 0.3, True, Verdict.CANNOT_TELL),  # touching zero
        (-0.3, 0.0, True, Verdict.CANNOT_TELL),
        (MIE, 0.3, True, Verdict.HIGHER),  # touching what matters
        (0.101, 0.3, False, Verdict.MUCH_HIGHER),
        (-0.3, -MIE, True, Verdict.LOWER),
        (-0.3, -0.101, False, Verdict.MUCH_LOWER),
        (-0.5, 0.5, True, Verdict.CANNOT_TELL),
    ],
)
def test_verdicts_at_their_borders(low, high, same, expected):
    assert verdict(low, high, MIE, may_be_same=same) is expected


# ---- effect, checks -> evidence --------------------------------------------------------------------------------------


def finding(check: Check, result: Result = P, because: CheckReason = CheckReason.SAME_SIGN) -> Finding:
    return Finding(check, result, because, 20, 20)


def some_effect(unit: Unit = Unit.FRACTION) -> EffectEstimate:
    panel = drawn(1, frequency="Y", cohorts=(2,), funded=(20,), comparison=(20,), missing=0)
    return replace(effect(panel, "sales", "typical_firm"), unit=unit)


@pytest.mark.parametrize("compared", [True, False])
def test_without_an_effect_there_is_no_verdict(compared):
    """Withheld where there is a comparison; a description where there is none."""
    found = grade_evidence(Withheld(Reason.TOO_FEW_FIRMS), None, [], None, Settings(), compared=compared)
    assert (found.grade, found.verdict) == (Grade.WITHHELD if compared else Grade.DESCRIPTION, None)


def test_about_the_same_needs_a_year_before_that_was_surely_alike():
    """Passed by the direction, or not at all, the year before allows no "about the same"."""
    for because, expected in (
        (CheckReason.WITHIN_MIE, Verdict.SAME),
        (CheckReason.DIRECTION_HOLDS, Verdict.CANNOT_TELL),
        (CheckReason.DIRECTION_OPEN, Verdict.CANNOT_TELL),
        (CheckReason.IMPRECISE, Verdict.CANNOT_TELL),
    ):
        result = N if because in (CheckReason.IMPRECISE, CheckReason.DIRECTION_OPEN) else P
        held = [finding(c, result, because) if c is Check.BEFORE else finding(c) for c in Check]
        assert grade_evidence(some_effect(), (-0.05, 0.05), held, P, Settings(), compared=True).verdict is expected
    # the reason of another check does not count for it
    held = [finding(c, P, CheckReason.WITHIN_MIE) for c in Check if c is not Check.BEFORE]
    assert (
        grade_evidence(some_effect(), (-0.05, 0.05), held, P, Settings(), compared=True).verdict is Verdict.CANNOT_TELL
    )


def test_every_unit_has_its_own_smallest_effect_that_matters():
    """10%, 3 points, or the score 0.0952 of growth by 10%."""
    settings = Settings(mie=0.10, mie_points=0.03)
    for unit, low, expected in (
        (Unit.POINTS, 0.05, Verdict.MUCH_HIGHER),
        (Unit.FRACTION, 0.05, Verdict.HIGHER),
        (Unit.FRACTION, 0.097, Verdict.HIGHER),
        (Unit.SCORE, 0.094, Verdict.HIGHER),
        (Unit.SCORE, 0.097, Verdict.MUCH_HIGHER),
    ):
        checks = [finding(c) for c in Check]
        evidence = grade_evidence(some_effect(unit), (low, 0.2), checks, P, settings, compared=True)
        assert evidence.verdict is expected


# ---- claims ----------------------------------------------------------------------------------------------------------


def awarded(seed: int, sectors: int = 3, *, firms: int = 14, noise: float = 0.1, gain: float = 0.0) -> Panel:
    """Yearly sales of `firms` funded and as many others in each of several sectors; one award, in the fourth year."""
    rng = np.random.default_rng(seed)
    periods = pd.period_range("2015", periods=6, freq="Y")
    n = sectors * 2 * firms
    funded = np.tile(np.repeat([True, False], firms), sectors)
    logs = rng.normal(8, 1, (n, 1)) + rng.normal(0, noise, (n, 6))
    logs[funded, 3:] += gain
    names = [f"s{s}" for s in range(sectors) for _ in range(2 * firms)]
    units = pd.DataFrame({"sector": names, "macro_sector": "all"}, index=[f"f{i:03d}" for i in range(n)])
    units["cohort"] = pd.PeriodIndex([periods[3] if mine else pd.NaT for mine in funded], freq="Y").array
    return Panel(units, periods, {"sales": np.exp(logs)})


def gaining(panel: Panel, firms: np.ndarray, gain: float) -> Panel:
    """The same with sales after the award e^gain times as large, of the firms under the mask."""
    sales = panel.outcomes["sales"].copy()
    sales[firms, 3:] *= np.exp(gain)
    return with_sales(panel, sales)


def sector_year(panel: Panel, level: float = 0.95) -> dict[str, EffectEstimate]:
    """The first year's effect of every sector, with its ranges at a level."""
    settings = replace(MICHIGAN.settings, level=level)
    return {
        one.group: one.by_year[1] for one in effects_by(panel, "sales", "typical_firm", by="sector", settings=settings)
    }


def evidence_by_group(panel: Panel, programme=MICHIGAN) -> dict:
    """Of the headline's estimand, by group."""
    assessed = Assessment(panel, programme).assessed
    return {one.group: one.evidence for one in assessed if one.estimand == "typical_firm"}


def first_sector_at(panel: Panel, theta: float) -> Panel:
    """The first sector's effect is θ. What funded firms sell after moves no slope: θ moves by the gain, and its error
    stays.
    """
    mine = panel.funded & (panel.units["sector"] == "s0").to_numpy()
    return gaining(panel, mine, theta - sector_year(panel)["s0"].theta)


def with_fair_comparison(panel: Panel) -> Panel:
    """Everybody was asked in the same way, and it is known why firms were turned down."""
    return replace(panel, units=panel.units.assign(source="form", eligibility_known=True))


@pytest.mark.parametrize("seed", range(3))
def test_a_claim_about_a_named_sector_pays_nothing_for_the_others(seed):
    """METHODS.md 10: of three sectors each is told by its own interval; Šidák's, which holds for all of them, stays a
    column for analysts.
    """
    panel = awarded(seed)
    one = sector_year(panel)["s0"]
    alone, among = (Uncertainty(0.0, one.se, one.df).interval(level)[1] for level in (0.95, 0.95 ** (1 / 3)))
    panel = first_sector_at(panel, (alone + among) / 2)
    one = sector_year(panel)["s0"]
    assert one.ci_low > 0 > one.sim_low
    assert (one.shared_low, one.shared_high) == (one.ci_low, one.ci_high)
    assert evidence_by_group(panel)["s0"].verdict is Verdict.HIGHER


@pytest.mark.parametrize("seed", range(4))
def test_a_claim_about_one_of_many_sectors_uses_the_range_that_the_others_make_short(seed):
    """By its own interval it could not be told; by the shared one it is "higher", and the year before is asked whether
    that direction holds.
    """
    panel = awarded(seed, sectors=6, gain=0.3)
    one = sector_year(panel)["s0"]
    panel = first_sector_at(panel, Uncertainty(0.0, one.se, one.df).interval(0.95)[1] - 0.002)
    one = sector_year(panel)["s0"]
    assert one.ci_low < 0 < one.shared_low
    evidence = evidence_by_group(panel)["s0"]
    assert evidence.verdict is Verdict.HIGHER
    assert evidence.findings[2].because not in (CheckReason.WITHIN_MIE, CheckReason.IMPRECISE)


@pytest.mark.parametrize("programme", [MICHIGAN, LISTED])
@pytest.mark.parametrize("sectors", [3, 6])
@pytest.mark.parametrize("gain", [0.0, 0.08, 0.3])
def test_likely_goes_by_the_range_of_98_percent_and_may_by_that_of_95(programme, sectors, gain):
    """The verdict is what the range of the verb's own level allows; none is "likely" that 98% does not tell."""
    panel = with_fair_comparison(awarded(11, sectors, firms=20, noise=0.06, gain=gain))
    held, likely, may = evidence_by_group(panel, programme), sector_year(panel, 0.98), sector_year(panel, 0.95)
    for name, evidence in held.items():
        if name not in may:
            continue
        before = evidence.findings[2].further["equivalence"]
        alike = before.low > 1 / (1 + MIE) - 1 and before.high < MIE  # in logs as far below as above
        surely, maybe = (
            verdict(at[name].shared_low, at[name].shared_high, MIE, may_be_same=alike) for at in (likely, may)
        )
        assert evidence.verdict is (surely if evidence.grade is Grade.MODERATE else maybe)
        if evidence.grade is Grade.MODERATE and maybe is not Verdict.CANNOT_TELL:
            assert surely is not Verdict.CANNOT_TELL


def test_a_claim_about_the_programme_uses_its_own_interval():
    """The programme is one claim: neither it nor its euros pay for the sectors."""
    panel = awarded(2, gain=0.06)
    found = Assessment(panel, MICHIGAN).assessed
    for one in (found[0], found[-1]):
        assert one.by == ()
        known = effect(panel, "sales", one.estimand, settings=MICHIGAN.settings, year=1)
        within = one.evidence.findings[2].because is CheckReason.WITHIN_MIE
        assert one.evidence.verdict is verdict(known.ci_low, known.ci_high, MIE, may_be_same=within)


def test_what_carries_a_claim():
    """The programme first, its macro-sectors and sectors, last its euros; nothing else."""
    panel = awarded(3)
    found = [(one.estimand, one.by, one.group) for one in Assessment(panel, MICHIGAN).assessed]
    typical = Estimand.TYPICAL_FIRM
    assert found == [
        (typical, (), ()),
        (typical, ("macro_sector",), "all"),
        *((typical, ("sector",), f"s{s}") for s in range(3)),
        (Estimand.EURO_WEIGHTED, (), ()),
    ]


def test_what_is_shown_beside_does_not_count_for_stability():
    """The programme lists no change: three are shown beside, and stability is not testable; those listed do count."""
    panel = awarded(3)
    for programme, tested in ((MICHIGAN, False), (LISTED, True)):
        one = Assessment(panel, programme).assessed[0]
        assert [s.specification for s in one.specifications[-3:]] == [
            "outcome_regression",
            "inverse_probability",
            "doubly_robust",
        ]
        assert {s.result for s in one.specifications[-3:]} <= {P, F}
        assert len(one.specifications) == len(programme.specifications) + 3
        assert (one.evidence.findings[4].result is not T) == tested


@pytest.mark.parametrize("hides", [True, False])
def test_a_sector_cannot_be_graded_past_a_failed_year_before_of_the_programme(hides):
    """The programme's funded firms were ahead of the others before. A noisy sector that hides it is no better, nor is
    one whose own year before was as quiet as can be: its check fails with the programme's, and says so.
    """
    panel = awarded(4, sectors=3, firms=25, noise=0.02)
    third = (panel.units["sector"] == "s2").to_numpy()
    sales = panel.outcomes["sales"].copy()
    sales[panel.funded & (hides | ~third), 2:] *= 1.2  # δ of 0.18
    if hides:
        sales[third] *= np.exp(np.random.default_rng(5).normal(0, 0.5, (third.sum(), 6)))
    else:
        sales[panel.funded & third, 3:] *= 1.5
    found = evidence_by_group(with_fair_comparison(with_sales(panel, sales)), LISTED)
    results = {group: {f.check: f.result for f in evidence.findings} for group, evidence in found.items()}
    assert results[()][Check.BEFORE] is F
    before = found["s2"].findings[2]
    assert before.number.low < 0 < before.number.high  # by itself it did not differ
    assert (before.result, before.because) == (F, CheckReason.WHOLE_DIFFERED)
    assert grade_of(results["s2"] | {Check.BEFORE: N}, N) in (Grade.LOW, Grade.MODERATE)  # it would carry a claim
    assert {evidence.grade for evidence in found.values()} == {Grade.VERY_LOW}


@pytest.mark.parametrize(("ahead", "told"), [(1.03, True), (1.10, False)])
def test_a_sector_that_differed_before_takes_the_others_nothing_but_through_the_programme(ahead, told):
    """One of ten that differs fails alone; where it moves the programme's own difference toward the claim, beyond what
    chance would, no sector's direction is told, since all were chosen in the same way.
    """
    panel = awarded(4, sectors=10, firms=20, noise=0.05, gain=0.5)
    sales = panel.outcomes["sales"].copy()
    sales[panel.funded & (panel.units["sector"] == "s0").to_numpy(), 2:] *= ahead
    found = evidence_by_group(with_fair_comparison(with_sales(panel, sales)), LISTED)
    assert found["s0"].findings[2].because is CheckReason.DIFFERED
    assert found["s0"].grade is Grade.VERY_LOW
    assert found[()].findings[2].result is P
    others = [evidence for group, evidence in found.items() if group not in ((), "s0")]
    assert {evidence.findings[2].because for evidence in others} == {
        CheckReason.TREND_HOLDS if told else CheckReason.WHOLE_OPEN
    }
    assert {evidence.grade for evidence in others} == {Grade.MODERATE if told else Grade.VERY_LOW}
    assert found[()].grade is Grade.MODERATE


# ---- rows of the release ---------------------------------------------------------------------------------------------


def test_a_row_carries_the_grade_and_verdict_of_its_effect():
    """The effects of the headline, and money by the euros' own; other rows carry none."""
    panel = awarded(5, gain=0.3)
    assessment = Assessment(panel, MICHIGAN)
    held = {(one.estimand, one.by, one.group): one.evidence for one in assessment.assessed}

    def row(measure: str, by: tuple = (), group: object = (), **changes: object) -> dict:
        cell = {"outcome": "sales", "arm": "*", "horizon": "1", "measure": measure} | dict.fromkeys(DIMENSIONS, "*")
        cell |= dict(zip(by, (group,), strict=False))
        return cell | {"value": 0.1, "low": 0.05, "high": 0.2} | changes

    whole, euros = held[Estimand.TYPICAL_FIRM, (), ()], held[Estimand.EURO_WEIGHTED, (), ()]
    cases = [
        (row("typical_firm"), whole.grade, whole.verdict),
        (row("euro_weighted"), euros.grade, euros.verdict),
        (row("extra_sales"), euros.grade, euros.verdict),
        (row("losses_offset"), euros.grade, Verdict.HIGHER),
        (row("losses_offset", low=-0.1), euros.grade, Verdict.CANNOT_TELL),
        (row("typical_firm", value=None, low=None, high=None), Grade.WITHHELD, None),
        (row("typical_firm", horizon="2"), None, None),
        (row("typical_firm", outcome="employ"), None, None),
        (row("symmetric_growth"), None, None),
        (row("extra_sales", ("sector",), "s0"), None, None),
    ]
    figures = with_claims([as_figure(before) for before, _, _ in cases], assessment)
    for (before, grade, word), figure in zip(cases, figures, strict=True):
        assert (figure.grade, figure.verdict) == (grade, word), before
        assert replace(figure, grade=None, verdict=None) == as_figure(before)


ROUND = 1e-12


def all_rows(panel: Panel, programme=MICHIGAN) -> list[dict]:
    """Every row of the evidence, each checked for what a row must hold."""
    assessment = Assessment(panel, programme)
    rows = list(map(as_row, evidence_figures(assessment)))
    seen = set()
    for row in rows:
        assert (row.get("value") is None) != (row.get("reason") is None), row
        assert (row.get("result") is None) == (row.get("because") is None), row
        for name in ("value", "low", "high"):
            assert row.get(name) is None or np.isfinite(row[name]), row
        if row.get("low") is not None:
            assert row["low"] - ROUND <= row["value"] <= row["high"] + ROUND, row
        key = tuple(str(row[name]) for name in ("outcome", "measure", "arm", "horizon", "sector", "macro_sector"))
        assert key not in seen, key
        seen.add(key)
    for one in assessment.assessed:
        assert (one.evidence.verdict is None) == (one.evidence.grade in (Grade.WITHHELD, Grade.DESCRIPTION))
        assert (one.evidence.findings == ()) == (one.evidence.verdict is None)
    return rows


def test_a_table_without_any_optional_column_is_graded_very_low():
    """Nobody said how sales were collected: the design is not testable, and nothing carries a claim."""
    panel = awarded(6, sectors=1, gain=0.5)
    wide = pd.DataFrame(panel.outcomes["sales"], index=panel.units.index, columns=panel.periods.year)
    frame = wide.reset_index(names="firm").melt(id_vars="firm", var_name="year", value_name="sales")
    frame["awarded"] = frame["firm"].map(panel.units["cohort"]).map(lambda c: None if pd.isna(c) else c.year)
    bare = Panel.from_frame(frame, unit="firm", period="year", cohort="awarded", outcomes="sales")
    for programme in (MICHIGAN, LISTED):
        found = Assessment(bare, programme).assessed[0].evidence
        assert found.findings[0].result is T
        assert found.grade is Grade.VERY_LOW
        assert found.verdict is Verdict.MUCH_HIGHER
        assert all_rows(bare, programme)


SEEDS = st.integers(0, 10_000)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Firms of one to three sectors, few or many, with gaps, zeros, closures, and columns that may be there."""
    seed, frequency = draw(SEEDS), draw(st.sampled_from(["Y", "Y", "Q", "M"]))
    ppy = {"Y": 1, "Q": 4, "M": 12}[frequency]
    sectors = draw(st.integers(1, 3))
    most = draw(st.sampled_from([2, 12, 25]))
    counts = st.tuples(*[st.integers(0, most)] * sectors)
    panel = drawn(
        seed,
        frequency=frequency,
        funded=draw(counts.filter(any)),
        comparison=draw(counts),
        cohorts=tuple(draw(st.sets(st.integers(0, 4 * ppy), min_size=1, max_size=3))),
        missing=draw(st.sampled_from([0, 0.1, 0.5])),
        zeros=draw(st.sampled_from([0, 0.3])),
        starters=draw(st.sampled_from([0, 0.3])),
    )
    panel = rich(panel, seed)
    rng, n = np.random.default_rng(seed), len(panel.units)
    units = panel.units.assign(macro_sector=panel.units["macro"])
    start = pd.Series(pd.PeriodIndex(units["cohort"]).to_timestamp(), index=units.index)
    optional = {
        "source": np.where(rng.random(n) < 0.5, "form", np.where(rng.random(n) < 0.05, None, "telephone")),
        "score": np.where(rng.random(n) < 0.2, np.nan, rng.normal(60, 10, n)),
        "paid_eur": np.where(panel.funded & (rng.random(n) < 0.8), 1.0, np.nan),
        "awarded_on": start,
        "other_aid_on": start.fillna(start.min()) + pd.to_timedelta(rng.integers(-400, 800, n), unit="D"),
        "size_class": np.where(rng.random(n) < 0.4, "small", np.where(rng.random(n) < 0.2, None, "micro")),
        "below_threshold": ~panel.funded & (rng.random(n) < 0.7),
        "eligibility_known": np.where(panel.funded, None, rng.random(n) < 0.97),
        "set_aside": ~panel.funded & (rng.random(n) < 0.2),
    }
    for name in draw(st.sets(st.sampled_from(sorted(optional)))):
        units[name] = optional[name]
    sales = panel.outcomes["sales"]
    closed = rng.random(n) < draw(st.sampled_from([0, 0.2]))
    last = rng.integers(1, sales.shape[1], n)
    sales = np.where(closed[:, None] & (np.arange(sales.shape[1]) > last[:, None]), 0.0, sales)
    return Panel(units, panel.periods, panel.outcomes | {"sales": sales})


@given(panel=panels(), programme=st.sampled_from([MICHIGAN, LISTED]))
@examples(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
def test_every_panel_is_assessed_and_every_row_says_what_it_must(panel, programme):
    """One sector, one cohort, nobody to compare with, gaps, zeros, closures: a value or the reason for its absence."""
    all_rows(panel, programme)


@pytest.mark.parametrize("nobody", ["funded", "compared"])
def test_programmes_of_one_arm_are_described_or_empty(nobody):
    """All funded: nothing but a description. None funded: nothing to describe, no claim, and no crash."""
    panel = awarded(7, sectors=2)
    kept = panel.keep(~panel.funded if nobody == "funded" else panel.funded)
    for programme in (MICHIGAN, LISTED):
        found = Assessment(kept, programme).assessed
        assert {one.evidence.grade for one in found} == {Grade.WITHHELD if nobody == "funded" else Grade.DESCRIPTION}
        assert {one.evidence.verdict for one in found} == {None}
        all_rows(kept, programme)


def test_a_programme_whose_euros_are_all_lost_is_no_warning():
    """All funded firms sold nothing after: their euro-weighted effect is not estimable, with or without the largest."""
    panel = awarded(8, sectors=1)
    sales = panel.outcomes["sales"].copy()
    sales[panel.funded, 3:] = 0
    all_rows(with_sales(panel, sales), LISTED)


def test_one_or_two_firms_are_told_about_by_no_row():
    """METHODS.md 7: where an arm has one or two firms, its mean is a firm's own; it has no value."""
    table = """
        firm macro_sector sector cohort score employees 1986 1987 1988
        f1   m            a      1988      70         8  100  110  150
        f2   m            a      1988      65         9   90  100  120
        c1   m            a      -         50        10  100  101  102
        c2   m            a      -         40        11  100  103  105
        c3   m            a      -         45        12  100   99  104
    """
    frame = pd.read_csv(pd.io.common.StringIO(table), sep=r"\s+", dtype={"cohort": str})
    frame = frame.melt(id_vars=list(frame.columns[:6]), var_name="year", value_name="sales")
    panel = Panel.from_frame(
        frame.assign(cohort=frame["cohort"].replace("-", "")), unit="firm", period="year", cohort="cohort",
        outcomes="sales", sector="sector", covariates=["macro_sector", "score", "employees"],
    )  # fmt: skip
    aid = pd.Series(pd.to_datetime(["1988-03-01"] * len(panel.units)), index=panel.units.index)
    panel = replace(panel, units=panel.units.assign(other_aid_on=aid))
    shown = [row for row in all_rows(panel) if row.get("value") is not None]
    assert [row["measure"] for row in shown if min(row["n_funded"], row["n_comparison"]) < 3] == []
