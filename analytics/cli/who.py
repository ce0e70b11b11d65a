"""Who types a command: what the audit log says of what it does."""

from analytics.access.installation import load_installation
from analytics.access.people import Person, at_terminal
from analytics.folders import Home


def typist(home: Home) -> Person:
    """The person at this terminal. Raises UserError where the installation's settings cannot be read."""
    return at_terminal(load_installation(home))
