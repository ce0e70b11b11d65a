"""Who a request or a websocket comes from: this machine, this site's own pages, or somebody else."""

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

FORWARDED = re.compile(r"forwarded|x-forwarded-.*|x-real-ip|via|cf-.*|true-client-ip|x-client-ip|x-cluster-client-ip")
USUAL_PORTS = {"http": 80, "https": 443}


def is_this_machine(name: str | None) -> bool:
    """Whether a name or address, such as 127.0.0.1, ::1 or localhost, is this machine's own and nobody else's."""
    bare = (name or "").strip().strip("[]").casefold()
    return bare == "localhost" or _is_loopback(bare)


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def listens_here_alone(address: str | None) -> bool:
    """Whether a server at an address, or name, can be reached from this machine alone. None or "": at all addresses."""
    name = (address or "").strip().strip("[]")
    if not name or "/" in name:  # a socket in the file system stands behind a proxy
        return False
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    except (OSError, UnicodeError):
        return is_this_machine(name)
    return bool(found) and all(_is_loopback(one) for one in found)


def comes_from_here(client: str | None, host: str | None, headers: Iterable[str]) -> bool:
    """Whether a request was sent on this machine, to this machine, by nobody for somebody else.

    client: the address it came from; host: its header Host, with or without a port: another name may be a page of
    somebody else's that had this machine asked; headers: the names of all its headers, among which proxies add theirs.
    """
    is_forwarded = any(FORWARDED.fullmatch(name.casefold()) for name in headers)
    try:
        named = urlsplit(f"//{host or ''}").hostname
    except ValueError:
        return False
    return not is_forwarded and is_this_machine(client) and is_this_machine(named)


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of who asks. client: their address; headers: by name in small letters, of one that came twice all,
    joined by ", "; cookies: by name; is_websocket: whether a page's connection is opened, of which a browser always
    says from which site.
    """

    client: str | None
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    is_websocket: bool

    @classmethod
    def of(cls, scope: Scope) -> "Caller":
        """Of a request or websocket."""
        headers = Headers(scope=scope)
        client = scope["client"][0] if scope.get("client") else None
        joined = {name: ", ".join(headers.getlist(name)) for name in headers}
        cookies = cookie_parser("; ".join(headers.getlist("cookie")))
        return cls(client, joined, cookies, scope["type"] == "websocket")

    def is_from_here(self) -> bool:
        """Whether somebody at this machine asks, by no other site's page."""
        host = self.headers.get("host")
        sites = [f"{scheme}://{host}" for scheme in USUAL_PORTS]
        return comes_from_here(self.client, host, self.headers) and any(map(self._is_asked_by, sites))

    def is_of(self, site: str) -> bool:
        """Whether it is this site that is asked, by its own page, or by no page at all. site: "https://example.org"."""
        scheme = site.partition("://")[0]
        asked = _place(f"{scheme}://{self.headers.get('host')}")
        return asked is not None and asked == _place(site) and self._is_asked_by(site)

    def _is_asked_by(self, site: str) -> bool:
        """A page elsewhere, on another port too, may have a browser ask with all that this site's own pages have."""
        origin = self.headers.get("origin")
        if origin is not None:
            return _place(origin) is not None and _place(origin) == _place(site)
        if self.is_websocket:
            return False
        mode, shown_in = self.headers.get("sec-fetch-mode"), self.headers.get("sec-fetch-dest")
        is_window = (mode, shown_in) == ("navigate", "document")
        return is_window or self.headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def _place(address: str) -> tuple[str, str, int] | None:
    """Scheme, name and port of an address; None where it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port or USUAL_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname.casefold(), port) if parts.hostname and port else None
