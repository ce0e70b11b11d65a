"""Where it worked: of how many groups something may be said, of which, and why more than of the programme."""

from dataclasses import dataclass
from functools import lru_cache

from analytics.language.text import Text
from analytics.model import Verdict
from analytics.present.sentences.claims import agreeing
from analytics.present.sentences.phrases import dimension_key
from analytics.present.sentences.together import ORDER, is_surer, surer_than_programme, verb_said
from analytics.present.verbs import Verb, tells
from analytics.release import Figure, Release


@dataclass(frozen=True, slots=True)
class ToldGroup:
    """A group of which a direction may be said. words: the verb, the estimate and its range."""

    code: str
    label: str
    words: str


def row_verb(release: Release, figure: Figure, text: Text) -> str:
    """What may be said of a group, in two or three words: "probabilmente più alte"."""
    outcome = release.programme.outcome(figure.outcome)
    agree = agreeing(outcome.gender, outcome.plural, text)
    verdict = figure.verdict
    falls = verdict in (Verdict.LOWER, Verdict.MUCH_LOWER)
    same = text("where.same", equal=agree["equal"])
    direction = same if verdict is Verdict.SAME else agree["less" if falls else "more"]
    key = "likely" if verb_said(figure) is Verb.LIKELY else "may"
    return text(f"where.{key}", direction=direction, might=agree["might"])


@lru_cache(maxsize=64)
def told_groups(release: Release, dimension: str, text: Text) -> tuple[ToldGroup, ...]:
    """The groups of which something may be said, the surest first, then by their number of firms."""
    effects = [
        (code, effect)
        for code in release.codes(dimension)
        if (effect := release.main_effect({dimension: code})) is not None and tells(effect)
    ]
    effects.sort(key=lambda pair: (ORDER.index(verb_said(pair[1])), -(pair[1].n_funded or 0)))
    return tuple(
        ToldGroup(code, release.programme.label(dimension, code, text), _words(release, effect, text))
        for code, effect in effects
    )


def _words(release: Release, figure: Figure, text: Text) -> str:
    low, high = figure.shown_range or (0.0, 0.0)
    value, span = text.measured(figure.value or 0.0, figure.unit), text.span(low, high)
    return text("where.group", verb=row_verb(release, figure, text), value=value, span=span)


def where_words(release: Release, dimension: str, text: Text) -> str:
    """Of how many of the published groups something may be said; those withheld are not among them."""
    published = sum(
        effect is not None and effect.published
        for effect in (release.main_effect({dimension: code}) for code in release.codes(dimension))
    )
    told = len(told_groups(release, dimension, text))
    key = dimension_key(release, dimension)
    slots = {"groups": text.number(published), "told": text.number(told)}
    return text(f"where.lead.{'none' if not told else 'one' if told == 1 else 'some'}.{key}", **slots)


def surer_words(release: Release, dimension: str, text: Text) -> str:
    """Of which groups more may be said than of the programme, and why; empty where of none."""
    effects = {code: release.main_effect({dimension: code}) for code in release.codes(dimension)}
    surer = [code for code, effect in effects.items() if effect is not None and is_surer(release, effect)]
    return surer_than_programme(release, dimension, surer, text)
