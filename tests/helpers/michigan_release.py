"""Michigan's release from files that were changed before they were imported."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analytics.build.candidate import build
from analytics.demonstration.michigan import write_michigan_files
from analytics.folders import Home
from analytics.programme.file import load_programme
from analytics.release import Release, Releases
from analytics.store.database import Store
from analytics.store.formats import Format
from analytics.store.ingest import import_file
from analytics.store.mapping.file import ColumnMapping, load_mapping
from tests.helpers.shared import copied

Tables = tuple[pd.DataFrame, pd.DataFrame]  # applications and sales


def built(root: Path, edit: Callable[[pd.DataFrame, pd.DataFrame], Tables]) -> Release:
    """The release, published under a home of its own. What several tests ask for is built once, and copied."""
    if edit in (as_they_are, sales_only, sales_and_staff, funded_only):
        copied(f"michigan_{edit.__name__}", lambda once: _build(once, edit), root)
    else:
        _build(root, edit)
    return Releases(Home(root).releases, "michigan-1988").open()


def _build(root: Path, edit: Callable[[pd.DataFrame, pd.DataFrame], Tables]) -> None:
    files = write_michigan_files(root / "files")
    applications, sales = edit(pd.read_csv(files[0], dtype=str), pd.read_parquet(files[1]))
    applications.to_csv(files[0], index=False)
    sales.to_parquet(files[1], index=False)
    programme, home = load_programme("michigan-1988"), Home(root)
    with Store(home.store(programme.id), programme.id) as store:
        for kind, file, how in (
            ("applications", files[0], ColumnMapping(format=Format(date="%Y"))),
            ("sales", files[1], load_mapping(files[2])),
        ):
            import_file(kind, file, programme=programme, store=store, archive=home.archive, mapping=how)
        releases = Releases(home.releases, programme.id)
        release = build(programme, store, releases)
    releases.publish(release)


def as_they_are(applications: pd.DataFrame, sales: pd.DataFrame) -> Tables:
    """The published data set."""
    return applications, sales


def sales_only(applications: pd.DataFrame, sales: pd.DataFrame) -> Tables:
    """One outcome of four: for what a release does, whichever figures it holds. It takes a third of the time."""
    return applications, sales[["fcode", "year", "sales"]]


def sales_and_staff(applications: pd.DataFrame, sales: pd.DataFrame) -> Tables:
    """Two outcomes, one in money and one not."""
    return applications, sales[["fcode", "year", "sales", "employ"]]


def corrected(home: Home) -> None:
    """Sales three times as large for some firms, in a later file that holds nothing else."""
    _, file, mapping = write_michigan_files(home.root / "files")
    _, sales = sales_only(pd.DataFrame(), pd.read_parquet(file))
    sales = sales[sales["fcode"] % 5 == 0].assign(sales=lambda rows: rows["sales"] * 3)
    later = home.root / "files" / "later.parquet"
    sales.to_parquet(later, index=False)
    programme = load_programme("michigan-1988")
    with Store(home.store(programme.id), programme.id) as store:
        how = load_mapping(mapping)
        import_file("sales", later, programme=programme, store=store, archive=home.archive, mapping=how)
        # an import later by the clock than the first ones, however quick this machine is
        store._connection.execute("UPDATE batches SET imported_at = imported_at + INTERVAL 1 HOUR WHERE batch_id > 2")


def digest(table: pd.DataFrame) -> str:
    """A hash of every column of a release's table, to the last bit, but for the number of the release in its ids."""
    content = hashlib.sha256()
    for name in table.drop(columns="figure_id"):
        values = table[name].astype(object).where(table[name].notna(), None)
        content.update(f"{name}:{[v.hex() if isinstance(v, float) else v for v in values]}\n".encode())
    return content.hexdigest()


def funded_only(applications: pd.DataFrame, sales: pd.DataFrame) -> Tables:
    """Nobody to compare with."""
    funded = applications[applications["outcome"] == "funded"]
    return funded, sales[sales["fcode"].astype(int).astype(str).isin(funded["fiscal_code"])]
