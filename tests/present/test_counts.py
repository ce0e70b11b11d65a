"""Every number of firms says which it is, rows and what no row tells make the total, and reasons are true beside it."""

import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Estimand, Reason, Unit
from analytics.present.sentences.phrases import why, why_at_length
from analytics.present.tables.counts import analysed_in, funded_in, measured_in
from analytics.release import Figure, Release, Releases, measures
from analytics.release.figure import FigureKey
from analytics.release.lists import YEARS, FigureList
from tests.helpers.figures import figures_in

OUTCOME, TYPICAL = "online_sales", Estimand.TYPICAL_FIRM
LISTS = [("sector", ()), ("macro_sector", ()), ("size_class", ()), ("channel", ()), ("channel", (("sector", "food"),))]


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


@pytest.fixture(scope="module")
def too_few(release: Release) -> list[Figure]:
    return [figure for figure in figures_in(release) if figure.reason is Reason.TOO_FEW_FIRMS]


@pytest.mark.parametrize(("dimension", "within"), LISTS)
def test_rows_and_what_no_row_tells_make_the_total(release: Release, dimension: str, within: tuple) -> None:
    """Of the funded, of those measured and of those analysed; a row that is not told is empty, never nothing."""
    listed = FigureList.of(dimension, OUTCOME, TYPICAL, "overall", within)
    totals = []
    for counted in (funded_in(release, listed), measured_in(release, listed), analysed_in(release, listed)):
        shown = [n for n in counted.rows.values() if n is not None]
        assert counted.total is not None
        assert counted.not_shown is not None
        assert sum(shown) + counted.not_shown == counted.total
        assert counted.not_shown >= 0
        if dimension == "sector":  # two are confidential
            assert None in counted.rows.values()
            assert counted.not_shown > 0
        totals.append(counted.total)
    assert totals == sorted(totals, reverse=True)
    assert within or totals[2] == release.headline().n_funded


def test_years_do_not_add_up(release: Release) -> None:
    """They hold the same firms."""
    with pytest.raises(ValueError, match="years"):
        funded_in(release, FigureList.of(YEARS, OUTCOME, TYPICAL, "*"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_group_of_ten_is_said_to_have_fewer_than_ten(release: Release, too_few: list[Figure], language: str) -> None:
    """Beside ten funded firms measured or more it is said which firms are too few: those to compare, those that sell
    before and after, those that sold before.
    """
    text = Text(language)
    plain = {text("why.too_few_firms", min_firms=10), text("why_long.too_few_firms", min_firms=10)}
    said = set()
    for figure in too_few:
        words = {why(figure, release, text), why_at_length(figure, release, text)}
        assert (words == plain) == ((figure.n_funded or 0) < 10)
        said |= words
    assert len(said) > 6


@pytest.mark.parametrize(
    ("n_funded", "n_comparison", "measure", "words"),
    [
        (9, 40, "typical_firm", "non pubblicato: meno di 10 imprese"),
        (35, 7, "typical_firm", "non pubblicato: meno di 10 imprese di confronto"),
        (35, None, "typical_firm", "non pubblicato: meno di 10 imprese in uno dei due gruppi"),
        (10, 10, "typical_firm", "non pubblicato: meno di 10 imprese con vendite sia prima sia dopo"),
        (10, 10, "typical_change", "non pubblicato: meno di 10 imprese con vendite sia prima sia dopo"),
        (12, 40, "euro_weighted", "non pubblicato: meno di 10 imprese analizzabili"),
        (30, 40, "stopped_selling", "non pubblicato: troppo poche imprese con vendite prima del contributo"),
    ],
)
def test_the_reason_names_the_firms(
    release: Release, n_funded: int, n_comparison: int | None, measure: str, words: str
) -> None:
    """By the numbers that stand beside it."""
    figure = Figure(
        FigureKey(measures.measure_named(measure), OUTCOME),
        Unit.FRACTION,
        reason=Reason.TOO_FEW_FIRMS,
        n_funded=n_funded,
        n_comparison=n_comparison,
    )
    assert why(figure, release, Text("it")) == words
