"""Domain types: what a result is, why one is missing, which settings made it, and errors that a user can act on."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
import pandas as pd

from analytics.language.text import Text

Progress = Callable[[str, int, int], None]  # step, parts done, parts in all


def silent(step: str, done: int, total: int) -> None:
    """The progress of somebody who does not watch."""


class DataKind(StrEnum):
    """What the data of a programme are: invented, anybody's, or under confidentiality."""

    SIMULATED = "simulated"
    PUBLIC = "public"
    CONFIDENTIAL = "confidential"


class Estimand(StrEnum):
    """What an effect measures (METHODS.md 3)."""

    TYPICAL_FIRM = "typical_firm"
    EURO_WEIGHTED = "euro_weighted"
    STARTED_SELLING = "started_selling"
    SYMMETRIC_GROWTH = "symmetric_growth"
    ONLINE_SHARE = "online_share"

    @property
    def unit(self) -> "Unit":
        """The unit in which an effect is shown."""
        return _UNIT_OF[self]


class Unit(StrEnum):
    """How a value is read: a fraction shown as % or as points, a score in [−2, 2] (never "%"), an amount of the
    outcome, a count, money, money per unit of money, a probability, a plain number, or standard deviations."""

    FRACTION = "fraction"
    POINTS = "points"
    SCORE = "score"
    OUTCOME = "outcome"
    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"
    PROBABILITY = "probability"
    NUMBER = "number"
    DEVIATIONS = "deviations"


_UNIT_OF = {
    Estimand.TYPICAL_FIRM: Unit.FRACTION,
    Estimand.EURO_WEIGHTED: Unit.FRACTION,
    Estimand.STARTED_SELLING: Unit.POINTS,
    Estimand.SYMMETRIC_GROWTH: Unit.SCORE,
    Estimand.ONLINE_SHARE: Unit.POINTS,
}


class Arm(StrEnum):
    """Firms that were awarded a grant, and firms of the same sector that were not."""

    FUNDED = "funded"
    COMPARISON = "comparison"


class Reason(StrEnum):
    """Why a result is not shown. Too few firms: for its quality; confidential: to protect firms, by whatever rule."""

    TOO_FEW_FIRMS = "too_few_firms"
    CONFIDENTIAL = "confidential"
    NOT_ESTIMABLE = "not_estimable"
    EMBARGO = "embargo"
    NO_LOSSES = "no_losses"
    LOSSES_UNCERTAIN = "losses_uncertain"
    NO_DIRECTION = "no_direction"
    NEVER_LOST = "never_lost"


class Specification(StrEnum):
    """One change to the main estimate. Those that a programme file lists, beforehand, count for stability; the last
    three are shown beside.
    """

    UNADJUSTED = "unadjusted"
    ALL_EARLIER_MONTHS = "all_earlier_months"
    BELOW_THRESHOLD_ONLY = "below_threshold_only"
    ALL_NOT_FUNDED = "all_not_funded"
    OUTSIDE_FIRMS = "outside_firms"
    PAID_ONLY = "paid_only"
    NO_AID_BEFORE = "no_aid_before"
    WITHOUT_LARGEST = "without_largest"
    SYMMETRIC_GROWTH = "symmetric_growth"
    WITHIN_SIZE = "within_size"
    OUTCOME_REGRESSION = "outcome_regression"
    INVERSE_PROBABILITY = "inverse_probability"
    DOUBLY_ROBUST = "doubly_robust"


class Check(StrEnum):
    """What stands between an estimate and a claim (METHODS.md 5), in its order: 0 to 4."""

    DESIGN = "design"
    GROUPS = "groups"
    BEFORE = "before"
    REPORTING = "reporting"
    STABILITY = "stability"


class Result(StrEnum):
    """How a check came out."""

    PASS = "pass"  # noqa: S105 - no password  # nosec B105
    NOT_CONTRADICTED = "not_contradicted"
    FAIL = "fail"
    NOT_TESTABLE = "not_testable"


