"""What the server sends to an address that a reader opens: a page of ours with its head, or that there is none."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from html import escape
from urllib.parse import parse_qs, urlencode

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.access.roles import Area, may_open
from analytics.access.visitor import Visitor
from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.publish.feed import PATH as FEED
from analytics.release import Release
from analytics.serve.door import Caller
from analytics.serve.heads import SECTOR, Head, Shell, head_of, title_of
from analytics.serve.packing import LEAST, accepted_encodings, pack
from analytics.serve.policy import STILL, page_policy
from analytics.serve.reader_language import language_of
from analytics.serve.visitors import anybody

# Addresses that are answered by routes: Streamlit's, and the small files and JSON of ours.
ROUTED = ("/_stcore/", "/static/", "/media/", "/component/", "/api/", "/oauth2callback", "/auth/", "/app/static/")
FILES = (FEED, "/robots.txt", "/sitemap.xml", "/favicon.ico", "/favicon.svg", "/favicon.png", "/manifest.json")
KEPT = {"cache-control": "no-cache", "vary": "Accept-Language, Accept-Encoding"}
CHOICES = ("programme", "release", SECTOR)  # that change what a head says
CHECK = "check"  # somebody's words: a page about them is no page to be found

MOST_KEPT = 128  # pages

OpenRelease = Callable[[str | None, str | None], Release]


class Documents:
    """The HTML of every page. Each release, page, language and sector is put together once."""

    def __init__(
        self, shell: Shell, pages: Mapping[str, str], opens: OpenRelease, officers: Mapping[str, str] | None = None
    ) -> None:
        """pages: name -> end of the address, "" for the first; opens: a release that everybody may read, by programme
        and id, None for the usual one; officers: pages for the role of that name alone.
        """
        self._shell, self._pages, self._opens, self._officers = shell, pages, opens, officers or {}
        self._kept = lru_cache(maxsize=MOST_KEPT)(self._page)
        empty = shell.page(Head(LANGUAGES[0], "", "", "./"))
        self.policy = page_policy(empty, LANGUAGES)

    @property
    def ends(self) -> Collection[str]:
        """The ends of the pages' addresses."""
        return self._pages.values()

    def officers_page(self, path: str, language: str) -> bytes | None:
        """The HTML of a page for officers; None when there is no such page."""
        name = next((page for page, end in self._officers.items() if end == path), None)
        if name is None:
            return None
        text = Text(language)
        words = text(f"head.{name}")
        return self._shell.page(Head(language, title_of(name, text), words, f"./{path}", "noindex")).encode()

    def page(self, path: str, query: str, language: str, *, says_figures: bool = True) -> bytes | None:
        """The HTML of the page at a path ("settori"); None when there is no such page. says_figures: whether its head
        may say what is published.
        """
        name = next((page for page, end in self._pages.items() if end == path), None)
        if name is None:
            return None
        if not says_figures:
            return self._page(name, language, None, None, False, False)
        named = parse_qs(query[:2000])
        asked = {key: values[-1] for key, values in named.items() if key in CHOICES}
        try:
            release = self._opens(asked.get("programme"), asked.get("release"))
        except UserError:
            try:
                release = self._opens(None, None)
            except UserError:
                return self._page(name, language, None, None, False, False)
        sector = asked.get(SECTOR)
        known = sector if sector in release.codes(SECTOR) else None
        return self._kept(name, language, release, known, "programme" in asked, CHECK in named)

    def _page(
        self, name: str, language: str, release: Release | None, sector: str | None, is_named: bool, is_check: bool
    ) -> bytes:
        chosen = {"programme": release.programme.id} if release and is_named else {}
        chosen |= {SECTOR: sector} if sector and name == "sectors" else {}
        address = f"./{self._pages[name]}?{urlencode(chosen | {'lang': language})}"
        head = head_of(name, address, Text(language), release, sector if name == "sectors" else None)
        return self._shell.page(replace(head, robots="noindex") if is_check else head).encode()

    def missing(self, root: str, language: str) -> bytes:
        """The page of an address that there is not: that it is so, and where everything is."""
        text = Text(language)
        link = '<li><a href="{}/{}?lang={}">{}</a></li>'
        links = [link.format(root, end, language, escape(text(f"nav.{name}"))) for name, end in self._pages.items()]
        return MISSING.format(
            language=language,
            title=escape(text("page.missing_title")),
            words=escape(text("page.missing")),
            links="".join(links),
            others=" · ".join(_in_language(code, root) for code in LANGUAGES if code != language),
        ).encode()


def _in_language(language: str, root: str) -> str:
    text = Text(language)
    said = escape(text("page.missing_title"))
    return f'<a lang="{language}" href="{root}/?lang={language}">{said}</a>'


MISSING = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title} · Vetrina</title><link rel="icon" href="/favicon.svg">
<style>body{{font:1.125rem/1.5 sans-serif;color:#1B1F24;max-width:40rem;margin:4rem auto;padding:0 1rem}}
h1{{font-family:serif}}a{{color:#12436D}}</style></head>
<body><main><h1>{title}</h1><p>{words}</p><ul>{links}</ul></main><p>{others}</p></body></html>
"""


def notice_page(title: str, words: str, text: Text) -> str:
    """A page that says one thing."""
    return MISSING.format(language=text.language, title=escape(title), words=escape(words), links="", others="")


class OwnDocuments:
    """Answers every address that is neither a route nor a file: pages with 200, all others with 404."""

    def __init__(self, app: ASGIApp, documents: Documents, visitor_of: Callable[[Caller], Visitor] = anybody) -> None:
        """Wrap the application. visitor_of: who asks."""
        self._app, self._documents, self._visitor_of = app, documents, visitor_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a reader's request for an address; leave all else alone."""
        root = scope.get("root_path", "")
        path = scope.get("path", "").removeprefix(root)
        is_page_with_slash = path != "/" and path.removeprefix("/").removesuffix("/") in self._documents.ends
        is_routed = (
            path.startswith(ROUTED)
            or path in FILES
            or "/_stcore/" in path
            or (
                is_page_with_slash and path.endswith("/")  # Streamlit sends these on to the address without it
            )
        )
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or is_routed:
            await self._app(scope, receive, send)
            return
        asked, query = Headers(scope=scope), scope.get("query_string", b"").decode("latin-1")
        named = parse_qs(query[:2000]).get("lang", [None])[-1]
        language = language_of(named, asked.get("accept-language"))
        visitor, end = self._visitor_of(Caller.of(scope)), path.removeprefix("/")
        make = partial(self._documents.page, says_figures=visitor.is_admitted)
        body = await to_thread.run_sync(make, end, query, language)
        if body is None and may_open(visitor.role, Area.OFFICE):
            body = self._documents.officers_page(end, language)
        status = 200 if body is not None else 404
        content = self._documents.missing(root, language) if body is None else body
        policy = STILL if body is None else self._documents.policy
        await _html(content, status, asked, policy)(scope, receive, send)


def _html(body: bytes, status: int, asked: Headers, policy: str) -> Response:
    """An answer in HTML, packed, with what it may load; or that the browser's own copy is still good."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {**KEPT, "etag": tag, "content-security-policy": policy}
    if status == 200 and tag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    encodings = accepted_encodings(asked.get("accept-encoding", ""))
    if encodings and len(body) >= LEAST:
        headers["content-encoding"] = encodings[0]
        body = pack(body, encodings[0])
    return Response(body, status, headers, "text/html")
