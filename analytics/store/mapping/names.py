"""The names, Italian and English, by which offices call our columns: data, by which a mapping is proposed.

`names` mean the column and nothing else; the first is the heading of our templates in Italian, the second in English.
`otherwise` mean it where the file has none of the names (a VAT number, where there is no fiscal code). `hints` may mean
it: they are proposed, and never taken unasked.
"""

from dataclasses import dataclass

from analytics.programme.file import Programme
from analytics.programme.parts import Outcome
from analytics.store.columns import Table
from analytics.store.mapping.headings import words_of


@dataclass(frozen=True, slots=True)
class Names:
    """How offices call one column; what each list is worth, the module says."""

    names: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


_FIRM = Names(
    (
        *("Codice fiscale", "Fiscal code", "CF", "C.F.", "Codicefiscale", "Tax code", "Codice fiscale ente"),
        *("Codice fiscale impresa", "Codice fiscale azienda", "Codice fiscale ditta", "Codice fiscale società"),
        *("Codice fiscale beneficiario", "Codice fiscale richiedente", "Codice fiscale soggetto beneficiario"),
        *("Codice fiscale / Partita IVA", "CF / P.IVA", "CF / PIVA", "Codice fiscale P.IVA", "C.F. / P.IVA"),
    ),
    (
        *("Partita IVA", "P.IVA", "PIVA", "VAT number", "VAT", "Partita IVA impresa", "Partita IVA beneficiario"),
        *("Codice impresa", "Id impresa", "Identificativo impresa", "Firm id", "Firm"),
    ),
)
_APPLICATIONS = {
    "application_id": Names(
        (
            *("Numero domanda", "Application number", "Id domanda", "Codice domanda", "Identificativo domanda"),
            *("Numero pratica", "Id pratica", "Codice pratica", "Identificativo pratica", "Numero istanza"),
            *("Id istanza", "Codice istanza", "Application", "Application id", "Numero di protocollo della domanda"),
        ),
        ("Protocollo", "Id progetto", "Codice progetto", "Numero progetto", "Codice identificativo", "Project id"),
        ("Id", "Numero", "Progressivo", "Codice"),
    ),
    "fiscal_code": _FIRM,
    "name": Names(
        (
            *("Denominazione", "Firm name", "Ragione sociale", "Denominazione impresa", "Denominazione sociale"),
            *("Nome impresa", "Nome azienda", "Nome ditta", "Denominazione beneficiario", "Nome beneficiario"),
            *("Denominazione / Ragione sociale", "Ragione sociale impresa", "Company name", "Name"),
            *("Denominazione azienda", "Denominazione soggetto beneficiario", "Ragione sociale beneficiario"),
        ),
        ("Impresa", "Azienda", "Ditta", "Beneficiario", "Soggetto beneficiario", "Richiedente", "Company"),
        ("Nome", "Intestazione"),
    ),
    "ateco_code": Names(
        (
            *("Codice ATECO", "ATECO code", "ATECO", "Attività prevalente", "Attività prevalente ATECO"),
            *("Codice ATECO prevalente", "Codice ATECO primario", "ATECO primario", "ATECO prevalente"),
            *("Codice attività", "Codice attività prevalente", "Codice attività economica", "Attività ATECO"),
            *("Codice attività ATECO", "NACE", "Codice NACE", "NACE code", "Activity code"),
        ),
        ("Attività economica", "Attività"),
        ("Settore", "Settore di attività", "Settore ATECO"),
    ),
    "ateco_edition": Names(
        ("Edizione ATECO", "ATECO edition", "Versione ATECO", "Classificazione ATECO", "Anno ATECO"),
    ),
    "province": Names(
        (
            *("Provincia", "Province", "Sigla provincia", "Provincia sede operativa", "Provincia sede intervento"),
            *("Provincia sede finanziata", "Provincia della sede operativa in Lombardia", "Provincia impresa"),
        ),
        (),
        ("Provincia sede legale", "Provincia sede", "Sede", "Territorio"),
    ),
    "employees": Names(
        (
            "Addetti",
            "Employees",
            "Dipendenti",
            "Addetti ULA",
            "ULA",
            "Dipendenti ULA",
            "Unità lavorative annue",
            "Staff",
        ),
        (),
        ("Organico", "Personale", "Occupati"),
    ),
    "turnover_eur": Names(
        (
            *("Fatturato", "Turnover", "Fatturato ultimo esercizio", "Fatturato ultimo esercizio chiuso"),
            *("Fatturato annuo", "Fatturato ultimo anno", "Ricavi", "Ricavi delle vendite", "Annual turnover"),
        ),
        (),
        ("Volume d'affari", "Valore della produzione"),
    ),
    "balance_sheet_eur": Names(
        (
            *("Totale di bilancio", "Balance sheet total", "Totale attivo", "Totale di bilancio annuo"),
            *("Totale attivo di bilancio", "Attivo di bilancio", "Totale attivo patrimoniale", "Balance sheet"),
            "Totale attivo stato patrimoniale",
        ),
        (),
        ("Bilancio", "Attivo"),
    ),
    "size_class": Names(
        (
            *("Dimensione", "Size class", "Classe dimensionale", "Dimensione impresa", "Dimensione aziendale"),
            *("Categoria dimensionale", "Classe di dimensione", "Dimensione d'impresa", "Firm size", "Size"),
        ),
        (),
        ("Tipologia impresa", "Tipo impresa", "Categoria impresa"),
    ),
    "beneficiary_kind": Names(
        (
            *("Tipologia di beneficiario", "Beneficiary kind", "Tipo beneficiario", "Tipologia soggetto"),
            *("Tipo soggetto", "Natura beneficiario", "Tipologia richiedente", "Categoria beneficiario"),
            *("Tipologia soggetto beneficiario", "Kind of beneficiary", "Beneficiary type"),
        ),
        (),
        ("Forma giuridica", "Natura giuridica"),
    ),
    "channel": Names(
        ("Canale finanziato", "Channel", "Canale", "Tipo di canale", "Canale di vendita", "Canale e-commerce"),
        (),
        ("Tipologia intervento", "Tipologia progetto", "Intervento"),
    ),
    "score": Names(
        (
            *("Punteggio", "Score", "Punteggio totale", "Punti", "Punteggio di valutazione", "Punteggio complessivo"),
            *("Punteggio finale", "Punteggio di merito", "Punteggio assegnato", "Points"),
        ),
    ),
    "outcome": Names(
        (
            *("Esito", "Outcome", "Esito domanda", "Esito istruttoria", "Esito finale", "Esito pratica"),
            *("Esito della valutazione", "Esito dell'istruttoria", "Esito della domanda"),
        ),
        ("Stato domanda", "Stato pratica", "Stato della domanda", "Stato istruttoria"),
        ("Stato", "Status", "Risultato", "Ammissione"),
    ),
    "tranche": Names(
        ("Elenco", "Tranche", "Elenco di concessione", "Scaglione", "Wave", "Funding decision"),
        ("Graduatoria", "Lotto", "Finestra", "Lista"),
        ("Decreto", "Provvedimento"),
    ),
    "awarded_on": Names(
        (
            *("Data di concessione", "Award date", "Data concessione contributo", "Data del contributo"),
            *("Data provvedimento di concessione", "Data decreto di concessione", "Data atto di concessione"),
            *("Awarded on", "Data assegnazione", "Data di assegnazione del contributo", "Grant date"),
        ),
        (),
        ("Data decreto", "Data provvedimento", "Data finanziamento", "Data ammissione", "Data esito", "Data"),
    ),
    "grant_eur": Names(
        (
            *("Contributo concesso", "Grant awarded", "Importo concesso", "Contributo assegnato"),
            *("Agevolazione concessa", "Importo contributo concesso", "Ammontare concesso", "Amount awarded"),
            *("Contributo pubblico concesso", "Importo del contributo concesso"),
        ),
        (),
        ("Contributo", "Importo", "Grant", "Importo contributo", "Contributo ammesso", "Contributo riconosciuto"),
    ),
    "eligible_spend_eur": Names(
        (
            *("Spesa ammessa", "Eligible spending", "Spesa ammissibile", "Investimento ammesso", "Costo ammesso"),
            *("Spesa ammessa a contributo", "Eligible spend", "Eligible costs", "Importo spesa ammessa"),
            *("Totale spesa ammessa", "Totale spese ammissibili", "Investimento ammissibile", "Costi ammissibili"),
        ),
        (),
        ("Spesa", "Investimento", "Costo del progetto", "Spesa rendicontata"),
    ),
    "paid_eur": Names(
        (
            *("Erogato", "Paid", "Contributo erogato", "Importo erogato", "Contributo liquidato", "Importo liquidato"),
            *("Erogato a oggi", "Liquidato", "Totale erogato", "Contributo pagato", "Importo pagato", "Grant paid"),
            *("Amount paid", "Importo contributo erogato"),
        ),
        (),
        ("Saldo", "Pagamento", "Acconto"),
    ),
    "cor": Names(
        ("Codice RNA (COR)", "RNA code (COR)", "COR", "Codice COR", "COR RNA", "Codice concessione RNA", "Codice RNA"),
    ),
    "exclusion_reason": Names(
        (
            *("Motivo di esclusione", "Exclusion reason", "Motivo di non ammissione", "Motivazione esclusione"),
            *("Causa di esclusione", "Motivo di inammissibilità", "Reason for exclusion", "Motivo dell'esclusione"),
            *("Motivazione non ammissibilità", "Motivo non ammissibilità", "Motivo rigetto"),
        ),
        ("Motivazione", "Motivo", "Motivazione esito"),
    ),
    "other_aid_on": Names(
        (
            *("Data altri aiuti", "Date of other aid", "Data altro aiuto", "Data altro contributo"),
            "Altri aiuti per la stessa finalità: data",
        ),
        (),
        ("Altri aiuti", "Altri contributi"),
    ),
    "closed_on": Names(
        (
            *("Data di cessazione", "Closure date", "Data di cessazione attività", "Data chiusura", "Date of closure"),
            *("Cessazione attività", "Cessazione attività (Registro imprese)", "Data chiusura attività"),
            *("Data cancellazione registro imprese", "Data di cessazione (Registro imprese)", "Closed on"),
        ),
        ("Cessazione", "Data cancellazione"),
    ),
}
_SALES = {
    "fiscal_code": _FIRM,
    "period": Names(
        (
            *("Periodo", "Period", "Mese", "Month", "Mese di riferimento", "Periodo di riferimento", "Mese/Anno"),
            *("Trimestre", "Quarter", "Trimestre di riferimento", "Mese di competenza", "Periodo di competenza"),
            *("Reference period", "Anno mese di riferimento", "Anno/Trimestre", "Month/Year"),
        ),
        ("Anno", "Year", "Anno di riferimento", "Anno di competenza", "Esercizio"),
        ("Data", "Data di riferimento"),
    ),
    "source": Names(
        (
            *("Fonte", "Source", "Fonte del dato", "Fonte dei dati", "Origine del dato", "Modalità di rilevazione"),
            *("Fonte dati", "Provenienza del dato", "Data source"),
        ),
    ),
}
YEAR = ("Anno", "Year", "Anno di riferimento", "Anno di competenza", "Esercizio")
MONTH = ("Mese", "Month", "Mese di riferimento", "Mese di competenza", "Numero mese")
QUARTER = ("Trimestre", "Quarter", "Trimestre di riferimento", "Numero trimestre")
# Words of sales that mean the same in the name of an outcome, without endings.
_SAME = {
    **dict.fromkeys(("fatturat", "ricav", "sales", "sal", "turnover", "revenu", "revenues", "venditor"), "vendit"),
    **dict.fromkeys(("complessiv", "overall", "totals"), "total"),
    **dict.fromkeys(("abroad", "foreign"), "ester"),
    **dict.fromkeys(("countri", "countries", "nazion"), "paes"),
    **dict.fromkeys(("destination", "destinations"), "destinazion"),
}
_OF_WHICH = frozenset({"cui", "which"})
_SALES_WORD = "vendit"


