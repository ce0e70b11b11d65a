"""A crawl of a running site, for each role: every page with every choice of every widget, every address that they name.

    python -m tests.whole.crawl [DATA_FOLDER]

serves a copy of a data folder with the demonstration (without one, it is made), a login and a release under embargo;
it says for each role how much the server sent, and what of single firms was in it.
"""

import datetime as dt
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from analytics.access.roles import Role
from analytics.folders import Home
from analytics.publish.api.endpoints import ENDPOINTS
from analytics.release import Releases
from pages import OFFICER, PAGES, STATEMENTS
from tests.conftest import demonstrated
from tests.helpers.rewritten import rewritten
from tests.helpers.secrets_of import Secrets, secrets_of
from tests.helpers.streamlit_client import Session, get, states
from tests.serve.logging_in import PEOPLE, Site, served

PROGRAMME = "ecommerce-2020"
EMBARGOED = "2026-2"
EVERYWHERE = (*PAGES.values(), *STATEMENTS.values(), *OFFICER.values())

MEDIA = re.compile(rb"/media/[0-9a-f]{16,}\.\w+")
ADDRESS = re.compile(rb"(?:\.?/)?(?:api|embed|media)/[\w./=&;?%+*:,-]+")
BESIDE = ("robots.txt", "sitemap.xml", "manifest.json", "feed.atom", "api/", "api/openapi.json", "api/health")
CLOSED = ("_stcore/health", "_stcore/host-config", "_stcore/metrics", "_stcore/script-health-check")


@dataclass
class Crawl:
    """What one visitor is sent: bytes, runs of pages, addresses with their status; what leaked, with where it stood.

    most_choices: of each widget; most_addresses: of those that pages name.
    """

    site: str
    secrets: Secrets
    cookies: str = ""
    most_choices: int = 1000
    most_addresses: int = 100_000
    sent: int = 0
    runs: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    leaks: list[tuple[str, str]] = field(default_factory=list)
    _named: dict[str, None] = field(default_factory=dict)

    def run(self, queries: Iterable[str]) -> None:
        """Visit every page with each query, then every address for machines and those that pages named."""
        for query in queries:
            for path in EVERYWHERE:
                self._visit(path, query)
            for place in (*BESIDE, *CLOSED, *_examples(query)):
                self._ask(place)
        for place in list(self._named)[: self.most_addresses]:
            self._ask(place)

    def _ask(self, place: str) -> None:
        if place in self.asked:
            return
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


def _examples(query: str) -> Iterator[str]:
    """Every address for machines without a parameter in its path, as a query asks for it."""
    for endpoint in ENDPOINTS:
        if "{" not in endpoint.path:
            named = "&".join(part for part in query.split("&") if part.partition("=")[0] in endpoint.known)
            yield f"{endpoint.path.lstrip('/')}?{named}"


@contextmanager
def site_to_crawl(home: Home, folder: Path) -> Iterator[Site]:
    """A server with a login and a release under embargo, on a copy of a demonstration's data folder."""
    copy = Home(Path(shutil.copytree(home.root, folder / "data")))
    releases = Releases(copy.releases, PROGRAMME)
    source = releases.open("2026-1")
    rewritten(source, copy.releases, name=EMBARGOED)
    releases.withdraw(EMBARGOED)
    releases.publish(EMBARGOED, dt.datetime.now(dt.UTC) + dt.timedelta(days=2))
    with served(copy, folder) as site:
        yield site


def visitors(site: Site) -> dict[str, str]:
    """Somebody who has not logged in, and one person of each role: the cookies that they send."""
    clients = {"nobody": site.anybody()} | {str(role): site.logged_in(PEOPLE[role]) for role in Role}
    return {name: _cookies(client) for name, client in clients.items()}


def _cookies(client: httpx.Client) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(sys.argv[1]) if sys.argv[1:] else Path(folder) / "demonstration")
        if not sys.argv[1:]:
            demonstrated(home.root)
        secrets, leaks = secrets_of(home), 0
        print(
            f"{len(secrets.words)} codes, names and numbers, {len(secrets.amounts)} amounts are looked for", flush=True
        )
        with site_to_crawl(home, Path(folder)) as site:
            for name, cookies in visitors(site).items():
                crawl = Crawl(site.root, secrets, cookies)
                named = f"programme={PROGRAMME}&release="
                crawl.run(("lang=it", "lang=en", f"{named}{EMBARGOED}&lang=it", f"{named}2026-1&lang=en"))
                statuses = {status: list(crawl.asked.values()).count(status) for status in set(crawl.asked.values())}
                sent = f"{crawl.sent / 2**20:.1f} MB"
                print(f"{name}: {crawl.runs} runs of pages, addresses {statuses}, {sent}, {len(crawl.leaks)} leaks")
                print(*crawl.leaks[:20], sep="\n", flush=True)
                leaks += len(crawl.leaks)
    return bool(leaks)


if __name__ == "__main__":
    sys.exit(main())
