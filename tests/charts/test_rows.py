"""Rows on one axis: what is drawn is what was given, in its order; what is withheld says why; each opens its own."""

from dataclasses import replace
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import charts
from analytics.charts import Axis, Guide, Look, Mark, Row
from analytics.language.text import LANGUAGES, Text
from tests.charts.examples import (
    CHANGES,
    DOTS,
    GAIN,
    GUIDES,
    HEADS,
    HELD,
    LOSS,
    ROWS,
    SIMULATED,
    WHY,
    WIDE,
    draw,
    fractions,
    labels,
    marks,
    numbers,
)
from tests.helpers.markup import at, classes, of_class, one, parsed, places, rule, shapes, style_of, words

NARROW, LETTER = 300, 6.7  # px: of the narrowest axis, and of a letter of 13 px, about
AXIS = Axis(-0.5, 0.5, 0.25)
GROUND = {"grid", "zero", "reference"}


def body(drawing: object) -> list[Element]:
    return parsed(drawing).findall("table/tbody/tr")


def around(row: Element, name: str) -> list[Element]:
    """The boxes, at a place of the axis, around what is drawn in px."""
    return [svg for svg in row.iter("svg") if svg.find(f"path[@class='{name}']") is not None]


def share_of(value: float, axis: Axis = AXIS) -> float:
    return pytest.approx((value - axis.low) / (axis.high - axis.low), abs=1e-4)


# ---- one axis, one order ---------------------------------------------------------------------------------------------


def test_all_rows_stand_on_one_axis_in_the_order_given(text) -> None:
    """Grid, zero and programme stand at the same places in every row, and the ticks are written once."""
    rows = [replace(ROWS[0], label=f"{i}", mark=mark) for i, mark in enumerate((LOSS, GAIN, WIDE, GAIN))]
    drawing = draw(rows, text, axis=AXIS)
    ground = [
        [(shape.get("class"), shape.get("x1")) for shape in shapes(row) if classes(shape) & GROUND]
        for row in body(drawing)
    ]
    assert all(of_row == ground[0] for of_row in ground)
    assert ground[0].count(("zero", "50%")) == 1
    assert [words(row.find("th")).split(" ")[0] for row in body(drawing)] == ["0", "1", "2", "3"]
    assert len(of_class(parsed(drawing), "ticks")) == 1


def test_an_estimate_stands_at_its_value_and_its_interval_ends_at_its_ends(text) -> None:
    """Dot, 50% bar, 95% hair with its caps, each at its share of the axis."""
    [row] = body(draw([ROWS[0]], text, axis=AXIS))
    assert at(one(row, "dot")) == share_of(GAIN.value)
    bar, [hair] = one(row, "bar"), [line for line in of_class(row, "hair") if line.tag == "line"]
    assert (at(hair, "x1"), at(hair, "x2")) == (share_of(GAIN.low), share_of(GAIN.high))
    assert (at(bar, "x"), at(bar, "x") + at(bar, "width")) == (share_of(0.08), share_of(0.18))
    caps = [at(svg, "x") for svg in around(row, "hair")]
    assert caps == [share_of(GAIN.low), share_of(GAIN.high)]


def test_a_change_is_a_line_from_no_change_and_of_comparison_firms_dashed(text) -> None:
    """Solid for funded firms, dashed with a hollow end for comparison firms: also without colours."""
    funded, comparison = body(draw(CHANGES, text, axis=AXIS))
    for row, value in ((funded, 0.35), (comparison, 0.23)):
        assert (at(one(row, "change"), "x1"), at(one(row, "change"), "x2")) == (share_of(0.0), share_of(value))
        assert at(one(row, "end")) == share_of(value)
    assert "comparison" in classes(one(comparison, "change"))
    assert "stroke-dasharray" in rule(".change.comparison")
    assert "stroke-dasharray" not in rule(".change")
    assert rule(".end.comparison")["fill"] == "#fff"


def test_a_single_value_is_a_dot_and_one_that_leaves_the_axis_an_arrow(text) -> None:
    """With its number, and no dot at the end of the axis."""
    far = replace(DOTS[0], label="Lontano", mark=Mark(40.0, 40.0, 40.0))
    near, gone, _ = body(draw([DOTS[0], far, DOTS[1]], text, axis=AXIS))
    assert at(one(near, "dot")) == share_of(0.08)
    assert not of_class(near, "arrow")
    assert not of_class(gone, "dot")
    assert len(of_class(gone, "arrow")) == 1
    assert words(one(gone, "beyond")) == text.percent(40.0)


