"""The closed list of measures: everything that a figure of a release may say, its name, unit and what it stands on.

A measure's name is part of a figure's id, so it never changes; its words stand in every language file under `measure.`
(`measure.` and `base`, see `Measure`). A figure is made and looked up by a measure of this list, never by a string.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from analytics.model import Check, Estimand, Specification, Unit
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome

ALL: Final = "*"  # in place of a code, an arm, a horizon or an outcome: all of it
OVERALL: Final = "overall"  # the horizon of all complete years together
CENTS: Final = 2  # decimals of a sum of grants
TYPICAL, SUM = "typical", "sum"  # what a line is of: the typical firm, one vote per firm; or all firms' sales summed
FIRMS_PER_DOT, FIRMS_OF_MIDDLE = 10, 20  # firms behind a dot of a distribution, and behind its middle, at least


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure says.

    name: in the release; base: its name less the estimand that it is about, by which its words are found; unit: None
    where it is that of the number at hand (a check's, a way of estimating's). about: the estimand that it is about, or
    whose checks and grade it stands on; None: it carries no claim. over_time: whether it rests on every year (a path,
    or the last year beside the first), so that what is withheld of any year withholds it. counts_at_least: whether its
    numbers of firms, of both arms, are the fewest that they may be.
    """

    name: str
    base: str
    unit: Unit | None
    about: Estimand | None = None
    over_time: bool = False
    counts_at_least: bool = False

    def __str__(self) -> str:
        """Its name, as it stands in a release."""
        return self.name


MEASURES: dict[str, Measure] = {}  # name -> measure; filled below, and closed


def _listed(
    name: str,
    unit: Unit | None,
    *,
    of: Estimand | None = None,
    follows: Estimand | None = None,
    over_time: bool = False,
    counts_at_least: bool = False,
) -> Measure:
    """Put a measure on the list. of: an estimand that its name ends in; follows: one that it is computed from."""
    measure = Measure(f"{name}_{of}" if of else name, name, unit, of or follows, over_time, counts_at_least)
    MEASURES[measure.name] = measure
    return measure


# ---- counts, what happened -------------------------------------------------------------------------------------------

FIRMS = _listed("firms", Unit.COUNT)
GRANTS = _listed("grants", Unit.MONEY)
BEFORE_MEAN = _listed("before_mean", Unit.OUTCOME)
AFTER_MEAN = _listed("after_mean", Unit.OUTCOME)
CHANGE = _listed("change", Unit.FRACTION)
TYPICAL_CHANGE = _listed("typical_change", Unit.FRACTION)  # of firms that sell in both windows, each one vote
SELLING_BEFORE = _listed("selling_before", Unit.FRACTION)
SELLING_AFTER = _listed("selling_after", Unit.FRACTION)
STOPPED_SELLING = _listed("stopped_selling", Unit.FRACTION)
SELLING_SHARES = (SELLING_BEFORE, SELLING_AFTER, STOPPED_SELLING)
OFFLINE_FALL = _listed("offline_fall", Unit.MONEY)

# ---- effects, and what follows from the euro-weighted one ------------------------------------------------------------

EFFECTS: Mapping[Estimand, Measure] = {
    estimand: _listed(estimand.value, estimand.unit, follows=estimand) for estimand in Estimand
}
EXTRA_SALES = _listed("extra_sales", Unit.MONEY, follows=Estimand.EURO_WEIGHTED)
EXTRA_PER_FIRM = _listed("extra_per_firm", Unit.MONEY, follows=Estimand.EURO_WEIGHTED)
EXTRA_PER_GRANT = _listed("extra_per_grant", Unit.RATIO, follows=Estimand.EURO_WEIGHTED)
EXTRA_PER_SPEND = _listed("extra_per_spend", Unit.RATIO, follows=Estimand.EURO_WEIGHTED)
LOSSES_OFFSET = _listed("losses_offset", Unit.FRACTION, follows=Estimand.EURO_WEIGHTED)
FOLLOW_EUROS = (EXTRA_SALES, EXTRA_PER_FIRM, EXTRA_PER_GRANT, EXTRA_PER_SPEND, LOSSES_OFFSET)

# ---- the evidence behind a claim -------------------------------------------------------------------------------------

READINGS = ("equivalence", "trend_goes_on", "unusual_year")  # of the difference before; in the estimand's unit
_OF_CHECKS = {
    **dict.fromkeys((*READINGS, "worst_case")),
    "measured_funded": Unit.FRACTION,
    "measured_comparison": Unit.FRACTION,
}
_SENSITIVITY = {"straight_line": Unit.FRACTION, "bend": Unit.NUMBER, "relative": Unit.NUMBER}

for _estimand in Estimand:
    for _check in Check:
        _listed(f"check_{_check}", None, of=_estimand)
    for _name, _unit in {**_OF_CHECKS, **_SENSITIVITY}.items():
        _listed(_name, _unit, of=_estimand)
    for _specification in Specification:
        _listed(f"spec_{_specification}", None, of=_estimand)
    _listed("lasting", _estimand.unit, of=_estimand, over_time=True)

OF_AN_ESTIMATE = frozenset(  # there are none where an effect could not be estimated
    MEASURES[f"{name}_{estimand}"]
    for estimand in Estimand
    for name in (
        *(f"check_{check}" for check in Check),
        *_OF_CHECKS,
        *_SENSITIVITY,
        *(f"spec_{specification}" for specification in Specification),
    )
)


