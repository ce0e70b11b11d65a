"""Release -> ATT(g, t): the effect on the firms of each wave in each period, of the programme and of each sector."""

from typing import Final

import pandas as pd

from analytics.language.text import Text
from analytics.present.tables.table import Column, ColumnKind, rounded, time_period
from analytics.programme.file import Programme
from analytics.release import Release, measures
from analytics.release.measures import ALL

NAME: Final = "group-time"
KEYS: Final = ("outcome", "sector", "wave", "period")
_TOLD = {  # of a cell: end of the column's name -> column of the release, kind, unit
    "low": ("low", ColumnKind.NUMBER, "fraction"),
    "high": ("high", ColumnKind.NUMBER, "fraction"),
    "band_low": ("sim_low", ColumnKind.NUMBER, "fraction"),
    "band_high": ("sim_high", ColumnKind.NUMBER, "fraction"),
    "n_least": ("n_funded", ColumnKind.INTEGER, "count"),
    "n_comparison_least": ("n_comparison", ColumnKind.INTEGER, "count"),
    "status": ("obs_status", ColumnKind.TEXT, ""),
    "conf_status": ("conf_status", ColumnKind.TEXT, ""),
    "reason": ("reason", ColumnKind.TEXT, ""),
    "figure_id": ("figure_id", ColumnKind.TEXT, ""),
}


def group_time_columns(programme: Programme) -> list[Column]:
    """The columns of the table."""
    columns = [Column("outcome", ColumnKind.TEXT, "outcome")]
    for name in ("sector", "wave"):
        columns.append(Column(name, ColumnKind.TEXT, "code", slots={"dimension": name}))
        columns.append(Column(f"{name}_label", ColumnKind.TEXT, "label", slots={"column": name}))
    columns += [Column(name, ColumnKind.TEXT, name) for name in ("period", "award_period", "compared_with")]
    columns.append(Column("att", ColumnKind.NUMBER, "att", "", "fraction", "att", **rounded("path", programme)))
    columns += [Column(f"att_{part}", kind, "att", part, unit, figure="att") for part, (_, kind, unit) in _TOLD.items()]
    return columns


def group_time_values(release: Release, text: Text) -> pd.DataFrame:
    """A row per sector ("*": the programme), wave and period, in the programme's order."""
    figures, programme = release.figures, release.programme
    held = figures[figures["measure"] == measures.GROUP_TIME.name]
    values: dict[str, object] = {"outcome": held["outcome"], "period": held["horizon"].map(time_period)}
    for name in ("sector", "wave"):
        labels = {code: programme.label(name, code, text) for code in release.codes(name)}
        values |= {name: held[name], f"{name}_label": held[name].map(labels | {ALL: text("label.whole_programme")})}
    awarded, compared = _awards_and_bases(release, held)
    values |= {"award_period": awarded, "compared_with": compared}
    values |= {"att": held["value"]} | {f"att_{part}": held[column] for part, (column, _, _) in _TOLD.items()}
    places = {name: [ALL, *programme.codes(name)] for name in ("sector", "wave")}
    order = [held[name].map({code: place for place, code in enumerate(codes)}) for name, codes in places.items()]
    table = pd.DataFrame(values).assign(sector_place=order[0], wave_place=order[1])
    return table.sort_values(["outcome", "sector_place", "wave_place", "period"], kind="stable")


def _awards_and_bases(release: Release, held: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Of each cell, the period of its wave's first award, and the one that it is compared with: the period before, at
    the latest the last that lies wholly before the programme could act.
    """
    manifest = release.manifest
    frequency = "Y" if manifest.yearly else "Q"
    awards, bases = {}, {}
    for award in manifest.awards:
        first = pd.Period(award.on, freq=manifest.frequency)
        end = pd.Period(manifest.before[1], freq=manifest.frequency) if manifest.before_is_fixed else first - 1
        awards[award.wave] = first.asfreq(frequency)
        bases[award.wave] = (min(end, first - 1) + 1).asfreq(frequency) - 1
    periods = [pd.Period(period) for period in held["horizon"]]
    compared = [min(period - 1, bases[wave]) for period, wave in zip(periods, held["wave"], strict=True)]
    return [time_period(str(awards[wave])) for wave in held["wave"]], [time_period(str(one)) for one in compared]


def sectors_told(release: Release) -> list[str]:
    """ "*" and the sectors that the release has this table of; none up to format 9 or without waves."""
    figures = release.figures
    held = set(figures.loc[figures["measure"] == measures.GROUP_TIME.name, "sector"].unique())
    return [code for code in (ALL, *release.codes("sector")) if code in held]
