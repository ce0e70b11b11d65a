"""A server with a real provider of logins beside it, people who log in there, pages over a websocket; no browser."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey
from oidc_provider_mock import User, run_server_in_thread
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from analytics.access.roles import Role
from analytics.folders import PROJECT, Home
from tests.helpers.streamlit_client import connected

SECRET = "a-secret-of-the-tests-that-nobody-guesses"
PATIENCE = 120  # seconds
PEOPLE = {  # whom the settings below name, and a person whom they do not
    Role.OFFICER: "anna@example.org",
    Role.PRESS: "piero@example.org",
    Role.ANALYST: "ada@example.org",
    Role.PUBLIC: "rita@example.org",
}
UNVERIFIED = "who@example.org"  # who says that they are an officer, of which the provider is not sure
SETTINGS = """[access]
officers = ["anna@example.org"]
press = ["piero@example.org"]
analysts = ["ada@example.org"]
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A server that runs. root: its address; home: its data folder."""

    root: str
    home: Home
    process: subprocess.Popen[bytes]

    def anybody(self) -> httpx.Client:
        """Somebody who has not logged in."""
        return httpx.Client(base_url=self.root, timeout=PATIENCE)

    def logged_in(self, person: str) -> httpx.Client:
        """Somebody who goes to the provider, says who they are, and comes back with a code: no step is left out."""
        client = self.anybody()
        until = {"provider": "default", "exp": int(time.time()) + 60}
        token = jwt.encode({"alg": "HS256"}, until, OctKey.import_key(SECRET))
        asked = client.get("/auth/login", params={"provider": token})
        assert asked.status_code == 302, asked.text
        answered = client.post(asked.headers["location"], data={"sub": person})
        back = client.get(answered.headers["location"])
        assert "_streamlit_user" in back.headers.get("set-cookie", ""), back.headers
        return client

    def page(self, client: httpx.Client, path: str, query: str = "", **headers: str) -> bytes:
        """All that the server sends to a page's connection until the page is drawn."""
        with self.connected(client, **headers) as connection:
            return drawn(connection, path, query)

    @contextmanager
    def connected(self, client: httpx.Client, **headers: str) -> Iterator[ClientConnection]:
        """A page's connection, with the cookies of a client; headers: in place of the usual ones."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        sent = {"Cookie": cookies, "Accept-Language": "it"} | {name.title(): value for name, value in headers.items()}
        with connected(self.root, sent, origin=sent.pop("Origin", None)) as connection:
            yield connection


BETWEEN = b"\n\xff\xfe-message-\xfe\xff\n"  # the messages of a page


def messages(sent: bytes) -> list[ForwardMsg]:
    """What was sent to a page, message by message."""
    return [ForwardMsg.FromString(part) for part in sent.split(BETWEEN)]


def drawn(connection: ClientConnection, path: str, query: str = "", **more: str) -> bytes:
    """Ask for a page, and take all messages until it is drawn."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = path
    for name, value in more.items():
        setattr(asked.rerun_script, name, value)
    connection.send(asked.SerializeToString())
    received = []
    while True:
        message = connection.recv(timeout=PATIENCE, decode=False)
        received.append(message)
        if ForwardMsg.FromString(message).WhichOneof("type") == "script_finished":
            return BETWEEN.join(received)


@contextmanager
def served(home: Home, folder: Path, settings: str = SETTINGS) -> Iterator[Site]:
    """A server of a data folder with a login; folder: for its secrets."""
    (home.root / "vetrina.toml").write_text(settings, encoding="utf-8")
    people = [User(sub=name, claims={"email": name, "email_verified": True}) for name in PEOPLE.values()]
    unverified = User(sub=UNVERIFIED, claims={"email": PEOPLE[Role.OFFICER]})
    port = free_port()
    with run_server_in_thread(user_claims=[*people, unverified]) as provider:
        secrets = folder / "secrets.toml"
        secrets.write_text(
            f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "vetrina"
client_secret = "of the client"
server_metadata_url = "http://localhost:{provider.server_port}/.well-known/openid-configuration"
""",
            encoding="utf-8",
        )
        with running(home, port, f"--secrets.files={secrets}") as process:
            yield Site(f"http://127.0.0.1:{port}", home, process)


@contextmanager
def running(home: Home, port: int, *options: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, once it answers or has ended."""
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "dashboard.py"), f"--server.port={port}"]
    environment = os.environ | {"VETRINA_DATA": str(home.root)} | variables
    process = subprocess.Popen([*command, *options], cwd=PROJECT, env=environment, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            try:
                httpx.get(f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def figures_of(release: str, sent: bytes) -> set[bytes]:
    """The ids of figures of a release that stand in what was sent."""
    return set(re.findall(rf"{re.escape(release)}\.[0-9A-Z]{{8}}-?[0-9A-Z]?".encode(), sent))
