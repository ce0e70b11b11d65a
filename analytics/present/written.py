"""Release parts -> frames: what a table shows and what its file holds. Arranges published figures, no more."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.language.text import Text
from analytics.model import Arm
from analytics.present.asked import Asked
from analytics.present.sentences.claims import tells
from analytics.present.sentences.phrases import data_note
from analytics.programme.parts import Outcome
from analytics.release import Figure, Release

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
EMPTY = "–"


@dataclass(frozen=True, slots=True)
class Cohort:
    """One cell of a cohort table: a pair of codes ("*" = all) and its figures. None: the release holds no such cell."""

    row: str
    column: str
    firms: Figure | None
    before: Figure | None
    after: Figure | None
    change: Figure | None
    other_change: Figure | None
    effect: Figure | None


def cohorts(release: Release, rows: str, columns: str, outcome: str, horizon: str) -> Iterator[Cohort]:
    """Every cell of rows × columns, with both margins and the total."""
    estimand = release.programme.headline.estimand
    for row in (*release.codes(rows), "*"):
        for column in (*release.codes(columns), "*"):
            group = {name: code for name, code in ((rows, row), (columns, column)) if code != "*"}

            def figure(
                measure: str, arm: str = "*", *, group: Mapping[str, str] = group, about: str = outcome
            ) -> Figure | None:
                at = "*" if about == "*" else horizon
                return release.figure(measure, outcome=about, arm=arm, horizon=at, group=group)

            yield Cohort(
                row,
                column,
                firms=figure("firms", Arm.FUNDED, about="*"),
                before=figure("before_mean", Arm.FUNDED),
                after=figure("after_mean", Arm.FUNDED),
                change=figure("change", Arm.FUNDED),
                other_change=figure("change", Arm.COMPARISON),
                effect=figure(estimand),
            )


def code_label(release: Release, dimension: str, code: str, text: Text) -> str:
    """A code in words; "*" is the total."""
    return text("label.total") if code == "*" else release.programme.label(dimension, code, text)


def status(figure: Figure | None) -> str:
    """The code letters under a cell: C confidential, u too little to tell, empty for a published one."""
    if figure is None or figure.published:
        return ""
    return "C" if figure.conf_status != "F" else "u" if figure.obs_status == "U" else "m"


def _shown(figure: Figure | None, written: str) -> str:
    """What is written for a figure, or its code where it is withheld; one of an earlier release is marked."""
    if figure is None or not figure.published:
        return EMPTY if figure is None else status(figure)
    return f"{written} (p)" if figure.obs_status == "P" else written


def count(n: int | None, text: Text) -> str:
    """A number of firms, or that it is not told."""
    return EMPTY if n is None else text.number(n)


def figure_id(figure: Figure | None) -> str:
    """The id that `verify` resolves."""
    return EMPTY if figure is None else figure.figure_id


def count_cell(figure: Figure | None, text: Text) -> str:
    """A count of firms."""
    return _shown(figure, text.number(figure.value) if figure and figure.value is not None else "")


def analysed_cell(figure: Figure | None, text: Text) -> str:
    """The funded firms behind a figure: those that enter it, or could be measured where it is withheld."""
    if figure is None or figure.n_funded is None:
        return _shown(figure, "")
    return text.number(figure.n_funded)


def percent_cell(figure: Figure | None, text: Text, *, sign: bool = True) -> str:
    """A change in percent; without a sign, a share."""
    return _shown(figure, text.percent(figure.value, sign=sign) if figure and figure.value is not None else "")


def effect_cell(figure: Figure | None, text: Text) -> str:
    """An effect with its interval: +13% (−1%; +29%)."""
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return _shown(figure, "")
    interval = text.interval(figure.low, figure.high, figure.unit)
    return _shown(figure, f"{text.measured(figure.value, figure.unit)} {interval}")


def claim_cell(figure: Figure | None, text: Text) -> str:
    """An effect with its interval; where its claim tells no direction, the interval alone."""
    if figure is None or figure.grade is None or tells(figure):
        return effect_cell(figure, text)
    return range_cell(figure, text)


def range_cell(figure: Figure | None, text: Text) -> str:
    """An interval alone: (−1%; +29%)."""
    if figure is None or figure.low is None or figure.high is None:
        return _shown(figure, "")
    return _shown(figure, text.interval(figure.low, figure.high, figure.unit))


def amount(value: float, outcome: Outcome, text: Text) -> str:
    """An amount of an outcome in its own unit, per firm and year."""
    if outcome.currency:
        return text.money(value, outcome.currency)
    return text.number(value, 0 if abs(value) >= 100 else 1)


def rate(figure: Figure, outcome: Outcome, text: Text) -> str:
    """Money per unit of money, to the cent."""
    if figure.value is None or outcome.currency is None:
        return _shown(figure, "")
    return text.money(figure.value, outcome.currency, decimals=2)


def rate_span(figure: Figure, outcome: Outcome, text: Text) -> str:
    """Its range."""
    if figure.low is None or figure.high is None or outcome.currency is None:
        return _shown(figure, "")
    low, high = (text.money(end, outcome.currency, decimals=2) for end in (figure.low, figure.high))
    return text("format.span", low=low, high=high)


def amount_cell(figure: Figure | None, outcome: Outcome, text: Text) -> str:
    """A mean per firm and year."""
    return _shown(figure, amount(figure.value, outcome, text) if figure and figure.value is not None else "")


def cohort_table(
    release: Release, rows: str, columns: str, outcome: str, horizon: str, what: str, text: Text
) -> pd.DataFrame:
    """A cohort table as text, rows × (column group, measure). what: "effect" or "change"."""
    declared = release.programme.outcome(outcome)
    table: dict[str, dict[tuple[str, str], str]] = {}
    for cell in cohorts(release, rows, columns, outcome, horizon):
        if what == "effect":
            shown = {"n": analysed_cell(cell.effect, text), "effect": effect_cell(cell.effect, text)}
        else:
            shown = {
                "n": analysed_cell(cell.change, text),
                "before": amount_cell(cell.before, declared, text),
                "after": amount_cell(cell.after, declared, text),
                "change": percent_cell(cell.change, text),
                "other_change": percent_cell(cell.other_change, text),
            }
        line = table.setdefault(code_label(release, rows, cell.row, text), {})
        over = code_label(release, columns, cell.column, text)
        line |= {(over, text(f"table.{name}")): value for name, value in shown.items()}
    frame = pd.DataFrame.from_dict(table, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(list(next(iter(table.values()))))
    frame.index.name = text(f"dimension.{rows}")
    return frame


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


def sector_facts(release: Release, asked: Asked, sector: str, text: Text) -> list[tuple[str, str]]:
    """The published facts of one sector in a line: label and value."""
    group = {"sector": sector}
    declared = release.programme.outcome(asked.outcome)

    def of(measure: str, arm: str = "*") -> Figure | None:
        return release.figure(measure, outcome=asked.outcome, arm=arm, horizon=asked.horizon, group=group)

    effect, per_firm = of(asked.estimand), of("extra_per_firm")
    firms = {arm: release.figure("firms", arm=arm, group=group) for arm in Arm}
    facts = [
        ("funded", firms[Arm.FUNDED], count_cell(firms[Arm.FUNDED], text)),
        ("comparison", firms[Arm.COMPARISON], count_cell(firms[Arm.COMPARISON], text)),
        ("effect", effect, claim_cell(effect, text)),
        ("shrunken", effect, _of_effect(effect, "shrunk", text)),
        ("change", of("change", Arm.FUNDED), percent_cell(of("change", Arm.FUNDED), text)),
        ("other_change", of("change", Arm.COMPARISON), percent_cell(of("change", Arm.COMPARISON), text)),
        ("per_firm", per_firm, amount_span(per_firm, declared, text)),
        ("mde", effect, _of_effect(effect, "mde", text)),
    ]
    return [
        (text(f"fact.{name}"), shown)
        for name, figure, shown in facts
        if shown and figure is not None and figure.published
    ]


def _of_effect(effect: Figure | None, name: str, text: Text) -> str:
    """A companion of an effect, in its unit; empty where it has none."""
    value = None if effect is None else getattr(effect, name)
    return "" if effect is None or value is None else text.measured(value, effect.unit)


def amount_span(figure: Figure | None, outcome: Outcome, text: Text) -> str:
    """The interval of an amount, as it stands in rows."""
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return f"({amount(figure.low, outcome, text)}; {amount(figure.high, outcome, text)})"


def file_name(release: Release, about: str) -> str:
    """The name of an exported file: it says when the data are simulated."""
    mark = "SIMULATED-" if release.simulated else ""
    return f"{mark}{release.programme.id}-{release.release_id}-{about}.csv"
