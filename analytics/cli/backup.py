"""The commands `backup` and `restore`."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli.progress import Bar
from analytics.cli.who import typist
from analytics.clock import from_stamp, moment_in_words
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import UserError

if TYPE_CHECKING:
    from analytics.upkeep.backup import BackUp
    from analytics.upkeep.manifest import Manifest
    from analytics.upkeep.restore import Restored

ALTERED = 1  # exit code where a backup was made, and a release is not what it was


def run_backup(arguments: argparse.Namespace, text: Text) -> int:
    """A new backup in a folder of backups; with --check one that is there is read again."""
    from analytics.upkeep.backup import back_up, check
    from analytics.upkeep.manifest import backup_at

    folder: Path = arguments.folder
    if arguments.check:
        folder = backup_at(folder)
        with Bar(text) as bar:
            manifest = check(folder, bar)
        print(text("cli.backup.whole", folder=folder, **_told(manifest, text)))
        return 0
    home = Home.default()
    with Bar(text) as bar:
        made = back_up(home, folder, typist(home), arguments.only, bar)
    print(text("cli.backup.made", folder=made.folder, **_told(made.manifest, text)))
    if made.linked:
        print(text("cli.backup.linked", n=text.number(made.linked)))
    for line in _altered(made, text):
        print(line, file=sys.stderr)
    return ALTERED if made.altered or made.damaged else 0


def _told(manifest: "Manifest", text: Text) -> dict[str, object]:
    return {
        "n": text.number(len(manifest.files)),
        "size": text.number(sum(file.size for file in manifest.files)),
        "programmes": ", ".join(manifest.programmes),
        "at": moment_in_words(from_stamp(manifest.made_at), text),
    }


def _altered(made: "BackUp", text: Text) -> Iterator[str]:
    """Which releases are not what they were, and how they come back."""
    for path in made.altered:
        place = Path(path)
        yield text("cli.backup.altered", release=place.stem, programme=place.parent.name, folder=made.folder)
    for path in made.damaged:
        place = Path(path)
        yield text("cli.backup.damaged", release=place.stem, programme=place.parent.name)


def run_restore(arguments: argparse.Namespace, text: Text) -> int:
    """Everything that a backup holds, one programme, or one release."""
    from analytics.upkeep.one_release import restore_release
    from analytics.upkeep.restore import restore

    home = Home.default()
    person, source = typist(home), arguments.folder
    if arguments.release is not None and (arguments.only is None or arguments.replace):
        raise UserError("restore.which_programme", release=arguments.release)
    with Bar(text) as bar:
        if arguments.release is not None:
            replaced = restore_release(home, source, arguments.only, arguments.release, person, bar)
            key = "cli.restore.release_whole" if replaced is None else "cli.restore.release"
            print(text(key, release=arguments.release, programme=arguments.only))
            if replaced is not None and replaced.aside is not None:
                print(text("cli.restore.aside", folder=replaced.aside))
            return 0
        restored = restore(home, source, person, arguments.only, replace=arguments.replace, progress=bar)
    print("\n".join(_restored(restored, home, text)))
    return 0


def _restored(restored: "Restored", home: Home, text: Text) -> Iterator[str]:
    """What came back, what stays, and what is to be done."""
    yield text(
        "cli.restore.done",
        folder=home.root,
        programmes=", ".join(restored.programmes),
        at=moment_in_words(from_stamp(restored.manifest.made_at), text),
        placed=text.number(restored.placed),
        unchanged=text.number(restored.unchanged),
    )
    for programme in restored.ahead:
        yield text("cli.restore.ahead", programme=programme)
    if restored.log_aside:
        yield text("cli.restore.log_aside")
    if restored.aside is not None:
        yield text("cli.restore.aside", folder=restored.aside)
    if restored.programme_files:
        files = ", ".join(restored.programme_files)
        yield text("cli.restore.programme_files", files=files, folder=restored.folder / "programmes")
    yield text("cli.restore.deleted_firms")
