"""Pictures over time: index lines, all sectors beside each other, the event study, who reports, the world meanwhile."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from analytics import charts
from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.asked import Asked
from analytics.present.pictures.effects import OPENS_SECTOR
from analytics.present.pictures.picture import (
    Absent,
    Entry,
    Picture,
    Shown,
    effects_table,
    remembered,
    stamp_of,
)
from analytics.present.written import percent_cell
from analytics.programme.parts import Context
from analytics.release import Figure, Release, measures
from analytics.release.measures import TYPICAL

Series = dict[Arm, list[tuple[dt.date, float | None]]]
Zone = tuple[dt.date, dt.date]


def line_series(release: Release, outcome: str, sector: str, basis: str | None = None) -> Series:
    """Index lines of both arms; None is a gap. basis: typical, or sum; None: the first that the release has."""
    rows = release.picture("lines", outcome, sector, basis)
    return {
        arm: [
            (pd.Period(period).start_time.date(), None if pd.isna(value) else float(value))
            for period, value in rows.loc[rows["arm"] == arm, ["period", "index_value"]].itertuples(index=False)
        ]
        for arm in Arm
    }


def line_counts(release: Release, outcome: str, sector: str, basis: str | None, text: Text) -> dict[Arm, str]:
    """Firms behind each line, in words: the most that report in any one period; of the typical firm, at least so many
    in each.
    """
    rows = release.picture("lines", outcome, sector, basis).dropna(subset="n")
    by_arm = {arm: rows.loc[rows["arm"] == arm, "n"] for arm in Arm if (rows["arm"] == arm).any()}
    if (basis or release.line_bases[0]) != TYPICAL:
        return {arm: text.count("chart.firms", int(n.max())) for arm, n in by_arm.items()}
    return {arm: text("format.at_least", n=text.count("chart.firms", int(n.min()))) for arm, n in by_arm.items()}


def has_lines(series: Series) -> bool:
    """Whether both arms have any point to show."""
    return all(any(value is not None for _, value in points) for points in series.values())


def before_zone(release: Release) -> Zone:
    """First and last day of the year before."""
    first, last = release.manifest.before
    return pd.Period(first).start_time.date(), pd.Period(last).end_time.date()


def after_zone(release: Release) -> Zone:
    """From the first whole period after the first award (or the award's own, where that counts) to the last."""
    first = pd.Period(release.manifest.cohorts[0])
    if release.settings.award_period == "skip":
        first += 1
    return first.start_time.date(), pd.Period(release.manifest.last_period).end_time.date()


def awards(release: Release, text: Text) -> list[charts.Award]:
    """When each wave was funded: its day, or its name where the data are by year."""
    days = [(award.wave, dt.date.fromisoformat(award.on)) for award in release.manifest.awards]
    yearly = release.manifest.yearly
    return [
        charts.Award(day, release.programme.label("wave", wave, text) if yearly else text.short_date(day))
        for wave, day in days
    ]


@remembered
def index_lines(release: Release, text: Text, outcome: str, sector: str, basis: str | None = None) -> Shown:
    """Funded against comparison firms of a sector ("*": the programme), 100 = the year before; basis: see
    `line_series`.
    """
    series = line_series(release, outcome, sector, basis)
    if not has_lines(series):
        return Absent(text("sectors.no_lines", min_firms=release.settings.min_firms))
    stamp = stamp_of(release, release.picture_id("lines", outcome, sector, basis), text)
    drawing = charts.index_lines(
        series,
        counts=line_counts(release, outcome, sector, basis, text),
        before=before_zone(release),
        after=after_zone(release),
        awards=awards(release, text),
        data_mark=stamp.data_mark,
        text=text,
    )
    return Picture(drawing, stamp, _lines_table({"": series}, release, text))


def _lines_table(every: Mapping[str, Series], release: Release, text: Text) -> pd.DataFrame:
    """One row per period, one column per arm (of several sectors: per sector and arm)."""
    columns = {}
    for name, series in every.items():
        for arm, points in series.items():
            label = text(f"chart.{arm}") if not name else f"{name}, {text(f'chart.{arm}')}"
            columns[label] = {
                _period(day, release, text): text("table.nothing") if value is None else text.number(value, 1)
                for day, value in points
            }
    frame = pd.DataFrame(columns)
    frame.index.name = text("picture.period")
    return frame


def _period(day: dt.date, release: Release, text: Text) -> str:
    """A point's period: a quarter, or a year."""
    return text.period(pd.Period(day, freq="Y" if release.manifest.yearly else "Q"))


@remembered
def all_sectors(release: Release, text: Text, outcome: str, current: str) -> Shown:
    """Every sector that has lines, on one scale, each opening its own; the others by name. current: the one shown."""
    label = release.programme.label
    every = {code: line_series(release, outcome, code) for code in release.codes("sector")}
    shown = {code: series for code, series in every.items() if has_lines(series)}
    if not shown:
        return Absent(text("sectors.no_lines", min_firms=release.settings.min_firms))
    asked = Asked.headline(release)
    small = [
        charts.SmallChart(
            label("sector", code, text),
            _firms_analysed(asked.effect(release, (("sector", code),)), text),
            series,
            OPENS_SECTOR + code,
            code == current,
        )
        for code, series in shown.items()
    ]
    stamp = stamp_of(release, release.picture_id("lines", outcome, next(iter(shown))), text)
    drawing = charts.small_multiples(
        small,
        before=before_zone(release),
        after=after_zone(release),
        awards=awards(release, text),
        data_mark=stamp.data_mark,
        text=text,
    )
    missing = [label("sector", code, text) for code in every if code not in shown]
    note = text("sectors.not_shown", sectors="; ".join(missing)) if missing else ""
    table = _lines_table({label("sector", code, text): series for code, series in shown.items()}, release, text)
    return Picture(drawing, stamp, table, note)


def _firms_analysed(effect: Figure | None, text: Text) -> str:
    """The number of funded firms that stands beside a name everywhere: those analysed."""
    return "" if effect is None or effect.n_funded is None else text.number(effect.n_funded)


# ---- around the award, and who reports -------------------------------------------------------------------------------


@remembered
def event_study(release: Release, text: Text) -> Shown:
    """Funded less comparison firms by time since the award, with bands that hold for the whole path."""
    outcome, yearly = release.programme.headline.outcome, release.manifest.yearly
    events = sorted(
        (int(figure.horizon[1:]), figure)
        for figure in release.figures_of(measures.EVENT_STUDY, outcome)
        if figure.horizon[:1] == "e"
    )
    if not any(figure.published for _, figure in events):
        return Absent(text("picture.no_events"))
    points = [charts.EventPoint(event, f.value, f.low, f.high, f.sim_low, f.sim_high) for event, f in events]
    first_after = next(figure for event, figure in events if event >= 0 or event == events[-1][0])
    stamp = stamp_of(release, first_after.figure_id, text)
    drawing = charts.event_study(points, data_mark=stamp.data_mark, text=text, yearly=yearly)
    heading = text(f"picture.event.{'Y' if yearly else 'Q'}")
    table = effects_table([Entry(text.number(event), figure) for event, figure in events], text, heading)
    return Picture(drawing, stamp, table)


@remembered
def reporting(release: Release, text: Text) -> Shown:
    """The share of firms that report, by arm and period."""
    figures = release.figures_of(measures.REPORTING, release.programme.headline.outcome)
    by_arm: dict[Arm, list[tuple[pd.Period, Figure]]] = {
        arm: sorted((pd.Period(figure.horizon), figure) for figure in figures if figure.arm == arm) for arm in Arm
    }
    if not all(any(figure.published for _, figure in points) for points in by_arm.values()):
        return Absent(text("picture.no_reporting"))
    series: Series = {
        arm: [(when.start_time.date(), figure.value) for when, figure in points] for arm, points in by_arm.items()
    }
    stamp = stamp_of(release, by_arm[Arm.FUNDED][0][1].figure_id, text)
    drawing = charts.shares(series, awards=awards(release, text), data_mark=stamp.data_mark, text=text)
    columns = {
        text(f"chart.{arm}"): {text.period(when): percent_cell(figure, text, sign=False) for when, figure in points}
        for arm, points in by_arm.items()
    }
    table = pd.DataFrame(columns)
    table.index.name = text("picture.period")
    return Picture(drawing, stamp, table)


# ---- the world meanwhile ---------------------------------------------------------------------------------------------


def context_of(release: Release, sector: str) -> list[Context]:
    """The official statistics that speak of a sector."""
    return [context for context in release.programme.context if not context.sectors or sector in context.sectors]


@remembered
def context(release: Release, text: Text, sector: str) -> Shown:
    """Official statistics by year: the lines have two years or more, the table all of them, with their source."""
    statistics = context_of(release, sector)
    lines = [
        charts.NamedLine(
            statistic.label.in_(text),
            [(dt.date(int(year), 1, 1), value) for year, value in sorted(statistic.points.items())],
        )
        for statistic in statistics
        if len(statistic.points) > 1 and not statistic.change
    ]
    if not lines:
        return Absent(text("picture.no_context"))
    sources = "; ".join(dict.fromkeys(statistic.source.in_(text) for statistic in statistics))
    stamp = charts.Stamp(sources, "", "", None)
    return Picture(charts.context(lines, text=text), stamp, context_table(statistics, text))


def context_table(statistics: Sequence[Context], text: Text) -> pd.DataFrame:
    """One row per statistic: its years and values, and its source."""
    rows = [
        [
            "; ".join(
                f"{year} {text.percent(value, sign=statistic.change, decimals=1)}"
                for year, value in sorted(statistic.points.items())
            ),
            statistic.source.in_(text),
        ]
        for statistic in statistics
    ]
    columns = [text("picture.values"), text("picture.source")]
    return pd.DataFrame(rows, columns=columns, index=[statistic.label.in_(text) for statistic in statistics])
