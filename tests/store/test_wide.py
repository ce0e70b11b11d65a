"""Files with a column per period: which blocks they are read as, and when they are refused."""

import pytest

from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.store.columns import sales
from analytics.store.mapping.file import ColumnMapping, PeriodColumns
from analytics.store.mapping.proposal import propose
from analytics.store.mapping.wide import Block, blocks_of, read_patterns
from analytics.store.readers.table import TYPED

ECOMMERCE = load_programme("ecommerce-2020")
ONE_OUTCOME = ECOMMERCE.with_outcomes(["online_sales"])
SALES = sales(ECOMMERCE)
ONLINE = {"wide": {"online_sales_eur": "Vendite online {period}"}}


def blocks(names: list[str], mapping: dict[str, object] | ColumnMapping, programme=ECOMMERCE) -> tuple[Block, ...]:
    given = mapping if isinstance(mapping, ColumnMapping) else ColumnMapping.model_validate(mapping)
    return blocks_of(names, sales(programme), given, programme)


def told(names: list[str], programme=ECOMMERCE, **how: object) -> tuple[Block, ...]:
    """The blocks of a file that comes without a mapping."""
    return blocks(names, propose(names, {}, sales(programme), programme, **how).mapping, programme)


def test_a_long_file_is_one_block():
    """Its columns by our names and the mapping's; constants as they are."""
    mapping = {"columns": {"period": "Mese"}, "constants": {"source": "report"}}
    (block,) = blocks(["fiscal_code", "Mese", "online_sales_eur", "Note"], mapping)
    assert block.names == {"fiscal_code": "fiscal_code", "period": "Mese", "online_sales_eur": "online_sales_eur"}
    assert (block.constants, block.combined) == ({"source": "report"}, None)


def test_a_wide_file_has_a_block_per_period():
    """In the order of time, each with the outcomes that it has; all other columns stand in each."""
    names = ["CF", "Vendite online feb-21", "Vendite online gen-21", "Fatturato totale gennaio 2021 (k€)", "Fonte"]
    first, second = told(names)
    assert first.names == {
        "fiscal_code": "CF",
        "source": "Fonte",
        "online_sales_eur": "Vendite online gen-21",
        "total_sales_eur": "Fatturato totale gennaio 2021 (k€)",
    }
    assert (first.constants, second.constants) == ({"period": "2021-01"}, {"period": "2021-02"})
    assert "total_sales_eur" not in second.names


@pytest.mark.parametrize(
    "headings", [("1T2021", "2T2021"), ("2020", "2021"), ("Q1 2021", "Q2 2021"), ("03/2021", "04/2021")]
)
def test_quarters_and_years_too(headings):
    """One block each, in our form."""
    found = told(["CF", *(f"Vendite online {one}" for one in headings)])
    assert len(found) == 2
    assert found[0].constants["period"] in ("2021Q1", "2020", "2021-03")


def test_bare_months_of_a_programme_with_one_outcome():
    """They can be of that one alone; days and numbers that the spreadsheet types are months too."""
    names = ["CF", f"{TYPED}2021-01-01", f"{TYPED}44228", "mar-21"]
    assert [one.constants["period"] for one in told(names, ONE_OUTCOME)] == ["2021-01", "2021-02", "2021-03"]
    assert [one.names["online_sales_eur"] for one in told(names, ONE_OUTCOME)] == names[1:]


def test_bare_months_of_several_outcomes_are_asked_about():
    """Neither the first outcome nor the title's is taken: refused with the lines to paste; one of them settles it."""
    names = ["CF", "gen-21", "feb-21"]
    with pytest.raises(UserError, match=r'online_sales_eur = "\{period\}"') as refused:
        told(names, titles=["Vendite online"])
    assert refused.value.key == "mapping.wide_ambiguous"
    assert propose(names, {}, SALES, ECOMMERCE, titles=["Vendite online"]).maybe.wide == {
        "{period}": "online_sales_eur"
    }
    settled = {"columns": {"fiscal_code": "CF"}, "wide": {"online_sales_eur": "{period}"}}
    assert len(blocks(names, settled)) == 2


def test_months_with_the_year_in_a_column():
    """Each block holds a month; the year comes from its column."""
    names = ["CF", "Anno", "Vendite online gennaio", "Vendite online febbraio"]
    first, second = told(names)
    assert (first.combined, first.constants) == (PeriodColumns(year="Anno"), {"period": "01"})
    assert second.constants == {"period": "02"}


