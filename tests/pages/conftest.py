"""One server and one browser for all tests in a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from analytics.folders import PROJECT, Home
from tests.helpers.browser import ADVICE, ARGUMENTS, chromium


@pytest.fixture(scope="package")
def address(demonstration: Home) -> Iterator[str]:
    """A dashboard serving the demonstrations, as `make run` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"VETRINA_DATA": str(demonstration.root)}
    command = [sys.executable, "-m", "analytics", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the dashboard did not start")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium()
    assert path, ADVICE
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield opened
        opened.close()
