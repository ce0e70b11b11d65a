"""Who sends a request, as far as limits need to know; nothing of it is written down."""

import ipaddress
from typing import Final

from starlette.types import Scope

UNKNOWN: Final = ""


def client_of(scope: Scope) -> str:
    """One client, for limits: its address, of IPv6 the network of a household or office (/64).

    The server itself puts the address that a proxy on this machine names in place of the proxy's; of no other sender is
    such a header believed.
    """
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else UNKNOWN)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
