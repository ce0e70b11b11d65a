"""Tables and exported files hold the release's figures, their reasons, and nothing a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.folders import Home
from analytics.language.text import Text
from analytics.present.tables import audit as audit_tables
from analytics.present.tables.cohorts import cohort_table
from analytics.present.tables.export import cohort_csv, disarmed
from analytics.present.written import effect_cell
from analytics.release import Release, Releases
from tests.present import columns


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def test_the_file_holds_every_cell_with_the_releases_numbers(release: Release) -> None:
    """Sector × wave with margins: value, both ends, n, statuses and id of each figure, to the last digit."""
    rows = list(
        csv.DictReader(io.StringIO(cohort_csv(release, "sector", "wave", "online_sales", "overall", Text("en"))))
    )
    assert len(rows) == (15 + 1) * (3 + 1)
    for row in rows:
        assert row["data_mark"].startswith("SIMULATED DATA")
        figure = release.by_id(row["effect_figure_id"]) if row["effect_figure_id"] else None
        if figure is None:
            continue
        assert row["effect"] == ("" if figure.value is None else repr(figure.value))
        assert row["effect_low"] == ("" if figure.low is None else repr(figure.low))
        assert (row["effect_reason"] == "") == (row["effect"] != "")
    total = next(row for row in rows if row["sector"] == row["wave"] == "*")
    assert float(total["firms"]) == 638


def test_the_document_of_the_columns_is_what_is_exported() -> None:
    """docs/COLUMNS.md says every column of the file in every language: otherwise run `make columns` and read it."""
    assert columns.DOCUMENT.read_text(encoding="utf-8") == columns.document()


def test_the_screen_shows_a_code_where_a_figure_is_withheld(release: Release) -> None:
    """Never blank, never zero: C, u or m; and the same percentages as everywhere."""
    shown = cohort_table(release, "sector", "wave", "online_sales", "overall", "effect", Text("it"))
    assert (shown != "").all(axis=None)
    assert shown.loc["Elettronica ed elettrotecnica", ("Totale", "effetto (95%)")] == "C"
    assert shown.loc["Gioielli, sport, giochi e altro", ("Totale", "effetto (95%)")] == "u"
    headline = release.headline()
    assert shown.loc["Totale", ("Totale", "effetto (95%)")] == effect_cell(headline, Text("it"))


@given(st.text())
def test_no_text_can_start_a_formula(cell: str) -> None:
    """Exports cannot carry formulas."""
    assert not str(disarmed(cell)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_are_not_disarmed() -> None:
    """A negative number stays a number."""
    assert disarmed(-0.5) == -0.5


def test_what_was_not_stated_says_so(release: Release) -> None:
    """The amount for the 117 is not known: the table says so, and guesses nothing."""
    table = audit_tables.euros_announced(release, Text("it"))
    assert table.loc["Secondo elenco", "Importo annunciato"] == "non dichiarato"
    assert table.loc["Terzo elenco", "Importo annunciato"] == "2.138.366,96\u00a0€"
    assert table.loc["Totale", "Importo annunciato"] == "non dichiarato"


def test_bodies_that_do_not_sell_are_counted_and_named(release: Release, demonstration: Home) -> None:
    """638 funded, fewer that sell; the others by kind and number. Where all sell, there is no such step."""
    steps = {step.label: step for step in audit_tables.steps_to_analysed(release, Text("it"))}
    bodies = int(steps["Finanziate, nei dati"].count) - int(steps["Imprese che vendono"].count)
    named = audit_tables.without_sales(release, Text("it"))
    counts = [part.split("(")[1].rstrip(")") for part in named.split(", ")]
    assert "C" in counts  # a kind of few bodies, and one beside it
    assert named in steps["Imprese che vendono"].reason
    assert 0 < sum(int(count) for count in counts if count != "C") < bodies
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
