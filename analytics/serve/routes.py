"""Addresses beside the pages: JSON for programs; what browsers and search engines look for at a site's root."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.present.sentences.headlines import headlines
from analytics.serve.documents import OpenRelease
from analytics.serve.heads import NAME
from analytics.serve.reader_language import language_of

A_DAY = {"cache-control": "public, max-age=86400"}
PRIMARY, WHITE = "#12436D", "#FFFFFF"


def _text(request: Request) -> Text:
    return Text(language_of(request.query_params.get("lang"), None))


def routes(opens: OpenRelease, ends: Iterable[str], static: Path) -> list[Route]:
    """All of them. opens: a release that everybody may read; ends: of the pages' addresses; static: our own files."""
    addresses = list(ends)

    def headlines_json(request: Request) -> JSONResponse:
        """The approved sentences of a release and their figures: ?lang=it|en, ?programme=, ?release=."""
        asked, text = request.query_params, _text(request)
        try:
            release = opens(asked.get("programme"), asked.get("release"))
        except UserError as error:
            return JSONResponse({"error": error.said(text)}, status_code=404)
        return JSONResponse(headlines(release, text))

    def unknown_json(request: Request) -> JSONResponse:
        """Everything else under /api, which Streamlit would answer with the page."""
        return JSONResponse({"error": _text(request)("page.no_route")}, status_code=404)

    def robots(request: Request) -> PlainTextResponse:
        """Everything may be read but what is no page."""
        lines = ("User-agent: *", "Disallow: /_stcore/", "Disallow: /media/", f"Sitemap: {request.base_url}sitemap.xml")
        return PlainTextResponse("\n".join((*lines, "")), headers=A_DAY)

    def sitemap(request: Request) -> Response:
        """Every page in every language, each naming the others."""
        return Response(_sitemap(str(request.base_url), addresses), media_type="application/xml", headers=A_DAY)

    def manifest(request: Request) -> JSONResponse:
        """What a telephone needs to keep the site among its programs."""
        text = Text(language_of(request.query_params.get("lang"), request.headers.get("accept-language")))
        icons = [
            {"src": "favicon.svg", "sizes": "any", "type": "image/svg+xml"},
            {"src": "favicon.png", "sizes": "180x180", "type": "image/png"},
        ]
        described = {"name": text("page.title"), "short_name": NAME, "lang": text.language, "start_url": "./"}
        looks = {"display": "browser", "theme_color": PRIMARY, "background_color": WHITE, "icons": icons}
        headers = {**A_DAY, "vary": "Accept-Language"}
        return JSONResponse(described | looks, headers=headers, media_type="application/manifest+json")

    def icon(request: Request) -> FileResponse:
        """The site's sign, in the form that the address names."""
        return FileResponse(static / request.url.path.rpartition("/")[2], headers=A_DAY)

    return [
        Route("/api/headlines.json", headlines_json),
        Route("/api/{path:path}", unknown_json),
        Route("/robots.txt", robots),
        Route("/sitemap.xml", sitemap),
        Route("/manifest.json", manifest),
        *(Route(f"/favicon.{form}", icon) for form in ("ico", "svg", "png")),
    ]


def _sitemap(base: str, ends: Iterable[str]) -> str:
    """The sitemap, in the protocol of sitemaps.org with languages as search engines read them."""
    entries = []
    for end in ends:
        places = {language: escape(f"{base}{end}?lang={language}") for language in LANGUAGES}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{place}"/>' for language, place in places.items()
        )
        entries += [f"<url><loc>{place}</loc>{others}</url>" for place in places.values()]
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {spaces}>{"".join(entries)}</urlset>\n'
