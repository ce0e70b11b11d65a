"""From where on loaded data look wrong: the limits of the plausibility warnings, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlausibilityLimits:
    """Limits that the SQL files of the warnings take as parameters of the same names.

    Powers and distances are differences of decimal logarithms: 3 is a thousand times.
    """

    # Fewer than six equal amounts in a row happen to firms with a fixed fee.
    few_periods: int = 6
    # One wrong period among four is still told from the other three by their median.
    few_for_level: int = 4
    # Of fewer than five firms the typical one says nothing of everybody.
    few_firms: int = 5
    # Two may repeat by chance; what three have in common has a cause.
    few_to_compare: int = 3
    # Twenty rows with one value or date are no coincidence of a few friends of round numbers.
    few_rows: int = 20
    # A factor of two around 100 or 1,000: firms vary less than that from their own level, units differ by more.
    near_power: float = 0.3
    # Fifty times: beyond what a typical firm's month does, below what cents taken for euros do (a hundred).
    far_away: float = 1.7
    # Eight times a firm's own median distance from its level, above five standard deviations of a normal one.
    noise_units: float = 8.0
    # More than a third of a firm's periods is another level, no mistake in some periods.
    spike_share: float = 1 / 3
    # What holds for more than half is no exception.
    most: float = 0.5
    # Firms close one by one; half of them missing from one period and back in the next is a file's doing.
    thin: float = 0.5
    # Some firms forget a period; one in five is a pattern.
    gap_share: float = 0.2
    # A part is larger than its whole by rounding alone up to one euro.
    rounding: float = 1.0
    # A decimal logarithm: a typical part below a thousandth of its whole is in thousands, and the whole in units.
    tiny_share: float = -3.0
    # There are 193 members of the United Nations and few other places that parcels go to.
    most_countries: int = 200
    # One amount above zero in one value of twenty is a code or a default, not what firms sold.
    one_value_share: float = 0.05
    # Amounts typed where the true one is not known.
    placeholders: tuple[int, ...] = (
        *(9_999, 99_999, 999_999, 9_999_999, 99_999_999, 11_111, 111_111, 1_111_111, 123_456, 1_234_567, 12_345_678),
    )
    # One funded firm in five without sales changes whom the effects speak of.
    least_coverage: float = 0.8
    # Arms covered twenty points apart are not compared like with like.
    coverage_difference: float = 0.2
    # More than half of an arm would have to be collected in another way for the arms to be alike.
    source_difference: float = 0.5
    # Evaluations look back a few years; a decade before the call is another file or another century.
    years_before_call: int = 10
    # The register of firms in its present form is younger; earlier dates stand for "none" (1900-01-01 of spreadsheets).
    first_closing: str = "1950-01-01"
    # The national registers of aid begin later; earlier dates stand for "none".
    first_other_aid: str = "1990-01-01"
    # Acts follow a decision within weeks.
    days_from_decision: int = 60
    # A call awards its grants within three years; later ones are another call's.
    days_from_call: int = 3 * 365
    # Limits of a medium firm, Recommendation 2003/361/EC.
    sme_staff: float = 250.0
    sme_turnover: float = 50e6
    sme_balance: float = 43e6
    # Some firms have no staff or sold nothing; one in five is how a form writes "unknown".
    zero_share: float = 0.2
    # Even part-time trades turn over some thousands of euros per head in a year; thousands read as euros do not.
    least_turnover_per_head: float = 2_000.0
    # Many firms close at a year's end; nearly half of all closures on one day is a date of the list itself.
    one_date_share: float = 0.4
    # Rows of the firms that stand for all in what typical firms tell: thousands of firms, in a second.
    most_rows: int = 300_000
    # Firms whose own mistakes are looked for, of each kind: the furthest first, so that the rest looks less wrong.
    most_suspects: int = 3_000


LIMITS = PlausibilityLimits()
