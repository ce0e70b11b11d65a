"""Every colour, size and font of the charts, and the one template; colours carry meaning before beauty."""

from plotly import graph_objects as go

INK = "#1B1F24"  # text, zero line
BLUE = "#12436D"  # funded firms and estimated effects, of either sign: position says the sign
HAIR = "#6A8BAA"  # end of the 95% interval
FADES = ("#D5E0E9", "#C1D0DD", "#A9BED0", "#92ACC2", "#7B9AB5")  # bands of 95, 90, 80, 70, 60%
GREY_TEXT = "#595959"  # secondary text, observed change
GREY = "#8C8C8C"  # comparison firms: always dashed, always labelled
DASH = "6px,4px"  # of their line
GUIDE_DASH = "4px,3px"  # of lines that mark a value to compare with
ORANGE = "#F46A25"  # attention: simulated data, award dates; never text, never a value
ORANGE_TEXT = "#A8420B"  # words of the award dates
GRID = "#E6E8EB"
WHITE = "#FFFFFF"
BEFORE_ZONE = "rgba(18,67,109,.045)"  # translucent: the watermark lies under it
AFTER_ZONE = "rgba(89,89,89,.07)"
TILES = ("#C4D3E0", "#4C7AA3", BLUE)  # of a tile map: few, more, most
TILE_WORDS = (INK, WHITE, WHITE)  # on them
WATERMARK_OPACITY = 0.17

_WORDS_AND_LINES = {INK, GREY_TEXT, GREY, ORANGE, ORANGE_TEXT, GRID, WHITE}
PALETTE = frozenset({BLUE, HAIR, *FADES, *TILES, BEFORE_ZONE, AFTER_ZONE} | _WORDS_AND_LINES)

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", Arial, sans-serif'
NAME, VALUE, TICK, FOOTER = 15, 14, 13, 12  # font sizes in px
LINE_HEIGHT = 1.3  # plotly's own, in font sizes
TICK_LINE = TICK * LINE_HEIGHT  # px

_AXIS = {
    "fixedrange": True,
    "automargin": False,
    "showgrid": False,
    "showline": False,
    "zeroline": False,
    "ticks": "",
    "tickfont": {"size": TICK, "color": GREY_TEXT},
}

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": TICK, "color": INK},
        "paper_bgcolor": WHITE,
        "plot_bgcolor": WHITE,
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "separators": ",.",
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
)
