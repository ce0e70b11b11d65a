"""Release parts -> parts of speech that pages, tables and sentences share: marks, horizons, a figure's name."""

import re

import pandas as pd

from analytics.language.text import Text, speaking
from analytics.model import DataKind, RangeKind
from analytics.release import Figure, Release
from analytics.release.measures import OVERALL, groups_counted, other_group


def reader(release: Release, language: str) -> Text:
    """Who speaks of a release in a language: ends of ranges do not read as its smallest effect that matters."""
    return speaking(language, *release.importance.limits)


def data_mark(release: Release, text: Text) -> str | None:
    """The tag that every picture of invented data carries."""
    return text("mark.simulated") if release.simulated else None


def data_note(release: Release, text: Text) -> str:
    """What kind of data these are, in words; empty for a programme's own data."""
    notes = {DataKind.SIMULATED: "mark.simulated_note", DataKind.PUBLIC: "mark.public_note"}
    key = notes.get(release.programme.data_kind)
    return text(key) if key else ""


def why(figure: Figure, release: Release, text: Text) -> str:
    """Why a figure is withheld, in a few words."""
    return text(f"why.{figure.reason}", min_firms=release.settings.min_firms)


def why_at_length(figure: Figure, release: Release, text: Text) -> str:
    """Why a group's figure is withheld, in a sentence."""
    return text(f"why_long.{figure.reason}", min_firms=release.settings.min_firms)


def measure_words(figure: Figure, text: Text) -> str:
    """What a figure measures; of a check, which effect it is about."""
    arm = "" if figure.arm == "*" else text(f"measure.arm.{figure.arm}")
    base = figure.measure.base
    if groups_counted(figure.measure):
        base_words = "groups_gaining"
    elif other_group(figure.measure):
        base_words = "beside_group"
    else:
        base_words = base if text.has(f"measure.{base}") else "groups_differ"
    words = text(f"measure.{base_words}", arm=arm)
    if base == figure.measure.name or figure.measure.about is None:
        return words
    return text("measure.of", what=words, estimand=text(f"measure.{figure.measure.about}"))


def described(release: Release, figure: Figure | None, text: Text) -> str:
    """What a figure is and says, in words and to the last digit; None: a line of a chart, which is not one number."""
    if figure is None:
        return text("figure.line")
    outcome = "" if figure.outcome == "*" else release.programme.outcome(figure.outcome).label.in_(text)
    groups = [release.programme.label(name, code, text) for name, code in figure.group]
    if other := other_group(figure.measure):
        groups.append(release.programme.label(figure.group[0][0], other, text))
    horizon = "" if figure.horizon == "*" else horizon_phrase(release, figure.horizon, text)
    name = " · ".join(part for part in (measure_words(figure, text), outcome, *groups, horizon) if part)
    if figure.published:
        lines = [text("figure.value", name=name, value=repr(figure.value))]
    else:
        lines = [text("figure.withheld", name=name, why=why(figure, release, text))]
    if figure.low is not None:
        level = text.percent(figure.level or 0.95, sign=False)
        lines.append(text("figure.interval", level=level, low=repr(figure.low), high=repr(figure.high)))
    if figure.range_kind is RangeKind.SHARED:
        lines.append(text("figure.shared", low=repr(figure.shared_low), high=repr(figure.shared_high)))
    if figure.sim_low is not None and (figure.sim_low, figure.sim_high) != (figure.low, figure.high):
        lines.append(text("figure.joint", low=repr(figure.sim_low), high=repr(figure.sim_high)))
    if figure.grade is not None:
        lines.append(text("figure.grade", grade=text(f"grade.{figure.grade}")))
    if figure.result is not None:
        lines.append(text("figure.result", result=text(f"result.{figure.result}")))
    return "\n".join(lines)


def horizon_phrase(release: Release, horizon: str, text: Text) -> str:
    """'in the three years after the grant', 'in the year of the grant'; of a path the time since the award, or the
    period.
    """
    if event := re.fullmatch(r"e(-?\d+)", horizon):
        return _event_phrase(int(event[1]), "Y" if release.manifest.yearly else "Q", text)
    if horizon != OVERALL and (not horizon.isdecimal() or len(horizon) == len("2021")):
        return text.period(pd.Period(horizon))
    award_counts = release.programme.windows.award_period == "after"
    if horizon == OVERALL:
        key, year = ("award_overall" if award_counts else "overall"), len(release.manifest.years_after)
    else:
        key, year = ("award" if award_counts else "year"), int(horizon)
    return (
        text(f"horizon.{key}.{year}") if text.has(f"horizon.{key}.{year}") else text(f"horizon.{key}.many", year=year)
    )


def _event_phrase(event: int, period: str, text: Text) -> str:
    """'2 trimestri prima del contributo', 'nel trimestre del contributo'."""
    if event == 0:
        return text(f"event.{period}.at")
    return text.count(f"event.{period}.{'before' if event < 0 else 'after'}", abs(event))


def year_label(release: Release, year: int, text: Text) -> str:
    """'1º anno'; where the award's own year counts, 'anno del contributo', '1 anno dopo'."""
    if release.programme.windows.award_period == "skip":
        return text("chart_input.year", year=year)
    return text("chart_input.award_year") if year == 1 else text.count("chart_input.after_award", year - 1)


def horizon_label(release: Release, horizon: str, text: Text) -> str:
    """All years together, or one of them."""
    return text("chart_input.overall") if horizon == OVERALL else year_label(release, int(horizon), text)


def before_phrase(release: Release, text: Text) -> str:
    """What after is set against: the programme's fixed window, or the year before each firm's own grant."""
    if not release.manifest.before_is_fixed:
        return text("before.own")
    first, last = (text.period(pd.Period(period)) for period in release.manifest.before)
    return text("before.fixed", first=first, last=last)


def dimension_words(release: Release, dimension: str, text: Text) -> str:
    """What a dimension is called: in the text files, or, of a programme's own grouping, in its file."""
    grouping = release.programme.grouping(dimension)
    return text(f"dimension.{dimension}") if grouping is None else grouping.label.in_(text)


def dimension_key(release: Release, dimension: str) -> str:
    """By which key the text files speak of the groups of a dimension; those of the programme's own share one."""
    return dimension if release.programme.grouping(dimension) is None else "grouping"


def lower_first(words: str) -> str:
    """A name in the middle of a sentence."""
    return words[:1].lower() + words[1:]


def capital(words: str) -> str:
    """A capital for a sentence's first letter, which Markdown marks may precede."""
    start = words.index("[") + 1 if words.startswith(":") else 0
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]
