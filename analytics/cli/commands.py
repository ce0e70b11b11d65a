"""The command line. Exit code 0: done; 1: the data were refused, and why; 2: wrong use."""

import argparse
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from analytics.cli import backup, forget, releases, upkeep, withheld
from analytics.cli.mapping import add_commands as add_mapping_commands
from analytics.cli.progress import Bar
from analytics.cli.rna import add_rna_options
from analytics.cli.terminal import only_printable
from analytics.cli.which_programme import only_programme
from analytics.faults import clear
from analytics.folders import PROJECT, WINDOWS, Home, close_folders, keep_to_owner
from analytics.language.console import VARIABLE as CONSOLE_LANGUAGE
from analytics.language.console import console_text
from analytics.language.text import LANGUAGES, Text
from analytics.model import UserError
from analytics.signals import Stop, StoppedError, stoppable
from analytics.upkeep.settling import finish

DEFAULT_PROGRAMME = "ecommerce-2020"
BROKEN_PIPE, INTERRUPTED = 141, 130  # exit codes, as of processes that SIGPIPE and SIGINT ended
WRONG_USE = (
    *("programme.unknown", "programme.several_stores", "programme.several_releases", "programme.no_store"),
    *("demo.unknown", "figure.shape", "figure.check", "release.moment"),
    *("export.unknown", "export.filter", "export.format", "export.where", "export.no_filter", "export.site"),
    *("mapping.template_kind", "retract.key", "restore.which_programme"),
)

FOR_THE_USER = ("export", "template")  # commands whose files hold nothing confidential, and go where the user says
WRITING = ("demo", "import", "undo", "retract", "build", "approve", "publish", "withdraw", "forget", "restore")

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
        sub.add_argument("--programme", help=text("cli.help.only_programme"))

    demo = command("demo", run_demo)
    demo.add_argument("programme", nargs="?", default=DEFAULT_PROGRAMME, help=text("cli.help.programme"))
    _add_import(command, programme, text)
    add_mapping_commands(command, programme, text)
    programme(command("check-programme", run_check_programme))
    _add_release_commands(command, programme, text)
    headlines = command("headlines", run_headlines)
    headlines.add_argument("--json", action="store_true", help=text("cli.help.json"))
    programme(headlines)
    _add_export(command, programme, text)
    command("doctor", upkeep.run_doctor).add_argument("--repair", action="store_true", help=text("cli.help.repair"))
    _add_backup(command, text)
    serve = command("serve", run_serve)
    serve.add_argument("--port", type=int, default=8501, help=text("cli.help.port"))
    return parser


def _add_import(
    command: Callable[[str, Command], argparse.ArgumentParser],
    programme: Callable[[argparse.ArgumentParser], None],
    text: Text,
) -> None:
    """The commands that bring data in; `command` and `programme` as in `_parser`."""
    load = command("import", run_import)
    load.add_argument("table", choices=("applications", "sales", "comparison", "rna"), help=text("cli.help.table"))
    load.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text("cli.help.files"))
    load.add_argument("--mapping", type=Path, help=text("cli.help.mapping"))
    load.add_argument("--save-mapping", type=Path, metavar="FILE", help=text("cli.help.save_mapping"))
    load.add_argument("--partial", action="store_true", help=text("cli.help.partial"))
    load.add_argument("--rejected", type=Path, metavar="FILE.xlsx", help=text("cli.help.rejected"))
    load.add_argument("--empty-takes-back", action="store_true", help=text("cli.help.empty_takes_back"))
    load.add_argument("--rehearse", action="store_true", help=text("cli.help.rehearse"))
    add_rna_options(load, text)
    programme(load)
    programme(command("imports", run_repair("imports")))
    undo = command("undo", run_repair("undo"))
    undo.add_argument("batch", nargs="?", type=int, metavar="N", help=text("cli.help.batch"))
    programme(undo)
    retract = command("retract", run_repair("retract"))
    retract.add_argument("what", choices=("sales", "application"), help=text("cli.help.retract_what"))
    retract.add_argument("key", nargs="+", metavar="KEY", help=text("cli.help.retract_key"))
    programme(retract)


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


