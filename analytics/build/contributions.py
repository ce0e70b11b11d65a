"""What each firm contributes to the cells of a release: the one frame that disclosure control stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.arrays import FloatArray
from analytics.build.samples import Samples
from analytics.estimate.before_after import comparison_weights
from analytics.estimate.estimands import euro_sums
from analytics.estimate.sample import Sample
from analytics.model import Arm, Estimand
from analytics.panel import Panel
from analytics.panel.arms import Firms
from analytics.panel.windows import cohorts_of
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.release.measures import ALL, OVERALL, estimands_of

SELLS = "sells"  # "yes", or "no" for kinds of beneficiaries that sell nothing by their nature
MEASURED = "measured"  # funded firms that a reconciliation counts
TRACE = "trace"  # of what a firm reported, inside the windows or not; of one year, of what enters its effects
SELLING, ANSWERED = f"{TRACE}_selling", f"{TRACE}_answered"  # of whether a firm sold before and after; of its answers
# what else the figures are made with: matched on, described or set in proportion to
TRACED_TRAITS = ("employees", "score", "eligible_spend_eur", "paid_eur", "other_aid_on", "below_threshold", "source")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a column of the contributions holds: of an outcome and horizon ("*": none, or all of them), what each firm
    adds: firms, grants, before, after, an estimand, or a trace of what it reported.
    """

    outcome: str
    horizon: str
    what: str

    @property
    def column(self) -> str:
        """The name of its column."""
        return f"{self.outcome}|{self.horizon}|{self.what}"

    @property
    def is_trace(self) -> bool:
        """Whether it marks what a firm reported, of an outcome or for some evidence, and is not published itself."""
        return self.what.partition("_")[0] == TRACE


def contributions_in(frame: pd.DataFrame) -> Iterator[Contribution]:
    """What the columns of a frame of contributions hold, in their order."""
    for column in map(str, frame):
        if column.count("|") == 2:
            yield Contribution(*column.split("|"))


def contributions(panel: Panel, programme: Programme, samples: Samples) -> pd.DataFrame:
    """One row per firm in either arm: its arm, its code in each dimension, whether it sells, and a column per measure
    (NaN: in none).

    Counts and grants ("*|*|firms", "*|*|grants"); of each outcome and horizon, per period, what it sold `before` and
    `after`; of each estimand and funded firm, what it adds to a sum that a published effect gives away: its expected
    sales without the grant (`euro_weighted`), or one vote; of the headline, which firms are `measured`.
    A comparison firm has the mean of its windows, weighted as
    in the means that are published.
    """
    units, funded = panel.units, panel.funded
    frame = units.reindex(columns=list(programme.dimension_names)).astype(object)
    sells = units["sells"].fillna(True).to_numpy(dtype=bool)
    compared = ~funded & sells & units["sector"].isin(units["sector"][funded & sells].dropna()).to_numpy()
    columns: dict[str, npt.NDArray[Any]] = {SELLS: np.where(sells, "yes", "no")}
    columns |= {"arm": np.where(funded, Arm.FUNDED.value, Arm.COMPARISON.value)}
    columns[Contribution(ALL, ALL, "firms").column] = np.where(funded | compared, 1.0, np.nan)
    if "grant_eur" in units:
        grants = units["grant_eur"].to_numpy(dtype=np.float64, na_value=np.nan)
        columns[Contribution(ALL, ALL, "grants").column] = np.where(funded, grants, np.nan)
    traces = list(_traces_of_evidence(panel, programme))
    for outcome in programme.outcomes:
        traces += _traces(panel, outcome, programme, samples[outcome.name])
        for sample in samples[outcome.name]:
            for what, values in _measured(sample, estimands_of(programme, outcome)):
                columns[Contribution(outcome.name, sample.horizon, what).column] = np.abs(values)
    columns |= {trace.column: np.where(funded | compared, marks(traced), np.nan) for trace, traced in traces}
    columns |= {measured.column: counted for measured, counted in _measured_funded(panel, programme, samples)}
    return frame.join(pd.DataFrame(columns, index=frame.index))


def _measured_funded(panel: Panel, programme: Programme, samples: Samples) -> Iterator[tuple[Contribution, FloatArray]]:
    """Funded firms with both windows of the headline: 1, NaN elsewhere."""
    question = programme.headline
    sample = next(sample for sample in samples[question.outcome] if sample.horizon == question.horizon_code)
    yield (
        Contribution(question.outcome, question.horizon_code, MEASURED),
        np.where(panel.funded & sample.measured, 1.0, np.nan),
    )


