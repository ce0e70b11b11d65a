"""What charts are tried with: invented groups, lines, events, dots and places; and one drawing of every kind."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from analytics import charts
from analytics.charts import Award, Drawing, EventPoint, Guide, Heads, Look, Mark, NamedLine, Row, SmallChart, Tile
from analytics.language.text import Text
from analytics.model import Arm

SIMULATED = "DATI SIMULATI"
WHY = "non pubblicato: meno di 10 imprese"
GAIN, LOSS = Mark(0.13, -0.01, 0.29, 0.08, 0.18), Mark(-0.13, -0.29, 0.01, -0.18, -0.08)
WIDE = Mark(0.5, -0.95, 9.0, -0.2, 2.0)
HELD = Row("Florovivaismo", note=WHY, n="7")
ROWS = [
    Row("Mobili e arredo", GAIN, lead="+13%", value="(−1%; +29%)", verb="più alte", n="71", href="?a=1", told=True),
    Row("Elettronica", LOSS, value="da −29% a +1%", aside="· stima −13%", n="1.038", href="?a=2"),
    HELD,
]
GUIDES = [Guide(0.0, "nessun effetto", "zero"), Guide(0.11, "intero programma +11%")]
HEADS = Heads("Effetto per settore", "Settore", "Imprese", "Effetto")
DOTS = [Row("Età", Mark(0.08, 0.08, 0.08), value="0,08", look=Look.DOT), Row("Area", note=WHY)]
CHANGES = [
    Row("Finanziate", Mark(0.35, 0.35, 0.35), value="+35%", look=Look.FUNDED),
    Row("Confronto", Mark(0.23, 0.23, 0.23), value="+23%", look=Look.COMPARISON),
]

DAYS = [dt.date(year, month, 15) for year in range(2019, 2024) for month in (2, 5, 8, 11)]
SERIES = {
    Arm.FUNDED: [(day, 90.0 + i) for i, day in enumerate(DAYS)],
    Arm.COMPARISON: [(day, None if i == 5 else 90.0 - i) for i, day in enumerate(DAYS)],
}
SHARES = {arm: [(day, 0.95 - i / 100) for i, day in enumerate(DAYS)] for arm in Arm}
COUNTS = {Arm.FUNDED: 71, Arm.COMPARISON: 112}
BEFORE, AFTER = (dt.date(2019, 10, 1), dt.date(2020, 9, 30)), (dt.date(2021, 1, 1), dt.date(2023, 12, 31))
AWARDS = [Award(dt.date(2020, 11, 30), "primo elenco"), Award(dt.date(2022, 2, 1), "terzo & ultimo")]
SMALL = [SmallChart("Cuoio & pelli", "44", SERIES, "?s=1"), SmallChart("Carta", "17", SERIES, "?s=2", current=True)]
EVENTS = [
    EventPoint(e, None)
    if e == 5
    else EventPoint(e, e / 100, e / 100 - 0.1, e / 100 + 0.1, e / 100 - 0.2, e / 100 + 0.2)
    for e in range(-9, 16)
]
FIRMS = [-0.4, -0.2, -0.2, -0.05, 0.0, 0.05, 0.1, 0.1, 0.1, 0.3, 0.45, 0.9, 2.4, 8.0]
TILES = [
    Tile("MI", "Milano", 0, 0, 121),
    Tile("CO", "Como", 0, 1, 11),
    Tile("MB", "Monza e Brianza", 1, 0, 16),
    Tile("SO", "Sondrio", 1, 3, None, WHY),
]
STATISTICS = [
    NamedLine("Imprese che vendono online", [(dt.date(y, 1, 1), (y - 2009) / 100) for y in range(2017, 2025)]),
    NamedLine("Quota delle vendite online", [(dt.date(2017, 1, 1), 0.09), (dt.date(2024, 1, 1), 0.15)]),
]


def draw(rows: Sequence[Row], text: Text, **others: Any) -> Drawing:
    """Rows on the axis that their marks share."""
    guides = others.pop("guides", GUIDES)
    marks = [row.mark for row in rows if row.mark]
    scale = others.get("scale", "ratio")
    axis = others.pop("axis", None) or charts.shared_axis(marks, [guide.value for guide in guides], scale=scale)
    given = {"write": text.percent, "heads": HEADS, "data_mark": SIMULATED} | others
    return charts.rows(rows, axis, guides=guides, **given)


def lines(text: Text, series: Any = SERIES, awards: Sequence[Award] = AWARDS, data_mark: str | None = SIMULATED):
    firms = {arm: text.count("chart.firms", n) for arm, n in COUNTS.items()}
    return charts.index_lines(
        series, counts=firms, before=BEFORE, after=AFTER, awards=awards, data_mark=data_mark, text=text
    )


def small(text: Text, panels: Sequence[SmallChart] = SMALL, data_mark: str | None = SIMULATED):
    return charts.small_multiples(panels, before=BEFORE, after=AFTER, awards=AWARDS, data_mark=data_mark, text=text)


def every_drawing(text: Text, data_mark: str | None = SIMULATED, mark: Mark = GAIN) -> dict[str, Drawing]:
    """One drawing of every kind that is of our own figures."""
    both = {"data_mark": data_mark, "text": text}
    rows = [*ROWS, Row("Altro", mark, value="da −1% a +29%", second=0.1, whole=True), *CHANGES]
    ranged = [Row("Vendite in più", mark, value="da 1 € a 6 €", look=Look.RANGE)]
    return {
        "rows": draw(rows, text, data_mark=data_mark),
        "range": draw(ranged, text, data_mark=data_mark, scale="linear"),
        "dots": draw(DOTS, text, data_mark=data_mark, scale="linear"),
        "lines": lines(text, data_mark=data_mark),
        "small": small(text, data_mark=data_mark),
        "shares": charts.shares(SHARES, awards=AWARDS, **both),
        "events": charts.event_study(EVENTS, **both),
        "spread": charts.spread(FIRMS, median=0.1, n=140, per_dot=10, **both),
        "median alone": charts.spread([], median=0.22, n=31, per_dot=10, **both),
        "tiles": charts.tiles(TILES, steps=(15, 20), heading="Imprese finanziate", **both),
    }


# ---- any values at all -----------------------------------------------------------------------------------------------

numbers = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 6))
fractions = st.floats(-1.0, 1e4, allow_nan=False)
marks = st.lists(fractions, min_size=5, max_size=5).map(sorted).map(lambda v: Mark(v[2], v[0], v[4], v[1], v[3]))
evil = st.sampled_from(
    ["<script>alert(1)</script>", '"><b onclick="x">', "' onload='x", "&lt;&amp;", "</svg><!--", "]]>"]
)
labels = st.one_of(evil, st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=60))
