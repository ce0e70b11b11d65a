"""The packages as a picture and as a table, both from the code itself: `make architecture`.

docs/architecture.svg: a box per package on the floors of the import contract (pyproject.toml), an arrow from each to
what it imports, less the arrows that follow from others. docs/ARCHITECTURE.md: the table between its two marks, each
package with the first sentence of its docstring. A test says when either is stale.
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import grimp

from analytics.folders import PROJECT

PICTURE = PROJECT / "docs" / "architecture.svg"
PAGE = PROJECT / "docs" / "ARCHITECTURE.md"
TABLE_STARTS, TABLE_ENDS = "<!-- packages: made by make architecture -->", "<!-- packages end -->"
CONFIDENTIAL = ("store", "build", "officer")
PUBLIC = ("release", "present", "charts", "pages")

WIDTH, MARGIN, HEADER = 1280, 24, 58
BOX, BOX_HEIGHT, GAP, FLOOR = 148, 62, 14, 112  # width and height of a box, between two, from floor to floor
LANE = 8  # width of an arrow that passes a floor on its way
LABEL_WIDTH = 23  # characters in a line of a box
INK, BLUE, GREY, GREY_TEXT, WHITE = "#1B1F24", "#12436D", "#8C8C8C", "#595959", "#FFFFFF"  # as in the pictures
ORANGE, ORANGE_TEXT = "#F46A25", "#A8420B"
FONT = "'Source Sans 3', 'Source Sans Pro', Arial, 'DejaVu Sans', sans-serif"

Edges = Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Node:
    """A box, or a place where an arrow passes a floor. name: of the box, else of the arrow's two ends."""

    name: str
    floor: int
    is_box: bool = True

    @property
    def width(self) -> int:
        """In px."""
        return BOX if self.is_box else LANE


# ---- what the code says ----------------------------------------------------------------------------------------------