class CheckReason(StrEnum):
    """Why a check, or one specification, came out as it did."""

    SAME_COLLECTION = "same_collection"
    OTHER_COLLECTION = "other_collection"
    SOURCE_UNKNOWN = "source_unknown"
    ELIGIBILITY_UNKNOWN = "eligibility_unknown"
    ENOUGH_FIRMS = "enough_firms"
    FEW_FIRMS = "few_firms"
    FEW_EFFECTIVE = "few_effective"
    WITHIN_MIE = "within_mie"
    DIRECTION_HOLDS = "direction_holds"
    DIFFERED = "differed"
    DIRECTION_OPEN = "direction_open"
    TREND_HOLDS = "trend_holds"
    TREND_MAY_HOLD = "trend_may_hold"
    TREND_OPEN = "trend_open"
    WHOLE_DIFFERED = "whole_differed"
    WHOLE_OPEN = "whole_open"
    PARENT_AHEAD = "parent_ahead"
    IMPRECISE = "imprecise"
    NO_EARLIER_YEAR = "no_earlier_year"
    REPORTED_ALIKE = "reported_alike"
    WORST_CASE_HOLDS = "worst_case_holds"
    FEW_MEASURED = "few_measured"
    REPORTED_UNLIKE = "reported_unlike"
    SAME_SIGN = "same_sign"
    OTHER_SIGN = "other_sign"
    FEW_SPECIFICATIONS = "few_specifications"
    NO_SUCH_FIRMS = "no_such_firms"
    CHANGES_NOTHING = "changes_nothing"
    TOO_FEW_LEFT = "too_few_left"


class Grade(StrEnum):
    """How far the evidence carries a claim (METHODS.md 6)."""

    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"
    DESCRIPTION = "description"
    WITHHELD = "withheld"


class Verdict(StrEnum):
    """What the interval of a claim allows, beside the smallest effect that matters."""

    MUCH_HIGHER = "much_higher"
    HIGHER = "higher"
    SAME = "same"
    CANNOT_TELL = "cannot_tell"
    LOWER = "lower"
    MUCH_LOWER = "much_lower"


class RangeKind(StrEnum):
    """How the range of an effect is found: shared, made short by the other groups of its list, or its own."""

    SHARED = "shared"
    OWN = "own"


class ObsStatus(StrEnum):
    """SDMX OBS_STATUS of a published cell."""

    NORMAL = "A"
    ESTIMATED = "E"
    PROVISIONAL = "P"
    LOW_RELIABILITY = "U"
    MISSING = "M"


class ConfStatus(StrEnum):
    """SDMX CONF_STATUS of a published cell: it tells no rule, since a small count would give away one or two firms."""

    FREE = "F"
    CONFIDENTIAL = "C"
    EMBARGO = "E"


