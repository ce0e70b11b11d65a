"""Releases that readers may hold side by side: what neither tells, both together must not tell either."""

from collections.abc import Callable, Iterable

from analytics.model import UserError
from analytics.release.file import Release


def check_together(release: Release, beside: Iterable[str], opened: Callable[[str], Release]) -> None:
    """Whether a release was protected together with all of these, which `opened` reads: one of two was made with the
    other in view, or they stand on the same data. Raises UserError, also for one that cannot be read.
    """
    for name in beside:
        if name == release.release_id or name in release.manifest.beside:
            continue
        try:
            other = opened(name)
        except UserError as error:
            if error.key == "release.version":  # of a time when no confidential data were published
                continue
            raise
        alike = _made_of(release) == _made_of(other)
        if release.release_id not in other.manifest.beside and not alike:
            raise UserError("release.unchecked", release=release.release_id, other=name)


def _made_of(release: Release) -> tuple[object, ...]:
    """Data, programme file and code that a release was made of."""
    made = release.manifest
    return made.inputs, made.deletions, release.programme, made.code_version
