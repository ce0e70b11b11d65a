"""Choices that live in the address, so that it always opens what is on the screen. No page of its own.

An address names only what differs from the usual: a parameter that is not there stands at its default. Within a session
a choice made on one page still holds on the next that asks for it. The browser keeps one entry of its history per page:
static/vetrina.js replaces the entry of a page where only its parameters change.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st

from analytics.publish.addresses import figure_page_address
from pages import PAGES, STATEMENTS

FRAME = ("lang", "programme", "release")  # choices that hold on every page
BACK = "back"  # in the address when the reader went back or forward: what it does not name is as usual, see vetrina.js
FORMER = {"by": "pair", "year": "horizon"}  # other names of parameters, in older addresses and in those for machines
LONGEST = 40  # characters of somebody else's words that a page repeats

_Chosen = dict[str, tuple[str, str]]  # key -> the choice, and what it is by default


def start() -> None:
    """Begin a run: nothing of the address has been read."""
    st.session_state["address_chosen"] = {}
    st.session_state["address_unknown"] = {}


def at(end: str) -> None:
    """Say which page runs, by the end of its address."""
    st.session_state["address_page"] = end


def settle() -> None:
    """Write the choices that the run has read into the address, together, and drop all else from it."""
    wanted = {key: choice for key, (choice, usual) in _chosen().items() if choice != usual}
    came_from = st.session_state.get("address_settled")
    st.session_state["address_settled"] = page = st.session_state.get("address_page")
    # on a page just come to in any case: what the last page wrote may reach the browser after the reader has left it
    if st.query_params.to_dict() != wanted or page != came_from:
        st.query_params.from_dict(wanted)
    st.session_state["address_written"] = wanted
    st.session_state["address_changed"] = {}


def _chosen() -> _Chosen:
    chosen: _Chosen = st.session_state.setdefault("address_chosen", {})
    return chosen


def _changed() -> dict[str, str | None]:
    """What the reader has just chosen, and the address does not say yet; None: to fall back to the default."""
    changed: dict[str, str | None] = st.session_state.setdefault("address_changed", {})
    return changed


def read_choice(key: str, options: Sequence[str], default: str) -> str:
    """The choice of a query parameter: as just chosen, else from the address, else as last chosen, else the default,
    else the first option.
    """
    asked = st.query_params.get(key, st.query_params.get(FORMER.get(key, "")))
    held = None if BACK in st.query_params else st.session_state.get(f"held_{key}")
    usual = default if default in options else options[0]
    candidates = [_changed()[key]] if key in _changed() else [asked, held]
    choice = next((str(candidate) for candidate in candidates if candidate in options), usual)
    if asked is not None and asked not in options and asked != _written().get(key):
        st.session_state.setdefault("address_unknown", {})[key] = asked[:LONGEST]
    st.session_state[f"held_{key}"] = choice
    _chosen()[key] = (choice, usual)
    return choice


def _written() -> Mapping[str, str]:
    """What the last run wrote into the address: if an option has gone since, no reader has asked for it."""
    written: Mapping[str, str] = st.session_state.setdefault("address_written", {})
    return written


def unknown() -> dict[str, str]:
    """What the address asked for in this run and there is not: key -> the beginning of its words, "" where it has none
    that can be read.
    """
    asked: dict[str, str] = st.session_state.get("address_unknown", {})
    return {key: "".join(mark if mark.isprintable() else " " for mark in words).strip() for key, words in asked.items()}


def remember(key: str, choice: str) -> None:
    """Keep a choice that the reader has just made."""
    st.session_state[f"held_{key}"] = choice
    _changed()[key] = choice


def forget(key: str) -> None:
    """Let a choice fall back to its default."""
    st.session_state.pop(f"held_{key}", None)
    _changed()[key] = None


def chosen(key: str) -> str | None:
    """The choice that this run has read; None when it has not."""
    return _chosen()[key][0] if key in _chosen() else None


def href(page: str, **choices: str) -> str:
    """The address of a page, a name of PAGES, from the site's root, with these choices, and with language, programme
    and release where they are not the usual ones: "/settori?sector=chemicals&lang=en".
    """
    frame = {key: choice for key, (choice, usual) in _chosen().items() if key in FRAME and choice != usual}
    return _address(PAGES[page], choices | {key: choice for key, choice in frame.items() if key not in choices})


def of_statement(name: str) -> str:
    """The address of a page of STATEMENTS, with the choices that hold on every page."""
    frame = {key: choice for key, (choice, usual) in _chosen().items() if key in FRAME and choice != usual}
    return _address(STATEMENTS[name], frame)


def here(**choices: str) -> str:
    """The address of what is on the screen, but with these choices. Call it behind the page's pickers."""
    unusual = {key: choice for key, (choice, usual) in _chosen().items() if choice != usual}
    return _address(page_end(), unusual | choices)


