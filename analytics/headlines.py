"""Release parts -> sentences. Until evidence is graded they say only what an interval allows: higher, lower, cannot
tell.

A sentence's claim, number, range, horizon and comparison come from one figure and travel together; there is one frame
per kind of figure and language, in the text files, and no other way to make a sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from analytics.model import Arm, ConfStatus, DataKind, Estimand, Reason
from analytics.programme import Outcome
from analytics.release import Figure, Release
from analytics.text import Text


class Verdict(StrEnum):
    """What the interval of the claim allows."""

    HIGHER = "higher"
    LOWER = "lower"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Headline:
    """One sentence with the figure it stands for. low, high: the interval of the claim, as the sentence prints it."""

    kind: str
    dimension: str
    code: str
    label: str
    figure: Figure
    verdict: Verdict | None
    low: float | None
    high: float | None
    sentence: str
    note: str

    @property
    def copied(self) -> str:
        """What somebody takes away: the sentence, its figure id, and that the data are simulated where they are."""
        return f"{self.note + '. ' if self.note else ''}{self.sentence} [{self.figure.figure_id}]"


def data_mark(release: Release, text: Text) -> str | None:
    """The tag that every picture of invented data carries."""
    return text("mark.simulated") if release.simulated else None


def data_note(release: Release, text: Text) -> str:
    """What kind of data these are, in words; empty for a programme's own data."""
    notes = {DataKind.SIMULATED: "mark.simulated_note", DataKind.PUBLIC: "mark.public_note"}
    key = notes.get(release.programme.data_kind)
    return text(key) if key else ""


def _reason(figure: Figure) -> str:
    """Too few firms is two reasons: too little to tell, or telling too much."""
    if figure.reason is Reason.TOO_FEW_FIRMS:
        return "quality" if figure.conf_status == ConfStatus.FREE else "confidential"
    return str(figure.reason)


def why(figure: Figure, release: Release, text: Text) -> str:
    """Why a figure is withheld, in a few words."""
    return text(f"why.{_reason(figure)}", min_firms=release.manifest["settings"]["min_firms"])


def why_at_length(figure: Figure, release: Release, text: Text) -> str:
    """Why a group's figure is withheld, in a sentence."""
    return text(f"why_long.{_reason(figure)}", min_firms=release.manifest["settings"]["min_firms"])


def described(release: Release, figure: Figure | None, text: Text) -> str:
    """What a figure is and says, in words and to the last digit; None: a line of a chart, which is not one number."""
    if figure is None:
        return text("figure.line")
    outcome = "" if figure.outcome == "*" else release.programme.outcome(figure.outcome).label.in_(text)
    groups = [release.programme.label(name, code, text) for name, code in release.group_of(figure)]
    what = text(f"measure.{figure.measure}", arm="" if figure.arm == "*" else text(f"measure.arm.{figure.arm}"))
    horizon = "" if figure.horizon == "*" else horizon_phrase(release, figure.horizon, text)
    name = " · ".join(part for part in (what, outcome, *groups, horizon) if part)
    if not figure.published:
        return text("figure.withheld", name=name, why=why(figure, release, text))
    lines = [text("figure.value", name=name, value=repr(figure.value))]
    if figure.low is not None:
        lines.append(text("figure.interval", low=repr(figure.low), high=repr(figure.high)))
    if figure.sim_low is not None and (figure.sim_low, figure.sim_high) != (figure.low, figure.high):
        lines.append(text("figure.joint", low=repr(figure.sim_low), high=repr(figure.sim_high)))
    return "\n".join(lines)


def claim_interval(figure: Figure, dimension: str) -> tuple[float, float] | None:
    """A claim about a named group uses the interval that holds for all groups together; the programme its own."""
    low, high = (figure.low, figure.high) if dimension == "*" else (figure.sim_low, figure.sim_high)
    return None if low is None or high is None else (low, high)


def verdict(figure: Figure, dimension: str) -> Verdict | None:
    """Higher, lower or cannot tell; None when the figure is withheld."""
    interval = claim_interval(figure, dimension)
    if interval is None:
        return None
    return Verdict.HIGHER if interval[0] > 0 else Verdict.LOWER if interval[1] < 0 else Verdict.CANNOT_TELL


def horizon_phrase(release: Release, horizon: str, text: Text) -> str:
    """'in the three years after the grant', 'in the year of the grant'."""
    award_counts = release.programme.windows.award_period == "after"
    if horizon == "overall":
        key, year = ("award_overall" if award_counts else "overall"), len(release.manifest["years_after"])
    else:
        key, year = ("award" if award_counts else "year"), int(horizon)
    return (
        text(f"horizon.{key}.{year}") if text.has(f"horizon.{key}.{year}") else text(f"horizon.{key}.many", year=year)
    )


