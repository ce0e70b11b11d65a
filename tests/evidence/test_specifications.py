"""METHODS.md 5, check 4: each change does what its name says, and tells about no few firms."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from analytics.build.assessment import Assessment
from analytics.build.rows.evidence import evidence_figures
from analytics.estimate.adjustment import pooled_slopes
from analytics.estimate.effects import EffectEstimate, effect, effects_by, group_effects
from analytics.estimate.sample import Sample
from analytics.evidence import specifications
from analytics.evidence.propensity import Propensity, _auc, propensity
from analytics.evidence.specifications import SpecificationResult, try_specifications
from analytics.model import CheckReason, ConfStatus, Estimand, Reason, Result, Settings, Specification, Withheld
from analytics.panel import Panel
from analytics.programme.file import load_programme
from tests.helpers.figures import as_row
from tests.helpers.panels import drawn, rich, with_sales
from tests.reference import adjusted as reference_adjusted
from tests.reference import effects as reference

TYPICAL = Estimand.TYPICAL_FIRM
SETTINGS = Settings(min_firms=5, award_period="after")
# The same sums in another order, or with sectors under other names.
EXACT = 1e-9
# Two minimisers of one penalised likelihood, the code stops at a gradient of 1e-5, scikit-learn at 1e-6.
LIKELIHOOD = 1e-5


def everybody(seed: int = 1, **drawing: object) -> Panel:
    """Firms of two sectors with all that the specifications ask for: a quarter of those not funded stand aside, and
    three in ten did not apply.
    """
    known = {"frequency": "Y", "cohorts": (2, 3), "funded": (55, 50), "comparison": (125, 120), "years": 6, **drawing}
    panel = rich(drawn(seed, **known), seed)
    rng, n, funded = np.random.default_rng(seed + 100), len(panel.units), panel.funded
    awarded = pd.Series(pd.PeriodIndex(panel.units["cohort"]).to_timestamp(), index=panel.units.index)
    aid = awarded.fillna(awarded.min()) + pd.to_timedelta(rng.integers(-900, 600, n), unit="D")
    units = panel.units.assign(
        awarded_on=awarded,
        other_aid_on=aid.where(rng.random(n) < 0.6),
        paid_eur=np.where(funded & (rng.random(n) < 0.6), 5000.0, np.where(rng.random(n) < 0.5, 0.0, np.nan)),
        below_threshold=~funded & (rng.random(n) < 0.6),
        outside=~funded & (rng.random(n) < 0.3),
        size_class=np.where(rng.random(n) < 0.2, None, np.where(rng.random(n) < 0.5, "micro", "small")),
        set_aside=~funded & (rng.random(n) < 0.25),
    )
    units["set_aside"] |= units["outside"]
    return Panel(units, panel.periods, panel.outcomes)


def picked_of(sample: Sample) -> Propensity:
    slopes = pooled_slopes(sample.arms, sample.log_growth, sample.traits, sample.settings.alpha)
    return propensity(sample, slopes)


def came_out(
    panel: Panel,
    wanted: Specification,
    *,
    estimand: Estimand = TYPICAL,
    settings: Settings = SETTINGS,
    year: int | None = None,
    by: str | None = None,
) -> dict[object, SpecificationResult]:
    """How one change came out, for the programme (()) or the groups of a column."""
    sample = Sample(panel.compared, "sales", settings, year)
    groups = groups_by(sample, by)
    main = {g: e for g, e in group_effects(sample, estimand, groups).items() if isinstance(e, EffectEstimate)}
    found = try_specifications(panel, sample, estimand, groups, main, [wanted], picked_of(sample), whole=by is None)
    return {group: one for group, [one] in found.items()}


def groups_by(sample: Sample, by: str | None) -> dict[object, np.ndarray]:
    units, funded = sample.panel.units, sample.panel.funded
    return {(): funded} if by is None else {g: funded & (units[by] == g).to_numpy() for g in sorted(set(units[by]))}


def made(panel: Panel, wanted: Specification, *, by: str) -> dict[object, EffectEstimate]:
    """What one change makes of the groups of a column, whether or not it may be told."""
    sample = Sample(panel.compared, "sales", SETTINGS)
    found = specifications._varied_effects(wanted, panel, sample, TYPICAL, groups_by(sample, by), picked_of(sample))
    assert found is not None
    return dict(found)


def sign_alone(one: SpecificationResult, expected: EffectEstimate, main: EffectEstimate) -> None:
    """No value is told, and whether it has the sign of the main estimate is."""
    assert one.effect == Withheld(Reason.CONFIDENTIAL)
    kept = (expected.theta > 0) == (main.theta > 0)
    assert one.result is (Result.PASS if kept else Result.FAIL)
    assert one.because is (CheckReason.SAME_SIGN if kept else CheckReason.OTHER_SIGN)


def same(one: object, other: object) -> None:
    """Two effects of the same firms, up to the order of sums."""
    assert isinstance(one, EffectEstimate)
    assert isinstance(other, EffectEstimate)
    for name in ("theta", "se", "df", "ci_low", "ci_high", "sim_low", "sim_high", "effective_firms"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=EXACT), name
    assert (one.n_funded, one.n_comparison) == (other.n_funded, other.n_comparison)


# ---- which firms -----------------------------------------------------------------------------------------------------


def by_hand(panel: Panel, name: Specification) -> Panel:
    """The panel that a specification's name speaks of, firm by firm."""
    first = min(unit["awarded_on"] for _, unit in panel.units.iterrows() if not pd.isna(unit["awarded_on"]))
    kept = []
    for _, unit in panel.units.iterrows():
        funded = not pd.isna(unit["cohort"])
        aside = bool(unit["set_aside"])
        award = unit["awarded_on"] if funded else first
        aided = not pd.isna(unit["other_aid_on"]) and unit["other_aid_on"] < award
        kept.append(
            {
                "paid_only": not aside and (not funded or unit["paid_eur"] > 0),
                "no_aid_before": not aside and not aided,
                "below_threshold_only": funded or (bool(unit["below_threshold"]) and not aside),
                "all_not_funded": not unit["outside"],
                "outside_firms": funded or bool(unit["outside"]),
            }[name]
        )
    return panel.keep(np.array(kept))


