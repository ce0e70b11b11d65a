"""The commands about the life of a release: build, publish, withdraw, list, compare, verify.

As in `commands`, a command imports what it needs: only some of them estimate.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from analytics.cli.forget import deleted_since
from analytics.cli.progress import Bar
from analytics.cli.who import typist
from analytics.clock import moment_in_words, parse_moment
from analytics.folders import Home
from analytics.language.text import Text
from analytics.model import UserError

if TYPE_CHECKING:
    from analytics.release import Figure, Release, Releases
    from analytics.release.difference import Changed

MOST_CHANGES = 20  # changed figures listed on the screen


def of(arguments: argparse.Namespace) -> "Releases":
    """The releases of the programme asked for, which must have a programme file."""
    from analytics.programme.file import load_programme
    from analytics.release import Releases

    return Releases(Home.default().releases, load_programme(arguments.programme).id)


def named(releases: "Releases", name: str) -> "Release":
    """The release of that name, published or not. Raises UserError when there is none."""
    from analytics.release import Release

    if name not in releases.known() or not releases.path(name).exists():
        raise UserError("release.unknown", release=name, programme=releases.programme)
    return Release(releases.path(name))


def run_build(arguments: argparse.Namespace, text: Text) -> int:
    """A candidate release, and how it differs from the one in use; nothing is published."""
    from analytics.build.above_announced import above_announced
    from analytics.build.omissions import strength_of
    from analytics.build.programme_check import check_programme, refuse
    from analytics.cli.checks import print_findings
    from analytics.officer.approval import Mode, mode_of
    from analytics.officer.recorded import build_candidate
    from analytics.officer.strength import strength_lines
    from analytics.programme.file import load_programme
    from analytics.release import Release
    from analytics.store.database import Store

    programme, releases = load_programme(arguments.programme), of(arguments)
    as_of = parse_moment(arguments.as_of, whole_day=True) if arguments.as_of else None
    home = Home.default()
    person = typist(home)
    with Store(home.store(programme.id), programme.id, read_only=True, as_of=as_of) as store:
        findings = check_programme(programme, store)
        print_findings(findings, text)
        refuse(programme, findings)
        with Bar(text) as bar:
            release = build_candidate(programme, store, home, person, bar)
        above = above_announced(programme, store)
        notes = list(deleted_since(store, text))
    built = Release(releases.path(release))
    for note in notes:
        print(note, file=sys.stderr)
    for tranche in above:
        print(text("cli.above_announced", tranche=tranche.label.in_(text)), file=sys.stderr)
    print("\n".join(strength_lines(strength_of(built), text)))
    takes_two = mode_of(programme, release, Home.default()) is Mode.TWO_PEOPLE
    print(text("cli.done.build_two" if takes_two else "cli.done.build", release=release))
    _print_changes(releases, built, text)
    return 0


def _print_changes(releases: "Releases", built: "Release", text: Text) -> None:
    """How many figures a release changes of the one in use, where there is one."""
    if releases.current:
        try:
            _print_counts(releases.open(), built, text)
        except UserError as error:  # such as a release in the format of an earlier version
            print(text("cli.difference.absent", old=releases.current, why=error.said(text)), file=sys.stderr)


def run_approve(arguments: argparse.Namespace, text: Text) -> int:
    """Say what a release changes, and record that it may be published."""
    from analytics.officer.publishing import approve
    from analytics.programme.file import load_programme

    releases, home = of(arguments), Home.default()
    release = named(releases, arguments.release)
    _print_changes(releases, release, text)
    approve(load_programme(arguments.programme), release.release_id, typist(home), home)
    print(text("cli.done.approve", release=release.release_id))
    return 0


def run_publish(arguments: argparse.Namespace, text: Text) -> int:
    """Show a release to readers, now or from a moment on."""
    from analytics.model import DataKind
    from analytics.officer.approval import Mode
    from analytics.officer.publishing import publish
    from analytics.programme.file import load_programme

    releases, home, programme = of(arguments), Home.default(), load_programme(arguments.programme)
    until = parse_moment(arguments.embargo_until) if arguments.embargo_until else None
    mode = publish(programme, arguments.release, until, typist(home), home)
    if programme.data_kind is DataKind.CONFIDENTIAL and mode is Mode.ONE_PERSON:
        print(text("cli.one_person"), file=sys.stderr)
    if until is None:
        print(text("cli.done.publish", release=arguments.release))
    else:
        print(text("cli.done.embargo", release=arguments.release, until=moment_in_words(until, text)))
    for release, then in releases.embargoed().items():
        if release != arguments.release:
            print(text("cli.takes_over", release=release, until=moment_in_words(then, text)), file=sys.stderr)
    return 0


def run_withdraw(arguments: argparse.Namespace, text: Text) -> int:
    """Take a release back, or cancel its embargo."""
    from analytics.officer.publishing import withdraw
    from analytics.programme.file import load_programme

    home = Home.default()
    current = withdraw(load_programme(arguments.programme), arguments.release, typist(home), home)
    print(text("cli.done.withdraw", release=arguments.release, current=current or "–"))
    return 0


def run_releases(arguments: argparse.Namespace, text: Text) -> int:
    """Where each release stands; then the ledger."""
    from analytics.clock import from_stamp

    releases = of(arguments)
    embargoed = releases.embargoed()
    for release in releases.known():
        until = moment_in_words(embargoed[release], text) if release in embargoed else ""
        print(f"{release:<10} {text(f'cli.state.{releases.state(release)}', until=until)}")
    entries = releases.ledger()
    if not entries:
        print(text("cli.no_releases", programme=arguments.programme))
        return 0
    print()
    for entry in entries:
        until = moment_in_words(from_stamp(entry.until), text) if entry.until else ""
        print(f"{entry.at}  {entry.release:<10} {text(f'cli.action.{entry.action}', until=until)}")
    return 0


def run_difference(arguments: argparse.Namespace, text: Text) -> int:
    """What differs between two releases, published or not, and why."""
    from analytics.release.difference import changes

    old, new = (named(of(arguments), name) for name in (arguments.old, arguments.new))
    _print_counts(old, new, text)
    if arguments.attribute:
        from analytics.build.recompute import attributed

        with Bar(text) as bar:
            steps = attributed(old, new, Home.default(), bar)
        for cause, changed in steps.items():
            print(text("cli.difference.step", cause=text(f"cli.cause.{cause}"), counts=_counts_in_words(changed, text)))
    changed = changes(old.figures, new.figures)
    for change in changed[:MOST_CHANGES]:
        print(f"\n{text(f'cli.change.{change.how}')}")
        for release, figure_id in ((old, change.before), (new, change.after)):
            if figure_id:
                _print_figure(release, figure_id, text)
    if len(changed) > MOST_CHANGES:
        print("\n" + text("cli.difference.more", n=text.number(len(changed) - MOST_CHANGES)))
    return 0


def _print_counts(old: "Release", new: "Release", text: Text) -> None:
    """Two lines: how many figures differ, and what was different when the two were made."""
    from analytics.release.difference import causes, changes

    counts = _counts_in_words(changes(old.figures, new.figures), text)
    print(text("cli.difference.counts", old=old.release_id, new=new.release_id, counts=counts))
    words = ", ".join(text(f"cli.cause.{cause}") for cause in causes(old, new))
    print(text("cli.difference.causes", causes=words or text("cli.cause.none")))


def _counts_in_words(changed: "Iterable[Changed]", text: Text) -> str:
    from analytics.release.difference import counts

    by_kind = counts(changed).items()
    return ", ".join(
        text("cli.difference.count", how=text(f"cli.change.{how}"), n=text.number(n)) for how, n in by_kind
    )


def _print_figure(release: "Release", figure_id: str, text: Text) -> None:
    from analytics.present.sentences.phrases import described

    lines = described(release, release.by_id(figure_id), text).splitlines()
    print("\n".join(f"  {line}" for line in (figure_id, *lines)))


def run_verify(arguments: argparse.Namespace, text: Text) -> int:
    """Where a printed figure stands; and, where the store is at hand, whether it comes out again."""
    from analytics.present.sentences.phrases import described, described_list
    from analytics.release.ledger import State
    from analytics.release.verify import verify

    standing = verify(arguments.figure, Home.default().releases)
    until = moment_in_words(standing.until, text) if standing.until else ""
    print(text(f"cli.verify.{standing.state}", figure=standing.figure_id, current=standing.current or "–", until=until))
    if standing.release is None:
        return 1 if standing.state is State.NEVER_PUBLISHED else 0
    if standing.listed is None:
        print(described(standing.release, standing.figure, text))
        figures = [] if standing.figure is None else [standing.figure]
    else:
        print(described_list(standing.release, standing.listed, text))
        figures = list(standing.release.listed(standing.listed).values())
    if arguments.no_recompute:
        return 0
    ranges_hold = _print_ranges(standing.release, figures, text)
    return 0 if _print_recomputed(standing.release, standing.figure_id, text) and ranges_hold else 1


def _print_ranges(release: "Release", figures: "Sequence[Figure]", text: Text) -> bool:
    """Make shared ranges again from the release alone, and say how they came out."""
    from analytics.build.claims import ranges_again

    made = {figure.figure_id: ranges_again(release, figure) for figure in figures}
    again = {figure_id: differences for figure_id, differences in made.items() if differences is not None}
    if not again:
        return True
    differences = {
        column if len(figures) == 1 else f"{figure_id} {column}": pair
        for figure_id, found in again.items()
        for column, pair in found.items()
    }
    print(text("cli.ranges.different" if differences else "cli.ranges.equal"))
    for column, (printed, now) in differences.items():
        print(text("cli.recomputed.column", column=column, printed=repr(printed), now=repr(now)))
    return not differences


def _print_recomputed(release: "Release", figure_id: str, text: Text) -> bool:
    """Make the figure again and say how it came out; false only when it came out different."""
    from analytics.build.recompute import recompute

    try:
        with Bar(text) as bar:
            again = recompute(release, figure_id, Home.default(), bar)
    except UserError as error:
        print(text("cli.recomputed.absent", why=error.said(text)))
        return True
    if again.code_changed:
        print(text("cli.recomputed.code", built_by=again.built_by, code=again.code))
    print(text("cli.recomputed.equal" if again.equal else "cli.recomputed.different"))
    for column, (printed, now) in again.differences.items():
        print(text("cli.recomputed.column", column=column, printed=repr(printed), now=repr(now)))
    return again.equal
