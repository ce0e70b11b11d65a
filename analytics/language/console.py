"""The language in which a server speaks to who runs it, on its console: the environment names it."""

import os
from typing import Final

from analytics.language.text import Text

VARIABLE: Final = "VETRINA_LANG"


def console_text() -> Text:
    """Who speaks on the console: the language of the environment, else, or where that is none of ours, the default."""
    return Text(os.environ.get(VARIABLE, ""))
