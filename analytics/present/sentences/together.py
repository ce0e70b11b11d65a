"""Sentences about several groups at once: of how many something may be said, which pairs lie apart, why their ranges
are as they are (METHODS.md 10).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from analytics.language.text import Text
from analytics.model import Estimand, RangeKind, Unit, Verdict
from analytics.present.sentences.claims import Sentence, agreeing, one_space
from analytics.present.sentences.phrases import capital, dimension_key, horizon_phrase
from analytics.present.sentences.reasons import grade_words
from analytics.present.verbs import Verb, tells, verb_of
from analytics.release import Figure, Release, measures
from analytics.release.measures import groups_counted, other_group

Within = Mapping[str, str] | Iterable[tuple[str, str]]  # the group that others are parts of
ORDER = (Verb.LIKELY, Verb.MAY, Verb.CANNOT_TELL, Verb.TOO_WEAK)  # the surest first


def count_of(release: Release, dimension: str) -> Figure | None:
    """In how many groups of a dimension something is gained, as a figure."""
    return release.main(measures.groups_gaining(dimension, release.programme.headline.estimand))


@lru_cache(maxsize=64)
def pairs_of(release: Release, dimension: str) -> tuple[Figure, ...]:
    """The pairs of groups of a dimension that lie apart, as figures of the larger."""
    estimand, codes = release.programme.headline.estimand, release.codes(dimension)
    found = (
        release.main(measures.beside_group(second, estimand), group={dimension: first})
        for first in codes
        for second in codes
        if first != second
    )
    return tuple(figure for figure in found if figure is not None and figure.published)


def count_sentence(release: Release, figure: Figure, text: Text) -> Sentence:
    """In at least so many of the published groups sales rose more than they would have."""
    return _sentence("count", _count_verb(figure), figure, _count_slots(release, figure, text), text)


def brief_count(release: Release, figure: Figure, text: Text) -> str:
    """The same in as few words as it can be said in."""
    return _brief("count", _count_verb(figure), _count_slots(release, figure, text), text)


def _count_verb(figure: Figure) -> Verb:
    verb = verb_said(figure)
    return verb if verb in (Verb.LIKELY, Verb.MAY) else Verb.CANNOT_TELL


def _count_slots(release: Release, figure: Figure, text: Text) -> dict[str, str]:
    dimension = groups_counted(figure.measure)
    published = [release.main_effect({dimension: code}) for code in release.codes(dimension)]
    groups = sum(effect is not None and effect.published for effect in published)
    among = "all" if round(figure.value or 0) == groups else "some"
    slots = {
        **_slots(release, text, lower=figure.verdict is Verdict.LOWER),
        "count": text.number(figure.value or 0),
        "groups": text.number(groups),
    }
    key = dimension_key(release, dimension)
    slots["among"] = text(f"together.among.{among}.{key}", **slots)
    slots["of"] = text(f"together.of.{key}", **slots)
    return slots


def pair_sentence(release: Release, figure: Figure, text: Text) -> Sentence:
    """In one group sales were further above what they would have been than in another."""
    return _sentence("pair", verb_said(figure), figure, _pair_slots(release, figure, text), text)


def brief_pair(release: Release, figure: Figure, text: Text) -> str:
    """The same in as few words as it can be said in."""
    return _brief("pair", verb_said(figure), _pair_slots(release, figure, text), text)


def _pair_slots(release: Release, figure: Figure, text: Text) -> dict[str, str]:
    ((dimension, first),) = figure.group
    low, high = figure.low or 0.0, figure.high or 0.0
    return {
        **_slots(release, text, lower=False),
        "first": release.programme.label(dimension, first, text),
        "second": release.programme.label(dimension, other_group(figure.measure), text),
        "span": text.span(low, high) if figure.unit is Unit.FRACTION else text.interval(low, high, figure.unit),
    }


def verb_said(figure: Figure) -> Verb:
    """How strongly a figure may be said."""
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
    form = _form(verb)
    title, under, short, long = (
        one_space(text(f"together.{kind}.{name}", **parts))
        for name in ("title", f"under.{form}", f"short.{form}", f"long.{form}")
    )
    return Sentence(capital(title), capital(under), capital(short), capital(long))


def _brief(kind: str, verb: Verb, slots: dict[str, str], text: Text) -> str:
    """The shortest frame of a kind, filled."""
    claim = text(f"together.{kind}.{verb}", **slots)
    return capital(one_space(text(f"together.{kind}.brief.{_form(verb)}", **slots, claim=claim)))


def _form(verb: Verb) -> str:
    """Whether a sentence has a point."""
    return "point" if verb in (Verb.LIKELY, Verb.MAY) else "open"


# ---- whether groups differ -------------------------------------------------------------------------------------------


def pairs_words(release: Release, dimension: str, text: Text) -> str:
    """Which pairs lie apart, of how many; empty where none does."""
    pairs = _named_pairs(release, dimension, text)
    return text(f"differ.{dimension_key(release, dimension)}.apart", pairs=pairs) if pairs else ""


def differ_heading(release: Release, dimension: str, text: Text, within: Within = ()) -> str:
    """The same as a heading: what was found, without a number."""
    return text(f"differ.{dimension_key(release, dimension)}.heading.{_differ(release, dimension, within)}")


def differ_words(release: Release, dimension: str, text: Text, within: Within = ()) -> str:
    """What stands under that heading: the p of the test; where it does not reject and pairs lie apart, these."""
    p, found = _p_of_equality(release, dimension, within), _differ(release, dimension, within)
    slots = {"p": "" if p is None else text.p_value(p)}
    if found == "pairs":
        slots["pairs"] = _named_pairs(release, dimension, text)
    return text(f"differ.{dimension_key(release, dimension)}.under.{found}", **slots)


def _differ(release: Release, dimension: str, within: Within) -> str:
    """Which heading holds: the test rejects; pairs lie apart all the same, by the headline's estimand; neither; or
    there is no test.
    """
    if rejects_equality(release, dimension, within):
        return "told"
    if not dict(within) and pairs_of(release, dimension):
        return "pairs"
    return "not_tested" if _p_of_equality(release, dimension, within) is None else "not_told"


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


def rejects_equality(release: Release, dimension: str, within: Within = ()) -> bool:
    """Whether the test rejects that all groups of a dimension are equal."""
    p = _p_of_equality(release, dimension, within)
    return p is not None and p < 1 - release.settings.level


def _p_of_equality(release: Release, dimension: str, within: Within) -> float | None:
    test = release.main(measures.groups_differ(dimension, Estimand.SYMMETRIC_GROWTH), group=within)
    return None if test is None else test.value


# ---- why a range is as it is -----------------------------------------------------------------------------------------


def range_notes(release: Release, figure: Figure, dimension: str, text: Text) -> Iterator[str]:
    """That the other groups were used; why the range of a group is longer than its own, where it is; what its smallest
    detectable effect is.
    """
    key = dimension_key(release, dimension)
    if figure.range_kind is RangeKind.SHARED:
        yield text(f"together.used.{key}")
        if is_longer(figure, text):
            yield text(f"together.longer.{key}")
    if figure.mde is not None:
        yield text("together.detectable", value=text.measured(figure.mde, figure.unit))


def is_surer(release: Release, figure: Figure) -> bool:
    """Whether more may be said of a group than of the programme."""
    return tells(figure) and ORDER.index(verb_said(figure)) < ORDER.index(verb_said(release.headline()))


def surer_than_programme(release: Release, dimension: str, codes: Iterable[str], text: Text) -> str:
    """Why more may be said of some groups than of the programme: what keeps it from more, and not them."""
    labels = "; ".join(release.programme.label(dimension, code, text) for code in codes)
    return text(f"where.surer.{verb_said(release.headline())}", groups=labels) if labels else ""


def surer_note(release: Release, figure: Figure, dimension: str, text: Text) -> str:
    """Why more may be said of a group than of the programme; empty where no more may."""
    codes = [code for name, code in figure.group if name == dimension and is_surer(release, figure)]
    return surer_than_programme(release, dimension, codes, text)


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
