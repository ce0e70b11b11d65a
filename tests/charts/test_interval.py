"""An interval and its axis: bands nest, a shared axis holds zero, and a few far estimates do not flatten the others."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.charts import Axis, Mark, key, scale_of, shared_axis
from analytics.charts.kit.interval import LEVELS, Line, band, draw_interval
from analytics.model import Unit
from tests.charts.examples import GAIN, LOSS, WIDE, marks
from tests.helpers.markup import at, classes, of_class, parsed, rule, words

AXIS = Axis(-0.5, 0.5, 0.25)


def test_bands_nest_between_the_half_and_the_whole_interval() -> None:
    """Wider levels reach further, on both sides; the widest is the 95% interval itself."""
    for mark in (GAIN, LOSS, WIDE):
        levels = [band(mark, level) for level in LEVELS]
        assert levels[0] == pytest.approx((mark.low, mark.high))
        assert all(a[0] < b[0] < mark.low_50 and mark.high_50 < b[1] < a[1] for a, b in pairwise(levels))


def test_bands_are_drawn_widest_first_and_fade_outwards() -> None:
    """So that each lies on the wider one; without a 50% interval there is neither band nor bar."""
    drawn = of_class(parsed(draw_interval(GAIN, Line(AXIS), words=str, told=True)), "band")
    assert [next(iter(classes(one) - {"band"})) for one in drawn] == [f"b{round(100 * level)}" for level in LEVELS]
    assert all(at(a, "x") < at(b, "x") and at(a, "width") > at(b, "width") for a, b in pairwise(drawn))
    shades = [int(rule(f".band.b{round(100 * level)}")["fill"][1:3], 16) for level in LEVELS]
    assert shades == sorted(shades, reverse=True)
    bare = parsed(draw_interval(Mark(0.1, -0.2, 0.3), Line(AXIS), words=str, told=True))
    assert not of_class(bare, "band")
    assert not of_class(bare, "bar")
    assert of_class(bare, "hair")


def test_only_fractions_end_at_minus_one_hundred_percent() -> None:
    """Nothing falls by more than all of it; scores and points may be any number."""
    assert min(shared_axis([Mark(-1.5, -1.9, 0.5, -1.7, -1.0)], scale=scale_of(Unit.SCORE)).ticks()) < -1
    assert min(shared_axis([Mark(0, -1, 3, -0.9, 1)], scale=scale_of(Unit.FRACTION)).ticks()) >= -1


def test_a_few_far_estimates_do_not_flatten_the_others() -> None:
    """The axis goes as far as twice the typical width from the middle."""
    near = [GAIN] * 6
    far = shared_axis([*near, Mark(9.0, 8.0, 9.9, 8.8, 9.3)])
    assert far.high < GAIN.value + 2.5 * (GAIN.high - GAIN.low)
    assert all(far.holds(end) for end in (GAIN.low, GAIN.high))
    assert shared_axis(near, [0.9]).high >= 0.9


@given(st.lists(marks, max_size=15))
def test_a_shared_axis_holds_zero_and_has_few_ticks(of_rows: list[Mark]) -> None:
    """Whatever it is of."""
    axis = shared_axis(of_rows)
    assert axis.low < 0 < axis.high
    assert 1 <= len(axis.ticks()) <= 9
    assert all(tick >= -1 for tick in axis.ticks())


def test_no_tick_stands_below_the_least_value() -> None:
    """What of the axis lies below it is an empty band, and drawing ends there."""
    axis = Axis(-0.3, 1.0, 0.1, 0.0)
    assert axis.ticks()[0] == 0.0
    assert axis.floor == 0.0
    assert Axis(-0.3, 1.0, 0.1).floor == -0.3
    assert Axis(-0.3, 1.0, 0.1).ticks()[0] == pytest.approx(-0.3)


def test_the_key_shows_both_kinds_of_interval_as_the_rows_do(text) -> None:
    """One of which something is said, one of which nothing can be, and what bar and ends are."""
    root = parsed(key(text))
    told, open_ = root.findall("p/span/svg")
    for svg, opened in ((told, False), (open_, True)):
        [dot], [bar] = of_class(svg, "dot"), of_class(svg, "bar")
        assert ("open" in classes(dot)) is opened
        assert ("open" in classes(bar)) is opened
    for name in ("key_told", "key_open", "key_parts"):
        assert text(f"chart.{name}") in words(root)