def test_an_interval_that_leaves_the_axis_gets_an_arrow_with_its_number(text) -> None:
    """At either end, and the estimate itself where it lies outside."""
    inside = [replace(ROWS[0], label=str(i)) for i in range(6)]
    far = Row("far", Mark(9.0, 8.0, 9.9, 8.8, 9.3), value="da +800% a +990%")
    rows = body(draw([*inside, far, replace(far, mark=WIDE)], text, guides=[]))
    assert not any(of_class(row, "arrow") for row in rows[:6])
    assert words(one(rows[6], "beyond")) == text.percent(9.9)
    assert not of_class(rows[6], "dot")
    assert [words(beyond) for beyond in of_class(rows[7], "beyond")] == [text.percent(-0.95), text.percent(9.0)]
    assert at(around(rows[7], "arrow")[-1], "x") == 1.0


# ---- told, and not ---------------------------------------------------------------------------------------------------


def test_a_row_of_which_something_is_said_is_solid_and_leads_with_its_estimate(text) -> None:
    """The others are hollow, smaller and paler; their range comes first, their estimate after it, in grey."""
    told, open_ = body(draw(ROWS[:2], text))
    assert "told" in classes(told)
    assert "told" not in classes(open_)
    for part in ("dot", "bar"):
        assert "open" not in classes(one(told, part))
        assert "open" in classes(one(open_, part))
    assert float(one(told, "dot").get("r")) > float(one(open_, "dot").get("r"))
    assert float(one(told, "bar").get("height")) > float(one(open_, "bar").get("height"))
    assert rule(".dot.open")["fill"] == "#fff"
    assert rule(".dot")["fill"] == rule(".dot.open")["stroke"]
    assert words(one(told, "value").find("b")) == "+13%"
    assert words(one(told, "value")) == "+13% (−1%; +29%)"
    assert words(one(told, "verb")) == "più alte"
    assert one(open_, "value").find("b") is None
    assert words(one(open_, "value")) == "da −29% a +1% · stima −13%"
    assert words(one(open_, "aside")) == "· stima −13%"
    assert not of_class(open_, "verb")
    assert one(open_, "value").get("colspan") == "2"  # its range has the room of the words that it lacks


def test_a_range_without_its_estimate_draws_no_point(text) -> None:
    """Nothing at the value: neither dot nor arrow nor words."""
    [row] = body(draw([Row("a", replace(GAIN, value=0.1234), value="da −1% a +29%", look=Look.RANGE)], text, guides=[]))
    assert not [shape for shape in shapes(row) if shape.tag == "circle"]
    assert of_class(row, "hair")
    assert of_class(row, "bar")
    assert "12" not in words(row)


def test_positive_and_negative_effects_look_the_same(text) -> None:
    """Position says the sign: no colour of good and bad."""

    def looks(mark: Mark) -> list[tuple[str, str | None]]:
        [row] = body(draw([replace(ROWS[0], mark=mark)], text, axis=AXIS, guides=[]))
        return [(shape.tag, shape.get("class")) for shape in shapes(row)]

    assert looks(GAIN) == looks(LOSS)


def test_a_second_estimate_is_a_hollow_diamond_beside_the_first(text) -> None:
    """Also at the end of the axis, where it lies outside."""
    near, far = body(draw([replace(ROWS[0], second=0.2), replace(ROWS[0], second=9.0)], text, axis=AXIS))
    stands = [at(svg, "x") for row in (near, far) for svg in around(row, "second")]
    assert stands == [share_of(0.2), 1.0]
    assert rule(".second")["fill"] == "#fff"


# ---- withheld --------------------------------------------------------------------------------------------------------


def test_withheld_rows_draw_no_mark_and_say_why_in_their_place(text) -> None:
    """The drawing of the others is the same with them and without."""
    with_it, without = draw(ROWS, text), draw(ROWS[:2], text)
    *others, held = body(with_it)
    for ours, theirs in zip(others, body(without), strict=True):
        assert [shape.attrib for shape in shapes(ours)] == [shape.attrib for shape in shapes(theirs)]
    assert words(parsed(with_it).find(".//tfoot")) == words(parsed(without).find(".//tfoot"))
    assert "withheld" in classes(held)
    assert {name for shape in shapes(held) for name in classes(shape)} <= GROUND
    assert words(held.find("th")).startswith(HELD.label)
    assert words(one(held, "note")) == WHY


