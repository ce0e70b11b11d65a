"""A crawl of a running site: every page with every choice of every widget, every file and address that they name.

    python -m tests.whole.crawl http://127.0.0.1:8501 DATA_FOLDER

says how much the server sent, and what of single firms was in it.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from analytics.folders import Home
from analytics.publish.api.endpoints import ENDPOINTS
from pages import PAGES
from tests.helpers.secrets_of import Secrets, secrets_of
from tests.helpers.streamlit_client import Session, get, states

MEDIA = re.compile(rb"/media/[0-9a-f]{16,}\.\w+")
ADDRESS = re.compile(rb"(?:\.?/)?(?:api|embed|media)/[\w./=&;?%+*:,-]+")
BESIDE = ("robots.txt", "sitemap.xml", "manifest.json", "feed.atom", "api/", "api/openapi.json", "api/health")
CLOSED = ("_stcore/health", "_stcore/host-config", "_stcore/metrics", "_stcore/script-health-check")
TYPED = ("", "qualcosa", "<b>x</b>", "2026-1")


@dataclass
class Crawl:
    """What was sent: pieces with where they came from; places that were named, to be asked for."""

    site: str
    secrets: Secrets
    cookies: str = ""
    most_choices: int = 1000
    sent: int = 0
    runs: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    leaks: list[tuple[str, str]] = field(default_factory=list)
    _named: dict[str, None] = field(default_factory=dict)

    def run(self, paths: Iterator[str] | list[str], queries: tuple[str, ...] = ("lang=it",)) -> None:
        """Visit every page with each query, then everything that was named."""
        for query in queries:
            for path in paths:
                self._visit(path, query)
        self._named |= dict.fromkeys([*BESIDE, *CLOSED, *_examples(queries)])
        while waiting := [place for place in self._named if place not in self.asked]:
            for place in waiting:
                answer = get(f"{self.site}/{place}", self.cookies)
                self.asked[place] = answer.status
                self._look(place, answer.body, names=False)
                self._look(place, repr(sorted(answer.headers.items())).encode(), names=False)

    def _visit(self, path: str, query: str) -> None:
        document = get(f"{self.site}/{path}?{query}", self.cookies)
        self._look(f"/{path}", document.body)
        with Session(self.site, path, query, self.cookies) as session:
            first = list(session.run())
            self.runs += 1
            for element in first:
                for state in states(element)[: self.most_choices]:
                    session.run(state)
                    self.runs += 1
            self._look(f"/{path}?{query}", b"".join(session.received))

    def _look(self, where: str, content: bytes, *, names: bool = True) -> None:
        self.sent += len(content)
        self.leaks += [(where, secret) for secret in self.secrets.found(content)]
        if names:
            for pattern in (ADDRESS, MEDIA):
                self._named |= dict.fromkeys(
                    place for found in pattern.findall(content) if (place := self._own(found.decode()))
                )

    def _own(self, place: str) -> str:
        """A place of this site, as it stands behind its address; "" for one of another."""
        whole = urljoin(f"{self.site}/", place.replace("&amp;", "&").lstrip("."))
        return whole.removeprefix(self.site).lstrip("/") if urlsplit(whole).netloc in self.site else ""


def _examples(queries: tuple[str, ...]) -> Iterator[str]:
    """Every address for machines without a parameter in its path, as each query asks for it."""
    for query in queries:
        for endpoint in ENDPOINTS:
            if "{" not in endpoint.path:
                yield f"{endpoint.path.lstrip('/')}?{query}"


def main() -> int:
    site, folder = sys.argv[1:3]
    crawl = Crawl(site.rstrip("/"), secrets_of(Home(Path(folder))))
    crawl.run(list(PAGES.values()))
    sent = f"{crawl.sent / 2**20:.1f} MB"
    print(f"{crawl.runs} runs of pages, {len(crawl.asked)} addresses, {sent}, {len(crawl.leaks)} leaks")
    print({status: list(crawl.asked.values()).count(status) for status in set(crawl.asked.values())})
    print(*crawl.leaks[:20], sep="\n")
    return bool(crawl.leaks)


if __name__ == "__main__":
    sys.exit(main())
