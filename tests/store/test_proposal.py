"""What a file's columns are: certain, proposed, or nothing of ours. And the lines that say it."""

import tomllib
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given as examples_of
from hypothesis import settings
from hypothesis import strategies as st

from analytics.demonstration import office_files as office
from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.programme.file import load_programme
from analytics.store.columns import applications, sales
from analytics.store.mapping.file import ColumnMapping, PeriodColumns, load_mapping, mapping_toml
from analytics.store.mapping.paste import paste_columns, paste_values
from analytics.store.mapping.proposal import check_title, header_row, propose
from tests.helpers.officer import code

ECOMMERCE, MICHIGAN = load_programme("ecommerce-2020"), load_programme("michigan-1988")
APPLICATIONS, SALES = applications(ECOMMERCE), sales(ECOMMERCE)


def of_sales(*names: str, cells: dict[str, list[str]] | None = None, given: ColumnMapping | None = None, titles=()):
    return propose(list(names), cells or {}, SALES, ECOMMERCE, given, titles)


def of_applications(*names: str, cells: dict[str, list[str]] | None = None, given: ColumnMapping | None = None):
    return propose(list(names), cells or {}, APPLICATIONS, ECOMMERCE, given)


@pytest.mark.parametrize(
    ("table", "names"), [(APPLICATIONS, office.APPLICATION_NAMES), (SALES, office.SALES_NAMES)], ids=["apply", "sell"]
)
def test_an_offices_own_headings_are_known(table, names):
    """Every heading of the demonstration's files, with its line breaks, units and abbreviations, is certain."""
    proposal = propose(list(names.values()), {}, table, ECOMMERCE)
    assert [(one.ours, one.certain) for one in proposal.columns] == [(ours, True) for ours in names]


@pytest.mark.parametrize("table", [APPLICATIONS, SALES, sales(MICHIGAN)], ids=["apply", "sell", "other"])
def test_our_own_names_are_certain(table):
    """They need no mapping, also beside one."""
    programme = MICHIGAN if "scrap" in {column.name for column in table} else ECOMMERCE
    names = [column.name for column in table]
    for given in (None, ColumnMapping(constants={"source": "x"} if table.name == "sales" else {})):
        proposal = propose(names, {}, table, programme, given)
        assert {one.theirs for one in proposal.columns if one.certain} >= {*names} - {"source"}


@pytest.mark.parametrize(
    ("heading", "ours"),
    [
        *(("Fatturato e-commerce", "online_sales_eur"), ("Ricavi on-line (€)", "online_sales_eur")),
        *(("FATTURATO COMPLESSIVO", "total_sales_eur"), ("di cui online", "online_sales_eur")),
        *(("Online sales", "online_sales_eur"), ("Vendite online estero", "online_abroad_eur")),
        *(("N. Paesi di destinazione", "destination_countries"), ("P.IVA", "fiscal_code"), ("Anno", "period")),
    ],
)
def test_other_words_for_an_outcome(heading, ours):
    """Turnover is sales, e-commerce is online, in Italian and English."""
    (column,) = of_sales(heading).columns
    assert (column.ours, column.certain) == (ours, True)


def test_two_columns_for_one_of_ours_are_neither_certain():
    """None is taken silently; each is named as what it may be."""
    proposal = of_applications("Codice fiscale", "Contributo concesso", "Importo concesso")
    assert proposal.mapping.columns == {"fiscal_code": "Codice fiscale"}
    assert [(one.ours, one.certain) for one in proposal.columns[1:]] == [("grant_eur", False)] * 2


def test_a_second_name_counts_where_there_is_no_first():
    """A VAT number is the firm's code where there is no fiscal code, and nothing beside one."""
    assert of_sales("Partita IVA").mapping.columns == {"fiscal_code": "Partita IVA"}
    proposal = of_sales("Partita IVA", "Codice fiscale")
    assert proposal.mapping.columns == {"fiscal_code": "Codice fiscale"}
    assert proposal.columns[0].ours is None


@pytest.mark.parametrize("heading", ["Contributo", "Importo", "Data", "Vendite", "Fatturato", "Stato"])
def test_a_name_that_could_be_several_things_is_never_certain(heading):
    """It is proposed at most."""
    for proposal in (of_sales(heading), of_applications(heading)):
        (column,) = proposal.columns
        assert not column.certain or (column.ours, heading) == ("turnover_eur", "Fatturato")


def test_other_columns_are_nothing_of_ours():
    """A requested grant is no grant awarded; the legal representative's code is not the firm's."""
    for heading in ("Contributo richiesto", "Codice fiscale legale rappresentante", "Note", "Comune", "PEC", ""):
        assert not of_applications(heading).mapping.columns


