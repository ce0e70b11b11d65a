"""Headers of every answer."""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

FRAME: Final[Header] = (b"x-frame-options", b"SAMEORIGIN")


def _may_be_framed(headers: Iterable[Header]) -> bool:
    """Whether an answer says itself who may show it in a frame."""
    return any(name == b"content-security-policy" and b"frame-ancestors" in value for name, value in headers)


class SafeHeaders:
    """Answers are read as what they are, framed by nobody else but where they say so, and tell no other site where the
    reader was.
    """

    HEADERS = (
        (b"x-content-type-options", b"nosniff"),
        FRAME,
        (b"referrer-policy", b"same-origin"),
    )

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                own = [header for header in self.HEADERS if not (header == FRAME and _may_be_framed(given))]
                message["headers"] = [*given, *own]
            await send(message)

        await self._app(scope, receive, sending)
