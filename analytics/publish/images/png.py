"""SVG -> PNG, with its words beside it: a title, the same in words, where it comes from."""

import io
from collections.abc import Mapping

from PIL import Image, PngImagePlugin
from resvg_py import svg_to_bytes


def to_png(svg: str, told: Mapping[str, str], *, dpi: int = 96, colours: int = 256) -> bytes:
    """The pixels of an image of ours, whose words are outlines. told: texts by the keywords of the PNG standard
    ("Title", "Description", "Source"); colours: at most, which makes it a third as large and is not seen.
    """
    drawn = svg_to_bytes(svg_string=svg, skip_system_fonts=True, background="#ffffff")
    texts = PngImagePlugin.PngInfo()
    for keyword, words in told.items():
        texts.add_itxt(keyword, words)
    image = Image.open(io.BytesIO(bytes(drawn))).convert("RGB")
    image = image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    written = io.BytesIO()
    image.save(written, "PNG", pnginfo=texts, dpi=(dpi, dpi), optimize=True)
    return written.getvalue()