CHOOSE = ["paid_only", "no_aid_before", "below_threshold_only", "all_not_funded", "outside_firms"]


@pytest.mark.parametrize("estimand", [TYPICAL, Estimand.EURO_WEIGHTED])
@pytest.mark.parametrize("year", [None, 1])
@pytest.mark.parametrize("name", CHOOSE)
def test_a_choice_of_firms_is_the_effect_of_those_firms(name, estimand, year):
    """Paid only, no aid before, …: what `effect` says of the panel from which the others were taken by hand."""
    panel = everybody(1)
    found = came_out(panel, Specification(name), estimand=estimand, year=year)[()]
    expected = effect(by_hand(panel, name), "sales", estimand, settings=SETTINGS, year=year)
    main = effect(panel.compared, "sales", estimand, settings=SETTINGS, year=year)
    assert expected != main
    assert found.result is (Result.PASS if (expected.theta > 0) == (main.theta > 0) else Result.FAIL)
    same(found.effect, expected)


@pytest.mark.parametrize("name", CHOOSE)
def test_a_choice_of_firms_holds_for_sectors_too(name):
    """With the intervals that hold for all of them together; of a sector the sign alone is told."""
    panel = everybody(2, funded=(70, 65), comparison=(130, 120))
    wanted = Specification(name)
    found, held = came_out(panel, wanted, by="sector"), made(panel, wanted, by="sector")
    main = {
        one.group: one.overall for one in effects_by(panel.compared, "sales", TYPICAL, by="sector", settings=SETTINGS)
    }
    told = effects_by(by_hand(panel, name), "sales", TYPICAL, by="sector", settings=SETTINGS)
    assert [one.group for one in told] == ["s0", "s1"]
    for expected in told:
        same(held[expected.group], expected.overall)
        sign_alone(found[expected.group], expected.overall, main[expected.group])


