"""Lines over time: what is drawn is what was given, a gap stays a gap, the watermark lies where nothing is drawn."""

import datetime as dt
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import charts
from analytics.charts import Award, NamedLine, SmallChart
from analytics.charts.kit.plot import End, end_labels
from analytics.language.text import Text
from analytics.model import Arm
from tests.charts.examples import (
    AWARDS,
    COUNTS,
    DAYS,
    EVENTS,
    SERIES,
    SHARES,
    SIMULATED,
    SMALL,
    STATISTICS,
    lines,
    numbers,
    small,
)
from tests.helpers.markup import classes, ends, of_class, one, parsed, places, rule, style_of, words

BOX = 1000.0
LABEL = 36  # px of the words at the end of a line


def heights(drawing: object) -> dict[str, float]:
    """The written values of the axis, and where they stand: 0 on top, 1 below."""
    return {words(y): float(style_of(y, "top")[:-1]) / 100 for y in of_class(parsed(drawing), "y")}


def value_at(y: float, drawing: object) -> float:
    """The value of a height, read off the words beside the axis."""
    (low, at_low), (high, at_high) = [(float(words), at) for words, at in heights(drawing).items()][:2]
    return low + (at_low - y / BOX) / (at_low - at_high) * (high - low)


# ---- index lines -----------------------------------------------------------------------------------------------------


def test_every_point_is_drawn_at_its_value(text) -> None:
    """Read off the axis, in the order of time, left to right."""
    drawing = lines(text)
    root = parsed(drawing)
    for arm in Arm:
        published = [value for _, value in SERIES[arm] if value is not None]
        drawn = ends(one(root, "line", arm))
        assert [value_at(y, drawing) for _, y in drawn] == pytest.approx(published, abs=0.05)
        assert all(a[0] < b[0] for a, b in pairwise(drawn))
    assert "100" in heights(drawing)
    [base] = [ends(path) for path in of_class(root, "base")]
    assert value_at(base[0][1], drawing) == pytest.approx(100, abs=0.05)


def test_comparison_firms_are_dashed_grey_and_both_arms_named(text) -> None:
    """Told apart also without colours, by name where each line ends, with the firms behind it."""
    root = parsed(lines(text))
    assert "stroke-dasharray" in rule(".curves .line.comparison")
    assert "stroke-dasharray" not in rule(".curves .line.funded")
    for arm in Arm:
        said = words(one(root, "end-label", arm))
        assert said == f"{text(f'chart.{arm}')} {text.count('chart.firms', COUNTS[arm])}"
        assert said.split(" ")[0] in one(root, "drawing").get("aria-label", "")


def test_a_gap_stays_a_gap_and_a_lone_point_is_seen() -> None:
    """A new stroke after each gap; a point between two gaps has a marker, and no other has."""
    values = [90.0, 91.0, None, 92.0, None, *([93.0] * 15)]
    root = parsed(lines(Text(), {Arm.FUNDED: list(zip(DAYS, values, strict=True))}))
    line = one(root, "line", "funded")
    assert line.get("d", "").count("M") == 2
    assert len(ends(line)) == 2 + 15
    [marker] = of_class(root, "marker")
    assert len(set(ends(marker))) == 1


def test_few_points_get_markers_and_years_stand_at_yearly_points() -> None:
    """Three yearly points are seen as points, each over its year; of quarters the middle of each year is named."""
    yearly = {arm: [(dt.date(year, 7, 1), 100.0) for year in (1987, 1988, 1989)] for arm in Arm}
    few, many = parsed(lines(Text(), yearly, awards=[])), parsed(lines(Text()))
    for arm in Arm:
        assert len(set(ends(one(few, "marker", arm)))) == 3
    assert not of_class(many, "marker")
    assert [words(year) for year in of_class(few, "x")] == ["1987", "1988", "1989"]
    assert [words(year) for year in of_class(many, "x")] == ["2019", "2020", "2021", "2022", "2023"]
    at = [float(style_of(year, "left")[:-1]) / 100 * BOX for year in of_class(few, "x")]
    assert at == pytest.approx([x for x, _ in ends(one(few, "line", "funded"))], abs=0.2)


def test_named_years_do_not_touch_on_a_phone() -> None:
    """Every other gives way there: at 390 px the plot of six years is 212 px wide."""
    years = [year for year in of_class(parsed(lines(Text())), "x") if "also" not in classes(year)]
    at = [float(style_of(year, "left")[:-1]) / 100 * 212 for year in years]
    assert [words(year) for year in years] == ["2019", "2021", "2023"]
    assert all(b - a >= 4 * 7 for a, b in pairwise(at))
    assert rule(".lines:not(.small) .also") == {"display": "none"}


def test_an_arm_without_any_value_is_named_as_not_published(text) -> None:
    """In its place, and for who cannot see."""
    root = parsed(lines(text, SERIES | {Arm.COMPARISON: [(day, None) for day in DAYS]}))
    assert not of_class(root, "line", "comparison")
    assert words(one(root, "end-label", "comparison").find("small")) == text("chart.not_published")
    assert text("chart.not_published") in one(root, "drawing").get("aria-label", "")


