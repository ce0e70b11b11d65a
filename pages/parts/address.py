"""Choices that live in the address, so that it always opens what is on the screen. No page of its own."""

from collections.abc import Callable, Sequence

import streamlit as st


def read_choice(key: str, options: Sequence[str], default: str) -> str:
    """The choice of a query parameter: from the address, else as last chosen, else the default, else the first option.

    It is written back in any case, so that the address of what is on the screen always shows the same again.
    """
    candidates = (st.query_params.get(key), st.session_state.get(f"held_{key}"), default)
    choice = next((str(candidate) for candidate in candidates if candidate in options), options[0])
    remember(key, choice)
    return choice


def remember(key: str, choice: str) -> None:
    """Keep a choice for the session and write it into the address."""
    st.session_state[f"held_{key}"] = choice
    if st.query_params.get(key) != choice:
        st.query_params[key] = choice


def forget(key: str) -> None:
    """Let a choice fall back to its default."""
    st.session_state.pop(f"held_{key}", None)
    st.query_params.pop(key, None)


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


def unknown_entry(key: str) -> str | None:
    """The words that a reader has just typed and that no option is known by; None at the next call, and without any."""
    entry: str | None = st.session_state.pop(f"unknown_{key}", None)
    return entry


def switch(label: str, key: str) -> bool:
    """A switch that lives in the address as "0" or "1"; whether it is on."""
    st.session_state[f"pick_{key}"] = read_choice(key, ("0", "1"), "0") == "1"
    st.toggle(label, key=f"pick_{key}", on_change=lambda: remember(key, str(int(st.session_state[f"pick_{key}"]))))
    return str(st.session_state[f"held_{key}"]) == "1"
