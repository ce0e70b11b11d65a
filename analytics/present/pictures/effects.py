"""Pictures of effects: what happened beside what the grants did; groups on one axis; year by year; the money."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from analytics.charts import Axis, Guide, Heads, Look, Mark, Row, rows, shared_axis
from analytics.language.text import Text
from analytics.model import Arm, Estimand, Unit
from analytics.present.asked import Asked
from analytics.present.pictures.picture import (
    Absent,
    Entry,
    Picture,
    Shown,
    all_withheld,
    any_published,
    draw_rows,
    effects_table,
    entries_by,
    forest_row,
    mark,
    remembered,
    rows_axis,
    stamp_of,
    unit_of,
)
from analytics.present.sentences.phrases import dimension_words, why, year_label
from analytics.present.tables.counts import analysed_in
from analytics.present.verbs import tells
from analytics.present.written import (
    EMPTY,
    amount_cell,
    claim_cell,
    count,
    figure_id,
    percent_cell,
    rate,
    rate_span,
)
from analytics.programme.dimensions import Group
from analytics.release import Figure, Release, measures
from analytics.release.lists import YEARS, FigureList

OPENS_SECTOR = "sector:"  # what a row opens, in a picture; a page knows the address


# ---- the programme: what happened, what the grants did, the money ----------------------------------------------------


def typical_changes(release: Release, group: Group = ()) -> dict[Arm, Figure]:
    """The change of the typical firm of each arm, where it is published."""
    figures = {arm: release.main(measures.TYPICAL_CHANGE, arm=arm, group=group) for arm in Arm}
    return {arm: figure for arm, figure in figures.items() if figure is not None and figure.value is not None}


@remembered
def changes_and_effect(release: Release, text: Text) -> Shown:
    """The typical firm's change in each arm, and the effect, on one axis that the effect fills."""
    effect, changes = release.main_effect(), typical_changes(release)
    estimate = mark(effect)
    if effect is None or (estimate is None and not changes):
        return Absent(text("overview.absent") if effect is None else why(effect, release, text))
    drawn = [change_row(arm, figure, text) for arm, figure in changes.items()]
    drawn.append(effect_row(effect, release, text))
    marks = [estimate] if estimate else []
    axis = shared_axis(marks, [figure.value for figure in changes.values() if figure.value is not None])
    stamp = stamp_of(release, effect.figure_id, text)
    guides = [Guide(0.0, text("chart.no_change_no_effect"), "zero")]
    heads = Heads(text("overview.changes"))
    drawing = rows(drawn, axis, write=text.percent, guides=guides, heads=heads, data_mark=stamp.data_mark)
    return Picture(drawing, stamp, _changes_table(release, effect, text))


def change_row(arm: Arm, figure: Figure, text: Text) -> Row:
    """An observed change, in grey."""
    value = figure.value or 0.0
    look = Look.FUNDED if arm is Arm.FUNDED else Look.COMPARISON
    label, under = text(f"overview.row.{arm}"), text(f"overview.row.{arm}_under")
    return Row(label, Mark(value, value, value), value=text.percent(value), under=under, look=look)


def effect_row(effect: Figure, release: Release, text: Text) -> Row:
    """The estimated effect; on "cannot tell" its range leads."""
    label, under = text("overview.row.effect"), text("overview.row.effect_under")
    estimate, interval = mark(effect), effect.shown_range
    if estimate is None or interval is None:
        return Row(label, note=why(effect, release, text), under=under)
    value = text.percent(estimate.value)
    if tells(effect):
        return Row(label, estimate, lead=value, value=text.interval(*interval), under=under, told=True)
    return Row(label, estimate, value=text.span(*interval), aside=text("picture.estimate", value=value), under=under)


def _changes_table(release: Release, effect: Figure, text: Text) -> pd.DataFrame:
    """One row per arm: firms, means before and after, change of the sum, of the typical firm; then the effect."""
    outcome = release.programme.outcome(release.programme.headline.outcome)
    cells = {}
    for arm in Arm:
        before, after, change, typical = (
            release.main(measure, arm=arm)
            for measure in (measures.BEFORE_MEAN, measures.AFTER_MEAN, measures.CHANGE, measures.TYPICAL_CHANGE)
        )
        n = None if change is None else change.n_funded if arm is Arm.FUNDED else change.n_comparison
        cells[text(f"chart.{arm}")] = [
            count(n, text),
            amount_cell(before, outcome, text),
            amount_cell(after, outcome, text),
            percent_cell(change, text),
            percent_cell(typical, text),
            figure_id(typical or change),
        ]
    label = text("overview.row.effect")
    cells[label] = [count(effect.n_funded, text), EMPTY, EMPTY, EMPTY, claim_cell(effect, text), figure_id(effect)]
    names = ("firms_measured", "before", "after", "change_of_sum", "typical", "figure")
    return pd.DataFrame.from_dict(cells, orient="index", columns=[text(f"table.{name}") for name in names])


