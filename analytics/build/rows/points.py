"""A point over time as a release tells it: value and half-widths to a point or two, or why there is none."""

from dataclasses import replace

from analytics.build.rows.rounding import point_of_path, to_step
from analytics.build.rows.row import Counts, withheld_figure, without_counts
from analytics.model import ConfStatus, DisclosureRules, ObsStatus, Reason, Unit
from analytics.release.figure import Figure, FigureKey

_PLACES = 12  # decimals left by adding rounded numbers


def told_point(
    key: FigureKey, value: float, half: float, sim_half: float, counts: Counts, rules: DisclosureRules
) -> Figure:
    """Value and half-widths rounded, the ends set by them: ends rounded by themselves would tell the value finer. half:
    of this point alone; sim_half: of all of the path; counts: firms that enter.
    """
    step = point_of_path(min(counts)) if rules.p_percent > 0 else 0.0
    value, half, sim_half = (to_step(number, step) if step else number for number in (value, half, sim_half))
    return Figure(
        key,
        Unit.FRACTION,
        _tidy(value),
        low=_tidy(value - half),
        high=_tidy(value + half),
        sim_low=_tidy(value - sim_half),
        sim_high=_tidy(value + sim_half),
        n_funded=counts[0],
        n_comparison=counts[1],
        obs_status=ObsStatus.ESTIMATED,
    )


def untold_point(key: FigureKey, reason: Reason) -> Figure:
    """A point that is not shown, and no number of firms with it."""
    conf = ConfStatus.CONFIDENTIAL if reason is Reason.CONFIDENTIAL else ConfStatus.FREE
    return replace(without_counts(withheld_figure(key, Unit.FRACTION, reason)), conf_status=conf)


def _tidy(number: float) -> float:
    """A sum of rounded numbers without what adding left of them."""
    return round(number, _PLACES) + 0.0
