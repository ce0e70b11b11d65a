"""Words inside a picture: made safe, measured, broken into lines, kept from lying on each other. All lengths in px."""

import re
from collections.abc import Sequence

ELLIPSIS = "…"
BREAK = "<br>"

# Advance widths of Source Sans in hundredths of the font size; bold is up to 8% wider.
_WIDTHS = {
    20: " \u00a0",
    26: "!',.·:;ijlIì’|",
    33: '()-/ftr[]"',
    44: "sczxº",
    61: "BGKPRCXDH&NU",
    68: "OQÒ",
    80: "MmwW%",
    98: ELLIPSIS,
}
_WIDTH = {character: width / 100 for width, characters in _WIDTHS.items() for character in characters}
_OTHER = 0.55
_BOLD = 1.08
_OTHER_FONTS = 1.04  # a picture made on another machine may fall back to a wider font


def safe(words: str) -> str:
    """Data as plotly text: it understands some HTML, entities and $TeX$, and data are none of them."""
    plain = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[\t\r\n]+", " ", plain.replace("$", "&#36;"))


def bold(markup: str) -> str:
    """The same words in bold."""
    return f"<b>{markup}</b>"


def coloured(markup: str, colour: str, size: int | None = None) -> str:
    """The same words in another colour and size."""
    return f"<span style='color:{colour}{f';font-size:{size}px' if size else ''}'>{markup}</span>"


def width(words: str, size: float, *, heavy: bool = False) -> float:
    """How wide plain words (no markup) stand in a font size."""
    return sum(_WIDTH.get(c, _OTHER) for c in words) * size * _OTHER_FONTS * (_BOLD if heavy else 1.0)


def _pieces(word: str, size: float, room: float) -> list[str]:
    """A word that is longer than a line, cut where the line ends."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def wrap(words: str, size: float, room: float, *, most: int = 99, indent: float = 0.0) -> list[str]:
    """Plain words in lines no wider than `room`, the first shorter by `indent`; at most `most`, then an ellipsis."""
    lines: list[str] = []
    for word in re.split(r"[ \t\r\n]+", words.strip()):
        joined = f"{lines[-1]} {word}".strip() if lines else word
        free = room - (indent if len(lines) <= 1 else 0.0)
        if width(joined, size) <= free:
            lines[-1:] = [joined]
        elif width(word, size) <= room:
            lines += ["", word] if not lines else [word]
        else:
            lines += _pieces(word, size, room - indent)
    if len(lines) <= most:
        return lines or [""]
    return [*lines[: most - 1], _cut(lines[most - 1], size, room)]


def flow(parts: Sequence[str], size: float, room: float, *, indent: float = 0.0) -> list[str]:
    """Parts joined by a dot where they fit; a line breaks between two parts before it breaks inside one.

    indent: how much shorter the first line is.
    """
    lines: list[str] = []
    for words in parts:
        joined = f"{lines[-1]} · {words}" if lines and lines[-1] else words
        free = room - (indent if len(lines) <= 1 else 0.0)
        if width(joined, size) <= free:
            lines[-1:] = [joined]
        else:
            lines += wrap(words, size, room, indent=0.0 if lines else indent)
    return lines


def _cut(line: str, size: float, room: float) -> str:
    """A line and an ellipsis in the room of the line: without its last word, or letters where it is one word."""
    while line and width(line + ELLIPSIS, size) > room:
        line = line.rpartition(" ")[0] or line[:-1]
    return line.rstrip(" ,;·") + ELLIPSIS


def lay_out(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float, gap: float = 6.0) -> list[float]:
    """Centres as near to the wanted ones as non-overlapping labels of these sizes allow, between `low` and `high`.

    Order is kept. Where the room is too small for all, they overflow at `high`, still without overlap.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    clusters: list[tuple[list[int], float, float]] = []  # members, left edge, length
    for i in order:
        members, length = [i], sizes[i]
        left = _held(wanted[i] - length / 2, length, low, high)
        while clusters and clusters[-1][1] + clusters[-1][2] + gap > left:
            before = clusters.pop()
            members, length = before[0] + members, before[2] + gap + length
            left = _held(_ideal(members, wanted, sizes, gap), length, low, high)
        clusters.append((members, left, length))
    centres = [0.0] * len(wanted)
    for members, left, _ in clusters:
        for i in members:
            centres[i] = left + sizes[i] / 2
            left += sizes[i] + gap
    return centres


def _held(left: float, length: float, low: float, high: float) -> float:
    return max(low, min(left, high - length))


def _ideal(members: Sequence[int], wanted: Sequence[float], sizes: Sequence[float], gap: float) -> float:
    """Left edge at which touching labels lie, on average, where each was wanted."""
    offset, total = 0.0, 0.0
    for i in members:
        total += wanted[i] - sizes[i] / 2 - offset
        offset += sizes[i] + gap
    return total / len(members)
