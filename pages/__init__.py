"""One file per page: a release and a reader's choices come in; what the browser shows goes out. `parts` holds what they
share.
"""

# Every page, in the order of the navigation: the name of its file, and the end of its address ("": the first screen).
PAGES = {
    "overview": "",
    "sectors": "settori",
    "evidence": "prove",
    "cohorts": "coorti",
    "press": "stampa",
    "audit": "dati",
}

# The data officer's own page, which is no reader's: see parts/officer_door.py.
OFFICER = {"officer": "caricare"}
