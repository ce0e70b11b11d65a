"""Sentences about several groups at once: of how many something may be said, which pairs lie apart, why their ranges
are as they are (METHODS.md 10).
"""

from collections.abc import Iterator

from analytics.language.text import Text
from analytics.model import Estimand, RangeKind, Unit, Verdict
from analytics.present.sentences.claims import Sentence, agreeing, one_space
from analytics.present.sentences.phrases import capital, dimension_key, horizon_phrase
from analytics.present.sentences.reasons import grade_words
from analytics.present.verbs import Verb, tells, verb_of
from analytics.release import Figure, Release, measures
from analytics.release.measures import groups_counted, other_group

ORDER = (Verb.LIKELY, Verb.MAY, Verb.CANNOT_TELL, Verb.TOO_WEAK)  # the surest first


def count_of(release: Release, dimension: str) -> Figure | None:
    """In how many groups of a dimension something is gained, as a figure."""
    return release.main(measures.groups_gaining(dimension, release.programme.headline.estimand))


def pairs_of(release: Release, dimension: str) -> list[Figure]:
    """The pairs of groups of a dimension that lie apart, as figures of the larger."""
    estimand, codes = release.programme.headline.estimand, release.codes(dimension)
    found = (
        release.main(measures.beside_group(second, estimand), group={dimension: first})
        for first in codes
        for second in codes
        if first != second
    )
    return [figure for figure in found if figure is not None and figure.published]


def count_sentence(release: Release, figure: Figure, text: Text) -> Sentence:
    """In at least so many of the published groups sales rose more than they would have."""
    dimension = groups_counted(figure.measure)
    published = [release.main_effect({dimension: code}) for code in release.codes(dimension)]
    groups = sum(effect is not None and effect.published for effect in published)
    verb = _verb(figure)
    among = "all" if round(figure.value or 0) == groups else "some"
    slots = {
        **_slots(release, text, lower=figure.verdict is Verdict.LOWER),
        "count": text.number(figure.value or 0),
        "groups": text.number(groups),
    }
    key = dimension_key(release, dimension)
    slots["among"] = text(f"together.among.{among}.{key}", **slots)
    slots["of"] = text(f"together.of.{key}", **slots)
    return _sentence("count", verb if verb in (Verb.LIKELY, Verb.MAY) else Verb.CANNOT_TELL, figure, slots, text)


def pair_sentence(release: Release, figure: Figure, text: Text) -> Sentence:
    """In one group sales were further above what they would have been than in another."""
    ((dimension, first),) = figure.group
    low, high = figure.low or 0.0, figure.high or 0.0
    slots = {
        **_slots(release, text, lower=False),
        "first": release.programme.label(dimension, first, text),
        "second": release.programme.label(dimension, other_group(figure.measure), text),
        "span": text.span(low, high) if figure.unit is Unit.FRACTION else text.interval(low, high, figure.unit),
    }
    return _sentence("pair", _verb(figure), figure, slots, text)


def _verb(figure: Figure) -> Verb:
    return Verb.TOO_WEAK if figure.grade is None or figure.verdict is None else verb_of(figure.grade, figure.verdict)


def _slots(release: Release, text: Text, *, lower: bool) -> dict[str, str]:
    """What fills every frame: the outcome, its agreeing words, what it is set against."""
    question = release.programme.headline
    outcome = release.programme.outcome(question.outcome)
    agree = agreeing(outcome.gender, outcome.plural, text)
    return {
        **agree,
        "subject": text(f"subject.{question.estimand}", noun=outcome.noun.in_(text)),
        "direction": agree["less" if lower else "more"],
        "than": text("than.sales.other", **agree),
        "horizon": horizon_phrase(release, question.horizon_code, text),
    }


def _sentence(kind: str, verb: Verb, figure: Figure, slots: dict[str, str], text: Text) -> Sentence:
    """The frames of a kind, filled."""
    claim = text(f"together.{kind}.{verb}", **slots)
    parts = {**slots, "claim": claim, "grade": grade_words(figure, text)}
    form = "point" if verb in (Verb.LIKELY, Verb.MAY) else "open"
    title, under, short, long = (
        one_space(text(f"together.{kind}.{name}", **parts))
        for name in ("title", f"under.{form}", f"short.{form}", f"long.{form}")
    )
    return Sentence(capital(title), capital(under), capital(short), capital(long))


# ---- whether groups differ -------------------------------------------------------------------------------------------


def differ_sentence(release: Release, dimension: str, text: Text) -> str:
    """Whether the groups of a dimension differ at all; which is ahead only of pairs that lie apart."""
    key, p = dimension_key(release, dimension), _p_of_equality(release, dimension)
    pairs = _named_pairs(release, dimension, text)
    if pairs:
        return text(f"differ.{key}.pairs", pairs=pairs)
    if p is None:
        return text(f"differ.{key}.not_tested")
    told = "told" if rejects_equality(release, dimension) else "not_told"
    return text(f"differ.{key}.{told}", p=text.probability(p))


def _named_pairs(release: Release, dimension: str, text: Text) -> str:
    """The pairs that lie apart: each group that is ahead, and of which others; empty where there are none."""
    behind: dict[str, list[str]] = {}
    for figure in pairs_of(release, dimension):
        first, second = figure.group[0][1], other_group(figure.measure)
        labels = (release.programme.label(dimension, code, text) for code in (first, second))
        names = [text("together.pair.quoted", name=label) for label in labels]
        behind.setdefault(names[0], []).append(names[1])
    return "; ".join(
        text("together.pair.named", first=first, second=", ".join(others)) for first, others in behind.items()
    )


def rejects_equality(release: Release, dimension: str) -> bool:
    """Whether the test rejects that all groups of a dimension are equal."""
    p = _p_of_equality(release, dimension)
    return p is not None and p < 1 - release.settings.level


def _p_of_equality(release: Release, dimension: str) -> float | None:
    test = release.main(measures.groups_differ(dimension, Estimand.SYMMETRIC_GROWTH))
    return None if test is None else test.value


# ---- why a range is as it is -----------------------------------------------------------------------------------------


def range_notes(release: Release, figure: Figure, dimension: str, text: Text) -> Iterator[str]:
    """That the other groups were used; why the range of a group is longer than its own, where it is; why more may be
    said of it than of the programme, where it may.
    """
    key = dimension_key(release, dimension)
    if figure.range_kind is RangeKind.SHARED:
        yield text(f"together.used.{key}")
        if is_longer(figure, text):
            yield text(f"together.longer.{key}")
    main = release.headline()
    if tells(figure) and ORDER.index(_verb(figure)) < ORDER.index(_verb(main)):
        yield text(f"together.surer.{key}")


def is_longer(figure: Figure, text: Text) -> bool:
    """Whether the range of a group is longer than its own would be, also as it is printed."""
    if figure.low is None or figure.high is None or figure.shared_low is None or figure.shared_high is None:
        return False
    ends = ((figure.shared_low, figure.shared_high), (figure.low, figure.high))
    if figure.unit is Unit.FRACTION:
        shared, own = ((1 + high) / (1 + low) if low > -1 else float("inf") for low, high in ends)
    else:
        shared, own = (high - low for low, high in ends)
    return shared > own and text.span(*ends[0]) != text.span(*ends[1])
