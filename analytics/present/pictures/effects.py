"""Pictures of effects: by group, year by year, beside the wholes that a group is part of; the first screen's panels."""

import pandas as pd

from analytics import charts
from analytics.language.text import Text
from analytics.model import Arm, Estimand
from analytics.present.asked import Asked
from analytics.present.pictures.picture import (
    Absent,
    Entry,
    Picture,
    Shown,
    all_withheld,
    any_published,
    effects_table,
    entries_by,
    forest_row,
    mark,
    remembered,
    stamp_of,
    unit_of,
)
from analytics.present.sentences.phrases import dimension_words, why, year_label
from analytics.present.written import (
    EMPTY,
    amount_cell,
    count,
    effect_cell,
    figure_id,
    percent_cell,
    range_cell,
    rate,
    rate_span,
)
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, measures


@remembered
def forest(
    release: Release,
    text: Text,
    dimension: str,
    asked: Asked,
    *,
    within: Group = (),
    shrunken: bool = False,
    narrow: bool = False,
) -> Shown:
    """Every group of a dimension on one scale, with the line of the whole that they are in. narrow: for a third of a
    page, where the phone's form serves both.
    """
    entries = entries_by(release, dimension, asked, text, within)
    if within and not any_published(entries):
        return all_withheld(entries, release, text)
    if not entries:
        return Absent(text("picture.no_groups"))
    heading, whole = dimension_words(release, dimension, text), asked.effect(release, within)
    return _forest(entries, whole, release, text, heading, shrunken=shrunken, narrow=narrow, within=bool(within))


def _forest(
    entries: list[Entry],
    whole: Figure | None,
    release: Release,
    text: Text,
    heading: str,
    *,
    shrunken: bool = False,
    narrow: bool = False,
    within: bool = False,
) -> Picture:
    """Entries on one scale, beside the line of a whole where there is one."""
    rows = [forest_row(entry, release, text, shrunken=shrunken) for entry in entries]
    marks = stamp_of(release, figure_id(whole or entries[0].figure), text)
    words = text("chart.this_group") if within else None
    unit, reference = unit_of(entries), mark(whole)

    def draw(*, compact: bool) -> charts.Figure:
        return charts.forest(
            rows,
            reference=reference,
            stamp=marks,
            text=text,
            compact=compact,
            heading=heading,
            unit=unit,
            reference_words=words,
        )

    alt = charts.forest_alt(rows, text, reference, unit=unit, reference_words=words)
    table = effects_table([*entries, *_whole_entry(whole, text, within=within)], text, heading, shrunken=shrunken)
    return Picture(draw(compact=narrow), None if narrow else draw(compact=True), alt, table)


def _whole_entry(whole: Figure | None, text: Text, *, within: bool) -> list[Entry]:
    """The whole as a last row of the table."""
    label = text("chart.this_group") if within else text("label.whole_programme")
    return [] if whole is None else [Entry(label, whole)]


@remembered
def standing(release: Release, text: Text, sector: str, asked: Asked) -> Shown:
    """A sector, raw and drawn toward the whole; the groups of sectors that it lies in; the programme: each with more
    firms than the last.
    """
    programme = release.programme
    wholes = [whole for whole in programme.wholes_of(sector) if len(release.codes(whole[0])) > 1]  # one: the programme
    groups = [("sector", sector), *wholes]
    entries = [Entry(programme.label(*group, text), asked.effect(release, [group])) for group in groups]
    entries.append(Entry(text("label.whole_programme"), asked.effect(release)))
    entries = [entry for entry in entries if entry.figure]
    if not any_published(entries):
        return all_withheld(entries, release, text)
    return _forest(entries, None, release, text, text("picture.group"), shrunken=True, narrow=True)


@remembered
def years(release: Release, text: Text, asked: Asked, *, within: Group = ()) -> Shown:
    """The effect in each year after funding."""
    entries = [
        Entry(year_label(release, year, text), asked.effect(release, within, horizon=str(year)))
        for year in release.manifest.years_after
    ]
    if not any_published(entries):
        return all_withheld(entries, release, text)
    rows, unit = [forest_row(entry, release, text) for entry in entries], unit_of(entries)
    marks = stamp_of(release, figure_id(entries[0].figure), text)
    chart = charts.years(rows, stamp=marks, text=text, unit=unit)
    table = effects_table(entries, text, text("picture.year"))
    return Picture(chart, None, charts.years_alt(rows, text, unit=unit), table)


