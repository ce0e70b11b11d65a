"""Why an address is not answered, for programs and people: a status, a code, words, and what there is instead."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from analytics.language.text import Text
from analytics.model import UserError

LONGEST: Final = 60  # characters of somebody else's words that an answer repeats

# Code -> HTTP status. Codes are part of the contract; words under `api.error.`
STATUSES: Mapping[str, int] = {
    "unknown_address": 404,
    "unknown_table": 404,
    "unknown_format": 404,
    "unknown_programme": 404,
    "unknown_release": 404,
    "unknown_figure": 404,
    "malformed_figure": 404,
    "no_earlier": 404,
    "no_sentence": 404,
    "unknown_picture": 404,
    "no_picture": 404,
    "withdrawn": 410,
    "malformed_query": 400,
    "duplicate_parameter": 400,
    "unknown_parameter": 400,
    "unknown_language": 400,
    "unknown_code": 400,
    "address": 400,
    "no_host": 400,
    "host": 421,
    "too_long": 414,
    "method": 405,
    "too_many": 429,
    "fault": 500,
    "no_pdf": 503,
    "closed": 503,
    "damaged": 503,
    "login": 401,
    "unrecorded": 503,
}


class Refusal(Exception):  # noqa: N818 - it is no fault of the program
    """An address that cannot be answered. known: what could be asked instead; about: more that the answer says."""

    def __init__(
        self, code: str, known: Iterable[str] = (), about: Mapping[str, Any] | None = None, **slots: str | None
    ) -> None:
        """slots: what fills the placeholders of the code's words; None: the address names none, and there is none."""
        super().__init__(code)
        self.code, self.known, self.about = code, tuple(known), dict(about or {})
        self.words = f"{code}_none" if None in slots.values() else code
        self.slots = {name: _short(value) for name, value in slots.items() if value is not None}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUSES[self.code]

    def body(self, text: Text) -> dict[str, Any]:
        """As it is answered."""
        slots = {name: value if value.strip() else text("api.blank") for name, value in self.slots.items()}
        said: dict[str, Any] = {"code": self.code, "message": text(f"api.error.{self.words}", **slots)}
        return {"error": said | ({"known": list(self.known)} if self.known else {}), **self.about}


def _short(value: str) -> str:
    clean = "".join(mark if mark.isprintable() else "\ufffd" for mark in value)
    return clean if len(clean) <= LONGEST else f"{clean[:LONGEST]}…"


def refused(error: UserError) -> Refusal:
    """A refusal to export, as one of an address."""
    name, value = str(error.details.get("name", "")), str(error.details.get("value", ""))
    known = [part for part in str(error.details.get("known", "")).split(", ") if part]
    if error.key == "export.filter":
        return Refusal("unknown_parameter", known, name=name)
    if error.key == "export.unknown":
        return Refusal("unknown_code", known, name=name, value=value)
    raise error