def _traces_of_evidence(panel: Panel, programme: Programme) -> Iterator[tuple[Contribution, FloatArray | pd.DataFrame]]:
    """Traces of what the headline's checks and money are made with, beside its windows."""
    question, settings = programme.headline, programme.settings
    before = panel.periods < cohorts_of(panel)[0]
    traced: dict[str, FloatArray | pd.DataFrame] = {
        "earlier": panel.outcomes[question.outcome][:, before],
        "traits": panel.units.reindex(columns=list(TRACED_TRAITS)),
    }
    if settings.loss_baseline is not None and settings.total_outcome in panel.outcomes:
        baseline = panel.periods.year == int(settings.loss_baseline)
        traced["losses"] = np.hstack(
            [panel.outcomes[name][:, baseline] for name in (question.outcome, settings.total_outcome)]
        )
    for name, values in traced.items():
        yield Contribution(question.outcome, question.horizon_code, f"{TRACE}_{name}"), values


def _traces(
    panel: Panel, outcome: Outcome, programme: Programme, samples: Sequence[Sample]
) -> Iterator[tuple[Contribution, FloatArray]]:
    """What firms reported of an outcome, and of the one that it is part of, by the horizon whose figures it enters: all
    of it, over all years; what was before the first award, every year; of one year, its windows. And whether they sold
    and answered.
    """
    whole = programme.whole_of(outcome)
    outcomes = [outcome] if whole is None else [outcome, whole]
    reported = [panel.outcomes[one.name] for one in outcomes]
    early = panel.periods < cohorts_of(panel)[0]
    yield Contribution(outcome.name, OVERALL, TRACE), np.hstack(reported)
    yield Contribution(outcome.name, ALL, TRACE), np.hstack([values[:, early] for values in reported])
    yield Contribution(outcome.name, OVERALL, ANSWERED), np.isfinite(panel.outcomes[outcome.name])
    for sample in samples:
        yield Contribution(outcome.name, sample.horizon, SELLING), _own_sides(sample)
        if sample.horizon != OVERALL:
            yield Contribution(outcome.name, sample.horizon, TRACE), entering(sample, outcome)


def _own_sides(sample: Sample) -> FloatArray:
    """(n_firms, 4) whether a firm was measured and sold before and after, in the windows of its own cohort, or any."""
    sides = (sample.windows.before, sample.windows.after)
    own = (sample.windows.own[:, None] == np.arange(len(sample.windows.cohorts))) | (sample.windows.own < 0)[:, None]
    return np.hstack(
        [(own & condition).any(axis=1, keepdims=True) for side in sides for condition in (np.isfinite(side), side > 0)]
    )


def entering(sample: Sample, outcome: Outcome) -> FloatArray:
    """What of a firm enters the effects of one year: its windows, and what was known of it before; of a funded firm,
    those of its own cohort alone.
    """
    windows = sample.windows
    shares = [sample.online_share] if outcome.share_of in sample.panel.outcomes else []
    others = (windows.own >= 0)[:, None] & (windows.own[:, None] != np.arange(len(windows.cohorts)))
    return np.hstack(
        [np.where(others, np.nan, known) for known in (windows.before, windows.after, *sample.traits, *shares)]
    )


def marks(values: FloatArray | pd.DataFrame) -> FloatArray:
    """A number from 1 to 2 for each firm, another where anything is; NaN where there is nothing."""
    frame = pd.DataFrame(values)
    mixed = pd.util.hash_pandas_object(frame, index=False).to_numpy(dtype=np.uint64)
    marks: FloatArray = 1 + (mixed >> np.uint64(12)).astype(np.float64) / 2.0**52
    return np.where(frame.notna().any(axis=1), marks, np.nan)


def _measured(sample: Sample, estimands: Sequence[Estimand]) -> Iterator[tuple[str, FloatArray]]:
    """(n_firms,) each, per period; of an estimand of which every firm is one vote, 1 for those that enter."""
    firms = sample.group(sample.panel.funded)
    yield from amounts_in_windows(sample, firms)
    for estimand in estimands:
        values = np.full(len(sample.windows.after), np.nan)
        if estimand is Estimand.EURO_WEIGHTED:
            sums = euro_sums(firms, sample.windows.before, sample.windows.after, sample.log_slopes)
            if sums is not None:
                values[firms.rows[sums.enters]] = sums.expected
        else:
            deletions = sample.deletions(estimand, firms)
            if deletions is not None:
                values[deletions.firm[deletions.funded]] = 1.0
        yield estimand.value, values


def amounts_in_windows(sample: Sample, firms: Firms) -> Iterator[tuple[str, FloatArray]]:
    """(n_firms,) what each sold `before` and `after`, per period; a comparison firm the mean of its windows, weighted
    as in the means that are published. NaN: in neither arm, or not known.
    """
    weights = comparison_weights(sample, firms)
    total = weights.sum(axis=1)
    share = weights / np.where(total > 0, total, np.nan)[:, None]
    for what, seen in (("before", sample.windows.before), ("after", sample.windows.after)):
        values = np.full(len(seen), np.nan)
        values[firms.rows] = firms.funded(seen)
        means = np.where(share > 0, firms.comparison(seen) * share, 0).sum(axis=1)
        values[firms.others] = np.where(total > 0, means, np.nan)
        yield what, values
