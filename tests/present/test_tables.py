"""Tables hold the release's figures and their reasons, and everything in them is explained."""

import re
from dataclasses import replace
from typing import cast

import pandas as pd
import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.model import Arm, UserError
from analytics.present.tables import audit as audit_tables
from analytics.present.tables.codebook import codebook
from analytics.present.tables.cohorts import CohortQuery, cohort_table
from analytics.present.tables.grid import cohort_grid
from analytics.present.tables.named import TABLES, table_named
from analytics.present.tables.table import ColumnKind, Table
from analytics.present.tables.withheld import less_withheld, withheld_cells
from analytics.present.written import effect_cell
from analytics.release import Release, Releases, measures
from analytics.release.measures import EFFECTS
from tests.helpers.instead import Instead
from tests.present import codebook as document_of_codes


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def asked(release: Release, **filters: str) -> Table:
    return table_named(release, "cohorts", filters, Text("en"))


def test_the_table_holds_every_cell_with_the_releases_numbers(release: Release) -> None:
    """Sector × wave with margins: value, both ends, n, statuses and id of each figure, to the last digit."""
    table = asked(release, by="sector-wave")
    assert len(table.data) == (15 + 1) * (3 + 1)
    for row in table.data.to_dict("records"):
        assert row["data_mark"].startswith("SIMULATED DATA")
        for name in ("firms", "grants", "before", "after", "change", "comparison_change", "typical_change", "effect"):
            figure = release.by_id(row[f"{name}_figure_id"])
            assert figure is not None
            assert (None if pd.isna(row[name]) else row[name]) == figure.value
            assert row[f"{name}_status"] == figure.obs_status
            assert (row[f"{name}_reason"] is None) == figure.published
        effect = release.by_id(row["effect_figure_id"])
        ends = [row["effect_low"], row["effect_high"]]
        assert [None if pd.isna(end) else end for end in ends] == list(effect.shown_range or (None, None))
    total = table.data[(table.data["sector"] == "*") & (table.data["wave"] == "*")].iloc[0]
    assert total["firms"] == 638


def test_every_figure_of_a_cohort_table_is_there_once(release: Release) -> None:
    """One request holds every grouping, outcome, year and estimand; no group stands twice."""
    table = asked(release, by="all", outcome="all", horizon="all", estimand="all")
    assert not table.data.duplicated(list(table.keys)).any()
    ids = set(table.data["effect_figure_id"].dropna())
    effects = release.figures[release.figures["measure"].isin([measure.name for measure in EFFECTS.values()])]
    assert ids == set(effects["figure_id"])


def test_whole_numbers_are_whole_and_units_stand_in_columns(release: Release) -> None:
    """Counts are integers; no column is named after a currency; every number has a unit, or a column that tells it."""
    for name in TABLES:
        table = table_named(release, name, {}, Text("en"))
        names = [column.name for column in table.columns]
        assert not [column for column in names if "eur" in column.split("_") or "sim" in column.split("_")]
        for column in table.columns:
            if column.kind is ColumnKind.INTEGER:
                assert str(table.data[column.name].dtype) == "Int64"
            if column.kind in (ColumnKind.INTEGER, ColumnKind.NUMBER):
                assert column.unit, (name, column.name)
                assert not column.unit.startswith("@") or column.unit[1:] in names


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_codebook_explains_every_column_and_code(release: Release, language: str) -> None:
    """What stands in any table is in the codebook: its column, and of a column of codes every code."""
    text = Text(language)
    tables = [table_named(release, name, {}, text) for name in TABLES]
    book = codebook(tables, release, text).data
    explained = {name: set(rows["code"]) for name, rows in book.groupby("list")}
    assert book["meaning"].str.len().min() > 1
    for table in tables:
        rows = book[book["table"] == table.name]
        assert list(rows["code"]) == [column.name for column in table.columns]
        for column in table.columns:
            codes = set(table.data[column.name].dropna()) if column.kind is ColumnKind.TEXT else set()
            if column.name == "gap":  # of reasons that are told as one each
                codes = {part for code in codes for part in code.split("+")}
            listed = next((name for name in explained if f"_{column.name}".endswith(f"_{name}")), None)
            if listed:
                unexplained = codes - {"*"} - explained[listed] - _written_in_words(column.name, codes)
                assert not unexplained, (table.name, column.name)


