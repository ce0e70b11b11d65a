"""What no reader gets past: a server that may not serve, files that are sent here or were made for an officer."""

import logging
from typing import Final

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics.access.roles import Area, may_open
from analytics.language.console import console_text
from analytics.language.text import Text
from analytics.model import UserError
from analytics.serve.documents import notice_page
from analytics.serve.door import Caller
from analytics.serve.reader_language import preferred_language
from analytics.serve.visitors import Visitors

LOG = logging.getLogger("vetrina")
HEALTH: Final = ("/_stcore/health", "/api/health")  # which say nothing of what is served
LOGOUT: Final = "/auth/logout"
UPLOADS: Final = "/_stcore/upload_file"  # of officers alone
MADE: Final = "/media"  # files made for somebody: for an officer, but for pictures, whatever the address calls them
OFFICERS_FILE: Final = "error.serve.officers_file"
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
        if path.startswith((UPLOADS, MADE)) and not may_open(self._visitors.of(Caller.of(scope)).role, Area.OFFICE):
            if path.startswith(UPLOADS):
                await _refuse(scope, receive, send, 403, OFFICERS_FILE)
            else:
                await self._pictures_alone(scope, receive, send)
            return
        if path == LOGOUT:
            self._visitors.end_login(Caller.of(scope))
        await self._app(scope, receive, send)

    async def _pictures_alone(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is no picture is not sent."""
        is_refused = False

        async def sending(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                is_refused = message["status"] < 300 and not kind.startswith("image/")
                if is_refused:
                    await _refuse(scope, receive, send, 403, OFFICERS_FILE)
            if not is_refused:
                await send(message)

        await self._app(scope, receive, sending)

    def _say(self, closed: UserError) -> None:
        """On the console, once, why nothing is answered: what a reader must not know of this machine stands in it."""
        words = closed.said(console_text())
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
