"""The command that deletes one firm's data: what that means, and, once it is asked for, doing it."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analytics.cli.progress import Bar
from analytics.cli.who import typist
from analytics.folders import Home
from analytics.language.text import Text

if TYPE_CHECKING:
    from analytics.build.forget import Meaning
    from analytics.store.database import Store

NOT_DONE = 1  # exit code where only what it would mean was said


def run_forget(arguments: argparse.Namespace, text: Text) -> int:
    """Without --yes it says what deleting the firm would mean, and changes nothing."""
    from analytics.build.forget import foresee
    from analytics.officer.recorded import forget
    from analytics.programme.file import load_programme

    programme, home = load_programme(arguments.programme), Home.default()
    with Bar(text) as bar:
        meaning = foresee(programme, arguments.firm, home, bar)
    print("\n".join(meaning_lines(meaning, text)), flush=True)
    if not arguments.yes:
        print(text("cli.forget.not_done"), file=sys.stderr)
        return NOT_DONE
    with Bar(text) as bar:
        meaning = forget(programme, arguments.firm, home, typist(home), bar)
    print(text("cli.forget.done", files=text.number(len(meaning.rewritten)), programme=programme.id))
    return 0


def meaning_lines(meaning: "Meaning", text: Text) -> Iterator[str]:
    """What goes, what stays, and what can no longer be done."""
    rows = meaning.rows
    for what, n in (("applications", len(rows.applications)), ("figures", rows.figures), ("aids", len(rows.aids))):
        yield text(f"cli.forget.{what}", n=text.number(n))
    yield text("cli.forget.files", files=", ".join(dict.fromkeys(meaning.files)) or "–")
    yield text("cli.forget.releases", releases=", ".join(meaning.releases) or "–")
    if meaning.published:
        yield text("cli.forget.published", releases=", ".join(meaning.published))
    yield text("cli.forget.later")
    for programme in meaning.elsewhere:
        yield text("cli.forget.elsewhere", programme=programme)
    yield text("cli.forget.not_ours")


def deleted_since(store: "Store", text: Text) -> Iterator[str]:
    """That a store read as of an earlier day lacks firms that were deleted after it."""
    from analytics.clock import from_stamp

    counting = {batch.batch_id for batch in store.batches()}
    since = [
        one
        for one in store.forgotten()
        if store.as_of is not None and from_stamp(one.at) > store.as_of and counting & set(one.batches)
    ]
    if since:
        yield text.count("cli.forget.since", len(since))