def test_nothing_but_withheld_rows_is_still_a_list_with_reasons(text) -> None:
    """No axis, no line, no tick: there is nothing to measure."""
    root = parsed(draw([HELD], text))
    assert words(one(root, "note")) == WHY
    assert not shapes(root)
    assert root.find(".//tfoot") is None


def test_marks_and_rows_need_finite_numbers() -> None:
    """What is unknown is withheld, never NaN."""
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="finite"):
            Mark(bad, 0.0, 1.0, 0.2, 0.8)
        with pytest.raises(ValueError, match="finite"):
            Mark(0.5, 0.0, 1.0, 0.2, bad)
        with pytest.raises(ValueError, match="finite"):
            Row("a", GAIN, second=bad)


# ---- names, links, words ---------------------------------------------------------------------------------------------


def test_each_row_that_opens_something_is_one_link_named_by_its_group(text) -> None:
    """One stop of the keyboard a row, as large as the row; the others none."""
    linked, *_, held = rows = body(draw(ROWS, text))
    assert [len(list(row.iter("a"))) for row in rows] == [1, 1, 0]
    assert [("opens" in classes(row)) for row in rows] == [True, True, False]
    [link] = linked.iter("a")
    assert (words(link), link.get("href")) == ("Mobili e arredo", "?a=1")
    assert rule(".rows .name a::after")["inset"] == "0"
    assert rule(".rows .name a:focus-visible::after")["outline"].startswith("2px solid")
    assert next(iter(body(draw([replace(HELD, href="?b")], text))[0].iter("a"))).get("href") == "?b"
    assert held.find(".//a") is None


def test_a_table_names_itself_its_columns_and_its_rows(text) -> None:
    """For who hears it: a caption, headings of columns and rows; what is drawn is silent."""
    root = parsed(draw(ROWS, text))
    assert words(root.find("table/caption")) == HEADS.caption
    assert {head.get("scope") or head.get("aria-hidden") for head in root.iterfind(".//thead//th")} == {"col", "true"}
    assert {head.get("scope") for head in root.iterfind(".//tbody//th")} == {"row"}
    assert all(cell.find("svg").get("aria-hidden") == "true" for cell in root.iterfind(".//tbody//td[@class='axis']"))
    assert words(parsed(draw(DOTS, text, heads=charts.Heads("Differenze"))).find(".//thead//th")) == "Differenze"


def test_columns_hold_as_many_cells_in_every_row(text) -> None:
    """Of numbers of firms and of verbs there is a column where any row has one."""
    for rows, columns in ((ROWS, 5), (DOTS, 3), (CHANGES, 3), ([ROWS[0], HELD], 5)):
        for row in parsed(draw(rows, text)).iter("tr"):
            assert sum(int(cell.get("colspan", 1)) for cell in row) == columns


def test_wholes_and_their_parts_are_told_apart(text) -> None:
    """A macro-sector is a whole, its sectors are parts; elsewhere rows are neither."""
    rows = [replace(ROWS[0], whole=whole) for whole in (True, False, None)]
    assert [classes(row) & {"whole", "part"} for row in body(draw(rows, text))] == [{"whole"}, {"part"}, set()]


