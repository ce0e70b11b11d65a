"""The files that `tests/bench/imports.py` times: sales of many firms in CSV and Parquet, a month of the RNA in XML."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tests.helpers.officer import application, as_csv, code

MONTHS = 100
CAR = "18636"
_BLOCK = 500_000  # rows written at a time

_AID = """ <AIUTO>
  <CAR>{car}</CAR><TITOLO_MISURA>{title}</TITOLO_MISURA><DES_TIPO_MISURA>Regime di aiuti</DES_TIPO_MISURA>
  <COD_CE_MISURA>SA.{number}</COD_CE_MISURA><BASE_GIURIDICA_NAZIONALE>Legge regionale 11/2014</BASE_GIURIDICA_NAZIONALE>
  <LINK_TESTO_INTEGRALE_MISURA>https://www.example.org/misura/{car}</LINK_TESTO_INTEGRALE_MISURA>
  <IDENTIFICATIVO_UFFICIO>11</IDENTIFICATIVO_UFFICIO><SOGGETTO_CONCEDENTE>Unioncamere Lombardia</SOGGETTO_CONCEDENTE>
  <COR>{number}</COR><TITOLO_PROGETTO>Nuovi mercati {number}</TITOLO_PROGETTO>
  <DESCRIZIONE_PROGETTO>Sviluppo di un sito per la vendita e accesso a piattaforme estere</DESCRIZIONE_PROGETTO>
  <DATA_CONCESSIONE>2021-02-01+01:00</DATA_CONCESSIONE><CUP>n.d.</CUP>
  <DENOMINAZIONE_BENEFICIARIO>Ditta inventata {number} &amp; figli</DENOMINAZIONE_BENEFICIARIO>
  <CODICE_FISCALE_BENEFICIARIO>{firm}</CODICE_FISCALE_BENEFICIARIO>
  <DES_TIPO_BENEFICIARIO>PMI</DES_TIPO_BENEFICIARIO><REGIONE_BENEFICIARIO>Lombardia</REGIONE_BENEFICIARIO>
  <COMPONENTI_AIUTO><COMPONENTE_AIUTO><ID_COMPONENTE_AIUTO>{number}</ID_COMPONENTE_AIUTO>
   <COD_PROCEDIMENTO>2</COD_PROCEDIMENTO><DES_PROCEDIMENTO>De Minimis</DES_PROCEDIMENTO>
   <SETTORE_ATTIVITA>C.10.71</SETTORE_ATTIVITA>
   <STRUMENTI_AIUTO><STRUMENTO_AIUTO><COD_STRUMENTO>1</COD_STRUMENTO><DES_STRUMENTO>Sovvenzione</DES_STRUMENTO>
    <ELEMENTO_DI_AIUTO>9000.50</ELEMENTO_DI_AIUTO><IMPORTO_NOMINALE>9000.50</IMPORTO_NOMINALE>
   </STRUMENTO_AIUTO></STRUMENTI_AIUTO></COMPONENTE_AIUTO></COMPONENTI_AIUTO>
 </AIUTO>
"""


def write_applications(path: Path, firms: int) -> None:
    """An application per firm; one in three is funded."""
    empty = {"outcome": "not_funded", "tranche": "", "awarded_on": "", "grant_eur": ""}
    path.write_bytes(as_csv([application(n, **({} if n % 3 == 0 else empty)) for n in range(1, firms + 1)]))


def _sales(firms: int) -> Iterator[pa.Table]:
    """Firm by firm, MONTHS months each: euros with cents, online sales a part of all."""
    periods = pa.array([f"{2016 + month // 12}-{month % 12 + 1:02}" for month in range(MONTHS)])
    draw = np.random.default_rng(20201216)
    at_once = _BLOCK // MONTHS
    for first in range(1, firms + 1, at_once):
        codes = pa.array([code(n) for n in range(first, min(first + at_once, firms + 1))])
        n = len(codes) * MONTHS
        firm, month = np.divmod(np.arange(n), MONTHS)
        total = draw.integers(100_000, 90_000_000, n)
        online = (total * draw.uniform(0, 1, n)).astype(np.int64)
        yield pa.table(
            {
                "fiscal_code": codes.take(pa.array(firm)),
                "period": periods.take(pa.array(month)),
                "online_sales_eur": pa.array(online / 100),
                "total_sales_eur": pa.array(total / 100),
            }
        )


def write_sales_csv(path: Path, firms: int) -> None:
    """A row per firm and month, amounts with a dot and two decimals."""
    with path.open("wb") as file:
        file.write(b"fiscal_code,period,online_sales_eur,total_sales_eur\n")
        for table in _sales(firms):
            columns = [
                pc.cast(pc.cast(column, pa.decimal128(18, 2)), pa.string())
                if pa.types.is_floating(column.type)
                else column
                for column in table.columns
            ]
            options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
            pyarrow.csv.write_csv(pa.table(columns, table.column_names), file, options)


def write_sales_parquet(path: Path, firms: int) -> None:
    """The same rows, amounts as floating-point numbers, as statistical programs write them."""
    writer = None
    for table in _sales(firms):
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_rna(path: Path, megabytes: int) -> None:
    """A month of the register of about that size; one aid in fifty is of the call."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<LISTA_AIUTI xmlns="http://www.rna.it/RNA_aiuto/schema">\n')
        number = 0
        while file.tell() < megabytes * 10**6:
            file.writelines(_aid(n) for n in range(number, number + 200))
            number += 200
        file.write("</LISTA_AIUTI>\n")


def _aid(n: int) -> str:
    car, title = (CAR, "Bando E-Commerce 2020: nuovi mercati") if n % 50 == 0 else (str(1000 + n % 300), "Altro bando")
    return _AID.format(car=car, title=title, number=1_000_000 + n, firm=code(1 + n % 5000))
