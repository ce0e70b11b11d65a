"""Pictures of the pages within a report: framed, their rows without links or with whole addresses."""

import re
from urllib.parse import urlencode

from markupsafe import Markup

from analytics import charts
from analytics.charts.kit.markup import element, joined
from analytics.present.pictures import OPENS_SECTOR, Absent, Shown
from analytics.publish.report.writing import Draft
from analytics.release.lists import YEARS, FigureList

SECTORS = "settori"  # the end of the address of the page that a sector's row opens


def picture(
    shown: Shown, draft: Draft, *, title: str, says: str = "", level: int = 4, before: Markup | None = None
) -> Markup:
    """A picture under its heading, or why there is none. before: what stands over the drawing."""
    if isinstance(shown, Absent):
        words = [element("p", says, class_="says")] if says else []
        return element("figure", element(f"h{level}", title), *words, element("p", shown.words, class_="missing"))
    _quote_stamped(draft, shown.stamp.figure_id)
    drawing = joined([before or "", _with_addresses(shown.drawing.markup, draft)])
    return charts.framed(drawing, shown.stamp, draft.text, title=title, says=says, level=level, note=shown.note)


def _quote_stamped(draft: Draft, ids: str) -> None:
    """Quote the one figure that a picture names below it; of a picture of several, its list is quoted apart."""
    release = draft.release
    draft.quote(release.by_id(f"{release.programme.id}.{ids}"))


def quote_list(draft: Draft, dimension: str, within: tuple[tuple[str, str], ...] = ()) -> None:
    """Quote the figures of a picture of groups, or of years, of the programme's own question."""
    question = draft.release.programme.headline
    listed = FigureList.of(dimension, question.outcome, question.estimand, question.horizon_code, within)
    found = draft.release.listed(listed)
    draft.quote(*(figure for code, figure in found.items() if dimension != YEARS or code.isdecimal()))


def _with_addresses(drawing: Markup, draft: Draft) -> Markup:
    """The same, each row with the whole address of what it opens; without a site, without one."""

    def replaced(match: "re.Match[str]") -> str:
        release = draft.release
        asked = {"sector": match[1], "programme": release.programme.id, "release": release.release_id}
        address = f"{draft.site}/{SECTORS}?{urlencode(asked | {'lang': draft.text.language})}"
        return str(Markup('href="{}"').format(address)) if draft.site else ""

    return Markup(re.sub(rf'href="{OPENS_SECTOR}([^"]*)"', replaced, str(drawing)))  # noqa: S704 - escaped before
