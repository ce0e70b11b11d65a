"""The path as a ladder: HTML of its steps, with the gaps between them, tranche beside tranche."""

from collections.abc import Sequence

from markupsafe import Markup

from analytics.charts.kit.markup import element, joined
from analytics.language.text import Text
from analytics.present.tables.path import GapInWords, Ladder, StepInWords


def ladders_markup(ladders: Sequence[Ladder], text: Text, level: int, *, folded: bool) -> Markup:
    """Ladders side by side, in little room one below the other; level: of their titles; folded: whether reasons that
    are told as one are listed at a click.
    """
    return element("div", *(_ladder(ladder, text, level, folded=folded) for ladder in ladders), class_="ladders")


def _ladder(ladder: Ladder, text: Text, level: int, *, folded: bool) -> Markup:
    said = text("path.explained") if ladder.is_explained else text("path.unexplained")
    foot = element("p", said, class_="foot" if ladder.is_explained else "foot unexplained")
    steps = element("ol", *(_step(step, folded=folded) for step in ladder.steps))
    return element("section", element(f"h{level}", ladder.title), steps, foot)


def _step(step: StepInWords, *, folded: bool) -> Markup:
    gaps = element("ul", *(_gap(gap, folded=folded) for gap in step.gaps)) if step.gaps else ""
    numbers = [element("b", step.stands) if step.stands else "", element("i", step.amount) if step.amount else ""]
    return element("li", gaps, element("p", element("span", step.name), " ", *numbers, class_="stands"))


def _gap(gap: GapInWords, *, folded: bool) -> Markup:
    numbers = [element("b", number) for number in (gap.lost, gap.amount) if number]
    parts = element("ul", *(element("li", part) for part in gap.together)) if gap.together else ""
    fold = folded and gap.together
    says = element("details", element("summary", gap.says), parts) if fold else element("span", gap.says, parts)
    return element("li", says, joined([" ", *numbers]), class_="unexplained" if gap.is_unexplained else None)
