"""How far firms differ: a dot is never one firm, dots do not touch, and far ones stand in a pile that says so."""

from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics import charts
from analytics.language.text import Text
from tests.charts.examples import FIRMS, SIMULATED
from tests.helpers.markup import at, of_class, one, parsed, places, style_of, words

NARROWEST = 300  # px


def drawn(text: Text, dots=FIRMS, median: float = 0.1, n: int = 140):
    return parsed(charts.spread(dots, median=median, n=n, per_dot=10, data_mark=SIMULATED, text=text))


def ticks(root) -> list[tuple[float, str]]:
    return [(float(style_of(tick, "left")[:-1]) / 100, words(tick)) for tick in one(root, "ticks")]


def test_a_dot_is_never_one_firm_and_says_how_many_it_is(text) -> None:
    """As many dots as means were given, each of about ten firms, in words beside them and for who cannot see."""
    root = drawn(text)
    assert len(of_class(root, "dot")) == len(FIRMS)
    per_dot = text("chart.per_dot", firms=text.count("chart.firms", 10))
    assert per_dot in words(one(root, "axis-words"))
    assert text.count("chart.firms", 140) in words(one(root, "axis-words"))
    said = one(root, "drawing").get("aria-label", "")
    assert per_dot in said
    for part in (text.percent(0.1), str(len(FIRMS)), text.percent(-0.4), text.percent(8.0)):
        assert part in said


def test_each_dot_stands_in_its_bin_and_far_ones_in_a_pile_that_says_so(text) -> None:
    """Beyond +200% there is no scale: the words say what the last pile holds."""
    root = drawn(text)
    (zero, _), (hundred, _) = (next(t for t in ticks(root) if t[1] == text.percent(v)) for v in (0.0, 1.0))
    values = sorted((at(dot) - zero) / (hundred - zero) for dot in of_class(root, "dot"))
    near = sorted(value for value in FIRMS if value <= 2)
    assert all(abs(x - value) <= 0.1001 for x, value in zip(values, near, strict=False))
    assert sum(value > 2 for value in values) == 2
    assert text("chart.far_pile", value=text.percent(2.0)) in words(one(root, "axis-words"))
    exact = drawn(text, [-0.05, 0.05, 0.1], median=0.05, n=40)
    assert text("chart.far_pile", value=text.percent(2.0)) not in words(one(exact, "axis-words"))


def test_the_median_and_the_comparison_have_lines_and_words(text) -> None:
    """A dashed line at the median, a solid one at no difference; without dots the median stands alone."""
    root = drawn(text)
    assert [words(guide) for guide in of_class(root, "guide")] == [
        text("chart.as_comparison"),
        f"{text('chart.median')} {text.percent(0.1)}",
    ]
    assert at(one(root, "zero"), "x1") < at(one(root, "reference"), "x1")
    alone = drawn(text, [], median=0.22, n=31)
    assert at(one(alone, "dot")) == at(one(alone, "reference"), "x1")
    assert text("chart.per_dot", firms=text.count("chart.firms", 10)) not in words(alone)
    assert text.percent(0.22) in one(alone, "drawing").get("aria-label", "")


def test_the_watermark_has_a_row_of_its_own(text) -> None:
    """Under the dots, where nothing is drawn."""
    row = one(drawn(text), "mark-row")
    assert one(row, "watermark").get("data-mark") == SIMULATED
    assert not list(row.iter("svg"))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_spread_needs_finite_numbers(bad: float) -> None:
    """Dots and median."""
    for dots, median in (([bad], 0.1), ([0.1], bad)):
        with pytest.raises(ValueError, match="finite"):
            charts.spread(dots, median=median, n=31, per_dot=10, data_mark=None, text=Text())


@settings(max_examples=60)
@given(st.lists(st.integers(-20, 200).map(lambda i: i / 20), max_size=50), st.floats(-1, 1e4))
@example(dots=[1.15], median=0.0)  # between two bins, but for rounding
def test_wild_dots_stay_inside_and_never_touch(dots: list[float], median: float) -> None:
    """On the narrowest page, where they are largest for their room."""
    root = drawn(Text(), dots, median, 500)
    assert all(0 <= place <= 100 for place in places(root))
    circles = of_class(root, "dot")
    assert len(circles) == max(len(dots), 1)
    high = float(style_of(root.find(".//svg"), "height")[:-2])
    seen = [(at(dot) * NARROWEST, float(dot.get("cy", "")), float(dot.get("r", ""))) for dot in circles]
    assert all(0 < r <= y <= high - r + 0.51 for _, y, r in seen)
    for (x, y, r), (x2, y2, _) in combinations(seen, 2):
        assert abs(x - x2) >= 2 * r - 0.05 or abs(y - y2) >= 2 * r - 0.05
