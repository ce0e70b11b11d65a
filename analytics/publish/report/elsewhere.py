"""Parts b, e and g: what the data of one programme do not hold, and what would be needed."""

from markupsafe import Markup

from analytics.charts.kit.markup import joined
from analytics.publish.report.writing import Draft, Held, Part

COUNTED = ("withdrawn", "revoked")  # ends of applications that controls, or the firms, brought about


def agreements(draft: Draft) -> Part:
    """Agreements made under the law: none is recorded."""
    draft = draft.part("b")
    named = draft.paragraph("report.agreements.authority", authority=draft.release.programme.authority.in_(draft.text))
    return Part("b", Held.NOT, joined([draft.missing("report.agreements.missing"), named]))


def simplification(draft: Draft) -> Part:
    """Measures of simplification, and controls: beside them only how applications ended."""
    draft = draft.part("e")
    return Part("e", Held.NOT, joined([draft.missing("report.simplification.missing"), _ended(draft)]))


def _ended(draft: Draft) -> Markup:
    """How many applications were withdrawn or revoked."""
    told = draft.release.applications.set_index("outcome")["applications"].to_dict()
    counts = {
        ended: draft.text("table.withheld") if told[ended] != told[ended] else draft.text.number(told[ended])
        for ended in COUNTED
        if ended in told
    }
    listed = [f"{draft.text(f'application.{ended}')}: {n}" for ended, n in counts.items()]
    return draft.paragraph("report.simplification.ended", listed="; ".join(listed)) if listed else Markup("")


def guarantor(draft: Draft) -> Part:
    """What the guarantor of small firms did: it is of no single programme."""
    return Part("g", Held.NOT, draft.part("g").missing("report.guarantor.missing"))