def test_values_tell_what_names_do_not():
    """A column of fiscal codes, provinces or ATECO codes is proposed as such, and not taken."""
    cells = {"A": [code(1), code(2), code(3)], "B": ["MI", "BG", "CO"], "C": ["47.91.10", "10.71", "13.20.00"]}
    proposal = of_applications("A", "B", "C", cells=cells)
    assert [one.ours for one in proposal.columns] == ["fiscal_code", "province", "ateco_code"]
    assert {one.because for one in proposal.columns} == {"values"}
    assert not any(one.certain for one in proposal.columns)


def test_a_heading_says_its_unit_and_edition():
    """Thousands of the heading are stated as the column's unit; "(ATECO 2007)" as the edition."""
    proposal = of_sales("CF", "Mese", "Vendite online\n(migliaia di €)")
    assert proposal.mapping.formats["online_sales_eur"].unit == Decimal(1000)
    assert proposal.units == {"online_sales_eur": Decimal(1000)}
    assert of_applications("Attività prevalente (ATECO 2025)").mapping.constants == {"ateco_edition": "2025"}


def test_a_unit_of_the_mapping_stands():
    """The officer has said it; a heading that says thousands counts also beside a mapping that says nothing of it."""
    name = "Vendite online (k€)"
    stated = ColumnMapping.model_validate(
        {"columns": {"online_sales_eur": name}, "formats": {"online_sales_eur": {"unit": 1}}}
    )
    assert of_sales(name, given=stated).units == {}
    silent = ColumnMapping(columns={"online_sales_eur": name})
    assert of_sales(name, given=silent).mapping.formats["online_sales_eur"].unit == 1000


def test_a_title_with_a_unit_is_asked_about():
    """Nothing is multiplied, and nothing is read without being asked: the lines to paste are shown."""
    proposal = of_sales("CF", "Mese", "Vendite online", titles=["Importi in migliaia di euro"])
    assert proposal.mapping.formats == {}
    with pytest.raises(UserError, match=r"\n\[formats\.online_sales_eur\]\nunit = 1000"):
        check_title(proposal, "f.xlsx")
    check_title(of_sales("CF", "Mese", "Vendite online (€/000)", titles=["Importi in migliaia"]), "f.xlsx")


def test_beside_a_mapping_nothing_else_is_used():
    """Its columns stand; a name that would be certain is a proposal; our own names are read as ever."""
    given = ColumnMapping(columns={"grant_eur": "Importo"})
    proposal = of_applications("Importo", "Codice fiscale", "paid_eur", given=given)
    assert proposal.mapping.columns == {"grant_eur": "Importo", "paid_eur": "paid_eur"}
    assert [(one.ours, one.certain) for one in proposal.columns] == [
        ("grant_eur", True),
        ("fiscal_code", False),
        ("paid_eur", True),
    ]


def test_words_of_codes():
    """What says one code alone is mapped; what may is asked; a code as it stands needs no word."""
    words = [
        "Ammessa e finanziata",
        "finanziato",
        "NON AMMESSA",
        "Ammessa, ma non finanziata",
        "Ammessa",
        "funded",
        "Boh",
    ]
    proposal = of_applications("Esito", cells={"Esito": words})
    assert proposal.mapping.values["outcome"] == dict(
        zip(words[:4], ["funded", "funded", "not_admitted", "not_funded"], strict=True)
    )
    assert proposal.maybe.values["outcome"] == {"Ammessa": "funded", "Boh": None}


def test_words_for_missing_are_never_taken_for_empty():
    """They are listed, with the empty cell as the proposal."""
    proposal = of_sales("CF", "Mese", "Vendite online", cells={"Vendite online": ["n.d.", "12", "-"]})
    assert proposal.mapping.values == {}
    assert proposal.maybe.values == {"online_sales_eur": {"n.d.": "", "-": ""}}


def test_year_and_month_in_two_columns():
    """Together they are the period; where a column names it too, nothing is certain."""
    assert of_sales("CF", "Anno", "Mese").mapping.period == PeriodColumns(year="Anno", month="Mese")
    assert of_sales("CF", "Anno", "Trimestre").mapping.period == PeriodColumns(year="Anno", quarter="Trimestre")
    proposal = of_sales("CF", "Periodo", "Anno", "Mese")
    assert (proposal.mapping.period, "period" in proposal.mapping.columns) == (None, False)


