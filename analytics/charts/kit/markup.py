"""HTML and SVG, element by element: words and attributes are escaped on their way in, so no text is ever markup."""

from collections.abc import Iterable

from markupsafe import Markup, escape


def element(name: str, *content: object, **attributes: object) -> Markup:
    """One element; content that is Markup goes in as it is, all else as text.

    An attribute's name is written with "-" for "_", and without a "_" at its end (`class_`); one that is None is left
    out.
    """
    written = joined(
        Markup(' {}="{}"').format(
            key.rstrip("_").replace("_", "-"), number(value) if isinstance(value, float) else value
        )
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{name}{attributes}>{content}</{name}>").format(
        name=name, attributes=written, content=joined(content)
    )


def joined(parts: Iterable[object]) -> Markup:
    """Parts one after the other."""
    return Markup("").join(escape(part) for part in parts)


def number(value: float) -> str:
    """A length or a coordinate, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """A share of a width or a height, as CSS and SVG take it."""
    return f"{number(100 * share)}%"
