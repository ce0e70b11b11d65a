"""The main estimate, one change at a time (METHODS.md 5, check 4). Does its sign depend on how it was made?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray
from analytics.estimate.adjustment import pooled_slopes
from analytics.estimate.effects import Effect, EffectEstimate, effect_of, group_effects
from analytics.estimate.inference import Deletions
from analytics.estimate.sample import Sample
from analytics.evidence.limits import LEAST_APART
from analytics.evidence.propensity import Propensity
from analytics.model import CheckReason, Estimand, Reason, Result, Specification, Withheld
from analytics.panel import Panel
from analytics.panel.arms import GroupLabel


@dataclass(frozen=True, slots=True)
class SpecificationResult:
    """How one change came out for one group.

    effect: withheld where none can be made. One of other firms, too, where the two arms together with the main estimate
    would tell about a few: of the whole programme when an arm differs by 1 to 9 firms; of a group always, since the
    programme and the other groups would give it away. Then only whether the sign holds is said: the result.
    """

    specification: Specification
    effect: Effect
    result: Result
    because: CheckReason


def try_specifications(
    everybody: Panel,
    sample: Sample,
    estimand: Estimand,
    groups: Mapping[GroupLabel, BoolArray],
    main: Mapping[GroupLabel, EffectEstimate],
    specifications: Sequence[Specification],
    propensity: Propensity | None,
    *,
    whole: bool,
) -> dict[GroupLabel, list[SpecificationResult]]:
    """How every specification came out, for each group that has a main estimate.

    everybody: the panel of all applicants, and of firms from outside; `sample` is of those in either arm; groups: masks
    of the sample's panel.
    whole: the one group is the programme. propensity: what the last three specifications weigh by; without it they are
    not testable.
    """
    results: dict[GroupLabel, list[SpecificationResult]] = {group: [] for group in main}
    for specification in specifications:
        effects = _varied_effects(specification, everybody, sample, estimand, groups, propensity)
        for group, effect in main.items():
            varied = Withheld(Reason.NOT_ESTIMABLE) if effects is None else effects[group]
            if isinstance(varied, Withheld):
                because = CheckReason.NO_SUCH_FIRMS if effects is None else CheckReason.TOO_FEW_LEFT
                results[group].append(SpecificationResult(specification, varied, Result.NOT_TESTABLE, because))
            else:
                results[group].append(_result_of(specification, effect, varied, whole=whole))
    return results


def _result_of(
    specification: Specification, main: EffectEstimate, varied: EffectEstimate, *, whole: bool
) -> SpecificationResult:
    if (varied.theta, varied.n_funded, varied.n_comparison) == (main.theta, main.n_funded, main.n_comparison):
        return SpecificationResult(specification, varied, Result.NOT_TESTABLE, CheckReason.CHANGES_NOTHING)
    same = (varied.theta > 0) == (main.theta > 0)
    result, because = (Result.PASS, CheckReason.SAME_SIGN) if same else (Result.FAIL, CheckReason.OTHER_SIGN)
    gaps = abs(varied.n_funded - main.n_funded), abs(varied.n_comparison - main.n_comparison)
    if specification in TAKE_OTHER_FIRMS and (not whole or any(0 < gap < LEAST_APART for gap in gaps)):
        return SpecificationResult(specification, Withheld(Reason.CONFIDENTIAL), result, because)
    return SpecificationResult(specification, varied, result, because)


def _varied_effects(
    specification: Specification,
    everybody: Panel,
    sample: Sample,
    estimand: Estimand,
    groups: Mapping[GroupLabel, BoolArray],
    propensity: Propensity | None,
) -> Mapping[GroupLabel, Effect] | None:
    """None: the data hold nothing that such a change could be made with."""
    panel, settings = sample.panel, sample.settings
    match specification:
        case Specification.UNADJUSTED:
            varied = Sample(panel, sample.outcome, replace(settings, adjustment="none"), sample.year)
            return group_effects(varied, estimand, groups)
        case Specification.ALL_EARLIER_MONTHS:
            varied = Sample(panel, sample.outcome, replace(settings, all_before=True), sample.year)
            return group_effects(varied, estimand, groups)
        case Specification.SYMMETRIC_GROWTH:
            return group_effects(sample, Estimand.SYMMETRIC_GROWTH, groups)
        case Specification.WITHIN_SIZE:
            return _within_size(sample, estimand, groups)
        case Specification.WITHOUT_LARGEST:
            return {group: _without_largest(sample, estimand, mask) for group, mask in groups.items()}
        case Specification.OUTCOME_REGRESSION | Specification.INVERSE_PROBABILITY | Specification.DOUBLY_ROBUST:
            return _weighted_or_regressed(specification, sample, estimand, groups, propensity)
        case _:
            kept = SELECTIONS[specification](everybody)
            return None if kept is None else _of_firms(everybody.keep(kept), sample, estimand, groups)


def _of_firms(
    panel: Panel, sample: Sample, estimand: Estimand, groups: Mapping[GroupLabel, BoolArray]
) -> Mapping[GroupLabel, Effect]:
    """The same of other firms."""
    varied = Sample(panel, sample.outcome, sample.settings, sample.year)
    masks = {group: panel.units.index.isin(sample.panel.units.index[mask]) for group, mask in groups.items()}
    return group_effects(varied, estimand, masks)


def _within_size(
    sample: Sample, estimand: Estimand, groups: Mapping[GroupLabel, BoolArray]
) -> Mapping[GroupLabel, Effect] | None:
    """Comparison firms of the same sector and size alone."""
    units = sample.panel.units
    if "size_class" not in units or units["size_class"].isna().all():
        return None
    narrow = (units["sector"].astype("str") + "|" + units["size_class"].astype("str")).where(
        units["sector"].notna() & units["size_class"].notna()
    )
    panel = replace(sample.panel, units=units.assign(sector=narrow))
    return group_effects(Sample(panel, sample.outcome, sample.settings, sample.year), estimand, groups)


def _without_largest(sample: Sample, estimand: Estimand, mask: BoolArray) -> Effect:
    """Without the firm, of either arm, that sold most before; slopes stay, and so does what each other firm does."""
    deletions = sample.deletions(estimand, sample.group(mask))
    if deletions is None or not (np.isfinite(deletions.theta) and np.isfinite(deletions.replicates).all()):
        return Withheld(Reason.NOT_ESTIMABLE)
    size = np.nanmax(np.where(np.isfinite(sample.windows.before), sample.windows.before, -np.inf), axis=1)
    largest = int(np.argmax(size[deletions.firm]))
    others = np.arange(len(deletions.firm)) != largest
    without = replace(
        deletions,
        theta=float(deletions.replicates[largest]),
        replicates=(deletions.replicates + deletions.replicates[largest] - deletions.theta)[others],
        **{name: getattr(deletions, name)[others] for name in ("firm", "stratum", "funded", "weights")},
    )
    return effect_of(without, estimand, sample)


def _weighted_or_regressed(
    specification: Specification,
    sample: Sample,
    estimand: Estimand,
    groups: Mapping[GroupLabel, BoolArray],
    propensity: Propensity | None,
) -> Mapping[GroupLabel, Effect] | None:
    """Outcome regression (least squares instead of ridge), odds of being funded as weights, or both."""
    if estimand is not Estimand.TYPICAL_FIRM or propensity is None:
        return None
    slopes = None
    if specification is not Specification.INVERSE_PROBABILITY:
        slopes = pooled_slopes(sample.arms, sample.log_growth, sample.traits, alpha=0.0)
    odds = None if specification is Specification.OUTCOME_REGRESSION else propensity.odds
    effects: dict[GroupLabel, Effect] = {}
    for group, mask in groups.items():
        deletions: Deletions | None = sample.mean_gap(sample.group(mask), slopes, odds)
        effects[group] = effect_of(deletions, estimand, sample)
    return effects


# ---- which firms -----------------------------------------------------------------------------------------------------


def _set_aside(panel: Panel) -> BoolArray:
    """Firms that are no fair comparison, and stand aside."""
    if "set_aside" not in panel.units:
        return np.zeros(len(panel.units), dtype=bool)
    return panel.units["set_aside"].to_numpy(dtype=bool)


def _known(panel: Panel, column: str) -> pd.Series | None:
    if column not in panel.units or panel.units[column].isna().all():
        return None
    return panel.units[column]


def _below_threshold_only(panel: Panel) -> BoolArray | None:
    below = _known(panel, "below_threshold")
    if below is None or not below.any():
        return None
    turned_down: BoolArray = below.fillna(False).to_numpy(dtype=bool)
    return ~_set_aside(panel) & (panel.funded | turned_down)


def _all_not_funded(panel: Panel) -> BoolArray | None:
    applied = ~_from_outside(panel)
    return applied if (_set_aside(panel) & applied).any() else None


def _from_outside(panel: Panel) -> BoolArray:
    """Firms that did not apply."""
    if "outside" not in panel.units:
        return np.zeros(len(panel.units), dtype=bool)
    return panel.units["outside"].to_numpy(dtype=bool)


def _outside_firms(panel: Panel) -> BoolArray | None:
    outside = _from_outside(panel)
    return panel.funded | outside if outside.any() else None


def _paid_only(panel: Panel) -> BoolArray | None:
    paid = _known(panel, "paid_eur")
    if paid is None:
        return None
    was_paid = (paid.astype("float64") > 0).to_numpy(dtype=bool)
    return ~_set_aside(panel) & (~panel.funded | was_paid)


def _no_aid_before(panel: Panel) -> BoolArray | None:
    """Aid before the firm's own award; of a comparison firm, before the first award of all."""
    aid, awarded = _known(panel, "other_aid_on"), _known(panel, "awarded_on")
    if aid is None or awarded is None:
        return None
    aided_before = (aid < awarded.fillna(awarded.min())).to_numpy(dtype=bool)
    return ~_set_aside(panel) & ~aided_before


SELECTIONS: dict[Specification, Callable[[Panel], BoolArray | None]] = {
    Specification.BELOW_THRESHOLD_ONLY: _below_threshold_only,
    Specification.ALL_NOT_FUNDED: _all_not_funded,
    Specification.OUTSIDE_FIRMS: _outside_firms,
    Specification.PAID_ONLY: _paid_only,
    Specification.NO_AID_BEFORE: _no_aid_before,
}
# What the same estimate of a few firms more or less would tell about those.
TAKE_OTHER_FIRMS = {*SELECTIONS, Specification.WITHOUT_LARGEST, Specification.WITHIN_SIZE}
