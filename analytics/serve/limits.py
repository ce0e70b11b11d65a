"""How much one client, and all together, may have at once: requests of machines a minute, pages open at a time."""

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

from anyio import sleep
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics.serve.clients import client_of
from analytics.serve.refusing import refuse

MOST_CLIENTS: Final = 10_000  # that are remembered; who has not come for longest is forgotten first
HEAVY: Final = 10.0  # requests for which one counts whose answer takes work
AGAIN: Final = 30  # seconds after which who found no place may try again
# Choices on pages, each of which draws one anew: of one client in a second, and how many may come at once before.
CHOICES, AT_ONCE = 10.0, 100.0


class Buckets:
    """A bucket of requests for each client, refilled evenly: a minute's worth may be taken at once."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        """per_minute: requests; now: a clock in seconds that never goes back."""
        self._most, self._now = float(per_minute), now
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> requests left, at what time

    def __len__(self) -> int:
        """How many clients are remembered."""
        return len(self._held)

    def take(self, client: str, cost: float = 1.0) -> int:
        """Take requests out of a client's bucket: 0. Where there are not enough, none are taken, and in how many
        seconds there will be.
        """
        cost, now = min(cost, self._most), self._now()
        left, at = self._held.get(client, (self._most, now))
        left = min(self._most, left + (now - at) * self._most / 60)
        is_paid = left >= cost
        self._held[client] = (left - cost if is_paid else left, now)
        self._held.move_to_end(client)
        while len(self._held) > MOST_CLIENTS:
            self._held.popitem(last=False)
        return 0 if is_paid else math.ceil((cost - left) * 60 / self._most)


class Pace:
    """How long each client's next choice waits: not at all, until more come than a server should draw for one."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """now: a clock in seconds that never goes back."""
        self._now = now
        self._free_at: OrderedDict[str, float] = OrderedDict()  # client -> when all its choices have had their time

    def wait(self, client: str) -> float:
        """Count a choice; in how many seconds it may be read."""
        now = self._now()
        self._free_at[client] = free_at = max(now, self._free_at.get(client, now)) + 1 / CHOICES
        self._free_at.move_to_end(client)
        while len(self._free_at) > MOST_CLIENTS:
            self._free_at.popitem(last=False)
        return max(0.0, free_at - now - AT_ONCE / CHOICES)


class Places:
    """Counts who has a page open, which takes memory as long as it is; who finds no place is told so. What comes from a
    page too quickly waits, unread, so that others are served meanwhile.
    """

    def __init__(self, app: ASGIApp, most: int, most_of_one: int) -> None:
        """most: pages open at once; most_of_one: of one client, behind whose address a whole office may sit."""
        self._app, self._most, self._most_of_one, self._pace = app, most, most_of_one, Pace()
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer who asks for a page and finds no place; leave all else alone."""
        client = client_of(scope) if scope["type"] in ("http", "websocket") else ""
        is_full = self._open.total() >= self._most or self._open[client] >= self._most_of_one
        if is_full and (scope["type"] == "websocket" or _is_for_a_page(scope)):
            await refuse(scope, receive, send, 503, "full", {"retry-after": str(AGAIN)})
            return
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        self._open[client] += 1

        async def in_turn() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and (seconds := self._pace.wait(client)):
                await sleep(seconds)
            return message

        try:
            await self._app(scope, in_turn, send)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]


def _is_for_a_page(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    return "/_stcore/" not in scope["path"] and "text/html" in Headers(scope=scope).get("accept", "")
