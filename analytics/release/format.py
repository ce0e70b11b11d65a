"""What a release file holds: its format, its tables, and the columns of figures."""

from enum import StrEnum

from analytics.model import CheckReason, ConfStatus, Grade, ObsStatus, RangeKind, Reason, Result, Unit, Verdict

FORMAT_VERSION = 10
READABLE = (4, 5, 6, 7, 8, 9, 10)  # what an older one lacks is empty: an old address still shows its release
FIRST_SHARED = 8  # the format from which on sectors have a shared range
TELL_RULES = (4, 5)  # formats with the suppression ledger inside, and a status for each rule
LATER = {
    "spread": ("figure_id", "outcome", "sector", "horizon", "place", "value", "n", "obs_status"),
    "reconciliation_gaps": ("place", "path", "tranche", "step", "reason", "unit", "value", "obs_status"),
}
RELEASE_TABLES = ("figures", "lines", "spread", "reconciliation", "reconciliation_gaps", "applications")
PICTURES = ("lines", "spread")  # tables whose rows make one picture, with one id
KEY = ("outcome", "measure", "arm", "horizon")  # of a figure, and the dimensions
NUMBERS = (
    *("value", "low", "high", "shared_low", "shared_high", "half_low", "half_high", "sim_low", "sim_high"),
    *("p_value", "sim_p", "mde", "shrunk", "shrunk_low", "shrunk_high", "df", "level"),
)
WHOLE_NUMBERS = ("firms_needed", "years_needed", "n_funded", "n_comparison")
FLAGS = ("n_comparison_at_least",)
CODES: dict[str, type[StrEnum]] = {
    "unit": Unit,
    "range_kind": RangeKind,
    "grade": Grade,
    "verdict": Verdict,
    "result": Result,
    "because": CheckReason,
    "obs_status": ObsStatus,
    "conf_status": ConfStatus,
    "reason": Reason,
}
OF_FIGURE = (*NUMBERS, *WHOLE_NUMBERS, *CODES)