class Rule(StrEnum):
    """Why a cell of the cube is withheld, or shows the figure of an earlier release: for the officer alone."""

    MIN_UNITS = "min_units"
    P_PERCENT = "p_percent"
    SECONDARY = "secondary"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A result that cannot be shown, and why. Never 0, never NaN, never empty."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Importance:
    """The smallest effect that matters, fixed before any estimate is seen.

    fraction: of growth, and of what is read as a score; points: of a share. Both are fractions (0.03 is 3 points).
    """

    fraction: float
    points: float

    def estimation(self, unit: Unit) -> float:
        """On the scale that effects are estimated on: ln(1 + m), points, or the score 2m/(2 + m) of growth by m."""
        return float(np.log1p(self.fraction)) if unit is Unit.FRACTION else self.shown(unit)

    def shown(self, unit: Unit) -> float:
        """As values are shown: m, points, or the score of growth by m."""
        match unit:
            case Unit.FRACTION:
                return self.fraction
            case Unit.POINTS:
                return self.points
            case Unit.SCORE:
                return 2 * self.fraction / (2 + self.fraction)
            case _:
                raise ValueError(f"no effect is told in {unit}")

    @property
    def limits(self) -> tuple[float, float, float]:
        """What the end of a printed range, a fraction, may not read as unless it is."""
        return 0.0, self.fraction, -self.fraction


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Limits of the five checks (METHODS.md 5). Shares of firms are fractions; counts are of firms.

    most_unknown: share of firms of which nobody said how they were asked, or why they were not funded, beyond which the
    design cannot be tested; most_gap: difference between the arms in how they were asked, or in how many are measured,
    from which on they are not alike; least_firms: of each arm, for a claim; least_effective: equal votes that the euros
    of an arm amount to, for a claim about euros; least_earlier: share of funded firms in cohorts whose earlier year is
    in the data, below which the year before cannot be tested; least_measured: share of funded firms measured, for
    reporting to pass without its worst case; least_specifications: that could be made, below which stability cannot be
    tested; least_same_sign: share of those with the sign of the main estimate.
    """

    most_unknown: float = 0.05
    most_gap: float = 0.05
    least_firms: int = 15
    least_effective: float = 10.0
    least_earlier: float = 0.5
    least_measured: float = 0.80
    least_specifications: int = 3
    least_same_sign: float = 0.80


@dataclass(frozen=True, slots=True)
class Settings:
    """How effects are estimated. Effects and bounds are fractions; windows as in METHODS.md 1.

    before_ends: the last period before the programme could act on anybody; None: the last period before each award.
    all_before: before is all that is known until then, not its last year alone.
    award_period: "skip" starts year 1 with the first full period after the award, "after" with the award's own.
    min_firms: an arm with fewer firms gives no estimate; exactly this many does.
    adjustment: "pooled_slopes" compares firms at equal sales, size and earlier growth, by a ridge regression over all
    sectors' comparison firms with penalty `alpha`; "none" compares them as they are.
    sector_range: "shared" makes the ranges of sectors, and of groups of whole sectors, short by what the others tell
    (METHODS.md 10); "own" leaves each its own.
    total_outcome: what `online_share` is a share of; loss_baseline: the year that losses are counted from (None: the
    before window). checks: limits of the five checks.
    """

    adjustment: Literal["pooled_slopes", "none"] = "pooled_slopes"
    alpha: float = 1.0
    mie: float = 0.10
    mie_points: float = 0.03
    level: float = 0.95
    min_firms: int = 10
    before_ends: pd.Period | str | None = None
    all_before: bool = False
    award_period: Literal["skip", "after"] = "skip"
    years_after: int = 3
    sector_range: Literal["shared", "own"] = "shared"
    total_outcome: str = "total_sales"
    loss_baseline: str | None = None
    checks: CheckLimits = CheckLimits()

    def __post_init__(self) -> None:
        """Refuse what no estimate could be made with."""
        if self.adjustment not in ("pooled_slopes", "none"):
            raise UserError("settings.adjustment", value=self.adjustment)
        if self.award_period not in ("skip", "after"):
            raise UserError("settings.award_period", value=self.award_period)
        if self.sector_range not in ("shared", "own"):
            raise UserError("settings.sector_range", value=self.sector_range)
        if not min(self.mie, self.mie_points) > 0:
            raise UserError("settings.mie", value=min(self.mie, self.mie_points))
        if not 0 < self.level < 1:
            raise UserError("settings.level", value=self.level)

    @property
    def importance(self) -> Importance:
        """The smallest effect that matters."""
        return Importance(self.mie, self.mie_points)


@dataclass(frozen=True, slots=True)
class DisclosureRules:
    """When a cell would tell about one firm: fewer units than `min_units`, or dominance by the p%-rule."""

    min_units: int = 3
    p_percent: float = 10.0


class UserError(Exception):
    """Something the user can put right: a key of the text files under `error.` and what fills its placeholders.

    `str(error)` is English; `error.said(text)` speaks the reader's language. Never shown with a traceback.
    """

    def __init__(self, key: str, /, **details: object) -> None:
        """Keep the key and details: they are turned into words only when somebody reads them."""
        super().__init__(key)
        self.key = key
        self.details = details

    def said(self, text: Text) -> str:
        """What happened and what to do next."""
        return text(f"error.{self.key}", **self.details)

    def __str__(self) -> str:
        """English, for programmers who meet it in a traceback."""
        return self.said(Text("en"))
