"""The addresses for machines on the web server: methods, headers, packing, and that the browser's own copy is good."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.access.people import Person
from analytics.access.roles import Role
from analytics.access.visitor import ANYBODY, Visitor
from analytics.audit.log import AuditLog
from analytics.language.console import console_text
from analytics.language.text import Text
from analytics.model import UserError
from analytics.publish.addresses import EMBEDDED
from analytics.publish.api.answers import EMBARGO, RELEASE, Answer, Making, as_json
from analytics.publish.api.endpoints import CONTRACT_VERSION
from analytics.publish.api.images import FRAMED
from analytics.publish.api.refusals import Refusal
from analytics.publish.api.service import Service, text_of_query
from analytics.publish.embedded import refused_page
from analytics.publish.feed import PATH as FEED
from analytics.serve.clients import client_of
from analytics.serve.door import Caller
from analytics.serve.kept import KeptAnswers
from analytics.serve.limits import HEAVY, Buckets
from analytics.serve.packing import LEAST, accepted_encodings, pack
from analytics.serve.reader_language import preferred_language
from analytics.serve.visitors import anybody

LOG = logging.getLogger("vetrina")
BELOW: Final = "/api"
METHODS: Final = "GET, HEAD, OPTIONS"
TOLD: Final = (
    "ETag, Content-Disposition, Link, Vetrina-Contract, Vetrina-Release, Vetrina-State, Vetrina-Data, Vetrina-Fallback"
)
CORS: Final = {"access-control-allow-origin": "*", "access-control-expose-headers": TOLD}
# Also of a release that is named: it may be withdrawn, and may not linger in the copies of others.
A_MINUTE, NEVER = "public, max-age=60", "no-store"
PRIVATE: Final = "no-store, private"  # of what not everybody may read
HEALTH: Final = "/api/health"  # which a supervisor asks for, as often as it likes
THREADS: Final = 8  # of quick answers, and as many that wait for heavy ones
TEXTS: Final = (
    *("text/", "application/json", "application/ld+json", "application/rdf+xml", "application/atom+xml"),
    "application/vnd.sdmx.data+csv",
    "image/svg+xml",
)


@dataclass(slots=True)
class _Threads:
    """Who waits for something heavy never stands in the way of who does not. Made within the event loop."""

    quick: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))
    heavy: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))


class Api:
    """Answers every address below /api, and the feed's; leaves all else alone.

    It stands before Streamlit's own routes, whose middleware would pack every file anew for each reader.
    """

    def __init__(
        self,
        app: ASGIApp,
        service: Service,
        base: str = "",
        visitor_of: Callable[[Caller], Visitor] = anybody,
        log: AuditLog | None = None,
        buckets: Buckets | None = None,
    ) -> None:
        """base: the path below which the site lies, Streamlit's server.baseUrlPath; visitor_of: who asks; log: of what
        was given out before its time: without one nothing is; buckets: of requests, by client.
        """
        self._visitor_of, self._log = visitor_of, log
        self._app, self._service, self._kept = app, service, KeptAnswers()
        self._base = "".join(f"/{part}" for part in base.strip("/").split("/") if part)
        self._threads: _Threads | None = None
        self._buckets = buckets

    def _path(self, scope: Scope) -> str | None:
        """The path from /api on; None for one that is not ours."""
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", "")).removeprefix(self._base)
        return path if path in (BELOW, FEED) or path.startswith((f"{BELOW}/", f"{EMBEDDED}/")) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for one of them."""
        path = self._path(scope) if scope["type"] == "http" else None
        if path is None:
            await self._app(scope, receive, send)
            return
        query = scope.get("query_string", b"").decode("latin-1")
        asked = Headers(scope=scope)
        visitor = ANYBODY
        try:
            if path != HEALTH:
                self._count(scope)
            visitor = self._visitor_of(Caller.of(scope))
            response = await self._respond(scope, path, query, asked, visitor)
        except Refusal as refusal:
            response = _refusing(refusal, text_of_query(query), path, is_open=visitor.role is Role.PUBLIC)
        except Exception:  # whatever it is, a program gets JSON, and we the trace
            LOG.exception("address %s", path)
            response = _refusing(Refusal("fault"), text_of_query(query), path)
        if scope["method"] == "HEAD":
            response.body = b""  # the headers, its length among them, are those of the whole answer
        await response(scope, receive, send)

    def _count(self, scope: Scope, cost: float = 1.0) -> None:
        """Count a request of a client. Raises Refusal where it has sent too many."""
        wait = self._buckets.take(client_of(scope), cost) if self._buckets is not None else 0
        if wait:
            raise Refusal("too_many", about={"retry_after": wait}, seconds=str(wait))

    async def _respond(self, scope: Scope, path: str, query: str, asked: Headers, visitor: Visitor) -> Response:
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=_options(asked))
        if scope["method"] not in ("GET", "HEAD"):
            raise Refusal("method", METHODS.split(", "))
        if not visitor.is_admitted and path != HEALTH:
            raise Refusal("login")
        site = str(Request(scope).base_url).rstrip("/")
        site = site if site.endswith(self._base) else site + self._base
        if path == BELOW:
            behind = f"?{query}" if query.isascii() and query.isprintable() and query else ""
            return Response(status_code=308, headers={**CORS, "location": f"{site}{BELOW}/{behind}"})
        threads = self._threads = self._threads or _Threads()
        preferred = preferred_language(asked.get("accept-language"))
        prepare = partial(self._service.prepare, role=visitor.role)
        making = await to_thread.run_sync(prepare, path, query, site, preferred, limiter=threads.quick)
        if making.is_heavy and not self._kept.holds(making.key):
            self._count(scope, HEAVY - 1)
        limiter = threads.heavy if making.is_heavy else threads.quick
        return await to_thread.run_sync(self._answered, making, asked, path, visitor, limiter=limiter)

    def _answered(self, making: Making, asked: Headers, path: str, visitor: Visitor) -> Response:
        answer = self._made(making, "")
        told = dict(answer.told or {})
        if EMBARGO in told:
            self._record(told[RELEASE], path, visitor.person)
        encodings = accepted_encodings(asked.get("accept-encoding", "")) if _is_text(answer) else []
        encoding = encodings[0] if encodings and len(answer.body) >= LEAST else ""
        tag = f'"{answer.digest}{f"-{encoding}" if encoding else ""}"'
        headers = _headers(answer, tag, is_private=EMBARGO in told or not visitor.everybody_reads)
        is_kept = headers["cache-control"] != NEVER
        if is_kept and _is_known(tag, asked.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["content-encoding"] = encoding
            answer = self._made(making, encoding)
        return Response(answer.body, answer.status, headers={**headers, "content-type": answer.media_type})

    def _record(self, release: str, path: str, person: Person | None) -> None:
        """That something was given out before its time, and to whom. Raises Refusal where it cannot be recorded: then
        nothing is given out.
        """
        if self._log is None or person is None:
            raise Refusal("unrecorded")
        programme, _, name = release.rpartition(".")
        try:
            self._log.append("export", "done", person, programme=programme, release=name, what=path)
        except UserError as error:
            LOG.warning("%s", error.said(console_text()))
            raise Refusal("unrecorded") from error

    def _made(self, making: Making, encoding: str) -> Answer:
        """The answer, as it is or packed; what is worth keeping is kept either way."""
        if making.key is None:
            answer = making.make()
            return _packed(answer, encoding) if encoding else answer
        if not encoding:
            return self._kept.get(making.key, making.make, is_heavy=making.is_heavy, is_apart=making.is_apart)
        return self._kept.get((making.key, encoding), lambda: _packed(self._made(making, ""), encoding))


def _packed(answer: Answer, encoding: str) -> Answer:
    return replace(answer, body=pack(answer.body, encoding))


def _is_text(answer: Answer) -> bool:
    return answer.media_type.startswith(TEXTS)


def _headers(answer: Answer, tag: str, *, is_private: bool) -> dict[str, str]:
    """is_private: whether not everybody may read it, so that nobody may keep it or show it on another site."""
    varies = ", ".join(part for part in (answer.varies, "Accept-Encoding", "Cookie" if is_private else "") if part)
    headers = {"etag": tag, "vary": varies, "vetrina-contract": CONTRACT_VERSION}
    headers |= {"cache-control": PRIVATE} if is_private else {**CORS, "cache-control": A_MINUTE}
    if answer.file_name:
        headers["content-disposition"] = f'attachment; filename="{answer.file_name}"'
    told = headers | dict(answer.told or {})
    if is_private and told.get("content-security-policy") == FRAMED:
        told["content-security-policy"] = FRAMED.replace("frame-ancestors *", "frame-ancestors 'self'")
    return told


def _is_known(tag: str, header: str) -> bool:
    """Whether an If-None-Match header names the tag: the browser, or program, has these very bytes."""
    known = [part.strip().removeprefix("W/") for part in header.split(",")]
    return tag in known or header.strip() == "*"


def _options(asked: Headers) -> Mapping[str, str]:
    """The answer to a browser that asks before another site's script may read."""
    allowed = {"allow": METHODS, "access-control-allow-methods": METHODS, "access-control-max-age": "86400"}
    wanted = asked.get("access-control-request-headers", "")
    plain = all(mark.isalnum() or mark in "-, " for mark in wanted) and wanted.isascii()
    return {**CORS, **allowed, "access-control-allow-headers": wanted if plain and wanted else "If-None-Match"}


def _refusing(refusal: Refusal, text: Text, path: str, *, is_open: bool = True) -> Response:
    """In JSON; of what people see in a frame, as a page. is_open: whether other sites may read why."""
    headers = {**(CORS if is_open else {}), "cache-control": NEVER, "vetrina-contract": CONTRACT_VERSION}
    headers |= {"allow": METHODS} if refusal.code == "method" else {}
    headers |= {"retry-after": str(refusal.about["retry_after"])} if "retry_after" in refusal.about else {}
    headers |= {"content-language": text.language}
    if path.startswith(f"{EMBEDDED}/"):
        page = refused_page(refusal.body(text)["error"]["message"], text)
        return Response(page, refusal.status, headers | {"content-security-policy": FRAMED}, "text/html")
    return Response(as_json(refusal.body(text)), refusal.status, headers, "application/json")