HEAD = [
    (1, ["Elenco delle domande", "", "", ""]),
    (2, ["Estratto il 3/2/2021", "", "", ""]),
    (4, ["N. pratica", "Codice fiscale", "Esito", "Note"]),
    (5, ["1", code(1), "Finanziata", "Elenco"]),
]


def test_the_header_is_told_by_its_names():
    """Titles above it and rows below it are no headers; a mapping's own row stands; without names there is none."""
    assert header_row(HEAD, APPLICATIONS, ColumnMapping(), ECOMMERCE) == 4
    assert header_row(HEAD, APPLICATIONS, ColumnMapping.model_validate({"format": {"header_row": 2}}), ECOMMERCE) == 2
    assert header_row(HEAD[1:2], APPLICATIONS, ColumnMapping(), ECOMMERCE) is None
    own = ColumnMapping(columns={"outcome": "Come è finita"})
    assert header_row([(1, ["x", "y"]), (2, ["Come è\nfinita", "z"])], APPLICATIONS, own, ECOMMERCE) == 2


def test_the_header_of_a_wide_file():
    """Months count; figures that look like years do not."""
    head = [(1, ["Vendite online"]), (2, ["Impr.", "gen-21", "feb-21"]), (3, ["x", "2021", "1999"])]
    assert header_row(head, SALES, ColumnMapping(), ECOMMERCE) == 2
    assert header_row(head[2:], SALES, ColumnMapping(), ECOMMERCE) is None


@settings(max_examples=60, deadline=None)
@examples_of(st.lists(st.text(max_size=30), max_size=8))
def test_any_headings_can_be_looked_at(names):
    """Whatever they hold, each has its line, and a certain column is one of the file's alone."""
    for table in (SALES, APPLICATIONS):
        proposal = propose(names, {}, table, ECOMMERCE)
        assert [one.theirs for one in proposal.columns] == names
        assert len({*proposal.mapping.columns.values()}) == len(proposal.mapping.columns)
        tomllib.loads(paste_columns(proposal) + mapping_toml(proposal.mapping, {}).replace("[", "[x."))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_listed_once_with_their_count(language):
    """The lines parse; what is certain stands, the rest behind `#` with the codes that there are."""
    counted = {"outcome": Counter({"Finanziata": 403, "Boh": 2}), "paid_eur": Counter({"n.d.": 12, '"x"\n': 1})}
    written = paste_values(counted, APPLICATIONS, ECOMMERCE, Text(language))
    assert tomllib.loads(written)["values"] == {"outcome": {"Finanziata": "funded"}, "paid_eur": {"n.d.": ""}}
    assert all(words in written for words in ('"Finanziata" = "funded"', "403", '# "Boh"', "not_admitted", "12"))


def test_columns_to_paste_decide_nothing_unseen():
    """Proposals stand behind `#`, with unmapped columns by name."""
    written = paste_columns(of_sales("CF", "Vendite", "Note", "gen-21", "feb-21"))
    assert not any(tomllib.loads(written).values())
    for words in ('= "Vendite"', "Note", '= "{period}"'):
        assert words in written


MAPPINGS = [
    ColumnMapping(),
    ColumnMapping.model_validate(
        {
            "columns": {"grant_eur": 'Contributo "concesso"\\ (€)', "strano nome": "a # b"},
            "constants": {"ateco_edition": "2007"},
            "values": {"outcome": {"Ammessa e\nfinanziata\x7f": "funded", "n.d.": ""}, "province": {}},
            "formats": {"grant_eur": {"unit": "0.01", "decimal": ","}, "awarded_on": {"date": "%d/%m/%Y"}},
            "format": {"separator": "\t", "sheets": ["Foglio 1", "Foglio 2"], "header_row": 3},
        }
    ),
    ColumnMapping.model_validate(
        {
            "wide": {"online_sales_eur": "Vendite {period} (k€)"},
            "period": {"year": "Anno"},
            "formats": {"x": {"unit": 1000}},
        }
    ),
]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=["empty", "long", "wide"])
def test_a_mapping_is_saved_and_read_back(mapping, tmp_path):
    """What is written means the same, whatever stands in names, words and examples."""
    path = tmp_path / "m.toml"
    examples = {one: ["uno\ndue", "\x00\x1b", "tre", "quattro"] for one in mapping.columns.values()}
    path.write_text(
        mapping_toml(mapping, examples, {"columns": ["nota\nsu due righe"], "values.q": []}), encoding="utf-8"
    )
    again = load_mapping(path)
    values = {ours: words for ours, words in again.values.items() if ours != "q"}
    assert again.model_copy(update={"values": values}).as_json() == mapping.as_json()
    assert "quattro" not in path.read_text(encoding="utf-8")
