"""Fixtures that several tests share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from analytics.folders import PROJECT, Home
from tests.helpers.shared import made_once, share_in

settings.register_profile("vetrina", deadline=None)  # a busy machine is no failure
settings.load_profile("vetrina")


@pytest.fixture(scope="session", autouse=True)
def _shared(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is dear to make is made once for all workers."""
    share_in(tmp_path_factory)


@pytest.fixture(scope="session")
def demonstration() -> Home:
    """A data folder with both demonstrations, made once by the command a newcomer would use. To be read; who changes
    something works on a copy.
    """
    return Home(made_once("demonstration", demonstrated))


def demonstrated(root: Path) -> None:
    for programme in ("ecommerce-2020", "michigan-1988"):
        command = [sys.executable, "-m", "analytics", "demo", programme]
        environment = os.environ | {"VETRINA_DATA": str(root)}
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)
