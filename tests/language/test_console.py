"""The server's console speaks the language that its environment names."""

import os

import pytest

from analytics.cli import commands
from analytics.language.console import VARIABLE, console_text
from analytics.language.text import DEFAULT_LANGUAGE


@pytest.mark.parametrize(
    ("named", "spoken"), [("en", "en"), ("it", "it"), ("xx", DEFAULT_LANGUAGE), ("", DEFAULT_LANGUAGE)]
)
def test_the_environment_names_the_language(named: str, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody speaks here is no reason not to start."""
    monkeypatch.setenv(VARIABLE, named)
    assert console_text().language == spoken


def test_the_server_goes_on_in_the_language_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--lang en serve`: what the process that takes its place says is English too."""
    monkeypatch.setenv(VARIABLE, "it")
    monkeypatch.setenv("VETRINA_OFFICER", "1")
    monkeypatch.setattr(os, "chdir", lambda _: None)
    monkeypatch.setattr(commands, "WINDOWS", False)
    monkeypatch.setattr(os, "execv", lambda *_: None)
    assert commands.main(["--lang", "en", "serve", "--port", "8769"]) == 0
    assert console_text().language == "en"
