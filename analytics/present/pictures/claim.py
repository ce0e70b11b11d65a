"""The picture of one approved sentence, as it leaves with it: its range, beside what it is set against. Where no
direction may be told there is no point, so that none can be quoted.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from analytics.charts import Drawing, Guide, Heads, Look, Mark, Row, rows, scale_of, shared_axis
from analytics.language.text import Text
from analytics.model import Arm, Unit
from analytics.present.pictures.effects import change_row, effect_row, typical_changes
from analytics.present.pictures.picture import REMEMBERED, Entry, forest_row, mark
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import Headline
from analytics.present.sentences.phrases import data_mark
from analytics.present.verbs import tells
from analytics.release import Figure, Release, measures
from analytics.release.measures import ALL, groups_counted, other_group


@lru_cache(maxsize=REMEMBERED)
def claim_drawing(release: Release, headline: Headline, text: Text) -> Drawing | None:
    """The picture of a published figure that carries a sentence; None where there is nothing to draw."""
    figure = headline.figure
    drawn: list[Row]
    match headline.kind:
        case ClaimKind.EFFECT:
            drawn = _effect(release, headline, text)
        case ClaimKind.CHANGE:
            drawn = _changes(release, figure, text)
        case ClaimKind.PAIR:
            drawn = _pair(release, figure, text)
        case ClaimKind.COUNT:
            drawn = _count(release, figure, text)
        case _:
            drawn = [_amount(release, headline, text)]
    return _drawn([_without_point(row) for row in drawn], release, headline, text) if drawn else None


def _without_point(row: Row) -> Row:
    """An interval of which no direction may be told, without its estimate."""
    return row if row.told or row.look is not Look.INTERVAL else replace(row, aside="", look=Look.RANGE, second=None)


def _drawn(drawn: Sequence[Row], release: Release, headline: Headline, text: Text) -> Drawing | None:
    """The rows on one axis, with the line that they are read from."""
    marks = [row.mark for row in drawn if row.mark]
    if not marks:
        return None
    unit = Unit.COUNT if headline.kind is ClaimKind.COUNT else headline.figure.unit
    scale = "linear" if headline.kind is ClaimKind.LOSSES else scale_of(unit)
    intervals = [row.mark for row in drawn if row.mark and row.look in (Look.INTERVAL, Look.RANGE)]
    axis = shared_axis(intervals, [mark.value for mark in marks], scale=scale, most=4)
    beside_changes = headline.kind is ClaimKind.EFFECT and len(drawn) > len(intervals)
    zero = text("chart.no_change_no_effect" if beside_changes else f"image.zero.{headline.kind}")
    guides = [Guide(0.0, zero, "zero")]
    currency = release.programme.outcome(headline.figure.outcome).currency or release.programme.currency

    def write(value: float) -> str:
        if headline.kind is ClaimKind.MONEY:
            per_unit = unit is Unit.RATIO
            return text.money(value, currency) if per_unit else text.short_money(value, currency)
        return text.number(value) if unit is Unit.COUNT else text.measured(value, unit)

    mark_words, heads = data_mark(release, text), Heads("", firms=text("image.firms"))
    return rows(drawn, axis, write=write, guides=guides, heads=heads, data_mark=mark_words, scale=scale)


def _effect(release: Release, headline: Headline, text: Text) -> list[Row]:
    """Of the programme, beside what happened in each arm; of a group, beside the programme."""
    figure = headline.figure
    if headline.dimension == ALL:
        of_arms = [
            replace(change_row(arm, change, text), under=text("image.row.of_typical_firm"))
            for arm, change in typical_changes(release).items()
        ]
        effect = effect_row(figure, release, text)
        return [*of_arms, replace(effect, under=text("image.row.effect_under")) if of_arms else effect]
    entries = [Entry(headline.label, figure), Entry(text("label.whole_programme"), release.main_effect())]
    return [replace(forest_row(entry, release, text, claims=True), verb="") for entry in entries if entry.figure]


def _changes(release: Release, figure: Figure, text: Text) -> list[Row]:
    """The change of the sums in each arm."""
    found = {arm: release.main(measures.CHANGE, arm=arm, group=figure.group) for arm in Arm}
    return [
        replace(change_row(arm, change, text), under=text("image.row.of_sum"))
        for arm, change in found.items()
        if change and change.value is not None
    ]


def _pair(release: Release, figure: Figure, text: Text) -> list[Row]:
    """The effect on each of the two groups, and their difference."""
    ((dimension, first),) = figure.group
    entries = [
        Entry(release.programme.label(dimension, code, text), release.main_effect({dimension: code}))
        for code in (first, other_group(figure.measure))
    ]
    drawn = [replace(forest_row(entry, release, text, claims=True), verb="") for entry in entries if entry.figure]
    difference = forest_row(Entry(text("image.row.difference"), figure), release, text)
    return [*drawn, replace(difference, n="")]


def _count(release: Release, figure: Figure, text: Text) -> list[Row]:
    """In how many groups at least, of all that are published."""
    dimension = groups_counted(figure.measure)
    effects = (release.main_effect({dimension: code}) for code in release.codes(dimension))
    groups = sum(effect is not None and effect.published for effect in effects)
    if not tells(figure) or figure.value is None:
        return []
    label = text("image.row.at_least")
    value = text("image.of_groups", n=text.number(figure.value), groups=text.number(groups))
    return [Row(label, Mark(figure.value, figure.value, float(groups)), value=value, told=True, look=Look.RANGE)]


def _amount(release: Release, headline: Headline, text: Text) -> Row:
    """Money, or the share of losses offset; without a point while no direction may be told."""
    figure, told = headline.figure, tells(headline.figure)
    outcome, per_unit = release.programme.outcome(figure.outcome), figure.unit is Unit.RATIO
    currency = outcome.currency or release.programme.currency

    def write(value: float) -> str:
        if headline.kind is ClaimKind.LOSSES:
            return text.percent(value, sign=False)
        return text.money(value, currency, decimals=2) if per_unit else text.short_money(value, currency)

    low, high = figure.shown_range or (0.0, 0.0)
    label = text("overview.row.money") if per_unit else text(f"image.row.{headline.kind}")
    span = text("format.span", low=write(low), high=write(high))
    return Row(label, mark(figure), lead=write(figure.value or 0.0) if told else "", value=span, told=told)
