"""A program that speaks with the server as Streamlit's page in a browser does, and keeps every byte that it is sent."""

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 120  # seconds for one run of a page
LARGEST = 256 * 2**20  # bytes of a message
# Of each kind of element: the field of a widget's state that a choice sets, and whether it is the choice's place.
CHOICES = {
    "selectbox": "string_value",
    "radio": "string_value",
    "multiselect": "string_array_value",
    "button_group": "string_array_value",
    "checkbox": "bool_value",
    "button": "trigger_value",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got: status, headers with names in small letters, bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


def get(address: str, cookies: str = "", **headers: str) -> Answer:
    """One request, as a browser sends it that understands no packing; nothing is followed."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, headers=sent | ({"Cookie": cookies} if cookies else {}))
    try:
        with _OPENER.open(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, _small(answer.headers), answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, _small(refused.headers), refused.read())


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Nowhere."""


_OPENER = urllib.request.build_opener(_Unfollowed)


def _small(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@contextmanager
def connected(
    site: str, headers: Mapping[str, str], protocols: Sequence[str] = ("streamlit",), origin: str | None = None
) -> Iterator[ClientConnection]:
    """A page's connection to a site at that address. origin: whose page opens it, by default the site's own; "": nobody
    says.
    """
    parts = urlsplit(site)
    own = f"{parts.scheme}://{parts.netloc}"
    with connect(
        f"{own.replace('http', 'ws', 1)}/_stcore/stream",
        origin=Origin(own if origin is None else origin) or None,
        subprotocols=[Subprotocol(name) for name in protocols],
        additional_headers=dict(headers),
        max_size=LARGEST,
        open_timeout=PATIENCE,
    ) as connection:
        yield connection


@dataclass
class Session:
    """One visit: address of the site, the page's path, its query; cookies of a login. Use it as a context.

    received: every message, as it came; elements: those of the last run, by kind.
    """

    site: str
    path: str = ""
    query: str = ""
    cookies: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    received: list[bytes] = field(default_factory=list)
    elements: list[Message] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    ended: int | None = None

    def __enter__(self) -> Self:
        """Open the websocket with the same headers as a browser."""
        known = SimpleCookie(self.cookies).get("_streamlit_xsrf")
        headers = {"Cookie": self.cookies, **self.headers} if self.cookies else self.headers
        protocols = ["streamlit", *([known.value] if known else [])]
        self._opened = ExitStack()
        self._socket = self._opened.enter_context(connected(self.site, headers, protocols))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave."""
        self._opened.close()

    def run(self, *states: WidgetState, page: str | None = None) -> list[Message]:
        """Have the page drawn, with these widgets set; its elements."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_name = "" if page else self.path
        asked.rerun_script.page_script_hash = page or ""
        asked.rerun_script.widget_states.widgets.extend(states)
        asked.rerun_script.context_info.url = f"{self.site}/{self.path}?{self.query}"
        self._socket.send(asked.SerializeToString())
        self.elements = []
        for message in self._messages():
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                self.elements.append(getattr(element, element.WhichOneof("type")))
            elif kind == "navigation":
                self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return self.elements
        raise AssertionError("the page's run did not end")

    def _messages(self) -> Iterator[ForwardMsg]:
        while True:
            written = self._socket.recv(PATIENCE)
            assert isinstance(written, bytes)
            self.received.append(written)
            yield ForwardMsg.FromString(written)

    def download(self, file_id: str) -> bytes:
        """What a button gives that makes its file on demand."""
        asked = BackMsg()
        asked.backend_operation_request.request_id = file_id
        asked.backend_operation_request.deferred_file.file_id = file_id
        self._socket.send(asked.SerializeToString())
        for message in self._messages():
            if message.WhichOneof("type") == "backend_operation_response":
                return self.fetch(message.backend_operation_response.deferred_file.url).body
        raise AssertionError("no file came")

    def fetch(self, place: str) -> Answer:
        """What lies at an address of the site, such as a file that a page shows."""
        answer = get(f"{self.site}/{place.lstrip('/')}", self.cookies)
        self.received.append(answer.body)
        return answer


def states(element: Message) -> list[WidgetState]:
    """Every choice of a widget, one state each; of what is no widget, none."""
    name = element.DESCRIPTOR.name
    kind = {"Selectbox": "selectbox", "Radio": "radio", "MultiSelect": "multiselect", "ButtonGroup": "button_group"}
    kind |= {"Checkbox": "checkbox", "Button": "button"}
    if name not in kind:
        return []
    target = CHOICES[kind[name]]
    if target == "bool_value":
        return [_state(element, target, not element.default)]
    if target == "trigger_value":
        return [_state(element, target, True)]
    options = [getattr(option, "content", option) for option in element.options]
    return [_state(element, target, [option] if target == "string_array_value" else option) for option in options]


def _state(element: Any, target: str, value: object) -> WidgetState:
    state = WidgetState(id=element.id)
    if target == "string_array_value":
        state.string_array_value.data.extend(value)
    else:
        setattr(state, target, value)
    return state
