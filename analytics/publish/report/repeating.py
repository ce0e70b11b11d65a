"""Part d: what the figures give who must decide whether to repeat a programme, on either side, each as strong as its
grade. Nothing is weighed and nothing is recommended.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.model import Result, Verdict
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import Headline, approved_sentences
from analytics.present.sentences.lasting import last_year, lasting_heading, lasting_sentence, seen_in_last_year
from analytics.present.sentences.reasons import reasons
from analytics.present.sentences.where import told_groups, where_words
from analytics.present.verbs import tells
from analytics.publish.report.writing import Cell, Draft, Held, Part, bullets
from analytics.release.measures import ALL

LETTER = "d"
SAID = (ClaimKind.EFFECT, ClaimKind.MONEY, ClaimKind.LOSSES, ClaimKind.COUNT)
MORE = (Verdict.HIGHER, Verdict.MUCH_HIGHER)


class Side(StrEnum):
    """On which side a sentence stands."""

    FOR = "for"
    AGAINST = "against"
    OPEN = "open"


def repeating(draft: Draft) -> Part:
    """The three lists, with how they are to be read before and after them."""
    draft = draft.part(LETTER)
    programme, text = draft.release.programme, draft.text
    said = [one for one in approved_sentences(draft.release, text) if one.kind in SAID]
    last = _last_year(draft)
    lists = {
        Side.FOR: [*_sentences(draft, said, Side.FOR), *last[Side.FOR]],
        Side.AGAINST: list(_sentences(draft, said, Side.AGAINST)),
        Side.OPEN: [*_sentences(draft, _of_whole(said), Side.OPEN), *_groups(draft), *last[Side.OPEN], *_checks(draft)],
    }
    outcome = programme.outcome(programme.headline.outcome).label.in_(text)
    parts = [_listed(draft, side, lines) for side, lines in lists.items()]
    opening = draft.paragraph("report.repeating.says", outcome=outcome)
    return Part(
        LETTER, Held.PARTLY, joined([opening, *parts, draft.missing("report.repeating.missing"), _decision(draft)])
    )


def side_of(headline: Headline) -> Side:
    """A direction that may be said stands on its side; about no difference, against; all else is open."""
    if not tells(headline.figure):
        return Side.OPEN
    return Side.FOR if headline.figure.verdict in MORE else Side.AGAINST


def _sentences(draft: Draft, said: Sequence[Headline], side: Side) -> Iterator[Cell]:
    return (draft.said(one) for one in said if side_of(one) is side)


def _of_whole(said: Sequence[Headline]) -> list[Headline]:
    """Sentences about the whole programme: the many groups of which nothing may be said are counted, not listed."""
    return [one for one in said if one.dimension == ALL]


def _groups(draft: Draft) -> Iterator[Cell]:
    """Of how many sectors something may be said, and that of the others nothing may."""
    release, text = draft.release, draft.text
    if len(release.codes("sector")) < 2:
        return
    question = release.programme.headline
    listed = release.list_id("sector", question.outcome, question.estimand, question.horizon_code)
    words = where_words(release, "sector", text) + "."
    if told_groups(release, "sector", text):
        words = text("report.repeating.other_sectors", where=words)
    yield joined([words, " ", element("small", draft.link(listed), class_="id")])


def _last_year(draft: Draft) -> dict[Side, list[Cell]]:
    """Whether the effect is still seen in the last year: in favour where it is, open where it is not."""
    release, text = draft.release, draft.text
    effect = release.headline()
    last, still_seen = last_year(release, effect), seen_in_last_year(release, effect)
    found: dict[Side, list[Cell]] = {Side.FOR: [], Side.OPEN: []}
    if last is None or still_seen is None:
        return found
    words = f"{lasting_heading(release, effect, text)}. {lasting_sentence(release, effect, text)}"
    found[Side.FOR if still_seen and effect.verdict in MORE else Side.OPEN].append(
        joined([words, " ", draft.mark(last)])
    )
    return found


def _checks(draft: Draft) -> Iterator[Cell]:
    """The checks of the programme's effect that are not passed, each with its reason."""
    for check in reasons(draft.release, draft.release.headline(), draft.text):
        if check.result is not Result.PASS:
            title = f"{check.title}, {check.outcome}. "
            yield joined([element("b", title), check.words, " ", draft.mark(check.figure)])


def _listed(draft: Draft, side: Side, lines: Sequence[Cell]) -> Markup:
    heading = draft.heading(3, f"report.repeating.{side}")
    return joined([heading, bullets(lines) if lines else draft.paragraph("report.repeating.nothing")])


def _decision(draft: Draft) -> Markup:
    return draft.paragraph("report.repeating.decision")