@remembered
def money(release: Release, text: Text) -> Shown:
    """Extra sales for each unit of money granted; without a point where no direction may be said."""
    outcome = release.programme.outcome(release.programme.headline.outcome)
    figure = release.main(measures.EXTRA_PER_GRANT)
    estimate = mark(figure)
    if figure is None:
        return _effect_on_sums(release, text)
    if estimate is None or outcome.currency is None:
        return Absent(why(figure, release, text))
    currency, told = outcome.currency, tells(figure)

    def write(value: float) -> str:
        return text.money(value, currency, decimals=0 if value == round(value) else 2)

    look = Look.INTERVAL if told else Look.RANGE
    row = Row(text("overview.row.money"), estimate, value=rate_span(figure, outcome, text), told=told, look=look)
    stamp = stamp_of(release, figure.figure_id, text)
    drawing = rows(
        [row],
        shared_axis([estimate], scale="linear", most=4),
        write=write,
        guides=[Guide(0.0, text("chart.no_extra_sales"), "zero")],
        heads=Heads(text("overview.row.money")),
        data_mark=stamp.data_mark,
        scale="linear",
    )
    cells = [rate(figure, outcome, text) if told else EMPTY, rate_span(figure, outcome, text), figure_id(figure)]
    columns = [text(f"table.{name}") for name in ("value", "range_95", "figure")]
    return Picture(drawing, stamp, pd.DataFrame([cells], columns=columns, index=[text("label.whole_programme")]))


def _effect_on_sums(release: Release, text: Text) -> Shown:
    """The effect on summed sales, where nobody said what was granted."""
    effect = release.main(measures.EFFECTS[Estimand.EURO_WEIGHTED])
    if effect is None or not effect.published:
        return Absent(text("overview.absent") if effect is None else why(effect, release, text))
    entry, stamp = Entry(text("label.whole_programme"), effect), stamp_of(release, effect.figure_id, text)
    row = forest_row(entry, release, text, claims=True)
    drawing = draw_rows([row], text, unit=effect.unit, heads=Heads(entry.label), stamp=stamp)
    return Picture(drawing, stamp, effects_table([entry], text, text("picture.group")))


# ---- groups ----------------------------------------------------------------------------------------------------------


@remembered
def sectors(release: Release, text: Text) -> Shown:
    """Every published sector under its macro-sector, most funded firms first; each row opens its sector. Those withheld
    stand below, by name and reason.
    """
    asked, main = Asked.headline(release), release.main_effect()
    nested = list(_nested_entries(release, asked, text))
    shown = [(code, whole, entry) for code, whole, entry in nested if entry.figure and entry.figure.published]
    if not shown:
        return all_withheld([entry for _, _, entry in nested], release, text)
    drawn = [
        replace(forest_row(entry, release, text, claims=True, opens=OPENS_SECTOR + code if code else ""), whole=whole)
        for code, whole, entry in shown
    ]
    unit = unit_of([entry for _, _, entry in shown])
    lists = [*(["macro_sector"] if len(release.codes("macro_sector")) > 1 else []), "sector"]
    ids = [release.list_id(dimension, asked.outcome, asked.estimand, asked.horizon) for dimension in lists]
    stamp = stamp_of(release, ids or figure_id(shown[0][2].figure), text)  # of one sector alone there is no list
    heads = Heads(
        text("overview.forest_names"),
        text("overview.forest_names"),
        text("overview.forest_firms"),
        text("overview.forest_values"),
    )
    whole_line = (main, text("chart.programme"))
    drawing = draw_rows(drawn, text, unit=unit, heads=heads, stamp=stamp, whole=whole_line)
    listed = FigureList.of("sector", asked.outcome, asked.estimand, asked.horizon)
    note = _unpublished_words([(code, entry) for code, _, entry in nested], listed, release, text)
    table = effects_table([entry for _, _, entry in nested], text, heads.names, whole=main)
    return Picture(drawing, stamp, table, note)


def _unpublished_words(entries: Sequence[tuple[str, Entry]], listed: FigureList, release: Release, text: Text) -> str:
    """Sectors that are not published, by name and reason, and how many analysed firms are in none that is; empty where
    all are in one.
    """
    named = [(entry.label, entry.figure) for code, entry in entries if code and entry.figure is not None]
    reasons = [f"{label}: {why(figure, release, text)}" for label, figure in named if not figure.published]
    left = analysed_in(release, listed).not_shown or 0
    if not reasons and not left:
        return ""
    return text("overview.unpublished", firms=text.count("chart.firms", left), groups=" · ".join(reasons))


def _nested_entries(release: Release, asked: Asked, text: Text) -> Iterator[tuple[str, bool | None, Entry]]:
    """Macro-sectors, each before its sectors: code of a sector (empty: a macro-sector), whether it is a whole, entry.
    Without macro-sectors, sectors alone.
    """
    programme = release.programme
    by_code = {
        code: Entry(programme.label("sector", code, text), asked.effect(release, (("sector", code),)))
        for code in release.codes("sector")
    }
    macros = release.codes("macro_sector")
    if len(macros) < 2:
        yield from ((code, None, entry) for code, entry in _by_firms(by_code))
        return
    wholes = {
        macro: Entry(programme.label("macro_sector", macro, text), asked.effect(release, (("macro_sector", macro),)))
        for macro in macros
    }
    for macro, whole in _by_firms(wholes):
        parts = {code: entry for code, entry in by_code.items() if ("macro_sector", macro) in programme.wholes_of(code)}
        yield "", True, whole
        yield from ((code, False, entry) for code, entry in _by_firms(parts))


