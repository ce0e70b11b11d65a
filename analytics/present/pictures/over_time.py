"""Pictures over time: index lines, all sectors beside each other, the event study, who reports, the world meanwhile."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from analytics import charts
from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.pictures.picture import Absent, Entry, Picture, Shown, effects_table, remembered, stamp_of
from analytics.present.written import percent_cell
from analytics.programme.parts import Context
from analytics.release import Figure, Release, measures

Series = dict[Arm, list[tuple[dt.date, float | None]]]
Zone = tuple[dt.date, dt.date]
SIDE_BY_SIDE, ON_A_PHONE = 4, 2  # small multiples in a row


def line_series(release: Release, outcome: str, sector: str) -> Series:
    """Index lines of both arms; None is a gap."""
    rows = release.picture("lines", outcome, sector)
    return {
        arm: [
            (pd.Period(period).start_time.date(), None if pd.isna(value) else float(value))
            for period, value in rows.loc[rows["arm"] == arm, ["period", "index_value"]].itertuples(index=False)
        ]
        for arm in Arm
    }


def line_counts(release: Release, outcome: str, sector: str) -> dict[Arm, int]:
    """Firms behind each line: the most that report in any one period."""
    rows = release.picture("lines", outcome, sector).dropna(subset="n")
    return {arm: int(rows.loc[rows["arm"] == arm, "n"].max()) for arm in Arm if (rows["arm"] == arm).any()}


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


def awards(release: Release, text: Text) -> list[tuple[dt.date, str]]:
    """When each wave was funded, with its name, and its day where the data are finer than years."""
    days = [(award.wave, dt.date.fromisoformat(award.on)) for award in release.manifest.awards]
    yearly = release.manifest.yearly
    labels = {wave: release.programme.label("wave", wave, text) for wave, _ in days}
    return [(day, labels[wave] if yearly else f"{labels[wave]} {text.short_date(day)}") for wave, day in days]


@remembered
def index_lines(release: Release, text: Text, outcome: str, sector: str) -> Shown:
    """Funded against comparison firms of a sector ("*": the programme), 100 = the year before."""
    series = line_series(release, outcome, sector)
    if not has_lines(series):
        return Absent(text("sectors.no_lines", min_firms=release.settings.min_firms))
    counts, days = line_counts(release, outcome, sector), awards(release, text)
    marks = stamp_of(release, release.picture_id("lines", outcome, sector), text)
    before, after = before_zone(release), after_zone(release)
    wide, phone = (
        charts.lines(
            series, counts=counts, before=before, after=after, awards=days, stamp=marks, text=text, compact=compact
        )
        for compact in (False, True)
    )
    alt = charts.lines_alt(series, counts=counts, awards=days, text=text)
    return Picture(wide, phone, alt, _lines_table({"": series}, release, text))


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
def all_sectors(release: Release, text: Text, outcome: str) -> Shown:
    """Every sector that has lines, on one scale; the others by name."""
    label = release.programme.label
    every = {code: line_series(release, outcome, code) for code in release.codes("sector")}
    shown = {code: series for code, series in every.items() if has_lines(series)}
    if not shown:
        return Absent(text("sectors.no_lines", min_firms=release.settings.min_firms))
    panels = [
        charts.SmallChart(label("sector", code, text), line_counts(release, outcome, code).get(Arm.FUNDED, 0), series)
        for code, series in shown.items()
    ]
    missing = [label("sector", code, text) for code in every if code not in shown]
    note = text("sectors.not_shown", sectors=", ".join(missing)) if missing else None
    values = [
        value for series in shown.values() for points in series.values() for _, value in points if value is not None
    ]
    wide, phone = (
        charts.small_multiples(
            panels,
            columns=columns,
            y_range=(min(values), max(values)),
            awards=awards(release, text),
            before=before_zone(release),
            after=after_zone(release),
            note=note,
            stamp=stamp_of(release, release.picture_id("lines", outcome, next(iter(shown))), text),
            text=text,
        )
        for columns in (SIDE_BY_SIDE, ON_A_PHONE)
    )
    table = _lines_table({label("sector", code, text): series for code, series in shown.items()}, release, text)
    return Picture(wide, phone, charts.small_multiples_alt(panels, note, text), table)


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
    marks = stamp_of(release, first_after.figure_id, text)
    wide, phone = (
        charts.event_study(points, stamp=marks, text=text, yearly=yearly, compact=compact) for compact in (False, True)
    )
    heading = text(f"picture.event.{'Y' if yearly else 'Q'}")
    table = effects_table([Entry(text.number(event), figure) for event, figure in events], text, heading)
    return Picture(wide, phone, charts.event_study_alt(points, text, yearly=yearly), table)


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
    days, marks = awards(release, text), stamp_of(release, by_arm[Arm.FUNDED][0][1].figure_id, text)
    wide, phone = (
        charts.shares(series, awards=days, stamp=marks, text=text, compact=compact) for compact in (False, True)
    )
    columns = {
        text(f"chart.{arm}"): {text.period(when): percent_cell(figure, text, sign=False) for when, figure in points}
        for arm, points in by_arm.items()
    }
    table = pd.DataFrame(columns)
    table.index.name = text("picture.period")
    return Picture(wide, phone, charts.shares_alt(series, text, awards=days), table)


# ---- the world meanwhile ---------------------------------------------------------------------------------------------


def context_of(release: Release, sector: str) -> list[Context]:
    """The official statistics that speak of a sector."""
    return [context for context in release.programme.context if not context.sectors or sector in context.sectors]


@remembered
def context(release: Release, text: Text, sector: str) -> Shown:
    """Official statistics by year: the lines have two years or more, the table all of them, with their source."""
    statistics = context_of(release, sector)
    lines = [
        charts.ContextLine(
            statistic.label.in_(text), sorted((int(year), value) for year, value in statistic.points.items())
        )
        for statistic in statistics
        if len(statistic.points) > 1 and not statistic.change
    ]
    if not lines:
        return Absent(text("picture.no_context"))
    sources = "; ".join(dict.fromkeys(statistic.source.in_(text) for statistic in statistics))
    chart = charts.context(lines, stamp=charts.Stamp(sources, "", "", None, ""), text=text)
    return Picture(chart, None, charts.context_alt(lines, text), context_table(statistics, text))


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
