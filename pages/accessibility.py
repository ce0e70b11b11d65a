"""Accessibility statement: how far the site can be used by everybody, and to whom barriers are reported."""

from pages.parts import in_use, statement

statement.show(
    "accessibility.title",
    (
        "accessibility.says",
        "accessibility.status",
        "accessibility.barriers",
        "accessibility.prepared",
        "accessibility.feedback",
        "accessibility.enforcement",
        "accessibility.about",
    ),
    in_use.language(),
)
