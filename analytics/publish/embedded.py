"""One approved figure as a page of its own, for other sites to show in a frame: no script, no cookie, no fetching."""

import re
from typing import Final

from markupsafe import Markup

from analytics.charts import Drawing
from analytics.charts.kit.markup import element, joined, number
from analytics.language.text import Text
from analytics.present.pictures.claim import claim_drawing
from analytics.present.sentences.headlines import Headline
from analytics.publish.addresses import figure_page_address
from analytics.publish.fonts import font_styles
from analytics.publish.images.canvas import mark_styles
from analytics.publish.images.figure_image import FigureImage
from analytics.release import Release
from analytics.release.ledger import State

WIDTHS: Final = {"wide": 640.0, "narrow": 320.0}  # px that a picture is drawn for

STYLE: Final = Markup("""html{font:16px/1.45 "Source Sans",system-ui,sans-serif;color:#1B1F24;background:#fff}
body{margin:0;padding:0 16px 12px;max-width:760px}.note{background:#F46A25;font-weight:600;font-size:14px;
margin:0 -16px;padding:4px 16px}.about{color:#12436D;font-weight:600;margin:10px 0 4px;font-size:15px}
h1{font:600 18px/1.35 "Source Serif",Georgia,serif;margin:0 0 10px}a{color:#12436D}
a:focus-visible{outline:3px solid #12436D;outline-offset:2px}.below{color:#595959;font-size:13px;margin:8px 0 0}
.below a{overflow-wrap:anywhere}.state{background:#FFF4ED;color:#A8420B;padding:6px 10px;margin:10px 0}
svg{display:block;width:100%;height:auto}svg.narrow{display:none}
@media(max-width:500px){svg.wide{display:none}svg.narrow{display:block}}""")


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
    link = figure_page_address(image.figure_id, text.language, site)
    parts = [
        element("p", image.note, class_="note") if image.note else "",
        element("p", image.about, class_="about"),
        element("h1", image.sentence),
        _state(state, newer, text),
        *(_drawn(drawing, width, name) for name, width in WIDTHS.items() if drawing),
        element("p", " ".join(image.below), class_="below"),
        element(
            "p",
            element("a", text("image.figure", figure_id=image.figure_id), href=link, target="_blank", rel="noopener"),
            class_="below",
        ),
    ]
    return _page(image.sentence, parts, text)


def _drawn(drawing: Drawing, width: float, name: str) -> Markup:
    """The picture for frames of about a width, with its words as outlines; the styles show one of them."""
    still = drawing.still(width)
    box = f"0 0 {number(width)} {number(still.height)}"
    return element("svg", still.svg, viewBox=box, class_=name, role="img", aria_label=drawing.alt)


def _state(state: State, newer: str | None, text: Text) -> Markup:
    """That another release took the place of this one."""
    if state in (State.CURRENT, State.EMBARGOED):
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
    ]
    body = element("body", element("main", *parts))
    letters = re.sub(r"<[^>]*>", "", body)
    head.append(element("style", STYLE, mark_styles(), Markup(font_styles(letters))))  # noqa: S704 - styles of ours
    return f"<!DOCTYPE html>\n{element('html', element('head', joined(head)), body, lang=text.language)}\n"
