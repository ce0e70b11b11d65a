"""Steps 6 to 8 of the officer's page: build, what would change in every headline, publish. No page of its own."""

import datetime as dt

import pandas as pd
import streamlit as st
from markupsafe import Markup

from analytics.charts.kit.markup import element
from analytics.clock import ROME, moment_in_words
from analytics.folders import Home
from analytics.language.text import Text, plain
from analytics.officer import works
from analytics.officer.told import Comparison, HeadlineChange
from analytics.programme.file import Programme, load_programme
from analytics.release import Releases
from analytics.release.ledger import State
from pages.parts import address, officer_approval
from pages.parts.block import block
from pages.parts.officer_desk import Desk, busy, going_on, later, said, step
from pages.parts.officer_import import confirmed
from pages.parts.officer_rows import words_table

SHOWN = ("changed", "new", "gone", "same")  # in this order


def show_build(desk: Desk, text: Text) -> None:
    """Step 6: a candidate from all that counts in the store."""
    step(6, "build", text)
    st.markdown(text("officer.build_says"))
    ready = bool(desk.archive and any(one.undone_at is None for one in desk.archive.imports))
    if st.button(text("officer.build"), type="primary", disabled=desk.is_busy or not ready, key="officer_build"):
        desk.begin("build", works.build, desk.programme, Home.default(), desk.person)
        st.rerun()
    if not ready and not desk.is_busy:
        later("build", text)
    busy(desk, text, "build")
    going_on(desk, ("build",), text)
    if desk.candidate is not None:
        st.success(text("officer.built_done", release=desk.candidate.release))
        if desk.candidate.says:
            st.warning("  \n".join(said(words, text) for words in desk.candidate.says))
        with st.expander(text("officer.evidence")):
            st.markdown(said(desk.candidate.evidence, text))
        st.caption(text("officer.next.build"))


# ---- what would change -----------------------------------------------------------------------------------------------


def show_headlines(desk: Desk, text: Text) -> None:
    """Step 7: every headline sentence as it is and as it would be."""
    step(7, "headlines", text)
    going_on(desk, ("compare",), text)
    found = desk.comparison
    if found is None:
        later("headlines", text)
        return
    if found.unreadable:
        st.warning(said(found.unreadable, text))
    if found.old is None:
        st.markdown(text("officer.first_release", release=found.release))
    else:
        st.markdown(text("officer.compared", old=found.old, release=found.release))
        _show_counts(found, text)
    changed = [one for one in found.headlines if one.how != "same"]
    same = [one for one in found.headlines if one.how == "same"]
    if not changed:
        st.markdown(text("officer.nothing_changes"))
    else:
        ordered = sorted(changed, key=lambda one: SHOWN.index(one.how))
        block(Markup("").join(_headline(one, text) for one in ordered), "officer_headlines")
    if same:
        with st.expander(text("officer.unchanged", n=len(same))):
            block(Markup("").join(_headline(one, text) for one in same), "officer_same")
    st.caption(text("officer.next.headlines"))


def _show_counts(found: Comparison, text: Text) -> None:
    counts = ", ".join(
        text("cli.difference.count", how=text(f"cli.change.{how}"), n=text.number(n)) for how, n in found.counts.items()
    )
    causes = ", ".join(text(f"cli.cause.{cause}") for cause in found.causes)
    st.markdown(text("officer.figures", counts=counts or text("officer.no_figures")))
    st.markdown(text("cli.difference.causes", causes=causes or text("cli.cause.none")))


def _headline(one: HeadlineChange, text: Text) -> Markup:
    """A sentence before and after, each with how reliable it is said to be."""
    sides = [
        element(
            "div",
            element("b", text(f"officer.side.{side}")),
            element("p", words[text.language]),
            element("small", _unsaid_grade(words[text.language], (grade or {}).get(text.language, ""))),
        )
        for side, words, grade in (("before", one.before, one.grade_before), ("after", one.after, one.grade_after))
        if words is not None and (one.how != "same" or side == "after")
    ]
    about = f"{one.label[text.language]}, {text(f'officer.about.{one.kind}')}"
    title = element("h3", about, " · ", text(f"officer.changed.{one.how}"))
    return element("section", title, element("div", *sides, class_="sides"), class_=f"headline-change {one.how}")


def _unsaid_grade(sentence: str, grade: str) -> str:
    """How reliable a sentence is said to be, where it does not say so itself."""
    return "" if grade in sentence else grade


# ---- publication -----------------------------------------------------------------------------------------------------


