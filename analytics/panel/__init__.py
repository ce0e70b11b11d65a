"""Firms × periods: long frames come in; a `Panel`, its windows and its two arms go out. Nothing is estimated here."""

from analytics.panel.panel import Panel

__all__ = ["Panel"]
