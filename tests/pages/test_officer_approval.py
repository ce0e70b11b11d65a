"""Two officers at the page: who built a release cannot approve it there, the other can, and then it is published."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.access.people import Person
from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.officer.job import Ended, Step
from analytics.release import Releases
from pages.parts import officer_desk, visitor
from tests.helpers.confidential import ANNA, BRUNO, PROGRAMME, alone_publish, make_confidential, was_built
from tests.helpers.kill_release import make
from tests.helpers.michigan_release import built, sales_only
from tests.pages.app import opened, sound, words
from tests.pages.test_officer import at_home

__all__ = ["at_home"]  # the door of the page, open


class Here:
    """Work that is done at once, in this process, which knows the programme's other file."""

    def __init__(self, name: str, work: Any, *arguments: object) -> None:
        self.name, self.step = name, Step("start", 0, 0)
        self._ended = Ended(work(*arguments, progress=lambda *_: None))

    def poll(self) -> Ended:
        return self._ended


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases, of which the first is published."""
    root = tmp_path_factory.mktemp("page_approved")
    built(root, sales_only)
    make(root)
    return root


@pytest.fixture
def home(shelf: Path, tmp_path: Path, at_home: None, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Of confidential data; Anna built the second release. The page is open on this machine."""
    monkeypatch.setattr(officer_desk, "Job", Here)
    make_confidential(monkeypatch, tmp_path)
    home = Home(shutil.copytree(shelf, tmp_path / "data"))
    was_built(home, _second(home))
    return home


def _second(home: Home) -> str:
    return Releases(home.releases, PROGRAMME).known()[1]


def sits_there(person: Person, patch: pytest.MonkeyPatch) -> None:
    """From now on whoever runs a page is this person."""
    patch.setattr(visitor, "person", lambda: person)


def page_of(person: Person, home: Home, patch: pytest.MonkeyPatch, language: str = "it") -> AppTest:
    """The page as somebody sees it, with the release compared."""
    sits_there(person, patch)
    app = opened(home, "officer", lang=language, programme=PROGRAMME).run()
    app.button(key="officer_compare").click().run()
    return app.run()


def said(app: AppTest) -> str:
    """All that the page says, with its coloured boxes."""
    boxes = (*app.info, *app.success, *app.error, *app.warning)
    return "\n".join([words(app), *(str(box.value).replace("\\", "") for box in boxes)])


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_built_waits_for_somebody_else(home: Home, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """The page names both, says what is missing, and has no button to publish; that to approve cannot be pressed."""
    text, release = Text(language), _second(home)
    app = page_of(ANNA, home, monkeypatch, language)
    assert sound(app, language)
    assert text("officer.approval.waits", release=release, builder=ANNA.identity) in said(app)
    assert text("error.approval.own", release=release) in said(app)
    assert app.button(key="officer_approve").disabled
    assert "officer_publish" not in keys(app)
    assert text("officer.state.built") in " ".join(table.value.to_string() for table in app.table)


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_officer_approves_and_the_release_is_published(
    home: Home, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """After a second click; then the first one may publish it. A newer build meanwhile takes it back."""
    text, release = Text(language), _second(home)
    other = page_of(BRUNO, home, monkeypatch, language)
    assert not other.button(key="officer_approve").disabled
    other.button(key="officer_approve").click().run()
    other.button(key="officer_approve_yes").click().run()
    other.run()
    assert sound(other, language)
    who = {"builder": ANNA.identity, "approver": BRUNO.identity}
    assert text("officer.approval.given", release=release, **who) in said(other)
    assert text("officer.state.approved") in " ".join(table.value.to_string() for table in other.table)
    first = Releases(home.releases, PROGRAMME).known()[0]
    was_built(home, first)
    app = page_of(ANNA, home, monkeypatch, language)
    assert text("error.approval.rebuilt", release=release, newer=first) in said(app)
    assert "officer_publish" not in keys(app)
    sits_there(BRUNO, monkeypatch)
    other.run()
    other.button(key="officer_approve").click().run()
    other.button(key="officer_approve_yes").click().run()
    sits_there(ANNA, monkeypatch)
    app.run()
    app.button(key="officer_publish").click().run()
    app.button(key="officer_publish_yes").click().run()
    assert Releases(home.releases, PROGRAMME).current == release
    reader = opened(home, "audit", lang=language, programme=PROGRAMME)
    assert text("audit.approved.two_people").replace("**", "") in words(reader).replace("**", "")
    assert not any(one.identity in words(reader) for one in (ANNA, BRUNO))


def test_where_one_person_may_publish_the_page_says_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is to be approved."""
    alone_publish(home)
    app = page_of(ANNA, home, monkeypatch)
    assert Text()("officer.approval.one_person") in said(app)
    assert {"officer_publish", "officer_approve"} & keys(app) == {"officer_publish"}


def test_where_the_settings_can_no_longer_be_read_nothing_is_approved(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows how many people it takes: the page names the file, and offers neither step."""
    app = page_of(BRUNO, home, monkeypatch)
    assert "officer_approve" in keys(app)
    home.settings.write_text("[publishing", encoding="utf-8")
    app.run()
    assert sound(app)
    assert "vetrina.toml" in said(app)
    assert not {"officer_approve", "officer_publish"} & keys(app)
