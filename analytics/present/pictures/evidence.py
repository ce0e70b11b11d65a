"""Pictures of the evidence behind a claim: the estimate in other ways, and read otherwise."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analytics.charts import Heads, Row
from analytics.language.text import Text
from analytics.present.pictures.picture import (
    Absent,
    Entry,
    Picture,
    Shown,
    draw_rows,
    forest_row,
    mark,
    remembered,
    stamp_of,
)
from analytics.present.sentences.phrases import why
from analytics.present.tables.evidence import before_table, readings, specification_cell, specifications_table, ways
from analytics.release import Figure, Release


@remembered
def specification_curve(release: Release, text: Text, figure_id: str) -> Shown:
    """A claim's estimate beside those of other ways; what is in another measure, or tells only whether the sign stays,
    in words.
    """
    claim = release.by_id(figure_id)
    by_way = [] if claim is None else ways(release, claim, text)
    main = by_way[0][1] if by_way else None
    if claim is None or main is None or len(by_way) == 1:
        return Absent(text("picture.no_ways"))
    if not main.published:
        return Absent(why(main, release, text))
    rows = [
        forest_row(Entry(name, figure), release, text)
        if figure is not None and figure.unit == main.unit and mark(figure)
        else Row(name, note=text("picture.way", said=specification_cell(figure, release, text), sign=sign))
        for name, figure, sign in by_way
    ]
    return _beside(rows, main, release, text, specifications_table(release, claim, text))


@remembered
def read_otherwise(release: Release, text: Text, figure_id: str) -> Shown:
    """The difference before a claim's estimate, and what is left of the estimate under other readings of it."""
    claim = release.by_id(figure_id)
    by_reading = {} if claim is None else readings(release, claim)
    main = None if claim is None else ways(release, claim, text)[0][1]
    if claim is None or main is None or not by_reading:
        return Absent(text("picture.no_readings"))
    rows = [
        forest_row(Entry(_reading(name, figure, text), figure), release, text) for name, figure in by_reading.items()
    ]
    return _beside(rows, main, release, text, before_table(release, claim, text))


def _reading(name: str, figure: Figure, text: Text) -> str:
    """A reading, and the level of its interval."""
    level = text.percent(figure.level or 0.95, sign=False)
    return text("picture.reading", name=text(f"evidence.reading.{name}"), level=level)


def _beside(rows: Sequence[Row], main: Figure, release: Release, text: Text, table: pd.DataFrame) -> Picture:
    """Rows of no counts on one axis, beside the line of the main estimate."""
    stamp = stamp_of(release, main.figure_id, text)
    drawing = draw_rows(
        [replace(row, n="") for row in rows],
        text,
        unit=main.unit,
        heads=Heads(text("evidence.way")),
        stamp=stamp,
        whole=(main, text("picture.main_line")),
    )
    return Picture(drawing, stamp, table)
