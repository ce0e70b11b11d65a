"""Release parts -> tables of the evidence behind a claim: what was varied, what was alike before, who is compared."""

from collections.abc import Iterator

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm, Check, CheckReason, Estimand, Reason, Result, Specification, Unit
from analytics.present.sentences.phrases import capital, horizon_phrase, why
from analytics.present.sentences.reasons import estimand_of, figure_beside
from analytics.present.written import amount, figure_id
from analytics.release import Figure, Release, measures
from analytics.release.measures import (
    ALL,
    CENTS,
    READINGS,
    WITH_OUTSIDE_FIRMS,
    Measure,
    check_of,
    reading_of,
    specification_of,
)


def _reading_measures(estimand: Estimand) -> dict[str, Measure]:
    """The difference before in its readings, and the worst case for those missing, by the key of their words."""
    further = {name: reading_of(name, estimand) for name in (*READINGS, "worst_case")}
    return {"check_before": check_of(Check.BEFORE, estimand)} | further


OF_EFFECTS = (Unit.FRACTION, Unit.POINTS, Unit.SCORE)  # units whose intervals are written in one way


def cell(figure: Figure | None, release: Release, text: Text) -> str:
    """A number in its own unit, with its interval where it has one; or why there is none."""
    if figure is None or figure.value is None:
        return why(figure, release, text) if figure is not None else text("table.nothing")
    if figure.low is None or figure.high is None:
        return value_words(figure.value, figure, release, text)
    written = value_words(figure.value, figure, release, text)
    if figure.unit in OF_EFFECTS:
        return f"{written} {text.interval(figure.low, figure.high, figure.unit)}"
    ends = "; ".join(value_words(end, figure, release, text) for end in (figure.low, figure.high))
    return f"{written} ({ends})"


def value_words(value: float, figure: Figure, release: Release, text: Text) -> str:
    """A number in a figure's unit: its value, or an end of its interval."""
    currency = release.programme.currency
    match figure.unit:
        case Unit.FRACTION:
            return text.percent(value, sign=figure.low is not None)
        case Unit.POINTS:
            return text.measured(value, Unit.POINTS)
        case Unit.OUTCOME:
            return amount(value, release.programme.outcome(figure.outcome), text)
        case Unit.COUNT:
            return text.number(value)
        case Unit.MONEY:
            return text.money(value, currency, decimals=CENTS if figure.measure == measures.GRANTS else 0)
        case Unit.RATIO:
            return text.money(value, currency, decimals=CENTS)
        case Unit.NUMBER:
            return text.number(value, 1)
        case _:
            return text.number(value, 2)


def ways(release: Release, claim: Figure, text: Text) -> list[tuple[str, Figure | None, str]]:
    """Ways of estimating, by name, with figure and whether the sign stays: the main one, those listed beforehand, those
    shown beside.
    """
    estimand = estimand_of(claim)
    by_way = [(text("evidence.main"), figure_beside(release, claim, measures.EFFECTS[estimand]), text("table.nothing"))]
    for specification in Specification:
        figure = figure_beside(release, claim, specification_of(specification, estimand))
        if figure is not None and figure.result is not None:
            listed = specification in release.programme.specifications
            name = capital(text(f"measure.spec_{specification}")) + ("" if listed else text("evidence.beside"))
            by_way.append((name, figure, text(f"evidence.sign.{figure.result}")))
    return by_way


def specifications_table(release: Release, claim: Figure, text: Text) -> pd.DataFrame:
    """One row per way of estimating."""
    by_way = ways(release, claim, text)
    return pd.DataFrame(
        [[specification_cell(figure, release, text), sign, figure_id(figure)] for _, figure, sign in by_way],
        index=pd.Index([name for name, *_ in by_way], name=text("evidence.way")),
        columns=[text("evidence.effect"), text("evidence.same_sign"), text("table.figure")],
    )


def specification_cell(figure: Figure | None, release: Release, text: Text) -> str:
    """What one way of estimating gives, or why it gives nothing."""
    if figure is not None and figure.result is Result.NOT_TESTABLE:
        if figure.measure in WITH_OUTSIDE_FIRMS and figure.because is CheckReason.NO_SUCH_FIRMS:
            return text("because_short.no_outside_firms")
        return text(f"because_short.{figure.because}")
    return cell(figure, release, text)


