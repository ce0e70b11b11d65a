"""How long, and how often at once, one client may keep a connection open without saying what it wants.

No middleware sees a connection before the head of its request is complete; until then only the web server's own
protocol can end it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import Any, Final

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from analytics.serve.clients import client_of

HEAD_SECONDS: Final = 20.0  # for a whole head, from the first moment on, however it trickles
STILL_SECONDS: Final = 60.0  # in which nothing at all comes of a body, or is taken of an answer
MOST_OF_ONE: Final = 64  # connections of one client whose request is not complete; a proxy sends whole requests
MOST: Final = 512  # of all together
OPEN_FILES: Final = 8_192  # connections and files of one process, where the machine allows it


def allow_open_files() -> None:
    """Let this process have as many connections open as its limits of readers mean, not the usual 1,024 files."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if usual != resource.RLIM_INFINITY and usual < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class Unfinished:
    """Connections whose request has not come yet. Of one client, and of all, the one that has waited longest gives its
    place to the next.
    """

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        """most: connections of all clients; most_of_one: of one."""
        self._most, self._most_of_one = most, most_of_one
        self._all: OrderedDict[TimedProtocol, str] = OrderedDict()
        self._of: dict[str, OrderedDict[TimedProtocol, None]] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._all)

    def add(self, connection: "TimedProtocol", client: str) -> None:
        """One more; whichever has no place any more is closed."""
        if connection in self._all:
            return
        self._all[connection] = client
        self._of.setdefault(client, OrderedDict())[connection] = None
        if len(self._of[client]) > self._most_of_one:
            next(iter(self._of[client])).give_up()
        if len(self._all) > self._most:
            next(iter(self._all)).give_up()

    def remove(self, connection: "TimedProtocol") -> None:
        """Its request is complete, or it is gone."""
        client = self._all.pop(connection, None)
        if client is None:
            return
        del self._of[client][connection]
        if not self._of[client]:
            del self._of[client]


class TimedProtocol(H11Protocol):
    """The web server's own protocol, which does not wait for ever: for a head, for the rest of a body, for a client
    that takes no more of an answer.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        unfinished: Unfinished,
        head_seconds: float = HEAD_SECONDS,
        still_seconds: float = STILL_SECONDS,
    ) -> None:
        """unfinished: the connections of this server that wait; the rest: as uvicorn gives it."""
        super().__init__(config, server_state, app_state, _loop)
        self._unfinished, self._head_seconds, self._still_seconds = unfinished, head_seconds, still_seconds
        self._timers: dict[_Part, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time for the first head begins."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Read on; then wait for what is still missing, if anything is."""
        self._stop(_Part.BODY)
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for."""
        super().connection_lost(exc)
        self._forget()

    def pause_writing(self) -> None:
        """The client takes an answer more slowly than it is sent."""
        super().pause_writing()
        self._watch_answer()

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()
        self._stop(_Part.ANSWER)

    def timeout_keep_alive_handler(self) -> None:
        """Closing waits until what was answered is taken, if it is."""
        super().timeout_keep_alive_handler()
        self._watch_answer()

    def give_up(self) -> None:
        """Close the connection without an answer."""
        self._forget()
        self.transport.abort()

    def _look(self) -> None:
        """What is waited for of this client, now that it has sent something."""
        if self.transport.get_protocol() is not self:  # a page's connection from here on, which has limits of its own
            self._forget()
            return
        theirs, is_closing = self.conn.their_state, self.transport.is_closing()
        is_answered = self.conn.our_state in (h11.DONE, h11.MUST_CLOSE, h11.CLOSED)
        if not is_closing and (theirs is h11.IDLE or (theirs is h11.SEND_BODY and is_answered)):
            if _Part.HEAD not in self._timers:
                self._start(_Part.HEAD, self._head_seconds, self.give_up)
                self._unfinished.add(self, client_of({"type": "http", "client": self.client}))
            return
        self._stop(_Part.HEAD)
        self._unfinished.remove(self)
        if theirs is h11.SEND_BODY and not is_closing:
            self._start(_Part.BODY, self._still_seconds, self._body_is_late)

    def _body_is_late(self) -> None:
        if self.flow.read_paused:  # nobody may send more for now
            self._start(_Part.BODY, self._still_seconds, self._body_is_late)
        elif self.conn.their_state is h11.SEND_BODY:
            self.give_up()

    def _watch_answer(self) -> None:
        """Give up a client that in a while takes nothing of an answer."""
        left = self.transport.get_write_buffer_size()
        if left:
            self._start(_Part.ANSWER, self._still_seconds, partial(self._answer_is_late, left))

    def _answer_is_late(self, before: int) -> None:
        if self.transport.get_write_buffer_size() >= before:
            self.give_up()
        else:
            self._watch_answer()

    def _start(self, part: "_Part", seconds: float, act: Callable[[], None]) -> None:
        self._stop(part)
        self._timers[part] = self.loop.call_later(seconds, act)

    def _stop(self, part: "_Part") -> None:
        timer = self._timers.pop(part, None)
        if timer is not None:
            timer.cancel()

    def _forget(self) -> None:
        for part in _Part:
            self._stop(part)
        self._unfinished.remove(self)


class _Part(Enum):
    """What a client is waited for."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
