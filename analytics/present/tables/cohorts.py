"""Release -> cohort tables: the cells of a named pair of dimensions, with both margins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.written import amount_cell, analysed_cell, effect_cell, percent_cell
from analytics.release import Figure, Release


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
    estimand = release.programme.headline.estimand
    for row in (*release.codes(rows), "*"):
        for column in (*release.codes(columns), "*"):
            group = {name: code for name, code in ((rows, row), (columns, column)) if code != "*"}

            def figure(
                measure: str, arm: str = "*", *, group: Mapping[str, str] = group, about: str = outcome
            ) -> Figure | None:
                at = "*" if about == "*" else horizon
                return release.figure(measure, outcome=about, arm=arm, horizon=at, group=group)

            yield Cohort(
                row,
                column,
                firms=figure("firms", Arm.FUNDED, about="*"),
                before=figure("before_mean", Arm.FUNDED),
                after=figure("after_mean", Arm.FUNDED),
                change=figure("change", Arm.FUNDED),
                other_change=figure("change", Arm.COMPARISON),
                effect=figure(estimand),
            )


def code_label(release: Release, dimension: str, code: str, text: Text) -> str:
    """A code in words; "*" is the total."""
    return text("label.total") if code == "*" else release.programme.label(dimension, code, text)


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
    frame.index.name = text(f"dimension.{rows}")
    return frame
