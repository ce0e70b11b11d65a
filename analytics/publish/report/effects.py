"""Part c: what the grants did, how sure that is, how it was found, what it does not tell."""

from collections.abc import Iterator

from markupsafe import Markup

from analytics import charts
from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.model import Arm, Grade
from analytics.present import pictures
from analytics.present.asked import Asked
from analytics.present.sentences.changes import changes_heading, changes_words
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import approved_sentences, headline_of
from analytics.present.sentences.lasting import last_year, lasting_heading, lasting_sentence
from analytics.present.sentences.limits import cannot_say, do_not_say
from analytics.present.sentences.panels import money_heading
from analytics.present.sentences.phrases import capital, dimension_words, why
from analytics.present.sentences.reasons import grade_because, reasons
from analytics.present.sentences.together import count_of, differ_heading, differ_words, pairs_of
from analytics.present.sentences.where import surer_words, told_groups, where_words
from analytics.present.tables import audit
from analytics.present.tables.evidence import specification_cell, ways
from analytics.publish.report.drawn import picture, quote_list
from analytics.publish.report.writing import Draft, Held, Part, bullets, table
from analytics.release import Figure, measures
from analytics.release.lists import YEARS
from analytics.release.measures import lasting

LETTER = "c"
PARTS = ("size_class", "channel", "area")


def effects(draft: Draft) -> Part:
    """The part as a whole."""
    draft = draft.part(LETTER)
    parts = [_result, _by_sector, _by_year, _by_group, _money, _checks, _method, _limits]
    return Part(LETTER, Held.WHOLE, joined(part(draft) for part in parts))


