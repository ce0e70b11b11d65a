"""Figures of a release come in, the only sentences that may be said of them go out (METHODS.md 6)."""
