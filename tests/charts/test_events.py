"""The event study: every published time is drawn where it lies, a withheld one is a gap, what leaves is an arrow."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import charts
from analytics.charts import EventPoint
from analytics.language.text import Text
from tests.charts.examples import EVENTS, SIMULATED, numbers
from tests.helpers.markup import classes, ends, of_class, one, parsed, places, style_of, words

BOX = 1000.0
PUBLISHED = [point for point in EVENTS if point.value is not None]


def drawn(text: Text, points=EVENTS, **others):
    return parsed(charts.event_study(points, data_mark=SIMULATED, text=text, **others))


def axis(root, text: Text):
    """Of a height in the drawing, its value, read off the words beside the axis."""
    zero = next(y for y in of_class(root, "y") if words(y) == text.percent(0.0))
    ten = next(y for y in of_class(root, "y") if words(y) == text.percent(0.2))
    top, other = (float(style_of(y, "top")[:-1]) / 100 * BOX for y in (zero, ten))
    return lambda y: (top - y) / (top - other) * 0.2


def pairs(path) -> list[tuple[float, float]]:
    """Both ends of each upright stroke."""
    heights = [y for _, y in ends(path)]
    return list(zip(heights[::2], heights[1::2], strict=True))


def test_every_published_time_is_drawn_at_its_value_with_both_its_ranges(text) -> None:
    """The dot, the interval of this time alone, and the band that holds for all, with a mark at its ends."""
    root = drawn(text)
    value = axis(root, text)
    dots = dict(ends(one(root, "event-dot")))
    assert [value(y) for y in dots.values()] == pytest.approx([point.value for point in PUBLISHED], abs=1e-3)
    for name, part in (("event-hair", "alone"), ("event-band", "band")):
        found = [(value(low), value(high)) for low, high in pairs(one(root, name))]
        for ours, point in zip(found, PUBLISHED, strict=True):
            assert ours == pytest.approx(getattr(point, part), abs=1e-3)
    assert len(pairs(one(root, "event-end"))) == 2 * len(PUBLISHED)


def test_a_withheld_time_is_a_gap_and_named(text) -> None:
    """No mark at it; the words say which is not published, and how far the others go before and after."""
    root = drawn(text)
    at = sorted({x for x, _ in ends(one(root, "event-dot"))})
    gaps = [b - a for a, b in pairwise(at)]
    assert len(at) == len(PUBLISHED)
    assert max(gaps) == pytest.approx(2 * min(gaps), abs=0.1)
    said = one(root, "drawing").get("aria-label", "")
    assert text("chart.alt.withheld", rows="+5") in said
    for value in (-0.09, -0.01, 0.0, 0.15):
        assert text.percent(value) in said


def test_the_award_stands_between_the_last_time_before_and_the_first_after(text) -> None:
    """With its word over it; what lies before is shaded up to it; zero has a line of its own."""
    root = drawn(text)
    award = ends(one(root, "award"))[0][0]
    before, after = [x for x, _ in ends(one(root, "event-dot"))][16:20:2]
    assert before < award < after
    word = one(root, "award-word")
    assert words(word) == text("chart.award")
    assert float(style_of(word, "left")[:-1]) / 100 * BOX == pytest.approx(award, abs=0.1)
    assert float(one(root, "before-zone").get("width", "")) == pytest.approx(award, abs=0.1)
    assert axis(root, text)(ends(one(root, "zero"))[0][1]) == pytest.approx(0, abs=1e-3)


def test_times_are_counted_in_quarters_or_years_and_few_are_named(text) -> None:
    """Whole years where there are many quarters; a plus after the award."""
    root = drawn(text)
    named = [words(x) for x in of_class(root, "x")]
    assert "0" in named
    assert "+12" in named
    assert len(named) <= 10
    assert words(one(root, "axis-words")) == text("chart.event_quarters")
    yearly = drawn(text, EVENTS[7:12], yearly=True)
    assert words(one(yearly, "axis-words")) == text("chart.event_years")
    assert text("chart.event_years") in one(yearly, "drawing").get("aria-label", "")


def test_what_leaves_the_axis_is_cut_and_has_an_arrow(text) -> None:
    """Two wide ones do not flatten the others; an estimate out of sight is no dot at the edge."""
    far = EventPoint(16, 9.0, 8.0, 9.9, 7.0, 11.0)
    wide = EventPoint(17, 0.1, -8.0, 9.0, -9.0, 10.0)
    root = drawn(text, [*EVENTS, far, wide])
    arrows = of_class(root, "leaves")
    assert [next(iter(classes(arrow) & {"up", "down"})) for arrow in arrows] == ["up", "up", "down"]
    assert len(set(ends(one(root, "event-dot")))) == len(PUBLISHED) + 1
    assert not of_class(drawn(text), "leaves")


def test_an_event_point_needs_finite_numbers() -> None:
    """What is unknown is None."""
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="finite"):
            EventPoint(0, bad)
        with pytest.raises(ValueError, match="finite"):
            EventPoint(0, 0.1, 0.0, 0.2, -0.1, bad)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.none() | numbers, numbers, numbers, st.booleans()), max_size=30),
    st.integers(-40, 0),
    st.booleans(),
)
def test_wild_events_stay_inside(values: list, first: int, yearly: bool) -> None:
    """Every stroke and every word; a dot or an arrow for each time that is published."""
    points = [
        EventPoint(
            first + i, v, *sorted((v or 0, a, b))[::2], *((min(v or 0, a) - 1, max(v or 0, b) + 1) if both else ())
        )
        for i, (v, a, b, both) in enumerate(values)
    ]
    root = drawn(Text(), points, yearly=yearly)
    strokes = [point for path in one(root, "curves").iter("path") for point in ends(path)]
    assert all(0 <= x <= BOX and 0 <= y <= BOX for x, y in strokes)
    assert all(0 <= place <= 100 for place in places(root))
    marked = [x for x, _ in ends(one(root, "event-dot"))]
    marked += [float(style_of(arrow, "left")[:-1]) / 100 * BOX for arrow in of_class(root, "leaves")]
    times = sum(after - before > 1 for before, after in pairwise(sorted([-BOX, *marked])))
    assert times == sum(value is not None for value, *_ in values)