# ---- the first screen ------------------------------------------------------------------------------------------------


def _absent(figure: Figure | None, release: Release, text: Text) -> Absent:
    """Why a panel has no picture."""
    return Absent(text("overview.absent") if figure is None else why(figure, release, text))


def _changes(release: Release) -> dict[Arm, Figure]:
    """What is observed of each arm, where it is published."""
    figures = {arm: release.main(measures.CHANGE, arm=arm) for arm in Arm}
    return {arm: figure for arm, figure in figures.items() if figure is not None and figure.published}


def _values(changes: dict[Arm, Figure]) -> dict[Arm, float]:
    """The changes alone."""
    return {arm: figure.value for arm, figure in changes.items() if figure.value is not None}


def _scale(release: Release, text: Text) -> charts.Axis:
    """What is observed and what is estimated stand on one scale."""
    return charts.shared_scale(mark(release.main_effect()), list(_values(_changes(release)).values()), text)


@remembered
def change_panel(release: Release, text: Text) -> Shown:
    """What happened, in grey."""
    changes = _changes(release)
    if Arm.FUNDED not in changes:
        return Absent(text("overview.absent"))
    marks = stamp_of(release, changes[Arm.FUNDED].figure_id, text)
    chart = charts.change_panel(_values(changes), extent=_scale(release, text), stamp=marks, text=text)
    return Picture(chart, None, charts.change_panel_alt(_values(changes), text), _change_table(release, text))


def _change_table(release: Release, text: Text) -> pd.DataFrame:
    """One row per arm: firms, means before and after, their change."""
    outcome = release.programme.outcome(release.programme.headline.outcome)
    rows = {}
    for arm in Arm:
        before, after, change = (
            release.main(measure, arm=arm) for measure in (measures.BEFORE_MEAN, measures.AFTER_MEAN, measures.CHANGE)
        )
        rows[text(f"chart.{arm}")] = [
            count(None if change is None else change.n_funded if arm is Arm.FUNDED else change.n_comparison, text),
            amount_cell(before, outcome, text),
            amount_cell(after, outcome, text),
            percent_cell(change, text),
            figure_id(change),
        ]
    columns = [text(f"table.{name}") for name in ("firms", "before", "after", "change", "figure")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


@remembered
def effect_panel(release: Release, text: Text, estimand: Estimand, *, point: bool) -> Shown:
    """What the grants did, on the scale of what happened. point: False where only the range may be shown."""
    effect = release.main(measures.EFFECTS[estimand])
    effect_mark = mark(effect)
    if effect is None or effect_mark is None:
        return _absent(effect, release, text)
    chart = charts.effect_panel(
        effect_mark,
        stamp=stamp_of(release, effect.figure_id, text),
        text=text,
        point=point,
        extent=_scale(release, text) if estimand == release.programme.headline.estimand else None,
    )
    entry, heading = Entry(text("label.whole_programme"), effect), text(f"measure.{estimand}")
    table = effects_table([entry], text, heading, written=effect_cell if point else range_cell)
    return Picture(chart, None, charts.effect_panel_alt(effect_mark, text, point=point), table)


@remembered
def money_panel(release: Release, text: Text, *, point: bool) -> Shown:
    """Extra sales for each unit of money granted."""
    outcome = release.programme.outcome(release.programme.headline.outcome)
    figure = release.main(measures.EXTRA_PER_GRANT)
    money_mark = mark(figure)
    if figure is None or money_mark is None or outcome.currency is None:
        return _absent(figure, release, text)
    marks, currency = stamp_of(release, figure.figure_id, text), outcome.currency
    chart = charts.effect_panel(money_mark, stamp=marks, text=text, currency=currency, point=point)
    alt = charts.effect_panel_alt(money_mark, text, currency=currency, point=point)
    cells = [rate(figure, outcome, text) if point else EMPTY, rate_span(figure, outcome, text), figure.figure_id]
    columns = [text(f"table.{name}") for name in ("value", "range_95", "figure")]
    return Picture(chart, None, alt, pd.DataFrame([cells], columns=columns, index=[text("label.whole_programme")]))