def _add_backup(command: Callable[[str, Command], argparse.ArgumentParser], text: Text) -> None:
    """The commands that keep copies and bring them back; `command` as in `_parser`."""
    keep, bring = command("backup", backup.run_backup), command("restore", backup.run_restore)
    keep.add_argument("folder", type=Path, metavar="FOLDER", help=text("cli.help.backup_folder"))
    keep.add_argument("--check", action="store_true", help=text("cli.help.backup_check"))
    bring.add_argument("folder", type=Path, metavar="FOLDER", help=text("cli.help.restore_folder"))
    bring.add_argument("--release", metavar="ID", help=text("cli.help.restore_release"))
    bring.add_argument("--replace", action="store_true", help=text("cli.help.restore_replace"))
    for sub in (keep, bring):
        sub.add_argument("--programme", dest="only", metavar="PROGRAMME", help=text("cli.help.backup_programme"))


def _add_release_commands(
    command: Callable[[str, Command], argparse.ArgumentParser],
    programme: Callable[[argparse.ArgumentParser], None],
    text: Text,
) -> None:
    """The commands about the life of a release; `command` and `programme` as in `_parser`."""
    build = command("build", releases.run_build)
    build.add_argument("--as-of", metavar="DATE", help=text("cli.help.as_of"))
    programme(build)
    approve, publish = command("approve", releases.run_approve), command("publish", releases.run_publish)
    withdraw = command("withdraw", releases.run_withdraw)
    publish.add_argument("--embargo-until", metavar="T", help=text("cli.help.embargo_until"))
    for sub in (approve, publish, withdraw):
        sub.add_argument("release", metavar="ID", help=text("cli.help.release"))
        programme(sub)
    programme(command("releases", releases.run_releases))
    difference = command("difference", releases.run_difference)
    difference.add_argument("old", metavar="OLD", help=text("cli.help.old"))
    difference.add_argument("new", metavar="NEW", help=text("cli.help.new"))
    difference.add_argument("--attribute", action="store_true", help=text("cli.help.attribute"))
    programme(difference)
    deletion = command("forget", forget.run_forget)
    deletion.add_argument("firm", metavar="FIRM", help=text("cli.help.firm"))
    deletion.add_argument("--yes", action="store_true", help=text("cli.help.yes"))
    programme(deletion)
    _add_audit(command, text)
    ledger = command("withheld", withheld.run_withheld)
    ledger.add_argument("release", metavar="ID", help=text("cli.help.release"))
    programme(ledger)
    check = command("verify", releases.run_verify)
    check.add_argument("figure", metavar="FIGURE_ID", help=text("cli.help.figure"))
    check.add_argument("--no-recompute", action="store_true", help=text("cli.help.no_recompute"))


def _add_audit(command: Callable[[str, Command], argparse.ArgumentParser], text: Text) -> None:
    """The command that reads the log of what was done; `command` as in `_parser`."""
    from analytics.cli import audit

    sub = command("audit", audit.run_audit)
    sub.add_argument("--check", action="store_true", help=text("cli.help.audit_check"))
    sub.add_argument("--since", metavar="HASH", help=text("cli.help.audit_since"))
    sub.add_argument("--event", metavar="E", help=text("cli.help.audit_event"))
    sub.add_argument("--programme", dest="of_programme", metavar="P", help=text("cli.help.audit_programme"))
    sub.add_argument("--json", action="store_true", help=text("cli.help.json"))


def run_demo(arguments: argparse.Namespace, text: Text) -> int:
    """Files -> store -> first release of a demonstration programme."""
    from analytics.demonstration.run import demonstrate

    with Bar(text) as bar:
        release = demonstrate(arguments.programme, Home.default(), bar)
    print(text("cli.done.demo", programme=arguments.programme, release=release))
    return 0


