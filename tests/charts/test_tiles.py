"""Provinces as equal squares: the number is printed in each, and a withheld one is no zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import charts
from analytics.charts import Tile
from analytics.language.text import Text
from tests.charts.examples import SIMULATED, TILES, WHY, labels, numbers
from tests.helpers.markup import classes, of_class, one, parsed, rule, style_of, words


def drawn(text: Text, tiles=TILES, steps=(15, 20)):
    return parsed(charts.tiles(tiles, steps=steps, heading="Imprese finanziate", data_mark=SIMULATED, text=text))


def test_every_square_has_its_code_its_number_its_place_and_its_shade(text) -> None:
    """Below the first step, below the second, from it on."""
    squares = of_class(drawn(text), "square")
    assert [words(square) for square in squares] == ["MI 121", "CO 11", "MB 16", f"SO {text('chart.not_shown')}"]
    assert [next(iter(classes(square) - {"square"})) for square in squares] == [
        "shade2",
        "shade0",
        "shade1",
        "withheld",
    ]
    place = [(style_of(square, "grid-row"), style_of(square, "grid-column")) for square in squares]
    assert place == [("1", "1"), ("1", "2"), ("2", "1"), ("2", "4")]


def test_a_withheld_square_is_dashed_and_says_why(text) -> None:
    """Its reason stands in the key, and in the words for who cannot see."""
    root = drawn(text)
    assert "dashed" in rule(".square.withheld")["border"]
    assert WHY in words(one(root, "tile-key"))
    assert f"Sondrio ({WHY})" in one(root, "drawing").get("aria-label", "")
    assert WHY not in words(drawn(text, TILES[:3]))


def test_the_key_names_the_ranges_that_the_shades_stand_for(text) -> None:
    """In the same three shades, with what is counted."""
    key = one(drawn(text), "tile-key")
    assert [next(iter(classes(swatch) - {"swatch"})) for swatch in of_class(key, "swatch")] == [
        "shade0",
        "shade1",
        "shade2",
    ]
    for part in (
        "Imprese finanziate",
        text("chart.tile_below", value="15"),
        text("chart.tile_between", low="15", high="19"),
        text("chart.tile_from", value="20"),
    ):
        assert part in words(key)


def test_who_cannot_see_hears_the_places_with_most_firms_first(text) -> None:
    """By name, with their numbers."""
    said = one(drawn(text), "drawing").get("aria-label", "")
    assert "Imprese finanziate: Milano 121; Monza e Brianza 16; Como 11." in said


def test_a_tile_needs_a_finite_number() -> None:
    """What is unknown is withheld."""
    with pytest.raises(ValueError, match="finite"):
        Tile("MI", "Milano", 0, 0, float("nan"))


def test_the_watermark_has_a_row_of_its_own(text) -> None:
    """Under the squares."""
    assert one(one(drawn(text), "mark-row"), "watermark").get("data-mark") == SIMULATED


@given(
    st.lists(
        st.builds(Tile, labels, labels, st.integers(0, 8), st.integers(0, 8), st.none() | numbers, labels), max_size=8
    )
)
def test_wild_tiles_are_all_drawn(tiles: list[Tile]) -> None:
    """Each once, withheld where it has no number."""
    root = drawn(Text("en"), tiles, (15.5, 20))
    assert len(of_class(root, "square")) == len(tiles)
    assert len(of_class(root, "square", "withheld")) == sum(tile.value is None for tile in tiles)
