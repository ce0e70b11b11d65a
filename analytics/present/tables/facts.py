"""Release -> the published facts of one sector in a line."""

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.asked import Asked
from analytics.present.verbs import tells
from analytics.present.written import amount_span, claim_cell, comparison_count, count, percent_cell
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, measures


@dataclass(frozen=True, slots=True)
class Fact:
    """A published number in words. lesser: not to be set in bold, since nothing may be said of it."""

    label: str
    words: str
    lesser: bool = False


def sector_facts(release: Release, asked: Asked, sector: str, text: Text) -> list[Fact]:
    """The published facts of one sector in a line, beside what its sentence says; of a measure or a year that has no
    sentence, its effect too.
    """
    group = (("sector", sector),)
    outcome = release.programme.outcome(asked.outcome)
    effect, per_firm = asked.effect(release, group), asked.figure(release, measures.EXTRA_PER_FIRM, group)
    if effect is None or not effect.published:
        return []
    facts = [
        ("funded", _analysed(effect, release.figure(measures.FIRMS, arm=Arm.FUNDED, group=group), text)),
        ("comparison", comparison_count(effect, text)),
        ("effect", "" if asked == Asked.headline(release) else claim_cell(effect, text)),
        *_changes(release, asked, group, text),
        ("per_firm", amount_span(per_firm, outcome, text)),
        ("best_guess", _best_guess(effect, text)),
        ("mde", "" if effect.mde is None else text.measured(effect.mde, effect.unit)),
        ("programme", claim_cell(asked.effect(release), text)),
    ]
    is_open = effect.grade is not None and not tells(effect)
    return [Fact(text(f"fact.{name}"), words, is_open and name == "best_guess") for name, words in facts if words]


def _analysed(effect: Figure, firms: Figure | None, text: Text) -> str:
    """The funded firms behind an effect, of those funded."""
    analysed = count(effect.n_funded, text)
    if firms is None or firms.value is None:
        return analysed
    return text("fact.of", part=analysed, whole=text.number(firms.value))


def _changes(release: Release, asked: Asked, group: Group, text: Text) -> Iterator[tuple[str, str]]:
    """The change of both arms: of the typical firm where the release has it, else of the sums."""
    for name, measure in (("typical", measures.TYPICAL_CHANGE), ("change", measures.CHANGE)):
        funded, other = (asked.figure(release, measure, group, arm=arm) for arm in Arm)
        if funded is not None and other is not None and funded.published and other.published:
            yield name, text("fact.both", funded=percent_cell(funded, text), comparison=percent_cell(other, text))
            return


def _best_guess(effect: Figure, text: Text) -> str:
    """The estimate drawn toward those of the others, with its range where it has one."""
    if effect.shrunk is None:
        return ""
    value = text.measured(effect.shrunk, effect.unit)
    if effect.shrunk_low is None or effect.shrunk_high is None:
        return value
    return f"{value} {text.interval(effect.shrunk_low, effect.shrunk_high, effect.unit)}"
