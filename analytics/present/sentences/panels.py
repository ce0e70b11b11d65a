"""Words of the first screen's panels, as strong as the evidence: beside the number, and about the losses."""

from analytics.language.text import Text
from analytics.model import Arm, Estimand, Grade, Verdict
from analytics.present.sentences.limits import total_effect
from analytics.present.sentences.phrases import why
from analytics.present.verbs import Verb, verb_of
from analytics.present.written import effect_cell
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, measures


def panel_words(figure: Figure, text: Text) -> str:
    """How sure the direction of a figure is."""
    claims = figure.verdict is not None and figure.grade is not None
    verb = verb_of(figure.grade or Grade.WITHHELD, figure.verdict) if claims and figure.verdict else Verb.TOO_WEAK
    if figure.verdict is Verdict.SAME and verb in (Verb.LIKELY, Verb.MAY):
        return text(f"panel.same.{verb}")
    return text(f"panel.{verb}")


def without_grant(release: Release, text: Text) -> str:
    """What became of the comparison firms' sales; empty where it is not published."""
    other = release.main(measures.CHANGE, arm=Arm.COMPARISON)
    if other is None or other.value is None:
        return ""
    return text("panel.others", change=text.percent(other.value))


def losses_words(release: Release, text: Text) -> str:
    """The share of losses that extra sales offset, or why none is given; the effect on sales as a whole."""
    losses = release.main(measures.LOSSES_OFFSET)
    if losses is None:
        return ""
    if losses.low is None or losses.high is None:
        return text("panel.losses_hidden", why=why(losses, release, text))
    low, high = (text.percent(end, sign=False) for end in (losses.low, losses.high))
    span = text("format.span", low=low, high=high)
    sentences = [text("panel.losses", span=span, words=panel_words(losses, text)), text("said.note.losses")]
    total = total_effect(release)
    if total is not None and total.low is not None and total.high is not None:
        whole = release.programme.outcome(total.outcome).label.in_(text)
        sentences.append(text("overview.total", outcome=whole, span=text.span(total.low, total.high)))
    return " ".join(sentences)


def companions(release: Release, group: Group, text: Text) -> str:
    """What stands beside the typical firm, which sells both before and after: who started to sell, and who stopped."""
    started = release.main(measures.EFFECTS[Estimand.STARTED_SELLING], group=group)
    stopped, other = (release.main(measures.STOPPED_SELLING, arm=arm, group=group) for arm in Arm)
    if release.programme.headline.estimand is not Estimand.TYPICAL_FIRM or started is None or not started.published:
        return ""
    if stopped is None or other is None or stopped.value is None or other.value is None:
        return ""
    shares = {"stopped": stopped.value, "other_stopped": other.value}
    written = {name: text.percent_with("the", share) for name, share in shares.items()}
    return text("panel.companions", started=effect_cell(started, text), **written)
