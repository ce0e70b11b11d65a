"""Headers of every answer."""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics.serve.policy import STILL

Header = tuple[bytes, bytes]

POLICY: Final = b"content-security-policy"
SHARED: Final = b"cross-origin-resource-policy"
READ_BY_SCRIPT: Final = b"_streamlit_xsrf="  # which the page hands back by itself, and so must read
A_YEAR: Final[Header] = (b"strict-transport-security", b"max-age=31536000")
DRAWN: Final = (b"text/html", b"image/svg+xml", b"xml")  # kinds of answers in which a browser would run scripts


class SafeHeaders:
    """Answers are read as what they are, run nothing that is not ours, are framed by nobody else but where they say so,
    and tell no other site where the reader was. Cookies go to this site alone.
    """

    HEADERS: Final = (
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
        (b"x-permitted-cross-domain-policies", b"none"),
    )

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""
        is_secure = scope.get("scheme") in ("https", "wss")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._safe(message.get("headers", []), is_secure)
            await send(message)

        await self._app(scope, receive, sending)

    def _safe(self, given: Iterable[Header], is_secure: bool) -> list[Header]:
        """The headers of an answer, with ours. is_secure: whether the reader's browser came by https."""
        headers = [
            (name, _cookie(value, is_secure)) if name.lower() == b"set-cookie" else (name, value)
            for name, value in given
        ]
        names = {name.lower(): value for name, value in headers}
        policy = names.get(POLICY, b"")
        kind = names.get(b"content-type", b"")
        own = [*self.HEADERS]
        if not policy and any(drawn in kind for drawn in DRAWN):
            policy = STILL.encode()
            own.append((POLICY, policy))
        if b"frame-ancestors *" not in policy:
            own.append((b"x-frame-options", b"DENY" if b"frame-ancestors 'none'" in policy else b"SAMEORIGIN"))
        is_open = names.get(b"access-control-allow-origin") == b"*"
        own.append((SHARED, b"cross-origin" if is_open else b"same-origin"))
        return [*headers, *own, *([A_YEAR] if is_secure else [])]


def _cookie(value: bytes, is_secure: bool) -> bytes:
    """A cookie that no script reads unless it must, that other sites' pages do not send, and https ones alone do."""
    attributes = {part.strip().partition(b"=")[0].lower() for part in value.split(b";")[1:]}
    if b"samesite" not in attributes:
        value += b"; SameSite=Lax"
    if b"httponly" not in attributes and not value.startswith(READ_BY_SCRIPT):
        value += b"; HttpOnly"
    if is_secure and b"secure" not in attributes:
        value += b"; Secure"
    return value
