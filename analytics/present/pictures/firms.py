"""Pictures of firms: how far they lie apart, where they are, how alike the two arms were, what they could tell."""

import pandas as pd

from analytics import charts
from analytics.language.text import Text
from analytics.model import SPREAD_FIRMS, Arm
from analytics.present.asked import Asked
from analytics.present.pictures.picture import Absent, Line, Picture, Shown, lines_by, remembered, stamp_of
from analytics.present.sentences.phrases import why
from analytics.present.tables.evidence import BALANCE_TRAITS, balance_table
from analytics.present.written import EMPTY, count, count_cell, figure_id, status
from analytics.release import Release

BALANCED = 0.25  # standard deviations: beyond it a difference is large (Rubin 2001)
SHADES = 3


@remembered
def spread(release: Release, text: Text, outcome: str, sector: str) -> Shown:
    """Funded firms beside the typical comparison firm, as dots of ten firms or more; the middle of them."""
    asked = Asked.headline(release)
    if outcome != asked.outcome:
        named = release.programme.outcome(asked.outcome).label.in_(text)
        return Absent(text("picture.spread_headline", outcome=named))
    mine = release.picture("spread", asked.outcome, sector).sort_values("place")
    if mine.empty:
        return Absent(text("picture.no_spread", n=SPREAD_FIRMS))
    values, firms = mine["value"].tolist(), mine["n"].tolist()
    effect = asked.figure(release, [] if sector == "*" else [("sector", sector)])
    n = 0 if effect is None or effect.n_funded is None else effect.n_funded
    marks = stamp_of(release, release.picture_id("spread", asked.outcome, sector), text)
    drawn = charts.spread(values[1:], median=values[0], n=n, stamp=marks, text=text)
    places = [text("picture.middle"), *(text("picture.dot", place=place) for place in range(1, len(values)))]
    told = [[text.percent(value), text.number(firms_of)] for value, firms_of in zip(values, firms, strict=True)]
    columns = [text("picture.beside_comparison"), text("table.firms")]
    table = pd.DataFrame(told, columns=columns, index=pd.Index(places, name=text("picture.firms_in_order")))
    return Picture(drawn, None, charts.spread_alt(values[1:], median=values[0], n=n, text=text), table)


@remembered
def provinces(release: Release, text: Text) -> Shown:
    """Funded firms by province, on equal tiles."""
    found = {
        code: (release.programme.label("province", code, text), place, row)
        for row, codes in enumerate(release.programme.tiles)
        for place, code in enumerate(codes)
    }
    held = {code: release.figure("firms", arm=Arm.FUNDED, group={"province": code}) for code in found}
    known = [figure.value for figure in held.values() if figure is not None and figure.value is not None]
    if not known:
        return Absent(text("picture.no_provinces"))
    tiles = [
        charts.Tile(
            code,
            name,
            row,
            column,
            None if (figure := held[code]) is None else figure.value,
            "" if figure is None or figure.published else why(figure, release, text),
        )
        for code, (name, column, row) in found.items()
    ]
    low, high = (_round(max(known) * share / SHADES) for share in (1, 2))
    first = next(figure for figure in held.values() if figure is not None)
    marks, heading = stamp_of(release, first.figure_id, text), text("picture.funded_by_province")
    drawn = charts.tiles(tiles, steps=(low, high), heading=heading, stamp=marks, text=text)
    told = [[count_cell(held[code], text), figure_id(held[code])] for code in found]
    columns = [text("table.funded_firms"), text("table.figure")]
    index = pd.Index([name for name, *_ in found.values()], name=text("dimension.province"))
    return Picture(
        drawn, None, charts.tiles_alt(tiles, text, heading=heading), pd.DataFrame(told, columns=columns, index=index)
    )


def _round(value: float) -> float:
    """To a number that reads well: tens from 20 on."""
    return float(round(value, -1) if value >= 20 else round(value))


@remembered
def balance(release: Release, text: Text) -> Shown:
    """How far the two arms lay apart before, in standard deviations."""
    asked = Asked.headline(release)
    found = {
        trait: release.figure(f"balance_{trait}", outcome=asked.outcome, horizon=asked.horizon)
        for trait in BALANCE_TRAITS
    }
    held = {trait: figure for trait, figure in found.items() if figure is not None}
    rows = [
        charts.DotRow(
            text(f"evidence.trait.{trait}"), None, figure.value, "" if figure.published else why(figure, release, text)
        )
        for trait, figure in held.items()
    ]
    if not any(row.value is not None for row in rows):
        return Absent(text("picture.no_balance"))
    guides = [(-BALANCED, text.measured(-BALANCED, "score")), (BALANCED, text.measured(BALANCED, "score"))]
    marks = stamp_of(release, figure_id(next(iter(held.values()))), text)

    def write(value: float) -> str:
        return text.measured(value, "deviations")

    wide, phone = (
        charts.dot_rows(
            rows, guides=guides, write=write, stamp=marks, text=text, compact=compact, heading=text("picture.trait")
        )
        for compact in (False, True)
    )
    return Picture(
        wide, phone, charts.dot_rows_alt(rows, write=write, text=text, guides=guides), balance_table(release, text)
    )


@remembered
def detectable(release: Release, text: Text) -> Shown:
    """The smallest effect that each sector would tell from none four times in five."""
    asked = Asked.headline(release)
    lines = lines_by(release, "sector", asked, text)
    rows = [
        charts.DotRow(
            line.label,
            figure.n_funded,
            figure.mde,
            "" if figure.published else why(figure, release, text),
        )
        for line in lines
        if (figure := line.figure) is not None
    ]
    if not any(row.value is not None for row in rows):
        return Absent(text("picture.no_detectable"))
    mie = release.manifest["settings"]["mie"]
    guides = [(mie, text("picture.important", mie=text.percent(mie, sign=False)))]
    marks = stamp_of(release, release.headline().figure_id, text)
    wide, phone = (
        charts.dot_rows(
            rows,
            guides=guides,
            write=text.percent,
            stamp=marks,
            text=text,
            compact=compact,
            heading=text("dimension.sector"),
        )
        for compact in (False, True)
    )
    return Picture(
        wide,
        phone,
        charts.dot_rows_alt(rows, write=text.percent, text=text, guides=guides),
        _detectable_table(lines, text),
    )


def _detectable_table(lines: list[Line], text: Text) -> pd.DataFrame:
    told = []
    for line in lines:
        figure = line.figure
        seen = None if figure is None else figure.mde
        needed = (None, None) if figure is None else (figure.firms_needed, figure.years_needed)
        told.append(
            [
                count(None if figure is None else figure.n_funded, text),
                status(figure) or EMPTY if seen is None else text.percent(seen),
                *(count(number, text) for number in needed),
                figure_id(figure),
            ]
        )
    names = ("table.funded_firms", "fact.mde", "picture.firms_needed", "picture.years_needed", "table.figure")
    index = pd.Index([line.label for line in lines], name=text("dimension.sector"))
    return pd.DataFrame(told, columns=[text(name) for name in names], index=index)