def before_phrase(release: Release, text: Text) -> str:
    """What after is set against: the programme's fixed window, or the year before each firm's own grant."""
    if not release.manifest["before_is_fixed"]:
        return text("headline.before.own")
    first, last = (text.period(pd.Period(period)) for period in release.manifest["before"])
    return text("headline.before.fixed", first=first, last=last)


def _agreeing(outcome: Outcome, text: Text) -> dict[str, str]:
    form = outcome.gender + ("p" if outcome.plural else "s")
    return {word: text(f"agree.{word}.{form}") for word in ("more", "less", "were", "be")}


def capital(words: str) -> str:
    """A capital for a sentence's first letter, which Markdown marks may precede."""
    start = words.index("[") + 1 if words.startswith(":") else 0
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]


def effect_sentence(release: Release, figure: Figure, dimension: str, text: Text) -> str:
    """The sentence of an effect, without the group's name, its first letter small."""
    outcome = release.programme.outcome(figure.outcome)
    interval, found = claim_interval(figure, dimension), verdict(figure, dimension)
    noun = outcome.noun.in_(text)
    if interval is None or found is None or figure.value is None:
        return text("headline.effect.withheld", why=why(figure, release, text))
    return text(
        f"headline.effect.{found}",
        horizon=horizon_phrase(release, figure.horizon, text),
        subject=text(f"headline.subject.{figure.measure}", noun=noun),
        value=text.percent_with("the", figure.value),
        fall=text.percent_with("the", interval[0]),
        rise=text.percent_with("the", interval[1]),
        range=text(f"headline.range.{'programme' if dimension == '*' else dimension}"),
        span=text.span(*interval),
        **_agreeing(outcome, text),
    )


def effect_title(release: Release, figure: Figure, dimension: str, text: Text, *, first: bool = True) -> str:
    """The same claim as a page's heading, without its range; Markdown, the claim in blue. first: opens a sentence."""
    outcome, found = release.programme.outcome(figure.outcome), verdict(figure, dimension)
    if found is None or figure.value is None:
        words = text("headline.title.withheld", why=why(figure, release, text))
    else:
        words = text(
            f"headline.title.{found}",
            subject=text(f"headline.subject.{figure.measure}", noun=outcome.noun.in_(text)),
            value=text.percent_with("the", figure.value),
            **_agreeing(outcome, text),
        )
    return capital(words) if first else words


def range_line(release: Release, figure: Figure, dimension: str, text: Text) -> str:
    """The claim's range, horizon and comparison, under its heading; Markdown."""
    interval = claim_interval(figure, dimension)
    if interval is None:
        return ""
    return text(
        f"headline.range_line.{'cannot_tell' if verdict(figure, dimension) is Verdict.CANNOT_TELL else 'tells'}",
        range=capital(text(f"headline.range.{'programme' if dimension == '*' else dimension}")),
        span=text.span(*interval),
        horizon=horizon_phrase(release, figure.horizon, text),
        fall=text.percent_with("the", interval[0]),
        rise=text.percent_with("the", interval[1]),
        funded=text.number(figure.n_funded or 0),
        comparison=text.number(figure.n_comparison or 0),
        which=release.programme.comparison.in_(text),
    )


def change_sentence(release: Release, figure: Figure, text: Text) -> str:
    """The sentence of a before/after: a change, never an effect."""
    outcome = release.programme.outcome(figure.outcome)
    if figure.value is None:
        return capital(text("headline.change.withheld", why=why(figure, release, text)))
    rounded = round(figure.value * 100)
    return capital(
        text(
            f"headline.change.{'up' if rounded > 0 else 'down' if rounded < 0 else 'flat'}",
            horizon=horizon_phrase(release, figure.horizon, text),
            noun=outcome.noun.in_(text),
            value=text.percent_with("of_the", figure.value),
            before=before_phrase(release, text),
            n=text.number(figure.n_funded or 0),
            **_agreeing(outcome, text),
        )
    )


