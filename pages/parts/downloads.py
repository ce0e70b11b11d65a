"""What may be taken from a table: files of what is shown, of the whole table, of the release; and how to quote it. No
page of its own.
"""

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from analytics.access.roles import Area, may_read_embargoed
from analytics.charts.kit.markup import element
from analytics.language.text import plain
from analytics.present.sentences.phrases import capital, data_note
from analytics.publish.addresses import address as machine_address
from analytics.publish.addresses import package_address, report_address, table_address
from pages.parts import address, show, visitor
from pages.parts.block import block
from pages.parts.in_use import Frame

FORMATS = ("xlsx", "csv-it", "csv", "parquet", "json", "zip")


def downloads(name: str, shown: Mapping[str, str], whole: Mapping[str, str], frame: Frame) -> None:
    """Links to files in every format. name: of the table; shown, whole: the filters of what is on the screen, and of
    the table with all that belongs beside it.
    """
    release, text = frame.release, frame.text
    places = {
        what: {form: table_address(name, form, filters, release, text.language) for form in FORMATS}
        for what, filters in (("shown", shown), ("table", whole))
    }
    places["release"] = {form: package_address(release, text.language, form) for form in ("xlsx", "zip")}
    lines = []
    for what, by_form in places.items():
        links = [
            element("a", text(f"cohorts.formats.{form}"), href=address.at_root(place), download="")
            for form, place in by_form.items()
        ]
        lines.append(element("li", element("b", text(f"cohorts.export_{what}")), *links))
    st.subheader(text("cohorts.export"), anchor=False)
    block(element("ul", *lines, class_="downloads"), "downloads")
    links = [
        element("a", text(f"cohorts.{what}"), href=address.at_root(place))
        for what, place in (
            ("codebook", machine_address("codebook.csv", {"lang": text.language})),
            ("machines", machine_address("", {"lang": text.language})),
        )
    ]
    block(element("p", text("cohorts.export_says"), " ", *links, class_="download-note"), "download_note")


def citation(heading: str, frame: Frame) -> None:
    """The words to quote what is shown by, with its address, and buttons that copy them."""
    release, text = frame.release, frame.text
    programme = release.programme
    words = text(
        "cohorts.citation",
        authority=programme.authority.in_(text),
        title=programme.title.in_(text),
        heading=heading,
        release=release.release_id,
        day=text.date(dt.date.fromisoformat(release.manifest.data_to)),
        source=". ".join(part for part in (capital(programme.source.in_(text)), data_note(release, text)) if part),
        address=address.permalink(),
    )
    st.subheader(text("cohorts.cite"), anchor=False)
    st.markdown(plain(words))
    show.copy_buttons({"copy_citation": words, "copy_link": address.permalink()}, text)


def report_title(frame: Frame) -> str:
    """What the report on the release is called."""
    council = frame.release.programme.council
    return council.title.in_(frame.text) if council else frame.text("report.title")


def may_report(frame: Frame) -> bool:
    """Whether the reader may have the report on the release that is shown."""
    return frame.until is None or may_read_embargoed(visitor.role(), Area.PRESS)


def report_link(frame: Frame) -> None:
    """The report on the release, in the reader's language; nothing where they may not read it before its time."""
    if not may_report(frame):
        return
    where = address.at_root(report_address(frame.release, frame.text.language))
    block(element("p", element("a", report_title(frame), href=where), class_="switch-links"), "report", width="content")