def names_of(table: Table, programme: Programme) -> dict[str, Names]:
    """Every column of ours -> how offices call it; a programme's outcomes by their labels in every language."""
    known = dict(_SALES if table.name == "sales" else _APPLICATIONS)
    if table.name == "sales":
        known |= {outcome.column: Names(tuple(_labels(outcome))) for outcome in programme.outcomes}
    return {column.name: known.get(column.name, Names(())) for column in table}


def _labels(outcome: Outcome) -> list[str]:
    return list(dict.fromkeys((*outcome.label.root.values(), *outcome.noun.root.values())))


def outcome_words(heading: str) -> frozenset[str]:
    """The words of a heading that names an outcome: those of sales in one form, whether "Fatturato" or "Vendite"."""
    return frozenset(_SAME.get(word, word) for word in words_of(heading))


def means_outcome(heading: str, outcome: Outcome) -> bool:
    """Whether a heading names this outcome: "Fatturato e-commerce" the one labelled "Vendite online". "di cui online"
    leaves out what it is a part of."""
    said = outcome_words(heading)
    return bool(said) and said in outcome_keys(outcome)


def outcome_keys(outcome: Outcome) -> set[frozenset[str]]:
    """The words, as `outcome_words` gives them, of every heading that names an outcome."""
    keys = {outcome_words(label) for label in _labels(outcome)}
    part = {(key - {_SALES_WORD}) | {word} for key in keys if key - {_SALES_WORD} for word in _OF_WHICH}
    return keys | part


def template_heading(column: str, table: Table, programme: Programme, language: str) -> str:
    """What our templates call a column: a name by which the proposal knows it."""
    outcome = next((outcome for outcome in programme.outcomes if outcome.column == column), None)
    if table.name == "sales" and outcome is not None:
        return outcome.label.in_language(language)
    names = names_of(table, programme)[column].names
    return (names[0] if language == "it" else names[1]) if len(names) > 1 else column
