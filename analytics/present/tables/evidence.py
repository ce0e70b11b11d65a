"""Release parts -> tables of the evidence behind a claim: what was varied, what was alike before, who is compared."""

from collections.abc import Iterator

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm, Estimand, Reason, Result, Specification, Unit
from analytics.present.sentences.phrases import capital, horizon_phrase, why
from analytics.present.sentences.reasons import estimand_of
from analytics.present.written import amount, figure_id
from analytics.release import Figure, Release

BEFORE = ("check_before", "equivalence", "trend_goes_on", "unusual_year", "worst_case")
BALANCE_TRAITS = ("sales", "active", "employees", "growth", "score")


def _of(release: Release, claim: Figure, measure: str, arm: str = "*", horizon: str | None = None) -> Figure | None:
    """A figure of the same outcome, horizon and group as a claim's."""
    group = dict(release.group_of(claim))
    return release.figure(measure, outcome=claim.outcome, arm=arm, horizon=horizon or claim.horizon, group=group)


def cell(figure: Figure | None, release: Release, text: Text) -> str:
    """A number in its own unit, with its interval where it has one; or why there is none."""
    if figure is None or figure.value is None:
        return why(figure, release, text) if figure is not None else text("table.nothing")
    if figure.low is None or figure.high is None:
        return _written(figure.value, figure, release, text)
    written = _written(figure.value, figure, release, text)
    if figure.unit == Unit.POINTS:
        return f"{written} {text.interval(figure.low, figure.high, figure.unit)}"
    ends = "; ".join(_written(end, figure, release, text) for end in (figure.low, figure.high))
    return f"{written} ({ends})"


def _written(value: float, figure: Figure, release: Release, text: Text) -> str:
    match figure.unit:
        case Unit.FRACTION:
            return text.percent(value, sign=figure.low is not None)
        case Unit.POINTS:
            return text.measured(value, Unit.POINTS)
        case Unit.OUTCOME:
            return amount(value, release.programme.outcome(figure.outcome), text)
        case Unit.COUNT:
            return text.number(value)
        case Unit.NUMBER:
            return text.number(value, 1)
        case _:
            return text.number(value, 2)


def ways(release: Release, claim: Figure, text: Text) -> list[tuple[str, Figure | None, str]]:
    """Ways of estimating, by name, with figure and whether the sign stays: the main one, those listed beforehand, those
    shown beside.
    """
    estimand = estimand_of(claim)
    found = [(text("evidence.main"), _of(release, claim, estimand), text("table.nothing"))]
    for specification in Specification:
        figure = _of(release, claim, f"spec_{specification}_{estimand}")
        if figure is not None and figure.result is not None:
            listed = specification in release.programme.specifications
            name = capital(text(f"measure.spec_{specification}")) + ("" if listed else text("evidence.beside"))
            found.append((name, figure, text(f"evidence.sign.{figure.result}")))
    return found


def specifications_table(release: Release, claim: Figure, text: Text) -> pd.DataFrame:
    """One row per way of estimating."""
    found = ways(release, claim, text)
    return pd.DataFrame(
        [[specification_cell(figure, release, text), sign, figure_id(figure)] for _, figure, sign in found],
        index=pd.Index([name for name, *_ in found], name=text("evidence.way")),
        columns=[text("evidence.effect"), text("evidence.same_sign"), text("table.figure")],
    )


def specification_cell(figure: Figure | None, release: Release, text: Text) -> str:
    """What one way of estimating gives, or why it gives nothing."""
    if figure is not None and figure.result is Result.NOT_TESTABLE:
        return text(f"because_short.{figure.because}")
    return cell(figure, release, text)


def readings(release: Release, claim: Figure) -> dict[str, Figure]:
    """The difference before in its readings, and the worst case for those missing; only what is published."""
    found = {name: _of(release, claim, f"{name}_{estimand_of(claim)}") for name in BEFORE}
    return {name: figure for name, figure in found.items() if figure is not None and figure.published}


def before_table(release: Release, claim: Figure, text: Text) -> pd.DataFrame:
    """One row per reading, with the level of its interval."""
    found = readings(release, claim)
    return pd.DataFrame(
        [
            [cell(figure, release, text), text.percent(figure.level or 0.95, sign=False), figure.figure_id]
            for figure in found.values()
        ],
        index=pd.Index([text(f"evidence.reading.{name}") for name in found], name=text("evidence.way")),
        columns=[text("evidence.number"), text("evidence.level"), text("table.figure")],
    )


def balance_table(release: Release, text: Text) -> pd.DataFrame:
    """Traits of the two arms before, and how far they differ in standard deviations."""
    claim = release.headline()
    rows = {}
    for trait in BALANCE_TRAITS:
        parts = [_of(release, claim, f"balance_{trait}", arm) for arm in (*Arm, "*")]
        if any(part is not None for part in parts):
            rows[text(f"evidence.trait.{trait}")] = [cell(part, release, text) for part in parts]
    columns = [text("evidence.funded"), text("evidence.comparison"), text("evidence.difference")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def afterwards_table(release: Release, text: Text) -> pd.DataFrame:
    """What else happened to the two arms after the award: other aid by year, firms that stopped selling."""
    claim = release.headline()
    named = [
        (horizon, text("evidence.aid", horizon=horizon_phrase(release, horizon, text)), "other_aid")
        for horizon in map(str, release.manifest["years_after"])
    ]
    named.append((claim.horizon, text("evidence.stopped"), "stopped_selling"))
    rows = {}
    for horizon, name, measure in named:
        parts = [_of(release, claim, measure, arm, horizon) for arm in Arm]
        if all(part is not None for part in parts):
            rows[name] = [cell(part, release, text) for part in parts]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[text("evidence.funded"), text("evidence.comparison")])


def outcomes_table(release: Release, text: Text) -> pd.DataFrame:
    """The typical firm's effect on the other outcomes, sales abroad among them; and who started to sell."""
    claim = release.headline()
    rows = {}
    for outcome in release.programme.outcomes:
        if outcome.name != claim.outcome:
            figure = release.figure(Estimand.TYPICAL_FIRM, outcome=outcome.name, horizon=claim.horizon)
            rows[outcome.label.in_(text)] = _with_firms(figure, release, text)
    started = _of(release, claim, Estimand.STARTED_SELLING)
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
        figure = _of(release, claim, f"{name}_{claim.measure}")
        if figure is not None and figure.value is not None:
            value = text.number(figure.value, 2) if name == "relative" else text.number(figure.value * 100, 1)
            yield text(f"evidence.{name}", value=value, span=text.span(figure.low or 0, figure.high or 0))
        elif figure is not None:
            told = figure.reason in (Reason.NO_DIRECTION, Reason.NEVER_LOST)
            yield text(f"evidence.{figure.reason}") if told else capital(why(figure, release, text))
    for name in ("overlap", "told_apart"):
        figure = _of(release, claim, name)
        if figure is not None and figure.value is not None:
            in_value = text.percent_with("in_the", figure.value)
            yield text(f"evidence.{name}", value=text.percent(figure.value, sign=False), in_value=in_value)
