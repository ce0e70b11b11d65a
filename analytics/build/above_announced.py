"""Whether more was loaded than was announced. It estimates nothing, so that it is quick to ask."""

import pandas as pd

from analytics.programme.file import Programme
from analytics.programme.parts import Tranche
from analytics.store.database import Store


def above_announced(programme: Programme, store: Store) -> list[Tranche]:
    """Tranches for which more firms or euros were loaded than announced: something is loaded twice, or wrong. For the
    officer: it counts what is withheld, too.
    """
    loaded = {row["tranche"]: row for row in store.frame("tranches").to_dict("records")}
    above = []
    for tranche in programme.tranches:
        row = loaded.get(tranche.id, {"firms": 0, "grant_eur": None})
        firms = tranche.announced_firms is not None and row["firms"] > tranche.announced_firms
        stated = tranche.announced_eur is not None and tranche.announced_eur_is == "grants"
        euros = stated and not pd.isna(row["grant_eur"]) and float(row["grant_eur"]) > (tranche.announced_eur or 0.0)
        above += [tranche] if firms or euros else []
    return above
