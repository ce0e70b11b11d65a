"""Promises of the charts: what a reader, or a reader of a downloaded picture, may rely on."""

import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plotly import graph_objects as go

from analytics import charts
from analytics.charts import ForestRow, Mark, Stamp
from analytics.charts.kit import palette
from analytics.charts.kit.interval import LEVELS, band, shared_axis
from analytics.charts.kit.words import lay_out, width, wrap
from analytics.language.text import LANGUAGES, MINUS, Text
from analytics.model import Arm

STAMP = Stamp(
    "elaborazione su dati <inventati>", "2026.2", "ecommerce.2026-2.s-10-K", "DATI SIMULATI", "29 febbraio 2024"
)
WITHHELD = ForestRow("Florovivaismo", None, None, "non pubblicato: meno di 10 imprese")
GAIN = Mark(0.13, -0.01, 0.29, 0.08, 0.18)
LOSS = Mark(-0.13, -0.29, 0.01, -0.18, -0.08)
WIDE = Mark(0.5, -0.95, 9.0, -0.2, 2.0)
ROWS = [ForestRow("Mobili e arredo", 71, GAIN, ""), ForestRow("Elettronica", 1038, LOSS, "provvisorio (p)"), WITHHELD]
DAYS = [dt.date(year, month, 15) for year in range(2019, 2024) for month in (2, 5, 8, 11)]
SERIES = {
    Arm.FUNDED: [(day, 90.0 + i) for i, day in enumerate(DAYS)],
    Arm.COMPARISON: [(day, None if i == 5 else 90.0 - i) for i, day in enumerate(DAYS)],
}
CHANGES = {Arm.FUNDED: -0.18, Arm.COMPARISON: -0.27}
COUNTS = {Arm.FUNDED: 71, Arm.COMPARISON: 112}
BEFORE = (dt.date(2019, 1, 1), dt.date(2020, 10, 1))
AWARDS = [
    (dt.date(2020, 11, 30), "primo elenco"),
    (dt.date(2020, 12, 16), "secondo"),
    (dt.date(2022, 2, 1), "terzo & ultimo"),
]


def every_figure(text: Text, stamp: Stamp = STAMP, mark: Mark = GAIN) -> dict[str, go.Figure]:
    """One figure of each kind that carries a stamp."""
    both = {"stamp": stamp, "text": text}
    rows = [*ROWS, ForestRow("Altro", 12, mark, "")]
    return {
        "forest": charts.forest(rows, reference=GAIN, heading="Settore", **both),
        "forest on a phone": charts.forest(rows, reference=GAIN, compact=True, **both),
        "effect": charts.effect_panel(mark, **both),
        "money": charts.effect_panel(mark, currency="EUR", **both),
        "change": charts.change_panel(CHANGES, extent=charts.shared_scale(mark, list(CHANGES.values()), text), **both),
        "years": charts.years(rows, **both),
        "lines": charts.lines(SERIES, counts=COUNTS, before=BEFORE, awards=AWARDS, **both),
        "lines on a phone": charts.lines(SERIES, counts=COUNTS, before=BEFORE, awards=AWARDS, compact=True, **both),
    }


def small(text: Text, stamp: Stamp = STAMP, title: str = "Cuoio & pelli", awards=AWARDS[:1]) -> go.Figure:
    """Small multiples of one panel."""
    zones = {"before": BEFORE, "after": None, "note": None}
    panels = [charts.SmallChart(title, 44, SERIES)]
    return charts.small_multiples(
        panels, columns=4, y_range=(60.0, 120.0), awards=awards, stamp=stamp, text=text, **zones
    )


def raw(figure: go.Figure) -> str:
    """All markup of a figure, as plotly gets it."""
    return " ".join(annotation.text for annotation in figure.layout.annotations)


