"""The fonts of a document within it: of each only the letters that it uses. It looks the same without a network."""

import base64
from functools import lru_cache
from typing import Final

import uharfbuzz as harfbuzz

from analytics.charts.kit.outlines import REGULAR, SEMIBOLD, Family, font_file

# As the styles of the pictures name them: family, weight, and the font.
_FACES: Final = (
    ("Source Sans", REGULAR, Family.SANS),
    ("Source Sans", SEMIBOLD, Family.SANS),
    ("Source Serif", SEMIBOLD, Family.SERIF),
)


def font_styles(words: str) -> str:
    """Styles that bring the fonts for all letters of the words."""
    letters = frozenset(words)
    return "\n".join(
        f'@font-face {{ font-family: "{name}"; font-weight: {weight}; src: url({_data(family, weight, letters)})'
        ' format("truetype"); }'
        for name, weight, family in _FACES
    )


@lru_cache(maxsize=32)
def _data(family: Family, weight: int, letters: frozenset[str]) -> str:
    font = base64.b64encode(_part(family, weight, letters)).decode()
    return f"data:font/ttf;base64,{font}"


def _part(family: Family, weight: int, letters: frozenset[str]) -> bytes:
    """The font at one weight, with the glyphs of the letters alone."""
    face = harfbuzz.Face(font_file(family))
    wanted = harfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, letters))
    wanted.pin_all_axes_to_default(face)
    wanted.pin_axis_location(face, "wght", weight)
    wanted.flags = harfbuzz.SubsetFlags.NO_HINTING
    part: bytes = wanted.subset(face).blob.data
    return part