def show_publication(desk: Desk, text: Text) -> None:
    """Step 8: publish, withdraw, and where each release stands."""
    step(8, "publish", text)
    programme = load_programme(desk.programme) if desk.programme else None
    releases = Releases(Home.default().releases, desk.programme)
    known = releases.known()[::-1] if desk.programme else []
    if programme is None or not known:
        later("publish", text)
        return
    waiting = [name for name in known if releases.state(name) is State.CANDIDATE and releases.path(name).exists()]
    officer_approval.show_rule(desk, programme, waiting, text)
    if waiting:
        _choose_publication(desk, programme, waiting, text)
    busy(desk, text, "approve", "publish", "withdraw")
    going_on(desk, ("approve", "publish", "withdraw"), text)
    if desk.published is not None:
        st.success(said(desk.published, text))
        link = element("a", text("officer.see"), href=address.href("overview", programme=desk.programme))
        block(element("p", link, class_="switch-links"), "officer_see")
    st.subheader(text("officer.releases"), anchor=False)
    _table(releases, programme, known, text)
    if visible := [name for name in known if name in (*releases.published(), *releases.embargoed())]:
        _choose_withdrawal(desk, visible, text)


def _choose_publication(desk: Desk, programme: Programme, waiting: list[str], text: Text) -> None:
    shown = desk.comparison.release if desk.comparison else None
    chosen = st.selectbox(
        text("officer.publish_which"),
        waiting,
        waiting.index(shown) if shown in waiting else 0,
        format_func=lambda name: text("frame.release_option", release=name),
        disabled=desk.is_busy,
        key=f"officer_publish_which_{shown}",
    )
    if chosen != shown:
        st.markdown(text("officer.compare_first"))
        if st.button(text("officer.compare"), disabled=desk.is_busy, key="officer_compare"):
            desk.begin("compare", works.compare, desk.programme, chosen, Home.default())
            st.rerun()
        return
    if not officer_approval.show(desk, programme, chosen, text):
        return
    until = _choose_moment(desk, text)
    label = text("officer.publish" if until is None else "officer.publish_later", release=chosen)
    when = text("officer.at_once") if until is None else moment_in_words(until, text)
    confirmed(desk, "publish", chosen, label, text("officer.publish_sure", release=chosen, when=when), text)
    if desk.question == ("publish!", chosen):
        desk.begin("publish", works.publish, desk.programme, chosen, until, Home.default(), desk.person)
        st.rerun()


def _choose_moment(desk: Desk, text: Text) -> dt.datetime | None:
    """When readers are to see it; None: at once."""
    when = st.radio(
        text("officer.when"),
        ("now", "later"),
        format_func=lambda one: text(f"officer.when_{one}"),
        horizontal=True,
        disabled=desk.is_busy,
        key="officer_when",
    )
    if when == "now":
        return None
    tomorrow = dt.datetime.now(ROME).date() + dt.timedelta(days=1)
    left, right = st.columns(2, gap="medium")
    day = left.date_input(text("officer.day"), tomorrow, format="DD/MM/YYYY", key="officer_day")
    hour = right.time_input(text("officer.hour"), dt.time(9), key="officer_hour")
    return dt.datetime.combine(day or tomorrow, hour or dt.time(9), ROME)


def _table(releases: Releases, programme: Programme, known: list[str], text: Text) -> None:
    built = {entry.release: entry.at for entry in releases.ledger() if entry.action == "built"}
    lines = [
        {
            text("officer.release"): text("frame.release_option", release=name),
            text("officer.column_of.state"): _state(releases, programme, name, text),
            text("officer.built"): moment_in_words(dt.datetime.fromisoformat(built[name]), text)
            if name in built
            else "–",
        }
        for name in known
    ]
    frame = pd.DataFrame(lines).map(plain)
    words_table(frame.set_index(frame.columns[0]), "releases")


def _state(releases: Releases, programme: Programme, name: str, text: Text) -> str:
    """Where a release stands; of a candidate, what comes next."""
    state, embargoed = releases.state(name), releases.embargoed()
    if state is State.CANDIDATE and (own := officer_approval.state(programme, name)):
        return text(f"officer.state.{own}")
    return text(f"cli.state.{state}", until=moment_in_words(embargoed[name], text) if name in embargoed else "")


def _choose_withdrawal(desk: Desk, visible: list[str], text: Text) -> None:
    with st.expander(text("officer.withdraw")):
        st.markdown(text("officer.withdraw_says"))
        chosen = st.selectbox(
            text("officer.withdraw_which"),
            visible,
            format_func=lambda name: text("frame.release_option", release=name),
            disabled=desk.is_busy,
            key="officer_withdraw_which",
        )
        label = text("officer.withdraw_do", release=chosen)
        confirmed(desk, "withdraw", chosen, label, text("officer.withdraw_sure", release=chosen), text)
        if desk.question == ("withdraw!", chosen):
            desk.begin("withdraw", works.withdraw, desk.programme, chosen, Home.default(), desk.person)
            st.rerun()
