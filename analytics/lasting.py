"""Whether an effect lasts, in words that are as strong as the evidence: the last year alone, and beside the first."""

from enum import StrEnum

from analytics.phrases import capital, horizon_phrase, why
from analytics.release import Figure, Release
from analytics.sentences import Verb, claim_interval, tells, verb_of
from analytics.text import Text


class Lasts(StrEnum):
    """From the first year to the last."""

    MORE = "more"
    LESS = "less"
    OPEN = "open"


def lasting_sentence(release: Release, claim: Figure, text: Text) -> str:
    """Of the programme or a group whose headline figure is `claim`; empty where there is one year only. A group goes by
    the intervals that hold for all groups together.
    """
    group, years = dict(release.group_of(claim)), release.manifest["years_after"]
    if len(years) < 2 or claim.grade is None:
        return ""
    if not tells(claim):
        return text(f"lasting.{_weak(claim)}")
    last = release.figure(claim.measure, outcome=claim.outcome, horizon=str(years[-1]), group=group)
    path = release.figure(f"lasting_{claim.measure}", outcome=claim.outcome, horizon="overall", group=group)
    if last is None or path is None or not (last.published and path.published):
        hidden = next((one for one in (last, path) if one is not None and not one.published), None)
        return text("lasting.hidden", why=why(hidden, release, text) if hidden else text("overview.absent"))
    alone, change = (claim_interval(figure, "group" if group else "*") or (0.0, 0.0) for figure in (last, path))
    seen = text(f"lasting.{'seen' if _one_side(alone) else 'unseen'}", span=_span(alone, text))
    verb = verb_of(claim.grade, claim.verdict) if claim.verdict else Verb.TOO_WEAK
    changed = text(f"lasting.{_path(change, claim.value or 0.0)}.{verb}", span=_span(change, text))
    return capital(text("lasting.told", horizon=horizon_phrase(release, last.horizon, text), seen=seen, path=changed))


def _weak(claim: Figure) -> str:
    """Which of the two ways not to know."""
    if claim.verdict is None or claim.grade is None:
        return Verb.TOO_WEAK
    return verb_of(claim.grade, claim.verdict)


Range = tuple[float, float]


def _one_side(ends: Range) -> bool:
    """Whether an interval lies on one side of zero."""
    return ends[0] > 0 or ends[1] < 0


def _path(ends: Range, effect: float) -> Lasts:
    """Whether the difference grew: of a fall, downwards."""
    if not _one_side(ends):
        return Lasts.OPEN
    return Lasts.MORE if (ends[0] > 0) == (effect >= 0) else Lasts.LESS


def _span(ends: Range, text: Text) -> str:
    low, high = (text.near(end, (0.0,)) for end in ends)
    return text("format.span", low=low, high=high)