def test_aid_on_the_day_of_the_award_was_not_before_it():
    """The firm's own award; of a comparison firm, the first award of all."""
    panel = everybody(3)
    units = panel.units.assign(set_aside=False, other_aid_on=panel.units["awarded_on"])
    units.loc[~panel.funded, "other_aid_on"] = units["awarded_on"].min()
    found = came_out(replace(panel, units=units), Specification.NO_AID_BEFORE)[()]
    same(found.effect, effect(panel.keep(np.ones(len(units), dtype=bool)), "sales", TYPICAL, settings=SETTINGS))
    late = units["other_aid_on"].where(panel.funded, units["other_aid_on"] - pd.Timedelta(days=1))
    found = came_out(replace(panel, units=units.assign(other_aid_on=late)), Specification.NO_AID_BEFORE)[()]
    assert found.because is CheckReason.TOO_FEW_LEFT  # nobody to compare with


def test_within_size_is_sectors_by_size():
    """Each funded firm against comparison firms of its sector and size; those of no known size against nobody."""
    panel = everybody(4)
    units = panel.compared.units
    narrow = [
        None if pd.isna(size) else f"{sector} {size}"
        for sector, size in zip(units["sector"], units["size_class"], strict=True)
    ]
    relabelled = replace(panel.compared, units=units.assign(sector=narrow))
    found = came_out(panel, Specification.WITHIN_SIZE)[()]
    expected = effect(relabelled, "sales", TYPICAL, settings=SETTINGS)
    assert expected.n_funded < 105
    same(found.effect, expected)
    sectors = came_out(panel, Specification.WITHIN_SIZE, by="macro")
    assert sectors.keys() == {"low"}
    same(made(panel, Specification.WITHIN_SIZE, by="macro")["low"], expected)
    sign_alone(sectors["low"], expected, effect(panel.compared, "sales", TYPICAL, settings=SETTINGS))


def gaps(one: EffectEstimate, other: EffectEstimate) -> tuple[int, int]:
    return abs(one.n_funded - other.n_funded), abs(one.n_comparison - other.n_comparison)


# ---- how it is computed ----------------------------------------------------------------------------------------------


def test_unadjusted_compares_firms_as_they_are():
    panel = everybody(5)
    found = came_out(panel, Specification.UNADJUSTED)[()]
    plain = effect(panel.compared, "sales", TYPICAL, settings=replace(SETTINGS, adjustment="none"))
    same(found.effect, plain)
    assert plain.theta != effect(panel.compared, "sales", TYPICAL, settings=SETTINGS).theta


def test_symmetric_growth_is_that_estimand():
    panel = everybody(6)
    found = came_out(panel, Specification.SYMMETRIC_GROWTH, estimand=Estimand.EURO_WEIGHTED)[()]
    same(found.effect, effect(panel.compared, "sales", "symmetric_growth", settings=SETTINGS))


def test_all_earlier_months_by_hand():
    """Before is the mean of all years until then that a firm reported; one sector, one award, nothing adjusted."""
    panel = drawn(7, frequency="Y", years=7, cohorts=(4,), funded=(12,), comparison=(13,), missing=0.15, zeros=0)
    sales = panel.outcomes["sales"]
    growth: dict[bool, list[float]] = {True: [], False: []}
    for row, funded in enumerate(panel.funded):
        before = [value for value in sales[row, :4] if not math.isnan(value)]
        after = [value for value in sales[row, 4:7] if not math.isnan(value)]
        if before and after:
            growth[bool(funded)].append(math.log(sum(after) / len(after)) - math.log(sum(before) / len(before)))
    theta = sum(growth[True]) / len(growth[True]) - sum(growth[False]) / len(growth[False])
    found = came_out(panel, Specification.ALL_EARLIER_MONTHS, settings=replace(SETTINGS, adjustment="none"))[()]
    assert found.effect.theta == pytest.approx(theta, rel=EXACT)
    assert (found.effect.n_funded, found.effect.n_comparison) == (len(growth[True]), len(growth[False]))
    last_year_alone = effect(panel, "sales", TYPICAL, settings=replace(SETTINGS, adjustment="none"))
    assert abs(last_year_alone.theta - theta) > 0.01


# ---- without the largest firm ----------------------------------------------------------------------------------------