def test_a_line_to_compare_with_has_its_words_over_it_inside_the_axis(text) -> None:
    """Beside each other and away from each other where both fit, else one above the other; never beyond the axis."""
    axes = (Axis(-0.9, 1.2, 0.5), Axis(-0.02, 3.0, 1.0))
    heads = [parsed(draw(ROWS[:2], text, guides=GUIDES, axis=axis)) for axis in axes]
    for root, sides in zip(heads, (("before", "after"), ("over", "over")), strict=True):
        guides = of_class(root, "guide")
        assert [words(guide) for guide in guides] == [guide.words for guide in GUIDES]
        assert [next(iter(classes(guide) & {"before", "after", "over"})) for guide in guides] == list(sides)
        for guide in guides:
            at_px, wide = float(style_of(guide, "left")[:-1]) * NARROW / 100, LETTER * len(words(guide))
            shift = float(style_of(guide, "transform").removeprefix("translateX(").rstrip("%)")) * wide / 100
            assert at_px + shift >= -0.1
            assert at_px + shift + wide <= NARROW + 0.1
    gone = parsed(draw(ROWS[:2], text, guides=[Guide(0.0, "zero", "zero"), Guide(9.0, "fuori")], axis=AXIS))
    assert "fuori" not in words(gone)
    assert not of_class(gone, "reference")
    assert "stroke-dasharray" in rule(".reference")


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(marks, min_size=1, max_size=6))
@settings(max_examples=30)
def test_ticks_stand_apart_on_the_narrowest_axis_and_none_is_below_minus_one_hundred(
    language: str, of_rows: list[Mark]
) -> None:
    """Nothing falls by more than 100%; zero, where the ticks hold it, is always named."""
    text = Text(language)
    root = parsed(draw([Row(str(i), mark, value="x") for i, mark in enumerate(of_rows)], text))
    ticks = [(float(style_of(tick, "left")[:-1]) * NARROW / 100, words(tick)) for tick in one(root, "ticks")]
    for (left, first), (right, second) in pairwise(ticks):
        assert right - left >= LETTER * (len(first) + len(second)) / 2
    assert text.percent(0.0) in [word for _, word in ticks]
    assert not any(word.startswith("−") and len(word) > len("−100%") for _, word in ticks)


def test_both_languages_use_their_own_numbers() -> None:
    """Ticks and numbers at arrows."""
    row = [replace(ROWS[1], mark=Mark(2.5, 0.01, 30.0, 1.0, 5.0))]
    italian, english = (words(parsed(draw(row, Text(code), axis=Axis(-1, 12.5, 12.5)))) for code in ("it", "en"))
    assert "+3.000%" in italian
    assert "+1.250%" in italian
    assert "+3,000%" in english
    assert "+1,250%" in english


# ---- any values at all -----------------------------------------------------------------------------------------------

looks = st.sampled_from(list(Look))
amounts = st.tuples(numbers, numbers, numbers).map(sorted).map(lambda v: Mark(v[1], v[0], v[2]))
wild_rows = st.lists(
    st.builds(
        Row,
        label=labels,
        mark=st.none() | marks,
        note=labels,
        value=labels,
        n=labels,
        told=st.booleans(),
        whole=st.none() | st.booleans(),
        look=looks,
        second=st.none() | fractions,
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(wild_rows, st.none() | fractions, st.sampled_from(LANGUAGES))
def test_wild_rows_stay_inside_their_axis(rows: list[Row], reference: float | None, language: str) -> None:
    """Every place lies between the ends of the axis, every bar ends before its end; each row keeps its label."""
    guides = [Guide(0.0, "zero", "zero"), *([] if reference is None else [Guide(reference, "altro")])]
    drawing = draw(rows, Text(language), guides=guides)
    assert all(0 <= place <= 100 for place in places(parsed(drawing)))
    drawn = body(drawing)
    assert len(drawn) == len(rows)
    for row, given_ in zip(drawn, rows, strict=True):
        assert " ".join(given_.label.split()) in words(row)
        for bar in row.iter("rect"):
            assert at(bar, "x") + at(bar, "width") <= 1.0001
        marked = [shape for shape in shapes(row) if not classes(shape) & GROUND]
        assert bool(marked) == (given_.mark is not None)


@settings(max_examples=60)
@given(st.lists(amounts, min_size=1, max_size=8))
def test_wild_amounts_stay_inside_too(of_rows: list[Mark]) -> None:
    """Also where there is no smallest value."""
    rows = [Row(str(i), mark, value="x") for i, mark in enumerate(of_rows)]
    drawing = draw(rows, Text(), guides=[Guide(0.0, "zero", "zero")], scale="linear", write=Text().number)
    assert all(0 <= place <= 100 for place in places(parsed(drawing)))


def test_the_watermark_has_a_row_of_its_own(text) -> None:
    """Under the rows, where nothing is drawn; the drawing is the same without it, on real data."""
    marked, real = parsed(draw(ROWS, text)), parsed(draw(ROWS, text, data_mark=None))
    [mark] = of_class(marked, "watermark")
    assert mark.get("data-mark") == SIMULATED
    assert mark.get("aria-hidden") == "true"
    foot = marked.find(".//tfoot")
    assert mark in foot.iter()
    assert not shapes(foot)
    assert not of_class(real, "watermark")
    assert [shape.attrib for shape in shapes(marked)] == [shape.attrib for shape in shapes(real)]
