"""Press desk: the programme's sentence ready to be copied, then what else may be said; where a quoted figure stands."""

import streamlit as st
from markupsafe import Markup

from analytics.charts.kit.markup import element
from analytics.language.text import LANGUAGES, SPOKEN
from analytics.present.sentences.correction import day_words, superseded_notice
from analytics.present.sentences.limits import do_not_say
from analytics.present.sentences.phrases import reader
from pages.parts import address, in_use, press_card, press_check, press_rest, show
from pages.parts.block import block
from pages.parts.press_card import Speaking

FORMS = ("short", "long")

frame = in_use.require_frame()
release, text = frame.release, frame.text


def published_day() -> str:
    """Since when readers see the release that is shown."""
    mine = (release.programme.id, release.release_id)
    seen = (one for one in in_use.shelves().seen() if (one.programme, one.release) == mine)
    return day_words(next((one.published for one in seen), None), text)


def switches(how: Speaking) -> Markup:
    """In which language and form sentences are said, as links; and the way to the check."""
    languages = {code: SPOKEN[code].name for code in LANGUAGES}
    forms = {form: text(f"press.form.{form}") for form in FORMS}
    to_check = element("a", text("quoted.title"), href=f"#{press_check.ANCHOR}")
    found = (
        show.switch_links("said", languages, how.said, of_languages=True),
        show.switch_links("form", forms, how.form),
        element("p", to_check, class_="switch-links"),
    )
    return element("div", *(part for part in found if part), class_="press-switches")


def superseded() -> None:
    """Of an old release: the notice that puts its main sentence right."""
    seen = {one.release: one for one in in_use.shelves().seen() if one.programme == release.programme.id}
    was, by = seen.get(release.release_id), seen.get(frame.newer or "")
    if was is None or by is None:
        return
    current = in_use.shelves().open(release.programme.id, frame.newer)
    said = reader(current, how.said)
    before, now = (press_rest.pairs(one, how)[0].headline for one in (release, current))
    words = show.copied(now, press_card.words_of(now, how.form), how.said)
    notice = superseded_notice(before.figure.figure_id, was, by, said, now=words, same=before.sentence == now.sentence)
    block(element("section", press_check.notice_markup(notice, how.said, text), class_="answer superseded"), "notice")


with show.top_row(frame):
    pass
how = Speaking(
    text,
    address.read_choice("said", LANGUAGES, text.language),
    address.read_choice("form", FORMS, FORMS[0]),
    address.site(),
)
words = address.read_words(press_check.KEY, press_check.MOST)
on_top = press_check.comes_first(words)
st.title(text("press.title"))
for to_come, until in show.embargoed(frame):
    st.info(text("press.embargo", release=to_come, until=until))
if on_top:
    press_check.check_box(words, how)
main, rail = st.columns([2.35, 1], gap="large")
with main:
    block(switches(how), "switches")
    block(press_rest.first(release, how, published_day()), "first")
    if frame.newer:
        superseded()
    if not on_top:
        press_check.check_box(words, how)
with rail:
    lines = [element("li", line) for line in do_not_say(release, text)]
    block(element("div", element("h2", text("press.do_not_say")), element("ul", *lines), class_="notice"), "do_not_say")
    about = text("press.read_shared" if release.shares_ranges else "press.read_body")
    block(press_card.folded(text("press.read"), element("p", about)), "read")
    api_address = (
        f"/api/headlines.json?lang={text.language}&programme={release.programme.id}&release={release.release_id}"
    )
    body = element("p", text("press.api_body")), element("code", api_address, class_="address")
    block(press_card.folded(text("press.api"), *body), "api")
block(press_rest.rest(release, how), "rest")
if earlier := frame.earlier():
    block(press_rest.updates(earlier, release, how), "updates")
