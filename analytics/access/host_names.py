"""Names of a site, as a request's header Host and the settings write them."""

import re
from dataclasses import dataclass
from typing import Final

_WRITTEN: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Named:
    """A host in a header: its name in small letters, an address without brackets; port: None where none is named."""

    name: str
    port: int | None


def named_host(written: str | None) -> Named | None:
    """What a header Host says; None for one that is missing or wrong."""
    found = _WRITTEN.fullmatch((written or "").casefold())
    if found is None or (found[2] and not 0 < int(found[2]) < 65536):
        return None
    return Named(found[1].strip("[]"), int(found[2]) if found[2] else None)


def host_in_ascii(name: str) -> str:
    """A name as browsers send it: "città.example.org" in the letters of the net."""
    try:
        return name.strip().encode("idna").decode().casefold()
    except UnicodeError:
        return name.strip()


def host_in_settings(name: str) -> str:
    """A name as the settings may give it, without spaces around it. Raises ValueError for an address with a scheme or a
    path, or a star anywhere but in front.
    """
    if named_host(host_in_ascii(name).removeprefix("*.")) is None:
        raise ValueError(f"{name!r}: example.org, example.org:8443, *.example.org")
    return name.strip()
