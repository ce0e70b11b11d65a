"""Which role each request and each page's session has, and whether this server may serve at all: decided here alone."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.access.login import HOURS
from analytics.access.visitor import ANYBODY, Visitor, at_this_machine, logged_in, stranger
from analytics.model import UserError
from analytics.serve.door import Caller, is_this_machine, listens_here_alone
from analytics.serve.here import Here

OPEN: Final = "1"  # what the environment may say of the officer's page where there is no login
SHUT: Final = "0"


@dataclass(frozen=True, slots=True)
class Login:
    """What the cookie of a login says. claims: of the person, by the provider; site: where they logged in."""

    claims: Mapping[str, Any]
    site: str
    is_expired: bool = False

    @property
    def digest(self) -> str:
        """Of this one login."""
        return hashlib.sha256(json.dumps(self.claims, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(slots=True)
class Visitors:
    """Who is who on a server. login_of: reads the signed cookie of a login, None where there is none or it is false;
    has_login: whether people can log in; address: at which the server listens; officer: what the environment says.
    """

    here: Here
    login_of: Callable[[Mapping[str, str]], Login | None]
    has_login: bool
    address: str | None
    officer: str | None = None
    _logged_out: dict[str, float] = field(default_factory=dict)
    _recorded: dict[str, float] = field(default_factory=dict)
    _listens_here: bool | None = field(default=None)

    @property
    def listens_here(self) -> bool:
        """Whether this machine alone reaches the server, by its settings."""
        if self._listens_here is None:
            self._listens_here = listens_here_alone(self.address)
        return self._listens_here

    def of(self, caller: Caller) -> Visitor:
        """Who asks. Of a login counts only one of this very site, that is not too old and was not ended."""
        installation = self.here.installation()
        access = installation.access
        if not self.has_login:
            return at_this_machine(installation) if self._may_do_all(caller) else stranger(access)
        login = self.login_of(caller.cookies)
        if login is None or not caller.is_of(login.site) or login.digest in self._logged_out:
            return stranger(access)
        return stranger(access, is_expired=True) if login.is_expired else logged_in(login.claims, access)

    def _may_do_all(self, caller: Caller) -> bool:
        """Without a login: who sits at this machine, of a server that nobody else reaches. Where data are confidential
        it must be asked for: a proxy that hides itself looks like this machine.
        """
        wanted = self.officer == OPEN or (self.officer != SHUT and not self.here.kinds().is_confidential)
        return wanted and self.listens_here and caller.is_from_here()

    def is_recorded(self, login: str) -> bool:
        """Whether a login of an officer stands in the log. login: its digest."""
        return login in self._recorded

    def note_recorded(self, login: str) -> None:
        """It does now; remembered for as long as a login lasts."""
        now = time.monotonic()
        kept = {digest: until for digest, until in self._recorded.items() if until > now}
        self._recorded = kept | {login: now + HOURS * 3600}

    def end_login(self, caller: Caller) -> None:
        """Who logs out is out in every window, and so is whoever has a copy of the cookie."""
        login, now = self.login_of(caller.cookies), time.monotonic()
        if login is not None and caller.is_of(login.site):
            kept = {digest: until for digest, until in self._logged_out.items() if until > now}
            self._logged_out = kept | {login.digest: now + HOURS * 3600}

    def why_closed(self, reached_at: str | None = None) -> UserError | None:
        """Why nothing may be served; None where it may. reached_at: the address at which a request reached the server,
        where its settings do not say: another program may have opened the port.
        """
        kinds, access = self.here.kinds(), self.here.installation().access
        if access.readers_only and kinds.has_store:
            return UserError("serve.readers_store", settings=self.here.home.settings)
        is_here = self.listens_here and (reached_at is None or is_this_machine(reached_at))
        if self.has_login or access.readers_only or is_here or not kinds.is_real:
            return None
        return UserError("serve.open", address=reached_at or self.address or "*", settings=self.here.home.settings)


def anybody(_: Caller) -> Visitor:
    """Where nobody has a role."""
    return ANYBODY
