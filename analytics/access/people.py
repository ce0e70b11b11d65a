"""The person who acts: as the login names them, or as the operating system does."""

import getpass
import os
from dataclasses import dataclass
from typing import Final

from analytics.access.installation import Installation
from analytics.folders import WINDOWS

TERMINAL: Final = "terminal"
LOGIN: Final = "login"


@dataclass(frozen=True, slots=True)
class Person:
    """identity: who, such as an address of e-mail or a terminal's account; by: how it is known, TERMINAL or LOGIN;
    account: of the operating system, at a terminal: the settings may name another person for it tomorrow.
    """

    identity: str
    by: str = TERMINAL
    account: str = ""


def at_terminal(installation: Installation) -> Person:
    """Who runs this process, by the operating system: no variable of the environment can say otherwise.

    The settings may say which person, as a login names them, has an account.
    """
    account = _account()
    return Person(installation.accounts.get(account, f"{account}@{TERMINAL}"), account=account)


def _account() -> str:
    if WINDOWS:
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        return f"uid-{os.getuid()}"
