"""The command line. Exit code 0: done; 1: the data were refused, and why; 2: wrong use."""

import argparse
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli import releases, withheld
from analytics.cli.mapping import add_commands as add_mapping_commands
from analytics.cli.progress import Bar
from analytics.folders import PROJECT, WINDOWS, Home
from analytics.language.text import DEFAULT_LANGUAGE, LANGUAGES, Text
from analytics.model import DataKind, UserError

if TYPE_CHECKING:  # commands import what they need, so that --help and headlines answer at once
    from analytics.programme.file import Programme
    from analytics.store.cells import Rejection
    from analytics.store.ingest import Report

MOST_REJECTIONS = 20  # rejected rows listed on the screen
DEFAULT_PROGRAMME = "ecommerce-2020"
WRONG_USE = (
    *("programme.unknown", "demo.unknown", "figure.shape", "figure.check", "release.moment"),
    *("export.unknown", "export.filter", "export.format", "export.where", "export.no_filter", "export.site"),
    "mapping.template_kind",
)

Command = Callable[[argparse.Namespace, Text], int]  # what was typed, the reader's words -> exit code


def _parser(text: Text) -> argparse.ArgumentParser:
    """Every command and its options, with help in the reader's language."""
    answers = text("cli.help.lang", languages=", ".join(LANGUAGES))
    parser = argparse.ArgumentParser(prog="python -m analytics", description=text("cli.description"))
    parser.add_argument("--lang", choices=LANGUAGES, default=text.language, help=answers)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Command) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text(f"cli.command.{name}"), description=text(f"cli.command.{name}"))
        sub.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=answers)
        sub.set_defaults(run=run)
        return sub

    def programme(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--programme", default=DEFAULT_PROGRAMME, help=text("cli.help.programme"))

    demo = command("demo", run_demo)
    demo.add_argument("programme", nargs="?", default=DEFAULT_PROGRAMME, help=text("cli.help.programme"))
    load = command("import", run_import)
    load.add_argument("table", choices=("applications", "sales"), help=text("cli.help.table"))
    load.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text("cli.help.files"))
    load.add_argument("--mapping", type=Path, help=text("cli.help.mapping"))
    load.add_argument("--partial", action="store_true", help=text("cli.help.partial"))
    programme(load)
    add_mapping_commands(command, programme, text)
    _add_release_commands(command, programme, text)
    headlines = command("headlines", run_headlines)
    headlines.add_argument("--json", action="store_true", help=text("cli.help.json"))
    programme(headlines)
    _add_export(command, programme, text)
    serve = command("serve", run_serve)
    serve.add_argument("--port", type=int, default=8501, help=text("cli.help.port"))
    return parser


def _add_export(
    command: Callable[[str, Command], argparse.ArgumentParser],
    programme: Callable[[argparse.ArgumentParser], None],
    text: Text,
) -> None:
    """The command that writes what leaves besides pages; `command` and `programme` as in `_parser`."""
    from analytics.cli import export

    sub = command("export", export.run_export)
    sub.add_argument("what", choices=export.WHAT, help=text("cli.help.what"))
    sub.add_argument("-o", "--output", required=True, metavar="FILE", help=text("cli.help.output"))
    sub.add_argument("--format", help=text("cli.help.format", formats=", ".join(export.FORMS)))
    sub.add_argument("--release", metavar="ID", help=text("cli.help.release_used"))
    for name in export.FILTERS:
        sub.add_argument(f"--{name}", metavar="CODE", help=text(f"cli.help.filter.{name}"))
    sub.add_argument("--figure", metavar="ID", help=text("cli.help.figure_of_image"))
    sub.add_argument("--size", default="web", help=text("cli.help.size"))
    sub.add_argument("--site", metavar="URL", help=text("cli.help.site"))
    sub.add_argument("--where", action="append", default=[], metavar="NAME=CODE", help=text("cli.help.where"))
    programme(sub)


def _add_release_commands(
    command: Callable[[str, Command], argparse.ArgumentParser],
    programme: Callable[[argparse.ArgumentParser], None],
    text: Text,
) -> None:
    """The commands about the life of a release; `command` and `programme` as in `_parser`."""
    build = command("build", releases.run_build)
    build.add_argument("--as-of", metavar="DATE", help=text("cli.help.as_of"))
    programme(build)
    publish, withdraw = command("publish", releases.run_publish), command("withdraw", releases.run_withdraw)
    publish.add_argument("--embargo-until", metavar="T", help=text("cli.help.embargo_until"))
    for sub in (publish, withdraw):
        sub.add_argument("release", metavar="ID", help=text("cli.help.release"))
        programme(sub)
    programme(command("releases", releases.run_releases))
    difference = command("difference", releases.run_difference)
    difference.add_argument("old", metavar="OLD", help=text("cli.help.old"))
    difference.add_argument("new", metavar="NEW", help=text("cli.help.new"))
    difference.add_argument("--attribute", action="store_true", help=text("cli.help.attribute"))
    programme(difference)
    ledger = command("withheld", withheld.run_withheld)
    ledger.add_argument("release", metavar="ID", help=text("cli.help.release"))
    programme(ledger)
    check = command("verify", releases.run_verify)
    check.add_argument("figure", metavar="FIGURE_ID", help=text("cli.help.figure"))
    check.add_argument("--no-recompute", action="store_true", help=text("cli.help.no_recompute"))


