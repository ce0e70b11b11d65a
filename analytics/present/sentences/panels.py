"""Words of the first screen's panels, as strong as the evidence: beside the number, and about the losses."""

from analytics.language.text import Text
from analytics.model import Arm, Estimand, Verdict
from analytics.present.sentences.phrases import horizon_phrase, lower_first, why
from analytics.present.sentences.together import verb_said
from analytics.present.verbs import Verb, tells
from analytics.present.written import effect_cell, rate_span
from analytics.programme.dimensions import Group
from analytics.release import Release, measures


def money_heading(release: Release, text: Text) -> str:
    """Whether a sum of money may be said, as a finding."""
    figure = release.main(measures.EXTRA_PER_GRANT)
    if figure is None:
        return text("overview.euros")
    if not figure.published:
        return text("money.heading.unpublished")
    if figure.verdict is Verdict.SAME and tells(figure):
        return text(f"money.heading.same.{verb_said(figure)}")
    return text(f"money.heading.{verb_said(figure)}")


def money_words(release: Release, text: Text) -> str:
    """The extra sales per unit of grant, in words, with their range; that large firms decide them."""
    figure, outcome = (
        release.main(measures.EXTRA_PER_GRANT),
        release.programme.outcome(release.programme.headline.outcome),
    )
    if figure is None or not figure.published:
        return ""
    horizon = horizon_phrase(release, figure.horizon, text)
    unit = text.currency(release.programme.currency)
    noun = lower_first(outcome.label.in_(text))
    sure = text("money.range_only") if verb_said(figure) is Verb.TOO_WEAK else ""
    span = rate_span(figure, outcome, text)
    return " ".join(
        part for part in (text("money.says", span=span, noun=noun, unit=unit, horizon=horizon), sure) if part
    )


def losses_words(release: Release, text: Text) -> str:
    """The share of losses that extra sales offset, in a line, or why none is given."""
    losses = release.main(measures.LOSSES_OFFSET)
    if losses is None:
        return ""
    if losses.low is None or losses.high is None:
        return text("panel.losses_hidden", why=why(losses, release, text))
    low, high = (text.percent(end, sign=False) for end in (losses.low, losses.high))
    span = text("format.span", low=low, high=high)
    return text(f"money.losses.{verb_said(losses)}", span=span)


def _share(share: float, text: Text) -> str:
    """A share of firms; one that rounds to none is not said to be of nobody."""
    return text.percent_with("the", share) if round(share * 100) else text("format.less_than_one")


def companions(release: Release, group: Group, text: Text) -> str:
    """What stands beside the typical firm, which sells both before and after: who started to sell, and who stopped."""
    started = release.main(measures.EFFECTS[Estimand.STARTED_SELLING], group=group)
    stopped, other = (release.main(measures.STOPPED_SELLING, arm=arm, group=group) for arm in Arm)
    if release.programme.headline.estimand is not Estimand.TYPICAL_FIRM or started is None or not started.published:
        return ""
    if stopped is None or other is None or stopped.value is None or other.value is None:
        return ""
    shares = {"stopped": stopped.value, "other_stopped": other.value}
    written = {name: _share(share, text) for name, share in shares.items()}
    return text("panel.companions", started=effect_cell(started, text), **written)
