"""Choices that live in the address, so that it always opens what is on the screen. No page of its own."""

from collections.abc import Callable, Sequence

import streamlit as st


def from_address(key: str, options: Sequence[str], default: str) -> str:
    """A choice that lives in the address: from the address, else as last chosen, else the default, else the first.

    It is written back in any case, so that the address of what is on the screen always shows the same again.
    """
    asked, kept = st.query_params.get(key), st.session_state.get(f"held_{key}")
    value = next((str(wish) for wish in (asked, kept, default) if wish in options), options[0])
    remember(key, value)
    return value


def remember(key: str, value: str) -> None:
    """Remember a choice and write it into the address."""
    st.session_state[f"held_{key}"] = value
    if st.query_params.get(key) != value:
        st.query_params[key] = value


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
    words: Callable[[str], str],
    *,
    forgets: str | None = None,
    understood: Callable[[str], str | None] | None = None,
    **more: object,
) -> str:
    """A selectbox or segmented control whose choice lives in the address by its code, in any language.

    forgets: another choice that makes no sense any more when this one changes; understood: the option that is meant by
    what a reader typed, which is None where nothing is: then the choice stays as it was.
    """
    st.session_state[f"pick_{key}"] = from_address(key, options, default)

    def chosen() -> None:
        picked = st.session_state[f"pick_{key}"] or default
        if picked not in options:
            meant = understood(picked) if understood else None
            st.session_state[f"unknown_{key}"] = None if meant else picked
            picked = meant or st.session_state[f"held_{key}"]
        remember(key, picked)
        if forgets:
            forget(forgets)

    widget(label, options, key=f"pick_{key}", format_func=words, on_change=chosen, **more)
    return str(st.session_state[f"held_{key}"])


def not_understood(key: str) -> str | None:
    """What a reader typed and nothing is known by, said once."""
    typed: str | None = st.session_state.pop(f"unknown_{key}", None)
    return typed


def switch(label: str, key: str) -> bool:
    """A switch that lives in the address."""
    st.session_state[f"pick_{key}"] = from_address(key, ("0", "1"), "0") == "1"
    st.toggle(label, key=f"pick_{key}", on_change=lambda: remember(key, str(int(st.session_state[f"pick_{key}"]))))
    return str(st.session_state[f"held_{key}"]) == "1"
