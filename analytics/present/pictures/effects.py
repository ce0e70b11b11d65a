"""Pictures of effects: by group, year by year, beside the wholes that a group is part of; the first screen's panels."""

import pandas as pd

from analytics import charts
from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.asked import Asked, GroupCodes
from analytics.present.pictures.picture import (
    Absent,
    Line,
    Picture,
    Shown,
    effects_table,
    lines_by,
    mark,
    none_shown,
    remembered,
    row,
    stamp_of,
    unit_of,
)
from analytics.present.sentences.phrases import why, year_label
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
from analytics.programme.dimensions import NESTED
from analytics.release import Figure, Release


@remembered
def forest(
    release: Release,
    text: Text,
    dimension: str,
    asked: Asked,
    *,
    within: GroupCodes = (),
    shrunken: bool = False,
    narrow: bool = False,
) -> Shown:
    """Every group of a dimension on one scale, with the line of the whole that they are in. narrow: for a third of a
    page, where the phone's form serves both.
    """
    lines = lines_by(release, dimension, asked, text, within)
    heading = text(f"dimension.{dimension}")
    if within and not any(line.figure and line.figure.published for line in lines):
        return none_shown(lines, release, text)
    if not lines:
        return Absent(text("picture.no_groups"))
    whole = asked.figure(release, within)
    return _forest(lines, whole, release, text, heading, shrunken=shrunken, narrow=narrow, within=bool(within))


def _forest(
    lines: list[Line],
    whole: Figure | None,
    release: Release,
    text: Text,
    heading: str,
    *,
    shrunken: bool = False,
    narrow: bool = False,
    within: bool = False,
) -> Picture:
    rows = [row(line, release, text, shrunken=shrunken) for line in lines]
    marks = stamp_of(release, figure_id(whole or lines[0].figure), text)
    words = text("chart.this_group") if within else None
    unit, reference = unit_of(lines), mark(whole)

    def drawn(*, compact: bool) -> charts.Figure:
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
    table = effects_table([*lines, *_whole_line(whole, text, within=within)], text, heading, shrunken=shrunken)
    return Picture(drawn(compact=narrow), None if narrow else drawn(compact=True), alt, table)


def _whole_line(whole: Figure | None, text: Text, *, within: bool) -> list[Line]:
    label = text("chart.this_group") if within else text("label.whole_programme")
    return [] if whole is None else [Line(label, whole)]


@remembered
def standing(release: Release, text: Text, sector: str, asked: Asked) -> Shown:
    """A sector, raw and drawn toward the whole; its macro-sector; the programme: each with more firms than the last."""
    macro = next(one.macro_sector for one in release.programme.sectors if one.id == sector)
    groups = [("sector", sector), (NESTED["sector"], macro)]
    if len(release.codes(NESTED["sector"])) == 1:
        groups.pop()  # it is the whole programme
    lines = [Line(release.programme.label(*group, text), asked.figure(release, [group])) for group in groups]
    held = [line for line in (*lines, Line(text("label.whole_programme"), asked.figure(release))) if line.figure]
    if not any(line.figure and line.figure.published for line in held):
        return none_shown(held, release, text)
    return _forest(held, None, release, text, text("picture.group"), shrunken=True, narrow=True)


@remembered
def years(release: Release, text: Text, asked: Asked, *, within: GroupCodes = ()) -> Shown:
    """The effect in each year after funding."""
    lines = [
        Line(year_label(release, year, text), asked.figure(release, within, horizon=str(year)))
        for year in release.manifest["years_after"]
    ]
    if not any(line.figure and line.figure.published for line in lines):
        return none_shown(lines, release, text)
    rows, unit = [row(line, release, text) for line in lines], unit_of(lines)
    drawn = charts.years(rows, stamp=stamp_of(release, figure_id(lines[0].figure), text), text=text, unit=unit)
    return Picture(
        drawn, None, charts.years_alt(rows, text, unit=unit), effects_table(lines, text, text("picture.year"))
    )


# ---- the first screen ------------------------------------------------------------------------------------------------


def _absent(figure: Figure | None, release: Release, text: Text) -> Absent:
    """Why a panel has no picture."""
    return Absent(text("overview.absent") if figure is None else why(figure, release, text))


