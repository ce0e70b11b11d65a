"""Privacy notice: which personal data the site handles, of whom, why, how long, and which rights they have."""

from pages.parts import in_use, statement

statement.show(
    "privacy",
    ("says", "readers", "cookies", "people", "firms", "recipients", "kept", "rights", "changes"),
    in_use.language(),
)
