"""Markup of our own on a page: pictures, and boxes with links and buttons to copy. No page of its own."""

from pathlib import Path
from typing import Literal

import streamlit as st
from markupsafe import Markup

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_BLOCK = st.components.v2.component("vetrina_block", html="<div class='block'></div>", js=_SCRIPT, isolate_styles=False)


def block(markup: Markup, key: str, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """Show markup, as high as it is. key: of its own on the page; width: of its place, or of its content."""
    _BLOCK(data={"markup": str(markup)}, key=f"block_{key}", height="content", width=width)
