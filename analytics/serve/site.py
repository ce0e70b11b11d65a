"""All that the server adds to Streamlit's application, put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import Scope

from analytics.access.installation import Server
from analytics.publish.api.service import Service
from analytics.release.readable import Shelves
from analytics.serve.api import Api
from analytics.serve.closed import Closed
from analytics.serve.documents import Documents, OwnDocuments
from analytics.serve.door import comes_from_here
from analytics.serve.frontend_files import FrontendFiles, PackedFrontend
from analytics.serve.headers import SafeHeaders
from analytics.serve.heads import Shell
from analytics.serve.hosts import Hosts, KnownHosts
from analytics.serve.limits import Buckets, Places
from analytics.serve.routes import routes

# What the first view of a page is drawn with: Streamlit's names, as in static/js/NAME.*.js; one that it has no more is
# passed over. What only some pages show further down is fetched when it is shown.
FIRST_ELEMENTS = ("Html", "Selectbox", "ButtonGroup", "Button")
NO_PAGES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Site:
    """For `streamlit.App`."""

    routes: list[Route]
    middleware: list[Middleware]


def site(
    frontend: Path,
    static: Path,
    pages: Mapping[str, str],
    shelves: Shelves,
    base: str = "",
    officers: Mapping[str, str] = NO_PAGES,
    hosts: Hosts = Hosts(),  # noqa: B008 - frozen
    limits: Server = Server(),  # noqa: B008 - frozen
) -> Site:
    """frontend: the folder with Streamlit's index.html; static: ours; pages: name -> end of its address; shelves: the
    releases that everybody may read; base: the path below which the site lies; officers: pages that are there for who
    sits at this machine alone; hosts: under which names the site answers; limits: what one client may ask for. What
    browsers load first is packed in the background.
    """
    html = (frontend / "index.html").read_text(encoding="utf-8")
    files = FrontendFiles(frontend / "static")
    chunks = files.chunks(FIRST_ELEMENTS)
    shell = Shell(html, chunks, (static / "vetrina.js").read_text(encoding="utf-8"), list(pages.values()))
    files.pack_in_advance([*shell.files, *chunks])
    middleware = [
        Middleware(SafeHeaders),
        Middleware(KnownHosts, hosts),
        Middleware(Closed, lambda scope: bool(officers) and _is_from_here(scope)),
        Middleware(PackedFrontend, files),
        Middleware(Api, Service(shelves, pages), base, Buckets(limits.requests_per_minute)),
        Middleware(Places, limits.readers, limits.readers_of_one_client),
        Middleware(OwnDocuments, Documents(shell, pages, shelves.open, officers)),
    ]
    return Site(routes(pages.values(), static), middleware)


def _is_from_here(scope: Scope) -> bool:
    """Whether a request comes from who sits at this machine."""
    asked, client = Headers(scope=scope), scope.get("client")
    return comes_from_here(client[0] if client else None, asked.get("host"), asked.keys())
