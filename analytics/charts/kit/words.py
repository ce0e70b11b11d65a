"""Words inside a picture: escaped, measured, broken into lines, kept from overlapping. All lengths in px."""

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
_OTHER_WIDTH = 0.55  # of any other character
BOLD_WIDTH = 1.08  # of bold words, where plain ones are 1
_OTHER_FONTS = 1.04  # a picture made on another machine may fall back to a wider font


def safe(words: str) -> str:
    """Data as plotly text, escaped: plotly reads some HTML, entities and $TeX$, and data are none of them."""
    plain = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[\t\r\n]+", " ", plain.replace("$", "&#36;"))


def bold(markup: str) -> str:
    """Markup in bold."""
    return f"<b>{markup}</b>"


def coloured(markup: str, colour: str, size: int | None = None) -> str:
    """Markup in another colour and, where given, font size in px."""
    return f"<span style='color:{colour}{f';font-size:{size}px' if size else ''}'>{markup}</span>"


def width(words: str, size: float, *, heavy: bool = False) -> float:
    """Width of plain words (no markup) in a font size; heavy: in bold."""
    return sum(_WIDTH.get(c, _OTHER_WIDTH) for c in words) * size * _OTHER_FONTS * (BOLD_WIDTH if heavy else 1.0)


def _pieces(word: str, size: float, room: float) -> list[str]:
    """A word that is longer than a line, cut where the line ends."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def wrap(words: str, size: float, room: float, *, most: int = 99, indent: float = 0.0) -> list[str]:
    """Plain words in lines no wider than `room`, the first shorter by `indent`; beyond `most` lines, an ellipsis."""
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
    """Parts in lines no wider than `room`, joined by a dot; lines break between parts before they break inside one.

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


def lay_out(targets: Sequence[float], sizes: Sequence[float], low: float, high: float, gap: float = 6.0) -> list[float]:
    """Centres of labels as near to their targets as labels of these sizes can stand without overlap, at least `gap`
    apart, between `low` and `high`.

    Their order is kept. Where the room is too small for all, they overflow at `high`, still without overlap.
    """
    order = sorted(range(len(targets)), key=lambda i: targets[i])
    clusters: list[tuple[list[int], float, float]] = []  # members, left edge, length
    for i in order:
        members, length = [i], sizes[i]
        left = _clamp(targets[i] - length / 2, length, low, high)
        while clusters and clusters[-1][1] + clusters[-1][2] + gap > left:
            before = clusters.pop()
            members, length = before[0] + members, before[2] + gap + length
            left = _clamp(_ideal_left(members, targets, sizes, gap), length, low, high)
        clusters.append((members, left, length))
    centres = [0.0] * len(targets)
    for members, left, _ in clusters:
        for i in members:
            centres[i] = left + sizes[i] / 2
            left += sizes[i] + gap
    return centres


def _clamp(left: float, length: float, low: float, high: float) -> float:
    return max(low, min(left, high - length))


def _ideal_left(members: Sequence[int], targets: Sequence[float], sizes: Sequence[float], gap: float) -> float:
    """Left edge of touching labels at which they lie, on average, at their targets."""
    offset, total = 0.0, 0.0
    for i in members:
        total += targets[i] - sizes[i] / 2 - offset
        offset += sizes[i] + gap
    return total / len(members)
