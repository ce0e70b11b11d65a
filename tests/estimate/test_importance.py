"""The smallest effect that matters is one effect, on the scale of estimates and as values are shown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.estimate import as_shown
from analytics.estimate.estimands import symmetric_growth
from analytics.model import Estimand, Importance, Settings, Unit

EFFECTS = sorted({estimand.unit for estimand in Estimand})
SIZES = st.floats(1e-6, 10, allow_nan=False)


@given(fraction=SIZES, points=SIZES, unit=st.sampled_from(EFFECTS))
def test_both_scales_say_the_same_effect(fraction, points, unit):
    importance = Importance(fraction, points)
    assert as_shown(unit, importance.estimation(unit)) == pytest.approx((importance.shown(unit),), rel=1e-9)


@given(before=st.floats(1e-3, 1e6), fraction=SIZES)
def test_a_growth_that_matters_matters_in_every_unit(before, fraction):
    """Sales of a firm that grow by just that fraction: their logarithm and their score."""
    importance, after = Importance(fraction, 0.03), before * (1 + fraction)
    assert math.log(after / before) == pytest.approx(importance.estimation(Unit.FRACTION), rel=1e-9)
    assert symmetric_growth(before, after) == pytest.approx(importance.shown(Unit.SCORE), rel=1e-9)
    assert importance.estimation(Unit.SCORE) == importance.shown(Unit.SCORE)


def test_settings_hold_one():
    importance = Settings(mie=0.2, mie_points=0.05).importance
    assert importance == Importance(0.2, 0.05)
    assert importance.limits == (0.0, 0.2, -0.2)
    assert [importance.shown(unit) for unit in (Unit.FRACTION, Unit.POINTS, Unit.SCORE)] == [0.2, 0.05, 0.4 / 2.2]


@pytest.mark.parametrize("unit", sorted(set(Unit) - set(EFFECTS)))
def test_nothing_else_than_an_effect_has_one(unit):
    importance = Settings().importance
    for scale in (importance.estimation, importance.shown):
        with pytest.raises(ValueError, match=unit):
            scale(unit)
