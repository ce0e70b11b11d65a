"""The sizes that images of a sentence come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Size:
    """width, height, margin: px; sentence: px of its letters, most and least; small: px of the letters of the lines
    below; picture: how many times the size of a page the picture is, most and least; dpi: as it is printed.
    """

    name: str
    width: int
    height: int
    margin: int
    sentence: tuple[int, int]
    small: int
    picture: tuple[float, float]
    dpi: int = 96


SIZES: Final[Mapping[str, Size]] = {
    size.name: size
    for size in (
        Size("web", 1200, 675, 48, (40, 21), 16, (1.7, 1.2)),
        Size("square", 1080, 1080, 60, (46, 26), 20, (2.0, 1.4)),
        Size("story", 1080, 1920, 72, (58, 34), 26, (2.3, 1.7)),
        Size("print", 2400, 1600, 120, (92, 50), 34, (3.8, 2.6), 300),
    )
}
