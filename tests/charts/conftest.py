"""Fixtures of the tests of charts."""

import pytest

from analytics.language.text import LANGUAGES, Text


@pytest.fixture(params=LANGUAGES)
def text(request: pytest.FixtureRequest) -> Text:
    return Text(request.param)