def readings(release: Release, claim: Figure) -> dict[str, Figure]:
    """The difference before in its readings, and the worst case for those missing; only what is published."""
    figures = {
        name: figure_beside(release, claim, measure) for name, measure in _reading_measures(estimand_of(claim)).items()
    }
    return {name: figure for name, figure in figures.items() if figure is not None and figure.published}


def before_table(release: Release, claim: Figure, text: Text) -> pd.DataFrame:
    """One row per reading, with the level of its interval."""
    by_reading = readings(release, claim)
    return pd.DataFrame(
        [
            [cell(figure, release, text), text.percent(figure.level or 0.95, sign=False), figure_id(figure)]
            for figure in by_reading.values()
        ],
        index=pd.Index([text(f"evidence.reading.{name}") for name in by_reading], name=text("evidence.way")),
        columns=[text("evidence.number"), text("evidence.level"), text("table.figure")],
    )


def balance_table(release: Release, text: Text) -> pd.DataFrame:
    """Traits of the two arms before, and how far they differ in standard deviations."""
    claim = release.headline()
    rows = {}
    for trait, measure in measures.BALANCE.items():
        parts = [figure_beside(release, claim, measure, arm) for arm in (*Arm, ALL)]
        if any(part is not None for part in parts):
            rows[text(f"evidence.trait.{trait}")] = [cell(part, release, text) for part in parts]
    columns = [text("evidence.funded"), text("evidence.comparison"), text("evidence.difference")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def afterwards_table(release: Release, text: Text) -> pd.DataFrame:
    """What else happened to the two arms after the award: other aid by year, firms that stopped selling."""
    outcome, horizon = release.headline().outcome, release.headline().horizon
    listed = [
        (year, text("evidence.aid", horizon=horizon_phrase(release, year, text)), measures.OTHER_AID)
        for year in map(str, release.manifest.years_after)
    ]
    listed.append((horizon, text("evidence.stopped"), measures.STOPPED_SELLING))
    rows = {}
    for at, name, measure in listed:
        parts = [release.figure(measure, outcome=outcome, arm=arm, horizon=at) for arm in Arm]
        if all(part is not None for part in parts):
            rows[name] = [cell(part, release, text) for part in parts]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[text("evidence.funded"), text("evidence.comparison")])


def outcomes_table(release: Release, text: Text) -> pd.DataFrame:
    """The typical firm's effect on the other outcomes, sales abroad among them; and who started to sell."""
    claim = release.headline()
    rows = {}
    for outcome in release.outcomes:
        if outcome.name != claim.outcome:
            figure = release.figure(
                measures.EFFECTS[Estimand.TYPICAL_FIRM], outcome=outcome.name, horizon=claim.horizon
            )
            rows[outcome.label.in_(text)] = _with_firms(figure, release, text)
    started = figure_beside(release, claim, measures.EFFECTS[Estimand.STARTED_SELLING])
    if started is not None:
        rows[text("evidence.started")] = _with_firms(started, release, text)
    columns = [text("evidence.effect"), text("table.analysed_firms")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _with_firms(figure: Figure | None, release: Release, text: Text) -> list[str]:
    n = text.number(figure.n_funded) if figure is not None and figure.n_funded is not None else text("table.nothing")
    return [cell(figure, release, text), n]


def sensitivity_words(release: Release, text: Text) -> Iterator[str]:
    """How unlike the arms could have been, in sentences; whether the funded can be told from the others."""
    claim = release.headline()
    for name in ("straight_line", "bend", "relative"):
        figure = figure_beside(release, claim, reading_of(name, estimand_of(claim)))
        if figure is not None and figure.value is not None:
            value = text.number(figure.value, 2) if name == "relative" else text.number(figure.value * 100, 1)
            yield text(f"evidence.{name}", value=value, span=text.span(figure.low or 0, figure.high or 0))
        elif figure is not None:
            of_direction = figure.reason in (Reason.NO_DIRECTION, Reason.NEVER_LOST)
            yield text(f"evidence.{figure.reason}") if of_direction else capital(why(figure, release, text))
    for measure in (measures.OVERLAP, measures.TOLD_APART):
        figure = figure_beside(release, claim, measure)
        if figure is not None and figure.value is not None:
            in_value = text.percent_with("in_the", figure.value)
            yield text(f"evidence.{measure}", value=text.percent(figure.value, sign=False), in_value=in_value)