def permalink() -> str:
    """The address of what is on the screen, to be quoted: every choice is named, so that it shows the same figures
    when another release is the newest, and to readers of another language. Call it behind the page's pickers.
    """
    return site() + _address(page_end(), {key: choice for key, (choice, _) in _chosen().items() if choice})


def site() -> str:
    """What stands before every path: "https://example.org"."""
    where = urlsplit(st.context.url or "")
    return f"{where.scheme}://{where.netloc}" if where.netloc else ""


def of_figure(figure_id: str, language: str) -> str:
    """The whole address of the page that checks a figure, which is copied with it."""
    return site() + at_root(figure_page_address(figure_id, language))


def at_root(path: str) -> str:
    """A path from the site's root, where the site lies under a base path."""
    return _address(path.removeprefix("/"), {})


def page_end() -> str:
    """The end of the address of the page that runs."""
    return str(st.session_state.get("address_page", ""))


def _address(end: str, choices: Mapping[str, str]) -> str:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = "/" + "/".join(part for part in (base, end) if part)
    return path + (f"?{urlencode(choices, safe=',')}" if choices else "")


def choose(
    widget: Callable[..., object],
    label: str,
    key: str,
    options: Sequence[str],
    default: str,
    label_of: Callable[[str], str],
    *,
    resets: str | None = None,
    find_option: Callable[[str], str | None] | None = None,
    **more: object,
) -> str:
    """A selectbox or segmented control whose choice lives in the address by its code, in any language; the choice.

    label_of: an option in words; resets: the key of another choice that makes no sense any more when this one changes;
    find_option: the option that a reader means by typed words, or None: then the choice stays as it was, see
    `unknown_entry`; more: arguments of the widget.
    """
    st.session_state[f"pick_{key}"] = read_choice(key, options, default)

    def remember_choice() -> None:
        choice = st.session_state[f"pick_{key}"] or default
        if choice not in options:
            option = find_option(choice) if find_option else None
            st.session_state[f"unknown_{key}"] = None if option else choice
            choice = option or st.session_state[f"held_{key}"]
        remember(key, choice)
        if resets:
            forget(resets)

    widget(label, options, key=f"pick_{key}", format_func=label_of, on_change=remember_choice, **more)
    return str(st.session_state[f"held_{key}"])


def choose_some(
    widget: Callable[..., object],
    label: str,
    key: str,
    options: Sequence[str],
    default: Sequence[str],
    label_of: Callable[[str], str],
    **more: object,
) -> tuple[str, ...]:
    """A widget of several choices, which live in the address as "a,b"; in the order of the options. None chosen: the
    default.
    """
    usual = ",".join(default)
    asked = st.query_params.get(key)
    known = None if asked is None else _in_order(asked.split(","), options)
    if asked is not None and not known and asked != _written().get(key):
        st.session_state.setdefault("address_unknown", {})[key] = asked[:LONGEST]
    held = None if BACK in st.query_params else st.session_state.get(f"held_{key}")
    candidates = [_changed()[key]] if key in _changed() else [known, held]
    choice = next((candidate for candidate in candidates if candidate), usual)
    st.session_state[f"held_{key}"] = choice
    st.session_state[f"pick_{key}"] = choice.split(",")
    _chosen()[key] = (choice, usual)

    def changed() -> None:
        remember(key, _in_order(st.session_state[f"pick_{key}"], options) or usual)

    widget(label, options, key=f"pick_{key}", format_func=label_of, on_change=changed, **more)
    return tuple(choice.split(","))


def _in_order(chosen: Sequence[str], options: Sequence[str]) -> str:
    return ",".join(option for option in options if option in chosen)


def read_words(key: str, most: int = LONGEST) -> str:
    """Words in the address, without spaces around them, cut where they are too long."""
    asked = st.query_params.get(key, "")
    words = ((_changed()[key] or "") if key in _changed() else asked).strip()[:most]
    _chosen()[key] = (words, "")
    return words


def write(label: str, key: str, *, width: int) -> str:
    """A field for words, which live in the address; the words, without spaces around them."""
    words = read_words(key)
    st.session_state[f"pick_{key}"] = words

    def changed() -> None:
        remember(key, st.session_state[f"pick_{key}"])

    st.text_input(label, key=f"pick_{key}", max_chars=LONGEST, on_change=changed, width=width)
    return words


def unknown_entry(key: str) -> str | None:
    """The words that a reader has just typed and that no option is known by; None at the next call, and without any."""
    entry: str | None = st.session_state.pop(f"unknown_{key}", None)
    return entry


def read_switch(key: str) -> bool:
    """Whether a switch is on that lives in the address as "0" or "1"."""
    return read_choice(key, ("0", "1"), "0") == "1"


def switch(label: str, key: str) -> bool:
    """Show such a switch; whether it is on."""
    st.session_state[f"pick_{key}"] = is_on = read_switch(key)
    st.toggle(label, key=f"pick_{key}", on_change=lambda: remember(key, str(int(st.session_state[f"pick_{key}"]))))
    return is_on
