"""Effects by cohort and period, ATT(g, t), and their averages: Callaway & Sant'Anna (2021).

A cell compares the firms first funded in g with comparison firms, from a base period to t (`doubly_robust`). Standard
errors come from influence functions; nothing is simulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from analytics.arrays import BoolArray, FloatArray, IntArray
from analytics.estimate.doubly_robust import Method, two_by_two
from analytics.model import Reason, UserError, Withheld
from analytics.panel import Panel

ControlGroup = Literal["never_treated", "not_yet_treated"]
AggregationKind = Literal["simple", "dynamic", "cohort", "calendar"]

NEVER_TREATED = np.iinfo(np.int64).max  # the cohort of firms never funded: later than any period
NO_VARIATION = 1e-12  # influence this small beside the values behind it is rounding
NUMBERS = {"integer", "floating", "mixed-integer-float", "decimal"}


@dataclass(frozen=True, slots=True)
class Aggregation:
    """An average of ATT(g, t). value, se: overall, in units of the outcome. by: a frame with label, value, se, where a
    label is the number of periods since funding (dynamic), a cohort or a calendar period (Period); simple has none.

    influence: (n_firms,) of the overall value; by_influence: (n_firms, n_labels). se = √(mean of squares / n_firms); it
    is NaN in `by` where nothing varied.
    """

    value: float
    se: float
    by: pd.DataFrame
    influence: FloatArray
    by_influence: FloatArray


@dataclass(frozen=True, slots=True)
class GroupTimeEffects:
    """ATT(g, t) of every cohort that has a base period, in every period but the first.

    frame: a row per cell, by cohort and period (both Period): att and se in units of the outcome; n_treated, n_control,
    the firms compared; reason, a `Reason` where att or se cannot be estimated and is NaN, else None (att without se:
    nothing varied). influence: (n_firms, n_cells), rows as panel.units and columns as frame; 0 for firms outside the
    cell, NaN without att; a column has mean zero, and se = √(mean of squares / n_firms).
    members: (n_firms,) the firm's cohort, counted from 0 in the order of frame; −1: none of them, or not in the sample.
    """

    frame: pd.DataFrame
    influence: FloatArray
    members: IntArray

    def aggregate(self, kind: AggregationKind) -> Aggregation | Withheld:
        """Average the cells that can be estimated; a cohort weighs as much as it has firms in the sample.

        "simple": all cells from the funding on, eq. (3.10) of the paper. "dynamic": by periods since funding (3.4),
        those before it too; overall, the mean from 0 on. "cohort": the mean over a cohort's periods (3.7); overall,
        over funded firms (3.11). "calendar": by period (3.8); overall, their mean. Standard errors allow for the
        weights being estimated. Withheld(NOT_ESTIMABLE) when no cell from the funding on can be estimated, or nothing
        varies. Raises UserError for another kind.
        """
        _check_choice("kind", kind, AggregationKind)
        cohort, period = pd.PeriodIndex(self.frame["cohort"]), pd.PeriodIndex(self.frame["period"])
        att, since = self.frame["att"].to_numpy(), period.asi8 - cohort.asi8
        after = np.isfinite(att) & (since >= 0)
        if not after.any():
            return Withheld(Reason.NOT_ESTIMABLE)
        used = np.isfinite(att) if kind == "dynamic" else after
        position = np.unique(cohort.asi8, return_inverse=True)[1]
        cells = _Effects(att[used], self.influence[:, used], position[used], self.members)
        labels = {"simple": period[:0], "dynamic": pd.Index(since[used]), "cohort": cohort[used]}
        sorted_labels, parts = cells.by(labels.get(kind, period[used]))
        if kind in ("simple", "cohort"):
            whole = (cells if kind == "simple" else parts).pooled()
        else:
            whole = parts.pick(sorted_labels >= 0 if kind == "dynamic" else np.full(len(sorted_labels), True)).mean()
        [se] = whole.standard_errors()
        if np.isnan(se):
            return Withheld(Reason.NOT_ESTIMABLE)
        by = pd.DataFrame({"label": sorted_labels, "value": parts.value, "se": parts.standard_errors()})
        return Aggregation(float(whole.value[0]), float(se), by, whole.influence[:, 0], parts.influence)


def group_time_att(
    panel: Panel,
    outcome: str,
    *,
    control_group: ControlGroup = "never_treated",
    covariates: Sequence[str] = (),
    method: Method = "dr",
    anticipation: int = 0,
    balanced: bool = True,
) -> GroupTimeEffects:
    """ATT(g, t), eqs. (2.2)–(2.7) of the paper; base period g − 1 − anticipation, or t − 1 for cells before that.

    control_group: firms never funded; or these and the firms not yet funded, nor about to be, at t. With no firm of the
    first kind, the last cohort is only compared with. covariates: columns of panel.units, numbers as they are and
    anything else as indicators. method: doubly robust, outcome regression, or inverse probability (Hájek weights).
    anticipation: periods before funding in which firms may already react. balanced: firms that report in every period
    that has any report and a comparison; otherwise, cell by cell, firms that report in both of its periods. Firms with
    an unknown covariate, or funded in the first period or before, are left out. Raises UserError for wrong arguments.
    """
    _check_choice("control_group", control_group, ControlGroup)
    _check_choice("method", method, Method)
    if isinstance(anticipation, bool) or not isinstance(anticipation, int | np.integer) or anticipation < 0:
        raise UserError("group_time.anticipation", value=anticipation)
    names = [covariates] if isinstance(covariates, str) else list(dict.fromkeys(covariates))
    sample = _Sample.of(panel, outcome, names, int(anticipation), balanced)
    cells = _Cells.of(sample, control_group, int(anticipation))
    att, influence = _estimate(sample, cells, method)
    frame = _frame(sample, cells, att, _standard_errors(influence), panel.periods.freqstr)
    members = pd.Index(np.unique(cells.cohort)).get_indexer(
        pd.Index(np.where(sample.observed, sample.cohort, NEVER_TREATED))
    )
    return GroupTimeEffects(frame, influence, members.astype(np.int64))


def _frame(sample: "_Sample", cells: "_Cells", att: FloatArray, se: FloatArray, frequency: str) -> pd.DataFrame:
    """A row per cell, as in `GroupTimeEffects.frame`; att, se: (c,)."""
    dtype = pd.PeriodDtype(frequency)
    return pd.DataFrame(
        {
            "cohort": pd.arrays.PeriodArray(cells.cohort, dtype=dtype),
            "period": pd.arrays.PeriodArray(sample.periods[cells.period], dtype=dtype),
            "att": att,
            "se": se,
            "n_treated": cells.treated.sum(axis=1),
            "n_control": cells.control.sum(axis=1),
            "reason": pd.Series([Reason.NOT_ESTIMABLE if np.isnan(value) else None for value in se], dtype=object),
        }
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    """outcome: (n_firms, T), NaN = not reported, or the firm is not in the sample; periods: (T,) ordinals, those in
    which anybody reports; cohort: (n_firms,) ordinals, or NEVER_TREATED; covariates: (n_firms, q) numbers."""

    outcome: FloatArray
    periods: IntArray
    cohort: IntArray
    covariates: FloatArray

    @classmethod
    def of(cls, panel: Panel, outcome: str, names: Sequence[str], anticipation: int, balanced: bool) -> "_Sample":
        if outcome not in panel.outcomes:
            raise UserError("panel.outcome_unknown", outcome=outcome, known=", ".join(panel.outcomes))
        if missing := [str(name) for name in names if name not in panel.units.columns]:
            raise UserError("panel.column_missing", missing=", ".join(missing))
        known = np.full(len(panel.units), True)
        for name in names:
            known &= np.isfinite(_numbers(panel.units[name]))
        reported = np.isfinite(panel.outcomes[outcome]) & known[:, None]
        anybody, periods = np.any(reported, axis=0), panel.periods.asi8
        first = periods[anybody].min(initial=NEVER_TREATED - anticipation)
        cohort = np.where(panel.funded, pd.PeriodIndex(panel.units["cohort"]).asi8, NEVER_TREATED)
        enters = np.any(reported, axis=1) & (cohort > first + anticipation)
        if balanced:
            # once the last cohort is funded nobody is left to compare with: what came then is not needed
            needed = anybody & (periods < cohort[enters].max(initial=periods[0]) - anticipation)
            enters &= np.all(reported | ~needed, axis=1)
        return cls(
            outcome=np.where(enters[:, None], panel.outcomes[outcome], np.nan)[:, anybody],
            periods=periods[anybody],
            cohort=cohort,
            covariates=_columns(panel.units, names, enters),
        )

    @property
    def observed(self) -> BoolArray:
        """(n_firms,) the firms of the sample."""
        return np.asarray(np.isfinite(self.outcome).any(axis=1))


def _numbers(values: pd.Series) -> FloatArray:
    """(n,) numbers, or which level stands there; NaN = unknown."""
    if pd.api.types.infer_dtype(values, skipna=True) not in NUMBERS:
        levels = pd.factorize(values)[0].astype(np.float64)
        return np.where(levels < 0, np.nan, levels)
    numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _columns(units: pd.DataFrame, names: Sequence[str], enters: BoolArray) -> FloatArray:
    """(n_firms, q) numbers as they are; of anything else, an indicator for each level in the sample but the first."""
    columns = [np.empty((len(units), 0))]
    for name in names:
        numbers = _numbers(units[name])[:, None]
        is_number = pd.api.types.infer_dtype(units[name], skipna=True) in NUMBERS
        columns.append(numbers if is_number else (numbers == np.unique(numbers[enters])[1:]).astype(np.float64))
    return np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class _Cells:
    """cohort: (c,) ordinals; period, base: (c,) positions in the sample's periods; treated, control: (c, n_firms) the
    firms compared: observed in both."""

    cohort: IntArray
    period: IntArray
    base: IntArray
    treated: BoolArray
    control: BoolArray

    @classmethod
    def of(cls, sample: _Sample, control_group: ControlGroup, anticipation: int) -> "_Cells":
        t = sample.periods
        first, last = (t[0], t[-1]) if len(t) else (0, 0)
        has_base = (sample.cohort > first + anticipation) & (sample.cohort <= last + anticipation)
        cohorts, periods = np.unique(sample.cohort[has_base]), np.arange(1, len(t))
        cohort, period = np.repeat(cohorts, len(periods)), np.tile(periods, len(cohorts))
        base = np.minimum(period - 1, np.searchsorted(t, cohort - anticipation) - 1)
        observed = np.isfinite(sample.outcome).T
        in_both = observed[period] & observed[base]
        if control_group == "never_treated":
            control = np.broadcast_to(sample.cohort == NEVER_TREATED, in_both.shape)
        else:
            # where nobody stays untreated, the last cohort is what the others are compared with, and has no effects
            last_cohort = sample.cohort[sample.observed].max(initial=first)
            unaffected = sample.cohort > (t[period] + anticipation)[:, None]
            control = unaffected & (sample.cohort != cohort[:, None]) & (cohort != last_cohort)[:, None]
        return cls(cohort, period, base, in_both & (sample.cohort == cohort[:, None]), in_both & control)

    def same_firms(self) -> list[IntArray]:
        """Positions of the cells, those of one cohort that compare the same firms together."""
        firms = np.packbits(self.treated | self.control, axis=1)
        keys = [(g, row.tobytes()) for g, row in zip(self.cohort, firms, strict=True)]
        codes = pd.factorize(pd.Series(keys, dtype=object))[0]
        return [np.flatnonzero(codes == code) for code in range(codes.max(initial=-1) + 1)]


def _estimate(sample: _Sample, cells: _Cells, method: Method) -> tuple[FloatArray, FloatArray]:
    """att (c,) and influence (n_firms, c): NaN where nothing can be estimated."""
    n = len(sample.cohort)
    att = np.full(len(cells.cohort), np.nan)
    influence = np.full((len(att), n), np.nan)  # one cell after the other in memory
    for positions in cells.same_firms():
        firms = np.flatnonzero(cells.treated[positions[0]] | cells.control[positions[0]])
        later, earlier = (sample.outcome[np.ix_(firms, at[positions])] for at in (cells.period, cells.base))
        treated = cells.treated[positions[0], firms]
        result = two_by_two(later - earlier, treated, sample.covariates[firms], method)
        if result is None:
            continue
        level = np.maximum(np.abs(later), np.abs(earlier)).max(axis=0)
        unvarying = np.sqrt((result.influence**2).mean(axis=0)) <= NO_VARIATION * level
        att[positions] = np.where(unvarying & (np.abs(result.att) <= NO_VARIATION * level), 0, result.att)
        influence[positions] = 0
        influence[np.ix_(positions, firms)] = np.where(unvarying, 0, result.influence * (n / len(firms))).T
    return att, influence.T


def _standard_errors(influence: FloatArray, level: FloatArray | float = 0) -> FloatArray:
    """(k,) √(mean of squares / n) of each column; NaN where nothing varied."""
    se = np.sqrt((influence**2).mean(axis=0) / len(influence))
    return np.where(se > NO_VARIATION * level, se, np.nan)


@dataclass(frozen=True, slots=True)
class _Effects:
    """value: (k,); influence: (n_firms, k); cohort: (k,) each effect's cohort, as in members: (n_firms,)."""

    value: FloatArray
    influence: FloatArray
    cohort: IntArray
    members: IntArray

    def pick(self, mask: BoolArray) -> "_Effects":
        return _Effects(self.value[mask], self.influence[:, mask], self.cohort[mask], self.members)

    def by(self, labels: pd.Index) -> tuple[pd.Index, "_Effects"]:
        """The sorted labels, and the average of the effects under each."""
        codes, sorted_labels = pd.factorize(labels, sort=True)
        parts = [self.pick(codes == code).pooled() for code in range(len(sorted_labels))]
        value = np.array([part.value[0] for part in parts])
        cohort = np.array([part.cohort[0] for part in parts], dtype=np.int64)
        influence = np.column_stack([np.empty((len(self.members), 0)), *(part.influence for part in parts)])
        return sorted_labels, _Effects(value, influence, cohort, self.members)

    def pooled(self) -> "_Effects":
        """Weighted by cohort sizes: θ = Σ p_k ATT_k / Σ p_k, p the share of the cohort's firms.

        ψ = Σ p_k ψ_k / Σ p_k + Σ_k 1{G_i = g_k}(ATT_k − θ) / Σ p_k: the second term is for estimating p.
        """
        firms = np.bincount(self.members[self.members >= 0], minlength=int(self.cohort.max()) + 1)
        share = firms[self.cohort] / len(self.members)
        value = share @ self.value / share.sum()
        gain = np.bincount(self.cohort, self.value - value, minlength=len(firms)) / share.sum()
        by_firm = np.append(gain, 0)[self.members]  # −1, no cohort, finds the 0 at the end
        influence = self.influence @ (share / share.sum()) + by_firm
        return _Effects(np.array([value]), influence[:, None], self.cohort[:1], self.members)

    def mean(self) -> "_Effects":
        """Every effect weighs the same."""
        value, influence = self.value.mean(keepdims=True), self.influence.mean(axis=1, keepdims=True)
        return _Effects(value, influence, self.cohort[:1], self.members)

    def standard_errors(self) -> FloatArray:
        """(k,) NaN where nothing varied."""
        return _standard_errors(self.influence, np.abs(self.value))


def _check_choice(argument: str, value: str, choices: object) -> None:
    if value not in get_args(choices):
        raise UserError("group_time.choice", argument=argument, value=value, known=", ".join(get_args(choices)))
