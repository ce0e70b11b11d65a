"""Release -> files for machines: plain numbers, codes and labels, no formulas. Every column stands in COLUMNS."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analytics.language.text import Text
from analytics.present.sentences.phrases import data_note
from analytics.present.tables.cohorts import Cohort, code_label, cohorts
from analytics.release import Figure, Release

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A cell of a cohort table, and what it was asked for by: two dimensions, an outcome, a horizon, a language."""

    cohort: Cohort
    release: Release
    rows: str
    columns: str
    outcome: str
    horizon: str
    text: Text


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of the file.

    name: "{rows}" and "{columns}" stand for the dimensions asked for; meaning: keys of the text files that say together
    what it holds; value: of a row.
    """

    name: str
    meaning: tuple[str, ...]
    value: Callable[[ExportRow], object]

    def name_in(self, row: ExportRow) -> str:
        """Its name in the file of a row."""
        return self.name.format(rows=row.rows, columns=row.columns)


def _column(key: str, value: Callable[[ExportRow], object], *, name: str | None = None) -> ExportColumn:
    """A column of its own, whose meaning stands under a key that is also its name."""
    return ExportColumn(name or key, (f"column.{key}",), value)


# What is told of a figure: the end of the column's name, the attribute, and whether only of one with an interval.
_PARTS = (
    ("", "value", False),
    ("_low", "low", True),
    ("_high", "high", True),
    ("_shared_low", "shared_low", True),
    ("_shared_high", "shared_high", True),
    ("_range_kind", "range_kind", True),
    ("_best_guess", "shrunk", True),
    ("_best_guess_low", "shrunk_low", True),
    ("_best_guess_high", "shrunk_high", True),
    ("_sim_low", "sim_low", True),
    ("_sim_high", "sim_high", True),
    ("_n", "n_funded", True),
    ("_n_comparison", "n_comparison", True),
    ("_n_comparison_at_least", "n_comparison_at_least", True),
    ("_status", "obs_status", False),
    ("_conf_status", "conf_status", False),
    ("_reason", "reason", False),
    ("_figure_id", "figure_id", False),
)


def _of_figure(
    name: str, figure: Callable[[Cohort], Figure | None], *, interval: bool = False
) -> Iterator[ExportColumn]:
    """The columns of a figure: its value, with its interval and counts where it has them, statuses, reason and id."""
    for ending, attribute, of_interval in _PARTS:
        if interval or not of_interval:
            meaning = (f"column.{name}",) if attribute == "value" else (f"column.{name}", f"column.part.{attribute}")
            yield ExportColumn(f"{name}{ending}", meaning, _attribute(figure, attribute))


def _label(row: ExportRow, dimension: str, code: str) -> str:
    """A code in words."""
    return code_label(row.release, dimension, code, row.text)


def _attribute(figure: Callable[[Cohort], Figure | None], attribute: str) -> Callable[[ExportRow], object]:
    """An attribute of a figure; nothing where the release does not hold it."""
    return lambda row: getattr(figure(row.cohort), attribute, None)


COLUMNS = (
    _column("data_mark", lambda row: data_note(row.release, row.text)),
    _column("programme", lambda row: row.release.programme.id),
    _column("release", lambda row: row.release.release_id),
    _column("outcome", lambda row: row.outcome),
    _column("horizon", lambda row: row.horizon),
    _column("rows", lambda row: row.cohort.row, name="{rows}"),
    _column("rows_label", lambda row: _label(row, row.rows, row.cohort.row), name="{rows}_label"),
    _column("columns", lambda row: row.cohort.column, name="{columns}"),
    _column("columns_label", lambda row: _label(row, row.columns, row.cohort.column), name="{columns}_label"),
    *_of_figure("firms", lambda cohort: cohort.firms),
    *_of_figure("before_mean", lambda cohort: cohort.before),
    *_of_figure("after_mean", lambda cohort: cohort.after),
    *_of_figure("change", lambda cohort: cohort.change),
    *_of_figure("comparison_change", lambda cohort: cohort.other_change),
    *_of_figure("effect", lambda cohort: cohort.effect, interval=True),
    _column("effect_measure", lambda row: row.release.programme.headline.estimand.value),
)


def cohort_csv(release: Release, rows: str, columns: str, outcome: str, horizon: str, text: Text) -> str:
    """A cohort table for a machine: one row per cell, a column per entry of COLUMNS.

    Fractions (0.12 is 12%); amounts per firm and year. Text that a spreadsheet would run as a formula is disarmed.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for place, cohort in enumerate(cohorts(release, rows, columns, outcome, horizon)):
        row = ExportRow(cohort, release, rows, columns, outcome, horizon, text)
        if not place:
            writer.writerow(column.name_in(row) for column in COLUMNS)
        writer.writerow(disarmed(column.value(row)) for column in COLUMNS)
    return out.getvalue()


def disarmed(value: object) -> object:
    """Text that starts like a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def file_name(release: Release, about: str) -> str:
    """The name of an exported file: it says when the data are simulated."""
    mark = "SIMULATED-" if release.simulated else ""
    return f"{mark}{release.programme.id}-{release.release_id}-{about}.csv"
