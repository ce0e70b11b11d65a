"""What the site says of itself by law is what it does."""

import re

import pytest
from streamlit.web.server.starlette import starlette_server_config as streamlits

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES
from pages.parts.login_cookie import HOURS
from tests.pages.app import opened, sound, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_notice_names_every_cookie(demonstration: Home, language: str) -> None:
    """Streamlit's own, by its constants, and that of the nginx example; with the time for which a login holds."""
    nginx = (PROJECT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    ours = re.findall(r'default "(\w+)=\$request_id', nginx)
    theirs = [value for name, value in vars(streamlits).items() if name.endswith("_COOKIE_NAME")]
    assert (len(ours), len(theirs)) == (1, 4)
    app = opened(demonstration, "privacy", lang=language)
    assert sound(app, language)
    said = words(app)
    assert [name for name in (*ours, *theirs) if f"`{name}`" not in said] == []
    assert re.search(rf"\b{HOURS}\b", said)
    assert re.search(rf"\b{streamlits.AUTH_COOKIE_MAX_AGE_SECONDS // 86400}\b", said)
