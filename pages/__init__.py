"""One file per page; `parts` holds what they share. PAGES says which pages there are and where."""

# Name of the page's file and of its title (`nav.<name>`) -> its address below the root, which never changes; in the
# order of the navigation. The first is the front page. A new page is a file here, a line in this table, and its title.
PAGES = {
    "overview": "",
    "sectors": "settori",
    "evidence": "prove",
    "cohorts": "coorti",
    "press": "stampa",
    "audit": "dati",
}
