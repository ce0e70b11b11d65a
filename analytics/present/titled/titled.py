"""A picture as it stands on a page, with all that is said around it."""

from dataclasses import dataclass, field
from enum import StrEnum

from analytics.present.pictures import Shown


class Keyed(StrEnum):
    """How much is said of the intervals that a picture has."""

    NO = "no"
    PARTS = "parts"  # what its bar and its ends are: on a page the key stands over another picture
    WHOLE = "whole"  # the key, with an interval that tells and one that does not


@dataclass(frozen=True, slots=True)
class Titled:
    """shown: the picture, or why there is none; title: a finding, or what is shown; says: what stands below the title;
    about: of which group and question it is, which a page says once, above it; only_there: what can be done with the
    picture on a page alone.
    """

    shown: Shown
    title: str
    says: str = ""
    about: str = ""
    only_there: str = ""
    keyed: Keyed = Keyed.NO
    name: str = ""
    choices: dict[str, str] = field(default_factory=dict)
