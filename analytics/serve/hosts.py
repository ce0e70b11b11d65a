"""Under which names the site answers: a request that names another, or that another site's page sends, is refused.

A name that somebody else holds may point to this machine (DNS rebinding), and would be written into links and sitemaps.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.access.host_names import Named, host_in_ascii, host_in_settings, named_host
from analytics.serve.door import is_this_machine
from analytics.serve.refusing import refuse

USUAL_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
CHANGING: Final = ("PUT", "POST", "DELETE", "PATCH")


@dataclass(frozen=True)
class Hosts:
    """The names of this site.

    names: of the settings, such as "example.org", "example.org:8443", "*.example.org"; listens_at: the address at which
    the server listens, None: at all of the machine's. A name without a port holds for the usual ports and the server's.
    Where no name is given: this machine's own names, and where others reach it, its own addresses. Raises ValueError
    for a name that is none.
    """

    names: tuple[str, ...] = ()
    listens_at: str | None = "127.0.0.1"

    def __post_init__(self) -> None:
        """Hold every name to what a name is."""
        for name in self.names:
            host_in_settings(name)

    @cached_property
    def _given(self) -> Sequence[tuple[bool, Named]]:
        """Each name, and whether it stands for all names that end in it."""
        written = (host_in_ascii(name) for name in self.names)
        found = ((name.startswith("*."), named_host(name.removeprefix("*."))) for name in written)
        return [(is_ending, named) for is_ending, named in found if named is not None]

    @cached_property
    def _own_names(self) -> frozenset[str]:
        name = socket.gethostname().casefold()
        return frozenset({name, name.partition(".")[0], f"{name.partition('.')[0]}.local"})

    def allow(self, host: Named, arrived_at: tuple[str, int] | None) -> bool:
        """Whether the site has this name. arrived_at: address and port of this machine where the request came in."""
        if is_this_machine(host.name):
            return True
        port = arrived_at[1] if arrived_at else None
        if self._is_given(host, (None, 80, 443, port)):
            return True
        if self.names or is_this_machine(self.listens_at):
            return False
        is_own = host.name in self._own_names or (arrived_at is not None and _same_address(host.name, arrived_at[0]))
        return is_own and host.port in (None, 80, 443, port)

    def _is_given(self, host: Named, usual: Iterable[int | None]) -> bool:
        """Whether the settings name a host; usual: the ports of a name without one."""
        for is_ending, given in self._given:
            is_name = host.name.endswith(f".{given.name}") if is_ending else host.name == given.name
            if is_name and (host.port == given.port if given.port is not None else host.port in usual):
                return True
        return False

    def allow_page(self, origin: str | None, host: Named, scheme: str) -> bool:
        """Whether a page may talk with the server: one of the request's own host and port, or of a name of the
        settings. origin: the header Origin; scheme: of the request, as far as the server can know it.
        """
        page = _origin(origin)
        if page is None:
            return False
        page_scheme, of = page
        if scheme in ("https", "wss") and page_scheme != "https":
            return False
        port = host.port if host.port is not None else USUAL_PORTS[page_scheme]
        usual = USUAL_PORTS[page_scheme]
        is_own = of.name == host.name and (of.port or usual) == port
        return is_own or self._is_given(of, (None, usual))


def _origin(written: str | None) -> tuple[str, Named] | None:
    scheme, _, rest = (written or "").partition("://")
    named = named_host(rest)
    return (scheme, named) if scheme in ("http", "https") and named is not None else None


def _same_address(name: str, address: str) -> bool:
    try:
        one, other = ipaddress.ip_address(name), ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(other, "ipv4_mapped", None)
    return one in (other, mapped)


class KnownHosts:
    """Refuses a request under another name, a websocket of another site's page, and what such a page would change."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        """Wrap the application."""
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is meant for this site."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        written = asked.getlist("host")
        host = named_host(written[0]) if len(written) == 1 else None
        if host is None:
            await refuse(scope, receive, send, 400, "no_host")
        elif not self._hosts.allow(host, scope.get("server")):
            await refuse(scope, receive, send, 421, "host")
        elif not self._is_from_here(scope, asked, host):
            await refuse(scope, receive, send, 403, "other_page")
        else:
            await self._app(scope, receive, send)

    def _is_from_here(self, scope: Scope, asked: Headers, host: Named) -> bool:
        """Browsers name the page that opens a websocket, always; who names none is no browser, and reads the API."""
        scheme, origin = scope.get("scheme", "http"), asked.get("origin")
        if scope["type"] == "websocket":
            return self._hosts.allow_page(origin, host, scheme)
        if scope["method"] not in CHANGING:
            return True
        is_other = asked.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site")
        return not is_other and (origin is None or self._hosts.allow_page(origin, host, scheme))
