"""Staged rows -> what looks wrong in them, told with a count, an example and what to check; nothing is refused.

Each check is one .sql file over the staged tables: one row per thing that looks wrong, with `count`, `example` and what
its sentence names. Call before the rows are loaded: what is stored is then what earlier files gave.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analytics.clock import ROME, utc_now
from analytics.programme.classifications import size_class
from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.store.columns import Table
from analytics.store.database import Record, Store, query
from analytics.store.plausibility.limits import LIMITS
from analytics.store.plausibility.warned import Warned

PERIODS_A_YEAR = {7: 12, 6: 4, 4: 1}  # by length of the canonical period: 2021-03, 2021Q1, 2021
# What is a part of another column by its meaning, beside the parts that the programme file declares (`share_of`).
PARTS = {"online_abroad_eur": "online_sales_eur"}
COUNTRIES = "destination_countries"
ABOUT_EVERYBODY = {"scale_file", "scale_file_turnover", "scale_sheets", "scale_sources", "scale_periods"}

# Every reason, most serious first: the order in which a reader meets them.
SALES_REASONS = (
    *("scale_file", "scale_file_turnover", "scale_sheets", "scale_sources", "scale_periods", "scale_stored"),
    *("scale_turnover", "scale_firms", "unknown_firms", "older_vintage", "ends_earlier", "above_whole", "tiny_part"),
    *("future_periods", "early_periods", "all_zero", "zero_periods", "repeated_periods", "missing_periods"),
    *("thin_periods", "sources_by_arm", "coverage", "gaps", "countries", "fractions", "placeholders", "one_value"),
    *("same_series", "constant"),
)
APPLICATION_REASONS = (
    *(
        "taken_ids",
        "comparison_applicants",
        "unknown_reasons",
        "firms_already_there",
        "awarded_long_after_call",
        "awarded_in_future",
        "awarded_far_from_decision",
    ),
    *("closed_long_ago", "closed_in_future", "closed_before_award", "closed_before_call", "closing_dates"),
    *("turnover_unit", "grant_unit", "paid_above_grant", "grant_above_spend", "grant_zero", "staff_above_sme"),
    *("turnover_above_sme", "size_contradicts", "other_aid_far", "mostly_zero", "typed_for_unknown", "several_awards"),
    *("several_applications", "two_names", "two_codes", "no_comparison", "no_award"),
)


@dataclass(frozen=True, slots=True)
class _Checks:
    """A store with its staged rows, and what the checks' parameters are."""

    store: Store
    parameters: Mapping[str, object]

    def keep(self, name: str) -> None:
        """Keep the rows of one .sql file as a temporary table of its name."""
        self.store.keep(name, _asked_for(name, self.parameters))

    def warned(self, reason: str, column: str = "", /, **relations: pd.DataFrame) -> list[Warned]:
        """What one check finds. Its file may name reasons and columns of its own."""
        name = f"warn_{reason}"
        rows = self.store.records(name, _asked_for(name, self.parameters), **relations)
        return [_warned(reason, column, row) for row in rows if row["count"]]


def _asked_for(name: str, parameters: Mapping[str, object]) -> dict[str, object]:
    return {key: parameters[key] for key in set(re.findall(r"\$(\w+)", query(name)))}


def _warned(reason: str, column: str, row: Record) -> Warned:
    """A row of a check's; what it leaves empty, its sentence does not name."""
    known = {key: value for key, value in row.items() if value is not None}
    reason, column = str(known.pop("reason", reason)), str(known.pop("column", column))
    count, example = int(str(known.pop("count"))), str(known.pop("example", ""))
    return Warned(reason, count, column, example, known)


def other_call_warnings(store: Store, table: Table) -> tuple[Warned, ...]:
    """Whether the staged rows look like another call's: asked before the rows are checked together, since the rows that
    tell it are rejected then.
    """
    told_by = {"sales": ("unknown_firms", "fiscal_code"), "applications": ("taken_ids", "application_id")}
    if table.name not in told_by:
        return ()
    reason, column = told_by[table.name]
    return tuple(_Checks(store, dataclasses.asdict(LIMITS)).warned(reason, column))


def sales_warnings(
    store: Store, table: Table, programme: Programme, *, today: dt.date | None = None
) -> tuple[Warned, ...]:
    """What looks wrong in `staged_sales`, most serious first, at most once per reason and column.

    today: by Rome's clock where none is given. Of files with more rows than LIMITS.most_rows, what is asked of firms
    period by period is asked of one firm in several, and its counts are of those.
    """
    columns = {column.name for column in table}
    outcomes = [outcome for outcome in programme.outcomes if outcome.column in columns]
    store.keep("staged_periods", {})
    [span] = store.records("period_span", {})
    rows, first_period = int(str(span["rows_in_file"])), str(span["first_period"])
    if not rows:
        return ()
    checks = _Checks(store, _sales_parameters(rows, first_period, programme, today or _today()))
    found = [*checks.warned("far_periods", "period"), *checks.warned("missing_periods", "period")]
    found += checks.warned("thin_periods", "period")
    checks.keep("staged_sample")
    for outcome in outcomes:
        found += _outcome_warnings(checks, outcome, programme)
    return _in_order(found, SALES_REASONS)


