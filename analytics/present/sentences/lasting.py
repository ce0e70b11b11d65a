"""Whether an effect lasts, in words that are as strong as the evidence: the last year alone, and beside the first."""

from enum import StrEnum

from analytics.language.text import Text
from analytics.present.sentences.claims import claim_interval
from analytics.present.sentences.phrases import capital, horizon_phrase, why
from analytics.present.sentences.reasons import estimand_of
from analytics.present.verbs import Verb, tells, verb_of
from analytics.release import Figure, Release
from analytics.release.measures import ALL, OVERALL, lasting


class Lasts(StrEnum):
    """From the first year to the last."""

    MORE = "more"
    LESS = "less"
    OPEN = "open"


def lasting_sentence(release: Release, claim: Figure, text: Text) -> str:
    """Of the programme or a group whose headline figure is `claim`; empty where there is one year only. A group goes by
    the intervals that hold for all groups together.
    """
    years = release.manifest.years_after
    if len(years) < 2 or claim.grade is None:
        return ""
    if not claim.published:
        return text("lasting.hidden", why=why(claim, release, text))
    if not tells(claim):
        return text(f"lasting.{_verb(claim)}")
    last = release.figure(claim.measure, outcome=claim.outcome, horizon=str(years[-1]), group=claim.group)
    path = release.figure(lasting(estimand_of(claim)), outcome=claim.outcome, horizon=OVERALL, group=claim.group)
    if last is None or path is None:
        return ""
    for figure in (last, path):
        if not figure.published:
            return text("lasting.hidden", why=why(figure, release, text))
    alone, change = (claim_interval(figure, "group" if claim.group else ALL) or (0.0, 0.0) for figure in (last, path))
    falls = (claim.value or 0.0) < 0
    still = alone[1] < 0 if falls else alone[0] > 0
    seen = text(f"lasting.{'seen' if still else 'unseen'}", span=text.span(*alone))
    path_words, span = _path(change, falls=falls), text.span(*change)
    if path_words is Lasts.OPEN:
        changed = text("lasting.open", span=span)
    else:
        changed = text(f"lasting.{path_words}.{_verb(claim)}", span=span)
    return capital(text("lasting.told", horizon=horizon_phrase(release, last.horizon, text), seen=seen, path=changed))


def _verb(claim: Figure) -> Verb:
    return Verb.TOO_WEAK if claim.grade is None or claim.verdict is None else verb_of(claim.grade, claim.verdict)


def _path(ends: tuple[float, float], *, falls: bool) -> Lasts:
    """Whether the difference grew: of a fall, downwards."""
    if ends[0] <= 0 <= ends[1]:
        return Lasts.OPEN
    return Lasts.MORE if (ends[0] > 0) != falls else Lasts.LESS