def test_months_with_the_year_in_the_mapping():
    """The same year for the whole file, as a title above it says."""
    names = ["CF", "Vendite online gennaio", "Vendite online febbraio"]
    with pytest.raises(UserError) as refused:
        told(names, titles=["Anno 2021"])
    assert refused.value.key == "mapping.wide_year"
    assert propose(names, {}, SALES, ECOMMERCE, titles=["Anno 2021"]).maybe.constants == {"period": "2021"}
    settled = ONLINE | {"constants": {"period": "2021"}}
    assert [one.constants["period"] for one in blocks(names, settled)] == ["2021-01", "2021-02"]


def test_year_and_month_in_two_columns_of_a_long_file():
    """They are told as the columns that say the period; a year alone is the period."""
    (block,) = told(["CF", "Anno", "Mese", "Vendite online"])
    assert (block.combined, "period" in block.names) == (PeriodColumns(year="Anno", month="Mese"), False)
    (yearly,) = blocks(["CF", "Anno"], {"period": {"year": "Anno"}})
    assert (yearly.combined, yearly.names["period"]) == (None, "Anno")


def test_a_total_beside_the_months_is_left_out():
    """It adds up what is read already."""
    found = blocks(["CF", "Vendite online gen-21", "Vendite online totale"], ONLINE)
    assert [one.names["online_sales_eur"] for one in found] == ["Vendite online gen-21"]


@pytest.mark.parametrize(
    ("names", "mapping", "key"),
    [
        (["CF", "Vendite online gen-21", "Vendite online note"], ONLINE, "wide_not_period"),
        (["CF", "Vendite online gen-21", "Vendite online 1° semestre 2021"], ONLINE, "wide_not_period"),
        (["CF", "Vendite online gen-21", "Vendite online 01/2021"], ONLINE, "wide_twice"),
        (["CF", "Vendite online gen-21", "Vendite online 2021"], ONLINE, "wide_frequency"),
        (["CF", "Vendite online gen-21", "Vendite online febbraio"], ONLINE, "wide_frequency"),
        (["CF", "Vendite gen-21"], ONLINE, "wide_nothing"),
        (["CF", "Mese", "Vendite online gen-21"], ONLINE | {"columns": {"period": "Mese"}}, "wide_conflict"),
        (["CF", "Anno", "Vendite online gen-21"], ONLINE | {"period": {"year": "Anno"}}, "wide_conflict"),
        (["CF", "Vendite online gen-21"], ONLINE | {"constants": {"period": "2021"}}, "wide_conflict"),
        (["CF", "A", "B"], ONLINE | {"columns": {"online_sales_eur": "A"}}, "wide_conflict"),
        (["CF", "x gen-21"], {"wide": {"fiscal_code": "x {period}"}}, "strange"),
        (["CF", "Mese"], {"period": {"year": "Anno", "month": "Mese"}}, "period_absent"),
        (["CF", "gen-21", "Gen 2O21"], {"wide": {"online_sales_eur": "{period}"}}, "wide_not_period"),
    ],
)
def test_what_is_said_twice_or_not_at_all_is_refused(names, mapping, key):
    """Each with the heading and what to do; no period is left out or counted twice in silence."""
    with pytest.raises(UserError) as refused:
        blocks(names, mapping)
    assert refused.value.key == f"mapping.{key}"
    assert str(refused.value)


def test_the_pattern_with_most_words_fits():
    """Sales online and sales are two outcomes, although one's pattern fits the other's headings."""
    wide = {"total_sales_eur": "Vendite {period}", "online_sales_eur": "Vendite online {period}"}
    (block,) = blocks(["Vendite online gen-21", "Vendite gen-21"], {"wide": wide})
    assert block.names["online_sales_eur"] == "Vendite online gen-21"
    assert block.names["total_sales_eur"] == "Vendite gen-21"


def test_two_patterns_for_one_outcome_are_not_certain():
    """Both are shown, neither is used."""
    names = [
        "Vendite online gen-21",
        "Vendite online feb-21",
        "gen-21 fatturato e-commerce",
        "feb-21 fatturato e-commerce",
    ]
    assert read_patterns(names, SALES, ECOMMERCE).certain == {}
    assert {*propose(names, {}, SALES, ECOMMERCE).maybe.wide.values()} == {"online_sales_eur"}


def test_columns_that_a_mapping_reads_by_a_pattern_are_settled():
    """They are not proposed again after the file was read; one that names no period is still nothing of ours."""
    names = ["CF", "Vendite online gen-21", "Vendite online feb-21", "Vendite online totale"]
    given = ColumnMapping.model_validate({"columns": {"fiscal_code": "CF"}} | ONLINE)
    told = [(one.ours, one.because) for one in propose(names, {}, SALES, ECOMMERCE, given).columns]
    assert told[:3] == [("fiscal_code", "mapping"), *[("online_sales_eur", "mapping")] * 2]
    assert told[3] != ("online_sales_eur", "mapping")
