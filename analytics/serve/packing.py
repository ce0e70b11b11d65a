"""Answers made small: which encodings a browser takes, and a body in one of them."""

import gzip
from collections.abc import Callable

try:
    import brotli
except ImportError:  # where nobody has built it for the machine, gzip does, a sixth larger
    brotli = None

LEAST = 500  # bytes; a smaller body fits into the packets that its headers take anyway
# How much work a body may cost: packed while somebody waits for it, or once, before anybody asks.
QUICK, THOROUGH = "quick", "thorough"
_EFFORT = {"br": {QUICK: 5, THOROUGH: 11}, "gzip": {QUICK: 6, THOROUGH: 9}}
ENCODINGS: tuple[str, ...] = ("br", "gzip") if brotli else ("gzip",)  # the smallest first


def pack(body: bytes, encoding: str, effort: str = QUICK) -> bytes:
    """The body in an encoding of ENCODINGS; equal bodies give equal bytes, as no time is written into them."""
    level = _EFFORT[encoding][effort]
    packers: dict[str, Callable[[], bytes]] = {
        "br": lambda: bytes(brotli.compress(body, quality=level)),
        "gzip": lambda: gzip.compress(body, level, mtime=0),
    }
    return packers[encoding]()


def accepted_encodings(header: str) -> list[str]:
    """Those of ENCODINGS that an Accept-Encoding header takes, the smallest first: "gzip;q=0" takes none."""
    weights = weighted(header)
    return [name for name in ENCODINGS if weights.get(name, weights.get("*", 0.0)) > 0]


def weighted(header: str) -> dict[str, float]:
    """The names of an Accept-… header, in small letters, with their weights, in its order; nonsense weighs nothing."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        name, _, parameters = part.partition(";")
        _, is_given, weight = parameters.partition("q=")
        try:
            weights[name.strip().lower()] = float(weight) if is_given else 1.0
        except ValueError:
            weights[name.strip().lower()] = 0.0
    weights.pop("", None)
    return weights
