"""Addresses beside the pages: what browsers and search engines look for at a site's root."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from analytics.language.text import LANGUAGES, Text
from analytics.serve.heads import NAME
from analytics.serve.reader_language import language_of

ABOUT_ADDRESSES = "api/"  # the page about the addresses for machines
A_DAY = {"cache-control": "public, max-age=86400"}
PRIMARY, WHITE = "#12436D", "#FFFFFF"


def routes(ends: Iterable[str], static: Path) -> list[Route]:
    """All of them. ends: of the pages' addresses; static: our own files."""
    addresses = [*ends, ABOUT_ADDRESSES]

    def robots(request: Request) -> PlainTextResponse:
        """Everything may be read but what is no page, and files by the thousand, of which the catalogue tells."""
        by_thousand = ("tables/", "package/", "figures/", "pictures/", "images/", "report/", "changes")
        kept_out = ("/_stcore/", "/media/", *(f"/api/{end}" for end in by_thousand))
        lines = (
            "User-agent: *",
            *(f"Disallow: {path}" for path in kept_out),
            f"Sitemap: {request.base_url}sitemap.xml",
        )
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