def _result(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    effect = release.headline()
    headline = headline_of(release, effect, ClaimKind.EFFECT, "*", "*", text)
    changes = [release.main(measure, arm=arm) for measure in (measures.TYPICAL_CHANGE, measures.CHANGE) for arm in Arm]
    draft.quote(effect, *changes)
    drawn = picture(
        pictures.changes_and_effect(release, text),
        draft,
        title=changes_heading(release, (), text),
        says=changes_words(release, (), text),
        before=charts.key(text).markup,
    )
    said = element("p", draft.said(headline, long=True), class_="claim")
    return joined([draft.heading(3, "report.result"), said, drawn])


# ---- by sector, by year, by group ------------------------------------------------------------------------------------


def _by_sector(draft: Draft) -> Markup:
    """Of which sectors something may be said; every sector on one axis. Of a programme with one sector, nothing."""
    release, text = draft.release, draft.text
    if len(release.codes("sector")) < 2:
        return Markup("")
    lines = _told(draft, "sector")
    wider = [
        element("p", dimension_words(release, "macro_sector", text), ". ", line)
        for line in _told(draft, "macro_sector")
    ]
    counts = [count_of(release, dimension) for dimension in ("macro_sector", "sector")]
    together = [
        headline_of(release, count, ClaimKind.COUNT, "*", "*", text) for count in counts if count and count.published
    ]
    pairs = [headline_of(release, pair, ClaimKind.PAIR, "*", "*", text) for pair in pairs_of(release, "sector")]
    surer = surer_words(release, "sector", text)
    for dimension in ("macro_sector", "sector"):
        quote_list(draft, dimension)
    drawn = picture(
        pictures.sectors(release, text),
        draft,
        title=differ_heading(release, "sector", text),
        says=differ_words(release, "sector", text),
        before=charts.key(text).markup,
    )
    return joined(
        [
            draft.heading(3, "report.by_sector"),
            element("p", where_words(release, "sector", text), ":" if lines else "."),
            bullets(lines),
            *wider,
            element("p", surer) if surer else "",
            drawn,
            bullets(draft.said(one) for one in (*together, *pairs)),
        ]
    )


def _told(draft: Draft, dimension: str) -> list[Markup]:
    """The groups of which something may be said, with what; of a single group, nothing."""
    release, text = draft.release, draft.text
    if len(release.codes(dimension)) < 2:
        return []
    return [
        joined([group.label, ": ", group.words, " ", draft.mark(figure)])
        for group in told_groups(release, dimension, text)
        if (figure := release.main_effect({dimension: group.code})) is not None
    ]


def _by_year(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    effect, asked = release.headline(), Asked.headline(release)
    quote_list(draft, YEARS)
    if effect.measure.about is not None:
        path = lasting(effect.measure.about)
        draft.quote(last_year(release, effect), release.main(path))
    drawn = picture(
        pictures.years(release, text, asked),
        draft,
        title=lasting_heading(release, effect, text),
        says=lasting_sentence(release, effect, text),
    )
    lines = pictures.index_lines(release, text, asked.outcome, "*")
    label = release.programme.outcome(asked.outcome).label.in_(text)
    basis = text(f"sectors.lines_{release.line_bases[0]}", outcome=label)
    before_after = picture(lines, draft, title=text("sectors.lines"), says=basis)
    return joined([draft.heading(3, "report.by_year"), drawn, before_after])


def _by_group(draft: Draft) -> Markup:
    """By size, channel and area, without claims: only sectors carry them."""
    release, text = draft.release, draft.text
    drawn = []
    for dimension in PARTS:
        if len(release.codes(dimension)) > 1:
            quote_list(draft, dimension)
            shown = pictures.forest(release, text, dimension, Asked.headline(release))
            title, says = text(f"overview.by.{dimension}"), _differ(draft, dimension)
            drawn.append(picture(shown, draft, title=title, says=says))
    return (
        joined([draft.heading(3, "report.by_group"), draft.paragraph("sectors.no_claim"), *drawn])
        if drawn
        else Markup("")
    )


def _differ(draft: Draft, dimension: str) -> str:
    words = differ_heading(draft.release, dimension, draft.text), differ_words(draft.release, dimension, draft.text)
    return f"{words[0]}. {words[1]}"


def _money(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    kinds = (ClaimKind.MONEY, ClaimKind.LOSSES)
    said = [element("p", draft.said(one)) for one in approved_sentences(release, text) if one.kind in kinds]
    drawn = picture(pictures.money(release, text), draft, title=money_heading(release, text))
    return joined([draft.heading(3, "report.money"), *said, drawn])


# ---- how sure, how found, what not -----------------------------------------------------------------------------------


def _checks(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    effect = release.headline()
    done = reasons(release, effect, text)
    heading = draft.heading(3, "report.checks.title")
    if not done:
        described = effect.grade is Grade.DESCRIPTION
        says = text("evidence.no_claim") if described else f"{capital(why(effect, release, text))}."
        return joined([heading, element("p", says)])
    rows = [(check.title, check.outcome, joined([check.words, " ", draft.mark(check.figure)])) for check in done]
    columns = [text(f"report.checks.{name}") for name in ("check", "result", "why")]
    return joined(
        [
            heading,
            element("p", grade_because(release, effect, text)),
            table(text("report.checks.caption"), columns, rows, "reasoned"),
            _ways(draft, effect),
        ]
    )


def _ways(draft: Draft, effect: Figure) -> Markup:
    """The estimate made otherwise, one change at a time."""
    release, text = draft.release, draft.text
    rows = []
    for name, figure, sign in ways(release, effect, text):
        draft.quote(figure)
        rows.append((name, specification_cell(figure, release, text), sign))
    columns = [text(f"evidence.{name}") for name in ("way", "effect", "same_sign")]
    return joined(
        [
            draft.heading(4, "evidence.specifications"),
            draft.paragraph("evidence.specifications_says"),
            table(text("evidence.specifications"), columns, rows, "words uncaptioned"),
        ]
    )


def _method(draft: Draft) -> Markup:
    """The method in plain words, with its windows and thresholds."""
    release, text = draft.release, draft.text
    slots = audit.method_words(release, text) | {"comparison": release.programme.comparison.in_(text)}
    keys = ("compared", "windows", "effect", "interval", "words", "protection")
    return joined(
        [draft.heading(3, "report.method.title"), *(draft.paragraph(f"report.method.{key}", **slots) for key in keys)]
    )


def _limits(draft: Draft) -> Markup:
    release, text = draft.release, draft.text
    return joined(
        [
            *_list(text, "overview.cannot_say", cannot_say(release, text)),
            *_list(text, "press.do_not_say", do_not_say(release, text)),
        ]
    )


def _list(text: Text, key: str, lines: list[str]) -> Iterator[Markup]:
    yield element("h3", text(key))
    yield bullets(lines)
