"""The page of data and checks tells the path from announced to analysed, in both languages."""

import shutil
from pathlib import Path

import pytest

from analytics.folders import Home
from analytics.language.text import LANGUAGES, Text
from analytics.release import Releases
from analytics.release.path import PATHS, STANDS
from tests.helpers.format_9 import as_format_9
from tests.helpers.markup import words as read_in
from tests.pages.app import blocks, opened, sound, words

PROGRAMME = "ecommerce-2020"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_path_is_a_ladder_whose_gaps_are_explained(demonstration: Home, language: str) -> None:
    """Every number of the release's table stands there; what is told together lists its reasons; nothing is left."""
    app, text = opened(demonstration, "audit", lang=language), Text(language)
    assert sound(app, language)
    shown = {key: read_in(block) for key, block in blocks(app).items() if key.startswith("path_")}
    assert list(shown) == [f"path_{path}" for path in PATHS]
    rows = Releases(demonstration.releases, PROGRAMME).open().reconciliation_gaps
    for row in rows.dropna(subset=["value"]).to_dict("records"):
        said = shown[f"path_{row['path']}"]
        if row["unit"] == "amount":
            assert text.money(abs(row["value"]), "EUR", decimals=2).replace("\u00a0", " ") in said
        else:
            assert text.number(abs(row["value"])) in said
        if row["reason"] != STANDS:
            assert all(text(f"code.gap.{part}") in said for part in row["reason"].split("+"))
    assert all(text("path.explained") in said for said in shown.values())
    assert text("path.unexplained") not in " ".join(shown.values())


def test_a_release_of_an_earlier_format_has_the_counts_alone(demonstration: Home, tmp_path: Path) -> None:
    """And says why there is no path."""
    shutil.copytree(demonstration.releases, tmp_path / "releases")
    releases = Releases(tmp_path / "releases", PROGRAMME)
    as_format_9(releases.path(releases.open().release_id))
    app = opened(Home(tmp_path), "audit", lang="it")
    assert sound(app)
    assert not [key for key in blocks(app) if key.startswith("path_")]
    assert Text("it")("path.none") in words(app)
