"""One server and one browser for all tests in a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from analytics.folders import PROJECT, Home
from tests.helpers.browser import ADVICE, ARGUMENTS, chromium
from tests.pages.reader import HANG


@pytest.fixture(scope="package")
def address(demonstration: Home) -> Iterator[str]:
    """A dashboard serving the demonstrations, as `make run` starts it."""
    with served(demonstration) as root:
        yield root


@contextmanager
def served(home: Home, **variables: str) -> Iterator[str]:
    """A dashboard that serves a home to readers, but for these variables of its environment; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"VETRINA_DATA": str(home.root), "VETRINA_OFFICER": "0"} | variables
    command = [sys.executable, "-m", "analytics", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_healthy(server, f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=HANG)


def _wait_until_healthy(server: subprocess.Popen[bytes], url: str) -> None:
    """Until the server answers; fails at once where it has ended, and where it never answers."""
    end = time.monotonic() + HANG
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"the dashboard's server ended with exit code {server.returncode} before it answered")
        try:
            with urllib.request.urlopen(url, timeout=HANG):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the dashboard did not answer {url} within {HANG} seconds, though its server runs")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = chromium()
    assert path, ADVICE
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS, timeout=HANG * 1000)
        yield chrome
        chrome.close()
