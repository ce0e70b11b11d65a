"""One file per page, and nothing else here; `parts` holds what they share."""

# Every page, in the order of the navigation: the name of its file, and the end of its address ("": the first screen).
PAGES = {
    "overview": "",
    "sectors": "settori",
    "evidence": "prove",
    "cohorts": "coorti",
    "press": "stampa",
    "audit": "dati",
}
