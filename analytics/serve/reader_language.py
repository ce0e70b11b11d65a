"""Which language a reader is answered in."""

from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES
from analytics.serve.packing import weighted


def preferred_language(accepted: str | None) -> str:
    """The spoken language that a browser asks for first in its Accept-Language header; the default one for none."""
    weights = weighted(accepted or "")
    wanted = sorted((name for name, weight in weights.items() if weight > 0), key=lambda name: -weights[name])
    spoken = (name.partition("-")[0] for name in wanted)
    return next((name for name in spoken if name in LANGUAGES), DEFAULT_LANGUAGE)


def language_of(asked: str | None, accepted: str | None) -> str:
    """The language of an answer: the one that the address names, else the browser's."""
    return asked if asked in LANGUAGES else preferred_language(accepted)