def _by_firms(entries: dict[str, Entry]) -> list[tuple[str, Entry]]:
    """Most funded firms first: precision falls downwards, and no order of merit is suggested."""
    return sorted(entries.items(), key=lambda pair: -((pair[1].figure.n_funded or 0) if pair[1].figure else 0))


@remembered
def forest(
    release: Release, text: Text, dimension: str, asked: Asked, *, within: Group = (), axis: Axis | None = None
) -> Shown:
    """Every group of a dimension on one axis, with the line of the whole that they are in."""
    entries = entries_by(release, dimension, asked, text, within)
    if within and not any_published(entries):
        return all_withheld(entries, release, text)
    if not entries:
        return Absent(text("picture.no_groups"))
    whole = asked.effect(release, within)
    claims = asked == Asked.headline(release) and not within and dimension in release.programme.sector_dimensions
    drawn = [forest_row(entry, release, text, claims=claims) for entry in entries]
    heading = dimension_words(release, dimension, text)
    stamp = stamp_of(release, release.list_id(dimension, asked.outcome, asked.estimand, asked.horizon, within), text)
    name = text("chart.this_group" if within else "chart.programme")
    unit = unit_of(entries)
    drawing = draw_rows(drawn, text, unit=unit, heads=Heads(heading), stamp=stamp, whole=(whole, name), axis=axis)
    listed = FigureList.of(dimension, asked.outcome, asked.estimand, asked.horizon, within)
    in_rows = sum(entry.figure.n_funded or 0 for entry in entries if entry.figure and not entry.figure.published)
    left = (analysed_in(release, listed).not_shown or 0) - in_rows
    # where the rows do not make the total
    note = text("picture.not_in_rows", firms=text.count("chart.firms", left)) if left > 0 else ""
    return Picture(drawing, stamp, effects_table(entries, text, heading, whole=whole, within=bool(within)), note)


def small_axis(release: Release, text: Text, dimensions: Sequence[str], asked: Asked, within: Group = ()) -> Axis:
    """One axis for the pictures of years and of groups that stand beside each other."""
    entries = [entry for dimension in dimensions for entry in entries_by(release, dimension, asked, text, within)]
    entries += _year_entries(release, text, asked, within)
    whole = asked.effect(release, within)
    return rows_axis([mark(entry.figure) for entry in entries], whole, Unit.FRACTION if whole is None else whole.unit)


@remembered
def standing(release: Release, text: Text, sector: str, asked: Asked) -> Shown:
    """A sector, with the estimate that is drawn toward the whole; the groups of sectors that it lies in; the programme:
    each with more firms than the last.
    """
    programme = release.programme
    wholes = [whole for whole in programme.wholes_of(sector) if len(release.codes(whole[0])) > 1]  # one: the programme
    groups = [("sector", sector), *wholes]
    entries = [Entry(programme.label(*group, text), asked.effect(release, [group])) for group in groups]
    entries.append(Entry(text("label.whole_programme"), asked.effect(release)))
    entries = [entry for entry in entries if entry.figure]
    if not any_published(entries):
        return all_withheld(entries, release, text)
    claims = asked == Asked.headline(release)
    drawn = [forest_row(entry, release, text, claims=claims) for entry in entries]
    own = entries[0].figure
    if own is not None and own.shrunk is not None and drawn[0].mark:
        drawn[0] = replace(drawn[0], second=own.shrunk)
    heading, unit = text("picture.group"), unit_of(entries)
    stamp = stamp_of(release, figure_id(own), text)
    whole = (asked.effect(release), text("chart.programme"))
    drawing = draw_rows(drawn, text, unit=unit, heads=Heads(heading), stamp=stamp, whole=whole)
    return Picture(drawing, stamp, effects_table(entries, text, heading))


def _year_entries(release: Release, text: Text, asked: Asked, within: Group) -> list[Entry]:
    """The effect in each year after funding."""
    return [
        Entry(year_label(release, year, text), asked.effect(release, within, horizon=str(year)))
        for year in release.manifest.years_after
    ]


@remembered
def years(release: Release, text: Text, asked: Asked, *, within: Group = (), axis: Axis | None = None) -> Shown:
    """The effect in each year after funding, beside that of all years together."""
    entries = _year_entries(release, text, asked, within)
    if not any_published(entries):
        return all_withheld(entries, release, text)
    drawn = [forest_row(entry, release, text) for entry in entries]
    heading, unit = text("picture.year"), unit_of(entries)
    stamp = stamp_of(release, release.list_id(YEARS, asked.outcome, asked.estimand, asked.horizon, within), text)
    whole = (asked.effect(release, within), text("chart.all_years"))
    drawing = draw_rows(drawn, text, unit=unit, heads=Heads(heading), stamp=stamp, whole=whole, axis=axis)
    return Picture(drawing, stamp, effects_table(entries, text, heading))
