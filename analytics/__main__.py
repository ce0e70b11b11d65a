"""The command line. Exit code 0: done; 1: the data were refused, and why; 2: wrong use."""

import argparse
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from tqdm import tqdm

from analytics.home import PROJECT, Home
from analytics.model import DataKind, UserError
from analytics.text import DEFAULT_LANGUAGE, LANGUAGES, Text

if TYPE_CHECKING:  # commands import what they need, so that --help and headlines answer at once
    from analytics.cells import Rejection
    from analytics.ingest import Report
    from analytics.release import Releases

SHOWN = 20  # rejected rows listed on the screen
DEFAULT_PROGRAMME = "ecommerce-2020"


class Bar:
    """A progress bar per step, on the terminal's error stream."""

    def __init__(self, text: Text) -> None:
        """Words come from the text files."""
        self._text = text
        self._bar: tqdm[NoReturn] | None = None
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` parts of a step."""
        if step != self._step or self._bar is None:
            self._close()
            label = self._text(f"cli.step.{step}")
            self._bar = tqdm(
                total=total, desc=f"{label:<34}", bar_format="{desc} {bar:28} {n_fmt}/{total_fmt} {elapsed}"
            )
            self._step = step
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Self:
        """Nothing is drawn before the first step."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the line."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _parser(text: Text) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description=text("cli.description"))
    parser.add_argument("--lang", choices=LANGUAGES, default=text.language, help=text("cli.help.lang"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace, Text], int]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text(f"cli.command.{name}"), description=text(f"cli.command.{name}"))
        sub.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=text("cli.help.lang"))
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
    programme(command("build", run_build))
    for name, run in (("publish", run_publish), ("withdraw", run_withdraw)):
        sub = command(name, run)
        sub.add_argument("release", metavar="ID", help=text("cli.help.release"))
        programme(sub)
    programme(command("releases", run_releases))
    headlines = command("headlines", run_headlines)
    headlines.add_argument("--json", action="store_true", help=text("cli.help.json"))
    programme(headlines)
    check = command("verify", run_verify)
    check.add_argument("figure", metavar="FIGURE_ID", help=text("cli.help.figure"))
    serve = command("serve", run_serve)
    serve.add_argument("--port", type=int, default=8501, help=text("cli.help.port"))
    return parser


def run_demo(arguments: argparse.Namespace, text: Text) -> int:
    """Files -> store -> first release of a demonstration programme."""
    from analytics.demo import demonstrate

    with Bar(text) as bar:
        release = demonstrate(arguments.programme, Home.default(), bar)
    print(text("cli.done.demo", programme=arguments.programme, release=release))
    return 0


def run_import(arguments: argparse.Namespace, text: Text) -> int:
    """Each file is its own transaction; the first refused one stops."""
    from analytics.ingest import import_file
    from analytics.programme import load_programme
    from analytics.readers import load_mapping
    from analytics.store import Store

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
            _say_import(path, report, text)
    if programme.data_kind is DataKind.SIMULATED:
        print(text("cli.simulated_import", programme=programme.id), file=sys.stderr)
    return 0


def _say_import(path: Path, report: "Report", text: Text) -> None:
    batch = report.batch
    if report.already:
        print(text("cli.done.already", file=path.name, batch=batch.batch_id, at=batch.imported_at))
        return
    _list_rejections(report.rejections, text)
    if report.unused_columns:
        print(text("cli.unused_columns", columns=", ".join(report.unused_columns)))
    if report.superseded:
        print(text.count("cli.superseded", report.superseded))
    counts = {"rows_in": batch.rows_in, "loaded": batch.rows_loaded, "rejected": batch.rows_rejected}
    print(text("cli.done.import", file=path.name, **{name: text.number(count) for name, count in counts.items()}))


def _list_rejections(rejections: "tuple[Rejection, ...]", text: Text) -> None:
    for found in rejections[:SHOWN]:
        value = "".join(mark if mark.isprintable() else "�" for mark in found.value[:80])
        why = text(f"reject.{found.reason}", value=value, expected=found.expected)
        print(text("cli.rejected_row", row=found.row, column=found.column or "–", why=why), file=sys.stderr)
    if len(rejections) > SHOWN:
        print(text("cli.rejected_more", n=text.number(len(rejections) - SHOWN)), file=sys.stderr)


def run_build(arguments: argparse.Namespace, text: Text) -> int:
    """A candidate release; nothing is published."""
    from analytics.build import build
    from analytics.programme import load_programme
    from analytics.release import Release, Releases
    from analytics.store import Store

    programme = load_programme(arguments.programme)
    home = Home.default()
    releases = Releases(home.releases, programme.id)
    with Store(home.store(programme.id), programme.id, read_only=True) as store, Bar(text) as bar:
        release = build(programme, store, releases, progress=bar)
    for tranche in Release(releases.path(release)).above_announced():
        print(text("cli.above_announced", tranche=tranche.label.in_(text)), file=sys.stderr)
    print(text("cli.done.build", release=release))
    return 0


def _releases(arguments: argparse.Namespace) -> "Releases":
    """The releases of the programme asked for, which must have a programme file."""
    from analytics.programme import load_programme
    from analytics.release import Releases

    return Releases(Home.default().releases, load_programme(arguments.programme).id)


def run_publish(arguments: argparse.Namespace, text: Text) -> int:
    """Move the pointer."""
    _releases(arguments).publish(arguments.release)
    print(text("cli.done.publish", release=arguments.release))
    return 0


def run_withdraw(arguments: argparse.Namespace, text: Text) -> int:
    """Move the pointer back."""
    current = _releases(arguments).withdraw(arguments.release)
    print(text("cli.done.withdraw", release=arguments.release, current=current or "–"))
    return 0


def run_releases(arguments: argparse.Namespace, text: Text) -> int:
    """The ledger."""
    releases = _releases(arguments)
    entries = releases.ledger()
    for place, entry in enumerate(entries):
        later = any(other.release == entry.release and other.action == "published" for other in entries[place + 1 :])
        in_use = entry.release == releases.current and entry.action == "published" and not later
        print(
            f"{entry.at}  {text('cli.action.' + entry.action):<12} {entry.release}"
            f"  {text('cli.current') if in_use else ''}".rstrip()
        )
    if not entries:
        print(text("cli.no_releases", programme=arguments.programme))
    return 0


def run_headlines(arguments: argparse.Namespace, text: Text) -> int:
    """The approved sentences of the current release."""
    from analytics.headlines import headlines

    payload = headlines(_releases(arguments).open(), text)
    if arguments.json:
        print(json.dumps(payload, ensure_ascii=False, indent=2))
        return 0
    if payload["data_mark"]:
        print(payload["data_mark"])
    for item in payload["headlines"]:
        print(f"{item['sentence']}  [{item['figure_id']}]")
    return 0


def run_verify(arguments: argparse.Namespace, text: Text) -> int:
    """Where a printed figure stands."""
    from analytics.phrases import described
    from analytics.release import verify

    found = verify(arguments.figure, Home.default().releases)
    print(text(f"cli.verify.{found.state}", figure=arguments.figure, current=found.current or "–"))
    if found.release is not None:
        print(described(found.release, found.figure, text))
    return 1 if found.state == "never_published" else 0


def run_serve(arguments: argparse.Namespace, text: Text) -> int:
    """Build the demonstration on first use, then serve the dashboard on 127.0.0.1."""
    with socket.socket() as probe:
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
    os.execv(sys.executable, command)  # noqa: S606 - nothing here comes from outside but a port number
    return 0


def main(words: list[str] | None = None) -> int:
    """Run one command; user errors become a sentence and exit code 1 (2 when the use was wrong)."""
    words = sys.argv[1:] if words is None else words
    wanted = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "--lang"), DEFAULT_LANGUAGE)
    arguments = _parser(Text(wanted)).parse_args(words)
    text = Text(arguments.lang)
    try:
        return int(arguments.run(arguments, text))
    except UserError as error:
        _list_rejections(getattr(error, "rejections", ()), text)
        print(error.said(text), file=sys.stderr)
        return 2 if error.key in ("programme.unknown", "demo.unknown", "figure.shape", "figure.check") else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
