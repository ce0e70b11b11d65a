"""Files that can be loaded and still look wrong: what is said of them, and that nothing is said of a right one."""

from collections.abc import Callable, Iterator

import numpy as np

from tests.helpers.officer import Rows, application, as_csv, code
from tests.store.corpus.case import PERSON, A, B, C, Case, Loaded, case

FIRMS = 16
CODES = (*(code(n) for n in range(1, FIRMS + 1)), A, B, C, PERSON)
MONTHS = tuple(f"{year}-{month:02}" for year in (2019, 2020, 2021) for month in range(1, 13))
Change = Callable[[dict[str, object], int, int], dict[str, object]]  # a row, its firm, its month's place -> the row


def _arms() -> bytes:
    """Sixteen firms, every second one funded; the four that every case begins with are, too."""
    none = {"outcome": "not_funded", "tranche": "", "awarded_on": "", "grant_eur": ""}
    return as_csv([application(n, **({} if n % 2 else none)) for n in range(1, FIRMS + 1)])


def _sales(change: Change = lambda row, firm, month: row) -> Rows:
    """Sales of all twenty in all months, each row changed."""
    draw = np.random.default_rng(7)
    rows: Rows = []
    for firm, firm_id in enumerate(CODES, start=1):
        for month, period in enumerate(MONTHS):
            online = 1000 * firm**0.5 * draw.uniform(0.8, 1.2)
            row = {"fiscal_code": firm_id, "period": period, "online_sales_eur": f"{online:.2f}"}
            row |= {"total_sales_eur": f"{online * draw.uniform(2, 4):.2f}", "source": "closing_report"}
            changed = change(row, firm, month)
            rows += [changed] if changed else []
    return rows


def _times(factor: float) -> Callable[[dict[str, object]], dict[str, object]]:
    def changed(row: dict[str, object]) -> dict[str, object]:
        return row | {name: f"{float(str(row[name])) * factor:.2f}" for name in ("online_sales_eur", "total_sales_eur")}

    return changed


def _doubt(name: str, reason: str, rows: Rows, *, before: tuple[tuple[str, str, bytes], ...] = ()) -> Case:
    outcome = Loaded(warns=(reason,)) if reason else Loaded(quiet=True)
    earlier = [("applications", "arms.csv", _arms()), *before]
    return case(f"doubt: {name}", as_csv(rows), outcome, earlier=earlier)


def cases() -> Iterator[Case]:
    """Every case of this kind."""
    yield _doubt("none", "", _sales())
    yield from _levels()
    yield from _series()
    yield from _applications()


def _levels() -> Iterator[Case]:
    thousand, hundred = _times(1000), _times(100)
    yield _doubt("a month in other units", "scale", _sales(lambda row, _, month: thousand(row) if month == 20 else row))
    yield _doubt("a month in cents", "scale", _sales(lambda row, _, month: hundred(row) if month == 20 else row))
    yield _doubt(
        "a year in thousands", "scale", _sales(lambda row, _, month: _times(0.001)(row) if month >= 24 else row)
    )
    yield _doubt(
        "a firm in other units in a month",
        "scale",
        _sales(lambda row, firm, month: thousand(row) if (firm, month) == (3, 20) else row),
    )
    yield _doubt(
        "a firm in other units in a year",
        "scale",
        _sales(lambda row, firm, month: thousand(row) if firm == 3 and month >= 28 else row),
    )

    def above(row: dict[str, object], firm: int, month: int) -> dict[str, object]:
        return row | {"total_sales_eur": "1.00"} if (firm, month) == (3, 20) else row

    yield _doubt("online above total", "above_whole", _sales(above))
    first = ("sales", "first.csv", as_csv(_sales(lambda row, _, month: row if month < 24 else {})))
    later = _sales(lambda row, _, month: thousand(row) if month >= 24 else {})
    yield _doubt("a later file in other units", "scale", later, before=(first,))

    def countries(row: dict[str, object], firm: int, month: int) -> dict[str, object]:
        return row | {"destination_countries": "900" if (firm, month) == (3, 20) else "3"}

    yield _doubt("countries beyond those of the world", "countries", _sales(countries))
    half = _sales(lambda row, firm, month: row | {"destination_countries": "2.5"})
    yield _doubt("half a country", "countries", half)


