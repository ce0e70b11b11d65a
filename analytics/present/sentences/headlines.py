"""Release -> every sentence that may be said of it, with its figure, grade and reasons; as values and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analytics.language.text import Text
from analytics.model import Arm, Grade
from analytics.present.sentences.claims import ClaimKind, Sentence, claim_interval, sentence_of
from analytics.present.sentences.limits import cannot_say, do_not_say
from analytics.present.sentences.phrases import data_note, kind_note
from analytics.present.sentences.reasons import CheckInWords, figure_beside, reasons
from analytics.present.sentences.together import count_of, count_sentence, pair_sentence, pairs_of
from analytics.release import Figure, Release, measures
from analytics.release.measures import ALL

CHECKED = (ClaimKind.EFFECT, ClaimKind.MONEY, ClaimKind.LOSSES)  # kinds that checks of their own stand behind


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

    def copied(self, words: str, link: str = "") -> str:
        """What somebody takes away: that the data are simulated where they are; the sentence, which holds its range;
        its figure id; and the address of the page that checks it.
        """
        note = f"{self.note}. " if self.note else ""
        return f"{note}{words} [{self.figure.figure_id}]{' ' if link else ''}{link}"


def headline_of(release: Release, figure: Figure, kind: ClaimKind, dimension: str, code: str, text: Text) -> Headline:
    """The sentence of one figure, of the programme ("*") or of a named group; where an effect has no comparison at all,
    the sentence of the change.
    """
    if figure.grade is Grade.DESCRIPTION:
        change = figure_beside(release, figure, measures.CHANGE, Arm.FUNDED)
        kind, figure = ClaimKind.CHANGE, change or figure
    label = text("label.whole_programme") if dimension == ALL else release.programme.label(dimension, code, text)
    low, high = (None, None) if kind is ClaimKind.CHANGE else claim_interval(figure, dimension) or (None, None)
    if kind is ClaimKind.COUNT:
        sentence = count_sentence(release, figure, text)
    elif kind is ClaimKind.PAIR:
        sentence = pair_sentence(release, figure, text)
    else:
        sentence = sentence_of(release, figure, kind, dimension, code, text)
    return Headline(kind, dimension, code, label, figure, low, high, sentence, kind_note(release, text))


@lru_cache(maxsize=16)
def _approved(release: Release, text: Text) -> tuple[Headline, ...]:
    """As below, once for each release and reader's language; neither ever changes."""
    sentences = {(headline.kind, headline.figure.figure_id): headline for headline in _sayable(release, text)}
    return tuple(sentences.values())


def approved_sentences(release: Release, text: Text) -> list[Headline]:
    """Every sentence that may be said of a release, once: the headline, what happened, money, losses; then by group."""
    return list(_approved(release, text))


def _sayable(release: Release, text: Text) -> Iterator[Headline]:
    yield headline_of(release, release.headline(), ClaimKind.EFFECT, ALL, ALL, text)
    for kind, figure in (
        (ClaimKind.CHANGE, release.main(measures.CHANGE, arm=Arm.FUNDED)),
        (ClaimKind.MONEY, money_figure(release)),
        (ClaimKind.LOSSES, release.main(measures.LOSSES_OFFSET)),
    ):
        if figure is not None:
            yield headline_of(release, figure, kind, ALL, ALL, text)
    yield from _together(release, text)
    for dimension in release.programme.sector_dimensions:
        codes = release.codes(dimension)
        for code in codes if len(codes) > 1 else []:
            group = {dimension: code}
            effect = release.main_effect(group)
            change = release.main(measures.CHANGE, arm=Arm.FUNDED, group=group)
            if effect is not None:
                yield headline_of(release, effect, ClaimKind.EFFECT, dimension, code, text)
            if change is not None:
                yield headline_of(release, change, ClaimKind.CHANGE, dimension, code, text)


def _together(release: Release, text: Text) -> Iterator[Headline]:
    """In how many groups something is gained, and which pairs of them lie apart."""
    for dimension in release.programme.sector_dimensions:
        count = count_of(release, dimension)
        if count is not None and count.published and len(release.codes(dimension)) > 1:
            yield headline_of(release, count, ClaimKind.COUNT, ALL, ALL, text)
        for pair in pairs_of(release, dimension):
            yield headline_of(release, pair, ClaimKind.PAIR, ALL, ALL, text)


def claims(release: Release, text: Text) -> list[Headline]:
    """Those that claim an effect, which checks stand behind."""
    return [headline for headline in approved_sentences(release, text) if headline.kind in CHECKED]


def money_figure(release: Release) -> Figure | None:
    """The programme's extra sales a year: per unit of money granted, or in all where nobody said what was granted."""
    granted = release.main(measures.EXTRA_PER_GRANT)
    if granted is not None and granted.published:
        return granted
    return release.main(measures.EXTRA_SALES) or granted


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
        "data_to": release.manifest.data_to,
        "built_at": release.manifest.built_at,
        "headlines": [_values(headline, release, text) for headline in approved_sentences(release, text)],
        "cannot_say": cannot_say(release, text),
        "do_not_say": do_not_say(release, text),
    }


def _values(headline: Headline, release: Release, text: Text) -> dict[str, Any]:
    """One sentence with its figure as plain values."""
    figure = headline.figure
    carries_claim = headline.kind is not ClaimKind.CHANGE
    has_checks = headline.kind in CHECKED
    return {
        "kind": headline.kind,
        "dimension": headline.dimension,
        "code": headline.code,
        "label": headline.label,
        "figure_id": figure.figure_id,
        "sentence": headline.sentence.long,
        "short": headline.sentence.short,
        "grade": figure.grade if carries_claim else "description",
        "verdict": figure.verdict,
        "reasons": [_check_values(check) for check in (reasons(release, figure, text) if has_checks else [])],
        "outcome": figure.outcome,
        "measure": figure.measure.name,
        "horizon": figure.horizon,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "shared_low": figure.shared_low,
        "shared_high": figure.shared_high,
        "sim_low": figure.sim_low,
        "sim_high": figure.sim_high,
        "range_in_sentence": _named_range(headline),
        "n_funded": figure.n_funded,
        "n_comparison": figure.n_comparison,
        "n_comparison_at_least": figure.n_comparison_at_least,
        "obs_status": figure.obs_status,
        "conf_status": figure.conf_status,
        "reason": figure.reason,
    }


def _named_range(headline: Headline) -> str:
    """Which of the ranges the sentence prints."""
    if headline.dimension == ALL:
        return "low, high"
    return "sim_low, sim_high" if headline.figure.shared_low is None else "shared_low, shared_high"


def _check_values(check: CheckInWords) -> dict[str, Any]:
    """One reason as plain values."""
    return {
        "check": check.check,
        "result": check.result,
        "because": check.because,
        "words": check.words,
        "figure_id": check.figure.figure_id,
        "value": check.figure.value,
        "low": check.figure.low,
        "high": check.figure.high,
        "level": check.figure.level,
    }
