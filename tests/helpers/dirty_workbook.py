"""What an office really sends, of Michigan's manufacturers: a workbook of seven sheets, of which two hold applications,
and one of sales with a column per year.
"""

from pathlib import Path

import openpyxl
import pandas as pd

from analytics.demonstration.michigan import write_michigan_files

HEADINGS = ["N. domanda", "Codice fiscale", "Esito", "Tranche", "Data di concessione", "Note dell’ufficio"]
OUTCOMES = {"funded": "Finanziata", "not_funded": "Ammessa ma non finanziata"}
TRANCHES = {"awarded_1988": "Contributi 1988", "awarded_1989": "Contributi 1989"}
SHEETS = ("Copertina", "Legenda", "Elenco A", "Elenco B", "Appunti", "Da controllare", "Foglio7")


def write_dirty_files(folder: Path) -> tuple[Path, Path]:
    """The workbook of applications and that of sales."""
    applications, sales, _ = write_michigan_files(folder / "source")
    firms, panel = pd.read_csv(applications, dtype=str), pd.read_parquet(sales)
    dirty, wide = folder / "Graduatoria DEFINITIVA (2).xlsx", folder / "Vendite.xlsx"
    _write_applications(firms, dirty)
    _write_sales(panel, wide)
    return dirty, wide


def _write_applications(firms: pd.DataFrame, path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = SHEETS[0]
    for line in ("Direzione generale", "Graduatoria delle domande", "Riservato"):
        book.active.append([line])
    legend = book.create_sheet(SHEETS[1])
    for row in (
        ["Esito", "Significato"],
        ["Finanziata", "ha avuto il contributo"],
        ["Ammessa ma non finanziata", "no"],
    ):
        legend.append(row)
    half = len(firms) // 2
    for title, part in zip(SHEETS[2:4], (firms[:half], firms[half:]), strict=True):
        sheet = book.create_sheet(title)
        sheet.append([f"Domande, {title.lower()}"])
        sheet.append([])
        sheet.append(HEADINGS)
        for firm in part.fillna("").itertuples():
            day = f"30/06/{firm.awarded_on}" if firm.awarded_on else None
            tranche = TRANCHES.get(firm.tranche)
            sheet.append([firm.application_id, firm.fiscal_code, OUTCOMES[firm.outcome], tranche, day, "<b>*x*</b>"])
        sheet.append(["Totale", None, len(part)])
    notes = book.create_sheet(SHEETS[4])
    notes.append(["Sentire l’ufficio bilancio prima dell’invio"])
    hidden = book.create_sheet(SHEETS[5])
    hidden.append(HEADINGS)
    hidden.append(["999999", "999999", "Finanziata", "Contributi 1988", "30/06/1988", "vecchia prova"])
    hidden.sheet_state = "hidden"
    book.create_sheet(SHEETS[6])
    book.save(path)


def _write_sales(panel: pd.DataFrame, path: Path, factor: int = 1) -> None:
    wide = panel.pivot_table(index="fcode", columns="year", values="sales")
    book = openpyxl.Workbook()
    book.active.append(["Codice fiscale", *(f"Vendite {year}" for year in wide.columns)])
    for firm, *values in wide.itertuples():
        book.active.append([str(firm), *(None if pd.isna(value) else value * factor for value in values)])
    book.save(path)


def write_correction(folder: Path) -> Path:
    """Sales three times as large for a fifth of the firms, in a file that holds nothing else."""
    _, sales, _ = write_michigan_files(folder / "source")
    panel, path = pd.read_parquet(sales), folder / "Vendite corrette.xlsx"
    _write_sales(panel[panel["fcode"].astype(int) % 5 == 0], path, 3)
    return path
