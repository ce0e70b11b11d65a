"""One approved figure as a page of its own, for other sites to show in a frame: no script, no cookie, no fetching."""

from functools import cache

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.folders import PROJECT
from analytics.language.text import Text
from analytics.present.pictures.claim import claim_drawing
from analytics.present.sentences.headlines import Headline
from analytics.publish.addresses import figure_page_address
from analytics.publish.images.figure_image import FigureImage
from analytics.release import Release
from analytics.release.ledger import State

STYLE = Markup("""html{font:16px/1.45 "Source Sans 3","Source Sans Pro",system-ui,sans-serif;color:#1B1F24;
background:#fff}body{margin:0;padding:0 16px 12px;max-width:760px}.note{background:#F46A25;font-weight:600;
font-size:14px;margin:0 -16px;padding:4px 16px}.about{color:#12436D;font-weight:600;margin:10px 0 4px;font-size:15px}
h1{font:600 19px/1.35 "Source Serif 4","Source Serif Pro",Georgia,serif;margin:0 0 12px}a{color:#12436D}
a:focus-visible{outline:3px solid #12436D;outline-offset:2px}.below{color:#595959;font-size:13px;margin:8px 0 0}
.below a{overflow-wrap:anywhere}.state{background:#FFF4ED;color:#A8420B;padding:6px 10px;margin:10px 0}""")


@cache
def _styles() -> Markup:
    sheets = (PROJECT / "static" / f"{name}.css" for name in ("marks", "pictures"))
    return STYLE + Markup("\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))  # noqa: S704 - our own


def embedded_page(
    image: FigureImage,
    release: Release,
    headline: Headline,
    state: State,
    newer: str | None,
    site: str,
    text: Text,
) -> str:
    """The page as HTML. state: of the release; newer: the one in use where this one is superseded."""
    drawing = claim_drawing(release, headline, text)
    figure = element("figure", drawing or "", class_="picture") if drawing else ""
    link = figure_page_address(image.figure_id, text.language, site)
    parts = [
        element("p", image.note, class_="note") if image.note else "",
        element("p", image.about, class_="about"),
        element("h1", image.sentence),
        _state(state, newer, text),
        figure,
        element("p", " ".join(image.below), class_="below"),
        element(
            "p",
            element("a", text("image.figure", figure_id=image.figure_id), href=link, target="_blank", rel="noopener"),
            class_="below",
        ),
    ]
    return _page(image.sentence, parts, text)


def _state(state: State, newer: str | None, text: Text) -> Markup:
    """That another release took the place of this one."""
    if state is State.CURRENT:
        return Markup("")
    return element("p", text("embed.superseded", newer=newer or ""), class_="state")


def refused_page(words: str, text: Text) -> str:
    """What the frame says where there is no figure to show."""
    return _page(words, [element("h1", words)], text)


def _page(title: str, parts: list[Markup | str], text: Text) -> str:
    head = [
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="robots" content="noindex">'),
        element("title", title),
        element("style", _styles()),
    ]
    body = element("body", element("main", *parts))
    return f"<!DOCTYPE html>\n{element('html', element('head', joined(head)), body, lang=text.language)}\n"
