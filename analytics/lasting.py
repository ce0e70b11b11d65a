"""Whether an effect lasts, in words that are as strong as the evidence: the last year alone, and beside the first."""

from enum import StrEnum

from analytics.phrases import capital, horizon_phrase, why
from analytics.release import Figure, Release
from analytics.sentences import Verb, tells, verb_of
from analytics.text import Text


class Path(StrEnum):
    """From the first year to the last."""

    MORE = "more"
    LESS = "less"
    OPEN = "open"


def lasting_sentence(release: Release, claim: Figure, text: Text) -> str:
    """Of the programme or a group whose headline figure is `claim`; empty where there is one year only."""
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
    seen = text(f"lasting.{'seen' if _one_side(last) else 'unseen'}", span=_span(last, text))
    verb = verb_of(claim.grade, claim.verdict) if claim.verdict else Verb.TOO_WEAK
    changed = text(f"lasting.{_path(path)}.{verb}", span=_span(path, text))
    return capital(f"{horizon_phrase(release, last.horizon, text)} {seen}; {changed}")


def _weak(claim: Figure) -> str:
    """Which of the two ways not to know."""
    if claim.verdict is None or claim.grade is None:
        return Verb.TOO_WEAK
    return verb_of(claim.grade, claim.verdict)


def _one_side(figure: Figure) -> bool:
    """Whether an interval lies on one side of zero."""
    return figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)


def _path(figure: Figure) -> Path:
    if not _one_side(figure):
        return Path.OPEN
    return Path.MORE if figure.low is not None and figure.low > 0 else Path.LESS


def _span(figure: Figure, text: Text) -> str:
    limits = (0.0,)
    low, high = ("" if end is None else text.near(end, limits) for end in (figure.low, figure.high))
    return text("format.span", low=low, high=high)
