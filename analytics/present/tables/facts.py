"""Release -> the published facts of one sector in a line."""

from analytics.language.text import Text
from analytics.model import Arm, RangeKind
from analytics.present.asked import Asked
from analytics.present.written import amount_span, claim_cell, count_cell, percent_cell
from analytics.release import Figure, Release, measures


def sector_facts(release: Release, asked: Asked, sector: str, text: Text) -> list[tuple[str, str]]:
    """The published facts of one sector in a line: label and value."""
    group = (("sector", sector),)
    outcome = release.programme.outcome(asked.outcome)
    effect, per_firm = asked.effect(release, group), asked.figure(release, measures.EXTRA_PER_FIRM, group)
    firms = {arm: release.figure(measures.FIRMS, arm=arm, group=group) for arm in Arm}
    change = {arm: asked.figure(release, measures.CHANGE, group, arm=arm) for arm in Arm}
    facts = [
        ("funded", firms[Arm.FUNDED], count_cell(firms[Arm.FUNDED], text)),
        ("comparison", firms[Arm.COMPARISON], count_cell(firms[Arm.COMPARISON], text)),
        ("effect", effect, claim_cell(effect, text)),
        ("shrunken", effect, _of_effect(effect, "shrunk", text)),
        ("change", change[Arm.FUNDED], percent_cell(change[Arm.FUNDED], text)),
        ("other_change", change[Arm.COMPARISON], percent_cell(change[Arm.COMPARISON], text)),
        ("per_firm", per_firm, amount_span(per_firm, outcome, text)),
        ("mde", effect, _of_effect(effect, "mde", text)),
    ]
    if effect is not None and effect.range_kind is RangeKind.SHARED:
        facts[2] = ("effect_shared", *facts[2][1:])
        facts[3] = ("best_guess", effect, _best_guess(effect, text))
    return [
        (text(f"fact.{name}"), shown)
        for name, figure, shown in facts
        if shown and figure is not None and figure.published
    ]


def _best_guess(effect: Figure, text: Text) -> str:
    """The best guess with its range."""
    if effect.shrunk is None or effect.shrunk_low is None or effect.shrunk_high is None:
        return ""
    interval = text.interval(effect.shrunk_low, effect.shrunk_high, effect.unit)
    return f"{text.measured(effect.shrunk, effect.unit)} {interval}"


def _of_effect(effect: Figure | None, name: str, text: Text) -> str:
    """A companion of an effect, in its unit; empty where it has none."""
    value = None if effect is None else getattr(effect, name)
    return "" if effect is None or value is None else text.measured(value, effect.unit)
