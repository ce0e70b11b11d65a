"""The only sentences that may be said (METHODS.md 6).

One frame per kind of figure and language, in the text files, with two closed slots: a verb, by the grade of the
evidence, and a predicate, by the verdict. Number, range, horizon and comparison travel in the same frame.
`make_sentence` is the one door: there is no other way to make a sentence about an effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analytics.language.text import Text, plain
from analytics.model import Check, CheckReason, Grade, RangeKind, Unit, Verdict
from analytics.present.sentences.phrases import before_phrase, capital, dimension_key, horizon_phrase, why
from analytics.present.sentences.reasons import estimand_of, figure_beside
from analytics.present.verbs import Verb, verb_of
from analytics.programme.parts import Outcome
from analytics.release import Figure, Release
from analytics.release.measures import ALL, check_of


class ClaimKind(StrEnum):
    """Kinds of figures that sentences are about."""

    EFFECT = "effect"
    MONEY = "money"
    LOSSES = "losses"
    CHANGE = "change"
    COUNT = "count"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One claim, in every form that it may take. title, under: a page's heading and the line that always goes with it,
    Markdown; short, long: to be copied, plain text.
    """

    title: str
    under: str
    short: str
    long: str


def make_sentence(kind: ClaimKind, grade: Grade, verdict: Verdict, slots: Mapping[str, str], text: Text) -> Sentence:
    """A claim. slots: what fills the frame and neither verb nor predicate, and the agreeing forms of its subject."""
    verb = verb_of(grade, verdict)
    form = "point" if verb in (Verb.LIKELY, Verb.MAY) else "open"
    when = text("verb.when", **slots) if form == "open" else ""  # the claim has its time, not whoever makes it
    parts = _frame(kind, grade, verdict, slots, text)
    quoted = _frame(kind, grade, verdict, {name: plain(words) for name, words in slots.items()}, text)
    return Sentence(
        title=one_space(text(f"said.title.{form}", **quoted)),
        under=one_space(text("said.under", **quoted)),
        short=one_space(text(f"said.short.{form}", claim=_claim(verb, parts, text), **parts)),
        long=one_space(text(f"said.long.{form}", claim=_claim(verb, parts, text, when), **parts)),
    )


def _frame(kind: ClaimKind, grade: Grade, verdict: Verdict, slots: Mapping[str, str], text: Text) -> dict[str, str]:
    """The parts of a claim, filled."""
    verb = verb_of(grade, verdict)
    form = "point" if verb in (Verb.LIKELY, Verb.MAY) else "open"
    of = "losses" if kind is ClaimKind.LOSSES else "sales"
    opening = "" if form == "point" else text(f"opening.{verb}")
    excluded = text(f"excluded.{kind}", **slots) if verb is Verb.CANNOT_TELL else ""
    weak = slots.get("weakness", text("said.weak")) if verb is Verb.TOO_WEAK else ""
    return {
        **slots,
        "opening": opening,
        "predicate": text(f"predicate.{of}.{verdict if form == 'point' else 'either'}", **slots),
        "than": text(f"than.{of}.{_beside(kind, verdict) if form == 'point' else 'other'}", **slots),
        "verb": text(f"verb.{verb}", opening=opening, when="", **slots),
        "marked": text(f"verb.{verb}", opening=text("said.marked", words=opening), when="", **slots),
        "excluding": text("said.excluding", excluded=excluded) if excluded else "",
        "aside": text("said.aside", words=excluded or weak) if excluded or weak else "",
        "weak": text("said.aside", words=weak) if weak else "",
        "note": text(f"said.note.{kind}"),
        "grade": text("grade.says", grade=text(f"grade.{grade}")),
    }


def _beside(kind: ClaimKind, verdict: Verdict) -> str:
    """What a predicate is set against: of a large effect also the smallest that matters."""
    if verdict is Verdict.SAME:
        return "same"
    large = verdict in (Verdict.MUCH_HIGHER, Verdict.MUCH_LOWER)
    return "much" if large and kind is not ClaimKind.LOSSES else "other"


def _claim(verb: Verb, parts: Mapping[str, str], text: Text, when: str = "") -> str:
    """Verb, predicate and what it is set against."""
    return " ".join((text(f"verb.{verb}", **(dict(parts) | {"when": when})), parts["predicate"], parts["than"]))


def one_space(words: str) -> str:
    """One space where a slot was empty."""
    return " ".join(part for part in words.split(" ") if part)


