"""Around every picture: its heading, and at its foot where the figures come from and that they are simulated."""

import dataclasses

from analytics.charts import Stamp, framed
from analytics.charts.kit.markup import element
from tests.charts.examples import SIMULATED, every_drawing
from tests.helpers.markup import of_class, one, parsed, words

STAMP = Stamp("elaborazione su dati <inventati>", "2026-2", "ecommerce.s-10-K", SIMULATED)
DRAWING = element("p", "x")


def test_the_foot_says_source_edition_and_figure_id(text) -> None:
    """All that a picture cut out of the page must still say."""
    foot = words(parsed(framed(DRAWING, STAMP, text)).find(".//figcaption"))
    for part in (STAMP.source, STAMP.figure_id, text("chart.release", release="2026-2")):
        assert part in foot
    within = dataclasses.replace(STAMP, figure_id="ecommerce.2026-2.s-10-K")
    foot = words(parsed(framed(DRAWING, within, text)).find(".//figcaption"))
    assert foot.count("2026-2") == 1  # the id names its edition


def test_simulated_data_are_said_first_in_the_foot_in_words_that_are_heard(text) -> None:
    """A tag before all else; on real data there is none."""
    foot = parsed(framed(DRAWING, STAMP, text)).find(".//figcaption")
    assert words(foot).startswith(SIMULATED)
    assert words(one(foot, "tag")) == SIMULATED
    assert one(foot, "tag").get("aria-hidden") is None
    real = parsed(framed(DRAWING, dataclasses.replace(STAMP, data_mark=None), text))
    assert not of_class(real, "tag")
    assert SIMULATED not in words(real)


def test_figures_that_are_not_ours_have_their_source_alone(text) -> None:
    """No edition, no id."""
    foot = parsed(framed(DRAWING, Stamp("Istat", "", "", None), text)).find(".//figcaption")
    assert words(foot) == text("chart.source", source="Istat")


def test_a_picture_stands_under_its_heading_in_a_figure_of_its_own(text) -> None:
    """At the level that the page asks for, with what it says, and what comes after its foot."""
    [figure] = parsed(framed(DRAWING, STAMP, text, title="Titolo", says="Dice", level=2, after=element("table")))
    assert [child.tag for child in figure] == ["h2", "p", "p", "figcaption", "table"]
    assert [words(child) for child in figure][:2] == ["Titolo", "Dice"]
    [bare] = parsed(framed(DRAWING, STAMP, text))
    assert [child.tag for child in bare] == ["p", "figcaption"]


def test_every_drawing_of_simulated_data_has_one_watermark_and_of_real_data_none(text) -> None:
    """What is cut out of the page keeps it; small charts have one each."""
    for name, drawing in every_drawing(text).items():
        marks = of_class(parsed(drawing), "watermark")
        assert [mark.get("data-mark") for mark in marks] == [SIMULATED] * (2 if name == "small" else 1), name
    for name, drawing in every_drawing(text, None).items():
        assert not of_class(parsed(drawing), "watermark"), name
        assert SIMULATED not in drawing.markup, name
