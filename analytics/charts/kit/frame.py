"""The frame around every picture: its heading above; below, where its figures come from, and that they are simulated
where they are.
"""

from dataclasses import dataclass

from markupsafe import Markup

from analytics.charts.kit.markup import element
from analytics.charts.kit.still import Drawing
from analytics.language.text import Text


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a picture says about its data, in its footer.

    source: where the data come from, without the word "source"; release: edition; figure_id: resolves with
    `verify`; both empty where the figures are not ours; data_mark: "DATI SIMULATI" on invented data, None on real
    ones.
    """

    source: str
    release: str
    figure_id: str
    data_mark: str | None


def framed(
    drawing: Drawing | Markup,
    stamp: Stamp,
    text: Text,
    *,
    title: str = "",
    says: str = "",
    level: int = 3,
    note: str = "",
    camera: Markup | None = None,
    after: Markup | None = None,
) -> Markup:
    """A drawing under its title, in a figure of its own. level: of the title; note: what the drawing does not show;
    camera: where it is had as an image, at the end of the footer; after: what stands below.
    """
    heading = [element(f"h{level}", title)] if title else []
    words = [element("p", says, class_="says")] if says else []
    below = [element("p", note, class_="note")] if note else []
    return element(
        "figure", *heading, *words, drawing, *below, footer(stamp, text, camera), after or "", class_="picture"
    )


def footer(stamp: Stamp, text: Text, camera: Markup | None = None) -> Markup:
    """Source, edition and figure id, in one line; the tag of simulated data before them."""
    parts = [text("chart.source", source=stamp.source)]
    needs_release = stamp.release and stamp.release not in stamp.figure_id  # an id begins with it
    parts += [text("chart.release", release=stamp.release)] if needs_release else []
    parts += [stamp.figure_id] if stamp.figure_id else []
    tag = [element("b", stamp.data_mark, class_="tag")] if stamp.data_mark else []
    return element("figcaption", *tag, *(element("span", part) for part in parts), camera or "")


def watermark(data_mark: str | None) -> Markup:
    """The mark of simulated data in a band of its own, where nothing is drawn; nothing on real data."""
    if not data_mark:
        return Markup("")
    return element("span", class_="watermark", data_mark=data_mark, aria_hidden="true")
