"""Which effect a reader asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.model import Estimand
from analytics.release import Figure, Release

GroupCodes = tuple[tuple[str, str], ...]  # dimension and code; empty: the whole programme


@dataclass(frozen=True, slots=True)
class Asked:
    """Which effect: of what, measured how, over which years."""

    outcome: str
    estimand: Estimand
    horizon: str

    @classmethod
    def headline(cls, release: Release) -> "Asked":
        """The programme's own question."""
        named = release.programme.headline
        return cls(named.outcome, Estimand(named.estimand), str(named.horizon))

    def figure(
        self, release: Release, group: Iterable[tuple[str, str]] = (), *, horizon: str | None = None
    ) -> Figure | None:
        """The effect of a group, or of the whole programme."""
        at = horizon or self.horizon
        return release.figure(self.estimand, outcome=self.outcome, horizon=at, group=dict(group))
