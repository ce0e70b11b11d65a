"""What a page may load and run: the Content-Security-Policy of pages, and of everything else that browsers draw."""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Final

from analytics.serve.heads import language_script

_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Of what is no page of Streamlit's: nothing runs. Reports and the description of the addresses hold their own styles.
STILL: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def page_policy(html: str, languages: Iterable[str]) -> str:
    """The policy of pages: all from here; inline scripts are those of the page and the one that names its language, by
    their hashes. Streamlit writes its styles while it draws, so inline ones are let in, and runs a
    component's script from a blob, which only a script of this page can make.
    """
    inline = [*_INLINE.findall(html), *(language_script(language) for language in languages)]
    hashes = " ".join(dict.fromkeys(f"'{_hash(script)}'" for script in inline))
    rules = (
        "default-src 'none'",
        f"script-src 'self' blob: {hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
    return "; ".join(rules)


def _hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
