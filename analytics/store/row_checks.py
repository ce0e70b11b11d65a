"""What the rows of a file say together: asked of those whose cells are good."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd

from analytics.programme.classifications import AmbiguousCodeError, UnknownCodeError, division_2007
from analytics.programme.file import Programme
from analytics.store.cells.parser import Rejection
from analytics.store.columns import Table, required_of_firms
from analytics.store.database import FREQUENCY
from analytics.store.staging import Staging


@dataclass(frozen=True, slots=True)
class Checked:
    """Applications that are good so far, and what is wrong with the others, each with the number of its sheet.

    frame: canonical columns of objects (text, decimals, days; None = empty), sheet and row_number.
    """

    frame: pd.DataFrame
    rejections: tuple[tuple[int, Rejection], ...] = ()


def _reject(checked: Checked, mask: pd.Series, column: str, reason: str, expected: pd.Series | str = "") -> Checked:
    """Move the rows under the mask to the rejected ones."""
    under = mask.to_numpy(dtype=bool)
    if not under.any():
        return checked
    rows = checked.frame[under]
    expectations: Sequence[object] = (
        list(expected.loc[rows.index]) if isinstance(expected, pd.Series) else [expected] * len(rows)
    )
    found = [
        (int(sheet), Rejection(int(row), "", _written(value), reason, str(wording), ours=column))
        for sheet, row, value, wording in zip(
            rows["sheet"], rows["row_number"], rows[_stored(column)], expectations, strict=True
        )
    ]
    return Checked(checked.frame[~under].reset_index(drop=True), (*checked.rejections, *found))


def _stored(column: str) -> str:
    return "firm_id" if column == "fiscal_code" else column


def _written(value: object) -> str:
    if value is None:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _reject_repeated(checked: Checked, key: str) -> Checked:
    """Of rows with the same key the first stays."""
    repeated = checked.frame.duplicated(_stored(key))
    if not repeated.any():
        return checked
    first = checked.frame.groupby(_stored(key))["row_number"].transform("first")
    return _reject(checked, repeated, key, "repeated", first)


def check_applications(staging: Staging, table: Table, programme: Programme) -> None:
    """Reject what the rows say wrongly together, and together with what is known of their applications: duplicates,
    awards that contradict the outcome, activity codes that their edition does not have, another firm than the
    application's. Adds the ATECO 2007 division.
    """
    of_award = {column.name for column in table if column.of_award}
    others = {str(application): str(firm) for application, firm in staging.store.rows("staged_other_firms")}
    staging.complete()
    checked = Checked(staging.frame())
    for name in dict.fromkeys([*(column.name for column in table if column.required), *programme.requires]):
        empty = checked.frame[_stored(name)].isna()
        checked = _reject(
            checked, empty & checked.frame["awarded_on"].notna() if name in of_award else empty, name, "missing"
        )
    checked = _reject_repeated(checked, "application_id")
    stored = checked.frame["application_id"].map(others)
    checked = _reject(checked, stored.notna(), "fiscal_code", "other_firm", stored)
    awarded, outcome = checked.frame["awarded_on"].notna(), checked.frame["outcome"]
    checked = _reject(checked, outcome.isin(["funded", "revoked"]) & ~awarded, "awarded_on", "award_missing")
    awarded, outcome = checked.frame["awarded_on"].notna(), checked.frame["outcome"]
    checked = _reject(
        checked, outcome.isin(["not_funded", "not_admitted"]) & awarded, "awarded_on", "award_contradicts"
    )
    _keep_checked(staging, _add_divisions(_reject_outside_call(checked, programme)))


def check_comparison(staging: Staging, table: Table, programme: Programme) -> None:
    """Reject what the rows of firms from outside the applicants say wrongly together, and with what is known of them:
    a firm that stands twice, one that applied, an activity code that its edition does not have. Adds the ATECO 2007
    division.
    """
    applied = {str(firm) for (firm,) in staging.store.rows("staged_applicants")}
    staging.complete()
    checked = Checked(staging.frame())
    for name in required_of_firms(table, programme):
        checked = _reject(checked, checked.frame[_stored(name)].isna(), name, "missing")
    checked = _reject(checked, checked.frame["firm_id"].isin(applied), "fiscal_code", "applied")
    checked = _reject_repeated(checked, "fiscal_code")
    _keep_checked(staging, _add_divisions(checked))


def _keep_checked(staging: Staging, checked: Checked) -> None:
    """Stage what is wrong, take those rows out, and keep the divisions of the others."""
    for sheet in {sheet for sheet, _ in checked.rejections}:
        staging.reject(sheet, [rejection for number, rejection in checked.rejections if number == sheet])
    staging.remove_rejected()
    staging.set_derived(checked.frame)


def _reject_outside_call(checked: Checked, programme: Programme) -> Checked:
    """Reject awards of before the call opened and grants above its maximum."""
    if programme.call_opened is not None:
        opened = pd.Period(programme.call_opened).start_time.date()
        early = checked.frame["awarded_on"].map(lambda day: day is not None and day < opened).astype(bool)
        checked = _reject(checked, early, "awarded_on", "award_before_call", programme.call_opened)
    if programme.grant_max is not None:
        most = programme.grant_max
        large = checked.frame["grant_eur"].map(lambda euros: euros is not None and float(euros) > most).astype(bool)
        checked = _reject(checked, large, "grant_eur", "too_large", f"{most:g}")
    return checked


def _add_divisions(checked: Checked) -> Checked:
    """Add the ATECO 2007 division of each activity code; without an edition a code is of 2007."""
    division: dict[tuple[str, str], int] = {}
    problem: dict[tuple[str, str], str] = {}
    codes, editions = checked.frame["ateco_code"], checked.frame["ateco_edition"].fillna("2007")
    for pair in set(zip(codes, editions, strict=True)):
        if pair[0] is None:
            continue
        try:
            division[pair] = division_2007(*pair)
        except UnknownCodeError:
            problem[pair] = "ateco_unknown"
        except AmbiguousCodeError:
            problem[pair] = "ateco_ambiguous"
    pairs = pd.Series(list(zip(codes, editions, strict=True)), index=checked.frame.index, dtype=object)
    checked = replace(checked, frame=checked.frame.assign(division=pairs.map(division).astype("Int64")))
    reasons = pairs.map(problem)
    for reason in ("ateco_unknown", "ateco_ambiguous"):
        mask = reasons == reason
        checked = _reject(checked, mask, "ateco_code", reason, editions)
        reasons, editions = reasons[~mask].reset_index(drop=True), editions[~mask].reset_index(drop=True)
    return checked


def check_sales(staging: Staging, table: Table, programme: Programme) -> None:
    """Reject firms that neither applied nor are compared from outside, second rows of a firm and period, and periods of
    another frequency than the programme's.
    """
    del table, programme
    store = staging.store
    staging.check("reject_unknown_firms", {"reason": "firm_unknown"})
    staging.check("reject_repeated_sales", {"reason": "repeated"})
    frequency = store.frequency or next((FREQUENCY[n] for (n,) in store.rows("commonest_length")), "")
    length = next((n for n, name in FREQUENCY.items() if name == frequency), 0)
    staging.check("reject_other_frequencies", {"reason": "frequency", "length": length, "frequency": frequency})
