"""What the rows of a release's table `reconciliation_gaps` say: their codes, and whether every gap is explained."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

STANDS: Final = "*"  # in place of a reason: what stands at the step
TOGETHER: Final = "+"  # between reasons that are told as one
NOT_EXPLAINED: Final = "not_explained"  # never told together with others
INELIGIBLE: Final = "ineligible_"  # before the programme's own code of a reason
PATHS: Final = ("in_all", "awards", "payments", "analysis", "comparison")
UNITS: Final = ("applications", "firms", "amount")
STEPS: Final = (
    *("announced", "applications", "awarded", "firms", "still_funded", "paid"),
    *("selling", "matched", "measured", "analysed", "turned_down", "eligible", "compared"),
)
REASONS: Final = (
    *("not_admitted", "not_funded", "withdrawn_before", "undated", "further_awards", "endowment_left"),
    *("revoked", "withdrawn", "revoked_unpaid", "withdrawn_unpaid", "waiting", "payment_unknown"),
    *("paid_in_part", "paid_above", "also_awarded", "further_applications"),
    *("no_sales", "no_sector", "no_funded_in_sector", "closed_unreported", "not_reported"),
    *("no_funded_measured", "year_not_over", "nothing_before", "nothing_after", "few_periods"),
    *("never_sold", "sold_nothing_before", "closed", "sold_nothing_after", "never_both", "no_sales_in_a_window"),
    *("no_counterpart", NOT_EXPLAINED),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two steps that are told, of one path, tranche and unit. lost: the difference of the steps;
    explained: what the reasons that are told add up to, but for what is not explained; None: not all of them are told.
    """

    path: str
    tranche: str
    step: str
    unit: str
    lost: float
    explained: float | None

    @property
    def is_explained(self) -> bool:
        """Whether nothing is left; of a gap whose reasons are not all told that cannot be seen."""
        return self.explained is None or round(self.lost - self.explained, 2) == 0


def gaps_of(rows: pd.DataFrame) -> Iterator[Gap]:
    """Every gap of the table."""
    for key, chain in rows.sort_values("place").groupby(["path", "tranche", "unit"], sort=False):
        path, tranche, unit = map(str, key)
        before: float | None = None
        explained: float | None = 0.0
        for row in chain.to_dict("records"):
            value = None if pd.isna(row["value"]) else float(row["value"])
            if row["reason"] != STANDS:
                is_known = explained is not None and value is not None
                explained = (explained or 0.0) + (value or 0.0) * (row["reason"] != NOT_EXPLAINED) if is_known else None
            elif value is not None:
                if before is not None:
                    yield Gap(path, tranche, str(row["step"]), unit, round(before - value, 2), explained)
                before, explained = value, 0.0