def _written_in_words(column: str, codes: set[str]) -> set[str]:
    """Codes that say themselves what they are: periods, times since the award, and measures named after a group."""
    if column == "horizon":
        return {code for code in codes if re.fullmatch(r"\d{4}(-[MQ]\d+)?|e-?\d+", code)}
    return (
        {code for code in codes if re.match(r"beside_|\w+_(gaining|differ)_", code)} if column == "measure" else set()
    )


def test_a_filter_that_names_nothing_says_what_there_is(release: Release) -> None:
    """A wrong filter, code, column or table is refused, with those that there are; nothing is silently left out."""
    for name, filters, known in (
        ("cohorts", {"by": "colour"}, "sector-wave"),
        ("cohorts", {"outcome": "profit"}, "online_sales"),
        ("cohorts", {"horizon": "9"}, "overall"),
        ("cohorts", {"sector": "moon"}, "food"),
        ("cohorts", {"columns": "firms,secrets"}, "grants"),
        ("cohorts", {"colour": "red"}, "horizon"),
        ("figures", {"arm": "third"}, "funded"),
        ("figures", {"value": "1"}, "measure"),
        ("lines", {"columns": "secret"}, "index"),
        ("nothing", {}, "cohorts"),
    ):
        with pytest.raises(UserError, match=known):
            table_named(release, name, filters, Text("en"))


def test_a_grouping_is_meant_in_any_order_and_by_the_beginning_of_a_name(release: Release) -> None:
    """Who writes size,sector gets the programme's pair."""
    assert asked(release, by="size,sector").query["by"] == "sector-size_class"


def test_columns_are_chosen_with_the_figures_they_belong_to(release: Release) -> None:
    """A value never leaves without its status and reason; what a row is stands in every choice."""
    names = [column.name for column in asked(release, by="sector", columns="change,n").columns]
    assert {"data_mark", "release", "sector", "change", "change_n", "change_status", "change_reason"} <= set(names)
    assert not [name for name in names if name.startswith(("effect", "firms", "grants")) and not name.endswith("_unit")]


def test_words_find_rows_whatever_their_case(release: Release) -> None:
    """The search of the page is a filter of the table, so that the file holds what is seen."""
    found = asked(release, by="sector", find="tex").data
    assert list(found["sector"]) == ["textiles"]


def test_the_document_of_the_codebook_is_what_is_exported() -> None:
    """docs/CODEBOOK.md says every column and code in every language: otherwise run `make codebook` and read it."""
    assert document_of_codes.DOCUMENT.read_text(encoding="utf-8") == document_of_codes.document()


def test_the_screen_shows_a_code_where_a_figure_is_withheld(release: Release) -> None:
    """Never blank, never zero: C, u or m; and the same percentages as everywhere."""
    text = Text("it")
    query = CohortQuery(("sector", "wave"), "online_sales", "overall", "typical_firm")
    grid = cohort_grid(cohort_table(release, query, text), query, text)
    effect, interval = grid.numbers.index("Effetto"), grid.numbers.index("Intervallo al 95%")
    cells = {tuple(name.words for name in row.names): row.cells for row in grid.rows}
    assert all(cell.words for row in cells.values() for cell in row)
    assert cells["Elettronica ed elettrotecnica", "Totale"][effect].words == "C"
    assert cells["Gioielli, sport, giochi e altro", "Totale"][effect].words == "u"
    total, headline = cells["Totale", "Totale"], release.headline()
    assert f"{total[effect].words} {total[interval].words}" == effect_cell(headline, text)
    assert total[effect].sort == headline.value


def test_what_is_lost_is_counted_as_the_release_has_it(release: Release) -> None:
    """Cells of the table without totals, by public reason; others that lose less are named, the least first."""
    query = CohortQuery(("sector", "area"), "online_sales", "overall", "typical_firm")
    lost = withheld_cells(release, query)
    table = cohort_table(release, query, Text("en")).data
    cells = table[(table["sector"] != "*") & (table["area"] != "*")]
    assert lost.cells == len(cells)
    assert {str(reason): n for reason, n in lost.by_reason.items()} == cells["effect_reason"].value_counts().to_dict()
    shares = [other.share for other in less_withheld(release, query)]
    assert shares == sorted(shares)
    assert all(share < lost.share for share in shares)
    assert len(shares) > 1


