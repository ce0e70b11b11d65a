"""Who may come in through the door that stands open on this machine alone, until there is a login."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

FORWARDED = re.compile(r"forwarded|x-forwarded-.*|x-real-ip|via|cf-.*|true-client-ip|x-client-ip|x-cluster-client-ip")


def is_this_machine(name: str | None) -> bool:
    """Whether a name or address, such as 127.0.0.1, ::1 or localhost, is this machine's own and nobody else's."""
    bare = (name or "").strip().strip("[]").casefold()
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


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
