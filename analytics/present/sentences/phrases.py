"""Release parts -> parts of speech that pages, tables and sentences share: marks, horizons, a figure's name."""

import re

import pandas as pd

from analytics.clock import moment_in_words
from analytics.language.text import Text, speaking
from analytics.model import DataKind, Estimand, RangeKind, Reason
from analytics.release import Figure, Release, measures
from analytics.release.lists import YEARS, FigureList
from analytics.release.measures import ALL, OVERALL, Measure, groups_counted, other_group


def reader(release: Release, language: str) -> Text:
    """Who speaks of a release in a language: ends of ranges do not read as its smallest effect that matters."""
    return speaking(language, *release.importance.limits)


def data_mark(release: Release, text: Text) -> str | None:
    """The tag that every picture of invented data carries, and of data that nobody may divulge yet."""
    tags = (text("mark.embargo") if release.embargo else "", text("mark.simulated") if release.simulated else "")
    return " · ".join(tag for tag in tags if tag) or None


def data_note(release: Release, text: Text) -> str:
    """What must stand beside every figure: that nobody may divulge it yet, what kind of data these are, that another
    release, which cannot be read, should be here; empty for a programme's own data and the release that is meant.
    """
    parts = (embargo_note(release, text), kind_note(release, text), fallback_note(release, text))
    return ". ".join(part for part in parts if part)


def fallback_note(release: Release, text: Text) -> str:
    """That a release is shown in place of another, which cannot be read; empty for the one that is meant."""
    pointed = release.instead_of
    return text("mark.fallback", shown=release.release_id, pointed=pointed) if pointed else ""


def kind_note(release: Release, text: Text) -> str:
    """What kind of data these are, in words; empty for a programme's own data."""
    notes = {DataKind.SIMULATED: "mark.simulated_note", DataKind.PUBLIC: "mark.public_note"}
    key = notes.get(release.programme.data_kind)
    return text(key) if key else ""


def embargo_note(release: Release, text: Text) -> str:
    """Until when a release that was opened before its time is not to be divulged; empty for any other."""
    return text("mark.embargo_note", until=moment_in_words(release.embargo, text)) if release.embargo else ""


def why(figure: Figure, release: Release, text: Text) -> str:
    """Why a figure is withheld, in a few words that are true beside its numbers of firms."""
    return text(f"why.{_why_key(figure, release)}", min_firms=release.settings.min_firms)


def why_at_length(figure: Figure, release: Release, text: Text) -> str:
    """Why a group's figure is withheld, in a sentence."""
    return text(f"why_long.{_why_key(figure, release)}", min_firms=release.settings.min_firms)


def _why_key(figure: Figure, release: Release) -> str:
    """The reason; of too few firms, which are too few, where the figure tells of enough funded ones: its numbers are of
    firms measured.
    """
    reason, least = str(figure.reason), release.settings.min_firms
    if figure.reason is not Reason.TOO_FEW_FIRMS or (figure.n_funded or 0) < least:
        return reason
    if figure.measure == measures.STOPPED_SELLING:
        return f"{reason}_sold_before"
    if figure.n_comparison is None:
        return f"{reason}_in_one_arm"
    if figure.n_comparison < least:
        return f"{reason}_to_compare"
    if figure.measure == measures.TYPICAL_CHANGE or figure.measure.about is Estimand.TYPICAL_FIRM:
        return f"{reason}_selling_twice"
    return f"{reason}_analysed"


def measure_words(figure: Figure, text: Text) -> str:
    """What a figure measures; of a check, which effect it is about."""
    return measure_name(figure.measure, text, figure.arm)


def measure_name(measure: Measure, text: Text, arm: str = ALL) -> str:
    """A measure in words, of one arm or of none; of a check, which effect it is about."""
    of_arm = "" if arm == ALL else text(f"measure.arm.{arm}")
    if groups_counted(measure):
        base_words = "groups_gaining"
    elif other_group(measure):
        base_words = "beside_group"
    else:
        base_words = measure.base if text.has(f"measure.{measure.base}") else "groups_differ"
    words = text(f"measure.{base_words}", arm=of_arm)
    if measure.base == measure.name or measure.about is None:
        return words
    return text("measure.of", what=words, estimand=text(f"measure.{measure.about}"))


def figure_name(release: Release, figure: Figure, text: Text) -> str:
    """What a figure is: measure, outcome, groups and years, in words."""
    outcome = "" if figure.outcome == ALL else release.programme.outcome(figure.outcome).label.in_(text)
    groups = [release.programme.label(name, code, text) for name, code in figure.group]
    if other := other_group(figure.measure):
        groups.append(release.programme.label(figure.group[0][0], other, text))
    horizon = "" if figure.horizon == ALL else horizon_phrase(release, figure.horizon, text)
    return " · ".join(part for part in (measure_words(figure, text), outcome, *groups, horizon) if part)


def described(release: Release, figure: Figure | None, text: Text) -> str:
    """What a figure is and says, in words and to the last digit; None: a line of a chart, which is not one number."""
    if figure is None:
        return text("figure.line")
    name = figure_name(release, figure, text)
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


def described_list(release: Release, listed: FigureList, text: Text) -> str:
    """What a picture of a list is, and what each of its figures says: its row's name, value, range, status and id."""
    about = text("figure.list", **_list_slots(release, listed, text))
    rows = []
    for code, figure in release.listed(listed).items():
        if listed.dimension == YEARS:
            name = horizon_label(release, code, text)
        else:
            name = release.programme.label(listed.dimension, code, text)
        low, high = figure.shown_range or (None, None)
        rows.append(
            text(
                "figure.row" if figure.published else "figure.row_withheld",
                name=name,
                value=repr(figure.value),
                low=repr(low),
                high=repr(high),
                why="" if figure.reason is None else why(figure, release, text),
                status=f"{figure.obs_status}, {figure.conf_status}",
                figure_id=figure.figure_id,
            )
        )
    return "\n".join([about, *rows])


def _list_slots(release: Release, listed: FigureList, text: Text) -> dict[str, str]:
    """What a list is about."""
    years = listed.dimension == YEARS
    parts = [
        text(f"measure.{listed.estimand}"),
        release.programme.outcome(listed.outcome).label.in_(text),
        *(release.programme.label(name, code, text) for name, code in listed.within),
        *([] if years else [horizon_phrase(release, listed.horizon, text)]),
    ]
    dimension = text("figure.years") if years else dimension_words(release, listed.dimension, text)
    return {"name": " · ".join(parts), "dimension": dimension}


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
