"""The officer's page without a browser: where it is there, where it is not, what it says before anything is done."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from analytics.folders import PROJECT, Home
from analytics.language.text import LANGUAGES, Text
from analytics.officer.job import Ended
from analytics.serve.door import Caller
from pages import OFFICER
from pages.parts import visitor
from tests.pages.app import opened, sound, words
from tests.pages.reader import HANG


def caller(client: str, host: str, origin: str | None = None) -> Caller:
    """Who opens a page's connection; origin: the site whose page does, by default this one's."""
    return Caller(client, {"host": host, "origin": origin or f"http://{host}"}, {}, is_websocket=True)


HERE = caller("127.0.0.1", "127.0.0.1:8501")
STEPS = ("file", "columns", "problems", "difference", "import", "build", "headlines", "publish")


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor on the server's own machine, where the page is asked for. Streamlit's tests have no visitor."""
    monkeypatch.setenv(visitor.VARIABLE, "1")
    monkeypatch.setattr(visitor, "_caller", lambda: HERE)


def finished(app: AppTest) -> AppTest:
    """The page once nothing goes on any more."""
    end = time.monotonic() + HANG
    while app.session_state["officer_desk"].job is not None and time.monotonic() < end:
        time.sleep(0.1)
        app.run()
    return app


@pytest.mark.parametrize(
    ("wanted", "who", "listens"),
    [
        ("0", HERE, "127.0.0.1"),
        ("1", caller("10.0.0.9", "127.0.0.1"), "127.0.0.1"),
        ("1", caller("127.0.0.1", "vetrina.example.org"), "127.0.0.1"),
        ("1", caller("127.0.0.1", "127.0.0.1:8501", "http://127.0.0.1:9000"), "127.0.0.1"),
        ("1", HERE, "0.0.0.0"),
        ("1", HERE, None),
    ],
)
def test_without_its_door_the_page_is_not_there(
    demonstration: Home, monkeypatch: pytest.MonkeyPatch, wanted: str, who: Caller, listens: str | None
) -> None:
    """Not asked for, a visitor from elsewhere, a server that others reach: no navigation knows it, and who comes to its
    file in whatever way sees nothing of it.
    """
    monkeypatch.setenv(visitor.VARIABLE, wanted)
    monkeypatch.setattr(visitor, "_caller", lambda: who)
    monkeypatch.setattr(visitor, "_listens_at", lambda: listens)
    assert not visitor.may_manage()
    with pytest.raises(ValueError, match="navigation page"):
        opened(demonstration, "officer", programme="michigan-1988")
    alone = AppTest.from_file(str(PROJECT / "pages" / "officer.py"), default_timeout=HANG).run()
    assert not alone.main.children
    assert "officer_desk" not in alone.session_state


@pytest.mark.usefixtures("at_home")
def test_a_page_that_was_open_closes_with_its_door(demonstration: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page asks at every run, not when it is opened alone: a session that moves elsewhere sees nothing more."""
    app = finished(opened(demonstration, "officer", programme="michigan-1988"))
    assert app.get("file_uploader")
    monkeypatch.setattr(visitor, "_caller", lambda: caller("10.0.0.9", "127.0.0.1"))
    app.run()
    assert not app.get("file_uploader")
    assert Text()("officer.title") not in words(app)


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_every_step_in_order(demonstration: Home, language: str) -> None:
    """Where something is published: eight steps, the imports with their whole hashes, the releases; nothing can be
    imported or published without a file or a candidate.
    """
    text = Text(language)
    app = finished(opened(demonstration, "officer", lang=language, programme="michigan-1988"))
    assert sound(app, language)
    assert [header.value for header in app.header] == [
        f"{n}. {text(f'officer.step.{step}')}" for n, step in enumerate(STEPS, 1)
    ]
    shown = " ".join(table.value.to_string() for table in app.table)
    imports = app.session_state["officer_desk"].archive.imports
    assert imports
    assert all(one.sha256 in shown for one in imports)
    assert [app.button(key=key).disabled for key in ("officer_import", "officer_build")] == [True, False]


@pytest.mark.usefixtures("at_home")
def test_the_page_is_there_before_the_first_release(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With no release at all the officer can begin, while other pages say that there is nothing yet."""
    home = Home(tmp_path_factory.mktemp("empty"))
    app = opened(home, "officer")
    assert sound(app)
    assert app.title[0].value == Text()("officer.title")
    assert opened(home).title[0].value == Text()("page.empty_title")


@pytest.mark.usefixtures("at_home")
def test_work_that_is_killed_says_so(demonstration: Home) -> None:
    """A process that the machine ended leaves a sentence that says what to do, and the page goes on."""
    app = finished(opened(demonstration, "officer", programme="michigan-1988"))
    desk = app.session_state["officer_desk"]
    app.button(key="officer_build").click().run()
    assert desk.job is not None
    desk.job._process.kill()
    assert desk.job.wait() == Ended(is_killed=True)
    app.run()
    assert [error.value for error in app.error] == [Text()("officer.killed")]
    assert not app.button(key="officer_build").disabled


def test_readers_pages_do_not_name_it(demonstration: Home) -> None:
    """No link of a reader's page leads there."""
    assert all(end not in words(opened(demonstration, "audit")) for end in OFFICER.values())
