"""The settings of an installation: who has which role, who publishes alone, under which names the site is reached.

They are one file, `vetrina.toml`, in the data folder; without it everything is as if it were empty.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analytics.access.host_names import host_in_settings
from analytics.folders import Home
from analytics.model import UserError

NAME: Final = "vetrina.toml"


def folded(name: str) -> str:
    """A name as it is compared: without case in ASCII letters alone, since others fold into letters that look alike."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name.strip(" \t"))


Identity = Annotated[str, AfterValidator(folded)]  # as a login names somebody, such as an address of e-mail
HostName = Annotated[str, AfterValidator(host_in_settings)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Access(_Table):
    """Who has which role. role_claim: the claim of the login that names roles; role_names: what it calls each of ours,
    where it is not our word; identity_claim: the claim that names a person; anonymous: who has not logged in reads what
    is published; readers_only: everybody does, and nobody more: a server for readers.
    """

    role_claim: str | None = None
    role_names: Mapping[str, str] = Field(default_factory=dict)
    identity_claim: str = "email"
    officers: tuple[Identity, ...] = ()
    press: tuple[Identity, ...] = ()
    analysts: tuple[Identity, ...] = ()
    anonymous: bool = True
    readers_only: bool = False

    def listed(self, role: str) -> tuple[str, ...]:
        """The people whom the file names for a role."""
        return {"officer": self.officers, "press": self.press, "analyst": self.analysts}.get(role, ())


class Publishing(_Table):
    """one_person: programmes whose confidential data one person alone may build and publish."""

    one_person: tuple[str, ...] = ()


class Server(_Table):
    """hosts: names under which the site may be reached, such as "example.org"; none: this machine's own names and
    addresses, and no other;
    requests_per_minute: that one client may send to the addresses for machines; readers: pages open at once, which take
    memory; readers_of_one_client: of them from one address, behind which a whole office may sit.
    """

    hosts: tuple[HostName, ...] = ()
    requests_per_minute: int = Field(default=600, ge=1)
    readers: int = Field(default=500, ge=1)
    readers_of_one_client: int = Field(default=250, ge=1)


class Site(_Table):
    """Who answers for the site, as its statements say. owner: the body, with its address; contact: an address of e-mail
    for reports about the site; data_protection_officer: name and address; accessibility_reviewed: the day of the last
    review, YYYY-MM-DD; host: who runs the machines, where it is somebody else.
    """

    owner: str | None = None
    contact: str | None = None
    data_protection_officer: str | None = None
    accessibility_reviewed: dt.date | None = None
    host: str | None = None


class Installation(_Table):
    """The whole file. accounts: the account of a terminal -> the person, as a login names them."""

    access: Access = Access()
    accounts: Mapping[str, Identity] = Field(default_factory=dict)
    publishing: Publishing = Publishing()
    server: Server = Server()
    site: Site = Site()


def load_installation(home: Home) -> Installation:
    """The settings of a data folder. Raises UserError where the file cannot be read or says what there is not."""
    path = home.settings
    try:
        return Installation.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return Installation()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError("settings.unreadable", file=path, problem=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UserError("settings.wrong", file=path, place=place, problem=first["msg"]) from error
