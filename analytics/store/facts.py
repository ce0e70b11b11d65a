"""What a store holds, counted: what a programme file is checked against."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.store.database import Store


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of applications, see facts_applications.sql; reasons of exclusion -> applications; outcome -> year ->
    figures of the firms that applied; first_period, last_period: of their sales, "" where there are none; outside:
    comparison firms from outside the applicants.
    """

    applications: int
    without_edition: int
    without_day: int
    without_reason: int
    reasons: Mapping[str, int]
    figures: Mapping[str, Mapping[str, int]]
    first_period: str
    last_period: str
    outside: int


def facts_of(store: Store) -> Facts:
    """The facts of an open store."""
    [counts] = store.records("facts_applications", {})
    sales = store.rows("facts_sales")
    figures: dict[str, dict[str, int]] = {}
    for outcome, year, n, _, _ in sales:
        figures.setdefault(outcome, {})[year] = int(n)
    return Facts(
        **{name: int(str(n)) for name, n in counts.items()},
        reasons={str(reason): int(n) for reason, n in store.rows("facts_reasons")},
        figures=figures,
        first_period=min((row[3] for row in sales), default=""),
        last_period=max((row[4] for row in sales), default=""),
        outside=store.number("SELECT count(*) FROM current_comparison_firms"),
    )
