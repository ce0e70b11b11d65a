"""Overview: one answer, what happened beside what the grants did and the money, then groups on one scale."""

import streamlit as st

from analytics import charts
from analytics.language.text import plain
from analytics.model import Arm, Estimand
from analytics.present import pictures, written
from analytics.present.asked import Asked
from analytics.present.sentences.claims import ClaimKind, claim_interval
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.lasting import lasting_sentence
from analytics.present.sentences.limits import cannot_say
from analytics.present.sentences.panels import companions, losses_words, panel_words, without_grant
from analytics.present.sentences.phrases import before_phrase, capital, horizon_phrase, lower_first, why
from analytics.present.sentences.together import count_of, count_sentence, differ_sentence
from analytics.present.tables import audit
from analytics.present.verbs import tells
from analytics.release import Figure, measures
from pages.parts import address, guide, in_use, show

frame = in_use.require_frame()
release, text = frame.release, frame.text
asked = Asked.headline(release)
outcome = release.programme.outcome(asked.outcome)
main = release.headline()

show.claim(headline_of(release, main, ClaimKind.EFFECT, "*", "*", text), frame)


def change_panel() -> None:
    """What happened, in grey: a change, not an effect."""
    change = release.main(measures.CHANGE, arm=Arm.FUNDED)
    st.subheader(text("overview.happened"), anchor=False)
    if change is None or change.value is None:
        st.markdown(plain(why(change, release, text)) if change else text("overview.absent"))
        return
    label = text("overview.happened_label", outcome=outcome.label.in_(text))
    st.metric(plain(label), text.percent(change.value))
    others = without_grant(release, text)
    st.markdown(plain(text("overview.happened_says", before=before_phrase(release, text), others=others)))
    show.picture(pictures.change_panel(release, text), "change", frame)


def labelled(label: str, figure: Figure) -> str:
    """What a number is; of a range, that it is one."""
    return label if tells(figure) else text("overview.range_label", label=label)


def effect_panel(estimand: Estimand, name: str) -> None:
    """What the grants did, in blue; on "cannot tell" the range in large type and no point."""
    st.subheader(text(f"overview.{name}"), anchor=False)
    figure = release.main(measures.EFFECTS[estimand])
    interval = claim_interval(figure, "*") if figure else None
    if figure is None or figure.value is None or interval is None:
        st.markdown(plain(why(figure, release, text)) if figure else text("overview.absent"))
        return
    large = text.percent(figure.value) if tells(figure) else text.span(*interval)
    with st.container(key=f"value_{'point' if tells(figure) else 'range'}_{name}"):
        st.metric(plain(labelled(text(f"overview.{name}_label", outcome=outcome.label.in_(text)), figure)), large)
    says = text(f"overview.{name}_says", horizon=horizon_phrase(release, asked.horizon, text))
    st.markdown(plain(f"{says} {panel_words(figure, text)}"))
    show.picture(pictures.effect_panel(release, text, estimand, point=tells(figure)), name, frame)
    half = text("overview.interval_note", half=text.span(figure.half_low or 0, figure.half_high or 0))
    st.caption(plain(f"{half} {companions(release, (), text)}"))


def money_panel(figure: Figure) -> None:
    """The same effect in money, per unit granted; the share of losses that it offset, or why none is given."""
    st.subheader(text("overview.money"), anchor=False)
    if not figure.published:
        st.markdown(plain(why(figure, release, text)))
        return
    large = written.rate(figure, outcome, text) if tells(figure) else written.rate_span(figure, outcome, text)
    with st.container(key=f"value_{'point' if tells(figure) else 'range'}_money"):
        label = text("overview.money_label", outcome=lower_first(outcome.label.in_(text)))
        st.metric(plain(labelled(capital(label), figure)), plain(large))
    horizon = horizon_phrase(release, asked.horizon, text)
    st.markdown(plain(text("overview.money_says", horizon=horizon, words=panel_words(figure, text))))
    show.picture(pictures.money_panel(release, text, point=tells(figure)), "money", frame)
    st.caption(plain(losses_words(release, text)))


def forest(dimension: str, *, shrunken: bool = False) -> None:
    """Groups of a dimension on one scale."""
    show.picture(pictures.forest(release, text, dimension, asked, shrunken=shrunken), f"forest_{dimension}", frame)


def together(dimension: str) -> None:
    """In how many groups something is gained, and whether they differ at all."""
    count = count_of(release, dimension)
    if count is not None and tells(count):
        st.markdown(plain(count_sentence(release, count, text).short))
    st.markdown(plain(differ_sentence(release, dimension, text)))


def years() -> None:
    """Year by year, and whether the effect lasts."""
    says = lasting_sentence(release, main, text) or text("sectors.years_says")
    show.titled_picture(text("overview.years"), says, pictures.years(release, text, asked), "years", frame)


def years_sizes_channels() -> None:
    """Year by year, by size, by channel."""
    named = [dimension for dimension in ("size_class", "channel") if len(release.codes(dimension)) > 1]
    columns = st.columns(3, gap="large")
    with columns[0]:
        years()
    for column, dimension in zip(columns[1:], named, strict=False):
        with column:
            picture = pictures.forest(release, text, dimension, asked, narrow=True)
            show.titled_picture(text(f"overview.by.{dimension}"), text("overview.by_says"), picture, dimension, frame)


def how_to_read() -> None:
    """The key of every interval."""
    st.subheader(text("overview.read"), anchor=False)
    st.plotly_chart(charts.key(text), theme=None, config={"staticPlot": True}, alt=charts.key_alt(text), key="key")
    st.markdown(text("overview.read_body"))


def limits() -> None:
    """What cannot be said; from all firms to those analysed."""
    with st.container(key="notice_cannot_say"):
        st.subheader(text("overview.cannot_say"), anchor=False)
        st.markdown(show.bullets(cannot_say(release, text)))
    st.subheader(text("overview.path"), anchor=False)
    show.table(audit.path_in_all(release, text), "path")


st.space("small")
panels = st.columns(3, gap="medium")
with panels[0].container(border=True, height="stretch", key="panel_change"):
    change_panel()
with panels[1].container(border=True, height="stretch", key="panel_effect"):
    effect_panel(asked.estimand, "effect")
with panels[2].container(border=True, height="stretch", key="panel_euros"):
    per_grant = release.main(measures.EXTRA_PER_GRANT)
    if per_grant is not None:
        money_panel(per_grant)
    else:  # nobody said what was granted
        effect_panel(Estimand.EURO_WEIGHTED, "euros")

guide.show_on_first_visit(text)
st.space("small")
if len(release.codes("sector")) > 1:
    wide, side = st.columns([2.25, 1], gap="large")
    with wide:
        st.header(text("overview.macro"), anchor=False)
        together("macro_sector")
        st.caption(text("overview.macro_says"))
        forest("macro_sector")
    with side:
        how_to_read()
    st.space("small")
    years_sizes_channels()
    st.space("small")
    wide, side = st.columns([2.25, 1], gap="large")
    with wide:
        st.header(text("overview.sectors"), anchor=False)
        together("sector")
        shrunken = address.switch(text("overview.shrunken"), "shrunken")
        st.caption(text("overview.sectors_shared" if release.shares_ranges else "overview.sectors_says"))
        forest("sector", shrunken=shrunken)
    with side:
        limits()
else:
    wide, side = st.columns(2, gap="large")
    with wide:
        years()
        how_to_read()
    with side:
        limits()
