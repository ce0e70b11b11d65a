"""What happened, in words: the change of the typical firm in each arm, that of the sums, and why they disagree."""

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.sentences.phrases import before_phrase, horizon_phrase
from analytics.programme.dimensions import Group
from analytics.release import Release, measures
from analytics.release.measures import TYPICAL, Measure


def _both(release: Release, measure: Measure, group: Group) -> dict[Arm, float]:
    """A change of each arm, where both are published; else nothing."""
    figures = {arm: release.main(measure, arm=arm, group=group) for arm in Arm}
    values = {arm: figure.value for arm, figure in figures.items() if figure is not None and figure.value is not None}
    return values if len(values) == len(Arm) else {}


def changes_heading(release: Release, group: Group, text: Text, basis: str = TYPICAL) -> str:
    """What became of the sales in each arm, of the typical firm or (basis) of the sum: an observation, no effect."""
    changes = _both(release, measures.TYPICAL_CHANGE if basis == TYPICAL else measures.CHANGE, group)
    if not changes:
        return text("changes.heading.unknown")
    return text(
        f"changes.heading.{'known' if basis == TYPICAL else 'sums'}",
        outcome=release.programme.outcome(release.programme.headline.outcome).label.in_(text),
        funded=_moved(changes[Arm.FUNDED], text),
        comparison=_moved(changes[Arm.COMPARISON], text),
    )


def _moved(change: float, text: Text) -> str:
    """'in aumento del 22%': without a number where it rounds to none."""
    if round(change * 100) == 0:
        return text("changes.same")
    return text(f"changes.{'up' if change > 0 else 'down'}", by=text.percent_with("of_the", change))


def changes_words(release: Release, group: Group, text: Text) -> str:
    """What the changes are of, that they are no effect, and the change of the sums beside them."""
    question = release.programme.headline
    says = text(
        "changes.says",
        outcome=release.programme.outcome(question.outcome).label.in_(text),
        horizon=horizon_phrase(release, question.horizon_code, text),
        before=before_phrase(release, text),
    )
    return " ".join(part for part in (says, sums_words(release, group, text)) if part)


def sums_words(release: Release, group: Group, text: Text) -> str:
    """The change of the sums of sales; where they point another way than the typical firm, why. Empty where they are
    not published.
    """
    sums = _both(release, measures.CHANGE, group)
    if not sums:
        return ""
    typical = _both(release, measures.TYPICAL_CHANGE, group)
    written = {str(arm): text.percent(value) for arm, value in sums.items()}
    return text(f"changes.sums.{'apart' if typical and _disagree(typical, sums) else 'alike'}", **written)


def _disagree(typical: dict[Arm, float], sums: dict[Arm, float]) -> bool:
    """Whether sums and typical firms tell another story: an arm moves the other way, or the other arm is ahead."""

    def ahead(changes: dict[Arm, float]) -> int:
        return round(100 * changes[Arm.FUNDED]) - round(100 * changes[Arm.COMPARISON])

    return any(typical[arm] * sums[arm] < 0 for arm in Arm) or ahead(typical) * ahead(sums) < 0
