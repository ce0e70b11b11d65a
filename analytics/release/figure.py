"""One figure of a release: what it is about, and what is said of it or why nothing is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analytics.model import CheckReason, ConfStatus, Grade, ObsStatus, RangeKind, Reason, Result, Unit, Verdict
from analytics.programme.dimensions import DIMENSIONS, Group
from analytics.release.figure_id import cell_id
from analytics.release.measures import ALL, Measure


def group_of(codes: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> Group:
    """Dimension and code of each that is named, in the order of a release's columns; "*" names none."""
    named = [(name, str(code)) for name, code in dict(codes).items() if code != ALL]
    return tuple(sorted(named, key=_place))


def _place(named: tuple[str, str]) -> tuple[int, str]:
    """Dimensions of every programme first, in their order; then its own groupings."""
    name = named[0]
    return (DIMENSIONS.index(name), "") if name in DIMENSIONS else (len(DIMENSIONS), name)


@dataclass(frozen=True, slots=True)
class FigureKey:
    """What makes a figure that figure, in any release.

    outcome: "*" where it is about firms or grants; arm: "*" where both make it; horizon: "overall", or the year after
    funding; of a path a period, or e-3: quarters (of yearly data years) since the award; "*": none; group: the
    dimensions and codes that it is about, see `group_of`; (): the whole programme.
    """

    measure: Measure
    outcome: str = ALL
    arm: str = ALL
    horizon: str = ALL
    group: Group = ()

    @property
    def cell(self) -> str:
        """The part of the figure's id that stays from release to release."""
        named = [("outcome", self.outcome), ("measure", self.measure.name), ("arm", self.arm)]
        named += [("horizon", self.horizon), *self.group]
        return cell_id("|".join(f"{name}={value}" for name, value in named if value != ALL))


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number, or the reason why it is not published. Fractions: 0.12 is 12%.

    low, high: its own interval, of 95% unless `level` says otherwise (a check's); shared: the range that the other
    groups of its list make short, its own where range_kind says so; half: of 50%, p_value: both of that range; sim:
    that holds for all groups of the dimension together, with sim_p; mde: the smallest effect told from zero with 80%
    power; shrunk: the best guess, drawn toward all groups', with a range of 80% on average over them; firms_needed,
    years_needed: what would tell the smallest effect that matters; grade, verdict: None where it carries no claim;
    result, because: of a check, or whether a specification keeps the sign; n: firms of each arm, None where it is not
    told; n_comparison_at_least: whether there may be more than n_comparison (and, of a count of comparison firms, than
    its value). figure_id: "" in a candidate that has none yet.
    """

    key: FigureKey
    unit: Unit
    value: float | None = None
    low: float | None = None
    high: float | None = None
    shared_low: float | None = None
    shared_high: float | None = None
    half_low: float | None = None
    half_high: float | None = None
    sim_low: float | None = None
    sim_high: float | None = None
    p_value: float | None = None
    sim_p: float | None = None
    mde: float | None = None
    shrunk: float | None = None
    shrunk_low: float | None = None
    shrunk_high: float | None = None
    firms_needed: int | None = None
    years_needed: int | None = None
    df: float | None = None
    level: float | None = None
    range_kind: RangeKind | None = None
    grade: Grade | None = None
    verdict: Verdict | None = None
    result: Result | None = None
    because: CheckReason | None = None
    n_funded: int | None = None
    n_comparison: int | None = None
    n_comparison_at_least: bool = False
    obs_status: ObsStatus = ObsStatus.NORMAL
    conf_status: ConfStatus = ConfStatus.FREE
    reason: Reason | None = None
    figure_id: str = ""

    @property
    def published(self) -> bool:
        """Whether there is a value to show."""
        return self.value is not None

    @property
    def shown_range(self) -> tuple[float, float] | None:
        """The one range that readers see: the shared one, where there is one; its own otherwise."""
        low, high = (self.low, self.high) if self.shared_low is None else (self.shared_low, self.shared_high)
        return None if low is None or high is None else (low, high)

    @property
    def measure(self) -> Measure:
        """What it says."""
        return self.key.measure

    @property
    def outcome(self) -> str:
        """The outcome that it is about."""
        return self.key.outcome

    @property
    def arm(self) -> str:
        """The arm that it is about."""
        return self.key.arm

    @property
    def horizon(self) -> str:
        """The years, or the point in time, that it is about."""
        return self.key.horizon

    @property
    def group(self) -> Group:
        """The groups that it is about."""
        return self.key.group


# What follows from other published figures of a list of groups, beside a figure's own value, interval and df.
FROM_OTHERS = (
    *("shared_low", "shared_high", "range_kind", "half_low", "half_high", "p_value", "mde"),
    *("shrunk", "shrunk_low", "shrunk_high", "firms_needed", "years_needed"),
)


def own_part(figure: Figure) -> Figure:
    """What a figure says by its own firms: of a group without what follows from the other groups of its list."""
    judged = ("grade", "verdict", "result", "because") if figure.group else ()
    nothing: dict[str, Any] = dict.fromkeys((*FROM_OTHERS, *judged))
    return replace(figure, **nothing)
