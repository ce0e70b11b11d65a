"""The command `check-programme`, and what import and build say of the programme file beside the data."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analytics.folders import Home
from analytics.language.text import Text

if TYPE_CHECKING:
    from analytics.build.firms_by_sector import SectorFirms
    from analytics.build.programme_check import ProgrammeFinding
    from analytics.programme.file import Programme

LONGEST_SECTOR = 48  # characters of a sector's name in a table


def run_check_programme(arguments: argparse.Namespace, text: Text) -> int:
    """Everything that is wrong or to be looked at, at once; 1 where a release would be refused."""
    from analytics.build.programme_check import check_programme, refuse
    from analytics.programme.file import load_programme
    from analytics.store.database import Store

    programme = load_programme(arguments.programme)
    path, file = Home.default().store(programme.id), f"{programme.id}.toml"
    if path.exists():
        with Store(path, programme.id, read_only=True) as store:
            findings = check_programme(programme, store)
    else:
        print(text("checked.alone"))
        findings = check_programme(programme, None)
    print_findings(findings, text)
    refuse(programme, findings)
    if not findings:
        print(text("checked.clean" if path.exists() else "checked.clean_alone", file=file))
    return 0


def print_findings(findings: "Sequence[ProgrammeFinding]", text: Text) -> None:
    """What is to be looked at; what is refused is said by the refusal."""
    from analytics.build.programme_check import Severity

    warned = [finding for finding in findings if finding.severity is Severity.WARNED]
    if warned:
        lines = (text("checked.warned"), *(finding.said(text) for finding in warned))
        print("\n".join(lines), file=sys.stderr)


def sector_lines(rows: "Sequence[SectorFirms]", programme: "Programme", text: Text) -> Iterator[str]:
    """A table: sector, firms funded and not funded."""
    yield text("cli.sectors.title")
    for row in rows:
        name = programme.label("sector", row.sector, text) if row.sector else text("cli.sectors.none")
        name = name[:LONGEST_SECTOR]
        counts = text("cli.sectors.counts", funded=text.number(row.funded), not_funded=text.number(row.not_funded))
        yield f"  {name:<{LONGEST_SECTOR}} {counts}"