def contract() -> list[list[str]]:
    """The layers of the import contract, from the top; each the packages of one floor."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(kept["layers"] for kept in contracts if kept["type"] == "layers")
    return [[name.strip() for name in layer.split("|")] for layer in layers]


def floors() -> list[list[str]]:
    """The packages of each floor, from the top; the pages stand on the first."""
    first, *others = contract()
    return [[*first, "pages"], *others]


def imports() -> dict[str, set[str]]:
    """Package -> the packages that any of its modules imports."""
    graph = grimp.build_graph("analytics", "pages", cache_dir=None)
    packages = {name: f"analytics.{name}" for layer in contract() for name in layer} | {"pages": "pages"}
    package_of = {module: name for name, package in packages.items() for module in _modules(graph, package)}
    return {
        name: {
            package_of[target]
            for module in _modules(graph, package)
            for target in graph.find_modules_directly_imported_by(module)
            if target in package_of
        }
        - {name}
        for name, package in packages.items()
    }


def _modules(graph: grimp.ImportGraph, package: str) -> set[str]:
    return {package} | graph.find_descendants(package)


def reduced(edges: Edges) -> dict[str, set[str]]:
    """Without the arrows that follow from others: from a to c, where a imports b and b, in the end, c."""

    def reached(name: str) -> set[str]:
        return edges[name] | {below for target in edges[name] for below in reached(target)}

    return {
        name: {target for target in targets if not any(target in reached(other) for other in targets)}
        for name, targets in edges.items()
    }


def first_sentence(name: str) -> str:
    """What a package, or a module of its own, says of itself."""
    folder = PROJECT / name if name == "pages" else PROJECT / "analytics" / name
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    words = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    return re.split(r"(?<=\.) ", words)[0]


def label(name: str) -> str:
    """The first words of its sentence, up to the first comma or colon."""
    return re.sub(r"\s*\([A-Z]+\)", "", re.split(r"[:;.,](?=\s|$)", first_sentence(name))[0]).replace("`", "")


def package_table() -> str:
    """The rows of the page: from the ground up, floor by floor, which is the order to read them in."""
    rows = [
        f"| {floor} | {_place_of(name)} | {first_sentence(name)} |"
        for floor, names in enumerate(reversed(floors()), start=1)
        for name in names
    ]
    return "\n".join(["| floor | where | what it holds; what comes in, what goes out |", "|---|---|---|", *rows])


def _place_of(name: str) -> str:
    if name == "pages":
        return "`pages/`"
    return f"`analytics/{name}/`" if (PROJECT / "analytics" / name).is_dir() else f"`analytics/{name}.py`"


def page(written: str) -> str:
    """The page with its table made again."""
    before, _, rest = written.partition(TABLE_STARTS)
    after = rest.partition(TABLE_ENDS)[2]
    return f"{before}{TABLE_STARTS}\n\n{package_table()}\n\n{TABLE_ENDS}{after}"


# ---- where things stand ----------------------------------------------------------------------------------------------


def nodes_and_lines(layers: Sequence[Sequence[str]], edges: Edges) -> tuple[list[list[Node]], list[list[Node]]]:
    """Floors of nodes, and each arrow as the nodes that it passes, from the top."""
    box_of = {name: Node(name, floor) for floor, names in enumerate(layers) for name in names}
    grid = [[box_of[name] for name in names] for names in layers]
    lines = []
    for name in box_of:
        for target in sorted(edges[name]):
            start, end = box_of[name], box_of[target]
            passed = [Node(f"{name}>{target}", floor, is_box=False) for floor in range(start.floor + 1, end.floor)]
            for node in passed:
                grid[node.floor].append(node)
            lines.append([start, *passed, end])
    return grid, lines


def _crossings(grid: Sequence[Sequence[Node]], lines: Iterable[Sequence[Node]]) -> int:
    place = {node: at for row in grid for at, node in enumerate(row)}
    steps = defaultdict(list)
    for line in lines:
        for upper, lower in pairwise(line):
            steps[upper.floor].append((place[upper], place[lower]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0 for row in steps.values() for at, a in enumerate(row) for b in row[:at]
    )


def ordered(grid: Sequence[Sequence[Node]], lines: Sequence[Sequence[Node]]) -> list[list[Node]]:
    """The floors, each in the order that crosses fewest arrows: by the mean place of neighbours, down and up again."""
    above, below = _neighbours(lines)
    rows = [list(row) for row in grid]
    best, fewest = [list(row) for row in rows], _crossings(rows, lines)
    for sweep in range(24):
        neighbours = above if sweep % 2 == 0 else below
        for at in range(len(rows)) if sweep % 2 == 0 else reversed(range(len(rows))):
            place = {node: (n + 0.5) / len(row) for row in rows for n, node in enumerate(row)}
            middle = {node: _mean([place[one] for one in neighbours[node]], place[node]) for node in rows[at]}
            rows[at].sort(key=lambda node: (middle[node], node.name))
        if (crossings := _crossings(rows, lines)) < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _neighbours(lines: Iterable[Sequence[Node]]) -> tuple[dict[Node, list[Node]], dict[Node, list[Node]]]:
    above: dict[Node, list[Node]] = defaultdict(list)
    below: dict[Node, list[Node]] = defaultdict(list)
    for line in lines:
        for upper, lower in pairwise(line):
            above[lower].append(upper)
            below[upper].append(lower)
    return above, below


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def centres(grid: Sequence[Sequence[Node]], lines: Sequence[Sequence[Node]]) -> dict[Node, float]:
    """The middle of each node, in px from the left: near its neighbours, in the order of its floor."""
    above, below = _neighbours(lines)
    x: dict[Node, float] = {}
    for row in grid:
        free = (WIDTH - 2 * MARGIN - sum(node.width for node in row)) / (len(row) + 1)
        left = MARGIN + free
        for node in row:
            x[node] = left + node.width / 2
            left += node.width + free
    for _ in range(60):
        for row in grid:
            wishes = [_wish(node, (*above[node], *below[node]), x) for node in row]
            x |= zip(row, _apart(row, wishes), strict=True)
    return x


def _wish(node: Node, neighbours: Sequence[Node], x: Mapping[Node, float]) -> float:
    """Half way to the mean of the neighbours; arrows that pass floors are kept straight before others."""
    weights = [(1 + 3 * (not node.is_box)) * (1 + 3 * (not other.is_box)) for other in neighbours]
    total = sum(weight * x[other] for weight, other in zip(weights, neighbours, strict=True))
    return (x[node] + total / sum(weights)) / 2 if weights else x[node]


def _apart(row: Sequence[Node], wishes: Sequence[float]) -> list[float]:
    """Places near the wishes, in order, apart from each other and within the picture."""
    needs = [(left.width + right.width) / 2 + GAP for left, right in pairwise(row)]
    right_going = list(wishes)
    right_going[0] = max(right_going[0], MARGIN + row[0].width / 2)
    for at, need in enumerate(needs, start=1):
        right_going[at] = max(right_going[at], right_going[at - 1] + need)
    left_going = list(wishes)
    left_going[-1] = min(left_going[-1], WIDTH - MARGIN - row[-1].width / 2)
    for at in reversed(range(len(needs))):
        left_going[at] = min(left_going[at], left_going[at + 1] - needs[at])
    places = [(one + other) / 2 for one, other in zip(right_going, left_going, strict=True)]
    return _within(row, places, needs)


def _within(row: Sequence[Node], places: list[float], needs: Sequence[float]) -> list[float]:
    places[-1] = min(places[-1], WIDTH - MARGIN - row[-1].width / 2)
    for at in reversed(range(len(needs))):
        places[at] = min(places[at], places[at + 1] - needs[at])
    places[0] = max(places[0], MARGIN + row[0].width / 2)
    for at, need in enumerate(needs, start=1):
        places[at] = max(places[at], places[at - 1] + need)
    return places


# ---- the drawing -----------------------------------------------------------------------------------------------------


def picture() -> str:
    """The whole picture, as SVG. The same code gives the same bytes."""
    layers = floors()
    grid, lines = nodes_and_lines(layers, reduced(imports()))
    grid = ordered(grid, lines)
    x = centres(grid, lines)
    height = HEADER + (len(layers) - 1) * FLOOR + BOX_HEIGHT + MARGIN
    boxes = [_box(node, x[node]) for row in grid for node in row if node.is_box]
    title, description = "The packages of Vetrina and what each imports", _description()
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-labelledby="title description" font-family="{FONT}">',
            f'<title id="title">{title}</title>',
            f'<desc id="description">{escape(description)}</desc>',
            f'<rect width="{WIDTH}" height="{height}" fill="{WHITE}"/>',
            *_key(),
            *_arrows(lines, x),
            *boxes,
            "</svg>\n",
        ]
    )


def _description() -> str:
    rows = "; ".join(", ".join(names) for names in floors())
    return (
        f"From the top, floor by floor: {rows}. An arrow goes from a package to one that it imports, always downwards; "
        f"arrows that follow from others are left out. "
        f"Confidential: {', '.join(CONFIDENTIAL)}. Public: {', '.join(PUBLIC)}."
    )


def _top(node: Node) -> int:
    return HEADER + node.floor * FLOOR


def _style(name: str) -> tuple[str, str, float, str]:
    """Line, filling, its opacity, and colour of the name."""
    if name in CONFIDENTIAL:
        return ORANGE, ORANGE, 0.12, ORANGE_TEXT
    if name in PUBLIC:
        return BLUE, BLUE, 0.10, BLUE
    return GREY, WHITE, 1, INK


def _box(node: Node, x: float) -> str:
    line, filling, opacity, ink = _style(node.name)
    left, top, middle = round(x) - BOX // 2, _top(node), round(x)
    words = _lines_of(label(node.name))
    first = top + (24 if len(words) > 1 else 28)
    return "\n".join(
        [
            f'<rect x="{left}" y="{top}" width="{BOX}" height="{BOX_HEIGHT}" rx="4" fill="{WHITE}"/>',
            f'<rect x="{left}" y="{top}" width="{BOX}" height="{BOX_HEIGHT}" rx="4" fill="{filling}" '
            f'fill-opacity="{opacity}" stroke="{line}" stroke-width="{1 if line == GREY else 2}"/>',
            f'<text x="{middle}" y="{first}" text-anchor="middle" font-size="16" font-weight="bold" fill="{ink}">'
            f"{escape(node.name)}</text>",
            *(
                f'<text x="{middle}" y="{first + 17 + 14 * at}" text-anchor="middle" font-size="12" '
                f'fill="{GREY_TEXT}">{escape(word)}</text>'
                for at, word in enumerate(words)
            ),
        ]
    )


def _lines_of(words: str) -> list[str]:
    """One line, or two of about one length."""
    lines = wrap(words, LABEL_WIDTH)
    while len(lines) > 1 and len(narrower := wrap(words, max(map(len, lines)) - 1)) == len(lines):
        lines = narrower
    return lines[:2]


def _arrows(lines: Sequence[Sequence[Node]], x: Mapping[Node, float]) -> list[str]:
    """Each arrow as a smooth line from the foot of a box to the head of another, past the floors between."""
    starts, ends = _ports(lines, x, from_above=True), _ports(lines, x, from_above=False)
    drawn = []
    for at, line in enumerate(lines):
        points = [(starts[at], _top(line[0]) + BOX_HEIGHT)]
        for node in line[1:-1]:
            points += [(round(x[node]), _top(node)), (round(x[node]), _top(node) + BOX_HEIGHT)]
        points.append((ends[at], _top(line[-1]) - 7))
        drawn.append(f'<path d="{_smooth(points)}" fill="none" stroke="{GREY_TEXT}" stroke-width="1.2"/>')
        tip, foot = points[-1][0], points[-1][1]
        drawn.append(f'<path d="M{tip - 4} {foot}h8l-4 7z" fill="{GREY_TEXT}"/>')
    return drawn


def _ports(lines: Sequence[Sequence[Node]], x: Mapping[Node, float], *, from_above: bool) -> dict[int, int]:
    """Where each arrow leaves its box, or reaches it: side by side, in the order of where they go."""
    own, next_to = (0, 1) if from_above else (-1, -2)
    by_box: dict[Node, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        by_box[line[own]].append(at)
    ports = {}
    for box, ids in by_box.items():
        ids.sort(key=lambda at: (x[lines[at][next_to]], at))
        step = min(26, (BOX - 30) / max(len(ids), 1))
        for place, at in enumerate(ids):
            ports[at] = round(x[box] + (place - (len(ids) - 1) / 2) * step)
    return ports


def _smooth(points: Sequence[tuple[int, int]]) -> str:
    path = f"M{points[0][0]} {points[0][1]}"
    for (x0, y0), (x1, y1) in pairwise(points):
        half = (y1 - y0) // 2
        path += f"V{y1}" if x0 == x1 else f"C{x0} {y0 + half} {x1} {y1 - half} {x1} {y1}"
    return path


def _key() -> list[str]:
    """What colours and arrows mean, in the first line."""
    entries = (
        (CONFIDENTIAL[0], "confidential: holds firms’ data"),
        (PUBLIC[0], "public: holds protected figures"),
        ("arrays", "all others"),
    )
    parts, left = [], MARGIN
    for name, words in entries:
        line, filling, opacity, _ = _style(name)
        parts.append(
            f'<rect x="{left}" y="14" width="16" height="16" rx="3" fill="{filling}" fill-opacity="{opacity}" '
            f'stroke="{line}" stroke-width="{1 if line == GREY else 2}"/>'
            f'<text x="{left + 23}" y="27" font-size="13" fill="{INK}">{words}</text>'
        )
        left += 52 + round(6.2 * len(words))
    parts.append(
        f'<text x="{WIDTH - MARGIN}" y="27" text-anchor="end" font-size="13" fill="{INK}">'
        "↓ imports, less what follows from others</text>"
    )
    return parts


def write() -> list[Path]:
    """Make picture and table again."""
    PICTURE.write_text(picture(), encoding="utf-8")
    if PAGE.exists():
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return [PICTURE, PAGE]


if __name__ == "__main__":
    for path in write():
        print(path.relative_to(PROJECT))
