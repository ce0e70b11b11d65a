"""Requests to an ASGI application without a network and without a browser."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message

from analytics.serve.hosts import Hosts

HOSTS = Hosts(("example.org",))  # of the sites that tests ask


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def words(self) -> str:
        return self.body.decode()


def ask(
    app: ASGIApp, address: str, method: str = "GET", *, client: str | None = None, scheme: str = "http", **headers: str
) -> Answer:
    """One request; `accept_encoding="gzip"` is the header Accept-Encoding; client: the address that it comes from."""
    path, _, query = address.partition("?")
    headers = {"host": "example.org"} | headers
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "client": (client, 50000) if client else None,
        "server": ("example.org", 80),
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": sent,
    }
    messages: list[Message] = []

    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        return next(asked, None) or await asyncio.Future()  # whoever asks stays until the answer is there

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    start = messages[0]
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(message.get("body", b"") for message in messages[1:]))


def connect(app: ASGIApp, origin: str | None, host: str = "example.org", **scope: object) -> str:
    """Ask for a websocket as a page of `origin` does: the kind of the first message that comes back."""
    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin is not None else [])]
    asked = {"type": "websocket", "scheme": "ws", "server": ("example.org", 80), "path": "/_stcore/stream"}
    messages: list[Message] = []
    gone = iter([{"type": "websocket.connect"}])

    async def receive() -> Message:
        return next(gone, {"type": "websocket.disconnect", "code": 1000})

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(app(asked | {"root_path": "", "query_string": b"", "headers": headers} | scope, receive, send))
    return str(messages[0]["type"])
