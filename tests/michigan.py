"""Michigan's release from files that were changed before they were imported."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analytics.build import build
from analytics.home import Home
from analytics.ingest import import_file
from analytics.michigan import write
from analytics.programme import load_programme
from analytics.readers import Format, Mapping, load_mapping
from analytics.release import Release, Releases
from analytics.store import Store

Tables = tuple[pd.DataFrame, pd.DataFrame]  # applications and sales


def built(root: Path, edit: Callable[[pd.DataFrame, pd.DataFrame], Tables]) -> Release:
    """The release, published under a home of its own."""
    files = write(root / "files")
    applications, sales = edit(pd.read_csv(files[0], dtype=str), pd.read_parquet(files[1]))
    applications.to_csv(files[0], index=False)
    sales.to_parquet(files[1], index=False)
    programme, home = load_programme("michigan-1988"), Home(root)
    with Store(home.store(programme.id), programme.id) as store:
        for kind, file, how in (
            ("applications", files[0], Mapping(format=Format(date="%Y"))),
            ("sales", files[1], load_mapping(files[2])),
        ):
            import_file(kind, file, programme=programme, store=store, archive=home.archive, mapping=how)
        releases = Releases(home.releases, programme.id)
        release = build(programme, store, releases)
    releases.publish(release)
    return releases.open()


def funded_only(applications: pd.DataFrame, sales: pd.DataFrame) -> Tables:
    """Nobody to compare with."""
    funded = applications[applications["outcome"] == "funded"]
    return funded, sales[sales["fcode"].astype(int).astype(str).isin(funded["fiscal_code"])]
