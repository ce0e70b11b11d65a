"""Why an address is not answered, where it names nothing, or there is nothing to name."""

from functools import cache
from pathlib import Path

import pytest

from analytics.language.text import LANGUAGES, Text
from analytics.publish.api.refusals import STATUSES, Refusal
from analytics.publish.api.service import Service
from analytics.release import Release
from analytics.release.readable import Shelves
from pages import PAGES

SITE = "https://example.org"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_a_blank_value_leaves_no_gap_in_a_sentence(language: str, value: str) -> None:
    """Whatever code it is refused with, and whichever of its words is blank."""
    text = Text(language)
    for code in STATUSES:
        slots = dict.fromkeys(("value", "name", "programme", "release", "current", "most", "seconds"), value)
        message = Refusal(code, **slots).body(text)["error"]["message"]
        assert "  " not in message, code
        assert " ." not in message, code
        assert not message.startswith(" "), code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/api/headlines.json", "unknown_programme_none"),
        ("/api/catalogue.jsonld", "unknown_programme_none"),
    ],
)
def test_a_site_where_nothing_is_published_says_so(tmp_path: Path, language: str, address: str, words: str) -> None:
    """Instead of that a programme without a name is not there; the code stays the contract's."""
    service = Service(Shelves(tmp_path, list, cache(Release)), PAGES)
    with pytest.raises(Refusal) as refused:
        service.prepare(address, "", SITE, language).make()
    said = refused.value.body(Text(language))["error"]
    assert (said["code"], said["message"]) == ("unknown_programme", Text(language)(f"api.error.{words}"))