def test_att_stands_by_wave_and_period(release: Release) -> None:
    """The programme's table of ATT(g, t): each wave in every quarter but the first, with its simultaneous interval."""
    table = table_named(release, "group-time", {"sector": "*"}, Text("en"))
    assert set(table.data["wave"]) == {"first", "second", "third"}
    told = table.data[table.data["att"].notna()]
    assert len(told) > 50
    assert (told["att_band_low"] <= told["att_low"]).all()
    assert (told["att_band_high"] >= told["att_high"]).all()
    assert told["period"].str.fullmatch(r"\d{4}-Q\d").all()


def test_what_was_not_stated_says_so(release: Release) -> None:
    """The amount for the 117 is not known: the table says so, and guesses nothing."""
    table = audit_tables.euros_announced(release, Text("it"))
    assert table.loc["Secondo elenco", "Importo annunciato"] == "non dichiarato"
    assert table.loc["Terzo elenco", "Importo annunciato"] == "2.138.366,96\u00a0€"
    assert table.loc["Totale", "Importo annunciato"] == "non dichiarato"


def test_applications_that_are_fewer_than_the_firms_funded_are_explained(release: Release) -> None:
    """Who withdrew after the award counts there as withdrawn; where the numbers agree there is nothing to explain."""
    text, table = Text("it"), release.applications
    firms = release.figure(measures.FIRMS, arm=Arm.FUNDED)
    assert firms is not None
    funded = table.loc[table["outcome"] == "funded", "applications"].iloc[0]
    assert audit_tables.funded_otherwise(release, text) == text.number(firms.value or 0)
    alike = cast("Release", Instead(release, replace(firms, value=float(funded))))
    assert audit_tables.funded_otherwise(alike, text) == ""


def test_bodies_that_do_not_sell_are_counted_and_named(release: Release, demonstration: Home) -> None:
    """638 funded, fewer that sell; the others by kind and number. Where all sell, there is no such step."""
    steps = {step.label: step for step in audit_tables.steps_to_analysed(release, Text("it"))}
    bodies = int(steps["Finanziate, nei dati"].count) - int(steps["Imprese che vendono"].count)
    named = audit_tables.without_sales(release, Text("it"))
    counts = [part.split("(")[1].rstrip(")") for part in named.split(", ")]
    withheld = Text("it")("table.withheld")  # a kind of few bodies, and one beside it
    assert withheld in counts
    assert named in steps["Imprese che vendono"].reason
    assert 0 < sum(int(count) for count in counts if count != withheld) < bodies
    assert "Imprese che vendono" in audit_tables.path_to_analysed(release, Text("it")).index
    michigan = Releases(demonstration.releases, "michigan-1988").open()
    assert "Imprese che vendono" not in [step.label for step in audit_tables.steps_to_analysed(michigan, Text("it"))]
    assert audit_tables.without_sales(michigan, Text("it")) == ""


def test_withheld_counts_are_confidential_in_every_table(release: Release) -> None:
    """An empty count of firms or applications reads as such in either language, not as zero or nothing."""
    applications, rows = release.applications.copy(), release.reconciliation.copy()
    applications["applications"] = (
        applications["applications"].astype("Int64").where(applications["outcome"] != "funded")
    )
    first = rows["tranche"] == "first"
    rows.loc[first, ["loaded_firms", "loaded_eur", "selling_firms", "reporting_firms"]] = None
    changed = object.__new__(Release)
    changed.__dict__ = release.__dict__ | {
        "_tables": {**release._tables, "applications": applications, "reconciliation": rows}
    }
    for language, word in (("it", "riservato"), ("en", "confidential")):
        text = Text(language)
        label = release.programme.label("wave", "first", text)
        assert audit_tables.applications_table(changed, text).iloc[0, 0] == word
        assert list(audit_tables.path_to_analysed(changed, text)[label])[:3] == [word] * 3
        assert audit_tables.firms_announced(changed, text).loc[label, text("table.loaded_firms")] == word
        assert audit_tables.euros_announced(changed, text).loc[label, text("table.loaded_eur")] == word