def largest_of(panel: Panel, settings: Settings) -> object:
    """The firm that sold most before, of those that enter: (first) by its largest mean over any cohort's windows."""
    firms, rules = reference.read(panel, "sales", award_period="after")
    cohorts = {firm.cohort for firm in firms if firm.cohort is not None}
    best, name = -1.0, None
    for firm in firms:
        means = [reference.paired(firm, cohort, rules, None) for cohort in cohorts]
        most = max((pair[0] for pair in means if pair is not None), default=-1.0)
        own = reference.paired(firm, firm.cohort, rules, None) if firm.cohort is not None else None
        enters = own is not None if firm.cohort is not None else most >= 0
        if enters and most > best:
            best, name = most, firm.name
    return name


@pytest.mark.parametrize("estimand", [TYPICAL, Estimand.EURO_WEIGHTED])
@pytest.mark.parametrize("seed", range(6))
def test_without_the_largest_is_the_effect_without_that_firm(estimand, seed):
    """θ of the panel from which it was taken, in either arm; only the sign is told."""
    panel = drawn(seed, frequency="Y", cohorts=(2, 3), funded=(12, 9), comparison=(14, 11), zeros=0, missing=0)
    settings = replace(SETTINGS, adjustment="none")
    sample = Sample(panel, "sales", settings)
    rest = panel.keep(panel.units.index != largest_of(panel, settings))
    expected, main = (effect(one, "sales", estimand, settings=settings) for one in (rest, panel))
    made = specifications._without_largest(sample, estimand, panel.funded)
    assert made.theta == pytest.approx(expected.theta, rel=EXACT)
    assert sorted(gaps(made, main)) == [0, 1]
    found = came_out(panel, Specification.WITHOUT_LARGEST, estimand=estimand, settings=settings)[()]
    assert found.effect == Withheld(Reason.CONFIDENTIAL)
    assert found.result is (Result.PASS if (expected.theta > 0) == (main.theta > 0) else Result.FAIL)


def test_one_large_firm_that_makes_the_sign_is_found():
    """All funded firms lost a tenth; one of them, a hundred times as large, doubled its sales: euros rose."""
    panel = drawn(8, frequency="Y", cohorts=(2,), funded=(12,), comparison=(14,), zeros=0, missing=0, years=4)
    sales = np.full(panel.outcomes["sales"].shape, 100.0)
    sales *= np.exp(np.random.default_rng(8).normal(0, 0.01, sales.shape))
    sales[panel.funded, 2:] *= 0.9
    sales[0, :2] *= 100
    sales[0, 2:] *= 200
    found = came_out(with_sales(panel, sales), Specification.WITHOUT_LARGEST, estimand=Estimand.EURO_WEIGHTED)[()]
    assert (found.result, found.because) == (Result.FAIL, CheckReason.OTHER_SIGN)
    assert found.effect == Withheld(Reason.CONFIDENTIAL)


# ---- what is told ----------------------------------------------------------------------------------------------------


def sized(n_funded: int, n_comparison: int) -> Panel:
    """One sector; every firm reports every year, and funded firms gained; everybody's columns say nothing yet."""
    rng = np.random.default_rng(9)
    periods = pd.period_range("2018", periods=4, freq="Y")
    n = n_funded + n_comparison
    cohort = pd.PeriodIndex([periods[2]] * n_funded + [pd.NaT] * n_comparison, freq="Y")
    logs = rng.normal(5, 0.1, (n, 4))
    logs[:n_funded, 2:] += 1
    units = pd.DataFrame(
        {"sector": "a", "macro_sector": "m", "cohort": cohort.array}, index=[f"f{i}" for i in range(n)]
    )
    return Panel(units, periods, {"sales": np.exp(logs)})


def paid(panel: Panel, unpaid: int, *, above: int = 0) -> Panel:
    """So many funded firms got nothing; so many comparison firms had a score above the threshold."""
    rank = np.cumsum(panel.funded)
    other = np.cumsum(~panel.funded)
    units = panel.units.assign(
        paid_eur=np.where(panel.funded & (rank > unpaid), 100.0, np.nan),
        below_threshold=~panel.funded & (other > above),
    )
    return replace(panel, units=units)


