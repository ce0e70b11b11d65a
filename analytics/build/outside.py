"""Firms from outside the applicants: what a release may tell of them, who enter one specification alone.

Nothing of them enters a cube, so that no pattern protects them. The estimate that they are compared in is told of the
whole programme alone, where at least ten of them stand in it, none of them makes up its amounts, and it differs from
none that an earlier release told by the figures of fewer than ten.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.build.contributions import amounts_in_windows, entering, marks
from analytics.disclosure.rules import sensitive_cells
from analytics.estimate.sample import Sample
from analytics.evidence.limits import LEAST_APART
from analytics.model import ConfStatus, ObsStatus, Reason, Specification
from analytics.panel import Panel
from analytics.programme.file import Programme
from analytics.release import Release
from analytics.release.figure import Figure
from analytics.release.measures import WITH_OUTSIDE_FIRMS


@dataclass(frozen=True, slots=True, eq=False)
class OutsideFirms:
    """Those of one release. marks: index firm_id, a number that is another one where anything is that the estimate is
    made with; few_tell: whether one of them makes up the amounts that it is made of.
    """

    marks: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    few_tell: bool = False


def outside_firms(everybody: Panel, programme: Programme) -> OutsideFirms:
    """Those of a panel, where the programme's specifications ask for them. everybody: see `from_store`."""
    outside = everybody.units["outside"].to_numpy(dtype=bool)
    if Specification.OUTSIDE_FIRMS not in programme.specifications or not outside.any():
        return OutsideFirms()
    question = programme.headline
    compared = everybody.keep(everybody.funded | outside)
    sample = Sample(compared, question.outcome, programme.settings, question.year)
    enters = pd.DataFrame(entering(sample, programme.outcome(question.outcome)), index=compared.units.index)
    marked = pd.Series(marks(enters.assign(sector=compared.units["sector"])), index=compared.units.index)
    return OutsideFirms(marked[~compared.funded].dropna(), _dominated(sample, programme))


def _dominated(sample: Sample, programme: Programme) -> bool:
    """Whether what they sold, before or after, tells about one of them, by the rules of the programme."""
    firms = sample.group(sample.panel.funded)
    cells = []
    for _, values in amounts_in_windows(sample, firms):
        known = np.abs(values[firms.others])
        largest = np.sort(known[np.isfinite(known)])[::-1]
        first, second = (*largest[:2], 0.0, 0.0)[:2]
        cells.append({"n_units": len(largest), "value": largest.sum(), "largest": first, "second": second})
    few, dominated = sensitive_cells(pd.DataFrame(cells), programme.disclosure_rules)
    return bool((few | dominated).any())


def hide_few_outside(
    figures: Iterable[Figure],
    outside: OutsideFirms,
    programme: Programme,
    earlier: Sequence[tuple[Release, pd.Series]],
) -> Iterator[Figure]:
    """The same figures; of an estimate with firms from outside that would tell about few of them, whether its sign is
    that of the main one, and no more. earlier: the releases beside, each with the marks of its firms from outside.
    """
    for figure in figures:
        told = figure.measure in WITH_OUTSIDE_FIRMS and figure.published
        if told and (outside.few_tell or _few_stand_in(figure) or _few_changed(figure, outside, programme, earlier)):
            yield replace(
                Figure(figure.key, figure.unit, reason=Reason.CONFIDENTIAL),
                result=figure.result,
                because=figure.because,
                obs_status=ObsStatus.MISSING,
                conf_status=ConfStatus.CONFIDENTIAL,
            )
        else:
            yield figure


def _few_stand_in(figure: Figure) -> bool:
    return figure.n_comparison is not None and figure.n_comparison < LEAST_APART


def _few_changed(
    figure: Figure, outside: OutsideFirms, programme: Programme, earlier: Sequence[tuple[Release, pd.Series]]
) -> bool:
    """Whether an earlier release told the estimate with other figures of one to nine firms."""
    if not programme.disclosure_rules.p_percent > 0:
        return False
    for release, before in earlier:
        old = release.at(figure.key)
        if old is not None and old.published and 0 < changed_firms(outside.marks, before) < LEAST_APART:
            return True
    return False


def changed_firms(marked: pd.Series, before: pd.Series) -> int:
    """How many firms have another mark, or stand in one of the two alone."""
    now, then = marked.align(before)
    return int((now != then).sum())
