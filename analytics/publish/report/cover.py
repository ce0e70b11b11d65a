"""The first page of a report: what it is about, what can be said, and which of its parts the data fill."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd
from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.model import Arm
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.panels import losses_words, money_words
from analytics.present.sentences.phrases import data_note, horizon_phrase
from analytics.present.sentences.reasons import grade_because
from analytics.present.sentences.where import told_groups, where_words
from analytics.publish.about import state_words
from analytics.publish.report.writing import Cell, Draft, Part, bullets, facts
from analytics.release import measures


def title_of(draft: Draft) -> str:
    """What the report is called: as the programme file says, else a report on the programme."""
    council = draft.release.programme.council
    return council.title.in_(draft.text) if council else draft.text("report.title")


def cover(draft: Draft) -> Markup:
    """Kind of data, title, programme, and the facts of its release."""
    programme, text = draft.release.programme, draft.text
    note = data_note(draft.release, text)
    marked = element("p", element("b", note, class_="tag" if draft.release.simulated else None)) if note else ""
    title = element("h1", title_of(draft))
    about = element("p", programme.title.in_(text), class_="of")
    return element("header", marked, title, about, facts(_facts(draft)), class_="cover")


def _facts(draft: Draft) -> Iterator[tuple[str, Cell]]:
    release, text, origin = draft.release, draft.text, draft.origin
    programme, manifest = release.programme, release.manifest
    state = text(f"frame.{programme.calendar.state}")
    first, last = (text.period(pd.Period(period)) for period in (manifest.first_period, manifest.last_period))
    effect = release.main_effect()
    contact = programme.contact
    yield text("report.fact.authority"), programme.authority.in_(text)
    yield (
        text("report.fact.release"),
        text("export.release", release=release.release_id, state=state_words(origin, text)),
    )
    yield text("report.fact.id"), element("code", f"{programme.id}.{release.release_id}")
    yield text("report.fact.published"), text.moment(origin.published) if origin.published else ""
    day = text.date(dt.date.fromisoformat(manifest.data_to))
    yield text("report.fact.data_to"), text("report.fact.data_state", day=day, state=state)
    yield text("report.fact.observed"), text("table.window", first=first, last=last)
    yield text("report.fact.effects"), horizon_phrase(release, effect.horizon, text) if effect else ""
    yield text("report.fact.source"), programme.source.in_(text)
    yield text("report.fact.contact"), f"{contact.name.in_(text)}, {contact.email}" if contact else ""
    yield text("report.fact.licence"), programme.licence.name.in_(text)
    page = origin.page or origin.address
    yield text("report.fact.page"), element("a", page, href=page) if page else ""


def summary(draft: Draft) -> Markup:
    """What can be said, on the first page."""
    release, text = draft.release, draft.text
    headline = headline_of(release, release.headline(), ClaimKind.EFFECT, "*", "*", text)
    claim = element("p", draft.said(headline, long=True), class_="claim")
    heading = element("h2", text("report.summary"), id="summary")
    return element("section", heading, claim, bullets(_points(draft)), aria_labelledby="summary", class_="summary")


def _points(draft: Draft) -> Iterator[Cell]:
    """Beside the claim: how sure it is, where something may be said, money, who received what."""
    release, text = draft.release, draft.text
    effect = release.headline()
    if because := grade_because(release, effect, text):
        yield because
    if len(release.codes("sector")) > 1:
        told = "; ".join(f"{group.label} ({group.words})" for group in told_groups(release, "sector", text))
        yield f"{where_words(release, 'sector', text)}: {told}." if told else f"{where_words(release, 'sector', text)}."
    for figure, words in (
        (release.main(measures.EXTRA_PER_GRANT), money_words(release, text)),
        (release.main(measures.LOSSES_OFFSET), losses_words(release, text)),
    ):
        if words and figure is not None:
            yield joined([words, " ", draft.mark(figure)])
    funded = release.figure(measures.FIRMS, arm=Arm.FUNDED)
    if funded is not None and funded.value is not None:
        slots = {"whole": text.number(funded.value), "part": text.number(effect.n_funded or 0)}
        key = "report.funded" if effect.n_funded else "report.funded_only"
        yield joined([text(key, **slots), " ", draft.mark(funded)])


def about(draft: Draft) -> Markup:
    """In which order the report goes, and of what it is made."""
    council, text = draft.release.programme.council, draft.text
    order = text("report.order_of_law", law=council.law.in_(text)) if council else text("report.order")
    return joined([element("p", order), draft.paragraph("report.scope")])


def contents(parts: Sequence[Part], draft: Draft) -> Markup:
    """The parts, and how much of each the data hold."""
    text = draft.text
    lines = [
        element(
            "li",
            element(
                "a",
                text("report.part", letter=part.letter, title=text(f"report.part_{part.letter}")),
                href=f"#part-{part.letter}",
            ),
            element("span", text(f"report.held.{part.held}"), class_=f"held {part.held}"),
        )
        for part in parts
    ]
    lines.append(element("li", element("a", text("report.annex.title"), href="#annex")))
    name = element("h2", text("report.contents"), id="contents")
    return element("nav", name, element("ol", *lines), aria_labelledby="contents", class_="contents")