@pytest.mark.parametrize("firms", [0, 1, 2, 9, 10, 11, 30])
@pytest.mark.parametrize("arm", ["funded", "comparison"])
def test_one_to_nine_firms_apart_tell_the_sign_alone(firms, arm):
    """By ten and more the estimate is published; by fewer the two together would tell about those firms. By none it is
    the main estimate, and tests nothing.
    """
    if arm == "funded":
        panel, name = paid(sized(50, 50), firms), Specification.PAID_ONLY
    else:
        panel, name = paid(sized(50, 50), 0, above=firms), Specification.BELOW_THRESHOLD_ONLY
    found = came_out(panel, name)[()]
    told = (Result.PASS, CheckReason.SAME_SIGN) if firms else (Result.NOT_TESTABLE, CheckReason.CHANGES_NOTHING)
    assert (found.result, found.because) == told
    if 0 < firms < 10:
        assert found.effect == Withheld(Reason.CONFIDENTIAL)
    else:
        lost = (firms, 0) if arm == "funded" else (0, firms)
        assert (found.effect.n_funded, found.effect.n_comparison) == (50 - lost[0], 50 - lost[1])


@pytest.mark.parametrize("firms", [0, 1, 9, 10, 30])
@pytest.mark.parametrize("arm", ["funded", "comparison"])
@pytest.mark.parametrize("by", ["macro_sector", "sector"])
def test_a_group_tells_the_sign_alone_however_many_firms_are_apart(firms, arm, by):
    """The programme's value and those of the other groups would give it away by difference. With no firm apart there is
    no value but the main one.
    """
    if arm == "funded":
        panel, name = paid(sized(50, 50), firms), Specification.PAID_ONLY
    else:
        panel, name = paid(sized(50, 50), 0, above=firms), Specification.BELOW_THRESHOLD_ONLY
    [found] = came_out(panel, name, by=by).values()
    if firms:
        assert found == SpecificationResult(name, Withheld(Reason.CONFIDENTIAL), Result.PASS, CheckReason.SAME_SIGN)
    else:
        assert (found.result, found.because) == (Result.NOT_TESTABLE, CheckReason.CHANGES_NOTHING)
        same(found.effect, effect(panel, "sales", TYPICAL, settings=SETTINGS))


@pytest.mark.parametrize("name", Specification)
def test_changes_that_take_the_same_firms_are_told_of_groups_too(name):
    """Another adjustment, before, growth or vote says nothing about a few firms; those of other firms never do."""
    panel = everybody(2, funded=(70, 65), comparison=(130, 120))
    found = came_out(panel, name, by="sector")
    assert found.keys() == {"s0", "s1"}
    others = {*CHOOSE, "without_largest", "within_size"}
    for one in found.values():
        assert one.result in (Result.PASS, Result.FAIL)
        assert isinstance(one.effect, Withheld) == (name in others)


def test_a_change_of_groups_that_turns_the_sign_says_so():
    """Paid firms gained, unpaid ones lost more: of a sector that the sign turns is told, and no more."""
    panel = paid(sized(50, 50), 25)
    sales = panel.outcomes["sales"].copy()
    sales[:25, 2:] *= np.exp(-4)
    panel = with_sales(panel, sales)
    [found] = came_out(panel, Specification.PAID_ONLY, by="sector").values()
    expected = effect(
        panel.keep(~panel.funded | (panel.units["paid_eur"] > 0).to_numpy()), "sales", TYPICAL, settings=SETTINGS
    )
    main = effect(panel, "sales", TYPICAL, settings=SETTINGS)
    assert main.theta < 0 < expected.theta
    sign_alone(found, expected, main)


def test_ten_firms_of_one_arm_do_not_hide_one_of_the_other():
    panel = everybody(10)
    aid = pd.Series(pd.NaT, index=panel.units.index).astype("datetime64[us]")
    funded, others = (panel.units.index[mask] for mask in (panel.funded, ~panel.funded))
    aid[[*funded[:1], *others[:20]]] = panel.units["awarded_on"].min() - pd.Timedelta(days=1)
    known = replace(panel, units=panel.units.assign(other_aid_on=aid, set_aside=False))
    found = came_out(known, Specification.NO_AID_BEFORE)[()]
    assert found.effect == Withheld(Reason.CONFIDENTIAL)
    assert found.result in (Result.PASS, Result.FAIL)


