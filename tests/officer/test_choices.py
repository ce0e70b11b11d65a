"""What the officer chooses on the page becomes a mapping that the importer takes."""

from analytics.officer.choices import DAY_FIRST, Choices, applied
from analytics.officer.upload import Upload, safe_name
from analytics.store.mapping.file import ColumnMapping

MAPPING = {
    "columns": {"fiscal_code": "CF", "outcome": "Esito"},
    "constants": {"source": "survey"},
    "values": {"outcome": {"Finanziata": "funded"}},
    "wide": {"sales": "Vendite {period}"},
    "format": {"sheet": "A", "header_row": 3},
}


def test_choices_replace_what_they_name_and_nothing_else() -> None:
    """A column, a word, a sheet, a mark; the header's row stays, which nobody chose; the given mapping is as it was."""
    chosen = Choices(
        columns={"outcome": "Stato", "source": "Fonte"},
        words={"outcome": {"Respinta": "not_admitted", "n.d.": ""}},
        sheets=("A", "B"),
        decimal=",",
        date=DAY_FIRST,
        unit="1000",
    )
    made = ColumnMapping.model_validate(applied(MAPPING, chosen, ("grant_eur",)))
    assert made.columns == {"fiscal_code": "CF", "outcome": "Stato", "source": "Fonte"}
    assert made.constants == {}
    assert made.values["outcome"] == {"Finanziata": "funded", "Respinta": "not_admitted", "n.d.": ""}
    assert (made.format.sheets, made.format.sheet, made.format.header_row) == (("A", "B"), None, 3)
    assert (made.format.decimal, made.format.date, made.formats["grant_eur"].unit) == (",", "%d/%m/%Y", 1000)
    assert MAPPING["columns"] == {"fiscal_code": "CF", "outcome": "Esito"}


def test_choices_take_away() -> None:
    """No column, no pattern, no constant: none of them stays in the mapping; a constant takes the column's place."""
    chosen = Choices(
        columns={"outcome": ""}, wide={"Vendite {period}": ""}, constants={"source": "", "fiscal_code": "1"}
    )
    made = ColumnMapping.model_validate(applied(MAPPING, chosen))
    assert (made.columns, made.wide, made.constants) == ({}, {}, {"fiscal_code": "1"})


def test_an_upload_is_its_owners_alone_and_goes() -> None:
    """Folder and file may be read by nobody else; a name leads nowhere else; nothing is left afterwards."""
    upload = Upload("../../etc/Elenco\n (2).xlsx", b"x")
    assert upload.path.name == "Elenco (2).xlsx"
    assert (upload.path.stat().st_mode & 0o777, upload.path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    upload.delete()
    assert not upload.path.parent.exists()
    assert [safe_name(name) for name in ("", "..", "a\\b.csv", "x" * 300 + ".csv")][:3] == ["file", "file", "b.csv"]
    assert len(safe_name("x" * 300 + ".csv")) <= 150
