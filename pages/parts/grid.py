"""A table of figures on a page: it sorts by any column and its totals stay in place; where there is little room, on a
telephone or on paper, each row becomes a box, so that nothing is cut. No page of its own.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup

from analytics.charts.kit.markup import element
from analytics.language.text import Text
from analytics.model import Reason
from analytics.present.sentences.phrases import data_mark
from analytics.present.tables import group_time
from analytics.present.tables.cohorts import SETS, CohortQuery, cohort_table
from analytics.present.tables.grid import Grid, GridCell, GridRow, RowKind, cohort_grid, group_time_grid
from analytics.present.tables.named import table_named
from analytics.present.tables.withheld import WithheldCells, less_withheld, withheld_cells
from analytics.present.written import EMPTY
from analytics.publish.addresses import figure_address
from analytics.release import Release
from pages.parts import address

NARROW, MIDDLE = 6, 10  # columns that fit on half a screen, and on paper
LONG = 40  # rows; a longer table scrolls on a desk, under its headings


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table's markup, how many rows it has, and what it loses: of its own grouping, then of those that lose less."""

    markup: Markup
    rows: int
    withheld: WithheldCells
    less: tuple[WithheldCells, ...]


@lru_cache(maxsize=64)
def cohort_markup(
    release: Release,
    by: tuple[str, ...],
    asked: tuple[str, str, str],
    find: str,
    sets: tuple[str, ...],
    caption: str,
    text: Text,
) -> ShownTable:
    """A cohort table, put together once for all readers. asked: outcome, horizon and estimand."""
    query = CohortQuery(by, *asked, find=find, sets=sets)
    table = cohort_table(release, replace(query, sets=SETS), text)
    grid = cohort_grid(table, query, text)
    markup = grid_markup(grid, caption, data_mark(release, text), text)
    return ShownTable(markup, len(grid.rows), withheld_cells(release, query), tuple(less_withheld(release, query)))


@lru_cache(maxsize=64)
def group_time_markup(release: Release, sector: str, caption: str, text: Text) -> ShownTable:
    """The table of ATT(g, t) of the programme ("*") or of a sector, put together once for all readers."""
    table = table_named(release, group_time.NAME, {"sector": sector}, text)
    grid = group_time_grid(table, text)
    reasons = Counter(Reason(reason) for reason in table.data["att_reason"].dropna())
    withheld = WithheldCells((group_time.NAME,), len(grid.rows), dict(reasons.most_common()))
    return ShownTable(grid_markup(grid, caption, data_mark(release, text), text), len(grid.rows), withheld, ())


def grid_markup(grid: Grid, caption: str, mark: str | None, text: Text) -> Markup:
    """The table: the programme's row, the cells, the margins, each in a body of its own. mark: what kind of data."""
    rows: dict[RowKind, list[GridRow]] = defaultdict(list)
    for row in grid.rows:
        rows[row.kind].append(row)
    bodies = [
        element("tbody", *(_row(row, grid, text) for row in rows[kind]), class_=kind.value)
        for kind in (RowKind.WHOLE, RowKind.CELL, RowKind.MARGIN)
        if rows[kind]
    ]
    columns = len(grid.names) + len(grid.numbers)
    size = "narrow" if columns <= NARROW else "middle" if columns <= MIDDLE else "wide"
    tag = [element("b", mark, class_="tag"), " "] if mark else []
    table = element("table", element("caption", *tag, caption), _head(grid, text), *bodies, class_=f"grid {size}")
    return element(
        "div",
        table,
        class_="grid-box long" if len(grid.rows) > LONG else "grid-box",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def _head(grid: Grid, text: Text) -> Markup:
    """The headings, each a button that sorts the cells."""
    heads = [*((head, "name") for head in grid.names), *((head, "number") for head in grid.numbers)]
    return element(
        "thead",
        element(
            "tr",
            *(
                element(
                    "th",
                    element("button", head, type="button", data_sort=place, title=text("cohorts.sort", column=head)),
                    scope="col",
                    class_=kind,
                    data_head=head,
                )
                for place, (head, kind) in enumerate(heads)
            ),
        ),
    )


def _row(row: GridRow, grid: Grid, text: Text) -> Markup:
    names = [element("th", name.words, scope="row", data_value=_sorted_by(name)) for name in row.names]
    cells = [
        element(
            "td",
            _words(cell, text),
            data_head=head,
            data_value=_sorted_by(cell),
            class_="nothing" if cell.words == EMPTY else None,
        )
        for head, cell in zip(grid.numbers, row.cells, strict=True)
    ]
    return element("tr", *names, *cells)


def _words(cell: GridCell, text: Text) -> Markup | str:
    """An id leads to what the figure says."""
    if not cell.figure_id:
        return cell.words
    return element("a", cell.words, href=address.at_root(figure_address(cell.figure_id, text.language)))


def _sorted_by(cell: GridCell) -> str | None:
    return None if cell.sort is None else repr(cell.sort)
