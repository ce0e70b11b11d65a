"""The commands before an import: a proposed mapping, a template to be filled in."""

import tomllib

import openpyxl
import pytest

from analytics.cli.commands import main
from analytics.language.text import LANGUAGES
from analytics.store.mapping.file import load_mapping
from tests.helpers.officer import as_xlsx, code

FILE = (
    "Elenco delle domande;;;;;\n"
    "N. pratica;Codice fiscale;Esito;Contributo;Nota interna;Spesa ammessa (migliaia di €)\n"
    f"1;{code(1)};Finanziata;9000,50;x;12,5\n"
    f"2;{code(2)};Ammessa;8000,00;y;11,5\n"
)


@pytest.fixture
def officer(tmp_path, monkeypatch, capsys):
    """Types commands in a folder of its own: exit code, output and errors."""
    monkeypatch.setenv("VETRINA_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "domande.csv").write_text(FILE, encoding="utf-8")

    def type_(*words: str, language: str = "it") -> tuple[int, str, str]:
        ended = main(["--lang", language, *words, "--programme", "ecommerce-2020"])
        out, err = capsys.readouterr()
        return ended, out, err

    return type_


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_shown_with_what_it_is(officer, language):
    """Theirs, ours, whether certain, three examples; what is left out by name; what is still needed; the unit."""
    ended, out, err = officer("propose", "applications", "domande.csv", language=language)
    assert (ended, err) == (0, "")
    lines = {line.split("  ")[1]: line for line in out.splitlines() if line.startswith("  ")}
    assert "= application_id" in lines["N. pratica"]
    assert code(1) in lines["Codice fiscale"]
    assert "? grant_eur" in lines["Contributo"]
    assert "9000,50; 8000,00" in lines["Contributo"]
    assert "–" in lines["Nota interna"]
    assert "1000" in out
    assert "awarded_on" in out


def test_the_mapping_is_written_once_and_holds_no_firm(officer, tmp_path):
    """Certain columns stand, proposals behind `#`; codes of firms stay on the screen; a second time it is refused."""
    ended, out, _ = officer("propose", "applications", "domande.csv", "-o", "m.toml")
    assert (ended, "m.toml" in out) == (0, True)
    written = (tmp_path / "m.toml").read_text(encoding="utf-8")
    mapping = load_mapping(tmp_path / "m.toml")
    assert mapping.columns["application_id"] == "N. pratica"
    assert mapping.formats["eligible_spend_eur"].unit == 1000
    assert mapping.values == {"outcome": {"Finanziata": "funded"}}
    assert "grant_eur" not in mapping.columns
    assert '# grant_eur = "Contributo"' in written
    assert '# "Ammessa" = "funded"' in written
    assert code(1) not in written
    ended, out, err = officer("propose", "applications", "domande.csv", "-o", "m.toml")
    assert (ended, out.count("m.toml"), "m.toml" in err) == (1, 0, True)
    assert (tmp_path / "m.toml").read_text(encoding="utf-8") == written


def test_without_a_file_to_write_the_mapping_is_shown(officer):
    """Behind the list, as TOML."""
    out = officer("propose", "applications", "domande.csv")[1]
    assert tomllib.loads(out[out.index("\n# ") :])["columns"]["fiscal_code"] == "Codice fiscale"


def test_every_sheet_of_a_workbook_is_shown(officer, tmp_path):
    """By its name; the mapping is of the one whose columns are known."""
    (tmp_path / "v.xlsx").write_bytes(as_xlsx([["CF", "Mese", "Vendite online"], [code(1), "2021-03", 12.5]], "Dati"))
    ended, out, _ = officer("propose", "sales", "v.xlsx")
    assert (ended, "v.xlsx, Dati" in out) == (0, True)
    assert 'online_sales_eur = "Vendite online"' in out


def test_the_words_of_every_sheet_with_the_same_columns_are_in_the_mapping(officer, tmp_path):
    """One mapping reads the whole workbook: what only the second sheet says stands in it too."""
    book = openpyxl.Workbook()
    for n, (sheet, words) in enumerate({"A": ["Finanziata"], "B": ["Non ammessa", "Respinta"]}.items()):
        page = book.create_sheet(sheet)
        for row in (["N. pratica", "Codice fiscale", "Esito"], *([n, code(n), word] for word in words)):
            page.append(row)
    book.save(tmp_path / "d.xlsx")
    out = officer("propose", "applications", "d.xlsx", "-o", "m.toml")[0]
    mapping = load_mapping(tmp_path / "m.toml")
    assert (out, mapping.values) == (0, {"outcome": {"Finanziata": "funded", "Non ammessa": "not_admitted"}})
    assert '# "Respinta" = "not_admitted"' in (tmp_path / "m.toml").read_text(encoding="utf-8")


def test_what_a_file_cannot_be_is_said(officer):
    """A missing file, as every command says it: exit code 1, no traceback."""
    ended, out, err = officer("propose", "sales", "nowhere.csv")
    assert (ended, out, "nowhere.csv" in err) == (1, "", True)


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
@pytest.mark.parametrize("table", ["applications", "sales"])
def test_a_template_is_written_and_known_again(officer, table, name):
    """What it holds needs no mapping; a file that is there is never replaced."""
    assert officer("template", table, "-o", name)[0] == 0
    out = officer("propose", table, name, language="en")[1]
    assert "Required columns" not in out
    assert officer("template", table, "-o", name)[0] == 1


def test_a_template_has_a_kind(officer, tmp_path):
    """Another ending is wrong use, and nothing is written."""
    ended, _, err = officer("template", "sales", "-o", "t.docx")
    assert (ended, "t.docx" in err, (tmp_path / "t.docx").exists()) == (2, True, False)
