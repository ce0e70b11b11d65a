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


def ask(app: ASGIApp, address: str, method: str = "GET", **headers: str) -> Answer:
    """One request; `accept_encoding="gzip"` is the header Accept-Encoding."""
    path, _, query = address.partition("?")
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "server": ("example.org", 80),
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"example.org"), *sent],
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
