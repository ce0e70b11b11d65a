"""Part a: what the programme was, how long it took, what it had and gave, who received it, what was difficult."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd
from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.model import Arm, Reason
from analytics.present.sentences.phrases import dimension_words, why
from analytics.present.sentences.reasons import grade_because
from analytics.present.tables import audit
from analytics.present.tables.counts import funded_in
from analytics.present.tables.evidence import value_words
from analytics.programme.dimensions import Group
from analytics.publish.report.writing import Cell, Draft, Held, Part, bullets, facts, frame_table, table
from analytics.release import Figure, Release, measures
from analytics.release.lists import FigureList
from analytics.release.measures import Measure

LETTER = "a"
# How beneficiaries are told apart, in the order of the clause: size, sector, territory; then what the programme adds.
GROUPS = ("size_class", "macro_sector", "sector", "area", "province", "beneficiary_kind", "channel", "wave")


def interventions(draft: Draft) -> Part:
    """The part as a whole; payments and the days of single procedures are in no release."""
    draft = draft.part(LETTER)
    parts = (_measure, _times, _funds, _applications, _beneficiaries, _difficulties)
    return Part(LETTER, Held.PARTLY, joined(part(draft) for part in parts))


# ---- what, when, how much --------------------------------------------------------------------------------------------


def _measure(draft: Draft) -> Markup:
    programme, text = draft.release.programme, draft.text
    source = f" ({programme.call_source.in_(text)})" if programme.call_source else ""
    opened = text.period(pd.Period(programme.call_opened)) + source if programme.call_opened else ""
    most = text.money(programme.grant_max, programme.currency) + source if programme.grant_max else ""
    stated = text("table.not_stated")
    told = facts(
        [
            (text("report.fact.programme"), programme.title.in_(text)),
            (text("report.fact.authority"), programme.authority.in_(text)),
            (text("report.fact.region"), programme.region.in_(text)),
            (text("report.fact.opened"), opened or stated),
            (text("report.fact.most"), most or stated),
            (text("report.fact.kinds"), ", ".join(kind.label.in_(text) for kind in programme.beneficiary_kinds)),
            (text("report.fact.channels"), ", ".join(one.label.in_(text) for one in programme.channels)),
        ]
    )
    return joined([draft.heading(3, "report.measure"), told, draft.missing("report.measure_missing")])


def _times(draft: Draft) -> Markup:
    """By tranche the day of its decision, as announced, and that of its first award, in the data."""
    release, text = draft.release, draft.text
    awards = {award.wave: _day(award.on, draft) for award in release.manifest.awards}
    rows = [
        (
            tranche.label.in_(text),
            text.date(tranche.decided_on) if tranche.decided_on else text("table.not_stated"),
            awards.get(tranche.id, text("table.nothing")),
        )
        for tranche in release.programme.tranches
    ]
    columns = [text(f"report.times.{name}") for name in ("tranche", "decided", "awarded")]
    listed = table(text("report.times.caption"), columns, rows, "words") if rows else Markup("")
    return joined([draft.heading(3, "report.times.title"), listed, draft.missing("report.times.missing")])


def _day(written: str, draft: Draft) -> str:
    """A day of an award; of yearly data its year."""
    day = dt.date.fromisoformat(written)
    return str(day.year) if draft.release.manifest.yearly else draft.text.date(day)


def _funds(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    programme = release.programme
    asked = programme.announced.requested_eur if programme.announced else None
    for group in ((), *((("wave", wave),) for wave in release.codes("wave"))):
        grants = release.figure(measures.GRANTS, arm=Arm.FUNDED, group=group)
        draft.quote(grants if measures.GRANTS in _told(release) else None)
    sources = [f"{tranche.label.in_(text)}: {tranche.source.in_(text)}." for tranche in programme.tranches]
    announced = any(tranche.announced_eur for tranche in programme.tranches)
    note = [element("strong", text("audit.announced_note")), " "] if announced else []
    amounts = audit.euros_announced(release, text)
    requested = Markup("")
    if programme.announced and asked:
        slots = {"amount": text.money(asked, programme.currency), "source": programme.announced.source.in_(text)}
        requested = draft.paragraph("report.funds.requested", **slots)
    return joined(
        [
            draft.heading(3, "report.funds.title"),
            requested,
            frame_table(text("report.funds.caption"), amounts, text("report.times.tranche")),
            element("p", *note, " ".join(sources)) if sources else "",
            draft.missing("report.funds.missing"),
        ]
    )


def _applications(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    announced, said = release.programme.announced, Markup("")
    if announced and announced.applications:
        slots = {"n": text.number(announced.applications), "source": announced.source.in_(text)}
        said = draft.paragraph("audit.applications_says", **slots)
    funded = audit.funded_otherwise(release, text)
    return joined(
        [
            draft.heading(3, "audit.applications"),
            said,
            frame_table(
                text("audit.applications"),
                audit.applications_table(release, text),
                text("report.applications_ended"),
                "uncaptioned",
            ),
            draft.paragraph("audit.applications_note", n=funded) if funded else "",
        ]
    )


# ---- who -------------------------------------------------------------------------------------------------------------


def _beneficiaries(draft: Draft) -> Markup:
    release = draft.release
    named = [name for name in GROUPS if name in release.programme.dimension_names]
    own = [grouping.id for grouping in release.programme.groupings]
    tables = [_by(draft, dimension) for dimension in (*named, *own) if len(release.codes(dimension)) > 1]
    opening = draft.paragraph("report.beneficiaries.says" if tables else "report.beneficiaries.none")
    return joined([draft.heading(3, "report.beneficiaries.title"), opening, *tables])


def _by(draft: Draft, dimension: str) -> Markup:
    """Funded firms and their grants by the groups of a dimension; what no row tells; the total."""
    release, text = draft.release, draft.text
    question, told = release.programme.headline, _told(release)
    listed = FigureList.of(dimension, question.outcome, question.estimand, question.horizon_code)
    not_shown = funded_in(release, listed).not_shown
    rows = [
        _beneficiaries_row(draft, release.programme.label(dimension, code, text), ((dimension, code),), told)
        for code in release.codes(dimension)
    ]
    if not_shown:
        nothing = [text("table.nothing") for _ in told[1:]]
        rows.append((text("report.beneficiaries.not_shown"), text.number(not_shown), *nothing))
    rows.append(_beneficiaries_row(draft, text("label.total"), (), told))
    name = dimension_words(release, dimension, text)
    heads = (text("table.funded_firms"), text("report.beneficiaries.grants"))
    columns = [name, *heads[: len(told)]]
    return table(text("report.beneficiaries.by", dimension=name), columns, rows, "totalled")


def _told(release: Release) -> list[Measure]:
    """What is told of beneficiaries: firms, and grants where anybody said what was granted."""
    grants = release.figure(measures.GRANTS, arm=Arm.FUNDED)
    stated = grants is not None and grants.reason is not Reason.NOT_ESTIMABLE
    return [measures.FIRMS, *([measures.GRANTS] if stated else [])]


def _beneficiaries_row(draft: Draft, label: str, group: Group, told: Sequence[Measure]) -> tuple[Cell, ...]:
    figures = [draft.release.figure(measure, arm=Arm.FUNDED, group=group) for measure in told]
    draft.quote(*figures)
    return (label, *(_cell(draft, figure) for figure in figures))


def _cell(draft: Draft, figure: Figure | None) -> str:
    if figure is None:
        return draft.text("table.nothing")
    if figure.value is None:
        return why(figure, draft.release, draft.text)
    return value_words(figure.value, figure, draft.release, draft.text)


# ---- what was difficult ----------------------------------------------------------------------------------------------


def _difficulties(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    steps = [(step.label, step.count, step.lost, step.reason) for step in audit.steps_to_analysed(release, text)]
    columns = [text(f"report.difficulties.{name}") for name in ("step", "count", "lost", "why")]
    protection = audit.protection_table(release, text)
    protected = (
        frame_table(text("report.difficulties.protected"), protection, text("report.difficulties.of"))
        if len(protection)
        else Markup("")
    )
    return joined(
        [
            draft.heading(3, "report.difficulties.title"),
            table(text("overview.path"), columns, steps, "reasoned"),
            bullets(_findings(draft)),
            protected,
            draft.missing("report.difficulties.missing"),
        ]
    )


def _findings(draft: Draft) -> Iterator[Cell]:
    """What the checks found; the sectors of which nothing is published."""
    release, text = draft.release, draft.text
    effect = release.main_effect()
    if effect is not None and (because := grade_because(release, effect, text)):
        yield joined([because, " ", draft.mark(effect)])
    for code in release.codes("sector"):
        of_sector = release.main_effect({"sector": code})
        if of_sector is not None and not of_sector.published:
            words = text(
                "report.difficulties.unpublished",
                label=release.programme.label("sector", code, text),
                why=why(of_sector, release, text),
            )
            yield joined([words, " ", draft.mark(of_sector)])
