"""The page of cohort tables: every grouping, what is shown is what is downloaded, nothing is told that is withheld."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from streamlit.testing.v1 import AppTest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.present.sentences.phrases import reader
from analytics.present.tables.cohorts import groupings
from analytics.present.tables.named import table_named
from analytics.release import Release, Releases
from analytics.release.measures import ALL
from tests.helpers.markup import of_class
from tests.helpers.markup import words as words_of
from tests.pages.app import blocks, opened, sound, words

PAGE = "cohorts"
FIGURES = ("firms", "comparison_firms", "effect")


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def rows_of(app: AppTest) -> list[list[Element]]:
    """The cells of the table's rows, headings of rows first."""
    table = blocks(app)["cohorts"]
    return [list(row) for body in table.iter("tbody") for row in body]


def links(app: AppTest) -> dict[str, str]:
    """The first download of each kind of file: words of the link -> address."""
    found: dict[str, str] = {}
    for link in blocks(app)["downloads"].iter("a"):
        found.setdefault(words_of(link), str(link.get("href")))
    return found


def filters_of(address: str) -> Mapping[str, str]:
    """What an address asks of a table."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return {name: value for name, value in asked.items() if name not in ("programme", "release", "lang")}


def test_every_grouping_of_the_release_opens(demonstration: Home, release: Release) -> None:
    """Each margin and named pair, and effects by wave and period."""
    for by in [*("-".join(by) for by in groupings(release)), "group-time"]:
        app = opened(demonstration, PAGE, by=by)
        assert sound(app)
        assert app.selectbox(key="pick_by").value == by
        assert len(rows_of(app)) > 2


@pytest.mark.parametrize("programme", ["ecommerce-2020", "michigan-1988"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_columns_years_and_measures_stand_beside_each_other(
    demonstration: Home, language: str, programme: str
) -> None:
    """Everything at once, in every language, of monthly and of yearly data."""
    every = "firms,grants,before_after,change,typical_change,effect,n,reading,more_ranges,figure_id"
    app = opened(demonstration, PAGE, programme=programme, lang=language, year="all", estimand="all", columns=every)
    assert sound(app, language)
    text = Text(language)
    heads = [words_of(head) for head in blocks(app)["cohorts"].iter("th") if head.get("scope") == "col"]
    assert {text("cohorts.horizon"), text("cohorts.estimand"), text("cohorts.detectable")} <= set(heads)
    assert all(words_of(cell).strip() for row in rows_of(app) for cell in row)


@pytest.mark.parametrize("by", ["sector", "sector-wave", "province"])
def test_what_is_shown_is_what_the_file_holds(demonstration: Home, release: Release, by: str) -> None:
    """The value by which a cell sorts is the file's, to the last digit; where there is none, the file has none."""
    app = opened(demonstration, PAGE, by=by, columns="firms,effect")
    table = table_named(release, "cohorts", filters_of(links(app)["CSV"]), Text("it"))
    shown = {tuple(words_of(cell) for cell in row if cell.tag == "th"): row for row in rows_of(app)}
    assert len(shown) == len(table.data)
    dimensions = [name for name in table.keys if name in release.programme.dimension_names]
    for record in table.data.to_dict("records"):
        row = shown[tuple(record[f"{name}_label"] for name in dimensions)]
        values = [cell.get("data-value") for cell in row if cell.tag == "td"][: len(FIGURES)]
        held = [None if record[f"{name}_reason"] else repr(float(record[name])) for name in FIGURES]
        assert values == held


def test_the_files_obey_the_choice_of_columns_and_the_search(demonstration: Home) -> None:
    """What was left out on the screen is left out of the file, in every format; the whole table has it all."""
    app = opened(demonstration, PAGE, by="sector", find="tess", columns="change")
    assert [words_of(row[0]) for row in rows_of(app)] == ["Tessile, abbigliamento e pelle"]
    asked = [link.get("href") for link in blocks(app)["downloads"].iter("a")]
    shown = [filters_of(address) for address in asked[:6]]
    assert all(one["find"] == "tess" and one["columns"] == "change" for one in shown)
    assert all(filters_of(address)["horizon"] == "all" for address in asked[6:12])


