"""Part f: what the release tells of other outcomes, and official statistics of the world meanwhile."""

from collections.abc import Iterator

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.model import Arm, Estimand
from analytics.present.sentences.phrases import horizon_phrase
from analytics.present.sentences.reasons import figure_beside
from analytics.present.tables.evidence import cell
from analytics.publish.report.writing import Cell, Draft, Held, Part, table
from analytics.release import Figure, measures
from analytics.release.measures import EFFECTS

LETTER = "f"


def competitiveness(draft: Draft) -> Part:
    """The part as a whole: the variables by which a territory is watched are in no programme's data."""
    draft = draft.part(LETTER)
    parts = [draft.missing("report.competitiveness.missing"), _outcomes(draft), _stopped(draft), _context(draft)]
    return Part(LETTER, Held.PARTLY, joined(parts))


def _outcomes(draft: Draft) -> Markup:
    """The effect on every other outcome of the typical firm, on all sales together, on who sells."""
    text = draft.text
    rows = [_outcome_row(draft, name, figure) for name, figure in _others(draft)]
    if not rows:
        return Markup("")
    columns = [text(f"report.competitiveness.{name}") for name in ("outcome", "effect")] + [
        text("table.analysed_firms")
    ]
    says = [text("evidence.outcomes_says"), horizon_phrase(draft.release, draft.release.headline().horizon, text)]
    return joined(
        [
            draft.heading(3, "evidence.outcomes"),
            element("p", says[0]),
            table(text("report.competitiveness.caption", horizon=says[1]), columns, rows),
        ]
    )


def _others(draft: Draft) -> Iterator[tuple[str, Figure | None]]:
    release, text = draft.release, draft.text
    claim = release.headline()
    for outcome in release.outcomes:
        label = outcome.label.in_(text)
        figure = release.figure(EFFECTS[Estimand.TYPICAL_FIRM], outcome=outcome.name, horizon=claim.horizon)
        if outcome.name != claim.outcome:
            yield label, figure
        whole = release.programme.whole_of(release.programme.outcome(claim.outcome))
        if whole is not None and outcome.name == whole.name:
            summed = release.figure(EFFECTS[Estimand.EURO_WEIGHTED], outcome=outcome.name, horizon=claim.horizon)
            yield text("report.competitiveness.summed", outcome=label), summed
    for key, estimand in (("started", Estimand.STARTED_SELLING), ("share", Estimand.ONLINE_SHARE)):
        figure = figure_beside(release, claim, EFFECTS[estimand])
        if figure is not None:
            yield text("evidence.started" if key == "started" else "report.competitiveness.share"), figure


def _outcome_row(draft: Draft, name: str, figure: Figure | None) -> tuple[Cell, ...]:
    draft.quote(figure)
    text = draft.text
    n = text("table.nothing") if figure is None or figure.n_funded is None else text.number(figure.n_funded)
    return name, cell(figure, draft.release, text), n


def _stopped(draft: Draft) -> Markup:
    """What else happened to both arms: other aid, firms that stopped selling."""
    release, text = draft.release, draft.text
    claim = release.headline()
    listed = [
        (text("evidence.aid", horizon=horizon_phrase(release, year, text)), measures.OTHER_AID, year)
        for year in map(str, release.manifest.years_after)
    ]
    listed.append((text("evidence.stopped"), measures.STOPPED_SELLING, claim.horizon))
    rows: list[tuple[Cell, ...]] = []
    for name, measure, horizon in listed:
        both = [release.figure(measure, outcome=claim.outcome, arm=arm, horizon=horizon) for arm in Arm]
        if all(figure is not None for figure in both):
            draft.quote(*both)
            rows.append((name, *(cell(figure, release, text) for figure in both)))
    if not rows:
        return Markup("")
    columns = [text("report.competitiveness.what"), text("evidence.funded"), text("evidence.comparison")]
    heading = draft.heading(3, "evidence.afterwards")
    says = draft.paragraph("evidence.afterwards_says")
    return joined([heading, says, table(text("evidence.afterwards"), columns, rows, "uncaptioned")])


def _context(draft: Draft) -> Markup:
    """Official statistics, each with its source: no figure of the release."""
    text = draft.text
    rows = [
        (
            context.label.in_(text),
            "; ".join(
                f"{year}: {text.percent(value, sign=context.change, decimals=1)}"
                for year, value in sorted(context.points.items())
            ),
            context.source.in_(text),
        )
        for context in draft.release.programme.context
    ]
    if not rows:
        return Markup("")
    columns = [text(f"report.context.{name}") for name in ("statistic", "values", "source")]
    heading, says = draft.heading(3, "report.context.title"), draft.paragraph("sectors.context_says")
    return joined([heading, says, table(text("report.context.title"), columns, rows, "words uncaptioned")])