def about_group(sentence: Sentence, group: str | None, text: Text) -> Sentence:
    """About a named group; None: about the programme, so that the sentence begins with a capital."""

    def of(words: str, name: str | None = group) -> str:
        return capital(words) if name is None else text("said.group", group=name, sentence=words)

    title = of(sentence.title, None if group is None else plain(group))
    return Sentence(title, capital(sentence.under), of(sentence.short), of(sentence.long))


# ---- what fills the frames -------------------------------------------------------------------------------------------


def agreeing(gender: str, plural: bool, text: Text) -> dict[str, str]:
    """The forms of words that agree with a subject."""
    form = gender + ("p" if plural else "s")
    return {word: text(f"agree.{word}.{form}") for word in ("more", "less", "equal", "were", "be", "might", "would")}


def claim_interval(figure: Figure, dimension: str) -> tuple[float, float] | None:
    """A claim about a named group uses the range that the others make short; one of an earlier format, that has none,
    the interval that holds for all groups together; the programme its own.
    """
    if dimension == ALL or figure.shared_low is not None:
        return figure.shown_range
    return None if figure.sim_low is None or figure.sim_high is None else (figure.sim_low, figure.sim_high)


def range_key(release: Release, figure: Figure, dimension: str) -> str:
    """By which key the text files speak of the interval of a claim."""
    if figure.range_kind is RangeKind.SHARED:
        return f"shared.{dimension_key(release, dimension)}"
    alone = dimension == ALL or len(release.codes(dimension)) == 1 or figure.range_kind is RangeKind.OWN
    return "programme" if alone else dimension_key(release, dimension)


def effect_slots(release: Release, figure: Figure, dimension: str, text: Text) -> dict[str, str]:
    """Of an effect on the outcome of its figure."""
    outcome = release.programme.outcome(figure.outcome)
    low, high = claim_interval(figure, dimension) or (0.0, 0.0)
    return {
        **_common(release, figure, dimension, text),
        **agreeing(outcome.gender, outcome.plural, text),
        "subject": text(f"subject.{figure.measure}", noun=outcome.noun.in_(text)),
        "amount": text.about(figure.value or 0.0),
        "span": text("format.span", low=_end(low, release, text), high=_end(high, release, text)),
        "fall": _end(min(low, 0.0), release, text, article="the"),
        "rise": _end(max(high, 0.0), release, text, article="the"),
        "per": "",
        "weakness": text(f"said.{weakness(release, figure)}"),
    }


def weakness(release: Release, figure: Figure) -> str:
    """What makes the evidence behind a group's range too weak: a programme without that direction, a year before that
    was not alike, or the checks as a whole.
    """
    if not figure.group or figure.range_kind is None or not _is_directed(figure):
        return "weak"
    main = release.headline().shown_range
    away = figure.verdict in (Verdict.HIGHER, Verdict.MUCH_HIGHER)
    if main is None or not (main[0] > 0 if away else main[1] < 0):
        return "weak_gate"
    before = figure_beside(release, figure, check_of(Check.BEFORE, estimand_of(figure)))
    allows = before is None or before.because in (CheckReason.TREND_HOLDS, CheckReason.TREND_MAY_HOLD)
    return "weak" if allows else "weak_before"


def _is_directed(figure: Figure) -> bool:
    return figure.verdict not in (None, Verdict.SAME, Verdict.CANNOT_TELL)


def _end(value: float, release: Release, text: Text, article: str | None = None) -> str:
    """One end of a range, without decimals unless it would read as a limit that it is not: zero, or the smallest effect
    that matters.
    """
    return text.near(value, release.importance.limits, article)


def money_slots(release: Release, figure: Figure, outcome: Outcome, text: Text) -> dict[str, str]:
    """Of what the effect on sales added up means in money, a year: in all, or per unit of money granted."""
    per = figure.unit is Unit.RATIO
    currency = outcome.currency or release.programme.currency

    def amount(value: float) -> str:
        return text.money(value, currency, decimals=2) if per else text.short_money(value, currency)

    low, high = figure.low or 0.0, figure.high or 0.0
    return {
        **_common(release, figure, ALL, text),
        **agreeing(outcome.gender, outcome.plural, text),
        "subject": text("subject.euro_weighted", noun=outcome.noun.in_(text)),
        "amount": text("format.about", value=amount(abs(figure.value or 0.0))),
        "span": text("format.span", low=amount(low), high=amount(high)),
        "fall": amount(low),
        "rise": amount(high),
        "per": text("format.per_year_and_unit", unit=text.currency(release.programme.currency))
        if per
        else text("format.per_year"),
    }


