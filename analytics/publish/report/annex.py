"""The annex: every figure that a report quotes, with what is needed to check it."""

from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.model import Unit
from analytics.present.sentences.phrases import capital, figure_name, why
from analytics.present.tables.evidence import OF_EFFECTS, value_words
from analytics.present.tables.path import ladders, paths_told
from analytics.present.tables.path_markup import ladders_markup
from analytics.present.tables.whole import GAPS
from analytics.present.verbs import tells
from analytics.present.written import comparison_count, count
from analytics.publish.report.writing import Draft, Quote
from analytics.release import Figure, Release
from analytics.release.measures import ALL

COLUMNS = ("what", "value", "exact", "firms", "status", "id")
# of the release: counts that are no figures
TABLES = {"steps": "reconciliation", "gaps": GAPS, "ends": "applications"}
WHOLE = (Unit.COUNT, Unit.MONEY)  # of which what is written, to the cent, is all that there is


def annex(draft: Draft) -> Markup:
    """How to check, and a table of all quotes by the part that first makes them."""
    text = draft.text
    heads = [element("th", text(f"report.annex.{name}"), scope="col") for name in COLUMNS]
    groups = [
        element("tbody", _group_head(draft, letter), *(_row(draft, quote) for quote in quotes))
        for letter, quotes in groupby(draft.quotes.values(), lambda quote: quote.letter)
    ]
    caption = text("report.annex.caption", n=text.number(len(draft.quotes)))
    parts = [element("caption", caption), element("thead", element("tr", *heads)), *groups]
    listed = element("table", *parts, class_="listed annex")
    said = draft.paragraph("report.annex.says"), draft.paragraph("report.annex.codes", **TABLES)
    return joined([*said, listed, *_path(draft)])


def _path(draft: Draft) -> Iterator[Markup]:
    """Every step from announced to analysed, with the gaps between them."""
    release, text = draft.release, draft.text
    for name in paths_told(release):
        yield draft.heading(3, f"code.path.{name}")
        yield draft.paragraph(f"path.{name}_says")
        yield ladders_markup(ladders(release, name, text), text, 4, folded=False)


def _group_head(draft: Draft, letter: str) -> Markup:
    text = draft.text
    name = text("report.annex.part", letter=letter) if letter else text("report.summary")
    return element("tr", element("th", name, scope="rowgroup", colspan=len(COLUMNS)), class_="group")


def _row(draft: Draft, quote: Quote) -> Markup:
    """One figure: as written, to the last digit, and what it stands on."""
    release, text, figure = draft.release, draft.text, quote.figure
    cells = [
        figure_words(release, figure, text),
        element("small", exactly(figure)) if _is_rounded(figure) else "",
        _firms(figure, text),
        _status(figure, text),
        draft.link(figure.figure_id),
    ]
    heads = [text(f"report.annex.{name}") for name in COLUMNS[1:]]
    return element(
        "tr",
        element("th", capital(figure_name(release, figure, text)), scope="row"),
        *(
            element("td", cell, data_head=head, class_="nothing" if cell == text("table.nothing") else None)
            for head, cell in zip(heads, cells, strict=True)
        ),
        data_figure=figure.figure_id,
        data_exact=exactly(figure),
    )


def _is_rounded(figure: Figure) -> bool:
    """Whether what is written leaves out digits."""
    return figure.unit not in WHOLE or figure.shown_range is not None


def figure_words(release: Release, figure: Figure, text: Text) -> str:
    """A figure as it is written in a report: value and the one interval that readers see; where no direction may be
    said the interval alone; withheld, why.
    """
    if figure.value is None:
        return why(figure, release, text)
    value, interval = value_words(figure.value, figure, release, text), figure.shown_range
    if interval is None:
        return value
    if figure.unit in OF_EFFECTS:
        ends = text.interval(*interval, figure.unit)
    else:
        ends = f"({'; '.join(value_words(end, figure, release, text) for end in interval)})"
    return ends if figure.grade is not None and not tells(figure) else f"{value} {ends}"


def exactly(figure: Figure) -> str:
    """Value, and the ends of the interval, to the last digit, as programs read them; the ends alone where no direction
    may be said; empty where there is none.
    """
    if figure.value is None:
        return ""
    ends = figure.shown_range or ()
    alone = ends and figure.grade is not None and not tells(figure)
    return "; ".join(repr(number) for number in (ends if alone else (figure.value, *ends)))


def _firms(figure: Figure, text: Text) -> str:
    """Funded and comparison firms behind it; of firms and grants, which are not compared, nothing."""
    if figure.outcome == ALL or (figure.n_funded is None and figure.n_comparison is None):
        return text("table.nothing")
    return f"{count(figure.n_funded, text)} / {comparison_count(figure, text)}"


def _status(figure: Figure, text: Text) -> str:
    """Its reliability or the result of its check, and the codes of its status."""
    codes = f"{figure.obs_status}, {figure.conf_status}"
    if figure.result is not None:
        return f"{text(f'result.{figure.result}')} ({codes})"
    if figure.grade is not None and figure.published:
        return f"{text('report.annex.grade', grade=text(f'grade.{figure.grade}'))} ({codes})"
    return codes
