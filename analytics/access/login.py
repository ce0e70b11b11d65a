"""The settings of the login by OpenID Connect, as Streamlit reads them from the table `[auth]` of its secrets."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from analytics.model import UserError

NEEDED: Final = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
CALLBACK: Final = "/oauth2callback"
LEAST_SECRET: Final = 16  # characters; who guesses the secret writes logins
HOURS: Final = 12  # that a login lasts


def is_configured(auth: Mapping[str, object] | None) -> bool:
    """Whether there is a login. auth: the table, None without one.

    Raises UserError where the table is there and lacks something, or holds what cannot be right: a server that was
    meant to have a login must not start without.
    """
    if auth is None:
        return False
    missing = [name for name in NEEDED if not (isinstance(auth.get(name), str) and str(auth[name]).strip())]
    if missing:
        raise UserError("login.incomplete", missing=", ".join(missing))
    if len(str(auth["cookie_secret"])) < LEAST_SECRET:
        raise UserError("login.short_secret", least=LEAST_SECRET)
    for name, end in (("redirect_uri", CALLBACK), ("server_metadata_url", "")):
        if not _is_address(str(auth[name]), end):
            raise UserError("login.address", name=name, value=auth[name], end=CALLBACK)
    return True


def _is_address(written: str, end: str) -> bool:
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path.endswith(end)