def check_of(check: Check, estimand: Estimand) -> Measure:
    """How a check of an estimand's effect came out."""
    return MEASURES[f"check_{check}_{estimand}"]


def reading_of(reading: str, estimand: Estimand) -> Measure:
    """A further number of a check, or of the sensitivity: one of READINGS, worst_case, measured_…, straight_line, …"""
    return MEASURES[f"{reading}_{estimand}"]


def specification_of(specification: Specification, estimand: Estimand) -> Measure:
    """An estimand's effect, estimated in another way."""
    return MEASURES[f"spec_{specification}_{estimand}"]


WITH_OUTSIDE_FIRMS = frozenset(specification_of(Specification.OUTSIDE_FIRMS, estimand) for estimand in Estimand)


def lasting(estimand: Estimand) -> Measure:
    """The effect of the last year less that of the first."""
    return MEASURES[f"lasting_{estimand}"]


# Dimensions whose groups take parts of sectors, and of which it is tested whether they differ.
PARTS_COMPARED: Final = ("size_class", "channel", "area")


def groups_differ(dimension: str, estimand: Estimand) -> Measure:
    """The p of the test that all groups of a dimension have the same effect; one for each dimension of a programme."""
    base = f"{dimension}{'es' if dimension.endswith('s') else 's'}_differ"
    return Measure(f"{base}_{estimand}", base, Unit.PROBABILITY, estimand)


def groups_compared(measure: Measure) -> str:
    """The dimension whose groups a measure compares; empty of any other measure."""
    if not measure.base.endswith("s_differ"):
        return ""
    plural = measure.base.removesuffix("_differ")
    return plural.removesuffix("es") if plural.endswith("sses") else plural.removesuffix("s")


def groups_gaining(dimension: str, estimand: Estimand) -> Measure:
    """In how many groups of a dimension, at least, the effect has the programme's direction."""
    base = f"{dimension}s_gaining"
    return Measure(f"{base}_{estimand}", base, Unit.COUNT, estimand)


def beside_group(code: str, estimand: Estimand) -> Measure:
    """The effect in one group less that in another of the same dimension, where they lie surely apart."""
    base = f"beside_{code}"
    return Measure(f"{base}_{estimand}", base, estimand.unit, estimand)


def groups_counted(measure: Measure) -> str:
    """The dimension whose groups a measure counts; empty of any other measure."""
    return measure.base.removesuffix("s_gaining") if measure.base.endswith("s_gaining") else ""


def other_group(measure: Measure) -> str:
    """The group that a measure sets another beside; empty of any other measure."""
    return measure.base.removeprefix("beside_") if measure.base.startswith("beside_") else ""


@cache
def measure_named(name: str) -> Measure:
    """The measure of that name in a release of any format; one that is no longer on the list by its name alone."""
    if name in MEASURES:
        return MEASURES[name]
    for estimand in Estimand:
        base = name.removesuffix(f"_{estimand}")
        if base != name and base.endswith("s_differ"):
            return groups_differ(groups_compared(Measure(name, base, None)), estimand)
        if base != name and base.endswith("s_gaining"):
            return groups_gaining(base.removesuffix("s_gaining"), estimand)
        if base != name and base.startswith("beside_"):
            return beside_group(base.removeprefix("beside_"), estimand)
    return Measure(name, name, None)


# ---- shown beside ----------------------------------------------------------------------------------------------------

BALANCE = {trait: _listed(f"balance_{trait}", None) for trait in ("sales", "active", "employees", "growth", "score")}
OVERLAP = _listed("overlap", Unit.FRACTION)
TOLD_APART = _listed("told_apart", Unit.FRACTION)
OTHER_AID = _listed("other_aid", Unit.FRACTION)
EVENT_STUDY = _listed("event_study", Unit.FRACTION, over_time=True)  # horizon e-3: quarters (or years) since the award
# horizon 2021Q3 (of yearly data a year): ATT(g, t) of a wave, g the quarter of its first award
GROUP_TIME = _listed("group_time", Unit.FRACTION, over_time=True, counts_at_least=True)
REPORTING = _listed("reporting", Unit.FRACTION, over_time=True)  # horizon 2021-03

# ---- what is asked of which outcome ----------------------------------------------------------------------------------


def _of_the_headline(programme: Programme, outcome: Outcome) -> bool:
    return outcome.name == programme.headline.outcome


ASKED_OF: Mapping[Estimand, Callable[[Programme, Outcome], bool]] = {
    Estimand.TYPICAL_FIRM: lambda _, __: True,
    Estimand.EURO_WEIGHTED: lambda _, outcome: outcome.unit == "currency",  # euros are weighed where there are any
    Estimand.STARTED_SELLING: lambda programme, outcome: programme.sells_in_part(outcome),
    Estimand.SYMMETRIC_GROWTH: lambda programme, outcome: (
        _of_the_headline(programme, outcome) or outcome.unit != "currency"
    ),
    Estimand.ONLINE_SHARE: lambda programme, outcome: programme.whole_of(outcome) is not None,
}


def estimands_of(programme: Programme, outcome: Outcome) -> list[Estimand]:
    """What is estimated of an outcome, in the order of the list."""
    return [estimand for estimand, is_asked in ASKED_OF.items() if is_asked(programme, outcome)]
