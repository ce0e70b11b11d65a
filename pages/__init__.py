"""One file per page: a release and a reader's choices come in; what the browser shows goes out. `parts` holds what they
share.
"""

from analytics.access.roles import Area

# Every page, in the order of the navigation: the name of its file, and the end of its address ("": the first screen).
PAGES = {
    "overview": "",
    "sectors": "settori",
    "evidence": "prove",
    "cohorts": "coorti",
    "press": "stampa",
    "audit": "dati",
}

# The data officer's own page, which is no reader's.
OFFICER = {"officer": "caricare"}

# What the law asks a public site to say of itself; linked at the foot of every page, and read without a login.
STATEMENTS = {"accessibility": "accessibilita", "privacy": "privacy"}

# What each page is about: that says who may read there what is under embargo, see analytics/access/roles.py.
AREAS = {
    "overview": Area.READING,
    "sectors": Area.READING,
    "evidence": Area.READING,
    "cohorts": Area.TABLES,
    "press": Area.PRESS,
    "audit": Area.READING,
    "officer": Area.OFFICE,
    "accessibility": Area.READING,
    "privacy": Area.READING,
}


def area_at(end: str) -> Area:
    """What the page at the end of an address is about; of one that is in no list: the officer's alone."""
    name = next((name for name, place in (PAGES | OFFICER | STATEMENTS).items() if place == end), "")
    return AREAS.get(name, Area.OFFICE)
