"""An answer that says, in every language, why the server does nothing; it repeats nothing of what was asked."""

from collections.abc import Mapping
from html import escape
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from analytics.language.text import LANGUAGES, Text
from analytics.publish.api.answers import as_json
from analytics.serve.reader_language import preferred_language

PLAIN: Final = {"cache-control": "no-store"}
SEALED: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE: Final = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:1.125rem/1.5 sans-serif;color:#1B1F24;max-width:40rem;margin:4rem auto;padding:0 1rem}}
h1,h2{{font-family:serif}}</style></head>
<body><main>{said}</main></body></html>
"""


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, code: str, told: Mapping[str, str] | None = None
) -> None:
    """Answer a request with a status and the words of `refused.CODE`; told: further headers.

    A websocket is not opened: the web server says 403 to its browser, which shows no words in its place.
    """
    if scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1008})
        return
    response = _answer(scope, status, code, {**PLAIN, **(told or {})})
    if scope["method"] == "HEAD":
        response.body = b""
    await response(scope, receive, send)


def _answer(scope: Scope, status: int, code: str, headers: Mapping[str, str]) -> Response:
    first = preferred_language(Headers(scope=scope).get("accept-language"))
    texts = [Text(language) for language in sorted(LANGUAGES, key=lambda one: one != first)]
    if _is_for_machines(str(scope.get("path", ""))):
        body = {"error": {"code": code, "message": " ".join(text(f"refused.{code}") for text in texts[:1])}}
        return Response(as_json(body), status, {**headers, "content-language": first}, "application/json")
    parts = []
    for text in texts:
        level = "h1" if text.language == first else "h2"
        title, words = (escape(text(f"refused.{end}")) for end in (f"{code}_title", code))
        parts.append(f'<section lang="{text.language}"><{level}>{title}</{level}><p>{words}</p></section>')
    page = PAGE.format(language=first, title=escape(texts[0](f"refused.{code}_title")), said="".join(parts))
    return Response(page, status, {**headers, "content-security-policy": SEALED}, "text/html")


def _is_for_machines(path: str) -> bool:
    return "/api/" in path
