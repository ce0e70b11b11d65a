"""Release parts -> frames: what a table shows and what its file holds. Arranges published figures, no more."""

from analytics.language.text import Text
from analytics.present.verbs import tells
from analytics.programme.parts import Outcome
from analytics.release import Figure
from analytics.release.figure_id import short

EMPTY = "–"


def status(figure: Figure | None) -> str:
    """The code letters under a cell: C confidential, u too little to tell, empty for a published one."""
    if figure is None or figure.published:
        return ""
    return "C" if figure.conf_status != "F" else "u" if figure.obs_status == "U" else "m"


def _shown(figure: Figure | None, written: str) -> str:
    """What is written for a figure, or its code where it is withheld; one of an earlier release is marked."""
    if figure is None or not figure.published:
        return EMPTY if figure is None else status(figure)
    return f"{written} (p)" if figure.obs_status == "P" else written


def count(n: int | None, text: Text) -> str:
    """A number of firms, or that it is not told."""
    return EMPTY if n is None else text.number(n)


def comparison_count(figure: Figure | None, text: Text) -> str:
    """The comparison firms beside a figure; "at least" so many, of groups that do not hold whole sectors."""
    n = None if figure is None else figure.n_comparison
    at_least = figure is not None and n is not None and figure.n_comparison_at_least
    return text("format.at_least", n=count(n, text)) if at_least else count(n, text)


def figure_id(figure: Figure | None) -> str:
    """The id that `verify` resolves, without the programme, which the page names."""
    return EMPTY if figure is None else short(figure.figure_id)


def count_cell(figure: Figure | None, text: Text) -> str:
    """A count of firms."""
    return _shown(figure, text.number(figure.value) if figure and figure.value is not None else "")


def percent_cell(figure: Figure | None, text: Text, *, sign: bool = True) -> str:
    """A change in percent; without a sign, a share."""
    return _shown(figure, text.percent(figure.value, sign=sign) if figure and figure.value is not None else "")


def effect_cell(figure: Figure | None, text: Text) -> str:
    """An effect with its interval: +13% (−1%; +29%)."""
    if figure is None or figure.value is None or figure.shown_range is None:
        return _shown(figure, "")
    interval = text.interval(*figure.shown_range, figure.unit)
    return _shown(figure, f"{text.measured(figure.value, figure.unit)} {interval}")


def claim_cell(figure: Figure | None, text: Text) -> str:
    """An effect with its interval; where its claim tells no direction, the interval alone."""
    if figure is None or figure.grade is None or tells(figure):
        return effect_cell(figure, text)
    return range_cell(figure, text)


def range_cell(figure: Figure | None, text: Text) -> str:
    """An interval alone: (−1%; +29%)."""
    if figure is None or figure.shown_range is None:
        return _shown(figure, "")
    return _shown(figure, text.interval(*figure.shown_range, figure.unit))


def amount(value: float, outcome: Outcome, text: Text) -> str:
    """An amount of an outcome in its own unit, per firm and year."""
    if outcome.currency:
        return text.money(value, outcome.currency)
    return text.number(value, 0 if abs(value) >= 100 else 1)


def rate(figure: Figure, outcome: Outcome, text: Text) -> str:
    """Money per unit of money, to the cent."""
    if figure.value is None or outcome.currency is None:
        return _shown(figure, "")
    return text.money(figure.value, outcome.currency, decimals=2)


def rate_span(figure: Figure, outcome: Outcome, text: Text) -> str:
    """Its range."""
    if figure.low is None or figure.high is None or outcome.currency is None:
        return _shown(figure, "")
    low, high = (text.money(end, outcome.currency, decimals=2) for end in (figure.low, figure.high))
    return text("format.span", low=low, high=high)


def amount_cell(figure: Figure | None, outcome: Outcome, text: Text) -> str:
    """A mean per firm and year."""
    return _shown(figure, amount(figure.value, outcome, text) if figure and figure.value is not None else "")


def amount_span(figure: Figure | None, outcome: Outcome, text: Text) -> str:
    """The interval of an amount, in words."""
    if figure is None or figure.low is None or figure.high is None:
        return ""
    low, high = (amount(end, outcome, text) for end in (figure.low, figure.high))
    return text("format.span", low=low, high=high)