def run_demo(arguments: argparse.Namespace, text: Text) -> int:
    """Files -> store -> first release of a demonstration programme."""
    from analytics.demonstration.run import demonstrate

    with Bar(text) as bar:
        release = demonstrate(arguments.programme, Home.default(), bar)
    print(text("cli.done.demo", programme=arguments.programme, release=release))
    return 0


def run_import(arguments: argparse.Namespace, text: Text) -> int:
    """Each file is its own transaction; the first refused one stops."""
    from analytics.programme.file import load_programme
    from analytics.store.database import Store
    from analytics.store.ingest import import_file
    from analytics.store.mapping import load_mapping

    programme = load_programme(arguments.programme)
    mapping = load_mapping(arguments.mapping)
    home = Home.default()
    with Store(home.store(programme.id), programme.id) as store:
        for path in arguments.files:
            with Bar(text) as bar:
                report = import_file(
                    arguments.table,
                    path,
                    programme=programme,
                    store=store,
                    archive=home.archive,
                    mapping=mapping,
                    partial=arguments.partial,
                    progress=bar,
                )
            _print_import(path, report, programme, text)
    if programme.data_kind is DataKind.SIMULATED:
        print(text("cli.simulated_import", programme=programme.id), file=sys.stderr)
    return 0


def _print_import(path: Path, report: "Report", programme: "Programme", text: Text) -> None:
    """What was loaded and what was not; on the error stream what needs somebody's attention."""
    batch = report.batch
    if report.already:
        print(text("cli.done.already", file=path.name, batch=batch.batch_id, at=batch.imported_at))
        return
    _print_rejections(report.rejections, text)
    if report.unused_columns:
        print(text("cli.unused_columns", columns=", ".join(report.unused_columns)))
    if report.superseded:
        print(text.count("cli.superseded", report.superseded))
    for outcome in map(programme.outcome, report.outcomes_without_column):
        absent = text("cli.outcome_without_column", outcome=outcome.label.in_(text), column=outcome.column)
        print(absent, file=sys.stderr)
    counts = {"rows_in": batch.rows_in, "loaded": batch.rows_loaded, "rejected": batch.rows_rejected}
    print(text("cli.done.import", file=path.name, **{name: text.number(count) for name, count in counts.items()}))


def _print_rejections(rejections: "tuple[Rejection, ...]", text: Text) -> None:
    for rejection in rejections[:MOST_REJECTIONS]:
        value = "".join(mark if mark.isprintable() else "�" for mark in rejection.value[:80])
        why = text(f"reject.{rejection.reason}", value=value, expected=rejection.expected)
        print(text("cli.rejected_row", row=rejection.row, column=rejection.column or "–", why=why), file=sys.stderr)
    if len(rejections) > MOST_REJECTIONS:
        print(text("cli.rejected_more", n=text.number(len(rejections) - MOST_REJECTIONS)), file=sys.stderr)


def run_headlines(arguments: argparse.Namespace, text: Text) -> int:
    """The approved sentences of the current release."""
    from analytics.present.sentences.headlines import headlines

    payload = headlines(releases.of(arguments).open(), text)
    if arguments.json:
        print(json.dumps(payload, ensure_ascii=False, indent=2))
        return 0
    if payload["data_mark"]:
        print(payload["data_mark"])
    for item in payload["headlines"]:
        print(f"{item['sentence']}  [{item['figure_id']}]")
    return 0


def run_serve(arguments: argparse.Namespace, text: Text) -> int:
    """Build the demonstration on first use, then serve the dashboard on 127.0.0.1."""
    with socket.socket() as probe:
        if not WINDOWS:  # where a port in use could be bound again
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", arguments.port))
        except OverflowError:
            print(text("error.serve.no_port", port=arguments.port), file=sys.stderr)
            return 2
        except OSError:
            print(text("error.serve.port", port=arguments.port), file=sys.stderr)
            return 2
    if Home.default().is_new(DEFAULT_PROGRAMME):
        run_demo(argparse.Namespace(programme=DEFAULT_PROGRAMME), text)
    print(text("cli.done.serve", port=arguments.port), flush=True)
    dashboard = str(PROJECT / "dashboard.py")
    command = [sys.executable, "-m", "streamlit", "run", dashboard, f"--server.port={arguments.port}"]
    os.chdir(PROJECT)  # Streamlit reads its settings from the working folder
    if WINDOWS:  # whose exec hands the terminal back at once, and takes a path with a space for two words
        return subprocess.call(command)  # noqa: S603 - nothing here comes from outside but a port number
    os.execv(sys.executable, command)  # noqa: S606 - as above
    return 0


def main(words: list[str] | None = None) -> int:
    """Run the command that the words name (None: those typed); its exit code. User errors become a sentence and exit
    code 1, or 2 when the use was wrong.
    """
    words = sys.argv[1:] if words is None else words
    language = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "--lang"), DEFAULT_LANGUAGE)
    arguments = _parser(Text(language)).parse_args(words)
    text = Text(arguments.lang)
    try:
        ended = int(arguments.run(arguments, text))
        sys.stdout.flush()
        return ended
    except UserError as error:
        _print_rejections(getattr(error, "rejections", ()), text)
        print(error.said(text), file=sys.stderr)
        return 2 if error.key in WRONG_USE else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # who reads the answer has seen enough of it, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
