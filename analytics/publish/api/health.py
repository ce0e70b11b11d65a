"""Whether the server does what it should, programme by programme: for the program that watches it."""

from typing import Any, Final

from analytics.language.text import Text
from analytics.publish.api.answers import Answer, Making, as_json
from analytics.publish.api.asked import Asked
from analytics.release.health import ProgrammeHealth, Serving, health

OK, DEGRADED, FAILING = "ok", "degraded", "failing"
LEVELS: Final = (OK, DEGRADED, FAILING)
_NEVER_KEPT: Final = {"cache-control": "no-store"}


def prepare_health(asked: Asked) -> Making:
    """Status 503 where a programme that is published is not served at all, else 200; made anew for who asks."""
    return Making(lambda: _answer(health(asked.shelves), asked.text))


def _answer(programmes: list[ProgrammeHealth], text: Text) -> Answer:
    is_failing = any(one.state is Serving.NOT_SERVED for one in programmes)
    level = FAILING if is_failing else OK if all(one.is_well for one in programmes) else DEGRADED
    said = {"status": level, "language": text.language, "programmes": [_in_words(one, text) for one in programmes]}
    return Answer(as_json(said), told=_NEVER_KEPT, status=503 if is_failing else 200)


def _in_words(one: ProgrammeHealth, text: Text) -> dict[str, Any]:
    problem = None
    if one.problem is not None:
        message = text(f"fault.{one.problem}", release=one.of_release or "")
        problem = {"code": one.problem.value, "release": one.of_release, "message": message}
    return {
        "programme": one.programme,
        "state": one.state.value,
        "release": one.release,
        "pointed": one.pointed,
        "problem": problem,
    }
