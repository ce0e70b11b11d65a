"""A release of which some figures are others, and a figure as it is where it is not published."""

from dataclasses import replace
from typing import Any

from analytics.model import ConfStatus, Grade, ObsStatus, Reason
from analytics.release import Figure, Release
from analytics.release.measures import Measure

NUMBERS = (
    *("value", "low", "high", "shared_low", "shared_high", "half_low", "half_high", "sim_low", "sim_high", "mde"),
    *("shrunk", "shrunk_low", "shrunk_high", "firms_needed", "years_needed", "n_funded", "n_comparison", "range_kind"),
)


def withheld(figure: Figure, reason: Reason = Reason.CONFIDENTIAL) -> Figure:
    """The same figure, not published."""
    hidden = {
        "reason": reason,
        "verdict": None,
        "obs_status": ObsStatus.MISSING,
        "conf_status": ConfStatus.CONFIDENTIAL,
    }
    grade = None if figure.grade is None else Grade.WITHHELD
    return replace(figure, **dict.fromkeys(NUMBERS), **hidden, grade=grade)


def ranged(figure: Figure, low: float, high: float) -> Figure:
    """The same figure with another range, of its own and as it is shown."""
    return replace(figure, low=low, high=high, shared_low=low, shared_high=high)


class Instead:
    """A release of which some figures are others, and some are not there."""

    def __init__(self, release: Release, *figures: Figure, without: tuple[str, ...] = ()) -> None:
        """without: how the names of measures begin that it does not hold."""
        self._release, self._without = release, without
        self._mine = {figure.figure_id: figure for figure in figures}

    main, main_effect = Release.main, Release.main_effect

    def figure(self, measure: Measure, **cell: Any) -> Figure | None:
        """The other figure, where there is one."""
        if self._without and measure.name.startswith(self._without):
            return None
        found = self._release.figure(measure, **cell)
        return found and self._mine.get(found.figure_id, found)

    def by_id(self, figure_id: str) -> Figure | None:
        """Likewise."""
        return self._mine.get(figure_id) or self._release.by_id(figure_id)

    def headline(self) -> Figure:
        """Likewise."""
        found = self._release.headline()
        return self._mine.get(found.figure_id, found)

    def __getattr__(self, name: str) -> Any:
        """All else is as it is."""
        return getattr(self._release, name)
