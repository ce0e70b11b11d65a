"""How the server meets who comes from outside: under which names, with which limits. No page of its own."""

import gc
from functools import partial
from pathlib import Path

import streamlit as st
from uvicorn import Config

from analytics.access.exposed import exposed as files_exposed
from analytics.access.installation import load_installation
from analytics.folders import PROJECT, Home
from analytics.language.text import Text
from analytics.model import UserError
from analytics.serve.connections import TimedProtocol, Unfinished, allow_open_files
from analytics.serve.hosts import Hosts

# Bytes of one message of a browser: its choices on a page, an officer's columns among them. Files come otherwise.
LONGEST_MESSAGE = 4 * 1024 * 1024
STREAMLITS = "server.allowedHosts"  # Streamlit's own option for the names of a site
# Proxies that are believed when they say for whom they ask: those on this machine, unless the environment names others.
PROXIES = "127.0.0.1,::1,::ffff:127.0.0.1"


def hosts() -> Hosts:
    """The names of the settings, and of Streamlit's own `server.allowedHosts`, but for one that means any. Raises
    UserError for one that is no name.
    """
    streamlits = tuple(name for name in st.get_option(STREAMLITS) or () if name != "*")
    given = load_installation(Home.default()).server.hosts
    try:
        return Hosts((*given, *streamlits), st.get_option("server.address"))
    except ValueError as error:
        raise UserError("settings.wrong", file="Streamlit", place=STREAMLITS, problem=str(error)) from error


def exposed(text: Text) -> list[str]:
    """In words, what others on this machine could read or change and should not."""
    home = Home.default()
    secrets = [Path(folder) / ".streamlit" / "secrets.toml" for folder in (PROJECT, Path.cwd(), Path.home())]
    found = files_exposed(home.settings, dict.fromkeys(secrets), home.confidential)
    return [text(f"exposed.{one.key}", file=one.path) for one in found]


def quieten_server(most_readers: int) -> None:
    """Have the web server not say which one it is, take no message larger than needed, not believe every proxy, and not
    wait for ever for a request.

    Streamlit has no setting for these (1.67); its web server imports the dashboard between reading its own settings and
    using them. most_readers: pages open at once, beside which there is room for as many requests again.
    """
    allow_open_files()
    for config in [one for one in gc.get_objects() if isinstance(one, Config)]:
        config.encoded_headers = [header for header in config.encoded_headers if header[0] != b"server"]
        config.ws_max_size = LONGEST_MESSAGE
        config.limit_concurrency = 2 * most_readers + 100
        config.http_protocol_class = partial(TimedProtocol, unfinished=Unfinished())  # type: ignore[assignment]
        if config.forwarded_allow_ips in ("*", ["*"], "127.0.0.1,::1"):
            config.forwarded_allow_ips = PROXIES