def test_fewer_firms_than_an_estimate_needs_are_not_testable():
    found = came_out(paid(sized(50, 50), 46), Specification.PAID_ONLY)[()]
    assert (found.result, found.because) == (Result.NOT_TESTABLE, CheckReason.TOO_FEW_LEFT)
    assert found.effect == Withheld(Reason.TOO_FEW_FIRMS)


@pytest.mark.parametrize("name", [*CHOOSE, "within_size"])
def test_what_nobody_said_is_not_testable(name):
    """A column that is not there, or says nothing."""
    silent = {
        "paid_eur": np.nan,
        "other_aid_on": pd.NaT,
        "below_threshold": False,
        "outside": None,
        "set_aside": False,
        "size_class": None,
    }
    panel = everybody(11)
    for units in (panel.units.drop(columns=list(silent)), panel.units.assign(**silent)):
        found = came_out(replace(panel, units=units), Specification(name))[()]
        assert (found.result, found.because) == (Result.NOT_TESTABLE, CheckReason.NO_SUCH_FIRMS)


@pytest.mark.parametrize(
    ("unpaid", "told"), [(3, []), (20, ["spec_paid_only_typical_firm", "spec_paid_only_euro_weighted"])]
)
def test_a_row_of_few_firms_apart_has_no_number_at_all(unpaid, told):
    """Neither the estimate nor how many firms it was made of; whether the sign holds; of the programme many are."""
    programme = load_programme("michigan-1988").model_copy(update={"specifications": (Specification.PAID_ONLY,)})
    rows = list(map(as_row, evidence_figures(Assessment(paid(sized(50, 50), unpaid), programme))))
    found = [row for row in rows if row["measure"].startswith("spec_paid_only")]
    assert len(found) == 4  # programme, macro-sector, sector, euros
    assert {row["result"] for row in found} == {"pass"}
    shown = [row for row in found if row.get("value") is not None]
    assert [row["measure"] for row in shown] == told
    for row in shown:
        assert (row["sector"], row["macro_sector"]) == ("*", "*")
        assert (row["n_funded"], row["n_comparison"]) == (50 - unpaid, 50)
    for row in (row for row in found if row.get("value") is None):
        assert row["conf_status"] is ConfStatus.CONFIDENTIAL
        assert row["reason"] is Reason.CONFIDENTIAL
        assert not {"value", "low", "high", "n_funded", "n_comparison"} & {k for k, v in row.items() if v is not None}


# ---- odds and least squares ------------------------------------------------------------------------------------------

ALTERNATIVES = ["outcome_regression", "inverse_probability", "doubly_robust"]


def alternative_by_hand(panel: Panel, name: str) -> float:
    """θ by least squares of the reference, by odds of a likelihood written out here, or by both."""
    firms, rules = reference.read(panel, "sales", award_period="after")
    group = set(panel.units.index[panel.funded])
    slopes = reference_adjusted.slopes(firms, rules, "typical_firm", None, alpha=0.0)
    sample = reference.Sample(firms, group, rules, None, "typical_firm", None if name == ALTERNATIVES[1] else slopes)
    if name == ALTERNATIVES[0]:
        return sample.theta()
    n_sector: dict[object, int] = {}
    n_cell: dict[object, int] = {}
    for held in sample.funded.values():
        n_sector[held.firm.sector] = n_sector.get(held.firm.sector, 0) + 1
        n_cell[sample.cell(held)] = n_cell.get(sample.cell(held), 0) + 1
    rows = [(held, True, 1.0) for held in sample.funded.values()]
    for cell, others in sample.cells.items():
        rows += [(held, False, n_cell[cell] / n_sector[cell[0]]) for held in others.values()]
    x = np.array([slopes.features(held.firm, held.cohort) for held, _, _ in rows])
    sectors = sorted({held.firm.sector for held, _, _ in rows})
    dummy = np.array([[held.firm.sector == sector for sector in sectors] for held, _, _ in rows], dtype=float)
    design, y = np.column_stack([x, dummy]), np.array([funded for _, funded, _ in rows], dtype=float)
    w = np.array([weight for _, _, weight in rows])

    beta = LogisticRegression(max_iter=10_000, tol=1e-6).fit(design, y, sample_weight=w).coef_[0]
    gain = 0.0
    for held in sample.funded.values():
        others = list(sample.cells[sample.cell(held)].values())
        odds = [math.exp(np.dot(slopes.features(o.firm, o.cohort), beta[: x.shape[1]])) for o in others]
        mean = sum(v * (o.growth - sample.offset(o)) for v, o in zip(odds, others, strict=True)) / sum(odds)
        gain += held.growth - sample.offset(held) - mean
    return gain / len(sample.funded)