def _changes(release: Release, asked: Asked) -> dict[Arm, Figure]:
    """What is observed of each arm, where it is published."""
    found = {arm: release.figure("change", outcome=asked.outcome, arm=arm, horizon=asked.horizon) for arm in Arm}
    return {arm: figure for arm, figure in found.items() if figure is not None and figure.published}


def _values(changes: dict[Arm, Figure]) -> dict[Arm, float]:
    return {arm: figure.value for arm, figure in changes.items() if figure.value is not None}


def _scale(release: Release, asked: Asked, text: Text) -> charts.Axis:
    """What is observed and what is estimated stand on one scale."""
    return charts.shared_scale(mark(asked.figure(release)), list(_values(_changes(release, asked)).values()), text)


@remembered
def change_panel(release: Release, text: Text) -> Shown:
    """What happened, in grey."""
    asked = Asked.headline(release)
    changes = _changes(release, asked)
    if Arm.FUNDED not in changes:
        return Absent(text("overview.absent"))
    marks = stamp_of(release, changes[Arm.FUNDED].figure_id, text)
    drawn = charts.change_panel(_values(changes), extent=_scale(release, asked, text), stamp=marks, text=text)
    return Picture(drawn, None, charts.change_panel_alt(_values(changes), text), _change_table(release, asked, text))


def _change_table(release: Release, asked: Asked, text: Text) -> pd.DataFrame:
    """One row per arm: firms, means before and after, their change."""
    outcome = release.programme.outcome(asked.outcome)
    told = {}
    for arm in Arm:
        before, after, change = (
            release.figure(measure, outcome=asked.outcome, arm=arm, horizon=asked.horizon)
            for measure in ("before_mean", "after_mean", "change")
        )
        told[text(f"chart.{arm}")] = [
            count(None if change is None else change.n_funded if arm is Arm.FUNDED else change.n_comparison, text),
            amount_cell(before, outcome, text),
            amount_cell(after, outcome, text),
            percent_cell(change, text),
            figure_id(change),
        ]
    columns = [text(f"table.{name}") for name in ("firms", "before", "after", "change", "figure")]
    return pd.DataFrame.from_dict(told, orient="index", columns=columns)


@remembered
def effect_panel(release: Release, text: Text, estimand: str, *, point: bool) -> Shown:
    """What the grants did, on the scale of what happened. point: False where only the range may be shown."""
    asked = Asked.headline(release)
    figure = release.figure(estimand, outcome=asked.outcome, horizon=asked.horizon)
    drawn_mark = mark(figure)
    if figure is None or drawn_mark is None:
        return _absent(figure, release, text)
    drawn = charts.effect_panel(
        drawn_mark,
        stamp=stamp_of(release, figure.figure_id, text),
        text=text,
        point=point,
        extent=_scale(release, asked, text) if estimand == asked.estimand else None,
    )
    line, heading = Line(text("label.whole_programme"), figure), text(f"measure.{estimand}")
    table = effects_table([line], text, heading, written=effect_cell if point else range_cell)
    return Picture(drawn, None, charts.effect_panel_alt(drawn_mark, text, point=point), table)


@remembered
def money_panel(release: Release, text: Text, *, point: bool) -> Shown:
    """Extra sales for each unit of money granted."""
    asked = Asked.headline(release)
    outcome = release.programme.outcome(asked.outcome)
    figure = release.figure("extra_per_grant", outcome=asked.outcome, horizon=asked.horizon)
    drawn_mark = mark(figure)
    if figure is None or drawn_mark is None or outcome.currency is None:
        return _absent(figure, release, text)
    marks, currency = stamp_of(release, figure.figure_id, text), outcome.currency
    drawn = charts.effect_panel(drawn_mark, stamp=marks, text=text, currency=currency, point=point)
    alt = charts.effect_panel_alt(drawn_mark, text, currency=currency, point=point)
    told = [rate(figure, outcome, text) if point else EMPTY, rate_span(figure, outcome, text), figure.figure_id]
    columns = [text(f"table.{name}") for name in ("value", "range_95", "figure")]
    return Picture(drawn, None, alt, pd.DataFrame([told], columns=columns, index=[text("label.whole_programme")]))