def money_words(release: Release, outcome: Outcome, horizon: str, text: Text) -> tuple[str, str]:
    """What the effect on sales added up means in money, and under it the share of losses that it offset; plain text."""
    extra = release.figure("extra_sales", outcome=outcome.name, horizon=horizon)
    currency = outcome.currency
    if extra is None or extra.low is None or extra.high is None or currency is None:
        return (text("headline.effect.withheld", why=why(extra, release, text)) if extra else "", "")
    said = text(
        f"overview.money_says.{'cannot_tell' if verdict(extra, '*') is Verdict.CANNOT_TELL else 'tells'}",
        horizon=horizon_phrase(release, horizon, text),
        value=text.short_money(extra.value or 0, currency),
        low=text.short_money(extra.low, currency),
        high=text.short_money(extra.high, currency),
        outcome=outcome.label.in_(text).lower(),
        n=text.number(extra.n_funded or 0),
    )
    return capital(said), text("overview.money_note", offset=_offset_words(release, outcome, horizon, text)).strip()


def _offset_words(release: Release, outcome: Outcome, horizon: str, text: Text) -> str:
    """The share of losses offset or why there is none, and the effect on what online sales are a part of."""
    offset = release.figure("losses_offset", outcome=outcome.name, horizon=horizon)
    if offset is None or outcome.share_of is None:
        return ""
    if offset.low is None or offset.high is None or offset.value is None:
        words = text("overview.offset_withheld", why=why(offset, release, text))
    else:
        baseline = release.manifest["settings"]["loss_baseline"] or before_phrase(release, text)
        value, low, high = (text.percent(end, sign=False) for end in (offset.value, offset.low, offset.high))
        words = text("overview.offset", baseline=baseline, value=value, span=text("format.span", low=low, high=high))
    total = release.figure(Estimand.EURO_WEIGHTED, outcome=outcome.share_of, horizon=horizon)
    if total is None or total.low is None or total.high is None:
        return words
    whole = release.programme.outcome(outcome.share_of).label.in_(text)
    return f"{words} {text('overview.total', outcome=whole, span=text.span(total.low, total.high))}"


def effect_headline(release: Release, figure: Figure, dimension: str, code: str, text: Text) -> Headline:
    """An effect of the programme ("*") or of a named group, as a sentence that can stand alone."""
    sentence = effect_sentence(release, figure, dimension, text)
    label = release.programme.label(dimension, code, text) if dimension != "*" else text("label.whole_programme")
    sentence = capital(sentence) if dimension == "*" else text("headline.group", group=label, sentence=sentence)
    low, high = claim_interval(figure, dimension) or (None, None)
    found = verdict(figure, dimension)
    return Headline("effect", dimension, code, label, figure, found, low, high, sentence, data_note(release, text))


def approved(release: Release, text: Text) -> Iterator[Headline]:
    """Every sentence that may be said of a release: the headline, what happened, macro-sectors, sectors."""
    named = release.programme.headline
    horizon = str(named.horizon)
    yield effect_headline(release, release.headline(), "*", "*", text)
    change = release.figure("change", outcome=named.outcome, arm=Arm.FUNDED, horizon=horizon)
    if change:
        label = text("label.whole_programme")
        sentence = change_sentence(release, change, text)
        yield Headline("change", "*", "*", label, change, None, None, None, sentence, data_note(release, text))
    for dimension in ("macro_sector", "sector"):
        codes = release.codes(dimension)
        for code in codes if len(codes) > 1 else []:
            figure = release.figure(named.estimand, outcome=named.outcome, horizon=horizon, group={dimension: code})
            if figure:
                yield effect_headline(release, figure, dimension, code, text)


def headlines(release: Release, text: Text) -> dict[str, Any]:
    """The sentences and their figures as plain values, for JSON."""
    programme = release.programme
    return {
        "programme": programme.id,
        "title": programme.title.in_(text),
        "release": release.release_id,
        "language": text.language,
        "data_kind": programme.data_kind.value,
        "data_mark": data_note(release, text) or None,
        "source": programme.source.in_(text),
        "data_to": release.manifest["data_to"],
        "built_at": release.manifest["built_at"],
        "headlines": [_plain(headline) for headline in approved(release, text)],
    }


def _plain(headline: Headline) -> dict[str, Any]:
    figure = headline.figure
    return {
        "kind": headline.kind,
        "dimension": headline.dimension,
        "code": headline.code,
        "label": headline.label,
        "figure_id": figure.figure_id,
        "sentence": headline.sentence,
        "verdict": headline.verdict,
        "outcome": figure.outcome,
        "measure": figure.measure,
        "horizon": figure.horizon,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "sim_low": figure.sim_low,
        "sim_high": figure.sim_high,
        "range_in_sentence": "low, high" if headline.dimension == "*" else "sim_low, sim_high",
        "n_funded": figure.n_funded,
        "n_comparison": figure.n_comparison,
        "obs_status": figure.obs_status,
        "conf_status": figure.conf_status,
        "reason": figure.reason,
    }