@pytest.mark.parametrize("name", ALTERNATIVES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_alternatives_are_those_of_an_implementation_of_its_own(name, seed):
    """θ of least squares, of odds as weights, of both; two sectors, two cohorts, gaps and zeros."""
    panel = rich(drawn(seed, frequency="Y", cohorts=(2, 3), funded=(20, 16), comparison=(22, 19), years=6), seed)
    found = came_out(panel, Specification(name))[()].effect
    close = EXACT if name == ALTERNATIVES[0] else LIKELIHOOD
    assert found.theta == pytest.approx(alternative_by_hand(panel, name), abs=close)


def selected(seed: int, *, selection: float, n: int = 400) -> Panel:
    """No grant did anything. Larger firms grew faster, a tenth per log point; by `selection` they were funded more."""
    rng = np.random.default_rng(seed)
    size = rng.normal(0, 1, 2 * n)
    funded = np.zeros(2 * n, dtype=bool)
    funded[np.argsort(selection * size + rng.logistic(0, 1, 2 * n))[n:]] = True
    periods = pd.period_range("2018", periods=4, freq="Y")
    logs = 5 + size[:, None] + rng.normal(0, 0.05, (2 * n, 4))
    logs[:, 2:] += 0.1 * size[:, None] + rng.normal(0, 0.1, (2 * n, 1))
    cohort = pd.PeriodIndex([periods[2] if mine else pd.NaT for mine in funded], freq="Y")
    units = pd.DataFrame({"sector": "a", "cohort": cohort.array}, index=[f"f{i:04d}" for i in range(2 * n)])
    return Panel(units, periods, {"sales": np.exp(logs)})


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_alternatives_agree_with_the_estimate_where_nobody_was_selected(name):
    """Within a fifth of a standard error."""
    panel = selected(1, selection=0.0)
    main = effect(panel, "sales", TYPICAL, settings=SETTINGS)
    found = came_out(panel, Specification(name))[()].effect
    assert found.theta == pytest.approx(main.theta, abs=main.se / 5)
    if name != "inverse_probability":  # weights leave the spread of sizes in growth
        assert found.se == pytest.approx(main.se, rel=0.05)


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_alternatives_take_away_what_selection_brings(name):
    """Where larger firms were funded the unadjusted effect is far from nothing; these are near it."""
    panel = selected(2, selection=1.0)
    plain = came_out(panel, Specification.UNADJUSTED)[()].effect
    assert plain.theta > 0.06
    assert plain.ci_low > 0.04
    found = came_out(panel, Specification(name))[()].effect
    assert abs(found.theta) < 0.02
    assert found.ci_low < 0 < found.ci_high


def test_alternatives_know_one_vote_per_firm_alone():
    """Of euros, or without a propensity, they are not testable."""
    panel = everybody(12)
    found = came_out(panel, Specification.DOUBLY_ROBUST, estimand=Estimand.EURO_WEIGHTED)[()]
    assert (found.result, found.because) == (Result.NOT_TESTABLE, CheckReason.NO_SUCH_FIRMS)
    sample = Sample(panel.compared, "sales", SETTINGS)
    main = {(): effect(panel.compared, "sales", TYPICAL, settings=SETTINGS)}
    whole = {(): sample.panel.funded}
    [one] = try_specifications(panel, sample, TYPICAL, whole, main, [Specification.DOUBLY_ROBUST], None, whole=True)[()]
    assert one.because is CheckReason.NO_SUCH_FIRMS


# ---- how the funded were picked --------------------------------------------------------------------------------------


def test_a_propensity_of_chance_tells_nothing_and_one_of_size_does():
    """told: the share of pairs in which the funded firm has the higher index; overlap: with a counterpart."""
    chance, size = (picked_of(Sample(selected(3, selection=s), "sales", SETTINGS)) for s in (0.0, 3.0))
    assert chance.auc == pytest.approx(0.5, abs=0.06)
    assert chance.overlap > 0.95
    assert size.auc > 0.85
    assert size.overlap < chance.overlap
    assert (size.n_funded, size.n_comparison) == (400, 400)


@given(
    firms=st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.floats(0.01, 5)), min_size=2, max_size=40),
)
def test_how_often_the_funded_firm_is_told_of_a_pair_is_the_area_of_scikit_learn(firms):
    """With ties, and with weights on both arms."""
    index, funded, weights = (np.array(column) for column in zip(*firms, strict=True))
    assume(0 < funded.sum() < len(funded))
    assert _auc(index, funded, weights) == pytest.approx(roc_auc_score(funded, index, sample_weight=weights), abs=1e-9)