def test_windows_and_awards_are_shown_and_named(text) -> None:
    """Before and after where they begin; an orange line for each award, and its day in words."""
    root = parsed(lines(text))
    zone = one(root, "before-zone")
    left = float(zone.get("x", "")) / BOX
    assert float(style_of(of_class(root, "window")[0], "left")[:-1]) / 100 == pytest.approx(left, abs=1e-3)
    assert [words(window) for window in of_class(root, "window")] == [
        text("chart.before_zone"),
        text("chart.after_zone"),
    ]
    assert len(of_class(root, "award")) == len(AWARDS)
    assert all(award.words in words(one(root, "awards")) for award in AWARDS)
    assert all(award.words in one(root, "drawing").get("aria-label", "") for award in AWARDS)
    assert not of_class(parsed(lines(text, awards=[])), "awards")


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=2, max_size=2), st.floats(90, 400))
def test_names_at_the_ends_of_lines_do_not_overlap(given_: list[tuple[float, bool]], height: float) -> None:
    """Wherever both lines end, also without a value."""
    labelled = [End("funded", 1.0 if gone else 1 - value / 100, "a", "b") for value, gone in given_]
    drawn = [parsed(label)[0] for label in end_labels(labelled, height)]
    tops = sorted(float(style_of(label, "top")[:-2]) for label in drawn)
    assert tops[1] - tops[0] >= LABEL - 0.02
    assert tops[1] <= height + 0.01


def test_words_in_two_lines_keep_the_next_name_clear() -> None:
    """The name that follows stands below all lines of the words before it."""

    def apart(below: str) -> float:
        labels = end_labels([End("funded", 0.10, "a", below), End("comparison", 0.11, "b", "b")], 250)
        first, second = (float(style_of(parsed(label)[0], "top")[:-2]) for label in labels)
        return second - first

    assert apart("almeno 50 imprese") >= apart("50 imprese") + 15


def test_no_line_takes_a_number_that_is_none() -> None:
    """NaN and infinity are refused: what is unknown is a gap."""
    for bad in (float("nan"), float("inf")):
        series = {Arm.FUNDED: [(DAYS[0], 1.0), (DAYS[1], bad)]}
        for draw in (
            lambda series=series: lines(Text(), series),
            lambda series=series: small(Text(), [SmallChart("a", "1", series)]),
            lambda series=series: charts.shares(series, awards=[], data_mark=None, text=Text()),
            lambda series=series: charts.context([NamedLine("a", series[Arm.FUNDED])], text=Text()),
        ):
            with pytest.raises(ValueError, match="finite"):
                draw()


# ---- shares, official statistics, small charts -----------------------------------------------------------------------


def test_shares_begin_at_a_half_or_at_zero(text) -> None:
    """As high as none is lower; the last value of each arm in words."""
    drawing = charts.shares(SHARES, awards=AWARDS, data_mark=None, text=text)
    assert next(iter(heights(drawing))) == text.percent(0.5, sign=False)
    for arm in Arm:
        assert words(one(parsed(drawing), "end-label", arm).find("small")) == text.percent(0.76, sign=False)
    low = charts.shares({Arm.FUNDED: [(DAYS[0], 0.3), (DAYS[1], None)]}, awards=[], data_mark=None, text=text)
    assert next(iter(heights(low))) == text.percent(0.0, sign=False)


def test_official_statistics_are_grey_told_apart_and_stand_on_zero(text) -> None:
    """No estimates: never blue. Each with its name and its last value."""
    drawing = charts.context(STATISTICS, text=text)
    root = parsed(drawing)
    assert text.percent(0.0, sign=False) in heights(drawing)
    assert not of_class(root, "funded")
    assert rule(".curves .statistic")["stroke"] == "#595959"
    dashes = [rule(f".curves .s{i}").get("stroke-dasharray") for i in range(3)]
    assert len(set(dashes)) == 3
    for line in STATISTICS:
        last = text.percent(line.points[-1][1], sign=False)
        assert f"{line.name} {last}" in [words(label) for label in of_class(root, "end-label")] or (
            f"{last} {line.name}" in [words(label) for label in of_class(root, "end-label")]
        )
        assert line.name in one(root, "drawing").get("aria-label", "")
    assert not of_class(root, "watermark")


def test_small_charts_stand_on_one_scale_and_each_opens_its_own(text) -> None:
    """The same values at the same heights; one link each, the current one marked; a group without a number has none."""
    nameless = SmallChart("Altro", "", {arm: [(day, 60.0) for day in DAYS] for arm in Arm})
    drawing = small(text, [*SMALL, nameless])
    root = parsed(drawing)
    charts_ = of_class(root, "small", "lines")
    assert len({tuple((words(y), y.get("style")) for y in of_class(chart, "y")) for chart in charts_}) == 1
    assert [chart.get("href") for chart in charts_] == ["?s=1", "?s=2", None]
    assert [chart.tag for chart in charts_] == ["a", "a", "div"]
    assert ["current" in classes(chart) for chart in charts_] == [False, True, False]
    assert [words(one(chart, "small-title")) for chart in charts_] == ["Cuoio & pelli · 44", "Carta · 17", "Altro"]
    for chart, given_ in zip(charts_, [*SMALL, nameless], strict=True):
        assert given_.title in one(chart, "drawing").get("aria-label", "")
        assert len(of_class(chart, "award")) == 1
    assert not list(parsed(small(text, [])).iter("svg"))


