"""Whether an effect lasts, in words that are as strong as the evidence: the last year alone, and beside the first."""

from enum import StrEnum

from analytics.language.text import Text
from analytics.present.sentences.claims import claim_interval
from analytics.present.sentences.phrases import why, year_label
from analytics.present.sentences.reasons import estimand_of
from analytics.present.verbs import Verb, tells, verb_of
from analytics.release import Figure, Release
from analytics.release.measures import ALL, OVERALL, lasting


class Lasts(StrEnum):
    """From the first year to the last."""

    MORE = "more"
    LESS = "less"
    OPEN = "open"


def lasting_heading(release: Release, claim: Figure, text: Text) -> str:
    """Whether the effect is still seen in the last year, as a finding over the picture of the years."""
    still_seen = seen_in_last_year(release, claim)
    if still_seen is None:
        return text("lasting.heading.open")
    year = year_label(release, release.manifest.years_after[-1], text)
    return text(f"lasting.heading.{'seen' if still_seen else 'unseen'}", year=year)


def seen_in_last_year(release: Release, claim: Figure) -> bool | None:
    """Whether the effect is still seen in the last year alone; None where nothing may be said of it."""
    last = last_year(release, claim)
    told = claim.grade is not None and tells(claim) and not _withheld(release, claim)
    return _is_seen(claim, last) if told and last is not None and len(release.manifest.years_after) > 1 else None


def last_year(release: Release, claim: Figure) -> Figure | None:
    """The effect in the last year alone."""
    horizon = str(release.manifest.years_after[-1])
    return release.figure(claim.measure, outcome=claim.outcome, horizon=horizon, group=claim.group)


def _path(release: Release, claim: Figure) -> Figure | None:
    """The last year beside the first."""
    return release.figure(lasting(estimand_of(claim)), outcome=claim.outcome, horizon=OVERALL, group=claim.group)


def _withheld(release: Release, claim: Figure) -> Figure | None:
    """That of the two which is withheld: then nothing is said of either."""
    parts = (last_year(release, claim), _path(release, claim))
    return next((part for part in parts if part is not None and not part.published), None)


def _is_seen(claim: Figure, last: Figure) -> bool:
    """Whether the last year alone leaves no effect out, on the side of the claim."""
    low, high = _ends(last, claim)
    return high < 0 if (claim.value or 0.0) < 0 else low > 0


def _ends(figure: Figure, claim: Figure) -> tuple[float, float]:
    return claim_interval(figure, "group" if claim.group else ALL) or (0.0, 0.0)


def lasting_sentence(release: Release, claim: Figure, text: Text) -> str:
    """What stands under that heading: the last year beside the first; empty where there is one year only. A group goes
    by the intervals that hold for all groups together.
    """
    if len(release.manifest.years_after) < 2 or claim.grade is None:
        return ""
    if not claim.published:
        return text("lasting.hidden", why=why(claim, release, text))
    if not tells(claim):
        return text(f"lasting.{_verb(claim)}")
    if hidden := _withheld(release, claim):
        return text("lasting.hidden", why=why(hidden, release, text))
    path = _path(release, claim)
    if path is None:
        return ""
    change = _ends(path, claim)
    way, span = _way(change, falls=(claim.value or 0.0) < 0), text.span(*change)
    return text("lasting.open", span=span) if way is Lasts.OPEN else text(f"lasting.{way}.{_verb(claim)}", span=span)


def _verb(claim: Figure) -> Verb:
    return Verb.TOO_WEAK if claim.grade is None or claim.verdict is None else verb_of(claim.grade, claim.verdict)


def _way(ends: tuple[float, float], *, falls: bool) -> Lasts:
    """Whether the difference grew: of a fall, downwards."""
    if ends[0] <= 0 <= ends[1]:
        return Lasts.OPEN
    return Lasts.MORE if (ends[0] > 0) != falls else Lasts.LESS