def run_import(arguments: argparse.Namespace, text: Text) -> int:
    """Files of one kind into the store."""
    if arguments.table == "rna":
        from analytics.cli.rna import run_import_rna

        return run_import_rna(arguments, text)
    from analytics.cli import imports

    return imports.run_import(arguments, text)


def run_repair(command: str) -> Command:
    """One of the commands that put right what was imported."""

    def run(arguments: argparse.Namespace, text: Text) -> int:
        from analytics.cli import repair

        return int(getattr(repair, f"run_{command}")(arguments, text))

    return run


def run_check_programme(arguments: argparse.Namespace, text: Text) -> int:
    """A programme file by itself, and beside the data where there are any."""
    from analytics.cli import checks

    return checks.run_check_programme(arguments, text)


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
    """Serve the dashboard on 127.0.0.1. On first use build the demonstration, unless an officer is to load data."""
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
    if Home.default().is_new(DEFAULT_PROGRAMME) and os.environ.get("VETRINA_OFFICER") != "1":
        run_demo(argparse.Namespace(programme=DEFAULT_PROGRAMME), text)
    print(text("cli.done.serve", port=arguments.port), flush=True)
    dashboard = str(PROJECT / "dashboard.py")
    command = [sys.executable, "-m", "streamlit", "run", dashboard, f"--server.port={arguments.port}"]
    os.environ[CONSOLE_LANGUAGE] = text.language  # in which the server goes on on this console
    os.chdir(PROJECT)  # Streamlit reads its settings from the working folder
    if WINDOWS:  # whose exec hands the terminal back at once, and takes a path with a space for two words
        return subprocess.call(command)  # noqa: S603 - nothing here comes from outside but a port number
    os.execv(sys.executable, command)  # noqa: S606 - as above
    return 0


def main(words: list[str] | None = None) -> int:
    """Run the command that the words name (None: those typed); its exit code. User errors become a sentence and exit
    code 1, or 2 when the use was wrong.
    """
    with only_printable():
        return _run(sys.argv[1:] if words is None else words)


def _run(words: list[str]) -> int:
    language = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "--lang"), "")
    arguments = _parser(Text(language) if language else console_text()).parse_args(words)
    text = Text(arguments.lang)
    if arguments.command not in FOR_THE_USER:
        keep_to_owner()
    with stoppable() as stop:
        try:
            return _ended(arguments, text, stop)
        except (Exception, StoppedError, KeyboardInterrupt) as error:
            if stop.number:  # whatever a library made of it
                return stop.exit_code
            if isinstance(error, KeyboardInterrupt):
                return INTERRUPTED
            raise


def _ended(arguments: argparse.Namespace, text: Text, stop: Stop) -> int:
    """Run a command; its exit code. What a person can deal with is said in words, whatever raised it; what a
    library makes of a signal that asks to end is not said.
    """
    try:
        if arguments.command in WRITING:
            close_folders(Home.default())
        finish(Home.default())
        if getattr(arguments, "programme", DEFAULT_PROGRAMME) is None:
            arguments.programme = only_programme(Home.default())
        ended = int(arguments.run(arguments, text))
        sys.stdout.flush()
        return ended
    except BrokenPipeError:  # who reads the answer has seen enough of it, as `| head` does
        _say_no_more()
        return BROKEN_PIPE
    except Exception as error:
        told = _without_output(error) or clear(error)
        if told is None or (stop.number and told.key == "machine.other"):
            raise
        print(told.said(text), file=sys.stderr)
        return 2 if told.key in WRONG_USE else 1


def _without_output(error: Exception) -> UserError | None:
    """That the answer could not be written, such as to a file on a full disk; None where it is something else."""
    if not isinstance(error, OSError) or error.filename is not None:
        return None
    try:
        sys.stdout.flush()
    except OSError:
        _say_no_more()
        return UserError("machine.output", problem=error.strerror)
    return None


def _say_no_more() -> None:
    """Nobody takes the answer: what is left of it goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
