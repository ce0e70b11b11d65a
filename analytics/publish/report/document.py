"""The whole report as one HTML file: parts in the order of the clause, styles and fonts within it, nothing to fetch."""

from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

from analytics.charts.kit.markup import element
from analytics.folders import PROJECT
from analytics.language.text import Text
from analytics.present.sentences.phrases import data_mark
from analytics.publish.about import Origin, citation
from analytics.publish.fonts import font_styles
from analytics.publish.report.annex import annex
from analytics.publish.report.competitiveness import competitiveness
from analytics.publish.report.cover import about, contents, cover, summary, title_of
from analytics.publish.report.effects import effects
from analytics.publish.report.elsewhere import agreements, guarantor, simplification
from analytics.publish.report.interventions import interventions
from analytics.publish.report.repeating import repeating
from analytics.publish.report.writing import Draft, Part
from analytics.release import Release

HTML: Final = "text/html; charset=utf-8"
PARTS: Final = (interventions, agreements, effects, repeating, simplification, competitiveness, guarantor)
STYLES: Final = (
    PROJECT / "static" / "marks.css",
    PROJECT / "static" / "pictures.css",
    Path(__file__).with_name("report.css"),
)


def report(release: Release, origin: Origin, text: Text, site: str = "") -> bytes:
    """The report on a release, in the language of text. site: what its links to pages begin with; "": no links.

    Raises UserError where the release does not hold the programme's main figure.
    """
    draft = Draft(release, text, origin, site)
    first = summary(draft)
    parts = [make(draft) for make in PARTS]
    body = [
        element("a", text("report.skip"), href="#content", class_="skip"),
        cover(draft),
        element(
            "main",
            first,
            about(draft),
            contents(parts, draft),
            *(_section(part, text) for part in parts),
            _annex(draft),
            id="content",
        ),
        element("footer", element("p", citation(release, origin, text))),
    ]
    return _page(draft, Markup("").join(body)).encode()


def _section(part: Part, text: Text) -> Markup:
    name = f"part-{part.letter}"
    title = text("report.part", letter=part.letter, title=text(f"report.part_{part.letter}"))
    heading = element("h2", title, id=name)
    return element("section", heading, part.content, aria_labelledby=name, class_="chapter")


def _annex(draft: Draft) -> Markup:
    heading = element("h2", draft.text("report.annex.title"), id="annex")
    return element("section", heading, annex(draft), aria_labelledby="annex", class_="chapter figures-quoted")


def _page(draft: Draft, body: Markup) -> str:
    release, text = draft.release, draft.text
    programme = release.programme
    title = f"{title_of(draft)}: {programme.title.in_(text)}, {release.release_id}"
    foot = " · ".join(
        part
        for part in (
            data_mark(release, text),
            programme.short_title.in_(text),
            text("chart.release", release=release.release_id),
        )
        if part
    )
    words = element("title", title) + body
    styles = "\n".join(
        [font_styles(str(words)), _styles(), f'@page {{ @bottom-left {{ content: "{in_style(foot)}"; }} }}']
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{text.language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{element('title', title)}<style>{styles}</style></head>\n<body>{body}</body></html>\n"
    )


@cache
def _styles() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in STYLES)


def in_style(words: str) -> str:
    """Words as a string of a style: whatever could end it, or mean something in it, by its number."""
    return "".join(
        mark if (mark.isalnum() and mark.isascii()) or mark == " " else f"\\{ord(mark):x} " for mark in words
    )
