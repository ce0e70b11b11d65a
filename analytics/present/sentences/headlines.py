"""Release -> every sentence that may be said of it, with its figure, grade and reasons; as values and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analytics.language.text import Text
from analytics.model import Arm, Grade
from analytics.present.sentences.claims import ClaimKind, Sentence, claim_interval, sentence_of
from analytics.present.sentences.limits import cannot_say, do_not_say
from analytics.present.sentences.phrases import data_note
from analytics.present.sentences.reasons import reasons
from analytics.programme.dimensions import HIERARCHY
from analytics.release import Figure, Release


@dataclass(frozen=True, slots=True)
class Headline:
    """One sentence with the figure it stands for. low, high: the interval of the claim, as the sentence prints it."""

    kind: ClaimKind
    dimension: str
    code: str
    label: str
    figure: Figure
    low: float | None
    high: float | None
    sentence: Sentence
    note: str

    def copied(self, words: str) -> str:
        """What somebody takes away: the sentence, its figure id, and that the data are simulated where they are."""
        return f"{self.note + '. ' if self.note else ''}{words} [{self.figure.figure_id}]"


def headline_of(release: Release, figure: Figure, kind: ClaimKind, dimension: str, code: str, text: Text) -> Headline:
    """The sentence of one figure, of the programme ("*") or of a named group; where an effect has no comparison at all,
    the sentence of the change.
    """
    if figure.grade is Grade.DESCRIPTION:
        about = release.group_of(figure)
        change = release.figure(
            "change", outcome=figure.outcome, arm=Arm.FUNDED, horizon=figure.horizon, group=dict(about)
        )
        kind, figure = ClaimKind.CHANGE, change or figure
    label = text("label.whole_programme") if dimension == "*" else release.programme.label(dimension, code, text)
    low, high = (None, None) if kind is ClaimKind.CHANGE else claim_interval(figure, dimension) or (None, None)
    sentence = sentence_of(release, figure, kind, dimension, code, text)
    return Headline(kind, dimension, code, label, figure, low, high, sentence, data_note(release, text))


def approved_sentences(release: Release, text: Text) -> list[Headline]:
    """Every sentence that may be said of a release, once: the headline, what happened, money, losses; then by group."""
    return list({(one.kind, one.figure.figure_id): one for one in _sayable(release, text)}.values())


def _sayable(release: Release, text: Text) -> Iterator[Headline]:
    programme = release.programme
    outcome, horizon = programme.headline.outcome, str(programme.headline.horizon)
    yield headline_of(release, release.headline(), ClaimKind.EFFECT, "*", "*", text)
    for kind, figure in (
        (ClaimKind.CHANGE, release.figure("change", outcome=outcome, arm=Arm.FUNDED, horizon=horizon)),
        (ClaimKind.MONEY, money_figure(release)),
        (ClaimKind.LOSSES, release.figure("losses_offset", outcome=outcome, horizon=horizon)),
    ):
        if figure is not None:
            yield headline_of(release, figure, kind, "*", "*", text)
    for dimension in HIERARCHY:
        codes = release.codes(dimension)
        for code in codes if len(codes) > 1 else []:
            group = {dimension: code}
            effect = release.figure(programme.headline.estimand, outcome=outcome, horizon=horizon, group=group)
            change = release.figure("change", outcome=outcome, arm=Arm.FUNDED, horizon=horizon, group=group)
            if effect is not None:
                yield headline_of(release, effect, ClaimKind.EFFECT, dimension, code, text)
            if change is not None:
                yield headline_of(release, change, ClaimKind.CHANGE, dimension, code, text)


def claims(release: Release, text: Text) -> list[Headline]:
    """Those that claim an effect, which checks stand behind."""
    return [headline for headline in approved_sentences(release, text) if headline.kind is not ClaimKind.CHANGE]


def money_figure(release: Release) -> Figure | None:
    """The programme's extra sales a year: per unit of money granted, or in all where nobody said what was granted."""
    headline = release.programme.headline
    outcome, horizon = headline.outcome, str(headline.horizon)
    granted = release.figure("extra_per_grant", outcome=outcome, horizon=horizon)
    if granted is not None and granted.published:
        return granted
    return release.figure("extra_sales", outcome=outcome, horizon=horizon) or granted


def headlines(release: Release, text: Text) -> dict[str, Any]:
    """The sentences, their figures and reasons as plain values, for JSON."""
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
        "headlines": [_plain(headline, release, text) for headline in approved_sentences(release, text)],
        "cannot_say": cannot_say(release, text),
        "do_not_say": do_not_say(release, text),
    }


def _plain(headline: Headline, release: Release, text: Text) -> dict[str, Any]:
    figure = headline.figure
    claims = headline.kind is not ClaimKind.CHANGE
    return {
        "kind": headline.kind,
        "dimension": headline.dimension,
        "code": headline.code,
        "label": headline.label,
        "figure_id": figure.figure_id,
        "sentence": headline.sentence.long,
        "short": headline.sentence.short,
        "grade": figure.grade if claims else "description",
        "verdict": figure.verdict,
        "reasons": [
            {
                "check": one.check,
                "result": one.result,
                "because": one.because,
                "words": one.words,
                "figure_id": one.figure.figure_id,
                "value": one.figure.value,
                "low": one.figure.low,
                "high": one.figure.high,
                "level": one.figure.level,
            }
            for one in (reasons(release, figure, text) if claims else [])
        ],
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