def words(figure: go.Figure) -> str:
    """All words of a figure, as a reader sees them."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", raw(figure))))


def numbers(sentence: str) -> set[str]:
    """Percentages and amounts in words."""
    return set(re.findall(rf"[+{MINUS}]?\d[\d.,]*%?", re.sub(r"[.,;:)](?=\s|$)", "", sentence)))


def marks(figure: go.Figure) -> Iterator[float]:
    """All positions of drawn marks on the value axis."""
    for trace in figure.data:
        yield from (x for x in trace.x if x is not None)


@pytest.fixture(params=LANGUAGES)
def text(request):
    return Text(request.param)


def test_every_figure_carries_source_release_day_figure_id_and_the_simulated_mark(text):
    for name, figure in every_figure(text).items():
        written = words(figure)
        for part in (STAMP.source, STAMP.release, STAMP.figure_id, STAMP.data_mark, STAMP.data_to):
            assert part in written, (name, part)
        images = figure.layout.images
        assert images, name
        assert all(image.layer == "below" and ">DATI SIMULATI</text>" in unquote(image.source) for image in images), (
            name
        )


def test_the_simulated_mark_comes_first_in_the_footer_and_is_the_only_orange_box(text):
    for name, figure in every_figure(text).items():
        boxes = [annotation for annotation in figure.layout.annotations if annotation.bgcolor]
        assert [box.text for box in boxes] == ["<b>DATI SIMULATI</b>"], name
        assert boxes[0].xshift == -figure.layout.margin.l, name


def test_real_data_carry_no_mark(text):
    real = Stamp("Holzer et al. 1993", "2026.2", "michigan.1.s-1-A", None, "31 dicembre 1989")
    for name, figure in every_figure(text, real).items():
        assert "SIMULATI" not in words(figure), name
        assert not figure.layout.images, name
        assert not any(annotation.bgcolor for annotation in figure.layout.annotations), name
    assert not small(text, real).layout.images


def test_a_small_panel_keeps_the_watermark_its_name_and_its_number(text):
    figure = small(text)
    assert "DATI SIMULATI" in unquote(figure.layout.images[0].source)
    assert "Cuoio & pelli" in words(figure)
    assert "44" in words(figure)
    assert "100 " in figure.layout.yaxis.ticktext


@pytest.mark.parametrize("compact", [False, True])
def test_all_rows_share_one_range_and_nothing_is_drawn_outside_it(text, compact):
    for rows in (
        ROWS,
        [ForestRow("a", 10, WIDE, ""), *ROWS],
        [ForestRow(str(i), 10, GAIN, "") for i in range(14)] + ROWS,
    ):
        figure = charts.forest(rows, reference=GAIN, stamp=STAMP, text=text, compact=compact)
        low, high = figure.layout.xaxis.range
        assert low < 0 < high
        assert all(low <= x <= high for x in marks(figure))
        assert len([axis for axis in figure.to_dict()["layout"] if axis.startswith("xaxis")]) == 1


def test_an_interval_that_leaves_the_range_gets_an_arrow_and_keeps_its_numbers(text):
    rows = [ForestRow(str(i), 20, GAIN, "") for i in range(6)] + [
        ForestRow("far", 20, Mark(9.0, 8.0, 9.9, 8.8, 9.3), "")
    ]
    figure = charts.forest(rows, reference=None, stamp=STAMP, text=text)
    assert figure.layout.xaxis.range[1] < 8
    assert list(figure.data[-1].marker.symbol) == ["triangle-right"]
    assert figure.data[-1].marker.color == (palette.BLUE,)
    for value in (9.0, 8.0, 9.9):
        assert text.percent(value) in words(figure)


@pytest.mark.parametrize("compact", [False, True])
def test_withheld_rows_draw_no_mark_and_say_why_below_the_axis(text, compact):
    published = [row for row in ROWS if row.mark]
    with_it = charts.forest(ROWS, reference=None, stamp=STAMP, text=text, compact=compact)
    without = charts.forest(published, reference=None, stamp=STAMP, text=text, compact=compact)
    assert with_it.to_dict()["data"] == without.to_dict()["data"]
    assert with_it.layout.xaxis.range == without.layout.xaxis.range
    assert WITHHELD.label in words(with_it)
    assert WITHHELD.note in words(with_it)
    row = [a for a in with_it.layout.annotations if WITHHELD.label in a.text]
    assert row[0].yshift < 0
    assert row[0].font.color == palette.GREY_TEXT


def test_a_withheld_year_says_so_in_its_place(text):
    figure = charts.years([ROWS[0], WITHHELD], stamp=STAMP, text=text)
    assert WITHHELD.note in words(figure)
    assert set(marks(figure)) == {0.0}


def test_nothing_but_withheld_rows_is_still_a_picture_with_reasons(text):
    for figure in (
        charts.forest([WITHHELD], reference=GAIN, stamp=STAMP, text=text),
        charts.forest([WITHHELD], reference=None, stamp=STAMP, text=text, compact=True),
        charts.years([WITHHELD], stamp=STAMP, text=text),
    ):
        assert WITHHELD.note in words(figure)
        assert not list(marks(figure))


def test_an_arm_without_any_value_is_named_as_not_published(text):
    series = SERIES | {Arm.COMPARISON: [(day, None) for day in DAYS]}
    figure = charts.lines(series, counts=COUNTS, before=None, awards=[], stamp=STAMP, text=text)
    assert text("chart.not_published") in words(figure)
    assert text("chart.not_published") in charts.lines_alt(series, counts=COUNTS, awards=[], text=text)


def test_a_gap_stays_a_gap_and_a_lone_point_is_seen():
    values = [90.0, 91.0, None, 92.0, None, *([93.0] * 15)]
    series = {Arm.FUNDED: list(zip(DAYS, values, strict=True))}
    figure = charts.lines(series, counts=COUNTS, before=None, awards=[], stamp=STAMP, text=Text())
    funded = figure.data[1]
    assert list(funded.y) == values
    assert funded.connectgaps is False
    assert [i for i, size in enumerate(funded.marker.size) if size] == [3]


def test_no_colour_outside_the_palette(text):
    figures = [*every_figure(text).values(), *every_figure(text, mark=WIDE).values(), small(text)]
    for figure in figures:
        markup = unquote(json.dumps(figure.to_plotly_json(), default=str))
        colours = set(re.findall(r"#[0-9A-Fa-f]{6}\b|rgba?\([^)]*\)", markup))
        assert colours <= palette.PALETTE, colours - palette.PALETTE


def test_positive_and_negative_effects_have_the_same_colours(text):
    def style(mark: Mark) -> list[dict]:
        figure = charts.forest([ForestRow("a", 20, mark, "")], reference=None, stamp=STAMP, text=text)
        return [{k: v for k, v in trace.items() if k not in ("x", "y")} for trace in figure.to_dict()["data"]]

    assert style(GAIN) == style(LOSS)


def test_orange_is_never_text_and_comparison_is_always_dashed_and_named(text):
    for name, figure in every_figure(text).items():
        assert all(annotation.font.color != palette.ORANGE for annotation in figure.layout.annotations), name
    for name in ("lines", "change"):
        figure = every_figure(text)[name]
        grey = [trace for trace in figure.data if trace.line.color == palette.GREY]
        assert grey, name
        assert all(trace.line.dash not in (None, "solid") for trace in grey), name
        assert text("chart.comparison") in words(figure), name


def test_labels_from_data_are_escaped(text):
    evil = "<b>A</b> & <a href='x'>$x$</a>"
    rows = [ForestRow(evil, 10, GAIN, evil), ForestRow(evil, None, None, evil)]
    stamp = Stamp(evil, evil, evil, evil, evil)
    awards = [(dt.date(2021, 1, 1), evil)]
    figures = [
        charts.forest(rows, reference=None, stamp=stamp, text=text, heading=evil),
        charts.forest(rows, reference=None, stamp=stamp, text=text, compact=True),
        charts.years(rows, stamp=stamp, text=text),
        charts.lines(SERIES, counts=COUNTS, before=BEFORE, awards=awards, stamp=stamp, text=text),
        small(text, stamp, evil, awards),
    ]
    for figure in figures:
        assert "<a" not in raw(figure)
        assert "<b>A</b>" not in raw(figure)
        assert not re.search(r"&(?!amp;|lt;|gt;|#36;)", raw(figure))
        assert "$" not in raw(figure)
        assert all("<a" not in unquote(image.source) for image in figure.layout.images)


def test_both_languages_use_their_own_words_and_numbers():
    row = [ForestRow("Legno", 1204, Mark(12.5, 0.01, 20.0, 8.0, 15.0), "")]
    italian, english = (charts.forest(row, reference=GAIN, stamp=STAMP, text=Text(code)) for code in ("it", "en"))
    assert "+1.250%" in words(italian)
    assert "1.204" in words(italian)
    assert "intero programma" in words(italian)
    assert "+1,250%" in words(english)
    assert "1,204" in words(english)
    assert "whole programme" in words(english)


def test_alt_texts_hold_the_same_numbers_as_the_labels(text):
    figures = every_figure(text, mark=WIDE)
    for row in ROWS[:2]:
        for number in (row.mark.value, row.mark.low, row.mark.high):
            assert text.percent(number) in words(figures["forest"])
    footer = numbers(f"{STAMP.release} {STAMP.figure_id} {STAMP.data_to}") | numbers("95% 50% 100 10 36 2026 2026.2")
    rows = [*ROWS, ForestRow("Altro", 12, WIDE, "")]
    alts = {
        "forest": charts.forest_alt(rows, text, GAIN),
        "forest on a phone": charts.forest_alt(rows, text, GAIN),
        "effect": charts.effect_panel_alt(WIDE, text),
        "money": charts.effect_panel_alt(WIDE, text, currency="EUR"),
        "change": charts.change_panel_alt(CHANGES, text),
        "years": charts.years_alt(rows, text),
        "lines": charts.lines_alt(SERIES, counts=COUNTS, awards=AWARDS, text=text),
    }
    for name, alt in alts.items():
        labels = numbers(words(figures[name])) - footer - {"2"}
        assert labels, name
        assert labels <= numbers(alt), (name, labels - numbers(alt))
        assert alt.rstrip().endswith(".")
    assert WITHHELD.note in alts["forest"]
    assert WITHHELD.note in alts["years"]
    assert "44" in charts.small_multiples_alt([charts.SmallChart("Cuoio", 44, SERIES)], None, text)


def test_where_the_answer_is_cannot_tell_no_best_guess_is_drawn_or_said(text):
    figure = charts.effect_panel(GAIN, stamp=STAMP, text=text, point=False)
    assert not any(trace.marker.size == 17 for trace in figure.data)
    assert text.percent(GAIN.value) not in words(figure)
    assert text.percent(GAIN.value) not in charts.effect_panel_alt(GAIN, text, point=False)


def test_bands_nest_between_the_half_and_the_whole_interval():
    for mark in (GAIN, LOSS, WIDE):
        ends = [band(mark, level) for level in LEVELS]
        assert ends[0] == pytest.approx((mark.low, mark.high))
        assert all(a[0] < b[0] < mark.low_50 and mark.high_50 < b[1] < a[1] for a, b in pairwise(ends))


def test_close_waves_share_a_label_and_labels_of_far_ones_do_not_touch(text):
    figure = charts.lines(SERIES, counts=COUNTS, before=BEFORE, awards=AWARDS, stamp=STAMP, text=text)
    labels = [a for a in figure.layout.annotations if a.font.color == palette.ORANGE_TEXT]
    assert sorted(html.unescape(label.text) for label in labels) == ["primo elenco · secondo", "terzo & ultimo"]
    close = [(dt.date(2020, 1, 1) + dt.timedelta(days=100 * i), f"elenco numero {i}") for i in range(5)]
    figure = charts.lines(SERIES, counts=COUNTS, before=BEFORE, awards=close, stamp=STAMP, text=text)
    levels = [a.yshift for a in figure.layout.annotations if a.font.color == palette.ORANGE_TEXT]
    assert len(set(levels)) == len(levels)
    assert max(levels) + 17 <= figure.layout.margin.t


def test_few_points_get_markers_and_years_stand_at_yearly_points():
    yearly = {arm: [(dt.date(year, 7, 1), 100.0) for year in (1987, 1988, 1989)] for arm in Arm}
    figure = charts.lines(yearly, counts=COUNTS, before=None, awards=[], stamp=STAMP, text=Text())
    assert all("markers" in trace.mode for trace in figure.data)
    assert list(figure.layout.xaxis.ticktext) == ["1987", "1988", "1989"]
    many = charts.lines(SERIES, counts=COUNTS, before=None, awards=[], stamp=STAMP, text=Text())
    assert list(many.layout.xaxis.ticktext) == ["2019", "2020", "2021", "2022", "2023"]
    assert many.data[1].mode == "lines"


def test_figures_are_light_and_still(text):
    for name, figure in every_figure(text).items():
        assert not figure.layout.template.data.to_plotly_json(), name
        assert figure.layout.template.layout.hovermode is False, name
        assert len(figure.to_json()) < 40_000, name


def test_a_mark_needs_finite_numbers():
    with pytest.raises(ValueError, match="finite"):
        Mark(float("nan"), 0.0, 1.0, 0.2, 0.8)
    with pytest.raises(ValueError, match="finite"):
        Mark(0.5, 0.0, float("inf"), 0.2, 0.8)


# -- any values at all

fractions = st.floats(-1.0, 1e4, allow_nan=False)
intervals = st.lists(fractions, min_size=5, max_size=5).map(sorted).map(lambda v: Mark(v[2], v[0], v[4], v[1], v[3]))
labels = st.text(max_size=90)
any_rows = st.lists(
    st.builds(
        ForestRow, labels, st.none() | st.integers(0, 10**6), st.none() | intervals, labels, st.none() | fractions
    ),
    max_size=16,
)


@settings(max_examples=50, deadline=None)
@given(any_rows, st.none() | intervals, st.sampled_from(LANGUAGES))
def test_wild_intervals_never_raise_and_stay_inside(rows, reference, language):
    text = Text(language)
    for compact in (False, True):
        figure = charts.forest(rows, reference=reference, stamp=STAMP, text=text, compact=compact)
        low, high = figure.layout.xaxis.range
        assert all(low <= x <= high for x in marks(figure))
    assert charts.years(rows[:3], stamp=STAMP, text=text).to_json()
    charts.forest_alt(rows, text, reference)
    charts.years_alt(rows, text)


@settings(max_examples=100, deadline=None)
@given(intervals, st.sampled_from([None, "EUR"]), st.booleans())
@example(Mark(0.0, -1.0, 6164.0, 0.0, 0.0), "EUR", False)
@example(Mark(-0.2, -1.0, 0.001, -0.5, -0.1), "EUR", True)
def test_wild_panels_keep_their_figures_inside_apart_and_on_their_side_of_zero(mark, currency, point):
    text = Text()
    figure = charts.effect_panel(mark, stamp=STAMP, text=text, currency=currency, point=point)
    low, high = figure.layout.xaxis.range
    plot = 300 - figure.layout.margin.l - figure.layout.margin.r
    boxes = []
    for a in figure.layout.annotations:
        if a.font.color == palette.BLUE:
            half = width(html.unescape(re.sub(r"<[^>]+>", "", a.text)), palette.VALUE, heavy=True) / 2
            centre = (a.x - low) / (high - low) * plot + a.xshift
            boxes.append((centre - half, centre + half))
    zero = -low / (high - low) * plot
    assert all(left >= -14 and right <= plot + 14 for left, right in boxes)
    assert all(right <= zero or left >= zero for left, right in boxes)
    assert boxes[0][1] <= boxes[1][0] or boxes[1][1] <= boxes[0][0]


@settings(max_examples=60, deadline=None)
@given(fractions, fractions, st.none() | intervals)
def test_wild_changes_stay_inside_and_keep_their_numbers(funded, comparison, mark):
    text = Text("en")
    changes = {Arm.FUNDED: funded, Arm.COMPARISON: comparison}
    extent = charts.shared_scale(mark, [funded, comparison], text)
    figure = charts.change_panel(changes, extent=extent, stamp=STAMP, text=text)
    assert all(extent.low <= x <= extent.high for x in marks(figure))
    assert all(text.percent(value) in words(figure) for value in changes.values())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | st.floats(0, 1e5), min_size=1, max_size=12), st.booleans())
def test_wild_lines_never_raise(values, compact):
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=91 * i) for i in range(len(values))]
    series = {Arm.FUNDED: list(zip(days, values, strict=True)), Arm.COMPARISON: []}
    figure = charts.lines(series, counts={}, before=None, awards=AWARDS, stamp=STAMP, text=Text(), compact=compact)
    assert "100 " in figure.layout.yaxis.ticktext
    charts.lines_alt(series, counts={}, awards=AWARDS, text=Text())


@given(st.lists(st.tuples(st.floats(-50, 400), st.floats(1, 60)), max_size=6))
def test_labels_that_are_moved_apart_do_not_overlap_and_keep_their_order(pairs):
    targets, sizes = [p[0] for p in pairs], [p[1] for p in pairs]
    centres = lay_out(targets, sizes, 0, 1000)
    order = sorted(range(len(pairs)), key=lambda i: targets[i])
    for a, b in pairwise(order):
        assert centres[b] - centres[a] >= (sizes[a] + sizes[b]) / 2 - 1e-6
    assert all(centre - size / 2 >= -1e-6 for centre, size in zip(centres, sizes, strict=True))


@given(st.text(max_size=120), st.floats(40, 300))
def test_wrapped_words_fit_and_none_is_lost(words, room):
    lines = wrap(words, 15, room)
    assert all(width(line, 15) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())


@given(st.lists(intervals, max_size=15))
def test_a_shared_axis_holds_zero_and_has_few_ticks(marks):
    axis = shared_axis(marks)
    assert axis.low < 0 < axis.high
    assert 1 <= len(axis.ticks()) <= 9
    assert all(tick >= -1 for tick in axis.ticks())
