"""What no reader gets past: a server that may not serve, files that are sent here or were made for an officer."""

import logging
import re
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.access.roles import Area, may_open
from analytics.language.text import Text
from analytics.model import UserError
from analytics.serve.documents import notice_page
from analytics.serve.door import Caller
from analytics.serve.reader_language import preferred_language
from analytics.serve.visitors import Visitors

LOG = logging.getLogger("vetrina")
HEALTH: Final = ("/_stcore/health", "/api/health")  # which say nothing of what is served
LOGOUT: Final = "/auth/logout"
# Files that an officer sends, and those that are made for one; pictures of the frame lie beside the latter.
OFFICERS: Final = re.compile(r"/_stcore/upload_file/.*|/media/(?!.*\.(svg|png|ico)$).*")
NEVER: Final = {"cache-control": "no-store"}


class Gate:
    """Answers 503 where this server may not serve, 403 where only an officer may; ends a login on the way out."""

    def __init__(self, app: ASGIApp, visitors: Visitors, base: str = "") -> None:
        """base: the path below which the site lies."""
        self._app, self._visitors = app, visitors
        self._said: str | None = None
        self._base = "".join(f"/{part}" for part in base.strip("/").split("/") if part)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request or websocket through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", "")).removeprefix(self._base)
        closed = None
        if path not in HEALTH:
            closed = await to_thread.run_sync(self._visitors.why_closed, _reached_at(scope))
        if closed is not None:
            self._say(closed)
            await _refuse(scope, receive, send, 503, "page.closed")
            return
        if OFFICERS.fullmatch(path) and scope.get("method") != "OPTIONS":
            visitor = self._visitors.of(Caller.of(scope))
            if not may_open(visitor.role, Area.OFFICE):
                await _refuse(scope, receive, send, 403, "error.serve.officers_file")
                return
        if path == LOGOUT:
            self._visitors.end_login(Caller.of(scope))
        await self._app(scope, receive, send)

    def _say(self, closed: UserError) -> None:
        """On the console, once, why nothing is answered: what a reader must not know of this machine stands in it."""
        words = closed.said(Text())
        if words != self._said:
            self._said = words
            LOG.error(words)


def _reached_at(scope: Scope) -> str | None:
    """This machine's address at which a request came in; "/" for a socket in the file system."""
    server = scope.get("server")
    if not server:
        return None
    return str(server[0]) if server[1] is not None else "/"


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, key: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    text = Text(preferred_language(Headers(scope=scope).get("accept-language")))
    await _answer(scope, status, text(key), text)(scope, receive, send)


def _answer(scope: Scope, status: int, words: str, text: Text) -> Response:
    """In JSON below /api; to people as a page."""
    headers = {**NEVER, "content-language": text.language}
    if "/api/" in f"{scope['path']}/":
        error = {"code": "closed", "message": words}
        return JSONResponse({"error": error}, status, headers)
    return Response(notice_page(text("page.closed_title"), words, text), status, headers, "text/html")
