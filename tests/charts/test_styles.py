"""The styles of pictures: words and marks can be seen and read, and colours mean what VISUAL.md says they mean."""

import colorsys
import re

import pytest

from tests.helpers.markup import rule, rules

WHITE, WORDS, MARKS = "#FFFFFF", 4.5, 3.0  # least contrasts of WCAG 2.2: 1.4.3, 1.4.11
SMALLEST = 12.0  # px of words
PLAIN = {".watermark"}  # a ground, said in words at the foot: light on purpose
# Shades whose meaning something darker beside them carries: a hair the ends of bands, words the windows and numbers.
DECORATIVE = (".band.", ".grid", ".before-zone", ".event-band", ".shade0")


def colour(written: str) -> str | None:
    """A colour as six digits; None for others."""
    if short := re.fullmatch(r"#([0-9a-fA-F]{3})", written):
        return "#" + "".join(digit * 2 for digit in short[1])
    found = re.search(r"#[0-9a-fA-F]{6}\b", written)
    return found[0] if found else WHITE if written == "#fff" else None


def luminance(hexadecimal: str) -> float:
    """Relative luminance, by WCAG."""
    parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_does() -> None:
    """Against the values that VISUAL.md gives."""
    for known, value in (("#12436D", 10.25), ("#595959", 7.0), ("#8C8C8C", 3.36), ("#F46A25", 3.03)):
        assert contrast(known, WHITE) == pytest.approx(value, abs=0.01)


def test_words_can_be_read() -> None:
    """At least 4.5 on the ground that their own rule gives them, else on white and on the grey and blue of rows."""
    seen = 0
    for selector, sets in rules():
        ink = colour(sets.get("color", "")) or (colour(sets["fill"]) if selector == ".beyond" else None)
        if ink is None or selector in PLAIN:
            continue
        own = colour(sets.get("background", ""))
        for ground in [own] if own else [WHITE, "#F5F6F8", "#EAF0F5"]:
            assert contrast(ink, ground) >= WORDS, (selector, ink, ground)
        seen += 1
    assert seen > 20


LINED = (".rows", ".figures", ".grid", ".downloads")  # tables and lists, whose lines part rows and mean nothing


def test_marks_that_carry_meaning_can_be_seen() -> None:
    """At least 3 on white, by their fill or, where they are hollow, by their outline."""
    seen = 0
    for selector, sets in rules():
        painted = [
            found for name in ("fill", "stroke", "border-bottom", "border-top") if (found := colour(sets.get(name, "")))
        ]
        meant = [found for found in painted if luminance(found) < 0.99]
        if (
            not meant
            or selector.startswith((".rows", ".figures", ".grid", ".downloads"))
            or any(name in selector for name in DECORATIVE)
        ):
            continue
        assert max(contrast(found, WHITE) for found in meant) >= MARKS, (selector, painted)
        seen += 1
    assert seen > 20


def test_there_is_no_colour_of_good_and_bad() -> None:
    """Greys, one blue for estimates of either sign, one orange for attention: no red, no green."""
    for selector, sets in rules():
        for written in re.findall(r"#[0-9a-fA-F]{3,6}\b", " ".join(sets.values())):
            red, green, blue = (int((colour(written) or WHITE)[i : i + 2], 16) / 255 for i in (1, 3, 5))
            hue, saturation = colorsys.rgb_to_hsv(red, green, blue)[:2]
            grey, blueish, orange = saturation < 0.2, 0.54 < hue < 0.62, 0.03 < hue < 0.08
            assert grey or blueish or orange, (selector, written)


def test_orange_is_never_words_nor_a_value() -> None:
    """It marks award dates and simulated data alone; its words are darker."""
    orange = {selector for selector, sets in rules() if "#F46A25" in " ".join(sets.values())}
    assert orange == {".picture figcaption b.tag", ".grid caption b.tag", ".curves .award"}
    assert not [selector for selector, sets in rules() if sets.get("color") == "#F46A25"]


def test_no_words_are_smaller_than_twelve_pixels() -> None:
    """On the screen, phones included."""
    sizes = [
        (selector, float(found[1]))
        for selector, sets in rules()
        if (found := re.match(r"([\d.]+)px", sets.get("font-size", "")))
    ]
    assert len(sizes) > 10
    assert not [one for one in sizes if one[1] < SMALLEST]


def test_what_can_be_opened_shows_where_the_keyboard_is() -> None:
    """Two pixels of blue around rows and small charts."""
    for selector in (".rows .name a:focus-visible::after", "a.small:focus-visible"):
        outline = rule(selector)["outline"]
        assert outline.startswith("2px")
        assert contrast(colour(outline) or WHITE, "#EAF0F5") >= MARKS
