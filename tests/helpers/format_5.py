"""A release file as format 5 had it: a status for each rule, the ledger of rules inside, counts by rule."""

import json
from pathlib import Path

import duckdb
import pandas as pd

from tests.helpers.format_8 import as_format_8
from tests.helpers.rewritten import published_anew

STATUS = {"min_units": "A", "p_percent": "G", "secondary": "D", "held": "F"}
REASON = {"min_units": "too_few_firms", "p_percent": "dominance", "secondary": "complementary"}


def as_format_5(path: Path, ledger: pd.DataFrame) -> None:
    """Change the file in place. ledger: see `WithheldCells.ledger`.

    Figures of a rule in all horizons say it; what else is confidential was so by differences.
    """
    as_format_8(path)
    path.chmod(0o600)
    cells = ledger.assign(conf_status=ledger["rule"].map(STATUS))
    place = [name for name in ledger if name not in ("horizon", "sells", "rule")]
    by_rule = cells[(cells["horizon"] == "*") & (cells["sells"] == "*") & (cells["rule"] != "held")]
    by_rule = by_rule.assign(reason=by_rule["rule"].map(REASON))
    same = " AND ".join(
        f"figures.{name} = by_rule.{name}" if name != "arm" else "(figures.arm = by_rule.arm OR figures.arm = '*')"
        for name in place
    )
    with duckdb.connect(path) as connection:
        connection.register("ledger", cells)
        connection.register("by_rule", by_rule)
        connection.execute("CREATE TABLE suppressed AS SELECT * FROM ledger")
        connection.execute(
            "UPDATE figures SET conf_status = 'D', reason = 'complementary' WHERE conf_status = 'C'"
            " AND NOT measure LIKE 'spec_%'"
        )
        connection.execute("UPDATE figures SET conf_status = 'D', reason = 'few_firms_apart' WHERE conf_status = 'C'")
        connection.execute(
            "UPDATE figures SET conf_status = by_rule.conf_status, reason = by_rule.reason FROM by_rule"
            f" WHERE figures.conf_status = 'D' AND figures.reason = 'complementary' AND {same}"
        )
        [(told,)] = connection.execute("SELECT value FROM manifest WHERE key = 'disclosure'").fetchall()
        summaries = {
            of: {"cells": found["cells"], "primary": 0, "secondary": found["withheld"], "held": found["held"]}
            | {"gap": 0.0, "narrowest": 1.5}
            for of, found in json.loads(told).items()
        }
        connection.execute("UPDATE manifest SET value = ? WHERE key = 'disclosure'", [json.dumps(summaries)])
        connection.execute("UPDATE manifest SET value = '5' WHERE key = 'format_version'")
    published_anew(path)
