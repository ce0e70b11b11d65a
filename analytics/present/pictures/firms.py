"""Pictures of firms: how far they lie apart, where they are, how alike the two arms were, what they could tell."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from analytics import charts
from analytics.charts import Guide, Heads, Look, Mark, Row, Stamp, shared_axis
from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.asked import Asked
from analytics.present.pictures.picture import Absent, Entry, Picture, Shown, entries_by, remembered, stamp_of
from analytics.present.sentences.phrases import dimension_words, why
from analytics.present.tables.evidence import balance_table
from analytics.present.written import EMPTY, count, count_cell, figure_id, status
from analytics.release import Figure, Release, measures
from analytics.release.measures import FIRMS_OF_MIDDLE, FIRMS_PER_DOT

BALANCED = 0.25  # standard deviations: beyond it a difference is large (Rubin 2001)
SHADES = 3


@remembered
def spread(release: Release, text: Text, outcome: str, sector: str) -> Shown:
    """Funded firms beside the typical comparison firm, as dots of ten firms or more; the middle of them."""
    question = release.programme.headline
    if outcome != question.outcome:
        label = release.programme.outcome(question.outcome).label.in_(text)
        return Absent(text("picture.spread_headline", outcome=label))
    rows = release.picture("spread", outcome, sector).sort_values("place")
    if rows.empty:
        return Absent(text("picture.no_spread", n=FIRMS_OF_MIDDLE))
    (middle, *dots), firms = rows["value"].tolist(), rows["n"].tolist()
    effect = release.main_effect({"sector": sector})
    n = 0 if effect is None or effect.n_funded is None else effect.n_funded
    stamp = stamp_of(release, release.picture_id("spread", outcome, sector), text)
    drawing = charts.spread(dots, median=middle, n=n, per_dot=FIRMS_PER_DOT, data_mark=stamp.data_mark, text=text)
    places = [text("picture.middle"), *(text("picture.dot", place=place) for place in range(1, len(dots) + 1))]
    cells = [[text.percent(value), text.number(n)] for value, n in zip([middle, *dots], firms, strict=True)]
    columns = [text("picture.beside_comparison"), text("table.firms")]
    table = pd.DataFrame(cells, columns=columns, index=pd.Index(places, name=text("picture.firms_in_order")))
    return Picture(drawing, stamp, table)


@remembered
def provinces(release: Release, text: Text) -> Shown:
    """Funded firms by province, on equal tiles."""
    codes = [code for row in release.programme.tiles for code in row]
    figures = {code: release.figure(measures.FIRMS, arm=Arm.FUNDED, group={"province": code}) for code in codes}
    values = [figure.value for figure in figures.values() if figure is not None and figure.value is not None]
    if not values:
        return Absent(text("picture.no_provinces"))
    tiles = [
        _tile(code, (row, column), figures[code], release, text)
        for row, in_row in enumerate(release.programme.tiles)
        for column, code in enumerate(in_row)
    ]
    low, high = (_round(max(values) * share / SHADES) for share in (1, 2))
    first = next(figure for figure in figures.values() if figure is not None)
    stamp, heading = stamp_of(release, first.figure_id, text), text("picture.funded_by_province")
    drawing = charts.tiles(tiles, steps=(low, high), heading=heading, data_mark=stamp.data_mark, text=text)
    cells = [[count_cell(figures[code], text), figure_id(figures[code])] for code in codes]
    columns = [text("table.funded_firms"), text("table.figure")]
    index = pd.Index([tile.name for tile in tiles], name=dimension_words(release, "province", text))
    table = pd.DataFrame(cells, columns=columns, index=index)
    return Picture(drawing, stamp, table)


def _tile(code: str, place: tuple[int, int], figure: Figure | None, release: Release, text: Text) -> charts.Tile:
    """A province at its row and column; without a number, why."""
    reason = "" if figure is None or figure.published else why(figure, release, text)
    value = None if figure is None else figure.value
    return charts.Tile(code, release.programme.label("province", code, text), *place, value, reason)


def _round(value: float) -> float:
    """To a number that reads well: tens from 20 on."""
    return float(round(value, -1) if value >= 20 else round(value))


@remembered
def balance(release: Release, text: Text) -> Shown:
    """How far the two arms lay apart before, in standard deviations."""
    figures = {trait: release.main(measure) for trait, measure in measures.BALANCE.items()}
    in_release = {trait: figure for trait, figure in figures.items() if figure is not None}
    if not any(figure.published for figure in in_release.values()):
        return Absent(text("picture.no_balance"))

    def write(value: float) -> str:
        return text.measured(value, "deviations")

    drawn = [
        _dot_row(text(f"evidence.trait.{trait}"), figure, figure.value, write, release, text)
        for trait, figure in in_release.items()
    ]
    guides = [Guide(0.0, "", "zero"), *(Guide(end, text.measured(end, "score")) for end in (-BALANCED, BALANCED))]
    stamp = stamp_of(release, figure_id(next(iter(in_release.values()))), text)
    drawing = _dots(drawn, guides, write, Heads(text("picture.trait")), stamp)
    return Picture(drawing, stamp, balance_table(release, text))


@remembered
def detectable(release: Release, text: Text) -> Shown:
    """The smallest effect that each sector would tell from none four times in five."""
    entries = entries_by(release, "sector", Asked.headline(release), text)
    heading = dimension_words(release, "sector", text)
    drawn = [
        replace(
            _dot_row(entry.label, figure, figure.mde, text.percent, release, text),
            n="" if figure.n_funded is None else text.number(figure.n_funded),
        )
        for entry in entries
        if (figure := entry.figure) is not None
    ]
    if not any(row.mark for row in drawn):
        return Absent(text("picture.no_detectable"))
    mie = release.importance.fraction
    guides = [Guide(0.0, "", "zero"), Guide(mie, text("picture.important", mie=text.percent(mie, sign=False)))]
    asked = Asked.headline(release)
    stamp = stamp_of(release, release.list_id("sector", asked.outcome, asked.estimand, asked.horizon), text)
    drawing = _dots(drawn, guides, text.percent, Heads(heading), stamp)
    return Picture(drawing, stamp, _detectable_table(entries, text, heading))


def _dot_row(
    label: str, figure: Figure, value: float | None, write: Callable[[float], str], release: Release, text: Text
) -> Row:
    """A single value; withheld: why."""
    if value is None:
        return Row(label, note=why(figure, release, text))
    return Row(label, Mark(value, value, value), value=write(value), look=Look.DOT)


def _dots(
    drawn: Sequence[Row], guides: Sequence[Guide], write: Callable[[float], str], heads: Heads, stamp: Stamp
) -> charts.Drawing:
    """Single values on one axis with lines to compare with."""
    marks = [row.mark for row in drawn if row.mark]
    axis = shared_axis(marks, [guide.value for guide in guides], scale="linear")
    return charts.rows(drawn, axis, write=write, guides=guides, heads=heads, data_mark=stamp.data_mark, scale="linear")


def _detectable_table(entries: list[Entry], text: Text, heading: str) -> pd.DataFrame:
    """One row per sector: what it would tell, and how many firms or years would tell what matters."""
    rows = []
    for entry in entries:
        figure = entry.figure
        smallest = None if figure is None else figure.mde
        firms, years = (None, None) if figure is None else (figure.firms_needed, figure.years_needed)
        rows.append(
            [
                count(None if figure is None else figure.n_funded, text),
                status(figure) or EMPTY if smallest is None else text.percent(smallest),
                EMPTY if firms is None else text.needed(firms),
                count(years, text),
                figure_id(figure),
            ]
        )
    names = ("table.funded_firms", "fact.mde", "picture.firms_needed", "picture.years_needed", "table.figure")
    index = pd.Index([entry.label for entry in entries], name=heading)
    return pd.DataFrame(rows, columns=[text(name) for name in names], index=index)
