"""Streamlit's own frontend, as browsers load it: packed once and kept in memory, to be kept by browsers for a year.

Streamlit sends these files as they are, eight megabytes on a first visit, because packing them anew for every reader
would cost more than it saves. Their names carry a hash of what they hold, so here each is packed once.
"""

import re
import threading
from collections.abc import Iterable
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics.serve.packing import ENCODINGS, THOROUGH, accepted_encodings, pack

MOUNTED = "/static/"
KEPT = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_IMPORTED = re.compile(r"""(?:from|import)\s*["']\./([^"']+\.js)["']""")
_FACE = re.compile(rb"@font-face\{(?=font-family:Source )")


class FrontendFiles:
    """The files below Streamlit's folder `static`, by their path below it.

    What was packed stays in memory: about a fifth of the files that readers have asked for.
    """

    def __init__(self, folder: Path) -> None:
        """Only files that are there now are ever sent, so no path leads out of the folder."""
        self._paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        self._packed: dict[tuple[str, str], bytes] = {}

    def __contains__(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._paths

    def read(self, name: str) -> bytes:
        """A file as it is sent. Text is shown before its font is there, which on a slow line takes seconds."""
        body = self._paths[name].read_bytes()
        return _FACE.sub(b"@font-face{font-display:swap;", body) if name.endswith(".css") else body

    def packed(self, name: str, encoding: str) -> bytes:
        """A file in an encoding; made at the first call."""
        if (name, encoding) not in self._packed:
            self._packed[name, encoding] = pack(self.read(name), encoding)
        return self._packed[name, encoding]

    def is_packed(self, name: str, encoding: str) -> bool:
        """Whether it is at hand."""
        return (name, encoding) in self._packed

    def pack_in_advance(self, names: Iterable[str]) -> threading.Thread:
        """Pack these files in the background: all quickly, then all as small as can be; first what is in the list."""
        wanted = [name for name in names if name in self]

        def packing() -> None:
            for name in wanted:
                self.packed(name, "gzip")
            for encoding in ENCODINGS:
                for name in wanted:
                    self._packed[name, encoding] = pack(self.read(name), encoding, THOROUGH)

        thread = threading.Thread(target=packing, name="packing", daemon=True)
        thread.start()
        return thread

    def chunks(self, elements: Iterable[str]) -> list[str]:
        """The scripts that draw these elements ("Selectbox"), each with all that it imports, imports last."""
        found: dict[str, None] = {}
        waiting = [
            name for element in elements for name in self._paths if re.fullmatch(rf"js/{element}\.[\w-]+\.js", name)
        ]
        while waiting:
            name = waiting.pop(0)
            if name in self and name not in found:
                found[name] = None
                waiting += [f"js/{imported}" for imported in _IMPORTED.findall(self.read(name).decode())]
        return list(found)


class PackedFrontend:
    """Sends these files in the smallest encoding that the browser takes and that is at hand; leaves all else alone."""

    def __init__(self, app: ASGIApp, files: FrontendFiles) -> None:
        """Wrap the application."""
        self._app, self._files = app, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for one of them; fonts and pictures are packed as they are, and left to Streamlit."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        name = path.removeprefix(MOUNTED)
        is_ours = scope["type"] == "http" and path.startswith(MOUNTED) and scope["method"] in ("GET", "HEAD")
        if not is_ours or (name in self._files and Path(name).suffix not in TYPES):
            await self._app(scope, receive, send)
            return
        if name not in self._files:
            await PlainTextResponse("", status_code=404)(scope, receive, send)
            return
        asked = Headers(scope=scope)
        tag = f'W/"{Path(name).stem}"'  # weak: the same for every encoding
        headers = {"cache-control": KEPT, "vary": "Accept-Encoding", "etag": tag}
        if tag in asked.get("if-none-match", ""):
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return
        encodings = accepted_encodings(asked.get("accept-encoding", ""))
        encoding = next(
            (one for one in encodings if self._files.is_packed(name, one)), encodings[0] if encodings else ""
        )
        if encoding:
            body = await to_thread.run_sync(self._files.packed, name, encoding)
            headers["content-encoding"] = encoding
        else:
            body = await to_thread.run_sync(self._files.read, name)
        headers["content-type"] = TYPES[Path(name).suffix]
        await Response(body, headers=headers)(scope, receive, send)
