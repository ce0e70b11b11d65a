"""The settings of an installation."""

from pathlib import Path

import pytest

from analytics.access.installation import Installation, load_installation
from analytics.access.people import at_terminal
from analytics.folders import Home
from analytics.model import UserError


def _written(tmp_path: Path, words: str) -> Home:
    (tmp_path / "vetrina.toml").write_text(words, encoding="utf-8")
    return Home(tmp_path)


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    """Nobody has a role, and nobody publishes confidential data alone."""
    assert load_installation(Home(tmp_path)) == Installation()


def test_names_of_people_are_compared_without_case(tmp_path: Path) -> None:
    """Providers write addresses as they please."""
    home = _written(tmp_path, '[access]\nofficers = ["Anna@Example.ORG "]\n')
    assert load_installation(home).access.officers == ("anna@example.org",)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("[access\n", "settings.unreadable"),
        ('[access]\nofficer = ["a@example.org"]\n', "settings.wrong"),
        ('[access]\nofficers = "a@example.org"\n', "settings.wrong"),
        ("[server]\nrequests_per_minute = 0\n", "settings.wrong"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, words: str, key: str) -> None:
    """A misspelt key would leave a door open or closed in silence."""
    with pytest.raises(UserError) as refused:
        load_installation(_written(tmp_path, words))
    assert refused.value.key == key


def test_an_account_stands_for_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system says who is at the terminal, and no variable of the environment."""
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody")
    unnamed = at_terminal(Installation())
    assert unnamed.identity.endswith("@terminal")
    assert not unnamed.identity.startswith("somebody")
    account = unnamed.identity.removesuffix("@terminal")
    assert at_terminal(Installation(accounts={account: "Anna@example.org"})).identity == "anna@example.org"
