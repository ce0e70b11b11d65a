"""The commands that put right what was imported: the log of imports, undo, retract."""

import argparse
import sys
from pathlib import Path

from analytics.cli.who import typist
from analytics.clock import from_stamp, moment_in_words
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import UserError
from analytics.officer import recorded
from analytics.officer.undone import undone_in_words
from analytics.programme.file import Programme, load_programme
from analytics.store.database import Batch, Store

KEY_WORDS = {"application": (1,), "sales": (2, 3)}  # how many words name what is taken back


def run_imports(arguments: argparse.Namespace, text: Text) -> int:
    """Every import, oldest first, also undone ones."""
    programme = load_programme(arguments.programme)
    with Store(Home.default().store(programme.id), programme.id, read_only=True) as store:
        for batch in store.log():
            print(_in_words(batch, text))
    return 0


def _in_words(batch: Batch, text: Text) -> str:
    """One line of the log."""
    undone = f"  ({text('cli.imports.undone', at=_moment(batch.undone_at, text))})" if batch.undone_at else ""
    rewritten = f"  ({text('cli.imports.rewritten')})" if batch.kept_sha256 else ""
    return text(
        "cli.imports.line",
        batch=batch.batch_id,
        at=_moment(batch.imported_at, text),
        kind=text(f"input.{batch.input_table}"),
        file=batch.file_name,
        loaded=text.number(batch.rows_loaded),
        rejected=text.number(batch.rows_rejected),
        sha256=batch.sha256,
    ) + (undone + rewritten)


def _moment(stamp: str, text: Text) -> str:
    return moment_in_words(from_stamp(stamp), text)


def run_undo(arguments: argparse.Namespace, text: Text) -> int:
    """The newest import, or the one that is named, does not count any more."""
    programme, home = load_programme(arguments.programme), Home.default()
    person = typist(home)
    with Store(_existing(programme), programme.id) as store:
        undone = recorded.undo(programme, store, arguments.batch, home, person)
    print(undone_in_words(undone, text))
    if undone.without_application:
        print(text.count("cli.undo.without_application", undone.without_application), file=sys.stderr)
    print(text("cli.undo.next"))
    return 0


def _existing(programme: Programme) -> Path:
    """The store's file, which must be there: nothing is put right in a store that is none."""
    path = Home.default().store(programme.id)
    with Store(path, programme.id, read_only=True):
        return path


def run_retract(arguments: argparse.Namespace, text: Text) -> int:
    """Figures of a firm and period, or an application, are taken back."""
    programme, home = load_programme(arguments.programme), Home.default()
    if len(arguments.key) not in KEY_WORDS[arguments.what]:
        raise UserError("retract.key")
    person = typist(home)
    with Store(_existing(programme), programme.id) as store:
        if arguments.what == "application":
            batch = recorded.retract_application(programme, store, arguments.key[0], home, person)
            print(text("cli.retract.application", application=arguments.key[0], batch=batch.batch_id))
            return 0
        batch, figures = recorded.retract_figures(programme, store, arguments.key, home, person)
        names = ", ".join(programme.outcome(figure.outcome).label.in_(text) for figure in figures)
        first = figures[0]
        done = text(
            "cli.retract.figures", outcomes=names, firm=first.firm_id, period=first.period, batch=batch.batch_id
        )
        print(done)
    print(text("cli.undo.next"))
    return 0
