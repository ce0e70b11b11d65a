"""A data folder with one firm in files of every kind, and whether anything under a folder tells of it."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from analytics.build.earlier import keep_contributions, keep_inputs
from analytics.build.path.kept import PATH_ROWS
from analytics.folders import Home
from analytics.programme.file import load_programme
from analytics.release.manifest import ImportedFile
from analytics.store.database import Store
from analytics.store.ingest import import_file
from analytics.store.rna.load import import_rna
from tests.helpers.officer import application, as_csv, code, sale
from tests.helpers.rna import Entry, month
from tests.helpers.sheets import Sheet, raw_xlsx, rows_xml

PROGRAMME = "ecommerce-2020"
FIRM = 12345  # its code begins with zeros, which a spreadsheet eats
NAME = "Panificio Verdi S.r.l."
NUMBER, COR = f"DOM-2020-{FIRM}", f"{3_000_000 + FIRM}"
SECRETS = (code(FIRM), code(FIRM).lstrip("0"), NAME, NAME.upper(), NUMBER, COR)


def applied(n: int, **changes: object) -> dict[str, object]:
    """An application of firm n, with its name and the number of its aid."""
    row = application(n, application_id=f"DOM-2020-{n:04}", name=NAME if n == FIRM else f"Impresa {n}")
    return row | {"cor": f"{3_000_000 + n}"} | changes


def filled(root: Path) -> Home:
    """Applications (CSV, some rejected; a workbook with a hidden sheet), sales (CSV, Parquet), aids; one file undone
    since; and a candidate release that counted everybody.
    """
    home, programme = Home(root / "home"), load_programme(PROGRAMME)
    desk = root / "desk"
    desk.mkdir()
    firms = (2, 3, FIRM, 4, 5, 6)
    bad = applied(FIRM, application_id=f"{NUMBER}/bis", province="nowhere")
    book = raw_xlsx(
        Sheet(
            "Domande", rows_xml([list(applied(9)), list(applied(9).values()), list(applied(FIRM, score="7").values())])
        ),
        Sheet(
            "Appunti",
            rows_xml(
                [
                    [f"Sentito {NAME.upper()}, da richiamare"],
                    ["Impresa", "Nota"],
                    [float(code(FIRM)), "zeri perduti"],
                    [code(2), f"fornitrice di {NAME}"],
                    [code(3), "nulla"],
                ]
            ),
            state="hidden",
        ),
    )
    parquet = io.BytesIO()
    pd.DataFrame([sale(n, "2021-05", "7") for n in firms]).astype({"fiscal_code": "category"}).to_parquet(parquet)
    files = [
        ("applications", "domande.csv", as_csv([*(applied(n) for n in firms), bad])),
        ("sales", f"vendite {code(FIRM)}.csv", as_csv([sale(n, online="5") for n in firms])),
        ("sales", "vendite.parquet", parquet.getvalue()),
        ("applications", "rettifica.xlsx", book),
    ]
    with Store(home.store(PROGRAMME), PROGRAMME) as store:
        for kind, name, content in files:
            (desk / name).write_bytes(content)
            import_file(kind, desk / name, programme=programme, store=store, archive=home.archive, partial=True)
        (desk / "aiuti.xml").write_bytes(
            month([Entry(n, fiscal_code=code(n), name=NAME if n == FIRM else "X") for n in (FIRM, 2)])
        )
        import_rna([desk / "aiuti.xml"], programme=programme, store=store, archive=home.archive, car=["13008"])
        store.execute("UPDATE batches SET undone_at = now()::TIMESTAMP WHERE batch_id = 3")
        inputs = [
            ImportedFile(b.input_table, b.sha256, b.imported_at, b.rows_in, b.rows_loaded, b.rows_rejected)
            for b in store.batches()
        ]
        frame = pd.DataFrame(
            {"sector": "a", "arm": "funded", "sells": "yes", "*|*|firms": 1.0, "*|*|grants": 9000.0},
            [code(n) for n in firms],
        )
        frame.index.name = "firm_id"
        keep_contributions(store.contributions_folder, "2026-1", frame, pd.Series(dtype="float64"))
        keep_inputs(store.contributions_folder, "2026-1", inputs)
        path = {"frame": "awards", "wave": "first", "place": None, "fate": "funded", "flow": "paid", "granted": 9000.0}
        rows = pd.DataFrame({**path, "paid": 4321.0}, frame.index)
        rows.to_parquet(store.contributions_folder / f"2026-1{PATH_ROWS}")
    return home


def telling(folder: Path, secrets: Iterable[str] = SECRETS) -> list[str]:
    """Which files under a folder tell any of the secrets: in their bytes, or in what they hold once they are opened."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = "\n".join([path.name, *_readings(path)])
        found += [f"{path.relative_to(folder)}: {secret}" for secret in secrets if secret in whole]
    return found


def _readings(path: Path) -> list[str]:
    content = path.read_bytes()
    readings = [content.decode("latin-1"), content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace")]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            readings += [parts.read(name).decode() for name in parts.namelist()]
    if content.startswith(b"PAR1"):
        readings.append(pd.read_parquet(path).to_csv())
    if path.suffix == ".duckdb":
        with duckdb.connect(path, read_only=True) as connection:
            tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            readings += [connection.execute(f'FROM "{name}"').df().to_csv() for name in tables]
    return readings
