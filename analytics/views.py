"""Release parts -> what a chart takes. Picks and converts published figures; computes nothing."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from analytics.charts import Mark, Row, Stamp
from analytics.model import Arm
from analytics.phrases import data_mark, why
from analytics.release import Figure, Release
from analytics.text import Text

Series = dict[Arm, list[tuple[dt.date, float | None]]]


def mark(figure: Figure | None) -> Mark | None:
    """The estimate and its 95% and 50% intervals; None where withheld."""
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return None
    half_low = figure.low if figure.half_low is None else figure.half_low
    half_high = figure.high if figure.half_high is None else figure.half_high
    return Mark(figure.value, figure.low, figure.high, half_low, half_high)


def stamp(release: Release, figure_id: str, text: Text) -> Stamp:
    """What a figure carries inside: source, release, id, and that it is simulated where it is."""
    return Stamp(release.programme.source.in_(text), release.release_id, figure_id, data_mark(release, text))


def before_and_after(release: Release, outcome: str, horizon: str) -> dict[Arm, tuple[float, float]]:
    """Means per firm and year before and after, of the arms whose means are published."""
    ends = {}
    for arm in Arm:
        before = release.figure("before_mean", outcome=outcome, arm=arm, horizon=horizon)
        after = release.figure("after_mean", outcome=outcome, arm=arm, horizon=horizon)
        if before and after and before.value is not None and after.value is not None:
            ends[arm] = (before.value, after.value)
    return ends


def year_label(release: Release, year: int, text: Text) -> str:
    """'1º anno'; where the award's own year counts, 'anno del contributo', '1 anno dopo'."""
    if release.programme.windows.award_period == "skip":
        return text("chart_input.year", year=year)
    return text("chart_input.award_year") if year == 1 else text.count("chart_input.after_award", year - 1)


def horizon_label(release: Release, horizon: str, text: Text) -> str:
    """All years together, or one of them."""
    return text("chart_input.overall") if horizon == "overall" else year_label(release, int(horizon), text)


def _row(label: str, figure: Figure | None, release: Release, text: Text) -> Row:
    note = "" if figure is None or figure.published else why(figure, release, text)
    return Row(label, figure.n_funded if figure else None, mark(figure), note)


def effect_rows(release: Release, dimension: str, outcome: str, horizon: str, text: Text) -> list[Row]:
    """One row per group, most funded firms first: precision falls downwards, and no order of merit is suggested."""
    estimand = release.programme.headline.estimand
    rows = []
    for code in release.codes(dimension):
        figure = release.figure(estimand, outcome=outcome, horizon=horizon, group={dimension: code})
        rows.append(_row(release.programme.label(dimension, code, text), figure, release, text))
    return sorted(rows, key=lambda row: -(row.n or 0))


def year_rows(release: Release, outcome: str, group: dict[str, str], text: Text) -> list[Row]:
    """The effect in years 1, 2, 3 after funding."""
    estimand = release.programme.headline.estimand
    return [
        _row(
            year_label(release, year, text),
            release.figure(estimand, outcome=outcome, horizon=str(year), group=group),
            release,
            text,
        )
        for year in release.manifest["years_after"]
    ]


def line_series(release: Release, outcome: str, sector: str) -> Series:
    """Index lines of both arms; None is a gap."""
    frame = release.lines
    mine = frame[(frame["outcome"] == outcome) & (frame["sector"] == sector)]
    return {
        arm: [
            (pd.Period(period).start_time.date(), None if pd.isna(value) else float(value))
            for period, value in mine.loc[mine["arm"] == arm, ["period", "index_value"]].itertuples(index=False)
        ]
        for arm in Arm
    }


def line_counts(release: Release, outcome: str, sector: str) -> dict[Arm, int]:
    """Firms behind each line: the most that report in any one period."""
    frame = release.lines
    mine = frame[(frame["outcome"] == outcome) & (frame["sector"] == sector)].dropna(subset="n")
    return {arm: int(mine.loc[mine["arm"] == arm, "n"].max()) for arm in Arm if (mine["arm"] == arm).any()}


def has_lines(series: Series) -> bool:
    """Whether both arms have any point to show."""
    return all(any(value is not None for _, value in points) for points in series.values())


def before_zone(release: Release) -> tuple[dt.date, dt.date]:
    """First and last day of the year before."""
    first, last = release.manifest["before"]
    return pd.Period(first).start_time.date(), pd.Period(last).end_time.date()


def awards(release: Release, text: Text) -> Sequence[tuple[dt.date, str]]:
    """When each wave was funded, with its name."""
    return [
        (day, _award_words(release, item["wave"], day, text))
        for item in release.manifest["awards"]
        for day in (dt.date.fromisoformat(item["on"]),)
    ]


def _award_words(release: Release, wave: str, day: dt.date, text: Text) -> str:
    """The wave's name, with its day where the data are finer than years."""
    label = release.programme.label("wave", wave, text)
    return label if release.manifest["frequency"] == "Y" else f"{label} {text.short_date(day)}"


def index_range(series: Sequence[Series]) -> tuple[float, float]:
    """One scale for all small multiples."""
    values = [value for one in series for points in one.values() for _, value in points if value is not None]
    return (min(values), max(values)) if values else (0.0, 200.0)
