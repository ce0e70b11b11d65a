"""What the parts of a report are written with: a draft that remembers every figure it quotes, and elements of HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pandas as pd
from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.present.sentences.headlines import Headline
from analytics.publish.about import Origin
from analytics.publish.addresses import figure_page_address
from analytics.release import Figure, Release
from analytics.release.figure_id import short

Cell = str | Markup


class Held(StrEnum):
    """How much of what a part should tell the data of a programme hold."""

    WHOLE = "whole"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report. letter: by which the clause lists it."""

    letter: str
    held: Held
    content: Markup


@dataclass(frozen=True, slots=True)
class Quote:
    """A figure that a report quotes, and the first part that does."""

    figure: Figure
    letter: str


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A report being written.

    origin: the release's state and address; site: what stands before the addresses of pages, "" where it is not known,
    so that nothing is linked; letter: of the part in work; quotes: by figure id, all that was quoted so far.
    """

    release: Release
    text: Text
    origin: Origin
    site: str = ""
    letter: str = ""
    quotes: dict[str, Quote] = field(default_factory=dict)

    def part(self, letter: str) -> "Draft":
        """The same report, going on with that part."""
        return replace(self, letter=letter)

    def quote(self, *figures: Figure | None) -> None:
        """Remember figures whose numbers stand in this part."""
        for figure in figures:
            if figure is not None:
                self.quotes.setdefault(figure.figure_id, Quote(figure, self.letter))

    def mark(self, figure: Figure) -> Markup:
        """The id of a quoted figure, to stand behind its sentence; where the site is known it opens the figure."""
        self.quote(figure)
        return element("small", self.link(figure.figure_id), class_="id")

    def link(self, figure_id: str) -> Markup:
        """An id, short, with the address of its figure where the site is known."""
        if not self.site:
            return element("span", short(figure_id))
        return element("a", short(figure_id), href=figure_page_address(figure_id, self.text.language, self.site))

    def said(self, headline: Headline, *, long: bool = False) -> Markup:
        """An approved sentence with its figure's id."""
        words = headline.sentence.long if long else headline.sentence.short
        return joined([words, " ", self.mark(headline.figure)])

    def paragraph(self, key: str, **slots: object) -> Markup:
        """A paragraph of the text files."""
        return element("p", self.text(key, **slots))

    def missing(self, key: str, **slots: object) -> Markup:
        """What the data do not hold, and what would be needed."""
        lead = element("strong", self.text("report.missing"))
        return element("p", lead, " ", self.text(key, **slots), class_="missing")

    def heading(self, level: int, key: str, **slots: object) -> Markup:
        """A heading of the text files."""
        return element(f"h{level}", self.text(key, **slots))


def bullets(lines: Iterable[Cell], class_: str | None = None) -> Markup:
    """A list; nothing where there are no lines."""
    items = [element("li", line) for line in lines]
    return element("ul", *items, class_=class_) if items else Markup("")


def facts(pairs: Iterable[tuple[str, Cell]]) -> Markup:
    """Names and what they are; those of which nothing is known are left out."""
    cells = [element("div", element("dt", name), element("dd", words)) for name, words in pairs if words]
    return element("dl", *cells, class_="facts")


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], class_: str = "") -> Markup:
    """A table whose rows begin with their names; columns: the heads, that of the names first."""
    heads = [element("th", name, scope="col") for name in columns]
    body = [
        element(
            "tr",
            element("th", name, scope="row"),
            *(element("td", cell, data_head=head) for head, cell in zip(columns[1:], cells, strict=True)),
        )
        for name, *cells in rows
    ]
    classes = f"listed {class_}".strip()
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *body),
        class_=classes,
    )


def frame_table(caption: str, frame: pd.DataFrame, names: str, class_: str = "") -> Markup:
    """A table of words that pages show, too. names: what stands over its rows' names."""
    columns = [names, *map(str, frame.columns)]
    rows = [[str(label), *map(str, cells)] for label, cells in zip(frame.index, frame.to_numpy(), strict=True)]
    return table(caption, columns, rows, class_)
