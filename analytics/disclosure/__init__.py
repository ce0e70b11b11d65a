"""Disclosure control: a cube of cells comes in; the cells to withhold, and what an attacker finds, go out.

METHODS.md 7. Knows no grants: `Cube.from_microdata` takes any frame of units with codes and a contribution.
"""

from analytics.disclosure.attacker import feasible_intervals
from analytics.disclosure.cube import Cube
from analytics.disclosure.protect import Protection, protect
from analytics.model import DisclosureRules

__all__ = ["Cube", "DisclosureRules", "Protection", "feasible_intervals", "protect"]