def _sales_parameters(rows: int, first_period: str, programme: Programme, today: dt.date) -> dict[str, object]:
    length = len(first_period)
    now = {7: f"{today:%Y-%m}", 6: f"{today.year}Q{(today.month + 2) // 3}", 4: f"{today.year}"}[length]
    call = programme.call_opened
    return dataclasses.asdict(LIMITS) | {
        "placeholders": list(LIMITS.placeholders),
        "one_in": -(-rows // LIMITS.most_rows),
        "periods_a_year": PERIODS_A_YEAR[length],
        "this_period": now,
        "first_year": int(call[:4]) - LIMITS.years_before_call if call else 0,
    }


def _outcome_warnings(checks: _Checks, outcome: Outcome, programme: Programme) -> Iterator[Warned]:
    """What looks wrong in one column of amounts."""
    whole = programme.whole_of(outcome)
    whole_column = whole.column if whole else _whole_beside(outcome, programme)
    checks = replace(checks, parameters={**checks.parameters, "outcome": outcome.name})
    _choose_column(checks, outcome, whole_column)
    checks.keep("staged_spread")
    checks.keep("staged_series")
    [extent] = checks.store.records("staged_extent", {})
    if extent["reported"]:
        yield from _value_warnings(checks, outcome, whole_column)
        yield from _vintage_warnings(checks, outcome)
    firms, longest = int(str(extent["firms"])), int(str(extent["longest"]))
    if firms >= LIMITS.few_firms or longest >= LIMITS.few_for_level:  # of fewer values nothing is told taken together
        yield from _pattern_warnings(checks, outcome, whole_column)
    if outcome.name == programme.headline.outcome:
        yield from _headline_warnings(checks, outcome, programme)


def _value_warnings(checks: _Checks, outcome: Outcome, whole: str | None) -> Iterator[Warned]:
    """Values that are wrong by themselves or beside another column."""
    if whole is not None:
        for warned in checks.warned("above_whole", outcome.column):
            yield replace(warned, details={**warned.details, "whole": whole})
    if outcome.column == COUNTRIES:
        yield from checks.warned("countries", outcome.column)
    if outcome.unit == "currency":
        yield from checks.warned("placeholders", outcome.column)


def _pattern_warnings(checks: _Checks, outcome: Outcome, whole: str | None) -> Iterator[Warned]:
    """Values that look wrong taken together: in another unit, or repeated over periods, firms or everything."""
    reasons = ["all_zero", "zero_periods"]
    if outcome.unit == "currency":
        yield from _scale_warnings(checks, outcome, is_whole=whole is None)
        if whole is not None:
            for warned in checks.warned("tiny_part", outcome.column):
                yield replace(warned, details={**warned.details, "whole": whole})
        reasons += ["repeated_periods", "one_value", "constant", "same_series"]
    if outcome.unit == "percent":
        reasons += ["fractions"]
    for reason in reasons:
        yield from checks.warned(reason, outcome.column)


def _choose_column(checks: _Checks, outcome: Outcome, whole: str | None) -> None:
    """Let `measured` be one outcome's column in the staged rows, `sampled` the same in the sampled ones.

    Money is looked at in every firm; counts and percentages, which have no unit to mistake, in the sampled firms.
    """
    names = {name: name for name in ("firm_id", "period", "source", "sheet", "row_number")}
    columns: dict[str, str | None] = {**names, "value": outcome.column, "whole": whole}
    every = "staged_sales" if outcome.unit == "currency" or outcome.column == COUNTRIES else "staged_sample"
    checks.store.rename_columns("measured", every, columns)
    checks.store.rename_columns("sampled", "staged_sample", {**columns, "moment": "moment"})


def _whole_beside(outcome: Outcome, programme: Programme) -> str | None:
    whole = PARTS.get(outcome.column)
    return whole if whole in {other.column for other in programme.outcomes} else None


def _scale_warnings(checks: _Checks, outcome: Outcome, *, is_whole: bool) -> list[Warned]:
    """Amounts in another unit, most of the file first: what explains everybody's is not asked of each firm again."""
    checks.keep("suspect_series")
    found: list[Warned] = []
    for reason in ("scale_parts", "scale_stored", "scale_turnover", "scale_periods", "scale_firms"):
        if reason == "scale_turnover" and not is_whole:
            continue
        if not ABOUT_EVERYBODY & {warned.reason for warned in found}:
            found += checks.warned(reason, outcome.column)
    return found


def _vintage_warnings(checks: _Checks, outcome: Outcome) -> list[Warned]:
    """Whether the file looks older than what is stored."""
    if not any(batch.input_table == "sales" for batch in checks.store.batches()):
        return []
    return checks.warned("older_vintage", outcome.column) or checks.warned("ends_earlier", outcome.column)


def _headline_warnings(checks: _Checks, outcome: Outcome, programme: Programme) -> Iterator[Warned]:
    """Which firms and periods the headline's outcome is reported for, and how it was collected."""
    yield from checks.warned("gaps", outcome.column)
    checks.store.keep("firm_arms", {}, kinds=programme.kind_frame())
    yield from checks.warned("coverage", outcome.column)
    yield from checks.warned("sources_by_arm", "source")


def applications_warnings(
    store: Store, table: Table, programme: Programme, *, today: dt.date | None = None
) -> tuple[Warned, ...]:
    """What looks wrong in `staged_applications`, most serious first, at most once per reason and column.

    today: by Rome's clock where none is given.
    """
    del table
    checks = _Checks(store, _application_parameters(programme, today or _today()))
    checks.keep("staged_and_stored")
    found = checks.warned("application_rows", decisions=_decisions(programme))
    found += [*checks.warned("application_amounts"), *checks.warned("closing_dates", "closed_on")]
    found += [*checks.warned("application_firms"), *checks.warned("firms_already_there", "fiscal_code")]
    found += [*checks.warned("one_arm", "outcome"), *checks.warned("comparison_applicants", "fiscal_code")]
    if programme.ineligible_reasons or programme.threshold_reasons:
        found += checks.warned("unknown_reasons", "exclusion_reason")
    found += _sizes_that_contradict(store)
    return _in_order(found, APPLICATION_REASONS)


def comparison_warnings(
    store: Store, table: Table, programme: Programme, *, today: dt.date | None = None
) -> tuple[Warned, ...]:
    """What looks wrong in `staged_comparison`: what is asked of applications and does not go by an award.

    today: by Rome's clock where none is given.
    """
    del table
    checks = _Checks(store, _application_parameters(programme, today or _today()))
    checks.keep("staged_applications")
    checks.keep("staged_and_stored")
    found = checks.warned("application_rows", decisions=_decisions(programme))
    found += [*checks.warned("application_amounts"), *checks.warned("closing_dates", "closed_on")]
    found += [*checks.warned("application_firms"), *_sizes_that_contradict(store)]
    return _in_order(found, APPLICATION_REASONS)


def _application_parameters(programme: Programme, today: dt.date) -> dict[str, object]:
    sizes = set(programme.codes("size_class")) if programme.size_classes else set()
    return dataclasses.asdict(LIMITS) | {
        "placeholders": list(LIMITS.placeholders),
        "known_reasons": [*programme.ineligible_reasons, *programme.threshold_reasons],
        "today": today,
        "call_opened": pd.Period(programme.call_opened).start_time.date() if programme.call_opened else None,
        "grant_max": programme.grant_max,
        "sme_only": bool(sizes) and sizes <= {"micro", "small", "medium"},
    }


def _decisions(programme: Programme) -> pd.DataFrame:
    """The tranches of which the programme file knows the day of the decision: tranche, decided_on."""
    rows = [(tranche.id, tranche.decided_on) for tranche in programme.tranches if tranche.decided_on]
    frame = pd.DataFrame(rows, columns=["tranche", "decided_on"])
    return frame.astype({"tranche": "str"}).assign(decided_on=pd.to_datetime(frame["decided_on"]).dt.date)


def _sizes_that_contradict(store: Store) -> list[Warned]:
    """Size classes that are not what staff and accounts say."""
    stated = store.frame("stated_sizes")
    columns = ("employees", "turnover_eur", "balance_sheet_eur")
    computed = [
        size_class(float(staff), _amount(turnover), _amount(balance))
        for staff, turnover, balance in stated[list(columns)].itertuples(index=False, name=None)
    ]
    wrong = stated[stated["size_class"] != pd.Series(computed, index=stated.index, dtype=object)]
    if wrong.empty:
        return []
    first = wrong.iloc[0]
    details: dict[str, object] = {
        "row": int(first["row_number"]),
        "size": str(first["size_class"]),
        "value": float(first["employees"]),
    }
    return [Warned("size_contradicts", len(wrong), "size_class", str(first["application_id"]), details)]


def _amount(euros: float) -> float | None:
    return euros if euros == euros else None


def _in_order(found: list[Warned], reasons: tuple[str, ...]) -> tuple[Warned, ...]:
    place = {reason: i for i, reason in enumerate(reasons)}
    return tuple(sorted(found, key=lambda warned: place[warned.reason]))


def _today() -> dt.date:
    return utc_now().astimezone(ROME).date()