# ---- votes -----------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), vote=st.sampled_from([1e-6, 1.0, 7.0]), adjusted=st.booleans())
@examples(max_examples=15, deadline=None, derandomize=True)
def test_equal_votes_are_no_votes(seed, vote, adjusted):
    """θ, what each firm does to it, and the variance of the slopes stay."""
    panel = rich(drawn(seed, frequency="Y", cohorts=(2, 3), funded=(8, 6), comparison=(9, 7)), seed)
    sample = Sample(panel, "sales", SETTINGS)
    firms, slopes = sample.group(panel.funded), sample.log_slopes if adjusted else None
    plain = sample.mean_gap(firms, slopes)
    voted = sample.mean_gap(firms, slopes, np.full(sample.log_growth.shape, vote))
    assert voted.theta == pytest.approx(plain.theta, abs=1e-12)
    np.testing.assert_allclose(voted.replicates, plain.replicates, atol=1e-12)
    assert voted.slopes_variance == pytest.approx(plain.slopes_variance, rel=EXACT)
    np.testing.assert_array_equal(voted.firm, plain.firm)


@pytest.mark.parametrize("seed", [1, 2])
def test_votes_move_with_the_firm_that_is_left_out(seed):
    """Every replicate is θ computed again without that firm, by weighted means of what remains."""
    panel = drawn(seed, frequency="Y", cohorts=(2, 3), funded=(6, 5), comparison=(7, 6))
    sample = Sample(panel, "sales", replace(SETTINGS, adjustment="none"))
    growth, own = sample.log_growth, sample.windows.own
    votes = np.random.default_rng(seed).exponential(1, growth.shape)
    votes[-1] = 0  # a firm without a vote does not enter
    sector, funded = panel.units["sector"].to_numpy(), panel.funded
    compared = {
        i: [j for j in np.flatnonzero(~funded & (sector == sector[i]) & (votes[:, own[i]] > 0))
            if np.isfinite(growth[j, own[i]])]
        for i in np.flatnonzero(funded)
    }  # fmt: skip
    entering = [i for i, others in compared.items() if np.isfinite(growth[i, own[i]]) and len(others) >= 2]

    def theta(without: int | None = None) -> float:
        gaps_ = []
        for i in entering:
            if i != without:
                left = [j for j in compared[i] if j != without]
                total = sum(votes[j, own[i]] for j in left)
                gaps_.append(growth[i, own[i]] - sum(votes[j, own[i]] * growth[j, own[i]] for j in left) / total)
        return sum(gaps_) / len(gaps_)

    found = sample.mean_gap(sample.group(funded), None, votes)
    assert found.theta == pytest.approx(theta(), abs=1e-12)
    assert len(panel.units) - 1 not in found.firm
    np.testing.assert_allclose(found.replicates, [theta(int(firm)) for firm in found.firm], atol=1e-11)
