"""How coarse a published amount is follows from the amount and the number of firms, and tells no firm."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.build.rows.rounding import Amount, rough, rough_amount, rough_change, rough_means, share_for
from analytics.model import DisclosureRules

RULES = DisclosureRules()
P = RULES.p_percent / 100
LAST_DIGIT = 1e-9
DECADES = range(-5, 12)
# within a decade, the numbers that can be published: steps of 1, 2, 5, 10 where these are at least the share
LADDER = {
    0.02: [*range(100, 250, 5), *range(250, 500, 10), *range(500, 1000, 20)],
    0.1: [10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90],
    0.2: [10, 15, 20, 30, 40, 60, 80],
}
NUMBERS = {
    share: sorted(place * 10.0 ** (decade - len(str(ladder[0])) + 1) for decade in DECADES for place in ladder)
    for share, ladder in LADDER.items()
}
amounts = st.floats(0.01, 1e8)


def cell(told: float, share: float) -> tuple[float, float]:
    """What a reader knows of an amount from its published number: half-way to the numbers beside it."""
    numbers = NUMBERS[share]
    at = bisect_left(numbers, told * (1 - LAST_DIGIT))
    assert numbers[at] == pytest.approx(told, rel=LAST_DIGIT), "not a number of the ladder"
    return (numbers[at - 1] + told) / 2, (numbers[at + 1] + told) / 2


@pytest.mark.parametrize(
    ("value", "share", "told"),
    [
        (1234.0, 0.1, 1200.0),
        (1890.0, 0.1, 1800.0),
        (1910.0, 0.1, 2000.0),
        (47_300.0, 0.1, 45_000.0),
        (47_600.0, 0.1, 50_000.0),
        (97_000.0, 0.1, 100_000.0),
        (47_300.0, 0.02, 47_000.0),
        (123_456.0, 0.02, 125_000.0),
        (0.437, 0.02, 0.44),
        (47_300.0, 0.2, 40_000.0),
        (-47_300.0, 0.1, -45_000.0),
        (0.0, 0.1, 0.0),
    ],
)
def test_the_ladder_by_hand(value: float, share: float, told: float) -> None:
    assert rough(value, share) == pytest.approx(told, rel=LAST_DIGIT)


@given(value=amounts, share=st.sampled_from(sorted(LADDER)))
def test_a_published_number_tells_its_own_step(value: float, share: float) -> None:
    """It stands on the ladder, which a reader knows; the amount lies around it, in so wide a cell as was promised."""
    told = rough(value, share)
    low, high = cell(told, share)
    assert low * (1 - LAST_DIGIT) <= value <= high * (1 + LAST_DIGIT)
    assert high - low >= share * value * (1 - LAST_DIGIT)
    assert rough(told, share) == told


@given(value=amounts, n=st.integers(3, 1000), data=st.data())
def test_the_step_does_not_follow_the_largest(value: float, n: int, data: st.DataObject) -> None:
    """On either side of the public limits an amount comes out the same whatever its largest contribution is."""
    finest = 0.02 if n >= 100 else 0.1
    for share in (finest, 0.1, 0.2):
        places = [s for s in (finest, 0.1, 0.2) if s < share]
        lower = max(((s + finest) / (2 * P + finest) for s in places), default=0.0)
        upper = min((share + finest) / (2 * P + finest), 1.0)
        together = data.draw(st.floats(lower + 1e-6, upper - 1e-6)) * value
        largest = data.draw(st.floats(0.5, 1.0)) * together
        assert rough_amount(Amount(value, largest, together - largest, n), RULES) == rough(value, share)


firms = st.lists(st.floats(0.0, 1e6), min_size=4, max_size=20)


@given(firms=firms, dominant=st.floats(0.0, 1e8), more=st.sampled_from([0, 97, 120, 300]), data=st.data())
def test_two_sums_that_one_firm_separates_leave_it_open(
    firms: list[float], dominant: float, more: int, data: st.DataObject
) -> None:
    """The reader takes one sum from the other, and knows both ladders: what is left is open by 2p% of the firm."""
    each = sorted([*firms, dominant, *[1000.0] * more])
    left_out = data.draw(st.integers(0, len(each) - 1))
    own = each[left_out]
    lows, highs = [], []
    for members in (each, each[:left_out] + each[left_out + 1 :]):
        n, total = len(members), sum(members)
        if total / n < 0.01:
            return
        amount = Amount(total / n, members[-1] / n, members[-2] / n, n)
        share = share_for((amount,), RULES)
        assert share is not None
        low, high = cell(rough(total / n, share), share)
        lows.append(n * low)
        highs.append(n * high)
    low, high = lows[0] - highs[1], highs[0] - lows[1]
    assert low <= own * (1 + LAST_DIGIT)
    assert own <= high * (1 + LAST_DIGIT) + 1e-6
    assert high - low >= 2 * P * own * (1 - 1e-6)


def test_a_sum_of_gains_and_losses_that_one_firm_exceeds_is_not_published() -> None:
    """No share of the sum is coarse enough where one contribution is larger than all together."""
    assert rough_amount(Amount(1000.0, 9000.0, 8000.0, 200), RULES) is None
    assert rough_amount(Amount(-1000.0, 300.0, 200.0, 20), RULES) == -1000.0
    assert rough_amount(Amount(1234.5, 9000.0, 0.0, 20), DisclosureRules(p_percent=0.0)) == 1234.5


@pytest.mark.parametrize(
    ("ratio", "n", "told"),
    [(1.314, 120, 0.31), (1.314, 99, 0.30), (0.004, 99, -0.996), (0.0, 99, -1.0), (3.74, 120, 2.75), (36.2, 20, 36.0)],
)
def test_changes_by_hand(ratio: float, n: int, told: float) -> None:
    """To a point or to 5, coarser above +100%; what is left of a few percent is not told as nothing."""
    assert rough_change(ratio, n) == pytest.approx(told, abs=LAST_DIGIT)


@given(before=amounts, ratio=st.floats(0.01, 50), n=st.integers(10, 400))
def test_the_mean_after_rounds_the_mean_before_no_second_time(before: float, ratio: float, n: int) -> None:
    """It follows from what else is published: whoever divides it by one and the change has the mean before again."""
    means = [Amount(value, value / n, value / n, n) for value in (before, before * ratio)]
    told = rough_means(*means, RULES)
    assert told is not None
    assert told.change == rough_change(means[1].value / before, n)
    assert told.before == rough(before, share_for(tuple(means), RULES) or 0.1)
    assert told.after == pytest.approx(told.before * (1 + told.change), rel=1e-6, abs=1e-8)