def test_columns_are_chosen_and_stay_in_the_address(demonstration: Home) -> None:
    """A choice is kept; one that makes no sense is named; none at all is the usual one."""
    app = opened(demonstration, PAGE)
    app.button_group(key="pick_columns").set_value(["grants", "effect"]).run()
    assert app.query_params["columns"] == "grants,effect"
    heads = [words_of(head) for head in blocks(app)["cohorts"].iter("th") if head.get("scope") == "col"]
    assert heads == ["Settore", "Contributi", "Effetto", "Intervallo al 95%"]
    app.button_group(key="pick_columns").set_value([]).run()
    assert "columns" not in app.query_params
    wrong = opened(demonstration, PAGE, columns="everything")
    assert "everything" in " ".join(str(warning.value) for warning in wrong.warning)


def test_totals_stand_apart_and_sort_with_nobody(demonstration: Home) -> None:
    """The programme's row first, margins last, each in a body of its own; only the cells' body is sorted."""
    table = blocks(opened(demonstration, PAGE, by="sector-wave"))["cohorts"]
    bodies = {body.get("class"): list(body) for body in table.iter("tbody")}
    assert list(bodies) == ["whole", "cell", "margin"]
    total = Text("it")("label.total")
    assert [words_of(cell) for cell in bodies["whole"][0] if cell.tag == "th"] == [total, total]
    assert all(total in [words_of(cell) for cell in row] for row in bodies["margin"])
    assert all(total not in [words_of(cell) for cell in row] for row in bodies["cell"])


def test_what_is_withheld_is_counted_with_its_reasons_and_what_would_lose_less(demonstration: Home) -> None:
    """How many cells, by public reason; other groupings as links, which open them."""
    app = opened(demonstration, PAGE, by="sector-area")
    note = blocks(app)["withheld"]
    assert re.search(r"\d+ celle su 60 \(\d+ per riservatezza, \d+ con troppo poche imprese\)", words_of(note))
    others = [parse_qs(urlsplit(str(link.get("href"))).query)["by"][0] for link in note.iter("a")]
    assert len(others) > 1
    assert sound(opened(demonstration, PAGE, by=others[0]))


def test_words_of_a_reader_are_never_markup(demonstration: Home) -> None:
    """What is searched for stands on the page as it was typed."""
    app = opened(demonstration, PAGE, find="<b>*x*</b>")
    assert [re.sub(r"\\(.)", r"\1", str(info.value)) for info in app.info] == ["Nessuna riga contiene «<b>*x*</b>»."]
    assert not blocks(app).get("cohorts")


def test_an_address_quoted_before_still_opens_its_table(demonstration: Home) -> None:
    """The parameter was called otherwise."""
    assert opened(demonstration, PAGE, pair="sector-channel").selectbox(key="pick_by").value == "sector-channel"


def test_effects_by_wave_and_period_are_of_the_programme_or_a_sector(demonstration: Home, release: Release) -> None:
    """A row per wave and quarter, that of the award named; a cell that is not told shows its letter, and no number."""
    whole = opened(demonstration, PAGE, by="group-time")
    held = table_named(release, "group-time", {"sector": ALL}, Text("it")).data
    assert len(rows_of(whole)) == len(held)
    named = ["(contributo)" in words_of(row[1]) for row in rows_of(whole)]
    assert named == (held["period"] == held["award_period"]).tolist()
    assert sum(named) == held["wave"].nunique()
    sector = opened(demonstration, PAGE, by="group-time", of="textiles")
    data = table_named(release, "group-time", {"sector": "textiles"}, Text("it")).data
    for row, told in zip(rows_of(sector), data["att"].notna(), strict=True):
        assert (row[3].get("data-value") is not None) == told
        assert told or words_of(row[3]) in "Cum"


def test_a_citation_names_the_release_and_an_address(demonstration: Home, release: Release) -> None:
    """Authority, programme, table, release, day of the data, source, address."""
    said = words(opened(demonstration, PAGE))
    programme, text = release.programme, reader(release, "it")
    for part in (programme.authority.in_(text), programme.title.in_(text), programme.source.in_(text)):
        assert part in said
    assert f"Edizione {release.release_id}" in said
    assert of_class(blocks(opened(demonstration, PAGE))["cohorts"], "grid")
