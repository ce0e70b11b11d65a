"""Fixtures that several tests share."""

import os
import subprocess
import sys

import pytest
from hypothesis import settings

from analytics.folders import PROJECT, Home

settings.register_profile("vetrina", deadline=None)  # a busy machine is no failure
settings.load_profile("vetrina")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A data folder with both demonstrations, made once by the command a newcomer would use."""
    root = tmp_path_factory.mktemp("demonstration")
    for programme in ("ecommerce-2020", "michigan-1988"):
        command = [sys.executable, "-m", "analytics", "demo", programme]
        environment = os.environ | {"VETRINA_DATA": str(root)}
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)
    return Home(root)
