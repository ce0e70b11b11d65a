"""Releases of Michigan under a clock that the tests set: none is published until a test does so."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest

from analytics.folders import Home
from analytics.programme.file import Programme
from analytics.release import Release, Releases
from analytics.release.readable import Shelves
from tests.helpers.michigan_release import built, sales_only
from tests.helpers.rewritten import never_published, rewritten

PROGRAMME = "michigan-1988"
MORNING = dt.datetime(2030, 1, 10, 9, tzinfo=dt.UTC)
SITE = "https://example.org/vetrina"
Remake = Callable[[Programme], Programme]


@dataclass
class Desk:
    """What a data officer does with releases, and what everybody may read of it. Each act takes an hour."""

    root: Path
    source: Release
    now: dt.datetime = field(default=MORNING)

    @property
    def releases(self) -> Releases:
        return Releases(self.root, self.source.programme.id, now=lambda: self.now)

    @property
    def shelves(self) -> Shelves:
        return Shelves(self.root, lambda: [self.source.programme.id], lru_cache(Release), now=lambda: self.now)

    def made(self, name: str, change: Remake | None = None) -> str:
        """A release of that name, of the same figures; change: of its programme file. Nobody sees it."""
        programme = change(self.source.programme) if change else self.source.programme
        rewritten(self.source, self.root, name=name, programme=programme)
        never_published(self.releases)
        return name

    def publish(self, name: str, until: dt.datetime | None = None) -> None:
        self.now += dt.timedelta(hours=1)
        self.releases.publish(name, until)

    def withdraw(self, name: str) -> None:
        self.now += dt.timedelta(hours=1)
        self.releases.withdraw(name)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return built(tmp_path_factory.mktemp("source"), sales_only)


@pytest.fixture(scope="session")
def _three(source: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of releases with three candidates."""
    desk = Desk(tmp_path_factory.mktemp("three"), source)
    for name in ("2026-1", "2026-2", "2026-3"):
        desk.made(name)
    return desk.root


@pytest.fixture
def desk(_three: Path, source: Release, tmp_path: Path) -> Desk:
    """The three of them, to be published."""
    return Desk(shutil.copytree(_three, tmp_path / "releases"), source)


@pytest.fixture
def both(demonstration: Home) -> Shelves:
    """What the two demonstrations published."""
    return Shelves(demonstration.releases, lambda: ["ecommerce-2020", PROGRAMME], lru_cache(Release))
