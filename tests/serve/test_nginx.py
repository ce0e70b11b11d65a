"""The example for nginx, run by Debian's own before two processes: readers go on when one of them ends."""

import gzip
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.file_util import get_static_dir
from websockets.exceptions import ConnectionClosed

from analytics.folders import PROJECT
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.nginx import ADVICE, Proxy, free_ports, nginx, proxied
from tests.helpers.streamlit_client import Answer, Session, get

pytestmark = pytest.mark.skipif(nginx() is None, reason=ADVICE)
PATIENCE = 120  # seconds until a process answers, on a busy machine


@dataclass(frozen=True, slots=True)
class Site:
    """Two processes, by the address at which nginx finds them, and nginx."""

    processes: dict[str, subprocess.Popen[bytes]]
    proxy: Proxy


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both serve a small release; ended by their ids."""
    ports, folder = free_ports(2), tmp_path_factory.mktemp("nginx")
    built(folder / "data", sales_only)
    environment = os.environ | {"VETRINA_DATA": str(folder / "data")}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = {}
    for port in ports:
        command = [sys.executable, "-m", "analytics", "serve", "--port", str(port)]
        processes[f"127.0.0.1:{port}"] = subprocess.Popen(command, cwd=PROJECT, env=environment, **quiet)
    try:
        for address, process in processes.items():
            wait_for(f"http://{address}/_stcore/health", process)
        with proxied(folder, *ports) as proxy:
            wait_for(f"{proxy.plain}/_stcore/health")
            yield Site(processes, proxy)
    finally:
        for process in processes.values():
            process.terminate()
            process.wait(timeout=PATIENCE)


def wait_for(address: str, process: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (process is None or process.poll() is None):
        try:
            if get(address).status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"nobody answers at {address}")


def cookie_of(process: str, site: Site) -> str:
    """The cookie of a reader whom nginx sends to that process."""
    for number in range(64):
        cookie = f"vetrina_process={number:032x}"
        if answered_by(site, "/_stcore/health", cookie) == process:
            return cookie
    pytest.fail(f"no reader reaches {process}")


def answered_by(site: Site, path: str, cookie: str) -> str:
    """The process that answers a request, by nginx's log, which is written just after the answer."""
    before = len(site.proxy.upstreams())
    assert get(f"{site.proxy.plain}{path}", cookie).status == 200
    while len(site.proxy.upstreams()) == before:
        time.sleep(0.01)
    return site.proxy.upstreams()[-1]


def secure(site: Site, path: str, **headers: str) -> Answer:
    """What the site answers over TLS."""
    request = urllib.request.Request(f"{site.proxy.tls}{path}", headers=headers)
    trusted = ssl.create_default_context(cafile=str(site.proxy.certificate))
    with urllib.request.urlopen(request, context=trusted, timeout=PATIENCE) as answer:
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())


def test_a_reader_stays_with_one_process(site: Site) -> None:
    """Whoever has a cookie reaches the same process with page, file and address; another one may reach the other."""
    for process in site.processes:
        cookie = cookie_of(process, site)
        paths = ("/?lang=en", "/robots.txt", "/api/releases.json", "/_stcore/health")
        assert {answered_by(site, path, cookie) for path in paths} == {process}
    assert len({answered_by(site, "/robots.txt", "") for _ in range(4)}) == 1


def test_a_page_gives_a_random_cookie_and_machines_get_none(site: Site) -> None:
    """It holds a number and nothing else, is sent over TLS alone and no script reads it."""
    first, second = (get(f"{site.proxy.plain}/?lang=en").headers["set-cookie"] for _ in range(2))
    assert first != second
    assert first.split("; ")[1:] == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]
    assert "set-cookie" not in get(f"{site.proxy.plain}/?lang=en", first.partition(";")[0]).headers
    assert "set-cookie" not in get(f"{site.proxy.plain}/api/releases.json").headers


def test_what_is_packed_is_packed_once(site: Site) -> None:
    """A script comes as Vetrina packed it: unpacked once, it is the file."""
    script = next(Path(get_static_dir()).glob("static/js/index.*.js"))
    packed = get(f"{site.proxy.plain}/static/js/{script.name}", accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    plain = get(f"{site.proxy.plain}/static/js/{script.name}")
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body


def test_links_are_those_of_the_site_as_its_readers_see_it(site: Site) -> None:
    """Over TLS they are https, by the name that was asked for; what a reader says of itself in a proxy's headers does
    not count.
    """
    forged = {
        "X-Forwarded-Proto": "ftp",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example;proto=ftp",
    }
    for path in ("/sitemap.xml", "/api/releases.json"):
        for headers in ({}, forged):
            words = secure(site, path, **headers).body.decode()
            assert f"{site.proxy.tls}/" in words
            assert "evil.example" not in words
            assert "ftp:" not in words
            assert f"http://localhost:{site.proxy.tls.rpartition(':')[2]}" not in words


def test_the_door_is_narrow(site: Site) -> None:
    """Without TLS one is sent on; under another name nobody answers; figures about the server are told to nobody."""
    answer = get(f"{site.proxy.redirect}/settori?lang=en")
    assert (answer.status, answer.headers["location"]) == (301, "https://vetrina.example.org/settori?lang=en")
    assert get(f"{site.proxy.plain}/_stcore/metrics").status == 404
    assert "nginx/" not in answer.headers["server"]
    assert "strict-transport-security" in secure(site, "/robots.txt").headers
    context = ssl.create_default_context(cafile=str(site.proxy.certificate))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(site.proxy.tls.replace("localhost", "127.0.0.1"), context=context, timeout=PATIENCE)
    assert "lang=en" not in (site.proxy.folder / "access.log").read_text(encoding="utf-8")


def test_readers_go_on_when_one_process_is_killed(site: Site) -> None:
    """Those of the other process notice nothing; those of the killed one connect again, as a browser does by itself,
    and have their page. Addresses for machines answer all the while.
    """
    stays, killed = site.processes
    cookies = {process: cookie_of(process, site) for process in site.processes}
    untouched = Session(site.proxy.plain, query="lang=en", cookies=cookies[stays])
    dropped = Session(site.proxy.plain, query="lang=en", cookies=cookies[killed])
    with untouched, dropped:
        before = [element.SerializeToString() for element in untouched.run()]
        drawn = len(dropped.run())
        assert drawn > 10
        site.processes[killed].kill()
        site.processes[killed].wait(timeout=PATIENCE)
        for cookie in cookies.values():
            assert get(f"{site.proxy.plain}/api/releases.json", cookie).status == 200
        with pytest.raises((ConnectionClosed, AssertionError)):
            dropped.run()
        assert len(untouched.run()) == len(before)
    with Session(site.proxy.plain, query="lang=en", cookies=cookies[killed]) as again:
        assert len(again.run()) == drawn
    assert answered_by(site, "/robots.txt", cookies[killed]).endswith(stays)
