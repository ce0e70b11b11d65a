"""All that the server adds to Streamlit's application, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import Scope

from analytics.access.installation import Server
from analytics.access.roles import Area, may_open
from analytics.access.visitor import Visitor
from analytics.audit.log import AuditLog
from analytics.model import UserError
from analytics.publish.api.service import Service
from analytics.release.readable import Shelves
from analytics.serve.api import Api
from analytics.serve.closed import Closed
from analytics.serve.documents import Documents, OwnDocuments
from analytics.serve.door import Caller
from analytics.serve.frontend_files import FrontendFiles, PackedFrontend
from analytics.serve.gate import Gate
from analytics.serve.headers import SafeHeaders
from analytics.serve.heads import Shell
from analytics.serve.hosts import Hosts, KnownHosts
from analytics.serve.limits import Buckets, Places
from analytics.serve.routes import routes
from analytics.serve.visitors import Visitors, anybody

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
    visitors: Visitors | None = None,
    hosts: Hosts = Hosts(),  # noqa: B008 - frozen
    limits: Server = Server(),  # noqa: B008 - frozen
) -> Site:
    """frontend: the folder with Streamlit's index.html; static: ours; pages: name -> end of its address; shelves: the
    releases that everybody may read; base: the path below which the site lies; officers: pages that are there for
    that role alone; visitors: who is who, None where everybody is a reader; hosts: under which names the site answers;
    limits: what one client may ask for. What browsers load first is packed in the background.
    """
    html = (frontend / "index.html").read_text(encoding="utf-8")
    files = FrontendFiles(frontend / "static")
    chunks = files.chunks(FIRST_ELEMENTS)
    shell = Shell(html, chunks, (static / "vetrina.js").read_text(encoding="utf-8"), list(pages.values()))
    files.pack_in_advance([*shell.files, *chunks])
    visitor_of = visitors.of if visitors else anybody
    log = AuditLog(visitors.here.home.audit) if visitors else None
    middleware = [
        Middleware(SafeHeaders),
        Middleware(KnownHosts, hosts),
        Middleware(Closed, lambda scope: _takes_files(visitor_of, scope)),
        *([Middleware(Gate, visitors, base)] if visitors else []),
        Middleware(PackedFrontend, files),
        Middleware(Api, Service(shelves, pages), base, visitor_of, log, Buckets(limits.requests_per_minute)),
        Middleware(Places, limits.readers, limits.readers_of_one_client),
        Middleware(OwnDocuments, Documents(shell, pages, shelves.open, officers), visitor_of),
    ]
    return Site(routes(pages.values(), static), middleware)


def _takes_files(visitor_of: Callable[[Caller], Visitor], scope: Scope) -> bool:
    """Whether who sends a request may hand in files: data officers alone."""
    try:
        return may_open(visitor_of(Caller.of(scope)).role, Area.OFFICE)
    except UserError:  # the settings that say who is an officer cannot be read
        return False
