"""Which effect a reader asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.model import Estimand
from analytics.release import Figure, Release
from analytics.release.measures import ALL, EFFECTS, Measure


@dataclass(frozen=True, slots=True)
class Asked:
    """Which effect: of what, measured how, over which years."""

    outcome: str
    estimand: Estimand
    horizon: str

    @classmethod
    def headline(cls, release: Release) -> "Asked":
        """The programme's own question."""
        question = release.programme.headline
        return cls(question.outcome, Estimand(question.estimand), question.horizon_code)

    def effect(
        self, release: Release, group: Iterable[tuple[str, str]] = (), *, horizon: str | None = None
    ) -> Figure | None:
        """The effect on a group, or on the whole programme."""
        at = horizon or self.horizon
        return release.figure(EFFECTS[self.estimand], outcome=self.outcome, horizon=at, group=group)

    def figure(
        self, release: Release, measure: Measure, group: Iterable[tuple[str, str]] = (), *, arm: str = ALL
    ) -> Figure | None:
        """Another measure of the same outcome and years."""
        return release.figure(measure, outcome=self.outcome, arm=arm, horizon=self.horizon, group=group)
