"""The login that Streamlit keeps in a signed cookie, and whether there is one to be had. No page of its own."""

import json
from collections.abc import Mapping

from streamlit.auth_util import get_cookie_with_chunks
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import AUTH_COOKIE_MAX_AGE_SECONDS, USER_COOKIE_NAME

from analytics.access.login import HOURS, is_configured
from analytics.model import UserError
from analytics.serve.visitors import Login

KEPT_BY_BROWSERS = AUTH_COOKIE_MAX_AGE_SECONDS  # a login that is over included
NO_FILE = "no-secrets-found"


def has_login() -> bool:
    """Whether people can log in. Raises UserError where the settings of the login are there but cannot be used."""
    try:
        section = secrets_singleton.to_dict().get("auth")
    except StreamlitSecretNotFoundError as error:
        if getattr(error, "error_id", NO_FILE) == NO_FILE:
            return False
        raise UserError("login.unreadable", problem=error) from error
    return is_configured(section if section is None or isinstance(section, Mapping) else {})


def login_of(cookies: Mapping[str, str]) -> Login | None:
    """The login that the cookies hold; None where there is none, or nobody of this server signed it."""
    fresh = _signed(cookies, HOURS / 24)
    signed = fresh or _signed(cookies, None)
    if signed is None:
        return None
    try:
        claims = json.loads(signed)
    except ValueError:
        return None
    site = claims.get("origin") if isinstance(claims, dict) else None
    return Login(claims, site, is_expired=fresh is None) if isinstance(site, str) else None


def _signed(cookies: Mapping[str, str], most_days: float | None) -> bytes | None:
    """What the cookie says, where it was signed no longer ago than so many days; None: than Streamlit keeps it."""
    secret, most = get_cookie_secret(), {} if most_days is None else {"max_age_days": most_days}

    def part(name: str) -> bytes | None:
        return decode_signed_value(secret, name, cookies[name].encode(), **most) if name in cookies else None

    return get_cookie_with_chunks(part, USER_COOKIE_NAME)
