"""The head of a page's HTML: language, title, description, what a shared link shows; written before any script runs.

Streamlit sends one empty page, in English and named "Streamlit", to every address. Search engines, previews of links
and screen readers read what stands in it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from analytics.language.text import LANGUAGES, SPOKEN, Text
from analytics.present.sentences.claims import ClaimKind
from analytics.present.sentences.headlines import headline_of
from analytics.present.sentences.phrases import data_note
from analytics.publish.feed import PATH as FEED
from analytics.release import Figure, Release
from analytics.release.measures import ALL
from analytics.serve.streamlit_words import words_for_streamlit

NAME = "Vetrina"
SECTOR = "sector"


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of one page says. address: from the root, with what the address chose; robots: "" or "noindex"."""

    language: str
    title: str
    description: str
    address: str
    robots: str = ""


def title_of(page: str, text: Text, sector: str = "") -> str:
    """The title of a page in the reader's window: its name, before it the sector's, behind it ours."""
    if not page:
        return text("page.title")
    return " · ".join(part for part in (sector, text(f"nav.{page}"), NAME) if part)


def head_of(page: str, address: str, text: Text, release: Release | None, sector: str | None = None) -> Head:
    """The head of a page about a release, or of the page that says that there is none.

    sector: a code from the address, which may be anything. Only a release that everybody may read is ever passed here,
    and its description says which one it is and that its data are invented where they are.
    """
    page_words = text(f"head.{page}")
    if release is None:
        return Head(text.language, title_of(page, text), page_words, address, "noindex")
    sector = sector if sector in release.codes(SECTOR) else None
    group = {SECTOR: sector} if sector else {}
    name = release.programme.label(SECTOR, sector, text) if sector else ""
    figure, note = release.main_effect(group), data_note(release, text)
    parts = [
        f"{note}." if note else "",
        _said(release, figure, sector, text) if page in ("overview", "sectors") else "",
        "" if sector else page_words,
        text("head.release", release=release.release_id),
    ]
    return Head(text.language, title_of(page, text, name), " ".join(part for part in parts if part), address)


def _said(release: Release, figure: Figure | None, sector: str | None, text: Text) -> str:
    """The approved sentence of the programme's or a sector's effect, as it is copied; "" where there is none."""
    if figure is None or figure.grade is None:
        return ""
    dimension, code = (SECTOR, sector) if sector else (ALL, ALL)
    return headline_of(release, figure, ClaimKind.EFFECT, dimension, code, text).sentence.short


def language_script(language: str) -> str:
    """A script that says which language a page is in, once its reader has chosen another."""
    return f"document.documentElement.lang = '{language}'"


@dataclass(frozen=True, slots=True)
class Shell:
    """Streamlit's index.html, and what every page of ours needs in it.

    chunks: scripts that the first view draws with, below /static/; script: ours, which runs before Streamlit's;
    addresses: of all pages, from the root.
    """

    html: str
    chunks: Sequence[str]
    script: str
    addresses: Sequence[str]

    @property
    def files(self) -> list[str]:
        """The scripts and styles that index.html itself names, below /static/."""
        return re.findall(r'"\./static/((?:js|css)/[^"]+)"', self.html)

    def page(self, head: Head) -> str:
        """The HTML of a page with its head."""
        html = re.sub(r"<!--.*?-->", "", self.html, flags=re.DOTALL).strip()
        html = re.sub(
            r"<title>.*?</title>|<link rel=\"shortcut icon\"[^>]*>|<noscript>.*?</noscript>", "", html, flags=re.DOTALL
        )
        html = re.sub(r"<link\s+rel=\"preload\"[^>]*as=\"font\"[^>]*>|<link rel=\"service-desc\"[^>]*>", "", html)
        html = html.replace('<html lang="en">', f'<html lang="{head.language}">')
        html = re.sub(r"(<meta\s+charset=[^>]*>)", lambda found: found[1] + self._tags(head), html, count=1)
        return html.replace('<div id="root"></div>', f'{_without_scripts(head)}\n    <div id="root"></div>')

    def _tags(self, head: Head) -> str:
        """Everything that stands in the head before Streamlit's own."""
        title, description = escape(head.title), escape(head.description)
        previews = {
            "og:title": title,
            "og:description": description,
            "og:type": "website",
            "og:site_name": NAME,
            "og:locale": SPOKEN[head.language].locale,
        }
        lines = [
            f"<title>{title}</title>",
            f'<meta name="description" content="{description}">',
            f'<meta name="robots" content="{head.robots}">' if head.robots else "",
            f'<link rel="canonical" href="{escape(head.address)}">',
            *(f'<meta property="{name}" content="{content}">' for name, content in previews.items()),
            '<meta name="twitter:card" content="summary">',
            '<link rel="icon" href="./favicon.ico" sizes="48x48">',
            '<link rel="icon" href="./favicon.svg" type="image/svg+xml">',
            '<link rel="apple-touch-icon" href="./favicon.png">',
            '<link rel="manifest" href="./manifest.json">',
            _feed(head),
            *(f'<link rel="modulepreload" crossorigin href="./static/{chunk}">' for chunk in self._further_chunks()),
            self._script(),
        ]
        return "\n    ".join(["", *(line for line in lines if line)])

    def _further_chunks(self) -> list[str]:
        return [chunk for chunk in self.chunks if chunk not in self.files]

    def _script(self) -> str:
        """Ours, and what it needs to know: the addresses of pages, and Streamlit's words in every language."""
        known = {
            "pages": list(self.addresses),
            "words": {language: words_for_streamlit(Text(language)) for language in LANGUAGES},
        }
        return f"<script>{self.script.replace('__KNOWN__', _for_script(known))}</script>"


def _feed(head: Head) -> str:
    """Where feed readers find what is published, in the page's language."""
    title = escape(Text(head.language)("feed.title"))
    address = f".{FEED}?lang={head.language}"
    return f'<link rel="alternate" type="application/atom+xml" title="{title}" href="{address}">'


def _for_script(value: Mapping[str, object]) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _without_scripts(head: Head) -> str:
    """What a reader without scripts gets: what the page would say, and why they do not see it."""
    needed = Text(head.language)("head.no_script")
    return f"<noscript><h1>{escape(head.title)}</h1><p>{escape(head.description)}</p><p>{escape(needed)}</p></noscript>"
