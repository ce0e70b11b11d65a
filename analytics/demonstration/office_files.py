"""The demonstration's files as an office would hand them over, and the mappings that read them.

Applications: two title rows, Italian names with accents and line breaks, Windows-1252, `;`, `€ 9.500,00`, dd/mm/yyyy,
the office's own words, fiscal codes without the zeros that a spreadsheet ate. Sales: from another desk, UTF-8 with a
byte order mark, months as 03/2021, decimal commas. An officer can repeat the import with the mapping beside each file.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.demonstration.simulate import Simulation
from analytics.programme.file import Programme

APPLICATIONS, SALES, TRUTH = "domande.csv", "vendite.csv", "truth.json"
TITLES = ("DATI SIMULATI: imprese inventate, nessuna esiste", "Elenco delle domande")
NOT_STATED = "n.d."

APPLICATION_NAMES = {
    "application_id": "N. pratica",
    "fiscal_code": "Codice fiscale",
    "name": "Denominazione",
    "ateco_code": "Attività prevalente\n(ATECO 2007)",
    "province": "Prov.",
    "employees": "Addetti (ULA)",
    "turnover_eur": "Fatturato ultimo esercizio (€)",
    "balance_sheet_eur": "Totale di bilancio (€)",
    "size_class": "Dimensione",
    "beneficiary_kind": "Tipologia di beneficiario",
    "channel": "Canale finanziato",
    "score": "Punteggio",
    "outcome": "Esito",
    "tranche": "Elenco",
    "awarded_on": "Data di concessione",
    "grant_eur": "Contributo concesso\n(€)",
    "eligible_spend_eur": "Spesa ammessa\n(€, IVA esclusa)",
    "paid_eur": "Erogato a oggi (€)",
    "cor": "Codice RNA (COR)",
    "exclusion_reason": "Motivo di esclusione",
    "other_aid_on": "Altri aiuti per la stessa finalità: data",
    "closed_on": "Cessazione attività (Registro imprese)",
}
SALES_NAMES = {
    "fiscal_code": "Codice fiscale",
    "period": "Mese",
    "online_sales_eur": "Vendite online (€)",
    "total_sales_eur": "Vendite totali (€)",
    "online_abroad_eur": "di cui online all’estero (€)",
    "destination_countries": "N. Paesi di destinazione",
}
OUTCOME_WORDS = {
    "funded": "Ammessa e finanziata",
    "revoked": "Finanziata, poi revocata",
    "not_admitted": "Non ammessa",
    "not_funded": "Non finanziata",
    "withdrawn": "Rinuncia",
}
REASON_WORDS = {
    "below_threshold": "Punteggio inferiore alla soglia",
    "size": "Non è una PMI",
    "sector": "Attività esclusa dal bando",
    "insolvency": "Procedura concorsuale",
    "no_seat": "Nessuna sede in Lombardia",
}
AMOUNTS = ("turnover_eur", "balance_sheet_eur", "grant_eur", "eligible_spend_eur", "paid_eur")
APPLICATIONS_FORMAT = """\
[format]
separator = ";"
encoding = "cp1252"
decimal = ","
thousands = "."
date = "%d/%m/%Y"
header_row = 3
"""
SALES_FORMAT = """\
[format]
separator = ";"
decimal = ","
period = "%m/%Y"
"""
DAYS = ("awarded_on", "other_aid_on", "closed_on")


def write_office_files(simulation: Simulation, programme: Programme, folder: Path) -> dict[str, tuple[Path, Path]]:
    """Write both files, their mappings, and the truth; "applications" and "sales" -> file and mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {kind: folder / name for kind, name in (("applications", APPLICATIONS), ("sales", SALES))}
    words = _office_words(programme)
    _write_applications(simulation.applications, words, files["applications"])
    _write_sales(simulation.sales, files["sales"])
    mappings = {"applications": _applications_mapping(words), "sales": _sales_mapping(simulation.sales)}
    for kind, content in mappings.items():
        files[kind].with_suffix(".toml").write_text(content, encoding="utf-8")
    truth = simulation.truth
    truth_tables = {"seed": truth.seed} | {
        name: json.loads(frame.to_json(orient="records", double_precision=15))  # what is not known becomes null
        for name, frame in (("effects", truth.effects), ("money", truth.money))
    }
    (folder / TRUTH).write_text(json.dumps(truth_tables, indent=1) + "\n", encoding="utf-8")
    return {kind: (file, file.with_suffix(".toml")) for kind, file in files.items()}


