"""The pictures of the overview: of the programme's own question."""

from analytics.present import pictures
from analytics.present.sentences.changes import changes_heading, changes_words
from analytics.present.sentences.lasting import lasting_heading, lasting_sentence
from analytics.present.sentences.panels import losses_words, money_heading, money_words
from analytics.present.sentences.together import differ_heading, differ_words
from analytics.present.titled.chosen import View
from analytics.present.titled.titled import Keyed, Titled
from analytics.release import Release

_GROUPS = ("size_class", "channel")


def groups_shown(release: Release) -> list[str]:
    """The dimensions that stand beside the years."""
    return [dimension for dimension in _GROUPS if len(release.codes(dimension)) > 1]


def changes(view: View) -> Titled:
    """What happened beside what the grants did."""
    release, text = view.release, view.text
    title, says = changes_heading(release, (), text), changes_words(release, (), text)
    return Titled(pictures.changes_and_effect(release, text), title, says, keyed=Keyed.PARTS)


def money(view: View) -> Titled:
    """Extra sales for each unit of money granted, and the losses."""
    release, text = view.release, view.text
    says = f"{money_words(release, text)} {losses_words(release, text)}".strip()
    shown, title = pictures.money(release, text), money_heading(release, text)
    return Titled(shown, title, says, keyed=Keyed.PARTS)


def sectors(view: View) -> Titled | None:
    """Every sector under its macro-sector, on one axis."""
    release, text = view.release, view.text
    if len(release.codes("sector")) < 2:
        return None
    return Titled(
        pictures.sectors(release, text),
        differ_heading(release, "sector", text),
        f"{differ_words(release, 'sector', text)} {text('overview.order')}",
        only_there=text("overview.opens"),
        keyed=Keyed.WHOLE,
    )


def years(view: View) -> Titled:
    """The effect in each year after funding."""
    release, text = view.release, view.text
    axis = pictures.small_axis(release, text, groups_shown(release), view.main)
    title, says = (say(release, release.headline(), text) for say in (lasting_heading, lasting_sentence))
    return Titled(pictures.years(release, text, view.main, axis=axis), title, says, keyed=Keyed.PARTS)


def by(view: View, dimension: str) -> Titled | None:
    """Every group of a dimension, on the axis of the years."""
    release, text = view.release, view.text
    groups = groups_shown(release)
    if dimension not in groups:
        return None
    axis = pictures.small_axis(release, text, groups, view.main)
    title, says = (say(release, dimension, text) for say in (differ_heading, differ_words))
    shown = pictures.forest(release, text, dimension, view.main, axis=axis)
    return Titled(shown, title, says, keyed=Keyed.PARTS)
