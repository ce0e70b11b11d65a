"""The pictures of the evidence: of a claim, and of the whole programme."""

from analytics.language.text import Text
from analytics.model import Grade
from analytics.present import pictures
from analytics.present.sentences.headlines import Headline
from analytics.present.titled.chosen import View, claims_by_key
from analytics.present.titled.titled import Keyed, Titled


def claim_label(claim: Headline, text: Text) -> str:
    """What a claim is of, in words."""
    return text("evidence.option", kind=text(f"evidence.kind.{claim.kind}"), label=claim.label)


def specifications(view: View) -> Titled | None:
    """The claim's estimate in other ways."""
    claim = _claim(view)
    if claim is None:
        return None
    shown = pictures.specification_curve(view.release, view.text, claim.figure.figure_id)
    return _titled(view, shown, "specifications", claim, Keyed.PARTS)


def before(view: View) -> Titled | None:
    """The claim's estimate read otherwise."""
    claim = _claim(view)
    if claim is None:
        return None
    shown = pictures.read_otherwise(view.release, view.text, claim.figure.figure_id)
    return _titled(view, shown, "before", claim)


def _claim(view: View) -> Headline | None:
    """The claim that the reader looks at, where it has an estimate."""
    claim = claims_by_key(view.release, view.text).get(view.chosen.claim)
    return None if claim is None or claim.figure.grade is Grade.WITHHELD else claim


def events(view: View) -> Titled | None:
    """The effect by time since the award."""
    return _of_programme(view, pictures.event_study(view.release, view.text), "events")


def balance(view: View) -> Titled | None:
    """How alike the two arms were before."""
    return _of_programme(view, pictures.balance(view.release, view.text), "balance")


def reporting(view: View) -> Titled | None:
    """Who reports."""
    return _of_programme(view, pictures.reporting(view.release, view.text), "reporting")


def detectable(view: View) -> Titled | None:
    """The smallest effect that each sector would tell."""
    return _of_programme(view, pictures.detectable(view.release, view.text), "detectable")


def _of_programme(view: View, shown: pictures.Shown, name: str) -> Titled | None:
    """Where nothing is claimed there is no evidence to show."""
    return _titled(view, shown, name) if claims_by_key(view.release, view.text) else None


def _titled(
    view: View, shown: pictures.Shown, name: str, claim: Headline | None = None, keyed: Keyed = Keyed.NO
) -> Titled:
    about = claim_label(claim, view.text) if claim else ""
    return Titled(shown, view.text(f"evidence.{name}"), view.text(f"evidence.{name}_says"), about, keyed=keyed)
