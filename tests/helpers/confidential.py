"""A programme of confidential data for whatever loads programmes: Michigan's, as if nobody might see its firms."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from analytics import folders
from analytics.access.people import Person
from analytics.audit.log import AuditLog
from analytics.folders import PROGRAMME_FILES, Home
from analytics.officer.approval import hash_of_release
from analytics.programme.file import load_programme
from analytics.release import Releases

PROGRAMME = "michigan-1988"
ANNA, BRUNO = Person("anna@example.org", "login"), Person("bruno@example.org", "login")


def make_confidential(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """From now on, in this process, its file says that its data are confidential."""
    text = (PROGRAMME_FILES / f"{PROGRAMME}.toml").read_text(encoding="utf-8")
    (folder / f"{PROGRAMME}.toml").write_text(text.replace('data_kind = "public"', 'data_kind = "confidential"'))
    patch.setattr(load_programme, "__defaults__", (folder,))
    patch.setattr(folders, "PROGRAMME_FILES", folder)


def was_built(home: Home, release: str, by: Person = ANNA) -> None:
    """Record that somebody built a release as it is."""
    sha256 = hash_of_release(Releases(home.releases, PROGRAMME), release)
    AuditLog(home.audit).append("build", "done", by, programme=PROGRAMME, release=release, sha256=sha256)


def alone_publish(home: Home, programmes: Sequence[str] = (PROGRAMME,)) -> None:
    """Settings that let one person publish confidential data."""
    home.settings.write_text(f"[publishing]\none_person = {list(programmes)!r}\n", encoding="utf-8")
