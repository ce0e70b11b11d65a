"""Privacy notice: which personal data the site handles, of whom, why, how long, and which rights they have."""

from pages.parts import in_use, statement

statement.show(
    "privacy.title",
    (
        "privacy.says",
        "privacy.readers",
        "privacy.cookies",
        "privacy.people",
        "privacy.firms",
        "privacy.recipients",
        "privacy.kept",
        "privacy.rights",
        "privacy.changes",
    ),
    in_use.language(),
)
