"""Data and audit: from announced to analysed, tranche by tranche; what was imported; how the figures were made; the
report that says all of it.
"""

import streamlit as st

from analytics.charts.kit.markup import element
from analytics.folders import Home
from analytics.language.text import LANGUAGES, plain, speaking
from analytics.model import DataKind
from analytics.officer.approval import Mode
from analytics.present.tables import audit
from analytics.present.tables.path import is_held, ladders, paths_told
from analytics.present.tables.path_markup import ladders_markup
from analytics.publish.addresses import report_address
from analytics.publish.report.browser import find_browser
from analytics.release import Releases
from analytics.release.acts import mode_of_publication
from pages.parts import address, in_use, show
from pages.parts.block import block
from pages.parts.downloads import may_report, report_title

frame = in_use.require_frame()
release, text = frame.release, frame.text
programme, manifest = release.programme, release.manifest


def report() -> None:
    """The report on the release, as a page and, where it can be made, as a PDF, in every language."""
    endings = ["html", *(["pdf"] if find_browser() else [])]
    lines = [
        element(
            "li",
            *(
                element(
                    "a",
                    speaking(language)(f"report.page.{ending}"),
                    href=address.at_root(report_address(release, language, ending)),
                    hreflang=language,
                    lang=language,
                )
                for ending in endings
            ),
        )
        for language in LANGUAGES
    ]
    st.header(plain(report_title(frame)), anchor=False)
    st.markdown(text("report.page.says"))
    block(element("ul", *lines, class_="downloads"), "report")
    if "pdf" not in endings:
        st.caption(text("report.page.no_pdf"))


def path() -> None:
    """Every step from announced to analysed with its gaps; of a release that does not tell them, the counts alone."""
    told = paths_told(release)
    st.header(text("path.title") if told else text("audit.path"), anchor=False)
    st.markdown(text("path.says") if told else text("audit.path_says"))
    if is_held(release):
        st.markdown(text("path.held"))
    for name in told:
        st.subheader(text(f"code.path.{name}"), anchor=False)
        st.markdown(text(f"path.{name}_says"))
        block(ladders_markup(ladders(release, name, text), text, 4, folded=True), f"path_{name}")
    if not told:
        st.table(show.escaped(audit.path_to_analysed(release, text)), border="horizontal")
        st.caption(text("path.none"))
    if kinds := audit.without_sales(release, text):
        st.caption(plain(text("audit.without_sales", kinds=kinds)))


with show.top_row(frame):
    pass
st.title(text("audit.title"))
st.markdown(text("audit.says"))

st.header(text("audit.announced"), anchor=False)
firms, euros = st.columns(2, gap="large")
firms.table(show.escaped(audit.firms_announced(release, text)), border="horizontal")
euros.table(show.escaped(audit.euros_announced(release, text)), border="horizontal")
st.caption(text("audit.announced_note"))
st.caption(
    "  \n".join(plain(f"{tranche.label.in_(text)}: {tranche.source.in_(text)}") for tranche in programme.tranches)
)

path()

left, right = st.columns(2, gap="large")
with left:
    st.header(text("audit.applications"), anchor=False)
    if programme.announced and programme.announced.applications:
        n = text.number(programme.announced.applications)
        st.markdown(plain(text("audit.applications_says", n=n, source=programme.announced.source.in_(text))))
    st.table(show.escaped(audit.applications_table(release, text)), border="horizontal")
    if funded := audit.funded_otherwise(release, text):
        st.caption(text("audit.applications_note", n=funded))
with right:
    st.header(text("audit.inputs"), anchor=False)
    st.markdown(text("audit.inputs_says"))
    st.table(show.escaped(audit.inputs_table(release, text)), border="horizontal")

protection = audit.protection_table(release, text)
if len(protection):
    st.header(text("audit.protection"), anchor=False)
    st.markdown(text("audit.protection_says"))
    st.table(show.escaped(protection), border="horizontal")

st.header(text("audit.method"), anchor=False)
st.markdown(text("audit.method_body", **audit.method_words(release, text)))
mode = mode_of_publication(Releases(Home.default().releases, programme.id).ledger(), release.release_id)
if mode in list(Mode) and (mode == Mode.TWO_PEOPLE or programme.data_kind is DataKind.CONFIDENTIAL):
    st.markdown(text(f"audit.approved.{mode}"))

if may_report(frame):
    report()