def _office_words(programme: Programme) -> dict[str, dict[str, str]]:
    """Column -> {our code: the office's word}; the Italian labels of the programme file where it lists the codes."""
    listed = {
        "size_class": programme.size_classes,
        "beneficiary_kind": programme.beneficiary_kinds,
        "channel": programme.channels,
        "tranche": programme.tranches,
    }
    labels = {column: {item.id: item.label.in_language("it") for item in items} for column, items in listed.items()}
    return labels | {"outcome": OUTCOME_WORDS, "exclusion_reason": REASON_WORDS}


def _write_applications(applications: pd.DataFrame, words: dict[str, dict[str, str]], file: Path) -> None:
    frame = applications[list(APPLICATION_NAMES)].astype(object)
    for column, known in words.items():
        frame[column] = applications[column].map(lambda code, known=known: known.get(code, code), na_action="ignore")
    for column in AMOUNTS:
        frame[column] = applications[column].map(_written_euros, na_action="ignore")
    for column in DAYS:
        frame[column] = applications[column].dt.strftime("%d/%m/%Y")
    frame["score"] = applications["score"].map(lambda points: f"{points:.1f}".replace(".", ","), na_action="ignore")
    bodies = applications["turnover_eur"].isna()
    frame.loc[bodies, ["turnover_eur", "balance_sheet_eur"]] = NOT_STATED
    codes = applications["fiscal_code"]
    spreadsheet = np.arange(len(frame)) % 2 == 1  # half of the list went through one
    frame["fiscal_code"] = codes.mask(spreadsheet, codes.str.lstrip("0"))
    empty = ";" * (len(frame.columns) - 1)
    titles = "".join(f"{title}{empty}\r\n" for title in TITLES)
    table = frame.rename(columns=APPLICATION_NAMES).to_csv(index=False, sep=";", lineterminator="\r\n")
    file.write_bytes((titles + table).encode("cp1252"))


def _written_euros(amount: float) -> str:
    """9500.0 as € 9.500,00."""
    return "€ " + f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _write_sales(sales: pd.DataFrame, file: Path) -> None:
    frame = sales[list(SALES_NAMES)].copy()
    frame["period"] = sales["period"].str[5:] + "/" + sales["period"].str[:4]
    table = frame.rename(columns=SALES_NAMES)
    table.to_csv(file, index=False, sep=";", decimal=",", encoding="utf-8-sig", lineterminator="\n")


def _applications_mapping(words: dict[str, dict[str, str]]) -> str:
    word_to_code = {column: {theirs: ours for ours, theirs in known.items()} for column, known in words.items()}
    tables = [
        _toml_table("columns", APPLICATION_NAMES, 'nostra colonna = "la vostra"'),
        _toml_table("constants", {"ateco_edition": "2007"}, "lo stesso valore per ogni riga"),
        *(
            _toml_table(f"values.{column}", known, '"la vostra parola" = "la nostra"')
            for column, known in word_to_code.items()
        ),
        *(_toml_table(f"values.{column}", {NOT_STATED: ""}, "non dichiarato") for column in AMOUNTS[:2]),
        APPLICATIONS_FORMAT,
    ]
    return "\n".join(tables)


def _sales_mapping(sales: pd.DataFrame) -> str:
    (source,) = sales["source"].unique()
    tables = [
        _toml_table("columns", SALES_NAMES, 'nostra colonna = "la vostra"'),
        _toml_table("constants", {"source": source}, "come sono raccolte le vendite, allo stesso modo nei due gruppi"),
        SALES_FORMAT,
    ]
    return "\n".join(tables)


def _toml_table(name: str, entries: dict[str, str], meaning: str) -> str:
    """A TOML table."""
    lines = [
        f"{_quoted(key) if name.startswith('values') else key} = {_quoted(value)}" for key, value in entries.items()
    ]
    return "\n".join([f"[{name}]  # {meaning}", *lines, ""])


def _quoted(word: str) -> str:
    """A JSON string is a TOML string."""
    return json.dumps(" ".join(word.split()), ensure_ascii=False)
