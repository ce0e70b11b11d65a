"""Release -> cohort tables: the cells of a named pair of dimensions, with both margins."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm, Estimand
from analytics.present.asked import Asked
from analytics.present.sentences.phrases import dimension_words
from analytics.present.written import amount_cell, analysed_cell, effect_cell, percent_cell
from analytics.release import Figure, Release, measures
from analytics.release.measures import ALL


@dataclass(frozen=True, slots=True)
class Cohort:
    """One cell of a cohort table: a pair of codes ("*" = all) and its figures. None: the release holds no such cell."""

    row: str
    column: str
    firms: Figure | None
    before: Figure | None
    after: Figure | None
    change: Figure | None
    other_change: Figure | None
    effect: Figure | None


def cohorts(release: Release, rows: str, columns: str, outcome: str, horizon: str) -> Iterator[Cohort]:
    """Every cell of rows × columns, with both margins and the total."""
    asked = Asked(outcome, Estimand(release.programme.headline.estimand), horizon)
    for row in (*release.codes(rows), ALL):
        for column in (*release.codes(columns), ALL):
            group = {rows: row, columns: column}
            yield Cohort(
                row,
                column,
                firms=release.figure(measures.FIRMS, arm=Arm.FUNDED, group=group),
                before=asked.figure(release, measures.BEFORE_MEAN, group.items(), arm=Arm.FUNDED),
                after=asked.figure(release, measures.AFTER_MEAN, group.items(), arm=Arm.FUNDED),
                change=asked.figure(release, measures.CHANGE, group.items(), arm=Arm.FUNDED),
                other_change=asked.figure(release, measures.CHANGE, group.items(), arm=Arm.COMPARISON),
                effect=asked.effect(release, group.items()),
            )


def code_label(release: Release, dimension: str, code: str, text: Text) -> str:
    """A code in words; "*" is the total."""
    return text("label.total") if code == ALL else release.programme.label(dimension, code, text)


def cohort_table(
    release: Release, rows: str, columns: str, outcome: str, horizon: str, what: str, text: Text
) -> pd.DataFrame:
    """A cohort table as text, rows × (column group, measure). what: "effect" or "change"."""
    declared = release.programme.outcome(outcome)
    table: dict[str, dict[tuple[str, str], str]] = {}
    for cell in cohorts(release, rows, columns, outcome, horizon):
        if what == "effect":
            shown = {"n": analysed_cell(cell.effect, text), "effect": effect_cell(cell.effect, text)}
        else:
            shown = {
                "n": analysed_cell(cell.change, text),
                "before": amount_cell(cell.before, declared, text),
                "after": amount_cell(cell.after, declared, text),
                "change": percent_cell(cell.change, text),
                "other_change": percent_cell(cell.other_change, text),
            }
        line = table.setdefault(code_label(release, rows, cell.row, text), {})
        over = code_label(release, columns, cell.column, text)
        line |= {(over, text(f"table.{name}")): value for name, value in shown.items()}
    frame = pd.DataFrame.from_dict(table, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(list(next(iter(table.values()))))
    frame.index.name = dimension_words(release, rows, text)
    return frame
