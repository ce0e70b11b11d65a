"""The pictures of the page of a sector: what happened, the effect by year and group, how firms vary."""

from analytics.present import pictures
from analytics.present.sentences.changes import changes_heading, sums_words
from analytics.present.sentences.lasting import lasting_heading, lasting_sentence
from analytics.present.sentences.phrases import horizon_label, lower_first
from analytics.present.sentences.together import differ_heading, differ_words
from analytics.present.titled.chosen import View
from analytics.present.titled.titled import Keyed, Titled


def sector_label(view: View) -> str:
    """The sector's name."""
    return view.release.programme.label("sector", view.chosen.sector, view.text)


def beside(view: View) -> str:
    """The sector, the outcome, the measure of the effect and the years that are shown, in a line."""
    release, text = view.release, view.text
    return text(
        "sectors.beside",
        group=sector_label(view),
        outcome=view.outcome_label,
        estimand=lower_first(text(f"estimand.{view.chosen.estimand}")),
        year=lower_first(horizon_label(release, view.chosen.year, text)),
    )


def _about(view: View) -> str:
    """The sector; where another question than the programme's own is asked, this too."""
    return sector_label(view) if view.asked == view.main else beside(view)


def lines(view: View) -> Titled:
    """The typical firm of both arms, or their sums, before and after."""
    release, text, group = view.release, view.text, view.group
    outcome, basis, is_main = view.chosen.outcome, view.chosen.lines, view.chosen.outcome == view.main.outcome
    says = [text(f"sectors.lines_{basis}", outcome=view.outcome_label)]
    says += [sums_words(release, group, text)] if is_main else []
    title = changes_heading(release, group, text, basis) if is_main else text("sectors.lines")
    shown = pictures.index_lines(release, text, outcome, view.chosen.sector, basis)
    return Titled(shown, title, " ".join(words for words in says if words), sector_label(view))


def years(view: View) -> Titled:
    """The effect in years 1, 2, 3."""
    release, text, asked, main = view.release, view.text, view.asked, view.main
    claimed = main.effect(release, view.group)
    same = (asked.outcome, asked.estimand) == (main.outcome, main.estimand)
    sentence = lasting_sentence(release, claimed, text) if claimed and same else ""
    title = lasting_heading(release, claimed, text) if claimed and same else text("sectors.years")
    shown = pictures.years(release, text, asked, within=view.group)
    return Titled(shown, title, sentence or text("sectors.years_says"), _about(view), keyed=Keyed.PARTS)


def standing(view: View) -> Titled:
    """The sector among its wholes."""
    text = view.text
    shown = pictures.standing(view.release, text, view.chosen.sector, view.asked)
    title, says = text("sectors.standing"), text("sectors.standing_says")
    return Titled(shown, title, says, _about(view), keyed=Keyed.PARTS)


def by(view: View, dimension: str) -> Titled | None:
    """The effect in each group of a dimension within the sector, under what the test of their differences found."""
    release, text, group = view.release, view.text, view.group
    if len(release.codes(dimension)) < 2:
        return None
    title, says = (say(release, dimension, text, group) for say in (differ_heading, differ_words))
    if view.asked != view.main:
        title, says = text(f"overview.by.{dimension}"), text("sectors.by_says")
    shown = pictures.forest(release, text, dimension, view.asked, within=group)
    return Titled(shown, title, says, _about(view), keyed=Keyed.PARTS)


def every(view: View) -> Titled | None:
    """All sectors on one scale."""
    release, text = view.release, view.text
    if len(release.codes("sector")) < 2:
        return None
    shown = pictures.all_sectors(release, text, view.chosen.outcome, view.chosen.sector)
    return Titled(shown, text("sectors.all"), text("sectors.all_says"), view.outcome_label)


def spread(view: View) -> Titled:
    """How firms vary."""
    shown = pictures.spread(view.release, view.text, view.chosen.outcome, view.chosen.sector)
    return _detail(view, shown, "spread", sector_label(view))


def context(view: View) -> Titled | None:
    """The world meanwhile."""
    if not view.release.programme.context:
        return None
    return _detail(view, pictures.context(view.release, view.text, view.chosen.sector), "context", sector_label(view))


def provinces(view: View) -> Titled | None:
    """Funded firms by province."""
    if not view.release.programme.tiles:
        return None
    return _detail(view, pictures.provinces(view.release, view.text), "provinces")


def _detail(view: View, shown: pictures.Shown, name: str, about: str = "") -> Titled:
    """What stands behind a click, under the words of the click."""
    return Titled(shown, view.text(f"sectors.{name}"), view.text(f"sectors.{name}_says"), about)
