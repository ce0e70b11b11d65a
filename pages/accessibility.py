"""Accessibility statement: how far the site can be used by everybody, and to whom barriers are reported."""

from pages.parts import in_use, statement

statement.show(
    "accessibility", ("says", "status", "barriers", "prepared", "feedback", "enforcement", "about"), in_use.language()
)