def _series() -> Iterator[Case]:
    rows = _sales()
    values = {(row["fiscal_code"], row["period"]): row["online_sales_eur"] for row in rows}
    repeated = [
        row | {"online_sales_eur": values[row["fiscal_code"], MONTHS[19]]} if row["period"] == MONTHS[20] else row
        for row in rows
    ]
    yield _doubt("a month that repeats the last", "repeated_periods", repeated)
    yield _doubt(
        "a month that nobody has", "missing_periods|gaps", _sales(lambda row, _, month: {} if month == 20 else row)
    )
    yield _doubt(
        "a month that few have",
        "thin_periods|gaps",
        _sales(lambda row, firm, month: {} if month == 20 and firm > 3 else row),
    )
    yield _doubt(
        "a month of zeros",
        "zero_periods",
        _sales(lambda row, _, month: row | {"online_sales_eur": "0"} if month == 20 else row),
    )
    yield _doubt(
        "gaps of many firms", "gaps", _sales(lambda row, firm, month: {} if firm < 9 and month == 12 + firm else row)
    )
    yield _doubt(
        "a month to come",
        "future_periods|far_periods",
        _sales(lambda row, firm, month: row | {"period": "2031-03"} if (firm, month) == (3, 35) else row),
    )
    yield _doubt(
        "a month of another century",
        "early_periods|far_periods",
        _sales(lambda row, firm, month: row | {"period": "1921-03"} if (firm, month) == (3, 0) else row),
    )
    survey = _sales(lambda row, firm, _: row | {"source": "closing_report" if firm % 2 or firm > FIRMS else "survey"})
    yield _doubt("another source in each arm", "sources_by_arm", survey)
    yield _doubt("one arm alone", "coverage", _sales(lambda row, firm, _: row if firm % 2 or firm > FIRMS else {}))
    twins = [
        row | {"online_sales_eur": values[code(3), row["period"]]} if row["fiscal_code"] == code(4) else row
        for row in rows
    ]
    yield _doubt("two firms with one series", "same_series", twins)
    yield _doubt(
        "a firm that never changes",
        "constant",
        _sales(lambda row, firm, _: row | {"online_sales_eur": "250.00"} if firm == 3 else row),
    )
    first = ("sales", "first.csv", as_csv(rows))
    second = ("sales", "second.csv", as_csv([_times(1.02)(row) for row in rows]))
    old = [row | {"source": "again"} for row in rows]
    yield _doubt("the earlier file after the later one", "older_vintage", old, before=(first, second))


def _applications() -> Iterator[Case]:
    def rows(**changes: object) -> bytes:
        columns = {
            "eligible_spend_eur": "14000",
            "paid_eur": "9000",
            "closed_on": "",
            "employees": "5",
            "turnover_eur": "900000",
        }
        # the second application stays as it should be
        return as_csv([application(1, **(columns | changes)), application(2, **columns)])

    for name, reason, changes in (
        ("closed in 1900", "closed_long_ago", {"closed_on": "1900-01-01"}),
        ("closed in the future", "closed_in_future", {"closed_on": "2090-01-01"}),
        ("closed before the award", "closed_before", {"closed_on": "2020-07-01"}),
        ("awarded in the future", "awarded_in_future|awarded_", {"awarded_on": "2090-01-01"}),
        ("awarded years after the call", "awarded_", {"awarded_on": "2024-01-01"}),
        (
            "awarded far from the decision",
            "awarded_far_from_decision",
            {"tranche": "third", "awarded_on": "2020-07-01"},
        ),
        ("paid above the grant", "paid_above_grant", {"paid_eur": "9500"}),
        ("a grant above what was spent", "grant_above_spend", {"eligible_spend_eur": "5000"}),
        ("staff beyond a medium firm's", "staff_above_sme", {"employees": "2500"}),
        ("turnover beyond a medium firm's", "turnover_above_sme|turnover", {"turnover_eur": "900000000"}),
        ("a size that its staff contradict", "size_contradicts", {"size_class": "medium"}),
    ):
        yield case(f"doubt: {name}", rows(**changes), Loaded(warns=(reason,)), kind="applications")
    twice = as_csv([application(1), application(1) | {"application_id": "A1bis"}])
    yield case("doubt: two awards of one firm", twice, Loaded(warns=("several_a",)), kind="applications")
    again = as_csv([application(1001) | {"application_id": "Z1"}])
    yield case(
        "doubt: an award of a firm that has one",
        again,
        Loaded(warns=("several_a|firms_already_there",)),
        kind="applications",
    )
    names = as_csv(
        [application(1, name="Ditta Rossi"), application(1, name="Bianchi Srl") | {"application_id": "A1bis"}]
    )
    yield case("doubt: a firm of two names", names, Loaded(warns=("two_names|several",)), kind="applications")
    person = as_csv([application(1) | {"fiscal_code": PERSON, "application_id": "P2"}])
    yield case(
        "doubt: a person that has applied",
        person,
        Loaded(warns=("several_a|firms_already_there",)),
        kind="applications",
    )
    strangers = as_csv([application(1), *(application(n) for n in range(50, 60))])
    yield case("doubt: none of new applications", strangers, Loaded(), kind="applications")
    unknown = [{"fiscal_code": code(n), "period": "2021-03", "online_sales_eur": "5"} for n in range(70, 90)]
    mixed = as_csv([{"fiscal_code": code(1001), "period": "2021-03", "online_sales_eur": "5"}, *unknown])
    yield case("doubt: another call's file", mixed, Loaded(), Loaded(warns=("unknown_firms",)), partial=True)