def test_no_value_of_an_index_is_written_below_zero() -> None:
    """The band under the lines has no ticks: sales are never negative."""
    sold = {Arm.FUNDED: [(day, value) for day, value in zip(DAYS, [0.0, 300.0] * 10, strict=True)]}
    for drawing in (small(Text(), [SmallChart("a", "1", sold)]), lines(Text(), sold)):
        assert not any(word.startswith("−") for word in heights(drawing))


# ---- the watermark ---------------------------------------------------------------------------------------------------


def band_of(selector: str, watermark: str, height: float) -> float:
    """Where the band of the watermark begins, in the drawing's own coordinates."""
    high = float(rule(selector)["bottom"][:-2]) + float(rule(watermark)["font-size"][:-2])
    return BOX * (1 - high / height)


def lowest(root: Element) -> float:
    """How far down anything is drawn: lines, markers, grid, awards, bands, dots, windows."""
    drawn = [y for curves in of_class(root, "curves") for path in curves.iter("path") for _, y in ends(path)]
    zones = [float(zone.get("height", "")) for curves in of_class(root, "curves") for zone in curves.iter("rect")]
    return max([*drawn, *zones])


def test_the_watermark_stands_in_a_band_where_nothing_is_drawn(text) -> None:
    """Neither a line nor a grid line nor an award passes behind it, whatever the values."""
    low = {arm: [(day, 0.5 + i / 100) for i, day in enumerate(DAYS)] for arm in Arm}
    zero = {arm: [(day, i / 100) for i, day in enumerate(DAYS)] for arm in Arm}
    large = [
        lines(text),
        *(charts.shares(shares, awards=AWARDS, data_mark=SIMULATED, text=text) for shares in (SHARES, low, zero)),
    ]
    for drawing in large:
        root = parsed(drawing)
        assert one(one(root, "mark-band"), "watermark").get("data-mark") == SIMULATED
        assert lowest(root) <= band_of(".mark-band", ".watermark", 252)
    events = parsed(charts.event_study(EVENTS, data_mark=SIMULATED, text=text))
    assert lowest(events) <= band_of(".mark-band", ".watermark", 250)
    root = parsed(small(text))
    assert len(of_class(root, "watermark")) == len(SMALL)
    assert lowest(root) <= band_of(".small .mark-band", ".small .watermark", 84)


def test_real_data_have_no_watermark(text) -> None:
    """And are drawn alike."""
    for marked, real in ((lines(text), lines(text, data_mark=None)), (small(text), small(text, data_mark=None))):
        assert not of_class(parsed(real), "watermark")
        assert [path.attrib for path in parsed(marked).iter("path")] == [
            path.attrib for path in parsed(real).iter("path")
        ]


# ---- any values at all -----------------------------------------------------------------------------------------------

wild = st.lists(st.none() | st.floats(0, 1e5), min_size=1, max_size=12)


def inside(root: Element) -> bool:
    """Whether all that is drawn lies in its box, and all words beside it within its width."""
    drawn = [point for curves in of_class(root, "curves") for path in curves.iter("path") for point in ends(path)]
    return all(0 <= x <= BOX and 0 <= y <= BOX for x, y in drawn) and all(0 <= place <= 100 for place in places(root))


@settings(max_examples=80)
@given(wild, wild, st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2040, 1, 1)), max_size=3))
def test_wild_lines_stay_inside_and_hold_100(funded: list, comparison: list, days: list[dt.date]) -> None:
    """Whatever was sold and whenever the awards were."""
    when = [dt.date(2020, 1, 1) + dt.timedelta(days=91 * i) for i in range(12)]
    series = {
        arm: list(zip(when, values, strict=False))
        for arm, values in ((Arm.FUNDED, funded), (Arm.COMPARISON, comparison))
    }
    awards = [Award(day, "x") for day in days]
    for drawing in (lines(Text(), series, awards), small(Text(), [SmallChart("a", "1", series)])):
        assert inside(parsed(drawing))
        assert "100" in heights(drawing)


@settings(max_examples=60)
@given(st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=12))
def test_wild_shares_stay_inside(values: list) -> None:
    """From none to all, and not published."""
    series = {Arm.FUNDED: list(zip(DAYS, values, strict=False)), Arm.COMPARISON: []}
    assert inside(parsed(charts.shares(series, awards=AWARDS, data_mark=SIMULATED, text=Text())))


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.tuples(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), numbers), max_size=6), max_size=3)
)
def test_wild_statistics_stay_inside_and_keep_zero(of_lines: list) -> None:
    """Also without a line, or a point."""
    named = [NamedLine(f"{i}", sorted(points)) for i, points in enumerate(of_lines)]
    drawing = charts.context(named, text=Text())
    assert inside(parsed(drawing))
    assert "0%" in heights(drawing)
