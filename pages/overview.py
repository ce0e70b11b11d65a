"""Overview: one answer, what happened beside what the grants did, then the sectors on one scale."""

import streamlit as st

from analytics import audit_tables, charts, tables, views
from analytics.headlines import headline_of
from analytics.model import Arm
from analytics.phrases import before_phrase, capital, horizon_phrase, why
from analytics.reasons import cannot_say, grade_words, total_effect
from analytics.release import Figure
from analytics.sentences import Kind, claim_interval, differ_sentence, tells
from pages import common

found = common.need_frame()
release, text = found.release, found.text
headline = release.programme.headline
outcome = release.programme.outcome(headline.outcome)
horizon = str(headline.horizon)
main = release.headline()

st.space("small")
common.claim(headline_of(release, main, Kind.EFFECT, "*", "*", text), found)


def change_panel() -> None:
    """What happened, in grey: a change, not an effect."""
    st.subheader(text("overview.happened"), anchor=False)
    change = release.figure("change", outcome=outcome.name, arm=Arm.FUNDED, horizon=horizon)
    other = release.figure("change", outcome=outcome.name, arm=Arm.COMPARISON, horizon=horizon)
    ends = views.before_and_after(release, outcome.name, horizon)
    if change is None or change.value is None or Arm.FUNDED not in ends:
        st.markdown(common.plain(why(change, release, text)) if change else text("overview.absent"))
        return
    st.metric(text("overview.happened_label", outcome=outcome.label.in_(text)), text.percent(change.value))
    beside = {"funded": text.number(change.n_funded or 0), "comparison": text.number(change.n_comparison or 0)}
    other_change = tables.percent_cell(other, text)
    before = before_phrase(release, text)
    st.markdown(text("overview.happened_beside", change=other_change, before=before, **beside))
    funded, comparison = ends[Arm.FUNDED], ends.get(Arm.COMPARISON)
    stamp = views.stamp(release, change.figure_id, text)
    figure = charts.change_panel(funded, comparison, currency=outcome.currency, stamp=stamp, text=text)
    alt = charts.change_panel_alt(funded, comparison, currency=outcome.currency, text=text)
    common.chart(figure, alt, "chart_change")
    st.caption(text("overview.happened_note"))


def effect_panel(figure: Figure | None, name: str) -> None:
    """What the grants did, in blue; on "cannot tell" the range in large type and no point."""
    st.subheader(text(f"overview.{name}"), anchor=False)
    interval = claim_interval(figure, "*") if figure else None
    if figure is None or figure.value is None or interval is None:
        st.markdown(common.plain(why(figure, release, text)) if figure else text("overview.absent"))
        return
    point = tells(figure)
    large = text.percent(figure.value) if point else text.span(*interval)
    with st.container(key=f"value_{'point' if point else 'range'}_{name}"):
        st.metric(text(f"overview.{name}_label", outcome=outcome.label.in_(text)), large)
    st.markdown(text(f"overview.{name}_says", horizon=horizon_phrase(release, horizon, text)))
    mark = views.mark(figure)
    if mark is not None:
        stamp = views.stamp(release, figure.figure_id, text)
        drawn = charts.effect_panel(mark, stamp=stamp, text=text, point=point)
        common.chart(drawn, charts.effect_panel_alt(mark, text, point=point), f"chart_{name}")
    st.caption(text("overview.interval_note", half=text.span(figure.half_low or 0, figure.half_high or 0)))


def money_panel(figure: Figure) -> None:
    """The same effect in money, per unit granted; the share of losses that it offset, or why none is given."""
    st.subheader(text("overview.money"), anchor=False)
    mark = views.mark(figure)
    if mark is None or outcome.currency is None:
        st.markdown(common.plain(why(figure, release, text)))
        return
    point = tells(figure)
    large = tables.rate(figure, outcome, text) if point else tables.rate_span(figure, outcome, text)
    with st.container(key=f"value_{'point' if point else 'range'}_money"):
        st.metric(capital(text("overview.money_label", outcome=outcome.label.in_(text).lower())), large)
    money = headline_of(release, figure, Kind.MONEY, "*", "*", text)
    st.markdown(common.plain(money.sentence.short))
    stamp, currency = views.stamp(release, figure.figure_id, text), outcome.currency
    drawn = charts.effect_panel(mark, stamp=stamp, text=text, currency=currency, point=point)
    common.chart(drawn, charts.effect_panel_alt(mark, text, currency=currency, point=point), "chart_money")
    st.caption(common.plain(text("overview.money_note", losses=losses_words(), grade=grade_words(figure, text))))


def losses_words() -> str:
    """The share of losses that extra sales offset, or why none is given; the effect on sales as a whole."""
    losses = release.figure("losses_offset", outcome=outcome.name, horizon=horizon)
    if losses is None:
        return ""
    said = headline_of(release, losses, Kind.LOSSES, "*", "*", text).sentence.short
    total = total_effect(release)
    if total is None or total.low is None or total.high is None:
        return said
    whole = release.programme.outcome(total.outcome).label.in_(text)
    return f"{said} {text('overview.total', outcome=whole, span=text.span(total.low, total.high))}"


st.space("small")
columns = st.columns(3, gap="medium")
with columns[0].container(border=True, height="stretch", key="panel_change"):
    change_panel()
with columns[1].container(border=True, height="stretch", key="panel_effect"):
    effect_panel(main, "effect")
with columns[2].container(border=True, height="stretch", key="panel_euros"):
    per_grant = release.figure("extra_per_grant", outcome=outcome.name, horizon=horizon)
    if per_grant is not None:
        money_panel(per_grant)
    else:  # nobody said what was granted
        effect_panel(release.figure("euro_weighted", outcome=outcome.name, horizon=horizon), "euros")


def forest(dimension: str) -> None:
    """Groups on one scale, most funded firms first; a second drawing for phones."""
    rows = views.effect_rows(release, dimension, outcome.name, horizon, text)
    reference = views.mark(main)
    stamp = views.stamp(release, main.figure_id, text)
    alt = charts.forest_alt(rows, text, reference)
    for form, compact in (("wide", False), ("phone", True)):
        with st.container(key=f"{form}_{dimension}"):
            drawn = charts.forest(
                rows,
                reference=reference,
                stamp=stamp,
                text=text,
                compact=compact,
                heading=text(f"dimension.{dimension}"),
            )
            common.chart(drawn, alt, f"forest_{form}_{dimension}")


def rail() -> None:
    """How to read, what cannot be said, from all firms to those analysed."""
    st.subheader(text("overview.read"), anchor=False)
    st.markdown(text("overview.read_body"))
    with st.container(key="notice_cannot_say"):
        st.subheader(text("overview.cannot_say"), anchor=False)
        st.markdown(common.bullets(cannot_say(release, text)))
    st.subheader(text("overview.path"), anchor=False)
    st.table(audit_tables.path_in_all(release, text), border="horizontal")


st.space("medium")
if len(release.codes("sector")) > 1:
    wide, side = st.columns([2.25, 1], gap="large")
    with wide:
        st.header(text("overview.macro"), anchor=False)
        st.markdown(common.plain(differ_sentence(release, "macro_sector", text)))
        st.caption(text("overview.macro_says"))
        forest("macro_sector")
        st.header(text("overview.sectors"), anchor=False)
        st.markdown(common.plain(differ_sentence(release, "sector", text)))
        st.caption(text("overview.sectors_says"))
        forest("sector")
    with side:
        rail()
else:
    rail()
