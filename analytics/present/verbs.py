"""Grade and verdict -> how strongly something may be said (METHODS.md 6)."""

from enum import StrEnum

from analytics.model import Grade, Verdict
from analytics.release import Figure


class Verb(StrEnum):
    """How strongly something is said, the strongest first."""

    LIKELY = "likely"
    MAY = "may"
    CANNOT_TELL = "cannot_tell"
    TOO_WEAK = "too_weak"


def verb_of(grade: Grade, verdict: Verdict) -> Verb:
    """The grade's verb; "cannot tell" where the interval does not say which way."""
    if grade not in (Grade.MODERATE, Grade.LOW):
        return Verb.TOO_WEAK
    if verdict is Verdict.CANNOT_TELL:
        return Verb.CANNOT_TELL
    return Verb.LIKELY if grade is Grade.MODERATE else Verb.MAY


def tells(figure: Figure) -> bool:
    """Whether a point may be printed: neither "cannot tell" nor evidence too weak to say."""
    if figure.grade is None or figure.verdict is None:
        return False
    return verb_of(figure.grade, figure.verdict) in (Verb.LIKELY, Verb.MAY)