def losses_slots(release: Release, figure: Figure, text: Text) -> dict[str, str]:
    """Of the share of losses that extra sales offset."""
    low, high = figure.low or 0.0, figure.high or 0.0
    year, rest = release.settings.loss_baseline, release.programme.outcome(figure.outcome).rest
    baseline = text("before.year", year=year) if year else before_phrase(release, text)
    return {
        **_common(release, figure, ALL, text),
        **agreeing("f", plural=False, text=text),
        "subject": text("subject.losses", baseline=baseline, rest=rest.in_(text) if rest else text("format.rest")),
        "amount": text("format.about", value=text.percent_with("the", figure.value or 0.0)),
        "span": text("format.span", low=text.percent(low, sign=False), high=text.percent(high, sign=False)),
        "fall": text.percent(low, sign=False),
        "rise": text.percent(high, sign=False),
        "per": "",
    }


def _common(release: Release, figure: Figure, dimension: str, text: Text) -> dict[str, str]:
    return {
        "horizon": horizon_phrase(release, figure.horizon, text),
        "range": text(f"range.{range_key(release, figure, dimension)}"),
        "mie": text.percent(release.importance.fraction, sign=False),
        "the_mie": text.percent_with("the", release.importance.fraction),
        "comparison": text(
            "said.comparison",
            funded=text.number(figure.n_funded or 0),
            comparison=text.number(figure.n_comparison or 0),
            which=release.programme.comparison.in_(text),
        ),
    }


# ---- sentences of figures --------------------------------------------------------------------------------------------


def sentence_of(release: Release, figure: Figure, kind: ClaimKind, dimension: str, code: str, text: Text) -> Sentence:
    """The sentence of a figure that carries a claim; of one that is withheld, why.

    Raises ValueError for a figure that carries none: no sentence may be made of it.
    """
    group = None if dimension == ALL else release.programme.label(dimension, code, text)
    if kind is ClaimKind.CHANGE:
        return about_group(_change(release, figure, text), group, text)
    if figure.grade is None:
        raise ValueError(f"{figure.figure_id} carries no claim")
    if figure.verdict is None or not figure.published:
        return about_group(_withheld(text(f"said.withheld.{kind}", why=why(figure, release, text))), group, text)
    slots = claim_slots(release, figure, kind, dimension, text)
    return about_group(make_sentence(kind, figure.grade, figure.verdict, slots, text), group, text)


def claim_slots(release: Release, figure: Figure, kind: ClaimKind, dimension: str, text: Text) -> dict[str, str]:
    """What fills the frame of an effect, of money or of losses."""
    if kind is ClaimKind.EFFECT:
        return effect_slots(release, figure, dimension, text)
    if kind is ClaimKind.MONEY:
        return money_slots(release, figure, release.programme.outcome(figure.outcome), text)
    return losses_slots(release, figure, text)


def span_words(release: Release, figure: Figure, kind: ClaimKind, dimension: str, text: Text) -> str:
    """The range of a claim, as its sentence prints it: "da +4% a +18%"; "" for what has none."""
    if kind not in (ClaimKind.EFFECT, ClaimKind.MONEY, ClaimKind.LOSSES) or not figure.published:
        return ""
    slots = claim_slots(release, figure, kind, dimension, text)
    return slots["span"] + slots["per"]


def _withheld(words: str) -> Sentence:
    return Sentence(title=plain(words.removesuffix(".")), under="", short=words, long=words)


def _change(release: Release, figure: Figure, text: Text) -> Sentence:
    """A before/after: a change, never an effect, whatever the evidence."""
    if figure.value is None:
        return _withheld(text("said.withheld.change", why=why(figure, release, text)))
    outcome, rounded = release.programme.outcome(figure.outcome), round(figure.value * 100)
    slots = {
        **agreeing(outcome.gender, outcome.plural, text),
        "noun": outcome.noun.in_(text),
        "value": text.percent_with("of_the", figure.value),
        "horizon": horizon_phrase(release, figure.horizon, text),
        "before": before_phrase(release, text),
        "n": text.number(figure.n_funded or 0),
    }
    predicate = text(f"predicate.change.{'up' if rounded > 0 else 'down' if rounded < 0 else 'flat'}", **slots)
    title, short, long = (
        text(f"said.change.{form}", predicate=predicate, **slots) for form in ("title", "short", "long")
    )
    return Sentence(title=plain(title), under="", short=short, long=long)
