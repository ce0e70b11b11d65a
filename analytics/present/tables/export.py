"""Release -> files for machines: plain numbers, codes and labels, no formulas."""

import csv
import io

from analytics.language.text import Text
from analytics.present.sentences.phrases import data_note
from analytics.present.tables.cohorts import code_label, cohorts
from analytics.release import Figure, Release

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cohort_csv(release: Release, rows: str, columns: str, outcome: str, horizon: str, text: Text) -> str:
    """The same cells for a machine: one row per cell, codes and labels, plain numbers, intervals, n, statuses, ids.

    Fractions (0.12 is 12%); amounts per firm and year. Text that a spreadsheet would run as a formula is disarmed.
    """
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for cell in cohorts(release, rows, columns, outcome, horizon):
        line: dict[str, object] = {
            "data_mark": data_note(release, text),
            "programme": release.programme.id,
            "release": release.release_id,
            "outcome": outcome,
            "horizon": horizon,
            rows: cell.row,
            f"{rows}_label": code_label(release, rows, cell.row, text),
            columns: cell.column,
            f"{columns}_label": code_label(release, columns, cell.column, text),
            **_flat("firms", cell.firms),
            **_flat("before_mean", cell.before),
            **_flat("after_mean", cell.after),
            **_flat("change", cell.change),
            **_flat("comparison_change", cell.other_change),
            **_flat("effect", cell.effect, interval=True),
            "effect_measure": release.programme.headline.estimand.value,
        }
        if writer is None:
            writer = csv.DictWriter(out, list(line), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({name: disarmed(value) for name, value in line.items()})
    return out.getvalue()


def _flat(name: str, figure: Figure | None, *, interval: bool = False) -> dict[str, object]:
    def of(attribute: str) -> object:
        return getattr(figure, attribute) if figure is not None else None

    values = {name: of("value")}
    if interval:
        values |= {f"{name}_low": of("low"), f"{name}_high": of("high")}
        values |= {f"{name}_sim_low": of("sim_low"), f"{name}_sim_high": of("sim_high")}
        values |= {f"{name}_n": of("n_funded"), f"{name}_n_comparison": of("n_comparison")}
    return values | {
        f"{name}_status": of("obs_status"),
        f"{name}_conf_status": of("conf_status"),
        f"{name}_reason": of("reason"),
        f"{name}_figure_id": of("figure_id"),
    }


def disarmed(value: object) -> object:
    """Text that starts like a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def file_name(release: Release, about: str) -> str:
    """The name of an exported file: it says when the data are simulated."""
    mark = "SIMULATED-" if release.simulated else ""
    return f"{mark}{release.programme.id}-{release.release_id}-{about}.csv"
