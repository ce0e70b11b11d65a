"""Requests that are never finished keep nobody else out: half a head, none, half a body, an answer not taken."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config, Server

from analytics.serve.connections import TimedProtocol, Unfinished, allow_open_files

MOST, MOST_OF_ONE = 12, 8
SECONDS = 1.0  # for a head, and in which nothing comes
HALVES = (b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ")
ANSWER = b"x" * 40_000_000  # more than the machine's own buffers take
LIMIT = 20  # requests at once that the server answers


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body at one address, answers much at another."""
    if scope["path"] == "/body":
        while (await receive()).get("more_body"):
            pass
    body = ANSWER if scope["path"] == "/much" else b"here"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


class Served:
    """A server on a port of its own. unfinished: the connections that it waits for."""

    def __init__(self) -> None:
        self.unfinished = Unfinished(MOST, MOST_OF_ONE)
        config = Config(application, log_level="critical", lifespan="off", limit_concurrency=LIMIT)
        config.load()
        protocol = partial(TimedProtocol, unfinished=self.unfinished, head_seconds=SECONDS, still_seconds=SECONDS)
        config.http_protocol_class = protocol  # type: ignore[assignment]
        self.server, self.listening = Server(config), socket.create_server(("0.0.0.0", 0))
        self.port = int(self.listening.getsockname()[1])

    def begin(self, words: bytes = b"", sender: str = "127.0.0.1") -> socket.socket:
        """A connection of a client, on which so much is sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), 30, (sender, 0))
        connection.sendall(words)
        return connection

    def answer(self, sender: str = "127.0.0.1") -> bytes:
        """What a whole request gets."""
        with self.begin(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", sender) as connection:
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def served() -> Iterator[Served]:
    made = Served()
    thread = threading.Thread(target=asyncio.run, args=[made.server.serve([made.listening])])
    thread.start()
    try:
        while not made.server.started:
            time.sleep(0.01)
        yield made
    finally:
        made.server.should_exit = True
        thread.join()


def ends(connection: socket.socket) -> bool:
    """Whether the server closes a connection, soon."""
    connection.settimeout(SECONDS * 6)
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@contextmanager
def many(served: Served, number: int, half: bytes, sender: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(served.begin(half, sender)) for _ in range(number)]


@pytest.mark.parametrize("half", HALVES)
def test_half_requests_of_one_client_keep_nobody_out(served: Served, half: bytes) -> None:
    """Whoever sent them too: the oldest give their places up, at once; what is left ends with its time."""
    with many(served, 5 * LIMIT, half) as halves:
        assert served.answer("127.0.0.2").endswith(b"here")
        assert served.answer().endswith(b"here")
        assert len(served.unfinished) <= MOST_OF_ONE
        assert all(map(ends, halves))
    assert len(served.unfinished) == 0


def test_half_requests_of_many_clients_keep_nobody_out(served: Served) -> None:
    """There is a limit of all together, too."""
    with ExitStack() as stack:
        for last in range(10, 20):
            stack.enter_context(many(served, MOST_OF_ONE, HALVES[-1], f"127.0.0.{last}"))
        assert served.answer("127.0.0.2").endswith(b"here")
        assert len(served.unfinished) <= MOST


def test_a_head_that_trickles_ends_all_the_same(served: Served) -> None:
    """Its time runs from the first moment on, whatever comes meanwhile."""
    with served.begin(HALVES[-1]) as connection:
        for _ in range(int(SECONDS * 60)):
            try:
                connection.sendall(b"x")
            except OSError:
                return
            time.sleep(0.1)
    pytest.fail("still open")


@pytest.mark.parametrize("path", ["/", "/body"])
def test_a_body_that_does_not_come_is_not_waited_for(served: Served, path: str) -> None:
    """Whether the application wants it or has answered without."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode()
    with served.begin(head + b"half") as connection:
        assert ends(connection)


def test_an_answer_that_nobody_takes_is_not_kept(served: Served) -> None:
    """It lies in memory as long as the client may still take it."""
    with served.begin(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        time.sleep(0.3)
        assert served.server.server_state.connections
        until = time.monotonic() + SECONDS * 6
        while served.server.server_state.connections and time.monotonic() < until:
            time.sleep(0.1)
        assert not served.server.server_state.connections
        assert connection.fileno() >= 0


def test_who_is_slow_but_goes_on_is_served(served: Served) -> None:
    """A body that comes in parts, an answer that is taken in parts, a second request on the same connection."""
    with served.begin(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n") as connection:
        for byte in (b"h", b"a", b"l", b"f"):
            time.sleep(SECONDS * 0.6)
            connection.sendall(byte)
        while b"here" not in connection.recv(65536):
            pass
        connection.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        taken = 0
        while piece := connection.recv(4_000_000):
            taken += len(piece)
            time.sleep(SECONDS * 0.03)
    assert taken > len(ANSWER)


def test_a_server_may_open_more_than_the_usual_number_of_files() -> None:
    """As many as the machine allows, within reason; a limit that is higher already stays."""
    resource = pytest.importorskip("resource")
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, usual), most))
        allow_open_files()
        raised, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert raised == min(8192, most) or most == resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))
        allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= usual
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))
