"""A heading in Markdown -> the words that a reader sees."""

import re
from typing import Final

_COLOURED: Final = re.compile(r":[a-z]+\[([^\]]*)\]")
_ESCAPED: Final = re.compile(r"\\(.)")


def without_marks(markdown: str) -> str:
    """Without colours, bold and the marks that keep Markdown away."""
    return _ESCAPED.sub(r"\1", _COLOURED.sub(r"\1", markdown).replace("**", ""))
