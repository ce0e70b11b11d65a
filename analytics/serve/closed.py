"""What the server does not do at all: addresses of Streamlit's that nobody needs, methods, what is too long; faults."""

import logging
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics.serve.refusing import refuse

LOG = logging.getLogger("vetrina")
OWN: Final = "/_stcore/"
STREAM: Final = "stream"
OPEN: Final = (STREAM, "health", "host-config")  # below OWN; all else there tells of the server, or drives it
UPLOADS: Final = "upload_file/"
NOTHING_THERE: Final = ("/component/", "/app/static/")  # where Streamlit would look for what this site does not have
READING: Final = ("GET", "HEAD", "OPTIONS")
CHANGING_UPLOADS: Final = ("PUT", "DELETE", "OPTIONS")
LONGEST_PATH, LONGEST_QUERY, LONGEST_HEADERS = 2_048, 8_192, 32_768  # bytes

TakesFiles = Callable[[Scope], bool]  # whether who asks may hand in files


class Closed:
    """Refuses what is not needed, and says a fault in words, never its trace."""

    def __init__(self, app: ASGIApp, takes_files: TakesFiles) -> None:
        """takes_files: whether who sends a request may hand in files at all."""
        self._app, self._takes_files = app, takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the site does."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is None:
            await _told(self._app, scope, receive, send)
            return
        status, code = refused
        allowed = {"allow": ", ".join(READING)} if status == 405 else {}
        await refuse(scope, receive, send, status, code, allowed)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Status and code of what is not done; None for what is."""
        path = str(scope.get("path", ""))
        if len(path.encode()) > LONGEST_PATH or len(scope.get("query_string", b"")) > LONGEST_QUERY:
            return 414, "too_long"
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEADERS:
            return 431, "too_long"
        if not path.startswith("/") or "\0" in path:
            return 400, "address"
        _, is_own, end = path.partition(OWN)
        if scope["type"] == "websocket":
            return None if end == STREAM else (404, "nothing")
        if is_own and end.startswith(UPLOADS):
            if not self._takes_files(scope):
                return 404, "nothing"
            return None if scope["method"] in CHANGING_UPLOADS else (405, "method")
        if (is_own and end not in OPEN) or any(name in path for name in NOTHING_THERE):
            return 404, "nothing"
        if scope["method"] not in READING and not _says_so_itself(path):
            return 405, "method"
        return None


def _says_so_itself(path: str) -> bool:
    """Whether an address is one for machines, which refuses methods in its own words."""
    return "/api/" in path or path.endswith(("/api", "/feed.atom")) or "/embed/" in path


async def _told(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let the application answer; where it fails before it has begun to, say so."""
    has_begun = False

    async def sending(message: Message) -> None:
        nonlocal has_begun
        has_begun = True
        await send(message)

    try:
        await app(scope, receive, sending)
    except Exception:  # whatever it is, who asked gets words, and we the trace
        if has_begun or scope["type"] != "http":
            raise
        LOG.exception("an answer could not be made")
        await refuse(scope, receive, send, 500, "fault")
