"""A sentence says no more than its interval allows, and carries its number, range, horizon and id."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.headlines import Verdict, approved, change_sentence, effect_sentence, headlines, verdict
from analytics.home import Home
from analytics.model import Reason
from analytics.release import Figure, Release, Releases
from analytics.text import LANGUAGES, Text

FORBIDDEN = {
    "it": ("grazie a", "ha causato", "hanno causato", "ha creato", "migliore settore", "nessun effetto", "classifica"),
    "en": ("thanks to", "caused", "boosted", "created", "best sector", "ranked", "no effect"),
}


@pytest.fixture(scope="module")
def release(demonstration: Home) -> Release:
    return Releases(demonstration.releases, "ecommerce-2020").open()


def with_interval(figure: Figure, low: float, value: float, high: float) -> Figure:
    return dataclasses.replace(figure, low=low, high=high, sim_low=low, sim_high=high, value=value)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.02, 0.22, "higher"),
        (-0.2, -0.01, "lower"),
        (-0.05, 0.2, "cannot_tell"),
        (0.0, 0.2, "cannot_tell"),
        (-0.2, 0.0, "cannot_tell"),
    ],
)
def test_the_verdict_is_what_the_interval_allows(release: Release, low: float, high: float, expected: str) -> None:
    """Higher or lower only when the whole interval lies on one side; touching zero is cannot tell."""
    figure = with_interval(release.headline(), low, (low + high) / 2, high)
    assert verdict(figure, "*") == expected


@given(bounds=st.lists(st.floats(-0.99, 20, allow_nan=False), min_size=3, max_size=3))
def test_no_interval_yields_a_forbidden_word_or_an_unearned_claim(release: Release, bounds: list[float]) -> None:
    """Whatever the interval, the claim follows it, the range is printed, and no forbidden word appears."""
    low, value, high = sorted(bounds)
    figure = with_interval(release.headline(), low, value, high)
    for language in LANGUAGES:
        text = Text(language)
        sentence = effect_sentence(release, figure, "*", text)
        assert text.span(low, high) in sentence
        assert not [word for word in FORBIDDEN[language] if word in sentence.lower()]
        says_higher = {"it": "sono state più alte di circa", "en": "% higher than"}[language] in sentence
        assert says_higher == (low > 0)


def test_a_named_group_is_claimed_by_the_joint_interval(release: Release) -> None:
    """A sector whose own interval excludes zero but whose joint one does not is "cannot tell"."""
    figure = dataclasses.replace(release.headline(), low=0.01, high=0.3, sim_low=-0.05, sim_high=0.4)
    assert verdict(figure, "*") is Verdict.HIGHER
    assert verdict(figure, "sector") is Verdict.CANNOT_TELL
    assert "tutti i settori insieme" in effect_sentence(release, figure, "sector", Text("it"))


def test_a_change_is_never_called_an_effect(release: Release) -> None:
    """The before/after sentence says that it is not the effect of the grant."""
    figure = release.figure("change", outcome="online_sales", arm="funded", horizon="overall")
    assert figure is not None
    for value in (0.18, -0.18, 0.001):
        changed = dataclasses.replace(figure, value=value)
        assert "non l’effetto del contributo" in change_sentence(release, changed, Text("it"))
        assert "not the effect of the grant" in change_sentence(release, changed, Text("en"))


def test_a_withheld_figure_gives_its_reason_and_no_number(release: Release) -> None:
    """Quality and confidentiality are told apart; no digit of a value leaks."""
    empty = dataclasses.replace(
        release.headline(), value=None, low=None, high=None, sim_low=None, sim_high=None, reason=Reason.TOO_FEW_FIRMS
    )
    quality = effect_sentence(release, dataclasses.replace(empty, conf_status="F"), "sector", Text("it"))
    secret = effect_sentence(release, dataclasses.replace(empty, conf_status="A"), "sector", Text("it"))
    assert "meno di 10 imprese" in quality
    assert "riservato" in secret
    assert not any(mark.isdigit() for mark in secret)


def test_sentences_to_copy_carry_their_id_and_mark(release: Release) -> None:
    """What the press office takes away says which figure it is and that it is simulated."""
    for headline in approved(release, Text("it")):
        assert headline.figure.figure_id in headline.copied
        assert headline.copied.startswith("DATI SIMULATI")


def test_json_equals_the_release(release: Release) -> None:
    """Every figure of the JSON is the release's, to the last digit, withheld ones with reason and null value."""
    payload = headlines(release, Text("en"))
    assert len(payload["headlines"]) > 10
    for item in payload["headlines"]:
        figure = release.by_id(item["figure_id"])
        assert figure is not None
        assert item["value"] == figure.value
        assert (item["value"] is None) == (item["reason"] is not None)


def test_michigan_reads_cannot_tell_and_is_no_simulation(demonstration: Home) -> None:
    """Real firms: the award-year effect on sales is −1% with a range across zero, labelled a method check."""
    release = Releases(demonstration.releases, "michigan-1988").open()
    first = next(approved(release, Text("en")))
    assert first.verdict is Verdict.CANNOT_TELL
    assert first.sentence.startswith("In the year of the grant we cannot say")
    assert "method check" in first.copied
