"""Promises of the further charts: what is drawn is what was given, words fit where they stand, absence has a reason."""

import datetime as dt
import html
import json
import re
from itertools import combinations, pairwise
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plotly import graph_objects as go

from analytics import charts
from analytics.charts import ContextLine, DotRow, EventPoint, ForestRow, Mark, SmallChart, Stamp, Tile
from analytics.charts.kit import palette
from analytics.charts.kit.canvas import footer_lines
from analytics.charts.kit.words import flow, width
from analytics.language.text import LANGUAGES, MINUS, Text
from analytics.model import Arm, Unit

TOUCH = 3.0  # px by which measured boxes may overlap: line boxes are taller than their letters
FEW = {"max_examples": 40, "deadline": None}

STAMP = Stamp("elaborazione su dati <inventati>", "2026.2", "ecommerce.2026-2.s-10-K", "DATI SIMULATI", "29 feb 2024")
NAMES = ["Alimentari e bevande", "Casalinghi e ferramenta", "Libri, carta e giochi educativi", "Elettronica"]
WHY = "non pubblicato: meno di 10 imprese"
HELD = ForestRow("Florovivaismo", 7, None, WHY)
MARKS = [Mark(0.13, -0.07, 0.38, 0.05, 0.2), Mark(0.83, 0.33, 1.52, 0.6, 1.0), Mark(-0.22, -0.41, 0.03, -0.3, -0.1)]
ROWS = [
    ForestRow(name, 90 - i, mark, "", 0.1 + i / 10) for i, (name, mark) in enumerate(zip(NAMES, MARKS, strict=False))
]
PLAIN = [ForestRow(row.label, None, row.mark, "") for row in ROWS]
DAYS = [dt.date(2018 + q // 4, 1 + 3 * (q % 4), 1) for q in range(2, 28)]
SERIES = {
    Arm.FUNDED: [(day, 70.0 + 11 * i) for i, day in enumerate(DAYS)],
    Arm.COMPARISON: [(day, None if i == 5 else 90.0 - i) for i, day in enumerate(DAYS)],
}
SHARES = {arm: [(day, 0.95 - i / 100) for i, day in enumerate(DAYS)] for arm in Arm}
BEFORE, AFTER = (dt.date(2019, 10, 1), dt.date(2020, 9, 30)), (dt.date(2021, 1, 1), dt.date(2021, 12, 31))
AWARDS = [
    (dt.date(2020, 11, 30), "primo elenco 30 nov 2020"),
    (dt.date(2020, 12, 16), "secondo elenco 16 dic 2020"),
    (dt.date(2021, 2, 1), "terzo elenco 1 feb 2021"),
]
DOTS = [-0.4, -0.2, -0.2, -0.05, 0.0, 0.05, 0.1, 0.1, 0.1, 0.3, 0.45, 0.9, 2.4, 8.0]
TILES = [
    Tile("MI", "Milano", 0, 0, 121, ""),
    Tile("CO", "Como", 0, 1, 11, ""),
    Tile("MB", "Monza e Brianza", 1, 0, 16, ""),
    Tile("SO", "Sondrio", 1, 3, None, WHY),
]
EVENTS = [
    EventPoint(e, None)
    if e == 5
    else EventPoint(e, e / 100, e / 100 - 0.1, e / 100 + 0.1, e / 100 - 0.2, e / 100 + 0.2)
    for e in range(-9, 16)
]
LINES = [
    ContextLine(
        "Imprese italiane che vendono online, 10 addetti e più", [(y, (y - 2009) / 100) for y in range(2017, 2025)]
    ),
    ContextLine("Quota delle vendite online", [(2017, 0.09), (2024, 0.15)]),
]
GUIDES = [(-0.25, f"{MINUS}0,25"), (0.25, "+0,25")]
DOT_ROWS = [DotRow("Vendite prima", 90, 0.08), DotRow("Età", 80, -0.31, "nota"), DotRow("Area", None, None, WHY)]


@pytest.fixture(params=LANGUAGES)
def text(request):
    return Text(request.param)


def every_figure(text: Text, stamp: Stamp = STAMP) -> dict[str, tuple[float, go.Figure]]:
    """One figure of each kind, with the narrowest width that its page gives it."""
    both = {"stamp": stamp, "text": text}
    zones = {"before": BEFORE, "after": AFTER, "awards": AWARDS}
    note = "Non pubblicati, meno di 10 imprese: Articoli per animali, Florovivaismo, Strumenti musicali"
    panels = [SmallChart(name, 90, SERIES) for name in NAMES]
    grid = {"y_range": (60.0, 350.0), "note": note} | zones | both
    ways = {"reference": MARKS[0], "reference_words": "stima principale", "columns": ("", "Effetto|(95%)")}
    points = [ForestRow(row.label, row.n, Mark(0.03, -0.12, 0.08, 0.0, 0.05), "", 0.01) for row in ROWS]
    counts = {Arm.FUNDED: 71, Arm.COMPARISON: 112}
    return {
        "forest": (660, charts.forest([*ROWS, HELD], reference=MARKS[0], heading="Settore", **both)),
        "forest phone": (320, charts.forest([*ROWS, HELD], reference=MARKS[0], compact=True, **both)),
        "ways": (660, charts.forest(PLAIN, heading="Come si stima", **ways, **both)),
        "points phone": (320, charts.forest(points, reference=MARKS[0], unit=Unit.POINTS, compact=True, **both)),
        "years": (
            320,
            charts.years([ForestRow(f"{i}º anno", 40, points[0].mark, "") for i in (1, 2, 3)], unit="points", **both),
        ),
        "lines": (560, charts.lines(SERIES, counts=counts, **zones, **both)),
        "lines phone": (320, charts.lines(SERIES, counts=counts, compact=True, **zones, **both)),
        "small": (1000, charts.small_multiples(panels[:3], columns=4, **grid)),
        "small phone": (320, charts.small_multiples(panels, columns=2, **grid)),
        "spread": (300, charts.spread(DOTS, median=0.1, n=140, per_dot=10, **both)),
        "spread few": (300, charts.spread([], median=0.22, n=31, per_dot=10, **both)),
        "tiles": (300, charts.tiles(TILES, steps=(15, 20), heading="Imprese finanziate", **both)),
        "events": (560, charts.event_study(EVENTS, **both)),
        "events phone": (320, charts.event_study(EVENTS, compact=True, **both)),
        "shares": (480, charts.shares(SHARES, awards=AWARDS, **both)),
        "shares phone": (320, charts.shares(SHARES, awards=AWARDS, compact=True, **both)),
        "dots": (660, charts.dot_rows(DOT_ROWS, guides=GUIDES, write=lambda v: text.number(v, 2), **both)),
        "dots phone": (
            320,
            charts.dot_rows(DOT_ROWS, guides=GUIDES, write=lambda v: text.number(v, 2), compact=True, **both),
        ),
        "context": (320, charts.context(LINES, **both)),
    }


def words(figure: go.Figure) -> str:
    """All words of a figure, as a reader sees them."""
    raw = " ".join(annotation.text for annotation in figure.layout.annotations)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", raw)))


def figures(sentence: str) -> set[str]:
    """Percentages and points in words."""
    return set(re.findall(rf"[+{MINUS}]?\d[\d.,]*(?:%| p\.p\.| pp)", sentence))


def mark_values(figure: go.Figure, mode: str = "markers") -> list[float]:
    """Values on the x axis of the marks."""
    return [x for trace in figure.data if trace.mode == mode for x in trace.x if x is not None]


# -- where words stand


def axis_of(figure: go.Figure, ref: str) -> go.layout.XAxis:
    letter, number = ref[0], ref.split(" ")[0][1:]
    return figure.layout[f"{letter}axis{number}"]


def place(figure: go.Figure, ref: str, value: object, low: float, size: float) -> float:
    """Px of a position on an axis, from the left or the bottom of the plot."""
    if ref == "paper":
        return low + float(value) * size
    axis = axis_of(figure, ref)
    domain = axis.domain or (0, 1)
    if ref.endswith("domain"):
        share = float(value)
    else:
        start, end, at = (day(v) if axis.type == "date" else float(v) for v in (*axis.range, value))
        share = (at - start) / (end - start)
    return low + (domain[0] + share * (domain[1] - domain[0])) * size


def day(value: object) -> float:
    return dt.date.fromisoformat(str(value)).toordinal()


def line_box(markup: str, size: float) -> tuple[str, float, float]:
    """Words, width and height of a line; of several sizes in it the first."""
    font_size = re.search(r"font-size:(\d+)px", markup)
    plain, size = html.unescape(re.sub(r"<[^>]+>", "", markup)), float(font_size[1]) if font_size else size
    return plain, width(plain, size, heavy="<b>" in markup), size * palette.LINE_HEIGHT


def boxes(figure: go.Figure, wide: float) -> list[tuple[str, float, float, float, float]]:
    """Words, left, right, bottom, top of all annotations, in px from the lower left corner of the picture."""
    margin = figure.layout.margin
    plot = (wide - margin.l - margin.r, figure.layout.height - margin.t - margin.b)
    placed = []
    for a in figure.layout.annotations:
        parts = [line_box(part, a.font.size) for part in a.text.split("<br>")]
        across, high = max(part[1] for part in parts), sum(part[2] for part in parts)
        x = place(figure, a.xref, a.x, margin.l, plot[0]) + (a.xshift or 0)
        y = place(figure, a.yref, a.y, margin.b, plot[1]) + (a.yshift or 0)
        left = x - {"left": 0, "center": across / 2, "right": across}[a.xanchor]
        bottom = y - {"bottom": 0, "middle": high / 2, "top": high}[a.yanchor]
        if across > 0:
            placed.append((parts[0][0], left, left + across, bottom, bottom + high))
    return placed


def test_words_stand_inside_the_picture_and_not_on_each_other(text):
    for name, (wide, figure) in every_figure(text).items():
        placed = boxes(figure, wide)
        for line, left, right, bottom, top in placed:
            assert left >= -TOUCH, (name, line, left)
            assert right <= wide + TOUCH, (name, line, right)
            assert bottom >= -TOUCH, (name, line, bottom)
            assert top <= figure.layout.height + TOUCH, (name, line, top)
        for a, b in combinations(placed, 2):
            apart = a[2] <= b[1] + TOUCH or b[2] <= a[1] + TOUCH or a[4] <= b[3] + TOUCH or b[4] <= a[3] + TOUCH
            assert apart, (name, a, b)


def test_tick_words_are_whole_and_apart(text):
    for name, (wide, figure) in every_figure(text).items():
        axis = figure.layout.xaxis
        if axis.visible is False or not axis.ticktext:
            continue
        margin = figure.layout.margin
        at = [place(figure, "x", v, margin.l, wide - margin.l - margin.r) for v in axis.tickvals]
        halves = [max(width(w, palette.TICK) for w in t.split("<br>")) / 2 for t in axis.ticktext]
        ends = sorted((x - half, x + half) for x, half in zip(at, halves, strict=True))
        assert ends[0][0] >= -TOUCH, name
        assert ends[-1][1] <= wide + TOUCH, name
        assert all(a[1] <= b[0] + TOUCH for a, b in pairwise(ends)), name


def test_every_footer_holds_every_part_and_wraps_in_the_narrowest_panel(text):
    for name, (_, figure) in every_figure(text).items():
        for part in (STAMP.source, STAMP.release, STAMP.figure_id, STAMP.data_mark, STAMP.data_to):
            assert part in words(figure), (name, part)
        assert figure.layout.images, name
    for room in (300, 1000):
        lines = footer_lines(STAMP, text, room)
        assert all(width(line, palette.FOOTER) <= room for line in lines)
        joined = " · ".join(lines)
        parts = (STAMP.figure_id, STAMP.release, STAMP.data_to, STAMP.source)
        assert sorted(parts, key=joined.index) == list(parts)
    assert footer_lines(Stamp("Istat", "", "", None, ""), text, 300) == [text("chart.source", source="Istat")]


def test_no_colour_outside_the_palette_and_no_hover(text):
    for name, (_, figure) in every_figure(text).items():
        colours = set(
            re.findall(r"#[0-9A-Fa-f]{6}\b|rgba?\([^)]*\)", unquote(json.dumps(figure.to_plotly_json(), default=str)))
        )
        assert colours <= palette.PALETTE, (name, colours - palette.PALETTE)
        assert figure.layout.template.layout.hovermode is False, name
        assert all(trace.hoverinfo == "skip" for trace in figure.data), name


# -- forest and years


def test_units_write_words_and_ticks_and_alt():
    text = Text("it")
    mark = Mark(0.03, -0.02, 0.08, 0.0, 0.05)
    for unit, written in ((Unit.POINTS, "+3 p.p."), (Unit.SCORE, "+0,03"), (Unit.FRACTION, "+3%")):
        figure = charts.forest([ForestRow("a", 20, mark, "")], reference=mark, stamp=STAMP, text=text, unit=unit)
        years = charts.years([ForestRow("a", 20, mark, "")], stamp=STAMP, text=text, unit=unit)
        assert written in words(figure)
        assert written in words(years)
        assert written in charts.forest_alt([ForestRow("a", 20, mark, "")], text, unit=unit)
        assert written in charts.years_alt([ForestRow("a", 20, mark, "")], text, unit=unit)
        ending = written[-1]
        assert all(tick.endswith(ending) or ending.isdigit() for tick in figure.layout.xaxis.ticktext)
    with pytest.raises(ValueError, match="finite"):
        Mark(float("nan"), 0, 0, 0, 0)


def test_only_fractions_end_at_minus_one_hundred_percent():
    wide = Mark(-1.5, -1.9, 0.5, -1.7, -1.0)
    figure = charts.forest([ForestRow("a", 20, wide, "")], reference=None, stamp=STAMP, text=Text(), unit=Unit.SCORE)
    assert min(figure.layout.xaxis.tickvals) < -1
    far = charts.forest([ForestRow("a", 20, Mark(0, -1, 3, -0.9, 1), "")], reference=None, stamp=STAMP, text=Text())
    assert min(far.layout.xaxis.tickvals) >= -1


@pytest.mark.parametrize("compact", [False, True])
def test_shrunken_estimates_are_hollow_below_the_raw_ones_and_named(text, compact):
    figure = charts.forest(ROWS, reference=None, stamp=STAMP, text=text, compact=compact)
    hollow = figure.data[-1]
    assert list(hollow.x) == [row.shrunken for row in ROWS]
    assert set(hollow.marker.symbol) == {"diamond"}
    assert hollow.marker.color == palette.WHITE
    raw = next(trace for trace in figure.data if trace.marker.size == 13)
    assert list(raw.x) == [row.mark.value for row in ROWS]
    assert all(9 < low - high < 19 for low, high in zip(hollow.y, raw.y, strict=True))
    assert text("chart.shrunken") in words(figure)
    alt = charts.forest_alt(ROWS, text)
    for row in ROWS:
        assert text("chart.alt.shrunken", value=text.percent(row.shrunken)) in alt


def test_a_reference_has_its_own_words_and_rows_without_counts_no_column(text):
    both = {"stamp": STAMP, "text": text}
    figure = charts.forest(
        PLAIN, reference=MARKS[0], reference_words="stima principale", columns=("", "Esito|(95%)"), **both
    )
    assert "stima principale" in words(figure)
    assert "Esito (95%)" in words(figure)
    assert text("chart.programme") not in words(figure)
    assert text("chart.firms_lines").replace("|", " ") not in words(figure)
    assert f" {text('chart.not_shown')} " not in words(figure)
    assert "Stima principale" in charts.forest_alt(PLAIN, text, MARKS[0], reference_words="stima principale")
    assert text("chart.firms_lines").replace("|", " ") in words(charts.forest([*ROWS, HELD], reference=None, **both))


# -- lines, shares, small multiples


def test_both_windows_are_shaded_and_named(text):
    figure = charts.lines(SERIES, counts={}, before=BEFORE, after=AFTER, awards=AWARDS, stamp=STAMP, text=text)
    zones = {shape.fillcolor: (shape.x0, shape.x1) for shape in figure.layout.shapes if shape.type == "rect"}
    assert zones == {
        palette.BEFORE_ZONE: tuple(map(str, BEFORE)),
        palette.AFTER_ZONE: tuple(map(str, AFTER)),
    }
    assert text("chart.before_zone") in words(figure)
    assert text("chart.after_zone") in words(figure)


def test_shares_draw_what_is_given_on_an_axis_from_a_half_or_from_zero(text):
    figure = charts.shares(SHARES, awards=AWARDS, stamp=STAMP, text=text)
    assert [list(trace.y) for trace in figure.data] == [[v for _, v in SHARES[Arm.FUNDED]]] * 2
    assert text.percent(0.7, sign=False) in words(figure)
    assert text.percent(0.7, sign=False) in charts.shares_alt(SHARES, text, awards=AWARDS)
    assert figure.layout.yaxis.range[0] > 0.4
    low = charts.shares({Arm.FUNDED: [(DAYS[0], 0.3), (DAYS[1], None)]}, awards=[], stamp=STAMP, text=text)
    assert low.layout.yaxis.range[0] < 0
    assert low.data[1].y == (0.3, None)


@pytest.mark.parametrize("columns", [4, 2])
def test_small_multiples_are_one_figure_on_one_scale(text, columns):
    panels = [SmallChart(name, 10 + i, SERIES) for i, name in enumerate(NAMES)]
    note = "Non pubblicati: Florovivaismo"
    figure = charts.small_multiples(
        panels, columns=columns, y_range=(60.0, 350.0), awards=AWARDS, before=BEFORE, after=AFTER, note=note,
        stamp=STAMP, text=text,
    )  # fmt: skip
    axes = [axis for name, axis in figure.to_dict()["layout"].items() if name.startswith("yaxis")]
    assert len(axes) == len(panels)
    assert len({tuple(axis["range"]) for axis in axes}) == 1
    assert sum(axis["showticklabels"] for axis in axes) == -(-len(panels) // columns)
    funded = [trace for trace in figure.data if trace.line.color == palette.BLUE]
    assert [list(trace.y) for trace in funded] == [[v for _, v in SERIES[Arm.FUNDED]]] * len(panels)
    assert len(figure.layout.images) == len(panels)
    assert note in words(figure)
    assert words(figure).count(STAMP.figure_id) == 1
    alt = charts.small_multiples_alt(panels, note, text)
    for panel in panels:
        assert panel.title in words(figure)
        assert panel.title in alt
    assert note in alt
    assert text("chart.funded") in words(figure)


def test_no_panel_at_all_is_still_a_picture_with_its_note(text):
    figure = charts.small_multiples(
        [], columns=4, y_range=(0.0, 0.0), awards=[], before=None, after=None, note=WHY, stamp=STAMP, text=text
    )
    assert WHY in words(figure)
    assert STAMP.figure_id in words(figure)


# -- spread, tiles, events, dots, context


def test_each_dot_is_drawn_once_in_its_bin_and_far_ones_in_a_pile(text):
    figure = charts.spread(DOTS, median=0.1, n=140, per_dot=10, stamp=STAMP, text=text)
    xs, high = sorted(mark_values(figure)), figure.layout.xaxis.range[1]
    assert len(xs) == len(DOTS)
    near = sorted(v for v in DOTS if v <= 2)
    assert all(abs(x - value) <= 0.1001 for x, value in zip(xs, near, strict=False))
    assert sum(x > 2 for x in xs) == 2
    assert max(xs) < high
    assert any("+200%" in tick and "<br>" in tick for tick in figure.layout.xaxis.ticktext)
    assert text.percent(0.1) in words(figure)
    assert figure.data[0].marker.color == palette.BLUE
    alt = charts.spread_alt(DOTS, median=0.1, n=140, text=text, per_dot=10)
    assert text.percent(0.1) in alt
    assert str(len(DOTS)) in alt
    exact = charts.spread([-0.05, 0.05, 0.1], median=0.05, n=40, per_dot=10, stamp=STAMP, text=text)
    assert mark_values(exact) == pytest.approx([-0.05, 0.05, 0.1])


def test_without_dots_the_median_stands_alone(text):
    figure = charts.spread([], median=0.22, n=31, per_dot=10, stamp=STAMP, text=text)
    assert mark_values(figure) == [0.22]
    assert figure.data[0].marker.symbol == "diamond"
    assert text("chart.per_dot", firms=text.count("chart.firms", 10)) not in words(figure)
    with pytest.raises(ValueError, match="finite"):
        charts.spread([float("nan")], median=0.1, n=31, per_dot=10, stamp=STAMP, text=text)


@settings(**FEW)
@given(st.lists(st.integers(-20, 200).map(lambda i: i / 20), max_size=50), st.floats(-1, 1e4))
@example(dots=[1.15], median=0.0)  # between two bins, but for rounding
def test_wild_dots_never_touch(dots, median):
    text = Text()
    figure = charts.spread(dots, median=median, n=500, per_dot=10, stamp=STAMP, text=text)
    charts.spread_alt(dots, median=median, n=500, text=text, per_dot=10)
    low, high = figure.layout.xaxis.range
    assert all(low <= x <= high for x in mark_values(figure))
    if not dots:
        return
    size = figure.data[0].marker.size
    px = (300 - figure.layout.margin.l - figure.layout.margin.r) / (high - low)
    at = sorted(zip([x * px for x in figure.data[0].x], figure.data[0].y, strict=True))
    assert 0 < size <= 14
    assert len(set(at)) == len(dots)
    for a, b in combinations(at, 2):
        assert abs(a[0] - b[0]) >= size - 1e-6 or abs(a[1] - b[1]) >= size - 1e-6


def test_tiles_print_their_number_in_a_shade_with_contrast_and_withheld_is_no_zero(text):
    figure = charts.tiles(TILES, steps=(15, 20), stamp=STAMP, text=text)
    fills = [shape.fillcolor for shape in figure.layout.shapes][: len(TILES)]
    assert fills == [palette.TILES[2], palette.TILES[0], palette.TILES[1], palette.WHITE]
    inks = [annotation.font.color for annotation in figure.layout.annotations][: len(TILES)]
    assert inks == [palette.WHITE, palette.INK, palette.WHITE, palette.GREY_TEXT]
    inside = [annotation.text for annotation in figure.layout.annotations][: len(TILES)]
    withheld = f"<b>SO</b><br>{text('chart.not_shown')}"
    assert inside == ["<b>MI</b><br>121", "<b>CO</b><br>11", "<b>MB</b><br>16", withheld]
    assert figure.layout.shapes[3].line.dash
    sides = {(shape.x1 - shape.x0, shape.y0 - shape.y1) for shape in figure.layout.shapes[: len(TILES)]}
    assert len(sides) == 1
    assert len(set(next(iter(sides)))) == 1
    assert WHY in words(figure)
    alt = charts.tiles_alt(TILES, text)
    for part in ("Milano 121", "Como 11", "Monza e Brianza 16", f"Sondrio ({WHY})"):
        assert part in alt


def test_event_points_are_drawn_as_given_and_a_withheld_one_is_a_gap(text):
    figure = charts.event_study(EVENTS, stamp=STAMP, text=text)
    dots = next(trace for trace in figure.data if trace.marker.color == palette.BLUE)
    assert list(zip(dots.x, dots.y, strict=True)) == [(p.event, p.value) for p in EVENTS if p.value is not None]
    assert all(5 not in trace.x for trace in figure.data)
    hair = next(trace for trace in figure.data if trace.line.color == palette.HAIR and trace.mode == "lines")
    assert {(p.low, p.high) for p in EVENTS if p.value is not None} == set(zip(hair.y[::3], hair.y[1::3], strict=True))
    band = next(trace for trace in figure.data if trace.line.color == palette.FADES[0])
    assert {(p.sim_low, p.sim_high) for p in EVENTS if p.value is not None} == set(
        zip(band.y[::3], band.y[1::3], strict=True)
    )
    assert len(figure.layout.xaxis.tickvals) < len(EVENTS)
    alt = charts.event_study_alt(EVENTS, text)
    for value in (-0.09, -0.01, 0.0, 0.15):
        assert text.percent(value) in alt
    assert "24" in alt
    yearly = charts.event_study(EVENTS[7:12], stamp=STAMP, text=text, yearly=True)
    assert text("chart.event_years").split(";")[0] in words(yearly)
    with pytest.raises(ValueError, match="finite"):
        EventPoint(0, float("nan"))


@pytest.mark.parametrize("compact", [False, True])
def test_dot_rows_draw_what_is_given_and_far_values_as_arrows(text, compact):
    rows = [*DOT_ROWS, DotRow("Lontano", 20, 40.0)]

    def write(value: float) -> str:
        return text.number(value, 2)

    figure = charts.dot_rows(rows, guides=GUIDES, write=write, stamp=STAMP, text=text, compact=compact)
    assert list(figure.data[0].x) == [0.08, -0.31]
    assert figure.data[1].marker.symbol == ("triangle-right",)
    assert figure.layout.xaxis.range[1] < 5
    alt = charts.dot_rows_alt(rows, guides=GUIDES, write=write, text=text)
    for written in (write(0.08), write(-0.31), write(40.0), WHY):
        assert written in words(figure)
        assert written in alt
    for value, name in GUIDES:
        assert name in words(figure)
        dashed = [shape for shape in figure.layout.shapes if shape.line.dash == "4px,3px"]
        assert any(shape.x0 == value or (shape.path or "").startswith(f"M{value},") for shape in dashed)
    with pytest.raises(ValueError, match="finite"):
        DotRow("a", 3, float("inf"))


def test_official_statistics_are_grey_solid_and_stand_on_zero(text):
    figure = charts.context(LINES, stamp=STAMP, text=text)
    assert [list(zip(trace.x, trace.y, strict=True)) for trace in figure.data] == [list(line.points) for line in LINES]
    assert {trace.line.color for trace in figure.data} == {palette.GREY_TEXT}
    assert all(trace.line.dash is None for trace in figure.data)
    assert len({trace.marker.symbol for trace in figure.data}) == len(LINES)
    assert palette.BLUE not in figure.to_json()
    assert 0.0 in figure.layout.yaxis.tickvals
    alt = charts.context_alt(LINES, text)
    for line in LINES:
        assert line.label in words(figure)
        assert line.label in alt
        assert text.percent(line.points[-1][1], sign=False) in words(figure)
        assert text.percent(line.points[-1][1], sign=False) in alt
    with pytest.raises(ValueError, match="finite"):
        ContextLine("a", [(2020, float("nan"))])


def test_alt_texts_say_every_figure_that_is_drawn_in_words(text):
    drawn_with = every_figure(text)
    alts = {
        "forest": charts.forest_alt([*ROWS, HELD], text, MARKS[0]),
        "ways": charts.forest_alt(PLAIN, text, MARKS[0], reference_words="stima principale"),
        "spread few": charts.spread_alt([], median=0.22, n=31, text=text, per_dot=10),
        "shares": charts.shares_alt(SHARES, text, awards=AWARDS),
        "context": charts.context_alt(LINES, text),
    }
    for name, alt in alts.items():
        assert figures(words(drawn_with[name][1])) - {"95%"} <= figures(alt), name
        assert alt.endswith("."), name


# -- any values at all

numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9)
labels = st.text(max_size=60)


@settings(**FEW)
@given(st.lists(st.builds(DotRow, labels, st.none() | st.integers(0, 10**6), st.none() | numbers, labels), max_size=12))
def test_wild_dot_rows_stay_inside(rows):
    text = Text()
    for compact in (False, True):
        figure = charts.dot_rows(rows, guides=GUIDES, write=text.number, stamp=STAMP, text=text, compact=compact)
        low, high = figure.layout.xaxis.range
        assert all(low <= x <= high for x in mark_values(figure))
        assert len(mark_values(figure)) == sum(row.value is not None for row in rows)
    charts.dot_rows_alt(rows, guides=GUIDES, write=text.number, text=text)


@settings(**FEW)
@given(st.lists(st.tuples(st.none() | numbers, numbers, numbers), max_size=30), st.integers(-40, 0), st.booleans())
def test_wild_events_stay_inside(values, first, compact):
    points = [
        EventPoint(first + i, v, min(v or 0, a), max(v or 0, b), min(v or 0, a) - 1, max(v or 0, b) + 1)
        for i, (v, a, b) in enumerate(values)
    ]
    figure = charts.event_study(points, stamp=STAMP, text=Text(), compact=compact)
    low, high = figure.layout.yaxis.range
    assert all(low <= y <= high for trace in figure.data for y in trace.y if y is not None)
    charts.event_study_alt(points, Text())


@settings(**FEW)
@given(
    st.lists(
        st.builds(ContextLine, labels, st.lists(st.tuples(st.integers(1900, 2100), numbers), max_size=6)), max_size=3
    )
)
def test_wild_statistics_keep_zero(lines):
    figure = charts.context(lines, stamp=STAMP, text=Text())
    low, high = figure.layout.yaxis.range
    assert low <= 0 <= high
    charts.context_alt(lines, Text())


@settings(**FEW)
@given(
    st.lists(
        st.builds(Tile, labels, labels, st.integers(0, 8), st.integers(0, 8), st.none() | numbers, labels), max_size=8
    )
)
def test_wild_tiles_never_raise(tiles):
    figure = charts.tiles(tiles, steps=(15.5, 20), stamp=STAMP, text=Text("en"))
    assert len([shape for shape in figure.layout.shapes if shape.line.dash]) == sum(t.value is None for t in tiles)
    charts.tiles_alt(tiles, Text("en"))


@settings(**FEW)
@given(st.lists(st.text(min_size=1, max_size=40), max_size=6), st.floats(60, 400), st.floats(0, 50))
def test_parts_that_flow_fit_and_none_is_lost(parts, room, indent):
    lines = flow(parts, 12, room, indent=indent)
    assert all(width(line, 12) <= room for line in lines)
    kept = "".join("".join(lines).replace("·", "").split())
    assert kept == "".join("".join(parts).replace("·", "").split())
